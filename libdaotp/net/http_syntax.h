/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The syntax of HTTP/1.1 answers (RFC 9112), by llhttp or by http-parser: one source file for each,
 * and the build takes the one that is found. Bytes in, events out, no I/O.
 */
#ifndef DAOTP_NET_HTTP_SYNTAX_H
#define DAOTP_NET_HTTP_SYNTAX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct daotp__http_syntax {
    _Alignas(16) uint8_t state[160]; /* the parser's own; a file that includes it checks the size */
} daotp__http_syntax;

/* What is met, in its order. Each answers false to end the reading with DAOTP__HTTP_STOPPED. Data
 * of one field name, value or body may come in several pieces. */
typedef struct daotp__http_events {
    bool (*on_begin)(void *user);
    bool (*on_field)(void *user, const char *bytes, size_t len);
    bool (*on_value)(void *user, const char *bytes, size_t len);
    bool (*on_head)(void *user, unsigned status);
    bool (*has_body)(void *user, unsigned status); /* else none follows, whatever the head says */
    bool (*on_body)(void *user, const char *bytes, size_t len);
    /* after this the reader stops, unless the status is below 200 */
    bool (*on_end)(void *user, unsigned status, bool keeps_alive);
} daotp__http_events;

typedef enum daotp__http_outcome {
    DAOTP__HTTP_MORE,      /* all bytes were used, and more are wanted */
    DAOTP__HTTP_WHOLE,     /* the answer is whole */
    DAOTP__HTTP_CUT,       /* the connection ended within the answer */
    DAOTP__HTTP_STOPPED,   /* an event answered false */
    DAOTP__HTTP_MALFORMED, /* no HTTP, or a change to another protocol */
} daotp__http_outcome;

void daotp__http_syntax_init(daotp__http_syntax *syntax);
/* len 0: the connection ended. *used: how many of the bytes belong to the answer. */
daotp__http_outcome daotp__http_syntax_feed(daotp__http_syntax *syntax,
                                            const daotp__http_events *events, void *user,
                                            const uint8_t *bytes, size_t len, size_t *used);
unsigned daotp__http_syntax_status(const daotp__http_syntax *syntax);
/* What is malformed, in the parser's words. */
const char *daotp__http_syntax_error(const daotp__http_syntax *syntax);

#endif
