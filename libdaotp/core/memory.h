/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The two functions through which all allocations of the library go. They are alone in memory.c, so
 * that a test can replace them at link time and make allocations fail.
 */
#ifndef DAOTP_CORE_MEMORY_H
#define DAOTP_CORE_MEMORY_H

#include <stddef.h>

void *daotp__memory_get(size_t size); /* zeroed; NULL without memory */
void daotp__memory_put(void *pointer);

#endif
