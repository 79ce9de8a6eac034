/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DAOTP_CA_RPC_H
#define DAOTP_CA_RPC_H

#include <daotp/ca.h>

/* Whether the CA was made by daotp_ca_new_rpc(). */
bool daotp__ca_is_rpc(const daotp_ca *ca);
/* The realm for which the user's password will be asked; the caller frees it. NULL: the CA is
 * not reached by RPC, there is a ticket, the realm is unknown, or memory ran out. */
char *daotp__rpc_password_realm(const daotp_ca *ca, const char *user);

#endif
