/* SPDX-License-Identifier: BSD-2-Clause */
/* RadSec, RFC 6614: packets one behind the other over TLS. A connection that carries anything else
 * is closed; what waited on it goes on elsewhere. */
#include "core/alloc.h"
#include "core/limits.h"
#include "core/sigpipe.h"
#include "radius/radius.h"
#include "radius/radsec_frame.h"

#include <string.h>

enum { MAX_QUEUED = 1024 * 1024 };

daotp_status daotp__radius_radsec_open(daotp__radius_socket *socket)
{
    daotp__radius_server *server = socket->server;

    daotp__buffer_init(&socket->out, MAX_QUEUED);
    daotp__buffer_init(&socket->in, DAOTP__RADIUS_MAX);
    daotp__tls_reset(server->tls);
    return daotp__stream_new(server->radius->loop, server->host, server->port, server->tls,
                             DAOTP__CONNECT_MS, &socket->stream);
}

daotp_status daotp__radius_radsec_send(daotp__radius_socket *socket, daotp__bytes packet)
{
    daotp__buffer_add(&socket->out, packet.data, packet.len);
    daotp__loop_wake_in(socket->server->radius->loop, 0); /* the next step writes it */
    return socket->out.failed;
}

/* Each packet in a record of its own: FreeRADIUS 3 closes a connection that does otherwise. */
static daotp_status write_queued(daotp__radius_socket *socket)
{
    daotp_status status = DAOTP_OK;
    size_t n;

    while (status == DAOTP_OK && socket->sent < socket->out.len) {
        const uint8_t *packet = socket->out.data + socket->sent;

        status = daotp__stream_write(socket->stream, packet, daotp__radsec_packet_len(packet), &n);
        socket->sent += n; /* all of it, or nothing: it is less than a record */
    }
    if (socket->sent == socket->out.len) {
        daotp__buffer_clear(&socket->out);
        socket->sent = 0;
    }
    return status;
}

static daotp_status read_packets(daotp__radius_socket *socket)
{
    daotp_status status = DAOTP_OK;

    while (status == DAOTP_OK) {
        size_t missing, n;
        uint8_t *room;

        if (!daotp__radsec_missing(daotp__buffer_bytes(&socket->in), &missing))
            return DAOTP_PEER;
        if (missing == 0) {
            if (!daotp__radius_socket_take_packet(socket, daotp__buffer_bytes(&socket->in)))
                return DAOTP_PEER; /* RFC 6614 2.5 */
            daotp__buffer_clear(&socket->in);
            continue;
        }
        room = daotp__buffer_room(&socket->in, missing);
        if (room == NULL)
            return socket->in.failed;
        status = daotp__stream_read(socket->stream, room, missing, &n);
        daotp__buffer_wrote(&socket->in, n);
    }
    return status;
}

/* Read first: a server that is not read from may not read either. */
static daotp_status go_on(daotp__radius_socket *socket, daotp_report *report)
{
    daotp_status status = daotp__stream_open(socket->stream, report);

    if (status == DAOTP_OK)
        status = read_packets(socket);
    if (status == DAOTP_AGAIN && daotp__stream_is_open(socket->stream))
        status = write_queued(socket);
    return status;
}

static daotp_status explain_radsec_end(const daotp__radius_socket *socket, daotp_status status,
                                       daotp_report *report)
{
    const char *label = socket->server->label;

    if (report->error != NULL) /* of the connection: it says why itself */
        return status;
    if (status == DAOTP_PEER)
        return daotp__report_add(report, DAOTP_FINDING_RADIUS_MALFORMED, 0, label,
                                 "a packet that is no reply of ours");
    if (status != DAOTP_NETWORK)
        return status;
    /* with TLS 1.3 a certificate of ours is refused when the handshake is over */
    status = daotp__tls_explain_alert(socket->server->tls, label, report);
    return status != DAOTP_OK ? status
                              : daotp__report_add(report, DAOTP_FINDING_RADIUS_CONNECTION_LOST, 0,
                                                  label, "the connection was closed");
}

/* Each exchange that waits may begin, end or free others: the list is looked at anew each time. */
static void let_go(daotp__radius_socket *socket, const daotp_report *why, daotp_status status)
{
    for (unsigned i = 0; i < DAOTP__RADIUS_IDS; i++)
        if (socket->waiting[i] != NULL)
            daotp__radius_exchange_lost(socket->waiting[i], why, status);
    daotp__radius_socket_free(socket);
}

static void remove_socket(daotp__radius_server *server, size_t at)
{
    server->socket_count--;
    memmove(&server->sockets[at], &server->sockets[at + 1],
            (server->socket_count - at) * sizeof(daotp__radius_socket *));
}

static bool is_idle(const daotp__radius_socket *socket)
{
    return socket->free_count == DAOTP__RADIUS_IDS;
}

void daotp__radius_radsec_step(daotp__radius_server *server)
{
    daotp_report why;

    for (size_t i = 0; i < server->socket_count; i++) {
        daotp__radius_socket *socket = server->sockets[i];
        daotp_status status;

        daotp__report_init(&why, server->radius->context);
        status = go_on(socket, &why);
        if ((status != DAOTP_AGAIN && status != DAOTP_OK) ||
            (socket->is_stale && is_idle(socket))) {
            status = explain_radsec_end(socket, status, &why);
            remove_socket(server, i--);
            let_go(socket, &why, status);
        }
        daotp__report_end(&why);
    }
}

void daotp__radius_radsec_tidy(daotp__radius_server *server)
{
    daotp__sigpipe hold;
    daotp_report ignored;

    daotp__sigpipe_hold(&hold);
    for (size_t i = 0; i < server->socket_count; i++) {
        daotp__radius_socket *socket = server->sockets[i];
        daotp_status status;

        if (!is_idle(socket))
            continue;
        daotp__report_init(&ignored, server->radius->context);
        status = go_on(socket, &ignored);
        daotp__report_end(&ignored);
        if ((status != DAOTP_AGAIN && status != DAOTP_OK) || socket->is_stale) {
            remove_socket(server, i--);
            daotp__radius_socket_free(socket);
        }
    }
    daotp__sigpipe_release(&hold);
}
