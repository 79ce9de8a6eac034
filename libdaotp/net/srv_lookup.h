/* SPDX-License-Identifier: BSD-2-Clause */
/* The hosts and ports of a service of a domain: SRV records (RFC 2782), by c-ares. */
#ifndef DAOTP_NET_SRV_LOOKUP_H
#define DAOTP_NET_SRV_LOOKUP_H

#include "core/limits.h"
#include "net/loop.h"

typedef struct daotp__srv_record {
    uint16_t priority, weight, port;
    char host[DAOTP__MAX_HOST + 1];
} daotp__srv_record;

/* The records of an answer of a name server, the one to be tried first in front: of more than there
 * is room for, the first by priority and weight. An answer that is not well-formed has none.
 * DAOTP_OK or DAOTP_MEMORY. */
daotp_status daotp__srv_read(const uint8_t *answer, size_t len,
                             daotp__srv_record records[DAOTP__MAX_SRV_RECORDS], size_t *count);

typedef struct daotp__srv_lookup daotp__srv_lookup;

/* Begin to look up a name such as _kerberos._tcp.corp.example. No name server is waited for longer
 * than wait_ms. */
daotp_status daotp__srv_lookup_new(daotp__loop *loop, const char *name, int64_t wait_ms,
                                   daotp__srv_lookup **lookup);
void daotp__srv_lookup_free(daotp__srv_lookup *lookup);
/* DAOTP_OK when the answer is there or none can be had, DAOTP_AGAIN, DAOTP_MEMORY. */
daotp_status daotp__srv_lookup_step(daotp__srv_lookup *lookup);
/* The records, the one to be tried first in front. */
const daotp__srv_record *daotp__srv_lookup_records(const daotp__srv_lookup *lookup, size_t *count);

#endif
