/* SPDX-License-Identifier: BSD-2-Clause */
#include "doctor/row.h"

#include "core/alloc.h"
#include "core/utf8.h"

/* The rows of one client have the same descriptor. */
static bool is_watched_by_another(const daotp_doctor *doctor, const daotp__doctor_row *row)
{
    for (size_t i = 0; i < doctor->row_count; i++)
        if (doctor->rows[i] != row && doctor->rows[i]->watched_fd == row->watched_fd)
            return true;
    return false;
}

void daotp__doctor_unwatch_row(daotp_doctor *doctor, daotp__doctor_row *row)
{
    if (row->watched_fd >= 0 && !is_watched_by_another(doctor, row))
        (void)daotp__loop_watch(doctor->loop, doctor->slot, row->watched_fd, 0);
    row->watched_fd = -1;
}

/* The self of our own rows belongs to this run and is freed; that of an extender's row is kept
 * for all runs. */
void daotp__doctor_end_row(daotp_doctor *doctor, daotp__doctor_row *row)
{
    daotp__doctor_unwatch_row(doctor, row);
    if (!row->is_borrowed)
        row->probe.free(row->self);
    row->is_borrowed = true;
}

static void free_row(daotp_doctor *doctor, daotp__doctor_row *row)
{
    daotp__doctor_end_row(doctor, row);
    daotp__delete(row->name);
    daotp__delete(row->title);
    daotp__delete(row->subject);
    daotp__report_end(&row->report);
    daotp__delete(row);
}

void daotp__doctor_drop_rows(daotp_doctor *doctor)
{
    for (size_t i = 0; i < doctor->row_count; i++)
        free_row(doctor, doctor->rows[i]);
    doctor->row_count = 0;
    doctor->has_ended = false;
    daotp_free(doctor->text);
    daotp_free(doctor->json);
    doctor->text = doctor->json = NULL;
}

static daotp__doctor_row *new_row(daotp_doctor *doctor, const daotp__row_kind *kind,
                                  const char *subject, void *self)
{
    daotp__doctor_row *row = daotp__new(sizeof *row);

    if (row == NULL)
        return NULL;
    row->probe = kind->probe;
    row->self = self;
    row->needs = row->also = row->after = row->blocker = DAOTP__NO_ROW;
    row->watched_fd = -1;
    row->took_ms = -1;
    daotp__report_init(&row->report, doctor->context);
    row->name = daotp__text_copy(kind->name);
    row->title = daotp__text_copy(kind->title);
    row->subject = daotp__text_copy(subject);
    if (row->name == NULL || row->title == NULL || row->subject == NULL) {
        row->is_borrowed = true; /* the caller frees self */
        free_row(doctor, row);
        return NULL;
    }
    daotp__utf8_make_plain(row->subject); /* of a file's name: it may be shown on a terminal */
    return row;
}

daotp__doctor_row *daotp__doctor_add_row(daotp_doctor *doctor, const daotp__row_kind *kind,
                                         const char *subject, void *self)
{
    daotp__doctor_row *row = NULL;

    if (doctor->row_count < DAOTP__MAX_DOCTOR_ROWS)
        row = new_row(doctor, kind, subject, self);
    if (row == NULL) {
        kind->probe.free(self);
        return NULL;
    }
    doctor->rows[doctor->row_count++] = row;
    return row;
}

int daotp__doctor_last_row(const daotp_doctor *doctor)
{
    return (int)doctor->row_count - 1;
}
