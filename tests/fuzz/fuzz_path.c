/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The path builder, and revocation behind it.
 *
 * An input that begins with 'C' is a bag: octets 'l' (the certificate judged), 'i', 'a', 'r' (a
 * CRL), two octets of length, and DER. Any other is a graph, in records of four octets (see
 * read_record()), whose certificates and CRLs are made and signed here. Of a graph it is known what
 * is right: a path is accepted if, and only if, there is one.
 */
#include "fuzz.h"

#include "core/limits.h"
#include "scalar_key.h"
#include "x509/certificate.h"
#include "x509/derw.h"

#include <daotp/verify.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <time.h>

enum { RECORDS = 32, KEYS = 8, NOW = 1800000000, STEPS = 20000 };

struct record {
    enum { BETWEEN, ANCHOR, OTHER, CRL } kind;
    unsigned subject, issuer, key, signer; /* of a CRL: issuer and signer */
    bool no_ca, tampered, expired, not_yet, critical, no_cert_sign, no_usage;
    int path_length;
    bool has_ski, wrong_ski, has_aki, wrong_aki, in_lower_case;
    unsigned revoked, number; /* serial numbers 1 to 8, by bit */
    bool only_cas, only_users, is_indirect;
    daotp__buffer der;
};

struct graph {
    struct record list[RECORDS];
    size_t count;
    bool has_crls;
};

static void read_record(const uint8_t in[4], struct record *out)
{
    *out = (struct record){.subject = in[0] & 7u,
                           .issuer = in[0] >> 3 & 7u,
                           .kind = in[0] >> 6,
                           .key = in[1] & 7u,
                           .signer = in[1] >> 3 & 7u,
                           .no_ca = (in[1] & 0x40) != 0,
                           .tampered = (in[1] & 0x80) != 0,
                           .path_length = (in[2] & 7) == 0 ? -1 : (in[2] & 7) - 1,
                           .expired = (in[2] & 8) != 0,
                           .not_yet = (in[2] & 0x10) != 0,
                           .critical = (in[2] & 0x20) != 0,
                           .no_cert_sign = (in[2] & 0x40) != 0,
                           .no_usage = (in[2] & 0x80) != 0,
                           .has_ski = (in[3] & 1) != 0,
                           .wrong_ski = (in[3] & 2) != 0,
                           .has_aki = (in[3] & 4) != 0,
                           .wrong_aki = (in[3] & 8) != 0,
                           .in_lower_case = (in[3] & 0x10) != 0,
                           .revoked = in[2],
                           .number = in[3] & 7u,
                           .only_cas = (in[3] & 0x20) != 0,
                           .only_users = (in[3] & 0x40) != 0,
                           .is_indirect = (in[3] & 0x80) != 0};
}

/* ---- making them ----------------------------------------------------------------------------- */

static EVP_PKEY *keys[KEYS];
static uint8_t points[KEYS][SCALAR_POINT];

static void make_keys(void)
{
    BIGNUM *scalar = BN_new();

    for (unsigned i = 0; i < KEYS && keys[i] == NULL; i++) {
        keys[i] = scalar_key(i + 2);
        HOLDS(BN_set_word(scalar, i + 2) == 1);
        scalar_point(scalar, points[i]);
    }
    BN_free(scalar);
}

static void put(daotp__buffer *out, const char *der, size_t len)
{
    daotp__derw_raw(out, (daotp__bytes){(const uint8_t *)der, len});
}
#define PUT(out, literal) put(out, literal, sizeof(literal) - 1)

#define ECDSA "\x30\x0A\x06\x08\x2A\x86\x48\xCE\x3D\x04\x03\x02"

/* CN=Name A and so on; in small letters, with more blanks and another kind of string it is equal */
static void put_name(daotp__buffer *out, unsigned number, bool in_lower_case)
{
    const char text[] = {'N', 'a', 'm', 'e', ' ', (char)('A' + number), '\0'};
    const char lower[] = {'n', 'a', 'm', 'e', ' ', ' ', (char)('a' + number), '\0'};
    size_t name = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
    size_t set = daotp__derw_begin(out, DAOTP__DER_SET);
    size_t one = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);

    PUT(out, "\x06\x03\x55\x04\x03");
    daotp__derw_text(out, in_lower_case ? DAOTP__DER_PRINTABLE_STRING : DAOTP__DER_UTF8_STRING,
                     in_lower_case ? lower : text);
    daotp__derw_end(out, one);
    daotp__derw_end(out, set);
    daotp__derw_end(out, name);
}

