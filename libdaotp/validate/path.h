/* SPDX-License-Identifier: BSD-2-Clause */
/* Path validation (RFC 5280 6.1). The state machine starts again for each candidate path. */
#ifndef DAOTP_VALIDATE_PATH_H
#define DAOTP_VALIDATE_PATH_H

#include "validate/run.h"

/* Check everything except revocation. as_signer: the path is that of a CRL or OCSP signer, to
 * which the names, purposes and policies that the caller requires do not apply. */
void daotp__path_check(daotp__run *run, const daotp__path *path, bool as_signer,
                       daotp__checklist *check);
/* Whether the issuer of the leaf is in the NTAuth list. false if there is no list, or the role
 * does not need it. */
bool daotp__path_is_in_ntauth(const daotp__settings *settings, const daotp__path *path);

#endif
