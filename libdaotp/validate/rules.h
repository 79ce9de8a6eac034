/* SPDX-License-Identifier: BSD-2-Clause */
/* Rules beyond path validation: the certificate profile of RFC 5280 4 (DAOTP_RULES_STRICT), and
 * the rules of the CA/Browser Forum (DAOTP_RULES_WEBPKI). These rules can only reject a path,
 * never accept one. */
#ifndef DAOTP_VALIDATE_RULES_H
#define DAOTP_VALIDATE_RULES_H

#include "validate/run.h"

/* as_signer: the path is that of a CRL or OCSP signer, so the rules for the validated
 * certificate do not apply to its leaf. */
void daotp__rules_check(const daotp__run *run, const daotp__path *path, bool as_signer,
                        daotp__checklist *check);

#endif
