/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Clocks and durations near the ends of int64_t, in every part that reckons with time: each call
 * ends, and nothing overflows (UndefinedBehaviorSanitizer looks). What is far in the past or the
 * future is out of date, and never taken for now.
 */
#include "forge.h"
#include "scratch.h"
#include "testing.h"
#include "tls_peer.h"

#include "responder/budget.h"

#include <daotp/daotp.h>

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const int64_t moments[] = {INT64_MIN, INT64_MIN + 1, -INT64_C(62135596801), -1,
                                  0,         FORGE_NOW,     INT64_MAX - 1,         INT64_MAX};

static forge_world world;

typedef struct extremes {
    int64_t now_s, now_ms;
    daotp_context *context;
    daotp_report *report;
} extremes;

static void extremes_begin(extremes *e, int64_t now_s, int64_t now_ms)
{
    *e = (extremes){.now_s = now_s, .now_ms = now_ms};
    assert_int_equal(daotp_context_new(&e->context), DAOTP_OK);
    assert_int_equal(daotp_context_set_wall_clock(e->context, test_clock_stands, &e->now_s),
                     DAOTP_OK);
    assert_int_equal(daotp_context_set_monotonic_clock(e->context, test_clock_stands, &e->now_ms),
                     DAOTP_OK);
    assert_int_equal(daotp_report_new(e->context, &e->report), DAOTP_OK);
}

static void extremes_end(extremes *e)
{
    daotp_report_free(e->report);
    daotp_context_unref(e->context);
}

/* The clock goes from each end to each other: time that passed, and time that went back. */
static void for_all(void (*try)(extremes *e, int64_t later))
{
    for (size_t from = 0; from < COUNT(moments); from++)
        for (size_t to = 0; to < COUNT(moments); to++) {
            extremes e;

            extremes_begin(&e, moments[from], moments[from]);
            try(&e, moments[to]);
            extremes_end(&e);
        }
}

/* ---- the parts ------------------------------------------------------------------------------- */

static void try_verifier(extremes *e, int64_t later)
{
    daotp__buffer root = forge_der(world.root), user = forge_der(world.user);
    daotp_verifier *verifier;
    daotp_trust *trust;
    daotp_status status;

    assert_int_equal(daotp_trust_new(e->context, &trust), DAOTP_OK);
    assert_int_equal(daotp_trust_add(trust, root.data, root.len, NULL), DAOTP_OK);
    assert_int_equal(daotp_verifier_new(e->context, trust, &verifier), DAOTP_OK);
    (void)daotp_verifier_set_stale_s(verifier, INT64_MAX);
    (void)daotp_verifier_set_timeout_ms(verifier, INT64_MAX);
    assert_int_equal(daotp_verifier_set_rules(verifier, DAOTP_RULES_PATH), DAOTP_OK);
    assert_int_equal(daotp_verifier_set_revocation(verifier, DAOTP_REVOCATION_IGNORE), DAOTP_OK);
    status = daotp_verifier_verify(verifier, user.data, user.len);
    if ((status == DAOTP_OK) != (e->now_s == FORGE_NOW))
        fail_msg("%lld: %s", (long long)e->now_s,
                 daotp_report_get_text(daotp_verifier_get_report(verifier)));
    (void)daotp_report_get_text(daotp_verifier_get_report(verifier));
    (void)daotp_report_get_json(daotp_verifier_get_report(verifier));
    if (daotp_verifier_set_time_s(verifier, later) == DAOTP_OK) {
        status = daotp_verifier_verify(verifier, user.data, user.len);
        if ((status == DAOTP_OK) != (later == FORGE_NOW))
            fail_msg("%lld: %s", (long long)later,
                     daotp_report_get_text(daotp_verifier_get_report(verifier)));
    }
    daotp_verifier_free(verifier);
    daotp_trust_unref(trust);
    daotp__buffer_free(&root);
    daotp__buffer_free(&user);
}

