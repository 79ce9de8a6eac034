/* SPDX-License-Identifier: BSD-2-Clause */
/* daotp_ca_ping()'s submission without a request: which ways it takes, and what it answers when one
 * of two ways answers. The servers are in the thread of the test, ticket and GSSAPI are toys. */
#include "forge.h"
#include "rpc_peer.h"
#include "rpc_stubs.h"
#include "testing.h"

#include "ca/ca.h"

static rpc_peer mapper, service;
static octets map_stub;

static int set_up(void **state)
{
    (void)state;
    rpc_peer_open(&mapper);
    rpc_peer_open(&service);
    map_stub = unhex(map_hit);
    map_stub.data[48 + 64] = (uint8_t)(service.port >> 8);
    map_stub.data[48 + 65] = (uint8_t)service.port;
    mapper.reply = view(&map_stub);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    rpc_peer_close(&mapper);
    rpc_peer_close(&service);
    return 0;
}

static size_t count_findings(const daotp_report *report, daotp_finding_number number)
{
    const daotp_finding *finding;
    size_t found = 0;

    for (size_t i = 0; (finding = daotp_report_get_finding(report, i)) != NULL; i++)
        found += daotp_finding_get_number(finding) == number ? 1 : 0;
    return found;
}

/* The endpoint mapper answers one connection; those after it are reset. */
static daotp_status run_ping(daotp_ca *ca, daotp_context *context, daotp_report *report)
{
    daotp__submission_spec spec = {.context = context,
                                   .config = "127.0.0.1\\Lab Issuing CA",
                                   .connect_ms = 1000,
                                   .user = "CORP\\alice",
                                   .report = report};
    daotp_submission *submission = NULL;
    daotp_status status;

    assert_int_equal(daotp__refusals_new(&spec.refusals), DAOTP_OK);
    status = daotp__submission_new(ca, &spec, &submission);
    if (status == DAOTP_OK)
        status = DAOTP_AGAIN;
    for (unsigned idle = 0; status == DAOTP_AGAIN && idle < 3; idle++) {
        status = daotp__submission_step(submission);
        if (rpc_peer_turn(&mapper) || rpc_peer_turn(&service))
            idle = 0;
        if (service.answers > 0 && mapper.listener >= 0) {
            rpc_peer_close(&mapper);
            mapper.listener = -1;
        }
    }
    daotp__submission_free(submission);
    daotp__refusals_free(spec.refusals);
    return status;
}

static daotp_ca *new_auto(daotp_context *context)
{
    daotp_ca *ca, *web;

    assert_int_equal(daotp_ca_new_rpc(context, DAOTP_CA_WAY_AUTO, &ca), DAOTP_OK);
    assert_int_equal(daotp_ca_allow_host(ca, "127.0.0.1"), DAOTP_OK);
    assert_int_equal(daotp_ca_set_mapper_port(ca, mapper.port), DAOTP_OK);
    assert_int_equal(daotp_ca_new_wstep(context, DAOTP_CA_USERNAME, &web), DAOTP_OK);
    assert_int_equal(daotp_ca_set_web_service(ca, web), DAOTP_OK);
    daotp_ca_unref(web);
    return ca;
}

/* An empty request would go to the web service. */
static void a_ping_takes_no_web_service(void **state)
{
    daotp_context *context = forge_context();
    daotp_ca *ca = new_auto(context);
    daotp_report *report;

    (void)state;
    assert_int_equal(daotp_report_new(context, &report), DAOTP_OK);
    rpc_peer_close(&mapper);
    mapper.listener = -1;
    assert_int_equal(run_ping(ca, context, report), DAOTP_NETWORK);
    assert_int_equal(count_findings(report, DAOTP_FINDING_CA_WAY), 0);
    assert_int_equal(count_findings(report, DAOTP_FINDING_CA_UNREACHABLE), 1);
    daotp_report_free(report);
    daotp_ca_unref(ca);
    daotp_context_unref(context);
}

static void the_report_has_the_status_of_the_ping(void **state)
{
    daotp_context *context = forge_context();
    daotp_ca *ca = new_auto(context);
    daotp_report *report;

    (void)state;
    assert_int_equal(daotp_report_new(context, &report), DAOTP_OK);
    rpc_peer_close(&mapper);
    mapper.listener = -1;
    assert_int_equal(daotp_ca_ping(ca, "127.0.0.1\\CA", "CORP\\alice", NULL, NULL, 5000, report),
                     DAOTP_NETWORK);
    assert_int_equal(daotp_report_get_status(report), DAOTP_NETWORK);
    daotp_report_free(report);
    daotp_ca_unref(ca);
    daotp_context_unref(context);
}

static void one_way_that_answers_is_enough(void **state)
{
    daotp_context *context = forge_context();
    daotp_ca *ca = new_auto(context);
    daotp_report *report;

    (void)state;
    assert_int_equal(daotp_report_new(context, &report), DAOTP_OK);
    assert_int_equal(run_ping(ca, context, report), DAOTP_OK);
    assert_int_equal(count_findings(report, DAOTP_FINDING_CA_ANSWERS), 1);
    assert_int_equal(count_findings(report, DAOTP_FINDING_CA_UNREACHABLE), 1);
    assert_null(daotp_report_get_error(report));
    daotp_report_free(report);
    daotp_ca_unref(ca);
    daotp_context_unref(context);
}

/* Each refusal says what is wrong with the setting. */
static void a_refused_setting_says_why(void **state)
{
    static const char *const good[] = {"kdc", "kdc:88", "[::1]:65535", "::1", "tcp/kdc:1"};
    static const char *const bad[] = {"kdc:0", "kdc:65624", "kdc:x", "kdc:", "[::1]:88x", "kdc:-1"};
    daotp_context *context = forge_context();
    daotp_ca *ca = new_auto(context);

    (void)state;
    assert_int_equal(daotp_ca_set_realm(ca, NULL, "kdc.example"), DAOTP_USAGE);
    assert_non_null(strstr(daotp_report_get_text(daotp_ca_get_report(ca)), "without its realm"));
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_int_equal(daotp_ca_set_realm(ca, "R", good[i]), DAOTP_OK);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(daotp_ca_set_realm(ca, "R", bad[i]), DAOTP_USAGE);
        assert_non_null(strstr(daotp_report_get_text(daotp_ca_get_report(ca)), "1 to 65535"));
    }
    assert_int_equal(daotp_ca_set_web_service(ca, ca), DAOTP_USAGE);
    assert_non_null(strstr(daotp_report_get_text(daotp_ca_get_report(ca)), "MS-WSTEP"));
    daotp_ca_unref(ca);
    daotp_context_unref(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_way_that_answers_is_enough, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_ping_takes_no_web_service, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_report_has_the_status_of_the_ping, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_refused_setting_says_why, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
