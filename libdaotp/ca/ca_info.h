/* SPDX-License-Identifier: BSD-2-Clause */
/* What a CA says about itself, property by property (MS-WCCE 3.2.1.4.3.2). No I/O. */
#ifndef DAOTP_CA_CA_INFO_H
#define DAOTP_CA_CA_INFO_H

#include "ca/cert_call.h"
#include "core/report.h"

#include <daotp/ca_info.h>
#include <daotp/sys/ca_transport.h>

daotp_status daotp__ca_info_new(daotp_ca_info **info);
/* What is to be asked now; false: that was all. */
bool daotp__ca_info_question(const daotp_ca_info *info, daotp__property_question *question);
/* The answer to it, in the stub of a response. DAOTP_OK: on to the next; DAOTP_PEER with *why; else
 * with a finding about the subject. */
daotp_status daotp__ca_info_take(daotp_ca_info *info, daotp__bytes stub, const char *subject,
                                 daotp_report *report);
/* Where the answers of a CA that is asked about itself are stored; NULL: it is not asked. */
daotp_ca_info *daotp__submission_info(const daotp_submission *submission);

#endif
