/* SPDX-License-Identifier: BSD-2-Clause */
/* The doctor, with each of its allocations failing: rows that pass, fail and are skipped, what is
 * told of them, and the certificate that a KDC must refuse. */
#include "testing.h"
#include "torture.h"

#include "request/self_signed.h"

#include <daotp/daotp.h>
#include <daotp/sys/probe.h>
#include <string.h>

static daotp_context *context;
static daotp_key *key;

static int set_up(void **state)
{
    (void)state;
    context = forge_context();
    return daotp_key_generate(context, DAOTP_KEY_P256, NULL, &key) == DAOTP_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    daotp_key_unref(key);
    daotp_context_unref(context);
    return 0;
}

static daotp_status step_warning(void *self, daotp_report *report)
{
    (void)self;
    return daotp_report_add(report, DAOTP_FINDING_CRL_ENDS_SOON, 7, "http://a.example/a.crl", "x");
}

static void free_nothing(void *self)
{
    (void)self;
}

static const daotp_probe warning = {
    .size = sizeof warning, .step = step_warning, .free = free_nothing, .comes_first = true};

/* An event of a domain controller, which is looked up. */
static const char log_text[] =
    "Source: Microsoft-Windows-Kerberos-Key-Distribution-Center\nEvent ID: 19\nLevel: Warning\n";

static daotp_status set_up_doctor(daotp_doctor *doctor, daotp_client *client)
{
    daotp_status status = daotp_doctor_set_client(doctor, client);

    if (status == DAOTP_OK)
        status = daotp_doctor_set_user(doctor, "CORP\\alice");
    if (status == DAOTP_OK)
        status = daotp_doctor_set_code(doctor, "123456", 6);
    if (status == DAOTP_OK)
        status = daotp_doctor_add_probe(doctor, "mine", "a probe", &warning, NULL, "here");
    if (status == DAOTP_OK)
        status = daotp_doctor_add_file(doctor, "log", log_text, sizeof log_text - 1);
    return status;
}

/* A client without settings is refused by its first row: that is how a whole run ends. */
static daotp_status take_verdict(daotp_doctor *doctor, daotp_status status)
{
    size_t row;

    if (status != DAOTP_REJECTED)
        return status;
    if (*daotp_doctor_get_text(doctor) == '\0' || strlen(daotp_doctor_get_json(doctor)) < 10)
        return DAOTP_MEMORY;
    assert_int_equal(daotp_doctor_finish(doctor, &row), DAOTP_REJECTED);
    assert_int_equal(row, 1);
    return DAOTP_OK;
}

static daotp_status visit_once(void *user)
{
    daotp_client *client = NULL;
    daotp_doctor *doctor = NULL;
    daotp_status status = daotp_client_new(context, &client);

    (void)user;
    if (status == DAOTP_OK)
        status = daotp_doctor_new(context, &doctor);
    if (status == DAOTP_OK)
        status = set_up_doctor(doctor, client);
    if (status == DAOTP_OK)
        status = take_verdict(doctor, daotp_doctor_run(doctor));
    daotp_doctor_free(doctor);
    daotp_client_free(client);
    return status;
}

static void a_visit(void **state)
{
    (void)state;
    assert_true(torture("a visit", visit_once, NULL) > 30);
}

static daotp_status forge_once(void *user)
{
    daotp__csr_spec spec = {.subject = {(const uint8_t *)"\x30\x00", 2},
                            .upn = {(const uint8_t *)"a@b", 3}};
    daotp_credential *credential = NULL;
    daotp_status status =
        daotp__self_signed_make(context, &spec, key, 1700000000, NULL, &credential);

    (void)user;
    daotp_credential_unref(credential);
    return status;
}

static void a_certificate_to_be_refused(void **state)
{
    (void)state;
    assert_true(torture("a self-signed certificate", forge_once, NULL) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_visit),
                                       cmocka_unit_test(a_certificate_to_be_refused)};

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
