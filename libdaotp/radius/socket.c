/* SPDX-License-Identifier: BSD-2-Clause */
/* UDP: connected sockets, so that the kernel drops what comes from elsewhere, and identifiers. */
#include "core/alloc.h"
#include "radius/radius.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ROUNDS = 16, BUFFER_SIZE = 4 * 1024 * 1024 };

/* ---- making one ------------------------------------------------------------------------------ */

static int open_to(const char *address, uint16_t port)
{
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    bool is_four = inet_pton(AF_INET, address, &four.sin_addr) == 1;
    int size = BUFFER_SIZE, fd, rc;

    if (!is_four && inet_pton(AF_INET6, address, &six.sin6_addr) != 1)
        return -1;
    fd = socket(is_four ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size); /* as much as is allowed */
    rc = is_four ? connect(fd, (const struct sockaddr *)(const void *)&four, sizeof four)
                 : connect(fd, (const struct sockaddr *)(const void *)&six, sizeof six);
    if (rc == 0)
        return fd;
    (void)close(fd);
    return -1;
}

static daotp_status resolve(daotp__radius_server *server, daotp_report *report)
{
    daotp_status status = DAOTP_OK;

    if (server->resolver == NULL)
        status = daotp__resolver_new(server->radius->loop, server->host, &server->resolver);
    if (status == DAOTP_OK)
        status = daotp__resolver_step(server->resolver, report);
    if (status != DAOTP_OK && status != DAOTP_AGAIN) { /* the next exchange asks again */
        daotp__resolver_free(server->resolver);
        server->resolver = NULL;
    }
    return status;
}

static daotp_status open_udp(daotp__radius_socket *made, daotp_report *report)
{
    daotp__radius_server *server = made->server;
    size_t count = daotp__resolver_count(server->resolver);

    for (size_t i = 0; made->fd < 0 && i < count; i++) /* to some there may be no way from here */
        made->fd = open_to(daotp__resolver_address(server->resolver, (server->address + i) % count),
                           server->port);
    if (made->fd >= 0 &&
        daotp__loop_watch(server->radius->loop, server->radius->slot, made->fd, EPOLLIN))
        return DAOTP_OK;
    return daotp__report_add(report, DAOTP_FINDING_RADIUS_REFUSED, errno, server->label, "%s",
                             strerrordesc_np(errno));
}

/* Nobody waits there any more, and nobody will. */
static void drop_stale(daotp__radius_server *server)
{
    for (size_t i = server->socket_count; server->tls == NULL && i > 0; i--) {
        daotp__radius_socket *socket = server->sockets[i - 1];

        if (!socket->is_stale || socket->free_count < DAOTP__RADIUS_IDS ||
            socket == server->radius->batch.socket)
            continue;
        server->sockets[i - 1] = server->sockets[--server->socket_count];
        daotp__radius_socket_free(socket);
    }
}

static daotp_status add_socket(daotp__radius_server *server, daotp_report *report)
{
    daotp__radius_socket *made;
    daotp_status status = DAOTP_OK;

    if (server->tls == NULL) /* a stream resolves for itself */
        status = resolve(server, report);
    if (status != DAOTP_OK)
        return status;
    drop_stale(server);
    if (server->socket_count == DAOTP__MAX_RADIUS_SOCKETS)
        return daotp__report_add(report, DAOTP_FINDING_LIMIT_SIZE, 0, server->label,
                                 "%d exchanges at once",
                                 DAOTP__MAX_RADIUS_SOCKETS * DAOTP__RADIUS_IDS);
    made = daotp__new(sizeof *made);
    if (made == NULL)
        return DAOTP_MEMORY;
    made->server = server;
    made->fd = -1;
    status = server->tls != NULL ? daotp__radius_radsec_open(made) : open_udp(made, report);
    if (status != DAOTP_OK) {
        daotp__radius_socket_free(made);
        return status;
    }
    made->heard_ms = DAOTP__ALWAYS;
    for (unsigned i = 0; i < DAOTP__RADIUS_IDS; i++) {
        made->queue[i] = (uint8_t)i;
        made->free_at_ms[i] = DAOTP__ALWAYS;
    }
    made->free_count = DAOTP__RADIUS_IDS;
    server->sockets[server->socket_count++] = made;
    return DAOTP_OK;
}

