/* SPDX-License-Identifier: BSD-2-Clause */
/* The private part of a report. Every handle has one. A failed allocation never loses a finding. */
#ifndef DAOTP_CORE_REPORT_H
#define DAOTP_CORE_REPORT_H

#include "core/buffer.h"
#include "core/context.h"
#include "core/limits.h"

#include <daotp/report.h>

/* The secrets that no finding may show, even if a peer sends them back. */
typedef enum daotp__secret { DAOTP__SECRET_CODE, DAOTP__SECRET_PASSWORD } daotp__secret;
enum { DAOTP__SECRET_COUNT = 2 };

struct daotp_finding {
    daotp_finding_number number;
    daotp_stage stage;
    daotp_severity severity; /* the catalogue's, unless it was downgraded */
    unsigned serial;         /* from 1; unique in the report */
    unsigned cause;          /* the serial of the finding that caused this one; 0: none */
    bool is_cause;           /* it is the cause of another finding, and is shown with that one */
    int64_t upstream;
    char *subject, *found;
};

struct daotp_report {
    const daotp_context *context; /* for clock and log; borrowed from the handle */
    daotp_status status;
    daotp_stage stage; /* the current stage */
    size_t count, dropped;
    struct daotp_finding findings[DAOTP__MAX_FINDINGS];
    unsigned serials; /* the last serial that was used */
    unsigned
        run_after;   /* findings up to this serial belong to earlier calls with a caller's report */
    bool is_callers; /* made by daotp_report_new() */
    struct {
        daotp_stage_state state;
        int64_t began_ms, took_ms;
    } stages[DAOTP_STAGE_ALL_COUNT];
    bool has_stages;   /* a stage has begun or ended since the last reset */
    char *text, *json; /* made at the first request */
    /* Texts that are no longer shown, the oldest at index `oldest`. They are kept because a
     * caller may have borrowed one and may pass it to the call that drops it. */
    char *past[DAOTP__MAX_PAST_TEXTS];
    size_t oldest;
    daotp__bytes secrets[DAOTP__SECRET_COUNT];
};

void daotp__report_init(daotp_report *report, const daotp_context *context);
/* Clears the report, at the beginning of a public call. The texts of its findings are kept until
 * DAOTP__MAX_PAST_TEXTS later texts have been dropped, because an argument of the call may be
 * one of them. */
void daotp__report_clear(daotp_report *report);
/* Called at the beginning of a public call that gets a report from the caller; may be NULL.
 * Findings of earlier calls stay in the report, but do not decide the verdict of this call. */
void daotp__report_enter(daotp_report *report);
/* Frees everything; the report can then be used again. */
void daotp__report_end(daotp_report *report);

/*
 * Add a finding. Returns the status with which the call should end: that of the catalogue if the
 * finding is an error, else DAOTP_OK. report NULL: nothing is recorded, the status is the same.
 * found: a printf() format for the value that was found; explanations belong in the catalogue.
 */
daotp_status daotp__report_add(daotp_report *report, daotp_finding_number number, int64_t upstream,
                               const char *subject, const char *found, ...)
    __attribute__((format(printf, 5, 6)));

/* Show this secret as asterisks in all later findings (core/secret_text.h). secret: borrowed
 * until it is set to no bytes, or the report is cleared. */
void daotp__report_redact(daotp_report *report, daotp__secret which, daotp__bytes secret);

/* Report the general finding for a status, if the call has no more specific one; nothing for
 * DAOTP_OK and DAOTP_AGAIN. Returns status. */
daotp_status daotp__report_status(daotp_report *report, daotp_status status);

/* Common reasons for refusing a setting. */
#define DAOTP__NO_SUCH      "not one of the defined values"
#define DAOTP__OUT_OF_RANGE "out of range"
#define DAOTP__ONE_TOO_MANY "one too many"
#define DAOTP__NOT_GIVEN    "not given"

/* Report a call at the wrong time (CALL-ORDER). is_of_run: the report belongs to a run, so its
 * findings are kept and the run continues; otherwise the report is cleared first. */
daotp_status daotp__report_refuse_order(daotp_report *report, bool is_of_run, const char *call,
                                        const char *why);
#define DAOTP__UNDER_WAY     "a run is under way"
#define DAOTP__NOT_UNDER_WAY "nothing is under way"
/* Report that a setter refused or failed. The report is cleared first, so it has only this
 * finding. */
daotp_status daotp__report_refuse(daotp_report *report, daotp_status status, const char *setting,
                                  const char *why);

/* A part of the run failed and another part replaced it, so the run continues: errors from index
 * `from` on become warnings. Call this before the run ends: the verdict is never changed
 * afterwards. */
void daotp__report_downgrade_errors(daotp_report *report, size_t from);

/* The run goes back to an earlier stage: remove all findings from index count on, and reset all
 * stages from `from` on. */
void daotp__report_resume_at(daotp_report *report, size_t count, daotp_stage from);

/* The finding that decides a run with this status, among the findings from index since on;
 * borrowed; NULL when there is none. */
const daotp_finding *daotp__report_verdict(const daotp_report *report, size_t since,
                                           daotp_status status);
/* Add an error that sums up the errors from index since on. These become warnings, and the first
 * becomes its cause. */
daotp_status daotp__report_conclude(daotp_report *report, size_t since, daotp_finding_number number,
                                    const char *subject, const char *found, ...)
    __attribute__((format(printf, 5, 6)));
/* Record that `cause`, an earlier finding of the same report, caused `finding`. Does nothing if
 * either is NULL. */
void daotp__report_set_cause(daotp_report *report, const daotp_finding *finding,
                             const daotp_finding *cause);
/* The first cause in the chain of causes of this finding; NULL when it has none. */
const daotp_finding *daotp__report_find_root(const daotp_report *report,
                                             const daotp_finding *finding);
/* The last warning with this subject (the URL of a fetch, for example); NULL when there is none. */
const daotp_finding *daotp__report_find_warning(const daotp_report *report, daotp__bytes subject);

/* Copy all findings of another report. */
void daotp__report_merge(daotp_report *report, const daotp_report *other);
/* Copy the findings for which the function returns true. If a cause is not copied, its finding
 * has no cause. */
typedef bool daotp__report_choose_fn(void *user, const daotp_finding *finding);
void daotp__report_merge_chosen(daotp_report *report, const daotp_report *other,
                                daotp__report_choose_fn *choose, void *user);

void daotp__report_stage_begin(daotp_report *report, daotp_stage stage);
void daotp__report_stage_end(daotp_report *report, daotp_stage stage, daotp_stage_state state);

#endif
