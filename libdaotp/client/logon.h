/* SPDX-License-Identifier: BSD-2-Clause */
/* The logon proof: a ticket by PKINIT with a fresh credential; and is there a ticket already?
 * libkrb5 is known to one file. */
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

/* Has the user a ticket that is good now, or can one be had without him? Then HTTP Negotiate has a
 * chance. No network. True also where that cannot be told. */
bool daotp__logon_has_ticket(int64_t now_s);
/* Holds the default cache a ticket of this user that is good now? user_name: DOMAIN\user or UPN;
 * the account's name is compared, in any case. No network. False also where that cannot be told. */
bool daotp__logon_has_ticket_of(const char *user_name, int64_t now_s);

daotp_status daotp__logon_new(const daotp__logon_spec *spec, daotp_report *report,
                              daotp__logon **logon);
void daotp__logon_free(daotp__logon *logon);
daotp_status daotp__logon_step(daotp__logon *logon, daotp_report *report);

#endif
