/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fetches one attribute of one entry by LDAP (RFC 4516), because the CAs of a Windows forest
 * publish their CRLs in the directory. It is limited like a fetch by HTTP: base scope, one
 * attribute, anonymous, no referrals, only addresses in networks that the caller allowed, and
 * limits of size and time. libldap is not used: it reads the environment and files that nobody
 * named, keeps a whole entry in memory, and leaks some messages.
 */
#ifndef DAOTP_NET_LDAP_FETCH_H
#define DAOTP_NET_LDAP_FETCH_H

#include "net/http_get.h"

typedef struct daotp__ldap_fetch daotp__ldap_fetch;

/* server: "host" or "host:port" for URLs without a host, as in certificates of Windows CAs;
 * NULL: none. */
daotp_status daotp__ldap_fetch_new(daotp__loop *loop, const daotp__http_get_policy *policy,
                                   const char *server, const char *url, daotp__ldap_fetch **fetch);
void daotp__ldap_fetch_free(daotp__ldap_fetch *fetch);
daotp_status daotp__ldap_fetch_step(daotp__ldap_fetch *fetch, daotp_report *report);
/* Take the value as a mapping, which the caller unmaps. Returns false when there is none. */
bool daotp__ldap_fetch_take(daotp__ldap_fetch *fetch, daotp__bytes *mapped);

#endif
