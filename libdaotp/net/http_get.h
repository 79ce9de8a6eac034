/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fetching over plain HTTP what a stranger's certificate names: a CRL, an issuer, an OCSP response.
 * Everything is decided before the first byte: scheme and port, and each address that the name
 * resolves to, by a policy of the caller's; the connection is pinned to what was allowed. Redirects
 * are followed here, each judged again. Size, time and rate are bounded; the body goes into a file
 * of memory, sealed at its end.
 */
#ifndef DAOTP_NET_HTTP_GET_H
#define DAOTP_NET_HTTP_GET_H

#include "core/network.h"
#include "core/report.h"
#include "net/loop.h"

typedef struct daotp__http_get_policy {
    const daotp__network *networks; /* may be reached though private, loopback or link-local */
    size_t network_count;
    int64_t max_bytes, timeout_ms;
} daotp__http_get_policy;

typedef struct daotp__http_get daotp__http_get;

/* body: what is POSTed with this content type; no type for a GET. All is copied. */
daotp_status daotp__http_get_new(daotp__loop *loop, const daotp__http_get_policy *policy,
                                 const char *url, const char *content_type, daotp__bytes body,
                                 daotp__http_get **get);
void daotp__http_get_free(daotp__http_get *get);
/* DAOTP_AGAIN until it is done; DAOTP_OK; else why not, with a warning in the report. */
daotp_status daotp__http_get_step(daotp__http_get *get, daotp_report *report);
/* Whose fault a failed fetch is. DAOTP_NETWORK, DAOTP_TIMEOUT: the host's; DAOTP_PEER: what it
 * said; DAOTP_USAGE: it was not even asked. */
daotp_status daotp__http_get_status(daotp_finding_number why);
/* What came, mapped; the caller unmaps it. false when it is empty. */
bool daotp__http_get_take(daotp__http_get *get, daotp__bytes *mapped);

#endif
