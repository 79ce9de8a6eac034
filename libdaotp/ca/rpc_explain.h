/* SPDX-License-Identifier: BSD-2-Clause */
/* Reports what the refusals of a CA's host by RPC mean. */
#ifndef DAOTP_CA_RPC_EXPLAIN_H
#define DAOTP_CA_RPC_EXPLAIN_H

#include "ca/rpc_connection.h"

#include <daotp/report.h>

/* Report a refusal as a finding: a fault, a bind_nak, or the result of a bind. */
daotp_status daotp__rpc_explain_refusal(const daotp__rpc_connection *connection,
                                        const char *subject, daotp_report *report);
/* Report the HRESULT of an activation as a finding. */
daotp_status daotp__rpc_explain_activation(uint32_t hresult, const char *subject,
                                           daotp_report *report);
/* Whether the bind result or a fault says that the server does not have the interface. */
bool daotp__rpc_is_missing_interface(const daotp__rpc_connection *connection);

#endif
