/* SPDX-License-Identifier: BSD-2-Clause */
/* The validator as judge of TLS servers: net/ knows it by a pointer, for it stands below. */
#ifndef DAOTP_VALIDATE_TLS_JUDGE_H
#define DAOTP_VALIDATE_TLS_JUDGE_H

#include "net/tls.h"

/* Is this chain, leaf first, that of the host: a path to an anchor of the trust, for TLS servers,
 * with the name in the subjectAltName? As daotp_verifier_verify() with the rules of RFC 5280 6;
 * revocation is not looked at. DAOTP_OK, or why not with the finding in verdict; DAOTP_MEMORY. */
daotp_status daotp__tls_server_judge(daotp_context *context, daotp_trust *trust,
                                     const daotp__chain *chain, const char *host,
                                     daotp__tls_verdict *verdict);

#endif
