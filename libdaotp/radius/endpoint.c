/* SPDX-License-Identifier: BSD-2-Clause */
#include "radius/endpoint.h"

#include "core/alloc.h"
#include "core/sigpipe.h"
#include "net/url.h"

#include <errno.h>
#include <string.h>

daotp_status daotp__radius_endpoint_init(daotp__radius_endpoint *endpoint, daotp__radius_wire *wire,
                                         const char *host, uint16_t port)
{
    *endpoint = (daotp__radius_endpoint){.wire = wire, .port = port};
    endpoint->host = daotp__text_copy(host);
    endpoint->label = daotp__url_label(host, port);
    return endpoint->host != NULL && endpoint->label != NULL ? DAOTP_OK : DAOTP_MEMORY;
}

void daotp__radius_endpoint_end(daotp__radius_endpoint *endpoint)
{
    for (size_t i = 0; i < endpoint->socket_count; i++)
        daotp__radius_socket_free(endpoint->sockets[i]);
    daotp__resolver_free(endpoint->resolver);
    daotp__tls_free(endpoint->tls);
    daotp__delete(endpoint->host);
    daotp__delete(endpoint->label);
}

/* ---- opening --------------------------------------------------------------------------------- */

static daotp_status resolve_host(daotp__radius_endpoint *endpoint, daotp_report *report)
{
    daotp_status status = DAOTP_OK;

    if (endpoint->resolver == NULL)
        status = daotp__resolver_new(endpoint->wire->loop, endpoint->host, &endpoint->resolver);
    if (status == DAOTP_OK)
        status = daotp__resolver_step(endpoint->resolver, report);
    if (status != DAOTP_OK && status != DAOTP_AGAIN) { /* then resolved again */
        daotp__resolver_free(endpoint->resolver);
        endpoint->resolver = NULL;
    }
    return status;
}

static daotp_status open_udp(const daotp__radius_endpoint *endpoint, daotp__radius_socket *made,
                             daotp_report *report)
{
    const daotp__radius_wire *wire = endpoint->wire;
    size_t count = daotp__resolver_count(endpoint->resolver);

    for (size_t i = 0; made->fd < 0 && i < count; i++) /* some may not be reachable */
        made->fd = daotp__udp_open(
            daotp__resolver_address(endpoint->resolver, (endpoint->address + i) % count),
            endpoint->port);
    if (made->fd >= 0 && daotp__loop_watch(wire->loop, wire->slot, made->fd, EPOLLIN))
        return DAOTP_OK;
    return daotp__report_add(report, DAOTP_FINDING_RADIUS_REFUSED, errno, endpoint->label, "%s",
                             strerrordesc_np(errno));
}

static void remove_socket(daotp__radius_endpoint *endpoint, size_t at)
{
    endpoint->socket_count--;
    memmove(&endpoint->sockets[at], &endpoint->sockets[at + 1],
            (endpoint->socket_count - at) * sizeof(daotp__radius_socket *));
}

/* No exchange waits on these connections any more. */
static void drop_stale(daotp__radius_endpoint *endpoint)
{
    for (size_t i = endpoint->socket_count; endpoint->tls == NULL && i > 0; i--) {
        daotp__radius_socket *socket = endpoint->sockets[i - 1];

        if (!socket->is_stale || !daotp__radius_socket_is_idle(socket) ||
            socket == endpoint->wire->batch.socket)
            continue;
        remove_socket(endpoint, i - 1);
        daotp__radius_socket_free(socket);
    }
}

static daotp_status add_socket(daotp__radius_endpoint *endpoint, daotp_report *report)
{
    daotp__radius_socket *made;
    daotp_status status = DAOTP_OK;

    if (endpoint->tls == NULL) /* a stream resolves for itself */
        status = resolve_host(endpoint, report);
    if (status != DAOTP_OK)
        return status;
    drop_stale(endpoint);
    if (endpoint->socket_count == DAOTP__MAX_RADIUS_SOCKETS)
        return daotp__report_add(report, DAOTP_FINDING_LIMIT_SIZE, 0, endpoint->label,
                                 "%d exchanges at once",
                                 DAOTP__MAX_RADIUS_SOCKETS * DAOTP__RADIUS_IDS);
    made = daotp__radius_socket_new(endpoint->wire);
    if (made == NULL)
        return DAOTP_MEMORY;
    status = endpoint->tls != NULL
                 ? daotp__radsec_open(&made->radsec, endpoint->wire->loop, endpoint->host,
                                      endpoint->port, endpoint->tls)
                 : open_udp(endpoint, made, report);
    if (status == DAOTP_OK)
        endpoint->sockets[endpoint->socket_count++] = made;
    else
        daotp__radius_socket_free(made);
    return status;
}

