/* SPDX-License-Identifier: BSD-2-Clause */
/* The clocks of tests, for daotp_context_set_wall_clock() and daotp_context_set_monotonic_clock().
 */
#ifndef TEST_CLOCK_H
#define TEST_CLOCK_H

#include <stdint.h>

#define TEST_NOW INT64_C(1800000000) /* 2027-01-15 08:00:00 UTC */

/* Stands at *(int64_t *)now until the test moves it; NULL: at TEST_NOW. */
int64_t test_clock_stands(void *now);
/* The same, but each look moves it on by one: waiting takes no time. */
int64_t test_clock_eager(void *now);
/* The machine's monotonic clock, in ms, ahead by *(_Atomic int64_t *)ahead_ms, which any thread may
 * move. */
int64_t test_clock_ahead(void *ahead_ms);

/* The machine's monotonic clock. */
int64_t test_clock_machine_ms(void);

#endif
