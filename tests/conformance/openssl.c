/* SPDX-License-Identifier: BSD-2-Clause */
/* OpenSSL's verdict. */
#include "difference.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <time.h>

#define ANY_POLICY "2.5.29.32.0"

typedef void *(*read_der_fn)(void *out, const unsigned char **at, long len);
typedef void *(*read_pem_fn)(BIO *bio, void *out, pem_password_cb *ask, void *user);

struct kind {
    read_der_fn der;
    read_pem_fn pem;
};

static void *certificate_der(void *out, const unsigned char **at, long len)
{
    (void)out;
    return d2i_X509(NULL, at, len);
}

static void *certificate_pem(BIO *bio, void *out, pem_password_cb *ask, void *user)
{
    (void)out;
    return PEM_read_bio_X509(bio, NULL, ask, user);
}

static void *crl_der(void *out, const unsigned char **at, long len)
{
    (void)out;
    return d2i_X509_CRL(NULL, at, len);
}

static void *crl_pem(BIO *bio, void *out, pem_password_cb *ask, void *user)
{
    (void)out;
    return PEM_read_bio_X509_CRL(bio, NULL, ask, user);
}

static const struct kind certificate = {certificate_der, certificate_pem};
static const struct kind list = {crl_der, crl_pem};

/* All that can be read; the rest is not there, as it is not for us. Was it all? */
static bool read_chunks(const struct chunks *chunks, const struct kind *kind, OPENSSL_STACK *out)
{
    bool all = true;

    for (size_t i = 0; i < chunks->count; i++) {
        const unsigned char *at = chunks->list[i].bytes;
        BIO *bio = BIO_new_mem_buf(at, (int)chunks->list[i].len);
        int before = OPENSSL_sk_num(out);
        void *one;

        if (chunks->list[i].len > 0 && *at == 0x30) {
            one = kind->der(NULL, &at, (long)chunks->list[i].len);
            if (one != NULL)
                (void)OPENSSL_sk_push(out, one);
        } else {
            while ((one = kind->pem(bio, NULL, NULL, NULL)) != NULL)
                (void)OPENSSL_sk_push(out, one);
        }
        all = all && OPENSSL_sk_num(out) > before;
        (void)BIO_free(bio);
    }
    return all;
}

typedef STACK_OF(X509) certificates;

static certificates *read_certificates(const struct chunks *chunks, bool *all)
{
    certificates *out = sk_X509_new_null();

    *all = read_chunks(chunks, &certificate, (OPENSSL_STACK *)out) && *all;
    return out;
}

static void set_policies(X509_VERIFY_PARAM *param, const struct suite_case *one)
{
    STACK_OF(ASN1_OBJECT) *policies = sk_ASN1_OBJECT_new_null();

    for (size_t i = 0; i < one->policies.count; i++)
        (void)sk_ASN1_OBJECT_push(policies, OBJ_txt2obj(one->policies.list[i], 1));
    if (one->policies.count == 0) /* none named is the empty set there, not any */
        (void)sk_ASN1_OBJECT_push(policies, OBJ_txt2obj(ANY_POLICY, 1));
    (void)X509_VERIFY_PARAM_set1_policies(param, policies);
    sk_ASN1_OBJECT_pop_free(policies, ASN1_OBJECT_free);
}

static void set_flags(X509_VERIFY_PARAM *param, const struct suite_case *one)
{
    unsigned long flags = X509_V_FLAG_POLICY_CHECK | X509_V_FLAG_PARTIAL_CHAIN;

    if (one->revocation == DAOTP_REVOCATION_REQUIRE)
        flags |= X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL |
                 X509_V_FLAG_EXTENDED_CRL_SUPPORT | X509_V_FLAG_USE_DELTAS;
    if (one->explicit_policy)
        flags |= X509_V_FLAG_EXPLICIT_POLICY;
    if (one->inhibit_mapping)
        flags |= X509_V_FLAG_INHIBIT_MAP;
    if (one->inhibit_any_policy)
        flags |= X509_V_FLAG_INHIBIT_ANY;
    (void)X509_VERIFY_PARAM_set_flags(param, flags);
}

/* No issuer: is there one by name, and why was that not taken? */
static int why_no_issuer(const X509_STORE_CTX *ctx, const certificates *from, int error)
{
    X509 *child = X509_STORE_CTX_get_current_cert(ctx);

    for (int i = 0; child != NULL && i < sk_X509_num(from); i++) {
        X509 *one = sk_X509_value(from, i);
        int why = X509_check_issued(one, child);

        if (X509_NAME_cmp(X509_get_subject_name(one), X509_get_issuer_name(child)) == 0 &&
            why != X509_V_OK)
            return why;
    }
    return error;
}

static bool is_among(const certificates *among, const X509 *one)
{
    for (int i = 0; one != NULL && i < sk_X509_num(among); i++)
        if (X509_cmp(sk_X509_value(among, i), one) == 0)
            return true;
    return false;
}

