/* SPDX-License-Identifier: BSD-2-Clause */
/* Signature schemes: what each encoding of RSASSA-PSS says, which keys go with it, and whether
 * signatures that libcrypto makes verify as they should. */
#include "builders.h"

#include "x509/signature.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

/* The parts of RSASSA-PSS-params (RFC 4055 3.1). */
#define PSS       "0609 2A864886F70D01010A"
#define MGF1      "0609 2A864886F70D010108"
#define SHA1      "0605 2B0E03021A"
#define SHA224    "0609 608648016503040204"
#define SHA256    "0609 608648016503040201"
#define SHA384    "0609 608648016503040202"
#define SHA512    "0609 608648016503040203"
#define HASH_N(h) "A00F 300D " h " 0500" /* with NULL */
#define HASH_A(h) "A00D 300B " h         /* absent parameters */
#define MASK_N(h) "A11C 301A " MGF1 " 300D " h " 0500"
#define MASK_A(h) "A11A 3018 " MGF1 " 300B " h
#define SALT32    "A203 020120"
#define TRAILER1  "A303 020101"

static void read_algorithm(const char *text, daotp__algorithm *algorithm)
{
    daotp__bytes cursor = hex(text);

    assert_true(daotp__algorithm_read(&cursor, algorithm));
    assert_int_equal(cursor.len, 0);
}

typedef struct scheme_case {
    const char *algorithm;
    daotp__hash hash;
    uint32_t salt;
    const char *fault; /* NULL: it is taken */
} scheme_case;

static const scheme_case pss_cases[] = {
    {"3041 " PSS " 3034 " HASH_N(SHA256) MASK_N(SHA256) SALT32, DAOTP__HASH_SHA256, 32, NULL},
    {"303D " PSS " 3030 " HASH_A(SHA256) MASK_A(SHA256) SALT32, DAOTP__HASH_SHA256, 32, NULL},
    {"303F " PSS " 3032 " HASH_N(SHA256) MASK_A(SHA256) SALT32, DAOTP__HASH_SHA256, 32, NULL},
    {"303F " PSS " 3032 " HASH_A(SHA256) MASK_N(SHA256) SALT32, DAOTP__HASH_SHA256, 32, NULL},
    {"3041 " PSS " 3034 " HASH_N(SHA384) MASK_N(SHA384) SALT32, DAOTP__HASH_SHA384, 32, NULL},
    {"3041 " PSS " 3034 " HASH_N(SHA512) MASK_N(SHA512) "A203 020140", DAOTP__HASH_SHA512, 64,
     NULL},
    /* defaults: left out, and written out */
    {"303C " PSS " 302F " HASH_N(SHA256) MASK_N(SHA256), DAOTP__HASH_SHA256, 20, NULL},
    {"3041 " PSS " 3034 " HASH_N(SHA256) MASK_N(SHA256) "A203 020114", DAOTP__HASH_SHA256, 20,
     NULL},
    {"3046 " PSS " 3039 " HASH_N(SHA256) MASK_N(SHA256) SALT32 TRAILER1, DAOTP__HASH_SHA256, 32,
     NULL},
    {"3041 " PSS " 3034 " HASH_N(SHA256) MASK_N(SHA256) TRAILER1, DAOTP__HASH_SHA256, 20, NULL},
    {"3041 " PSS " 3034 " HASH_N(SHA256) MASK_N(SHA256) "A203 020100", DAOTP__HASH_SHA256, 0, NULL},
    /* refused */
    {"300B " PSS, 0, 0, "absent"},
    {"300D " PSS " 0500", 0, 0, "cannot be read"},
    {"300D " PSS " 3000", 0, 0, "SHA-1"},
    {"3012 " PSS " 3005 " SALT32, 0, 0, "SHA-1"},
    {"3018 " PSS " 300B A009 3007 " SHA1, 0, 0, "SHA-1"},
    {"3041 " PSS " 3034 " HASH_N(SHA224) MASK_N(SHA224) SALT32, 0, 0, "hashAlgorithm"},
    {"3023 " PSS " 3016 " HASH_N(SHA256) SALT32, 0, 0, "maskGenAlgorithm"},
    {"3041 " PSS " 3034 " HASH_N(SHA256) MASK_N(SHA384) SALT32, 0, 0, "maskGenAlgorithm"},
    {"3030 " PSS " 3023 " HASH_N(SHA256) "A10B 3009 0607 2B812A03020101" SALT32, 0, 0,
     "maskGenAlgorithm"},
    {"3046 " PSS " 3039 " HASH_N(SHA256) MASK_N(SHA256) SALT32 "A303 020102", 0, 0, "trailerField"},
    {"3046 " PSS " 3039 " HASH_N(SHA256) MASK_N(SHA256) TRAILER1 SALT32, 0, 0, "cannot be read"},
    {"3041 " PSS " 3034 " HASH_N(SHA256) MASK_N(SHA256) "A203 0201FF", 0, 0, "cannot be read"},
    {"3043 " PSS " 3036 " HASH_N(SHA256) MASK_N(SHA256) SALT32 "0500", 0, 0, "cannot be read"},
};

