/* SPDX-License-Identifier: BSD-2-Clause */
/* How often a code may be wrong, under a clock that the test moves; what is spent; what is in the
 * folder after crashes, damage and two at once. */
#include "forge.h"
#include "scratch.h"
#include "testing.h"

#include "responder/budget.h"
#include "responder/budget_table.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MINUTE INT64_C(60)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

typedef struct fixture {
    daotp_context *context;
    daotp_budget *budget;
    char folder[64];
    int64_t now_s;
} fixture;

static int set_up(void **state)
{
    (void)state;
    return scratch_begin();
}

static int tear_down(void **state)
{
    (void)state;
    return scratch_end();
}

static void fixture_new(fixture *f, bool durable)
{
    f->context = forge_context();
    f->now_s = FORGE_NOW;
    assert_int_equal(daotp_context_set_wall_clock(f->context, test_clock_stands, &f->now_s),
                     DAOTP_OK);
    scratch_folder(f->folder, sizeof f->folder);
    assert_int_equal(daotp_budget_new(f->context, durable ? f->folder : NULL, &f->budget),
                     DAOTP_OK);
}

static void fixture_free(fixture *f)
{
    daotp_budget_unref(f->budget);
    daotp_context_unref(f->context);
}

static void restart(fixture *f)
{
    daotp_budget_unref(f->budget);
    assert_int_equal(daotp_budget_new(f->context, f->folder, &f->budget), DAOTP_OK);
}

static bool attempt(fixture *f, const char *user, unsigned certificate,
                    daotp__budget_outcome outcome)
{
    daotp__budget_charge charge;
    daotp__bytes tbs = {(const uint8_t *)&certificate, sizeof certificate};
    daotp_status status = daotp__budget_take(f->budget, user, tbs, &charge, NULL);

    if (status == DAOTP_REJECTED)
        return false;
    assert_int_equal(status, DAOTP_OK);
    assert_int_equal(daotp__budget_settle(f->budget, &charge, outcome, NULL), DAOTP_OK);
    return true;
}

static bool wrong(fixture *f, const char *user, unsigned certificate)
{
    return attempt(f, user, certificate, DAOTP__BUDGET_WRONG);
}

static bool right(fixture *f, const char *user, unsigned certificate)
{
    return attempt(f, user, certificate, DAOTP__BUDGET_RIGHT);
}

/* ---- one pair -------------------------------------------------------------------------------- */

static void five_then_a_backoff_that_doubles(void **state)
{
    fixture f;

    (void)state;
    fixture_new(&f, false);
    for (int i = 0; i < 5; i++)
        assert_true(wrong(&f, "alice", 1));
    for (int64_t wait = 15 * MINUTE; wait <= 4 * HOUR; wait *= 2) {
        assert_false(wrong(&f, "alice", 1));
        f.now_s += wait - 1;
        assert_false(wrong(&f, "alice", 1));
        f.now_s += 1;
        assert_true(wrong(&f, "alice", 1));
    }
    /* another user, another certificate: budgets of their own */
    assert_true(wrong(&f, "bob", 1));
    assert_true(wrong(&f, "alice", 2));
    fixture_free(&f);
}

static void a_right_code_ends_the_row(void **state)
{
    fixture f;

    (void)state;
    fixture_new(&f, false);
    for (int round = 0; round < 4; round++) {
        for (int i = 0; i < 4; i++)
            assert_true(wrong(&f, "alice", 1));
        assert_true(right(&f, "alice", 1));
    }
    fixture_free(&f);
}

/* ---- thirty days ----------------------------------------------------------------------------- */

enum { ATTACKERS = 50, STEP_MINUTES = 5 };

typedef struct attack {
    unsigned certificates; /* of the attacker: 100, 101, ... */
    bool mixes;            /* own successes in between */
    bool same_machine;     /* the attacker's first certificate is the victim's own */
} attack;

