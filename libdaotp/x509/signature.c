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

/* OSSL_PARAM integers stand in the machine's order; only little-endian ones are built for. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "reverse for big-endian machines");

static void reverse(uint8_t *out, daotp__bytes in)
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
    reverse(modulus, key->modulus);
    reverse(exponent, key->exponent);
    params[0] = OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_N, modulus, key->modulus.len);
    params[1] = OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_E, exponent, key->exponent.len);
    params[2] = OSSL_PARAM_construct_end();
    return from_params("RSA", params);
}

static EVP_PKEY *ec_key(const daotp__public_key *key)
{
    char p256[] = "P-256", p384[] = "P-384", p521[] = "P-521";
    char *name = key->curve == DAOTP__OID_P256 ? p256 : key->curve == DAOTP__OID_P384 ? p384 : p521;
    OSSL_PARAM params[3];

    params[0] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, name, 0);
    params[1] = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
                                                  (uint8_t *)key->point.data, key->point.len);
    params[2] = OSSL_PARAM_construct_end();
    return from_params("EC", params);
}

static const EVP_MD *method(daotp__hash hash)
{
    return hash == DAOTP__HASH_SHA1     ? EVP_sha1()
           : hash == DAOTP__HASH_SHA256 ? EVP_sha256()
           : hash == DAOTP__HASH_SHA384 ? EVP_sha384()
           : hash == DAOTP__HASH_SHA512 ? EVP_sha512()
                                        : NULL;
}

static bool verify(EVP_PKEY *pkey, const EVP_MD *md, daotp__bytes a, daotp__bytes b,
                   daotp__bytes signature)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool ok = ctx != NULL && EVP_DigestVerifyInit(ctx, NULL, md, NULL, pkey) == 1 &&
              EVP_DigestVerifyUpdate(ctx, a.data, a.len) == 1 &&
              EVP_DigestVerifyUpdate(ctx, b.data, b.len) == 1 &&
              EVP_DigestVerifyFinal(ctx, signature.data, signature.len) == 1;

    EVP_MD_CTX_free(ctx);
    return ok;
}

/* Does this signature algorithm go with this kind of key? CMS may name the bare key algorithm of
 * RSA (RFC 3370 3.2); then the digest algorithm says the hash. */
static bool fits_key(enum daotp__oid algorithm, enum daotp__oid key, bool bare)
{
    switch (algorithm) {
    case DAOTP__OID_RSA:
        return bare && key == DAOTP__OID_RSA;
    case DAOTP__OID_RSA_SHA1:
    case DAOTP__OID_RSA_SHA256:
    case DAOTP__OID_RSA_SHA384:
    case DAOTP__OID_RSA_SHA512:
        return key == DAOTP__OID_RSA;
    case DAOTP__OID_ECDSA_SHA1:
    case DAOTP__OID_ECDSA_SHA256:
    case DAOTP__OID_ECDSA_SHA384:
    case DAOTP__OID_ECDSA_SHA512:
        return key == DAOTP__OID_EC_KEY;
    default:
        return false;
    }
}

static bool verify_key(const daotp__public_key *key, daotp__hash hash, daotp__bytes a,
                       daotp__bytes b, daotp__bytes signature)
{
    EVP_PKEY *pkey;
    bool ok;

    (void)ERR_set_mark(); /* the host's error queue stays as it was */
    pkey = key->algorithm == DAOTP__OID_RSA ? rsa_key(key) : ec_key(key);
    ok = pkey != NULL && verify(pkey, method(hash), a, b, signature);
    EVP_PKEY_free(pkey);
    (void)ERR_pop_to_mark();
    return ok;
}

bool daotp__signature_verify(daotp__bytes spki, const daotp__algorithm *algorithm,
                             daotp__bytes signed_bytes, daotp__bytes signature)
{
    static const daotp__bytes nothing = {(const uint8_t *)"", 0};
    daotp__hash hash = daotp__algorithm_hash(algorithm);
    daotp__public_key key;

    return hash != DAOTP__HASH_NONE && daotp__public_key_read(spki, &key) &&
           fits_key(algorithm->known, key.algorithm, false) &&
           verify_key(&key, hash, signed_bytes, nothing, signature);
}

bool daotp__signature_verify_cms(daotp__bytes spki, const daotp__algorithm *algorithm,
                                 daotp__hash hash, daotp__bytes a, daotp__bytes b,
                                 daotp__bytes signature)
{
    daotp__hash named = daotp__algorithm_hash(algorithm);
    daotp__public_key key;

    return hash != DAOTP__HASH_NONE && (named == DAOTP__HASH_NONE || named == hash) &&
           daotp__public_key_read(spki, &key) && fits_key(algorithm->known, key.algorithm, true) &&
           verify_key(&key, hash, a, b, signature);
}

/* ---- a key for many signatures --------------------------------------------------------------- */

bool daotp__verify_key_init(daotp__verify_key *key, daotp__bytes spki)
{
    *key = (daotp__verify_key){0};
    if (!daotp__public_key_read(spki, &key->read))
        return false;
    (void)ERR_set_mark();
    key->pkey = key->read.algorithm == DAOTP__OID_RSA ? rsa_key(&key->read) : ec_key(&key->read);
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

daotp__hash daotp__verify_key_hash(const daotp__public_key *key, const daotp__algorithm *algorithm)
{
    return fits_key(algorithm->known, key->algorithm, false) ? daotp__algorithm_hash(algorithm)
                                                             : DAOTP__HASH_NONE;
}

static EVP_PKEY_CTX *make_context(const daotp__verify_key *key, daotp__hash hash)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key->pkey, NULL);

    if (ctx != NULL && EVP_PKEY_verify_init(ctx) == 1 &&
        (key->read.algorithm != DAOTP__OID_RSA ||
         EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1) &&
        EVP_PKEY_CTX_set_signature_md(ctx, method(hash)) == 1)
        return ctx;
    EVP_PKEY_CTX_free(ctx);
    return NULL;
}

/* Making a context ready costs a fifth of what an RSA check does: one is kept. Keys of almost all
 * CAs sign with one hash; the first that is seen is that one. */
bool daotp__verify_key_check(daotp__verify_key *key, daotp__hash hash, const uint8_t *digest,
                             daotp__bytes signature)
{
    EVP_PKEY_CTX *ctx = NULL, *none = NULL;
    daotp__hash first = DAOTP__HASH_NONE;
    bool keeps, ok;

    keeps = __atomic_compare_exchange_n(&key->spare_hash, &first, hash, false, __ATOMIC_ACQ_REL,
                                        __ATOMIC_ACQUIRE) ||
            first == hash;
    (void)ERR_set_mark();
    if (keeps)
        ctx = __atomic_exchange_n(&key->spare, NULL, __ATOMIC_ACQ_REL);
    if (ctx == NULL)
        ctx = make_context(key, hash);
    ok = ctx != NULL &&
         EVP_PKEY_verify(ctx, signature.data, signature.len, digest, daotp__hash_len(hash)) == 1;
    (void)ERR_pop_to_mark();
    if (!keeps || !__atomic_compare_exchange_n(&key->spare, &none, ctx, false, __ATOMIC_ACQ_REL,
                                               __ATOMIC_RELAXED))
        EVP_PKEY_CTX_free(ctx);
    return ok;
}
