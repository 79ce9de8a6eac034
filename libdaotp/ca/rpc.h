/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DAOTP_CA_RPC_H
#define DAOTP_CA_RPC_H

#include <daotp/ca.h>

/* Is it one of daotp_ca_new_rpc()? */
bool daotp__ca_is_rpc(const daotp_ca *ca);
/* The realm that the user's password will be asked for; to be freed. NULL: it is no CA of this
 * kind, there is a ticket, the realm is not known, or memory ran out. */
char *daotp__rpc_password_realm(const daotp_ca *ca, const char *user);

#endif
