/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A DCE/RPC connection over TCP (ncacn_ip_tcp) that is bound to one interface. It works in steps:
 * connect, bind with the handshake of the security context, then calls, one after the other. With a
 * security context every fragment of a response must be sealed.
 */
#ifndef DAOTP_CA_RPC_CONNECTION_H
#define DAOTP_CA_RPC_CONNECTION_H

#include "ca/rpc_pdu.h"
#include "ca/rpc_security.h"
#include "net/loop.h"

typedef struct daotp__rpc_connection daotp__rpc_connection;

typedef struct daotp__rpc_connection_spec {
    daotp__loop *loop;
    const char *host;
    uint16_t port;
    int64_t connect_ms;
    const daotp__rpc_syntax *interface;       /* borrowed until the connection is freed */
    const daotp__rpc_security_spec *security; /* NULL: no security context */
} daotp__rpc_connection_spec;

/* How the peer refused. None of this is authenticated. */
typedef enum daotp__rpc_refusal {
    DAOTP__RPC_NOT_REFUSED,
    DAOTP__RPC_BIND_REFUSED,      /* bind_nak; number: its reason */
    DAOTP__RPC_INTERFACE_REFUSED, /* number: result << 16 | reason */
    DAOTP__RPC_FAULTED            /* number: the status of the fault */
} daotp__rpc_refusal;

daotp_status daotp__rpc_connection_new(const daotp__rpc_connection_spec *spec, daotp_report *report,
                                       daotp__rpc_connection **connection);
void daotp__rpc_connection_free(daotp__rpc_connection *connection);
/* Connect and bind. DAOTP_AGAIN until it is bound; DAOTP_OK; DAOTP_REJECTED: see
 * daotp__rpc_connection_refusal(); DAOTP_PEER, DAOTP_NETWORK or DAOTP_TIMEOUT with a finding. */
daotp_status daotp__rpc_connection_open(daotp__rpc_connection *connection, daotp_report *report);
/* Whether the TCP connection was established. */
bool daotp__rpc_connection_was_open(const daotp__rpc_connection *connection);
/* Prepare a call; nothing is sent yet. object: a UUID, or NULL. */
daotp_status daotp__rpc_connection_call(daotp__rpc_connection *connection, uint16_t opnum,
                                        const uint8_t *object, daotp__bytes stub);
/* Send the call and receive the response. DAOTP_AGAIN until the response is complete; otherwise
 * as daotp__rpc_connection_open(). */
daotp_status daotp__rpc_connection_step(daotp__rpc_connection *connection, daotp_report *report);
/* Whether an octet of the call was sent. Then it may have been executed, whatever the response
 * is. */
bool daotp__rpc_connection_has_sent(const daotp__rpc_connection *connection);
daotp__bytes daotp__rpc_connection_reply(const daotp__rpc_connection *connection);

daotp__rpc_refusal daotp__rpc_connection_refusal(const daotp__rpc_connection *connection,
                                                 uint32_t *number);
/* Whether the fault says that the call was not executed. */
bool daotp__rpc_connection_did_not_execute(const daotp__rpc_connection *connection);

#endif
