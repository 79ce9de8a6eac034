/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The provider has two tables: key management, which passes every call on to the public key, and
 * one-shot signatures, the only ones that libssl uses. The private key is never exported, so
 * libcrypto cannot copy the key to another provider and has to sign here (provider-keymgmt(7),
 * provider-signature(7)).
 */
#include "x509/key_provider.h"

#include "core/alloc.h"

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/provider.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <string.h>

/* The only parameter of our keys: the address of the daotp__provided_key. */
#define KEY_REFERENCE "daotp-key"

/* ---- keys ------------------------------------------------------------------------------------ */

/* A key of this provider: one of ours, or the public key of a certificate that libcrypto
 * compares with it. */
typedef struct provider_key {
    const daotp__provided_key *own; /* NULL: a public key only */
    EVP_PKEY *public;
} provider_key;

static void *provider_key_new(void *provider)
{
    (void)provider;
    return daotp__new(sizeof(provider_key));
}

static void provider_key_free(void *given)
{
    provider_key *key = given;

    if (key != NULL)
        EVP_PKEY_free(key->public);
    daotp__delete(key);
}

static int provider_key_has(const void *given, int selection)
{
    const provider_key *key = given;

    if ((selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) != 0 && key->own == NULL)
        return 0;
    return key->public != NULL;
}

static int provider_key_match(const void *one, const void *other, int selection)
{
    const provider_key *a = one, *b = other;

    (void)selection; /* equal public keys have equal parameters */
    return a->public != NULL && b->public != NULL && EVP_PKEY_eq(a->public, b->public) == 1;
}

static bool read_reference(const OSSL_PARAM params[], provider_key *key)
{
    const OSSL_PARAM *param = OSSL_PARAM_locate_const(params, KEY_REFERENCE);
    const void *reference;
    size_t len;

    if (param == NULL || !OSSL_PARAM_get_octet_ptr(param, &reference, &len))
        return false;
    key->own = reference;
    key->public = key->own->public;
    return EVP_PKEY_up_ref(key->public) == 1;
}

static bool read_public(const char *type, const OSSL_PARAM params[], provider_key *key)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    bool ok = ctx != NULL && EVP_PKEY_fromdata_init(ctx) == 1 &&
              EVP_PKEY_fromdata(ctx, &key->public, EVP_PKEY_PUBLIC_KEY,
                                (OSSL_PARAM *)(uintptr_t)params) == 1;

    EVP_PKEY_CTX_free(ctx);
    return ok;
}

static int import_provider_rsa(void *key, int selection, const OSSL_PARAM params[])
{
    (void)selection;
    return read_reference(params, key) || read_public("RSA", params, key);
}

static int import_provider_ec(void *key, int selection, const OSSL_PARAM params[])
{
    (void)selection;
    return read_reference(params, key) || read_public("EC", params, key);
}

static int export_provider_key(void *given, int selection, OSSL_CALLBACK *callback, void *user)
{
    const provider_key *key = given;
    OSSL_PARAM *params = NULL;
    int ok;

    if ((selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) != 0 ||
        EVP_PKEY_todata(key->public, EVP_PKEY_PUBLIC_KEY, &params) != 1)
        return 0;
    ok = callback(params, user);
    OSSL_PARAM_free(params);
    return ok;
}

static const OSSL_PARAM *rsa_key_types(int selection)
{
    static const OSSL_PARAM types[] = {
        OSSL_PARAM_octet_ptr(KEY_REFERENCE, NULL, 0), OSSL_PARAM_BN(OSSL_PKEY_PARAM_RSA_N, NULL, 0),
        OSSL_PARAM_BN(OSSL_PKEY_PARAM_RSA_E, NULL, 0), OSSL_PARAM_END};

    (void)selection;
    return types;
}

static const OSSL_PARAM *ec_key_types(int selection)
{
    static const OSSL_PARAM types[] = {OSSL_PARAM_octet_ptr(KEY_REFERENCE, NULL, 0),
                                       OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, NULL, 0),
                                       OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_PUB_KEY, NULL, 0),
                                       OSSL_PARAM_END};

    (void)selection;
    return types;
}

static int get_provider_key_params(void *given, OSSL_PARAM params[])
{
    const provider_key *key = given;

    return EVP_PKEY_get_params(key->public, params);
}

static const OSSL_PARAM *gettable_provider_key_params(void *provider)
{
    static const OSSL_PARAM params[] = {
        OSSL_PARAM_int(OSSL_PKEY_PARAM_BITS, NULL),
        OSSL_PARAM_int(OSSL_PKEY_PARAM_SECURITY_BITS, NULL),
        OSSL_PARAM_int(OSSL_PKEY_PARAM_MAX_SIZE, NULL),
        OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_DEFAULT_DIGEST, NULL, 0),
        OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, NULL, 0),
        OSSL_PARAM_END};

    (void)provider;
    return params;
}

