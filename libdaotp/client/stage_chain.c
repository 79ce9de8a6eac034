/* SPDX-License-Identifier: BSD-2-Clause */
/* The stages chain and revocation: validation of the issued certificate, and of the signing
 * certificate. */
#include "client/client.h"

#include "request/cmc.h"
#include "validate/verifier.h"

/* The certificate of the credential, and what came with it; nothing past the end. */
static daotp__bytes issued_certificate(const daotp_client *client, size_t index)
{
    daotp__bytes der = {NULL, 0};

    if (client->credential != NULL)
        der.data = daotp_credential_get_certificate(client->credential, index, &der.len);
    return der;
}

static daotp_status add_helpers_of(daotp_verifier *verifier, const daotp__chain *chain, size_t from)
{
    daotp_status status = DAOTP_OK;

    for (size_t i = from; chain != NULL && i < chain->count && status == DAOTP_OK; i++)
        status =
            daotp_verifier_add_intermediates(verifier, chain->list[i].data, chain->list[i].len);
    return status;
}

/* Every certificate received in this run may be used for the signer's path. */
static daotp_status add_what_is_at_hand(daotp_client *client)
{
    daotp_status status = DAOTP_OK;

    if (client->http != NULL)
        status = add_helpers_of(
            client->verifier, daotp__tls_server_chain(daotp__https_exchange_tls(client->http)), 1);
    if (status == DAOTP_OK && client->identity != NULL)
        status = add_helpers_of(client->verifier, daotp__credential_chain(client->identity), 1);
    return status;
}

static daotp_status add_ntauth(daotp_client *client)
{
    daotp_status status = DAOTP_OK;

    for (size_t i = 0; i < client->ntauth.count && status == DAOTP_OK; i++)
        status = daotp_verifier_add_ntauth(client->verifier, client->ntauth.list[i].data,
                                           client->ntauth.list[i].len);
    return status;
}

/* Rules: RFC 5280 6, which the KDC will apply too, and not the profile of sections 4 and 5. */
static daotp_status client_verifier_begin(daotp_client *client, daotp__bytes der, daotp_role role,
                                          daotp_revocation revocation)
{
    daotp_status status =
        daotp_verifier_new(client->context, client->issuer_trust, &client->verifier);

    if (status != DAOTP_OK)
        return status;
    daotp__verifier_set_inner(client->verifier);
    (void)daotp_verifier_set_rules(client->verifier, DAOTP_RULES_PATH); /* these cannot fail here */
    (void)daotp_verifier_set_revocation(client->verifier, revocation);
    (void)daotp_verifier_set_fetcher(client->verifier, client->fetcher);
    (void)daotp_verifier_set_role(client->verifier, role);
    for (size_t i = 1; status == DAOTP_OK; i++) {
        daotp__bytes other = issued_certificate(client, i);

        if (other.data == NULL)
            break;
        status = daotp_verifier_add_intermediates(client->verifier, other.data, other.len);
    }
    if (status == DAOTP_OK && role == DAOTP_ROLE_RA)
        status = add_what_is_at_hand(client);
    if (status == DAOTP_OK && role == DAOTP_ROLE_OTP_LOGON)
        status = add_ntauth(client);
    if (status == DAOTP_OK)
        status = daotp_verifier_begin(client->verifier, der.data, der.len);
    if (status == DAOTP_OK && !daotp__loop_watch(client->loop, client->submission_slot,
                                                 daotp_verifier_get_fd(client->verifier), EPOLLIN))
        status = DAOTP_INTERNAL;
    return status;
}

daotp_status daotp__client_step_verifier(daotp_client *client)
{
    daotp_status status = daotp_verifier_step(client->verifier);
    int timeout_ms = daotp_verifier_get_timeout_ms(client->verifier);

    if (status == DAOTP_AGAIN && timeout_ms >= 0)
        daotp__loop_wake_in(client->loop, timeout_ms);
    return status;
}

/* ---- the signer of the returned request ------------------------------------------------------ */

