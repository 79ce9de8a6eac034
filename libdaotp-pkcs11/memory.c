/* SPDX-License-Identifier: BSD-2-Clause */
#include "memory.h"

#include <stdlib.h>

void *card_memory_new(size_t count, size_t size)
{
    return calloc(count, size);
}

void *card_memory_grow(void *memory, size_t count, size_t size)
{
    return reallocarray(memory, count, size);
}

void card_memory_free(void *memory)
{
    free(memory);
}