static const scheme_case other_cases[] = {
    {"300D 0609 2A864886F70D01010B 0500", DAOTP__HASH_SHA256, 0, NULL},
    {"300B 0609 2A864886F70D01010B", DAOTP__HASH_SHA256, 0, NULL},
    {"300E 0609 2A864886F70D01010B 020101", 0, 0, "parameters"},
    {"300A 0608 2A8648CE3D040302", DAOTP__HASH_SHA256, 0, NULL},
    {"3005 0603 2B6570", DAOTP__HASH_NONE, 0, NULL},
    {"3005 0603 2B6571", DAOTP__HASH_NONE, 0, NULL},
    {"3007 0603 2B6570 0500", 0, 0, "absent"},
    {"300D 0609 2A864886F70D010104 0500", 0, 0, "no signature algorithm"}, /* MD5 */
    {"300D 0609 2A864886F70D010101 0500", 0, 0, "no signature algorithm"}, /* a key's */
    {"300D 0609 608648016503040201 0500", 0, 0, "no signature algorithm"}, /* a digest's */
};

static void expect_scheme(const scheme_case *one)
{
    char text[DAOTP__SCHEME_TEXT];
    daotp__algorithm algorithm;
    daotp__scheme scheme;
    const char *fault = NULL;

    read_algorithm(one->algorithm, &algorithm);
    if (daotp__scheme_read(&algorithm, &scheme, &fault) != (one->fault == NULL))
        fail_msg("%s: %s", one->algorithm, fault != NULL ? fault : "taken");
    if (one->fault != NULL && strstr(fault, one->fault) == NULL)
        fail_msg("%s: \"%s\", not \"%s\"", one->algorithm, fault, one->fault);
    if (one->fault == NULL) {
        assert_int_equal(scheme.hash, one->hash);
        assert_int_equal(scheme.salt_len, one->salt);
    }
    assert_true(strlen(daotp__scheme_describe(&algorithm, text)) > 0);
    if (one->fault == NULL && scheme.kind == DAOTP__SCHEME_PSS)
        assert_non_null(strstr(text, daotp__hash_name(one->hash)));
}

static void encodings_say_one_thing_each(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(pss_cases); i++)
        expect_scheme(&pss_cases[i]);
    for (size_t i = 0; i < COUNT(other_cases); i++)
        expect_scheme(&other_cases[i]);
}

/* ---- keys ------------------------------------------------------------------------------------ */

static void expect_fit(const daotp__public_key *key, const daotp__scheme *scheme, const char *fault)
{
    const char *found = "";

    if (daotp__scheme_fits_key(scheme, key, &found) != (fault == NULL) ||
        (fault != NULL && strstr(found, fault) == NULL))
        fail_msg("\"%s\", not \"%s\"", found, fault != NULL ? fault : "it fits");
}

