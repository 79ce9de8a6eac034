/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A connected UDP socket, or a RadSec connection, with its 256 identifiers. What comes is handed
 * up to the exchange that waits for the identifier, as an event; the exchange decides what the
 * event means.
 */
#ifndef DAOTP_RADIUS_SOCKET_H
#define DAOTP_RADIUS_SOCKET_H

#include "radius/radsec.h"
#include "radius/udp.h"

#include <daotp/radius.h>

enum { DAOTP__RADIUS_IDS = 256 };

typedef enum daotp__radius_event_kind {
    DAOTP__RADIUS_CAME,    /* a packet with the exchange's identifier */
    DAOTP__RADIUS_SHORT,   /* a datagram too short to have an identifier: it may be anybody's */
    DAOTP__RADIUS_REFUSED, /* the socket was told that nothing listens */
    DAOTP__RADIUS_UNSENT,  /* what was taken to be sent was not: there is no way to the peer */
    DAOTP__RADIUS_LOST     /* the connection broke */
} daotp__radius_event_kind;

typedef struct daotp__radius_event {
    daotp__radius_event_kind kind;
    daotp__bytes packet;     /* CAME */
    const daotp_report *why; /* LOST, and */
    daotp_status status;     /* what the connection ended with */
} daotp__radius_event;

/* Of CAME the answer says whether it was a verified reply. It may release identifiers, and begin
 * and free exchanges; it never frees a socket. */
typedef bool (*daotp__radius_event_fn)(daotp_radius_exchange *exchange,
                                       const daotp__radius_event *event);

typedef struct daotp__radius_socket daotp__radius_socket;

/* While datagrams from a socket are taken: what is sent meanwhile is sent together, at the end. */
typedef struct daotp__radius_batch {
    daotp__radius_socket *socket; /* NULL outside of one */
    size_t received;              /* datagrams; 0 outside of one */
    struct {
        struct iovec packet; /* borrowed; empty: sent, or not to be sent any more */
        uint8_t id;
    } unsent[DAOTP__RADIUS_BATCH];
    size_t unsent_count;
} daotp__radius_batch;

/* What all sockets of a client share. */
typedef struct daotp__radius_wire {
    daotp_context *context;
    daotp__loop *loop;
    int slot;
    daotp__radius_event_fn tell;
    daotp__radius_datagram *datagrams; /* DAOTP__RADIUS_BATCH of them, to receive into */
    daotp__radius_batch batch;
    bool is_stepping;
} daotp__radius_wire;

/* An identifier is handed out least recently used first, and not before the time that its last
 * exchange might still be answered. */
struct daotp__radius_socket {
    daotp__radius_wire *wire;
    int fd; /* -1: RadSec */
    daotp__radsec radsec;
    bool is_stale; /* nothing comes any more: no identifier is handed out */
    int64_t heard_ms;
    daotp_radius_exchange *waiting[DAOTP__RADIUS_IDS];
    int64_t free_at_ms[DAOTP__RADIUS_IDS];
    uint8_t unsent_at[DAOTP__RADIUS_IDS]; /* index + 1 in the batch */
    uint8_t queue[DAOTP__RADIUS_IDS];     /* of free identifiers */
    unsigned head, free_count;
};

/* A socket with all its identifiers, not open yet; NULL when memory ran out. */
daotp__radius_socket *daotp__radius_socket_new(daotp__radius_wire *wire);
void daotp__radius_socket_free(daotp__radius_socket *socket);

/* An identifier for the exchange; false when none is free. */
bool daotp__radius_socket_take_id(daotp__radius_socket *socket, daotp_radius_exchange *exchange,
                                  int64_t now_ms, uint8_t *id);
/* Give it back; until free_at_ms it is kept aside, for a reply may still come. */
void daotp__radius_socket_release_id(daotp__radius_socket *socket, uint8_t id, int64_t free_at_ms);
/* No exchange waits. */
bool daotp__radius_socket_is_idle(const daotp__radius_socket *socket);

/* The packet stays as it is until the identifier is released. DAOTP_OK also where the network may
 * have lost it; DAOTP_NETWORK when there is no way to the peer. */
daotp_status daotp__radius_socket_send(daotp__radius_socket *socket, uint8_t id,
                                       const daotp__buffer *packet);
/* UDP, readable: read all that is there. */
void daotp__radius_socket_receive(daotp__radius_socket *socket);
/* A RadSec connection goes on, as daotp__radsec_step(). */
daotp_status daotp__radius_socket_step(daotp__radius_socket *socket, daotp_report *report);
/* Tell all that wait that the connection broke. */
void daotp__radius_socket_tell_lost(daotp__radius_socket *socket, const daotp_report *why,
                                    daotp_status status);

/* A verified reply came. */
void daotp__radius_socket_note_reply(daotp__radius_socket *socket, int64_t now_ms);
/* An exchange that began then has had no reply: a connection silent since then is stale. */
void daotp__radius_socket_note_silence(daotp__radius_socket *socket, int64_t since_ms);

#endif
