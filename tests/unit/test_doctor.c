/* SPDX-License-Identifier: BSD-2-Clause */
/* The doctor's run, with probes of a test: what a state comes from, what blocks what, and how a run
 * ends. The rows of a deployment are tried against the lab (tests/flow/doctor_fault_table.sh). */
#include "radius_scene.h"
#include "testing.h"

#include <daotp/daotp.h>
#include <daotp/sys/probe.h>
#include <string.h>

/* A probe that answers `again` times DAOTP_AGAIN, and then what it is to answer. */
typedef struct script {
    unsigned again;
    daotp_status answer;
    daotp_finding_number finding; /* 0 for none */
    unsigned steps, freed;
} script;

static daotp_status step_script(void *self, daotp_report *report)
{
    script *s = self;

    s->steps++;
    if (s->again > 0) {
        s->again--;
        return DAOTP_AGAIN;
    }
    if (s->finding != 0)
        (void)daotp_report_add(report, s->finding, 0, "subject", "found");
    return s->answer;
}

static void free_script(void *self)
{
    script *s = self;

    s->freed++;
}

static const daotp_probe plain = {.size = sizeof plain, .step = step_script, .free = free_script};
static const daotp_probe first = {
    .size = sizeof first, .step = step_script, .free = free_script, .comes_first = true};

static const daotp_probe following = {
    .size = sizeof following, .step = step_script, .free = free_script, .follows = true};

static daotp_context *context;
static daotp_doctor *doctor;

static int set_up(void **state)
{
    (void)state;
    return daotp_context_new(&context) == DAOTP_OK && daotp_doctor_new(context, &doctor) == DAOTP_OK
               ? 0
               : -1;
}

static int tear_down(void **state)
{
    (void)state;
    daotp_doctor_free(doctor);
    daotp_context_unref(context);
    return 0;
}

static void add(const daotp_probe *probe, const char *name, script *s)
{
    assert_int_equal(daotp_doctor_add_probe(doctor, name, "title", probe, s, NULL), DAOTP_OK);
}

/* The doctor looks at a client that has no settings. */
static daotp_client *set_new_client(void)
{
    daotp_client *client = NULL;

    assert_int_equal(daotp_client_new(context, &client), DAOTP_OK);
    assert_int_equal(daotp_doctor_set_client(doctor, client), DAOTP_OK);
    return client;
}

/* A probe that follows needs the last one before it that does not. */
static void a_probe_that_follows_is_skipped_with_its_leader(void **state)
{
    static script good = {.answer = DAOTP_OK},
                  bad = {.answer = DAOTP_NETWORK, .finding = DAOTP_FINDING_TCP_FAILED};
    static script after[4];

    (void)state;
    add(&following, "alone", &after[0]);
    add(&plain, "good", &good);
    add(&following, "of good", &after[1]);
    add(&plain, "bad", &bad);
    add(&following, "of bad", &after[2]);
    add(&following, "also of bad", &after[3]);
    assert_int_equal(daotp_doctor_run(doctor), DAOTP_REJECTED);
    assert_int_equal(daotp_doctor_get_state(doctor, 0), DAOTP_PROBE_PASSED);
    assert_int_equal(daotp_doctor_get_state(doctor, 2), DAOTP_PROBE_PASSED);
    for (size_t row = 4; row < 6; row++) {
        assert_int_equal(daotp_doctor_get_state(doctor, row), DAOTP_PROBE_SKIPPED);
        assert_int_equal(daotp_doctor_get_blocker(doctor, row), 3);
        assert_int_equal(after[row - 2].steps, 0);
    }
}

