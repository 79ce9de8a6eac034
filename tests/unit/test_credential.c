/* SPDX-License-Identifier: BSD-2-Clause */
#include "builders.h"

#include "x509/credential.h"
#include "x509/pem.h"

#include <unistd.h>

static daotp_context *context;
static daotp_key *key, *ca_key;
static daotp__buffer leaf, ca, pem;

static int make_all(void **state)
{
    const certificate_plan plan = {.subject = "CN=Alice\\, A.,OU=Staff,DC=corp",
                                   .upn = "alice@corp.example",
                                   .serial = 0xABCDEF};
    const certificate_plan ca_plan = {.subject = "CN=Test CA,DC=corp,DC=example", .ca = true};

    (void)state;
    if (daotp_context_new(&context) != DAOTP_OK)
        return -1;
    key = test_key(context, "p256");
    ca_key = test_key(context, "other-p256");
    daotp__buffer_init(&leaf, DAOTP__MAX_CERTIFICATE);
    daotp__buffer_init(&ca, DAOTP__MAX_CERTIFICATE);
    daotp__buffer_init(&pem, DAOTP__MAX_FILE);
    make_certificate(&plan, key, ca_key, &leaf);
    make_certificate(&ca_plan, ca_key, ca_key, &ca);
    daotp__pem_write(&pem, "CERTIFICATE", daotp__buffer_bytes(&leaf));
    daotp__pem_write(&pem, "CERTIFICATE", daotp__buffer_bytes(&ca));
    return 0;
}

static int free_all(void **state)
{
    (void)state;
    daotp__buffer_free(&leaf);
    daotp__buffer_free(&ca);
    daotp__buffer_free(&pem);
    daotp_key_unref(key);
    daotp_key_unref(ca_key);
    daotp_context_unref(context);
    return 0;
}

static daotp_credential *make(void)
{
    daotp_credential *credential;

    assert_int_equal(daotp_credential_new(context, pem.data, pem.len, key, NULL, &credential),
                     DAOTP_OK);
    return credential;
}

static void a_credential_says_what_its_leaf_is(void **state)
{
    daotp_credential *credential = make();
    const uint8_t *der;
    size_t len;

    (void)state;
    assert_int_equal(daotp_credential_get_count(credential), 2);
    assert_string_equal(daotp_credential_get_upn(credential), "alice@corp.example");
    assert_string_equal(daotp_credential_get_subject(credential),
                        "CN=Alice\\, A.,OU=Staff,DC=corp");
    assert_string_equal(daotp_credential_get_issuer(credential), "CN=Test CA,DC=corp,DC=example");
    assert_string_equal(daotp_credential_get_serial(credential), "00abcdef");
    assert_int_equal(daotp_credential_get_not_before(credential), MAKE_NOW - 3600);
    assert_int_equal(daotp_credential_get_not_after(credential), MAKE_NOW + 47 * 3600);
    assert_ptr_equal(daotp_credential_get_key(credential), key);
    der = daotp_credential_get_certificate(credential, 0, &len);
    assert_bytes_equal((daotp__bytes){der, len}, daotp__buffer_bytes(&leaf));
    der = daotp_credential_get_certificate(credential, 1, &len);
    assert_bytes_equal((daotp__bytes){der, len}, daotp__buffer_bytes(&ca));
    assert_null(daotp_credential_get_certificate(credential, 2, &len));
    assert_int_equal(len, 0);
    assert_null(daotp_credential_get_certificate(credential, SIZE_MAX, NULL));
    daotp_credential_unref(credential);
}

static void its_pem_makes_it_again(void **state)
{
    daotp_credential *credential = make(), *again;
    char *text;
    size_t len;

    (void)state;
    assert_int_equal(daotp_credential_copy_pem(credential, &text, &len), DAOTP_OK);
    assert_int_equal(strlen(text), len);
    assert_string_equal(text, daotp__buffer_string(&pem));
    assert_int_equal(daotp_credential_new(context, text, len, key, NULL, &again), DAOTP_OK);
    assert_int_equal(daotp_credential_get_count(again), 2);
    daotp_free(text);
    daotp_credential_unref(credential);
    daotp_credential_unref(again);
}

