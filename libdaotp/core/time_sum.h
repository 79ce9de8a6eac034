/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sums and differences of times. An injected clock may stand anywhere in an int64_t, and so may a
 * time-out: what lies beyond the last moment is the last moment, as no signed sum may overflow.
 */
#ifndef DAOTP_CORE_TIME_SUM_H
#define DAOTP_CORE_TIME_SUM_H

#include <stdint.h>

/* Deadlines that never come, and moments before all others. */
#define DAOTP__NEVER  INT64_MAX
#define DAOTP__ALWAYS INT64_MIN

static inline int64_t daotp__time_add(int64_t a, int64_t b)
{
    int64_t sum;

    if (!__builtin_add_overflow(a, b, &sum))
        return sum;
    return b > 0 ? INT64_MAX : INT64_MIN;
}

static inline int64_t daotp__time_sub(int64_t a, int64_t b)
{
    int64_t difference;

    if (!__builtin_sub_overflow(a, b, &difference))
        return difference;
    return b < 0 ? INT64_MAX : INT64_MIN;
}

#endif
