/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/signature.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <string.h>

/* Not d2i_PUBKEY: its decoders cost more than the RSA operation itself. */
static EVP_PKEY *from_params(const char *type, OSSL_PARAM *params)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    EVP_PKEY *pkey = NULL;

    if (ctx != NULL && EVP_PKEY_fromdata_init(ctx) == 1 &&
        EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1)
        pkey = NULL;
    EVP_PKEY_CTX_free(ctx);
    return pkey;
}

enum { MAX_RSA = 1024 }; /* octets: 8192 bits */

/* OSSL_PARAM integers have the byte order of the machine; only little-endian machines are
 * supported. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "reverse for big-endian machines");

static void signature_reverse(uint8_t *out, daotp__bytes in)
{
    for (size_t i = 0; i < in.len; i++)
        out[i] = in.data[in.len - 1 - i];
}

static EVP_PKEY *rsa_key(const daotp__public_key *key)
{
    uint8_t modulus[MAX_RSA], exponent[8];
    OSSL_PARAM params[3];

    if (key->modulus.len > sizeof modulus || key->exponent.len > sizeof exponent)
        return NULL;
    signature_reverse(modulus, key->modulus);
    signature_reverse(exponent, key->exponent);
    params[0] = OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_N, modulus, key->modulus.len);
    params[1] = OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_E, exponent, key->exponent.len);
    params[2] = OSSL_PARAM_construct_end();
    return from_params("RSA", params);
}

static EVP_PKEY *ec_key(const daotp__public_key *key)
{
    OSSL_PARAM params[3];

    /* libcrypto takes a pointer to non-const, but does not change the string */
    params[0] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
                                                 (char *)daotp__oid_name(key->curve), 0);
    params[1] = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
                                                  (uint8_t *)key->point.data, key->point.len);
    params[2] = OSSL_PARAM_construct_end();
    return from_params("EC", params);
}

static EVP_PKEY *make_public_key(const daotp__public_key *key)
{
    switch (key->algorithm) {
    case DAOTP__OID_RSA:
        return rsa_key(key);
    case DAOTP__OID_EC_KEY:
        return ec_key(key);
    case DAOTP__OID_ED25519:
        return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key->point.data, key->point.len);
    case DAOTP__OID_ED448:
        return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED448, NULL, key->point.data, key->point.len);
    default:
        return NULL;
    }
}

/* ---- a key for many signatures --------------------------------------------------------------- */

bool daotp__verify_key_init(daotp__verify_key *key, daotp__bytes spki)
{
    *key = (daotp__verify_key){0};
    if (!daotp__public_key_read(spki, &key->read))
        return false;
    (void)ERR_set_mark(); /* the application's OpenSSL error queue stays unchanged */
    key->pkey = make_public_key(&key->read);
    (void)ERR_pop_to_mark();
    return key->pkey != NULL;
}

void daotp__verify_key_free(daotp__verify_key *key)
{
    EVP_PKEY_CTX_free(key->spare);
    EVP_PKEY_free(key->pkey);
    key->spare = NULL;
    key->pkey = NULL;
}

bool daotp__verify_key_scheme(const daotp__public_key *key, const daotp__algorithm *algorithm,
                              daotp__scheme *scheme, const char **fault)
{
    *fault = "the hash is SHA-1";
    return daotp__scheme_read(algorithm, scheme, fault) && daotp__scheme_is_strong(scheme) &&
           daotp__scheme_fits_key(scheme, key, fault);
}

daotp__bytes daotp__scheme_input(const daotp__scheme *scheme, daotp__bytes signed_bytes,
                                 uint8_t *room)
{
    if (scheme->kind == DAOTP__SCHEME_EDDSA)
        return signed_bytes;
    return daotp__hash_bytes(scheme->hash, signed_bytes, room)
               ? (daotp__bytes){room, daotp__hash_len(scheme->hash)}
               : (daotp__bytes){NULL, 0};
}

/* The salt must have exactly the length in the parameters (RFC 8017 9.1.2). */
static bool set_padding(EVP_PKEY_CTX *ctx, const daotp__scheme *scheme)
{
    if (scheme->kind == DAOTP__SCHEME_PKCS1)
        return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1;
    return scheme->kind != DAOTP__SCHEME_PSS ||
           (EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
            EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, (int)scheme->salt_len) == 1 &&
            EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, daotp__hash_method(scheme->hash)) == 1);
}

static EVP_PKEY_CTX *make_context(const daotp__verify_key *key, const daotp__scheme *scheme)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key->pkey, NULL);

    if (ctx != NULL && EVP_PKEY_verify_init(ctx) == 1 && set_padding(ctx, scheme) &&
        EVP_PKEY_CTX_set_signature_md(ctx, daotp__hash_method(scheme->hash)) == 1)
        return ctx;
    EVP_PKEY_CTX_free(ctx);
    return NULL;
}