/* Every few minutes each certificate of the attacker tries; the user logs in each morning and
 * evening.
 */
static unsigned simulate(const attack *plan)
{
    unsigned guesses = 0;
    fixture f;

    fixture_new(&f, false);
    assert_true(right(&f, "alice", 1)); /* before it begins */
    for (int64_t minute = 0; minute < 30 * 24 * 60; minute += STEP_MINUTES) {
        f.now_s += STEP_MINUTES * MINUTE;
        for (unsigned i = 0; i < plan->certificates; i++) {
            unsigned certificate = plan->same_machine && i == 0 ? 1 : 100 + i;

            if (plan->mixes && minute % 60 == 0)
                (void)right(&f, "mallory", certificate);
            guesses += wrong(&f, "alice", certificate);
        }
        if (!plan->same_machine && minute % (12 * 60) == 480 && !right(&f, "alice", 1))
            fail_msg("minute %lld: the user is locked out", (long long)minute);
    }
    fixture_free(&f);
    return guesses;
}

static void no_attack_gets_a_hundred_guesses_in_thirty_days(void **state)
{
    static const attack attacks[] = {
        {1, false, false}, {1, true, false}, {ATTACKERS, false, false},
        {20, true, false}, {1, false, true}, {20, false, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof attacks / sizeof attacks[0]; i++) {
        unsigned guesses = simulate(&attacks[i]);

        print_message("attack %zu: %u guesses\n", i, guesses);
        if (guesses >= 100 || guesses == 0)
            fail_msg("attack %zu: %u guesses", i, guesses);
    }
}

/* Guesses that so many servers allow in thirty days together: each is asked every few minutes. */
static unsigned simulate_nodes(int64_t nodes, unsigned certificates)
{
    unsigned guesses = 0;

    for (int64_t node = 0; node < nodes; node++) {
        fixture f;

        fixture_new(&f, false);
        assert_int_equal(daotp_budget_set_nodes(f.budget, nodes), DAOTP_OK);
        assert_true(right(&f, "alice", 100)); /* the attacker's first certificate is the user's */
        for (int64_t minute = 0; minute < 30 * 24 * 60; minute += STEP_MINUTES) {
            f.now_s += STEP_MINUTES * MINUTE;
            for (unsigned i = 0; i < certificates; i++)
                guesses += wrong(&f, "alice", 100 + i);
        }
        fixture_free(&f);
    }
    return guesses;
}

static void servers_allow_no_more_than_one(void **state)
{
    unsigned alone[] = {simulate_nodes(1, 1), simulate_nodes(1, 20)};

    (void)state;
    for (int64_t nodes = 2; nodes <= 10; nodes++)
        for (unsigned i = 0; i < 2; i++) {
            unsigned guesses = simulate_nodes(nodes, i == 0 ? 1 : 20);

            print_message("%lld servers: %u guesses, one: %u\n", (long long)nodes, guesses,
                          alone[i]);
            if (guesses > alone[i] || guesses < (unsigned)nodes)
                fail_msg("%lld servers: %u guesses, one: %u", (long long)nodes, guesses, alone[i]);
        }
}

static void nodes_are_set_before_the_first_use(void **state)
{
    fixture f;

    (void)state;
    fixture_new(&f, false);
    assert_int_equal(daotp_budget_set_nodes(f.budget, 0), DAOTP_USAGE);
    assert_int_equal(daotp_budget_set_nodes(f.budget, 11), DAOTP_USAGE);
    assert_int_equal(daotp_budget_set_nodes(f.budget, INT64_MIN), DAOTP_USAGE);
    assert_int_equal(daotp_budget_set_nodes(f.budget, 2), DAOTP_OK);
    assert_true(wrong(&f, "alice", 1));
    assert_true(wrong(&f, "alice", 1));
    assert_false(wrong(&f, "alice", 1));
    assert_int_equal(daotp_budget_set_nodes(f.budget, 1), DAOTP_USAGE);
    fixture_free(&f);
}

/* Bursts between the user's own successes with the same machine: those do not refill the budget. */
static void successes_do_not_refill_the_budget(void **state)
{
    unsigned guesses = 0;
    fixture f;

    (void)state;
    fixture_new(&f, false);
    for (int hour = 0; hour < 30 * 24; hour++) {
        f.now_s += HOUR;
        for (int i = 0; i < 4; i++)
            guesses += wrong(&f, "alice", 1);
        (void)right(&f, "alice", 1);
    }
    print_message("%u guesses\n", guesses);
    assert_true(guesses < 100);
    fixture_free(&f);
}

/* One attacker alone does not close the user's budget for a machine that is new. */
static void one_attacker_leaves_room_for_a_new_machine(void **state)
{
    fixture f;

    (void)state;
    fixture_new(&f, false);
    for (int64_t minute = 0; minute < 10 * 24 * 60; minute++) {
        f.now_s += MINUTE;
        (void)wrong(&f, "alice", 100);
    }
    assert_true(right(&f, "alice", 1));
    fixture_free(&f);
}

static void a_certificate_over_all_users_is_bounded(void **state)
{
    unsigned guesses = 0;
    char name[16];
    fixture f;

    (void)state;
    fixture_new(&f, false);
    for (int i = 0; i < 1000; i++) {
        (void)snprintf(name, sizeof name, "user%d", i);
        guesses += wrong(&f, name, 100);
    }
    assert_between(guesses, 10, 60);
    assert_true(wrong(&f, "user999", 101));
    fixture_free(&f);
}

/* ---- clocks and answers ---------------------------------------------------------------------- */

static void a_clock_that_goes_back_gives_nothing_and_takes_no_more(void **state)
{
    fixture f;

    (void)state;
    fixture_new(&f, false);
    for (int i = 0; i < 5; i++)
        assert_true(wrong(&f, "alice", 1));
    f.now_s -= 400 * DAY;
    assert_false(wrong(&f, "alice", 1));
    f.now_s += 15 * MINUTE; /* the wait begins anew, no more */
    assert_true(right(&f, "alice", 1));
    fixture_free(&f);
}

static void nobody_answering_is_no_wrong_code(void **state)
{
    fixture f;
    int taken = 0;

    (void)state;
    fixture_new(&f, false);
    assert_true(right(&f, "alice", 1));
    for (int i = 0; i < 100; i++)
        taken += attempt(&f, "alice", 1, DAOTP__BUDGET_UNANSWERED);
    assert_between(taken, 15, 50); /* but it is no way around the budget either */
    fixture_free(&f);
}

static void names_are_one_in_any_case(void **state)
{
    fixture f;

    (void)state;
    fixture_new(&f, false);
    for (int i = 0; i < 5; i++)
        assert_true(wrong(&f, i % 2 != 0 ? "ALICE@corp" : "alice@CORP", 1));
    assert_false(wrong(&f, "Alice@Corp", 1));
    fixture_free(&f);
}

/* ---- clearing -------------------------------------------------------------------------------- */

/* Use up what alice has, with each of some certificates and over all. */
static void use_up(fixture *f)
{
    for (unsigned certificate = 1; certificate <= 6; certificate++)
        while (wrong(f, "alice", certificate))
            ;
    for (unsigned certificate = 1; certificate <= 7; certificate++)
        assert_false(right(f, "alice", certificate));
}

static void assert_clear_opens(bool durable)
{
    fixture f;

    fixture_new(&f, durable);
    assert_true(right(&f, "bob", 9)); /* trusted: his row alone counts */
    while (wrong(&f, "bob", 9))
        ;
    use_up(&f);
    assert_int_equal(daotp_budget_clear_user(f.budget, "bobby", NULL), DAOTP_OK);
    assert_false(wrong(&f, "alice", 1));
    assert_int_equal(daotp_budget_clear_user(f.budget, "ALICE", NULL), DAOTP_OK);
    if (durable)
        restart(&f);
    assert_false(wrong(&f, "bob", 9));
    /* once, and in the same second no more than the measure */
    for (unsigned certificate = 1; certificate <= 4; certificate++)
        for (int i = 0; i < 5; i++)
            assert_true(wrong(&f, "alice", certificate));
    for (unsigned certificate = 1; certificate <= 7; certificate++)
        assert_false(wrong(&f, "alice", certificate));
    assert_int_equal(daotp_budget_clear_user(f.budget, "alice", NULL), DAOTP_OK);
    for (unsigned certificate = 1; certificate <= 7; certificate++)
        assert_true(right(&f, "alice", certificate));
    assert_int_equal(daotp_budget_clear_user(f.budget, "bob", NULL), DAOTP_OK);
    assert_true(right(&f, "bob", 9));
    fixture_free(&f);
}

static void a_cleared_user_begins_anew(void **state)
{
    (void)state;
    assert_clear_opens(false);
    assert_clear_opens(true);
}

/* Another process clears; and a pair that comes weeks later has not missed it. */
static void a_clearing_lasts_until_each_pair_saw_it(void **state)
{
    daotp_budget *other;
    fixture f;

    (void)state;
    fixture_new(&f, true);
    for (int day = 0; day < 30; day++) { /* its own long-term budget, used up for a month */
        (void)wrong(&f, "alice", 1);
        f.now_s += HOUR;
    }
    while (wrong(&f, "alice", 1))
        f.now_s += 17 * HOUR;
    assert_int_equal(daotp_budget_new(f.context, f.folder, &other), DAOTP_OK);
    assert_int_equal(daotp_budget_clear_user(other, "alice", NULL), DAOTP_OK);
    daotp_budget_unref(other);
    assert_true(wrong(&f, "bob", 1)); /* writes a table */
    f.now_s += 12 * HOUR;
    for (int i = 0; i < 5; i++)
        assert_true(wrong(&f, "alice", 1));
    assert_false(wrong(&f, "alice", 1));
    fixture_free(&f);
}

/* A clearing that is long past and forgotten gives nothing again. */
static void a_clearing_gives_nothing_twice(void **state)
{
    fixture f;

    (void)state;
    fixture_new(&f, true);
    assert_int_equal(daotp_budget_clear_user(f.budget, "alice", NULL), DAOTP_OK);
    assert_true(right(&f, "alice", 1));
    for (int day = 0; day < 50; day++) {
        f.now_s += DAY;
        assert_true(right(&f, "alice", 1));
    }
    for (int i = 0; i < 5; i++)
        assert_true(wrong(&f, "alice", 1));
    for (int i = 0; i < 3; i++) {
        assert_false(wrong(&f, "alice", 1));
        restart(&f);
    }
    assert_int_equal(daotp_budget_clear_user(f.budget, "alice", NULL), DAOTP_OK);
    assert_true(right(&f, "alice", 1));
    fixture_free(&f);
}

/* ---- the folder ------------------------------------------------------------------------------ */

static void a_restart_forgets_nothing(void **state)
{
    fixture f;

    (void)state;
    fixture_new(&f, true);
    for (int i = 0; i < 5; i++) {
        assert_true(wrong(&f, "alice", 1));
        restart(&f);
    }
    assert_false(wrong(&f, "alice", 1));
    assert_int_equal(daotp_budget_spend_step(f.budget, "secret", 6, 100, NULL), DAOTP_OK);
    restart(&f);
    assert_int_equal(daotp_budget_spend_step(f.budget, "secret", 6, 100, NULL), DAOTP_REJECTED);
    assert_int_equal(daotp_budget_spend_step(f.budget, "secret", 6, 99, NULL), DAOTP_REJECTED);
    f.now_s -= 10 * DAY; /* the clock went back */
    assert_int_equal(daotp_budget_spend_step(f.budget, "secret", 6, 100, NULL), DAOTP_REJECTED);
    assert_int_equal(daotp_budget_spend_step(f.budget, "secret", 6, 101, NULL), DAOTP_OK);
    assert_int_equal(daotp_budget_spend_step(f.budget, "other", 5, 100, NULL), DAOTP_OK);
    fixture_free(&f);
}

/* A clock that is years ahead for a moment, while the table is written: the last code of a token
 * stays spent when the clock is right again. */
static void a_clock_that_was_ahead_makes_no_code_good_again(void **state)
{
    static const int64_t ahead_s[] = {HOUR, 41 * DAY, 401 * DAY, 20000 * DAY};
    static const uint8_t key[DAOTP__BUDGET_KEY] = {1};

    (void)state;
    for (size_t i = 0; i < sizeof ahead_s / sizeof ahead_s[0]; i++) {
        daotp__budget_table table = {NULL, 0, 0}, read;
        daotp__budget_record token = {
            .kind = DAOTP__BUDGET_TOKEN, .step = 7, .touched_s = FORGE_NOW};
        daotp__buffer out;

        assert_int_equal(daotp__budget_table_put(&table, &token, FORGE_NOW), DAOTP_OK);
        daotp__buffer_init(&out, 1 << 20);
        daotp__budget_table_write(&table, 0, key, FORGE_NOW + ahead_s[i], &out);
        assert_int_equal(daotp__budget_table_read(daotp__buffer_bytes(&out), 0, key, &read),
                         DAOTP_OK);
        token.step = -1;
        daotp__budget_table_get(&read, &token);
        assert_int_equal(token.step, 7);
        daotp__budget_table_free(&read);
        daotp__budget_table_free(&table);
        daotp__buffer_free(&out);
    }
}

static void each_file_is_closed_to_others_and_holds_no_name(void **state)
{
    fixture f;
    char command[200];

    (void)state;
    fixture_new(&f, true);
    assert_true(wrong(&f, "alice-in-clear", 1));
    assert_int_equal(daotp_budget_spend_step(f.budget, "secret-in-clear", 15, 1, NULL), DAOTP_OK);
    (void)snprintf(command, sizeof command,
                   "! grep -rqa in-clear %s && ! find %s -perm /077 | grep -q .", f.folder,
                   f.folder);
    assert_int_equal(system(command), 0);
    fixture_free(&f);
}

/* Cut at every length, and each octet changed: refused, never taken for an empty one. */
static void a_damaged_table_is_refused(void **state)
{
    static const uint8_t key[DAOTP__BUDGET_KEY] = {1};
    daotp__budget_table table = {NULL, 0, 0}, read;
    daotp__budget_record record = {.kind = DAOTP__BUDGET_TOKEN, .step = 7, .touched_s = FORGE_NOW};
    daotp__buffer out;

    (void)state;
    assert_int_equal(daotp__budget_table_put(&table, &record, FORGE_NOW), DAOTP_OK);
    daotp__buffer_init(&out, 1 << 20);
    daotp__budget_table_write(&table, 0, key, FORGE_NOW, &out);
    assert_int_equal(out.failed, DAOTP_OK);
    for (size_t len = 0; len < out.len; len++)
        assert_int_equal(daotp__budget_table_read((daotp__bytes){out.data, len}, 0, key, &read),
                         DAOTP_PEER);
    for (size_t at = 0; at < out.len; at++) {
        out.data[at] ^= 1;
        assert_int_equal(daotp__budget_table_read(daotp__buffer_bytes(&out), 0, key, &read),
                         DAOTP_PEER);
        out.data[at] ^= 1;
    }
    assert_int_equal(daotp__budget_table_read(daotp__buffer_bytes(&out), 0, key, &read), DAOTP_OK);
    record.step = 0;
    daotp__budget_table_get(&read, &record);
    assert_int_equal(record.step, 7);
    daotp__budget_table_free(&read);
    daotp__budget_table_free(&table);
    daotp__buffer_free(&out);
}

static void a_table_is_bounded(void **state)
{
    daotp__budget_table table = {NULL, 0, 0};
    daotp__budget_record record = {.kind = DAOTP__BUDGET_TOKEN};

    (void)state;
    for (uint32_t i = 0; i < DAOTP__MAX_BUDGET_RECORDS + 100; i++) {
        memcpy(record.key, &i, sizeof i);
        record.touched_s = FORGE_NOW + i;
        assert_int_equal(daotp__budget_table_put(&table, &record, FORGE_NOW + i), DAOTP_OK);
    }
    assert_int_equal(table.count, DAOTP__MAX_BUDGET_RECORDS);
    daotp__budget_table_free(&table);
}

/* Records that whoever sends requests can make displace no token, however recent they are. */
static void a_flood_displaces_no_token(void **state)
{
    daotp__budget_table table = {NULL, 0, 0};
    daotp__budget_record token = {.kind = DAOTP__BUDGET_TOKEN, .step = 7, .touched_s = FORGE_NOW};
    daotp__budget_record other = {.kind = DAOTP__BUDGET_PAIR, .step = -1, .wrong = 1};

    (void)state;
    assert_int_equal(daotp__budget_table_put(&table, &token, FORGE_NOW), DAOTP_OK);
    for (uint32_t i = 0; i < DAOTP__MAX_BUDGET_RECORDS + 100; i++) {
        memcpy(other.key, &i, sizeof i);
        other.touched_s = other.last_s = FORGE_NOW + i / 64;
        other.whole_s = other.touched_s + 3 * DAY;
        assert_int_equal(daotp__budget_table_put(&table, &other, FORGE_NOW + i / 64), DAOTP_OK);
    }
    assert_int_equal(table.count, DAOTP__MAX_BUDGET_RECORDS);
    token.step = -1;
    daotp__budget_table_get(&table, &token);
    assert_int_equal(token.step, 7);
    daotp__budget_table_free(&table);
}

/* A table under the name of another one, as after a mistake with a copy: refused, since the codes
 * and attempts of the other one would be forgotten. */
static void a_table_of_another_name_is_refused(void **state)
{
    static const uint8_t key[DAOTP__BUDGET_KEY] = {1};
    daotp__budget_table table = {NULL, 0, 0}, read;
    daotp__buffer out;

    (void)state;
    daotp__buffer_init(&out, 1 << 20);
    daotp__budget_table_write(&table, 0x3A, key, FORGE_NOW, &out);
    for (unsigned which = 0; which < 256; which++)
        assert_int_equal(
            daotp__budget_table_read(daotp__buffer_bytes(&out), (uint8_t)which, key, &read),
            which == 0x3A ? DAOTP_OK : DAOTP_PEER);
    daotp__buffer_free(&out);
}

static void write_key(const fixture *f, const char *octets)
{
    char path[100];
    FILE *out;

    (void)snprintf(path, sizeof path, "%s/key", f->folder);
    if (octets == NULL) {
        assert_int_equal(unlink(path), 0);
        return;
    }
    out = fopen(path, "w");
    assert_non_null(out);
    assert_int_equal(fwrite(octets, 1, 32, out), 32);
    assert_int_equal(fclose(out), 0);
}

/* A key that was lost or exchanged: a new one names other tables, so each spent code would be good
 * again. */
static void tables_without_their_key_are_refused(void **state)
{
    static const char *const keys[] = {NULL, "another key of thirty-two octets"};
    daotp_report *report;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        fixture f;

        fixture_new(&f, true);
        restart(&f);
        assert_int_equal(daotp_budget_open(f.budget, NULL), DAOTP_OK); /* no table yet */
        write_key(&f, keys[i]);
        restart(&f);
        assert_int_equal(daotp_budget_spend_step(f.budget, "secret", 6, 100, NULL), DAOTP_OK);
        write_key(&f, keys[1 - i] != NULL ? "a third key of thirty-two octets" : NULL);
        for (int again = 0; again < 2; again++) {
            restart(&f);
            assert_int_equal(daotp_report_new(f.context, &report), DAOTP_OK);
            assert_int_equal(daotp_budget_spend_step(f.budget, "secret", 6, 100, report),
                             DAOTP_CONFIGURATION);
            assert_non_null(strstr(daotp_report_get_text(report), "/key"));
            daotp_report_free(report);
        }
        fixture_free(&f);
    }
}

