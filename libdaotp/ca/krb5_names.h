/* SPDX-License-Identifier: BSD-2-Clause */
/* Functions on libkrb5 that both of its users need: the ticket for a CA, and the logon proof. */
#ifndef DAOTP_CA_KRB5_NAMES_H
#define DAOTP_CA_KRB5_NAMES_H

#include "net/kdc_exchange.h"

#include <krb5.h>

/* Add the KDCs of krb5.conf for the realm: [realms] REALM { kdc = ... }. */
daotp_status daotp__krb5_add_kdcs(krb5_context krb5, const char *realm,
                                  daotp__kdc_exchange *exchange);
/* If krb5.conf has no KDC for the realm: use those of DNS, unless dns_lookup_kdc is false; else
 * use the realm as a host name. */
daotp_status daotp__krb5_look_up_kdcs(krb5_context krb5, daotp__kdc_exchange *exchange);
/* Whether the principal is the account of user_name (DOMAIN\user or a UPN), ignoring case. */
bool daotp__krb5_is_principal_of(krb5_const_principal principal, const char *user_name);
/* Whether the principal is in this realm, compared with case; realm NULL: any realm. */
bool daotp__krb5_is_in_realm(krb5_const_principal principal, const char *realm);

#endif
