/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the output of certutil and of the Remote Access cmdlets. */
#ifndef DAOTP_DOCTOR_BUNDLE_OUTPUTS_H
#define DAOTP_DOCTOR_BUNDLE_OUTPUTS_H

#include "doctor/bundle_reader.h"

/* DAOTP_OK or DAOTP_MEMORY. *found: whether the text is the output of that program. */
daotp_status daotp__bundle_read_certutil(daotp__bundle_reader *reader, bool *found);
daotp_status daotp__bundle_read_settings(daotp__bundle_reader *reader, bool *found);

#endif
