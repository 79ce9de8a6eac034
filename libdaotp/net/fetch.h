/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One ordinary HTTPS request by libcurl itself, for what needs its authentication (Negotiate).
 * The body carries no secret. It is sent once: where libcurl would send it again, the answer that
 * it would do so for, a 401, stands.
 */
#ifndef DAOTP_NET_FETCH_H
#define DAOTP_NET_FETCH_H

#include "net/transfer.h"

typedef struct daotp__fetch daotp__fetch;

/* A POST with Negotiate. headers as in daotp__http_begin(); body is copied. */
daotp_status daotp__fetch_new(daotp__loop *loop, const daotp__peer *peer, const char *headers,
                              daotp__bytes body, size_t max, daotp__fetch **fetch);
void daotp__fetch_free(daotp__fetch *fetch);
daotp_status daotp__fetch_step(daotp__fetch *fetch, daotp_report *report);
/* Has a byte of the body begun its way? */
bool daotp__fetch_has_sent(const daotp__fetch *fetch);
unsigned daotp__fetch_status(const daotp__fetch *fetch);
/* Content-Type of the answer; NULL when it names none. */
const char *daotp__fetch_content_type(const daotp__fetch *fetch);
/* Does the service offer Negotiate, and did a ticket go to it? */
bool daotp__fetch_is_offered(const daotp__fetch *fetch);
bool daotp__fetch_is_ticket_sent(const daotp__fetch *fetch);
/* Why a 401 came: what the service does not offer, or the Kerberos library did not give. */
const char *daotp__fetch_refusal(const daotp__fetch *fetch);
daotp__bytes daotp__fetch_body(const daotp__fetch *fetch);

#endif