static void a_folder_must_be_ours_alone(void **state)
{
    daotp_report *report;
    fixture f;

    (void)state;
    fixture_new(&f, true);
    assert_int_equal(chmod(f.folder, 0750), 0);
    assert_int_equal(daotp_report_new(f.context, &report), DAOTP_OK);
    assert_int_equal(daotp_budget_open(f.budget, report), DAOTP_CONFIGURATION);
    assert_int_equal(daotp_report_get_status(report), DAOTP_CONFIGURATION);
    assert_int_equal(daotp_budget_clear_user(f.budget, "alice", report), DAOTP_CONFIGURATION);
    assert_int_equal(daotp_report_get_status(report), DAOTP_CONFIGURATION);
    assert_int_equal(daotp_budget_spend_step(f.budget, "a", 1, 1, report), DAOTP_CONFIGURATION);
    assert_int_equal(daotp_report_get_status(report), DAOTP_CONFIGURATION);
    daotp_report_free(report);
    assert_int_equal(chmod(f.folder, 0700), 0);
    assert_int_equal(daotp_budget_open(f.budget, NULL), DAOTP_OK);
    fixture_free(&f);
}

/* ---- two at once ----------------------------------------------------------------------------- */

enum { STEPS = 40, THREADS = 4 };

static void *spend_all(void *user)
{
    fixture *f = user;
    uintptr_t fresh = 0;

    for (int64_t step = 1; step <= STEPS; step++)
        fresh += daotp_budget_spend_step(f->budget, "secret", 6, step, NULL) == DAOTP_OK;
    return (void *)fresh; // NOLINT
}

