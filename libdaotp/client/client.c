/* SPDX-License-Identifier: BSD-2-Clause */
/* A client as an object: made, set up, freed. The run is in pipeline.c. */
#include "client/client.h"

#include "client/logon.h"
#include "core/alloc.h"
#include "core/sigpipe.h"
#include "store/store.h"

#include <string.h>

enum { MAX_LIFETIME_S = 4 * 3600 };

/* Readiness of a submission's descriptor needs no work of its own: the next step goes on. */
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
    daotp__buffer_init(&client->given_csr, DAOTP__MAX_CSR);
    daotp__buffer_init(&client->csr, DAOTP__MAX_CSR);
    daotp__buffer_init(&client->otp, DAOTP__MAX_OTP);
    daotp__otpce_response_init(&client->response);
    daotp__chain_init(&client->issued, DAOTP__MAX_CHAIN);
    client->key_kind = DAOTP_KEY_RSA_2048;
    client->timeout_ms = DAOTP__TOTAL_MS;
    client->connect_ms = DAOTP__CONNECT_MS;
    client->max_lifetime_s = MAX_LIFETIME_S;
    client->submission_fd = -1;
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
    daotp_credential_free(client->identity);
    daotp_trust_free(client->trust);
    daotp_trust_free(client->issuer_trust);
    daotp_ca_free(client->ca);
    daotp_store_free(client->store);
    daotp__delete(client->label);
    daotp__buffer_free(&client->template_oid);
    daotp_key_free(client->given_key);
    daotp__buffer_free(&client->given_csr);
    daotp__account_clear(&client->given_account);
    daotp__delete(client->proxy);
    daotp__delete(client->kdc);
    daotp__delete(client->realm);
    daotp__delete(client->kdc_anchors);
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
    daotp__sigpipe_release(&hold);
    free_settings(client);
    daotp__delete(client->user_name);
    daotp__account_clear(&client->account);
    daotp_key_free(client->key);
    daotp__buffer_free(&client->csr);
    daotp__loop_free(client->loop);
    daotp__report_clear(&client->report);
    daotp__delete(client);
    daotp_context_free(context);
}

daotp_report *daotp_client_report(daotp_client *client)
{
    return client != NULL ? &client->report : NULL;
}

daotp_status daotp_client_add_server(daotp_client *client, const char *url)
{
    daotp_status status;

    if (client == NULL || client->server_count == DAOTP__MAX_SERVERS)
        return DAOTP_USAGE;
    status = daotp__url_parse(url, &client->servers[client->server_count]);
    if (status == DAOTP_OK)
        client->server_count++;
    return status;
}

daotp_status daotp_client_set_identity(daotp_client *client, daotp_credential *identity)
{
    if (client == NULL)
        return DAOTP_USAGE;
    (void)daotp_credential_ref(identity);
    daotp_credential_free(client->identity);
    client->identity = identity;
    return DAOTP_OK;
}

daotp_status daotp_client_set_trust(daotp_client *client, daotp_trust *trust)
{
    if (client == NULL)
        return DAOTP_USAGE;
    (void)daotp_trust_ref(trust);
    daotp_trust_free(client->trust);
    client->trust = trust;
    return DAOTP_OK;
}

daotp_status daotp_client_set_issuer_trust(daotp_client *client, daotp_trust *trust,
                                           daotp_revocation revocation, bool may_fetch)
{
    if (client == NULL || revocation < DAOTP_REVOCATION_REQUIRE ||
        revocation > DAOTP_REVOCATION_IGNORE)
        return DAOTP_USAGE;
    (void)daotp_trust_ref(trust);
    daotp_trust_free(client->issuer_trust);
    client->issuer_trust = trust;
    client->revocation = revocation;
    client->may_fetch = may_fetch;
    return DAOTP_OK;
}

daotp_status daotp_client_set_ca(daotp_client *client, daotp_ca *ca)
{
    if (client == NULL)
        return DAOTP_USAGE;
    (void)daotp_ca_ref(ca);
    daotp_ca_free(client->ca);
    client->ca = ca;
    return DAOTP_OK;
}

