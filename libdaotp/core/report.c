/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/report.h"

#include "core/alloc.h"
#include "core/secret_text.h"
#include "core/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void reset_stages(daotp_report *report)
{
    memset(report->stages, 0, sizeof report->stages);
    for (size_t i = 0; i < DAOTP_STAGE_COUNT; i++)
        report->stages[i].took_ms = -1;
    report->has_stages = false;
}

/* All but the context and the texts that were dropped. */
static void reset_report(daotp_report *report)
{
    report->status = DAOTP_OK;
    report->stage = DAOTP_STAGE_CALL;
    report->count = report->dropped = 0;
    report->error = NULL;
    memset(report->secrets, 0, sizeof report->secrets);
    if (report->has_stages) /* a RADIUS exchange has none, and is cleared twice */
        reset_stages(report);
}

void daotp__report_init(daotp_report *report, const daotp_context *context)
{
    *report = (daotp_report){.context = context, .has_stages = true};
    reset_report(report);
}

/* The oldest text makes room; so a text outlives the call that dropped it. */
static void retire_text(daotp_report *report, char *text)
{
    if (text == NULL)
        return;
    daotp__delete(report->past[report->oldest]);
    report->past[report->oldest] = text;
    report->oldest = (report->oldest + 1) % DAOTP__MAX_PAST_TEXTS;
}

static void forget_texts(daotp_report *report)
{
    retire_text(report, report->text);
    retire_text(report, report->json);
    report->text = report->json = NULL;
}

static void retire_finding(daotp_report *report, const struct daotp_finding *finding)
{
    retire_text(report, finding->subject);
    retire_text(report, finding->found);
}

void daotp__report_clear(daotp_report *report)
{
    forget_texts(report);
    for (size_t i = 0; i < report->count; i++)
        retire_finding(report, &report->findings[i]);
    reset_report(report);
}

void daotp__report_end(daotp_report *report)
{
    daotp__report_clear(report);
    /* the places are filled in order: behind an empty one all are empty */
    for (size_t i = 0; i < DAOTP__MAX_PAST_TEXTS && report->past[i] != NULL; i++) {
        daotp__delete(report->past[i]);
        report->past[i] = NULL;
    }
    report->oldest = 0;
}

/* The last one that is no error, so that no error is ever dropped while there is another. */
static size_t least_needed(const daotp_report *report)
{
    size_t at = report->count;

    while (at > 0 && report->findings[at - 1].severity == DAOTP_ERROR)
        at--;
    return at > 0 ? at - 1 : report->count;
}

static void remove_finding(daotp_report *report, size_t at)
{
    const struct daotp_finding *error = report->error;

    retire_finding(report, &report->findings[at]);
    report->count--;
    memmove(&report->findings[at], &report->findings[at + 1],
            (report->count - at) * sizeof report->findings[0]);
    if (error > &report->findings[at])
        report->error = error - 1;
}

static struct daotp_finding *new_finding(daotp_report *report, daotp_finding_number number)
{
    struct daotp_finding *finding;

    if (report->count == DAOTP__MAX_FINDINGS) {
        size_t at = least_needed(report);

        report->dropped++;
        if (daotp_catalogue_severity(number) != DAOTP_ERROR || at == report->count)
            return NULL;
        remove_finding(report, at);
    }
    finding = &report->findings[report->count++];
    *finding = (struct daotp_finding){
        .number = number, .stage = report->stage, .severity = daotp_catalogue_severity(number)};
    if (finding->stage == DAOTP_STAGE_CALL)
        finding->stage = daotp_catalogue_stage(number);
    return finding;
}

static void log_finding(const daotp_report *report, const daotp_finding *finding)
{
    static const daotp_log_level levels[] = {DAOTP_LOG_INFO, DAOTP_LOG_WARNING, DAOTP_LOG_ERROR};

    if (report->context != NULL)
        daotp__context_log(
            report->context, levels[finding->severity], daotp_catalogue_id(finding->number),
            "%s: %s; found: %s", daotp_finding_get_subject(finding),
            daotp_catalogue_title(finding->number), daotp_finding_get_found(finding));
}

void daotp__report_hide(daotp_report *report, daotp__secret which, daotp__bytes secret)
{
    if (report != NULL)
        report->secrets[which] = secret;
}

static void hide_secrets(const daotp_report *report, char *text)
{
    for (size_t i = 0; i < DAOTP__SECRET_COUNT; i++)
        daotp__secret_hide(text, report->secrets[i]);
}

