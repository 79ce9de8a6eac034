/* SPDX-License-Identifier: BSD-2-Clause */
/* The most memory that this process ever had at once. */
#ifndef HIGH_WATER_H
#define HIGH_WATER_H

#include "testing.h"

/* No more than this many kB, by VmHWM. Skips where the kernel does not tell it, or a sanitizer
 * keeps books of its own. */
void assert_high_water(long limit_kb);

#endif
