/* SPDX-License-Identifier: BSD-2-Clause */
/* Validates the certificates of TLS servers. net/ gets it as a function pointer, because net/ may
 * not include validate/. */
#ifndef DAOTP_VALIDATE_TLS_VERIFY_H
#define DAOTP_VALIDATE_TLS_VERIFY_H

#include "net/tls.h"

#include <daotp/verify.h>

/* The verification function for a rule set. That function checks a chain, leaf first: it must
 * have a path to an anchor of the trust, be valid for TLS servers, and have the host name in its
 * subjectAltName. Revocation is not checked. It returns DAOTP_OK, the status of the finding in
 * the verdict, or DAOTP_MEMORY. */
daotp__tls_verify_fn daotp__tls_verify_by(daotp_rules rules);

#endif
