/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Adds and subtracts times without overflow. An injected clock and a timeout may have any int64_t
 * value, so a result beyond the range becomes its limit.
 */
#ifndef DAOTP_CORE_TIME_SUM_H
#define DAOTP_CORE_TIME_SUM_H

#include <stdint.h>

/* A deadline that never comes, and a time before all others. */
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
