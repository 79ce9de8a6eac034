/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * OCSP answers and who may sign them. What begins as DER is an answer as it came: what we take
 * OpenSSL takes too, all views lie within it, and nobody signed it, so that it never makes a
 * certificate good. Anything else is made into an answer that is signed here: an octet of flags,
 * then two octets for each SingleResponse (see read_single()). A certificate is good only by an
 * answer of one who may sign, and never when the newest of those about it says that it is revoked.
 */
#include "fuzz.h"

#include "made_certificate.h"
#include "x509/ocsp.h"

#include <daotp/verify.h>
#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/sha.h>
#include <time.h>

enum { NOW = 1800000000, HOUR = 3600, SINGLES = 12, INPUT_MAX = 8192 };
enum { ISSUER_KEY = 2, LEAF_KEY = 3, DELEGATE_KEY = 4, LEAF_SERIAL = 5 };
enum {
    FLAG_DELEGATE = 1,
    FLAG_TAMPERED = 2,
    FLAG_NO_PURPOSE = 4,   /* the delegate's certificate is not for OCSP */
    FLAG_OTHER_ISSUER = 8, /* it is by somebody else */
    FLAG_NO_CERTIFICATE = 16,
    FLAG_BY_NAME = 32
};

#define EXT_CA       "\x30\x0F\x06\x03\x55\x1D\x13\x01\x01\xFF\x04\x05\x30\x03\x01\x01\xFF"
#define EXT_CA_USAGE "\x30\x0E\x06\x03\x55\x1D\x0F\x01\x01\xFF\x04\x04\x03\x02\x01\x06"
#define EXT_USAGE    "\x30\x0E\x06\x03\x55\x1D\x0F\x01\x01\xFF\x04\x04\x03\x02\x07\x80"
#define EXT_PURPOSE                                                                                \
    "\x30\x13\x06\x03\x55\x1D\x25\x04\x0C\x30\x0A\x06\x08\x2B\x06\x01\x05\x05\x07\x03\x09"
#define EXT_NO_CHECK     "\x30\x0F\x06\x09\x2B\x06\x01\x05\x05\x07\x30\x01\x05\x04\x02\x05\x00"
#define EXTENSIONS(text) text, sizeof(text) - 1

static daotp_context *context;
static daotp_trust *trust;
static daotp__buffer root, leaf, delegates[4]; /* by FLAG_NO_PURPOSE and FLAG_OTHER_ISSUER */

struct single {
    unsigned status, reason; /* good, revoked, unknown */
    bool other_serial, other_key, is_sha256;
    int64_t this_update, next_update; /* next_update: 0 for none */
};

static void read_single(const uint8_t in[2], struct single *out)
{
    static const int64_t lifetimes[] = {0, 24 * HOUR, -HOUR, HOUR};

    *out = (struct single){.status = (in[0] & 3) % 3,
                           .other_serial = (in[0] & 4) != 0,
                           .other_key = (in[0] & 8) != 0,
                           .is_sha256 = (in[0] & 16) != 0,
                           .reason = in[1] & 7u,
                           .this_update = NOW - (int64_t)(in[1] >> 3 & 7) * HOUR};
    if ((in[1] >> 6) != 0)
        out->next_update = out->this_update + lifetimes[in[1] >> 6];
}

static void make_delegate(unsigned at)
{
    bool no_purpose = (at & 1) != 0;
    made_spec spec = {'D',          (uint8_t)((at & 2) != 0 ? 'X' : 'A'),
                      DELEGATE_KEY, (at & 2) != 0 ? DELEGATE_KEY : ISSUER_KEY,
                      9 + at,       EXTENSIONS(EXT_USAGE EXT_PURPOSE EXT_NO_CHECK)};

    if (no_purpose) {
        spec.extensions = EXT_USAGE;
        spec.extensions_len = sizeof(EXT_USAGE) - 1;
    }
    made_certificate(&delegates[at], &spec);
}

