/* SPDX-License-Identifier: BSD-2-Clause */
/* Sets up verifiers, RADIUS clients and responders from a profile. */
#include "core/file.h"
#include "profile/objects.h"
#include "profile/value.h"
#include "validate/verifier.h"

#include <string.h>

enum { RADIUS_PORT = 1812, RADSEC_PORT = 2083 };

/* ---- verifier -------------------------------------------------------------------------------- */

static daotp_status add_verifier_ntauth(void *verifier, const void *bytes, size_t len)
{
    return daotp_verifier_add_ntauth(verifier, bytes, len);
}

static daotp_status use_verifier_fetcher(const daotp__profile_use *use, daotp_verifier *verifier)
{
    daotp_fetcher *fetcher = NULL;
    daotp_status status = daotp__profile_fetcher(use, &fetcher);

    if (status == DAOTP_OK && fetcher != NULL)
        status = daotp_verifier_set_fetcher(verifier, fetcher);
    daotp_fetcher_unref(fetcher);
    return status;
}

static daotp_status use_verifier_rules(const daotp__profile_use *use, daotp_verifier *verifier)
{
    const char *stale = daotp__profile_text(use->profile, DAOTP__KEY_STALE);
    const char *timeout = daotp__profile_text(use->profile, DAOTP__KEY_TIMEOUT);
    int rules = daotp__profile_choice(use->profile, DAOTP__KEY_VERIFY_RULES);
    int mode = daotp__profile_choice(use->profile, DAOTP__KEY_REVOCATION);
    daotp_status status = DAOTP_OK;

    if (rules != 0)
        status = daotp_verifier_set_rules(verifier, (daotp_rules)rules);
    if (status == DAOTP_OK && mode != 0)
        status = daotp_verifier_set_revocation(verifier, (daotp_revocation)mode);
    if (status == DAOTP_OK && stale != NULL)
        status = daotp__profile_setter_status(
            use, daotp_verifier_set_stale_s(verifier, daotp__value_number(stale)), DAOTP__KEY_STALE,
            0);
    if (status == DAOTP_OK && timeout != NULL)
        status = daotp__profile_setter_status(
            use, daotp_verifier_set_timeout_ms(verifier, daotp__value_ms(timeout)),
            DAOTP__KEY_TIMEOUT, 0);
    return status;
}

daotp_status daotp_verifier_use_profile(daotp_verifier *verifier, const daotp_profile *profile)
{
    daotp__profile_use use = {.profile = profile, .report = daotp_verifier_get_report(verifier)};
    daotp_status status;

    if (verifier == NULL || verifier->is_running)
        return daotp__verifier_refuse_order(verifier, "profile");
    if (profile == NULL)
        return DAOTP_USAGE;
    daotp__report_clear(use.report);
    status = use_verifier_rules(&use, verifier);
    if (status == DAOTP_OK)
        status = daotp__profile_add_files(&use, DAOTP__KEY_NTAUTH, add_verifier_ntauth, verifier);
    if (status == DAOTP_OK)
        status = use_verifier_fetcher(&use, verifier);
    return daotp__report_status(use.report, status);
}

/* ---- RADIUS client --------------------------------------------------------------------------- */

/* Read the first line of the file; *len is 0 when it is empty. */
static daotp_status read_radius_secret(const daotp__profile_use *use, daotp__buffer *secret,
                                       size_t *len)
{
    const char *path = daotp__profile_text(use->profile, DAOTP__KEY_RADIUS_SECRET);
    daotp_status status;

    *len = 0;
    if (path == NULL)
        return DAOTP_OK;
    status = daotp__file_read(path, true, secret, use->report);
    while (status == DAOTP_OK && *len < secret->len && secret->data[*len] != '\n')
        ++*len;
    if (*len > 0 && secret->data[*len - 1] == '\r')
        --*len;
    if (status == DAOTP_OK && *len == 0)
        status = daotp__report_add(use->report, DAOTP_FINDING_FILE_READ, 0, path, "an empty line");
    return status;
}

