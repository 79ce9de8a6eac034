/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The connections of one server: how many there are, from whom, since when, and how much each
 * may make the server read. Peers that take without giving are cut off: a connection that reads
 * for long gives the others their turn, one that reads too much for a request, or takes too long
 * over one, ends, and where too many stand the one that was idle longest makes room.
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
    int request_s; /* until a request is there whole, or, between two requests, the next one */
};

/* NULL without memory. ctx: of all the connections; NULL: they are plain. */
struct connections *connections_new(struct event_base *base, SSL_CTX *ctx,
                                    const struct connections_limits *limits);
void connections_free(struct connections *all);
/* Of all the connections that come from now on. */
void connections_watch_tls(SSL_CTX *ctx);
/* Where they are accepted: it rests while there are as many as may be. Borrowed; NULL: nowhere. */
void connections_set_listener(struct connections *all, struct evconnlistener *listener);
/* A new one, which has no socket yet; ssl is that of bev, or NULL. 0, or -1 without memory. */
int connections_add(struct connections *all, struct bufferevent *bev, SSL *ssl);
/* Between the two the server works, and the connection, of that ssl or that descriptor, is not
 * idle. */
void connections_begin_work(struct connections *all, const SSL *ssl, int fd);
void connections_end_work(struct connections *all, const SSL *ssl, int fd);
/* End those that neither wait for an answer nor have sent a part of a request. */
void connections_close_idle(struct connections *all);
/* How many there are. */
size_t connections_count(struct connections *all);

#endif
