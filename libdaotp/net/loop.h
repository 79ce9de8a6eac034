/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a flow waits on: one epoll set that its caller can poll, one total deadline, one wake-up
 * time, and a cancel that any thread may call. Parts of a flow watch their descriptors here and
 * are told when one is ready.
 *
 * A caller who steps too late has not watched his peers in the meantime. So peers are judged by a
 * time of the loop's own, daotp__loop_now_ms(), which stands still while a step is overdue. The
 * total deadline is the caller's own, and goes by the context's clock. A step is due at the time
 * that daotp__loop_timeout_ms() tells; while a flow waits that is at most DAOTP__LOOP_BEAT_MS, so
 * that lateness is noticed though nobody knows since when a descriptor has been ready.
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
/* Until the caller must step again though nothing is ready; -1 for never. */
int daotp__loop_timeout_ms(const daotp__loop *loop);

/* Forget cancellation and wake-ups, and end after this time; negative for never. The first step is
 * due at once. */
void daotp__loop_begin(daotp__loop *loop, int64_t timeout_ms);
/* For a run that never waits: the same of cancellation alone, without a system call; and was there
 * one since? */
void daotp__loop_begin_brief(daotp__loop *loop);
bool daotp__loop_is_cancelled(const daotp__loop *loop);
/* Was it cancelled, or has its time run out? For a callback out of a long call. */
bool daotp__loop_must_end(const daotp__loop *loop);
/* At the end of a step that answers DAOTP_AGAIN: from now on the caller waits. */
void daotp__loop_pause(daotp__loop *loop);
/* At the end of a step after which nothing waits, though the loop goes on. */
void daotp__loop_rest(daotp__loop *loop);
/* Something was begun between two steps: the next one is due at once. */
void daotp__loop_call_step(daotp__loop *loop);

/* The time by which peers are judged, now and in so many milliseconds. */
int64_t daotp__loop_now_ms(const daotp__loop *loop);
int64_t daotp__loop_in_ms(const daotp__loop *loop, int64_t ms);
/* How long steps were overdue, in all. */
int64_t daotp__loop_late_ms(const daotp__loop *loop);
/* How long the caller's steps were overdue in this run; the waits of blocking calls do not count.
 * What is more than before_ms is reported, if it is much. */
int64_t daotp__loop_caller_late_ms(const daotp__loop *loop);
void daotp__loop_report_late(const daotp__loop *loop, int64_t before_ms, const char *subject,
                             daotp_report *report);

/* Nothing is under way any more: a cancellation wakes nobody. */
void daotp__loop_end(daotp__loop *loop);
void daotp__loop_cancel(daotp__loop *loop); /* from any thread */

/* At the front of each step: tell the watchers what is ready. DAOTP_OK, DAOTP_CANCELLED or
 * DAOTP_TIMEOUT. Forgets the wake-ups asked for before. */
daotp_status daotp__loop_dispatch(daotp__loop *loop);
void daotp__loop_wake_in(daotp__loop *loop, int64_t ms);
/* Wait for anything to happen, for the blocking calls. */
void daotp__loop_wait(daotp__loop *loop);

/* Who is told: a slot number, or -1 when memory ran out or there are too many. */
int daotp__loop_join(daotp__loop *loop, daotp__loop_ready_fn ready, void *user);
void daotp__loop_leave(daotp__loop *loop, int slot);
/* events 0: watch it no longer. An unknown descriptor is no error then. */
bool daotp__loop_watch(daotp__loop *loop, int slot, int fd, uint32_t events);

#endif