/* Close connections on which no exchange waits and that the server has closed. Not inside a step.
 */
static void tidy_connections(daotp__radius_endpoint *endpoint)
{
    daotp__sigpipe hold;
    daotp_report ignored;

    daotp__sigpipe_hold(&hold);
    for (size_t i = 0; i < endpoint->socket_count; i++) {
        daotp__radius_socket *socket = endpoint->sockets[i];
        daotp_status status;

        if (!daotp__radius_socket_is_idle(socket))
            continue;
        daotp__report_init(&ignored, endpoint->wire->context);
        status = daotp__radius_socket_step(socket, &ignored);
        daotp__report_end(&ignored);
        if ((status != DAOTP_AGAIN && status != DAOTP_OK) || socket->is_stale) {
            remove_socket(endpoint, i--);
            daotp__radius_socket_free(socket);
        }
    }
    daotp__sigpipe_release(&hold);
}

daotp_status daotp__radius_endpoint_take(daotp__radius_endpoint *endpoint,
                                         daotp_radius_exchange *exchange, int64_t now_ms,
                                         daotp_report *report, daotp__radius_socket **socket,
                                         uint8_t *id)
{
    daotp_status status;

    if (endpoint->tls != NULL && !endpoint->wire->is_stepping)
        tidy_connections(endpoint);
    for (size_t i = 0; i < endpoint->socket_count; i++)
        if (daotp__radius_socket_take_id(endpoint->sockets[i], exchange, now_ms, id)) {
            *socket = endpoint->sockets[i];
            return DAOTP_OK;
        }
    status = add_socket(endpoint, report);
    if (status != DAOTP_OK)
        return status;
    *socket = endpoint->sockets[endpoint->socket_count - 1];
    (void)daotp__radius_socket_take_id(*socket, exchange, now_ms, id); /* it is new: all are free */
    return DAOTP_OK;
}

void daotp__radius_endpoint_turn_away(daotp__radius_endpoint *endpoint)
{
    if (endpoint->tls != NULL || daotp__url_is_address(endpoint->host))
        return; /* a stream tries each address itself */
    endpoint->address++;
    daotp__resolver_free(endpoint->resolver);
    endpoint->resolver = NULL;
    for (size_t i = 0; i < endpoint->socket_count; i++)
        endpoint->sockets[i]->is_stale = true;
}

/* ---- stepping -------------------------------------------------------------------------------- */

bool daotp__radius_endpoint_receive(daotp__radius_endpoint *endpoint, int fd)
{
    for (size_t i = 0; i < endpoint->socket_count; i++)
        if (endpoint->sockets[i]->fd == fd) {
            daotp__radius_socket_receive(endpoint->sockets[i]);
            return true;
        }
    return false;
}

/* Exchanges that waited on it continue with another server. */
static void let_connection_go(const daotp__radius_endpoint *endpoint, daotp__radius_socket *socket,
                              daotp_status status, daotp_report *why)
{
    status = daotp__radsec_explain(
        endpoint->tls, endpoint->label, status,
        daotp__radsec_is_open(&socket->radsec) && !daotp__radius_socket_is_idle(socket), why);
    daotp__radius_socket_tell_lost(socket, why, status);
    daotp__radius_socket_free(socket);
}

void daotp__radius_endpoint_step(daotp__radius_endpoint *endpoint)
{
    daotp_report why;

    for (size_t i = 0; endpoint->tls != NULL && i < endpoint->socket_count; i++) {
        daotp__radius_socket *socket = endpoint->sockets[i];
        daotp_status status;

        daotp__report_init(&why, endpoint->wire->context);
        status = daotp__radius_socket_step(socket, &why);
        if ((status != DAOTP_AGAIN && status != DAOTP_OK) ||
            (socket->is_stale && daotp__radius_socket_is_idle(socket))) {
            remove_socket(endpoint, i--);
            let_connection_go(endpoint, socket, status, &why);
        }
        daotp__report_end(&why);
    }
}
