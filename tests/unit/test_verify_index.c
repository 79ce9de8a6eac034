/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading CRLs of many entries: the quick way and the careful way, the walk and the index, and
 * libcrypto's own reading say the same of every serial number.
 */
#include "pki_ask.h"

#include "x509/indexed_crl.h"

static const pki_cert *root;
static uint32_t seed;

static int begin(void **state)
{
    (void)state;
    root = pki_ca("CN=Root", pki_key(0), NULL);
    seed = 1;
    return 0;
}

static uint32_t pick(uint32_t below)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % below;
}

/* ---- making ---------------------------------------------------------------------------------- */

static daotp__bytes random_serial(void)
{
    static const size_t lengths[] = {1, 2, 4, 8, 9, 15, 16, 19, 20};
    size_t len = lengths[pick(9)];
    uint8_t *octets = pki_get(len);

    for (size_t i = 0; i < len; i++)
        octets[i] = (uint8_t)pick(256);
    if (len > 1) { /* positive and minimal, now and then with a zero in front */
        octets[0] = pick(8) == 0 ? 0 : (uint8_t)(1 + pick(127));
        octets[1] |= octets[0] == 0 ? 0x80 : 0;
    } else {
        octets[0] &= 0x7F;
    }
    return (daotp__bytes){octets, len};
}

/* Of each shape that an entry may have. */
static daotp__bytes random_entry(daotp__bytes serial, bool in_delta)
{
    daotp__bytes date = pki_time(FORGE_NOW - (int64_t)pick(100000000)), extensions = PKI_NOTHING;

    if (pick(4) == 0)
        date = pki_text(0x18, "20260228120000Z");
    if (pick(16) == 0)
        date = pki_text(0x17, "240229000000Z");
    switch (pick(6)) {
    case 0:
        break;
    case 1:
        extensions = pki_extension_der("2.5.29.24", false, pki_text(0x18, "20260101000000Z"));
        break;
    case 2:
        extensions = PKI_JOIN(pki_extension_der(PKI_OID_NOBODY_KNOWS, false, pki_hex("05 00")),
                              pki_reason(4));
        break;
    case 3:
        extensions = in_delta ? pki_reason(8) : pki_reason(6);
        break;
    default:
        extensions = pki_reason(pick(7));
    }
    return PKI_SEQ(pki_tlv(0x02, serial), date,
                   extensions.len > 0 ? pki_tlv(0x30, extensions) : PKI_NOTHING);
}

enum { MANY = 2000 };

typedef struct list {
    daotp__bytes serials[MANY], crl;
    daotp__indexed_crl *kept;
    daotp__node *signer;
} list;

static void free_list(list *made)
{
    daotp__indexed_crl_free(made->kept);
    daotp__node_free(made->signer);
}

static void make_list(list *made, size_t count, bool is_delta)
{
    pki_crl_spec spec = pki_crl_spec_of(root, 9);
    daotp__bytes *entries = pki_get(count * sizeof *entries);

    for (size_t i = 0; i < count; i++) {
        made->serials[i] = i % 50 == 49 ? made->serials[i - 7] : random_serial(); /* some twice */
        entries[i] = random_entry(made->serials[i], is_delta);
    }
    spec.entries = pki_join(entries, count);
    if (is_delta)
        pki_put(spec.extensions, PKI_OID_DELTA, true, pki_integer(1));
    made->crl = pki_make_crl(&spec);
    assert_int_equal(daotp__indexed_crl_new(made->crl, &made->kept), DAOTP_OK);
    assert_int_equal(daotp__node_new(root->der, true, &made->signer), DAOTP_OK);
    assert_int_equal(daotp__indexed_crl_verify(made->kept, made->signer, PKI_NOTHING),
                     DAOTP__CRL_GOOD);
}

/* ---- the same by all ways -------------------------------------------------------------------- */

/* What the careful reader says, entry by entry: 0 not there, 1 revoked, 2 removed. */
static int by_reading(const daotp__crl *crl, daotp__bytes serial)
{
    daotp__bytes in = crl->entries;
    daotp__crl_entry entry;
    int answer = 0;

    while (in.len > 0) {
        assert_true(daotp__crl_entry_read(&in, &entry));
        if (!daotp__bytes_equal(entry.serial, serial))
            continue;
        if (entry.reason != DAOTP__REASON_REMOVE)
            answer = 1;
        else if (answer == 0)
            answer = 2;
    }
    return answer;
}

static int of_walk(const daotp__crl_scan *walk)
{
    return !walk->found ? 0 : walk->is_removed ? 2 : 1;
}

