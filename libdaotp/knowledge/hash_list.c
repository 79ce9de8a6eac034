/* SPDX-License-Identifier: BSD-2-Clause */
#include "knowledge/hash_list.h"

#include <stdlib.h>

static int compare_hashes(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

    return (left > right) - (left < right);
}

void daotp__hash_list_sort(void *list, size_t count, size_t element_size)
{
    qsort(list, count, element_size, compare_hashes);
}

size_t daotp__hash_list_find(const void *list, size_t count, size_t element_size, uint32_t hash)
{
    const char *bytes = list;
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (compare_hashes(bytes + middle * element_size, &hash) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
