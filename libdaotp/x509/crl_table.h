/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A hash table of the entries of a CRL, by serial number, with open addressing and at most half
 * full. A slot holds the offset of an entry plus 1; 0 is an empty slot.
 */
#ifndef DAOTP_X509_CRL_TABLE_H
#define DAOTP_X509_CRL_TABLE_H

#include "x509/blocks.h"
#include "x509/crl_scan.h"

#include <pthread.h>

typedef struct daotp__crl_table {
    const uint32_t *list;
    size_t slots; /* a power of two */
    uint64_t seed;
    uint32_t tag_mask; /* the bits of a slot that hold a part of the hash */
} daotp__crl_table;

/* Use a table that was built earlier for the same CRL. list is borrowed. */
daotp__crl_table daotp__crl_table_attach(const daotp__crl *crl, const uint32_t *list, size_t slots,
                                         uint64_t seed);
/* Build the table of a CRL that was scanned and has count entries. seed: a secret random number,
 * so that a CA cannot force collisions by choosing serial numbers. Returns false without memory. */
bool daotp__crl_table_build(daotp__crl_table *table, const daotp__crl *crl, size_t count,
                            uint64_t seed);
void daotp__crl_table_free(
    daotp__crl_table *table); /* only a table from daotp__crl_table_build() */

/* The blocks of a CRL and of a table that are mapped from files. Each block is checked before it
 * is used. */
typedef struct daotp__crl_guard {
    daotp__blocks *crl, *table;
    pthread_mutex_t *lock; /* held while a block is checked */
} daotp__crl_guard;

/* Look up a serial number, and record a matching entry in *scan, in which no entry is found yet.
 * guard: NULL if CRL and table are not mapped from files. Returns false when the table or the
 * CRL is damaged. */
bool daotp__crl_table_find(const daotp__crl_table *table, const daotp__crl *crl,
                           const daotp__crl_guard *guard, daotp__bytes serial,
                           daotp__crl_scan *scan);

#endif