daotp_status daotp_client_set_store(daotp_client *client, daotp_store *store, const char *label)
{
    if (client == NULL || (label != NULL && !daotp__store_is_label(label)))
        return DAOTP_USAGE;
    if (!daotp__text_set(&client->label, label))
        return DAOTP_MEMORY;
    (void)daotp_store_ref(store);
    daotp_store_free(client->store);
    client->store = store;
    return DAOTP_OK;
}

daotp_status daotp_client_set_template(daotp_client *client, const char *oid, int64_t major,
                                       int64_t minor)
{
    daotp__buffer der;

    if (client == NULL || oid == NULL || major > UINT32_MAX || minor > UINT32_MAX)
        return DAOTP_USAGE;
    daotp__buffer_init(&der, DAOTP__MAX_TEXT);
    if (!daotp__oid_parse(oid, &der)) {
        daotp_status status = der.failed == DAOTP_MEMORY ? DAOTP_MEMORY : DAOTP_USAGE;

        daotp__buffer_free(&der);
        return status;
    }
    daotp__buffer_free(&client->template_oid);
    client->template_oid = der;
    client->template = (daotp__template){.oid = daotp__buffer_bytes(&client->template_oid),
                                         .major = major >= 0 ? (uint32_t)major : 0,
                                         .minor = minor >= 0 ? (uint32_t)minor : 0,
                                         .has_major = major >= 0,
                                         .has_minor = minor >= 0};
    return DAOTP_OK;
}

daotp_status daotp_client_set_key_kind(daotp_client *client, daotp_key_kind kind)
{
    if (client == NULL || kind < DAOTP_KEY_RSA_2048 || kind > DAOTP_KEY_P384)
        return DAOTP_USAGE;
    client->key_kind = kind;
    return DAOTP_OK;
}

daotp_status daotp_client_set_key(daotp_client *client, daotp_key *key)
{
    if (client == NULL)
        return DAOTP_USAGE;
    (void)daotp_key_ref(key);
    daotp_key_free(client->given_key);
    client->given_key = key;
    daotp__buffer_free(&client->given_csr);
    return DAOTP_OK;
}

daotp_status daotp_client_set_request(daotp_client *client, const void *csr, size_t len,
                                      daotp_key *key)
{
    daotp__csr parsed;

    if (client == NULL || (csr == NULL) != (key == NULL))
        return DAOTP_USAGE;
    if (csr != NULL && (!daotp__csr_read((daotp__bytes){csr, len}, &parsed) ||
                        !daotp__bytes_equal(parsed.spki, daotp__key_spki(key))))
        return DAOTP_USAGE;
    (void)daotp_client_set_key(client, key); /* cannot fail: client is there */
    daotp__buffer_add(&client->given_csr, csr, csr != NULL ? len : 0);
    return client->given_csr.failed;
}

daotp_status daotp_client_set_account(daotp_client *client, const char *upn, const char *dn,
                                      const char *sid)
{
    daotp_account made = {.upn = NULL};
    daotp_status status;

    if (client == NULL)
        return DAOTP_USAGE;
    status = daotp_account_set_upn(&made, upn);
    if (status == DAOTP_OK)
        status = daotp_account_set_dn(&made, dn);
    if (status == DAOTP_OK)
        status = daotp_account_set_sid(&made, sid);
    if (status != DAOTP_OK) {
        daotp__account_clear(&made);
        return status;
    }
    daotp__account_clear(&client->given_account);
    client->given_account = made;
    return DAOTP_OK;
}

daotp_status daotp_client_set_account_callback(daotp_client *client, daotp_account_fn look_up,
                                               void *user)
{
    if (client == NULL)
        return DAOTP_USAGE;
    client->look_up = look_up;
    client->look_up_user = user;
    return DAOTP_OK;
}

daotp_status daotp_client_set_domain_callback(daotp_client *client, daotp_domain_fn ask, void *user)
{
    if (client == NULL)
        return DAOTP_USAGE;
    client->ask = ask;
    client->ask_user = user;
    return DAOTP_OK;
}

