/* SPDX-License-Identifier: BSD-2-Clause */
/* A file of memory that takes what a peer sends, up to a limit, and is sealed and mapped at its
 * end. */
#ifndef DAOTP_NET_SPOOL_H
#define DAOTP_NET_SPOOL_H

#include "core/buffer.h"

typedef struct daotp__spool {
    int fd; /* -1: it could not be made */
    size_t len;
    uint64_t max;
} daotp__spool;

void daotp__spool_open(daotp__spool *spool, uint64_t max);
void daotp__spool_close(daotp__spool *spool);
bool daotp__spool_empty(daotp__spool *spool); /* drop what is in it */
/* DAOTP_OK; DAOTP_PEER when the limit is met; DAOTP_MEMORY. */
daotp_status daotp__spool_add(daotp__spool *spool, const void *bytes, size_t len);
/* What came, mapped; the caller unmaps it. False when it is empty, or cannot be mapped. */
bool daotp__spool_take(daotp__spool *spool, daotp__bytes *mapped);

#endif