static void one_certificate_in_der_will_do(void **state)
{
    daotp_credential *credential;

    (void)state;
    assert_int_equal(daotp_credential_new(context, leaf.data, leaf.len, key, NULL, &credential),
                     DAOTP_OK);
    assert_int_equal(daotp_credential_get_count(credential), 1);
    daotp_credential_unref(credential);
}

static void a_name_that_is_missing_is_empty(void **state)
{
    const certificate_plan plan = {.issuer = ""};
    daotp_credential *credential;
    daotp__buffer der;

    (void)state;
    daotp__buffer_init(&der, DAOTP__MAX_CERTIFICATE);
    make_certificate(&plan, key, ca_key, &der);
    assert_int_equal(daotp_credential_new(context, der.data, der.len, key, NULL, &credential),
                     DAOTP_OK);
    assert_string_equal(daotp_credential_get_upn(credential), "");
    assert_string_equal(daotp_credential_get_subject(credential), "");
    assert_string_equal(daotp_credential_get_issuer(credential), "");
    daotp_credential_unref(credential);
    daotp__buffer_free(&der);
}

static void key_and_leaf_must_belong_together(void **state)
{
    test_report report = test_report_new();
    daotp_credential *credential;

    (void)state;
    assert_int_equal(
        daotp_credential_new(context, pem.data, pem.len, ca_key, report.report, &credential),
        DAOTP_CONFIGURATION);
    assert_null(credential);
    assert_true(test_report_has(&report, DAOTP_FINDING_KEY_MISMATCH));
    assert_int_equal(daotp_report_get_status(report.report), DAOTP_CONFIGURATION);
    test_report_free(&report);
}

static void what_is_no_certificate_is_refused(void **state)
{
    test_report report = test_report_new();
    daotp_credential *credential;

    (void)state;
    assert_int_equal(daotp_credential_new(context, "junk", 4, key, report.report, &credential),
                     DAOTP_PEER);
    assert_null(credential);
    assert_true(test_report_has(&report, DAOTP_FINDING_CERT_DER));
    assert_int_equal(daotp_credential_new(context, "", 0, key, NULL, &credential), DAOTP_PEER);
    /* certificates that are cut off in the second */
    assert_int_equal(daotp_credential_new(context, pem.data, pem.len - 40, key, NULL, &credential),
                     DAOTP_PEER);
    assert_null(credential);
    test_report_free(&report);
}

static void a_chain_is_bounded(void **state)
{
    daotp_credential *credential;
    daotp__buffer longer;

    (void)state;
    daotp__buffer_init(&longer, DAOTP__MAX_FILE);
    for (unsigned i = 0; i < DAOTP__MAX_CHAIN; i++)
        daotp__pem_write(&longer, "CERTIFICATE", daotp__buffer_bytes(&leaf));
    assert_int_equal(daotp_credential_new(context, longer.data, longer.len, key, NULL, &credential),
                     DAOTP_OK);
    daotp_credential_unref(credential);
    daotp__pem_write(&longer, "CERTIFICATE", daotp__buffer_bytes(&leaf));
    assert_int_equal(daotp_credential_new(context, longer.data, longer.len, key, NULL, &credential),
                     DAOTP_PEER);
    assert_null(credential);
    daotp__buffer_free(&longer);
}

