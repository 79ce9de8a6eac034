/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes the rows of a run, in their order. */
#ifndef DAOTP_DOCTOR_PLAN_H
#define DAOTP_DOCTOR_PLAN_H

#include "doctor/doctor.h"

/* Make the rows at the beginning of a run. DAOTP_OK or DAOTP_MEMORY. */
daotp_status daotp__doctor_make_rows(daotp_doctor *doctor);

#endif
