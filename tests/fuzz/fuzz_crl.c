/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CRLs, and the index of a kept one, against OpenSSL's own reading: each entry that we take, it
 * takes, and reads as we do; and whoever looks a serial number up gets the same answer, by the
 * walk, by the index, and from OpenSSL's list.
 *
 * The input is a CRL in DER. What does not begin as one is made into one: an octet of flags (1: it
 * is indirect), then entries, each an octet (bits 0 to 3: octets of the serial number; bits 4 to 7:
 * the reason, 15 for none, 14 for a certificateIssuer), then the serial number.
 */
#include "fuzz.h"

#include "made_certificate.h"
#include "x509/crl_index.h"
#include "x509/name_match.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <time.h>

enum { MAX_ENTRIES = 150, INPUT_MAX = 6000, MAX_ASKED = 16 };

/* ---- a CRL from a few octets ----------------------------------------------------------------- */

/* CN=A, CN=B */
static const uint8_t name_a[] = {0x30, 0x0C, 0x31, 0x0A, 0x30, 0x08, 0x06,
                                 0x03, 0x55, 0x04, 0x03, 0x0C, 0x01, 'A'};
static const uint8_t name_b[] = {0x30, 0x0C, 0x31, 0x0A, 0x30, 0x08, 0x06,
                                 0x03, 0x55, 0x04, 0x03, 0x0C, 0x01, 'B'};

static void put(daotp__buffer *out, const uint8_t *der, size_t len)
{
    daotp__derw_raw(out, (daotp__bytes){der, len});
}

static void put_reason(daotp__buffer *out, uint8_t reason)
{
    const uint8_t der[] = {0x30, 0x0C, 0x30, 0x0A, 0x06, 0x03, 0x55,
                           0x1D, 0x15, 0x04, 0x03, 0x0A, 0x01, reason};

    put(out, der, sizeof der);
}

static void put_issuer(daotp__buffer *out, bool b)
{
    static const uint8_t head[] = {0x30, 0x1F, 0x30, 0x1D, 0x06, 0x03, 0x55, 0x1D, 0x1D,
                                   0x01, 0x01, 0xFF, 0x04, 0x13, 0x30, 0x11, 0xA4, 0x0F};
    uint8_t der[sizeof head + sizeof name_a];

    memcpy(der, head, sizeof head);
    memcpy(der + sizeof head, b ? name_b : name_a, sizeof name_a);
    der[1] = (uint8_t)(sizeof der - 2); /* the lengths, from outside in */
    der[3] = (uint8_t)(sizeof der - 4);
    der[13] = (uint8_t)(sizeof der - 14);
    der[15] = (uint8_t)(sizeof der - 16);
    der[17] = (uint8_t)(sizeof der - 18);
    put(out, der, sizeof der);
}

static size_t put_entry(daotp__buffer *out, const uint8_t *data, size_t size)
{
    size_t len = data[0] & 15u, mark = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
    uint8_t kind = data[0] >> 4;

    len = len > size - 1 ? size - 1 : len;
    daotp__derw_item(out, DAOTP__DER_INTEGER, data + 1, len);
    daotp__derw_text(out, DAOTP__DER_UTC_TIME, "260101000000Z");
    if (kind == 14)
        put_issuer(out, len > 0 && (data[1] & 1) != 0);
    else if (kind < 14)
        put_reason(out, kind);
    daotp__derw_end(out, mark);
    return 1 + len;
}

static void put_entries(daotp__buffer *out, const uint8_t *data, size_t size)
{
    size_t mark = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);

    for (size_t i = 0; size > 0 && i < MAX_ENTRIES; i++) {
        size_t took = put_entry(out, data, size);

        data += took;
        size -= took;
    }
    daotp__derw_end(out, mark);
}

static const uint8_t ecdsa[] = {0x30, 0x0A, 0x06, 0x08, 0x2A, 0x86,
                                0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02};

