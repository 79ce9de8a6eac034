/* SPDX-License-Identifier: BSD-2-Clause */
/* daotp_key_sign_digest() and daotp_key_decrypt(), judged by libcrypto. */
#include "builders.h"

#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

static const char *const names[] = {"rsa2048", "rsa3072", "rsa4096", "p256", "p384"};
static const struct {
    daotp_digest digest;
    size_t len;
    const EVP_MD *(*method)(void);
} digests[] = {{DAOTP_DIGEST_SHA1, 20, EVP_sha1},
               {DAOTP_DIGEST_SHA256, 32, EVP_sha256},
               {DAOTP_DIGEST_SHA384, 48, EVP_sha384},
               {DAOTP_DIGEST_SHA512, 64, EVP_sha512}};

static daotp_context *context;
static daotp_key *keys[COUNT(names)];
static uint8_t data[1000];
enum { FIRST_EC = 3 };

static int read_keys(void **state)
{
    (void)state;
    if (daotp_context_new(&context) != DAOTP_OK)
        return -1;
    for (size_t i = 0; i < COUNT(names); i++)
        keys[i] = test_key(context, names[i]);
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * 7 + 1);
    return 0;
}

static int free_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++)
        daotp_key_unref(keys[i]);
    daotp_context_unref(context);
    return 0;
}

/* Does libcrypto take the signature over the first len octets of data? method: NULL for none. */
static bool is_verified(const daotp_key *key, int padding, int salt_len, const EVP_MD *method,
                        size_t len, const uint8_t *signature, size_t signature_len)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(daotp__key_pkey(key), NULL);
    bool ok;

    assert_int_equal(EVP_PKEY_verify_init(ctx), 1);
    if (padding != 0)
        assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx, padding), 1);
    if (method != NULL)
        assert_int_equal(EVP_PKEY_CTX_set_signature_md(ctx, method), 1);
    if (padding == RSA_PKCS1_PSS_PADDING)
        assert_int_equal(EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, salt_len), 1);
    ok = EVP_PKEY_verify(ctx, signature, signature_len, data, len) == 1;
    EVP_PKEY_CTX_free(ctx);
    return ok;
}

static void rsa_signs(size_t key, daotp_signature_scheme scheme, size_t digest, size_t salt_len)
{
    int padding = scheme == DAOTP_SIGNATURE_RSA_PSS ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING;
    uint8_t *signature;
    size_t len;

    assert_int_equal(daotp_key_sign_digest(keys[key], scheme, digests[digest].digest, salt_len,
                                           data, digests[digest].len, &signature, &len),
                     DAOTP_OK);
    assert_int_equal(len, EVP_PKEY_get_size(daotp__key_pkey(keys[key])));
    assert_true(is_verified(keys[key], padding, (int)salt_len, digests[digest].method(),
                            digests[digest].len, signature, len));
    signature[5] ^= 1;
    assert_false(is_verified(keys[key], padding, (int)salt_len, digests[digest].method(),
                             digests[digest].len, signature, len));
    daotp_free(signature);
}

static void rsa_keys_sign_with_every_hash(void **state)
{
    (void)state;
    for (size_t i = 0; i < FIRST_EC; i++)
        for (size_t digest = 0; digest < COUNT(digests); digest++) {
            rsa_signs(i, DAOTP_SIGNATURE_RSA_PKCS1, digest, 0);
            rsa_signs(i, DAOTP_SIGNATURE_RSA_PSS, digest, digests[digest].len);
            rsa_signs(i, DAOTP_SIGNATURE_RSA_PSS, digest, 0);
        }
}

/* TLS 1.1 signs 36 octets of MD5 and SHA-1 so, and PKCS #11 a DigestInfo. */
static void rsa_signs_what_stands_in_place_of_a_digest_info(void **state)
{
    uint8_t *signature;
    size_t len;

    (void)state;
    for (size_t n = 1; n <= 245; n += 61) {
        assert_int_equal(daotp_key_sign_digest(keys[0], DAOTP_SIGNATURE_RSA_PKCS1,
                                               DAOTP_DIGEST_NONE, 0, data, n, &signature, &len),
                         DAOTP_OK);
        assert_true(is_verified(keys[0], RSA_PKCS1_PADDING, 0, NULL, n, signature, len));
        daotp_free(signature);
    }
}

/* From r, then s, to DER. */
static void unflatten(const uint8_t *flat, size_t len, uint8_t *der, size_t *der_len)
{
    ECDSA_SIG *signature = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(flat, (int)(len / 2), NULL),
           *s = BN_bin2bn(flat + len / 2, (int)(len / 2), NULL);
    unsigned char *at = der;

    assert_int_equal(ECDSA_SIG_set0(signature, r, s), 1);
    *der_len = (size_t)i2d_ECDSA_SIG(signature, &at);
    ECDSA_SIG_free(signature);
}

static void ec_signs(size_t key, daotp_digest digest, size_t data_len)
{
    uint8_t *signature, der[200];
    size_t len, der_len;

    assert_int_equal(daotp_key_sign_digest(keys[key], DAOTP_SIGNATURE_ECDSA, digest, 0, data,
                                           data_len, &signature, &len),
                     DAOTP_OK);
    assert_int_equal(len, key == FIRST_EC ? 64 : 96);
    unflatten(signature, len, der, &der_len);
    assert_true(is_verified(keys[key], 0, 0, NULL, data_len, der, der_len));
    daotp_free(signature);
}

