/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/memory.h"

#include <stdlib.h>

void *daotp__memory_get(size_t size)
{
    return calloc(1, size > 0 ? size : 1);
}

void daotp__memory_put(void *pointer)
{
    free(pointer);
}
