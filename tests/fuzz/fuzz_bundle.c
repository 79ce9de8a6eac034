/* SPDX-License-Identifier: BSD-2-Clause */
/* A file that was collected on Windows: whatever it holds, it is one row, which ends, and which
 * says why where it did not pass. */
#include "fuzz.h"

#include <daotp/doctor.h>

static daotp_context *context;

static void is_told(daotp_doctor *doctor)
{
    daotp_probe_state state = daotp_doctor_get_state(doctor, 0);
    daotp_report *report = daotp_doctor_get_row_report(doctor, 0);

    HOLDS(daotp_doctor_get_count(doctor) == 1);
    HOLDS(*daotp_doctor_get_name(doctor, 0) != '\0');
    HOLDS(state >= DAOTP_PROBE_PASSED && state <= DAOTP_PROBE_UNDECIDED);
    HOLDS(state < DAOTP_PROBE_FAILED || daotp_report_get_error(report) != NULL);
    HOLDS(*daotp_doctor_get_text(doctor) != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    daotp_doctor *doctor = NULL;

    if (context == NULL)
        HOLDS(daotp_context_new(&context) == DAOTP_OK);
    HOLDS(daotp_doctor_new(context, &doctor) == DAOTP_OK);
    if (size > 0) {
        HOLDS(daotp_doctor_add_file(doctor, "file", data, size) == DAOTP_OK);
        (void)daotp_doctor_run(doctor);
        is_told(doctor);
    }
    daotp_doctor_free(doctor);
    return 0;
}