static daotp_status add_radius_servers(const daotp__profile_use *use, daotp_radius *radius,
                                       const uint8_t *secret, size_t len)
{
    int choice = daotp__profile_choice(use->profile, DAOTP__KEY_RADIUS_POLICY);
    daotp_radius_policy policy = DAOTP_RADIUS_POLICY_REQUIRE;
    daotp_status status = DAOTP_OK;

    if (choice != 0)
        policy = (daotp_radius_policy)choice;
    for (size_t i = 0; status == DAOTP_OK; i++) {
        const daotp__profile_value *value =
            daotp__profile_value_at(use->profile, DAOTP__KEY_RADIUS_SERVER, i);
        daotp__host host;
        uint16_t port;

        if (value == NULL)
            break;
        if (len == 0)
            return daotp__profile_report_missing(use, DAOTP__KEY_RADIUS_SECRET,
                                                 DAOTP__KEY_RADIUS_SERVER);
        status = DAOTP_USAGE;
        if (daotp__value_split_host(value->text, &host, &port))
            status = daotp_radius_add_server(radius, host.text, port != 0 ? port : RADIUS_PORT,
                                             secret, len, policy);
        status = daotp__profile_setter_status(use, status, DAOTP__KEY_RADIUS_SERVER, i);
    }
    return status;
}

static daotp_status use_radius_servers(const daotp__profile_use *use, daotp_radius *radius)
{
    daotp__buffer secret;
    size_t len;
    daotp_status status;

    daotp__buffer_init_secret(&secret, DAOTP__MAX_KEY_FILE);
    status = read_radius_secret(use, &secret, &len);
    if (status == DAOTP_OK)
        status = add_radius_servers(use, radius, secret.data, len);
    daotp__buffer_free(&secret);
    return status;
}

static daotp_status add_radsec_servers(const daotp__profile_use *use, daotp_radius *radius,
                                       daotp_trust *trust, daotp_credential *identity)
{
    daotp_status status = DAOTP_OK;

    for (size_t i = 0; status == DAOTP_OK; i++) {
        const daotp__profile_value *value =
            daotp__profile_value_at(use->profile, DAOTP__KEY_RADSEC_SERVER, i);
        daotp__host host;
        uint16_t port;

        if (value == NULL)
            break;
        if (trust == NULL || identity == NULL)
            return daotp__profile_report_missing(
                use, trust == NULL ? DAOTP__KEY_RADSEC_TRUST : DAOTP__KEY_RADSEC_CERT,
                DAOTP__KEY_RADSEC_SERVER);
        status = DAOTP_USAGE;
        if (daotp__value_split_host(value->text, &host, &port))
            status = daotp_radius_add_radsec_server(
                radius, host.text, port != 0 ? port : RADSEC_PORT, trust, identity);
        status = daotp__profile_setter_status(use, status, DAOTP__KEY_RADSEC_SERVER, i);
    }
    return status;
}

static daotp_status use_radsec_servers(const daotp__profile_use *use, daotp_radius *radius)
{
    daotp_credential *identity = NULL;
    daotp_trust *trust = NULL;
    daotp_status status =
        daotp__profile_trust(use, DAOTP__KEY_RADSEC_TRUST, DAOTP__KEY_COUNT, &trust);

    if (status == DAOTP_OK)
        status = daotp__profile_credential(use, DAOTP__KEY_RADSEC_CERT, DAOTP__KEY_RADSEC_KEY,
                                           &identity);
    if (status == DAOTP_OK)
        status = add_radsec_servers(use, radius, trust, identity);
    daotp_credential_unref(identity);
    daotp_trust_unref(trust);
    return status;
}

