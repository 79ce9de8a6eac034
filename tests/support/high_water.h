/* SPDX-License-Identifier: BSD-2-Clause */
/* The most memory that this process ever had at once. */
#ifndef HIGH_WATER_H
#define HIGH_WATER_H

#include "testing.h"

/* VmHWM in kB; -1 where the kernel does not tell it, or a sanitizer keeps books of its own. */
long high_water_kb(void);

/* No more than this many; skips where it is not known. */
void assert_high_water(long limit_kb);

#endif
