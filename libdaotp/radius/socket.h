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
    DAOTP__RADIUS_SHORT,   /* a datagram too short to have an identifier: it may belong to any
                              exchange */
    DAOTP__RADIUS_REFUSED, /* ICMP port unreachable: no program listens there */
    DAOTP__RADIUS_UNSENT,  /* an accepted packet was not sent: there is no route to the peer */
    DAOTP__RADIUS_LOST     /* the connection broke */
} daotp__radius_event_kind;

typedef struct daotp__radius_event {
    daotp__radius_event_kind kind;
    daotp__bytes packet;     /* CAME */
    const daotp_report *why; /* LOST, and */
    daotp_status status;     /* the status with which the connection ended */
} daotp__radius_event;

/* For CAME it returns whether the packet was a verified reply. The callback may release
 * identifiers, and begin and free exchanges; it never frees a socket. */
typedef bool (*daotp__radius_event_fn)(daotp_radius_exchange *exchange,
                                       const daotp__radius_event *event);

typedef struct daotp__radius_socket daotp__radius_socket;

/* Used while datagrams are received: packets that are sent meanwhile are sent together at the
 * end. */
typedef struct daotp__radius_batch {
    daotp__radius_socket *socket; /* NULL outside a batch */
    size_t received;              /* datagrams; 0 outside a batch */
    struct {
        struct iovec packet; /* borrowed; empty: sent, or withdrawn */
        uint8_t id;
    } unsent[DAOTP__RADIUS_BATCH];
    size_t unsent_count;
} daotp__radius_batch;

/* State that all sockets of a client share. */
typedef struct daotp__radius_wire {
    daotp_context *context;
    daotp__loop *loop;
    int slot;
    daotp__radius_event_fn tell;
    daotp__radius_datagram *datagrams; /* DAOTP__RADIUS_BATCH of them, to receive into */
    daotp__radius_batch batch;
    bool is_stepping;
} daotp__radius_wire;

/* The least recently used identifier is handed out first, and only after a reply to its last
 * exchange can no longer arrive. */
struct daotp__radius_socket {
    daotp__radius_wire *wire;
    int fd; /* -1: RadSec */
    daotp__radsec radsec;
    bool is_stale; /* the socket receives nothing any more: no identifier is handed out */
    int64_t heard_ms;
    daotp_radius_exchange *waiting[DAOTP__RADIUS_IDS];
    int64_t free_at_ms[DAOTP__RADIUS_IDS];
    uint8_t unsent_at[DAOTP__RADIUS_IDS]; /* index + 1 in the batch */
    uint8_t queue[DAOTP__RADIUS_IDS];     /* of free identifiers */
    unsigned head, free_count;
};

/* A socket with all its identifiers, not open yet; NULL without memory. */
daotp__radius_socket *daotp__radius_socket_new(daotp__radius_wire *wire);
void daotp__radius_socket_free(daotp__radius_socket *socket);

/* An identifier for the exchange; false when none is free. */
bool daotp__radius_socket_take_id(daotp__radius_socket *socket, daotp_radius_exchange *exchange,
                                  int64_t now_ms, uint8_t *id);
/* Release it; it is not reused before free_at_ms, because a reply may still arrive. */
void daotp__radius_socket_release_id(daotp__radius_socket *socket, uint8_t id, int64_t free_at_ms);
/* No exchange waits. */
bool daotp__radius_socket_is_idle(const daotp__radius_socket *socket);

/* The packet stays as it is until the identifier is released. DAOTP_OK also where the network may
 * have lost it; DAOTP_NETWORK when there is no way to the peer. */
daotp_status daotp__radius_socket_send(daotp__radius_socket *socket, uint8_t id,
                                       const daotp__buffer *packet);
/* A UDP socket is readable: read all datagrams that have arrived. */
void daotp__radius_socket_receive(daotp__radius_socket *socket);
/* Step a RadSec connection, see daotp__radsec_step(). */
daotp_status daotp__radius_socket_step(daotp__radius_socket *socket, daotp_report *report);
/* Tell all waiting exchanges that the connection broke. */
void daotp__radius_socket_tell_lost(daotp__radius_socket *socket, const daotp_report *why,
                                    daotp_status status);

/* Note that a verified reply arrived. */
void daotp__radius_socket_note_reply(daotp__radius_socket *socket, int64_t now_ms);
/* An exchange that began at this time got no reply: if the connection has been silent since
 * then, it is stale. */
void daotp__radius_socket_note_silence(daotp__radius_socket *socket, int64_t since_ms);

#endif