void daotp__radius_socket_free(daotp__radius_socket *socket)
{
    if (socket == NULL)
        return;
    if (socket->fd >= 0)
        (void)close(socket->fd); /* leaves the epoll set with it */
    daotp__stream_free(socket->stream);
    daotp__buffer_free(&socket->out);
    daotp__buffer_free(&socket->in);
    daotp__delete(socket);
}

/* ---- identifiers ----------------------------------------------------------------------------- */

static uint8_t *queued(daotp__radius_socket *socket, unsigned at)
{
    return &socket->queue[(socket->head + at) % DAOTP__RADIUS_IDS];
}

/* The one longest unused of those to whose last exchange no reply can come any more; those that
 * must wait keep their places. */
static bool take_id(daotp__radius_socket *socket, daotp_radius_exchange *exchange, int64_t now_ms)
{
    unsigned at = 0;
    uint8_t id;

    if (socket->is_stale)
        return false;
    while (at < socket->free_count && socket->free_at_ms[*queued(socket, at)] > now_ms)
        at++;
    if (at == socket->free_count)
        return false;
    id = *queued(socket, at);
    for (; at > 0; at--)
        *queued(socket, at) = *queued(socket, at - 1);
    socket->head++;
    socket->free_count--;
    socket->waiting[id] = exchange;
    exchange->socket = socket;
    exchange->id = id;
    return true;
}

daotp_status daotp__radius_socket_take(daotp_radius_exchange *exchange, int64_t now_ms)
{
    daotp__radius_server *server = exchange->server;
    daotp_status status;

    if (server->tls != NULL && !server->radius->is_stepping)
        daotp__radius_radsec_tidy(server);
    for (size_t i = 0; i < server->socket_count; i++)
        if (take_id(server->sockets[i], exchange, now_ms))
            return DAOTP_OK;
    status = add_socket(server, &exchange->report);
    if (status == DAOTP_OK)
        (void)take_id(server->sockets[server->socket_count - 1], exchange, now_ms); /* it is new */
    return status;
}

void daotp__radius_socket_release_id(daotp__radius_socket *socket, uint8_t id, int64_t free_at_ms)
{
    socket->waiting[id] = NULL;
    socket->free_at_ms[id] = free_at_ms;
    socket->queue[(socket->head + socket->free_count) % DAOTP__RADIUS_IDS] = id;
    socket->free_count++;
}

void daotp__radius_socket_release(daotp_radius_exchange *exchange, int64_t free_at_ms)
{
    if (exchange->socket != NULL)
        daotp__radius_socket_release_id(exchange->socket, exchange->id, free_at_ms);
    exchange->socket = NULL;
    if (exchange->unsent_at > 0)
        exchange->radius->batch.unsent[exchange->unsent_at - 1] = NULL;
    exchange->unsent_at = 0;
}

/* ---- sending and receiving ------------------------------------------------------------------- */

static daotp_status send_datagram(const daotp_radius_exchange *exchange)
{
    daotp__bytes packet = daotp__buffer_bytes(&exchange->packet);
    ssize_t n = send(exchange->socket->fd, packet.data, packet.len, MSG_NOSIGNAL);

    if (n < 0 && errno == ECONNREFUSED) /* an earlier packet's; this one was not sent */
        n = send(exchange->socket->fd, packet.data, packet.len, MSG_NOSIGNAL);
    return n < 0 && (errno == ENETUNREACH || errno == EHOSTUNREACH || errno == EACCES)
               ? DAOTP_NETWORK
               : DAOTP_OK;
}

