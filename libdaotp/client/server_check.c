/* SPDX-License-Identifier: BSD-2-Clause */
/* Revocation of the OTP server's TLS certificate, after the handshake and before the first request.
 * Fetching takes time, so this cannot be part of the handshake, in which path, names and purpose
 * are validated. */
#include "client/client.h"
#include "net/url.h"
#include "validate/verifier.h"

static daotp_status add_server_chain(daotp_client *client)
{
    const daotp__chain *sent = daotp__tls_server_chain(daotp__https_exchange_tls(client->http));
    const daotp__url *url = &client->servers[client->server];
    daotp_name_kind kind = daotp__url_is_address(url->host) ? DAOTP_NAME_IP : DAOTP_NAME_DNS;
    daotp_status status =
        daotp_verifier_set_purpose(client->verifier, daotp__oid_dotted(DAOTP__OID_SERVER_AUTH));

    if (status == DAOTP_OK)
        status = daotp_verifier_add_name(client->verifier, kind, url->host);
    for (size_t i = 1; i < sent->count && status == DAOTP_OK; i++)
        status = daotp_verifier_add_intermediates(client->verifier, sent->list[i].data,
                                                  sent->list[i].len);
    if (status == DAOTP_OK)
        status = daotp_verifier_begin(client->verifier, sent->list[0].data, sent->list[0].len);
    return status;
}

static daotp_status server_check_begin(daotp_client *client)
{
    daotp_status status = daotp_verifier_new(client->context, client->trust, &client->verifier);

    if (status != DAOTP_OK)
        return status;
    daotp__verifier_set_inner(client->verifier);
    (void)daotp_verifier_set_rules(client->verifier, client->server_rules); /* none can fail */
    (void)daotp_verifier_set_revocation(client->verifier, client->server_revocation);
    (void)daotp_verifier_set_fetcher(client->verifier, client->fetcher);
    status = add_server_chain(client);
    if (status == DAOTP_OK && !daotp__loop_watch(client->loop, client->submission_slot,
                                                 daotp_verifier_get_fd(client->verifier), EPOLLIN))
        status = DAOTP_INTERNAL;
    return status;
}

/* The verifier's findings are kept, and the first becomes the cause. */
static daotp_status explain_server_check(daotp_client *client, daotp_status status)
{
    daotp_report *report = daotp_verifier_get_report(client->verifier);
    daotp_finding_number number = DAOTP_FINDING_TLS_SERVER_REVOCATION;
    size_t findings = client->report.count;

    if (status == DAOTP_MEMORY || status == DAOTP_CANCELLED || status == DAOTP_INTERNAL)
        return status;
    daotp__report_merge(&client->report, report);
    if (status == DAOTP_OK)
        return status;
    if (status == DAOTP_REJECTED)
        number = DAOTP_FINDING_TLS_SERVER_UNTRUSTED;
    if (daotp_finding_get_number(daotp_report_get_error(report)) == DAOTP_FINDING_REVOKED)
        number = DAOTP_FINDING_TLS_SERVER_REVOKED;
    return daotp__report_conclude(&client->report, findings, number,
                                  daotp__https_exchange_peer(client->http), "%s",
                                  daotp_finding_get_id(daotp_report_get_error(report)));
}

static bool is_noted(const daotp_report *report)
{
    for (size_t i = 0; i < report->count; i++)
        if (report->findings[i].number == DAOTP_FINDING_TLS_SERVER_REVOCATION_SKIPPED)
            return true;
    return false;
}

/* Once for a client, also if it opens several connections. */
static daotp_status note_unchecked(daotp_client *client)
{
    client->is_server_checked = true;
    if (is_noted(&client->report))
        return DAOTP_OK;
    (void)daotp__report_add(&client->report, DAOTP_FINDING_TLS_SERVER_REVOCATION_SKIPPED, 0,
                            daotp__https_exchange_peer(client->http),
                            "not checked: it was not asked for");
    return DAOTP_OK;
}

daotp_status daotp__client_check_server(daotp_client *client)
{
    daotp_status status = DAOTP_OK;

    if (client->is_server_checked)
        return DAOTP_OK;
    if (client->server_revocation == DAOTP_REVOCATION_IGNORE)
        return note_unchecked(client);
    if (client->verifier == NULL)
        status = server_check_begin(client);
    if (status == DAOTP_OK)
        status = daotp__client_step_verifier(client);
    if (status == DAOTP_AGAIN)
        return status;
    if (client->verifier != NULL)
        status = explain_server_check(client, status);
    daotp__client_drop_verifier(client);
    client->is_server_checked = status == DAOTP_OK;
    /* the time-out of the first request begins after this */
    client->connect_deadline_ms = daotp__loop_in_ms(client->loop, client->connect_ms);
    return status;
}
