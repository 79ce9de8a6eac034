/* SPDX-License-Identifier: BSD-2-Clause */
/* Turns a KRB-ERROR into the finding that names the side at fault. No I/O, and no libkrb5. */
#ifndef DAOTP_CLIENT_LOGON_VERDICT_H
#define DAOTP_CLIENT_LOGON_VERDICT_H

#include "client/krb_message.h"
#include "core/report.h"

/* What the client knows of the logon; all borrowed. */
typedef struct daotp__logon_error_context {
    const char *subject;      /* the KDC and the realm that were asked, for the findings */
    const char *library;      /* the version of libkrb5 */
    daotp__bytes certificate; /* the user's, in DER */
    int64_t now_s;
    bool sent_pkinit; /* the message that the KDC refused had a PA-PK-AS-REQ */
} daotp__logon_error_context;

/* Whether this error is a refusal. False for the usual KDC_ERR_PREAUTH_REQUIRED that offers
 * PKINIT: then the reason why no PKINIT followed is on the client's side. */
bool daotp__krb_error_is_refusal(const daotp__krb_error *error, bool sent_pkinit);
/* The status of the finding: never DAOTP_OK. */
daotp_status daotp__logon_explain_error(const daotp__krb_error *error,
                                        const daotp__logon_error_context *context,
                                        daotp_report *report);

#endif
