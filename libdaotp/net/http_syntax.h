/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parses HTTP/1.1 responses (RFC 9112) with llhttp or http-parser. Each has its own source file,
 * and the build uses the library that it finds. No I/O.
 */
#ifndef DAOTP_NET_HTTP_SYNTAX_H
#define DAOTP_NET_HTTP_SYNTAX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct daotp__http_syntax {
    _Alignas(16) uint8_t state[160]; /* the state of the parser; the source file checks its size */
} daotp__http_syntax;

/* Callbacks, called in the order of the response. If one returns false, the parser stops with
 * DAOTP__HTTP_STOPPED. A field name, a value or the body may come in several pieces. */
typedef struct daotp__http_events {
    bool (*on_begin)(void *user);
    bool (*on_field)(void *user, const char *bytes, size_t len);
    bool (*on_value)(void *user, const char *bytes, size_t len);
    bool (*on_head)(void *user, unsigned status);
    bool (*has_body)(void *user,
                     unsigned status); /* false: no body follows, whatever the header fields say */
    bool (*on_body)(void *user, const char *bytes, size_t len);
    /* after this the parser stops, unless the status is below 200 */
    bool (*on_end)(void *user, unsigned status, bool keeps_alive);
} daotp__http_events;

typedef enum daotp__http_outcome {
    DAOTP__HTTP_MORE,      /* all bytes were used, and the response is incomplete */
    DAOTP__HTTP_WHOLE,     /* the response is complete */
    DAOTP__HTTP_CUT,       /* the connection ended within the response */
    DAOTP__HTTP_STOPPED,   /* a callback returned false */
    DAOTP__HTTP_MALFORMED, /* not HTTP, or a change to another protocol */
} daotp__http_outcome;

void daotp__http_syntax_init(daotp__http_syntax *syntax);
/* Parse bytes; len 0: the connection has ended. *used: how many of the bytes belong to the
 * response. */
daotp__http_outcome daotp__http_syntax_feed(daotp__http_syntax *syntax,
                                            const daotp__http_events *events, void *user,
                                            const uint8_t *bytes, size_t len, size_t *used);
unsigned daotp__http_syntax_status(const daotp__http_syntax *syntax);
/* What is malformed, in the words of the parser. */
const char *daotp__http_syntax_error(const daotp__http_syntax *syntax);

#endif
