/* SPDX-License-Identifier: BSD-2-Clause */
/* A client as an object: made, set up, freed. The run is in pipeline.c. */
#include "client/client.h"

#include "ca/wstep.h"
#include "client/logon.h"
#include "core/alloc.h"
#include "core/sigpipe.h"
#include "store/store.h"

#include <string.h>

enum { MAX_LIFETIME_S = 4 * 3600 };

/* A ready descriptor of a submission needs no work here: the next step of the client steps it. */
static void on_submission_ready(void *user, int fd, uint32_t events)
{
    (void)user, (void)fd, (void)events;
}

daotp_status daotp_client_new(daotp_context *context, daotp_client **out)
{
    daotp_client *client;
    daotp_status status;

    if (out == NULL)
        return DAOTP_USAGE;
    *out = NULL;
    if (context == NULL)
        return DAOTP_USAGE;
    client = daotp__new(sizeof *client);
    if (client == NULL)
        return DAOTP_MEMORY;
    client->context = daotp__context_ref(context);
    daotp__report_init(&client->report, context);
    daotp__buffer_init(&client->template_oid, DAOTP__MAX_TEXT);
    daotp__buffer_init(&client->supplied_csr, DAOTP__MAX_CSR);
    daotp__buffer_init(&client->csr, DAOTP__MAX_CSR);
    daotp__buffer_init_secret(&client->otp, DAOTP__MAX_OTP);
    daotp__buffer_init_secret(&client->early.password, DAOTP__MAX_PASSWORD);
    daotp__otpce_response_init(&client->response);
    daotp__chain_init(&client->issued, DAOTP__MAX_CHAIN);
    daotp__chain_init(&client->probe_chain, DAOTP__MAX_CHAIN);
    daotp__chain_init(&client->ntauth, DAOTP__MAX_ANCHORS);
    client->key_kind = DAOTP_KEY_RSA_2048;
    client->timeout_ms = DAOTP__TOTAL_MS;
    client->connect_ms = DAOTP__CONNECT_MS;
    client->server_rules = DAOTP_RULES_PATH;
    client->server_revocation = DAOTP_REVOCATION_IGNORE;
    client->max_lifetime_s = MAX_LIFETIME_S;
    client->submission_fd = -1;
    status = daotp__refusals_new(&client->refusals);
    if (status == DAOTP_OK)
        status = daotp__loop_new(context, &client->loop);
    if (status != DAOTP_OK) {
        daotp_client_free(client);
        return status;
    }
    client->submission_slot = daotp__loop_join(client->loop, on_submission_ready, client);
    *out = client;
    return DAOTP_OK;
}

static void free_settings(daotp_client *client)
{
    for (size_t i = 0; i < client->server_count; i++)
        daotp__url_free(&client->servers[i]);
    daotp_credential_unref(client->identity);
    daotp_trust_unref(client->trust);
    daotp_trust_unref(client->issuer_trust);
    daotp__chain_free(&client->ntauth);
    daotp_fetcher_unref(client->fetcher);
    daotp_ca_unref(client->ca);
    daotp_store_unref(client->store);
    daotp__delete(client->label);
    daotp__buffer_free(&client->template_oid);
    daotp_key_unref(client->supplied_key);
    daotp__buffer_free(&client->supplied_csr);
    daotp__account_clear(&client->supplied_account);
    daotp__delete(client->proxy);
    daotp__delete(client->kdc);
    daotp__delete(client->realm);
    daotp__delete(client->kdc_anchors);
    daotp__delete(client->pending_config);
    daotp__delete(client->pending_id);
}

void daotp_client_free(daotp_client *client)
{
    daotp_context *context;
    daotp__sigpipe hold;

    if (client == NULL)
        return;
    context = client->context;
    daotp__sigpipe_hold(&hold);
    daotp__client_drop_enrolment(client);
    daotp__client_drop_connection(client);
    daotp__client_drop_early(client);
    daotp__sigpipe_release(&hold);
    free_settings(client);
    daotp__delete(client->user_name);
    daotp__account_clear(&client->account);
    daotp_key_unref(client->key);
    daotp__buffer_free(&client->csr);
    daotp__chain_free(&client->probe_chain);
    daotp__loop_free(client->loop);
    daotp__refusals_free(client->refusals);
    daotp__report_end(&client->report);
    daotp__delete(client);
    daotp_context_unref(context);
}

daotp_report *daotp_client_get_report(daotp_client *client)
{
    return client != NULL ? &client->report : NULL;
}

daotp_ca_authentication daotp_client_get_ca_authentication(const daotp_client *client)
{
    if (client == NULL || client->state < DAOTP__CLIENT_PREPARED || client->ca == NULL)
        return 0;
    return daotp__wstep_method(client->ca, client->has_ticket);
}

/* ---- parts that are dropped ------------------------------------------------------------------ */

void daotp__client_keep_probe_chain(daotp_client *client)
{
    daotp_status status = DAOTP_OK;
    const daotp__chain *sent;

    if (!client->is_probe || client->http == NULL || client->probe_chain.count > 0)
        return;
    sent = daotp__tls_server_chain(daotp__https_exchange_tls(client->http));
    for (size_t i = 0; i < sent->count && status == DAOTP_OK; i++)
        status = daotp__chain_add(&client->probe_chain, sent->list[i], "", NULL);
    if (status != DAOTP_OK) /* out of memory: without its leaf a chain is that of another server */
        daotp__chain_truncate(&client->probe_chain, 0);
}

void daotp__client_drop_connection(daotp_client *client)
{
    daotp__client_keep_probe_chain(client);
    daotp__https_exchange_free(client->http);
    client->http = NULL;
    client->request_begun = client->is_server_checked = client->is_handshake_noted = false;
    client->preflight = DAOTP__PREFLIGHT_HEAD;
}

void daotp__client_drop_early(daotp_client *client)
{
    daotp__domain_credential_clear(&client->early);
    daotp__account_clear(&client->found);
    client->asked_account = client->asked_early = DAOTP__NOT_ASKED;
}

void daotp__client_drop_submission(daotp_client *client)
{
    if (client->submission_fd >= 0)
        (void)daotp__loop_watch(client->loop, client->submission_slot, client->submission_fd, 0);
    client->submission_fd = -1;
    daotp__submission_free(client->submission);
    client->submission = NULL;
}

/* The code is kept until the run ends, because a peer may echo it: then the report can redact it.
 */
void daotp__client_drop_code(daotp_client *client)
{
    daotp__report_redact(&client->report, DAOTP__SECRET_CODE, (daotp__bytes){NULL, 0});
    daotp__buffer_free(&client->otp);
}

void daotp__client_drop_verifier(daotp_client *client)
{
    if (client->verifier == NULL)
        return;
    (void)daotp__loop_watch(client->loop, client->submission_slot,
                            daotp_verifier_get_fd(client->verifier), 0);
    daotp_verifier_free(client->verifier);
    client->verifier = NULL;
}

void daotp__client_drop_enrolment(daotp_client *client)
{
    daotp__client_drop_submission(client);
    daotp__client_drop_verifier(client);
    daotp__client_drop_code(client);
    daotp__otpce_response_free(&client->response);
    daotp__chain_free(&client->issued);
    daotp_credential_unref(client->credential);
    client->credential = NULL;
    daotp__logon_free(client->logon);
    client->logon = NULL;
    client->issuing_ca = 0;
    daotp__delete(client->resumed_id);
    client->resumed_id = NULL;
    client->otp_sent = client->request_begun = false;
}
