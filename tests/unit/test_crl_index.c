/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The index that is stored beside a CRL, damaged in every way: it is refused, or made again, or the
 * list is proven no longer. It never says of a listed serial number that it is not listed, and no
 * look-up goes on for ever.
 */
#include "pki_ask.h"

#include "x509/blocks.h"
#include "x509/crl_index.h"

enum {
    ENTRIES = 1000,
    SLOTS = 2048,
    FIRST_SERIAL = 0x5000,
    TABLE_LEN = SLOTS * sizeof(uint32_t),
    MAGIC_LEN = 8,
    SEAL_LEN = 32,
    HEAD_LEN = MAGIC_LEN + SEAL_LEN + 48 + 32 + 8, /* with stamp, four numbers and flags */
    NUMBERS_AT = MAGIC_LEN + SEAL_LEN + 48         /* count, slots, seed, length of the key */
};

static const pki_cert *root;
static daotp__node *signer;
static daotp__bytes numbers[2 * ENTRIES]; /* each second one is listed */
static daotp__bytes crl, file;            /* what is right */
static daotp__crl_stamp stamp;

/* ---- making ---------------------------------------------------------------------------------- */

static daotp__indexed_crl *proven(daotp__bytes der)
{
    daotp__indexed_crl *kept;

    assert_int_equal(daotp__indexed_crl_new(der, &kept), DAOTP_OK);
    assert_int_equal(daotp__indexed_crl_verify(kept, signer, PKI_NOTHING), DAOTP__CRL_GOOD);
    return kept;
}

/* The file with this in the place of the index; NULL for the index itself. */
static daotp__bytes file_with(const uint32_t *index)
{
    daotp__indexed_crl *kept = proven(crl);
    daotp__crl_index_data proof;
    daotp__buffer out;
    daotp__bytes copy;

    assert_true(daotp__indexed_crl_export(kept, &proof));
    assert_int_equal(proof.slots, SLOTS);
    if (index != NULL)
        proof.index = index;
    daotp__buffer_init(&out, 1 << 20);
    assert_true(daotp__crl_index_write(kept, &proof, &stamp, &out));
    copy = (daotp__bytes){pki_get(out.len), out.len};
    memcpy((void *)copy.data, out.data, out.len);
    daotp__buffer_free(&out);
    daotp__indexed_crl_free(kept);
    return copy;
}

static int begin_group(void **state)
{
    daotp__bytes *entries;

    (void)state;
    root = pki_ca("CN=Root", pki_key(0), NULL);
    assert_int_equal(daotp__node_new(root->der, true, &signer), DAOTP_OK);
    entries = pki_get(ENTRIES * sizeof *entries);
    for (unsigned i = 0; i < 2 * ENTRIES; i++)
        numbers[i] = pki_number(FIRST_SERIAL + i);
    for (unsigned i = 0; i < ENTRIES; i++)
        entries[i] = pki_entry(numbers[2 * i], i % 3 == 0 ? pki_reason(1) : PKI_NOTHING);
    crl = pki_crl(root, 7, pki_join(entries, ENTRIES));
    stamp = (daotp__crl_stamp){crl.len, 1, 2, 3, 4, 5};
    file = file_with(NULL);
    return 0;
}

static int end_group(void **state)
{
    daotp__node_free(signer);
    pki_forget();
    return pki_end_group(state);
}

/* ---- damaged, then asked --------------------------------------------------------------------- */

/* Memory of its own for both, as two mappings are. */
typedef struct copies {
    uint8_t *list, *index;
    size_t list_len, index_len;
} copies;

static copies copy_both(void)
{
    copies both = {malloc(crl.len), malloc(file.len), crl.len, file.len};

    memcpy(both.list, crl.data, crl.len);
    memcpy(both.index, file.data, file.len);
    return both;
}