static int by_libcrypto(X509_CRL *crl, daotp__bytes serial)
{
    ASN1_INTEGER *number = ASN1_INTEGER_new();
    X509_REVOKED *entry;
    int answer;

    assert_int_equal(ASN1_STRING_set((ASN1_STRING *)number, serial.data, (int)serial.len), 1);
    if (serial.len > 1 && serial.data[0] == 0) /* it keeps no sign octet */
        assert_int_equal(
            ASN1_STRING_set((ASN1_STRING *)number, serial.data + 1, (int)serial.len - 1), 1);
    answer = X509_CRL_get0_by_serial(crl, &entry, number);
    ASN1_INTEGER_free(number);
    return answer;
}

static void expect_same(list *made, X509_CRL *theirs, daotp__bytes serial, bool is_delta)
{
    const daotp__crl *crl = daotp__indexed_crl_view(made->kept);
    daotp__crl_scan walk, look_up;
    int wanted = by_reading(crl, serial);

    assert_true(daotp__crl_scan_entries(crl, serial, PKI_NOTHING, &walk));
    daotp__indexed_crl_look_up(made->kept, serial, PKI_NOTHING, &look_up);
    assert_int_equal(of_walk(&walk), wanted);
    assert_int_equal(of_walk(&look_up), wanted);
    assert_int_equal(walk.count, look_up.count);
    assert_int_equal(walk.has_removals, look_up.has_removals);
    if (wanted != 0) {
        daotp__bytes in = walk.hit;
        daotp__crl_entry entry;

        assert_ptr_equal(walk.hit.data, look_up.hit.data);
        assert_true(daotp__crl_entry_read(&in, &entry));
        assert_true(daotp__bytes_equal(entry.serial, serial));
    }
    if (!is_delta) /* of a delta it gives the first entry, whatever follows */
        assert_int_equal(by_libcrypto(theirs, serial) != 0, wanted != 0);
}

static void all_ways_agree(size_t count, bool is_delta)
{
    list *made = pki_get(sizeof *made);
    const unsigned char *at;
    X509_CRL *theirs;
    daotp__crl_index_data proof;

    make_list(made, count, is_delta);
    at = made->crl.data;
    theirs = d2i_X509_CRL(NULL, &at, (long)made->crl.len);
    assert_non_null(theirs);
    for (size_t i = 0; i < count; i++)
        expect_same(made, theirs, made->serials[i], is_delta);
    for (size_t i = 0; i < 200; i++)
        expect_same(made, theirs, random_serial(), is_delta);
    assert_int_equal(daotp__indexed_crl_scan_result(made->kept)->count, count);
    assert_true(daotp__indexed_crl_export(made->kept, &proof)); /* the index is at most half full */
    assert_true(proof.slots >= 2 * count && (proof.slots & (proof.slots - 1)) == 0);
    X509_CRL_free(theirs);
    free_list(made);
}

static void few_entries(void **state)
{
    (void)state;
    for (size_t count = 1; count < 40; count++)
        all_ways_agree(count, false);
}

static void many_entries(void **state)
{
    (void)state;
    all_ways_agree(1000, false);
    all_ways_agree(MANY, false);
}

static void many_entries_of_a_delta(void **state)
{
    (void)state;
    all_ways_agree(20, true);
    all_ways_agree(1000, true);
}

/* The one walk that proves a list also answers for the serial that it was proven for. */
static void first_answer_comes_with_the_walk(void **state)
{
    list *made = pki_get(sizeof *made);
    daotp__indexed_crl *kept;
    daotp__crl_scan walk;

    (void)state;
    make_list(made, 100, false);
    for (size_t i = 0; i < 100; i++) {
        assert_int_equal(daotp__indexed_crl_new(made->crl, &kept), DAOTP_OK);
        assert_false(daotp__indexed_crl_is_verified_by(kept, made->signer));
        assert_int_equal(daotp__indexed_crl_verify(kept, made->signer, made->serials[i]),
                         DAOTP__CRL_GOOD);
        assert_true(daotp__indexed_crl_is_verified_by(kept, made->signer));
        daotp__indexed_crl_look_up(kept, made->serials[i], PKI_NOTHING, &walk);
        assert_int_equal(of_walk(&walk), 1);
        daotp__indexed_crl_look_up(kept, made->serials[(i + 1) % 100], PKI_NOTHING, &walk);
        assert_int_equal(of_walk(&walk), 1);
        daotp__indexed_crl_look_up(kept, PKI_BYTES("\x7F"), PKI_NOTHING, &walk);
        assert_int_equal(of_walk(&walk),
                         by_reading(daotp__indexed_crl_view(kept), PKI_BYTES("\x7F")));
        daotp__indexed_crl_free(kept);
    }
    free_list(made);
}