/* Each step is accepted by one of the threads at the most. */
static void threads_spend_a_step_once(void **state)
{
    (void)state;
    for (int durable = 0; durable < 2; durable++) {
        pthread_t threads[THREADS];
        uintptr_t fresh = 0;
        fixture f;

        fixture_new(&f, durable != 0);
        for (int i = 0; i < THREADS; i++)
            assert_int_equal(pthread_create(&threads[i], NULL, spend_all, &f), 0);
        for (int i = 0; i < THREADS; i++) {
            void *result;

            assert_int_equal(pthread_join(threads[i], &result), 0);
            fresh += (uintptr_t)result;
        }
        assert_between(fresh, 1, STEPS);
        assert_int_equal(daotp_budget_spend_step(f.budget, "secret", 6, STEPS, NULL),
                         DAOTP_REJECTED);
        fixture_free(&f);
    }
}

/* Two processes on one folder: together they get five, and each step once. */
static void processes_share_a_folder(void **state)
{
    unsigned attempts = 0, fresh = 0;
    fixture f;

    (void)state;
    fixture_new(&f, true);
    for (int child = 0; child < 2; child++) {
        int ends[2], status;
        uint8_t counts[2] = {0, 0};
        pid_t pid;

        assert_int_equal(pipe(ends), 0);
        pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
            restart(&f);
            for (int i = 0; i < 10; i++)
                counts[0] += wrong(&f, "alice", 1);
            counts[1] = daotp_budget_spend_step(f.budget, "secret", 6, 5, NULL) == DAOTP_OK;
            _exit(write(ends[1], counts, 2) == 2 ? 0 : 1);
        }
        assert_int_equal(read(ends[0], counts, 2), 2);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_int_equal(status, 0);
        attempts += counts[0];
        fresh += counts[1];
        close(ends[0]);
        close(ends[1]);
    }
    assert_int_equal(attempts, 5);
    assert_int_equal(fresh, 1);
    fixture_free(&f);
}