static void set_up(void)
{
    made_certificate(
        &root, &(made_spec){'A', 'A', ISSUER_KEY, ISSUER_KEY, 1, EXTENSIONS(EXT_CA EXT_CA_USAGE)});
    made_certificate(
        &leaf, &(made_spec){'L', 'A', LEAF_KEY, ISSUER_KEY, LEAF_SERIAL, EXTENSIONS(EXT_USAGE)});
    for (unsigned i = 0; i < 4; i++)
        make_delegate(i);
    HOLDS(daotp_context_new(&context) == DAOTP_OK);
    HOLDS(daotp_trust_new(context, &trust) == DAOTP_OK);
    HOLDS(daotp_trust_add(trust, root.data, root.len, NULL) == DAOTP_OK);
}

/* ---- an answer from a few octets ------------------------------------------------------------- */

static void put_time(daotp__buffer *out, int64_t at)
{
    time_t seconds = (time_t)at;
    char text[32];
    struct tm tm;

    HOLDS(gmtime_r(&seconds, &tm) != NULL);
    HOLDS(strftime(text, sizeof text, "%Y%m%d%H%M%SZ", &tm) == 15);
    daotp__derw_text(out, DAOTP__DER_GENERALIZED_TIME, text);
}

static void put_hash(daotp__buffer *out, bool is_sha256, const void *bytes, size_t len)
{
    unsigned char digest[32];

    if (is_sha256)
        (void)SHA256(bytes, len, digest);
    else
        (void)SHA1(bytes, len, digest);
    daotp__derw_item(out, DAOTP__DER_OCTET_STRING, digest, is_sha256 ? 32 : 20);
}

static void put_id(daotp__buffer *out, const struct single *from)
{
    static const uint8_t sha1[] = {0x30, 0x09, 0x06, 0x05, 0x2B, 0x0E,
                                   0x03, 0x02, 0x1A, 0x05, 0x00};
    static const uint8_t sha256[] = {0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                     0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00};
    size_t mark = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
    uint8_t point[SCALAR_POINT];
    daotp__buffer name;

    daotp__buffer_init(&name, 64);
    made_name(&name, 'A');
    made_point(from->other_key ? LEAF_KEY : ISSUER_KEY, point);
    if (from->is_sha256)
        MADE_RAW(out, sha256);
    else
        MADE_RAW(out, sha1);
    put_hash(out, from->is_sha256, name.data, name.len);
    put_hash(out, from->is_sha256, point, sizeof point);
    daotp__derw_unsigned(out, from->other_serial ? LEAF_SERIAL + 1 : LEAF_SERIAL);
    daotp__derw_end(out, mark);
    daotp__buffer_free(&name);
}

static void put_single(daotp__buffer *out, const struct single *from)
{
    static const uint8_t good[] = {0x80, 0x00}, unknown[] = {0x82, 0x00};
    size_t mark = daotp__derw_begin(out, DAOTP__DER_SEQUENCE), part;

    put_id(out, from);
    if (from->status == 1) {
        part = daotp__derw_begin(out, DAOTP__DER_CONTEXT_CONSTRUCTED(1));
        put_time(out, NOW - 100 * HOUR);
        if (from->reason != 0 && from->reason != 7) {
            size_t reason = daotp__derw_begin(out, DAOTP__DER_CONTEXT_CONSTRUCTED(0));

            daotp__derw_item(out, 0x0A, &(uint8_t){(uint8_t)from->reason}, 1);
            daotp__derw_end(out, reason);
        }
        daotp__derw_end(out, part);
    } else if (from->status == 0) {
        MADE_RAW(out, good);
    } else {
        MADE_RAW(out, unknown);
    }
    put_time(out, from->this_update);
    if (from->next_update != 0) {
        part = daotp__derw_begin(out, DAOTP__DER_CONTEXT_CONSTRUCTED(0));
        put_time(out, from->next_update);
        daotp__derw_end(out, part);
    }
    daotp__derw_end(out, mark);
}

