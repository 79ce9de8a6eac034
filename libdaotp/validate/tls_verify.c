/* SPDX-License-Identifier: BSD-2-Clause */
#include "validate/tls_verify.h"

#include "net/url.h"
#include "validate/verifier.h"

#include <daotp/verify.h>
#include <stdio.h>

static daotp_finding_number tls_finding(daotp_finding_number number)
{
    switch (number) {
    case DAOTP_FINDING_CHAIN_HOST:
        return DAOTP_FINDING_TLS_SERVER_NAME;
    case DAOTP_FINDING_CHAIN_EXPIRED:
        return DAOTP_FINDING_TLS_SERVER_EXPIRED;
    case DAOTP_FINDING_CHAIN_NOT_YET:
        return DAOTP_FINDING_TLS_SERVER_NOTYET;
    case DAOTP_FINDING_CHAIN_KEY:
    case DAOTP_FINDING_WEBPKI_KEY:
        return DAOTP_FINDING_TLS_SERVER_KEY;
    case DAOTP_FINDING_CHAIN_ALGORITHM:
        return DAOTP_FINDING_TLS_SERVER_HASH;
    case DAOTP_FINDING_CHAIN_PURPOSE:
        return DAOTP_FINDING_TLS_SERVER_USAGE;
    default:
        return DAOTP_FINDING_TLS_SERVER_UNTRUSTED;
    }
}

static void take_verdict(const daotp_report *report, daotp__tls_verdict *verdict)
{
    const daotp_finding *finding = daotp_report_get_error(report);

    verdict->number = tls_finding(daotp_finding_get_number(finding));
    (void)snprintf(verdict->found, sizeof verdict->found, "%s: %s", daotp_finding_get_id(finding),
                   daotp_finding_get_found(finding));
}

static daotp_status set_up_tls_verifier(daotp_verifier *verifier, daotp_rules rules,
                                        const daotp__tls_server *server)
{
    const daotp__chain *sent = server->sent, *path = server->path;
    daotp_name_kind kind = daotp__url_is_address(server->host) ? DAOTP_NAME_IP : DAOTP_NAME_DNS;
    daotp_status status = daotp_verifier_set_rules(verifier, rules);

    if (status == DAOTP_OK)
        status = daotp_verifier_set_revocation(verifier, DAOTP_REVOCATION_IGNORE);
    if (status == DAOTP_OK)
        status = daotp_verifier_set_purpose(verifier, daotp__oid_dotted(DAOTP__OID_SERVER_AUTH));
    if (status == DAOTP_OK)
        status = daotp_verifier_add_name(verifier, kind, server->host);
    for (size_t i = 1; i < sent->count && status == DAOTP_OK; i++)
        status = daotp_verifier_add_intermediates(verifier, sent->list[i].data, sent->list[i].len);
    for (size_t i = 1; i < path->count; i++) /* libssl has verified this signature already */
        daotp__verifier_note_signature(verifier, path->list[i - 1], path->list[i]);
    return status;
}

static daotp_status verify_tls_server(daotp_rules rules, daotp_context *context, daotp_trust *trust,
                                      const daotp__tls_server *server, daotp__tls_verdict *verdict)
{
    daotp_verifier *verifier;
    daotp_status status = daotp_verifier_new(context, trust, &verifier);

    if (status != DAOTP_OK)
        return status;
    status = set_up_tls_verifier(verifier, rules, server);
    if (status == DAOTP_OK)
        status =
            daotp_verifier_verify(verifier, server->sent->list[0].data, server->sent->list[0].len);
    if (status != DAOTP_OK && status != DAOTP_MEMORY)
        take_verdict(daotp_verifier_get_report(verifier), verdict);
    daotp_verifier_free(verifier);
    return status;
}

static daotp_status verify_by_path_rules(daotp_context *context, daotp_trust *trust,
                                         const daotp__tls_server *server,
                                         daotp__tls_verdict *verdict)
{
    return verify_tls_server(DAOTP_RULES_PATH, context, trust, server, verdict);
}

static daotp_status verify_by_strict_rules(daotp_context *context, daotp_trust *trust,
                                           const daotp__tls_server *server,
                                           daotp__tls_verdict *verdict)
{
    return verify_tls_server(DAOTP_RULES_STRICT, context, trust, server, verdict);
}

static daotp_status verify_by_webpki_rules(daotp_context *context, daotp_trust *trust,
                                           const daotp__tls_server *server,
                                           daotp__tls_verdict *verdict)
{
    return verify_tls_server(DAOTP_RULES_WEBPKI, context, trust, server, verdict);
}

daotp__tls_verify_fn daotp__tls_verify_by(daotp_rules rules)
{
    if (rules == DAOTP_RULES_STRICT)
        return verify_by_strict_rules;
    return rules == DAOTP_RULES_WEBPKI ? verify_by_webpki_rules : verify_by_path_rules;
}
