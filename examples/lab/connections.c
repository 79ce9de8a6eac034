/* SPDX-License-Identifier: BSD-2-Clause */
#include "connections.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/ssl.h>

#define READS_A_TURN 32 /* of the socket; then other connections have their turn */
#define SWEEP_MS     1000
#define RESTING_MS   10 /* while new connections wait for room */

struct connection {
    TAILQ_ENTRY(connection) at;
    struct connections *all; /* NULL: the server is gone */
    SSL *ssl;                /* NULL: a connection without TLS, whose end is not reported */
    struct bufferevent
        *bev;        /* of a connection without TLS; we own it too until the descriptor is known */
    bool is_held;    /* bev, by us */
    BIO *bio;        /* below TLS */
    bool is_watched; /* the descriptor is known */
    ino_t inode;     /* of the descriptor's socket */
    int fd;
    unsigned char peer[16];
    size_t peer_len;
    int64_t since_ms;     /* since when: accepted, TLS handshake done, or last answer sent */
    size_t request_bytes; /* octets read for the current request */
    size_t before_bytes;  /* of these the ones of the handshake */
    unsigned reads;       /* reads that returned octets in this turn */
    bool is_established, is_at_work, is_closing;
};

TAILQ_HEAD(connection_list, connection);

struct connections {
    struct connections_limits limits;
    struct connection_list list; /* the connection that is idle longest comes first */
    size_t count, closing;       /* closing: those of them that were told to end */
    struct connection *newest;   /* added last: its descriptor was not known by then; or NULL */
    struct event *sweep;         /* set again each time */
    struct evconnlistener *listener;
    bool is_resting;
};

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- which connection an SSL is -------------------------------------------------------------- */

static CRYPTO_ONCE index_once = CRYPTO_ONCE_STATIC_INIT;
static int ssl_index = -1;

/* Connections that were told to end still hold a descriptor: at most a quarter more than the
 * limit. */
static bool is_full(const struct connections *all)
{
    return all->count - all->closing >= all->limits.count || all->closing > all->limits.count / 4;
}

static void remove_connection(struct connection *connection)
{
    struct connections *all = connection->all;

    if (all->newest == connection)
        all->newest = NULL;
    TAILQ_REMOVE(&all->list, connection, at);
    all->count--;
    all->closing -= connection->is_closing;
    if (all->is_resting && !is_full(all)) {
        all->is_resting = false;
        if (all->listener != NULL)
            evconnlistener_enable(all->listener);
    }
}

static void delete_connection(struct connection *connection)
{
    if (connection->all != NULL)
        remove_connection(connection);
    if (connection->is_held)
        bufferevent_decref(connection->bev);
    free(connection);
}

/* libssl calls it for every SSL that ends; its BIO ends after it. */
static void on_ssl_free(void *ssl, void *pointer, CRYPTO_EX_DATA *data, int index, long number,
                        void *user)
{
    struct connection *connection = pointer;

    (void)ssl, (void)data, (void)index, (void)number, (void)user;
    if (connection == NULL)
        return;
    if (connection->bio != NULL)
        BIO_set_callback_ex(connection->bio, NULL);
    delete_connection(connection);
}

static void make_index(void)
{
    ssl_index = SSL_get_ex_new_index(0, NULL, NULL, NULL, on_ssl_free);
}

/* Its owner, in this thread, may have closed the descriptor, and a socket of another thread may
 * have got the number since: the inode tells. What is not gone stays until the owner runs again. */
static bool is_gone(const struct connection *connection)
{
    struct stat now;

    return connection->is_watched && connection->ssl == NULL &&
           (fstat(connection->fd, &now) != 0 || now.st_ino != connection->inode);
}

static void delete_gone(struct connections *all)
{
    struct connection *connection = TAILQ_FIRST(&all->list), *next;

    for (; connection != NULL; connection = next) {
        next = TAILQ_NEXT(connection, at);
        if (is_gone(connection))
            delete_connection(connection);
    }
}

