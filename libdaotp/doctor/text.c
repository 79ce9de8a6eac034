/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes the result of a run as text and as JSON. */
#include "doctor/doctor.h"

#include "core/json.h"

enum { MAX_DOCTOR_TEXT = 16 * 1024 * 1024 };

/* ---- words ----------------------------------------------------------------------------------- */

static void verdict_text(daotp__buffer *out, const daotp_doctor *doctor, size_t row)
{
    const daotp_finding *error;
    const daotp__doctor_row *failed;

    if (row == doctor->row_count) {
        daotp__buffer_format(out, "verdict: %s\n",
                             doctor->status == DAOTP_OK ? "nothing is wrong that can be seen here"
                                                        : daotp_status_name(doctor->status));
        return;
    }
    failed = doctor->rows[row];
    error = daotp_report_get_cause(&failed->report);
    if (error == NULL)
        error = daotp_report_get_error(&failed->report);
    daotp__buffer_format(out, "verdict: %s: %s: %s\n", failed->name, daotp_finding_get_id(error),
                         daotp_catalogue_get_title(daotp_finding_get_number(error)));
    daotp__buffer_format(out, "  do: %s\n",
                         daotp_catalogue_get_hint(daotp_finding_get_number(error)));
}

static void row_line(daotp__buffer *out, const daotp_doctor *doctor, const daotp__doctor_row *row)
{
    daotp__buffer_format(out, "%-13s %-9s", row->name, daotp_probe_state_name(row->state));
    if (row->took_ms >= 0)
        daotp__buffer_format(out, " %6lld ms", (long long)row->took_ms);
    else
        daotp__buffer_format(out, " %9s", "");
    daotp__buffer_format(out, "  %s", row->title);
    if (row->subject[0] != '\0')
        daotp__buffer_format(out, ": %s", row->subject);
    if (row->blocker != DAOTP__NO_ROW)
        daotp__buffer_format(out, "; blocked by %s", doctor->rows[row->blocker]->name);
    daotp__buffer_text(out, "\n");
}

/* Write the findings of a row; a row that passed has nothing more to report than its line. */
static void row_findings(daotp__buffer *out, daotp__doctor_row *row)
{
    if (row->state == DAOTP_PROBE_PASSED || row->report.count == 0)
        return;
    daotp__buffer_format(out, "\n%s (%s)\n%s", row->name, row->subject,
                         daotp_report_get_text(&row->report));
}

const char *daotp_doctor_get_text(daotp_doctor *doctor)
{
    daotp__buffer out;
    size_t verdict;

    if (doctor == NULL || daotp_doctor_finish(doctor, &verdict) == DAOTP_USAGE)
        return "";
    if (doctor->text != NULL)
        return doctor->text;
    daotp__buffer_init(&out, MAX_DOCTOR_TEXT);
    verdict_text(&out, doctor, verdict);
    daotp__buffer_text(&out, "\n");
    for (size_t i = 0; i < doctor->row_count; i++)
        row_line(&out, doctor, doctor->rows[i]);
    for (size_t i = 0; i < doctor->row_count; i++)
        row_findings(&out, doctor->rows[i]);
    doctor->text = (char *)daotp__buffer_take(&out, NULL);
    daotp__buffer_free(&out);
    return doctor->text != NULL ? doctor->text : "";
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static void text_member(daotp__buffer *out, const char *name, const char *value)
{
    daotp__buffer_format(out, ",\"%s\":", name);
    daotp__json_string(out, value);
}

static void finding_member(daotp__buffer *out, const char *name, const daotp_finding *finding)
{
    if (finding == NULL)
        daotp__buffer_format(out, ",\"%s\":null", name);
    else
        text_member(out, name, daotp_finding_get_id(finding));
}

static void row_member(daotp__buffer *out, const char *name, size_t row, size_t none)
{
    if (row == none)
        daotp__buffer_format(out, ",\"%s\":null", name);
    else
        daotp__buffer_format(out, ",\"%s\":%zu", name, row);
}

static void row_json(daotp__buffer *out, const daotp_doctor *doctor, size_t at)
{
    daotp__doctor_row *row = doctor->rows[at];

    daotp__buffer_text(out, "{\"name\":");
    daotp__json_string(out, row->name);
    text_member(out, "title", row->title);
    text_member(out, "subject", row->subject);
    text_member(out, "state", daotp_probe_state_name(row->state));
    row_member(out, "blocked_by", daotp_doctor_get_blocker(doctor, at), doctor->row_count);
    daotp__buffer_format(out, ",\"ms\":%lld,\"report\":%s}", (long long)row->took_ms,
                         daotp_report_get_json(&row->report));
}

const char *daotp_doctor_get_json(daotp_doctor *doctor)
{
    const daotp_report *failed;
    daotp__buffer out;
    size_t verdict;

    if (doctor == NULL || daotp_doctor_finish(doctor, &verdict) == DAOTP_USAGE)
        return "{}";
    if (doctor->json != NULL)
        return doctor->json;
    failed = daotp_doctor_get_row_report(doctor, verdict);
    daotp__buffer_init(&out, MAX_DOCTOR_TEXT);
    daotp__buffer_format(&out, "{\"format\":%d", DAOTP_JSON_FORMAT);
    text_member(&out, "status", daotp_status_name(doctor->status));
    row_member(&out, "verdict", verdict, doctor->row_count);
    finding_member(&out, "error", daotp_report_get_error(failed));
    finding_member(&out, "cause", daotp_report_get_cause(failed));
    daotp__buffer_text(&out, ",\"rows\":[");
    for (size_t i = 0; i < doctor->row_count; i++) {
        daotp__buffer_text(&out, i > 0 ? "," : "");
        row_json(&out, doctor, i);
    }
    daotp__buffer_text(&out, "]}");
    doctor->json = (char *)daotp__buffer_take(&out, NULL);
    daotp__buffer_free(&out);
    return doctor->json != NULL ? doctor->json : "{}";
}
