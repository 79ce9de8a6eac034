/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fetches over plain HTTP what an untrusted certificate names: a CRL, an issuer, an OCSP response.
 * The caller's policy decides about scheme, port and each address of the host before the first byte
 * is sent, and the connection uses only allowed addresses. Redirects are followed here, and each is
 * checked in the same way. Size, time and rate are bounded. The body is stored in a memory file,
 * which is sealed at the end.
 */
#ifndef DAOTP_NET_HTTP_GET_H
#define DAOTP_NET_HTTP_GET_H

#include "core/network.h"
#include "core/report.h"
#include "net/loop.h"

typedef struct daotp__http_get_policy {
    const daotp__network *networks; /* networks that may be reached although they are private,
                                       loopback or link-local */
    size_t network_count;
    int64_t max_bytes, timeout_ms;
} daotp__http_get_policy;

typedef struct daotp__http_get daotp__http_get;

/* content_type, body: of a POST; content_type NULL: a GET. loop and the networks of policy are
 * borrowed; everything else is copied. */
daotp_status daotp__http_get_new(daotp__loop *loop, const daotp__http_get_policy *policy,
                                 const char *url, const char *content_type, daotp__bytes body,
                                 daotp__http_get **get);
void daotp__http_get_free(daotp__http_get *get);
/* DAOTP_AGAIN until it is done; DAOTP_OK; any other status has a warning in the report. */
daotp_status daotp__http_get_step(daotp__http_get *get, daotp_report *report);
/* The status for the finding of a failed fetch. DAOTP_NETWORK, DAOTP_TIMEOUT: the host failed;
 * DAOTP_PEER: its response is wrong; DAOTP_USAGE: no request was sent. */
daotp_status daotp__http_get_status(daotp_finding_number why);
/* Take the body as a mapping, which the caller unmaps. Returns false when the body is empty. */
bool daotp__http_get_take(daotp__http_get *get, daotp__bytes *mapped);

#endif
