/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The run. Rows that do not depend on each other run side by side. A row is skipped if a row that
 * it needs did not pass; it names that row, or, if that one was skipped too, the row that caused
 * all of it.
 */
#include "core/extension.h"
#include "core/sigpipe.h"
#include "core/time_sum.h"
#include "doctor/plan.h"
#include "doctor/row.h"

static bool is_row_over(const daotp__doctor_row *row)
{
    return row->state >= DAOTP_PROBE_PASSED;
}

static bool has_row_passed(const daotp__doctor_row *row)
{
    return row->state == DAOTP_PROBE_PASSED || row->state == DAOTP_PROBE_WARNED;
}

static void set_row_state(daotp_doctor *doctor, size_t at, daotp_probe_state state)
{
    doctor->rows[at]->state = state;
    if (doctor->tell != NULL)
        doctor->tell(doctor->tell_user, at, state);
}

/* ---- one row --------------------------------------------------------------------------------- */

static void begin_row(daotp_doctor *doctor, size_t at)
{
    doctor->rows[at]->began_ms = daotp__context_now_ms(doctor->context);
    set_row_state(doctor, at, DAOTP_PROBE_RUNNING);
}

static bool has_warning(const daotp_report *report)
{
    for (size_t i = 0; i < report->count; i++)
        if (report->findings[i].severity == DAOTP_SEVERITY_WARNING)
            return true;
    return false;
}

static daotp_probe_state state_of_answer(daotp_status status, const daotp_report *report)
{
    if (status == DAOTP_UNDECIDED)
        return DAOTP_PROBE_UNDECIDED;
    if (status != DAOTP_OK)
        return DAOTP_PROBE_FAILED;
    return has_warning(report) ? DAOTP_PROBE_WARNED : DAOTP_PROBE_PASSED;
}

static void complete_row(daotp_doctor *doctor, size_t at, daotp_status status)
{
    daotp__doctor_row *row = doctor->rows[at];

    status =
        daotp__extension_answer(&row->report, 0, status, DAOTP_FINDING_CALL_INTERNAL, row->name);
    (void)daotp__report_status(&row->report, status);
    row->took_ms = daotp__time_sub(daotp__context_now_ms(doctor->context), row->began_ms);
    daotp__doctor_end_row(doctor, row);
    set_row_state(doctor, at, state_of_answer(status, &row->report));
}

/* The index of a needed row that has ended and did not pass; or DAOTP__NO_ROW. */
static int find_blocker(const daotp_doctor *doctor, const daotp__doctor_row *row)
{
    const int needed[] = {row->needs, row->also};

    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        if (needed[i] != DAOTP__NO_ROW && is_row_over(doctor->rows[needed[i]]) &&
            !has_row_passed(doctor->rows[needed[i]]))
            return needed[i];
    return DAOTP__NO_ROW;
}

/* Skip the row if a row that it needs did not pass. */
static bool skip_blocked_row(daotp_doctor *doctor, size_t at)
{
    daotp__doctor_row *row = doctor->rows[at];
    int before = find_blocker(doctor, row);

    if (before == DAOTP__NO_ROW)
        return false;
    row->blocker = before;
    if (doctor->rows[before]->blocker != DAOTP__NO_ROW)
        row->blocker = doctor->rows[before]->blocker;
    daotp__doctor_end_row(doctor, row);
    set_row_state(doctor, at, DAOTP_PROBE_SKIPPED);
    return true;
}

/* Watch the descriptor and the timeout of a row. */
static daotp_status watch_row(daotp_doctor *doctor, daotp__doctor_row *row)
{
    int fd = row->probe.get_fd != NULL ? row->probe.get_fd(row->self) : -1;
    int timeout_ms = row->probe.get_timeout_ms != NULL ? row->probe.get_timeout_ms(row->self) : -1;

    if (timeout_ms >= 0)
        daotp__loop_wake_in(doctor->loop, timeout_ms);
    if (fd == row->watched_fd)
        return DAOTP_OK;
    daotp__doctor_unwatch_row(doctor, row);
    row->watched_fd = fd;
    if (fd >= 0 && !daotp__loop_watch(doctor->loop, doctor->slot, fd, EPOLLIN))
        return DAOTP_MEMORY;
    return DAOTP_OK;
}

/* Step one row. DAOTP_AGAIN; DAOTP_OK when the row has ended; DAOTP_MEMORY. */
static daotp_status step_row(daotp_doctor *doctor, size_t at)
{
    daotp__doctor_row *row = doctor->rows[at];
    daotp_status status = row->probe.step(row->self, &row->report);

    if (status == DAOTP_AGAIN) {
        status = watch_row(doctor, row);
        return status == DAOTP_OK ? DAOTP_AGAIN : status;
    }
    if (status == DAOTP_MEMORY || status == DAOTP_CANCELLED)
        return status;
    complete_row(doctor, at, status);
    return DAOTP_OK;
}

/* ---- all rows -------------------------------------------------------------------------------- */

