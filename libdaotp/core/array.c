/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/array.h"

#include "core/alloc.h"

#include <string.h>

enum { FIRST_CAPACITY = 8 };

void *daotp__array_reserve(void *list, size_t count, size_t *capacity, size_t element_size)
{
    size_t larger = *capacity > 0 ? 2 * *capacity : FIRST_CAPACITY;
    void *copy;

    if (count < *capacity)
        return list;
    if (larger < *capacity || larger > SIZE_MAX / element_size)
        return NULL;
    copy = daotp__new(larger * element_size);
    if (copy == NULL)
        return NULL;
    if (count > 0)
        memcpy(copy, list, count * element_size);
    daotp__delete(list);
    *capacity = larger;
    return copy;
}