static void try_budget(extremes *e, int64_t later)
{
    static const daotp__bytes certificate = {(const uint8_t *)"machine", 7};
    daotp__budget_charge charge = {.open = false};
    daotp_budget *budget;

    assert_int_equal(daotp_budget_new(e->context, NULL, &budget), DAOTP_OK);
    for (int i = 0; i < 40; i++) {
        (void)daotp__budget_take(budget, "alice", certificate, &charge, e->report);
        if (i % 3 == 0)
            (void)daotp__budget_settle(budget, &charge, DAOTP__BUDGET_RIGHT, e->report);
        if (i == 20)
            e->now_s = later;
    }
    (void)daotp_budget_clear_user(budget, "alice", e->report);
    (void)daotp__budget_take(budget, "alice", certificate, &charge, e->report);
    (void)daotp_budget_spend_step(budget, "secret", 6, INT64_MAX, e->report);
    assert_int_equal(daotp_budget_spend_step(budget, "secret", 6, INT64_MAX, e->report),
                     DAOTP_REJECTED);
    daotp_budget_unref(budget);
}

static void try_store(extremes *e, int64_t later)
{
    daotp_credential *credential = forge_credential(e->context, world.user, NULL, world.user_key);
    daotp_credential *got = NULL;
    daotp_store_list *list;
    daotp_store *store;
    size_t removed;

    assert_int_equal(daotp_store_new_memory(e->context, &store), DAOTP_OK);
    (void)daotp_store_set_renew_before_s(store, INT64_MAX);
    if (daotp_store_put(store, "alice", credential) == DAOTP_OK) {
        e->now_s = later;
        (void)daotp_store_get(store, "alice", &got);
        assert_true(got == NULL || later <= FORGE_NOW);
        daotp_credential_unref(got);
        got = NULL;
        (void)daotp_store_find(store, FORGE_UPN, NULL, &got);
        daotp_credential_unref(got);
        assert_int_equal(daotp_store_list_new(store, &list), DAOTP_OK);
        for (size_t i = 0; i < daotp_store_list_get_count(list); i++)
            (void)daotp_store_list_get_state(list, i);
        daotp_store_list_free(list);
        (void)daotp_store_expire(store, &removed);
    }
    daotp_store_unref(store);
    daotp_credential_unref(credential);
}

static void try_radius(extremes *e, int64_t later)
{
    daotp_radius_exchange *x;
    daotp_radius *radius;

    assert_int_equal(daotp_radius_new(e->context, &radius), DAOTP_OK);
    (void)daotp_radius_set_timeout_ms(radius, INT64_MAX);
    for (int i = 0; i < 2; i++)
        assert_int_equal(daotp_radius_add_server(radius, "127.0.0.1", tls_peer_closed_port(),
                                                 "secret of sixteen", 17,
                                                 DAOTP_RADIUS_POLICY_REQUIRE),
                         DAOTP_OK);
    assert_int_equal(daotp_radius_exchange_new(radius, "alice", &x), DAOTP_OK);
    (void)daotp_radius_exchange_begin(x, "123456", 6);
    for (int i = 0; i < 6; i++) {
        (void)daotp_radius_step(radius);
        (void)daotp_radius_get_timeout_ms(radius);
        if (i == 2)
            e->now_ms = later;
    }
    daotp_radius_exchange_cancel(x);
    daotp_radius_exchange_free(x);
    daotp_radius_free(radius);
}

