/* SPDX-License-Identifier: BSD-2-Clause */
/* Ends one row of a run, and frees all rows. */
#ifndef DAOTP_DOCTOR_ROW_H
#define DAOTP_DOCTOR_ROW_H

#include "doctor/doctor.h"

/* Free the rows of the last run; end those that are running. */
void daotp__doctor_drop_rows(daotp_doctor *doctor);
/* Stop watching the row's descriptor, unless another row watches it too. */
void daotp__doctor_unwatch_row(daotp_doctor *doctor, daotp__doctor_row *row);
/* End a row: stop watching its descriptor and free its self. Its report is kept. */
void daotp__doctor_end_row(daotp_doctor *doctor, daotp__doctor_row *row);

#endif
