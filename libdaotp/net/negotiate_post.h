/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One ordinary HTTPS request by libcurl itself, for what needs its authentication (Negotiate).
 * The body carries no secret. It is sent once: where libcurl would send it again, the response that
 * it would do so for, a 401, stands.
 */
#ifndef DAOTP_NET_NEGOTIATE_POST_H
#define DAOTP_NET_NEGOTIATE_POST_H

#include "net/curl_connection.h"

typedef struct daotp__negotiate_post daotp__negotiate_post;

/* A POST with Negotiate. headers as in daotp__https_exchange_begin(); body is copied. */
daotp_status daotp__negotiate_post_new(daotp__loop *loop, const daotp__peer *peer,
                                       const char *headers, daotp__bytes body, size_t max,
                                       daotp__negotiate_post **post);
void daotp__negotiate_post_free(daotp__negotiate_post *post);
daotp_status daotp__negotiate_post_step(daotp__negotiate_post *post, daotp_report *report);
/* Has a byte of the body begun its way? */
bool daotp__negotiate_post_has_sent(const daotp__negotiate_post *post);
unsigned daotp__negotiate_post_status(const daotp__negotiate_post *post);
/* Content-Type of the response; NULL when it names none. */
const char *daotp__negotiate_post_content_type(const daotp__negotiate_post *post);
/* Does the service offer Negotiate, and did a ticket go to it? */
bool daotp__negotiate_post_is_offered(const daotp__negotiate_post *post);
bool daotp__negotiate_post_is_ticket_sent(const daotp__negotiate_post *post);
/* Why a 401 came: what the service does not offer, or the Kerberos library did not give. */
const char *daotp__negotiate_post_refusal(const daotp__negotiate_post *post);
daotp__bytes daotp__negotiate_post_body(const daotp__negotiate_post *post);

#endif
