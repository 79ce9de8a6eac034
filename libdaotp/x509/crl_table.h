/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The index of a CRL's entries by serial number: open addressing, at most half full. A slot is the
 * offset of an entry and 1; 0 is an empty slot.
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
    uint32_t tag_mask; /* of the bits of a slot that hold a part of the hash */
} daotp__crl_table;

/* A table that was built before, for the same CRL; list is borrowed. */
daotp__crl_table daotp__crl_table_of(const daotp__crl *crl, const uint32_t *list, size_t slots,
                                     uint64_t seed);
/* Build the table of a CRL that was scanned and has so many entries; false without memory. seed: a
 * secret of this CRL. */
bool daotp__crl_table_build(daotp__crl_table *table, const daotp__crl *crl, size_t count,
                            uint64_t seed);
void daotp__crl_table_free(daotp__crl_table *table); /* one that was built */

/* Blocks of a CRL and of a table that lie in files: each is checked before an octet of it is used.
 */
typedef struct daotp__crl_guard {
    daotp__blocks *crl, *table;
    pthread_mutex_t *lock; /* of the blocks */
} daotp__crl_guard;

/* Look a serial number up, into what a scan saw of the entries, which has nothing found yet. guard:
 * NULL for memory of ours. false: the table or the CRL is not as it was. */
bool daotp__crl_table_find(const daotp__crl_table *table, const daotp__crl *crl,
                           const daotp__crl_guard *guard, daotp__bytes serial,
                           daotp__crl_scan *scan);

#endif
