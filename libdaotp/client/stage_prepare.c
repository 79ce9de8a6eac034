/* SPDX-License-Identifier: BSD-2-Clause */
/* The stage prepare: everything that can be checked before there is a code. Key and request are
 * made here, so that a code does not wait for a key. */
#include "client/client.h"

#include "ca/rpc.h"
#include "ca/wstep.h"
#include "client/logon.h"
#include "core/alloc.h"
#include "store/store.h"
#include "x509/name.h"

#include <string.h>

static daotp_status report_missing_setting(daotp_client *client, daotp_finding_number number)
{
    return daotp__report_add(&client->report, number, 0, "client", "none");
}

static daotp_status check_connection_settings(daotp_client *client)
{
    if (client->server_count == 0 && client->resumed_id == NULL)
        return report_missing_setting(client, DAOTP_FINDING_CLIENT_NO_SERVER);
    if (client->trust == NULL || daotp_trust_get_count(client->trust) == 0)
        return report_missing_setting(client, DAOTP_FINDING_CLIENT_NO_TRUST);
    if (client->identity != NULL)
        daotp__tls_check_identity(client->context, client->identity, client->trust,
                                  &client->report);
    return DAOTP_OK;
}

static daotp_status check_settings(daotp_client *client)
{
    if (client->ca == NULL)
        return report_missing_setting(client, DAOTP_FINDING_CLIENT_NO_CA);
    if (client->template.oid.len == 0 && client->supplied_csr.len == 0 &&
        client->resumed_id == NULL)
        return report_missing_setting(client, DAOTP_FINDING_CLIENT_NO_TEMPLATE);
    if (client->store == NULL)
        (void)report_missing_setting(client, DAOTP_FINDING_CLIENT_NO_STORE);
    if (client->no_preflight && !client->is_probe && client->resumed_id == NULL)
        (void)daotp__report_add(&client->report, DAOTP_FINDING_PREPARE_NO_PREFLIGHT, 0, "client",
                                "switched off");
    return DAOTP_OK;
}

/* ---- who is this ----------------------------------------------------------------------------- */

static bool copy_account(const daotp_account *from, daotp_account *to)
{
    return daotp__text_set(&to->upn, from->upn) && daotp__text_set(&to->dn, from->dn) &&
           daotp__text_set(&to->sid, from->sid);
}

/* The application may answer later; until then the account can be filled in. */
static daotp_status look_up(daotp_client *client)
{
    daotp_status status = client->account_answer;
    bool copied = true;

    if (client->asked_account == DAOTP__ASKED)
        return DAOTP_AGAIN;
    if (client->asked_account == DAOTP__NOT_ASKED)
        status = client->look_up(client->look_up_user, client->user_name, &client->found);
    if (status == DAOTP_AGAIN && !client->is_blocking) {
        client->asked_account = DAOTP__ASKED;
        return status;
    }
    if (status == DAOTP_OK)
        copied = copy_account(&client->found, &client->account);
    daotp__account_clear(&client->found);
    if (!copied)
        return DAOTP_MEMORY;
    return status == DAOTP_CANCELLED ? status : DAOTP_OK;
}

static daotp_status find_account(daotp_client *client)
{
    daotp_account *account = &client->account;
    daotp_status status = DAOTP_OK;

    daotp__account_clear(account);
    if (!client->is_probe && !copy_account(&client->supplied_account, account))
        return DAOTP_MEMORY;
    if (account->upn == NULL && client->look_up != NULL && !client->is_probe)
        status = look_up(client);
    if (status != DAOTP_OK)
        return status;
    if (account->upn == NULL && strchr(client->user_name, '@') != NULL &&
        !daotp__text_set(&account->upn, client->user_name))
        return DAOTP_MEMORY;
    if (account->upn == NULL)
        return daotp__report_add(&client->report, DAOTP_FINDING_USER_NO_UPN, 0, client->user_name,
                                 "no UPN set or found");
    if (account->dn == NULL)
        (void)daotp__report_add(&client->report, DAOTP_FINDING_USER_NO_DN, 0, client->user_name,
                                "no distinguished name set or found");
    return DAOTP_OK;
}

/* ---- the domain credential, ahead ------------------------------------------------------------ */

static daotp_status refuse_early(daotp_client *client)
{
    return daotp__report_add(&client->report, DAOTP_FINDING_DOMAIN_CREDENTIAL, 0,
                             client->early.host, "none was given");
}

static daotp_status ask_early(daotp_client *client)
{
    daotp_domain_credential *early = &client->early;
    daotp_status status;
    uint32_t attempt = daotp__refusals_attempt(client->refusals, early->host, client->user_name);

    if (attempt == 0)
        return DAOTP_MEMORY;
    status = client->ask(client->ask_user, early->host, DAOTP_HOST_CONFIGURED, attempt, early);
    if (status == DAOTP_AGAIN && !client->is_blocking)
        client->asked_early = DAOTP__ASKED;
    if (client->asked_early == DAOTP__ASKED || status == DAOTP_CANCELLED || status == DAOTP_MEMORY)
        return status;
    return status == DAOTP_OK && early->user_name != NULL ? DAOTP_OK : refuse_early(client);
}

