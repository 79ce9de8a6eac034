/* SPDX-License-Identifier: BSD-2-Clause */
/* Which rows a run has, and in which order. */
#ifndef DAOTP_DOCTOR_PLAN_H
#define DAOTP_DOCTOR_PLAN_H

#include "doctor/doctor.h"

/* The rows of a run that begins: DAOTP_OK or DAOTP_MEMORY. */
daotp_status daotp__doctor_make_rows(daotp_doctor *doctor);

#endif