/* RFC 8017 9.1.1: octets of modBits - 1, less the hash and two. */
static void the_salt_fits_the_modulus(void **state)
{
    static const struct {
        unsigned bits;
        daotp__hash hash;
        uint32_t most;
    } rows[] = {{2048, DAOTP__HASH_SHA256, 222},
                {2049, DAOTP__HASH_SHA256, 222},
                {2050, DAOTP__HASH_SHA256, 223},
                {2048, DAOTP__HASH_SHA512, 190},
                {4096, DAOTP__HASH_SHA384, 462}};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        daotp__public_key key = {.algorithm = DAOTP__OID_RSA, .bits = rows[i].bits};
        daotp__scheme scheme = {DAOTP__SCHEME_PSS, DAOTP__OID_RSA, rows[i].hash, rows[i].most};

        expect_fit(&key, &scheme, NULL);
        scheme.salt_len++;
        expect_fit(&key, &scheme, "larger");
        scheme.salt_len = UINT32_MAX;
        expect_fit(&key, &scheme, "larger");
    }
}

static void parameters_of_a_key_bind(void **state)
{
    daotp__public_key key = {.algorithm = DAOTP__OID_RSA, .bits = 2048, .is_pss = true};
    daotp__scheme pss = {DAOTP__SCHEME_PSS, DAOTP__OID_RSA, DAOTP__HASH_SHA256, 32};
    daotp__scheme pkcs1 = {DAOTP__SCHEME_PKCS1, DAOTP__OID_RSA, DAOTP__HASH_SHA256, 0};

    (void)state;
    expect_fit(&key, &pss, NULL); /* none: any */
    expect_fit(&key, &pkcs1, "RSASSA-PSS only");
    key.has_pss_parameters = true;
    key.pss = (daotp__pss_parameters){DAOTP__HASH_SHA256, DAOTP__HASH_SHA256, 32, 1};
    expect_fit(&key, &pss, NULL);
    pss.salt_len = 33;
    expect_fit(&key, &pss, NULL);
    pss.salt_len = 31;
    expect_fit(&key, &pss, "less than");
    pss = (daotp__scheme){DAOTP__SCHEME_PSS, DAOTP__OID_RSA, DAOTP__HASH_SHA384, 48};
    expect_fit(&key, &pss, "another hash");
    key.pss.hash = DAOTP__HASH_SHA384;
    expect_fit(&key, &pss, "another hash"); /* its mask */
    key.algorithm = DAOTP__OID_EC_KEY;
    expect_fit(&key, &pss, "another kind");
    key.algorithm = DAOTP__OID_ED448;
    expect_fit(&key, &(daotp__scheme){DAOTP__SCHEME_EDDSA, DAOTP__OID_ED25519, 0, 0},
               "another kind");
}

/* ---- signatures ------------------------------------------------------------------------------ */

typedef struct made_signature {
    uint8_t spki[1200], signature[1024];
    size_t spki_len, signature_len;
} made_signature;

static const char message[] = "what is signed";

static void sign_with(EVP_PKEY *key, const EVP_MD *md, int salt, made_signature *made)
{
    unsigned char *at = made->spki;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *padding;
    int len = i2d_PUBKEY(key, NULL);

    assert_true(len > 0 && (size_t)len <= sizeof made->spki);
    made->spki_len = (size_t)i2d_PUBKEY(key, &at);
    made->signature_len = sizeof made->signature;
    assert_int_equal(EVP_DigestSignInit(ctx, &padding, md, NULL, key), 1);
    if (salt >= 0) {
        assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(padding, RSA_PKCS1_PSS_PADDING), 1);
        assert_int_equal(EVP_PKEY_CTX_set_rsa_pss_saltlen(padding, salt), 1);
    }
    assert_int_equal(EVP_DigestSign(ctx, made->signature, &made->signature_len,
                                    (const unsigned char *)message, sizeof message - 1),
                     1);
    EVP_MD_CTX_free(ctx);
}

static bool verifies_as(const made_signature *made, const char *name, size_t len)
{
    daotp__algorithm algorithm;

    read_algorithm(name, &algorithm);
    return daotp__signature_verify((daotp__bytes){made->spki, made->spki_len}, &algorithm,
                                   (daotp__bytes){(const uint8_t *)message, len},
                                   (daotp__bytes){made->signature, made->signature_len});
}

