/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A stream of our own: TCP, with TLS by libssl where it is wanted, for protocols that are not
 * HTTP. It shares identity and trust code with HTTP, and never blocks.
 */
#ifndef DAOTP_NET_STREAM_H
#define DAOTP_NET_STREAM_H

#include "net/loop.h"
#include "net/tls.h"

typedef struct daotp__stream daotp__stream;

/* host: a name or an address. tls: NULL for plain TCP; else it is borrowed, and the server's
 * certificate must be for host. No I/O. */
daotp_status daotp__stream_new(daotp__loop *loop, const char *host, uint16_t port, daotp__tls *tls,
                               int64_t connect_ms, daotp__stream **stream);
void daotp__stream_free(daotp__stream *stream);
/* DAOTP_AGAIN until it stands. */
daotp_status daotp__stream_open(daotp__stream *stream, daotp_report *report);
bool daotp__stream_is_open(const daotp__stream *stream);
/* Some bytes: how many, in *done. DAOTP_AGAIN when the peer must move first; DAOTP_NETWORK when
 * the connection ended. */
daotp_status daotp__stream_write(daotp__stream *stream, const uint8_t *bytes, size_t len,
                                 size_t *done);
daotp_status daotp__stream_read(daotp__stream *stream, uint8_t *bytes, size_t len, size_t *done);

#endif
