/* SPDX-License-Identifier: BSD-2-Clause */
/* What every fuzz target needs. */
#ifndef FUZZ_H
#define FUZZ_H

#include "core/buffer.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A property of the library: an input that breaks it is a find. */
#define HOLDS(property)                                                                            \
    do {                                                                                           \
        if (!(property))                                                                           \
            abort();                                                                               \
    } while (0)

/* The input as a string of its own, to be freed. It ends at a NUL, if there is one. */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
    char *text = calloc(1, size + 1);

    if (size > 0)
        memcpy(text, data, size);
    return text;
}

/* FNV-1a: where a table of a target keeps something. */
static inline uint64_t fuzz_hash(const void *bytes, size_t len)
{
    const uint8_t *at = bytes;
    uint64_t hash = 0xCBF29CE484222325u;

    for (size_t i = 0; i < len; i++)
        hash = (hash ^ at[i]) * 0x100000001B3u;
    return hash;
}

#endif