static const char *name_ec_operation(int operation)
{
    return operation == OSSL_OP_SIGNATURE ? "ECDSA" : "EC";
}

/* ---- signatures ------------------------------------------------------------------------------ */

typedef struct provider_signature {
    const provider_key *key;
    char digest[32];
    daotp_signature_scheme scheme;
} provider_signature;

static void *provider_signature_new(void *provider, const char *query)
{
    (void)provider, (void)query;
    return daotp__new(sizeof(provider_signature));
}

static void provider_signature_free(void *signature)
{
    daotp__delete(signature);
}

static bool is_number_or_name(const OSSL_PARAM *param, int number, const char *name)
{
    int value;

    if (param->data_type == OSSL_PARAM_UTF8_STRING)
        return strcmp(param->data, name) == 0;
    return OSSL_PARAM_get_int(param, &value) == 1 && value == number;
}

/* Accepts the two paddings for signatures. For PSS the salt is as long as the digest, as TLS
 * requires. */
static int set_signature_params(void *given, const OSSL_PARAM params[])
{
    provider_signature *signature = given;
    const OSSL_PARAM *padding = OSSL_PARAM_locate_const(params, OSSL_SIGNATURE_PARAM_PAD_MODE);
    const OSSL_PARAM *salt = OSSL_PARAM_locate_const(params, OSSL_SIGNATURE_PARAM_PSS_SALTLEN);
    const OSSL_PARAM *mask = OSSL_PARAM_locate_const(params, OSSL_SIGNATURE_PARAM_MGF1_DIGEST);

    if (params == NULL || signature->scheme == DAOTP_SIGNATURE_ECDSA)
        return 1;
    if (padding != NULL &&
        is_number_or_name(padding, RSA_PKCS1_PSS_PADDING, OSSL_PKEY_RSA_PAD_MODE_PSS))
        signature->scheme = DAOTP_SIGNATURE_RSA_PSS;
    else if (padding != NULL &&
             !is_number_or_name(padding, RSA_PKCS1_PADDING, OSSL_PKEY_RSA_PAD_MODE_PKCSV15))
        return 0;
    if (salt != NULL &&
        !is_number_or_name(salt, RSA_PSS_SALTLEN_DIGEST, OSSL_PKEY_RSA_PSS_SALT_LEN_DIGEST))
        return 0;
    return mask == NULL || is_number_or_name(mask, -1, signature->digest);
}

static const OSSL_PARAM *settable_signature_params(void *signature, void *provider)
{
    static const OSSL_PARAM params[] = {
        OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_PAD_MODE, NULL, 0),
        OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_PSS_SALTLEN, NULL, 0),
        OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_MGF1_DIGEST, NULL, 0), OSSL_PARAM_END};

    (void)signature, (void)provider;
    return params;
}

static int signature_begin(provider_signature *signature, const provider_key *key,
                           const char *digest, daotp_signature_scheme scheme)
{
    size_t len = digest != NULL ? strlen(digest) : 0;

    if (key != NULL)
        signature->key = key;
    if (len == 0 || len >= sizeof signature->digest || signature->key == NULL ||
        signature->key->own == NULL)
        return 0;
    memcpy(signature->digest, digest, len + 1);
    signature->scheme = scheme;
    return 1;
}

static int rsa_signature_begin(void *signature, const char *digest, void *key,
                               const OSSL_PARAM params[])
{
    return signature_begin(signature, key, digest, DAOTP_SIGNATURE_RSA_PKCS1) &&
           set_signature_params(signature, params);
}

static int ec_signature_begin(void *signature, const char *digest, void *key,
                              const OSSL_PARAM params[])
{
    return signature_begin(signature, key, digest, DAOTP_SIGNATURE_ECDSA) &&
           set_signature_params(signature, params);
}

/* DigestInfo (RFC 8017 9.2) */
static int write_digest_info(const EVP_MD *method, const uint8_t *digest, size_t digest_len,
                             uint8_t **der)
{
    X509_SIG *info = X509_SIG_new();
    X509_ALGOR *algorithm;
    ASN1_OCTET_STRING *octets;
    int len = -1;

    if (info == NULL)
        return -1;
    X509_SIG_getm(info, &algorithm, &octets);
    if (X509_ALGOR_set0(algorithm, OBJ_nid2obj(EVP_MD_get_type(method)), V_ASN1_NULL, NULL) == 1 &&
        ASN1_OCTET_STRING_set(octets, digest, (int)digest_len) == 1)
        len = i2d_X509_SIG(info, der);
    X509_SIG_free(info);
    return len;
}

