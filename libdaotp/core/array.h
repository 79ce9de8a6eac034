/* SPDX-License-Identifier: BSD-2-Clause */
/* Arrays that grow when elements are appended. */
#ifndef DAOTP_CORE_ARRAY_H
#define DAOTP_CORE_ARRAY_H

#include <stddef.h>

/*
 * Make room for one more element of element_size octets in a list with count elements and room for
 * *capacity. Returns the list to use from now on: the same one, or a copy with twice the capacity,
 * and the old list is freed. NULL without memory: list and *capacity are then unchanged. The caller
 * checks its maximum first.
 */
void *daotp__array_reserve(void *list, size_t count, size_t *capacity, size_t element_size);

#endif
