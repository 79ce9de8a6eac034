/* SPDX-License-Identifier: BSD-2-Clause */
/* The logon proof: requests a ticket by PKINIT with a new credential. Also tells whether the
 * user has a ticket. Only one file uses libkrb5. */
#ifndef DAOTP_CLIENT_LOGON_H
#define DAOTP_CLIENT_LOGON_H

#include "core/report.h"
#include "net/loop.h"

#include <daotp/credential.h>
#include <daotp/verify.h>

typedef struct daotp__logon daotp__logon;

typedef struct daotp__logon_spec {
    daotp__loop *loop;
    daotp_credential *credential;
    const char *upn;
    const char *kdc, *realm, *anchors; /* each may be NULL */
    daotp_revocation revocation;       /* of the KDC's certificate */
    daotp_fetcher *fetcher;            /* for its CRLs; NULL: nothing is fetched */
    int64_t connect_ms;
} daotp__logon_spec;

/* Whether the user has a valid ticket, or one can be obtained without the user (client keytab):
 * then HTTP Negotiate may succeed. No network. True also if it cannot be found out. */
bool daotp__logon_has_ticket(int64_t now_s);
/* Whether the default cache has a valid ticket of this user. user_name: DOMAIN\user or UPN; only
 * the account name is compared, without case. No network. False also if it cannot be found out. */
bool daotp__logon_has_ticket_of(const char *user_name, int64_t now_s);

daotp_status daotp__logon_new(const daotp__logon_spec *spec, daotp_report *report,
                              daotp__logon **logon);
void daotp__logon_free(daotp__logon *logon);
daotp_status daotp__logon_step(daotp__logon *logon, daotp_report *report);
/* How far the KDC's clock is ahead of this one, by its last KRB-ERROR; false when there was none. */
bool daotp__logon_get_kdc_ahead(const daotp__logon *logon, int64_t *ahead_s);

#endif
