/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DAOTP_DOCTOR_CA_ROW_H
#define DAOTP_DOCTOR_CA_ROW_H

#include "doctor/doctor.h"

/* Add a row for the enrolment web service of the client's CA. No row is added if the URL depends
 * on the CA that the OTP server names. needs: the row "configuration". */
daotp_status daotp__doctor_add_ca_row(daotp_doctor *doctor, int needs);

#endif
