/* SPDX-License-Identifier: BSD-2-Clause */
/* A self-signed certificate that holds what a request asks for: a probe that everybody must refuse.
 */
#ifndef DAOTP_REQUEST_SELF_SIGNED_H
#define DAOTP_REQUEST_SELF_SIGNED_H

#include "request/csr.h"
#include "x509/credential.h"

/* Valid for an hour from now_s. Its issuer and subject are the subject of the spec. */
daotp_status daotp__self_signed_make(daotp_context *context, const daotp__csr_spec *spec,
                                     daotp_key *key, int64_t now_s, daotp_report *report,
                                     daotp_credential **credential);

#endif
