/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 5280 6.3: is a certificate of a path revoked, as far as the CRLs at hand can tell? */
#ifndef DAOTP_VALIDATE_REVOCATION_H
#define DAOTP_VALIDATE_REVOCATION_H

#include "validate/run.h"

/* Every certificate of the path but the anchor. */
void daotp__revocation_check(daotp__run *run, const daotp__path *path, daotp__checklist *check);
/* The first certificate alone. */
void daotp__revocation_check_first(daotp__run *run, const daotp__path *path,
                                   daotp__checklist *check);

#endif