static const char pss_sha256_32[] = "3041 " PSS " 3034 " HASH_N(SHA256) MASK_N(SHA256) SALT32;
static const char pss_sha256_20[] = "303C " PSS " 302F " HASH_N(SHA256) MASK_N(SHA256);

static void the_salt_is_the_one_that_is_named(void **state)
{
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
    made_signature made;

    (void)state;
    sign_with(key, EVP_sha256(), 32, &made);
    assert_true(verifies_as(&made, pss_sha256_32, sizeof message - 1));
    assert_false(verifies_as(&made, pss_sha256_32, sizeof message - 2));
    assert_false(verifies_as(&made, pss_sha256_20, sizeof message - 1));
    assert_false(verifies_as(&made, "300D 0609 2A864886F70D01010B 0500", sizeof message - 1));
    sign_with(key, EVP_sha256(), 20, &made);
    assert_true(verifies_as(&made, pss_sha256_20, sizeof message - 1));
    assert_false(verifies_as(&made, pss_sha256_32, sizeof message - 1));
    sign_with(key, EVP_sha256(), -1, &made); /* PKCS #1 v1.5 */
    assert_true(verifies_as(&made, "300D 0609 2A864886F70D01010B 0500", sizeof message - 1));
    assert_false(verifies_as(&made, pss_sha256_32, sizeof message - 1));
    EVP_PKEY_free(key);
}

/* One key, several ways: the context that is kept is for one of them. */
static void a_kept_context_serves_its_scheme_only(void **state)
{
    EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
    const char *names[] = {pss_sha256_32, pss_sha256_20, "300D 0609 2A864886F70D01010B 0500"};
    made_signature made[3];
    daotp__verify_key key;

    (void)state;
    sign_with(pkey, EVP_sha256(), 32, &made[0]);
    sign_with(pkey, EVP_sha256(), 20, &made[1]);
    sign_with(pkey, EVP_sha256(), -1, &made[2]);
    assert_true(daotp__verify_key_init(&key, (daotp__bytes){made[0].spki, made[0].spki_len}));
    for (size_t i = 0; i < 18; i++) {
        size_t name = i % 3, signature = i / 3 % 3;
        uint8_t digest[DAOTP__HASH_MAX];
        daotp__algorithm algorithm;
        daotp__scheme scheme;
        const char *fault;

        read_algorithm(names[name], &algorithm);
        assert_true(daotp__verify_key_scheme(&key.read, &algorithm, &scheme, &fault));
        assert_int_equal(
            daotp__verify_key_check(
                &key, &scheme,
                daotp__scheme_input(
                    &scheme, (daotp__bytes){(const uint8_t *)message, sizeof message - 1}, digest),
                (daotp__bytes){made[signature].signature, made[signature].signature_len}),
            name == signature);
    }
    daotp__verify_key_free(&key);
    EVP_PKEY_free(pkey);
}

static void edwards_signatures_verify(void **state)
{
    static const struct {
        const char *name, *algorithm, *other;
    } rows[] = {{"ED25519", "3005 0603 2B6570", "3005 0603 2B6571"},
                {"ED448", "3005 0603 2B6571", "3005 0603 2B6570"}};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, rows[i].name);
        made_signature made;

        sign_with(key, NULL, -1, &made);
        assert_true(verifies_as(&made, rows[i].algorithm, sizeof message - 1));
        assert_false(verifies_as(&made, rows[i].other, sizeof message - 1));
        assert_false(verifies_as(&made, rows[i].algorithm, sizeof message - 2));
        made.signature[3] ^= 1;
        assert_false(verifies_as(&made, rows[i].algorithm, sizeof message - 1));
        EVP_PKEY_free(key);
    }
}

