/* SPDX-License-Identifier: BSD-2-Clause */
/* A bundle: files that an administrator collected on Windows. Each is read without a network. */
#ifndef DAOTP_DOCTOR_BUNDLE_H
#define DAOTP_DOCTOR_BUNDLE_H

#include "doctor/bundle_reader.h"

/* Read one file. name: for the row and the findings. DAOTP_OK when the file was read, whatever
 * it shows; DAOTP_MEMORY. */
daotp_status daotp__bundle_file_new(daotp_context *context, const char *name, daotp__bytes bytes,
                                    daotp__bundle_file **file);
void daotp__bundle_file_free(daotp__bundle_file *file);

#endif
