/* SPDX-License-Identifier: BSD-2-Clause */
/* The RADIUS client: its settings, and the state that its exchanges share. */
#ifndef DAOTP_RADIUS_RADIUS_H
#define DAOTP_RADIUS_RADIUS_H

#include "radius/server.h"
#include "radius/timer.h"

/* Authenticators are made 256 octets at a time: getrandom() returns that many in one piece, even
 * if a signal arrives. */
enum { DAOTP__RADIUS_DRAWN = 16 };

/* The timers of RFC 5080 2.2.1, in milliseconds. */
typedef struct daotp__radius_delays {
    int64_t first, longest, deadline, failover; /* failover: negative for never */
    unsigned transmissions;
} daotp__radius_delays;

/* A blocking call that waits for an exchange, on its stack: the callback may free the exchange
 * meanwhile. */
typedef struct daotp__radius_waiter {
    daotp_radius_exchange *exchange; /* NULL: freed, with this status */
    daotp_status status;
    struct daotp__radius_waiter *next;
} daotp__radius_waiter;

struct daotp_radius {
    daotp__radius_waiter *waiters;
    daotp__radius_wire wire;
    daotp_report report;
    daotp__radius_server *servers[DAOTP__MAX_RADIUS_SERVERS];
    size_t server_count;
    daotp_rules server_rules; /* of those by RadSec */
    daotp_radius_timers timers;
    daotp__radius_delays delays;
    daotp_radius_user_form user_form;
    daotp__buffer attributes; /* ready-made, NAS-Identifier first */
    daotp__buffer extra;      /* what the application added */
    daotp_radius_fn tell;
    void *tell_user;
    daotp__radius_timer_heap heap; /* the timers of the exchanges */
    size_t pending;
    daotp_radius_exchange *spare; /* exchanges that were freed, for reuse */
    size_t spare_count;
    uint32_t jitter;                                    /* state of a small generator */
    uint8_t drawn[DAOTP__RADIUS_DRAWN][DAOTP__MD5_LEN]; /* authenticators for the next requests */
    size_t drawn_count; /* 0 between steps, where a process may fork */
};

#endif