/* OpenSSL does not say which: the first that is critical and not on its list. */
static const char *unknown_extension(const X509 *one)
{
    for (int i = 0; one != NULL && i < X509_get_ext_count(one); i++) {
        X509_EXTENSION *extension = X509_get_ext(one, i);

        if (X509_EXTENSION_get_critical(extension) && !X509_supported_extension(extension))
            return OBJ_nid2sn(OBJ_obj2nid(X509_EXTENSION_get_object(extension)));
    }
    return NULL;
}

/* Is an anchor on a list of its own? */
static bool is_listed(const certificates *anchors, STACK_OF(X509_CRL) * crls)
{
    X509_REVOKED *entry;

    for (int i = 0; i < sk_X509_num(anchors); i++)
        for (int k = 0; k < sk_X509_CRL_num(crls); k++) {
            X509 *one = sk_X509_value(anchors, i);
            X509_CRL *crl = sk_X509_CRL_value(crls, k);

            if (X509_NAME_cmp(X509_get_subject_name(one), X509_CRL_get_issuer(crl)) == 0 &&
                X509_CRL_get0_by_cert(crl, &entry, one) == 1)
                return true;
        }
    return false;
}

static struct other outcome(X509_STORE_CTX *ctx, certificates *between, certificates *anchors,
                            STACK_OF(X509_CRL) * crls)
{
    struct other said = {.error = X509_STORE_CTX_get_error(ctx)};

    said.at_anchor = X509_STORE_CTX_get_error_depth(ctx) > 0 &&
                     is_among(anchors, X509_STORE_CTX_get_current_cert(ctx));
    if (said.error == X509_V_ERR_CRL_PATH_VALIDATION_ERROR)
        said.at_anchor = said.at_anchor || is_listed(anchors, crls);
    if (said.error == X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION)
        said.extension = unknown_extension(X509_STORE_CTX_get_current_cert(ctx));
    if (said.error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
        said.error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT ||
        said.error == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE) {
        int none = said.error;

        said.error = why_no_issuer(ctx, anchors, none);
        said.at_anchor = said.error != none;
        if (!said.at_anchor)
            said.error = why_no_issuer(ctx, between, none);
    }
    return said;
}

static struct other judge(const struct suite_case *one, X509 *leaf, certificates *between,
                          certificates *anchors, STACK_OF(X509_CRL) * crls)
{
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    X509_VERIFY_PARAM *param;
    struct other said = {.error = X509_V_OK};

    for (int i = 0; i < sk_X509_num(anchors); i++)
        (void)X509_STORE_add_cert(store, sk_X509_value(anchors, i));
    if (X509_STORE_CTX_init(ctx, store, leaf, between) != 1)
        suite_give_up("out of memory");
    param = X509_STORE_CTX_get0_param(ctx);
    set_flags(param, one);
    set_policies(param, one);
    /* a common name is no host name: name constraints are about subjectAltName */
    X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    X509_VERIFY_PARAM_set_time(param, one->at != INT64_MIN ? (time_t)one->at : time(NULL));
    if (one->max_depth >= 0)
        X509_VERIFY_PARAM_set_depth(param, one->max_depth);
    X509_STORE_CTX_set0_crls(ctx, crls);
    if (X509_verify_cert(ctx) != 1)
        said = outcome(ctx, between, anchors, crls);
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);
    return said;
}

struct other openssl_verify(const struct suite_case *one)
{
    struct other said = {.error = OPENSSL_UNREADABLE};
    bool ignored = true, all = true;
    certificates *leaf = read_certificates(&one->leaf, &ignored);
    certificates *between = read_certificates(&one->intermediates, &all);
    certificates *anchors = read_certificates(&one->anchors, &all);
    STACK_OF(X509_CRL) *crls = sk_X509_CRL_new_null();

    all = read_chunks(&one->crls, &list, (OPENSSL_STACK *)crls) && all;
    if (sk_X509_num(leaf) > 0)
        said = judge(one, sk_X509_value(leaf, 0), between, anchors, crls);
    said.reads_all = all;
    sk_X509_pop_free(leaf, X509_free);
    sk_X509_pop_free(between, X509_free);
    sk_X509_pop_free(anchors, X509_free);
    sk_X509_CRL_pop_free(crls, X509_CRL_free);
    ERR_clear_error();
    return said;
}

bool openssl_verifies(const void *one, size_t one_len, const void *above, size_t above_len)
{
    const unsigned char *at = one;
    X509 *child = d2i_X509(NULL, &at, (long)one_len), *issuer;
    bool holds;

    at = above;
    issuer = d2i_X509(NULL, &at, (long)above_len);
    holds = child != NULL && issuer != NULL && X509_verify(child, X509_get0_pubkey(issuer)) == 1;
    X509_free(child);
    X509_free(issuer);
    ERR_clear_error();
    return holds;
}

const char *openssl_error(int error)
{
    return error == OPENSSL_UNREADABLE ? "unreadable" : X509_verify_cert_error_string(error);
}