/* Proven by one key is not proven by another. */
static void proven_is_by_a_key(void **state)
{
    const pki_cert *other = pki_ca("CN=Root", pki_key(9), NULL);
    list *made = pki_get(sizeof *made);
    daotp__node *namesake;

    (void)state;
    make_list(made, 10, false);
    assert_int_equal(daotp__node_new(other->der, true, &namesake), DAOTP_OK);
    assert_false(daotp__indexed_crl_is_verified_by(made->kept, namesake));
    assert_int_equal(daotp__indexed_crl_verify(made->kept, namesake, PKI_NOTHING),
                     DAOTP__CRL_FORGED);
    assert_true(daotp__indexed_crl_is_verified_by(made->kept, made->signer));
    daotp__node_free(namesake);
    free_list(made);
}

/* ---- the quick way is as strict as the careful one ------------------------------------------- */

/* How the walk and the reader take these entries: they must agree on each. */
static void expect_agreement(const uint8_t *data, size_t len)
{
    daotp__crl crl = {.entries = {data, len}};
    daotp__bytes in = crl.entries;
    daotp__crl_entry entry;
    daotp__crl_scan walk;
    bool read = true, good = true;

    while (read && in.len > 0) {
        read = daotp__crl_entry_read(&in, &entry);
        good = good && read && entry.malformed == NULL;
    }
    if (daotp__crl_scan_entries(&crl, PKI_NOTHING, PKI_NOTHING, &walk) != good)
        fail_msg("the reader takes the entries: %d, and the scan says the opposite", good);
    assert_int_equal(walk.has_malformed, !good);
}

/* Every octet of an entry replaced by every other. */
static void every_octet_of_an_entry(void **state)
{
    daotp__bytes serial = pki_hex("00 91 23 45 67 89 AB CD EF");
    daotp__bytes after = pki_entry(pki_hex("05"), PKI_NOTHING);
    const daotp__bytes entries[] = {
        pki_entry(serial, PKI_NOTHING), pki_entry(serial, pki_reason(1)),
        pki_entry(pki_hex("05"), pki_reason(10)),
        PKI_SEQ(pki_tlv(0x02, serial), pki_text(0x18, "20260228120000Z"))};

    (void)state;
    for (size_t k = 0; k < sizeof entries / sizeof entries[0]; k++) {
        daotp__bytes both = PKI_JOIN(entries[k], after);
        uint8_t *copy = malloc(both.len);

        for (size_t i = 0; i < entries[k].len; i++)
            for (unsigned value = 0; value < 256; value++) {
                memcpy(copy, both.data, both.len);
                copy[i] = (uint8_t)value;
                expect_agreement(copy, both.len);
            }
        free(copy);
        for (size_t len = 1; len < both.len; len++) { /* in memory of just that size */
            copy = malloc(len);
            memcpy(copy, both.data, len);
            expect_agreement(copy, len);
            free(copy);
        }
    }
}

/* Two octets at once, at random: what one change hides another shows. */
static void two_octets_of_an_entry(void **state)
{
    daotp__bytes one = pki_entry(pki_hex("12 34 56"), pki_reason(1));
    uint8_t *copy = malloc(one.len);

    (void)state;
    for (int i = 0; i < 200000; i++) {
        memcpy(copy, one.data, one.len);
        copy[pick((uint32_t)one.len)] = (uint8_t)pick(256);
        copy[pick((uint32_t)one.len)] ^= (uint8_t)(1u << pick(8));
        expect_agreement(copy, one.len);
    }
    free(copy);
}

/* Dates at the edges, as our own calendar has them. */
static void dates_of_entries(void **state)
{
    static const struct {
        const char *text;
        bool good;
    } dates[] = {{"260101000000Z", true},
                 {"261231235959Z", true},
                 {"260229000000Z", false},
                 {"240229000000Z", true},
                 {"000229000000Z", true},
                 {"260431000000Z", false},
                 {"260430000000Z", true},
                 {"260100000000Z", false},
                 {"260001000000Z", false},
                 {"261301000000Z", false},
                 {"260101240000Z", false},
                 {"260101006000Z", false},
                 {"260101000060Z", false},
                 {"26010100000:Z", false},
                 {"2601010000/0Z", false},
                 {"260101000000z", false},
                 {"\xb2"
                  "60101000000Z",
                  false}};

    (void)state;
    for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
        daotp__bytes entry =
            PKI_SEQ(pki_tlv(0x02, pki_hex("12 34")), pki_text(0x17, dates[i].text));
        daotp__crl crl = {.entries = entry};
        daotp__crl_scan walk;

        if (daotp__crl_scan_entries(&crl, PKI_NOTHING, PKI_NOTHING, &walk) != dates[i].good)
            fail_msg("%s", dates[i].text);
        expect_agreement(entry.data, entry.len);
    }
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, begin, pki_end_test)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(few_entries),
        TEST(many_entries),
        TEST(many_entries_of_a_delta),
        TEST(first_answer_comes_with_the_walk),
        TEST(proven_is_by_a_key),
        TEST(every_octet_of_an_entry),
        TEST(two_octets_of_an_entry),
        TEST(dates_of_entries),
    };

    return cmocka_run_group_tests(tests, NULL, pki_end_group);
}
