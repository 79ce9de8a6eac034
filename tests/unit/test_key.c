/* SPDX-License-Identifier: BSD-2-Clause */
#include "builders.h"
#include "scalar_key.h"

#include "x509/key_form.h"
#include "x509/signature.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
    daotp_key_kind kind;
    const char *name;
    bool rsa;
} kinds[] = {{DAOTP_KEY_RSA_2048, "rsa2048", true},
             {DAOTP_KEY_RSA_3072, "rsa3072", true},
             {DAOTP_KEY_RSA_4096, "rsa4096", true},
             {DAOTP_KEY_P256, "p256", false},
             {DAOTP_KEY_P384, "p384", false}};

static daotp_context *context;
static daotp_key *keys[COUNT(kinds)];

static int read_keys(void **state)
{
    (void)state;
    if (daotp_context_new(&context) != DAOTP_OK)
        return -1;
    for (size_t i = 0; i < COUNT(kinds); i++)
        keys[i] = test_key(context, kinds[i].name);
    return 0;
}

static int free_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++)
        daotp_key_unref(keys[i]);
    daotp_context_unref(context);
    return 0;
}

static daotp_status read_key(const void *bytes, size_t len, const char *passphrase,
                             daotp_finding_number *found)
{
    test_report report = test_report_new();
    daotp_key *key = (daotp_key *)&report;
    daotp_status status =
        daotp_key_read(context, bytes, len, passphrase, passphrase != NULL ? strlen(passphrase) : 0,
                       report.report, &key);

    assert_int_equal(key != NULL, status == DAOTP_OK);
    assert_int_equal(daotp_report_get_status(report.report), status);
    *found = daotp_finding_get_number(daotp_report_get_error(report.report));
    daotp_key_unref(key);
    test_report_free(&report);
    return status;
}

static bool can_sign(const daotp_key *key, daotp__hash hash)
{
    daotp__bytes in = BYTES("what is signed");
    daotp__buffer signature, named;
    daotp__algorithm algorithm;
    daotp__bytes cursor;
    bool ok;

    daotp__buffer_init(&signature, 1000);
    daotp__buffer_init(&named, 100);
    assert_int_equal(daotp__key_sign(key, hash, in, &signature), DAOTP_OK);
    daotp__key_write_algorithm(key, hash, &named);
    cursor = daotp__buffer_bytes(&named);
    assert_true(daotp__algorithm_read(&cursor, &algorithm));
    ok = daotp__signature_verify(daotp__key_spki(key), &algorithm, in,
                                 daotp__buffer_bytes(&signature));
    daotp__buffer_free(&signature);
    daotp__buffer_free(&named);
    return ok;
}

static void every_kind_is_made(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        daotp_key *key;

        assert_int_equal(daotp_key_generate(context, kinds[i].kind, NULL, &key), DAOTP_OK);
        assert_int_equal(daotp_key_get_kind(key), kinds[i].kind);
        assert_int_equal(daotp__key_is_rsa(key), kinds[i].rsa);
        assert_true(daotp_key_is_exportable(key));
        assert_false(daotp__bytes_equal(daotp__key_spki(key), daotp__key_spki(keys[i])));
        assert_true(can_sign(key, DAOTP__HASH_SHA256));
        daotp_key_unref(key);
    }
}

static void every_kind_signs_with_every_hash(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        assert_int_equal(daotp_key_get_kind(keys[i]), kinds[i].kind);
        for (int hash = DAOTP__HASH_SHA1; hash <= DAOTP__HASH_SHA512; hash++)
            assert_true(can_sign(keys[i], (daotp__hash)hash));
    }
}

static void a_key_goes_round_through_pem(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        daotp_key *again;
        char *pem;
        size_t len;

        assert_int_equal(daotp_key_copy_pem(keys[i], &pem, &len), DAOTP_OK);
        assert_int_equal(strlen(pem), len);
        assert_non_null(strstr(pem, "-----BEGIN PRIVATE KEY-----\n"));
        assert_int_equal(daotp_key_read(context, pem, len, NULL, 0, NULL, &again), DAOTP_OK);
        assert_bytes_equal(daotp__key_spki(again), daotp__key_spki(keys[i]));
        assert_int_equal(EVP_PKEY_eq(daotp__key_pkey(again), daotp__key_pkey(keys[i])), 1);
        daotp_key_unref(again);
        daotp_free(pem);
    }
}

static void a_key_that_may_not_leave_stays(void **state)
{
    EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    daotp_key *key = NULL;
    char *pem;
    size_t len = 1;

    (void)state;
    assert_int_equal(daotp__key_wrap(context, pkey, false, NULL, &key), DAOTP_OK);
    assert_false(daotp_key_is_exportable(key));
    assert_int_equal(daotp_key_copy_pem(key, &pem, &len), DAOTP_CONFIGURATION);
    assert_null(pem);
    assert_int_equal(len, 0);
    assert_true(can_sign(key, DAOTP__HASH_SHA256));
    daotp_key_unref(key);
}

