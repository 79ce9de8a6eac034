/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file report.h
 * A report is what happened: how far the stages came, and a list of findings. An error is the
 * finding that stopped the run.
 *
 * A report belongs to the handle that made it (daotp_client_report(), ...). It is borrowed, and
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
    DAOTP_STAGE_NOT_REACHED = 0, /**< the run did not come here */
    DAOTP_STAGE_RUNNING = 1,     /**< under way */
    DAOTP_STAGE_PASSED = 2,      /**< done and good */
    DAOTP_STAGE_FAILED = 3,      /**< the run stopped here */
    DAOTP_STAGE_SKIPPED = 4      /**< not done, on purpose; a finding says why */
} daotp_stage_state;

/**
 * Make an empty report, for calls that take one because they have no handle yet (loading a file,
 * say). Where such a call takes a report, NULL is fine and means that nobody wants to know.
 * @param context      whose clock and log it uses
 * @param[out] report  to be freed with daotp_report_free()
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY. Since 0.1.
 */
DAOTP_API daotp_status daotp_report_new(daotp_context *context, daotp_report **report);
/** Free a report that daotp_report_new() made, never a borrowed one. NULL is fine. Since 0.1. */
DAOTP_API void daotp_report_free(daotp_report *report);

/** The status the last call ended with. Since 0.1. */
DAOTP_API daotp_status daotp_report_status(const daotp_report *report);
/** How many findings there are. Since 0.1. */
DAOTP_API size_t daotp_report_count(const daotp_report *report);
/** The finding at @p index, first made first; NULL past the end. Since 0.1. */
DAOTP_API const daotp_finding *daotp_report_finding(const daotp_report *report, size_t index);
/** The verdict: the first finding that stopped the run, which is the first error whose status the
 *  run ended with; NULL when none did. Since 0.1. */
DAOTP_API const daotp_finding *daotp_report_error(const daotp_report *report);
/**
 * What the verdict goes back to, where it is one thing: the fetch that failed under a CRL that is
 * missing, what is wrong with the path of a signing certificate.
 * @param report  the report; NULL is fine
 * @return the finding of the cause, borrowed, another than daotp_report_error(); NULL when no run
 *         was stopped, or the verdict says all. Since 0.1.
 */
DAOTP_API const daotp_finding *daotp_report_get_cause(const daotp_report *report);
/** How far @p stage came. Since 0.1. */
DAOTP_API daotp_stage_state daotp_report_stage(const daotp_report *report, daotp_stage stage);
/** How long @p stage took, in milliseconds; -1 when it did not end. Since 0.1. */
DAOTP_API int64_t daotp_report_stage_ms(const daotp_report *report, daotp_stage stage);

/**
 * The whole report in words, for a person: the status, stages, an empty line, then findings with
 * what to do: what stopped the run, its cause, other errors, warnings, and a line for each
 * information.
 * @return text that holds as long as the report, never NULL. Since 0.1.
 */
DAOTP_API const char *daotp_report_text(daotp_report *report);
/**
 * The whole report as one JSON object (RFC 8259). Its members: "status"; "error", the id of the
 * finding that stopped the run, or null; "cause", the id of the finding that it goes back to, or
 * null; "stages", those that were reached, each with "stage",
 * "state" and "ms"; "findings", each with "number", "id", "stage", "severity", "title", "subject",
 * "found", "wanted", "hint", "source" and "upstream"; "dropped", how many findings there was no
 * room for.
 * @return text that holds as long as the report, never NULL. Since 0.1.
 */
DAOTP_API const char *daotp_report_json(daotp_report *report);

/** Which row of the catalogue this is. Since 0.1. */
DAOTP_API daotp_finding_number daotp_finding_get_number(const daotp_finding *finding);
/** Its stable id, for example "OTP-EKU". Never NULL. Since 0.1. */
DAOTP_API const char *daotp_finding_get_id(const daotp_finding *finding);
/** The stage it was made in. Since 0.1. */
DAOTP_API daotp_stage daotp_finding_get_stage(const daotp_finding *finding);
/** Error, warning or information. Since 0.1. */
DAOTP_API daotp_severity daotp_finding_get_severity(const daotp_finding *finding);
/** What was looked at: a server, a certificate, a file. Never NULL. Since 0.1. */
DAOTP_API const char *daotp_finding_get_subject(const daotp_finding *finding);
/** What was found there. Never NULL. Since 0.1. */
DAOTP_API const char *daotp_finding_get_found(const daotp_finding *finding);
/** The number that another library or a peer gave as the cause (CURLcode, HTTP status, HRESULT,
 *  Kerberos code); 0 when there is none. Since 0.1. */
DAOTP_API int64_t daotp_finding_get_upstream(const daotp_finding *finding);

/** The name of a stage state: "not reached", "running", "passed", "failed", "skipped". Since 0.1.
 */
DAOTP_API const char *daotp_stage_state_name(daotp_stage_state state);

#ifdef __cplusplus
}
#endif
#endif
