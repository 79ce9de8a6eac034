/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether an OCSP response is acceptable (RFC 6960 3.2), and what it says. */
#ifndef DAOTP_VALIDATE_OCSP_CHECK_H
#define DAOTP_VALIDATE_OCSP_CHECK_H

#include "validate/run.h"
#include "x509/ocsp.h"

/* For the first certificate of the path: 0 when the answer stands; else what is wrong. concerns: is
 * the answer about it at all? is_verified: it is signed by one who may, so that "revoked" is
 * believed whatever else is wrong with it. check_first: is the first certificate of a path, a
 * delegated responder's, revoked? */
daotp_finding_number daotp__ocsp_check(daotp__run *run, const daotp__path *path,
                                       const daotp__supplied_ocsp *supplied,
                                       daotp__revocation_fn *check_first, bool *concerns,
                                       bool *is_verified, daotp__ocsp_answer *answer);

#endif
