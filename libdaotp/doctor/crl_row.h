/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DAOTP_DOCTOR_CRL_ROW_H
#define DAOTP_DOCTOR_CRL_ROW_H

#include "doctor/doctor.h"

/* Add a row for the CRLs of the server certificates that the previous probe received. No row is
 * added if the client has no fetcher. needs: the row "tls" of that probe. */
daotp_status daotp__doctor_add_crl_row(daotp_doctor *doctor, const char *url, int needs);

#endif
