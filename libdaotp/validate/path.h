/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 5280 6.1: does this path hold? A state machine, run from scratch on each candidate. */
#ifndef DAOTP_VALIDATE_PATH_H
#define DAOTP_VALIDATE_PATH_H

#include "validate/run.h"

/* Everything but revocation. as_signer: the path is a CRL signer's, so that neither names nor
 * purposes nor policies were asked for. */
void daotp__path_check(daotp__run *run, const daotp__path *path, bool as_signer,
                       daotp__checklist *check);
/* Is the issuer of the path's leaf in the list of CAs that may issue for logon? False without a list
 * and for a role that does not ask. */
bool daotp__path_is_in_ntauth(const daotp__settings *settings, const daotp__path *path);

#endif
