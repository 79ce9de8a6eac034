/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * HTTP/1.1 requests that carry a secret. libcurl finds the way, connects and does TLS
 * (CURLOPT_CONNECT_ONLY); a small writer sends the request from a secret buffer, http_parser
 * reads the answer within bounds. So no copy of the request stays anywhere, nothing is sent again
 * behind our back, and the moment the first byte leaves is known. One connection, one identity,
 * any number of requests, one after the other.
 */
#ifndef DAOTP_NET_HTTPS_EXCHANGE_H
#define DAOTP_NET_HTTPS_EXCHANGE_H

#include "net/curl_connection.h"

typedef struct daotp__https_exchange daotp__https_exchange;

daotp_status daotp__https_exchange_new(daotp__loop *loop, const daotp__peer *peer,
                                       daotp__https_exchange **exchange);
void daotp__https_exchange_free(daotp__https_exchange *exchange);

/* Open the connection, step by step: DAOTP_AGAIN until TLS stands. */
daotp_status daotp__https_exchange_open(daotp__https_exchange *exchange, daotp_report *report);
daotp__phase daotp__https_exchange_phase(const daotp__https_exchange *exchange);
daotp__tls *daotp__https_exchange_tls(const daotp__https_exchange *exchange);
const char *daotp__https_exchange_peer(const daotp__https_exchange *exchange);

/* Can another request go over it: open, not closed by either side, quiet? */
bool daotp__https_exchange_is_usable(daotp__https_exchange *exchange);
/* The finding for a refusal of our certificate that any call has read; else DAOTP_OK. With TLS 1.3
 * it comes after the handshake, so that a look at an idle connection may meet it. */
daotp_status daotp__https_exchange_explain_refusal(const daotp__https_exchange *exchange,
                                                   daotp_report *report);
int64_t daotp__https_exchange_idle_ms(
    const daotp__https_exchange *exchange); /* since the last answer ended */

/*
 * Make a request ready; nothing is sent yet. headers: complete lines, each ended by CR LF. The
 * body is copied into a buffer that is wiped as soon as it has left. max: the largest body that
 * the answer may have.
 */
daotp_status daotp__https_exchange_begin(daotp__https_exchange *exchange, const char *method,
                                         const char *headers, daotp__bytes body, size_t max);
/* Send and receive: DAOTP_AGAIN until the answer is whole. */
daotp_status daotp__https_exchange_step(daotp__https_exchange *exchange, daotp_report *report);
/* Has a byte of the request begun its way? From then on a code in it counts as sent. */
bool daotp__https_exchange_has_sent(const daotp__https_exchange *exchange);

/* The answer, once the step said DAOTP_OK. A header that is not there is NULL. */
unsigned daotp__https_exchange_status(const daotp__https_exchange *exchange);
const char *daotp__https_exchange_header(const daotp__https_exchange *exchange, const char *name);
daotp__bytes daotp__https_exchange_body(const daotp__https_exchange *exchange);
/* Its Date (RFC 9110 6.6.1), seconds since 1970; -1 where there is none that can be read. */
int64_t daotp__https_exchange_date(const daotp__https_exchange *exchange);

#endif
