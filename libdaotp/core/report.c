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
    for (size_t i = 0; i < DAOTP_STAGE_ALL_COUNT; i++)
        report->stages[i].took_ms = -1;
    report->has_stages = false;
}

/* Clears everything except the context and the dropped texts. */
static void reset_report(daotp_report *report)
{
    report->status = DAOTP_OK;
    report->stage = DAOTP_STAGE_CALL;
    report->count = report->dropped = 0;
    report->serials = report->run_after = 0;
    memset(report->secrets, 0, sizeof report->secrets);
    if (report->has_stages) /* RADIUS exchanges have no stages, and are cleared often */
        reset_stages(report);
}

void daotp__report_init(daotp_report *report, const daotp_context *context)
{
    *report = (daotp_report){.context = context, .has_stages = true};
    reset_report(report);
}

/* The oldest dropped text is freed, so a text outlives the call that dropped it. */
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

void daotp__report_enter(daotp_report *report)
{
    if (report != NULL && report->is_callers)
        report->run_after = report->serials;
}

void daotp__report_end(daotp_report *report)
{
    daotp__report_clear(report);
    /* slots are filled in order, so all after an empty one are empty */
    for (size_t i = 0; i < DAOTP__MAX_PAST_TEXTS && report->past[i] != NULL; i++) {
        daotp__delete(report->past[i]);
        report->past[i] = NULL;
    }
    report->oldest = 0;
}

static bool is_needed(const struct daotp_finding *finding)
{
    return finding->severity == DAOTP_SEVERITY_ERROR || finding->is_cause;
}

/* The last finding that is neither an error nor the cause of one: it is dropped first. */
static size_t least_needed(const daotp_report *report)
{
    size_t at = report->count;

    while (at > 0 && is_needed(&report->findings[at - 1]))
        at--;
    return at > 0 ? at - 1 : report->count;
}

static void remove_finding(daotp_report *report, size_t at)
{
    retire_finding(report, &report->findings[at]);
    report->count--;
    memmove(&report->findings[at], &report->findings[at + 1],
            (report->count - at) * sizeof report->findings[0]);
}

static struct daotp_finding *new_finding(daotp_report *report, daotp_finding_number number)
{
    struct daotp_finding *finding;

    if (report->count == DAOTP__MAX_FINDINGS) {
        size_t at = least_needed(report);

        report->dropped++;
        if (daotp_catalogue_get_severity(number) != DAOTP_SEVERITY_ERROR || at == report->count)
            return NULL;
        remove_finding(report, at);
    }
    finding = &report->findings[report->count++];
    *finding = (struct daotp_finding){.number = number,
                                      .serial = ++report->serials,
                                      .stage = report->stage,
                                      .severity = daotp_catalogue_get_severity(number)};
    if (finding->stage == DAOTP_STAGE_CALL)
        finding->stage = daotp_catalogue_get_stage(number);
    return finding;
}

static void log_finding(const daotp_report *report, const daotp_finding *finding)
{
    static const daotp_log_level levels[] = {DAOTP_LOG_INFO, DAOTP_LOG_WARNING, DAOTP_LOG_ERROR};

    if (report->context != NULL)
        daotp__context_log(
            report->context, levels[finding->severity], daotp_catalogue_get_id(finding->number),
            "%s: %s; found: %s", daotp_finding_get_subject(finding),
            daotp_catalogue_get_title(finding->number), daotp_finding_get_found(finding));
}

void daotp__report_redact(daotp_report *report, daotp__secret which, daotp__bytes secret)
{
    if (report != NULL)
        report->secrets[which] = secret;
}

static void redact_secrets(const daotp_report *report, char *text)
{
    for (size_t i = 0; i < DAOTP__SECRET_COUNT; i++)
        daotp__secret_redact(text, report->secrets[i]);
}

