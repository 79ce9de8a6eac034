/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A TCP stream, with TLS by libssl if requested, for protocols other than HTTP. It uses the same
 * code for identity and trust as HTTP, and never blocks.
 */
#ifndef DAOTP_NET_STREAM_H
#define DAOTP_NET_STREAM_H

#include "net/loop.h"
#include "net/tls.h"

typedef struct daotp__stream daotp__stream;

/* host: a name or an address. tls: NULL: plain TCP; else borrowed, and the server's certificate
 * must be for host. connect_ms: the limit for connecting, in milliseconds. No I/O. */
daotp_status daotp__stream_new(daotp__loop *loop, const char *host, uint16_t port, daotp__tls *tls,
                               int64_t connect_ms, daotp__stream **stream);
void daotp__stream_free(daotp__stream *stream);
/* DAOTP_AGAIN until the stream is open. */
daotp_status daotp__stream_open(daotp__stream *stream, daotp_report *report);
bool daotp__stream_is_open(const daotp__stream *stream);
/* Write or read some bytes; *done: how many. DAOTP_AGAIN when the call would block;
 * DAOTP_NETWORK when the connection has ended. */
daotp_status daotp__stream_write(daotp__stream *stream, const uint8_t *bytes, size_t len,
                                 size_t *done);
daotp_status daotp__stream_read(daotp__stream *stream, uint8_t *bytes, size_t len, size_t *done);

#endif
