/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DAOTP_CLIENT_PROFILE_H
#define DAOTP_CLIENT_PROFILE_H

#include "request/account.h"
#include "x509/certificate.h"

#include "core/report.h"

typedef struct daotp__profile_spec {
    daotp__bytes spki;
    const daotp_account *account;
    daotp__bytes template_oid; /* empty: any */
    int64_t now_s, max_lifetime_s;
} daotp__profile_spec;

/* Checks whether this certificate is fit for logon: the rows OTP-* of the checklist. */
daotp_status daotp__profile_check(const daotp__certificate *certificate,
                                  const daotp__profile_spec *spec, daotp_report *report);

#endif