static void put_extension(daotp__buffer *out, const char *oid, size_t oid_len, bool critical,
                          const void *value, size_t len)
{
    size_t mark = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);

    put(out, oid, oid_len);
    if (critical)
        PUT(out, "\x01\x01\xFF");
    daotp__derw_item(out, DAOTP__DER_OCTET_STRING, value, len);
    daotp__derw_end(out, mark);
}
#define EXTENSION(out, oid, critical, value, len)                                                  \
    put_extension(out, "\x06\x03\x55\x1D" oid, 5, critical, value, len)

static void put_authority(daotp__buffer *out, unsigned signer, bool wrong)
{
    const uint8_t value[] = {0x30, 0x03, 0x80, 0x01, (uint8_t)(signer + (wrong ? 100 : 0))};

    EXTENSION(out, "\x23", false, value, sizeof value);
}

static void put_extensions(daotp__buffer *out, const struct record *from)
{
    const uint8_t length[] = {0x30, 0x06, 0x01, 0x01, 0xFF, 0x02, 0x01, (uint8_t)from->path_length};
    const uint8_t ski[] = {0x04, 0x01, (uint8_t)(from->key + (from->wrong_ski ? 100 : 0))};
    size_t explicit = daotp__derw_begin(out, DAOTP__DER_CONTEXT_CONSTRUCTED(3));
    size_t list = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);

    if (from->no_ca)
        EXTENSION(out, "\x13", true, "\x30\x00", 2);
    else if (from->path_length >= 0)
        EXTENSION(out, "\x13", true, length, sizeof length);
    else
        EXTENSION(out, "\x13", true, "\x30\x03\x01\x01\xFF", 5);
    if (!from->no_usage) /* keyCertSign and cRLSign, or cRLSign alone */
        EXTENSION(out, "\x0F", true, from->no_cert_sign ? "\x03\x02\x01\x02" : "\x03\x02\x01\x06",
                  4);
    if (from->has_ski)
        EXTENSION(out, "\x0E", false, ski, sizeof ski);
    if (from->has_aki)
        put_authority(out, from->signer, from->wrong_aki);
    if (from->critical)
        EXTENSION(out, "\x7F", true, "\x05\x00", 2);
    daotp__derw_end(out, list);
    daotp__derw_end(out, explicit);
}

static void put_key(daotp__buffer *out, unsigned key)
{
    PUT(out, "\x30\x59\x30\x13\x06\x07\x2A\x86\x48\xCE\x3D\x02\x01\x06\x08\x2A\x86\x48\xCE\x3D\x03"
             "\x01\x07\x03\x42\x00");
    daotp__derw_raw(out, (daotp__bytes){points[key], SCALAR_POINT});
}

static void put_certificate(daotp__buffer *out, const struct record *from, unsigned serial)
{
    size_t mark;

    PUT(out, "\xA0\x03\x02\x01\x02");
    daotp__derw_unsigned(out, serial);
    PUT(out, ECDSA);
    put_name(out, from->issuer, from->in_lower_case);
    mark = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
    daotp__derw_text(out, DAOTP__DER_UTC_TIME, from->not_yet ? "270301000000Z" : "250101000000Z");
    daotp__derw_text(out, DAOTP__DER_UTC_TIME, from->expired ? "260101000000Z" : "280101000000Z");
    daotp__derw_end(out, mark);
    put_name(out, from->subject, false);
    put_key(out, from->key);
    put_extensions(out, from);
}

static void put_revoked(daotp__buffer *out, unsigned bits)
{
    size_t mark;

    if (bits == 0)
        return;
    mark = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
    for (uint8_t i = 0; i < 8; i++)
        if ((bits >> i & 1) != 0) {
            size_t entry = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);

            daotp__derw_unsigned(out, i + 1u);
            daotp__derw_text(out, DAOTP__DER_UTC_TIME, "260101000000Z");
            daotp__derw_end(out, entry);
        }
    daotp__derw_end(out, mark);
}

