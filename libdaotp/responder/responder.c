/* SPDX-License-Identifier: BSD-2-Clause */
/* The settings that all exchanges share, and the signing certificate, which changes while the
 * server runs. */
#include "responder/responder.h"
#include "x509/role.h"

#include "core/alloc.h"
#include "core/limits.h"
#include "core/utf8.h"
#include "request/cmc.h"
#include "x509/oid.h"

#include <string.h>
#include <strings.h>

daotp_status daotp_responder_new(daotp_context *context, daotp_responder **responder)
{
    if (responder == NULL)
        return DAOTP_USAGE;
    *responder = NULL;
    if (context == NULL)
        return DAOTP_USAGE;
    *responder = daotp__new(sizeof **responder);
    if (*responder == NULL)
        return DAOTP_MEMORY;
    (*responder)->context = daotp__context_ref(context);
    daotp__report_init(&(*responder)->report, context);
    (*responder)->timeout_ms = DAOTP__EXCHANGE_MS;
    daotp__buffer_init(&(*responder)->template_oid, DAOTP__MAX_TEXT);
    daotp__buffer_init_secret(&(*responder)->spare_body, DAOTP__MAX_OTP_MESSAGE);
    daotp__buffer_init_secret(&(*responder)->spare_code, DAOTP__MAX_OTP);
    daotp__chain_init(&(*responder)->reserved, DAOTP__MAX_ANCHORS);
    return DAOTP_OK;
}

void daotp_responder_free(daotp_responder *responder)
{
    daotp_context *context;

    if (responder == NULL)
        return;
    context = responder->context;
    daotp__buffer_free(&responder->template_oid);
    daotp__buffer_free(&responder->spare_body);
    daotp__buffer_free(&responder->spare_code);
    daotp__chain_free(&responder->reserved);
    daotp_verifier_free(responder->verifier);
    daotp_trust_unref(responder->trust);
    daotp_credential_unref(responder->signer);
    daotp_budget_unref(responder->budget);
    daotp__delete(responder->certificate_path);
    daotp__delete(responder->key_path);
    for (size_t i = 0; i < responder->issuing_ca_count; i++)
        daotp__delete(responder->issuing_cas[i]);
    for (size_t i = 0; i < responder->domain_count; i++) {
        daotp__delete(responder->domains[i].domain);
        daotp__delete(responder->domains[i].suffix);
    }
    daotp__report_end(&responder->report);
    daotp__delete(responder);
    daotp_context_unref(context);
}

daotp_report *daotp_responder_get_report(daotp_responder *responder)
{
    return responder != NULL ? &responder->report : NULL;
}

static daotp_status refuse_responder_setting(daotp_responder *responder, daotp_status status,
                                             const char *setting, const char *why)
{
    return responder != NULL ? daotp__report_refuse(&responder->report, status, setting, why)
                             : DAOTP_USAGE;
}

daotp_status daotp_responder_set_template(daotp_responder *responder, const char *oid)
{
    daotp__buffer der;
    daotp_status status;

    if (responder == NULL || oid == NULL)
        return refuse_responder_setting(responder, DAOTP_USAGE, "template", DAOTP__NOT_GIVEN);
    status = daotp__oid_read(oid, DAOTP__MAX_TEXT, &der);
    if (status != DAOTP_OK)
        return refuse_responder_setting(responder, status, "template", "no object identifier");
    daotp__buffer_free(&responder->template_oid);
    responder->template_oid = der;
    return DAOTP_OK;
}

daotp_status daotp_responder_set_signer(daotp_responder *responder, daotp_credential *signer)
{
    if (responder == NULL)
        return DAOTP_USAGE;
    (void)daotp_credential_ref(signer);
    daotp_credential_unref(responder->signer);
    responder->signer = signer;
    daotp__delete(responder->certificate_path);
    daotp__delete(responder->key_path);
    responder->certificate_path = responder->key_path = NULL;
    return DAOTP_OK;
}

