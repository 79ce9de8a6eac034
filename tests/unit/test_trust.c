/* SPDX-License-Identifier: BSD-2-Clause */
#include "builders.h"

#include "x509/pem.h"
#include "x509/trust.h"

#include <openssl/x509_vfy.h>
#include <unistd.h>

static daotp_context *context;
static daotp_key *ca_key, *key;
static daotp__buffer ca, leaf;

static int make_all(void **state)
{
    const certificate_plan ca_plan = {
        .subject = "CN=Test CA,DC=corp,DC=example", .ca = true, .key_usage = 0x84};
    const certificate_plan plan = {.subject = "CN=leaf"};

    (void)state;
    if (daotp_context_new(&context) != DAOTP_OK)
        return -1;
    ca_key = test_key(context, "other-p256");
    key = test_key(context, "p256");
    daotp__buffer_init(&ca, DAOTP__MAX_CERTIFICATE);
    daotp__buffer_init(&leaf, DAOTP__MAX_CERTIFICATE);
    make_certificate(&ca_plan, ca_key, ca_key, &ca);
    make_certificate(&plan, key, ca_key, &leaf);
    return 0;
}

static int free_all(void **state)
{
    (void)state;
    daotp__buffer_free(&ca);
    daotp__buffer_free(&leaf);
    daotp_key_unref(ca_key);
    daotp_key_unref(key);
    daotp_context_unref(context);
    return 0;
}

static daotp_trust *make(void)
{
    daotp_trust *trust;

    assert_int_equal(daotp_trust_new(context, &trust), DAOTP_OK);
    assert_int_equal(daotp_trust_get_count(trust), 0);
    return trust;
}

static void anchors_come_from_der_and_pem(void **state)
{
    daotp_trust *trust = make();
    daotp__buffer pem;

    (void)state;
    assert_int_equal(daotp_trust_add(trust, ca.data, ca.len, NULL), DAOTP_OK);
    assert_int_equal(daotp_trust_get_count(trust), 1);
    daotp__buffer_init(&pem, DAOTP__MAX_FILE);
    for (unsigned i = 0; i < 10; i++)
        daotp__pem_write(&pem, "CERTIFICATE", daotp__buffer_bytes(&ca));
    assert_int_equal(daotp_trust_add(trust, pem.data, pem.len, NULL), DAOTP_OK);
    assert_int_equal(daotp_trust_get_count(trust), 11);
    daotp__buffer_free(&pem);
    daotp_trust_unref(trust);
}

static void anchors_come_from_a_file(void **state)
{
    char path[] = "/tmp/daotp-test-trust-XXXXXX";
    int fd = mkstemp(path);
    test_report report = test_report_new();
    daotp_trust *trust = make();

    (void)state;
    assert_int_equal(write(fd, ca.data, ca.len), ca.len);
    (void)close(fd);
    assert_int_equal(daotp_trust_add_file(trust, path, report.report), DAOTP_OK);
    assert_int_equal(daotp_trust_get_count(trust), 1);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(daotp_trust_add_file(trust, path, report.report), DAOTP_CONFIGURATION);
    assert_true(test_report_has(&report, DAOTP_FINDING_FILE_READ));
    assert_int_equal(daotp_trust_get_count(trust), 1);
    daotp_trust_unref(trust);
    test_report_free(&report);
}

static void what_is_no_anchor_is_refused(void **state)
{
    test_report report = test_report_new();
    daotp_trust *trust = make();

    (void)state;
    assert_int_equal(daotp_trust_add(trust, "junk", 4, report.report), DAOTP_PEER);
    assert_true(test_report_has(&report, DAOTP_FINDING_CERT_DER));
    assert_int_equal(
        daotp_trust_add(trust, "-----BEGIN X-----\n-----END X-----\n", 34, report.report),
        DAOTP_CONFIGURATION);
    assert_true(test_report_has(&report, DAOTP_FINDING_TRUST_EMPTY));
    assert_int_equal(daotp_trust_get_count(trust), 0);
    daotp_trust_unref(trust);
    test_report_free(&report);
}

