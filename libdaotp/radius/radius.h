/* SPDX-License-Identifier: BSD-2-Clause */
/* The inside of the RADIUS client: servers with their sockets, exchanges with their timers. */
#ifndef DAOTP_RADIUS_RADIUS_H
#define DAOTP_RADIUS_RADIUS_H

#include "core/report.h"
#include "net/loop.h"
#include "net/resolve.h"
#include "net/stream.h"
#include "radius/packet.h"
#include "radius/timer.h"

#include <daotp/radius.h>

/* Authenticators of 256 octets together: getrandom() gives so many whole, whatever signals come. */
enum { DAOTP__RADIUS_IDS = 256, DAOTP__RADIUS_BATCH = 32, DAOTP__RADIUS_DRAWN = 16 };

/* One more than the largest packet, so that a longer datagram is seen to be longer. */
typedef struct daotp__radius_datagram {
    uint8_t bytes[DAOTP__RADIUS_MAX + 1];
} daotp__radius_datagram;

typedef struct daotp__radius_server daotp__radius_server;

/* A connected UDP socket, or a RadSec connection, with its identifiers. An identifier is handed out
 * least recently used first, and not before the time that its last exchange might still be
 * answered. */
typedef struct daotp__radius_socket {
    daotp__radius_server *server;
    int fd;
    daotp_radius_exchange *waiting[DAOTP__RADIUS_IDS];
    int64_t free_at_ms[DAOTP__RADIUS_IDS];
    uint8_t queue[DAOTP__RADIUS_IDS]; /* of free identifiers */
    unsigned head, free_count;
    /* RadSec: what is to be sent, and what has come of the packet under way; is_stale: nothing
     * comes any more, it is used no longer */
    daotp__stream *stream;
    bool is_stale;
    int64_t heard_ms;
    daotp__buffer out, in;
    size_t sent;
} daotp__radius_socket;

struct daotp__radius_server {
    daotp_radius *radius;
    char *host, *label;
    uint16_t port;
    daotp__buffer secret;
    daotp__md5_key key; /* made of the secret */
    daotp_radius_policy policy;
    daotp__tls *tls; /* RadSec; NULL for UDP */
    bool has_signed; /* it has sent a Message-Authenticator that verified: for the policy auto */
    daotp__resolver *resolver;
    size_t address; /* which of the name's, counted on for ever */
    daotp__radius_socket *sockets[DAOTP__MAX_RADIUS_SOCKETS];
    size_t socket_count;
    int64_t dead_until_ms, dead_for_ms, last_reply_ms; /* the last: if it ever came */
    bool has_replied;
};

/* The timers of RFC 5080 2.2.1, in milliseconds. */
typedef struct daotp__radius_timers {
    int64_t first, longest, deadline, failover; /* failover: negative for never */
    unsigned transmissions;
} daotp__radius_timers;

/* While datagrams from a socket are taken: what is begun meanwhile is sent at the end. */
typedef struct daotp__radius_batch {
    daotp__radius_socket *socket;                       /* NULL outside of one */
    size_t answers;                                     /* datagrams; 0 outside of one */
    uint8_t drawn[DAOTP__RADIUS_DRAWN][DAOTP__MD5_LEN]; /* authenticators to come */
    size_t drawn_count;
    daotp_radius_exchange *unsent[DAOTP__RADIUS_BATCH]; /* NULL: it has ended already */
    size_t unsent_count;
} daotp__radius_batch;

/* Who waits for an exchange, on his stack: its callback may free it under him. */
typedef struct daotp__radius_waiter {
    daotp_radius_exchange *exchange; /* NULL: freed, with this status */
    daotp_status status;
    struct daotp__radius_waiter *next;
} daotp__radius_waiter;

struct daotp_radius {
    daotp__radius_waiter *waiters;
    daotp_context *context;
    daotp__loop *loop;
    int slot;
    daotp_report report;
    daotp__radius_server *servers[DAOTP__MAX_RADIUS_SERVERS];
    size_t server_count;
    daotp_radius_profile profile;
    daotp__radius_timers timers;
    daotp_radius_user_form user_form;
    daotp__buffer attributes; /* ready-made, NAS-Identifier first */
    daotp__buffer extra;      /* what the application added */
    daotp_radius_fn tell;
    void *tell_user;
    daotp__radius_timer_heap heap; /* of exchanges, by the time of their next event */
    size_t pending;
    bool is_stepping;
    daotp_radius_exchange *spare; /* some that were freed */
    size_t spare_count;
    daotp__radius_datagram *datagrams; /* DAOTP__RADIUS_BATCH of them, to receive into */
    uint32_t jitter;                   /* state of a small generator */
    daotp__radius_batch batch;
};

