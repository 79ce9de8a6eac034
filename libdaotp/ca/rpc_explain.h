/* SPDX-License-Identifier: BSD-2-Clause */
/* What a CA's host that says no by RPC means. */
#ifndef DAOTP_CA_RPC_EXPLAIN_H
#define DAOTP_CA_RPC_EXPLAIN_H

#include "ca/rpc_connection.h"

#include <daotp/report.h>

/* What a peer refused: fault, bind_nak or result of bind, as a finding. */
daotp_status daotp__rpc_explain_refusal(const daotp__rpc_connection *connection,
                                        const char *subject, daotp_report *report);
/* The HRESULT of an activation. */
daotp_status daotp__rpc_explain_activation(uint32_t hresult, const char *subject,
                                           daotp_report *report);
/* The interface is not there, as far as bind or a fault tells. */
bool daotp__rpc_is_missing_interface(const daotp__rpc_connection *connection);

#endif
