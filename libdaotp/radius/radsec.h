/* SPDX-License-Identifier: BSD-2-Clause */
/* A connection of RadSec, RFC 6614: packets one behind the other over TLS. */
#ifndef DAOTP_RADIUS_RADSEC_H
#define DAOTP_RADIUS_RADSEC_H

#include "core/report.h"
#include "net/stream.h"

typedef struct daotp__radsec {
    daotp__loop *loop;
    daotp__stream *stream; /* NULL: closed, or never opened */
    daotp__buffer out;     /* the packets that are to be sent */
    size_t sent;           /* octets of them that are */
    daotp__buffer in;      /* the packet that comes */
} daotp__radsec;

/* Told each whole packet. false: a server would not have sent it. */
typedef bool (*daotp__radsec_packet_fn)(void *user, daotp__bytes packet);

/* tls is borrowed. No I/O. */
daotp_status daotp__radsec_open(daotp__radsec *connection, daotp__loop *loop, const char *host,
                                uint16_t port, daotp__tls *tls);
void daotp__radsec_close(daotp__radsec *connection);
/* The next step sends it. */
daotp_status daotp__radsec_queue(daotp__radsec *connection, daotp__bytes packet);
/* Go on connecting, reading and writing. DAOTP_AGAIN: the peer must move first; anything but that
 * and DAOTP_OK: the connection is of no use any more. */
daotp_status daotp__radsec_step(daotp__radsec *connection, daotp__radsec_packet_fn tell, void *user,
                                daotp_report *report);
/* Did the handshake succeed, and nothing end the connection since? */
bool daotp__radsec_is_open(const daotp__radsec *connection);
/* The finding for what a step answered, unless the connection itself reported one. is_unanswered: a
 * request was sent over it, and not answered. */
daotp_status daotp__radsec_explain(daotp__tls *tls, const char *label, daotp_status status,
                                   bool is_unanswered, daotp_report *report);

#endif