/* r and s now and then have fewer octets than the order: a hundred signatures meet that. */
static void ec_signatures_have_one_length(void **state)
{
    (void)state;
    for (int i = 0; i < 600; i++)
        ec_signs(FIRST_EC + i % 2, DAOTP_DIGEST_SHA256, 32);
    for (size_t digest = 0; digest < COUNT(digests); digest++)
        for (size_t key = FIRST_EC; key < COUNT(keys); key++) {
            ec_signs(key, digests[digest].digest, digests[digest].len);
            ec_signs(key, DAOTP_DIGEST_NONE, digests[digest].len);
        }
}

static void sign_is_refused(size_t key, int scheme, int digest, size_t salt_len, size_t len)
{
    uint8_t *signature = data;
    size_t signature_len = 7;

    assert_int_equal(daotp_key_sign_digest(keys[key], (daotp_signature_scheme)scheme,
                                           (daotp_digest)digest, salt_len, data, len, &signature,
                                           &signature_len),
                     DAOTP_USAGE);
    assert_null(signature);
    assert_int_equal(signature_len, 0);
}

static void what_a_key_cannot_sign_is_refused(void **state)
{
    const int pkcs1 = DAOTP_SIGNATURE_RSA_PKCS1, pss = DAOTP_SIGNATURE_RSA_PSS,
              ecdsa = DAOTP_SIGNATURE_ECDSA;

    (void)state;
    sign_is_refused(0, ecdsa, DAOTP_DIGEST_SHA256, 0, 32); /* of another kind of key */
    sign_is_refused(FIRST_EC, pkcs1, DAOTP_DIGEST_SHA256, 0, 32);
    sign_is_refused(FIRST_EC, pss, DAOTP_DIGEST_SHA256, 32, 32);
    sign_is_refused(0, pkcs1, DAOTP_DIGEST_SHA256, 0, 31); /* lengths */
    sign_is_refused(0, pkcs1, DAOTP_DIGEST_NONE, 0, 0);
    sign_is_refused(0, pkcs1, DAOTP_DIGEST_NONE, 0, 246);
    sign_is_refused(0, pkcs1, DAOTP_DIGEST_NONE, 0, SIZE_MAX);
    sign_is_refused(0, pss, DAOTP_DIGEST_NONE, 0, 32);
    sign_is_refused(0, pss, DAOTP_DIGEST_SHA256, 256 - 32 - 1, 32);
    sign_is_refused(0, pss, DAOTP_DIGEST_SHA256, SIZE_MAX, 32);
    sign_is_refused(0, pkcs1, 5, 0, 32); /* no such value */
    sign_is_refused(0, pkcs1, -1, 0, 32);
    sign_is_refused(0, 0, DAOTP_DIGEST_SHA256, 0, 32);
    sign_is_refused(FIRST_EC, 4, DAOTP_DIGEST_SHA256, 0, 32);
    rsa_signs(0, DAOTP_SIGNATURE_RSA_PSS, 1, 256 - 32 - 2); /* the longest salt */
}

static size_t encrypt(const daotp_key *key, size_t len, uint8_t *out, size_t room)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(daotp__key_pkey(key), NULL);

    assert_int_equal(EVP_PKEY_encrypt_init(ctx), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING), 1);
    assert_int_equal(EVP_PKEY_encrypt(ctx, out, &room, data, len), 1);
    EVP_PKEY_CTX_free(ctx);
    return room;
}

static void rsa_keys_decrypt(void **state)
{
    static const size_t lengths[] = {0, 1, 48, 245};
    uint8_t encrypted[512], *plain;
    size_t len, plain_len;

    (void)state;
    for (size_t i = 0; i < FIRST_EC; i++)
        for (size_t n = 0; n < COUNT(lengths); n++) {
            len = encrypt(keys[i], lengths[n], encrypted, sizeof encrypted);
            assert_int_equal(daotp_key_decrypt(keys[i], encrypted, len, &plain, &plain_len),
                             DAOTP_OK);
            assert_int_equal(plain_len, lengths[n]);
            assert_memory_equal(plain, data, plain_len);
            daotp_free(plain);
        }
}

static void what_is_not_encrypted_for_a_key_is_refused(void **state)
{
    uint8_t encrypted[512], *plain = data;
    size_t len = encrypt(keys[0], 48, encrypted, sizeof encrypted), plain_len = 7;

    (void)state;
    assert_int_equal(daotp_key_decrypt(keys[0], encrypted, len - 1, &plain, &plain_len),
                     DAOTP_REJECTED);
    assert_null(plain);
    assert_int_equal(plain_len, 0);
    assert_int_equal(daotp_key_decrypt(keys[0], encrypted, 0, &plain, &plain_len), DAOTP_REJECTED);
    memset(encrypted, 0xff, sizeof encrypted); /* no number below the modulus */
    assert_int_equal(daotp_key_decrypt(keys[0], encrypted, len, &plain, &plain_len),
                     DAOTP_REJECTED);
    assert_int_equal(daotp_key_decrypt(keys[FIRST_EC], encrypted, len, &plain, &plain_len),
                     DAOTP_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rsa_keys_sign_with_every_hash),
        cmocka_unit_test(rsa_signs_what_stands_in_place_of_a_digest_info),
        cmocka_unit_test(ec_signatures_have_one_length),
        cmocka_unit_test(what_a_key_cannot_sign_is_refused),
        cmocka_unit_test(rsa_keys_decrypt),
        cmocka_unit_test(what_is_not_encrypted_for_a_key_is_refused),
    };

    return cmocka_run_group_tests(tests, read_keys, free_keys);
}
