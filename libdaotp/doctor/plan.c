/* SPDX-License-Identifier: BSD-2-Clause */
#include "doctor/plan.h"

#include "doctor/row.h"

static void leave_to_extender(void *self)
{
    (void)self; /* it is freed with the doctor */
}

/* A row with `follows` needs the last row before it without `follows`. */
static daotp_status add_extender_rows(daotp_doctor *doctor, bool first)
{
    int leader = DAOTP__NO_ROW;

    for (size_t i = 0; i < doctor->added_count; i++) {
        daotp__added_probe *added = &doctor->added[i];
        daotp__row_kind kind = {added->name, added->title, added->probe};
        daotp__doctor_row *row;

        if (kind.probe.comes_first != first)
            continue;
        kind.probe.free = leave_to_extender;
        row = daotp__doctor_add_row(doctor, &kind, added->subject, added->self);
        if (row == NULL)
            return DAOTP_MEMORY;
        row->is_borrowed = true;
        if (first && doctor->row_count > 1)
            row->needs = daotp__doctor_last_row(doctor) - 1;
        else if (added->probe.follows)
            row->needs = leader;
        if (!added->probe.follows)
            leader = daotp__doctor_last_row(doctor);
    }
    return DAOTP_OK;
}

daotp_status daotp__doctor_make_rows(daotp_doctor *doctor)
{
    daotp_status status = add_extender_rows(doctor, true);
    int first = daotp__doctor_last_row(doctor), ready[2] = {DAOTP__NO_ROW, DAOTP__NO_ROW};

    doctor->last_walk_row = DAOTP__NO_ROW;
    daotp__clocks_begin(&doctor->clocks);
    if (status == DAOTP_OK && doctor->client != NULL)
        status = daotp__doctor_add_client_rows(doctor, first, ready);
    if (status == DAOTP_OK && doctor->radius != NULL)
        status = daotp__doctor_add_radius_rows(doctor, first);
    if (status == DAOTP_OK)
        status = daotp__doctor_add_kdc_rows(doctor, first);
    if (status == DAOTP_OK)
        status = daotp__doctor_add_kdc_clock_row(doctor, first);
    if (status == DAOTP_OK)
        status = daotp__doctor_add_crl_source_rows(doctor, first);
    if (status == DAOTP_OK)
        status = daotp__doctor_add_bundle_rows(doctor, first);
    if (status == DAOTP_OK && doctor->client != NULL)
        status = daotp__doctor_add_code_rows(doctor, ready);
    return status == DAOTP_OK ? add_extender_rows(doctor, false) : status;
}