daotp_status daotp__report_add(daotp_report *report, daotp_finding_number number, int64_t upstream,
                               const char *subject, const char *found, ...)
{
    bool error = daotp_catalogue_severity(number) == DAOTP_ERROR;
    daotp_status status = error ? daotp_catalogue_status(number) : DAOTP_OK;
    char text[2 * DAOTP__MAX_TEXT]; /* so that no secret stands across the cut */
    struct daotp_finding *finding;
    va_list args;

    if (report == NULL)
        return status;
    va_start(args, found);
    (void)vsnprintf(text, sizeof text, found, args); /* what is too long is cut */
    va_end(args);
    hide_secrets(report, text);
    text[DAOTP__MAX_TEXT - 1] = '\0';
    daotp__utf8_make_plain(text);
    forget_texts(report);
    finding = new_finding(report, number);
    if (finding == NULL)
        return status;
    finding->upstream = upstream;
    finding->subject = daotp__text_copy(subject != NULL ? subject : "");
    finding->found = daotp__text_copy(text);
    if (finding->subject != NULL) {
        hide_secrets(report, finding->subject);
        daotp__utf8_make_plain(finding->subject);
    }
    if (error)
        report->error = finding;
    log_finding(report, finding);
    return status;
}

daotp_status daotp__report_status(daotp_report *report, daotp_status status)
{
    static const daotp_finding_number rows[] = {[DAOTP_USAGE] = DAOTP_FINDING_CALL_ARGUMENT,
                                                [DAOTP_MEMORY] = DAOTP_FINDING_CALL_MEMORY,
                                                [DAOTP_TIMEOUT] = DAOTP_FINDING_CALL_TIMEOUT,
                                                [DAOTP_CANCELLED] = DAOTP_FINDING_CALL_CANCELLED,
                                                [DAOTP_INTERNAL] = DAOTP_FINDING_CALL_INTERNAL};

    if (report == NULL)
        return status;
    if ((unsigned)status <= DAOTP_INTERNAL && rows[status] != DAOTP_FINDING_NONE &&
        report->error == NULL)
        (void)daotp__report_add(report, rows[status], 0, "", "%s", daotp_status_name(status));
    report->status = status;
    return status;
}

daotp_status daotp__report_refuse(daotp_report *report, daotp_status status, const char *setting,
                                  const char *why)
{
    daotp__report_clear(report);
    if (status == DAOTP_USAGE)
        status = daotp__report_add(report, DAOTP_FINDING_CALL_ARGUMENT, 0, setting, "%s", why);
    return daotp__report_status(report, status);
}

void daotp__report_soften(daotp_report *report, size_t from)
{
    forget_texts(report);
    for (size_t i = from; i < report->count; i++)
        if (report->findings[i].severity == DAOTP_ERROR)
            report->findings[i].severity = DAOTP_WARNING;
    report->error = NULL;
    for (size_t i = 0; i < from && i < report->count; i++)
        if (report->error == NULL && report->findings[i].severity == DAOTP_ERROR)
            report->error = &report->findings[i];
}

void daotp__report_choose_error(daotp_report *report, daotp_status status)
{
    for (size_t i = 0; i < report->count; i++)
        if (report->findings[i].severity == DAOTP_ERROR &&
            daotp_catalogue_status(report->findings[i].number) == status) {
            forget_texts(report);
            report->error = &report->findings[i];
            return;
        }
}

void daotp__report_rewind(daotp_report *report, size_t count, daotp_stage from)
{
    forget_texts(report);
    for (size_t i = count; i < report->count; i++)
        retire_finding(report, &report->findings[i]);
    if (report->count > count)
        report->count = count;
    daotp__report_soften(report, report->count);
    report->status = DAOTP_OK;
    for (int i = (int)from; i < DAOTP_STAGE_COUNT; i++) {
        report->stages[i].state = DAOTP_STAGE_NOT_REACHED;
        report->stages[i].took_ms = -1;
    }
}

/* With the severity that it had there: what was softened stays a warning, and stops nothing here.
 */
static void merge_finding(daotp_report *report, const daotp_finding *finding)
{
    const struct daotp_finding *error = report->error;
    size_t count = report->count;

    (void)daotp__report_add(report, finding->number, finding->upstream, finding->subject, "%s",
                            daotp_finding_get_found(finding));
    if (report->count == count || finding->severity == DAOTP_ERROR)
        return;
    report->findings[report->count - 1].severity = finding->severity;
    report->error = error;
}