/* If the OTP server will name the host, the submission asks for the credential. */
static daotp_status find_early_credential(daotp_client *client)
{
    if (!client->asks_early || client->ask == NULL || client->is_probe)
        return DAOTP_OK;
    if (client->asked_early == DAOTP__ASKED)
        return DAOTP_AGAIN;
    if (client->asked_early == DAOTP__ANSWERED)
        return client->early.user_name != NULL ? DAOTP_OK : refuse_early(client);
    daotp__domain_credential_clear(&client->early);
    client->early.host = daotp__wstep_password_host(client->ca, client->has_ticket);
    if (client->early.host == NULL)
        client->early.host = daotp__rpc_password_realm(client->ca, client->user_name);
    return client->early.host != NULL ? ask_early(client) : DAOTP_OK;
}

/* ---- key and request ------------------------------------------------------------------------- */

static bool is_slow_kind(daotp_key_kind kind)
{
    return kind == DAOTP_KEY_RSA_2048 || kind == DAOTP_KEY_RSA_3072 || kind == DAOTP_KEY_RSA_4096;
}

/* A store whose keys never leave it makes the key, under the label of the certificate to come. */
static daotp_status make_key_in_store(daotp_client *client)
{
    char *label = daotp__client_label(client);
    daotp_status status;

    if (label == NULL)
        return DAOTP_MEMORY;
    status = daotp_store_make_key(client->store, label, client->key_kind, &client->key);
    daotp__report_merge(&client->report, daotp_store_get_report(client->store));
    daotp__delete(label);
    return status;
}

static daotp_status make_client_key(daotp_client *client)
{
    if ((daotp_store_get_abilities(client->store) & DAOTP_STORE_MAKES_KEYS) != 0)
        return make_key_in_store(client);
    return daotp_key_generate(client->context, client->key_kind, &client->report, &client->key);
}

/* A step that has made an RSA key returns right after it, so that other clients of the same loop
 * get their turn. */
static daotp_status take_key(daotp_client *client)
{
    daotp_status status;

    if (client->has_new_key)
        return DAOTP_OK;
    daotp_key_unref(client->key);
    client->key = daotp_key_ref(client->supplied_key);
    if (client->key != NULL)
        return DAOTP_OK;
    status = make_client_key(client);
    if (status != DAOTP_OK || client->is_blocking || !is_slow_kind(client->key_kind))
        return status;
    client->has_new_key = true;
    daotp__loop_wake_in(client->loop, 0);
    return DAOTP_AGAIN;
}

static daotp_status write_request(daotp_client *client)
{
    daotp__csr_spec spec = {
        .template = client->template,
        .upn = {(const uint8_t *)client->account.upn, strlen(client->account.upn)}};
    daotp__buffer subject;
    daotp_status status = DAOTP_OK;

    daotp__buffer_init(&subject, DAOTP__MAX_CERTIFICATE);
    if (client->account.dn != NULL && !daotp__name_parse(client->account.dn, &subject))
        status = subject.failed == DAOTP_MEMORY ? DAOTP_MEMORY : DAOTP_INTERNAL;
    spec.subject = daotp__buffer_bytes(&subject);
    if (status == DAOTP_OK)
        status = daotp__csr_write(&spec, client->key, &client->csr);
    if (status != DAOTP_OK)
        status = daotp__key_explain_failure(client->key, status, &client->report);
    daotp__buffer_free(&subject);
    return status;
}

static daotp_status take_request(daotp_client *client)
{
    daotp__buffer_free(&client->csr);
    if (client->supplied_csr.len == 0)
        return write_request(client);
    daotp__buffer_add(&client->csr, client->supplied_csr.data, client->supplied_csr.len);
    return client->csr.failed;
}

/* ---- the way to the CA, and where the certificate will be kept ------------------------------- */

daotp_status daotp__client_check_submission(daotp_client *client)
{
    bool takes_ticket = daotp__ca_has_need(client->ca, DAOTP_CA_TAKES_TICKET);
    bool needs_ticket = daotp__ca_has_need(client->ca, DAOTP_CA_NEEDS_TICKET);
    int64_t now = daotp__context_now_s(client->context);
    daotp__submission_spec spec;
    daotp_status status;

    client->has_ticket = takes_ticket && daotp__logon_has_ticket_of(client->user_name, now);
    spec = daotp__client_submission_spec(client);
    status = daotp__submission_check(client->ca, &spec);
    if (status == DAOTP_OK && needs_ticket && !daotp__logon_has_ticket(now))
        return daotp__report_add(&client->report, DAOTP_FINDING_DOMAIN_CREDENTIAL, 0,
                                 client->user_name, "no Kerberos ticket that is valid");
    return status;
}

static daotp_status check_store(daotp_client *client)
{
    daotp_status status;
    char *label;

    if (client->store == NULL)
        return DAOTP_OK;
    label = daotp__client_label(client);
    if (label == NULL)
        return DAOTP_MEMORY;
    status = daotp__store_check(client->store, label, client->supplied_key);
    daotp__report_merge(&client->report, daotp_store_get_report(client->store));
    daotp__delete(label);
    return status;
}

daotp_status daotp__client_stage_prepare(daotp_client *client)
{
    static daotp_status (*const steps[])(daotp_client *client) = {
        check_connection_settings, check_settings, daotp__client_check_submission, find_account,
        find_early_credential,     check_store,    take_key,                take_request};
    size_t count = sizeof steps / sizeof steps[0];
    daotp_status status = DAOTP_OK;

    if (client->resumed_id != NULL) /* key and request are there */
        count -= 2;
    if (client->is_tls_probe)
        count = 1;

    while (client->prepare_step < count && status == DAOTP_OK) {
        status = steps[client->prepare_step](client);
        if (status == DAOTP_OK)
            client->prepare_step++;
    }
    return status;
}