/* Convert r followed by s to ECDSA-Sig-Value (RFC 3279 2.2.3). */
static bool write_ecdsa(const uint8_t *octets, size_t len, uint8_t *out, size_t *out_len)
{
    int half = (int)(len / 2), written;
    ECDSA_SIG *signature = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(octets, half, NULL), *s = BN_bin2bn(octets + half, half, NULL);

    if (signature == NULL || ECDSA_SIG_set0(signature, r, s) != 1) {
        BN_free(r);
        BN_free(s);
        ECDSA_SIG_free(signature);
        return false;
    }
    written = i2d_ECDSA_SIG(signature, NULL);
    if (written > 0 && (size_t)written <= *out_len)
        written = i2d_ECDSA_SIG(signature, &out);
    else
        written = 0;
    ECDSA_SIG_free(signature);
    *out_len = (size_t)written;
    return written > 0;
}

static bool sign_ecdsa(const daotp__provided_key *own, daotp__bytes digest, uint8_t *out,
                       size_t *len)
{
    uint8_t octets[DAOTP__PROVIDED_ROOM];
    size_t octets_len;

    return own->sign(own->user, DAOTP_SIGNATURE_ECDSA, digest, octets, sizeof octets,
                     &octets_len) &&
           octets_len % 2 == 0 && write_ecdsa(octets, octets_len, out, len);
}

static bool sign_rsa(const provider_signature *signature, daotp__bytes digest, const EVP_MD *method,
                     uint8_t *out, size_t *len)
{
    const daotp__provided_key *own = signature->key->own;
    uint8_t octets[DAOTP__PROVIDED_ROOM], *info = NULL;
    size_t octets_len = 0, room = *len;
    int info_len = 0;
    bool ok;

    if (signature->scheme == DAOTP_SIGNATURE_RSA_PKCS1) {
        info_len = write_digest_info(method, digest.data, digest.len, &info);
        digest = (daotp__bytes){info, info_len > 0 ? (size_t)info_len : 0};
    }
    ok = digest.len > 0 &&
         own->sign(own->user, signature->scheme, digest, octets, sizeof octets, &octets_len);
    OPENSSL_free(info);
    if (!ok || octets_len > room)
        return false;
    memcpy(out, octets, octets_len);
    *len = octets_len;
    return true;
}

static int sign_bytes(void *given, unsigned char *out, size_t *len, size_t room,
                      const unsigned char *bytes, size_t bytes_len)
{
    const provider_signature *signature = given;
    const EVP_MD *method = EVP_get_digestbyname(signature->digest);
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned digest_len;

    if (out == NULL) {
        *len = (size_t)EVP_PKEY_get_size(signature->key->public);
        return 1;
    }
    if (method == NULL || EVP_Digest(bytes, bytes_len, digest, &digest_len, method, NULL) != 1)
        return 0;
    *len = room;
    if (signature->scheme == DAOTP_SIGNATURE_ECDSA)
        return sign_ecdsa(signature->key->own, (daotp__bytes){digest, digest_len}, out, len);
    return sign_rsa(signature, (daotp__bytes){digest, digest_len}, method, out, len);
}

/* ---- the provider ---------------------------------------------------------------------------- */

#define FUNCTION(number, function)                                                                 \
    {                                                                                              \
        number, (void (*)(void))(function)                                                         \
    }

#define KEY_FUNCTIONS(import, types)                                                               \
    FUNCTION(OSSL_FUNC_KEYMGMT_NEW, provider_key_new),                                             \
        FUNCTION(OSSL_FUNC_KEYMGMT_FREE, provider_key_free),                                       \
        FUNCTION(OSSL_FUNC_KEYMGMT_HAS, provider_key_has),                                         \
        FUNCTION(OSSL_FUNC_KEYMGMT_MATCH, provider_key_match),                                     \
        FUNCTION(OSSL_FUNC_KEYMGMT_IMPORT, import),                                                \
        FUNCTION(OSSL_FUNC_KEYMGMT_IMPORT_TYPES, types),                                           \
        FUNCTION(OSSL_FUNC_KEYMGMT_EXPORT, export_provider_key),                                   \
        FUNCTION(OSSL_FUNC_KEYMGMT_EXPORT_TYPES, types),                                           \
        FUNCTION(OSSL_FUNC_KEYMGMT_GET_PARAMS, get_provider_key_params),                           \
        FUNCTION(OSSL_FUNC_KEYMGMT_GETTABLE_PARAMS, gettable_provider_key_params)

