/* SPDX-License-Identifier: BSD-2-Clause */
/* The inside of a report. Handles hold one; it never allocates where that could lose a finding. */
#ifndef DAOTP_CORE_REPORT_H
#define DAOTP_CORE_REPORT_H

#include "core/buffer.h"
#include "core/context.h"
#include "core/limits.h"

#include <daotp/report.h>

/* What no finding may show, though a peer sends it back. */
typedef enum daotp__secret { DAOTP__SECRET_CODE, DAOTP__SECRET_PASSWORD } daotp__secret;
enum { DAOTP__SECRET_COUNT = 2 };

struct daotp_finding {
    daotp_finding_number number;
    daotp_stage stage;
    daotp_severity severity; /* the catalogue's, unless it was downgraded */
    unsigned serial;         /* from 1 on; of one finding of the report alone */
    unsigned cause;          /* the serial of the finding that this one goes back to; 0: none */
    bool is_cause;           /* another goes back to this: it is told under that one */
    int64_t upstream;
    char *subject, *found;
};

struct daotp_report {
    const daotp_context *context; /* for clock and log; borrowed from the handle */
    daotp_status status;
    daotp_stage stage; /* the one under way */
    size_t count, dropped;
    struct daotp_finding findings[DAOTP__MAX_FINDINGS];
    unsigned serials;   /* given so far */
    unsigned run_after; /* the serials up to this one are of earlier calls with a caller's report */
    bool is_callers;    /* made by daotp_report_new() */
    struct {
        daotp_stage_state state;
        int64_t began_ms, took_ms;
    } stages[DAOTP_STAGE_ALL_COUNT];
    bool has_stages;   /* one has begun or ended since they were reset */
    char *text, *json; /* made when asked for */
    /* Texts that are no longer shown, the oldest at `oldest`: a caller may have borrowed one, and
     * hand it to the very call that drops it. */
    char *past[DAOTP__MAX_PAST_TEXTS];
    size_t oldest;
    daotp__bytes secrets[DAOTP__SECRET_COUNT];
};

void daotp__report_init(daotp_report *report, const daotp_context *context);
/* Forgets what was found, at the beginning of a public call. The texts are kept until as many
 * others as there are places have been dropped after them: an argument of the call may be one of
 * them. */
void daotp__report_clear(daotp_report *report);
/* A public call begins that takes a report of the caller's, or NULL. Findings of earlier calls stay
 * in it, and decide nothing in this one. */
void daotp__report_enter(daotp_report *report);
/* Frees everything; the report is as after init. */
void daotp__report_end(daotp_report *report);

/*
 * Add a finding. The answer is what the run ends with: the catalogue's status when the row is an
 * error, else DAOTP_OK. A NULL report records nothing and answers the same. What was found is
 * data, not prose: prose is the catalogue's.
 */
daotp_status daotp__report_add(daotp_report *report, daotp_finding_number number, int64_t upstream,
                               const char *subject, const char *found, ...)
    __attribute__((format(printf, 5, 6)));

/* From here on this is shown as asterisks; borrowed until it is set to no bytes, or the report is
 * cleared. By which rule: core/secret_text.h. */
void daotp__report_redact(daotp_report *report, daotp__secret which, daotp__bytes secret);

/* The finding for a status that has no better one; for DAOTP_OK and DAOTP_AGAIN nothing. */
daotp_status daotp__report_status(daotp_report *report, daotp_status status);

/* Why a setting is refused, where the reason is a common one. */
#define DAOTP__NO_SUCH      "not one of the defined values"
#define DAOTP__OUT_OF_RANGE "out of range"
#define DAOTP__ONE_TOO_MANY "one too many"
#define DAOTP__NOT_GIVEN    "not given"

/* A call that does not fit what was called before. The report of a run, under way or over, tells of
 * it beside the run, which goes on; any other tells of this alone. */
daotp_status daotp__report_refuse_order(daotp_report *report, bool is_of_run, const char *call,
                                        const char *why);
#define DAOTP__UNDER_WAY     "a run is under way"
#define DAOTP__NOT_UNDER_WAY "nothing is under way"
/* A setter refuses, or could not: all that is told is which setting, and why. */
daotp_status daotp__report_refuse(daotp_report *report, daotp_status status, const char *setting,
                                  const char *why);

/* A part of the run failed and another took its place, so the run goes on: errors from this count
 * on become warnings. To be called before the run ends; the verdict is never changed afterwards. */
void daotp__report_downgrade_errors(daotp_report *report, size_t from);

/* The run begins again in the middle: all findings from this count on are forgotten, and all stages
 * from this one on. */
void daotp__report_resume_at(daotp_report *report, size_t count, daotp_stage from);

/* What stops a run that ends with this status, among the findings from this count on; NULL when
 * nothing does. */
const daotp_finding *daotp__report_verdict(const daotp_report *report, size_t since,
                                           daotp_status status);
/* An error that sums up those from this count on: they are told under it, the first as its cause.
 */
daotp_status daotp__report_conclude(daotp_report *report, size_t since, daotp_finding_number number,
                                    const char *subject, const char *found, ...)
    __attribute__((format(printf, 5, 6)));
/* The finding goes back to an earlier one of the same report. NULL for either changes nothing. */
void daotp__report_set_cause(daotp_report *report, const daotp_finding *finding,
                             const daotp_finding *cause);
/* The finding that this one goes back to in the end; NULL when it has no cause. */
const daotp_finding *daotp__report_find_root(const daotp_report *report,
                                             const daotp_finding *finding);
/* The last warning about this subject (a URL that was fetched from); NULL when there is none. */
const daotp_finding *daotp__report_find_warning(const daotp_report *report, daotp__bytes subject);

/* Take all of another report's findings over. */
void daotp__report_merge(daotp_report *report, const daotp_report *other);
/* Take those over that the function chooses; a cause that is left out is no longer one. */
typedef bool daotp__report_choose_fn(void *user, const daotp_finding *finding);
void daotp__report_merge_chosen(daotp_report *report, const daotp_report *other,
                                daotp__report_choose_fn *choose, void *user);

void daotp__report_stage_begin(daotp_report *report, daotp_stage stage);
void daotp__report_stage_end(daotp_report *report, daotp_stage stage, daotp_stage_state state);

#endif