static void der_of_every_form_is_read(void **state)
{
    daotp_finding_number found;

    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(daotp__key_pkey(keys[i]));
        unsigned char *der = NULL;
        int len = i2d_PrivateKey(daotp__key_pkey(keys[i]), &der); /* PKCS#1 or SEC 1 */

        assert_int_equal(read_key(der, (size_t)len, NULL, &found), DAOTP_OK);
        assert_int_equal(read_key(der, (size_t)len - 1, NULL, &found), DAOTP_CONFIGURATION);
        assert_int_equal(found, DAOTP_FINDING_KEY_READ);
        OPENSSL_free(der);
        der = NULL;
        len = i2d_PKCS8_PRIV_KEY_INFO(info, &der);
        assert_int_equal(read_key(der, (size_t)len, NULL, &found), DAOTP_OK);
        OPENSSL_free(der);
        PKCS8_PRIV_KEY_INFO_free(info);
    }
}

/* One object, the whole input: what stands behind a key in DER is no part of it. */
static void der_with_something_behind_it_is_refused(void **state)
{
    daotp_finding_number found;
    unsigned char *der = NULL;
    int len = i2d_PrivateKey(daotp__key_pkey(keys[3]), &der);
    uint8_t *longer = calloc(1, (size_t)len + 3);

    (void)state;
    memcpy(longer, der, (size_t)len);
    assert_int_equal(read_key(longer, (size_t)len + 3, NULL, &found), DAOTP_CONFIGURATION);
    free(longer);
    OPENSSL_free(der);
}

static BIO *encrypted(const char *passphrase)
{
    BIO *bio = BIO_new(BIO_s_mem());

    assert_int_equal(PEM_write_bio_PKCS8PrivateKey(bio, daotp__key_pkey(keys[3]), EVP_aes_128_cbc(),
                                                   passphrase, (int)strlen(passphrase), NULL, NULL),
                     1);
    return bio;
}

static void only_the_right_passphrase_opens(void **state)
{
    BIO *bio = encrypted("right & proper");
    daotp_finding_number found;
    char longer[5000], *pem;
    size_t len = (size_t)BIO_get_mem_data(bio, &pem);

    (void)state;
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    assert_int_equal(read_key(pem, len, "right & proper", &found), DAOTP_OK);
    assert_int_equal(read_key(pem, len, "right & prope", &found), DAOTP_CONFIGURATION);
    assert_int_equal(found, DAOTP_FINDING_KEY_READ);
    assert_int_equal(read_key(pem, len, "", &found), DAOTP_CONFIGURATION);
    assert_int_equal(read_key(pem, len, longer, &found), DAOTP_CONFIGURATION);
    assert_int_equal(read_key(pem, len, NULL, &found), DAOTP_CONFIGURATION); /* and never asks */
    BIO_free(bio);
}

static void no_error_is_left_in_the_hosts_queue(void **state)
{
    static const char pem[] = "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n";
    daotp_finding_number found;

    (void)state;
    ERR_clear_error();
    (void)read_key("0\x82nonsense", 10, NULL, &found);
    (void)read_key(pem, sizeof pem - 1, NULL, &found);
    assert_int_equal(ERR_peek_error(), 0);
}

static void what_is_no_key_is_refused(void **state)
{
    static const char *const rows[] = {
        "",
        "nonsense",
        "0",
        "-----BEGIN PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n",
        "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"};
    daotp_finding_number found;
    char *longer = malloc(DAOTP__MAX_KEY_FILE + 1);

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(read_key(rows[i], strlen(rows[i]), NULL, &found), DAOTP_CONFIGURATION);
        assert_int_equal(found, DAOTP_FINDING_KEY_READ);
    }
    memset(longer, ' ', DAOTP__MAX_KEY_FILE + 1);
    assert_int_equal(read_key(longer, DAOTP__MAX_KEY_FILE + 1, NULL, &found), DAOTP_CONFIGURATION);
    free(longer);
}

static void a_public_key_is_no_key(void **state)
{
    daotp__bytes spki = daotp__key_spki(keys[3]);
    daotp_finding_number found;

    (void)state;
    assert_int_equal(read_key(spki.data, spki.len, NULL, &found), DAOTP_CONFIGURATION);
    assert_int_equal(found, DAOTP_FINDING_KEY_READ);
}

