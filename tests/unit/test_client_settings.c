/* SPDX-License-Identifier: BSD-2-Clause */
/* What is set on a client: what is refused is told, and a run keeps what it was begun with. */
#include "builders.h"

#include <daotp/daotp.h>

static daotp_context *context;
static daotp_client *client;

static int set_up(void **state)
{
    (void)state;
    assert_int_equal(daotp_context_new(&context), DAOTP_OK);
    assert_int_equal(daotp_client_new(context, &client), DAOTP_OK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    daotp_client_free(client);
    daotp_context_unref(context);
    return 0;
}

/* The report shows nothing of what was given. */
static void refused(daotp_status status, const char *setting)
{
    daotp_report *report = daotp_client_get_report(client);

    assert_setting_refused(status, report, setting);
    assert_null(strstr(daotp_report_get_text(report), "hunter2"));
}

static void what_is_refused_is_told(void **state)
{
    const daotp_revocation no_mode = (daotp_revocation)99;
    const daotp_key_kind no_kind = (daotp_key_kind)99;

    (void)state;
    refused(daotp_client_add_server(client, "http://u:hunter2@da.example/otp"), "server");
    refused(daotp_client_add_server(client, NULL), "server");
    refused(daotp_client_set_proxy(client, "gopher://u:hunter2@p"), "proxy");
    refused(daotp_client_set_template(client, "1.2.x", -1, -1), "template");
    refused(daotp_client_set_template(client, "1.2", INT64_MAX, -1), "template");
    refused(daotp_client_set_key_kind(client, no_kind), "kind of key");
    refused(daotp_client_set_request(client, "x", 1, NULL), "request");
    refused(daotp_client_set_upn(client, ""), "UPN");
    refused(daotp_client_set_dn(client, "no name"), "DN");
    refused(daotp_client_set_sid(client, "500"), "SID");
    refused(daotp_client_set_issuer_trust(client, NULL, no_mode), "revocation");
    refused(daotp_client_set_max_lifetime_s(client, 0), "lifetime");
    refused(daotp_client_set_store(client, NULL, "a/b"), "label");
    refused(daotp_client_set_timeout_ms(client, 0), "time-out");
    refused(daotp_client_set_deadline_ms(client, -1), "deadline");
    refused(daotp_client_set_connect_timeout_ms(client, -1), "time-out");
    refused(daotp_client_set_pending_request(client, NULL, "7"), "pending request");
    refused(daotp_client_set_pending_request(client, "", "7"), "pending request");
    refused(daotp_client_set_pending_request(client, "host\\ca", NULL), "pending request");
    refused(daotp_client_set_pending_request(client, "host\\ca", "7\n"), "pending request");
}

/* resume takes no arguments of its own that a program could forget. */
static void what_is_not_set_is_not_resumed(void **state)
{
    (void)state;
    assert_int_equal(daotp_client_resume_begin(client, "CORP\\alice"), DAOTP_USAGE);
    assert_string_equal(
        daotp_finding_get_found(daotp_report_get_error(daotp_client_get_report(client))),
        "which request is not set");
    assert_int_equal(daotp_client_set_pending_request(client, "host\\ca", "7"), DAOTP_OK);
    assert_int_equal(daotp_client_resume_begin(client, "CORP\\alice"), DAOTP_USAGE);
    assert_string_equal(
        daotp_finding_get_found(daotp_report_get_error(daotp_client_get_report(client))),
        "the key of that request is not set");
}

static void there_are_so_many_servers_and_no_more(void **state)
{
    daotp_status status = DAOTP_OK;

    (void)state;
    for (int i = 0; i < 1000 && status == DAOTP_OK; i++)
        status = daotp_client_add_server(client, "https://da.example/otp");
    refused(status, "server");
}

/* ---- during a run, and after ----------------------------------------------------------------- */

static void complete_settings(void)
{
    daotp_trust *trust = NULL;
    daotp_ca *ca = NULL;
    daotp_key *key = test_key(context, "p256");
    daotp__buffer anchor;

    daotp__buffer_init(&anchor, DAOTP__MAX_CERTIFICATE);
    make_certificate(&(certificate_plan){.subject = "CN=root"}, key, key, &anchor);
    assert_int_equal(daotp_trust_new(context, &trust), DAOTP_OK);
    assert_int_equal(daotp_trust_add(trust, anchor.data, anchor.len, NULL), DAOTP_OK);
    assert_int_equal(daotp_ca_new_file(context, "request.cmc", "answer.p7b", &ca), DAOTP_OK);
    assert_int_equal(daotp_client_set_trust(client, trust), DAOTP_OK);
    assert_int_equal(daotp_client_set_ca(client, ca), DAOTP_OK);
    assert_int_equal(daotp_client_set_key(client, key), DAOTP_OK);
    assert_int_equal(daotp_client_add_server(client, "https://da.example/otp"), DAOTP_OK);
    assert_int_equal(daotp_client_set_template(client, "1.2.3", -1, -1), DAOTP_OK);
    assert_int_equal(daotp_client_set_preflight(client, false), DAOTP_OK);
    daotp__buffer_free(&anchor);
    daotp_key_unref(key);
    daotp_ca_unref(ca);
    daotp_trust_unref(trust);
}

typedef daotp_status (*setting)(void);

/* clang-format off */
static daotp_status server(void) { return daotp_client_add_server(client, "https://other.example/"); }
static daotp_status identity(void) { return daotp_client_set_identity(client, NULL); }
static daotp_status trust(void) { return daotp_client_set_trust(client, NULL); }
static daotp_status issuer_trust(void) { return daotp_client_set_issuer_trust(client, NULL, DAOTP_REVOCATION_REQUIRE); }
static daotp_status fetcher(void) { return daotp_client_set_fetcher(client, NULL); }
static daotp_status ca(void) { return daotp_client_set_ca(client, NULL); }
static daotp_status store(void) { return daotp_client_set_store(client, NULL, NULL); }
static daotp_status template(void) { return daotp_client_set_template(client, "1.2.3.4", -1, -1); }
static daotp_status key_kind(void) { return daotp_client_set_key_kind(client, DAOTP_KEY_P384); }
static daotp_status key(void) { return daotp_client_set_key(client, NULL); }
static daotp_status request(void) { return daotp_client_set_request(client, NULL, 0, NULL); }
static daotp_status account(void) { return daotp_client_set_upn(client, "bob@corp.example"); }
static daotp_status account_callback(void) { return daotp_client_set_account_callback(client, NULL, NULL); }
static daotp_status proxy(void) { return daotp_client_set_proxy(client, NULL); }
static daotp_status environment(void) { return daotp_client_set_environment_proxy(client, false); }
static daotp_status tls12(void) { return daotp_client_set_tls12_only(client, true); }
static daotp_status domain_callback(void) { return daotp_client_set_domain_callback(client, NULL, NULL); }
static daotp_status early(void) { return daotp_client_set_ask_early(client, false); }
static daotp_status progress(void) { return daotp_client_set_progress_callback(client, NULL, NULL); }
static daotp_status timeout(void) { return daotp_client_set_timeout_ms(client, 1000); }
static daotp_status deadline(void) { return daotp_client_set_deadline_ms(client, 1000); }
static daotp_status connect_timeout(void) { return daotp_client_set_connect_timeout_ms(client, 1000); }
static daotp_status lifetime(void) { return daotp_client_set_max_lifetime_s(client, 60); }
static daotp_status preflight(void) { return daotp_client_set_preflight(client, false); }
static daotp_status logon(void) { return daotp_client_set_logon_proof(client, false); }
static daotp_status logon_realm(void) { return daotp_client_set_logon_realm(client, NULL, NULL); }
static daotp_status logon_anchors(void) { return daotp_client_set_logon_anchors(client, NULL); }
static daotp_status pending(void) { return daotp_client_set_pending_request(client, "h\\n", "1"); }
/* clang-format on */

/* What is prepared rests on these... */
static const setting prepared[] = {server,           identity,    trust,   ca,      store, template,
                                   key_kind,         key,         request, account, proxy, tls12,
                                   account_callback, environment, early};
/* ...and these are only used later. */
static const setting later[] = {
    domain_callback, progress, timeout,  connect_timeout, lifetime,      preflight, logon,
    issuer_trust,    fetcher,  deadline, logon_realm,     logon_anchors, pending};

static void a_run_keeps_what_it_was_begun_with(void **state)
{
    (void)state;
    complete_settings();
    assert_int_equal(daotp_client_prepare_begin(client, "alice@corp.example"), DAOTP_OK);
    for (size_t i = 0; i < COUNT(prepared); i++)
        assert_int_equal(prepared[i](), DAOTP_USAGE);
    for (size_t i = 0; i < COUNT(later); i++)
        assert_int_equal(later[i](), DAOTP_USAGE);
    assert_int_equal(daotp_client_set_timeout_ms(client, 0), DAOTP_USAGE);
    /* the report is the run's, and tells of them beside it, once */
    assert_int_equal(daotp_report_get_count(daotp_client_get_report(client)), 1);
    assert_int_equal(
        daotp_finding_get_number(daotp_report_get_finding(daotp_client_get_report(client), 0)),
        DAOTP_FINDING_CALL_ORDER);
    assert_int_equal(daotp_client_step(client), DAOTP_OK);
    assert_null(daotp_report_get_error(daotp_client_get_report(client)));
}

/* An empty code is refused by its form when the client is prepared, else by the order of calls. */
static daotp_finding_number what_stops_it(void)
{
    assert_int_equal(daotp_client_enroll_begin(client, "", 0), DAOTP_USAGE);
    return daotp_finding_get_number(daotp_report_get_error(daotp_client_get_report(client)));
}

static void what_is_set_anew_is_prepared_anew(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(prepared); i++) {
        complete_settings();
        assert_int_equal(daotp_client_prepare(client, "alice@corp.example"), DAOTP_OK);
        assert_int_equal(what_stops_it(), DAOTP_FINDING_OTP_FORM);
        assert_int_equal(prepared[i](), DAOTP_OK);
        assert_int_equal(what_stops_it(), DAOTP_FINDING_CALL_ORDER);
        tear_down(NULL);
        set_up(NULL);
    }
}

static void what_is_used_later_can_be_set_later(void **state)
{
    (void)state;
    complete_settings();
    assert_int_equal(daotp_client_prepare(client, "alice@corp.example"), DAOTP_OK);
    for (size_t i = 0; i < COUNT(later); i++) {
        assert_int_equal(later[i](), DAOTP_OK);
        assert_int_equal(what_stops_it(), DAOTP_FINDING_OTP_FORM);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_refused_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_set_is_not_resumed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(there_are_so_many_servers_and_no_more, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_run_keeps_what_it_was_begun_with, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_set_anew_is_prepared_anew, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_used_later_can_be_set_later, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
