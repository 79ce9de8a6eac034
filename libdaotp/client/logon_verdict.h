/* SPDX-License-Identifier: BSD-2-Clause */
/* What a KDC's refusal means: a KRB-ERROR becomes the finding that blames the right side. No I/O,
 * and no libkrb5. */
#ifndef DAOTP_CLIENT_LOGON_VERDICT_H
#define DAOTP_CLIENT_LOGON_VERDICT_H

#include "client/krb_message.h"
#include "core/report.h"

/* The logon as this end knows it; all borrowed. */
typedef struct daotp__logon_error_context {
    const char *subject;      /* the KDC and the realm that were asked, for the findings */
    const char *library;      /* the version of libkrb5 */
    daotp__bytes certificate; /* the user's, in DER */
    int64_t now_s;
    bool sent_pkinit; /* the message that the KDC refused had a PA-PK-AS-REQ */
} daotp__logon_error_context;

/* Says this error more than that the KDC wants pre-authentication, which it offers? If not, why no
 * PKINIT followed is this end's to say. */
bool daotp__krb_error_is_refusal(const daotp__krb_error *error, bool sent_pkinit);
/* The status of the finding: never DAOTP_OK. */
daotp_status daotp__logon_explain_error(const daotp__krb_error *error,
                                        const daotp__logon_error_context *context,
                                        daotp_report *report);

#endif