daotp_status daotp_responder_add_issuing_ca(daotp_responder *responder, const char *config)
{
    const char *slash = config != NULL ? strchr(config, '\\') : NULL;
    char *copy;

    if (responder == NULL || slash == NULL || slash == config || slash[1] == '\0' ||
        strlen(config) > DAOTP__MAX_URL || !daotp__utf8_printable(config, strlen(config)))
        return refuse_responder_setting(responder, DAOTP_USAGE, "issuing CA", "no host\\name");
    if (responder->issuing_ca_count == DAOTP__MAX_ISSUING_CAS)
        return refuse_responder_setting(responder, DAOTP_USAGE, "issuing CA", DAOTP__ONE_TOO_MANY);
    copy = daotp__text_copy(config);
    if (copy == NULL)
        return DAOTP_MEMORY;
    responder->issuing_cas[responder->issuing_ca_count++] = copy;
    return DAOTP_OK;
}

static bool is_domain_part(const char *text)
{
    return text != NULL && *text != '\0' && strlen(text) <= 255 && strpbrk(text, "\\@") == NULL &&
           daotp__utf8_printable(text, strlen(text));
}

daotp_status daotp_responder_add_domain(daotp_responder *responder, const char *domain,
                                        const char *suffix)
{
    char *copies[2];

    if (responder == NULL || !is_domain_part(domain) || !is_domain_part(suffix))
        return refuse_responder_setting(responder, DAOTP_USAGE, "domain",
                                        "no domain, or no suffix of a UPN");
    if (responder->domain_count == DAOTP__MAX_DOMAINS)
        return refuse_responder_setting(responder, DAOTP_USAGE, "domain", DAOTP__ONE_TOO_MANY);
    copies[0] = daotp__text_copy(domain);
    copies[1] = daotp__text_copy(suffix);
    if (copies[0] == NULL || copies[1] == NULL) {
        daotp__delete(copies[0]);
        daotp__delete(copies[1]);
        return DAOTP_MEMORY;
    }
    responder->domains[responder->domain_count].domain = copies[0];
    responder->domains[responder->domain_count++].suffix = copies[1];
    return DAOTP_OK;
}

/* Is text the domain, up to its backslash? */
static bool is_in_domain(const char *name, const char *slash, const char *domain)
{
    return strlen(domain) == (size_t)(slash - name) &&
           strncasecmp(name, domain, strlen(domain)) == 0;
}

daotp_status daotp__responder_name_rule(const daotp_responder *responder, const char *name,
                                        daotp__buffer *upn)
{
    const char *slash = strchr(name, '\\'), *at = strrchr(name, '@');

    for (size_t i = 0; i < responder->domain_count && upn->len == 0; i++) {
        const char *suffix = responder->domains[i].suffix;

        if (slash != NULL && is_in_domain(name, slash, responder->domains[i].domain))
            daotp__buffer_format(upn, "%s@%s", slash + 1, suffix);
        else if (slash == NULL && at != NULL && daotp__text_equal_nocase(at + 1, suffix))
            daotp__buffer_text(upn, name);
    }
    return upn->failed == DAOTP_OK ? DAOTP_OK : DAOTP_MEMORY;
}

daotp_status daotp_responder_set_user_callback(daotp_responder *responder, daotp_user_fn ask,
                                               void *user)
{
    if (responder == NULL)
        return DAOTP_USAGE;
    responder->ask_user = ask;
    responder->ask_user_user = user;
    return DAOTP_OK;
}

daotp_status daotp_responder_set_code_callback(daotp_responder *responder, daotp_code_fn ask,
                                               void *user)
{
    if (responder == NULL)
        return DAOTP_USAGE;
    responder->ask_code = ask;
    responder->ask_code_user = user;
    return DAOTP_OK;
}

daotp_status daotp_responder_set_budget(daotp_responder *responder, daotp_budget *budget)
{
    if (responder == NULL)
        return DAOTP_USAGE;
    (void)daotp__budget_ref(budget);
    daotp_budget_unref(responder->budget);
    responder->budget = budget;
    responder->memory_told = false;
    return DAOTP_OK;
}

