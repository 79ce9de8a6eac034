/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DAOTP_CA_WSTEP_H
#define DAOTP_CA_WSTEP_H

#include "net/peer.h"

#include <daotp/ca.h>

/* How the service would be authenticated to; 0 for a CA that is no web service. */
daotp_ca_authentication daotp__wstep_method(const daotp_ca *ca, bool has_ticket);

/* The URL that was set outright; NULL: none was, or it is no web service. */
const char *daotp__wstep_url(const daotp_ca *ca);

/* The host that will get the user's password, where the settings alone say which; to be freed.
 * NULL: they do not, none will be asked for, or memory ran out. */
char *daotp__wstep_password_host(const daotp_ca *ca, bool has_ticket);

/* Set the identity and the anchors of a connection to the service, if the CA has its own; the other
 * members stay. */
void daotp__wstep_set_peer(const daotp_ca *ca, daotp__peer *peer);
/* What an HTTP status says that is no answer of SOAP. */
daotp_finding_number daotp__wstep_status_finding(unsigned http);

#endif
