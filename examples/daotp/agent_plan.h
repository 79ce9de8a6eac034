/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * When daotp agent asks the user for a code. No clock, no store and no descriptor is used here: the
 * caller gives what it saw and what time it is, and is told what to do and how long to wait.
 */
#ifndef AGENT_PLAN_H
#define AGENT_PLAN_H

#include <stdbool.h>
#include <stdint.h>

typedef enum agent_step {
    AGENT_FRESH = 1,  /* the certificate is not due */
    AGENT_UNUSED,     /* due, and nothing used it */
    AGENT_BACKOFF,    /* due and used, but a former attempt failed: later */
    AGENT_ABSENT,     /* the store has no such entry */
    AGENT_UNREADABLE, /* the store cannot be read */
    AGENT_STANDBY,    /* another agent keeps this entry */
    AGENT_ASK         /* connect to the server, and ask the user once it answers */
} agent_step;

typedef enum agent_outcome {
    AGENT_RENEWED = 1,
    AGENT_UNREACHABLE, /* the server end or the network: the user was not asked */
    AGENT_REFUSED,     /* the user gave a code, and there is no certificate */
    AGENT_DECLINED,    /* the user gave no code: cancelled, or in no time */
    AGENT_FAILED,      /* without a question, and not for the network: the configuration */
    AGENT_BUSY         /* another agent of this user asks just now */
} agent_outcome;

/* What was seen in the store, and of the module. */
typedef struct agent_facts {
    bool is_readable, has_entry;
    bool is_foreign;   /* another agent keeps the entry */
    bool is_used;      /* a use waits to be served */
    int64_t not_after; /* of the entry */
} agent_facts;

/* Wall-clock time, by which certificates end; and a clock that nobody sets, for waits. Seconds. */
typedef struct agent_time {
    int64_t wall_s, boot_s;
} agent_time;

typedef struct agent_plan {
    int64_t renew_before_s;
    bool always;      /* renew without a use; also an entry that is absent */
    int64_t retry_at; /* by the second clock: no attempt before */
    unsigned refusals, misses;
} agent_plan;

/* The longest time between two looks at the store; and while another agent keeps the entry. */
enum { AGENT_LOOK_S = 300, AGENT_STANDBY_S = 30 };

/* What to do now. wait_s: when to decide again at the latest; 0 for AGENT_ASK. */
agent_step agent_plan_decide(const agent_plan *plan, const agent_facts *facts, agent_time now,
                             int64_t *wait_s);
/* What came of AGENT_ASK. facts: as they are after it. */
void agent_plan_note(agent_plan *plan, agent_outcome outcome, const agent_facts *facts,
                     agent_time now);
/* Does this outcome end the use that led to the question? Otherwise it waits on. */
bool agent_outcome_ends_use(agent_outcome outcome);
/* The next attempt need not wait. */
void agent_plan_forget(agent_plan *plan);

const char *agent_step_name(agent_step step);
const char *agent_outcome_name(agent_outcome outcome);

#endif
