/* SPDX-License-Identifier: BSD-2-Clause */
/* When daotp agent asks, under a clock that the test moves. */
#include "../../examples/daotp/agent_plan.h"
#include "testing.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { NOW = 1000000, HOUR = 3600 };

/* Due, used, readable: asks. */
static const agent_facts due = {
    .is_readable = true, .has_entry = true, .is_used = true, .not_after = NOW + 100};
static const agent_plan usual = {.renew_before_s = 600};

static agent_step decide_at(const agent_plan *plan, const agent_facts *facts, int64_t boot_s,
                            int64_t *wait_s)
{
    return agent_plan_decide(plan, facts, (agent_time){.wall_s = NOW, .boot_s = boot_s}, wait_s);
}

typedef struct decision_row {
    const char *name;
    agent_facts facts;
    bool always;
    agent_step step;
    int64_t wait_s;
} decision_row;

static void each_state_has_its_step(void **state)
{
    static const decision_row rows[] = {
        {"due", {true, true, false, true, NOW + 600}, false, AGENT_ASK, 0},
        {"expired", {true, true, false, true, NOW - HOUR}, false, AGENT_ASK, 0},
        {"long expired", {true, true, false, true, 0}, false, AGENT_ASK, 0},
        {"not due", {true, true, false, true, NOW + 601}, false, AGENT_FRESH, 1},
        {"not due for long", {true, true, false, true, NOW + HOUR}, false, AGENT_FRESH, 300},
        {"not due, always", {true, true, false, false, NOW + 601}, true, AGENT_FRESH, 1},
        {"unused", {true, true, false, false, NOW}, false, AGENT_UNUSED, 300},
        {"unused, always", {true, true, false, false, NOW}, true, AGENT_ASK, 0},
        {"absent", {true, false, false, true, 0}, false, AGENT_ABSENT, 300},
        {"absent, always", {true, false, false, false, 0}, true, AGENT_ASK, 0},
        {"unreadable", {false, false, false, true, 0}, true, AGENT_UNREADABLE, 300},
        {"foreign", {true, true, true, true, NOW}, true, AGENT_STANDBY, 30}};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        agent_plan plan = usual;
        int64_t wait_s = -1;

        plan.always = rows[i].always;
        print_message("%s\n", rows[i].name);
        assert_int_equal(decide_at(&plan, &rows[i].facts, 5, &wait_s), rows[i].step);
        assert_int_equal(wait_s, rows[i].wait_s);
    }
}

/* The outcome n times; each time the wait that must follow, and then that it is over. */
static void check_waits(agent_outcome outcome, const int64_t *waits, size_t count)
{
    agent_plan plan = usual;
    int64_t boot_s = 7, wait_s;

    for (size_t i = 0; i < count; i++) {
        assert_int_equal(decide_at(&plan, &due, boot_s, &wait_s), AGENT_ASK);
        agent_plan_note(&plan, outcome, &due, (agent_time){.wall_s = NOW, .boot_s = boot_s});
        assert_int_equal(decide_at(&plan, &due, boot_s, &wait_s), AGENT_BACKOFF);
        assert_int_equal(wait_s, waits[i] < 300 ? waits[i] : 300);
        boot_s += waits[i] - 1;
        assert_int_equal(decide_at(&plan, &due, boot_s, &wait_s), AGENT_BACKOFF);
        boot_s += 1;
    }
}

static void waits_grow_and_end(void **state)
{
    static const int64_t refusals[] = {60, 300, 1800, 3600, 3600, 3600};
    static const int64_t misses[] = {15, 30, 60, 120, 300, 300};
    static const int64_t busy[] = {5, 5, 5};

    (void)state;
    check_waits(AGENT_REFUSED, refusals, COUNT(refusals));
    check_waits(AGENT_DECLINED, refusals, COUNT(refusals));
    check_waits(AGENT_FAILED, refusals, COUNT(refusals));
    check_waits(AGENT_UNREACHABLE, misses, COUNT(misses));
    check_waits(AGENT_BUSY, busy, COUNT(busy));
}

static void a_server_that_comes_back_leaves_the_refusals(void **state)
{
    const agent_time now = {.wall_s = NOW, .boot_s = 0};
    agent_plan plan = usual;

    (void)state;
    agent_plan_note(&plan, AGENT_REFUSED, &due, now);
    agent_plan_note(&plan, AGENT_UNREACHABLE, &due, now);
    agent_plan_note(&plan, AGENT_UNREACHABLE, &due, now);
    assert_int_equal(plan.retry_at, 30);
    agent_plan_note(&plan, AGENT_REFUSED, &due, now);
    assert_int_equal(plan.retry_at, 300);
    agent_plan_note(&plan, AGENT_UNREACHABLE, &due, now);
    assert_int_equal(plan.retry_at, 15);
    agent_plan_forget(&plan);
    assert_int_equal(plan.retry_at, 0);
    agent_plan_note(&plan, AGENT_REFUSED, &due, now);
    assert_int_equal(plan.retry_at, 60);
}

/* Of a certificate that is shorter than renew_before_s: half its life, a minute at least. */
static void what_was_renewed_is_kept_a_while(void **state)
{
    static const struct {
        int64_t life_s, wait_s;
    } rows[] = {{500, 250}, {121, 60}, {119, 60}, {1, 60}, {-5, 60}, {8 * HOUR, 4 * HOUR}};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        agent_facts facts = due;
        agent_plan plan = usual;

        facts.not_after = NOW + rows[i].life_s;
        plan.refusals = 3;
        agent_plan_note(&plan, AGENT_RENEWED, &facts, (agent_time){.wall_s = NOW, .boot_s = 9});
        assert_int_equal(plan.retry_at, 9 + rows[i].wait_s);
        assert_int_equal(plan.refusals, 0);
    }
}

static void a_refused_code_leaves_the_use(void **state)
{
    (void)state;
    assert_true(agent_outcome_ends_use(AGENT_RENEWED));
    assert_true(agent_outcome_ends_use(AGENT_DECLINED));
    assert_false(agent_outcome_ends_use(AGENT_REFUSED));
    assert_false(agent_outcome_ends_use(AGENT_UNREACHABLE));
    assert_false(agent_outcome_ends_use(AGENT_FAILED));
    assert_false(agent_outcome_ends_use(AGENT_BUSY));
}

static void each_has_a_name(void **state)
{
    (void)state;
    for (int i = AGENT_FRESH; i <= AGENT_ASK; i++)
        assert_true(strlen(agent_step_name((agent_step)i)) > 2);
    assert_string_equal(agent_step_name(AGENT_ASK), "ask");
    for (int i = AGENT_RENEWED; i <= AGENT_BUSY; i++)
        assert_true(strlen(agent_outcome_name((agent_outcome)i)) > 3);
    assert_string_equal(agent_outcome_name(AGENT_BUSY), "busy");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_state_has_its_step),
        cmocka_unit_test(waits_grow_and_end),
        cmocka_unit_test(a_server_that_comes_back_leaves_the_refusals),
        cmocka_unit_test(what_was_renewed_is_kept_a_while),
        cmocka_unit_test(a_refused_code_leaves_the_use),
        cmocka_unit_test(each_has_a_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
