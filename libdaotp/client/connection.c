/* SPDX-License-Identifier: BSD-2-Clause */
/* The connection to the OTP server, which will carry the code, and the check of its certificate. */
#include "client/client.h"
#include "client/probe.h"
#include "net/proxy.h"

static daotp_status open_connection(daotp_client *client)
{
    daotp__peer peer = daotp__client_peer(client);
    daotp_status status;

    if (client->http != NULL)
        return DAOTP_OK;
    peer.url = &client->servers[client->server];
    status = daotp__proxy_check(&peer, &client->report);
    if (status != DAOTP_OK)
        return status;
    client->late_at_open_ms = daotp__loop_late_ms(client->loop);
    client->connect_deadline_ms = daotp__loop_in_ms(client->loop, client->connect_ms);
    return daotp__https_exchange_new(client->loop, &peer, &client->http);
}

daotp_status daotp__client_pass_phase(daotp_client *client, daotp__phase phase)
{
    daotp_status status = open_connection(client);

    if (status == DAOTP_OK && daotp__https_exchange_phase(client->http) <= phase)
        status = daotp__https_exchange_open(client->http, &client->report);
    if (status == DAOTP_AGAIN && daotp__https_exchange_phase(client->http) > phase)
        return DAOTP_OK;
    return status;
}

/* ---- the server ------------------------------------------------------------------------------ */

/* A request for the server's key, or for that of a CA above it, must not be certified for a user:
 * its owner could impersonate the server. */
static daotp_status refuse_shared_key(daotp_client *client)
{
    const daotp__chain *chain = daotp__tls_server_chain(daotp__https_exchange_tls(client->http));
    daotp__bytes spki = daotp__key_spki(client->key);
    daotp__certificate certificate;

    for (size_t i = 0; i < chain->count; i++)
        if (daotp__certificate_read(chain->list[i], &certificate) &&
            daotp__bytes_equal(certificate.spki, spki))
            return daotp__report_add(&client->report, DAOTP_FINDING_TLS_KEY_SHARED, 0,
                                     daotp__https_exchange_peer(client->http), "certificate %zu",
                                     i);
    return DAOTP_OK;
}

daotp_status daotp__client_secure_connection(daotp_client *client)
{
    daotp_status status = daotp__client_pass_phase(client, DAOTP__PHASE_TLS);

    if (status == DAOTP_OK && !client->is_tls_probe) /* which has no request */
        status = refuse_shared_key(client);
    if (status == DAOTP_OK)
        daotp__client_keep_probe_chain(client);
    return status == DAOTP_OK ? daotp__client_check_server(client) : status;
}

void daotp__client_note_handshake(daotp_client *client)
{
    if (!client->is_handshake_noted)
        daotp__tls_report_identity(daotp__https_exchange_tls(client->http),
                                   daotp__https_exchange_peer(client->http), &client->report);
    client->is_handshake_noted = true;
}

bool daotp__client_is_preflight_done(const daotp_client *client)
{
    return client->preflight == DAOTP__PREFLIGHT_OVER ||
           (client->no_preflight && !client->is_probe) || client->server_closes;
}

bool daotp__client_has_connection(daotp_client *client)
{
    return client->http != NULL && daotp__client_is_preflight_done(client) &&
           daotp__https_exchange_idle_ms(client->http) <= DAOTP__IDLE_MS &&
           daotp__https_exchange_is_usable(client->http);
}