void daotp__report_merge(daotp_report *report, const daotp_report *other)
{
    for (size_t i = 0; i < other->count; i++)
        merge_finding(report, &other->findings[i]);
}

void daotp__report_stage_begin(daotp_report *report, daotp_stage stage)
{
    forget_texts(report);
    report->stage = stage;
    report->has_stages = true;
    report->stages[stage].state = DAOTP_STAGE_RUNNING;
    report->stages[stage].took_ms = -1;
    report->stages[stage].began_ms =
        report->context != NULL ? daotp__context_now_ms(report->context) : 0;
}

/* Never -1, which is none, though the clock were set back. */
static int64_t elapsed_ms(int64_t now_ms, int64_t began_ms)
{
    int64_t ms = daotp__time_sub(now_ms, began_ms);

    return ms > 0 ? ms : 0;
}

void daotp__report_stage_end(daotp_report *report, daotp_stage stage, daotp_stage_state state)
{
    forget_texts(report);
    report->has_stages = true;
    report->stages[stage].state = state;
    if (report->context == NULL)
        return;
    report->stages[stage].took_ms =
        elapsed_ms(daotp__context_now_ms(report->context), report->stages[stage].began_ms);
    daotp__context_log(report->context, DAOTP_LOG_INFO, daotp_stage_name(stage), "%s after %lld ms",
                       daotp_stage_state_name(state), (long long)report->stages[stage].took_ms);
}

daotp_status daotp_report_status(const daotp_report *report)
{
    return report != NULL ? report->status : DAOTP_USAGE;
}

size_t daotp_report_count(const daotp_report *report)
{
    return report != NULL ? report->count : 0;
}

const daotp_finding *daotp_report_finding(const daotp_report *report, size_t index)
{
    return report != NULL && index < report->count ? &report->findings[index] : NULL;
}

const daotp_finding *daotp_report_error(const daotp_report *report)
{
    return report != NULL ? report->error : NULL;
}

daotp_stage_state daotp_report_stage(const daotp_report *report, daotp_stage stage)
{
    if (report == NULL || (unsigned)stage >= DAOTP_STAGE_COUNT)
        return DAOTP_STAGE_NOT_REACHED;
    return report->stages[stage].state;
}

int64_t daotp_report_stage_ms(const daotp_report *report, daotp_stage stage)
{
    if (report == NULL || (unsigned)stage >= DAOTP_STAGE_COUNT)
        return -1;
    return report->stages[stage].took_ms;
}

daotp_finding_number daotp_finding_get_number(const daotp_finding *finding)
{
    return finding != NULL ? finding->number : DAOTP_FINDING_NONE;
}

const char *daotp_finding_get_id(const daotp_finding *finding)
{
    return daotp_catalogue_id(daotp_finding_get_number(finding));
}

daotp_stage daotp_finding_get_stage(const daotp_finding *finding)
{
    return finding != NULL ? finding->stage : DAOTP_STAGE_CALL;
}

daotp_severity daotp_finding_get_severity(const daotp_finding *finding)
{
    return finding != NULL ? finding->severity : DAOTP_INFORMATION;
}

const char *daotp_finding_get_subject(const daotp_finding *finding)
{
    return finding != NULL && finding->subject != NULL ? finding->subject : "";
}

const char *daotp_finding_get_found(const daotp_finding *finding)
{
    return finding != NULL && finding->found != NULL ? finding->found : "";
}

int64_t daotp_finding_get_upstream(const daotp_finding *finding)
{
    return finding != NULL ? finding->upstream : 0;
}

const char *daotp_stage_state_name(daotp_stage_state state)
{
    static const char *const names[] = {"not reached", "running", "passed", "failed", "skipped"};

    return (unsigned)state < sizeof names / sizeof names[0] ? names[state] : "unknown";
}

daotp_status daotp_report_new(daotp_context *context, daotp_report **report)
{
    if (report == NULL)
        return DAOTP_USAGE;
    *report = NULL;
    if (context == NULL)
        return DAOTP_USAGE;
    *report = daotp__new(sizeof **report);
    if (*report == NULL)
        return DAOTP_MEMORY;
    daotp__report_init(*report, daotp__context_ref(context));
    return DAOTP_OK;
}

void daotp_report_free(daotp_report *report)
{
    daotp_context *context;

    if (report == NULL)
        return;
    context = (daotp_context *)report->context; /* daotp_report_new() took a reference of it */
    daotp__report_end(report);
    daotp__delete(report);
    daotp_context_free(context);
}
