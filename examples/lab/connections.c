#include "connections.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <time.h>

#include <event2/event.h>
#include <event2/listener.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/ssl.h>

#define READS_A_TURN 32 /* of the socket, then other connections have their turn */
#define SWEEP_S      1

struct connection {
    TAILQ_ENTRY(connection) at;
    struct connections *all; /* NULL: the server is gone */
    SSL *ssl;
    BIO *bio; /* below TLS; NULL until the descriptor is known */
    int fd;
    unsigned char peer[16];
    size_t peer_len;
    int64_t since_ms;     /* accepted, TLS stands, or the last answer was given */
    size_t request_bytes; /* read for the request under way */
    unsigned reads;       /* that gave bytes, in this turn */
    bool is_established, is_at_work, is_closing;
};

TAILQ_HEAD(connection_list, connection);

struct connections {
    struct connections_limits limits;
    struct connection_list list; /* the one idle for longest first */
    size_t count, closing;       /* closing: of those the ones that were told to end */
    struct connection *newest;   /* added last: its descriptor was not known by then; or NULL */
    struct event *sweep;
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

static void remove_connection(struct connection *connection)
{
    struct connections *all = connection->all;

    if (all->newest == connection)
        all->newest = NULL;
    TAILQ_REMOVE(&all->list, connection, at);
    all->count--;
    all->closing -= connection->is_closing;
    if (all->is_resting && all->count < all->limits.count) {
        all->is_resting = false;
        evconnlistener_enable(all->listener);
    }
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
    if (connection->all != NULL)
        remove_connection(connection);
    free(connection);
}

static void make_index(void)
{
    ssl_index = SSL_get_ex_new_index(0, NULL, NULL, NULL, on_ssl_free);
}

static struct connection *connection_of(const SSL *ssl)
{
    return ssl != NULL ? SSL_get_ex_data(ssl, ssl_index) : NULL;
}

/* ---- ending one ------------------------------------------------------------------------------ */

/* Whoever owns the descriptor reads its end, and frees the connection. */
static void close_connection(struct connection *connection)
{
    connection->is_closing = true;
    connection->all->closing++;
    (void)shutdown(connection->fd, SHUT_RDWR);
}

static bool may_close(const struct connection *connection)
{
    return connection->bio != NULL && !connection->is_at_work && !connection->is_closing;
}

static bool is_of_peer(const struct connection *connection, const struct connection *other)
{
    return connection->peer_len == other->peer_len &&
           memcmp(connection->peer, other->peer, other->peer_len) == 0;
}

/* of: only among those of its peer; NULL: among all. */
static void close_longest_idle(struct connections *all, const struct connection *of)
{
    struct connection *connection;

    TAILQ_FOREACH(connection, &all->list, at)
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
        BIO_set_retry_read(bio); /* as if no more had come: the loop comes back */
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

/* A customer of the Internet gets an IPv6 network of 64 bits at the least. */
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

    TAILQ_FOREACH(connection, &of->all->list, at)
    count += connection->bio != NULL && !connection->is_closing && is_of_peer(connection, of);
    return count;
}

/* Once evhttp has given the socket to the connection: soon after it was added. */
static void watch_socket(struct connection *connection)
{
    struct connections *all = connection->all;

    if (connection->bio != NULL || SSL_get_rbio(connection->ssl) == NULL)
        return;
    connection->bio = SSL_get_rbio(connection->ssl);
    connection->fd = SSL_get_fd(connection->ssl);
    BIO_set_callback_arg(connection->bio, (char *)(void *)connection);
    BIO_set_callback_ex(connection->bio, on_bio);
    read_peer(connection);
    if (all == NULL)
        return;
    if (count_of_peer(connection) > all->limits.count_of_peer)
        close_longest_idle(all, connection);
    make_room(all);
}

static void watch_newest(struct connections *all)
{
    if (all->newest != NULL)
        watch_socket(all->newest);
    all->newest = NULL;
}

static void on_sweep(evutil_socket_t fd, short what, void *user)
{
    struct connections *all = user;
    struct connection *connection;
    int64_t now = now_ms();

    (void)fd, (void)what;
    watch_newest(all);
    TAILQ_FOREACH(connection, &all->list, at)
    {
        int limit_s = connection->is_established ? all->limits.request_s : all->limits.handshake_s;

        if (may_close(connection) && now - connection->since_ms >= (int64_t)limit_s * 1000)
            close_connection(connection);
    }
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
        begin_waiting(connection);
    }
}

/* ---- the interface --------------------------------------------------------------------------- */

struct connections *connections_new(struct event_base *base, SSL_CTX *ctx,
                                    const struct connections_limits *limits)
{
    static const struct timeval period = {.tv_sec = SWEEP_S};
    struct connections *all = calloc(1, sizeof(*all));

    if (all == NULL)
        return NULL;
    TAILQ_INIT(&all->list);
    all->limits = *limits;
    all->sweep = event_new(base, -1, EV_PERSIST, on_sweep, all);
    if (CRYPTO_THREAD_run_once(&index_once, make_index) != 1 || ssl_index < 0 ||
        all->sweep == NULL || event_add(all->sweep, &period) != 0) {
        connections_free(all);
        return NULL;
    }
    SSL_CTX_set_info_callback(ctx, on_info);
    return all;
}

void connections_free(struct connections *all)
{
    struct connection *connection;

    if (all == NULL)
        return;
    TAILQ_FOREACH(connection, &all->list, at) /* libevent may free them later than this */
    connection->all = NULL;
    if (all->sweep != NULL)
        event_free(all->sweep);
    free(all);
}

void connections_set_listener(struct connections *all, struct evconnlistener *listener)
{
    all->listener = listener;
}

int connections_add(struct connections *all, SSL *ssl)
{
    struct connection *connection = calloc(1, sizeof(*connection));

    if (connection == NULL || SSL_set_ex_data(ssl, ssl_index, connection) != 1) {
        free(connection);
        return -1;
    }
    watch_newest(all);
    connection->all = all;
    connection->ssl = ssl;
    connection->fd = -1;
    all->newest = connection;
    connection->since_ms = now_ms();
    TAILQ_INSERT_TAIL(&all->list, connection, at);
    all->count++;
    if (all->count < all->limits.count)
        return 0;
    make_room(all);
    all->is_resting = all->listener != NULL && evconnlistener_disable(all->listener) == 0;
    return 0;
}

void connections_begin_work(SSL *ssl)
{
    struct connection *connection = connection_of(ssl);

    if (connection != NULL)
        connection->is_at_work = true;
}

void connections_end_work(SSL *ssl)
{
    struct connection *connection = connection_of(ssl);

    if (connection == NULL)
        return;
    connection->is_at_work = false;
    connection->request_bytes = 0;
    begin_waiting(connection);
}
