/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes a report as text and as JSON. */
#include "core/alloc.h"
#include "core/json.h"
#include "core/report.h"

enum { MAX_REPORT_TEXT = 512 * 1024 };

/* The status in words for a person. "peer" is not used: it would name who is at fault, not what
 * is wrong. */
static const char *status_word(daotp_status status)
{
    return status == DAOTP_PEER ? "malformed" : daotp_status_name(status);
}

static void field_text(daotp__buffer *out, const char *name, const char *value)
{
    if (*value != '\0')
        daotp__buffer_format(out, "  %-10s %s\n", name, value);
}

static void stage_line(daotp__buffer *out, const daotp_report *report, daotp_stage stage)
{
    daotp_stage_state state = report->stages[stage].state;

    if (state == DAOTP_STAGE_NOT_REACHED)
        return;
    daotp__buffer_format(out, "%-11s %-8s", daotp_stage_name(stage), daotp_stage_state_name(state));
    if (report->stages[stage].took_ms >= 0 && state != DAOTP_STAGE_SKIPPED)
        daotp__buffer_format(out, " %6lld ms", (long long)report->stages[stage].took_ms);
    daotp__buffer_text(out, "\n");
}

/* Written after the findings, or first if there is none. */
static void stages_text(daotp__buffer *out, const daotp_report *report)
{
    if (report->has_stages && report->count > 0)
        daotp__buffer_text(out, "\n");
    for (int stage = 0; stage < DAOTP_STAGE_ALL_COUNT; stage++)
        stage_line(out, report, (daotp_stage)stage);
}

/* Information needs no action: one line. */
static void note_text(daotp__buffer *out, const daotp_finding *finding)
{
    const char *subject = daotp_finding_get_subject(finding);
    const char *found = daotp_finding_get_found(finding);
    const char *before_subject = *subject != '\0' ? "; " : "";
    const char *before_found = *found != '\0' ? ": " : "";

    daotp__buffer_format(out, "%s %s: %s%s%s%s%s\n", daotp_severity_name(finding->severity),
                         daotp_catalogue_get_id(finding->number),
                         daotp_catalogue_get_title(finding->number), before_subject, subject,
                         before_found, found);
}

/* The finding's id, what it says, and what was found there, in one line. */
static void because_text(daotp__buffer *out, const daotp_finding *cause)
{
    const char *subject = daotp_finding_get_subject(cause), *found = daotp_finding_get_found(cause);

    daotp__buffer_format(out, "  %-10s %s: %s", "because:", daotp_catalogue_get_id(cause->number),
                         daotp_catalogue_get_title(cause->number));
    if (*subject != '\0')
        daotp__buffer_format(out, ": %s", subject);
    if (*found != '\0')
        daotp__buffer_format(out, ": %s", found);
    daotp__buffer_text(out, "\n");
}

/* The hint of the cause comes before the finding's own. */
static void cure_text(daotp__buffer *out, daotp_finding_number number, const daotp_finding *cause)
{
    if (cause != NULL)
        field_text(out, "do:", daotp_catalogue_get_hint(cause->number));
    field_text(out, cause != NULL ? "then:" : "do:", daotp_catalogue_get_hint(number));
}

/* Write what is wrong, its cause, the evidence, and what to do. */
static void finding_text(daotp__buffer *out, const daotp_finding *finding,
                         const daotp_finding *cause)
{
    daotp_finding_number number = finding->number;

    if (finding->severity == DAOTP_SEVERITY_INFORMATION) {
        note_text(out, finding);
        return;
    }
    daotp__buffer_format(out, "%s %s (stage %s)\n", daotp_severity_name(finding->severity),
                         daotp_catalogue_get_id(number), daotp_stage_name(finding->stage));
    field_text(out, "what:", daotp_catalogue_get_title(number));
    if (cause != NULL)
        because_text(out, cause);
    field_text(out, "looked at:", daotp_finding_get_subject(finding));
    field_text(out, "found:", daotp_finding_get_found(finding));
    field_text(out, "wanted:", daotp_catalogue_get_wanted(number));
    cure_text(out, number, cause);
    field_text(out, "source:", daotp_catalogue_get_source(number));
}

