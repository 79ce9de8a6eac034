/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file report.h
 * A report says what happened: how far the run came (stages), and what was found on the way
 * (findings). The verdict is the finding that stopped the run.
 *
 * A report belongs to the handle that made it (daotp_client_get_report(), ...). It is borrowed, and
 * holds until the next call on that handle that clears it, or until the handle is freed. It is
 * never NULL, exists even when memory ran out, and holds no secret.
 */
#ifndef DAOTP_REPORT_H
#define DAOTP_REPORT_H

#include <daotp/catalogue.h>
#include <daotp/context.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A report. Opaque, borrowed. */
typedef struct daotp_report daotp_report;
/** One finding of a report. Opaque, borrowed, holds as long as its report. */
typedef struct daotp_finding daotp_finding;

/** How far a stage came. */
typedef enum daotp_stage_state {
    DAOTP_STAGE_NOT_REACHED = 0, /**< the run did not reach this stage */
    DAOTP_STAGE_RUNNING = 1,     /**< under way */
    DAOTP_STAGE_PASSED = 2,      /**< completed */
    DAOTP_STAGE_FAILED = 3,      /**< the run stopped here */
    DAOTP_STAGE_SKIPPED = 4      /**< not run, by intention; a finding says why */
} daotp_stage_state;

/**
 * Make an empty report, for calls that take one because they have no handle yet, for example to
 * load a file. Such a call also accepts NULL: then its findings are not recorded.
 * @param context      the context, whose clock and log are used; referenced
 * @param[out] report  to be freed with daotp_report_free(); NULL unless the call succeeds
 * @return DAOTP_OK when it was made; DAOTP_USAGE when an argument is NULL; DAOTP_MEMORY when memory
 *         ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_report_new(daotp_context *context, daotp_report **report);
/**
 * Free a report that daotp_report_new() made, never a borrowed one.
 * @param report  the report; NULL is fine
 * @since 0.1
 */
DAOTP_API void daotp_report_free(daotp_report *report);

/**
 * The status with which the last call ended.
 * @param report  the report; NULL is fine
 * @return the status; DAOTP_USAGE when @p report is NULL
 * @since 0.1
 */
DAOTP_API daotp_status daotp_report_get_status(const daotp_report *report);
/**
 * How many findings there are.
 * @param report  the report; NULL is fine
 * @return the count; 0 when @p report is NULL
 * @since 0.1
 */
DAOTP_API size_t daotp_report_get_count(const daotp_report *report);
/**
 * A finding, in the order in which they were made.
 * @param report  the report; NULL is fine
 * @param index   from 0
 * @return the finding, borrowed as long as the report; NULL past the end
 * @since 0.1
 */
DAOTP_API const daotp_finding *daotp_report_get_finding(const daotp_report *report, size_t index);
/**
 * The verdict: the first finding that stopped the run.
 * @param report  the report; NULL is fine
 * @return the finding, borrowed as long as the report; NULL when nothing stopped it
 * @since 0.1
 */
DAOTP_API const daotp_finding *daotp_report_get_error(const daotp_report *report);
/**
 * The finding that caused the verdict, if there is a single one: for example the failed fetch
 * behind a missing CRL, or the fault in the path of a signing certificate.
 * @param report  the report; NULL is fine
 * @return the finding, borrowed; never the one of daotp_report_get_error(). NULL when nothing
 *         stopped the run, or the verdict has no single cause
 * @since 0.1
 */
DAOTP_API const daotp_finding *daotp_report_get_cause(const daotp_report *report);
/**
 * How far a stage came.
 * @param report  the report; NULL is fine
 * @param stage   the stage
 * @return its state; DAOTP_STAGE_NOT_REACHED when @p report is NULL
 * @since 0.1
 */
DAOTP_API daotp_stage_state daotp_report_get_stage_state(const daotp_report *report,
                                                         daotp_stage stage);
