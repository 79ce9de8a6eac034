/* SPDX-License-Identifier: BSD-2-Clause */
/* The settings of a client. They cannot be changed during a run. Changing one that prepare used
 * invalidates the preparation. */
#include "client/client.h"

#include "core/alloc.h"
#include "core/utf8.h"
#include <daotp/sys/store_backend.h>
#include <string.h>

static bool can_set_client(const daotp_client *client)
{
    return client != NULL && !daotp__client_is_running(client);
}

static void client_unprepare(daotp_client *client)
{
    daotp__client_drop_connection(client);
    daotp__client_drop_early(client);
    client->state = DAOTP__CLIENT_IDLE;
}

static daotp_status refuse_client_setting(daotp_client *client, daotp_status status,
                                          const char *setting, const char *why)
{
    client->prepared_findings = 0;
    return daotp__report_refuse(&client->report, status, setting, why);
}

/* ---- servers, and who speaks to whom --------------------------------------------------------- */

daotp_status daotp_client_add_server(daotp_client *client, const char *url)
{
    daotp_status status;

    if (!can_set_client(client))
        return daotp__client_refuse_order(client, "setting");
    if (client->server_count == DAOTP__MAX_SERVERS)
        return refuse_client_setting(client, DAOTP_USAGE, "server", DAOTP__ONE_TOO_MANY);
    status = daotp__url_parse(url, &client->servers[client->server_count]);
    if (status != DAOTP_OK)
        return refuse_client_setting(client, status, "server", "no https URL");
    client->server_count++;
    client_unprepare(client);
    return DAOTP_OK;
}

daotp_status daotp_client_set_identity(daotp_client *client, daotp_credential *identity)
{
    if (!can_set_client(client))
        return daotp__client_refuse_order(client, "setting");
    (void)daotp_credential_ref(identity);
    daotp_credential_unref(client->identity);
    client->identity = identity;
    client_unprepare(client);
    return DAOTP_OK;
}

daotp_status daotp_client_set_trust(daotp_client *client, daotp_trust *trust)
{
    if (!can_set_client(client))
        return daotp__client_refuse_order(client, "setting");
    (void)daotp_trust_ref(trust);
    daotp_trust_unref(client->trust);
    client->trust = trust;
    client_unprepare(client);
    return DAOTP_OK;
}

daotp_status daotp_client_set_proxy(daotp_client *client, const char *proxy)
{
    char *host = NULL;
    uint16_t port;
    daotp_status status = DAOTP_OK;

    if (!can_set_client(client))
        return daotp__client_refuse_order(client, "setting");
    if (proxy != NULL)
        status = daotp__url_parse_proxy(proxy, &host, &port);
    daotp__delete(host);
    if (status == DAOTP_OK && !daotp__text_set(&client->proxy, proxy))
        status = DAOTP_MEMORY;
    if (status != DAOTP_OK)
        return refuse_client_setting(client, status, "proxy", "no URL of a proxy");
    client_unprepare(client);
    return DAOTP_OK;
}

daotp_status daotp_client_set_environment_proxy(daotp_client *client, bool use)
{
    if (!can_set_client(client))
        return daotp__client_refuse_order(client, "setting");
    client->proxy_from_environment = use;
    client_unprepare(client);
    return DAOTP_OK;
}

daotp_status daotp_client_set_tls12_only(daotp_client *client, bool only)
{
    if (!can_set_client(client))
        return daotp__client_refuse_order(client, "setting");
    client->tls12_only = only;
    client_unprepare(client);
    return DAOTP_OK;
}

daotp_status daotp_client_set_server_rules(daotp_client *client, daotp_rules rules)
{
    if (!can_set_client(client))
        return daotp__client_refuse_order(client, "setting");
    if (rules < DAOTP_RULES_PATH || rules > DAOTP_RULES_WEBPKI)
        return refuse_client_setting(client, DAOTP_USAGE, "server rules", DAOTP__NO_SUCH);
    client->server_rules = rules;
    client_unprepare(client);
    return DAOTP_OK;
}

daotp_status daotp_client_set_server_revocation(daotp_client *client, daotp_revocation mode)
{
    if (!can_set_client(client))
        return daotp__client_refuse_order(client, "setting");
    if (mode < DAOTP_REVOCATION_REQUIRE || mode > DAOTP_REVOCATION_IGNORE)
        return refuse_client_setting(client, DAOTP_USAGE, "server revocation", DAOTP__NO_SUCH);
    client->server_revocation = mode;
    client_unprepare(client);
    return DAOTP_OK;
}

