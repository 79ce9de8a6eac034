/* SPDX-License-Identifier: BSD-2-Clause */
/* One row of a run, and all of them dropped. */
#ifndef DAOTP_DOCTOR_ROW_H
#define DAOTP_DOCTOR_ROW_H

#include "doctor/doctor.h"

/* What the last run found is forgotten; what is under way ends. */
void daotp__doctor_drop_rows(daotp_doctor *doctor);
/* Its descriptor wakes nobody any more, unless another row watches it too. */
void daotp__doctor_unwatch_row(daotp_doctor *doctor, daotp__doctor_row *row);
/* A row is no longer watched, and what it held is let go; its report stays. */
void daotp__doctor_end_row(daotp_doctor *doctor, daotp__doctor_row *row);

#endif
