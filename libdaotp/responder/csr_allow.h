/* SPDX-License-Identifier: BSD-2-Clause */
/* The lists of what a certificate request may hold: attributes, extensions and their values, forms
 * of names. Anything else could change who or what is certified, so it refuses the request. */
#ifndef DAOTP_RESPONDER_CSR_ALLOW_H
#define DAOTP_RESPONDER_CSR_ALLOW_H

#include "core/checklist.h"
#include "request/csr.h"

/* Checks everything that needs no directory, except template, key and signature. */
void daotp__csr_allow(daotp__checklist *checks, const daotp__csr *csr);

#endif
