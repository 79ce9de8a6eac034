/* SPDX-License-Identifier: BSD-2-Clause */
/* resolve, connect, tls: the connection that will carry the code, as far as a HEAD over it, so
 * that a certificate request after the request line happens before the code exists. */
#include "client/client.h"
#include "core/utf8.h"
#include "net/proxy.h"
#include "validate/tls_judge.h"

#include <string.h>

static daotp_status open_connection(daotp_client *client)
{
    daotp__peer peer = {.url = &client->servers[client->server],
                        .trust = client->trust,
                        .identity = client->identity,
                        .proxy = client->proxy,
                        .proxy_from_environment = client->proxy_from_environment,
                        .tls12_only = client->tls12_only,
                        .judge = daotp__tls_judge_for(client->server_rules),
                        .connect_ms = client->connect_ms};
    daotp_status status;

    if (client->http != NULL)
        return DAOTP_OK;
    status = daotp__proxy_check(&peer, &client->report);
    if (status != DAOTP_OK)
        return status;
    client->connect_deadline_ms = daotp__loop_in_ms(client->loop, client->connect_ms);
    return daotp__http_new(client->loop, &peer, &client->http);
}

/* Step the connection until it is past a phase. */
static daotp_status stage_connection_pass(daotp_client *client, daotp__phase phase)
{
    daotp_status status = open_connection(client);

    if (status == DAOTP_OK && daotp__http_phase(client->http) <= phase)
        status = daotp__http_open(client->http, &client->report);
    if (status == DAOTP_AGAIN && daotp__http_phase(client->http) > phase)
        return DAOTP_OK;
    return status;
}

daotp_status daotp__client_stage_resolve(daotp_client *client)
{
    return stage_connection_pass(client, DAOTP__PHASE_NAMES);
}

daotp_status daotp__client_stage_connect(daotp_client *client)
{
    return stage_connection_pass(client, DAOTP__PHASE_TCP);
}

/* ---- preflight ------------------------------------------------------------------------------- */

/* What became of the client certificate in the handshake. */
const char *daotp__client_certificate_sent(const daotp_client *client)
{
    const daotp__tls *tls = daotp__http_tls(client->http);

    if (daotp__tls_has_sent(tls))
        return "sent";
    return daotp__tls_was_asked(tls) ? "asked for, none sent" : "not asked for";
}

daotp_status daotp__client_forbidden(daotp_client *client)
{
    const daotp__tls *tls = daotp__http_tls(client->http);
    const char *peer = daotp__http_peer(client->http);
    unsigned http = daotp__http_status(client->http);
    daotp_finding_number number = DAOTP_FINDING_HTTP_FORBIDDEN;

    daotp__tls_judge_identity(tls, peer, &client->report);
    if (daotp__tls_has_sent(tls))
        number = DAOTP_FINDING_TLS_CLIENT_CERT_REFUSED;
    else if (daotp__tls_was_asked(tls))
        number = DAOTP_FINDING_TLS_CLIENT_CERT_MISSING;
    return daotp__report_add(&client->report, number, http, peer, "HTTP %u, client certificate %s",
                             http, daotp__client_certificate_sent(client));
}

/* nginx answers 400 and closes, when it wants a certificate and gets none, or does not trust it. */
static bool is_nginx_refusal(const daotp_client *client)
{
    const char *connection = daotp__http_header(client->http, "Connection");

    return daotp__http_status(client->http) == 400 && connection != NULL &&
           daotp__text_equal_nocase(connection, "close") &&
           daotp__tls_was_asked(daotp__http_tls(client->http));
}

/* To a HEAD there is no more to see than that; a page that comes with it says what it is about. */
bool daotp__client_is_certificate_refusal(const daotp_client *client)
{
    static const char word[] = "certificate";
    daotp__bytes page = daotp__http_body(client->http);

    if (daotp__http_status(client->http) == 403)
        return true;
    return is_nginx_refusal(client) &&
           (page.len == 0 || memmem(page.data, page.len, word, sizeof word - 1) != NULL);
}

