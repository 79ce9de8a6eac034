/* SPDX-License-Identifier: BSD-2-Clause */
/* Rules beyond path validation: the profile of RFC 5280 4 (strict), and the rules of the public web
 * (webpki). They can only refuse more. */
#ifndef DAOTP_VALIDATE_RULES_H
#define DAOTP_VALIDATE_RULES_H

#include "validate/run.h"

/* as_signer: the path is a CRL signer's, which is no end entity. */
void daotp__rules_check(const daotp__run *run, const daotp__path *path, bool as_signer,
                        daotp__checklist *check);

#endif
