/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the event logs of a bundle. */
#ifndef DAOTP_DOCTOR_BUNDLE_LOGS_H
#define DAOTP_DOCTOR_BUNDLE_LOGS_H

#include "doctor/bundle_reader.h"

/* DAOTP_OK or DAOTP_MEMORY. *found: whether the text holds events. */
daotp_status daotp__bundle_read_events(daotp__bundle_reader *reader, bool *found);

#endif
