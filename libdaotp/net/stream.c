/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/stream.h"

#include "core/alloc.h"
#include "core/limits.h"
#include "net/resolve.h"
#include "net/url.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef enum stream_state { NAMES, TCP, TLS, OPEN } stream_state; /* in this order */

struct daotp__stream {
    daotp__loop *loop;
    int slot, fd;
    stream_state state;
    char *host, *label;
    uint16_t port;
    int64_t deadline_ms;
    int64_t address_ms; /* the time when the current address is given up for the next one */
    daotp__resolver *resolver;
    size_t next;    /* the index of the next address to try */
    unsigned reads; /* reads without TLS since control returned to the caller */
    int last_errno;
    daotp__tls *tls;
    SSL_CTX *ctx;
    SSL *ssl;
};

/* Nothing to do when the socket is ready: the next step tries again. */
static void on_stream_ready(void *user, int fd, uint32_t events)
{
    (void)user, (void)fd, (void)events;
}

daotp_status daotp__stream_new(daotp__loop *loop, const char *host, uint16_t port, daotp__tls *tls,
                               int64_t connect_ms, daotp__stream **out)
{
    daotp__stream *stream = daotp__new(sizeof *stream);

    *out = NULL;
    if (stream == NULL)
        return DAOTP_MEMORY;
    stream->loop = loop;
    stream->fd = -1;
    stream->port = port;
    stream->tls = tls;
    stream->slot = daotp__loop_join(loop, on_stream_ready, stream);
    stream->deadline_ms = daotp__loop_in_ms(loop, connect_ms);
    stream->host = daotp__text_copy(host);
    stream->label = daotp__url_label(host, port);
    if (stream->host == NULL || stream->label == NULL || stream->slot < 0) {
        daotp__stream_free(stream);
        return DAOTP_MEMORY;
    }
    *out = stream;
    return DAOTP_OK;
}

static void close_socket(daotp__stream *stream)
{
    if (stream->fd < 0)
        return;
    (void)daotp__loop_watch(stream->loop, stream->slot, stream->fd, 0);
    (void)close(stream->fd);
    stream->fd = -1;
}

void daotp__stream_free(daotp__stream *stream)
{
    if (stream == NULL)
        return;
    SSL_free(stream->ssl);
    SSL_CTX_free(stream->ctx);
    close_socket(stream);
    daotp__resolver_free(stream->resolver);
    daotp__loop_leave(stream->loop, stream->slot);
    daotp__delete(stream->host);
    daotp__delete(stream->label);
    daotp__delete(stream);
}

/* ---- TCP ------------------------------------------------------------------------------------- */

static daotp_status begin_connect(daotp__stream *stream, const char *text)
{
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(stream->port)};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(stream->port)};
    bool is_four = inet_pton(AF_INET, text, &four.sin_addr) == 1;
    const int on = 1;
    int rc;

    if (!is_four && inet_pton(AF_INET6, text, &six.sin6_addr) != 1)
        return DAOTP_NETWORK;
    stream->fd =
        socket(is_four ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (stream->fd < 0)
        return DAOTP_NETWORK;
    (void)setsockopt(stream->fd, IPPROTO_TCP, TCP_NODELAY, &on,
                     sizeof on); /* without this each small write could wait 40 ms */
    rc = is_four ? connect(stream->fd, (const struct sockaddr *)(const void *)&four, sizeof four)
                 : connect(stream->fd, (const struct sockaddr *)(const void *)&six, sizeof six);
    if (rc != 0 && errno != EINPROGRESS)
        return DAOTP_NETWORK;
    return daotp__loop_watch(stream->loop, stream->slot, stream->fd, EPOLLOUT) ? DAOTP_AGAIN
                                                                               : DAOTP_NETWORK;
}

/* The rest of the time is divided among the addresses that are left, so that one that does not
 * answer cannot use up the time of the others. */
static void share_time(daotp__stream *stream)
{
    int64_t left = daotp__time_sub(stream->deadline_ms, daotp__loop_now_ms(stream->loop));
    size_t count = daotp__resolver_count(stream->resolver) - stream->next;

    stream->address_ms = daotp__loop_in_ms(stream->loop, left / (int64_t)count);
}

