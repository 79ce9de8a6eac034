/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The user's Kerberos ticket for the CA's host, fetched in steps over our own connections, so that
 * nothing waits unbounded: with the user's password first (AS exchange) or with a ticket that is
 * there, then from realm to realm to the ticket for host/FQDN (TGS exchanges). It is left in a
 * cache in memory, where GSSAPI finds it and asks no KDC. libkrb5 is known to ticket_krb5.c.
 */
#ifndef DAOTP_CA_TICKET_H
#define DAOTP_CA_TICKET_H

#include "core/report.h"
#include "net/loop.h"

typedef struct daotp__ticket daotp__ticket;

typedef struct daotp__ticket_spec {
    daotp__loop *loop;
    int64_t connect_ms;
    const char *host;      /* of the CA: its principal is host/HOST */
    const char *cache;     /* libkrb5's name of the user's credential cache; NULL: the default */
    const char *user_name; /* DOMAIN\user or UPN */
    daotp__bytes password; /* data NULL: the tickets of the cache are used */
    const char *keytab;    /* libkrb5's name of a keytab with the user's key, in the place of a
                              password; or NULL */
    const char *realm;     /* of the user; NULL: that of the UPN, else libkrb5's default */
    const char *kdc;       /* of that realm; NULL: as krb5.conf says, else the realm's DNS name */
    const char *armor;     /* cache with the machine's ticket, for FAST (RFC 6113); or NULL */
} daotp__ticket_spec;

/* No network. What the spec points to is copied, or needed during the call only. */
daotp_status daotp__ticket_new(const daotp__ticket_spec *spec, daotp_report *report,
                               daotp__ticket **ticket);
void daotp__ticket_free(daotp__ticket *ticket);
daotp_status daotp__ticket_step(daotp__ticket *ticket, daotp_report *report);
/* After DAOTP_OK: the name of the cache in memory, and "host/FQDN@REALM". They live as long as the
 * ticket. */
const char *daotp__ticket_cache(const daotp__ticket *ticket);
const char *daotp__ticket_principal(const daotp__ticket *ticket);

/* DAOTP_OK; DAOTP_CONFIGURATION (BUILD-WITHOUT) where no ticket can ever be had. */
daotp_status daotp__ticket_check_build(daotp_report *report);
/* Holds the cache (NULL: the default one) a ticket of this user that is good now? No network. */
bool daotp__ticket_is_there(const char *cache, const char *user_name, int64_t now_s);
/* Where the cache holds tickets, and of another principal than this user: says of whose, as
 * CA-MACHINE-TICKET or CA-OTHER-TICKET. What was reported since that index is its cause. DAOTP_OK
 * where there is nothing to say. */
daotp_status daotp__ticket_explain_cache(const char *cache, const char *user_name, size_t since,
                                         daotp_report *report);
/* The realm in which the user's password is good, as daotp__ticket_spec.realm says; to be freed by
 * daotp__delete(). DAOTP_OK, DAOTP_MEMORY; else a finding: no realm can be told. */
daotp_status daotp__ticket_realm(const char *realm, const char *user_name, daotp_report *report,
                                 char **out);

#endif