/* What a HEAD can tell. Servers without a HEAD of their own answer 405 or 501, which is fine. */
static daotp_status judge_head(daotp_client *client)
{
    const char *peer = daotp__http_peer(client->http);
    unsigned http = daotp__http_status(client->http);
    const daotp__tls *tls = daotp__http_tls(client->http);

    if (daotp__client_is_certificate_refusal(client))
        return daotp__client_forbidden(client);
    if (http == 404)
        return daotp__report_add(&client->report, DAOTP_FINDING_HTTP_NOT_FOUND, http, peer,
                                 "HTTP 404");
    if (http == 500 && daotp__tls_is_13(tls) && !daotp__tls_was_asked(tls))
        return daotp__report_add(&client->report, DAOTP_FINDING_TLS_LATE_UNSUPPORTED, http, peer,
                                 "HTTP 500 over TLS 1.3, no certificate asked for");
    if (http == 401 || (http >= 500 && http != 501))
        return daotp__report_add(&client->report, DAOTP_FINDING_HTTP_STATUS, http, peer, "HTTP %u",
                                 http);
    return DAOTP_OK;
}

static daotp_status send_head(daotp_client *client)
{
    static const daotp__bytes nothing = {NULL, 0};
    daotp_status status = DAOTP_OK;

    if (!client->request_begun)
        status = daotp__http_begin(client->http, "HEAD", DAOTP__OTPCE_HEADER ": 1.0\r\n", nothing,
                                   DAOTP__MAX_OTP_MESSAGE);
    client->request_begun = status == DAOTP_OK;
    if (status == DAOTP_OK)
        status = daotp__http_step(client->http, &client->report);
    if (status != DAOTP_AGAIN)
        client->request_begun = false;
    return status;
}

/* A server that takes the connection and then says nothing must leave time for the next one. */
static daotp_status wait_for_head(daotp_client *client)
{
    int64_t left = daotp__time_sub(client->connect_deadline_ms, daotp__loop_now_ms(client->loop));

    if (left <= 0)
        return daotp__report_add(&client->report, DAOTP_FINDING_TLS_TIMEOUT, 0,
                                 daotp__http_peer(client->http), "no answer to HEAD");
    daotp__loop_wake_in(client->loop, left);
    return DAOTP_AGAIN;
}

/* Who has the server's key could be the server, or its CA: nobody certifies that for a user. */
static daotp_status stage_connection_check_key_owner(daotp_client *client)
{
    const daotp__chain *chain = daotp__tls_server_chain(daotp__http_tls(client->http));
    daotp__bytes spki = daotp__key_spki(client->key);
    daotp__certificate certificate;

    for (size_t i = 0; i < chain->count; i++)
        if (daotp__certificate_read(chain->list[i], &certificate) &&
            daotp__bytes_equal(certificate.spki, spki))
            return daotp__report_add(&client->report, DAOTP_FINDING_TLS_KEY_SHARED, 0,
                                     daotp__http_peer(client->http), "certificate %zu", i);
    return DAOTP_OK;
}

static daotp_status run_preflight(daotp_client *client)
{
    daotp_status status = send_head(client);

    if (status == DAOTP_AGAIN)
        return wait_for_head(client);
    if (status == DAOTP_OK)
        status = judge_head(client);
    if (status != DAOTP_OK)
        return status;
    client->is_preflight_done = true;
    client->server_closes = !daotp__http_is_usable(client->http);
    daotp__tls_judge_identity(daotp__http_tls(client->http), daotp__http_peer(client->http),
                              &client->report);
    return DAOTP_OK;
}

daotp_status daotp__client_stage_tls(daotp_client *client)
{
    daotp_status status = stage_connection_pass(client, DAOTP__PHASE_TLS);

    if (status == DAOTP_OK)
        status = stage_connection_check_key_owner(client);
    if (status != DAOTP_OK || client->no_preflight || client->server_closes ||
        client->is_preflight_done)
        return status;
    return run_preflight(client);
}

bool daotp__client_has_connection(daotp_client *client)
{
    return client->http != NULL &&
           (client->is_preflight_done || client->no_preflight || client->server_closes) &&
           daotp__http_idle_ms(client->http) <= DAOTP__IDLE_MS &&
           daotp__http_is_usable(client->http);
}
