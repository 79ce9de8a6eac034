/* SPDX-License-Identifier: BSD-2-Clause */
#include "test_clock.h"

#include <stdatomic.h>
#include <stddef.h>
#include <time.h>

int64_t test_clock_stands(void *now)
{
    return now != NULL ? *(const int64_t *)now : TEST_NOW;
}

int64_t test_clock_eager(void *now)
{
    return ++*(int64_t *)now;
}

int64_t test_clock_machine_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t test_clock_ahead(void *ahead_ms)
{
    return test_clock_machine_ms() + atomic_load((_Atomic int64_t *)ahead_ms);
}
