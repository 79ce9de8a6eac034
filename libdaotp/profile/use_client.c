/* SPDX-License-Identifier: BSD-2-Clause */
/* Sets up a client from a profile. */
#include "client/client.h"

#include "profile/objects.h"
#include "profile/value.h"

#include <string.h>

/* ---- settings of one value ------------------------------------------------------------------- */

static daotp_status use_client_texts(const daotp__profile_use *use, daotp_client *client)
{
    static const struct {
        enum daotp__key_name key;
        daotp_status (*set)(daotp_client *client, const char *text);
    } rows[] = {{DAOTP__KEY_PROXY, daotp_client_set_proxy},
                {DAOTP__KEY_UPN, daotp_client_set_upn},
                {DAOTP__KEY_DN, daotp_client_set_dn},
                {DAOTP__KEY_SID, daotp_client_set_sid}};
    daotp_status status = DAOTP_OK;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0] && status == DAOTP_OK; i++) {
        const char *text = daotp__profile_text(use->profile, rows[i].key);

        if (text != NULL)
            status = daotp__profile_setter_status(use, rows[i].set(client, text), rows[i].key, 0);
    }
    return status;
}

static daotp_status use_client_flags(const daotp__profile_use *use, daotp_client *client)
{
    static const struct {
        enum daotp__key_name key;
        daotp_status (*set)(daotp_client *client, bool use);
    } rows[] = {{DAOTP__KEY_ENVIRONMENT_PROXY, daotp_client_set_environment_proxy},
                {DAOTP__KEY_PREFLIGHT, daotp_client_set_preflight},
                {DAOTP__KEY_TLS12, daotp_client_set_tls12_only}};
    daotp_status status = DAOTP_OK;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0] && status == DAOTP_OK; i++)
        if (daotp__profile_text(use->profile, rows[i].key) != NULL)
            status = rows[i].set(client, daotp__profile_flag(use->profile, rows[i].key, false));
    return status;
}

static daotp_status use_client_times(const daotp__profile_use *use, daotp_client *client)
{
    static const struct {
        enum daotp__key_name key;
        daotp_status (*set)(daotp_client *client, int64_t time);
        int64_t (*read)(const char *value);
    } rows[] = {{DAOTP__KEY_TIMEOUT, daotp_client_set_timeout_ms, daotp__value_ms},
                {DAOTP__KEY_DEADLINE, daotp_client_set_deadline_ms, daotp__value_ms},
                {DAOTP__KEY_CONNECT_TIMEOUT, daotp_client_set_connect_timeout_ms, daotp__value_ms},
                {DAOTP__KEY_MAX_LIFETIME, daotp_client_set_max_lifetime_s, daotp__value_number}};
    daotp_status status = DAOTP_OK;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0] && status == DAOTP_OK; i++) {
        const char *text = daotp__profile_text(use->profile, rows[i].key);

        if (text != NULL)
            status = daotp__profile_setter_status(use, rows[i].set(client, rows[i].read(text)),
                                                  rows[i].key, 0);
    }
    return status;
}

static daotp_status set_client_template(void *client, const char *oid, int64_t major, int64_t minor)
{
    return daotp_client_set_template(client, oid, major, minor);
}

static daotp_status use_client_choices(const daotp__profile_use *use, daotp_client *client)
{
    int kind = daotp__profile_choice(use->profile, DAOTP__KEY_KEY_KIND);
    int rules = daotp__profile_choice(use->profile, DAOTP__KEY_SERVER_RULES);
    int mode = daotp__profile_choice(use->profile, DAOTP__KEY_SERVER_REVOCATION);
    daotp_status status = daotp__profile_template(use, set_client_template, client);

    if (status == DAOTP_OK && kind != 0)
        status = daotp_client_set_key_kind(client, (daotp_key_kind)kind);
    if (status == DAOTP_OK && rules != 0)
        status = daotp_client_set_server_rules(client, (daotp_rules)rules);
    if (status == DAOTP_OK && mode != 0)
        status = daotp_client_set_server_revocation(client, (daotp_revocation)mode);
    return status;
}

static daotp_status add_client_server(void *client, const char *url)
{
    return daotp_client_add_server(client, url);
}

