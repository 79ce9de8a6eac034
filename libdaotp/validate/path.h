/* SPDX-License-Identifier: BSD-2-Clause */
/* Path validation (RFC 5280 6.1): a state machine that runs anew for each candidate path. */
#ifndef DAOTP_VALIDATE_PATH_H
#define DAOTP_VALIDATE_PATH_H

#include "validate/run.h"

/* Everything but revocation. as_signer: the path is a CRL signer's, so that neither names nor
 * purposes nor policies were asked for. */
void daotp__path_check(daotp__run *run, const daotp__path *path, bool as_signer,
                       daotp__checklist *check);
/* Whether the issuer of the path's leaf is in the NTAuth list. False without a list, and for a role
 * that does not need it. */
bool daotp__path_is_in_ntauth(const daotp__settings *settings, const daotp__path *path);

#endif