static daotp_status use_radius_choices(const daotp__profile_use *use, daotp_radius *radius)
{
    int timers = daotp__profile_choice(use->profile, DAOTP__KEY_RADIUS_TIMERS);
    int form = daotp__profile_choice(use->profile, DAOTP__KEY_RADIUS_USER_FORM);
    int rules = daotp__profile_choice(use->profile, DAOTP__KEY_SERVER_RULES);
    const char *timeout = daotp__profile_text(use->profile, DAOTP__KEY_RADIUS_TIMEOUT);
    daotp_status status = DAOTP_OK;

    if (timers != 0)
        status = daotp_radius_set_timers(radius, (daotp_radius_timers)timers);
    if (status == DAOTP_OK && form != 0)
        status = daotp_radius_set_user_form(radius, (daotp_radius_user_form)form);
    if (status == DAOTP_OK && rules != 0)
        status = daotp_radius_set_server_rules(radius, (daotp_rules)rules);
    if (status == DAOTP_OK && timeout != NULL)
        status = daotp__profile_setter_status(
            use, daotp_radius_set_timeout_ms(radius, daotp__value_ms(timeout)),
            DAOTP__KEY_RADIUS_TIMEOUT, 0);
    return status;
}

static daotp_status add_radius_attributes(void *radius, const char *attributes)
{
    return daotp_radius_add_attributes(radius, attributes);
}

static daotp_status use_radius_attributes(const daotp__profile_use *use, daotp_radius *radius)
{
    const char *nas = daotp__profile_text(use->profile, DAOTP__KEY_RADIUS_NAS);
    daotp_status status = DAOTP_OK;

    if (nas != NULL)
        status = daotp__profile_setter_status(use, daotp_radius_set_nas_identifier(radius, nas),
                                              DAOTP__KEY_RADIUS_NAS, 0);
    if (status == DAOTP_OK)
        status = daotp__profile_add_texts(use, DAOTP__KEY_RADIUS_ATTRIBUTES, add_radius_attributes,
                                          radius);
    return status;
}

daotp_status daotp_radius_use_profile(daotp_radius *radius, const daotp_profile *profile)
{
    daotp__profile_use use = {.profile = profile, .report = daotp_radius_get_report(radius)};
    daotp_status status;

    if (radius == NULL || profile == NULL)
        return DAOTP_USAGE;
    daotp__report_clear(use.report);
    status = use_radius_choices(&use, radius);
    if (status == DAOTP_OK)
        status = use_radius_attributes(&use, radius);
    if (status == DAOTP_OK)
        status = use_radius_servers(&use, radius);
    if (status == DAOTP_OK)
        status = use_radsec_servers(&use, radius);
    return daotp__report_status(use.report, status);
}

/* ---- responder ------------------------------------------------------------------------------- */

static daotp_status set_responder_template(void *responder, const char *oid, int64_t major,
                                           int64_t minor)
{
    (void)major; /* any version of it is accepted */
    (void)minor;
    return daotp_responder_set_template(responder, oid);
}

static daotp_status add_responder_reserved(void *responder, const void *bytes, size_t len)
{
    return daotp_responder_add_reserved(responder, bytes, len);
}

static daotp_status use_responder_signer(const daotp__profile_use *use, daotp_responder *responder)
{
    const char *cert = daotp__profile_text(use->profile, DAOTP__KEY_RA_CERT);
    daotp_status status = daotp__profile_check_pair(use, DAOTP__KEY_RA_CERT, DAOTP__KEY_RA_KEY);

    if (status == DAOTP_OK && cert != NULL)
        status = daotp_responder_set_signer_files(
            responder, cert, daotp__profile_text(use->profile, DAOTP__KEY_RA_KEY));
    return status;
}

