/* SPDX-License-Identifier: BSD-2-Clause */
#include "radius/server.h"

#include "core/alloc.h"
#include "validate/tls_verify.h"

enum {
    DEAD_FIRST_MS = 30 * 1000, /* then doubled, up to */
    DEAD_LONGEST_MS = 300 * 1000
};

void daotp__radius_server_free(daotp__radius_server *server)
{
    if (server == NULL)
        return;
    daotp__radius_endpoint_end(&server->endpoint);
    daotp__buffer_free(&server->secret);
    daotp__secret_delete(server);
}

daotp_status daotp__radius_server_new(daotp__radius_wire *wire, const char *host, uint16_t port,
                                      daotp__bytes secret, daotp_radius_policy policy,
                                      daotp__radius_server **server)
{
    daotp__radius_server *made = daotp__secret_new(sizeof *made);
    daotp_status status;

    *server = NULL;
    if (made == NULL)
        return DAOTP_MEMORY;
    made->dead_until_ms = DAOTP__ALWAYS;
    made->policy = policy;
    daotp__buffer_init_secret(&made->secret, DAOTP__MAX_RADIUS_SECRET);
    daotp__buffer_add(&made->secret, secret.data, secret.len);
    daotp__md5_key_set(&made->key, secret);
    status = daotp__radius_endpoint_init(&made->endpoint, wire, host, port);
    if (status == DAOTP_OK)
        status = made->secret.failed;
    if (status == DAOTP_OK)
        *server = made;
    else
        daotp__radius_server_free(made);
    return status;
}

void daotp__radius_server_set_rules(daotp__radius_server *server, daotp_rules rules)
{
    daotp__radius_endpoint *endpoint = &server->endpoint;

    if (endpoint->tls != NULL)
        daotp__tls_set_verify(endpoint->tls, daotp__tls_verify_by(rules), endpoint->host);
}

daotp_status daotp__radius_server_new_radsec(daotp__radius_wire *wire, const char *host,
                                             uint16_t port, daotp_trust *trust,
                                             daotp_credential *identity, daotp_rules rules,
                                             daotp__radius_server **server)
{
    static const daotp__bytes radsec = {(const uint8_t *)"radsec", 6};
    daotp_status status =
        daotp__radius_server_new(wire, host, port, radsec, DAOTP_RADIUS_POLICY_OPTIONAL, server);
    daotp__radius_endpoint *endpoint;

    if (status != DAOTP_OK)
        return status;
    endpoint = &(*server)->endpoint;
    status = daotp__tls_new(wire->context, trust, identity, &endpoint->tls);
    if (status == DAOTP_OK) {
        daotp__radius_server_set_rules(*server, rules);
        return DAOTP_OK;
    }
    daotp__radius_server_free(*server);
    *server = NULL;
    return status;
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

/* One lost reply does not mean that a server is down: it counts as down when nothing was received
 * from it during the whole interval. */
void daotp__radius_server_note_silence(daotp__radius_server *server, int64_t since_ms,
                                       int64_t now_ms)
{
    if (server->has_replied && server->last_reply_ms >= since_ms)
        return;
    if (!daotp__radius_server_is_alive(server, now_ms))
        return; /* it was known already: exchanges that waited at the same time count once */
    server->dead_for_ms = server->dead_for_ms == 0 ? DEAD_FIRST_MS : 2 * server->dead_for_ms;
    if (server->dead_for_ms > DEAD_LONGEST_MS)
        server->dead_for_ms = DEAD_LONGEST_MS;
    server->dead_until_ms = daotp__time_add(now_ms, server->dead_for_ms);
    daotp__radius_endpoint_turn_away(&server->endpoint);
}

daotp__radius_policy daotp__radius_server_policy(const daotp__radius_server *server)
{
    if (server->policy != DAOTP_RADIUS_POLICY_AUTO)
        return (daotp__radius_policy)server->policy;
    return server->has_signed ? DAOTP__RADIUS_REQUIRE : DAOTP__RADIUS_OPTIONAL;
}