static void put_crl(daotp__buffer *out, const struct record *from)
{
    const uint8_t number[] = {0x02, 0x01, (uint8_t)(from->number + 1)};
    const char *scope = from->only_cas     ? "\x30\x03\x82\x01\xFF"
                        : from->only_users ? "\x30\x03\x81\x01\xFF"
                                           : "\x30\x03\x84\x01\xFF";
    size_t explicit, list;

    PUT(out, "\x02\x01\x01");
    PUT(out, ECDSA);
    put_name(out, from->issuer, false);
    daotp__derw_text(out, DAOTP__DER_UTC_TIME, "260101000000Z");
    daotp__derw_text(out, DAOTP__DER_UTC_TIME, "280101000000Z");
    put_revoked(out, from->revoked);
    explicit = daotp__derw_begin(out, DAOTP__DER_CONTEXT_CONSTRUCTED(0));
    list = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
    EXTENSION(out, "\x14", false, number, sizeof number);
    put_authority(out, from->signer, false);
    if (from->only_cas || from->only_users || from->is_indirect)
        EXTENSION(out, "\x1C", true, scope, 5);
    daotp__derw_end(out, list);
    daotp__derw_end(out, explicit);
}

static void make(struct record *record, unsigned serial)
{
    size_t whole = daotp__derw_begin(&record->der, DAOTP__DER_SEQUENCE), tbs, from;
    unsigned char signature[72];
    size_t len;

    from = record->der.len;
    tbs = daotp__derw_begin(&record->der, DAOTP__DER_SEQUENCE);
    if (record->kind == CRL)
        put_crl(&record->der, record);
    else
        put_certificate(&record->der, record, serial);
    daotp__derw_end(&record->der, tbs);
    len = scalar_sign(keys[record->signer], record->der.data + from, record->der.len - from,
                      signature);
    signature[len - 1] ^= record->tampered;
    PUT(&record->der, ECDSA);
    daotp__derw_bits(&record->der, (daotp__bytes){signature, len}, 0);
    daotp__derw_end(&record->der, whole);
    HOLDS(record->der.failed == DAOTP_OK);
}

/* What four octets were made into before, in this place: signing is dear, and so the same record is
 * the same certificate each time. */
struct made {
    uint8_t octets[4];
    unsigned serial; /* 0: nothing yet */
    daotp__buffer der;
};

static struct made *place_of(const uint8_t in[4], unsigned serial)
{
    static struct made all[16384];
    const uint8_t key[] = {in[0], in[1], in[2], in[3], (uint8_t)serial};

    return &all[fuzz_hash(key, sizeof key) % (sizeof all / sizeof all[0])];
}

/* The serial number is the record's place, from 1. */
static void make_or_remember(struct record *record, const uint8_t in[4], unsigned serial)
{
    struct made *made = place_of(in, serial);

    if (made->serial != serial || memcmp(made->octets, in, 4) != 0) {
        daotp__buffer_free(&made->der);
        make(record, serial);
        *made = (struct made){.serial = serial};
        memcpy(made->octets, in, 4);
        daotp__buffer_init(&made->der, DAOTP__MAX_CERTIFICATE);
        daotp__buffer_add(&made->der, record->der.data, record->der.len);
        return;
    }
    daotp__buffer_add(&record->der, made->der.data, made->der.len);
}

/* ---- what is right --------------------------------------------------------------------------- */

struct oracle {
    const struct graph *graph;
    bool used[RECORDS];
    const struct record *path[RECORDS + 1];
    size_t count, steps;
};

/* RFC 5280 6.1, as far as a graph can break it: from the anchor down. */
static bool path_holds(const struct oracle *o)
{
    const struct record *anchor = o->path[o->count - 1];
    int left = anchor->no_ca || anchor->path_length < 0 ? RECORDS : anchor->path_length, depth = 0;

    for (size_t at = o->count - 1; at-- > 0;) {
        const struct record *one = o->path[at];

        if (one->expired || one->not_yet || one->critical || one->tampered ||
            one->signer != o->path[at + 1]->key)
            return false;
        if (at == 0)
            break;
        if (one->no_ca || (one->no_cert_sign && !one->no_usage))
            return false;
        if (one->subject != one->issuer && (left-- == 0 || ++depth > 8))
            return false;
        if (one->path_length >= 0 && one->path_length < left)
            left = one->path_length;
    }
    return true;
}

/* Name and key of the certificate judged never stand above it, but as an anchor's. */
static bool may_follow(const struct oracle *o, size_t i)
{
    const struct record *one = &o->graph->list[i], *leaf = o->path[0];

    return one->kind != CRL && !o->used[i] && (i > 0 || one->kind == ANCHOR) &&
           one->subject == o->path[o->count - 1]->issuer &&
           (one->kind == ANCHOR || one->subject != leaf->subject || one->key != leaf->key);
}