static void kinds_and_sizes_not_used_are_refused(void **state)
{
    EVP_PKEY *pkeys[] = {EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)1024),
                         EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2040),
                         EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-521"),
                         EVP_PKEY_Q_keygen(NULL, NULL, "EC", "secp256k1"),
                         EVP_PKEY_Q_keygen(NULL, NULL, "ED25519")};

    (void)state;
    for (size_t i = 0; i < COUNT(pkeys); i++) {
        BIO *bio = BIO_new(BIO_s_mem());
        daotp_finding_number found;
        char *pem;
        long len;

        assert_int_equal(PEM_write_bio_PrivateKey(bio, pkeys[i], NULL, NULL, 0, NULL, NULL), 1);
        len = BIO_get_mem_data(bio, &pem);
        assert_int_equal(read_key(pem, (size_t)len, NULL, &found), DAOTP_CONFIGURATION);
        assert_int_equal(found, DAOTP_FINDING_KEY_KIND);
        BIO_free(bio);
        EVP_PKEY_free(pkeys[i]);
    }
}

/* A pair of ours whose private half anybody can make: libcrypto takes it. */
static void a_key_that_others_have_is_refused(void **state)
{
    EVP_PKEY *one = scalar_key(1);
    daotp_finding_number found;
    unsigned char *der = NULL;
    int len = i2d_PrivateKey(one, &der);

    (void)state;
    assert_int_equal(read_key(der, (size_t)len, NULL, &found), DAOTP_CONFIGURATION);
    assert_int_equal(found, DAOTP_FINDING_KEY_WEAK);
    OPENSSL_free(der);
    EVP_PKEY_free(one);
}

static void a_key_file_must_be_closed_to_others(void **state)
{
    char path[] = "/tmp/daotp-test-key-XXXXXX";
    int fd = mkstemp(path);
    daotp_key *key;
    char *pem;
    size_t len;

    (void)state;
    assert_int_equal(daotp_key_copy_pem(keys[3], &pem, &len), DAOTP_OK);
    assert_int_equal(write(fd, pem, len), len);
    daotp_free(pem);
    for (unsigned i = 0; i < 3; i++) {
        static const mode_t modes[] = {0600, 0640, 0604};
        test_report report = test_report_new();

        assert_int_equal(fchmod(fd, modes[i]), 0);
        assert_int_equal(daotp_key_load(context, path, NULL, 0, report.report, &key),
                         i == 0 ? DAOTP_OK : DAOTP_CONFIGURATION);
        assert_int_equal(test_report_has(&report, DAOTP_FINDING_FILE_OPEN_TO_OTHERS), i != 0);
        assert_int_equal(key != NULL, i == 0);
        daotp_key_unref(key);
        test_report_free(&report);
    }
    (void)close(fd);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(daotp_key_load(context, path, NULL, 0, NULL, &key), DAOTP_CONFIGURATION);
}

static void arguments_are_checked(void **state)
{
    daotp_key *key = keys[0];
    char *pem;
    size_t len;

    (void)state;
    assert_int_equal(daotp_key_generate(context, 0, NULL, &key), DAOTP_USAGE);
    assert_null(key);
    assert_int_equal(daotp_key_generate(context, DAOTP_KEY_P384 + 1, NULL, &key), DAOTP_USAGE);
    assert_int_equal(daotp_key_generate(NULL, DAOTP_KEY_P256, NULL, &key), DAOTP_USAGE);
    assert_int_equal(daotp_key_generate(context, DAOTP_KEY_P256, NULL, NULL), DAOTP_USAGE);
    assert_int_equal(daotp_key_read(NULL, "x", 1, NULL, 0, NULL, &key), DAOTP_USAGE);
    assert_int_equal(daotp_key_read(context, NULL, 0, NULL, 0, NULL, &key), DAOTP_USAGE);
    assert_int_equal(daotp_key_read(context, "x", 1, NULL, 0, NULL, NULL), DAOTP_USAGE);
    assert_int_equal(daotp_key_load(context, NULL, NULL, 0, NULL, &key), DAOTP_USAGE);
    assert_int_equal(daotp_key_load(context, "x", NULL, 0, NULL, NULL), DAOTP_USAGE);
    assert_int_equal(daotp_key_copy_pem(NULL, &pem, &len), DAOTP_USAGE);
    assert_int_equal(daotp_key_copy_pem(keys[0], NULL, &len), DAOTP_USAGE);
    assert_int_equal(daotp_key_copy_pem(keys[0], &pem, NULL), DAOTP_USAGE);
    assert_int_equal(daotp_key_get_kind(NULL), 0);
    assert_null(daotp_key_ref(NULL));
    daotp_key_unref(NULL);
}

