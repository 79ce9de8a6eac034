/* SPDX-License-Identifier: BSD-2-Clause */
/* A RadSec connection (RFC 6614): RADIUS packets in sequence over TLS. */
#ifndef DAOTP_RADIUS_RADSEC_H
#define DAOTP_RADIUS_RADSEC_H

#include "core/report.h"
#include "net/stream.h"

typedef struct daotp__radsec {
    daotp__loop *loop;
    daotp__stream *stream; /* NULL: closed, or never opened */
    daotp__buffer out;     /* the packets that are still to be sent */
    size_t sent;           /* how many octets of them have been sent */
    daotp__buffer in;      /* the packet that is being received */
} daotp__radsec;

/* Called for each whole packet. Returns false if a server cannot have sent it. */
typedef bool (*daotp__radsec_packet_fn)(void *user, daotp__bytes packet);

/* tls is borrowed. No I/O. */
daotp_status daotp__radsec_open(daotp__radsec *connection, daotp__loop *loop, const char *host,
                                uint16_t port, daotp__tls *tls);
void daotp__radsec_close(daotp__radsec *connection);
/* The next step sends it. */
daotp_status daotp__radsec_queue(daotp__radsec *connection, daotp__bytes packet);
/* Continue connecting, reading and writing. DAOTP_AGAIN: waiting for the peer. Any other status
 * than this and DAOTP_OK: the connection is unusable. */
daotp_status daotp__radsec_step(daotp__radsec *connection, daotp__radsec_packet_fn tell, void *user,
                                daotp_report *report);
/* Whether the handshake succeeded and the connection is still open. */
bool daotp__radsec_is_open(const daotp__radsec *connection);
/* Report a finding for the status of a step, unless the connection has reported one.
 * is_unanswered: a request was sent over the connection and got no reply. */
daotp_status daotp__radsec_explain(daotp__tls *tls, const char *label, daotp_status status,
                                   bool is_unanswered, daotp_report *report);

#endif
