/* SPDX-License-Identifier: BSD-2-Clause */
/* One login: rounds, transmissions, servers, and what comes of it. */
#ifndef DAOTP_RADIUS_EXCHANGE_H
#define DAOTP_RADIUS_EXCHANGE_H

#include "radius/attempt.h"
#include "radius/radius.h"

struct daotp_radius_exchange {
    /* Kept when it is freed, for the next one: the buffers are empty then, and wiped. */
    daotp_radius *radius;
    daotp_radius_exchange *next_spare;
    daotp__buffer user_name, password, state, reply;
    daotp__radius_attempt attempt;
    daotp_report report;
    daotp__radius_timer timer;

    /* Zero in a new one, from here to the end. */
    daotp_radius_answer answer;
    daotp_status status;
    bool is_probe, is_status_server;
    bool is_beginning;          /* within the call that begins a round */
    size_t first_server, asked; /* where it began, how many servers were asked */
    int64_t deadline_ms, failover_ms, challenged_ms;
    int64_t late_before_ms; /* how late the caller's steps were before this round */
    unsigned round, transmissions;
    bool may_echo;
};

/* What a socket hands up: daotp__radius_event_fn. */
bool daotp__radius_exchange_event(daotp_radius_exchange *exchange,
                                  const daotp__radius_event *event);
/* Its time has come. */
void daotp__radius_exchange_wake(daotp_radius_exchange *exchange);
void daotp__radius_exchange_free_spare(daotp_radius *radius);

#endif