struct daotp_radius_exchange {
    /* Kept when it is freed, for the next one: the buffers are empty then, and wiped. */
    daotp_radius *radius;
    daotp_radius_exchange *next_spare;
    daotp__buffer user_name, password, state, packet, reply;
    daotp_report report;
    daotp__radius_timer timer;

    /* Zero in a new one, from here to the end. */
    daotp_radius_answer answer;
    daotp_status status;
    bool is_probe, is_status_server;
    bool is_beginning; /* within the call that begins a round */

    daotp__radius_server *server;
    size_t first_server, asked; /* where it began, how many servers were asked */
    daotp__radius_socket *socket;
    uint8_t id;
    uint8_t authenticator[DAOTP__MD5_LEN];

    int64_t resend_ms, deadline_ms, failover_ms, interval_ms, challenged_ms;
    unsigned round, transmissions, sent_here, refused, refused_after;
    unsigned dropped[DAOTP__RADIUS_VERDICTS];
    size_t unsent_at; /* index + 1 in the batch; 0 when it waits there no longer */

    bool may_echo;
};

/* ---- server.c -------------------------------------------------------------------------------- */
void daotp__radius_server_free(daotp__radius_server *server);
bool daotp__radius_server_is_alive(const daotp__radius_server *server, int64_t now_ms);
void daotp__radius_server_note_reply(daotp__radius_server *server, int64_t now_ms);
void daotp__radius_server_note_silence(daotp__radius_server *server, int64_t since_ms,
                                       int64_t now_ms);
daotp__radius_policy daotp__radius_server_policy(const daotp__radius_server *server);

/* ---- socket.c -------------------------------------------------------------------------------- */
/* A socket with a free identifier, made if need be. DAOTP_AGAIN while the name is resolved. */
daotp_status daotp__radius_socket_take(daotp_radius_exchange *exchange, int64_t now_ms);
/* Give the identifier back; keep it aside until then when a reply may still come. */
void daotp__radius_socket_release(daotp_radius_exchange *exchange, int64_t free_at_ms);
void daotp__radius_socket_release_id(daotp__radius_socket *socket, uint8_t id, int64_t free_at_ms);
void daotp__radius_socket_free(daotp__radius_socket *socket);
/* Send the packet. DAOTP_OK also where the network may have lost it; DAOTP_NETWORK when the peer
 * is known to refuse. */
daotp_status daotp__radius_socket_send(daotp_radius_exchange *exchange);
/* Readable: read all that is there. */
void daotp__radius_socket_ready(void *radius, int fd, uint32_t events);

/* An exchange that began then has had no reply from it. */
void daotp__radius_socket_note_silence(daotp__radius_socket *socket, int64_t since_ms);

/* Take a whole packet: answers whether it was a good reply to an exchange that waits, or may be one
 * to an exchange that waits no longer. */
bool daotp__radius_socket_take_packet(daotp__radius_socket *socket, daotp__bytes packet);

/* ---- radsec.c -------------------------------------------------------------------------------- */
daotp_status daotp__radius_radsec_open(daotp__radius_socket *socket);
daotp_status daotp__radius_radsec_send(daotp__radius_socket *socket, daotp__bytes packet);
/* Go on with all connections of a server; those that broke are let go. */
void daotp__radius_radsec_step(daotp__radius_server *server);
/* Let connections go that nobody waits on and that the server has closed. Not from within a step.
 */
void daotp__radius_radsec_tidy(daotp__radius_server *server);

/* ---- exchange.c ------------------------------------------------------------------------------ */
/* A verified reply; the bytes are copied. */
void daotp__radius_exchange_complete(daotp_radius_exchange *exchange,
                                     const daotp__radius_reply *reply);
/* The socket was told that nothing listens. */
void daotp__radius_exchange_refused(daotp_radius_exchange *exchange);
/* The connection broke; why is in the report. */
void daotp__radius_exchange_lost(daotp_radius_exchange *exchange, const daotp_report *why,
                                 daotp_status status);
/* Its time has come. */
void daotp__radius_exchange_wake(daotp_radius_exchange *exchange);
void daotp__radius_exchange_free_spare(daotp_radius *radius);

#endif
