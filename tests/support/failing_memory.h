/* SPDX-License-Identifier: BSD-2-Clause */
/* The test build's allocator: one thread only. */
#ifndef FAILING_MEMORY_H
#define FAILING_MEMORY_H

#include <stddef.h>

void failing_memory_set(size_t n); /* the n-th allocation from now fails; 0: none */
size_t failing_memory_count(void); /* allocations since failing_memory_set() */
size_t failing_memory_live(void);  /* blocks that are not freed yet */

#endif
