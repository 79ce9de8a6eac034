/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One HTTPS POST with HTTP authentication Negotiate, made by libcurl. The body carries no secret
 * and is sent once: a 401, after which libcurl would send it again, is taken as the response.
 */
#ifndef DAOTP_NET_NEGOTIATE_POST_H
#define DAOTP_NET_NEGOTIATE_POST_H

#include "net/curl_connection.h"

typedef struct daotp__negotiate_post daotp__negotiate_post;

/* headers: as in daotp__https_exchange_begin(). body: copied. max: the largest response body, in
 * octets. */
daotp_status daotp__negotiate_post_new(daotp__loop *loop, const daotp__peer *peer,
                                       const char *headers, daotp__bytes body, size_t max,
                                       daotp__negotiate_post **post);
void daotp__negotiate_post_free(daotp__negotiate_post *post);
daotp_status daotp__negotiate_post_step(daotp__negotiate_post *post, daotp_report *report);
/* Whether the first byte of the body was passed to the connection. */
bool daotp__negotiate_post_has_sent(const daotp__negotiate_post *post);
unsigned daotp__negotiate_post_status(const daotp__negotiate_post *post);
/* The Content-Type of the response; NULL: absent. */
const char *daotp__negotiate_post_content_type(const daotp__negotiate_post *post);
/* is_offered: whether the service offers Negotiate. is_ticket_sent: whether a ticket was sent to
 * it. */
bool daotp__negotiate_post_is_offered(const daotp__negotiate_post *post);
bool daotp__negotiate_post_is_ticket_sent(const daotp__negotiate_post *post);
/* The reason for a 401: the service does not offer Negotiate, or the Kerberos library gave no
 * ticket. */
const char *daotp__negotiate_post_refusal(const daotp__negotiate_post *post);
daotp__bytes daotp__negotiate_post_body(const daotp__negotiate_post *post);

#endif
