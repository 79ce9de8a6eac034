/* SPDX-License-Identifier: BSD-2-Clause */
/* A server: who it is, and whether it is thought to be alive. */
#include "core/alloc.h"
#include "core/utf8.h"
#include "net/url.h"
#include "radius/radius.h"
#include "validate/tls_judge.h"

#include <string.h>

enum {
    SECRET_SHORT = 16,
    DEAD_FIRST_MS = 30 * 1000, /* then doubled, up to */
    DEAD_LONGEST_MS = 300 * 1000
};

void daotp__radius_server_free(daotp__radius_server *server)
{
    if (server == NULL)
        return;
    for (size_t i = 0; i < server->socket_count; i++)
        daotp__radius_socket_free(server->sockets[i]);
    daotp__resolver_free(server->resolver);
    daotp__tls_free(server->tls);
    daotp__buffer_free(&server->secret);
    daotp__delete(server->host);
    daotp__delete(server->label);
    daotp__delete(server);
}

static daotp_status fill(daotp__radius_server *server, const char *host, uint16_t port,
                         daotp__bytes secret, daotp_radius_policy policy)
{
    server->port = port;
    server->dead_until_ms = DAOTP__ALWAYS;
    server->policy = policy;
    daotp__buffer_init_secret(&server->secret, DAOTP__MAX_RADIUS_SECRET);
    daotp__buffer_add(&server->secret, secret.data, secret.len);
    daotp__md5_key_set(&server->key, secret);
    server->host = daotp__text_copy(host);
    server->label = daotp__url_label(host, port);
    return server->host != NULL && server->label != NULL ? server->secret.failed : DAOTP_MEMORY;
}

static void warn(daotp_radius *radius, const daotp__radius_server *server)
{
    if (server->secret.len < SECRET_SHORT)
        (void)daotp__report_add(&radius->report, DAOTP_FINDING_RADIUS_SECRET_SHORT, 0,
                                server->label, "%zu octets", server->secret.len);
    if (server->policy == DAOTP_RADIUS_OPTIONAL || server->policy == DAOTP_RADIUS_AUTO)
        (void)daotp__report_add(&radius->report, DAOTP_FINDING_RADIUS_POLICY_WEAK, 0, server->label,
                                "policy %s",
                                server->policy == DAOTP_RADIUS_AUTO ? "auto" : "optional");
}

static bool is_host(const char *host)
{
    return host != NULL && *host != '\0' && strlen(host) <= DAOTP__MAX_TEXT &&
           daotp__utf8_printable(host, strlen(host));
}

/* Take over a server that was filled, or not. */
static daotp_status add(daotp_radius *radius, daotp__radius_server *server, daotp_status status)
{
    if (status == DAOTP_OK)
        radius->servers[radius->server_count++] = server;
    else
        daotp__radius_server_free(server);
    return daotp__report_status(&radius->report, status);
}

static daotp_status check_place(daotp_radius *radius, const char *host, uint16_t port)
{
    if (!is_host(host))
        return daotp__report_refuse(&radius->report, DAOTP_USAGE, "server", "no name or address");
    if (port == 0)
        return daotp__report_refuse(&radius->report, DAOTP_USAGE, "port", "0");
    if (radius->server_count == DAOTP__MAX_RADIUS_SERVERS)
        return daotp__report_refuse(&radius->report, DAOTP_USAGE, "server", DAOTP__ONE_TOO_MANY);
    return DAOTP_OK;
}

daotp_status daotp_radius_add_server(daotp_radius *radius, const char *host, uint16_t port,
                                     const void *secret, size_t secret_len,
                                     daotp_radius_policy policy)
{
    daotp__radius_server *server;
    daotp_status status;

    if (radius == NULL)
        return DAOTP_USAGE;
    daotp__report_clear(&radius->report);
    if (secret == NULL || secret_len == 0 || secret_len > DAOTP__MAX_RADIUS_SECRET)
        return daotp__report_refuse(&radius->report, DAOTP_USAGE, "secret", "of no usable length");
    if (policy < DAOTP_RADIUS_REQUIRE || policy > DAOTP_RADIUS_FIRST)
        return daotp__report_refuse(&radius->report, DAOTP_USAGE, "policy", "none there is");
    status = check_place(radius, host, port);
    if (status != DAOTP_OK)
        return status;
    server = daotp__new(sizeof *server);
    if (server == NULL)
        return daotp__report_status(&radius->report, DAOTP_MEMORY);
    server->radius = radius;
    status = fill(server, host, port, (daotp__bytes){secret, secret_len}, policy);
    if (status == DAOTP_OK)
        warn(radius, server);
    return add(radius, server, status);
}

