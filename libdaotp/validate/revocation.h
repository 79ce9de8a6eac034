/* SPDX-License-Identifier: BSD-2-Clause */
/* Revocation checking (RFC 5280 6.3) with the CRLs and OCSP responses that are available. */
#ifndef DAOTP_VALIDATE_REVOCATION_H
#define DAOTP_VALIDATE_REVOCATION_H

#include "validate/run.h"

/* Check every certificate of the path except the anchor. */
void daotp__revocation_check(daotp__run *run, const daotp__path *path, daotp__checklist *check);
/* Check the first certificate only. */
void daotp__revocation_check_first(daotp__run *run, const daotp__path *path,
                                   daotp__checklist *check);

#endif