/* As a run does: prove it, look the serial number up. */
static void expect_right(daotp__indexed_crl *kept, unsigned number, const char *what, size_t at)
{
    daotp__bytes serial = numbers[number];
    daotp__crl_scan walk;

    if (daotp__indexed_crl_verify(kept, signer, serial) != DAOTP__CRL_GOOD) {
        assert_false(daotp__indexed_crl_is_verified(kept)); /* and so it stays */
        assert_false(daotp__indexed_crl_look_up(kept, serial, root->name, &walk));
        return;
    }
    if (!daotp__indexed_crl_look_up(kept, serial, root->name, &walk))
        fail_msg("%s at %zu: proven, and not readable", what, at);
    if (walk.found != (number % 2 == 0))
        fail_msg("%s at %zu: serial %u is %slisted", what, at, number, walk.found ? "" : "not ");
    assert_int_equal(walk.count, ENTRIES);
    assert_true(walk.probes <= SLOTS);
}

/* Is it restored at all? Then ask for some numbers: all of them would take too long. */
static bool ask_copies(const copies *both, const char *what, size_t at)
{
    daotp__bytes in = {both->index, both->index_len};
    daotp__crl_stored stored;
    daotp__indexed_crl *kept;
    bool is_restored;

    if (!daotp__crl_index_read(in, &stamp, &stored))
        return false;
    if (daotp__indexed_crl_new((daotp__bytes){both->list, both->list_len}, &kept) != DAOTP_OK)
        return false;
    is_restored = daotp__indexed_crl_restore(kept, &stored, PKI_NOTHING);
    for (unsigned i = 0; is_restored && i < 2 * ENTRIES; i += i < 8 ? 1 : 61)
        expect_right(kept, i, what, at);
    daotp__indexed_crl_free(kept);
    return is_restored;
}

static void free_copies(copies *both)
{
    free(both->list);
    free(both->index);
}

static void ask_damaged(size_t index_at, size_t list_at, uint8_t flip)
{
    copies both = copy_both();

    if (index_at < both.index_len)
        both.index[index_at] ^= flip;
    if (list_at < both.list_len)
        both.list[list_at] ^= flip;
    (void)ask_copies(&both, flip == 0xFF ? "inverted" : "flipped",
                     index_at < file.len ? index_at : list_at);
    free_copies(&both);
}

/* ---- the tests ------------------------------------------------------------------------------- */

static void undamaged_it_answers_for_all(void **state)
{
    copies both = copy_both();
    daotp__crl_stored stored;
    daotp__indexed_crl *kept;

    (void)state;
    assert_true(daotp__crl_index_read((daotp__bytes){both.index, both.index_len}, &stamp, &stored));
    assert_int_equal(daotp__indexed_crl_new(crl, &kept), DAOTP_OK);
    assert_true(daotp__indexed_crl_restore(kept, &stored, PKI_NOTHING));
    assert_true(daotp__indexed_crl_is_verified_by(kept, signer));
    for (unsigned i = 0; i < 2 * ENTRIES; i++) {
        daotp__crl_scan walk;

        expect_right(kept, i, "undamaged", i);
        assert_true(daotp__indexed_crl_is_restored(kept));
        assert_true(daotp__indexed_crl_look_up(kept, numbers[i], root->name, &walk));
        assert_between(walk.probes, 1, 64);
    }
    assert_true(daotp__indexed_crl_recheck(kept));
    assert_false(daotp__indexed_crl_must_be_stored(kept));
    daotp__indexed_crl_free(kept);
    free_copies(&both);
}

static void every_octet_of_the_index_changed(void **state)
{
    (void)state;
    for (size_t i = 0; i < file.len; i += i < file.len - TABLE_LEN ? 1 : 5) {
        ask_damaged(i, SIZE_MAX, (uint8_t)(1u << i % 8));
        if (i % 3 == 0)
            ask_damaged(i, SIZE_MAX, 0xFF);
    }
}

static void every_octet_of_the_list_changed(void **state)
{
    (void)state;
    for (size_t i = 0; i < crl.len; i += 7)
        ask_damaged(SIZE_MAX, i, (uint8_t)(1u << i % 8));
}