static void arguments_are_checked(void **state)
{
    char name[2048 + 2];
    daotp_budget *budget;
    fixture f;

    (void)state;
    fixture_new(&f, false);
    assert_int_equal(daotp_budget_new(NULL, NULL, &budget), DAOTP_USAGE);
    assert_null(budget);
    assert_int_equal(daotp_budget_new(f.context, NULL, NULL), DAOTP_USAGE);
    assert_int_equal(daotp_budget_new(f.context, "", &budget), DAOTP_USAGE);
    assert_int_equal(daotp_budget_open(NULL, NULL), DAOTP_USAGE);
    assert_int_equal(daotp_budget_spend_step(NULL, "a", 1, 1, NULL), DAOTP_USAGE);
    assert_int_equal(daotp_budget_spend_step(f.budget, NULL, 1, 1, NULL), DAOTP_USAGE);
    assert_int_equal(daotp_budget_spend_step(f.budget, "a", 0, 1, NULL), DAOTP_USAGE);
    assert_int_equal(daotp_budget_spend_step(f.budget, "a", 1, -1, NULL), DAOTP_USAGE);
    assert_int_equal(daotp_budget_clear_user(NULL, "a", NULL), DAOTP_USAGE);
    assert_int_equal(daotp_budget_clear_user(f.budget, NULL, NULL), DAOTP_USAGE);
    assert_int_equal(daotp_budget_clear_user(f.budget, "", NULL), DAOTP_USAGE);
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assert_int_equal(daotp_budget_clear_user(f.budget, name, NULL), DAOTP_USAGE);
    name[sizeof name - 2] = '\0';
    assert_int_equal(daotp_budget_clear_user(f.budget, name, NULL), DAOTP_OK);
    fixture_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(five_then_a_backoff_that_doubles),
        cmocka_unit_test(a_right_code_ends_the_row),
        cmocka_unit_test(no_attack_gets_a_hundred_guesses_in_thirty_days),
        cmocka_unit_test(servers_allow_no_more_than_one),
        cmocka_unit_test(nodes_are_set_before_the_first_use),
        cmocka_unit_test(successes_do_not_refill_the_budget),
        cmocka_unit_test(one_attacker_leaves_room_for_a_new_machine),
        cmocka_unit_test(a_certificate_over_all_users_is_bounded),
        cmocka_unit_test(a_clock_that_goes_back_gives_nothing_and_takes_no_more),
        cmocka_unit_test(nobody_answering_is_no_wrong_code),
        cmocka_unit_test(names_are_one_in_any_case),
        cmocka_unit_test(a_cleared_user_begins_anew),
        cmocka_unit_test(a_clearing_lasts_until_each_pair_saw_it),
        cmocka_unit_test(a_clearing_gives_nothing_twice),
        cmocka_unit_test(a_restart_forgets_nothing),
        cmocka_unit_test(a_clock_that_was_ahead_makes_no_code_good_again),
        cmocka_unit_test(each_file_is_closed_to_others_and_holds_no_name),
        cmocka_unit_test(a_damaged_table_is_refused),
        cmocka_unit_test(a_table_is_bounded),
        cmocka_unit_test(a_flood_displaces_no_token),
        cmocka_unit_test(a_table_of_another_name_is_refused),
        cmocka_unit_test(tables_without_their_key_are_refused),
        cmocka_unit_test(a_folder_must_be_ours_alone),
        cmocka_unit_test(threads_spend_a_step_once),
        cmocka_unit_test(processes_share_a_folder),
        cmocka_unit_test(arguments_are_checked),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
