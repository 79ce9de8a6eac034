/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DAOTP_DOCTOR_CRL_ROW_H
#define DAOTP_DOCTOR_CRL_ROW_H

#include "doctor/doctor.h"

/* A row for the certificates that the server of the probe before it sent. None for a client that
 * may fetch nothing. needs: its row "tls". */
daotp_status daotp__doctor_add_crl_row(daotp_doctor *doctor, const char *url, int needs);

#endif
