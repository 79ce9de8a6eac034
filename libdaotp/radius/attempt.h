/* SPDX-License-Identifier: BSD-2-Clause */
/* One attempt of an exchange at one server: the packet, under which identifier it was sent, and
 * what came of it. An attempt is a value: it is saved and restored by assignment. */
#ifndef DAOTP_RADIUS_ATTEMPT_H
#define DAOTP_RADIUS_ATTEMPT_H

#include "radius/server.h"

typedef struct daotp__radius_attempt {
    daotp__radius_server *server;
    daotp__radius_socket *socket; /* NULL: no identifier is held */
    uint8_t id;
    uint8_t authenticator[DAOTP__MD5_LEN];
    daotp__buffer packet;
    unsigned sent, refused, refused_after; /* after: what was sent by the last refusal */
    unsigned dropped[DAOTP__RADIUS_VERDICTS];
    int64_t interval_ms, resend_ms;
} daotp__radius_attempt;

/* Nothing was sent yet to this server, or NULL. The packet's buffer is emptied. */
void daotp__radius_attempt_restart(daotp__radius_attempt *attempt, daotp__radius_server *server);
/* Give the identifier back; until free_at_ms it is kept aside, for a reply may still come. */
void daotp__radius_attempt_release(daotp__radius_attempt *attempt, int64_t free_at_ms);
/* Until when the identifier of an exchange with this deadline is kept aside. A reply later than
 * that meets another exchange, or none: a datagram is then dropped, but a connection that carries
 * it is closed. */
int64_t daotp__radius_attempt_reply_until_ms(const daotp__radius_attempt *attempt,
                                             int64_t deadline_ms);
/* The same octets each time. As daotp__radius_socket_send(). */
daotp_status daotp__radius_attempt_send(daotp__radius_attempt *attempt);
/* Is this packet a verified reply? One that is not is counted. */
bool daotp__radius_attempt_read(daotp__radius_attempt *attempt, bool is_status_server,
                                daotp__bytes packet, daotp__radius_reply *reply);

bool daotp__radius_attempt_has_dropped(const daotp__radius_attempt *attempt);
/* Did a RadSec server sign with another secret than "radsec" (RFC 6614 2.3)? */
bool daotp__radius_attempt_has_other_secret(const daotp__radius_attempt *attempt);
/* The finding for an attempt that no reply ended: the drops tell. */
daotp_status daotp__radius_attempt_explain(const daotp__radius_attempt *attempt,
                                           unsigned transmissions, const char *subject,
                                           daotp_report *report);

#endif
