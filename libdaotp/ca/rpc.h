/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DAOTP_CA_RPC_H
#define DAOTP_CA_RPC_H

#include <daotp/ca_info.h>

/* Is it one of daotp_ca_new_rpc()? */
bool daotp__ca_is_rpc(const daotp_ca *ca);
/* Until it is set to NULL again, a submission without a request asks the CA about itself. */
void daotp__rpc_set_info(const daotp_ca *ca, daotp_ca_info *info);
/* The realm that the user's password will be asked for; to be freed. NULL: it is no CA of this
 * kind, there is a ticket, the realm is not known, or memory ran out. */
char *daotp__rpc_password_realm(const daotp_ca *ca, const char *user);

#endif