static void put_responder(daotp__buffer *out, uint8_t flags)
{
    bool is_delegate = (flags & FLAG_DELEGATE) != 0, by_name = (flags & FLAG_BY_NAME) != 0;
    size_t mark = daotp__derw_begin(out, by_name ? DAOTP__DER_CONTEXT_CONSTRUCTED(1)
                                                 : DAOTP__DER_CONTEXT_CONSTRUCTED(2));
    uint8_t point[SCALAR_POINT];

    made_point(is_delegate ? DELEGATE_KEY : ISSUER_KEY, point);
    if (by_name)
        made_name(out, is_delegate ? 'D' : 'A');
    else
        put_hash(out, false, point, sizeof point);
    daotp__derw_end(out, mark);
}

static const daotp__buffer *delegate_of(uint8_t flags)
{
    return &delegates[((flags & FLAG_NO_PURPOSE) != 0) + 2 * ((flags & FLAG_OTHER_ISSUER) != 0)];
}

static void put_basic(daotp__buffer *out, uint8_t flags, const struct single *list, size_t count)
{
    bool is_delegate = (flags & FLAG_DELEGATE) != 0;
    size_t whole = daotp__derw_begin(out, DAOTP__DER_SEQUENCE), from = out->len, mark, inner;

    mark = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
    put_responder(out, flags);
    put_time(out, NOW);
    inner = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
    for (size_t i = 0; i < count; i++)
        put_single(out, &list[i]);
    daotp__derw_end(out, inner);
    daotp__derw_end(out, mark);
    made_signature(out, from, is_delegate ? DELEGATE_KEY : ISSUER_KEY,
                   (flags & FLAG_TAMPERED) != 0);
    if (is_delegate && (flags & FLAG_NO_CERTIFICATE) == 0) {
        mark = daotp__derw_begin(out, DAOTP__DER_CONTEXT_CONSTRUCTED(0));
        inner = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
        daotp__derw_raw(out, daotp__buffer_bytes(delegate_of(flags)));
        daotp__derw_end(out, inner);
        daotp__derw_end(out, mark);
    }
    daotp__derw_end(out, whole);
}

static void put_answer(daotp__buffer *out, uint8_t flags, const struct single *list, size_t count)
{
    static const uint8_t successful[] = {0x0A, 0x01, 0x00};
    static const uint8_t basic[] = {0x06, 0x09, 0x2B, 0x06, 0x01, 0x05,
                                    0x05, 0x07, 0x30, 0x01, 0x01};
    size_t whole = daotp__derw_begin(out, DAOTP__DER_SEQUENCE), explicit, bytes, octets;

    MADE_RAW(out, successful);
    explicit = daotp__derw_begin(out, DAOTP__DER_CONTEXT_CONSTRUCTED(0));
    bytes = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
    MADE_RAW(out, basic);
    octets = daotp__derw_begin(out, DAOTP__DER_OCTET_STRING);
    put_basic(out, flags, list, count);
    daotp__derw_end(out, octets);
    daotp__derw_end(out, bytes);
    daotp__derw_end(out, explicit);
    daotp__derw_end(out, whole);
    HOLDS(out->failed == DAOTP_OK);
}

/* ---- what it is worth ------------------------------------------------------------------------ */

static daotp_status verify(daotp__bytes answer)
{
    daotp_verifier *verifier;
    daotp_status status;

    HOLDS(daotp_verifier_new(context, trust, &verifier) == DAOTP_OK);
    HOLDS(daotp_verifier_set_rules(verifier, DAOTP_RULES_PATH) == DAOTP_OK);
    HOLDS(daotp_verifier_set_time_s(verifier, NOW) == DAOTP_OK);
    HOLDS(daotp_verifier_set_revocation(verifier, DAOTP_REVOCATION_REQUIRE) == DAOTP_OK);
    HOLDS(daotp_verifier_add_ocsp(verifier, answer.data, answer.len) == DAOTP_OK);
    status = daotp_verifier_verify(verifier, leaf.data, leaf.len);
    HOLDS(status == DAOTP_OK || status == DAOTP_REJECTED || status == DAOTP_UNDECIDED);
    daotp_verifier_free(verifier);
    return status;
}

static bool is_about_leaf(const struct single *one)
{
    return !one->other_serial && !one->other_key;
}

