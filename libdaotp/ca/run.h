/* SPDX-License-Identifier: BSD-2-Clause */
/* A submission from its begin to its end, for calls that block. */
#ifndef DAOTP_CA_RUN_H
#define DAOTP_CA_RUN_H

#include "ca/ca.h"

/* Done by the deadline, or CALL-TIMEOUT. The spec's context, refusals, connect_ms and has_ticket
 * are set here. chain: empty before the call, then the issued chain; NULL when nothing is
 * submitted. */
daotp_status daotp__submission_run(daotp_ca *ca, daotp__submission_spec *spec, int64_t timeout_ms,
                                   daotp__chain *chain);

#endif
