/* SPDX-License-Identifier: BSD-2-Clause */
/* A RADIUS server: its address, its secret, and whether it is considered alive. */
#ifndef DAOTP_RADIUS_SERVER_H
#define DAOTP_RADIUS_SERVER_H

#include "radius/endpoint.h"

#include <daotp/verify.h>

/* In pages for secrets, because the key is enough to sign replies. */
typedef struct daotp__radius_server {
    daotp__radius_endpoint endpoint;
    daotp__buffer secret;
    daotp__md5_key key; /* made from the secret */
    daotp_radius_policy policy;
    bool has_signed; /* it has sent a Message-Authenticator that verified: for the policy auto */
    int64_t dead_until_ms, dead_for_ms, last_reply_ms; /* the last: if it ever came */
    bool has_replied;
} daotp__radius_server;

/* By UDP. *server is NULL unless it succeeds. */
daotp_status daotp__radius_server_new(daotp__radius_wire *wire, const char *host, uint16_t port,
                                      daotp__bytes secret, daotp_radius_policy policy,
                                      daotp__radius_server **server);
/* By RadSec: the secret is that of RFC 6614 2.3 (5). */
daotp_status daotp__radius_server_new_radsec(daotp__radius_wire *wire, const char *host,
                                             uint16_t port, daotp_trust *trust,
                                             daotp_credential *identity, daotp_rules rules,
                                             daotp__radius_server **server);
/* Set the rules for its certificate in later handshakes; without effect for UDP. */
void daotp__radius_server_set_rules(daotp__radius_server *server, daotp_rules rules);
void daotp__radius_server_free(daotp__radius_server *server);

bool daotp__radius_server_is_alive(const daotp__radius_server *server, int64_t now_ms);
void daotp__radius_server_note_reply(daotp__radius_server *server, int64_t now_ms);
void daotp__radius_server_note_silence(daotp__radius_server *server, int64_t since_ms,
                                       int64_t now_ms);
daotp__radius_policy daotp__radius_server_policy(const daotp__radius_server *server);

#endif
