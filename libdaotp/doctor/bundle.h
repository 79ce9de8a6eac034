/* SPDX-License-Identifier: BSD-2-Clause */
/* What an administrator collected on Windows, read without a network: a file each. */
#ifndef DAOTP_DOCTOR_BUNDLE_H
#define DAOTP_DOCTOR_BUNDLE_H

#include "doctor/bundle_reader.h"

/* DAOTP_OK when it was read, whatever it shows; DAOTP_MEMORY. */
daotp_status daotp__bundle_file_new(daotp_context *context, const char *name, daotp__bytes bytes,
                                    daotp__bundle_file **file);
void daotp__bundle_file_free(daotp__bundle_file *file);

#endif