static daotp_status use_responder_trust(const daotp__profile_use *use, daotp_responder *responder)
{
    int mode = daotp__profile_choice(use->profile, DAOTP__KEY_CLIENT_REVOCATION);
    daotp_trust *trust = NULL;
    daotp_status status =
        daotp__profile_trust(use, DAOTP__KEY_CLIENT_TRUST, DAOTP__KEY_CLIENT_CRL, &trust);

    if (status == DAOTP_OK && trust != NULL)
        status = daotp_responder_set_trust(
            responder, trust, mode != 0 ? (daotp_revocation)mode : DAOTP_REVOCATION_REQUIRE);
    daotp_trust_unref(trust);
    return status;
}

/* Add a rule NAME=SUFFIX, which was checked before. */
static daotp_status add_domain_rule(void *responder, const char *rule)
{
    char domain[512];
    size_t len = strcspn(rule, "=");

    if (len >= sizeof domain)
        return DAOTP_USAGE;
    memcpy(domain, rule, len);
    domain[len] = '\0';
    return daotp_responder_add_domain(responder, domain, rule + len + 1);
}

static daotp_status add_responder_ca(void *responder, const char *config)
{
    return daotp_responder_add_issuing_ca(responder, config);
}

static daotp_status use_responder_lists(const daotp__profile_use *use, daotp_responder *responder)
{
    daotp_status status =
        daotp__profile_add_texts(use, DAOTP__KEY_ISSUING_CA, add_responder_ca, responder);

    if (status == DAOTP_OK)
        status = daotp__profile_add_texts(use, DAOTP__KEY_DOMAIN, add_domain_rule, responder);
    return status;
}

static daotp_status use_responder_budget(const daotp__profile_use *use, daotp_responder *responder)
{
    const char *folder = daotp__profile_text(use->profile, DAOTP__KEY_STATE);
    daotp_budget *budget = NULL;
    daotp_status status;

    if (folder == NULL)
        return DAOTP_OK;
    status = daotp_budget_new(use->profile->context, folder, &budget);
    if (status == DAOTP_OK)
        status = daotp_budget_open(budget, use->report);
    if (status == DAOTP_OK)
        status = daotp_responder_set_budget(responder, budget);
    daotp_budget_unref(budget);
    return status;
}

static daotp_status use_responder_limits(const daotp__profile_use *use, daotp_responder *responder)
{
    const char *timeout = daotp__profile_text(use->profile, DAOTP__KEY_EXCHANGE_TIMEOUT);
    daotp_status status = DAOTP_OK;

    if (daotp__profile_text(use->profile, DAOTP__KEY_REQUIRE_CERTIFICATE) != NULL)
        status = daotp_responder_require_certificate(
            responder, daotp__profile_flag(use->profile, DAOTP__KEY_REQUIRE_CERTIFICATE, true));
    if (status == DAOTP_OK && timeout != NULL)
        status = daotp__profile_setter_status(
            use, daotp_responder_set_timeout_ms(responder, daotp__value_ms(timeout)),
            DAOTP__KEY_EXCHANGE_TIMEOUT, 0);
    return status;
}

daotp_status daotp_responder_use_profile(daotp_responder *responder, const daotp_profile *profile)
{
    daotp__profile_use use = {.profile = profile, .report = daotp_responder_get_report(responder)};
    daotp_status status;

    if (responder == NULL || profile == NULL)
        return DAOTP_USAGE;
    daotp__report_clear(use.report);
    status = daotp__profile_template(&use, set_responder_template, responder);
    if (status == DAOTP_OK)
        status = use_responder_signer(&use, responder);
    if (status == DAOTP_OK)
        status = use_responder_lists(&use, responder);
    if (status == DAOTP_OK)
        status = use_responder_trust(&use, responder);
    if (status == DAOTP_OK)
        status =
            daotp__profile_add_files(&use, DAOTP__KEY_RESERVED, add_responder_reserved, responder);
    if (status == DAOTP_OK)
        status = use_responder_limits(&use, responder);
    if (status == DAOTP_OK)
        status = use_responder_budget(&use, responder);
    return daotp__report_status(use.report, status);
}