daotp_status daotp_client_set_ca(daotp_client *client, daotp_ca *ca)
{
    if (!can_set_client(client))
        return daotp__client_refuse_order(client, "setting");
    (void)daotp_ca_ref(ca);
    daotp_ca_unref(client->ca);
    client->ca = ca;
    client_unprepare(client);
    return DAOTP_OK;
}

daotp_status daotp_client_set_domain_callback(daotp_client *client, daotp_domain_fn ask, void *user)
{
    if (!can_set_client(client))
        return daotp__client_refuse_order(client, "setting");
    client->ask = ask;
    client->ask_user = user;
    return DAOTP_OK;
}

/* ---- what is asked for ----------------------------------------------------------------------- */

daotp_status daotp_client_set_template(daotp_client *client, const char *oid, int64_t major,
                                       int64_t minor)
{
    daotp__buffer der;
    daotp_status status;

    if (!can_set_client(client))
        return daotp__client_refuse_order(client, "setting");
    if (oid == NULL || major > UINT32_MAX || minor > UINT32_MAX)
        return refuse_client_setting(client, DAOTP_USAGE, "template", "no version of a template");
    status = daotp__oid_read(oid, DAOTP__MAX_TEXT, &der);
    if (status != DAOTP_OK)
        return refuse_client_setting(client, status, "template", "no object identifier");
    daotp__buffer_free(&client->template_oid);
    client->template_oid = der;
    client->template = (daotp__template){.oid = daotp__buffer_bytes(&client->template_oid),
                                         .has_major = major >= 0,
                                         .has_minor = minor >= 0};
    if (major >= 0)
        client->template.major = (uint32_t)major;
    if (minor >= 0)
        client->template.minor = (uint32_t)minor;
    client_unprepare(client);
    return DAOTP_OK;
}

daotp_status daotp_client_set_key_kind(daotp_client *client, daotp_key_kind kind)
{
    if (!can_set_client(client))
        return daotp__client_refuse_order(client, "setting");
    if (kind < DAOTP_KEY_RSA_2048 || kind > DAOTP_KEY_P384)
        return refuse_client_setting(client, DAOTP_USAGE, "kind of key", DAOTP__NO_SUCH);
    client->key_kind = kind;
    client_unprepare(client);
    return DAOTP_OK;
}

static void client_take_key(daotp_client *client, daotp_key *key)
{
    (void)daotp_key_ref(key);
    daotp_key_unref(client->supplied_key);
    client->supplied_key = key;
    daotp__buffer_free(&client->supplied_csr);
    client_unprepare(client);
}

daotp_status daotp_client_set_key(daotp_client *client, daotp_key *key)
{
    if (!can_set_client(client))
        return daotp__client_refuse_order(client, "setting");
    client_take_key(client, key);
    return DAOTP_OK;
}

/* Reads a PKCS#10 for this key into DER. */
static daotp_status read_request(daotp_client *client, daotp__bytes in, const daotp_key *key,
                                 daotp__buffer *der)
{
    char text[DAOTP__FAULT_TEXT];
    daotp__fault found;
    daotp__csr parsed;
    daotp_status status = daotp__csr_load(in, der, text);

    if (status == DAOTP_MEMORY)
        return refuse_client_setting(client, status, "request", "");
    if (status != DAOTP_OK)
        return refuse_client_setting(client, DAOTP_USAGE, "request", text);
    if (!daotp__csr_read(daotp__buffer_bytes(der), &parsed)) {
        (void)daotp__csr_find_fault(daotp__buffer_bytes(der), &found);
        return refuse_client_setting(client, DAOTP_USAGE, "request",
                                     daotp__fault_describe(&found, text));
    }
    if (!daotp__bytes_equal(parsed.spki, daotp__key_spki(key)))
        return refuse_client_setting(client, DAOTP_USAGE, "request", "a PKCS#10 of another key");
    return DAOTP_OK;
}

daotp_status daotp_client_set_request(daotp_client *client, const void *csr, size_t len,
                                      daotp_key *key)
{
    daotp__buffer der;
    daotp_status status = DAOTP_OK;

    if (!can_set_client(client))
        return daotp__client_refuse_order(client, "setting");
    if ((csr == NULL) != (key == NULL))
        return refuse_client_setting(client, DAOTP_USAGE, "request", "request and key go together");
    daotp__buffer_init(&der, DAOTP__MAX_CSR);
    if (csr != NULL)
        status = read_request(client, (daotp__bytes){csr, len}, key, &der);
    if (status == DAOTP_OK) {
        client_take_key(client, key);
        client->supplied_csr = der;
    } else {
        daotp__buffer_free(&der);
    }
    return status;
}

