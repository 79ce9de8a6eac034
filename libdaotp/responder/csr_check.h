/* SPDX-License-Identifier: BSD-2-Clause */
/* The checks of a request by the server, MS-OTPCE 3.2.5.1 step 1: the rows CSR-* of the
 * checklist. */
#ifndef DAOTP_RESPONDER_CSR_CHECK_H
#define DAOTP_RESPONDER_CSR_CHECK_H

#include "request/account.h"
#include "request/csr.h"

/* Form, template, lists, key and signature: 1b and 1c. DAOTP_REJECTED when any is wrong. */
daotp_status daotp__csr_check(const daotp__csr *csr, daotp__bytes template_oid,
                              daotp_report *report);
/* Whether each UPN in the request equals this one, which a rule for names derived without the
 * directory. */
daotp_status daotp__csr_check_upn(const daotp__csr *csr, const char *upn, daotp_report *report);
/* The names in it are the account's: 1a. The client info is never compared: in the published
 * request it names the machine. */
daotp_status daotp__csr_check_names(const daotp__csr *csr, const daotp_account *account,
                                    daotp_report *report);

#endif
