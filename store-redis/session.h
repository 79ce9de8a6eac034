/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One link to the server that is in charge: connected when it is needed, to one of the configured
 * servers or to the one that a Sentinel names, and connected again after it broke. One deadline for
 * a call, from the connection to the reply.
 */
#ifndef REDIS_SESSION_H
#define REDIS_SESSION_H

#include "settings.h"

#include <daotp/sys/store_plugin.h>
#include <sys/types.h>

typedef struct server_session {
    daotp_context *context; /* borrowed: the store has a reference */
    const store_settings *settings;
    server_link *link; /* ready, or NULL */
    char *password;    /* secret; NULL until it was read */
    size_t password_len;
    bool was_refused; /* user or password: they are not tried again */
    pid_t pid;        /* a child process has no part in its parent's link */
} server_session;

void session_init(server_session *self, daotp_context *context, const store_settings *settings);
void session_end(server_session *self);
/* Sends a command and waits for its reply, which is no error: freeReplyObject(). A command must do
 * no harm when it is executed twice: it is sent again when a link broke that was in use before. */
daotp_status session_call(server_session *self, daotp_report *report, int count,
                          const char *const *words, const size_t *lens, redisReply **reply);
/* Milliseconds of the monotonic clock. */
int64_t session_now_ms(void);
/* Reports a reply of an unexpected kind. */
daotp_status session_refuse_reply(const server_session *self, const char *why,
                                  daotp_report *report);
/* Reads a file that holds a secret into room octets: a regular file of this user or of root that
 * nobody else can read. */
daotp_status read_secret_file(const char *path, char *text, size_t room, size_t *len,
                              daotp_report *report);

#endif
