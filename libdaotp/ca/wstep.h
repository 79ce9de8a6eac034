/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DAOTP_CA_WSTEP_H
#define DAOTP_CA_WSTEP_H

#include "net/peer.h"

#include <daotp/ca.h>

/* The authentication method that would be used; 0 if the CA is not a web service. */
daotp_ca_authentication daotp__wstep_method(const daotp_ca *ca, bool has_ticket);

/* The URL that was set without a template; NULL: none, or the CA is not a web service. */
const char *daotp__wstep_url(const daotp_ca *ca);

/* The host that will receive the user's password, if the settings alone decide it; the caller
 * frees it. NULL: they do not, no password will be asked for, or memory ran out. */
char *daotp__wstep_password_host(const daotp_ca *ca, bool has_ticket);

/* Set the identity and the trust of a connection to the service if the CA has its own; other
 * members are unchanged. */
void daotp__wstep_set_peer(const daotp_ca *ca, daotp__peer *peer);
/* The finding for an HTTP status without a SOAP message. */
daotp_finding_number daotp__wstep_status_finding(unsigned http);

#endif
