/* SPDX-License-Identifier: BSD-2-Clause */
/* A memory file that stores what a peer sends, up to a limit. At the end it is sealed and
 * mapped. */
#ifndef DAOTP_NET_SPOOL_H
#define DAOTP_NET_SPOOL_H

#include "core/buffer.h"

typedef struct daotp__spool {
    int fd; /* -1: it could not be created */
    size_t len;
    uint64_t max;
} daotp__spool;

void daotp__spool_open(daotp__spool *spool, uint64_t max);
void daotp__spool_close(daotp__spool *spool);
bool daotp__spool_empty(daotp__spool *spool); /* removes the content */
/* Append. DAOTP_OK; DAOTP_PEER when the limit would be exceeded; DAOTP_MEMORY. */
daotp_status daotp__spool_add(daotp__spool *spool, const void *bytes, size_t len);
/* Take the content as a mapping, which the caller unmaps. Returns false when it is empty or
 * cannot be mapped. */
bool daotp__spool_take(daotp__spool *spool, daotp__bytes *mapped);

#endif
