/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Gets the user's Kerberos ticket for the CA's host, in steps over our own connections, so that
 * every wait is bounded. The ticket-granting ticket comes from the user's password (AS exchange) or
 * from a credential cache; then TGS exchanges, from realm to realm, get the ticket for host/FQDN.
 * The ticket is put into a memory cache, where GSSAPI finds it without contacting a KDC. Only
 * ticket_krb5.c calls libkrb5.
 */
#ifndef DAOTP_CA_TICKET_H
#define DAOTP_CA_TICKET_H

#include "core/report.h"
#include "net/loop.h"

typedef struct daotp__ticket daotp__ticket;

typedef struct daotp__ticket_spec {
    daotp__loop *loop;
    int64_t connect_ms;
    const char *host;      /* the CA's host; its principal is host/HOST */
    const char *cache;     /* libkrb5's name of the user's credential cache; NULL: the default */
    const char *user_name; /* DOMAIN\user or UPN */
    daotp__bytes password; /* data NULL: use the tickets of the cache */
    const char *keytab;    /* libkrb5's name of a keytab with the user's key, used instead of a
                              password; or NULL */
    const char *realm; /* the user's realm; NULL: that of the UPN, else libkrb5's default realm */
    const char *kdc;   /* of that realm; NULL: those of krb5.conf, else of DNS */
    const char *armor; /* cache with the machine's ticket, for FAST (RFC 6113); or NULL */
} daotp__ticket_spec;

/* Does not use the network. The members of spec are copied or used only during the call. */
daotp_status daotp__ticket_new(const daotp__ticket_spec *spec, daotp_report *report,
                               daotp__ticket **ticket);
void daotp__ticket_free(daotp__ticket *ticket);
daotp_status daotp__ticket_step(daotp__ticket *ticket, daotp_report *report);
/* After DAOTP_OK of the step: the name of the memory cache, and "host/FQDN@REALM". Borrowed from
 * the ticket. */
const char *daotp__ticket_cache(const daotp__ticket *ticket);
const char *daotp__ticket_principal(const daotp__ticket *ticket);

/* DAOTP_OK, or DAOTP_CONFIGURATION (BUILD-WITHOUT) in a build without libkrb5. */
daotp_status daotp__ticket_check_build(daotp_report *report);
/* Whether the cache (NULL: the default one) holds a valid ticket-granting ticket of this user.
 * Does not use the network. */
bool daotp__ticket_is_there(const char *cache, const char *user_name, int64_t now_s);
/* If the cache holds tickets of a principal other than this user, report whose they are
 * (CA-MACHINE-TICKET or CA-OTHER-TICKET), with the first error since index `since` as its cause.
 * DAOTP_OK if there is nothing to report. */
daotp_status daotp__ticket_explain_cache(const char *cache, const char *user_name, size_t since,
                                         daotp_report *report);
/* The realm of the user's password, chosen as for daotp__ticket_spec.realm. The caller frees
 * *out with daotp__delete(). DAOTP_OK; DAOTP_MEMORY; another status with a finding when no realm
 * is known. */
daotp_status daotp__ticket_realm(const char *realm, const char *user_name, daotp_report *report,
                                 char **out);

#endif