static struct connection *connection_of(const SSL *ssl)
{
    return SSL_get_ex_data(ssl, ssl_index);
}

/* ---- ending one ------------------------------------------------------------------------------ */

/* The owner of the descriptor reads the end of the connection and frees it. */
static void close_connection(struct connection *connection)
{
    connection->is_closing = true;
    if (connection->ssl == NULL) /* a connection that does not read would not notice its end */
        bufferevent_setwatermark(connection->bev, EV_READ, 0, 0);
    connection->all->closing++;
    (void)shutdown(connection->fd, SHUT_RDWR);
}

static bool may_close(const struct connection *connection)
{
    return connection->is_watched && !connection->is_at_work && !connection->is_closing &&
           !is_gone(connection);
}

static bool is_of_peer(const struct connection *connection, const struct connection *other)
{
    return connection->peer_len == other->peer_len &&
           memcmp(connection->peer, other->peer, other->peer_len) == 0;
}

/* of: only connections of the same peer; NULL: all connections. */
static void close_longest_idle(struct connections *all, const struct connection *of)
{
    struct connection *connection;

    for (connection = TAILQ_FIRST(&all->list); connection != NULL;
         connection = TAILQ_NEXT(connection, at))
        if (may_close(connection) && (of == NULL || is_of_peer(connection, of))) {
            close_connection(connection);
            return;
        }
}

static void make_room(struct connections *all)
{
    if (all->count - all->closing >= all->limits.count)
        close_longest_idle(all, NULL);
}

/* ---- below TLS ------------------------------------------------------------------------------- */

/* libssl reads on inside one call for as long as records bring no data, such as key updates. */
static long refuse_read(BIO *bio, struct connection *connection)
{
    BIO_clear_retry_flags(bio);
    if (connection->reads >= READS_A_TURN) {
        connection->reads = 0;
        BIO_set_retry_read(bio); /* as if no more octets had come: the loop calls again */
    }
    return -1;
}

static long on_bio(BIO *bio, int operation, const char *bytes, size_t len, int i, long l,
                   int result, size_t *done)
{
    struct connection *connection = (struct connection *)(void *)BIO_get_callback_arg(bio);

    (void)bytes, (void)len, (void)i, (void)l;
    switch (operation) {
    case BIO_CB_READ:
        if (connection->reads >= READS_A_TURN ||
            (connection->all != NULL &&
             connection->request_bytes > connection->all->limits.request_bytes))
            return refuse_read(bio, connection);
        break;
    case BIO_CB_READ | BIO_CB_RETURN:
        connection->reads = result > 0 ? connection->reads + 1 : 0;
        connection->request_bytes += result > 0 && done != NULL ? *done : 0;
        break;
    case BIO_CB_FREE:
        connection->bio = NULL;
        break;
    default:
        break;
    }
    return result;
}

/* An Internet customer gets at least a /64 IPv6 network. */
static void read_peer(struct connection *connection)
{
    struct sockaddr_storage address = {0};
    const struct sockaddr_in *four = (const void *)&address;
    const struct sockaddr_in6 *six = (const void *)&address;
    socklen_t len = sizeof(address);

    if (getpeername(connection->fd, (struct sockaddr *)&address, &len) != 0)
        return;
    if (address.ss_family == AF_INET) {
        connection->peer_len = sizeof(four->sin_addr);
        memcpy(connection->peer, &four->sin_addr, connection->peer_len);
    } else if (address.ss_family == AF_INET6) {
        connection->peer_len =
            IN6_IS_ADDR_V4MAPPED(&six->sin6_addr) ? sizeof(six->sin6_addr) : 64 / 8;
        memcpy(connection->peer, &six->sin6_addr, connection->peer_len);
    }
}

