/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists that are sorted by a hash. The first member of each element must be its hash, a
 * uint32_t. */
#ifndef DAOTP_KNOWLEDGE_HASH_LIST_H
#define DAOTP_KNOWLEDGE_HASH_LIST_H

#include <stddef.h>
#include <stdint.h>

void daotp__hash_list_sort(void *list, size_t count, size_t element_size);
/* The index of the first element with this hash; if there is none, the index where it would be
 * inserted. */
size_t daotp__hash_list_find(const void *list, size_t count, size_t element_size, uint32_t hash);

#endif