daotp_budget *daotp__responder_budget(daotp_responder *responder, daotp_report *report)
{
    if (responder->budget == NULL &&
        daotp_budget_new(responder->context, NULL, &responder->budget) != DAOTP_OK)
        return NULL;
    if (!responder->memory_told && !daotp__budget_is_durable(responder->budget))
        (void)daotp__report_add(report, DAOTP_FINDING_SERVE_BUDGET_MEMORY, 0, "responder",
                                "no folder");
    responder->memory_told = true;
    return responder->budget;
}

daotp_status daotp_responder_set_trust(daotp_responder *responder, daotp_trust *trust,
                                       daotp_revocation revocation)
{
    daotp_verifier *verifier = NULL;
    daotp_status status = DAOTP_OK;

    if (responder == NULL || revocation < DAOTP_REVOCATION_REQUIRE ||
        revocation > DAOTP_REVOCATION_IGNORE)
        return refuse_responder_setting(responder, DAOTP_USAGE, "revocation", DAOTP__NO_SUCH);
    if (trust != NULL)
        status = daotp_verifier_new(responder->context, trust, &verifier);
    if (status != DAOTP_OK)
        return status;
    (void)daotp_verifier_set_rules(verifier, DAOTP_RULES_PATH); /* a NULL one takes nothing */
    daotp_verifier_free(responder->verifier);
    responder->verifier = verifier;
    (void)daotp_trust_ref(trust);
    daotp_trust_unref(responder->trust);
    responder->trust = trust;
    responder->revocation = revocation;
    return DAOTP_OK;
}

daotp_status daotp_responder_add_reserved(daotp_responder *responder, const void *certificates,
                                          size_t len)
{
    daotp_status status;
    size_t before;

    if (responder == NULL || certificates == NULL)
        return refuse_responder_setting(responder, DAOTP_USAGE, "reserved certificates",
                                        DAOTP__NOT_GIVEN);
    before = responder->reserved.count;
    daotp__report_clear(&responder->report);
    status = daotp__report_status(&responder->report,
                                  daotp__chain_read(&responder->reserved,
                                                    (daotp__bytes){certificates, len},
                                                    "reserved certificates", &responder->report));
    if (status != DAOTP_OK)
        daotp__chain_truncate(&responder->reserved, before);
    return status;
}

static daotp__bytes find_key_in_chain(const daotp__chain *chain, daotp__bytes spki)
{
    daotp__certificate certificate;

    for (size_t i = 0; i < chain->count; i++)
        if (daotp__certificate_read(chain->list[i], &certificate) &&
            daotp__bytes_equal(certificate.spki, spki))
            return chain->list[i];
    return (daotp__bytes){NULL, 0};
}

static daotp__bytes find_key_in_nodes(const daotp__nodes *nodes, daotp__bytes spki)
{
    for (size_t i = 0; i < nodes->count; i++)
        if (daotp__bytes_equal(nodes->list[i]->certificate.spki, spki))
            return nodes->list[i]->certificate.der;
    return (daotp__bytes){NULL, 0};
}

daotp__bytes daotp__responder_key_owner(const daotp_responder *responder,
                                        const daotp_credential *signer, daotp__bytes spki)
{
    daotp__bytes owner = find_key_in_chain(daotp__credential_chain(signer), spki);

    if (owner.data == NULL)
        owner = find_key_in_chain(&responder->reserved, spki);
    if (owner.data == NULL && responder->trust != NULL)
        owner = find_key_in_nodes(daotp__trust_anchors(responder->trust), spki);
    if (owner.data == NULL && responder->trust != NULL)
        owner = find_key_in_nodes(daotp__trust_intermediates(responder->trust), spki);
    return owner;
}

daotp_status daotp_responder_require_certificate(daotp_responder *responder, bool require)
{
    if (responder == NULL)
        return DAOTP_USAGE;
    responder->any_client = !require;
    return DAOTP_OK;
}

