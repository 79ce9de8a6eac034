/* SPDX-License-Identifier: BSD-2-Clause */
/* The files of `daotp doctor --bundle`, and the script that collects them. */
#ifndef TOOL_DOCTOR_BUNDLE_H
#define TOOL_DOCTOR_BUNDLE_H

#include <daotp/daotp.h>

/* Add each regular file of a folder and of the folders in it; or one file. What is not read is
 * said. DAOTP_CONFIGURATION when nothing is there to be read. */
daotp_status doctor_bundle_add(daotp_doctor *doctor, const char *path);
/* Print the PowerShell script. */
void doctor_collect_print(void);

#endif
