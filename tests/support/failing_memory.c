/* SPDX-License-Identifier: BSD-2-Clause */
/* Stands in the place of core/memory.c: counts allocations, and lets the n-th fail. */
#include "failing_memory.h"

#include "core/memory.h"

#include <stdlib.h>

static size_t count, fail_at, live;

void failing_memory_set(size_t n)
{
    count = 0;
    fail_at = n;
}

size_t failing_memory_count(void)
{
    return count;
}

size_t failing_memory_live(void)
{
    return live;
}

void *daotp__memory_get(size_t size)
{
    void *pointer;

    if (++count == fail_at)
        return NULL;
    pointer = calloc(1, size > 0 ? size : 1);
    if (pointer != NULL)
        live++;
    return pointer;
}

void daotp__memory_put(void *pointer)
{
    if (pointer != NULL)
        live--;
    free(pointer);
}