static size_t count_of_peer(const struct connection *of)
{
    const struct connection *connection;
    size_t count = 0;

    for (connection = TAILQ_FIRST(&of->all->list); connection != NULL;
         connection = TAILQ_NEXT(connection, at))
        count += connection->is_watched && !connection->is_closing && is_of_peer(connection, of);
    return count;
}

static void watch_reads(struct connection *connection)
{
    connection->bio = SSL_get_rbio(connection->ssl);
    BIO_set_callback_arg(connection->bio, (char *)(void *)connection);
    BIO_set_callback_ex(connection->bio, on_bio);
}

static int descriptor_of(const struct connection *connection)
{
    if (connection->ssl == NULL)
        return bufferevent_getfd(connection->bev);
    return SSL_get_rbio(connection->ssl) != NULL ? SSL_get_fd(connection->ssl) : -1;
}

/* Called after evhttp has given the socket to the connection, soon after it was added. */
static void watch_socket(struct connection *connection)
{
    struct connections *all = connection->all;
    struct stat now;

    if (connection->is_watched || all == NULL)
        return;
    connection->fd = descriptor_of(connection);
    if (fstat(connection->fd, &now) != 0)
        return;
    connection->inode = now.st_ino;
    connection->is_watched = true;
    if (connection->ssl != NULL)
        watch_reads(connection);
    read_peer(connection);
    if (count_of_peer(connection) > all->limits.count_of_peer)
        close_longest_idle(all, connection);
    make_room(all);
}

static void watch_newest(struct connections *all)
{
    struct connection *newest = all->newest;

    all->newest = NULL;
    if (newest == NULL)
        return;
    watch_socket(newest);
    if (newest->is_held)
        bufferevent_decref(newest->bev);
    newest->is_held = false;
    if (newest->ssl == NULL && !newest->is_watched) /* it never had a socket */
        delete_connection(newest);
}

static int set_sweep(struct connections *all)
{
    struct timeval wait = {.tv_sec = 0};
    int ms = all->is_resting ? RESTING_MS : SWEEP_MS;

    wait.tv_sec = ms / 1000;
    wait.tv_usec = ms % 1000 * 1000;
    return event_add(all->sweep, &wait);
}

static void on_sweep(evutil_socket_t fd, short what, void *user)
{
    struct connections *all = user;
    struct connection *connection;
    int64_t now = now_ms();

    (void)fd, (void)what;
    watch_newest(all);
    delete_gone(all);
    if (all->is_resting)
        make_room(all); /* a connection that was busy may be idle now */
    for (connection = TAILQ_FIRST(&all->list); connection != NULL;
         connection = TAILQ_NEXT(connection, at)) {
        int limit_s = connection->is_established ? all->limits.request_s : all->limits.handshake_s;

        if (may_close(connection) && now - connection->since_ms >= (int64_t)limit_s * 1000)
            close_connection(connection);
    }
    (void)set_sweep(all);
}

static void begin_waiting(struct connection *connection)
{
    connection->since_ms = now_ms();
    if (connection->all == NULL)
        return;
    TAILQ_REMOVE(&connection->all->list, connection, at);
    TAILQ_INSERT_TAIL(&connection->all->list, connection, at);
}

static void on_info(const SSL *ssl, int where, int value)
{
    struct connection *connection = connection_of(ssl);

    (void)value;
    if (connection == NULL)
        return;
    if ((where & SSL_CB_HANDSHAKE_START) != 0)
        watch_socket(connection);
    if ((where & SSL_CB_HANDSHAKE_DONE) != 0 && !connection->is_established) {
        connection->is_established = true;
        connection->before_bytes = connection->request_bytes;
        begin_waiting(connection);
    }
}

/* ---- the interface --------------------------------------------------------------------------- */

