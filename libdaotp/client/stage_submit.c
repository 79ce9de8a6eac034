/* SPDX-License-Identifier: BSD-2-Clause */
/* The stage submit: submit the signed request to the CAs that the server named, in that order. */
#include "client/client.h"

daotp__submission_spec daotp__client_submission_spec(daotp_client *client)
{
    return (daotp__submission_spec){.context = client->context,
                                    .trust = client->trust,
                                    .proxy = client->proxy,
                                    .proxy_from_environment = client->proxy_from_environment,
                                    .tls12_only = client->tls12_only,
                                    .server_rules = client->server_rules,
                                    .connect_ms = client->connect_ms,
                                    .ask = client->ask,
                                    .ask_user = client->ask_user,
                                    .can_wait = !client->is_blocking,
                                    .early = &client->early,
                                    .user = client->user_name,
                                    .has_ticket = client->has_ticket,
                                    .refusals = client->refusals,
                                    .report = &client->report};
}

static daotp_status stage_submit_begin(daotp_client *client)
{
    daotp__submission_spec spec = daotp__client_submission_spec(client);
    daotp_status status;

    spec.request = daotp__buffer_bytes(&client->response.cmc);
    spec.resumed_id = client->resumed_id;
    spec.config = client->response.issuing_cas[client->issuing_ca];
    spec.spki = daotp__key_spki(client->key);
    status = daotp__submission_new(client->ca, &spec, &client->submission);
    return status;
}

/* There is no submission while it waits for the application. */
static daotp_status watch_submission(daotp_client *client)
{
    if (client->submission_fd >= 0)
        return DAOTP_OK;
    client->submission_fd = daotp__submission_fd(client->submission);
    if (client->submission_fd >= 0 &&
        !daotp__loop_watch(client->loop, client->submission_slot, client->submission_fd, EPOLLIN))
        return DAOTP_INTERNAL;
    return DAOTP_OK;
}

static daotp_status stage_submit_step(daotp_client *client)
{
    daotp_status status = DAOTP_OK;
    int timeout_ms;

    if (client->submission == NULL)
        status = stage_submit_begin(client);
    if (status == DAOTP_OK)
        status = daotp__submission_step(client->submission);
    if (status == DAOTP_AGAIN && watch_submission(client) != DAOTP_OK)
        return DAOTP_INTERNAL;
    if (status == DAOTP_AGAIN) {
        timeout_ms = daotp__submission_timeout_ms(client->submission);
        if (timeout_ms >= 0)
            daotp__loop_wake_in(client->loop, timeout_ms);
    }
    return status;
}

/* Whether to try the next CA: yes if this one refused, did not answer, or is not allowed. No if a
 * request is pending or may have been executed, because a second one could make two certificates.
 * No if the user's credential was refused: it is the same for every CA, and repeated refusals lock
 * the account. */
static bool can_try_next_ca(const daotp_client *client, size_t findings, daotp_status status)
{
    const daotp_finding *verdict = daotp__report_verdict(&client->report, findings, status);
    daotp_finding_number number = daotp_finding_get_number(verdict);
    bool pending = client->submission != NULL &&
                   daotp__submission_outcome(client->submission) == DAOTP__OUTCOME_PENDING;

    return client->issuing_ca + 1 < client->response.issuing_ca_count && !pending &&
           status != DAOTP_CANCELLED && status != DAOTP_MEMORY && status != DAOTP_CONFIGURATION &&
           status != DAOTP_UNDECIDED && status != DAOTP_INTERNAL &&
           number != DAOTP_FINDING_CA_CREDENTIAL && number != DAOTP_FINDING_DOMAIN_REPEATED;
}

daotp_status daotp__client_stage_submit(daotp_client *client)
{
    size_t findings;
    daotp_status status;

    for (;;) {
        findings = client->report.count;
        status = stage_submit_step(client);
        if (status == DAOTP_OK || status == DAOTP_AGAIN ||
            !can_try_next_ca(client, findings, status))
            break;
        daotp__report_downgrade_errors(&client->report, findings);
        daotp__client_drop_submission(client);
        client->issuing_ca++;
    }
    if (status != DAOTP_OK)
        return status;
    client->issued = *daotp__submission_chain(client->submission);
    daotp__chain_init(daotp__submission_chain(client->submission), DAOTP__MAX_CHAIN);
    daotp__client_drop_submission(client);
    return DAOTP_OK;
}

daotp_status daotp__client_submit_timed_out(daotp_client *client)
{
    const char *config = client->response.issuing_cas[client->issuing_ca];
    size_t unread = client->submission != NULL ? daotp__submission_unread(client->submission) : 0;

    if (unread > 0)
        return daotp__report_add(&client->report, DAOTP_FINDING_CA_RESPONSE, 0, config,
                                 "%zu bytes that are no certificate", unread);
    return daotp__report_add(&client->report,
                             client->submission_fd >= 0 ? DAOTP_FINDING_CA_TIMEOUT
                                                        : DAOTP_FINDING_CA_WAITING_FILE,
                             0, config, "no answer within %lld ms", (long long)client->part_ms);
}
