/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a server is reached: its name and port, and the sockets that are open to it. */
#ifndef DAOTP_RADIUS_ENDPOINT_H
#define DAOTP_RADIUS_ENDPOINT_H

#include "net/resolve.h"
#include "radius/socket.h"

typedef struct daotp__radius_endpoint {
    daotp__radius_wire *wire;
    char *host, *label;
    uint16_t port;
    daotp__tls *tls; /* RadSec; NULL for UDP */
    daotp__resolver *resolver;
    size_t address; /* which of the name's, counted on for ever */
    daotp__radius_socket *sockets[DAOTP__MAX_RADIUS_SOCKETS];
    size_t socket_count;
} daotp__radius_endpoint;

daotp_status daotp__radius_endpoint_init(daotp__radius_endpoint *endpoint, daotp__radius_wire *wire,
                                         const char *host, uint16_t port);
/* Frees what it holds, the sockets too. One that is all zeros is no error. */
void daotp__radius_endpoint_end(daotp__radius_endpoint *endpoint);

/* A socket with an identifier for the exchange, opened if need be. DAOTP_AGAIN while the name is
 * resolved. */
daotp_status daotp__radius_endpoint_take(daotp__radius_endpoint *endpoint,
                                         daotp_radius_exchange *exchange, int64_t now_ms,
                                         daotp_report *report, daotp__radius_socket **socket,
                                         uint8_t *id);
/* Nothing answers there: the next exchange asks for the name anew, and takes its next address. */
void daotp__radius_endpoint_turn_away(daotp__radius_endpoint *endpoint);
/* The socket with this descriptor is readable; false when there is none. */
bool daotp__radius_endpoint_receive(daotp__radius_endpoint *endpoint, int fd);
/* Go on with all RadSec connections; those that broke are let go. */
void daotp__radius_endpoint_step(daotp__radius_endpoint *endpoint);

#endif