/* ---- the certification authority ------------------------------------------------------------- */

static bool has_value(const daotp__profile_use *use, enum daotp__key_name key)
{
    return daotp__profile_text(use->profile, key) != NULL;
}

static bool has_web_service(const daotp__profile_use *use)
{
    return has_value(use, DAOTP__KEY_CES_URL) || has_value(use, DAOTP__KEY_CES_TEMPLATE) ||
           has_value(use, DAOTP__KEY_CES_AUTH);
}

static daotp_status set_service_trust(const daotp__profile_use *use, daotp_ca *ca)
{
    daotp_trust *trust = NULL;
    daotp_status status = daotp__profile_trust(use, DAOTP__KEY_CES_TRUST, DAOTP__KEY_COUNT, &trust);

    if (status == DAOTP_OK && trust != NULL)
        status = daotp_ca_set_trust(ca, trust);
    daotp_trust_unref(trust);
    return status;
}

static daotp_status make_web_service(const daotp__profile_use *use, daotp_credential *identity,
                                     daotp_ca **ca)
{
    int how = daotp__profile_choice(use->profile, DAOTP__KEY_CES_AUTH);
    daotp_status status = daotp_ca_new_wstep(
        use->profile->context, how != 0 ? (daotp_ca_authentication)how : DAOTP_CA_ANY, ca);

    if (status == DAOTP_OK)
        status = daotp__profile_setter_status(
            use, daotp_ca_set_url(*ca, daotp__profile_text(use->profile, DAOTP__KEY_CES_URL)),
            DAOTP__KEY_CES_URL, 0);
    if (status == DAOTP_OK)
        status = daotp__profile_setter_status(
            use,
            daotp_ca_set_url_template(*ca,
                                      daotp__profile_text(use->profile, DAOTP__KEY_CES_TEMPLATE)),
            DAOTP__KEY_CES_TEMPLATE, 0);
    if (status == DAOTP_OK)
        status = set_service_trust(use, *ca);
    return status == DAOTP_OK ? daotp_ca_set_identity(*ca, identity) : status;
}

static daotp_status add_web_service(const daotp__profile_use *use, daotp_credential *identity,
                                    daotp_ca *ca)
{
    daotp_ca *service = NULL;
    daotp_status status = make_web_service(use, identity, &service);

    if (status == DAOTP_OK)
        status = daotp_ca_set_web_service(ca, service);
    daotp_ca_unref(service);
    return status;
}

static daotp_status set_rpc_names(const daotp__profile_use *use, daotp_ca *ca)
{
    const char *realm = daotp__profile_text(use->profile, DAOTP__KEY_CA_REALM);
    const char *kdc = daotp__profile_text(use->profile, DAOTP__KEY_CA_KDC);
    const char *port = daotp__profile_text(use->profile, DAOTP__KEY_CA_MAPPER_PORT);
    daotp_status status =
        daotp_ca_set_ticket_cache(ca, daotp__profile_text(use->profile, DAOTP__KEY_TICKET_CACHE));

    if (status == DAOTP_OK)
        status =
            daotp_ca_set_armor_cache(ca, daotp__profile_text(use->profile, DAOTP__KEY_ARMOR_CACHE));
    if (status == DAOTP_OK && kdc != NULL && realm == NULL)
        return daotp__profile_report_missing(use, DAOTP__KEY_CA_REALM, DAOTP__KEY_CA_KDC);
    if (status == DAOTP_OK)
        status =
            daotp__profile_setter_status(use, daotp_ca_set_realm(ca, realm, kdc),
                                         kdc != NULL ? DAOTP__KEY_CA_KDC : DAOTP__KEY_CA_REALM, 0);
    if (status == DAOTP_OK && port != NULL)
        status = daotp_ca_set_mapper_port(ca, (uint16_t)daotp__value_number(port));
    return status;
}

/* Its choices are auto, rpc, dcom and wstep; the first three are daotp_ca_way. */
enum { WAY_WSTEP = 4 };

