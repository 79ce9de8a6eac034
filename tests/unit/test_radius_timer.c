/* SPDX-License-Identifier: BSD-2-Clause */
/* The heap of timers: the soonest stands first, whatever is set, set anew and taken out. */
#include "testing.h"

#include "core/alloc.h"
#include "radius/timer.h"

enum { COUNT_OF = 100, STEPS = 20000 };

static daotp__radius_timer timers[COUNT_OF];
static daotp__radius_timer_heap heap;

/* The children of each stand behind it, and each knows its place. */
static void assert_heap(unsigned step, size_t wanted)
{
    assert_int_equal(heap.count, wanted);
    for (size_t i = 0; i < heap.count; i++)
        if (heap.timers[i]->heap_at != i + 1 ||
            (i > 0 && heap.timers[(i - 1) / 2]->at_ms > heap.timers[i]->at_ms))
            fail_msg("after step %u, at %zu of %zu", step, i, heap.count);
}

static void the_soonest_stands_first(void **state)
{
    uint32_t random = 1;
    size_t set = 0;

    (void)state;
    for (unsigned step = 0; step < STEPS; step++) {
        daotp__radius_timer *x;

        random = random * 1664525u + 1013904223u;
        x = &timers[(random >> 8) % COUNT_OF];
        if (x->heap_at > 0 && (random >> 30) == 0) {
            daotp__radius_timer_clear(&heap, x);
            assert_int_equal(x->heap_at, 0);
            set--;
        } else {
            set += x->heap_at == 0;
            assert_true(daotp__radius_timer_set(&heap, x, (random >> 16) % 1000));
        }
        assert_heap(step, set);
    }
    for (size_t i = 0; i < COUNT_OF; i++)
        daotp__radius_timer_clear(&heap, &timers[i]); /* those without one too */
    assert_int_equal(heap.count, 0);
    daotp__delete(heap.timers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_soonest_stands_first)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
