/* SPDX-License-Identifier: BSD-2-Clause */
/* Looks up the hosts and ports of a service: SRV records (RFC 2782), with c-ares. */
#ifndef DAOTP_NET_SRV_LOOKUP_H
#define DAOTP_NET_SRV_LOOKUP_H

#include "core/limits.h"
#include "net/loop.h"

typedef struct daotp__srv_record {
    uint16_t priority, weight, port;
    char host[DAOTP__MAX_HOST + 1];
} daotp__srv_record;

/* Read the records of a DNS response, in the order in which to try them. If there are too many,
 * those with the worst priority and weight are left out. A malformed response has no records.
 * DAOTP_OK or DAOTP_MEMORY. */
daotp_status daotp__srv_read(const uint8_t *answer, size_t len,
                             daotp__srv_record records[DAOTP__MAX_SRV_RECORDS], size_t *count);

typedef struct daotp__srv_lookup daotp__srv_lookup;

/* Begin to look up a name such as _kerberos._tcp.corp.example. wait_ms: the longest wait for
 * name servers, in milliseconds. */
daotp_status daotp__srv_lookup_new(daotp__loop *loop, const char *name, int64_t wait_ms,
                                   daotp__srv_lookup **lookup);
void daotp__srv_lookup_free(daotp__srv_lookup *lookup);
/* DAOTP_AGAIN; DAOTP_OK when the lookup has ended, also without a response; DAOTP_MEMORY. */
daotp_status daotp__srv_lookup_step(daotp__srv_lookup *lookup);
/* The records, in the order in which to try them; borrowed. */
const daotp__srv_record *daotp__srv_lookup_records(const daotp__srv_lookup *lookup, size_t *count);

#endif
