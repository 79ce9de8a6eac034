/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/probe.h"

#include "client/client.h"
#include "validate/tls_verify.h"

size_t daotp__client_server_count(const daotp_client *client)
{
    return client->server_count;
}

const char *daotp__client_server_url(const daotp_client *client, size_t server)
{
    return client->servers[server].text;
}

void daotp__client_set_probe(daotp_client *client, size_t server, bool of_tls)
{
    client->is_probe = true;
    client->is_tls_probe = of_tls;
    client->probed_server = server;
    daotp__chain_truncate(&client->probe_chain, 0);
}

void daotp__client_end_probe(daotp_client *client)
{
    client->is_probe = client->is_tls_probe = false;
}

size_t daotp__client_first_server(const daotp_client *client)
{
    return client->is_probe ? client->probed_server : 0;
}

void daotp__client_stop(daotp_client *client)
{
    daotp__loop_end(client->loop);
    daotp__client_drop_enrolment(client);
    daotp__client_drop_connection(client);
    daotp__client_drop_early(client);
    client->state = DAOTP__CLIENT_IDLE;
}

bool daotp__client_server_ahead(const daotp_client *client, int64_t *seconds)
{
    *seconds = client->server_ahead_s;
    return client->has_server_time;
}

const daotp__chain *daotp__client_probe_chain(const daotp_client *client)
{
    return &client->probe_chain;
}

const daotp__chain *daotp__client_identity_chain(const daotp_client *client)
{
    return client->identity != NULL ? daotp__credential_chain(client->identity) : NULL;
}

daotp_trust *daotp__client_trust(const daotp_client *client)
{
    return client->trust;
}

daotp_fetcher *daotp__client_fetcher(const daotp_client *client)
{
    return client->fetcher;
}

daotp_revocation daotp__client_server_revocation(const daotp_client *client)
{
    return client->server_revocation;
}

daotp_rules daotp__client_server_rules(const daotp_client *client)
{
    return client->server_rules;
}

daotp_ca *daotp__client_ca(const daotp_client *client)
{
    return client->ca;
}

daotp__peer daotp__client_peer(const daotp_client *client)
{
    return (daotp__peer){.trust = client->trust,
                         .identity = client->identity,
                         .proxy = client->proxy,
                         .proxy_from_environment = client->proxy_from_environment,
                         .tls12_only = client->tls12_only,
                         .verify = daotp__tls_verify_by(client->server_rules),
                         .connect_ms = client->connect_ms};
}
