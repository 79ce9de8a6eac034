/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs a submission to its end, for blocking calls. */
#ifndef DAOTP_CA_RUN_H
#define DAOTP_CA_RUN_H

#include "ca/ca.h"

/* Run a submission. If it is not done in time, CALL-TIMEOUT is reported. Sets context, refusals,
 * connect_ms and has_ticket of the spec. chain: initialized and empty; receives the issued
 * chain; NULL if nothing is submitted. */
daotp_status daotp__submission_run(daotp_ca *ca, daotp__submission_spec *spec, int64_t timeout_ms,
                                   daotp__chain *chain);

#endif