static void a_key_lives_as_long_as_its_last_reference(void **state)
{
    daotp_context *own;
    daotp_key *key;

    (void)state;
    assert_int_equal(daotp_context_new(&own), DAOTP_OK);
    assert_int_equal(daotp_key_generate(own, DAOTP_KEY_P256, NULL, &key), DAOTP_OK);
    daotp_context_unref(own);
    assert_ptr_equal(daotp_key_ref(key), key);
    daotp_key_unref(key);
    assert_true(can_sign(key, DAOTP__HASH_SHA256));
    daotp_key_unref(key);
}

static void algorithms_are_named_as_windows_does(void **state)
{
    static const struct {
        unsigned key;
        bool cms;
        const char *hex;
    } rows[] = {
        {0, false, "300D 0609 2A864886F70D01010B 0500"}, /* sha256WithRSAEncryption */
        {0, true, "300D 0609 2A864886F70D010101 0500"},  /* rsaEncryption, protocol.md 3.3 */
        {3, false, "300A 0608 2A8648CE3D040302"},        /* RFC 5758 3.2: no parameters */
        {3, true, "300A 0608 2A8648CE3D040302"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        daotp__buffer out;

        daotp__buffer_init(&out, 100);
        if (rows[i].cms)
            daotp__key_write_cms_algorithm(keys[rows[i].key], DAOTP__HASH_SHA256, &out);
        else
            daotp__key_write_algorithm(keys[rows[i].key], DAOTP__HASH_SHA256, &out);
        assert_bytes_equal(daotp__buffer_bytes(&out), hex(rows[i].hex));
        daotp__buffer_free(&out);
    }
}

static daotp__buffer pkcs8_of(const daotp_key *key, bool with_public)
{
    EVP_PKEY *pkey = daotp__key_pkey(key);
    PKCS8_PRIV_KEY_INFO *info;
    unsigned char *der = NULL;
    daotp__buffer out;
    int len;

    if (!daotp__key_is_rsa(key))
        assert_int_equal(EVP_PKEY_set_int_param(pkey, "include-public", with_public), 1);
    info = EVP_PKEY2PKCS8(pkey);
    len = i2d_PKCS8_PRIV_KEY_INFO(info, &der);
    assert_true(len > 0);
    daotp__buffer_init(&out, (size_t)len);
    daotp__buffer_add(&out, der, (size_t)len);
    PKCS8_PRIV_KEY_INFO_free(info);
    OPENSSL_free(der);
    return out;
}

static void a_private_key_holds_its_public_key(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        daotp__buffer der = pkcs8_of(keys[i], true);

        for (size_t j = 0; j < COUNT(kinds); j++)
            assert_int_equal(
                daotp__key_holds_public(daotp__buffer_bytes(&der), daotp__key_spki(keys[j])),
                i == j);
        for (size_t len = 0; len < der.len; len++)
            assert_false(
                daotp__key_holds_public((daotp__bytes){der.data, len}, daotp__key_spki(keys[i])));
        for (size_t len = 0; len < daotp__key_spki(keys[i]).len; len++)
            assert_false(daotp__key_holds_public(
                daotp__buffer_bytes(&der), (daotp__bytes){daotp__key_spki(keys[i]).data, len}));
        daotp__buffer_free(&der);
    }
}

/* RFC 5915 3: it is optional. */
static void an_ec_key_may_hold_no_public_key(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        daotp_key *own = test_key(context, kinds[i].name);
        daotp__buffer der = pkcs8_of(own, false);

        assert_int_equal(daotp__key_holds_public(daotp__buffer_bytes(&der), daotp__key_spki(own)),
                         kinds[i].rsa);
        daotp__buffer_free(&der);
        daotp_key_unref(own);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_private_key_holds_its_public_key),
        cmocka_unit_test(an_ec_key_may_hold_no_public_key),
        cmocka_unit_test(every_kind_is_made),
        cmocka_unit_test(every_kind_signs_with_every_hash),
        cmocka_unit_test(a_key_goes_round_through_pem),
        cmocka_unit_test(a_key_that_may_not_leave_stays),
        cmocka_unit_test(der_of_every_form_is_read),
        cmocka_unit_test(der_with_something_behind_it_is_refused),
        cmocka_unit_test(only_the_right_passphrase_opens),
        cmocka_unit_test(no_error_is_left_in_the_hosts_queue),
        cmocka_unit_test(what_is_no_key_is_refused),
        cmocka_unit_test(a_public_key_is_no_key),
        cmocka_unit_test(kinds_and_sizes_not_used_are_refused),
        cmocka_unit_test(a_key_that_others_have_is_refused),
        cmocka_unit_test(a_key_file_must_be_closed_to_others),
        cmocka_unit_test(arguments_are_checked),
        cmocka_unit_test(a_key_lives_as_long_as_its_last_reference),
        cmocka_unit_test(algorithms_are_named_as_windows_does),
    };

    return cmocka_run_group_tests(tests, read_keys, free_keys);
}