static bool is_address_expired(const daotp__stream *stream)
{
    return stream->next < daotp__resolver_count(stream->resolver) &&
           daotp__loop_now_ms(stream->loop) >= stream->address_ms;
}

/* Whether the connection attempt has succeeded. */
static daotp_status stream_connected(daotp__stream *stream)
{
    struct sockaddr_storage peer;
    socklen_t len = sizeof peer, error_len = sizeof(int);
    int error = 0;

    if (getpeername(stream->fd, (struct sockaddr *)&peer, &len) == 0)
        return DAOTP_OK;
    if (getsockopt(stream->fd, SOL_SOCKET, SO_ERROR, &error, &error_len) == 0 && error == 0)
        return DAOTP_AGAIN;
    errno = error;
    return DAOTP_NETWORK;
}

/* Try the addresses one after the other until one accepts. */
static daotp_status step_tcp(daotp__stream *stream, daotp_report *report)
{
    daotp_status status = DAOTP_NETWORK;

    while (status == DAOTP_NETWORK) {
        if (stream->fd >= 0) {
            status = stream_connected(stream);
        } else if (stream->next < daotp__resolver_count(stream->resolver)) {
            share_time(stream);
            status =
                begin_connect(stream, daotp__resolver_address(stream->resolver, stream->next++));
        } else {
            return daotp__report_add(report, DAOTP_FINDING_TCP_FAILED, stream->last_errno,
                                     stream->label, "%s", strerrordesc_np(stream->last_errno));
        }
        if (status == DAOTP_AGAIN && is_address_expired(stream)) {
            status = DAOTP_NETWORK;
            errno = ETIMEDOUT;
        }
        if (status == DAOTP_NETWORK) {
            stream->last_errno = errno;
            close_socket(stream);
        }
    }
    return status;
}

/* ---- TLS ------------------------------------------------------------------------------------- */

static bool begin_tls(daotp__stream *stream)
{
    X509_VERIFY_PARAM *param;

    stream->ctx = SSL_CTX_new(TLS_client_method());
    if (stream->ctx == NULL || SSL_CTX_set_min_proto_version(stream->ctx, TLS1_2_VERSION) != 1 ||
        !daotp__tls_apply(stream->tls, stream->ctx))
        return false;
    stream->ssl = SSL_new(stream->ctx);
    if (stream->ssl == NULL || SSL_set_fd(stream->ssl, stream->fd) != 1)
        return false;
    /* the buffer of a repeated write may have been moved */
    SSL_set_mode(stream->ssl, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_set_connect_state(stream->ssl);
    param = SSL_get0_param(stream->ssl);
    if (daotp__url_is_address(stream->host))
        return X509_VERIFY_PARAM_set1_ip_asc(param, stream->host) == 1;
    X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
                                               X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    return X509_VERIFY_PARAM_set1_host(param, stream->host, 0) == 1 &&
           SSL_set_tlsext_host_name(stream->ssl, stream->host) == 1;
}

/* Watch for what libssl waits for; DAOTP_NETWORK when it waits for nothing. While it waits to
 * write, it may still read. */
static daotp_status stream_wanted(daotp__stream *stream, int rc)
{
    int error = SSL_get_error(stream->ssl, rc);
    uint32_t events = stream->state == OPEN ? EPOLLIN | EPOLLOUT : EPOLLOUT;

    if (error == SSL_ERROR_WANT_READ)
        events = EPOLLIN;
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE)
        return DAOTP_NETWORK;
    return daotp__loop_watch(stream->loop, stream->slot, stream->fd, events) ? DAOTP_AGAIN
                                                                             : DAOTP_INTERNAL;
}

static daotp_status step_tls(daotp__stream *stream, daotp_report *report)
{
    daotp_status status;
    int rc;

    if (stream->ssl == NULL && !begin_tls(stream))
        return DAOTP_INTERNAL;
    ERR_clear_error(); /* SSL_get_error() looks at the queue */
    rc = SSL_do_handshake(stream->ssl);
    status = rc == 1 ? DAOTP_OK : stream_wanted(stream, rc);
    if (status == DAOTP_NETWORK)
        return daotp__tls_explain(stream->tls, stream->label, 0, "the handshake failed", report);
    return status;
}

/* ---- the whole ------------------------------------------------------------------------------- */

