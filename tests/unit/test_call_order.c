/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls that do not fit what was called before, on every object that has an order: DAOTP_USAGE with
 * CALL-ORDER. Of a run that is under way it is a warning beside the run; else the report is its
 * own.
 */
#include "builders.h"
#include "testing.h"

#include <daotp/daotp.h>

#include <string.h>

static daotp_context *context;

static int set_up(void **state)
{
    (void)state;
    return daotp_context_new(&context) == DAOTP_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    daotp_context_unref(context);
    return 0;
}

/* Alone in the report, as the error that it is. */
static void told_alone(daotp_status status, const daotp_report *report)
{
    assert_int_equal(status, DAOTP_USAGE);
    assert_int_equal(daotp_report_get_count(report), 1);
    assert_int_equal(daotp_report_get_status(report), DAOTP_USAGE);
    assert_int_equal(daotp_finding_get_number(daotp_report_get_error(report)),
                     DAOTP_FINDING_CALL_ORDER);
}

/* Beside a run: its verdict is untouched. */
static void told_beside(daotp_status status, const daotp_report *report)
{
    size_t found = 0;

    assert_int_equal(status, DAOTP_USAGE);
    for (size_t i = 0; i < daotp_report_get_count(report); i++) {
        const daotp_finding *finding = daotp_report_get_finding(report, i);

        if (daotp_finding_get_number(finding) != DAOTP_FINDING_CALL_ORDER)
            continue;
        assert_int_equal(daotp_finding_get_severity(finding), DAOTP_SEVERITY_WARNING);
        found++;
    }
    assert_true(found > 0);
    assert_null(daotp_report_get_error(report));
}

static daotp_trust *trust_of(daotp_key *key)
{
    daotp_trust *trust = NULL;
    daotp__buffer anchor;

    daotp__buffer_init(&anchor, DAOTP__MAX_CERTIFICATE);
    make_certificate(&(certificate_plan){.subject = "CN=root"}, key, key, &anchor);
    assert_int_equal(daotp_trust_new(context, &trust), DAOTP_OK);
    assert_int_equal(daotp_trust_add(trust, anchor.data, anchor.len, NULL), DAOTP_OK);
    daotp__buffer_free(&anchor);
    return trust;
}

static daotp_client *client_of(daotp_trust *trust, daotp_key *key)
{
    daotp_client *client = NULL;
    daotp_ca *ca = NULL;

    assert_int_equal(daotp_client_new(context, &client), DAOTP_OK);
    assert_int_equal(daotp_ca_new_file(context, "request.cmc", "answer.p7b", &ca), DAOTP_OK);
    assert_int_equal(daotp_client_set_trust(client, trust), DAOTP_OK);
    assert_int_equal(daotp_client_set_ca(client, ca), DAOTP_OK);
    assert_int_equal(daotp_client_set_key(client, key), DAOTP_OK);
    assert_int_equal(daotp_client_add_server(client, "https://127.0.0.1:9/otp"), DAOTP_OK);
    assert_int_equal(daotp_client_set_template(client, "1.2.3", -1, -1), DAOTP_OK);
    assert_int_equal(daotp_client_set_preflight(client, false), DAOTP_OK);
    daotp_ca_unref(ca);
    return client;
}

