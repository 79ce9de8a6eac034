/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Everything that a flow waits for: one epoll set that its caller can poll, one total deadline, one
 * wake-up time, and a cancellation that any thread may request. Parts of a flow watch their
 * descriptors here, and are called when one is ready.
 *
 * If a caller makes a step too late, peers may have answered in time although nobody looked. So
 * timeouts of peers use the loop's own time, daotp__loop_now_ms(), which stops while a step is
 * overdue. The total deadline belongs to the caller, so it uses the context's clock. A step is due
 * after daotp__loop_timeout_ms(); while a flow waits, that is at most DAOTP__LOOP_BEAT_MS, so that
 * a late step is noticed even though the time when a descriptor became ready is unknown.
 */
#ifndef DAOTP_NET_LOOP_H
#define DAOTP_NET_LOOP_H

#include "core/context.h"
#include "core/report.h"

#include <sys/epoll.h>

typedef struct daotp__loop daotp__loop;
typedef void (*daotp__loop_ready_fn)(void *user, int fd, uint32_t events);

daotp_status daotp__loop_new(daotp_context *context, daotp__loop **loop);
void daotp__loop_free(daotp__loop *loop);
daotp_context *daotp__loop_context(const daotp__loop *loop);

int daotp__loop_fd(const daotp__loop *loop);
/* Milliseconds until the caller must step again even if no descriptor is ready; -1: never. */
int daotp__loop_timeout_ms(const daotp__loop *loop);

/* Begin a run: clear the cancellation and the wake-ups, and set the total deadline in
 * timeout_ms; negative: none. The first step is due at once. */
void daotp__loop_begin(daotp__loop *loop, int64_t timeout_ms);
/* For a run that never waits: begin_brief only clears the cancellation, without a system call;
 * is_cancelled says whether the run was cancelled since. */
void daotp__loop_begin_brief(daotp__loop *loop);
bool daotp__loop_is_cancelled(const daotp__loop *loop);
/* Whether the run was cancelled or its deadline has passed. For callbacks from inside a long
 * call of another library. */
bool daotp__loop_must_end(const daotp__loop *loop);
/* Called at the end of a step that returns DAOTP_AGAIN: from now on the caller waits. */
void daotp__loop_pause(daotp__loop *loop);
/* Called at the end of a step after which no part waits, although the run continues. */
void daotp__loop_rest(daotp__loop *loop);
/* Something was begun between two steps, so the next step is due at once. */
void daotp__loop_call_step(daotp__loop *loop);

/* The loop's time for timeouts of peers: now, and ms milliseconds later. */
int64_t daotp__loop_now_ms(const daotp__loop *loop);
int64_t daotp__loop_in_ms(const daotp__loop *loop, int64_t ms);
/* The total time by which steps were overdue, in milliseconds. */
int64_t daotp__loop_late_ms(const daotp__loop *loop);
/* caller_late_ms: how long the caller's steps were overdue in this run, without the waits of
 * blocking calls. report_late: reports the increase since before_ms if it is large. */
int64_t daotp__loop_caller_late_ms(const daotp__loop *loop);
void daotp__loop_report_late(const daotp__loop *loop, int64_t before_ms, const char *subject,
                             daotp_report *report);

/* End the run: a later cancellation has no effect. */
void daotp__loop_end(daotp__loop *loop);
void daotp__loop_cancel(daotp__loop *loop); /* from any thread */

/* Called at the start of each step: calls the watchers of ready descriptors, and clears the
 * wake-ups. DAOTP_OK, DAOTP_CANCELLED or DAOTP_TIMEOUT. */
daotp_status daotp__loop_dispatch(daotp__loop *loop);
void daotp__loop_wake_in(daotp__loop *loop, int64_t ms);
/* Block until a descriptor is ready or the timeout ends. Only for blocking calls. */
void daotp__loop_wait(daotp__loop *loop);

/* Add a watcher. Returns its slot number, or -1 without memory or above the limit of slots. */
int daotp__loop_join(daotp__loop *loop, daotp__loop_ready_fn ready, void *user);
void daotp__loop_leave(daotp__loop *loop, int slot);
/* Watch a descriptor. events: EPOLLIN, EPOLLOUT; 0: stop watching, which also succeeds for an
 * unknown descriptor. */
bool daotp__loop_watch(daotp__loop *loop, int slot, int fd, uint32_t events);

#endif