/* The status of a run that this finding stops. */
static daotp_status status_of(daotp_finding_number number)
{
    bool is_error = daotp_catalogue_get_severity(number) == DAOTP_SEVERITY_ERROR;

    return is_error ? daotp_catalogue_get_status(number) : DAOTP_OK;
}

static void set_subject(const daotp_report *report, struct daotp_finding *finding,
                        const char *subject)
{
    finding->subject = daotp__text_copy(subject != NULL ? subject : "");
    if (finding->subject == NULL)
        return;
    redact_secrets(report, finding->subject);
    daotp__utf8_make_plain(finding->subject);
}

/* NULL when there is no room for it. */
static struct daotp_finding *add_finding(daotp_report *report, daotp_finding_number number,
                                         int64_t upstream, const char *subject, const char *found,
                                         va_list args)
{
    char text[2 * DAOTP__MAX_TEXT]; /* redact before cutting, so that no part of a secret remains at
                                       the end */
    struct daotp_finding *finding;

    (void)vsnprintf(text, sizeof text, found, args); /* a text that is too long is cut */
    redact_secrets(report, text);
    text[DAOTP__MAX_TEXT - 1] = '\0';
    daotp__utf8_make_plain(text);
    forget_texts(report);
    finding = new_finding(report, number);
    if (finding == NULL)
        return NULL;
    finding->upstream = upstream;
    finding->found = daotp__text_copy(text);
    set_subject(report, finding, subject);
    log_finding(report, finding);
    return finding;
}

daotp_status daotp__report_add(daotp_report *report, daotp_finding_number number, int64_t upstream,
                               const char *subject, const char *found, ...)
{
    va_list args;

    if (report == NULL)
        return status_of(number);
    va_start(args, found);
    (void)add_finding(report, number, upstream, subject, found, args);
    va_end(args);
    return status_of(number);
}

/* ---- verdict and cause ----------------------------------------------------------------------- */

/* The only rule for the verdict: the first error whose status is that of the run. An error that was
 * downgraded does not count; a finding that is the cause of another is shown with that one. */
const daotp_finding *daotp__report_verdict(const daotp_report *report, size_t since,
                                           daotp_status status)
{
    const struct daotp_finding *first = NULL;

    for (size_t i = since; i < report->count; i++) {
        const struct daotp_finding *finding = &report->findings[i];

        if (finding->severity != DAOTP_SEVERITY_ERROR || finding->is_cause ||
            finding->serial <= report->run_after)
            continue;
        if (daotp_catalogue_get_status(finding->number) == status)
            return finding;
        if (first == NULL)
            first = finding;
    }
    return first;
}

static struct daotp_finding *find_serial(daotp_report *report, unsigned serial)
{
    for (size_t i = 0; i < report->count; i++)
        if (report->findings[i].serial == serial)
            return &report->findings[i];
    return NULL;
}

/* Only earlier findings can be causes, so a chain of causes ends. */
void daotp__report_set_cause(daotp_report *report, const daotp_finding *finding,
                             const daotp_finding *cause)
{
    struct daotp_finding *of = finding != NULL ? find_serial(report, finding->serial) : NULL;
    struct daotp_finding *by = cause != NULL ? find_serial(report, cause->serial) : NULL;

    if (of == NULL || by == NULL || by->serial >= of->serial)
        return;
    forget_texts(report);
    of->cause = by->serial;
    by->is_cause = true;
}

/* All errors since then become warnings, and the first becomes the cause of the new one. */
static void gather_causes(daotp_report *report, size_t since, const struct daotp_finding *finding)
{
    for (size_t i = since; i < report->count; i++) {
        struct daotp_finding *cause = &report->findings[i];

        if (cause != finding && cause->severity == DAOTP_SEVERITY_ERROR)
            cause->is_cause = true;
    }
}