daotp_status daotp_radius_add_radsec_server(daotp_radius *radius, const char *host, uint16_t port,
                                            daotp_trust *trust, daotp_credential *identity)
{
    static const daotp__bytes radsec = {(const uint8_t *)"radsec", 6}; /* RFC 6614 2.3 (5) */
    daotp__radius_server *server;
    daotp_status status;

    if (radius == NULL)
        return DAOTP_USAGE;
    daotp__report_clear(&radius->report);
    if (trust == NULL || identity == NULL)
        return daotp__report_refuse(&radius->report, DAOTP_USAGE,
                                    trust == NULL ? "trust" : "identity", "none");
    status = check_place(radius, host, port);
    if (status != DAOTP_OK)
        return status;
    server = daotp__new(sizeof *server);
    if (server == NULL)
        return daotp__report_status(&radius->report, DAOTP_MEMORY);
    server->radius = radius;
    status = fill(server, host, port, radsec, DAOTP_RADIUS_OPTIONAL);
    if (status == DAOTP_OK)
        status = daotp__tls_new(radius->context, trust, identity, &server->tls);
    if (status == DAOTP_OK)
        daotp__tls_set_judge(server->tls, daotp__tls_judge_for(DAOTP_RULES_PATH), server->host);
    return add(radius, server, status);
}

size_t daotp_radius_get_server_count(const daotp_radius *radius)
{
    return radius != NULL ? radius->server_count : 0;
}

const char *daotp_radius_get_server(const daotp_radius *radius, size_t index)
{
    return radius != NULL && index < radius->server_count ? radius->servers[index]->label : NULL;
}

bool daotp_radius_is_server_alive(const daotp_radius *radius, size_t index)
{
    return radius != NULL && index < radius->server_count &&
           daotp__radius_server_is_alive(radius->servers[index],
                                         daotp__context_now_ms(radius->context));
}

/* ---- health ---------------------------------------------------------------------------------- */

bool daotp__radius_server_is_alive(const daotp__radius_server *server, int64_t now_ms)
{
    return server->dead_until_ms <= now_ms;
}

void daotp__radius_server_note_reply(daotp__radius_server *server, int64_t now_ms)
{
    server->last_reply_ms = now_ms;
    server->has_replied = true;
    server->dead_until_ms = DAOTP__ALWAYS;
    server->dead_for_ms = 0;
}

/* Where it was it is not: next time the name is asked for anew, and its next address taken. */
static void turn_away(daotp__radius_server *server)
{
    if (server->tls != NULL || daotp__url_is_address(server->host))
        return; /* a stream tries each address itself */
    server->address++;
    daotp__resolver_free(server->resolver);
    server->resolver = NULL;
    for (size_t i = 0; i < server->socket_count; i++)
        server->sockets[i]->is_stale = true;
}

/* Silence is not death: it is dead when nothing at all came from it all that while. */
void daotp__radius_server_note_silence(daotp__radius_server *server, int64_t since_ms,
                                       int64_t now_ms)
{
    if (server->has_replied && server->last_reply_ms >= since_ms)
        return;
    if (!daotp__radius_server_is_alive(server, now_ms))
        return; /* it was known: those that waited at the same time are one try */
    server->dead_for_ms = server->dead_for_ms == 0 ? DEAD_FIRST_MS : 2 * server->dead_for_ms;
    if (server->dead_for_ms > DEAD_LONGEST_MS)
        server->dead_for_ms = DEAD_LONGEST_MS;
    server->dead_until_ms = daotp__time_add(now_ms, server->dead_for_ms);
    turn_away(server);
}

daotp__radius_policy daotp__radius_server_policy(const daotp__radius_server *server)
{
    if (server->policy != DAOTP_RADIUS_AUTO)
        return (daotp__radius_policy)server->policy;
    return server->has_signed ? DAOTP__RADIUS_REQUIRE : DAOTP__RADIUS_OPTIONAL;
}