static bool may_row_begin(const daotp_doctor *doctor, const daotp__doctor_row *row)
{
    return (row->needs == DAOTP__NO_ROW || is_row_over(doctor->rows[row->needs])) &&
           (row->also == DAOTP__NO_ROW || is_row_over(doctor->rows[row->also])) &&
           (row->after == DAOTP__NO_ROW || is_row_over(doctor->rows[row->after]));
}

/* Step all rows. A row comes after the rows that it needs, so one pass is enough. */
static daotp_status step_rows(daotp_doctor *doctor)
{
    bool is_waiting = false;

    for (size_t i = 0; i < doctor->row_count; i++) {
        daotp__doctor_row *row = doctor->rows[i];
        daotp_status status = DAOTP_OK;

        if (is_row_over(row))
            continue;
        is_waiting = is_waiting || !may_row_begin(doctor, row);
        if (!may_row_begin(doctor, row) || skip_blocked_row(doctor, i))
            continue;
        if (row->state == DAOTP_PROBE_WAITING)
            begin_row(doctor, i);
        status = step_row(doctor, i);
        is_waiting = is_waiting || status == DAOTP_AGAIN;
        if (status != DAOTP_OK && status != DAOTP_AGAIN)
            return status;
    }
    return is_waiting ? DAOTP_AGAIN : DAOTP_OK;
}

/* The deadline has passed: running rows fail with that, and the rows that need them are skipped. */
static void expire_rows(daotp_doctor *doctor)
{
    for (size_t i = 0; i < doctor->row_count; i++) {
        daotp__doctor_row *row = doctor->rows[i];

        if (is_row_over(row) || skip_blocked_row(doctor, i))
            continue;
        if (row->state == DAOTP_PROBE_WAITING)
            begin_row(doctor, i);
        complete_row(doctor, i,
                     daotp__report_add(&row->report, DAOTP_FINDING_CALL_TIMEOUT, 0, row->subject,
                                       "over %lld ms in row %s", (long long)doctor->timeout_ms,
                                       row->name));
    }
}

/* ---- the verdict ----------------------------------------------------------------------------- */

static size_t first_row_of(const daotp_doctor *doctor, daotp_probe_state state)
{
    size_t at = 0;

    while (at < doctor->row_count && doctor->rows[at]->state != state)
        at++;
    return at;
}

static daotp_status verdict_of_rows(const daotp_doctor *doctor)
{
    if (first_row_of(doctor, DAOTP_PROBE_FAILED) < doctor->row_count)
        return DAOTP_REJECTED;
    if (first_row_of(doctor, DAOTP_PROBE_UNDECIDED) < doctor->row_count)
        return DAOTP_UNDECIDED;
    return DAOTP_OK;
}

daotp_status daotp_doctor_finish(const daotp_doctor *doctor, size_t *row)
{
    size_t first;

    if (doctor == NULL || !doctor->has_ended)
        return DAOTP_USAGE;
    first = first_row_of(doctor, DAOTP_PROBE_FAILED);
    if (first == doctor->row_count)
        first = first_row_of(doctor, DAOTP_PROBE_UNDECIDED);
    if (row != NULL)
        *row = first;
    return doctor->status;
}

/* ---- begin, step, run ------------------------------------------------------------------------ */

static daotp_status end_run(daotp_doctor *doctor, daotp_status status)
{
    daotp__loop_end(doctor->loop);
    for (size_t i = 0; i < doctor->row_count; i++)
        daotp__doctor_end_row(doctor, doctor->rows[i]);
    daotp__buffer_clear(&doctor->code);
    doctor->is_running = false;
    doctor->has_ended = true;
    doctor->status = status == DAOTP_OK ? verdict_of_rows(doctor) : status;
    return doctor->status;
}

daotp_status daotp_doctor_begin(daotp_doctor *doctor)
{
    daotp_status status;

    if (doctor == NULL || doctor->is_running)
        return DAOTP_USAGE;
    daotp__doctor_drop_rows(doctor);
    status = daotp__doctor_make_rows(doctor);
    if (status != DAOTP_OK) {
        daotp__doctor_drop_rows(doctor);
        return status;
    }
    doctor->is_running = true;
    daotp__loop_begin(doctor->loop, doctor->timeout_ms);
    return DAOTP_OK;
}

daotp_status daotp_doctor_step(daotp_doctor *doctor)
{
    daotp__sigpipe hold;
    daotp_status status;

    if (doctor == NULL || !doctor->is_running)
        return DAOTP_USAGE;
    daotp__sigpipe_hold(&hold);
    status = daotp__loop_dispatch(doctor->loop);
    if (status == DAOTP_TIMEOUT) {
        expire_rows(doctor);
        status = DAOTP_OK;
    } else if (status == DAOTP_OK) {
        status = step_rows(doctor);
    }
    if (status == DAOTP_AGAIN)
        daotp__loop_pause(doctor->loop);
    else
        status = end_run(doctor, status);
    daotp__sigpipe_release(&hold);
    return status;
}

daotp_status daotp_doctor_run(daotp_doctor *doctor)
{
    daotp_status status = daotp_doctor_begin(doctor);

    if (status != DAOTP_OK)
        return status;
    while ((status = daotp_doctor_step(doctor)) == DAOTP_AGAIN)
        daotp__loop_wait(doctor->loop);
    return status;
}
