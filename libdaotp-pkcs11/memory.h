/* SPDX-License-Identifier: BSD-2-Clause */
/* The allocation functions of the module. They are in a separate file so that tests can make an
 * allocation fail. */
#ifndef DAOTP_PKCS11_MEMORY_H
#define DAOTP_PKCS11_MEMORY_H

#include <stddef.h>

void *card_memory_new(size_t count, size_t size); /* zeroed; NULL when memory ran out */
void *card_memory_grow(void *memory, size_t count, size_t size);
void card_memory_free(void *memory);

#endif
