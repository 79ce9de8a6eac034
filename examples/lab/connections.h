/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The connections of one server: how many there are, from which peers, since when, and how much
 * each may make the server read. No peer can hold up the others: a connection with much to read
 * gives the others their turn; a connection that sends too much for one request, or takes too long
 * for it, is closed; and if there are too many, the connection that has been idle longest is
 * closed.
 */
#ifndef LAB_CONNECTIONS_H
#define LAB_CONNECTIONS_H

#include <stddef.h>

#include <openssl/types.h>

struct connections;
struct bufferevent;
struct event_base;
struct evconnlistener;

struct connections_limits {
    size_t count;         /* in all */
    size_t count_of_peer; /* of one IPv4 address, or one IPv6 network of 64 bits */
    size_t request_bytes; /* read from the socket for one request; the first one's include TLS */
    int handshake_s;
    int request_s; /* until a whole request has arrived or, between two requests, the next one */
};

/* NULL without memory. ctx: for all connections; NULL: no TLS. */
struct connections *connections_new(struct event_base *base, SSL_CTX *ctx,
                                    const struct connections_limits *limits);
void connections_free(struct connections *all);
/* Of all the connections that come from now on. */
void connections_watch_tls(SSL_CTX *ctx);
/* Where they are accepted: it rests while there are as many as may be. Borrowed; NULL: nowhere. */
void connections_set_listener(struct connections *all, struct evconnlistener *listener);
/* Adds a new connection, which has no socket yet; ssl is that of bev, or NULL. 0, or -1 without
 * memory. */
int connections_add(struct connections *all, struct bufferevent *bev, SSL *ssl);
/* Between these two calls the server works on a request, and the connection with that ssl or
 * that descriptor is not idle. */
void connections_begin_work(struct connections *all, const SSL *ssl, int fd);
void connections_end_work(struct connections *all, const SSL *ssl, int fd);
/* End those that neither wait for an answer nor have sent a part of a request. */
void connections_close_idle(struct connections *all);
/* How many there are. */
size_t connections_count(struct connections *all);

#endif
