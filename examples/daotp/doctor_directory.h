/* SPDX-License-Identifier: BSD-2-Clause */
/* The rows of `daotp doctor directory`: what each domain controller's directory says of the CAs, of
 * NTAuth and of the OTP logon template. */
#ifndef TOOL_DOCTOR_DIRECTORY_H
#define TOOL_DOCTOR_DIRECTORY_H

#include "tool.h"

#include <daotp/daotp.h>

typedef struct doctor_directory doctor_directory;

/* Add the rows of these controllers (HOST, HOST:PORT), or where there are none, of those of the
 * profile. How to connect is the profile's: directory-tls, -trust, -user, -password-file, -timeout.
 * The rows use *out: free it after the doctor. */
daotp_status doctor_directory_add(daotp_doctor *doctor, const daotp_profile *profile,
                                  const tool_list *controllers, doctor_directory **out);
/* After each run: kill the child processes that it did not wait for. all may be NULL. */
void doctor_directory_end(doctor_directory *all);
void doctor_directory_free(doctor_directory *all);

#endif