static void put_tbs(daotp__buffer *out, const uint8_t *data, size_t size)
{
    /* cRLNumber 1, and issuingDistributionPoint with indirectCRL, critical */
    static const uint8_t indirect[] = {0xA0, 0x13, 0x30, 0x11, 0x30, 0x0F, 0x06,
                                       0x03, 0x55, 0x1D, 0x1C, 0x01, 0x01, 0xFF,
                                       0x04, 0x05, 0x30, 0x03, 0x84, 0x01, 0xFF};
    static const uint8_t number[] = {0xA0, 0x0E, 0x30, 0x0C, 0x30, 0x0A, 0x06, 0x03,
                                     0x55, 0x1D, 0x14, 0x04, 0x03, 0x02, 0x01, 0x01};
    size_t mark = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);

    daotp__derw_unsigned(out, 1);
    put(out, ecdsa, sizeof ecdsa);
    put(out, name_a, sizeof name_a);
    daotp__derw_text(out, DAOTP__DER_UTC_TIME, "260101000000Z");
    daotp__derw_text(out, DAOTP__DER_UTC_TIME, "270101000000Z");
    if (size > 1)
        put_entries(out, data + 1, size - 1);
    if (size > 0 && (data[0] & 1) != 0)
        put(out, indirect, sizeof indirect);
    else
        put(out, number, sizeof number);
    daotp__derw_end(out, mark);
}

static void make_crl(daotp__buffer *out, const uint8_t *data, size_t size)
{
    size_t mark = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);

    put_tbs(out, data, size);
    put(out, ecdsa, sizeof ecdsa);
    daotp__derw_bits(out, (daotp__bytes){ecdsa, sizeof ecdsa}, 0);
    daotp__derw_end(out, mark);
}

/* ---- a signer, so that a CRL can be proven, which is when it gets its index -------------------
 */

static EVP_PKEY *signing_key;

/* Its own signature is nobody's business. */
static daotp__node *make_signer(void)
{
    daotp__buffer out;
    daotp__node *node;

    made_certificate(&out, &(made_spec){'A', 'A', 2, 2, 1, NULL, 0});
    HOLDS(daotp__node_new(daotp__buffer_bytes(&out), false, &node) == DAOTP_OK);
    signing_key = scalar_key(2);
    daotp__buffer_free(&out);
    return node;
}

/* The same list under a signature of ours. */
static void sign_again(const daotp__crl *crl, daotp__buffer *out)
{
    unsigned char signature[72];
    size_t len = scalar_sign(signing_key, crl->tbs.data, crl->tbs.len, signature);
    size_t mark = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);

    daotp__derw_raw(out, crl->tbs);
    put(out, ecdsa, sizeof ecdsa);
    daotp__derw_bits(out, (daotp__bytes){signature, len}, 0);
    daotp__derw_end(out, mark);
    HOLDS(out->failed == DAOTP_OK);
}

/* ---- OpenSSL's reading ----------------------------------------------------------------------- */

struct row {
    daotp__bytes serial; /* content octets */
    int reason;
    daotp__bytes issuer; /* whose certificate it is about */
};

struct list {
    struct row rows[INPUT_MAX / 20]; /* an entry has 20 octets at least */
    size_t count;
    bool has_issuers, unknown_critical;
};

static int reason_of(X509_REVOKED *revoked)
{
    int critical, reason = 0;
    ASN1_ENUMERATED *theirs = X509_REVOKED_get_ext_d2i(revoked, NID_crl_reason, &critical, NULL);

    HOLDS(theirs != NULL || critical == -1);
    if (theirs != NULL)
        reason = (int)ASN1_ENUMERATED_get(theirs);
    ASN1_ENUMERATED_free(theirs);
    return reason;
}

