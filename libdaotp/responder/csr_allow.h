/* SPDX-License-Identifier: BSD-2-Clause */
/* What a certificate request may hold: attributes, extensions, their values, kinds of names.
 * Whatever is not on these lists could change who or what is certified, and refuses the request. */
#ifndef DAOTP_RESPONDER_CSR_ALLOW_H
#define DAOTP_RESPONDER_CSR_ALLOW_H

#include "core/judge.h"
#include "request/csr.h"

/* Everything that can be judged without a directory, but for template, key and signature. */
void daotp__csr_allow(daotp__judge *judge, const daotp__csr *csr);

/* Is this name a URI that holds a SID, "tag:microsoft.com,2022-09-14:sid:S-1-..." (MS KB5014754)?
 * Then sid is the text behind the tag. */
bool daotp__san_is_sid(const daotp__general_name *name, daotp__bytes *sid);

#endif
