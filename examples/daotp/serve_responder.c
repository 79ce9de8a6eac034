/* SPDX-License-Identifier: BSD-2-Clause */
/* The responder, as the options say it. */
#include "serve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static daotp_status add_intermediates(daotp_trust *trust, const char *path, daotp_report *report)
{
    daotp_status status;
    char *bytes;
    size_t len;

    if (!tool_read_file(path, &bytes, &len))
        return DAOTP_CONFIGURATION;
    status = daotp_trust_add_intermediates(trust, bytes, len, report);
    free(bytes);
    return status;
}

/* The anchors by which clients and our signing certificate are validated, in addition to the TLS
 * handshake. */
static daotp_status read_trust(daotp_context *context, const serve_settings *s, daotp_trust **out,
                               daotp_report *report)
{
    daotp_status status = daotp_trust_new(context, out);

    if (status == DAOTP_OK)
        status = daotp_trust_add_file(*out, s->trust, report);
    if (status == DAOTP_OK && s->with != NULL)
        status = add_intermediates(*out, s->with, report);
    for (size_t i = 0; i < s->crl_count && status == DAOTP_OK; i++)
        status = daotp_trust_add_crl_file(*out, s->crls[i], report);
    return status;
}

/* No request may be for the key of the TLS server. */
static daotp_status reserve_key(daotp_responder *responder, const serve_settings *s)
{
    daotp_status status;
    char *bytes;
    size_t len;

    if (s->https.cert == NULL)
        return DAOTP_OK;
    if (!tool_read_file(s->https.cert, &bytes, &len))
        return DAOTP_CONFIGURATION;
    status = daotp_responder_add_reserved(responder, bytes, len);
    if (status == DAOTP_PEER) {
        tool_say("daotp serve: --cert %s: no certificate that can be read", s->https.cert);
        status = DAOTP_CONFIGURATION; /* the file is the administrator's */
    }
    free(bytes);
    return status;
}

void serve_say_report(daotp_report *report, daotp_status status)
{
    if (daotp_report_get_status(report) == status) /* else it was said why */
        fputs(daotp_report_get_text(report), stderr);
}

daotp_status serve_load_trust(daotp_context *context, const serve_settings *s, daotp_trust **trust)
{
    daotp_report *report = NULL;
    daotp_revocation mode;
    daotp_status status = tool_revocation("serve", "revocation", s->revocation, &mode);

    *trust = NULL;
    if (status != DAOTP_OK || s->trust == NULL)
        return status;
    status = daotp_report_new(context, &report);
    if (status == DAOTP_OK)
        status = read_trust(context, s, trust, report);
    if (status != DAOTP_OK && status != DAOTP_USAGE && report != NULL)
        serve_say_report(report, status);
    if (status != DAOTP_OK) {
        daotp_trust_unref(*trust);
        *trust = NULL;
    }
    daotp_report_free(report);
    return status;
}

void serve_warn_before(daotp_context *context, const serve_settings *s)
{
    daotp_credential *signer = NULL;
    daotp_report *report = NULL;

    if (s->issuing_ca_count == 0)
        fprintf(stderr, "daotp serve: no --issuing-ca: every exchange will end with SERVE-NO-CA\n");
    if (daotp_report_new(context, &report) == DAOTP_OK &&
        daotp_credential_load(context, s->ra_cert, s->ra_key, report, &signer) != DAOTP_OK)
        fputs(daotp_report_get_text(report), stderr);
    daotp_credential_unref(signer);
    daotp_report_free(report);
}

static daotp_status add_domain(daotp_responder *responder, const char *rule)
{
    const char *sign = strchr(rule, '=');
    char name[256];
    daotp_status status = DAOTP_USAGE;

    if (snprintf(name, sizeof name, "%.*s", (int)(sign - rule), rule) < (int)sizeof name)
        status = daotp_responder_add_domain(responder, name, sign + 1);
    return tool_taken("serve", status, "domain", rule);
}

static daotp_status set_names(daotp_responder *responder, const serve_settings *s)
{
    daotp_status status = DAOTP_OK;

    for (size_t i = 0; i < s->domain_count && status == DAOTP_OK; i++)
        status = add_domain(responder, s->domains[i]);
    if (status == DAOTP_OK)
        status = tool_taken("serve", daotp_responder_set_template(responder, s->template),
                            "template", s->template);
    for (size_t i = 0; i < s->issuing_ca_count && status == DAOTP_OK; i++)
        status = tool_taken("serve", daotp_responder_add_issuing_ca(responder, s->issuing_cas[i]),
                            "issuing-ca", s->issuing_cas[i]);
    return status;
}

daotp_status serve_make_responder(serve_part *part, daotp_trust *trust)
{
    const serve_settings *s = part->settings;
    daotp_responder *responder;
    daotp_revocation mode = DAOTP_REVOCATION_REQUIRE;
    daotp_status status = daotp_responder_new(part->server->context, &part->responder);

    responder = part->responder;
    if (status == DAOTP_OK)
        status = tool_revocation("serve", "revocation", s->revocation, &mode);
    if (status == DAOTP_OK && part->server->budget != NULL)
        status = daotp_responder_set_budget(responder, part->server->budget);
    if (status == DAOTP_OK)
        status = set_names(responder, s);
    if (status == DAOTP_OK)
        status = daotp_responder_set_signer_files(responder, s->ra_cert, s->ra_key);
    if (status == DAOTP_OK)
        status = reserve_key(responder, s);
    if (status == DAOTP_OK && trust != NULL)
        status = daotp_responder_set_trust(responder, trust, mode);
    if (status == DAOTP_OK)
        status = daotp_responder_set_timeout_ms(responder, (int64_t)(s->timeout_s * 1000));
    if (status == DAOTP_OK)
        status = daotp_responder_set_user_callback(responder, serve_on_user, part);
    if (status == DAOTP_OK)
        status = daotp_responder_set_code_callback(responder, serve_on_code, part);
    return status;
}
