/* SPDX-License-Identifier: BSD-2-Clause */
/* What the two users of libkrb5, the ticket for a CA and the logon proof, ask of it alike. */
#ifndef DAOTP_CA_KRB5_NAMES_H
#define DAOTP_CA_KRB5_NAMES_H

#include "net/kdc_exchange.h"

#include <krb5.h>

/* The KDCs that krb5.conf names for the realm: [realms] REALM { kdc = ... }. */
daotp_status daotp__krb5_add_kdcs(krb5_context krb5, const char *realm,
                                  daotp__kdc_exchange *exchange);
/* Where krb5.conf names none: those that DNS names, unless its dns_lookup_kdc is false; else the
 * realm as a host name. */
daotp_status daotp__krb5_look_up_kdcs(krb5_context krb5, daotp__kdc_exchange *exchange);
/* Is this the account of DOMAIN\\user or of a UPN? Without regard to case. */
bool daotp__krb5_is_principal_of(krb5_const_principal principal, const char *user_name);
/* Is it of this realm? Realms have a case. NULL: of any. */
bool daotp__krb5_is_in_realm(krb5_const_principal principal, const char *realm);

#endif
