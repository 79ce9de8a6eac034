/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks whether an OCSP response is acceptable (RFC 6960 3.2), and reads the status. */
#ifndef DAOTP_VALIDATE_OCSP_CHECK_H
#define DAOTP_VALIDATE_OCSP_CHECK_H

#include "validate/run.h"
#include "x509/ocsp.h"

/* Check a response for the first certificate of the path. Returns 0 when it is acceptable, else
 * the finding. *concerns: whether the response is about this certificate. *is_verified: whether
 * an authorized responder signed it; then "revoked" counts whatever else is wrong with the
 * response. check_first: checks whether the certificate of a delegated responder is revoked. */
daotp_finding_number daotp__ocsp_check(daotp__run *run, const daotp__path *path,
                                       const daotp__supplied_ocsp *supplied,
                                       daotp__revocation_fn *check_first, bool *concerns,
                                       bool *is_verified, daotp__ocsp_answer *answer);

#endif
