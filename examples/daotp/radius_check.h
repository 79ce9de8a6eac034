/* SPDX-License-Identifier: BSD-2-Clause */
/* Codes checked by RADIUS, for `daotp serve`: the client under libevent. */
#ifndef RADIUS_CHECK_H
#define RADIUS_CHECK_H

#include "serve_log.h"

#include <daotp/daotp.h>

struct event_base;
typedef struct radius_check radius_check;
typedef struct radius_login radius_login;

typedef struct radius_place {
    char *host;
    uint16_t port;
} radius_place;

typedef struct radius_config {
    radius_place servers[16];
    size_t server_count;
    const char *secret_file;
    daotp_radius_policy policy;
    daotp_radius_timers timers;
    int64_t timeout_ms; /* of one login; 0: that of the timers */
    bool strip, quiet;
} radius_config;

/* Called once for each login that was not forgotten before. */
typedef void (*radius_done_fn)(void *user, daotp_code_answer answer);

/* *check is to be freed also when it fails. The log is borrowed. */
daotp_status radius_check_new(daotp_context *context, const radius_config *config, serve_log *log,
                              radius_check **check);
/* By this loop, in its thread, before the first question. */
daotp_status radius_check_attach(radius_check *check, struct event_base *base);
void radius_check_free(radius_check *check);
/* The login; or NULL when it was not begun: nobody is told, answer says why not. What the server
 * said and wants is added to the report, borrowed until then. */
radius_login *radius_check_ask(radius_check *check, const char *name, const char *code, size_t len,
                               daotp_report *report, radius_done_fn done, void *user,
                               daotp_code_answer *answer);
void radius_check_forget(radius_check *check, radius_login *login);

/* HOST:PORT or [V6]:PORT, in place. */
bool radius_split(char *text, char **host, uint16_t *port);

#endif
