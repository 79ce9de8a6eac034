/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * HTTP/1.1 requests that carry a secret. libcurl finds the way, connects and does TLS
 * (CURLOPT_CONNECT_ONLY); a small writer sends the request from a secret buffer, http_parser
 * reads the answer within bounds. So no copy of the request stays anywhere, nothing is sent again
 * behind our back, and the moment the first byte leaves is known. One connection, one identity,
 * any number of requests, one after the other.
 */
#ifndef DAOTP_NET_HTTP_H
#define DAOTP_NET_HTTP_H

#include "net/curl_connection.h"

typedef struct daotp__http daotp__http;

daotp_status daotp__http_new(daotp__loop *loop, const daotp__peer *peer, daotp__http **http);
void daotp__http_free(daotp__http *http);

/* Open the connection, step by step: DAOTP_AGAIN until TLS stands. */
daotp_status daotp__http_open(daotp__http *http, daotp_report *report);
daotp__phase daotp__http_phase(const daotp__http *http);
daotp__tls *daotp__http_tls(const daotp__http *http);
const char *daotp__http_peer(const daotp__http *http);

/* Can another request go over it: open, not closed by either side, quiet? */
bool daotp__http_is_usable(daotp__http *http);
/* The finding for a refusal of our certificate that any call has read; else DAOTP_OK. With TLS 1.3
 * it comes after the handshake, so that a look at an idle connection may meet it. */
daotp_status daotp__http_explain_refusal(const daotp__http *http, daotp_report *report);
int64_t daotp__http_idle_ms(const daotp__http *http); /* since the last answer ended */

/*
 * Make a request ready; nothing is sent yet. headers: complete lines, each ended by CR LF. The
 * body is copied into a buffer that is wiped as soon as it has left. max: the largest body that
 * the answer may have.
 */
daotp_status daotp__http_begin(daotp__http *http, const char *method, const char *headers,
                               daotp__bytes body, size_t max);
/* Send and receive: DAOTP_AGAIN until the answer is whole. */
daotp_status daotp__http_step(daotp__http *http, daotp_report *report);
/* Has a byte of the request begun its way? From then on a code in it counts as sent. */
bool daotp__http_has_sent(const daotp__http *http);

/* The answer, once the step said DAOTP_OK. A header that is not there is NULL. */
unsigned daotp__http_status(const daotp__http *http);
const char *daotp__http_header(const daotp__http *http, const char *name);
daotp__bytes daotp__http_body(const daotp__http *http);
/* Its Date (RFC 9110 6.6.1), seconds since 1970; -1 where there is none that can be read. */
int64_t daotp__http_date(const daotp__http *http);

#endif
