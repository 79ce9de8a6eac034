/* SPDX-License-Identifier: BSD-2-Clause */
/* Single operations of a private key, for programs that sign messages of other protocols. */
#include "core/alloc.h"
#include "x509/derw.h"
#include "x509/key.h"

#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <string.h>

_Static_assert((int)DAOTP_DIGEST_NONE == (int)DAOTP__HASH_NONE &&
                   (int)DAOTP_DIGEST_SHA1 == (int)DAOTP__HASH_SHA1 &&
                   (int)DAOTP_DIGEST_SHA256 == (int)DAOTP__HASH_SHA256 &&
                   (int)DAOTP_DIGEST_SHA384 == (int)DAOTP__HASH_SHA384 &&
                   (int)DAOTP_DIGEST_SHA512 == (int)DAOTP__HASH_SHA512,
               "the public numbers are those of daotp__hash");

enum {
    PKCS1_PADDING_LEN = 11, /* RFC 8017 9.2: 0x00 0x01 PS 0x00, PS of 8 octets */
    MAX_RSA_LEN = 512,      /* octets of the modulus: 4096 bits */
    MAX_ORDER_LEN = 48      /* octets of the order of P-384 */
};

typedef struct sign_input {
    daotp_signature_scheme scheme;
    daotp__hash hash;
    size_t salt_len;
    daotp__bytes data;
} sign_input;

static size_t modulus_len(const daotp_key *key)
{
    return (daotp__key_bits(key) + 7) / 8;
}

static bool can_sign_pkcs1(const daotp_key *key, const sign_input *in)
{
    return daotp__key_is_rsa(key) && in->data.len <= modulus_len(key) - PKCS1_PADDING_LEN;
}

/* RFC 8017 8.1.1 step 1, and 9.1.1 step 3. */
static bool can_sign_pss(const daotp_key *key, const sign_input *in)
{
    size_t encoded_len = (daotp__key_bits(key) + 6) / 8;

    return daotp__key_is_rsa(key) && in->hash != DAOTP__HASH_NONE &&
           in->salt_len <= encoded_len - daotp__hash_len(in->hash) - 2;
}

static bool can_sign_input(const daotp_key *key, const sign_input *in)
{
    if (in->data.len == 0 || in->hash > DAOTP__HASH_SHA512)
        return false;
    if (in->hash != DAOTP__HASH_NONE && in->data.len != daotp__hash_len(in->hash))
        return false;
    switch (in->scheme) {
    case DAOTP_SIGNATURE_RSA_PKCS1:
        return can_sign_pkcs1(key, in);
    case DAOTP_SIGNATURE_RSA_PSS:
        return can_sign_pss(key, in);
    case DAOTP_SIGNATURE_ECDSA:
        return !daotp__key_is_rsa(key);
    }
    return false;
}

static bool set_sign_padding(EVP_PKEY_CTX *ctx, const sign_input *in)
{
    const EVP_MD *md = daotp__hash_method(in->hash);

    if (in->scheme == DAOTP_SIGNATURE_ECDSA)
        return true;
    if (in->scheme == DAOTP_SIGNATURE_RSA_PKCS1)
        return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
               (md == NULL || EVP_PKEY_CTX_set_signature_md(ctx, md) == 1);
    return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_signature_md(ctx, md) == 1 &&
           EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, md) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, (int)in->salt_len) == 1;
}

/* room: of MAX_RSA_LEN octets, which an ECDSA signature in DER does not need. */
static bool sign_input_data(const daotp_key *key, const sign_input *in, uint8_t *room, size_t *len)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(daotp__key_pkey(key), NULL);
    bool ok;

    *len = MAX_RSA_LEN;
    ok = ctx != NULL && EVP_PKEY_sign_init(ctx) == 1 && set_sign_padding(ctx, in) &&
         EVP_PKEY_sign(ctx, room, len, in->data.data, in->data.len) == 1;
    EVP_PKEY_CTX_free(ctx);
    return ok;
}

/* Convert an ECDSA signature from DER to r followed by s. */
static bool flatten_ecdsa(const daotp_key *key, uint8_t *room, size_t *len)
{
    size_t order_len = daotp_key_get_kind(key) == DAOTP_KEY_P256 ? 32 : MAX_ORDER_LEN;
    const unsigned char *at = room;
    ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &at, (long)*len);
    bool ok;

    ok = signature != NULL &&
         BN_bn2binpad(ECDSA_SIG_get0_r(signature), room, (int)order_len) >= 0 &&
         BN_bn2binpad(ECDSA_SIG_get0_s(signature), room + order_len, (int)order_len) >= 0;
    ECDSA_SIG_free(signature);
    *len = 2 * order_len;
    return ok;
}