/**
 * How long a stage took.
 * @param report  the report; NULL is fine
 * @param stage   the stage
 * @return milliseconds; -1 when it did not end
 * @since 0.1
 */
DAOTP_API int64_t daotp_report_get_stage_ms(const daotp_report *report, daotp_stage stage);

/**
 * The whole report as text for a person: the status, an empty line, then the findings in this
 * order: the verdict, its cause, other errors, warnings, one line for each information; then the
 * stages. An error or a warning has lines for what is wrong, its cause ("because:"), what was
 * looked at, what was found, what was wanted, and what to do. Lines are not wrapped; the tool wraps
 * them at the terminal's width.
 * @param report  the report; NULL is fine
 * @return text that holds as long as the report, never NULL.
 * @since 0.1
 */
DAOTP_API const char *daotp_report_get_text(daotp_report *report);
/** The version of the format of all JSON that the library and the tool write: its member "format".
 * It changes when a member is removed or changes its meaning, not when a member is added. */
#define DAOTP_JSON_FORMAT 1

/**
 * The whole report as one JSON object (RFC 8259). Its members: "format", DAOTP_JSON_FORMAT;
 * "status"; "error", the id of the finding that stopped the run, or null; "cause", the id of the
 * finding that caused it, or null; "stages", those that were reached, each with "stage", "state"
 * and "ms"; "findings", each with "number", "id", "stage", "severity", "title", "subject", "found",
 * "wanted", "hint", "source", "cause" (the id of the finding that caused it, or null) and
 * "upstream"; "dropped", the number of findings that did not fit into the report.
 * @param report  the report; NULL is fine
 * @return text that holds as long as the report, never NULL.
 * @since 0.1
 */
DAOTP_API const char *daotp_report_get_json(daotp_report *report);

/**
 * Which row of the catalogue a finding is.
 * @param finding  the finding; NULL is fine
 * @return the row's number; DAOTP_FINDING_NONE when @p finding is NULL
 * @since 0.1
 */
DAOTP_API daotp_finding_number daotp_finding_get_number(const daotp_finding *finding);
/**
 * The stable id of a finding, for example "OTP-EKU".
 * @param finding  the finding; NULL is fine
 * @return the id, never NULL
 * @since 0.1
 */
DAOTP_API const char *daotp_finding_get_id(const daotp_finding *finding);
/**
 * The stage in which a finding was made.
 * @param finding  the finding; NULL is fine
 * @return the stage
 * @since 0.1
 */
DAOTP_API daotp_stage daotp_finding_get_stage(const daotp_finding *finding);
/**
 * Error, warning or information.
 * @param finding  the finding; NULL is fine
 * @return the severity
 * @since 0.1
 */
DAOTP_API daotp_severity daotp_finding_get_severity(const daotp_finding *finding);
/**
 * What was looked at: a server, a certificate, a file.
 * @param finding  the finding; NULL is fine
 * @return the text, borrowed as long as the report; never NULL
 * @since 0.1
 */
DAOTP_API const char *daotp_finding_get_subject(const daotp_finding *finding);
/**
 * What was found there.
 * @param finding  the finding; NULL is fine
 * @return the text, borrowed as long as the report; never NULL
 * @since 0.1
 */
DAOTP_API const char *daotp_finding_get_found(const daotp_finding *finding);
/**
 * The number that another library or a peer gave as the cause: CURLcode, HTTP status, HRESULT,
 * Kerberos code.
 * @param finding  the finding; NULL is fine
 * @return the number; 0 when there is none
 * @since 0.1
 */
DAOTP_API int64_t daotp_finding_get_upstream(const daotp_finding *finding);

/**
 * The name of a stage's state: "not reached", "running", "passed", "failed", "skipped".
 * @param state  any number
 * @return a static text, never NULL; "unknown" for a number that this version does not know
 * @since 0.1
 */
DAOTP_API const char *daotp_stage_state_name(daotp_stage_state state);

#ifdef __cplusplus
}
#endif
#endif