static daotp_status make_rpc(const daotp__profile_use *use, daotp_credential *identity, int way,
                             daotp_ca **ca)
{
    int mechanism = daotp__profile_choice(use->profile, DAOTP__KEY_CA_MECHANISM);
    daotp_status status = daotp_ca_new_rpc(use->profile->context, (daotp_ca_way)way, ca);

    if (status == DAOTP_OK)
        status = set_rpc_names(use, *ca);
    if (status == DAOTP_OK && mechanism != 0)
        status = daotp_ca_set_rpc_mechanism(*ca, (daotp_ca_rpc_mechanism)mechanism);
    if (status == DAOTP_OK && way == DAOTP_CA_WAY_AUTO && has_web_service(use))
        status = add_web_service(use, identity, *ca);
    return status;
}

static daotp_status allow_ca_host(void *ca, const char *host)
{
    return daotp_ca_allow_host(ca, host);
}

static daotp_status make_profile_ca(const daotp__profile_use *use, daotp_credential *identity,
                                    daotp_ca **ca)
{
    int way = daotp__profile_choice(use->profile, DAOTP__KEY_CA);
    daotp_status status =
        daotp__profile_check_pair(use, DAOTP__KEY_REQUEST_FILE, DAOTP__KEY_CERTIFICATE_FILE);

    if (status != DAOTP_OK)
        return status;
    if (has_value(use, DAOTP__KEY_REQUEST_FILE))
        return daotp_ca_new_file(
            use->profile->context, daotp__profile_text(use->profile, DAOTP__KEY_REQUEST_FILE),
            daotp__profile_text(use->profile, DAOTP__KEY_CERTIFICATE_FILE), ca);
    if (way == 0)
        way = has_web_service(use) ? WAY_WSTEP : DAOTP_CA_WAY_AUTO;
    status =
        way == WAY_WSTEP ? make_web_service(use, identity, ca) : make_rpc(use, identity, way, ca);
    return status == DAOTP_OK
               ? daotp__profile_add_texts(use, DAOTP__KEY_CA_HOST, allow_ca_host, *ca)
               : status;
}

static daotp_status use_client_ca(const daotp__profile_use *use, daotp_client *client,
                                  daotp_credential *identity)
{
    daotp_ca *ca = NULL;
    daotp_status status;

    if (!has_value(use, DAOTP__KEY_CA) && !has_value(use, DAOTP__KEY_CA_HOST) &&
        !has_value(use, DAOTP__KEY_REQUEST_FILE) && !has_value(use, DAOTP__KEY_CERTIFICATE_FILE) &&
        !has_web_service(use))
        return DAOTP_OK;
    status = make_profile_ca(use, identity, &ca);
    if (status == DAOTP_OK)
        status = daotp_client_set_ca(client, ca);
    daotp_ca_unref(ca);
    return status;
}

/* ---- objects --------------------------------------------------------------------------------- */

static daotp_status use_client_trust(const daotp__profile_use *use, daotp_client *client)
{
    daotp_trust *trust = NULL;
    daotp_status status = daotp__profile_trust(use, DAOTP__KEY_TRUST, DAOTP__KEY_COUNT, &trust);

    if (status == DAOTP_OK && trust != NULL)
        status = daotp_client_set_trust(client, trust);
    daotp_trust_unref(trust);
    return status;
}

static daotp_status add_client_ntauth(void *client, const void *bytes, size_t len)
{
    return daotp_client_add_ntauth(client, bytes, len);
}

static daotp_status use_issuer_trust(const daotp__profile_use *use, daotp_client *client)
{
    int mode = daotp__profile_choice(use->profile, DAOTP__KEY_REVOCATION);
    daotp_trust *trust = NULL;
    daotp_fetcher *fetcher = NULL;
    daotp_status status =
        daotp__profile_trust(use, DAOTP__KEY_ISSUER_TRUST, DAOTP__KEY_ISSUER_CRL, &trust);

    if (status == DAOTP_OK && trust != NULL)
        status = daotp_client_set_issuer_trust(
            client, trust, mode != 0 ? (daotp_revocation)mode : DAOTP_REVOCATION_REQUIRE);
    if (status == DAOTP_OK)
        status = daotp__profile_add_files(use, DAOTP__KEY_NTAUTH, add_client_ntauth, client);
    if (status == DAOTP_OK)
        status = daotp__profile_fetcher(use, &fetcher);
    if (status == DAOTP_OK && fetcher != NULL)
        status = daotp_client_set_fetcher(client, fetcher);
    daotp_fetcher_unref(fetcher);
    daotp_trust_unref(trust);
    return status;
}

