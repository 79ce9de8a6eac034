/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of daotp agent. */
#ifndef AGENT_H
#define AGENT_H

#include "agent_plan.h"
#include "askpass.h"
#include "enroll.h"
#include "libdaotp-pkcs11/use.h"

#include <daotp/daotp.h>

/* ---- agent_watch.c: what the agent sees ------------------------------------------------------ */

typedef struct agent_watch {
    daotp_context *context;
    daotp_report *report;
    const char *store, *label;     /* borrowed */
    char stamp[CARD_USE_PATH];     /* of a use; "" until the store was read */
    int events;                    /* inotify of the folder of stamps, or -1 */
    int entry_lock, question_lock; /* files, or -1; entry_lock only while it is ours */
    bool only_looks;               /* no lock is taken */
} agent_watch;

/* Makes the folder of stamps. 0, or the exit status when it was said what is wrong. */
int agent_watch_begin(agent_watch *watch, const enroll_target *target);
void agent_watch_end(agent_watch *watch);
/* Looks at the store; what is wrong with it is in the report. An entry is kept by one agent, which
 * takes a lock here and holds it until it ends. */
daotp_status agent_watch_look(agent_watch *watch, agent_facts *facts);
/* A user is asked by one agent at a time. */
bool agent_watch_lock_question(agent_watch *watch);
void agent_watch_unlock_question(agent_watch *watch);
/* The use was served. */
void agent_watch_end_use(agent_watch *watch);
/* Forgets which stamps have come. */
void agent_watch_drain(const agent_watch *watch);

/* ---- agent_attempt.c: one enrolment, in a process of its own --------------------------------- */

typedef struct agent_asker {
    const char *program, *label;
    double timeout_s;
    int argc; /* daotp enroll and its options, as the user gave them */
    char **argv;
} agent_asker;

/* What came of it. output: a descriptor for the standard output of daotp enroll, or -1 for ours.
 * signals: a signalfd of SIGCHLD and of those that end the agent, which are blocked. rc: the exit
 * status of daotp enroll; TOOL_CANCELLED when the user declined, or a signal ended it. */
agent_outcome agent_attempt_run(const agent_asker *asker, int signals, int output, int *rc);

/* ---- signals --------------------------------------------------------------------------------- */

typedef enum agent_signal {
    AGENT_SIGNAL_NONE,
    AGENT_SIGNAL_OTHER, /* a child ended, or a stamp came */
    AGENT_SIGNAL_RELOAD,
    AGENT_SIGNAL_STOP
} agent_signal;

/* Waits, at most that long; also for stamps unless events is -1. */
agent_signal agent_signal_wait(int signals, int events, int timeout_ms);
/* The signal that said that the agent is to end: SIGTERM, SIGINT, or 0 for none yet. */
int agent_signal_stopped(void);

#endif
