/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fetching one attribute of one entry by LDAP (RFC 4516): where the CAs of a Windows forest publish
 * their CRLs. Bounded as HTTP is: base scope, one attribute, anonymous, no referrals, addresses
 * only in networks that the caller named, a limit of size and of time. LDAP is spoken here: libldap
 * reads the environment and files that nobody named, keeps a whole entry as it decodes it, and
 * leaks some messages.
 */
#ifndef DAOTP_NET_LDAP_FETCH_H
#define DAOTP_NET_LDAP_FETCH_H

#include "net/http_get.h"

typedef struct daotp__ldap_fetch daotp__ldap_fetch;

/* server: "host" or "host:port" for URLs that name none, as those of Windows CAs; NULL for none. */
daotp_status daotp__ldap_fetch_new(daotp__loop *loop, const daotp__http_get_policy *policy,
                                   const char *server, const char *url, daotp__ldap_fetch **fetch);
void daotp__ldap_fetch_free(daotp__ldap_fetch *fetch);
daotp_status daotp__ldap_fetch_step(daotp__ldap_fetch *fetch, daotp_report *report);
/* The value, mapped; the caller unmaps it. False when there is none. */
bool daotp__ldap_fetch_take(daotp__ldap_fetch *fetch, daotp__bytes *mapped);

#endif
