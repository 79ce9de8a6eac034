/* SPDX-License-Identifier: BSD-2-Clause */
#include "agent_plan.h"

/* After a code that was refused, a question that was declined, or a wrong configuration. */
static const int64_t refusal_waits_s[] = {60, 300, 1800, 3600};
/* After a connection that could not be made: nobody was asked. */
static const int64_t miss_waits_s[] = {15, 30, 60, 120, 300};
enum {
    REFUSAL_WAITS = sizeof refusal_waits_s / sizeof *refusal_waits_s,
    MISS_WAITS = sizeof miss_waits_s / sizeof *miss_waits_s,
    BUSY_WAIT_S = 5
};

static int64_t smaller_wait(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

agent_step agent_plan_decide(const agent_plan *plan, const agent_facts *facts, agent_time now,
                             int64_t *wait_s)
{
    int64_t left = facts->has_entry ? facts->not_after - now.wall_s : 0;

    *wait_s = AGENT_LOOK_S;
    if (!facts->is_readable)
        return AGENT_UNREADABLE;
    if (facts->is_foreign) {
        *wait_s = AGENT_STANDBY_S;
        return AGENT_STANDBY;
    }
    if (!facts->has_entry && !plan->always)
        return AGENT_ABSENT;
    if (left > plan->renew_before_s) {
        *wait_s = smaller_wait(left - plan->renew_before_s, AGENT_LOOK_S);
        return AGENT_FRESH;
    }
    if (!facts->is_used && !plan->always)
        return AGENT_UNUSED;
    if (now.boot_s < plan->retry_at) {
        *wait_s = smaller_wait(plan->retry_at - now.boot_s, AGENT_LOOK_S);
        return AGENT_BACKOFF;
    }
    *wait_s = 0;
    return AGENT_ASK;
}

/* The wait of the n-th time; of each time after the last, the last. */
static int64_t next_wait(const int64_t *waits, unsigned count, unsigned *n)
{
    int64_t wait = waits[*n];

    if (*n + 1 < count)
        ++*n;
    return wait;
}

/* A certificate whose life is shorter than renew_before_s is due at once: it is kept for half of
 * its life, lest the user be asked without end. */
static int64_t half_life(const agent_facts *facts, agent_time now)
{
    int64_t left = facts->has_entry ? facts->not_after - now.wall_s : 0;

    return left > 2 * refusal_waits_s[0] ? left / 2 : refusal_waits_s[0];
}

void agent_plan_note(agent_plan *plan, agent_outcome outcome, const agent_facts *facts,
                     agent_time now)
{
    switch (outcome) {
    case AGENT_RENEWED:
        agent_plan_forget(plan);
        plan->retry_at = now.boot_s + half_life(facts, now);
        break;
    case AGENT_UNREACHABLE:
        plan->retry_at = now.boot_s + next_wait(miss_waits_s, MISS_WAITS, &plan->misses);
        break;
    case AGENT_BUSY:
        plan->retry_at = now.boot_s + BUSY_WAIT_S;
        break;
    default:
        plan->misses = 0;
        plan->retry_at = now.boot_s + next_wait(refusal_waits_s, REFUSAL_WAITS, &plan->refusals);
    }
}

bool agent_outcome_ends_use(agent_outcome outcome)
{
    return outcome == AGENT_RENEWED || outcome == AGENT_DECLINED;
}

void agent_plan_forget(agent_plan *plan)
{
    plan->retry_at = 0;
    plan->refusals = plan->misses = 0;
}

const char *agent_step_name(agent_step step)
{
    static const char *const names[] = {"",       "fresh",      "unused",  "back-off",
                                        "absent", "unreadable", "standby", "ask"};

    return names[step];
}

const char *agent_outcome_name(agent_outcome outcome)
{
    static const char *const names[] = {"",         "renewed", "unreachable", "refused",
                                        "declined", "failed",  "busy"};

    return names[outcome];
}