daotp_status daotp__report_conclude(daotp_report *report, size_t since, daotp_finding_number number,
                                    const char *subject, const char *found, ...)
{
    const daotp_finding *cause, *finding;
    va_list args;

    if (report == NULL)
        return status_of(number);
    va_start(args, found);
    finding = add_finding(report, number, 0, subject, found, args);
    va_end(args);
    if (finding == NULL)
        return status_of(number);
    cause = daotp__report_verdict(report, since, DAOTP_OK);
    daotp__report_set_cause(report, finding, cause);
    gather_causes(report, since, finding);
    return status_of(number);
}

const daotp_finding *daotp__report_find_warning(const daotp_report *report, daotp__bytes subject)
{
    for (size_t i = report->count; i > 0; i--) {
        const char *text = daotp_finding_get_subject(&report->findings[i - 1]);
        daotp__bytes about = {(const uint8_t *)text, strlen(text)};

        if (report->findings[i - 1].severity == DAOTP_SEVERITY_WARNING &&
            daotp__bytes_equal(about, subject))
            return &report->findings[i - 1];
    }
    return NULL;
}

const daotp_finding *daotp__report_find_root(const daotp_report *report,
                                             const daotp_finding *finding)
{
    const daotp_finding *cause = NULL;

    while (finding != NULL && finding->cause != 0) {
        finding = find_serial((daotp_report *)report, finding->cause);
        cause = finding != NULL ? finding : cause;
    }
    return cause;
}

const daotp_finding *daotp_report_get_cause(const daotp_report *report)
{
    return daotp__report_find_root(report, daotp_report_get_error(report));
}

/* ---- the end of a run ------------------------------------------------------------------------ */

