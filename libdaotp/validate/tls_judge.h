/* SPDX-License-Identifier: BSD-2-Clause */
/* Validates the certificates of TLS servers. net/ gets it as a function pointer, because net/ may
 * not include validate/. */
#ifndef DAOTP_VALIDATE_TLS_JUDGE_H
#define DAOTP_VALIDATE_TLS_JUDGE_H

#include "net/tls.h"

#include <daotp/verify.h>

/* The judge by a rule set. It answers whether a chain, leaf first, is that of the host: a path to
 * an anchor of the trust, for TLS servers, with the name in the subjectAltName. Revocation is not
 * looked at. DAOTP_OK, or why not with the finding in the verdict; DAOTP_MEMORY. */
daotp__tls_judge_fn daotp__tls_judge_for(daotp_rules rules);

#endif