static void a_state_comes_from_the_answer(void **state)
{
    static const struct {
        daotp_status answer;
        daotp_finding_number finding;
        daotp_probe_state state;
    } cases[] = {
        {DAOTP_OK, 0, DAOTP_PROBE_PASSED},
        {DAOTP_OK, DAOTP_FINDING_CLIENT_NO_STORE, DAOTP_PROBE_PASSED}, /* information */
        {DAOTP_OK, DAOTP_FINDING_TRUST_FILE, DAOTP_PROBE_WARNED},
        {DAOTP_OK, DAOTP_FINDING_TCP_FAILED, DAOTP_PROBE_WARNED}, /* an error that was made good */
        {DAOTP_NETWORK, DAOTP_FINDING_TCP_FAILED, DAOTP_PROBE_FAILED},
        {DAOTP_UNDECIDED, DAOTP_FINDING_CRL_MISSING, DAOTP_PROBE_UNDECIDED},
        {DAOTP_REJECTED, 0, DAOTP_PROBE_FAILED}, /* without a finding: CALL-INTERNAL */
        {(daotp_status)77, 0, DAOTP_PROBE_FAILED},
    };
    static script scripts[8];

    (void)state;
    for (size_t i = 0; i < 8; i++) {
        scripts[i] = (script){.answer = cases[i].answer, .finding = cases[i].finding};
        add(&plain, "row", &scripts[i]);
    }
    assert_int_equal(daotp_doctor_run(doctor), DAOTP_REJECTED);
    assert_int_equal(daotp_doctor_get_count(doctor), 8);
    for (size_t i = 0; i < 8; i++) {
        assert_int_equal(daotp_doctor_get_state(doctor, i), cases[i].state);
        assert_true(daotp_doctor_get_ms(doctor, i) >= 0);
    }
    assert_int_equal(
        daotp_finding_get_number(daotp_report_get_error(daotp_doctor_get_row_report(doctor, 6))),
        DAOTP_FINDING_CALL_INTERNAL);
}

static void the_verdict_is_the_first_row_that_failed(void **state)
{
    static script good = {.again = 0}, unsure = {.answer = DAOTP_UNDECIDED}, bad = {.again = 2};
    static script worse = {.answer = DAOTP_NETWORK, .finding = DAOTP_FINDING_TCP_FAILED};
    size_t row = 99;

    (void)state;
    bad.answer = DAOTP_NETWORK;
    bad.finding = DAOTP_FINDING_DNS_FAILED;
    add(&plain, "good", &good);
    add(&plain, "unsure", &unsure);
    add(&plain, "bad", &bad); /* it ends last */
    add(&plain, "worse", &worse);
    assert_int_equal(daotp_doctor_finish(doctor, &row), DAOTP_USAGE);
    assert_int_equal(daotp_doctor_run(doctor), DAOTP_REJECTED);
    assert_int_equal(daotp_doctor_finish(doctor, &row), DAOTP_REJECTED);
    assert_int_equal(row, 2);
    assert_int_equal(strncmp(daotp_doctor_get_text(doctor), "verdict: bad: DNS-FAILED", 24), 0);
    assert_non_null(
        strstr(daotp_doctor_get_json(doctor), "\"verdict\":2,\"error\":\"DNS-FAILED\""));
}

static void undecided_is_neither(void **state)
{
    static script good = {.again = 0}, unsure = {.answer = DAOTP_UNDECIDED};
    size_t row;

    (void)state;
    add(&plain, "good", &good);
    add(&plain, "unsure", &unsure);
    assert_int_equal(daotp_doctor_run(doctor), DAOTP_UNDECIDED);
    assert_int_equal(daotp_doctor_finish(doctor, &row), DAOTP_UNDECIDED);
    assert_int_equal(row, 1);
}

static void nothing_wrong_has_no_verdict_row(void **state)
{
    static script good = {.again = 3};
    size_t row;

    (void)state;
    add(&plain, "good", &good);
    assert_int_equal(daotp_doctor_run(doctor), DAOTP_OK);
    assert_int_equal(good.steps, 4);
    assert_int_equal(daotp_doctor_finish(doctor, &row), DAOTP_OK);
    assert_int_equal(row, 1);
    assert_non_null(strstr(daotp_doctor_get_json(doctor), "\"verdict\":null,\"error\":null"));
}

/* A client without settings: its first row says so, and each that follows names that row. */
static void what_is_blocked_names_its_blocker(void **state)
{
    daotp_client *client = set_new_client();
    size_t row;

    (void)state;
    assert_int_equal(daotp_doctor_run(doctor), DAOTP_REJECTED);
    assert_int_equal(daotp_doctor_finish(doctor, &row), DAOTP_REJECTED);
    assert_int_equal(row, 0);
    assert_string_equal(daotp_doctor_get_name(doctor, 0), "configuration");
    assert_int_equal(
        daotp_finding_get_number(daotp_report_get_error(daotp_doctor_get_row_report(doctor, 0))),
        DAOTP_FINDING_CLIENT_NO_SERVER);
    assert_int_equal(daotp_doctor_get_blocker(doctor, 0), daotp_doctor_get_count(doctor));
    for (size_t i = 1; i < daotp_doctor_get_count(doctor); i++) {
        assert_int_equal(daotp_doctor_get_state(doctor, i), DAOTP_PROBE_SKIPPED);
        assert_int_equal(daotp_doctor_get_blocker(doctor, i), 0);
        assert_int_equal(daotp_doctor_get_ms(doctor, i), -1);
    }
    daotp_doctor_free(doctor); /* before what it borrowed */
    doctor = NULL;
    daotp_client_free(client);
}

