/* SPDX-License-Identifier: BSD-2-Clause */
/* The rows of `daotp doctor ca`: a certification authority by RPC, as a user. */
#ifndef TOOL_DOCTOR_CA_H
#define TOOL_DOCTOR_CA_H

#include "ca_options.h"

#include <daotp/daotp.h>

typedef struct doctor_ca {
    daotp_context *context;
    const char *host, *name; /* name: NULL for whichever CA is there */
    ca_options options;
} doctor_ca;

/* What is not set: the values of the profile. The doctor borrows all of it. */
daotp_status doctor_ca_add(daotp_doctor *doctor, doctor_ca *ca, const daotp_profile *profile);

#endif
