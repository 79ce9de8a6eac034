/* SPDX-License-Identifier: BSD-2-Clause */
/* What a certificate request may hold: attributes, extensions, their values, kinds of names.
 * Whatever is not on these lists could change who or what is certified, and refuses the request. */
#ifndef DAOTP_RESPONDER_CSR_ALLOW_H
#define DAOTP_RESPONDER_CSR_ALLOW_H

#include "core/checklist.h"
#include "request/csr.h"

/* Everything that can be judged without a directory, but for template, key and signature. */
void daotp__csr_allow(daotp__checklist *checks, const daotp__csr *csr);

#endif
