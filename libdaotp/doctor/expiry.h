/* SPDX-License-Identifier: BSD-2-Clause */
/* Reports how long certificates and CRLs are still valid. Each finding has the end of validity
 * as its upstream number. */
#ifndef DAOTP_DOCTOR_EXPIRY_H
#define DAOTP_DOCTOR_EXPIRY_H

#include "core/report.h"
#include "x509/chain.h"
#include "x509/crl.h"

/* Report CERTIFICATE-ENDS for each certificate, or CERTIFICATE-ENDS-SOON if less than a tenth of
 * its lifetime is left. Certificates that are not valid now are left out: the stage that uses
 * them reports them. */
void daotp__expiry_note_chain(const daotp__chain *chain, int64_t now_s, daotp_report *report);
/* The same for a CRL that was fetched from this URL: CRL-ENDS, or CRL-ENDS-SOON if less than a
 * twentieth is left. */
void daotp__expiry_note_crl(const daotp__crl *crl, const char *url, int64_t now_s,
                            daotp_report *report);

#endif
