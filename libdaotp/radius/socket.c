/* SPDX-License-Identifier: BSD-2-Clause */
#include "radius/socket.h"

#include "core/alloc.h"

#include <unistd.h>

enum { ROUNDS = 16 };

daotp__radius_socket *daotp__radius_socket_new(daotp__radius_wire *wire)
{
    daotp__radius_socket *made = daotp__new(sizeof *made);

    if (made == NULL)
        return NULL;
    made->wire = wire;
    made->fd = -1;
    made->heard_ms = DAOTP__ALWAYS;
    for (unsigned i = 0; i < DAOTP__RADIUS_IDS; i++) {
        made->queue[i] = (uint8_t)i;
        made->free_at_ms[i] = DAOTP__ALWAYS;
    }
    made->free_count = DAOTP__RADIUS_IDS;
    return made;
}

void daotp__radius_socket_free(daotp__radius_socket *socket)
{
    if (socket == NULL)
        return;
    if (socket->fd >= 0)
        (void)close(socket->fd); /* leaves the epoll set with it */
    daotp__radsec_close(&socket->radsec);
    daotp__delete(socket);
}

/* ---- identifiers ----------------------------------------------------------------------------- */

static uint8_t *queued_id(daotp__radius_socket *socket, unsigned at)
{
    return &socket->queue[(socket->head + at) % DAOTP__RADIUS_IDS];
}

/* The socket that was unused for the longest time, among those to whose last exchange no reply can
 * come any more. */
bool daotp__radius_socket_take_id(daotp__radius_socket *socket, daotp_radius_exchange *exchange,
                                  int64_t now_ms, uint8_t *id)
{
    unsigned at = 0;

    if (socket->is_stale)
        return false;
    while (at < socket->free_count && socket->free_at_ms[*queued_id(socket, at)] > now_ms)
        at++;
    if (at == socket->free_count)
        return false;
    *id = *queued_id(socket, at);
    for (; at > 0; at--)
        *queued_id(socket, at) = *queued_id(socket, at - 1);
    socket->head++;
    socket->free_count--;
    socket->waiting[*id] = exchange;
    return true;
}

static void forget_unsent(daotp__radius_socket *socket, uint8_t id)
{
    if (socket->unsent_at[id] > 0)
        socket->wire->batch.unsent[socket->unsent_at[id] - 1].packet.iov_len = 0;
    socket->unsent_at[id] = 0;
}

void daotp__radius_socket_release_id(daotp__radius_socket *socket, uint8_t id, int64_t free_at_ms)
{
    forget_unsent(socket, id);
    socket->waiting[id] = NULL;
    socket->free_at_ms[id] = free_at_ms;
    socket->queue[(socket->head + socket->free_count) % DAOTP__RADIUS_IDS] = id;
    socket->free_count++;
}

bool daotp__radius_socket_is_idle(const daotp__radius_socket *socket)
{
    return socket->free_count == DAOTP__RADIUS_IDS;
}

/* ---- events ---------------------------------------------------------------------------------- */

/* A callback may begin, end or free other exchanges, so the list is read again for each. */
static void tell_waiting(daotp__radius_socket *socket, const daotp__radius_event *event)
{
    for (unsigned i = 0; i < DAOTP__RADIUS_IDS; i++)
        if (socket->waiting[i] != NULL)
            (void)socket->wire->tell(socket->waiting[i], event);
}

/* Whether it was a valid reply to an exchange that waits, or may be one to an exchange that no
 * longer waits. */
static bool hand_up_packet(void *user, daotp__bytes packet)
{
    daotp__radius_socket *socket = user;
    const daotp__radius_wire *wire = socket->wire;
    daotp__radius_event event = {.kind = DAOTP__RADIUS_CAME, .packet = packet};
    uint8_t id;

    if (!daotp__radius_peek_id(packet, &id)) {
        event.kind = DAOTP__RADIUS_SHORT;
        tell_waiting(socket, &event);
        return false;
    }
    if (socket->waiting[id] == NULL)
        return socket->free_at_ms[id] > daotp__loop_now_ms(wire->loop);
    return wire->tell(socket->waiting[id], &event);
}

void daotp__radius_socket_tell_lost(daotp__radius_socket *socket, const daotp_report *why,
                                    daotp_status status)
{
    tell_waiting(socket,
                 &(daotp__radius_event){.kind = DAOTP__RADIUS_LOST, .why = why, .status = status});
}

