/* SPDX-License-Identifier: BSD-2-Clause */
#include "radius/timer.h"

#include "core/array.h"

static void place_timer(daotp__radius_timer_heap *heap, size_t at, daotp__radius_timer *timer)
{
    heap->timers[at] = timer;
    timer->heap_at = at + 1;
}

static void sift_up(daotp__radius_timer_heap *heap, size_t at)
{
    daotp__radius_timer *moving = heap->timers[at];

    while (at > 0 && heap->timers[(at - 1) / 2]->at_ms > moving->at_ms) {
        place_timer(heap, at, heap->timers[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    place_timer(heap, at, moving);
}

static void sift_down(daotp__radius_timer_heap *heap, size_t at)
{
    daotp__radius_timer *moving = heap->timers[at];

    for (;;) {
        size_t child = 2 * at + 1;

        if (child + 1 < heap->count && heap->timers[child + 1]->at_ms < heap->timers[child]->at_ms)
            child++;
        if (child >= heap->count || heap->timers[child]->at_ms >= moving->at_ms)
            break;
        place_timer(heap, at, heap->timers[child]);
        at = child;
    }
    place_timer(heap, at, moving);
}

bool daotp__radius_timer_set(daotp__radius_timer_heap *heap, daotp__radius_timer *timer,
                             int64_t at_ms)
{
    daotp__radius_timer **timers;
    int64_t before = timer->at_ms;

    timer->at_ms = at_ms;
    if (timer->heap_at > 0) {
        if (at_ms < before)
            sift_up(heap, timer->heap_at - 1);
        else
            sift_down(heap, timer->heap_at - 1);
        return true;
    }
    timers = daotp__array_reserve(heap->timers, heap->count, &heap->capacity,
                                  sizeof(daotp__radius_timer *));
    if (timers == NULL)
        return false;
    heap->timers = timers;
    place_timer(heap, heap->count++, timer);
    sift_up(heap, heap->count - 1);
    return true;
}

void daotp__radius_timer_clear(daotp__radius_timer_heap *heap, daotp__radius_timer *timer)
{
    daotp__radius_timer *last;
    size_t at;

    if (timer->heap_at == 0)
        return;
    at = timer->heap_at - 1;
    timer->heap_at = 0;
    last = heap->timers[--heap->count];
    if (last == timer)
        return;
    place_timer(heap, at, last);
    sift_up(heap, at);
    sift_down(heap, last->heap_at - 1);
}

daotp__radius_timer *daotp__radius_timer_first(const daotp__radius_timer_heap *heap)
{
    return heap->count > 0 ? heap->timers[0] : NULL;
}
