/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * HTTP/1.1 requests that carry a secret. libcurl only connects, through a proxy if needed, and does
 * TLS (CURLOPT_CONNECT_ONLY). Our own code sends the request from a secret buffer and reads the
 * response with limits. So no copy of the request remains, libcurl cannot send it again, and it is
 * known when the first byte is sent. One connection has one identity, and any number of requests,
 * one after the other.
 */
#ifndef DAOTP_NET_HTTPS_EXCHANGE_H
#define DAOTP_NET_HTTPS_EXCHANGE_H

#include "net/curl_connection.h"

typedef struct daotp__https_exchange daotp__https_exchange;

daotp_status daotp__https_exchange_new(daotp__loop *loop, const daotp__peer *peer,
                                       daotp__https_exchange **exchange);
void daotp__https_exchange_free(daotp__https_exchange *exchange);

/* Open the connection in steps: DAOTP_AGAIN until TLS is established. */
daotp_status daotp__https_exchange_open(daotp__https_exchange *exchange, daotp_report *report);
daotp__phase daotp__https_exchange_phase(const daotp__https_exchange *exchange);
daotp__tls *daotp__https_exchange_tls(const daotp__https_exchange *exchange);
const char *daotp__https_exchange_peer(const daotp__https_exchange *exchange);

/* Whether another request can be sent: the connection is open, neither side has closed it, and
 * no unexpected bytes have arrived. */
bool daotp__https_exchange_is_usable(daotp__https_exchange *exchange);
/* If the server refused our certificate, report it and return that status; else DAOTP_OK. With
 * TLS 1.3 the refusal comes after the handshake, so any later read may receive it, also one on
 * an idle connection. */
daotp_status daotp__https_exchange_explain_refusal(const daotp__https_exchange *exchange,
                                                   daotp_report *report);
int64_t daotp__https_exchange_idle_ms(
    const daotp__https_exchange *exchange); /* milliseconds since the last response ended */

/*
 * Prepare a request; nothing is sent yet. headers: complete lines, each ended by CR LF. body:
 * copied into a buffer that is wiped as soon as it was sent. max: the largest body of the response,
 * in octets.
 */
daotp_status daotp__https_exchange_begin(daotp__https_exchange *exchange, const char *method,
                                         const char *headers, daotp__bytes body, size_t max);
/* Send the request and receive the response. DAOTP_AGAIN until the response is complete. */
daotp_status daotp__https_exchange_step(daotp__https_exchange *exchange, daotp_report *report);
/* Whether the first byte of the request was passed to the connection. From then on a code in it
 * counts as sent. */
bool daotp__https_exchange_has_sent(const daotp__https_exchange *exchange);

/* The response, after DAOTP_OK of the step; borrowed. NULL for an absent header field. */
unsigned daotp__https_exchange_status(const daotp__https_exchange *exchange);
const char *daotp__https_exchange_header(const daotp__https_exchange *exchange, const char *name);
daotp__bytes daotp__https_exchange_body(const daotp__https_exchange *exchange);
/* The Date of the response (RFC 9110 6.6.1), in seconds since 1970; -1 if it is absent or
 * malformed. */
int64_t daotp__https_exchange_date(const daotp__https_exchange *exchange);

#endif
