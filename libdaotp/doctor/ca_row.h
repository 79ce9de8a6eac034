/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DAOTP_DOCTOR_CA_ROW_H
#define DAOTP_DOCTOR_CA_ROW_H

#include "doctor/doctor.h"

/* A row for the enrolment web service of the client's CA. None where its URL is known only when the
 * OTP server has named the CA. needs: the row "configuration". */
daotp_status daotp__doctor_add_ca_row(daotp_doctor *doctor, int needs);

#endif