/* It was not sent, and it is known why: its timer begins it again, and takes what comes of it. */
static void begin_again(daotp_radius_exchange *exchange)
{
    int64_t now_ms = daotp__context_now_ms(exchange->radius->context);

    exchange->transmissions--;
    exchange->sent_here--;
    daotp__radius_socket_release(exchange, now_ms);
    (void)daotp__radius_timer_set(&exchange->radius->heap, &exchange->timer,
                                  now_ms); /* it is set: no memory is needed */
}

/* Several of one length in one call: the kernel cuts them apart (Linux 4.18), and does the work of
 * sending once. False when it does not take them, for they are too large together or for the
 * device, or it is too old; then none was sent. */
static bool send_segments(int fd, struct iovec *parts, size_t count)
{
    union {
        struct cmsghdr head;
        uint8_t room[CMSG_SPACE(sizeof(uint16_t))];
    } control = {.room = {0}};
    struct msghdr message = {.msg_iov = parts,
                             .msg_iovlen = count,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    uint16_t len = (uint16_t)parts[0].iov_len;

    control.head.cmsg_level = SOL_UDP;
    control.head.cmsg_type = UDP_SEGMENT;
    control.head.cmsg_len = CMSG_LEN(sizeof len);
    memcpy(CMSG_DATA(&control.head), &len, sizeof len);
    return sendmsg(fd, &message, MSG_NOSIGNAL) >= 0;
}

/* Take the next of the batch, and all others whose packets are as long as its. */
static size_t take_alike(daotp__radius_batch *batch, size_t at, daotp_radius_exchange **alike,
                         struct iovec *parts)
{
    size_t count = 0;

    for (; at < batch->unsent_count; at++) {
        daotp_radius_exchange *x = batch->unsent[at];

        if (x == NULL || (count > 0 && x->packet.len != parts[0].iov_len))
            continue;
        parts[count] = (struct iovec){x->packet.data, x->packet.len};
        alike[count++] = x;
        batch->unsent[at] = NULL;
        x->unsent_at = 0;
    }
    return count;
}

static void send_batch(daotp__radius_batch *batch)
{
    daotp_radius_exchange *alike[DAOTP__RADIUS_BATCH];
    struct iovec parts[DAOTP__RADIUS_BATCH];

    for (size_t at = 0; at < batch->unsent_count; at++) {
        size_t count = take_alike(batch, at, alike, parts);

        if (count > 1 && send_segments(alike[0]->socket->fd, parts, count))
            continue;
        for (size_t i = 0; i < count; i++)
            if (send_datagram(alike[i]) != DAOTP_OK)
                begin_again(alike[i]);
    }
    batch->unsent_count = 0;
}

daotp_status daotp__radius_socket_send(daotp_radius_exchange *exchange)
{
    daotp__radius_batch *batch = &exchange->radius->batch;
    daotp_status status = DAOTP_OK;

    if (batch->socket == exchange->socket && batch->unsent_count < DAOTP__RADIUS_BATCH) {
        batch->unsent[batch->unsent_count++] = exchange;
        exchange->unsent_at = batch->unsent_count;
    } else {
        status = exchange->server->tls == NULL
                     ? send_datagram(exchange)
                     : daotp__radius_radsec_send(exchange->socket,
                                                 daotp__buffer_bytes(&exchange->packet));
    }
    if (status == DAOTP_OK) {
        exchange->transmissions++;
        exchange->sent_here++;
    }
    return status;
}

void daotp__radius_socket_note_silence(daotp__radius_socket *socket, int64_t since_ms)
{
    socket->is_stale = socket->stream != NULL && socket->heard_ms < since_ms;
}

/* Life is all that Status-Server asks for, and the Response Authenticator shows that. */
static daotp__radius_policy policy_for(const daotp_radius_exchange *exchange)
{
    return exchange->is_status_server || exchange->server->tls != NULL /* TLS has signed it */
               ? DAOTP__RADIUS_OPTIONAL
               : daotp__radius_server_policy(exchange->server);
}

bool daotp__radius_socket_take_packet(daotp__radius_socket *socket, daotp__bytes packet)
{
    daotp__radius_server *server = socket->server;
    const daotp_context *context = server->radius->context;
    daotp_radius_exchange *exchange;
    daotp__radius_verdict verdict;
    daotp__radius_reply reply;
    uint8_t id;

    if (!daotp__radius_peek_id(packet, &id)) {
        /* too short to say whose it is: one that waits may as well know */
        for (unsigned i = 0; i < DAOTP__RADIUS_IDS; i++)
            if (socket->waiting[i] != NULL)
                socket->waiting[i]->dropped[DAOTP__RADIUS_BAD_LENGTH]++;
        return false;
    }
    exchange = socket->waiting[id];
    if (exchange == NULL)
        return socket->free_at_ms[id] > daotp__context_now_ms(context);
    verdict = daotp__radius_reply_read_keyed(
        packet, exchange->is_status_server, exchange->authenticator,
        daotp__buffer_bytes(&server->secret), &server->key, policy_for(exchange), &reply);
    if (verdict != DAOTP__RADIUS_GOOD) {
        exchange->dropped[verdict]++;
        return false;
    }
    if (socket->stream != NULL)
        socket->heard_ms = daotp__context_now_ms(context);
    daotp__radius_exchange_complete(exchange, &reply);
    return true;
}

static void refused(daotp__radius_socket *socket)
{
    for (unsigned i = 0; i < DAOTP__RADIUS_IDS; i++)
        if (socket->waiting[i] != NULL)
            daotp__radius_exchange_refused(socket->waiting[i]);
}

/* Some datagrams; how many, or -1 when the socket has an error, 0 when it is empty. */
static int receive(daotp__radius_socket *socket)
{
    daotp_radius *radius = socket->server->radius;
    daotp__radius_datagram *datagrams = radius->datagrams;
    struct mmsghdr messages[DAOTP__RADIUS_BATCH];
    struct iovec parts[DAOTP__RADIUS_BATCH];
    int count;

    memset(messages, 0, sizeof messages);
    for (int i = 0; i < DAOTP__RADIUS_BATCH; i++) {
        parts[i] = (struct iovec){datagrams[i].bytes, sizeof datagrams[i].bytes};
        messages[i].msg_hdr.msg_iov = &parts[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    count = recvmmsg(socket->fd, messages, DAOTP__RADIUS_BATCH, MSG_DONTWAIT, NULL);
    if (count < 0)
        return errno == ECONNREFUSED ? -1 : 0;
    radius->batch.socket = socket;
    radius->batch.answers = (size_t)count;
    for (int i = 0; i < count; i++)
        (void)daotp__radius_socket_take_packet(
            socket, (daotp__bytes){datagrams[i].bytes, messages[i].msg_len});
    radius->batch.socket = NULL;
    radius->batch.answers = radius->batch.drawn_count = 0; /* a process may fork between steps */
    send_batch(&radius->batch);
    return count;
}

static daotp__radius_socket *find(const daotp_radius *radius, int fd)
{
    for (size_t s = 0; s < radius->server_count; s++)
        for (size_t i = 0; i < radius->servers[s]->socket_count; i++)
            if (radius->servers[s]->sockets[i]->fd == fd)
                return radius->servers[s]->sockets[i];
    return NULL;
}

void daotp__radius_socket_ready(void *user, int fd, uint32_t events)
{
    daotp__radius_socket *socket = find(user, fd);
    int count = DAOTP__RADIUS_BATCH;

    (void)events;
    for (int round = 0; socket != NULL && count != 0 && round < ROUNDS; round++) {
        count = receive(socket);
        if (count < 0)
            refused(socket);
        if (count > 0 && count < DAOTP__RADIUS_BATCH)
            break;
    }
}
