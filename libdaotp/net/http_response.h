/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads an HTTP/1.1 response from bytes, with limits. No I/O. */
#ifndef DAOTP_NET_HTTP_RESPONSE_H
#define DAOTP_NET_HTTP_RESPONSE_H

#include "core/buffer.h"
#include "net/http_syntax.h"

typedef struct daotp__http_response {
    daotp__http_syntax syntax;
    bool head; /* the response to a HEAD, which has no body */
    bool whole, keeps_alive, too_large, bad_status;
    unsigned interim; /* 1xx answers so far */
    size_t read;      /* all octets that were fed */
    bool in_value;
    daotp__buffer fields; /* NAME NUL VALUE NUL ... */
    daotp__buffer body;
} daotp__http_response;

void daotp__http_response_init(daotp__http_response *response, bool head, size_t max_body);
void daotp__http_response_free(daotp__http_response *response);
/* Process received bytes; len 0: the connection has ended. DAOTP_AGAIN while the response is
 * incomplete; DAOTP_OK when it is complete; DAOTP_PEER when it is malformed or too large;
 * DAOTP_NETWORK when it ended too early; DAOTP_MEMORY. Bytes after a complete response count as
 * malformed. */
daotp_status daotp__http_response_feed(daotp__http_response *response, const uint8_t *bytes,
                                       size_t len);
const char *daotp__http_response_header(const daotp__http_response *response, const char *name);
unsigned daotp__http_response_status(const daotp__http_response *response); /* 0: not read yet */
const char *daotp__http_response_error(const daotp__http_response *response);

#endif
