/* SPDX-License-Identifier: BSD-2-Clause */
/* Compiled instead of logon_krb5.c in a build without libkrb5. */
#include "client/logon.h"

bool daotp__logon_has_ticket(int64_t now_s)
{
    (void)now_s;
    return true;
}

bool daotp__logon_has_ticket_of(const char *user_name, int64_t now_s)
{
    (void)user_name, (void)now_s;
    return false;
}

daotp_status daotp__logon_new(const daotp__logon_spec *spec, daotp_report *report,
                              daotp__logon **logon)
{
    (void)spec;
    *logon = NULL;
    return daotp__report_add(report, DAOTP_FINDING_BUILD_WITHOUT, 0, "logon proof",
                             "DAOTP_WITH_KRB5 is off");
}

void daotp__logon_free(daotp__logon *logon)
{
    (void)logon;
}

daotp_status daotp__logon_step(daotp__logon *logon, daotp_report *report)
{
    (void)logon, (void)report;
    return DAOTP_INTERNAL;
}

bool daotp__logon_get_kdc_ahead(const daotp__logon *logon, int64_t *ahead_s)
{
    (void)logon;
    *ahead_s = 0;
    return false;
}
