/* SPDX-License-Identifier: BSD-2-Clause */
/* Which earlier finding explains the verdict. The verdict itself is not touched. */
#include "client/client.h"

/* The findings that can cause a verdict; if several are there, the first of the row. */
static const struct {
    daotp_finding_number verdict, cause;
} rows[] = {
    {DAOTP_FINDING_TLS_CLIENT_CERT_REFUSED, DAOTP_FINDING_TLS_CLIENT_CERT_DATES},
    {DAOTP_FINDING_TLS_CLIENT_CERT_REFUSED, DAOTP_FINDING_TLS_CLIENT_CERT_USAGE},
    {DAOTP_FINDING_TLS_CLIENT_CERT_REFUSED, DAOTP_FINDING_TLS_CLIENT_CERT_CHAIN},
    {DAOTP_FINDING_TLS_CLIENT_CERT_REFUSED, DAOTP_FINDING_TLS_CLIENT_CERT_ISSUER},
    {DAOTP_FINDING_HTTP_FORBIDDEN, DAOTP_FINDING_TLS_NO_CLIENT_CERT_REQUEST},
    {DAOTP_FINDING_HTTP_SIGN_IN, DAOTP_FINDING_TLS_NO_CLIENT_CERT_REQUEST},
    {DAOTP_FINDING_OTP_OTHER, DAOTP_FINDING_TLS_NO_CLIENT_CERT_REQUEST},
};

static const daotp_finding *find_number(const daotp_report *report, daotp_finding_number number)
{
    for (size_t i = 0; i < report->count; i++)
        if (report->findings[i].number == number)
            return &report->findings[i];
    return NULL;
}

void daotp__client_name_cause(daotp_client *client, daotp_status status)
{
    daotp_report *report = &client->report;
    const daotp_finding *verdict = daotp__report_verdict(report, 0, status), *cause = NULL;

    if (verdict == NULL || verdict->cause != 0)
        return;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0] && cause == NULL; i++)
        if (rows[i].verdict == verdict->number)
            cause = find_number(report, rows[i].cause);
    daotp__report_set_cause(report, verdict, cause);
}