struct connections *connections_new(struct event_base *base, SSL_CTX *ctx,
                                    const struct connections_limits *limits)
{
    struct connections *all = calloc(1, sizeof(*all));

    if (all == NULL)
        return NULL;
    TAILQ_INIT(&all->list);
    all->limits = *limits;
    all->sweep = event_new(base, -1, 0, on_sweep, all);
    if (CRYPTO_THREAD_run_once(&index_once, make_index) != 1 || ssl_index < 0 ||
        all->sweep == NULL || set_sweep(all) != 0) {
        connections_free(all);
        return NULL;
    }
    if (ctx != NULL)
        connections_watch_tls(ctx);
    return all;
}

void connections_watch_tls(SSL_CTX *ctx)
{
    SSL_CTX_set_info_callback(ctx, on_info);
}

void connections_free(struct connections *all)
{
    struct connection *connection, *next;

    if (all == NULL)
        return;
    for (connection = TAILQ_FIRST(&all->list); connection != NULL; connection = next) {
        next = TAILQ_NEXT(connection, at);
        if (connection->ssl != NULL)
            connection->all = NULL; /* libevent may free it later than this */
        else
            delete_connection(connection);
    }
    if (all->sweep != NULL)
        event_free(all->sweep);
    free(all);
}

void connections_set_listener(struct connections *all, struct evconnlistener *listener)
{
    all->listener = listener;
}

static void rest_if_full(struct connections *all)
{
    make_room(all);
    if (!is_full(all))
        return;
    all->is_resting = all->listener != NULL && evconnlistener_disable(all->listener) == 0;
    (void)set_sweep(all);
}

int connections_add(struct connections *all, struct bufferevent *bev, SSL *ssl)
{
    struct connection *connection = calloc(1, sizeof(*connection));

    if (connection == NULL || (ssl != NULL && SSL_set_ex_data(ssl, ssl_index, connection) != 1)) {
        free(connection);
        return -1;
    }
    watch_newest(all);
    if (ssl == NULL) {
        bufferevent_incref(bev);
        connection->bev = bev;
        connection->is_held = true;
    }
    connection->all = all;
    connection->ssl = ssl;
    connection->fd = -1;
    connection->since_ms = now_ms();
    all->newest = connection;
    TAILQ_INSERT_TAIL(&all->list, connection, at);
    all->count++;
    rest_if_full(all);
    return 0;
}

/* NULL if there is none. */
static struct connection *find_connection(struct connections *all, const SSL *ssl, int fd)
{
    struct connection *connection;

    if (ssl != NULL)
        return connection_of(ssl);
    watch_newest(all);
    delete_gone(all);
    for (connection = TAILQ_FIRST(&all->list); connection != NULL;
         connection = TAILQ_NEXT(connection, at))
        if (connection->fd == fd)
            return connection;
    return NULL;
}

void connections_begin_work(struct connections *all, const SSL *ssl, int fd)
{
    struct connection *connection = find_connection(all, ssl, fd);

    if (connection != NULL)
        connection->is_at_work = true;
}

void connections_end_work(struct connections *all, const SSL *ssl, int fd)
{
    struct connection *connection = find_connection(all, ssl, fd);

    if (connection == NULL)
        return;
    connection->is_at_work = false;
    connection->request_bytes = connection->before_bytes = 0;
    begin_waiting(connection);
}

/* ---- the end of the server ------------------------------------------------------------------- */

/* A handshake, or a request of which the first bytes are there. Of a plain connection it is not
 * known what was read: its peer is a front, which sends a request whole. */
static bool is_receiving(const struct connection *connection)
{
    if (connection->ssl == NULL)
        return evbuffer_get_length(bufferevent_get_input(connection->bev)) > 0;
    return !connection->is_established || connection->request_bytes > connection->before_bytes;
}

void connections_close_idle(struct connections *all)
{
    struct connection *connection, *next;

    watch_newest(all);
    for (connection = TAILQ_FIRST(&all->list); connection != NULL; connection = next) {
        next = TAILQ_NEXT(connection, at);
        if (may_close(connection) && !is_receiving(connection))
            close_connection(connection);
    }
}

size_t connections_count(struct connections *all)
{
    watch_newest(all);
    delete_gone(all);
    return all->count;
}