/* Exactly one directory name is what we take. */
static bool same_issuer(X509_REVOKED *revoked, daotp__bytes ours)
{
    GENERAL_NAMES *names = X509_REVOKED_get_ext_d2i(revoked, NID_certificate_issuer, NULL, NULL);
    unsigned char *der = NULL;
    bool same = names == NULL && ours.len == 0;
    int len;

    if (names != NULL && ours.len > 0 && sk_GENERAL_NAME_num(names) == 1 &&
        sk_GENERAL_NAME_value(names, 0)->type == GEN_DIRNAME) {
        len = i2d_X509_NAME(sk_GENERAL_NAME_value(names, 0)->d.directoryName, &der);
        same = len > 0 && daotp__bytes_equal(ours, (daotp__bytes){der, (size_t)len});
        OPENSSL_free(der);
    }
    GENERAL_NAMES_free(names);
    return same;
}

static bool has_unknown_critical(const X509_REVOKED *revoked)
{
    for (int i = 0; i < X509_REVOKED_get_ext_count(revoked); i++) {
        X509_EXTENSION *one = X509_REVOKED_get_ext(revoked, i);
        int nid = OBJ_obj2nid(X509_EXTENSION_get_object(one));

        if (X509_EXTENSION_get_critical(one) && nid != NID_crl_reason &&
            nid != NID_invalidity_date && nid != NID_certificate_issuer)
            return true;
    }
    return false;
}

static void compare_entry(X509_REVOKED *theirs, const daotp__crl_entry *ours)
{
    const ASN1_INTEGER *serial = X509_REVOKED_get0_serialNumber(theirs);
    unsigned char *der = NULL;
    int len = i2d_ASN1_INTEGER(serial, &der);
    daotp__bytes number = {der, (size_t)len}, content;
    struct tm tm;

    HOLDS(daotp__der_only(number, DAOTP__DER_INTEGER, &content));
    HOLDS(daotp__bytes_equal(content, ours->serial));
    OPENSSL_free(der);
    HOLDS(ASN1_TIME_to_tm(X509_REVOKED_get0_revocationDate(theirs), &tm) == 1);
    HOLDS((int64_t)timegm(&tm) == ours->date);
    HOLDS(reason_of(theirs) == ours->reason);
    HOLDS(has_unknown_critical(theirs) == ours->unknown_critical);
    HOLDS(same_issuer(theirs, ours->issuer));
}

/* Every entry that we take, one after the other. */
static void read_list(const daotp__crl *crl, struct list *list)
{
    daotp__bytes in = crl->entries, issuer = crl->issuer;

    *list = (struct list){0};
    while (in.len > 0) {
        const unsigned char *at = in.data;
        X509_REVOKED *theirs = d2i_X509_REVOKED(NULL, &at, (long)in.len);
        daotp__crl_entry ours;

        HOLDS(daotp__crl_entry_read(&in, &ours));
        HOLDS(theirs != NULL && at == in.data);
        compare_entry(theirs, &ours);
        if (ours.issuer.len > 0) {
            issuer = ours.issuer;
            list->has_issuers = true;
        }
        list->unknown_critical = list->unknown_critical || ours.unknown_critical;
        list->rows[list->count++] = (struct row){ours.serial, ours.reason, issuer};
        X509_REVOKED_free(theirs);
    }
}

/* ---- the same answer ------------------------------------------------------------------------- */

static void find(const struct list *list, daotp__bytes serial, daotp__bytes issuer, bool *found,
                 bool *is_removed)
{
    bool revokes = false;

    *found = false;
    for (size_t i = 0; i < list->count; i++)
        if (daotp__bytes_equal(list->rows[i].serial, serial) &&
            daotp__name_equal(list->rows[i].issuer, issuer)) {
            *found = true;
            revokes = revokes || list->rows[i].reason != DAOTP__REASON_REMOVE;
        }
    *is_removed = *found && !revokes;
}

/* One CRL with all that looks things up in it. */
struct subject {
    const daotp__crl *crl;
    struct list list;
    daotp__indexed_crl *walked, *indexed; /* NULL where we cannot sign it again */
    X509_CRL *theirs;                     /* NULL where OpenSSL does not take the whole */
};

