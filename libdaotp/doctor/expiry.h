/* SPDX-License-Identifier: BSD-2-Clause */
/* How long what is on the way is still good: a finding each, whose upstream number is the end. */
#ifndef DAOTP_DOCTOR_EXPIRY_H
#define DAOTP_DOCTOR_EXPIRY_H

#include "core/report.h"
#include "x509/chain.h"
#include "x509/crl.h"

/* CERTIFICATE-ENDS, and CERTIFICATE-ENDS-SOON for one that has less than a tenth of its life left.
 * What is not valid yet, or no longer, is for its own stage to tell. */
void daotp__expiry_note_chain(const daotp__chain *chain, int64_t now_s, daotp_report *report);
/* The same of a CRL that was fetched from this URL: CRL-ENDS, CRL-ENDS-SOON for one that has less
 * than a twentieth left. */
void daotp__expiry_note_crl(const daotp__crl *crl, const char *url, int64_t now_s,
                            daotp_report *report);

#endif
