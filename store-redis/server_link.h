/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A connection to a Redis server: name resolution, TCP, TLS, AUTH, SELECT, then commands, one after
 * the other. Everything happens in steps that do not block: each reads MAX_READ_STEP octets at
 * most. It knows nothing of stores, so that other users of a Redis server can have it.
 */
#ifndef REDIS_LINK_H
#define REDIS_LINK_H

#include "reply.h"

#include <daotp/sys/report.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct server_address {
    char *host; /* a name or an address, without brackets */
    uint16_t port;
} server_address;

/* All borrowed, as long as the link. */
typedef struct link_settings {
    server_address address;
    bool uses_tls;
    const char *ca_file, *client_cert, *client_key; /* PEM; client_*: NULL for none */
    const char *user;                               /* of the ACL; NULL: the default user */
    const char *password;                           /* a secret; NULL: no AUTH */
    size_t password_len;
    unsigned database;
} link_settings;

typedef struct server_link server_link;

enum { LINK_MAX_WAIT = 17 }; /* descriptors: what c-ares may have, and a socket */

/* Begins to connect; no waiting. */
daotp_status link_open(const link_settings *settings, server_link **out);
void link_free(server_link *self);

/* Begins a command; only when the link is ready. */
daotp_status link_begin_command(server_link *self, int count, const char *const *words,
                                const size_t *lens);
/* One step. DAOTP_OK: the link is ready, or *reply is there (freeReplyObject()); DAOTP_AGAIN: wait,
 * see link_get_wait(), then step again. Anything else ends the link; it was reported. */
daotp_status link_step(server_link *self, daotp_report *report, redisReply **reply);
/* What to poll for. Returns how many descriptors; *timeout_ms as poll() takes it. */
size_t link_get_wait(server_link *self, struct pollfd waits[LINK_MAX_WAIT], int *timeout_ms);
/* Whether all octets of the last command went out. */
bool link_has_sent(const server_link *self);
/* Whether the server refused user or password: they are not to be tried again. */
bool link_was_refused(const server_link *self);
/* "host:port", for findings. */
const char *link_get_subject(const server_link *self);

#endif