static void check_walk(const struct subject *s, const daotp__crl_scan *walk, daotp__bytes serial,
                       daotp__bytes issuer)
{
    daotp__bytes hit = walk->hit;
    daotp__crl_entry entry;
    bool found, is_removed;

    /* in a direct list an entry answers for the list's own issuer alone */
    find(&s->list, serial, s->crl->is_indirect ? issuer : s->crl->issuer, &found, &is_removed);
    HOLDS(walk->found == found && walk->is_removed == is_removed);
    HOLDS(walk->count == s->list.count);
    HOLDS(walk->has_issuers == s->list.has_issuers);
    HOLDS(walk->unknown_critical == s->list.unknown_critical);
    if (found) {
        HOLDS(daotp__crl_entry_read(&hit, &entry));
        HOLDS(daotp__bytes_equal(entry.serial, serial));
        HOLDS((entry.reason == DAOTP__REASON_REMOVE) == is_removed);
    }
}

static void ask_openssl(const struct subject *s, daotp__bytes serial)
{
    daotp__buffer der;
    const unsigned char *at;
    ASN1_INTEGER *number;
    X509_REVOKED *revoked;
    bool found, is_removed;
    int answer;

    if (s->theirs == NULL || s->list.has_issuers)
        return;
    daotp__buffer_init(&der, INPUT_MAX + 64);
    daotp__derw_item(&der, DAOTP__DER_INTEGER, serial.data, serial.len);
    at = der.data;
    number = d2i_ASN1_INTEGER(NULL, &at, (long)der.len);
    find(&s->list, serial, s->crl->issuer, &found, &is_removed);
    if (number != NULL) {
        answer = X509_CRL_get0_by_serial(s->theirs, &revoked, number);
        HOLDS((answer != 0) == found);
        HOLDS(answer != 2 || found);
        HOLDS(answer != 2 || is_removed || s->list.count > 1); /* it takes any of several */
    }
    ASN1_INTEGER_free(number);
    daotp__buffer_free(&der);
}

static void ask(const struct subject *s, daotp__bytes serial, daotp__bytes issuer)
{
    daotp__crl_scan walk;

    HOLDS(daotp__crl_scan_entries(s->crl, serial, issuer, &walk));
    check_walk(s, &walk, serial, issuer);
    for (int i = 0; s->walked != NULL && i < 2; i++) {
        HOLDS(daotp__indexed_crl_look_up(i == 0 ? s->walked : s->indexed, serial, issuer, &walk));
        check_walk(s, &walk, serial, issuer);
    }
}

/* The serial number itself, and some that are like it. */
static void ask_around(const struct subject *s, const struct row *row)
{
    uint8_t other[256];
    daotp__bytes serial = row->serial;
    size_t len = serial.len < sizeof other ? serial.len : sizeof other - 1;

    ask(s, serial, row->issuer);
    ask(s, serial, s->crl->issuer);
    ask_openssl(s, serial);
    memcpy(other, serial.data, len);
    other[len] = 0;
    ask(s, (daotp__bytes){other, len + 1}, row->issuer);
    other[len - 1] ^= 1;
    ask(s, (daotp__bytes){other, len}, row->issuer);
    ask_openssl(s, (daotp__bytes){other, len});
    if (len > 1)
        ask(s, (daotp__bytes){other, len - 1}, row->issuer);
}

/* ---- all of it ------------------------------------------------------------------------------- */

/* Proven and walked, with what it keeps for its first question. */
static daotp__indexed_crl *keep(const daotp__crl *crl, daotp__bytes serial)
{
    static daotp__node *signer;
    daotp__indexed_crl *kept;
    daotp__buffer der;

    if (signer == NULL)
        signer = make_signer();
    if (crl->signature_algorithm.known != DAOTP__OID_ECDSA_SHA256 ||
        crl->signature_algorithm.parameters.len > 0)
        return NULL;
    daotp__buffer_init(&der, 64 * INPUT_MAX);
    sign_again(crl, &der);
    if (daotp__indexed_crl_new(daotp__buffer_bytes(&der), &kept) == DAOTP_OK) {
        HOLDS(!daotp__indexed_crl_is_verified(kept));
        HOLDS(daotp__indexed_crl_verify(kept, signer, serial) == DAOTP__CRL_GOOD);
        HOLDS(daotp__indexed_crl_is_verified_by(kept, signer) &&
              daotp__indexed_crl_is_verified(kept));
    }
    daotp__buffer_free(&der);
    return kept;
}