#define SIGNATURE_FUNCTIONS(begin)                                                                 \
    FUNCTION(OSSL_FUNC_SIGNATURE_NEWCTX, provider_signature_new),                                  \
        FUNCTION(OSSL_FUNC_SIGNATURE_FREECTX, provider_signature_free),                            \
        FUNCTION(OSSL_FUNC_SIGNATURE_DIGEST_SIGN_INIT, begin),                                     \
        FUNCTION(OSSL_FUNC_SIGNATURE_DIGEST_SIGN, sign_bytes),                                     \
        FUNCTION(OSSL_FUNC_SIGNATURE_SET_CTX_PARAMS, set_signature_params),                        \
        FUNCTION(OSSL_FUNC_SIGNATURE_SETTABLE_CTX_PARAMS, settable_signature_params)

static const OSSL_DISPATCH rsa_keys[] = {KEY_FUNCTIONS(import_provider_rsa, rsa_key_types),
                                         {0, NULL}};
static const OSSL_DISPATCH ec_keys[] = {
    KEY_FUNCTIONS(import_provider_ec, ec_key_types),
    FUNCTION(OSSL_FUNC_KEYMGMT_QUERY_OPERATION_NAME, name_ec_operation),
    {0, NULL}};
static const OSSL_DISPATCH rsa_signatures[] = {SIGNATURE_FUNCTIONS(rsa_signature_begin), {0, NULL}};
static const OSSL_DISPATCH ec_signatures[] = {SIGNATURE_FUNCTIONS(ec_signature_begin), {0, NULL}};

/* The names are those of libcrypto's own provider, because libssl finds the type of a key by
 * them. */
#define PROPERTIES "provider=daotp"
static const OSSL_ALGORITHM key_algorithms[] = {
    {"RSA:rsaEncryption:1.2.840.113549.1.1.1", PROPERTIES, rsa_keys, NULL},
    {"EC:id-ecPublicKey:1.2.840.10045.2.1", PROPERTIES, ec_keys, NULL},
    {NULL, NULL, NULL, NULL}};
static const OSSL_ALGORITHM signature_algorithms[] = {
    {"RSA:rsaEncryption:1.2.840.113549.1.1.1", PROPERTIES, rsa_signatures, NULL},
    {"ECDSA", PROPERTIES, ec_signatures, NULL},
    {NULL, NULL, NULL, NULL}};

static const OSSL_ALGORITHM *query_operation(void *provider, int operation, int *no_cache)
{
    (void)provider;
    *no_cache = 0;
    if (operation == OSSL_OP_KEYMGMT)
        return key_algorithms;
    return operation == OSSL_OP_SIGNATURE ? signature_algorithms : NULL;
}

static int key_provider_init(const OSSL_CORE_HANDLE *handle, const OSSL_DISPATCH *in,
                             const OSSL_DISPATCH **out, void **provider)
{
    static const OSSL_DISPATCH functions[] = {
        FUNCTION(OSSL_FUNC_PROVIDER_QUERY_OPERATION, query_operation), {0, NULL}};

    (void)in;
    *out = functions;
    *provider = (void *)(uintptr_t)handle; /* not NULL */
    return 1;
}

/* ---- making one ------------------------------------------------------------------------------ */

static bool make_provided_pkey(daotp__provided_key *key)
{
    const char *type = EVP_PKEY_is_a(key->public, "RSA") ? "RSA" : "EC";
    void *self = key;
    OSSL_PARAM params[] = {OSSL_PARAM_construct_octet_ptr(KEY_REFERENCE, &self, sizeof *key),
                           OSSL_PARAM_END};
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(key->library, type, PROPERTIES);
    bool ok = ctx != NULL && EVP_PKEY_fromdata_init(ctx) == 1 &&
              EVP_PKEY_fromdata(ctx, &key->pkey, EVP_PKEY_KEYPAIR, params) == 1;

    EVP_PKEY_CTX_free(ctx);
    return ok;
}

bool daotp__provided_key_init(daotp__provided_key *key, EVP_PKEY *public,
                              daotp__provided_sign_fn *sign, void *user)
{
    *key = (daotp__provided_key){.public = public, .sign = sign, .user = user};
    key->library = OSSL_LIB_CTX_new();
    if (key->library == NULL ||
        OSSL_PROVIDER_add_builtin(key->library, "daotp", key_provider_init) != 1)
        return false;
    key->provider = OSSL_PROVIDER_load(key->library, "daotp");
    return key->provider != NULL && make_provided_pkey(key);
}

void daotp__provided_key_free(daotp__provided_key *key)
{
    EVP_PKEY_free(key->pkey);
    EVP_PKEY_free(key->public);
    if (key->provider != NULL)
        (void)OSSL_PROVIDER_unload(key->provider);
    if (key->library != NULL) /* NULL means the default context, which is not ours */
        OSSL_LIB_CTX_free(key->library);
}
