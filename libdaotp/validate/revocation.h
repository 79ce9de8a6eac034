/* SPDX-License-Identifier: BSD-2-Clause */
/* Revocation checking (RFC 5280 6.3): whether a certificate of a path is revoked, as far as the
 * available CRLs and OCSP responses tell. */
#ifndef DAOTP_VALIDATE_REVOCATION_H
#define DAOTP_VALIDATE_REVOCATION_H

#include "validate/run.h"

/* Every certificate of the path but the anchor. */
void daotp__revocation_check(daotp__run *run, const daotp__path *path, daotp__checklist *check);
/* The first certificate alone. */
void daotp__revocation_check_first(daotp__run *run, const daotp__path *path,
                                   daotp__checklist *check);

#endif