static void a_client(void **state)
{
    daotp_key *key = test_key(context, "p256");
    daotp_trust *trust = trust_of(key);
    daotp_client *client = client_of(trust, key);
    daotp_report *report = daotp_client_get_report(client);
    daotp_credential *credential;

    (void)state;
    told_alone(daotp_client_step(client), report);
    told_alone(daotp_client_finish(client, &credential), report);
    told_alone(daotp_client_enroll_begin(client, "1", 1), report);
    told_alone(daotp_client_enroll(client, "1", 1, NULL), report);
    assert_int_equal(daotp_client_prepare_begin(client, "alice@corp.example"), DAOTP_OK);
    assert_null(daotp_report_get_error(report));
    told_beside(daotp_client_prepare_begin(client, "alice@corp.example"), report);
    told_beside(daotp_client_prepare(client, "alice@corp.example"), report);
    told_beside(daotp_client_enroll_begin(client, "1", 1), report);
    told_beside(daotp_client_finish(client, &credential), report);
    told_beside(daotp_client_set_timeout_ms(client, 1), report);
    told_beside(daotp_client_set_trust(client, NULL), report);
    told_beside(daotp_client_set_ignore_head(client, true), report);
    told_beside(daotp_client_add_ntauth(client, NULL, 0), report);
    told_beside(daotp_client_set_server_revocation(client, DAOTP_REVOCATION_IGNORE), report);
    assert_int_equal(daotp_client_step(client), DAOTP_OK);
    told_alone(daotp_client_step(client), report);
    told_alone(daotp_client_finish(client, &credential), report);
    /* what was refused is not in the report of what follows */
    assert_int_equal(daotp_client_enroll_begin(client, "1", 1), DAOTP_OK);
    assert_int_equal(daotp_report_get_count(report), 0);
    daotp_client_cancel(client);
    assert_int_equal(daotp_client_step(client), DAOTP_CANCELLED);
    daotp_client_free(client);
    daotp_trust_unref(trust);
    daotp_key_unref(key);
}

static void a_verifier(void **state)
{
    daotp_key *key = test_key(context, "p256");
    daotp_trust *trust = trust_of(key);
    daotp_verifier *verifier = NULL;
    daotp_report *report;
    daotp__buffer leaf;

    (void)state;
    daotp__buffer_init(&leaf, DAOTP__MAX_CERTIFICATE);
    make_certificate(&(certificate_plan){.subject = "CN=leaf"}, key, key, &leaf);
    assert_int_equal(daotp_verifier_new(context, trust, &verifier), DAOTP_OK);
    report = daotp_verifier_get_report(verifier);
    assert_int_equal(daotp_verifier_get_timeout_ms(verifier), -1);
    told_alone(daotp_verifier_step(verifier), report);
    assert_int_equal(daotp_verifier_begin(verifier, leaf.data, leaf.len), DAOTP_OK);
    assert_int_equal(daotp_verifier_get_timeout_ms(verifier), 0); /* the first step is due */
    told_beside(daotp_verifier_begin(verifier, leaf.data, leaf.len), report);
    told_beside(daotp_verifier_verify(verifier, leaf.data, leaf.len), report);
    told_beside(daotp_verifier_set_rules(verifier, DAOTP_RULES_PATH), report);
    told_beside(daotp_verifier_add_intermediates(verifier, leaf.data, leaf.len), report);
    assert_int_not_equal(daotp_verifier_step(verifier), DAOTP_USAGE);
    assert_int_equal(daotp_verifier_get_timeout_ms(verifier), -1);
    told_alone(daotp_verifier_step(verifier), report);
    daotp__buffer_free(&leaf);
    daotp_verifier_free(verifier);
    daotp_trust_unref(trust);
    daotp_key_unref(key);
}

static void a_fetcher_and_its_prefetch(void **state)
{
    daotp_prefetch *prefetch = NULL;
    daotp_fetcher *fetcher = NULL;
    daotp_report *report;

    (void)state;
    assert_int_equal(daotp_fetcher_new(context, &fetcher), DAOTP_OK);
    report = daotp_fetcher_get_report(fetcher);
    assert_int_equal(daotp_fetcher_allow_network(fetcher, "10.0.0.0/99"), DAOTP_USAGE);
    assert_int_equal(daotp_finding_get_number(daotp_report_get_error(report)),
                     DAOTP_FINDING_CALL_ARGUMENT);
    assert_int_equal(daotp_fetcher_set_max_bytes(fetcher, 0), DAOTP_USAGE);
    assert_int_equal(daotp_finding_get_number(daotp_report_get_error(report)),
                     DAOTP_FINDING_CALL_ARGUMENT);
    assert_int_equal(daotp_fetcher_set_timeout_ms(fetcher, 0), DAOTP_USAGE);
    assert_int_equal(daotp_finding_get_number(daotp_report_get_error(report)),
                     DAOTP_FINDING_CALL_ARGUMENT);
    assert_int_equal(daotp_prefetch_new(context, fetcher, &prefetch), DAOTP_OK);
    told_alone(daotp_fetcher_allow_network(fetcher, "10.0.0.0/8"), report);
    told_alone(daotp_fetcher_allow_ldap(fetcher, NULL), report);
    told_alone(daotp_fetcher_set_max_bytes(fetcher, 1), report);
    told_alone(daotp_fetcher_set_timeout_ms(fetcher, 1), report);
    told_alone(daotp_fetcher_set_cache(fetcher, NULL), report);
    report = daotp_prefetch_get_report(prefetch);
    told_alone(daotp_prefetch_step(prefetch), report);
    assert_int_equal(daotp_prefetch_begin(prefetch, -1), DAOTP_USAGE);
    assert_int_equal(daotp_finding_get_number(daotp_report_get_error(report)),
                     DAOTP_FINDING_CALL_ARGUMENT);
    assert_int_equal(daotp_prefetch_begin(prefetch, 0), DAOTP_OK);
    told_beside(daotp_prefetch_begin(prefetch, 0), report);
    told_beside(daotp_prefetch_run(prefetch, 0), report);
    assert_int_equal(daotp_prefetch_step(prefetch), DAOTP_OK);
    daotp_prefetch_free(prefetch);
    daotp_fetcher_unref(fetcher);
}