static void a_first_probe_blocks_the_librarys_rows(void **state)
{
    static script bad = {.answer = DAOTP_CONFIGURATION, .finding = DAOTP_FINDING_FILE_READ};
    static script aside = {.again = 0};
    daotp_client *client = set_new_client();

    (void)state;
    add(&plain, "aside", &aside);
    add(&first, "profile", &bad);
    assert_int_equal(daotp_doctor_run(doctor), DAOTP_REJECTED);
    assert_string_equal(daotp_doctor_get_name(doctor, 0), "profile");
    assert_string_equal(daotp_doctor_get_name(doctor, 1), "configuration");
    assert_int_equal(daotp_doctor_get_blocker(doctor, 1), 0);
    assert_int_equal(daotp_doctor_get_state(doctor, daotp_doctor_get_count(doctor) - 1),
                     DAOTP_PROBE_PASSED); /* it depends on nothing */
    daotp_doctor_free(doctor);
    doctor = NULL;
    daotp_client_free(client);
}

/* A code that nobody would send is no pass: the row that needs the user says so. */
static void a_code_needs_a_user(void **state)
{
    daotp_client *client = set_new_client();
    size_t count;

    (void)state;
    assert_int_equal(daotp_doctor_run(doctor), DAOTP_REJECTED);
    count = daotp_doctor_get_count(doctor);
    assert_int_equal(daotp_doctor_set_code(doctor, "123456", 6), DAOTP_OK);
    assert_int_equal(daotp_doctor_run(doctor), DAOTP_REJECTED);
    assert_string_equal(daotp_doctor_get_name(doctor, count), "account");
    assert_string_equal(daotp_doctor_get_subject(doctor, count), "");
    assert_int_equal(daotp_doctor_set_client(doctor, NULL), DAOTP_OK);
    assert_string_equal(daotp_doctor_get_name(doctor, 0), "configuration"); /* until begin */
    daotp_client_free(client);
}

static void names_have_a_longest(void **state)
{
    char name[514];

    (void)state;
    memset(name, 'a', sizeof name);
    name[513] = '\0';
    assert_int_equal(daotp_doctor_set_user(doctor, name), DAOTP_USAGE);
    assert_int_equal(daotp_doctor_add_kdc(doctor, name, "kdc"), DAOTP_USAGE);
    assert_int_equal(daotp_doctor_set_user(doctor, name + 1), DAOTP_OK);
    assert_int_equal(daotp_doctor_add_kdc(doctor, name + 1, "kdc"), DAOTP_OK);
    assert_int_equal(daotp_doctor_set_user(doctor, NULL), DAOTP_OK);
}

static int64_t tell_now(void *user)
{
    return *(int64_t *)user;
}

static void the_deadline_ends_all_rows(void **state)
{
    static script waits = {.again = 1000000};
    int64_t now = 1000;

    (void)state;
    assert_int_equal(daotp_context_set_monotonic_clock(context, tell_now, &now), DAOTP_OK);
    assert_int_equal(daotp_doctor_set_timeout_ms(doctor, 5000), DAOTP_OK);
    add(&plain, "waits", &waits);
    assert_int_equal(daotp_doctor_begin(doctor), DAOTP_OK);
    assert_int_equal(daotp_doctor_set_timeout_ms(doctor, 1), DAOTP_USAGE); /* a run is under way */
    assert_int_equal(daotp_doctor_step(doctor), DAOTP_AGAIN);
    assert_between(daotp_doctor_get_timeout_ms(doctor), 0, 100);
    now += 5001;
    assert_int_equal(daotp_doctor_step(doctor), DAOTP_REJECTED);
    assert_int_equal(
        daotp_finding_get_number(daotp_report_get_error(daotp_doctor_get_row_report(doctor, 0))),
        DAOTP_FINDING_CALL_TIMEOUT);
    assert_int_equal(daotp_doctor_step(doctor), DAOTP_USAGE);
}

