/* SPDX-License-Identifier: BSD-2-Clause */
/* A row for the clocks of the KDCs, which their KRB-ERRORs show (RFC 4120 5.9.1). */
#include "doctor/doctor.h"

#include "core/alloc.h"

typedef struct clock_row {
    daotp_doctor *doctor;
} clock_row;

/* Whether an earlier reading has already shown that this machine's clock is wrong, which is
 * reported once. */
static bool is_here_reported(const daotp__clocks *clocks, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (clocks->readings[i].kind == DAOTP__CLOCK_OF_KDC &&
            daotp__clocks_judge(clocks, clocks->readings[i].ahead_s) == DAOTP__CLOCK_HERE)
            return true;
    return false;
}

static bool has_kdc_reading(const daotp__clocks *clocks)
{
    for (size_t i = 0; i < clocks->count; i++)
        if (clocks->readings[i].kind == DAOTP__CLOCK_OF_KDC)
            return true;
    return false;
}

/* Only readings of KDCs: a server has a row of its own. */
static bool is_for_row(const daotp__clocks *clocks, size_t at)
{
    const daotp__clock_reading *reading = &clocks->readings[at];

    return reading->kind == DAOTP__CLOCK_OF_KDC &&
           (daotp__clocks_judge(clocks, reading->ahead_s) != DAOTP__CLOCK_HERE ||
            !is_here_reported(clocks, at));
}

static daotp_status step_kdc_clocks(void *self, daotp_report *report)
{
    const clock_row *row = self;
    const daotp__clocks *clocks = &row->doctor->clocks;
    daotp_status status = DAOTP_OK;

    if (clocks->waiting > 0)
        return DAOTP_AGAIN;
    if (!has_kdc_reading(clocks))
        (void)daotp__report_add(report, DAOTP_FINDING_CLOCK_UNKNOWN, 0, "", "no KDC answered");
    for (size_t i = 0; i < clocks->count; i++) {
        const daotp__clock_reading *reading = &clocks->readings[i];
        daotp_status found;

        if (!is_for_row(clocks, i))
            continue;
        found = daotp__clocks_report(clocks, reading->subject, reading->ahead_s, report);
        if (found != DAOTP_OK)
            status = found;
    }
    return status;
}

static void free_clock_row(void *self)
{
    clock_row *row = self;

    daotp__delete(row);
}

static const daotp__row_kind clock_kind = {
    .name = "clock",
    .title = "the clocks of the KDCs and this one",
    .probe = {.size = sizeof(daotp_probe), .step = step_kdc_clocks, .free = free_clock_row}};

daotp_status daotp__doctor_add_kdc_clock_row(daotp_doctor *doctor, int first)
{
    clock_row *self;
    daotp__doctor_row *row;

    if (doctor->kdc_count == 0)
        return DAOTP_OK;
    self = daotp__new(sizeof *self);
    if (self == NULL)
        return DAOTP_MEMORY;
    self->doctor = doctor;
    row = daotp__doctor_add_row(doctor, &clock_kind, doctor->kdcs[0].realm, self);
    if (row == NULL)
        return DAOTP_MEMORY;
    row->needs = first;
    row->after = doctor->last_walk_row; /* the clocks of the servers are known then */
    return DAOTP_OK;
}
