/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a flow waits on: one epoll set that its caller can poll, one total deadline, one wake-up
 * time, and a cancel that any thread may call. Parts of a flow watch their descriptors here and
 * are told when one is ready.
 */
#ifndef DAOTP_NET_LOOP_H
#define DAOTP_NET_LOOP_H

#include "core/context.h"

#include <sys/epoll.h>

typedef struct daotp__loop daotp__loop;
typedef void (*daotp__loop_ready_fn)(void *user, int fd, uint32_t events);

daotp_status daotp__loop_new(daotp_context *context, daotp__loop **loop);
void daotp__loop_free(daotp__loop *loop);
daotp_context *daotp__loop_context(const daotp__loop *loop);

int daotp__loop_fd(const daotp__loop *loop);
/* Until the caller must step again though nothing is ready; -1 for never. */
int daotp__loop_timeout_ms(const daotp__loop *loop);

/* Forget cancellation and wake-ups, and end after this time; negative for never. */
void daotp__loop_begin(daotp__loop *loop, int64_t timeout_ms);
/* For a run that never waits: the same of cancellation alone, without a system call; and was there
 * one since? */
void daotp__loop_begin_brief(daotp__loop *loop);
bool daotp__loop_is_cancelled(const daotp__loop *loop);
/* Was it cancelled, or has its time run out? For a callback out of a long call. */
bool daotp__loop_is_over(const daotp__loop *loop);
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
