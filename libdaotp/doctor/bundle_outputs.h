/* SPDX-License-Identifier: BSD-2-Clause */
/* What certutil and the cmdlets of Remote Access printed. */
#ifndef DAOTP_DOCTOR_BUNDLE_OUTPUTS_H
#define DAOTP_DOCTOR_BUNDLE_OUTPUTS_H

#include "doctor/bundle_reader.h"

/* DAOTP_OK or DAOTP_MEMORY. *found: whether the text is such an output. */
daotp_status daotp__bundle_read_certutil(daotp__bundle_reader *reader, bool *found);
daotp_status daotp__bundle_read_settings(daotp__bundle_reader *reader, bool *found);

#endif
