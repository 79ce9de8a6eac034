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
    daotp_severity severity; /* the catalogue's, unless it was softened */
    int64_t upstream;
    char *subject, *found;
};

struct daotp_report {
    const daotp_context *context; /* for clock and log; borrowed from the handle */
    daotp_status status;
    daotp_stage stage; /* the one under way */
    size_t count, dropped;
    struct daotp_finding findings[DAOTP__MAX_FINDINGS];
    const struct daotp_finding *error;
    struct {
        daotp_stage_state state;
        int64_t began_ms, took_ms;
    } stages[DAOTP_STAGE_COUNT];
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
void daotp__report_hide(daotp_report *report, daotp__secret which, daotp__bytes secret);

/* The finding for a status that has no better one; for DAOTP_OK and DAOTP_AGAIN nothing. */
daotp_status daotp__report_status(daotp_report *report, daotp_status status);

/* Why a setting is refused, where the reason is a common one. */
#define DAOTP__NO_SUCH      "none of those there are"
#define DAOTP__OUT_OF_RANGE "out of range"
#define DAOTP__ONE_TOO_MANY "one too many"

/* A setter refuses, or could not: all that is told is which setting, and why. */
daotp_status daotp__report_refuse(daotp_report *report, daotp_status status, const char *setting,
                                  const char *why);

/* A part of the run failed and another took its place: errors from this count on become warnings,
 * and no longer stop the run. */
void daotp__report_soften(daotp_report *report, size_t from);

/* The error of a run that looked at everything: the first that ends a run so. */
void daotp__report_choose_error(daotp_report *report, daotp_status status);

/* Forget all findings from this count on, and all stages from this one on. */
void daotp__report_rewind(daotp_report *report, size_t count, daotp_stage from);

/* Take all of another report's findings over. */
void daotp__report_merge(daotp_report *report, const daotp_report *other);

void daotp__report_stage_begin(daotp_report *report, daotp_stage stage);
void daotp__report_stage_end(daotp_report *report, daotp_stage stage, daotp_stage_state state);

#endif
