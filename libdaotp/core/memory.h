/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The allocation seam. Every allocation of ours goes through these two functions and nothing else
 * does; memory.c holds them alone, so that a test can put its own in their place at link time.
 */
#ifndef DAOTP_CORE_MEMORY_H
#define DAOTP_CORE_MEMORY_H

#include <stddef.h>

void *daotp__memory_get(size_t size); /* zeroed; NULL when there is none */
void daotp__memory_put(void *pointer);

#endif
