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
static daotp_status set_trust(daotp_context *context, server *s, daotp_report *report)
{
    daotp_trust *trust = NULL;
    daotp_revocation mode;
    daotp_status status = tool_revocation("serve", "revocation", s->revocation, &mode);

    if (status != DAOTP_OK || s->trust == NULL)
        return status;
    status = daotp_trust_new(context, &trust);
    if (status == DAOTP_OK)
        status = daotp_trust_add_file(trust, s->trust, report);
    if (status == DAOTP_OK && s->with != NULL)
        status = add_intermediates(trust, s->with, report);
    for (size_t i = 0; i < s->crl_count && status == DAOTP_OK; i++)
        status = daotp_trust_add_crl_file(trust, s->crls[i], report);
    if (status == DAOTP_OK)
        status = daotp_responder_set_trust(s->responder, trust, mode);
    daotp_trust_unref(trust);
    return status;
}

/* No request may be for the key of the TLS server. */
static daotp_status reserve_key(const server *s)
{
    daotp_status status;
    char *bytes;
    size_t len;

    if (s->https.cert == NULL)
        return DAOTP_OK;
    if (!tool_read_file(s->https.cert, &bytes, &len))
        return DAOTP_CONFIGURATION;
    status = daotp_responder_add_reserved(s->responder, bytes, len);
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

static daotp_status load_trust(daotp_context *context, server *s)
{
    daotp_report *report = NULL;
    daotp_status status = daotp_report_new(context, &report);

    if (status == DAOTP_OK)
        status = set_trust(context, s, report);
    if (status != DAOTP_OK && status != DAOTP_USAGE && report != NULL)
        serve_say_report(report, status);
    daotp_report_free(report);
    return status;
}

void serve_warn_before(daotp_context *context, const server *s)
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

static daotp_status add_domain(server *s, char *rule)
{
    char *sign = strchr(rule, '=');
    daotp_status status;

    *sign = '\0';
    status = daotp_responder_add_domain(s->responder, rule, sign + 1);
    *sign = '=';
    return tool_taken("serve", status, "domain", rule);
}

daotp_status serve_make_responder(daotp_context *context, server *s)
{
    daotp_status status = daotp_responder_new(context, &s->responder);

    if (status == DAOTP_OK)
        status = serve_set_budget(context, s);
    for (size_t i = 0; i < s->domain_count && status == DAOTP_OK; i++)
        status = add_domain(s, s->domains[i]);

    if (status == DAOTP_OK)
        status = tool_taken("serve", daotp_responder_set_template(s->responder, s->template),
                            "template", s->template);
    if (status == DAOTP_OK)
        status = daotp_responder_set_signer_files(s->responder, s->ra_cert, s->ra_key);
    if (status == DAOTP_OK)
        status = reserve_key(s);
    if (status == DAOTP_OK)
        status = load_trust(context, s);
    for (size_t i = 0; i < s->issuing_ca_count && status == DAOTP_OK; i++)
        status =
            tool_taken("serve", daotp_responder_add_issuing_ca(s->responder, s->issuing_cas[i]),
                       "issuing-ca", s->issuing_cas[i]);
    if (status == DAOTP_OK)
        status = daotp_responder_set_timeout_ms(s->responder, (int64_t)(s->timeout_s * 1000));
    if (status == DAOTP_OK)
        status = daotp_responder_set_user_callback(s->responder, serve_on_user, s);
    if (status == DAOTP_OK)
        status = daotp_responder_set_code_callback(s->responder, serve_on_code, s);
    return status;
}
