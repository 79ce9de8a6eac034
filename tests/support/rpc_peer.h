/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The other side of an RPC connection, in the thread of the test: it is asked for a turn whenever
 * the library waits, so that every run is the same. Its security context is a toy that stands in
 * the place of GSSAPI (ca/rpc_gss.c is not linked where this is): three legs, then each fragment is
 * masked, and its token is a sum over header, plain stub, trailer and a sequence number.
 */
#ifndef RPC_PEER_H
#define RPC_PEER_H

#include "ca/rpc_pdu.h"
#include "ca/rpc_security.h"
#include "core/alloc.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { RPC_PEER_TOKEN = 16, RPC_PEER_ROOM = 2 * 1024 * 1024 };

typedef struct rpc_peer rpc_peer;
/* Change an answer of the server before it leaves; number counts the answers of a connection from
 * 0. May lengthen it, up to room. */
typedef void (*rpc_peer_change)(rpc_peer *peer, unsigned number, uint8_t *pdu, size_t *len,
                                size_t room);

struct rpc_peer {
    int listener, fd;
    uint16_t port;
    uint8_t in[RPC_PEER_ROOM], out[RPC_PEER_ROOM], stub[RPC_PEER_ROOM];
    size_t in_len, out_len, out_sent, stub_len;
    unsigned answers;
    uint32_t sent, received; /* sealed fragments */
    bool is_sealed, is_done; /* is_done: a whole request was there */
    rpc_peer_change change;
    int what;           /* for change */
    size_t cut;         /* octets after which nothing is sent any more; 0: never */
    bool closes;        /* at the cut: the end of the connection, else silence */
    size_t gulp;        /* octets a turn; 0: all */
    daotp__bytes reply; /* the stub of the response */
    size_t reply_part;  /* of one fragment; 0: 1024 */
    uint8_t auth_type;
    bool is_wrong; /* the library broke a rule: a seal, a length, an order */
};

void rpc_peer_open(rpc_peer *peer);

void rpc_peer_hang_up(rpc_peer *peer);

void rpc_peer_close(rpc_peer *peer);

/* The server's turn; did it do anything? */
bool rpc_peer_turn(rpc_peer *peer);

#endif
