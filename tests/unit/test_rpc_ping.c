/* SPDX-License-Identifier: BSD-2-Clause */
/* daotp_ca_ping()'s submission without a request: which ways it takes, and what it answers when one
 * of two ways answers. The servers are in the thread of the test, ticket and GSSAPI are toys. */
#include "forge.h"
#include "rpc_peer.h"
#include "rpc_stubs.h"
#include "testing.h"

#include "ca/ca.h"
#include "ca/ca_info.h"
#include "core/alloc.h"

#include <daotp/templates.h>

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

static daotp_status count_question(void *user, const char *host, daotp_host_origin origin,
                                   uint32_t attempt, daotp_domain_credential *answer)
{
    (void)host, (void)origin, (void)attempt, (void)answer;
    ++*(unsigned *)user;
    return DAOTP_CONFIGURATION;
}

/* The toy ticket is always there. Where the URL names no authentication (DAOTP_CA_ANY) no password
 * is then asked for, as in an enrolment. */
static void a_ticket_goes_before_the_password(void **state)
{
    static const struct {
        const char *url;
        unsigned questions;
    } rows[] = {{"https://127.0.0.1:1/service.svc/CEP", 0},
                {"https://127.0.0.1:1/A_CEP_UsernamePassword/service.svc/CEP", 1}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        daotp_context *context = forge_context();
        daotp_templates *templates;
        daotp_report *report;
        daotp_ca *cep;
        unsigned asked = 0;

        assert_int_equal(daotp_report_new(context, &report), DAOTP_OK);
        assert_int_equal(daotp_ca_new_wstep(context, DAOTP_CA_ANY, &cep), DAOTP_OK);
        assert_int_equal(daotp_ca_set_url(cep, rows[i].url), DAOTP_OK);
        assert_int_equal(daotp_ca_fetch_templates(cep, "CORP\\alice", count_question, &asked, 5000,
                                                  report, &templates),
                         DAOTP_CONFIGURATION);
        assert_int_equal(asked, rows[i].questions);
        assert_null(templates);
        daotp_ca_unref(cep);
        daotp_report_free(report);
        daotp_context_unref(context);
    }
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

/* ---- what a CA says about itself ------------------------------------------------------------- */

/* The stub of an answer to GetCAProperty. */
static void write_property(daotp__buffer *stub, daotp__bytes value, uint32_t result)
{
    uint32_t referent = 0;

    daotp__buffer_clear(stub);
    daotp__ndr_add_u32(stub, 0);
    daotp__ndr_add_u32(stub, 0);
    daotp__ndr_add_blob(stub, &referent, value);
    daotp__ndr_add_u32(stub, result);
}

static daotp__bytes utf16_of(const char *text, uint8_t *room)
{
    size_t len = strlen(text) + 1;

    for (size_t i = 0; i < len; i++) {
        room[2 * i] = (uint8_t)text[i];
        room[2 * i + 1] = 0;
    }
    return (daotp__bytes){room, 2 * len};
}

typedef struct property_row {
    const char *text;
    daotp__bytes octets; /* without a text */
    uint32_t result;
} property_row;

enum { PROPERTIES = 7, LIST_ROOM = 300 * 1024 };

static daotp_status take_rows(const property_row rows[PROPERTIES], daotp_ca_info **info,
                              daotp_report *report)
{
    uint8_t *room = malloc(LIST_ROOM);
    daotp__property_question question;
    daotp_status status;
    daotp__buffer stub;

    daotp__buffer_init(&stub, LIST_ROOM);
    status = daotp__ca_info_new(info);
    for (size_t i = 0; status == DAOTP_OK && daotp__ca_info_question(*info, &question); i++) {
        write_property(&stub, rows[i].text != NULL ? utf16_of(rows[i].text, room) : rows[i].octets,
                       rows[i].result);
        status = daotp__ca_info_take(*info, daotp__buffer_bytes(&stub), "CA", report);
    }
    daotp__buffer_free(&stub);
    free(room);
    return status;
}

static const uint8_t one_certificate[] = {1, 0, 0, 0}, no_certificate[] = {0, 0, 0, 0};

static void what_a_ca_says(void **state)
{
    daotp_context *context = forge_context();
    daotp_report *report;
    daotp_ca_info *info;
    const property_row rows[PROPERTIES] = {
        {.text = "Corp CA"},
        {.text = "Corp-CA"},
        {.text = "ca1.corp.example"},
        {.text = "Logon\n1.2.3\nMachine\n\nLast\n1.2.4"},
        {.octets = {one_certificate, 4}},
        {.result = 0x80070057},
        {.result = 0x80070057},
    };

    (void)state;
    assert_int_equal(daotp_report_new(context, &report), DAOTP_OK);
    assert_int_equal(take_rows(rows, &info, report), DAOTP_OK);
    assert_string_equal(daotp_ca_info_get_name(info), "Corp CA");
    assert_string_equal(daotp_ca_info_get_sanitized_name(info), "Corp-CA");
    assert_string_equal(daotp_ca_info_get_dns_name(info), "ca1.corp.example");
    assert_int_equal(daotp_ca_info_get_template_count(info), 3);
    assert_string_equal(daotp_ca_info_get_template_name(info, 0), "Logon");
    assert_string_equal(daotp_ca_info_get_template_oid(info, 0), "1.2.3");
    assert_string_equal(daotp_ca_info_get_template_oid(info, 1), "");
    assert_string_equal(daotp_ca_info_get_template_oid(info, 2), "1.2.4");
    assert_string_equal(daotp_ca_info_get_template_name(info, 3), "");
    assert_int_equal(daotp_ca_info_get_count(info), 0);
    assert_int_equal(count_findings(report, DAOTP_FINDING_CA_PROPERTY), 2);
    assert_null(daotp_report_get_error(report));
    daotp_ca_info_free(info);
    daotp_report_free(report);
    daotp_context_unref(context);
}

/* A CA that says nothing but its name; and lists and numbers without measure. */
static void gaps_are_told(void **state)
{
    daotp_context *context = forge_context();
    char *bomb = malloc(2 * DAOTP__MAX_TEMPLATES + 8), *long_list = malloc(140 * 1024);
    daotp_report *report;
    daotp_ca_info *info;
    property_row rows[PROPERTIES] = {{.text = "Corp CA"}};

    (void)state;
    memset(bomb, '\n', 2 * DAOTP__MAX_TEMPLATES + 7);
    bomb[2 * DAOTP__MAX_TEMPLATES + 7] = '\0';
    memset(long_list, 'x', 140 * 1024 - 1);
    long_list[140 * 1024 - 1] = '\0';
    for (size_t i = 1; i < PROPERTIES; i++)
        rows[i].result = 0x80070057;
    assert_int_equal(daotp_report_new(context, &report), DAOTP_OK);
    assert_int_equal(take_rows(rows, &info, report), DAOTP_OK);
    assert_int_equal(count_findings(report, DAOTP_FINDING_CA_PROPERTY), PROPERTIES - 1);
    daotp_ca_info_free(info);
    rows[3] = (property_row){.text = bomb};
    rows[4] = (property_row){.octets = {no_certificate, 4}};
    assert_int_equal(take_rows(rows, &info, report), DAOTP_OK);
    assert_true(daotp_ca_info_get_template_count(info) <= DAOTP__MAX_TEMPLATES);
    assert_int_equal(count_findings(report, DAOTP_FINDING_CA_PROPERTY), 2 * (PROPERTIES - 1));
    daotp_ca_info_free(info);
    rows[3] = (property_row){.text = long_list};
    assert_int_equal(take_rows(rows, &info, report), DAOTP_OK);
    assert_int_equal(daotp_ca_info_get_template_count(info), 0);
    daotp_ca_info_free(info);
    rows[0] = (property_row){.result = 0x80070057};
    assert_int_equal(take_rows(rows, &info, report), DAOTP_REJECTED);
    assert_int_equal(count_findings(report, DAOTP_FINDING_CA_ARGUMENT), 1);
    daotp_ca_info_free(info);
    free(bomb);
    free(long_list);
    daotp_report_free(report);
    daotp_context_unref(context);
}

/* In UTF-8 a text may be too long that is not in UTF-16: it is a gap, and never cut off in a name.
 */
static void texts_that_grow_are_not_cut_off(void **state)
{
    static uint8_t long_name[2 * (DAOTP__MAX_TEXT / 2 + 2)], long_list[2 * 70 * 1024];
    daotp_context *context = forge_context();
    daotp_report *report;
    daotp_ca_info *info;
    property_row rows[PROPERTIES] = {{.text = "Corp CA"},
                                     {.octets = {long_name, sizeof long_name}},
                                     {.text = "ca1"},
                                     {.octets = {long_list, sizeof long_list}},
                                     {.octets = {one_certificate, 4}},
                                     {.result = 0x80070057},
                                     {.result = 0x80070057}};

    (void)state;
    memset(long_name, 0xE9, sizeof long_name); /* U+E9E9: three octets */
    memset(long_list, 0xE9, sizeof long_list);
    assert_int_equal(daotp_report_new(context, &report), DAOTP_OK);
    assert_int_equal(take_rows(rows, &info, report), DAOTP_OK);
    assert_string_equal(daotp_ca_info_get_sanitized_name(info), "");
    assert_string_equal(daotp_ca_info_get_dns_name(info), "ca1");
    assert_int_equal(daotp_ca_info_get_template_count(info), 0);
    assert_int_equal(count_findings(report, DAOTP_FINDING_CA_PROPERTY), 4);
    daotp_ca_info_free(info);
    daotp_report_free(report);
    daotp_context_unref(context);
}

/* What the CA writes cannot move the reader's cursor. */
static void names_of_a_ca_are_plain(void **state)
{
    daotp_context *context = forge_context();
    daotp_report *report;
    daotp_ca_info *info;
    property_row rows[PROPERTIES] = {{.text = "a\x1b[2Jb"}, {.text = "c\nd"}};

    (void)state;
    rows[3].text = "Logon\x1b\n1.2\x07\n";
    rows[4].octets = (daotp__bytes){one_certificate, 4};
    assert_int_equal(daotp_report_new(context, &report), DAOTP_OK);
    assert_int_equal(take_rows(rows, &info, report), DAOTP_OK);
    assert_null(strchr(daotp_ca_info_get_name(info), '\x1b'));
    assert_null(strchr(daotp_ca_info_get_sanitized_name(info), '\n'));
    assert_null(strchr(daotp_ca_info_get_template_name(info, 0), '\x1b'));
    assert_null(strchr(daotp_ca_info_get_template_oid(info, 0), '\x07'));
    daotp_ca_info_free(info);
    daotp_report_free(report);
    daotp_context_unref(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_way_that_answers_is_enough, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_ping_takes_no_web_service, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_report_has_the_status_of_the_ping, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_refused_setting_says_why, set_up, tear_down),
        cmocka_unit_test(a_ticket_goes_before_the_password),
        cmocka_unit_test(what_a_ca_says),
        cmocka_unit_test(gaps_are_told),
        cmocka_unit_test(texts_that_grow_are_not_cut_off),
        cmocka_unit_test(names_of_a_ca_are_plain),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