static void a_run_is_cancelled_and_made_again(void **state)
{
    static script waits = {.again = 1};

    (void)state;
    add(&plain, "waits", &waits);
    assert_int_equal(daotp_doctor_begin(doctor), DAOTP_OK);
    assert_int_equal(daotp_doctor_step(doctor), DAOTP_AGAIN);
    daotp_doctor_cancel(doctor);
    assert_int_equal(daotp_doctor_step(doctor), DAOTP_CANCELLED);
    assert_int_equal(daotp_doctor_finish(doctor, NULL), DAOTP_CANCELLED);
    assert_int_equal(daotp_doctor_run(doctor), DAOTP_OK); /* a probe is of all runs */
    assert_int_equal(waits.freed, 0);
    daotp_doctor_free(doctor);
    doctor = NULL;
    assert_int_equal(waits.freed, 1);
}

static void a_probe_that_is_refused_is_let_go(void **state)
{
    daotp_probe no_step = {.size = sizeof no_step, .free = free_script};
    static script s = {.again = 0};

    (void)state;
    assert_int_equal(daotp_doctor_add_probe(doctor, "a", "b", &no_step, &s, NULL), DAOTP_USAGE);
    assert_int_equal(daotp_doctor_add_probe(doctor, "", "b", &plain, &s, NULL), DAOTP_USAGE);
    assert_int_equal(daotp_doctor_add_probe(doctor, "a", NULL, &plain, &s, NULL), DAOTP_USAGE);
    assert_int_equal(daotp_doctor_add_probe(NULL, "a", "b", &plain, &s, NULL), DAOTP_USAGE);
    assert_int_equal(s.freed, 4);
}

/* A server that is silent to Status-Server, which is code 12, and rejects whom it does not know. */
static void a_radius_server_need_not_know_status_server(void **state)
{
    radius_scene_request request;
    daotp_doctor *visit = NULL;
    unsigned asked[13] = {0};
    daotp_status status;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    assert_int_equal(daotp_doctor_new(s.context, &visit), DAOTP_OK);
    assert_int_equal(daotp_doctor_set_radius(visit, s.radius), DAOTP_OK);
    assert_int_equal(daotp_doctor_begin(visit), DAOTP_OK);
    while ((status = daotp_doctor_step(visit)) == DAOTP_AGAIN) {
        s.now_ms += 100;
        if (!radius_scene_take(&s, 0, &request))
            continue;
        assert_true(request.packet.data[0] < 13);
        asked[request.packet.data[0]]++;
        if (request.packet.data[0] == 1)
            radius_scene_answer(&s, 0, &request, 3);
    }
    assert_int_equal(status, DAOTP_OK);
    assert_true(asked[12] > 0);
    assert_int_equal(asked[1], 1);
    assert_string_equal(daotp_doctor_get_name(visit, 0), "radius");
    daotp_doctor_free(visit);
    radius_scene_tear_down(&s);
}

static unsigned told;

static void count_progress(void *user, size_t row, daotp_probe_state state)
{
    (void)user, (void)row;
    if (state == DAOTP_PROBE_RUNNING || state == DAOTP_PROBE_PASSED)
        told++;
}

static void progress_is_told(void **state)
{
    static script one = {.again = 1}, two = {.again = 0};

    (void)state;
    told = 0;
    add(&plain, "one", &one);
    add(&plain, "two", &two);
    assert_int_equal(daotp_doctor_set_progress_callback(doctor, count_progress, NULL), DAOTP_OK);
    assert_int_equal(daotp_doctor_run(doctor), DAOTP_OK);
    assert_int_equal(told, 4);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {TEST(a_probe_that_follows_is_skipped_with_its_leader),
                                       TEST(a_state_comes_from_the_answer),
                                       TEST(the_verdict_is_the_first_row_that_failed),
                                       TEST(undecided_is_neither),
                                       TEST(nothing_wrong_has_no_verdict_row),
                                       TEST(what_is_blocked_names_its_blocker),
                                       TEST(a_first_probe_blocks_the_librarys_rows),
                                       TEST(a_code_needs_a_user),
                                       TEST(names_have_a_longest),
                                       TEST(the_deadline_ends_all_rows),
                                       TEST(a_run_is_cancelled_and_made_again),
                                       TEST(a_probe_that_is_refused_is_let_go),
                                       TEST(a_radius_server_need_not_know_status_server),
                                       TEST(progress_is_told)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