static void try_client(extremes *e, int64_t later)
{
    daotp_credential *machine =
        forge_credential(e->context, world.machine, NULL, world.machine_key);
    daotp_client *client;
    daotp_trust *trust;
    daotp_ca *ca;
    char url[64];

    (void)snprintf(url, sizeof url, "https://127.0.0.1:%u/otp", (unsigned)tls_peer_closed_port());
    assert_int_equal(daotp_trust_new(e->context, &trust), DAOTP_OK);
    assert_int_equal(daotp_client_new(e->context, &client), DAOTP_OK);
    assert_int_equal(daotp_ca_new_file(e->context, "/no/such/request", "/no/such/answer", &ca),
                     DAOTP_OK);
    assert_int_equal(daotp_client_add_server(client, url), DAOTP_OK);
    (void)daotp_client_set_identity(client, machine);
    (void)daotp_client_set_trust(client, trust);
    (void)daotp_client_set_template(client, FORGE_TEMPLATE, INT64_MAX, INT64_MAX);
    (void)daotp_client_set_ca(client, ca);
    (void)daotp_client_set_timeout_ms(client, INT64_MAX);
    (void)daotp_client_set_deadline_ms(client, INT64_MAX);
    (void)daotp_client_set_connect_timeout_ms(client, INT64_MAX);
    (void)daotp_client_set_max_lifetime_s(client, INT64_MAX);
    (void)daotp_client_set_upn(client, FORGE_UPN);
    if (daotp_client_prepare_begin(client, FORGE_UPN) == DAOTP_OK) {
        for (int i = 0; i < 4; i++) {
            if (daotp_client_step(client) != DAOTP_AGAIN)
                break;
            (void)daotp_client_get_timeout_ms(client);
            e->now_ms = e->now_s = later;
        }
        daotp_client_cancel(client);
        (void)daotp_client_step(client);
    }
    (void)daotp_report_get_json(daotp_client_get_report(client));
    daotp_client_free(client);
    daotp_ca_unref(ca);
    daotp_trust_unref(trust);
    daotp_credential_unref(machine);
}

static void try_fetcher(extremes *e, int64_t later)
{
    daotp_prefetch *prefetch;
    daotp_fetcher *fetcher;

    assert_int_equal(daotp_fetcher_new(e->context, &fetcher), DAOTP_OK);
    (void)daotp_fetcher_set_timeout_ms(fetcher, INT64_MAX);
    (void)daotp_fetcher_set_max_bytes(fetcher, INT64_MAX);
    assert_int_equal(daotp_prefetch_new(e->context, fetcher, &prefetch), DAOTP_OK);
    e->now_ms = later;
    (void)daotp_prefetch_run(prefetch, INT64_MAX);
    (void)daotp_prefetch_run(prefetch, INT64_MIN);
    daotp_prefetch_free(prefetch);
    daotp_fetcher_unref(fetcher);
}

static void try_doctor(extremes *e, int64_t later)
{
    daotp_doctor *doctor;
    char kdc[32];

    (void)snprintf(kdc, sizeof kdc, "127.0.0.1:%u", (unsigned)tls_peer_closed_port());
    assert_int_equal(daotp_doctor_new(e->context, &doctor), DAOTP_OK);
    (void)daotp_doctor_set_user(doctor, FORGE_UPN);
    (void)daotp_doctor_add_kdc(doctor, "CORP.EXAMPLE", kdc);
    (void)daotp_doctor_set_timeout_ms(doctor, INT64_MAX);
    if (daotp_doctor_begin(doctor) == DAOTP_OK) {
        for (int i = 0; i < 4 && daotp_doctor_step(doctor) == DAOTP_AGAIN; i++) {
            (void)daotp_doctor_get_timeout_ms(doctor);
            e->now_ms = e->now_s = later;
        }
        daotp_doctor_cancel(doctor);
        (void)daotp_doctor_step(doctor);
    }
    (void)daotp_doctor_get_text(doctor);
    (void)daotp_doctor_get_json(doctor);
    daotp_doctor_free(doctor);
}

/* ---- one test each --------------------------------------------------------------------------- */

static void a_verifier(void **state)
{
    (void)state;
    for_all(try_verifier);
}

static void a_budget(void **state)
{
    (void)state;
    for_all(try_budget);
}

static void a_store(void **state)
{
    (void)state;
    for_all(try_store);
}

static void a_radius_exchange(void **state)
{
    (void)state;
    for_all(try_radius);
}

static void a_client(void **state)
{
    (void)state;
    for_all(try_client);
}

static void a_fetcher(void **state)
{
    (void)state;
    for_all(try_fetcher);
}

static void a_doctor(void **state)
{
    (void)state;
    for_all(try_doctor);
}

static int set_up(void **state)
{
    (void)state;
    world = forge_world_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    forge_world_free(&world);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_verifier), cmocka_unit_test(a_budget),
        cmocka_unit_test(a_store),    cmocka_unit_test(a_radius_exchange),
        cmocka_unit_test(a_client),   cmocka_unit_test(a_fetcher),
        cmocka_unit_test(a_doctor),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
