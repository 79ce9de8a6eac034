/* SPDX-License-Identifier: BSD-2-Clause */
/* Validates the certificates of TLS servers. net/ gets it as a function pointer, because net/ may
 * not include validate/. */
#ifndef DAOTP_VALIDATE_TLS_VERIFY_H
#define DAOTP_VALIDATE_TLS_VERIFY_H

#include "net/tls.h"

#include <daotp/verify.h>

/* The verification by a rule set: whether a chain, leaf first, is that of the host, with a path to
 * an anchor of the trust, for TLS servers, and with the name in the subjectAltName. Revocation is
 * not checked. DAOTP_OK, or why not with the finding in the verdict; DAOTP_MEMORY. */
daotp__tls_verify_fn daotp__tls_verify_by(daotp_rules rules);

#endif