static daotp_status set_account_part(daotp_client *client, const char *part,
                                     daotp_status (*set)(daotp_account *account, const char *value),
                                     const char *value)
{
    daotp_status status;

    if (!can_set_client(client))
        return daotp__client_refuse_order(client, "setting");
    status = set(&client->supplied_account, value);
    if (status != DAOTP_OK)
        return refuse_client_setting(client, status, part, "not of this form");
    client_unprepare(client);
    return DAOTP_OK;
}

daotp_status daotp_client_set_upn(daotp_client *client, const char *upn)
{
    return set_account_part(client, "UPN", daotp_account_set_upn, upn);
}

daotp_status daotp_client_set_dn(daotp_client *client, const char *dn)
{
    return set_account_part(client, "DN", daotp_account_set_dn, dn);
}

daotp_status daotp_client_set_sid(daotp_client *client, const char *sid)
{
    return set_account_part(client, "SID", daotp_account_set_sid, sid);
}

daotp_status daotp_client_set_account_callback(daotp_client *client, daotp_account_fn look_up,
                                               void *user)
{
    if (!can_set_client(client))
        return daotp__client_refuse_order(client, "setting");
    client->look_up = look_up;
    client->look_up_user = user;
    client_unprepare(client);
    return DAOTP_OK;
}

/* ---- what becomes of it ---------------------------------------------------------------------- */

daotp_status daotp_client_set_issuer_trust(daotp_client *client, daotp_trust *trust,
                                           daotp_revocation revocation)
{
    if (!can_set_client(client))
        return daotp__client_refuse_order(client, "setting");
    if (revocation < DAOTP_REVOCATION_REQUIRE || revocation > DAOTP_REVOCATION_IGNORE)
        return refuse_client_setting(client, DAOTP_USAGE, "revocation",
                                     "none of the modes there are");
    (void)daotp_trust_ref(trust);
    daotp_trust_unref(client->issuer_trust);
    client->issuer_trust = trust;
    client->revocation = revocation;
    return DAOTP_OK;
}

daotp_status daotp_client_add_ntauth(daotp_client *client, const void *bytes, size_t len)
{
    size_t count;
    daotp_status status;

    if (!can_set_client(client))
        return daotp__client_refuse_order(client, "setting");
    if (bytes == NULL) {
        daotp__chain_free(&client->ntauth);
        return DAOTP_OK;
    }
    count = client->ntauth.count;
    daotp__report_clear(&client->report);
    status = daotp__chain_read(&client->ntauth, (daotp__bytes){bytes, len}, "NTAuth certificate",
                               &client->report);
    if (status != DAOTP_OK)
        daotp__chain_truncate(&client->ntauth, count);
    return daotp__report_status(&client->report, status);
}

daotp_status daotp_client_set_fetcher(daotp_client *client, daotp_fetcher *fetcher)
{
    if (!can_set_client(client))
        return daotp__client_refuse_order(client, "setting");
    (void)daotp_fetcher_ref(fetcher);
    daotp_fetcher_unref(client->fetcher);
    client->fetcher = fetcher;
    return DAOTP_OK;
}

daotp_status daotp_client_set_max_lifetime_s(daotp_client *client, int64_t seconds)
{
    if (!can_set_client(client))
        return daotp__client_refuse_order(client, "setting");
    if (seconds < 1)
        return refuse_client_setting(client, DAOTP_USAGE, "lifetime", "less than a second");
    client->max_lifetime_s = seconds;
    return DAOTP_OK;
}

daotp_status daotp_client_set_store(daotp_client *client, daotp_store *store, const char *label)
{
    if (!can_set_client(client))
        return daotp__client_refuse_order(client, "setting");
    if (label != NULL && !daotp_store_is_label(label))
        return refuse_client_setting(client, DAOTP_USAGE, "label", "not a label");
    if (!daotp__text_set(&client->label, label))
        return refuse_client_setting(client, DAOTP_MEMORY, NULL, NULL);
    (void)daotp_store_ref(store);
    daotp_store_unref(client->store);
    client->store = store;
    client_unprepare(client);
    return DAOTP_OK;
}

