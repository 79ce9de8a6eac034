/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory for secrets that wait: pages that no core dump holds, locked as far as RLIMIT_MEMLOCK
 * allows. Each block has pages of its own, so there should be few.
 */
#ifndef LAB_SECRET_MEMORY_H
#define LAB_SECRET_MEMORY_H

#include <stddef.h>

void *secret_memory_new(size_t size);  /* zeroed; NULL when there is none */
void secret_memory_free(void *memory); /* wiped first; NULL is fine */

#endif