/* As a crash leaves a file: its length is right, and pages are missing. */
static void every_region_zeroed(void **state)
{
    static const size_t lengths[] = {4, 64, 512, 4096, 1 << 20};

    (void)state;
    for (size_t k = 0; k < sizeof lengths / sizeof lengths[0]; k++) {
        for (size_t at = 0; at < file.len; at += lengths[k] < 512 ? 61 : lengths[k]) {
            copies both = copy_both();

            memset(both.index + at, 0, at + lengths[k] < file.len ? lengths[k] : file.len - at);
            (void)ask_copies(&both, "zeroed", at);
            free_copies(&both);
        }
        for (size_t at = 0; at < crl.len; at += lengths[k] < 512 ? 61 : lengths[k]) {
            copies both = copy_both();

            memset(both.list + at, 0, at + lengths[k] < crl.len ? lengths[k] : crl.len - at);
            (void)ask_copies(&both, "list zeroed", at);
            free_copies(&both);
        }
    }
}

static void cut_it_is_refused(void **state)
{
    (void)state;
    for (size_t len = 0; len < file.len; len += len < 1024 ? 1 : 61) {
        copies both = copy_both();
        uint8_t *cut = malloc(len > 0 ? len : 1);

        memcpy(cut, file.data, len);
        free(both.index);
        both.index = cut;
        both.index_len = len;
        assert_false(ask_copies(&both, "cut", len));
        free_copies(&both);
    }
}

/* Two blocks of the index, or of the list, in each other's place. */
static void swapped_blocks(void **state)
{
    copies both = copy_both();
    uint8_t *table = both.index + both.index_len - TABLE_LEN;

    (void)state;
    memcpy(table, file.data + file.len - TABLE_LEN + DAOTP__BLOCK_LEN, DAOTP__BLOCK_LEN);
    memcpy(table + DAOTP__BLOCK_LEN, file.data + file.len - TABLE_LEN, DAOTP__BLOCK_LEN);
    assert_true(ask_copies(&both, "swapped", 0));
    memcpy(both.index, file.data, file.len);
    memcpy(both.list + DAOTP__BLOCK_LEN, crl.data + 2 * DAOTP__BLOCK_LEN, DAOTP__BLOCK_LEN);
    (void)ask_copies(&both, "list swapped", 0);
    free_copies(&both);
}

static void index_of_another_list(void **state)
{
    copies both = copy_both();
    daotp__bytes all[ENTRIES], other = PKI_NOTHING;

    (void)state;
    for (unsigned i = 0; i < ENTRIES; i++)
        all[i] = pki_entry(numbers[2 * i + 1], i % 3 == 0 ? pki_reason(1) : PKI_NOTHING);
    for (unsigned i = 0; other.len != crl.len; i++) { /* ECDSA's lengths differ */
        assert_true(i < 200);
        other = pki_crl(root, 8, pki_join(all, ENTRIES));
    }
    memcpy(both.list, other.data, other.len);
    assert_false(ask_copies(&both, "another's", 0));
    free_copies(&both);
}

/* A digest that fits does not make a number fit. */
static void numbers_are_checked_for_themselves(void **state)
{
    static const struct {
        unsigned at;
        uint64_t value;
    } rows[] = {{0, SLOTS / 2 + 1}, {0, UINT64_MAX}, {1, 0},          {1, 3},
                {1, SLOTS / 2},     {1, 2 * SLOTS},  {1, UINT64_MAX}, {1, 1ull << 62},
                {1, 1ull << 32},    {3, 0},          {3, 1 << 20},    {3, UINT64_MAX},
                {3, UINT64_MAX - 6}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        copies both = copy_both();
        uint8_t digest[DAOTP__HASH_MAX];

        memcpy(both.index + NUMBERS_AT + 8 * rows[i].at, &rows[i].value, 8);
        assert_true(daotp__hash_bytes(DAOTP__HASH_SHA256,
                                      (daotp__bytes){both.index + MAGIC_LEN + SEAL_LEN,
                                                     file.len - TABLE_LEN - MAGIC_LEN - SEAL_LEN},
                                      digest));
        memcpy(both.index + MAGIC_LEN, digest, SEAL_LEN);
        if (ask_copies(&both, "a number", i))
            fail_msg("row %zu was taken", i);
        free_copies(&both);
    }
}