static bool leads(struct oracle *o)
{
    bool found = false;

    for (size_t i = 0; i < o->graph->count && !found && ++o->steps < STEPS; i++) {
        const struct record *one = &o->graph->list[i];

        if (!may_follow(o, i))
            continue;
        o->used[i] = true;
        o->path[o->count++] = one;
        if (one->kind == ANCHOR)
            found = path_holds(o);
        else
            found = one->key == o->path[o->count - 2]->signer && leads(o);
        o->count--;
        o->used[i] = false;
    }
    return found;
}

static void compare_with_oracle(const struct graph *graph, daotp_status status)
{
    struct oracle o = {.graph = graph, .path = {&graph->list[0]}, .count = 1};
    bool found = leads(&o);

    if (o.steps >= STEPS)
        return;
    if (status == DAOTP_OK)
        HOLDS(found);
    if (status == DAOTP_REJECTED) /* DAOTP_UNDECIDED: the budget is over */
        HOLDS(!found);
}

/* A list that nobody can have missed: complete, the newest, signed by the issuer on the path. */
static bool is_newest(const struct graph *graph, const struct record *crl)
{
    for (size_t i = 0; i < graph->count; i++)
        if (&graph->list[i] != crl && graph->list[i].kind == CRL &&
            graph->list[i].issuer == crl->issuer && graph->list[i].number >= crl->number)
            return false;
    return true;
}

static const struct record *record_of(const struct graph *graph, daotp__bytes der)
{
    for (size_t i = 0; i < graph->count; i++)
        if (daotp__bytes_equal(daotp__buffer_bytes(&graph->list[i].der), der))
            return &graph->list[i];
    return NULL;
}

static daotp__bytes chain_at(const daotp_verifier *verifier, size_t i)
{
    daotp__bytes der;

    der.data = daotp_verifier_get_certificate(verifier, i, &der.len);
    HOLDS(der.data != NULL);
    return der;
}

static void check_revoked(const struct graph *graph, const daotp_verifier *verifier)
{
    for (size_t i = 0; i + 1 < daotp_verifier_get_chain_count(verifier); i++) {
        const struct record *one = record_of(graph, chain_at(verifier, i));
        const struct record *above = record_of(graph, chain_at(verifier, i + 1));
        size_t place = (size_t)(one - graph->list);

        for (size_t k = 0; k < graph->count; k++) {
            const struct record *crl = &graph->list[k];

            if (crl->kind == CRL && crl->issuer == one->issuer && !crl->tampered &&
                !crl->only_cas && !crl->only_users && !crl->is_indirect &&
                crl->signer == above->key && is_newest(graph, crl))
                HOLDS(place >= 8 || (crl->revoked >> place & 1) == 0);
        }
    }
}

/* ---- OpenSSL on what was accepted ------------------------------------------------------------ */

/* Decoding is dear too: to be freed by the caller, and kept here for the next one. */
static X509 *to_x509(daotp__bytes der)
{
    static X509 *all[4096];
    X509 **slot = &all[fuzz_hash(der.data, der.len) % (sizeof all / sizeof all[0])];
    const unsigned char *at = der.data;
    unsigned char *theirs = NULL;
    int len = *slot != NULL ? i2d_X509(*slot, &theirs) : 0;

    if (!daotp__bytes_equal(der, (daotp__bytes){theirs, (size_t)len})) {
        X509_free(*slot);
        *slot = d2i_X509(NULL, &at, (long)der.len);
    }
    OPENSSL_free(theirs);
    if (*slot != NULL)
        HOLDS(X509_up_ref(*slot) == 1);
    return *slot;
}

/* Was this chain looked at before, in the run of another mode? */
static bool was_checked(const daotp_verifier *verifier)
{
    static uint8_t last[DAOTP__MAX_PATH * 1024];
    static size_t last_len;
    size_t len = 0;
    bool is_same = true;

    for (size_t i = 0; i < daotp_verifier_get_chain_count(verifier); i++) {
        daotp__bytes der = chain_at(verifier, i);

        if (len + der.len > sizeof last) {
            last_len = 0;
            return false;
        }
        is_same =
            is_same && len + der.len <= last_len && memcmp(last + len, der.data, der.len) == 0;
        memcpy(last + len, der.data, der.len);
        len += der.len;
    }
    is_same = is_same && len == last_len;
    last_len = len;
    return is_same;
}