static bool check_eddsa(daotp__verify_key *key, daotp__bytes in, daotp__bytes signature)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool ok = ctx != NULL && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key->pkey) == 1 &&
              EVP_DigestVerify(ctx, signature.data, signature.len, in.data, in.len) == 1;

    EVP_MD_CTX_free(ctx);
    return ok;
}

/* Never 0. The salt is below 2^16, because it fits a modulus of 8192 bits. */
static uint32_t pack_scheme(const daotp__scheme *scheme)
{
    return (uint32_t)scheme->kind << 24 | (uint32_t)scheme->hash << 16 | scheme->salt_len;
}

/* Preparing a context takes a fifth of the time of an RSA verification, so one is kept. The keys
 * of almost all CAs use one scheme, so the context of the first scheme is kept. */
static bool check_digest(daotp__verify_key *key, const daotp__scheme *scheme, daotp__bytes digest,
                         daotp__bytes signature)
{
    EVP_PKEY_CTX *ctx = NULL, *none = NULL;
    uint32_t first = 0, wanted = pack_scheme(scheme);
    bool keeps, ok;

    keeps = __atomic_compare_exchange_n(&key->spare_for, &first, wanted, false, __ATOMIC_ACQ_REL,
                                        __ATOMIC_ACQUIRE) ||
            first == wanted;
    if (keeps)
        ctx = __atomic_exchange_n(&key->spare, NULL, __ATOMIC_ACQ_REL);
    if (ctx == NULL)
        ctx = make_context(key, scheme);
    ok = ctx != NULL &&
         EVP_PKEY_verify(ctx, signature.data, signature.len, digest.data, digest.len) == 1;
    if (!keeps || !__atomic_compare_exchange_n(&key->spare, &none, ctx, false, __ATOMIC_ACQ_REL,
                                               __ATOMIC_RELAXED))
        EVP_PKEY_CTX_free(ctx);
    return ok;
}

bool daotp__verify_key_check(daotp__verify_key *key, const daotp__scheme *scheme,
                             daotp__bytes input, daotp__bytes signature)
{
    bool ok;

    if (input.data == NULL)
        return false;
    (void)ERR_set_mark();
    ok = scheme->kind == DAOTP__SCHEME_EDDSA ? check_eddsa(key, input, signature)
                                             : check_digest(key, scheme, input, signature);
    (void)ERR_pop_to_mark();
    return ok;
}

/* ---- a key for one signature ----------------------------------------------------------------- */

static bool verify_once(daotp__bytes spki, const daotp__scheme *scheme, daotp__bytes input,
                        daotp__bytes signature)
{
    daotp__verify_key key;
    const char *ignored;
    bool ok = daotp__verify_key_init(&key, spki) &&
              daotp__scheme_fits_key(scheme, &key.read, &ignored) &&
              daotp__verify_key_check(&key, scheme, input, signature);

    daotp__verify_key_free(&key);
    return ok;
}

bool daotp__signature_verify(daotp__bytes spki, const daotp__algorithm *algorithm,
                             daotp__bytes signed_bytes, daotp__bytes signature)
{
    uint8_t digest[DAOTP__HASH_MAX];
    daotp__scheme scheme;
    const char *ignored;

    return daotp__scheme_read(algorithm, &scheme, &ignored) &&
           verify_once(spki, &scheme, daotp__scheme_input(&scheme, signed_bytes, digest),
                       signature);
}

/* EdDSA reads the signed bytes twice, so they must be contiguous. */
static bool verify_joined(daotp__bytes spki, const daotp__scheme *scheme, daotp__bytes a,
                          daotp__bytes b, daotp__bytes signature)
{
    daotp__buffer all;
    bool ok;

    daotp__buffer_init(&all, DAOTP__MAX_FILE);
    daotp__buffer_add(&all, a.data, a.len);
    daotp__buffer_add(&all, b.data, b.len);
    ok = all.failed == DAOTP_OK && verify_once(spki, scheme, daotp__buffer_bytes(&all), signature);
    daotp__buffer_free(&all);
    return ok;
}

bool daotp__signature_verify_cms(daotp__bytes spki, const daotp__algorithm *algorithm,
                                 daotp__hash hash, daotp__bytes a, daotp__bytes b,
                                 daotp__bytes signature)
{
    uint8_t digest[DAOTP__HASH_MAX];
    daotp__scheme scheme;

    if (!daotp__scheme_read_cms(algorithm, hash, &scheme))
        return false;
    if (scheme.kind == DAOTP__SCHEME_EDDSA)
        return verify_joined(spki, &scheme, a, b, signature);
    return daotp__hash_parts(hash, a, b, digest) &&
           verify_once(spki, &scheme, (daotp__bytes){digest, daotp__hash_len(hash)}, signature);
}