static daotp_status explain_signer(daotp_client *client, daotp_status status)
{
    daotp_report *report = daotp_verifier_get_report(client->verifier);
    size_t findings = client->report.count;

    if (status == DAOTP_OK || status == DAOTP_MEMORY)
        return status;
    daotp__report_merge(&client->report, report);
    return daotp__report_conclude(&client->report, findings, DAOTP_FINDING_RA_CHAIN,
                                  "signing certificate", "%s",
                                  daotp_finding_get_id(daotp_report_get_error(report)));
}

/* Its revocation is not checked here, because the CA checks it. */
daotp_status daotp__client_verify_signer(daotp_client *client)
{
    daotp__bytes signer = daotp__cmc_signer(daotp__buffer_bytes(&client->response.cmc));
    daotp_status status = DAOTP_OK;

    if (client->issuer_trust == NULL || signer.len == 0)
        return DAOTP_OK;
    if (client->verifier == NULL)
        status = client_verifier_begin(client, signer, DAOTP_ROLE_RA, DAOTP_REVOCATION_IGNORE);
    if (status == DAOTP_OK)
        status = daotp__client_step_verifier(client);
    if (status == DAOTP_AGAIN)
        return status;
    if (client->verifier != NULL)
        status = explain_signer(client, status);
    daotp__client_drop_verifier(client);
    return status;
}

/* ---- the issued certificate ------------------------------------------------------------------ */

static daotp_status skip_validation(daotp_client *client, daotp_finding_number number)
{
    client->skipped = true;
    return daotp__report_add(&client->report, number, 0, "issued certificate", "no anchors set");
}

/* Who shows the certificate at a logon needs its issuers too, and a CA may send the certificate
 * alone: the intermediates of the path that was found go with it then. Not the anchor: the KDC has
 * its own. */
static daotp_status complete_credential(daotp_client *client)
{
    size_t count = daotp_verifier_get_chain_count(client->verifier);
    daotp_credential *complete = NULL;
    daotp_status status = DAOTP_OK;
    daotp__chain chain;

    if (daotp_credential_get_count(client->credential) > 1 || count <= 2)
        return DAOTP_OK;
    daotp__chain_init(&chain, count);
    for (size_t i = 0; i + 1 < count && status == DAOTP_OK; i++) {
        daotp__bytes der;

        der.data = daotp_verifier_get_certificate(client->verifier, i, &der.len);
        status = daotp__chain_add(&chain, der, "issued certificate", &client->report);
    }
    if (status == DAOTP_OK)
        status = daotp__credential_make(client->context, &chain, client->key, &client->report,
                                        &complete);
    daotp__chain_free(&chain);
    if (status != DAOTP_OK)
        return status;
    daotp_credential_unref(client->credential);
    client->credential = complete;
    return DAOTP_OK;
}

static daotp_status run_verifier(daotp_client *client, daotp_role role, daotp_revocation revocation)
{
    daotp_status status = DAOTP_OK;

    if (client->verifier == NULL)
        status = client_verifier_begin(client, issued_certificate(client, 0), role, revocation);
    if (status == DAOTP_OK)
        status = daotp__client_step_verifier(client);
    if (status == DAOTP_AGAIN)
        return status;
    if (client->verifier != NULL && (status != DAOTP_OK || revocation != DAOTP_REVOCATION_IGNORE))
        daotp__report_merge(&client->report, daotp_verifier_get_report(client->verifier));
    if (client->verifier != NULL && status == DAOTP_OK)
        status = complete_credential(client);
    daotp__client_drop_verifier(client);
    return status;
}

daotp_status daotp__client_stage_chain(daotp_client *client)
{
    if (client->issuer_trust == NULL)
        return skip_validation(client, DAOTP_FINDING_CHAIN_SKIPPED);
    return run_verifier(client, DAOTP_ROLE_OTP_LOGON, DAOTP_REVOCATION_IGNORE);
}

daotp_status daotp__client_stage_revocation(daotp_client *client)
{
    if (client->issuer_trust == NULL || client->revocation == DAOTP_REVOCATION_IGNORE)
        return skip_validation(client, DAOTP_FINDING_REVOCATION_SKIPPED);
    return run_verifier(client, DAOTP_ROLE_ANY, client->revocation);
}
