/* SPDX-License-Identifier: BSD-2-Clause */
/* The rows of a run, made and dropped. */
#ifndef DAOTP_DOCTOR_ROWS_H
#define DAOTP_DOCTOR_ROWS_H

#include "doctor/doctor.h"

/* The rows of a run that begins: DAOTP_OK or DAOTP_MEMORY. */
daotp_status daotp__doctor_make_rows(daotp_doctor *doctor);
/* What the last run found is forgotten; what is under way ends. */
void daotp__doctor_drop_rows(daotp_doctor *doctor);
/* Its descriptor wakes nobody any more, unless another row watches it too. */
void daotp__doctor_unwatch_row(daotp_doctor *doctor, daotp__doctor_row *row);
/* A row is no longer watched, and what it held is let go; its report stays. */
void daotp__doctor_end_row(daotp_doctor *doctor, daotp__doctor_row *row);

#endif
