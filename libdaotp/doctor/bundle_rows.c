/* SPDX-License-Identifier: BSD-2-Clause */
/* Adds a row for each file. Files with errors come first, in the order of the pipeline, so that
 * an administrator begins with the first failed row. */
#include "doctor/bundle.h"
#include "doctor/doctor.h"

#include <stdlib.h>
#include <string.h>

static daotp_status step_bundle_row(void *self, daotp_report *report)
{
    const daotp__bundle_file *file = self;

    daotp__report_merge(report, &file->report);
    return file->status;
}

static void leave_to_doctor(void *self)
{
    (void)self; /* the file belongs to all runs */
}

static int compare_bundle_files(const void *left, const void *right)
{
    const daotp__bundle_file *a = *(daotp__bundle_file *const *)left;
    const daotp__bundle_file *b = *(daotp__bundle_file *const *)right;

    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    return strcmp(a->name, b->name);
}

daotp_status daotp_doctor_add_file(daotp_doctor *doctor, const char *name, const void *bytes,
                                   size_t len)
{
    daotp__bytes in = {bytes, len};
    daotp_status status;

    if (doctor == NULL || doctor->is_running || name == NULL || *name == '\0' || bytes == NULL ||
        strnlen(name, DAOTP__MAX_TEXT + 1) > DAOTP__MAX_TEXT ||
        doctor->file_count == DAOTP__MAX_DOCTOR_FILES)
        return DAOTP_USAGE;
    status = daotp__bundle_file_new(doctor->context, name, in, &doctor->files[doctor->file_count]);
    if (status == DAOTP_OK)
        doctor->file_count++;
    return status;
}

daotp_status daotp__doctor_add_bundle_rows(daotp_doctor *doctor, int first)
{
    static const daotp_probe probe = {
        .size = sizeof probe, .step = step_bundle_row, .free = leave_to_doctor};

    qsort(doctor->files, doctor->file_count, sizeof(void *), compare_bundle_files);
    for (size_t i = 0; i < doctor->file_count; i++) {
        daotp__bundle_file *file = doctor->files[i];
        daotp__row_kind kind = {file->kind, file->title, probe};
        daotp__doctor_row *row = daotp__doctor_add_row(doctor, &kind, file->name, file);

        if (row == NULL)
            return DAOTP_MEMORY;
        row->needs = first;
    }
    return DAOTP_OK;
}
