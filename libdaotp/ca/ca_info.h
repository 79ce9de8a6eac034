/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the properties of a CA with ICertRequestD2::GetCAProperty (MS-WCCE 3.2.1.4.3.2), one
 * after the other. No I/O. */
#ifndef DAOTP_CA_CA_INFO_H
#define DAOTP_CA_CA_INFO_H

#include "ca/cert_call.h"
#include "core/report.h"

#include <daotp/ca_info.h>
#include <daotp/sys/ca_transport.h>

daotp_status daotp__ca_info_new(daotp_ca_info **info);
/* The next property to ask for. Returns false when there is none left. */
bool daotp__ca_info_question(const daotp_ca_info *info, daotp__property_question *question);
/* Store the answer, the stub of a response. DAOTP_OK: ask for the next property. Any other
 * status is reported as a finding about the subject. */
daotp_status daotp__ca_info_take(daotp_ca_info *info, daotp__bytes stub, const char *subject,
                                 daotp_report *report);
/* The object that receives the properties; NULL: the submission does not ask for any. */
daotp_ca_info *daotp__submission_info(const daotp_submission *submission);

#endif