/* DigestInfo (RFC 8017 9.2) */
static bool write_hash_info(const sign_input *in, daotp__buffer *out)
{
    size_t mark = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);

    daotp__algorithm_write_hash(out, in->hash);
    daotp__derw_item(out, DAOTP__DER_OCTET_STRING, in->data.data, in->data.len);
    daotp__derw_end(out, mark);
    return out->failed == DAOTP_OK;
}

/* A backend supports PSS only with a salt as long as the digest. For PKCS #1 v1.5 it pads the
 * DigestInfo that it is given. */
static daotp_status sign_by_backend(const daotp_key *key, const sign_input *in, uint8_t *room,
                                    size_t *len)
{
    daotp__bytes data = in->data;
    daotp__buffer info;
    daotp_status status = DAOTP_OK;

    if (in->scheme == DAOTP_SIGNATURE_RSA_PSS && in->salt_len != data.len)
        return DAOTP_USAGE;
    daotp__buffer_init(&info, 256);
    if (in->scheme == DAOTP_SIGNATURE_RSA_PKCS1 && in->hash != DAOTP__HASH_NONE) {
        status = write_hash_info(in, &info) ? DAOTP_OK : info.failed;
        data = daotp__buffer_bytes(&info);
    }
    if (status == DAOTP_OK)
        status = daotp__key_sign_held(key, in->scheme, data, room, MAX_RSA_LEN, len);
    daotp__buffer_free(&info);
    return status;
}

static daotp_status sign_by_libcrypto(const daotp_key *key, const sign_input *in, uint8_t *room,
                                      size_t *len)
{
    bool ok;

    (void)ERR_set_mark();
    ok = sign_input_data(key, in, room, len) &&
         (in->scheme != DAOTP_SIGNATURE_ECDSA || flatten_ecdsa(key, room, len));
    (void)ERR_pop_to_mark();
    return ok ? DAOTP_OK : DAOTP_INTERNAL;
}

static daotp_status hand_out(const uint8_t *octets, size_t len, uint8_t **out, size_t *out_len)
{
    *out = daotp__bytes_copy(octets, len);
    *out_len = *out != NULL ? len : 0;
    return *out != NULL ? DAOTP_OK : DAOTP_MEMORY;
}

daotp_status daotp_key_sign_digest(const daotp_key *key, daotp_signature_scheme scheme,
                                   daotp_digest digest, size_t salt_len, const void *data,
                                   size_t len, uint8_t **signature, size_t *signature_len)
{
    sign_input in = {scheme, (daotp__hash)digest, salt_len, {data, len}};
    uint8_t room[MAX_RSA_LEN];
    size_t room_len;
    daotp_status status;

    if (signature == NULL || signature_len == NULL)
        return DAOTP_USAGE;
    *signature = NULL;
    *signature_len = 0;
    if (key == NULL || data == NULL || !can_sign_input(key, &in))
        return DAOTP_USAGE;
    if (daotp__key_is_held(key))
        status = sign_by_backend(key, &in, room, &room_len);
    else
        status = sign_by_libcrypto(key, &in, room, &room_len);
    return status == DAOTP_OK ? hand_out(room, room_len, signature, signature_len) : status;
}

static bool decrypt_pkcs1(const daotp_key *key, daotp__bytes in, uint8_t *room, size_t *len)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(daotp__key_pkey(key), NULL);
    bool ok;

    *len = MAX_RSA_LEN;
    ok = ctx != NULL && EVP_PKEY_decrypt_init(ctx) == 1 &&
         EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
         EVP_PKEY_decrypt(ctx, room, len, in.data, in.len) == 1;
    EVP_PKEY_CTX_free(ctx);
    return ok;
}

daotp_status daotp_key_decrypt(const daotp_key *key, const void *data, size_t len, uint8_t **plain,
                               size_t *plain_len)
{
    daotp_status status = DAOTP_REJECTED;
    uint8_t room[MAX_RSA_LEN];
    size_t room_len;

    if (plain == NULL || plain_len == NULL)
        return DAOTP_USAGE;
    *plain = NULL;
    *plain_len = 0;
    if (key == NULL || data == NULL || !daotp__key_is_rsa(key) || daotp__key_is_held(key))
        return DAOTP_USAGE;
    if (len != modulus_len(key))
        return DAOTP_REJECTED;
    (void)ERR_set_mark();
    if (decrypt_pkcs1(key, (daotp__bytes){data, len}, room, &room_len))
        status = hand_out(room, room_len, plain, plain_len);
    (void)ERR_pop_to_mark();
    explicit_bzero(room, sizeof room);
    return status;
}
