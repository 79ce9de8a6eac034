/* SPDX-License-Identifier: BSD-2-Clause */
/* Timers in a heap, the earliest first. Each timer is a member of the object that it wakes. */
#ifndef DAOTP_RADIUS_TIMER_H
#define DAOTP_RADIUS_TIMER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct daotp__radius_timer {
    void *owner;
    int64_t at_ms;
    size_t heap_at; /* index + 1; 0 when it is not set */
} daotp__radius_timer;

typedef struct daotp__radius_timer_heap {
    daotp__radius_timer **timers;
    size_t count, capacity;
} daotp__radius_timer_heap;

/* Set a timer, or change its time. False without memory; changing the time needs none. */
bool daotp__radius_timer_set(daotp__radius_timer_heap *heap, daotp__radius_timer *timer,
                             int64_t at_ms);
/* A timer that is not set is no error. */
void daotp__radius_timer_clear(daotp__radius_timer_heap *heap, daotp__radius_timer *timer);
/* The earliest timer, or NULL. */
daotp__radius_timer *daotp__radius_timer_first(const daotp__radius_timer_heap *heap);

#endif