daotp_status daotp_responder_set_timeout_ms(daotp_responder *responder, int64_t timeout_ms)
{
    if (responder == NULL || timeout_ms < 1)
        return refuse_responder_setting(responder, DAOTP_USAGE, "time-out", DAOTP__OUT_OF_RANGE);
    responder->timeout_ms = timeout_ms;
    return DAOTP_OK;
}

/* ---- the signing certificate ----------------------------------------------------------------- */

/* Whether the new pair may replace the one in use. Its minor faults are reported when it signs. */
static bool is_fit_signer(const daotp_responder *responder, const daotp_credential *signer,
                          daotp_report *report)
{
    const daotp__certificate *leaf = daotp__credential_leaf(signer);
    int64_t now = daotp__context_now_s(responder->context);

    return daotp__role_check(DAOTP_ROLE_RA, leaf, now, "signing certificate", NULL) == DAOTP_OK ||
           daotp__role_check(DAOTP_ROLE_RA, leaf, now, "signing certificate", report) == DAOTP_OK;
}

/* Faults of the first pair are reported when it is used; later pairs replace the old one only if
 * they are usable. */
static void reload_signer(daotp_responder *responder, daotp_report *report)
{
    daotp__file_mark certificate = daotp__file_mark_path(responder->certificate_path);
    daotp__file_mark key = daotp__file_mark_path(responder->key_path);
    bool first = responder->signer == NULL;
    daotp_credential *signer;
    size_t findings = report->count;

    if (!first && daotp__file_mark_equal(&certificate, &responder->certificate_mark) &&
        daotp__file_mark_equal(&key, &responder->key_mark))
        return;
    if (daotp_credential_load(responder->context, responder->certificate_path, responder->key_path,
                              report, &signer) != DAOTP_OK ||
        (!first && !is_fit_signer(responder, signer, report))) {
        daotp_credential_unref(signer);
        daotp__report_downgrade_errors(report, findings); /* the old one may still be usable */
        return;
    }
    daotp_credential_unref(responder->signer);
    responder->signer = signer;
    responder->certificate_mark = certificate;
    responder->key_mark = key;
    if (!first)
        (void)daotp__report_add(report, DAOTP_FINDING_SERVE_RA_RELOADED, 0,
                                responder->certificate_path, "serial %s",
                                daotp_credential_get_serial(signer));
}

/* The pair that the files have when they are named: a bad pair that comes later does not replace
 * it. Why it cannot be read is reported when it is needed. */
static daotp_status read_first_signer(daotp_responder *responder)
{
    daotp__file_mark certificate = daotp__file_mark_path(responder->certificate_path);
    daotp__file_mark key = daotp__file_mark_path(responder->key_path);
    daotp_status status = daotp_credential_load(responder->context, responder->certificate_path,
                                                responder->key_path, NULL, &responder->signer);

    if (status == DAOTP_OK) {
        responder->certificate_mark = certificate;
        responder->key_mark = key;
    }
    return status == DAOTP_MEMORY ? DAOTP_MEMORY : DAOTP_OK;
}

daotp_status daotp_responder_set_signer_files(daotp_responder *responder,
                                              const char *certificate_path, const char *key_path)
{
    if (responder == NULL || certificate_path == NULL || key_path == NULL)
        return refuse_responder_setting(responder, DAOTP_USAGE, "signer", DAOTP__NOT_GIVEN);
    if (!daotp__text_set(&responder->certificate_path, certificate_path) ||
        !daotp__text_set(&responder->key_path, key_path))
        return DAOTP_MEMORY;
    responder->certificate_mark = responder->key_mark = (daotp__file_mark){.inode = -1};
    return responder->signer == NULL ? read_first_signer(responder) : DAOTP_OK;
}

daotp_credential *daotp__responder_signer(daotp_responder *responder, daotp_report *report)
{
    if (responder->certificate_path != NULL)
        reload_signer(responder, report);
    return responder->signer;
}