daotp_status daotp_client_set_logon_proof(daotp_client *client, bool use)
{
    if (!can_set_client(client))
        return daotp__client_refuse_order(client, "setting");
    client->prove_logon = use;
    return DAOTP_OK;
}

daotp_status daotp_client_set_logon_realm(daotp_client *client, const char *realm, const char *kdc)
{
    if (!can_set_client(client))
        return daotp__client_refuse_order(client, "setting");
    if (!daotp__texts_set((daotp__text_setting[]){{&client->realm, realm}, {&client->kdc, kdc}}, 2))
        return refuse_client_setting(client, DAOTP_MEMORY, NULL, NULL);
    return DAOTP_OK;
}

daotp_status daotp_client_set_logon_anchors(daotp_client *client, const char *path)
{
    if (!can_set_client(client))
        return daotp__client_refuse_order(client, "setting");
    if (!daotp__text_set(&client->kdc_anchors, path))
        return refuse_client_setting(client, DAOTP_MEMORY, NULL, NULL);
    return DAOTP_OK;
}

/* ---- a request that was put aside ------------------------------------------------------------ */

static bool is_request_word(const char *word)
{
    return word != NULL && *word != '\0' && strlen(word) <= DAOTP__MAX_TEXT &&
           daotp__utf8_printable(word, strlen(word));
}

daotp_status daotp_client_set_pending_request(daotp_client *client, const char *config,
                                              const char *request_id)
{
    if (!can_set_client(client))
        return daotp__client_refuse_order(client, "setting");
    if (!is_request_word(config))
        return refuse_client_setting(client, DAOTP_USAGE, "pending request", "no CA, HOST\\NAME");
    if (!is_request_word(request_id))
        return refuse_client_setting(client, DAOTP_USAGE, "pending request",
                                     "no number of a request");
    if (!daotp__texts_set((daotp__text_setting[]){{&client->pending_config, config},
                                                  {&client->pending_id, request_id}},
                          2))
        return refuse_client_setting(client, DAOTP_MEMORY, NULL, NULL);
    return DAOTP_OK;
}

/* ---- how the run goes ------------------------------------------------------------------------ */

daotp_status daotp_client_set_ask_early(daotp_client *client, bool use)
{
    if (!can_set_client(client))
        return daotp__client_refuse_order(client, "setting");
    client->asks_early = use;
    client_unprepare(client);
    return DAOTP_OK;
}

daotp_status daotp_client_set_progress_callback(daotp_client *client, daotp_progress_fn tell,
                                                void *user)
{
    if (!can_set_client(client))
        return daotp__client_refuse_order(client, "setting");
    client->tell = tell;
    client->tell_user = user;
    return DAOTP_OK;
}

static daotp_status set_time(daotp_client *client, int64_t *to, int64_t ms)
{
    if (ms < 1)
        return refuse_client_setting(client, DAOTP_USAGE, "time-out", "less than a millisecond");
    *to = ms;
    return DAOTP_OK;
}

daotp_status daotp_client_set_timeout_ms(daotp_client *client, int64_t timeout_ms)
{
    if (!can_set_client(client))
        return daotp__client_refuse_order(client, "setting");
    return set_time(client, &client->timeout_ms, timeout_ms);
}

daotp_status daotp_client_set_deadline_ms(daotp_client *client, int64_t deadline_ms)
{
    if (!can_set_client(client))
        return daotp__client_refuse_order(client, "setting");
    if (deadline_ms < 0)
        return refuse_client_setting(client, DAOTP_USAGE, "deadline", DAOTP__OUT_OF_RANGE);
    client->deadline_ms = deadline_ms;
    return DAOTP_OK;
}

daotp_status daotp_client_set_connect_timeout_ms(daotp_client *client, int64_t timeout_ms)
{
    if (!can_set_client(client))
        return daotp__client_refuse_order(client, "setting");
    return set_time(client, &client->connect_ms, timeout_ms);
}

daotp_status daotp_client_set_preflight(daotp_client *client, bool use)
{
    if (!can_set_client(client))
        return daotp__client_refuse_order(client, "setting");
    client->no_preflight = !use;
    return DAOTP_OK;
}

daotp_status daotp_client_set_ignore_head(daotp_client *client, bool ignore)
{
    if (!can_set_client(client))
        return daotp__client_refuse_order(client, "setting");
    client->ignore_head = ignore;
    return DAOTP_OK;
}