static daotp_status step_names(daotp__stream *stream, daotp_report *report)
{
    daotp_status status = DAOTP_OK;

    if (stream->resolver == NULL)
        status = daotp__resolver_new(stream->loop, stream->host, &stream->resolver);
    return status == DAOTP_OK ? daotp__resolver_step(stream->resolver, report) : status;
}

static daotp_status stream_step(daotp__stream *stream, daotp_report *report)
{
    switch (stream->state) {
    case NAMES:
        return step_names(stream, report);
    case TCP:
        return step_tcp(stream, report);
    case TLS:
        return stream->tls != NULL ? step_tls(stream, report) : DAOTP_OK;
    case OPEN:
        break;
    }
    return DAOTP_OK;
}

static daotp_status too_late(const daotp__stream *stream, daotp_report *report)
{
    static const daotp_finding_number numbers[] = {[NAMES] = DAOTP_FINDING_DNS_TIMEOUT,
                                                   [TCP] = DAOTP_FINDING_TCP_TIMEOUT,
                                                   [TLS] = DAOTP_FINDING_TLS_TIMEOUT,
                                                   [OPEN] = DAOTP_FINDING_TLS_TIMEOUT};

    return daotp__report_add(report, numbers[stream->state], 0, stream->label, "no answer");
}

bool daotp__stream_is_open(const daotp__stream *stream)
{
    return stream->state == OPEN;
}

daotp_status daotp__stream_open(daotp__stream *stream, daotp_report *report)
{
    int64_t now = daotp__loop_now_ms(stream->loop);
    int64_t left = daotp__time_sub(stream->deadline_ms, now);
    daotp_status status = DAOTP_OK;

    while (stream->state != OPEN && status == DAOTP_OK) {
        status = stream_step(stream, report);
        if (status == DAOTP_OK)
            stream->state++;
    }
    if (status == DAOTP_AGAIN && left <= 0)
        return too_late(stream, report);
    if (status == DAOTP_AGAIN && stream->state == TCP && stream->address_ms < stream->deadline_ms)
        left = daotp__time_sub(stream->address_ms, now);
    if (status == DAOTP_AGAIN)
        daotp__loop_wake_in(stream->loop, left);
    return status;
}

/* Limit the reads in a row, like the read budget of TLS: otherwise a peer that sends without a
 * pause would keep the caller from its deadline. The socket stays readable, so the next step
 * follows at once. */
static ssize_t receive_plain(daotp__stream *stream, uint8_t *bytes, size_t len)
{
    ssize_t n = -1;

    errno = EAGAIN;
    if (stream->reads < DAOTP__PLAIN_READS)
        n = recv(stream->fd, bytes, len, 0);
    stream->reads = n > 0 ? stream->reads + 1 : 0;
    return n;
}

static daotp_status stream_plain(daotp__stream *stream, ssize_t n, uint32_t events, size_t *done)
{
    *done = n > 0 ? (size_t)n : 0;
    if (n > 0)
        return DAOTP_OK;
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return daotp__loop_watch(stream->loop, stream->slot, stream->fd, events) ? DAOTP_AGAIN
                                                                                 : DAOTP_INTERNAL;
    return DAOTP_NETWORK;
}

daotp_status daotp__stream_write(daotp__stream *stream, const uint8_t *bytes, size_t len,
                                 size_t *done)
{
    daotp_status status = DAOTP_OK;
    int rc;

    *done = 0;
    if (stream->ssl == NULL)
        return stream_plain(stream, send(stream->fd, bytes, len, MSG_NOSIGNAL), EPOLLIN | EPOLLOUT,
                            done);
    ERR_clear_error(); /* SSL_get_error() looks at the queue */
    rc = SSL_write_ex(stream->ssl, bytes, len, done);
    if (rc != 1)
        status = stream_wanted(stream, rc);
    return status;
}

daotp_status daotp__stream_read(daotp__stream *stream, uint8_t *bytes, size_t len, size_t *done)
{
    daotp_status status = DAOTP_OK;
    int rc;

    *done = 0;
    if (stream->ssl == NULL)
        return stream_plain(stream, receive_plain(stream, bytes, len), EPOLLIN, done);
    ERR_clear_error(); /* SSL_get_error() looks at the queue */
    rc = SSL_read_ex(stream->ssl, bytes, len, done);
    if (rc != 1)
        status = stream_wanted(stream, rc);
    return status;
}