static void check_links(const daotp_verifier *verifier, daotp__bytes leaf)
{
    size_t count = daotp_verifier_get_chain_count(verifier);
    daotp__certificate certificate;

    HOLDS(count >= 2 && count <= DAOTP__MAX_PATH);
    HOLDS(!daotp__certificate_read(leaf, &certificate) || /* else PEM, or a bundle */
          daotp__bytes_equal(chain_at(verifier, 0), leaf));
}

static void check_signatures(const daotp_verifier *verifier)
{
    for (size_t i = 0; i + 1 < daotp_verifier_get_chain_count(verifier); i++) {
        X509 *one = to_x509(chain_at(verifier, i)), *above = to_x509(chain_at(verifier, i + 1));

        if (one != NULL && above != NULL)
            HOLDS(X509_verify(one, X509_get0_pubkey(above)) == 1);
        X509_free(one);
        X509_free(above);
    }
}

static bool has_twins(const STACK_OF(X509) * chain)
{
    for (int i = 0; i < sk_X509_num(chain); i++)
        for (int k = 0; k < i; k++)
            if (X509_NAME_cmp(X509_get_subject_name(sk_X509_value(chain, i)),
                              X509_get_subject_name(sk_X509_value(chain, k))) == 0)
                return true;
    return false;
}

/* Never good for us where a signature is bad for OpenSSL. Of two with one name it tries one. */
static void check_by_openssl(const daotp_verifier *verifier)
{
    size_t count = daotp_verifier_get_chain_count(verifier);
    STACK_OF(X509) *chain = sk_X509_new_null();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    X509_STORE *store = X509_STORE_new();

    for (size_t i = 0; i < count; i++) {
        X509 *one = to_x509(chain_at(verifier, i));

        if (one != NULL)
            HOLDS(sk_X509_push(chain, one) > 0);
    }
    if ((size_t)sk_X509_num(chain) == count && !has_twins(chain)) {
        HOLDS(X509_STORE_add_cert(store, sk_X509_value(chain, (int)count - 1)) == 1);
        (void)X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
        HOLDS(X509_STORE_CTX_init(ctx, store, sk_X509_value(chain, 0), chain) == 1);
        X509_STORE_CTX_set_time(ctx, 0, NOW);
        (void)X509_verify_cert(ctx);
        HOLDS(X509_STORE_CTX_get_error(ctx) != X509_V_ERR_CERT_SIGNATURE_FAILURE);
    }
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);
    sk_X509_pop_free(chain, X509_free);
    ERR_clear_error();
}

/* ---- ours ------------------------------------------------------------------------------------ */

