/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 5280 6.1: does this path hold? A state machine, run from scratch on each candidate. */
#ifndef DAOTP_VALIDATE_PATH_H
#define DAOTP_VALIDATE_PATH_H

#include "validate/run.h"

/* Everything but revocation. as_signer: the path is a CRL signer's, so that neither names nor
 * purposes nor policies were asked for. */
void daotp__path_check(daotp__run *run, const daotp__path *path, bool as_signer,
                       daotp__checklist *check);

#endif