static daotp_status use_client_store(const daotp__profile_use *use, daotp_client *client)
{
    const char *folder = daotp__profile_text(use->profile, DAOTP__KEY_STORE);
    const char *renew = daotp__profile_text(use->profile, DAOTP__KEY_RENEW_BEFORE);
    daotp_store *store = NULL;
    daotp_status status = DAOTP_OK;

    if (folder == NULL)
        return DAOTP_OK;
    if (*folder == '/')
        status = daotp_store_new_directory(use->profile->context, folder, &store);
    else if (strcmp(folder, "none") != 0)
        status = daotp_store_open_report(use->profile->context, folder, use->report, &store);
    if (status == DAOTP_OK && store != NULL && renew != NULL)
        status = daotp_store_set_renew_before_s(store, daotp__value_number(renew));
    if (status == DAOTP_OK)
        status = daotp__profile_setter_status(
            use,
            daotp_client_set_store(client, store,
                                   daotp__profile_text(use->profile, DAOTP__KEY_LABEL)),
            DAOTP__KEY_LABEL, 0);
    daotp_store_unref(store);
    return status;
}

static daotp_status use_client_logon(const daotp__profile_use *use, daotp_client *client)
{
    daotp_status status;

    if (!has_value(use, DAOTP__KEY_LOGON))
        return DAOTP_OK;
    status = daotp_client_set_logon_proof(
        client, daotp__profile_flag(use->profile, DAOTP__KEY_LOGON, false));
    if (status == DAOTP_OK)
        status = daotp_client_set_logon_realm(client,
                                              daotp__profile_text(use->profile, DAOTP__KEY_REALM),
                                              daotp__profile_text(use->profile, DAOTP__KEY_KDC));
    if (status == DAOTP_OK)
        status = daotp_client_set_logon_anchors(
            client, daotp__profile_text(use->profile, DAOTP__KEY_KDC_TRUST));
    return daotp__profile_setter_status(use, status, DAOTP__KEY_KDC, 0);
}

static daotp_status use_client_objects(const daotp__profile_use *use, daotp_client *client)
{
    daotp_credential *identity = NULL;
    daotp_status status = use_client_trust(use, client);

    if (status == DAOTP_OK)
        status = daotp__profile_credential(use, DAOTP__KEY_CERT, DAOTP__KEY_KEY, &identity);
    if (status == DAOTP_OK && identity != NULL)
        status = daotp_client_set_identity(client, identity);
    if (status == DAOTP_OK)
        status = use_client_ca(use, client, identity);
    if (status == DAOTP_OK)
        status = use_issuer_trust(use, client);
    if (status == DAOTP_OK)
        status = use_client_store(use, client);
    daotp_credential_unref(identity);
    return status;
}

daotp_status daotp_client_use_profile(daotp_client *client, const daotp_profile *profile)
{
    daotp__profile_use use = {.profile = profile, .report = daotp_client_get_report(client)};
    daotp_status status;

    if (client == NULL || daotp__client_is_running(client))
        return daotp__client_refuse_order(client, "profile");
    if (profile == NULL)
        return DAOTP_USAGE;
    daotp__report_clear(use.report);
    status = daotp__profile_add_texts(&use, DAOTP__KEY_URL, add_client_server, client);
    if (status == DAOTP_OK)
        status = use_client_texts(&use, client);
    if (status == DAOTP_OK)
        status = use_client_flags(&use, client);
    if (status == DAOTP_OK)
        status = use_client_times(&use, client);
    if (status == DAOTP_OK)
        status = use_client_choices(&use, client);
    if (status == DAOTP_OK)
        status = use_client_objects(&use, client);
    if (status == DAOTP_OK)
        status = use_client_logon(&use, client);
    return daotp__report_status(use.report, status);
}
