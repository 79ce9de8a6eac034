/* SPDX-License-Identifier: BSD-2-Clause */
/* A heap of exchanges by the time of their next event. */
#include "core/alloc.h"
#include "core/array.h"
#include "radius/radius.h"

static void place(daotp_radius *radius, size_t at, daotp_radius_exchange *exchange)
{
    radius->heap[at] = exchange;
    exchange->heap_at = at + 1;
}

static void sift_up(daotp_radius *radius, size_t at)
{
    daotp_radius_exchange *moving = radius->heap[at];

    while (at > 0 && radius->heap[(at - 1) / 2]->next_ms > moving->next_ms) {
        place(radius, at, radius->heap[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    place(radius, at, moving);
}

static void sift_down(daotp_radius *radius, size_t at)
{
    daotp_radius_exchange *moving = radius->heap[at];

    for (;;) {
        size_t child = 2 * at + 1;

        if (child + 1 < radius->heap_count &&
            radius->heap[child + 1]->next_ms < radius->heap[child]->next_ms)
            child++;
        if (child >= radius->heap_count || radius->heap[child]->next_ms >= moving->next_ms)
            break;
        place(radius, at, radius->heap[child]);
        at = child;
    }
    place(radius, at, moving);
}

bool daotp__radius_timer_set(daotp_radius_exchange *exchange, int64_t at_ms)
{
    daotp_radius *radius = exchange->radius;
    int64_t before = exchange->next_ms;
    daotp_radius_exchange **heap;

    exchange->next_ms = at_ms;
    if (exchange->heap_at > 0) {
        if (at_ms < before)
            sift_up(radius, exchange->heap_at - 1);
        else
            sift_down(radius, exchange->heap_at - 1);
        return true;
    }
    heap = daotp__array_reserve(radius->heap, radius->heap_count, &radius->heap_capacity,
                                sizeof exchange);
    if (heap == NULL)
        return false;
    radius->heap = heap;
    place(radius, radius->heap_count++, exchange);
    sift_up(radius, radius->heap_count - 1);
    return true;
}

void daotp__radius_timer_clear(daotp_radius_exchange *exchange)
{
    daotp_radius *radius = exchange->radius;
    daotp_radius_exchange *last;
    size_t at;

    if (exchange->heap_at == 0)
        return;
    at = exchange->heap_at - 1;
    exchange->heap_at = 0;
    last = radius->heap[--radius->heap_count];
    if (last == exchange)
        return;
    place(radius, at, last);
    sift_up(radius, at);
    sift_down(radius, last->heap_at - 1);
}