static void an_exchange_of_radius(void **state)
{
    daotp_radius_exchange *exchange = NULL;
    daotp_radius *radius = NULL;
    daotp_report *report;

    (void)state;
    assert_int_equal(daotp_radius_new(context, &radius), DAOTP_OK);
    assert_int_equal(daotp_radius_add_server(radius, "127.0.0.1", 9, "a secret of some length", 23,
                                             DAOTP_RADIUS_POLICY_AUTO),
                     DAOTP_OK);
    assert_int_equal(daotp_radius_exchange_new(radius, "alice", &exchange), DAOTP_OK);
    report = daotp_radius_exchange_get_report(exchange);
    told_alone(daotp_radius_exchange_respond(exchange, "1", 1), report);
    assert_int_equal(daotp_radius_exchange_begin(exchange, "1", 1), DAOTP_OK);
    told_beside(daotp_radius_exchange_begin(exchange, "1", 1), report);
    told_beside(daotp_radius_exchange_respond(exchange, "1", 1), report);
    told_beside(daotp_radius_exchange_probe(exchange, 0, DAOTP_RADIUS_PROBE_STATUS_SERVER), report);
    daotp_radius_exchange_cancel(exchange);
    told_alone(daotp_radius_exchange_respond(exchange, "1", 1), report);
    daotp_radius_exchange_free(exchange);
    daotp_radius_free(radius);
}

static void a_responder(void **state)
{
    daotp_responder *responder = NULL;
    daotp_exchange *exchange = NULL;
    daotp_report *report;

    (void)state;
    assert_int_equal(daotp_responder_new(context, &responder), DAOTP_OK);
    report = daotp_responder_get_report(responder);
    told_alone(daotp_exchange_new(responder, "POST", "x", 1, &exchange), report);
    assert_int_equal(daotp_responder_set_template(responder, "no oid"), DAOTP_USAGE);
    assert_int_equal(daotp_finding_get_number(daotp_report_get_error(report)),
                     DAOTP_FINDING_CALL_ARGUMENT);
    assert_int_equal(daotp_responder_add_issuing_ca(responder, "no backslash"), DAOTP_USAGE);
    assert_string_equal(daotp_finding_get_subject(daotp_report_get_error(report)), "issuing CA");
    assert_int_equal(daotp_responder_set_template(responder, "1.2.3"), DAOTP_OK);
    assert_int_equal(daotp_exchange_new(responder, "POST", "x", 1, &exchange), DAOTP_OK);
    told_beside(daotp_exchange_answer_user(exchange, DAOTP_USER_FOUND),
                daotp_exchange_get_report(exchange));
    told_beside(daotp_exchange_answer_code(exchange, DAOTP_CODE_ACCEPTED),
                daotp_exchange_get_report(exchange));
    daotp_exchange_free(exchange);
    daotp_responder_free(responder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_client, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_verifier, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_fetcher_and_its_prefetch, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_exchange_of_radius, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_responder, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