static void a_credential_comes_from_files(void **state)
{
    char folder[] = "/tmp/daotp-test-credential-XXXXXX", certificates[64], private[64];
    daotp_credential *credential;
    char *text;
    size_t len;

    (void)state;
    assert_non_null(mkdtemp(folder));
    (void)snprintf(certificates, sizeof certificates, "%s/cert.pem", folder);
    (void)snprintf(private, sizeof private, "%s/key.pem", folder);
    assert_int_equal(daotp__file_save(certificates, pem.data, pem.len, NULL), DAOTP_OK);
    assert_int_equal(daotp_credential_load(context, certificates, private, NULL, &credential),
                     DAOTP_CONFIGURATION); /* no key file */
    assert_null(credential);
    assert_int_equal(daotp_key_copy_pem(key, &text, &len), DAOTP_OK);
    assert_int_equal(daotp__file_save(private, text, len, NULL), DAOTP_OK);
    daotp_free(text);
    assert_int_equal(daotp_credential_load(context, certificates, private, NULL, &credential),
                     DAOTP_OK);
    assert_int_equal(daotp_credential_get_count(credential), 2);
    daotp_credential_unref(credential);
    assert_int_equal(unlink(certificates), 0);
    assert_int_equal(daotp_credential_load(context, certificates, private, NULL, &credential),
                     DAOTP_CONFIGURATION);
    assert_int_equal(unlink(private), 0);
    assert_int_equal(rmdir(folder), 0);
}

static void a_credential_keeps_all_it_needs_alive(void **state)
{
    daotp_context *own;
    daotp_key *own_key;
    daotp_credential *credential;

    (void)state;
    assert_int_equal(daotp_context_new(&own), DAOTP_OK);
    own_key = test_key(own, "p256");
    assert_int_equal(daotp_credential_new(own, pem.data, pem.len, own_key, NULL, &credential),
                     DAOTP_OK);
    daotp_key_unref(own_key);
    daotp_context_unref(own);
    assert_ptr_equal(daotp_credential_ref(credential), credential);
    daotp_credential_unref(credential);
    assert_int_equal(daotp_key_get_kind(daotp_credential_get_key(credential)), DAOTP_KEY_P256);
    daotp_credential_unref(credential);
}

static void arguments_are_checked(void **state)
{
    daotp_credential *credential;
    char *text;
    size_t len;

    (void)state;
    assert_int_equal(daotp_credential_new(NULL, pem.data, pem.len, key, NULL, &credential),
                     DAOTP_USAGE);
    assert_null(credential);
    assert_int_equal(daotp_credential_new(context, NULL, 0, key, NULL, &credential), DAOTP_USAGE);
    assert_int_equal(daotp_credential_new(context, pem.data, pem.len, NULL, NULL, &credential),
                     DAOTP_USAGE);
    assert_int_equal(daotp_credential_new(context, pem.data, pem.len, key, NULL, NULL),
                     DAOTP_USAGE);
    assert_int_equal(daotp_credential_load(context, NULL, "x", NULL, &credential), DAOTP_USAGE);
    assert_int_equal(daotp_credential_load(context, "x", NULL, NULL, &credential), DAOTP_USAGE);
    assert_int_equal(daotp_credential_load(context, "x", "x", NULL, NULL), DAOTP_USAGE);
    assert_int_equal(daotp_credential_copy_pem(NULL, &text, &len), DAOTP_USAGE);
    assert_null(daotp_credential_ref(NULL));
    assert_null(daotp_credential_get_key(NULL));
    assert_int_equal(daotp_credential_get_count(NULL), 0);
    assert_string_equal(daotp_credential_get_upn(NULL), "");
    assert_string_equal(daotp_credential_get_subject(NULL), "");
    daotp_credential_unref(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_credential_says_what_its_leaf_is),
        cmocka_unit_test(its_pem_makes_it_again),
        cmocka_unit_test(one_certificate_in_der_will_do),
        cmocka_unit_test(a_name_that_is_missing_is_empty),
        cmocka_unit_test(key_and_leaf_must_belong_together),
        cmocka_unit_test(what_is_no_certificate_is_refused),
        cmocka_unit_test(a_chain_is_bounded),
        cmocka_unit_test(a_credential_comes_from_files),
        cmocka_unit_test(a_credential_keeps_all_it_needs_alive),
        cmocka_unit_test(arguments_are_checked),
    };

    return cmocka_run_group_tests(tests, make_all, free_all);
}