void daotp__radius_socket_note_reply(daotp__radius_socket *socket, int64_t now_ms)
{
    socket->heard_ms = now_ms;
}

void daotp__radius_socket_note_silence(daotp__radius_socket *socket, int64_t since_ms)
{
    socket->is_stale = socket->radsec.stream != NULL && socket->heard_ms < since_ms;
}

/* ---- sending --------------------------------------------------------------------------------- */

/* Take the next of the batch, and all others whose packets are as long as its. */
static size_t take_alike(daotp__radius_batch *batch, size_t at, uint8_t *ids, struct iovec *parts)
{
    size_t count = 0;

    for (; at < batch->unsent_count; at++) {
        struct iovec packet = batch->unsent[at].packet;

        if (packet.iov_len == 0 || (count > 0 && packet.iov_len != parts[0].iov_len))
            continue;
        parts[count] = packet;
        ids[count++] = batch->unsent[at].id;
        forget_unsent(batch->socket, batch->unsent[at].id);
    }
    return count;
}

static void send_batch(daotp__radius_batch *batch)
{
    static const daotp__radius_event unsent = {.kind = DAOTP__RADIUS_UNSENT};
    daotp__radius_socket *socket = batch->socket;
    uint8_t ids[DAOTP__RADIUS_BATCH];
    struct iovec parts[DAOTP__RADIUS_BATCH];

    for (size_t at = 0; at < batch->unsent_count; at++) {
        size_t count = take_alike(batch, at, ids, parts);

        if (count > 1 && daotp__udp_send_segments(socket->fd, parts, count))
            continue;
        for (size_t i = 0; i < count; i++)
            if (daotp__udp_send(socket->fd, (daotp__bytes){parts[i].iov_base, parts[i].iov_len}) !=
                DAOTP_OK)
                (void)socket->wire->tell(socket->waiting[ids[i]], &unsent);
    }
    batch->unsent_count = 0;
}

daotp_status daotp__radius_socket_send(daotp__radius_socket *socket, uint8_t id,
                                       const daotp__buffer *packet)
{
    daotp__radius_batch *batch = &socket->wire->batch;

    if (socket->fd < 0)
        return daotp__radsec_queue(&socket->radsec, daotp__buffer_bytes(packet));
    if (batch->socket != socket || batch->unsent_count == DAOTP__RADIUS_BATCH)
        return daotp__udp_send(socket->fd, daotp__buffer_bytes(packet));
    batch->unsent[batch->unsent_count].packet = (struct iovec){packet->data, packet->len};
    batch->unsent[batch->unsent_count].id = id;
    socket->unsent_at[id] = (uint8_t)++batch->unsent_count;
    return DAOTP_OK;
}

/* ---- receiving ------------------------------------------------------------------------------- */

/* Some datagrams; how many, as daotp__udp_receive(). */
static int receive_batch(daotp__radius_socket *socket)
{
    daotp__radius_wire *wire = socket->wire;
    size_t lens[DAOTP__RADIUS_BATCH];
    int count = daotp__udp_receive(socket->fd, wire->datagrams, lens);

    if (count <= 0)
        return count;
    wire->batch.socket = socket;
    wire->batch.received = (size_t)count;
    for (int i = 0; i < count; i++)
        (void)hand_up_packet(socket, (daotp__bytes){wire->datagrams[i].bytes, lens[i]});
    wire->batch.received = 0;
    send_batch(&wire->batch);
    wire->batch.socket = NULL;
    return count;
}

void daotp__radius_socket_receive(daotp__radius_socket *socket)
{
    static const daotp__radius_event refused = {.kind = DAOTP__RADIUS_REFUSED};
    int count = DAOTP__RADIUS_BATCH;

    for (int round = 0; count != 0 && round < ROUNDS; round++) {
        count = receive_batch(socket);
        if (count < 0)
            tell_waiting(socket, &refused);
        if (count > 0 && count < DAOTP__RADIUS_BATCH)
            break;
    }
}

daotp_status daotp__radius_socket_step(daotp__radius_socket *socket, daotp_report *report)
{
    return daotp__radsec_step(&socket->radsec, hand_up_packet, socket, report);
}
