/* SPDX-License-Identifier: BSD-2-Clause */
/* Compiled instead of rpc_gss.c and ticket_krb5.c in a build without libkrb5. */
#include "ca/rpc_security.h"
#include "ca/ticket.h"

daotp_status daotp__ticket_new(const daotp__ticket_spec *spec, daotp_report *report,
                               daotp__ticket **ticket)
{
    (void)spec;
    *ticket = NULL;
    return daotp__ticket_check_build(report);
}

daotp_status daotp__ticket_check_build(daotp_report *report)
{
    return daotp__report_add(report, DAOTP_FINDING_BUILD_WITHOUT, 0, "submission by RPC",
                             "DAOTP_WITH_KRB5 is off");
}

void daotp__ticket_free(daotp__ticket *ticket)
{
    (void)ticket;
}

daotp_status daotp__ticket_step(daotp__ticket *ticket, daotp_report *report)
{
    (void)ticket, (void)report;
    return DAOTP_INTERNAL;
}

const char *daotp__ticket_cache(const daotp__ticket *ticket)
{
    (void)ticket;
    return "";
}

const char *daotp__ticket_principal(const daotp__ticket *ticket)
{
    (void)ticket;
    return "";
}

bool daotp__ticket_is_there(const char *cache, const char *user_name, int64_t now_s)
{
    (void)cache, (void)user_name, (void)now_s;
    return false;
}

daotp_status daotp__ticket_explain_cache(const char *cache, const char *user_name, size_t since,
                                         daotp_report *report)
{
    (void)cache, (void)user_name, (void)since, (void)report;
    return DAOTP_OK;
}

daotp_status daotp__ticket_realm(const char *realm, const char *user_name, daotp_report *report,
                                 char **out)
{
    (void)realm, (void)user_name;
    *out = NULL;
    return daotp__ticket_check_build(report);
}

daotp_status daotp__rpc_security_new(const daotp__rpc_security_spec *spec, daotp_report *report,
                                     daotp__rpc_security **security)
{
    *security = NULL;
    return daotp__report_add(report, DAOTP_FINDING_BUILD_WITHOUT, 0, spec->subject,
                             "DAOTP_WITH_KRB5 is off");
}

void daotp__rpc_security_free(daotp__rpc_security *security)
{
    (void)security;
}

daotp_status daotp__rpc_security_advance(daotp__rpc_security *security, daotp__bytes token,
                                         daotp__buffer *out, daotp_report *report)
{
    (void)security, (void)token, (void)out, (void)report;
    return DAOTP_INTERNAL;
}

bool daotp__rpc_security_is_complete(const daotp__rpc_security *security)
{
    (void)security;
    return false;
}

size_t daotp__rpc_security_token_len(const daotp__rpc_security *security, size_t stub_len)
{
    (void)security, (void)stub_len;
    return 0;
}

bool daotp__rpc_security_seal(daotp__rpc_security *security, const daotp__rpc_parts *parts)
{
    (void)security, (void)parts;
    return false;
}

bool daotp__rpc_security_unseal(daotp__rpc_security *security, const daotp__rpc_parts *parts)
{
    (void)security, (void)parts;
    return false;
}