daotp_status daotp_client_set_progress_callback(daotp_client *client, daotp_progress_fn tell,
                                                void *user)
{
    if (client == NULL)
        return DAOTP_USAGE;
    client->tell = tell;
    client->tell_user = user;
    return DAOTP_OK;
}

daotp_status daotp_client_set_proxy(daotp_client *client, const char *proxy)
{
    char *host = NULL;
    uint16_t port;
    daotp_status status = DAOTP_OK;

    if (client == NULL)
        return DAOTP_USAGE;
    if (proxy != NULL)
        status = daotp__url_parse_proxy(proxy, &host, &port);
    daotp__delete(host);
    if (status != DAOTP_OK)
        return status;
    return daotp__text_set(&client->proxy, proxy) ? DAOTP_OK : DAOTP_MEMORY;
}

daotp_status daotp_client_use_environment_proxy(daotp_client *client, bool use)
{
    if (client == NULL)
        return DAOTP_USAGE;
    client->proxy_from_environment = use;
    return DAOTP_OK;
}

daotp_status daotp_client_set_timeout_ms(daotp_client *client, int64_t timeout_ms)
{
    if (client == NULL || timeout_ms < 1)
        return DAOTP_USAGE;
    client->timeout_ms = timeout_ms;
    return DAOTP_OK;
}

daotp_status daotp_client_set_connect_timeout_ms(daotp_client *client, int64_t timeout_ms)
{
    if (client == NULL || timeout_ms < 1)
        return DAOTP_USAGE;
    client->connect_ms = timeout_ms;
    return DAOTP_OK;
}

daotp_status daotp_client_set_warming(daotp_client *client, bool warm)
{
    if (client == NULL)
        return DAOTP_USAGE;
    client->no_warming = !warm;
    return DAOTP_OK;
}

daotp_status daotp_client_set_tls12_only(daotp_client *client, bool only)
{
    if (client == NULL)
        return DAOTP_USAGE;
    client->tls12_only = only;
    return DAOTP_OK;
}

daotp_status daotp_client_set_max_lifetime_s(daotp_client *client, int64_t seconds)
{
    if (client == NULL || seconds < 1)
        return DAOTP_USAGE;
    client->max_lifetime_s = seconds;
    return DAOTP_OK;
}

daotp_status daotp_client_set_logon(daotp_client *client, bool prove, const char *kdc,
                                    const char *realm, const char *anchors)
{
    if (client == NULL)
        return DAOTP_USAGE;
    if (!daotp__text_set(&client->kdc, kdc) || !daotp__text_set(&client->realm, realm) ||
        !daotp__text_set(&client->kdc_anchors, anchors))
        return DAOTP_MEMORY;
    client->prove_logon = prove;
    return DAOTP_OK;
}

/* ---- parts that are dropped ------------------------------------------------------------------ */

void daotp__client_drop_connection(daotp_client *client)
{
    daotp__http_free(client->http);
    client->http = NULL;
    client->request_begun = client->warmed = false;
}

void daotp__client_drop_submission(daotp_client *client)
{
    if (client->submission_fd >= 0)
        (void)daotp__loop_watch(client->loop, client->submission_slot, client->submission_fd, 0);
    client->submission_fd = -1;
    daotp__submission_free(client->submission);
    client->submission = NULL;
}

/* It is kept until the run ends, for a peer may send it back: then it is known what to hide. */
void daotp__client_drop_code(daotp_client *client)
{
    daotp__report_hide(&client->report, DAOTP__SECRET_CODE, (daotp__bytes){NULL, 0});
    daotp__buffer_free(&client->otp);
}

void daotp__client_drop_enrolment(daotp_client *client)
{
    daotp__client_drop_submission(client);
    daotp__client_drop_verifier(client);
    daotp__client_drop_code(client);
    daotp__otpce_response_free(&client->response);
    daotp__chain_free(&client->issued);
    daotp_credential_free(client->credential);
    client->credential = NULL;
    daotp__logon_free(client->logon);
    client->logon = NULL;
    client->issuing_ca = 0;
    client->asked_for_credential = 0;
    client->otp_sent = client->request_begun = false;
}
