/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A small HTTP or HTTPS server on libevent's evhttp: one loopback port or one Unix
 * socket, one handler, answers now or later. For the lab's CA and for `daotp serve`.
 */
#ifndef LAB_HTTPS_H
#define LAB_HTTPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/types.h>

struct event_base;
struct https;
struct https_request;

enum https_client { HTTPS_CLIENT_NONE, HTTPS_CLIENT_OPTIONAL, HTTPS_CLIENT_REQUIRED };

struct https_config {
    const char *host;      /* IP address; NULL: 127.0.0.1 */
    int port;              /* 0: a free one, see https_port() */
    int fd;                /* a socket that listens already; 0: none */
    const char *unix_path; /* instead of host and port; never TLS */
    int unix_mode;         /* of the socket's file; 0: 0660 */
    bool has_front;        /* the client is a reverse proxy that passes requests on */
    const char *cert;      /* PEM, leaf first; NULL: plain HTTP */
    const char *key;
    enum https_client client;
    const char *client_ca; /* PEM; for optional and required */
    SSL_CTX *tls;    /* in the place of these: made by https_tls_new(); a reference is taken */
    size_t max_body; /* 0: 64 KiB */
    size_t max_connections; /* one peer may have half of them, a proxy all. 0:
                               https_max_connections() */
    int timeout_s;          /* for reading a request and for writing an answer; 0: 30 */
};

/*
 * Called when a whole request has arrived. The handler, or a function that got the request from it,
 * calls https_reply() exactly once, during the call or later on the same loop, even if the client
 * has closed meanwhile. https_reply() ends the lifetime of the request and of everything borrowed
 * from it.
 */
typedef void https_handler(struct https_request *request, void *user);

/* Returns 0, or an exit code of <sysexits.h> after a line on standard error. */
int https_start(struct event_base *base, const struct https_config *config, https_handler *handler,
                void *user, struct https **out);
/* The number of connections for which the limit of open files leaves room. */
size_t https_max_connections(void);
int https_port(const struct https *https);
int https_fd(const struct https *https); /* the listening socket, borrowed */
void https_stop(struct https *https);    /* only while no request is being handled */

/* TLS as cert, key, client and client_ca say it, for several servers, also of several threads; to
 * be freed with SSL_CTX_free(). 0, or an exit code with a line on standard error. */
int https_tls_new(const struct https_config *config, SSL_CTX **out);
/* For the connections that come from now on; a reference is taken. */
void https_set_tls(struct https *https, SSL_CTX *tls);
/* Close the listening socket. A connection ends with the answer to what it is sending or awaits,
 * and at once if that is nothing. */
void https_drain(struct https *https);
/* How many connections there are. */
size_t https_count(struct https *https);

const char *https_method(const struct https_request *request);
const char *https_path(const struct https_request *request); /* as sent, without the query */
const char *https_header(const struct https_request *request, const char *name); /* or NULL */
/* The value of the last header field of this name: a proxy appends its own. Or NULL. */
const char *https_last_header(const struct https_request *request, const char *name);
size_t https_header_count(const struct https_request *request, const char *name);
/* May be changed or wiped by the handler; wiped in any case when the request ends. */
unsigned char *https_body(struct https_request *request, size_t *len);
/* The address of the client; "local" for a Unix socket. */
const char *https_peer_address(const struct https_request *request);
/* The verified client certificate in DER; NULL if there is none. */
const unsigned char *https_peer_cert(const struct https_request *request, size_t *len);

int https_add_header(struct https_request *request, const char *name, const char *value);
void https_reply(struct https_request *request, int status, const char *content_type,
                 const void *body, size_t len);

#endif