static void another_stamp_is_another_file(void **state)
{
    daotp__crl_stored stored;

    (void)state;
    for (size_t i = 0; i < sizeof stamp; i++) {
        copies both = copy_both();
        daotp__crl_stamp other = stamp;

        ((uint8_t *)&other)[i] ^= 1;
        assert_false(
            daotp__crl_index_read((daotp__bytes){both.index, both.index_len}, &other, &stored));
        free_copies(&both);
    }
}

/* Made wrong on purpose, all digests right: no slot is empty. What is slow must end, and what leads
 * nowhere is seen. */
static void full_table_ends(void **state)
{
    static const uint32_t fills[] = {1, 0x7FFFFFFF, 0xFFFFFFFF, 40000, 0x80000001};
    uint32_t *index = pki_get(TABLE_LEN);
    daotp__bytes right = file;

    (void)state;
    for (size_t k = 0; k < sizeof fills / sizeof fills[0]; k++) {
        copies both;

        for (size_t i = 0; i < SLOTS; i++)
            index[i] = fills[k];
        file = file_with(index);
        both = copy_both();
        assert_true(ask_copies(&both, "full", k));
        free_copies(&both);
        file = right;
    }
}

/* A damaged index is used no more, and is to be stored again; a damaged list is proven no longer.
 */
static void damage_is_noted(void **state)
{
    copies both = copy_both();
    daotp__crl_stored stored;
    daotp__indexed_crl *kept;

    (void)state;
    both.index[file.len - 1] ^= 1;
    both.index[file.len - TABLE_LEN] ^= 1;
    assert_true(daotp__crl_index_read((daotp__bytes){both.index, both.index_len}, &stamp, &stored));
    assert_int_equal(daotp__indexed_crl_new(crl, &kept), DAOTP_OK);
    assert_true(daotp__indexed_crl_restore(kept, &stored, PKI_NOTHING));
    assert_true(daotp__indexed_crl_recheck(kept));
    assert_false(daotp__indexed_crl_is_restored(kept));
    assert_true(daotp__indexed_crl_is_verified(kept) && daotp__indexed_crl_must_be_stored(kept));
    daotp__indexed_crl_note_stored(kept);
    assert_false(daotp__indexed_crl_must_be_stored(kept));
    daotp__indexed_crl_free(kept);

    memcpy(both.index, file.data, file.len);
    both.list[crl.len / 2] ^= 1;
    assert_int_equal(daotp__indexed_crl_new((daotp__bytes){both.list, crl.len}, &kept), DAOTP_OK);
    assert_true(daotp__crl_index_read((daotp__bytes){both.index, both.index_len}, &stamp, &stored));
    assert_true(daotp__indexed_crl_restore(kept, &stored, PKI_NOTHING));
    assert_true(daotp__indexed_crl_is_trusted(kept));
    assert_false(daotp__indexed_crl_recheck(kept));
    assert_false(daotp__indexed_crl_is_verified(kept) || daotp__indexed_crl_is_trusted(kept));
    assert_int_equal(daotp__indexed_crl_verify(kept, signer, PKI_NOTHING), DAOTP__CRL_FORGED);
    daotp__indexed_crl_free(kept);
    free_copies(&both);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(undamaged_it_answers_for_all),
        cmocka_unit_test(every_octet_of_the_index_changed),
        cmocka_unit_test(every_octet_of_the_list_changed),
        cmocka_unit_test(every_region_zeroed),
        cmocka_unit_test(cut_it_is_refused),
        cmocka_unit_test(swapped_blocks),
        cmocka_unit_test(index_of_another_list),
        cmocka_unit_test(numbers_are_checked_for_themselves),
        cmocka_unit_test(another_stamp_is_another_file),
        cmocka_unit_test(full_table_ends),
        cmocka_unit_test(damage_is_noted),
    };

    return cmocka_run_group_tests(tests, begin_group, end_group);
}