/* The file that would stand beside it in a cache folder; nothing for an indirect one. */
static void write_index(daotp__indexed_crl *walked, daotp__crl_stamp stamp, daotp__buffer *out)
{
    daotp__crl_index_data proof;

    if (!daotp__indexed_crl_export(walked, &proof)) {
        HOLDS(daotp__indexed_crl_view(walked)->is_indirect ||
              daotp__indexed_crl_scan_result(walked)->has_issuers);
        return;
    }
    HOLDS((proof.slots & (proof.slots - 1)) == 0 && proof.slots >= 2 * proof.count);
    HOLDS(daotp__crl_index_write(walked, &proof, &stamp, out));
}

/* One that has the index of the other, as one that comes from a cache; index outlives it. */
static daotp__indexed_crl *keep_indexed(daotp__indexed_crl *walked, daotp__buffer *index)
{
    daotp__crl_stamp stamp = {0};
    daotp__crl_stored stored;
    daotp__indexed_crl *kept;

    if (walked == NULL)
        return NULL;
    stamp.size = daotp__indexed_crl_view(walked)->der.len;
    write_index(walked, stamp, index);
    if (index->len == 0)
        return daotp__indexed_crl_ref(walked);
    HOLDS(daotp__crl_index_read(daotp__buffer_bytes(index), &stamp, &stored));
    HOLDS(daotp__indexed_crl_new(daotp__indexed_crl_view(walked)->der, &kept) == DAOTP_OK);
    HOLDS(daotp__indexed_crl_restore(kept, &stored, (daotp__bytes){NULL, 0}));
    return kept;
}

/* Of a long list some rows, others for other inputs: each question is a walk over all of it. */
static void ask_some(const struct subject *s, daotp__bytes in)
{
    size_t stride = s->list.count / MAX_ASKED + 1;

    for (size_t i = fuzz_hash(in.data, in.len) % stride; i < s->list.count; i += stride)
        ask_around(s, &s->list.rows[i]);
}

static void check(daotp__bytes in)
{
    static struct subject s; /* too large for the stack */
    const unsigned char *at = in.data;
    daotp__bytes none = {(const uint8_t *)"\x01", 1};
    daotp__crl_scan walk;
    daotp__buffer index;
    daotp__crl crl;

    if (!daotp__crl_read(in, &crl))
        return;
    if (!daotp__crl_scan_entries(&crl, none, crl.issuer, &walk)) {
        HOLDS(walk.has_malformed);
        return;
    }
    s.crl = &crl;
    read_list(&crl, &s.list);
    s.theirs = d2i_X509_CRL(NULL, &at, (long)in.len);
    s.walked = keep(&crl, s.list.count > 0 ? s.list.rows[0].serial : none);
    daotp__buffer_init(&index, 64 * INPUT_MAX);
    s.indexed = keep_indexed(s.walked, &index);
    ask_some(&s, in);
    ask(&s, none, crl.issuer);
    ask_openssl(&s, none);
    X509_CRL_free(s.theirs);
    daotp__indexed_crl_free(s.indexed);
    daotp__indexed_crl_free(s.walked);
    daotp__buffer_free(&index);
    ERR_clear_error();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    daotp__buffer out;

    if (size > INPUT_MAX)
        return 0;
    if (size > 0 && data[0] == DAOTP__DER_SEQUENCE) {
        check((daotp__bytes){data, size});
        return 0;
    }
    daotp__buffer_init(&out, 64 * INPUT_MAX);
    make_crl(&out, data, size);
    HOLDS(out.failed == DAOTP_OK);
    check(daotp__buffer_bytes(&out));
    daotp__buffer_free(&out);
    return 0;
}