/* RFC 4056, RFC 8419: the digest algorithm of a CMS signer says the same. */
static void a_cms_signer_names_one_hash(void **state)
{
    static const struct {
        const char *key, *algorithm;
        int salt;
        daotp__hash hash;
        bool is_good;
    } rows[] = {{"RSA", pss_sha256_32, 32, DAOTP__HASH_SHA256, true},
                {"RSA", pss_sha256_32, 32, DAOTP__HASH_SHA384, false},
                {"RSA", pss_sha256_32, 32, DAOTP__HASH_NONE, false},
                {"RSA", "300D 0609 2A864886F70D010101 0500", -1, DAOTP__HASH_SHA256, true},
                {"RSA", "300D 0609 2A864886F70D010101 0500", -1, DAOTP__HASH_NONE, false},
                {"ED25519", "3005 0603 2B6570", -1, DAOTP__HASH_SHA512, true},
                {"ED25519", "3005 0603 2B6570", -1, DAOTP__HASH_SHA256, false},
                {"ED448", "3005 0603 2B6571", -1, DAOTP__HASH_SHA512, false}};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        EVP_PKEY *key = strcmp(rows[i].key, "RSA") == 0
                            ? EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048)
                            : EVP_PKEY_Q_keygen(NULL, NULL, rows[i].key);
        daotp__algorithm algorithm;
        made_signature made;

        sign_with(key, strcmp(rows[i].key, "RSA") == 0 ? EVP_sha256() : NULL, rows[i].salt, &made);
        read_algorithm(rows[i].algorithm, &algorithm);
        if (daotp__signature_verify_cms((daotp__bytes){made.spki, made.spki_len}, &algorithm,
                                        rows[i].hash, BYTES("what is"), BYTES(" signed"),
                                        (daotp__bytes){made.signature, made.signature_len}) !=
            rows[i].is_good)
            fail_msg("row %zu", i);
        EVP_PKEY_free(key);
    }
}

/* A key of id-RSASSA-PSS as OpenSSL writes it, with parameters and without. */
static void keys_for_pss_alone_are_read(void **state)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA-PSS", NULL);
    daotp__public_key read;
    EVP_PKEY *key = NULL;
    made_signature made;
    char name[DAOTP__KEY_NAME_TEXT];

    (void)state;
    assert_int_equal(EVP_PKEY_keygen_init(ctx), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, 2048), 1);
    assert_int_equal(EVP_PKEY_generate(ctx, &key), 1);
    sign_with(key, EVP_sha256(), 32, &made);
    assert_true(daotp__public_key_read((daotp__bytes){made.spki, made.spki_len}, &read));
    assert_true(read.is_pss && !read.has_pss_parameters);
    assert_non_null(strstr(daotp__public_key_name(&read, name), "RSASSA-PSS only"));
    assert_true(verifies_as(&made, pss_sha256_32, sizeof message - 1));
    EVP_PKEY_free(key);
    key = NULL;
    assert_int_equal(EVP_PKEY_keygen_init(ctx), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_pss_keygen_md(ctx, EVP_sha256()), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_pss_keygen_mgf1_md(ctx, EVP_sha256()), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_pss_keygen_saltlen(ctx, 32), 1);
    assert_int_equal(EVP_PKEY_generate(ctx, &key), 1);
    sign_with(key, EVP_sha256(), 40, &made);
    assert_true(daotp__public_key_read((daotp__bytes){made.spki, made.spki_len}, &read));
    assert_true(read.is_pss && read.has_pss_parameters);
    assert_int_equal(read.pss.salt_len, 32);
    assert_true(verifies_as(&made, "3041 " PSS " 3034 " HASH_N(SHA256) MASK_N(SHA256) "A203 020128",
                            sizeof message - 1));
    EVP_PKEY_free(key);
    EVP_PKEY_CTX_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encodings_say_one_thing_each),
        cmocka_unit_test(the_salt_fits_the_modulus),
        cmocka_unit_test(parameters_of_a_key_bind),
        cmocka_unit_test(the_salt_is_the_one_that_is_named),
        cmocka_unit_test(a_kept_context_serves_its_scheme_only),
        cmocka_unit_test(edwards_signatures_verify),
        cmocka_unit_test(a_cms_signer_names_one_hash),
        cmocka_unit_test(keys_for_pss_alone_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
