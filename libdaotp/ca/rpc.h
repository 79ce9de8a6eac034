/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DAOTP_CA_RPC_H
#define DAOTP_CA_RPC_H

#include <daotp/ca.h>

/* Is it one of daotp_ca_new_rpc()? */
bool daotp__ca_is_rpc(const daotp_ca *ca);

#endif