daotp_status daotp__report_status(daotp_report *report, daotp_status status)
{
    static const daotp_finding_number rows[] = {[DAOTP_USAGE] = DAOTP_FINDING_CALL_ARGUMENT,
                                                [DAOTP_MEMORY] = DAOTP_FINDING_CALL_MEMORY,
                                                [DAOTP_TIMEOUT] = DAOTP_FINDING_CALL_TIMEOUT,
                                                [DAOTP_CANCELLED] = DAOTP_FINDING_CALL_CANCELLED,
                                                [DAOTP_INTERNAL] = DAOTP_FINDING_CALL_INTERNAL};

    if (report == NULL)
        return status;
    report->status = status;
    if ((unsigned)status <= DAOTP_INTERNAL && rows[status] != DAOTP_FINDING_NONE &&
        daotp_report_get_error(report) == NULL)
        (void)daotp__report_add(report, rows[status], 0, "", "%s", daotp_status_name(status));
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

static bool has_order_finding(const daotp_report *report, const char *call)
{
    for (size_t i = 0; i < report->count; i++)
        if (report->findings[i].number == DAOTP_FINDING_CALL_ORDER &&
            strcmp(daotp_finding_get_subject(&report->findings[i]), call) == 0)
            return true;
    return false;
}

daotp_status daotp__report_refuse_order(daotp_report *report, bool is_of_run, const char *call,
                                        const char *why)
{
    size_t before;

    if (!is_of_run) {
        daotp__report_clear(report);
        return daotp__report_status(
            report, daotp__report_add(report, DAOTP_FINDING_CALL_ORDER, 0, call, "%s", why));
    }
    if (has_order_finding(report, call)) /* report it once: the run needs the room */
        return DAOTP_USAGE;
    before = report->count;
    (void)daotp__report_add(report, DAOTP_FINDING_CALL_ORDER, 0, call, "%s", why);
    daotp__report_downgrade_errors(report, before);
    return DAOTP_USAGE;
}

void daotp__report_downgrade_errors(daotp_report *report, size_t from)
{
    forget_texts(report);
    for (size_t i = from; i < report->count; i++)
        if (report->findings[i].severity == DAOTP_SEVERITY_ERROR)
            report->findings[i].severity = DAOTP_SEVERITY_WARNING;
}

void daotp__report_resume_at(daotp_report *report, size_t count, daotp_stage from)
{
    forget_texts(report);
    for (size_t i = count; i < report->count; i++)
        retire_finding(report, &report->findings[i]);
    if (report->count > count)
        report->count = count;
    report->status = DAOTP_OK;
    for (int i = (int)from; i < DAOTP_STAGE_ALL_COUNT; i++) {
        report->stages[i].state = DAOTP_STAGE_NOT_REACHED;
        report->stages[i].took_ms = -1;
    }
}

static void add_copy(daotp_report *report, daotp_finding_number number, int64_t upstream,
                     const char *subject, struct daotp_finding **copy, const char *found, ...)
{
    va_list args;

    va_start(args, found);
    *copy = add_finding(report, number, upstream, subject, found, args);
    va_end(args);
}

/* Keeps the severity, so a downgraded error stays a warning. */
static void merge_finding(daotp_report *report, const daotp_finding *finding, unsigned base)
{
    struct daotp_finding *copy;

    add_copy(report, finding->number, finding->upstream, finding->subject, &copy, "%s",
             daotp_finding_get_found(finding));
    if (copy == NULL)
        return;
    copy->severity = finding->severity;
    copy->is_cause = finding->is_cause;
    copy->serial = base + finding->serial;
    copy->cause = finding->cause != 0 ? base + finding->cause : 0;
}

void daotp__report_merge_chosen(daotp_report *report, const daotp_report *other,
                                daotp__report_choose_fn *choose, void *user)
{
    unsigned base = report->serials;

    for (size_t i = 0; i < other->count; i++)
        if (choose(user, &other->findings[i]))
            merge_finding(report, &other->findings[i], base);
    report->serials = base + other->serials;
}

static bool choose_every_finding(void *user, const daotp_finding *finding)
{
    (void)user, (void)finding;
    return true;
}

void daotp__report_merge(daotp_report *report, const daotp_report *other)
{
    daotp__report_merge_chosen(report, other, choose_every_finding, NULL);
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

/* Never -1, which means "unknown", even if the clock was set back. */
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

daotp_status daotp_report_get_status(const daotp_report *report)
{
    return report != NULL ? report->status : DAOTP_USAGE;
}

size_t daotp_report_get_count(const daotp_report *report)
{
    return report != NULL ? report->count : 0;
}

const daotp_finding *daotp_report_get_finding(const daotp_report *report, size_t index)
{
    return report != NULL && index < report->count ? &report->findings[index] : NULL;
}

const daotp_finding *daotp_report_get_error(const daotp_report *report)
{
    return report != NULL ? daotp__report_verdict(report, 0, report->status) : NULL;
}

daotp_stage_state daotp_report_get_stage_state(const daotp_report *report, daotp_stage stage)
{
    if (report == NULL || (unsigned)stage >= DAOTP_STAGE_ALL_COUNT)
        return DAOTP_STAGE_NOT_REACHED;
    return report->stages[stage].state;
}

int64_t daotp_report_get_stage_ms(const daotp_report *report, daotp_stage stage)
{
    if (report == NULL || (unsigned)stage >= DAOTP_STAGE_ALL_COUNT)
        return -1;
    return report->stages[stage].took_ms;
}

daotp_finding_number daotp_finding_get_number(const daotp_finding *finding)
{
    return finding != NULL ? finding->number : DAOTP_FINDING_NONE;
}

const char *daotp_finding_get_id(const daotp_finding *finding)
{
    return daotp_catalogue_get_id(daotp_finding_get_number(finding));
}

daotp_stage daotp_finding_get_stage(const daotp_finding *finding)
{
    return finding != NULL ? finding->stage : DAOTP_STAGE_CALL;
}

daotp_severity daotp_finding_get_severity(const daotp_finding *finding)
{
    return finding != NULL ? finding->severity : DAOTP_SEVERITY_INFORMATION;
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
    (*report)->is_callers = true;
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
    daotp_context_unref(context);
}