/* The verdict first, then its cause, other errors, warnings, information. */
static void findings_text(daotp__buffer *out, const daotp_report *report)
{
    static const daotp_severity order[] = {DAOTP_SEVERITY_ERROR, DAOTP_SEVERITY_WARNING,
                                           DAOTP_SEVERITY_INFORMATION};
    const daotp_finding *error = daotp_report_get_error(report);
    const daotp_finding *cause = daotp_report_get_cause(report);

    if (report->count > 0)
        daotp__buffer_text(out, "\n");
    if (error != NULL)
        finding_text(out, error, cause);
    if (cause != NULL)
        finding_text(out, cause, NULL);
    for (size_t k = 0; k < sizeof order / sizeof order[0]; k++)
        for (size_t i = 0; i < report->count; i++)
            if (report->findings[i].severity == order[k] && &report->findings[i] != error &&
                &report->findings[i] != cause)
                finding_text(out, &report->findings[i],
                             daotp__report_find_root(report, &report->findings[i]));
    if (report->dropped > 0)
        daotp__buffer_format(out, "%zu further findings were left out\n", report->dropped);
}

const char *daotp_report_get_text(daotp_report *report)
{
    daotp__buffer out;

    if (report == NULL)
        return "no report\n";
    if (report->text != NULL)
        return report->text;
    daotp__buffer_init(&out, MAX_REPORT_TEXT);
    daotp__buffer_format(&out, "status: %s\n", status_word(report->status));
    findings_text(&out, report);
    stages_text(&out, report);
    report->text = (char *)daotp__buffer_take(&out, NULL);
    daotp__buffer_free(&out);
    return report->text != NULL ? report->text : "out of memory: the report cannot be shown\n";
}

static void json_member(daotp__buffer *out, const char *name, const char *value)
{
    daotp__buffer_format(out, ",\"%s\":", name);
    daotp__json_string(out, value);
}

static void id_member(daotp__buffer *out, const char *name, const daotp_finding *finding)
{
    if (finding != NULL)
        json_member(out, name, daotp_finding_get_id(finding));
    else
        daotp__buffer_format(out, ",\"%s\":null", name);
}

static void finding_json(daotp__buffer *out, const daotp_report *report,
                         const daotp_finding *finding)
{
    daotp_finding_number number = finding->number;

    daotp__buffer_format(out, "{\"number\":%d", (int)number);
    json_member(out, "id", daotp_catalogue_get_id(number));
    json_member(out, "stage", daotp_stage_name(finding->stage));
    json_member(out, "severity", daotp_severity_name(finding->severity));
    json_member(out, "title", daotp_catalogue_get_title(number));
    json_member(out, "subject", daotp_finding_get_subject(finding));
    json_member(out, "found", daotp_finding_get_found(finding));
    json_member(out, "wanted", daotp_catalogue_get_wanted(number));
    json_member(out, "hint", daotp_catalogue_get_hint(number));
    json_member(out, "source", daotp_catalogue_get_source(number));
    id_member(out, "cause", daotp__report_find_root(report, finding));
    daotp__buffer_format(out, ",\"upstream\":%lld}", (long long)finding->upstream);
}

static void stage_json(daotp__buffer *out, const daotp_report *report, daotp_stage stage)
{
    daotp__buffer_format(out, "{\"stage\":\"%s\",\"state\":\"%s\",\"ms\":%lld}",
                         daotp_stage_name(stage),
                         daotp_stage_state_name(report->stages[stage].state),
                         (long long)report->stages[stage].took_ms);
}

const char *daotp_report_get_json(daotp_report *report)
{
    static const char no_memory_json[] =
        "{\"format\":1,\"status\":\"out of memory\",\"error\":null,\"cause\":null,\"stages\":[],"
        "\"findings\":[],\"dropped\":0}";
    const char *comma = "";
    daotp__buffer out;

    if (report == NULL)
        return "{}";
    if (report->json != NULL)
        return report->json;
    daotp__buffer_init(&out, MAX_REPORT_TEXT);
    daotp__buffer_format(&out, "{\"format\":%d,\"status\":\"%s\"", DAOTP_JSON_FORMAT,
                         daotp_status_name(report->status));
    id_member(&out, "error", daotp_report_get_error(report));
    id_member(&out, "cause", daotp_report_get_cause(report));
    daotp__buffer_text(&out, ",\"stages\":[");
    for (int stage = 0; stage < DAOTP_STAGE_ALL_COUNT; stage++) {
        if (report->stages[stage].state == DAOTP_STAGE_NOT_REACHED)
            continue;
        daotp__buffer_text(&out, comma);
        stage_json(&out, report, (daotp_stage)stage);
        comma = ",";
    }
    daotp__buffer_text(&out, "],\"findings\":[");
    for (size_t i = 0; i < report->count; i++) {
        daotp__buffer_text(&out, i > 0 ? "," : "");
        finding_json(&out, report, &report->findings[i]);
    }
    daotp__buffer_format(&out, "],\"dropped\":%zu}", report->dropped);
    report->json = (char *)daotp__buffer_take(&out, NULL);
    daotp__buffer_free(&out);
    return report->json != NULL ? report->json : no_memory_json;
}