static void a_trust_in_use_is_immutable(void **state)
{
    test_report report = test_report_new();
    daotp_trust *trust = make();

    (void)state;
    assert_int_equal(daotp_trust_add(trust, ca.data, ca.len, report.report), DAOTP_OK);
    assert_ptr_equal(daotp_trust_ref(trust), trust);
    assert_int_equal(daotp_trust_add(trust, ca.data, ca.len, report.report), DAOTP_USAGE);
    assert_true(test_report_has(&report, DAOTP_FINDING_CALL_ORDER));
    daotp_trust_unref(trust);
    assert_int_equal(daotp_trust_add(trust, ca.data, ca.len, NULL), DAOTP_USAGE); /* for ever */
    assert_int_equal(daotp_trust_get_count(trust), 1);
    daotp_trust_unref(trust);
    test_report_free(&report);
}

static int verify(daotp_trust *trust)
{
    X509_STORE *store = daotp__trust_x509_store(trust);
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    const unsigned char *at = leaf.data;
    X509 *certificate = d2i_X509(NULL, &at, (long)leaf.len);
    int ok;

    assert_non_null(store);
    assert_int_equal(X509_STORE_CTX_init(ctx, store, certificate, NULL), 1);
    X509_STORE_CTX_set_time(ctx, 0, (time_t)MAKE_NOW);
    ok = X509_verify_cert(ctx);
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);
    X509_free(certificate);
    return ok;
}

static void openssl_believes_the_anchors_and_nobody_else(void **state)
{
    daotp_trust *trust = make();

    (void)state;
    assert_int_equal(verify(trust), 0);
    assert_int_equal(daotp_trust_add(trust, ca.data, ca.len, NULL), DAOTP_OK);
    assert_int_equal(daotp_trust_add(trust, ca.data, ca.len, NULL), DAOTP_OK); /* twice: no harm */
    assert_int_equal(verify(trust), 1);
    daotp_trust_unref(trust);
}

/* What is refused touches nothing: another thread may be at a handshake with this. */
static void a_refused_addition_lets_go_of_nothing(void **state)
{
    daotp_trust *trust = make();
    X509_STORE *before, *after;

    (void)state;
    assert_int_equal(daotp_trust_add(trust, ca.data, ca.len, NULL), DAOTP_OK);
    (void)daotp_trust_ref(trust);
    before = daotp__trust_x509_store(trust);
    assert_int_equal(daotp_trust_add(trust, ca.data, ca.len, NULL), DAOTP_USAGE);
    assert_int_equal(daotp_trust_add_intermediates(trust, ca.data, ca.len, NULL), DAOTP_USAGE);
    after = daotp__trust_x509_store(trust);
    assert_ptr_equal(before, after);
    X509_STORE_free(before);
    X509_STORE_free(after);
    daotp_trust_unref(trust);
    daotp_trust_unref(trust);
}

static void a_trust_keeps_its_context_alive(void **state)
{
    daotp_context *own;
    daotp_trust *trust;

    (void)state;
    assert_int_equal(daotp_context_new(&own), DAOTP_OK);
    assert_int_equal(daotp_trust_new(own, &trust), DAOTP_OK);
    daotp_context_unref(own);
    assert_int_equal(daotp_trust_add(trust, ca.data, ca.len, NULL), DAOTP_OK);
    daotp_trust_unref(trust);
}

static void arguments_are_checked(void **state)
{
    daotp_trust *trust;

    (void)state;
    assert_int_equal(daotp_trust_new(NULL, &trust), DAOTP_USAGE);
    assert_null(trust);
    assert_int_equal(daotp_trust_new(context, NULL), DAOTP_USAGE);
    assert_int_equal(daotp_trust_add(NULL, "x", 1, NULL), DAOTP_USAGE);
    assert_int_equal(daotp_trust_add_file(NULL, "x", NULL), DAOTP_USAGE);
    trust = make();
    assert_int_equal(daotp_trust_add(trust, NULL, 0, NULL), DAOTP_USAGE);
    assert_int_equal(daotp_trust_add_file(trust, NULL, NULL), DAOTP_USAGE);
    daotp_trust_unref(trust);
    daotp_trust_unref(NULL);
    assert_null(daotp_trust_ref(NULL));
    assert_int_equal(daotp_trust_get_count(NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(anchors_come_from_der_and_pem),
        cmocka_unit_test(anchors_come_from_a_file),
        cmocka_unit_test(what_is_no_anchor_is_refused),
        cmocka_unit_test(a_trust_in_use_is_immutable),
        cmocka_unit_test(a_refused_addition_lets_go_of_nothing),
        cmocka_unit_test(openssl_believes_the_anchors_and_nobody_else),
        cmocka_unit_test(a_trust_keeps_its_context_alive),
        cmocka_unit_test(arguments_are_checked),
    };

    return cmocka_run_group_tests(tests, make_all, free_all);
}