static bool may_sign(uint8_t flags)
{
    const uint8_t bad = FLAG_NO_PURPOSE | FLAG_OTHER_ISSUER | FLAG_NO_CERTIFICATE;

    return (flags & FLAG_TAMPERED) == 0 && ((flags & FLAG_DELEGATE) == 0 || (flags & bad) == 0);
}

static void check_good(uint8_t flags, const struct single *list, size_t count)
{
    const struct single *newest = NULL;
    bool has_good = false;

    HOLDS(may_sign(flags));
    for (size_t i = 0; i < count; i++)
        if (is_about_leaf(&list[i])) {
            has_good = has_good || list[i].status == 0;
            if (newest == NULL || list[i].this_update > newest->this_update)
                newest = &list[i];
        }
    HOLDS(has_good);
    for (size_t i = 0; i < count; i++)
        HOLDS(!is_about_leaf(&list[i]) || list[i].status != 1 ||
              list[i].this_update < newest->this_update);
}

static void check_revoked(uint8_t flags, const struct single *list, size_t count)
{
    bool has_revoked = false;

    HOLDS(may_sign(flags));
    for (size_t i = 0; i < count; i++)
        has_revoked = has_revoked || (is_about_leaf(&list[i]) && list[i].status == 1);
    HOLDS(has_revoked);
}

static void try_made(const uint8_t *data, size_t size)
{
    struct single list[SINGLES];
    uint8_t flags = data[0];
    size_t count = 0;
    daotp__buffer out;
    daotp_status status;

    for (data++, size--; size >= 2 && count < SINGLES; data += 2, size -= 2)
        read_single(data, &list[count++]);
    daotp__buffer_init(&out, DAOTP__MAX_CERTIFICATE);
    put_answer(&out, flags, list, count);
    status = verify(daotp__buffer_bytes(&out));
    if (status == DAOTP_OK)
        check_good(flags, list, count);
    if (status == DAOTP_REJECTED)
        check_revoked(flags, list, count);
    daotp__buffer_free(&out);
}

/* ---- as it came ------------------------------------------------------------------------------ */

static bool is_within(daotp__bytes part, daotp__bytes whole)
{
    return part.len == 0 ||
           (part.data >= whole.data && part.data + part.len <= whole.data + whole.len);
}

static void compare(daotp__bytes in, const daotp__ocsp *ocsp)
{
    const unsigned char *at = in.data;
    OCSP_RESPONSE *theirs = d2i_OCSP_RESPONSE(NULL, &at, (long)in.len);

    HOLDS(theirs != NULL && at == in.data + in.len);
    HOLDS(OCSP_response_status(theirs) == (int)ocsp->response_status);
    if (ocsp->response_status == 0) {
        OCSP_BASICRESP *basic = OCSP_response_get1_basic(theirs);

        HOLDS(basic != NULL);
        HOLDS(sk_X509_num(OCSP_resp_get0_certs(basic)) <= (int)ocsp->certificate_count);
        OCSP_BASICRESP_free(basic);
    }
    OCSP_RESPONSE_free(theirs);
}

static void try_raw(daotp__bytes in)
{
    daotp__ocsp ocsp;

    if (daotp__ocsp_read(in, &ocsp)) {
        HOLDS(is_within(ocsp.tbs, in) && is_within(ocsp.answers, in));
        HOLDS(is_within(ocsp.nonce, in) && is_within(ocsp.signature, in));
        HOLDS(ocsp.certificate_count <= DAOTP__OCSP_CERTIFICATES);
        for (size_t i = 0; i < ocsp.certificate_count; i++)
            HOLDS(is_within(ocsp.certificates[i], in));
        compare(in, &ocsp);
    }
    HOLDS(verify(in) == DAOTP_UNDECIDED);
    ERR_clear_error();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > INPUT_MAX)
        return 0;
    if (context == NULL)
        set_up();
    if (data[0] == DAOTP__DER_SEQUENCE)
        try_raw((daotp__bytes){data, size});
    else
        try_made(data, size);
    return 0;
}
