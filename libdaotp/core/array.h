/* SPDX-License-Identifier: BSD-2-Clause */
/* Arrays that grow when elements are appended. */
#ifndef DAOTP_CORE_ARRAY_H
#define DAOTP_CORE_ARRAY_H

#include <stddef.h>

/*
 * Room for one element more, of element_size octets, in a list of count elements that has room for
 * *capacity. Returns the list to use from now on: the same, or a copy with twice the room, and the
 * old one is then freed. NULL without memory: list and *capacity then stay as they were. The caller
 * checks his maximum before.
 */
void *daotp__array_reserve(void *list, size_t count, size_t *capacity, size_t element_size);

#endif