static double cpu_seconds(void)
{
    struct timespec ts;

    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static daotp_status verify(daotp_verifier *verifier, daotp_revocation mode, daotp__bytes leaf)
{
    double began = cpu_seconds();
    daotp_status status;

    HOLDS(daotp_verifier_set_revocation(verifier, mode) == DAOTP_OK);
    status = daotp_verifier_verify(verifier, leaf.data, leaf.len);
    HOLDS(cpu_seconds() - began < 2); /* sanitizers take most of it */
    HOLDS(status == DAOTP_OK || status == DAOTP_REJECTED || status == DAOTP_UNDECIDED ||
          status == DAOTP_PEER || status == DAOTP_CONFIGURATION);
    if (status == DAOTP_OK) {
        check_links(verifier, leaf);
        if (!was_checked(verifier)) {
            check_signatures(verifier);
            check_by_openssl(verifier);
        }
    }
    return status;
}

/* All modes: what is good in a stricter one is good in the others. The answer without CRLs. */
static daotp_status verify_all(daotp_verifier *verifier, daotp__bytes leaf,
                               const struct graph *graph)
{
    daotp_status require = verify(verifier, DAOTP_REVOCATION_REQUIRE, leaf), prefer, ignore;

    if (require == DAOTP_OK && graph != NULL)
        check_revoked(graph, verifier);
    prefer = verify(verifier, DAOTP_REVOCATION_PREFER, leaf);
    if (prefer == DAOTP_OK && graph != NULL)
        check_revoked(graph, verifier);
    ignore = verify(verifier, DAOTP_REVOCATION_IGNORE, leaf);
    HOLDS(require != DAOTP_OK || prefer == DAOTP_OK);
    HOLDS(prefer != DAOTP_OK || ignore == DAOTP_OK);
    HOLDS(verify(verifier, DAOTP_REVOCATION_REQUIRE, leaf) ==
          require); /* with what is remembered */
    return ignore;
}

static daotp_context *context;

static daotp_verifier *new_verifier(daotp_trust *trust)
{
    daotp_verifier *verifier;

    HOLDS(daotp_verifier_new(context, trust, &verifier) == DAOTP_OK);
    HOLDS(daotp_verifier_set_rules(verifier, DAOTP_RULES_PATH) == DAOTP_OK);
    HOLDS(daotp_verifier_set_time_s(verifier, NOW) == DAOTP_OK);
    daotp_trust_unref(trust);
    return verifier;
}

/* What is readable must be taken; what is not leaves no trace. */
static void fill(daotp_trust *trust, int kind, daotp__bytes der, bool is_ours)
{
    daotp_status status = kind == ANCHOR ? daotp_trust_add(trust, der.data, der.len, NULL)
                          : kind == CRL
                              ? daotp_trust_add_crls(trust, der.data, der.len, NULL)
                              : daotp_trust_add_intermediates(trust, der.data, der.len, NULL);

    HOLDS(!is_ours || status == DAOTP_OK);
}

static void try_graph(struct graph *graph)
{
    daotp_verifier *verifier;
    daotp_status status;
    daotp_trust *trust;

    HOLDS(daotp_trust_new(context, &trust) == DAOTP_OK);
    for (size_t i = 0; i < graph->count; i++)
        if (i > 0 || graph->list[i].kind == ANCHOR)
            fill(trust, graph->list[i].kind, daotp__buffer_bytes(&graph->list[i].der), true);
    verifier = new_verifier(trust);
    if (graph->has_crls)
        status = verify_all(verifier, daotp__buffer_bytes(&graph->list[0].der), graph);
    else
        status =
            verify(verifier, DAOTP_REVOCATION_IGNORE, daotp__buffer_bytes(&graph->list[0].der));
    compare_with_oracle(graph, status);
    daotp_verifier_free(verifier);
}

static void run_graph(const uint8_t *data, size_t size)
{
    static struct graph graph;

    graph.has_crls = false;
    for (graph.count = 0; graph.count < RECORDS && size >= 4; size -= 4, data += 4) {
        struct record *record = &graph.list[graph.count];

        read_record(data, record);
        if (graph.count == 0 && record->kind == CRL)
            record->kind = BETWEEN;
        daotp__buffer_init(&record->der, DAOTP__MAX_CERTIFICATE);
        make_or_remember(record, data, (unsigned)++graph.count);
        graph.has_crls = graph.has_crls || record->kind == CRL;
    }
    if (graph.count > 0)
        try_graph(&graph);
    for (size_t i = 0; i < graph.count; i++)
        daotp__buffer_free(&graph.list[i].der);
}

static void run_bag(const uint8_t *data, size_t size)
{
    daotp__bytes leaf = {NULL, 0};
    daotp_verifier *verifier;
    daotp_trust *trust;

    HOLDS(daotp_trust_new(context, &trust) == DAOTP_OK);
    while (size >= 3) {
        size_t len = (size_t)data[1] << 8 | data[2];
        daotp__bytes der = {data + 3, len < size - 3 ? len : size - 3};

        if (data[0] == 'l')
            leaf = der;
        else
            fill(trust, data[0] == 'a' ? ANCHOR : data[0] == 'r' ? CRL : BETWEEN, der, false);
        data += 3 + der.len;
        size -= 3 + der.len;
    }
    verifier = new_verifier(trust);
    if (leaf.data != NULL)
        (void)verify_all(verifier, leaf, NULL);
    daotp_verifier_free(verifier);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (context == NULL) {
        make_keys();
        HOLDS(daotp_context_new(&context) == DAOTP_OK);
    }
    if (size > 0 && data[0] == 'C')
        run_bag(data + 1, size - 1);
    else
        run_graph(data, size);
    return 0;
}

/* The cost of a graph grows with the square of its records and more. Three of four are kept small:
 * that makes several times as many runs, and the large ones are still met. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max) __attribute__((weak));
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    enum { SMALL = 8 * 4 };
    size_t len = LLVMFuzzerMutate(data, size, max);

    return len > SMALL && data[0] != 'C' && seed % 4 != 0 ? SMALL : len;
}
