/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file sys/report.h
 * For extenders: how a store backend or a CA transport tells what it found. The stores and
 * transports of the library report in the same way.
 *
 * A function that fails reports an error first, then answers with a status. The verdict of the call
 * is the first error that was reported (daotp_report_get_error()). Secrets that the library knows
 * of (code, PIN, password) are hidden in the text; others are not to be put there.
 */
#ifndef DAOTP_SYS_REPORT_H
#define DAOTP_SYS_REPORT_H

#include <daotp/report.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Report a finding.
 *
 * Take the row of the catalogue that says what is wrong (`daotp explain` lists them). Where there
 * is none: DAOTP_FINDING_STORE_BACKEND or DAOTP_FINDING_CA_TRANSPORT, whose text is what you found.
 * @param report    what the function was given, or daotp_submission_get_report(); NULL is fine
 * @param number    the row; one that there is not becomes CALL-INTERNAL
 * @param upstream  the number that something below gave as the cause (errno, HTTP status, HRESULT);
 *                  0 for none
 * @param subject   what was looked at: a host, a file, a label; UTF-8, copied; NULL for nothing
 * @param found     what was found there, in your own words; UTF-8, copied, cut at 511 bytes; NULL
 *                  for nothing
 * @return what a run ends with that this row stops: answer that, or a status that fits better;
 *         DAOTP_OK when the row is a warning or information
 * @since 0.1
 */
DAOTP_API daotp_status daotp_report_add(daotp_report *report, daotp_finding_number number,
                                        int64_t upstream, const char *subject, const char *found);

/**
 * Report an error that sums up others: it is the verdict, and the first of those its cause
 * (daotp_report_get_cause()).
 * @param report   as in daotp_report_add()
 * @param since    daotp_report_get_count() before the others were reported
 * @param number   the row; one that there is not becomes CALL-INTERNAL
 * @param subject  what was looked at; copied; NULL for nothing
 * @param found    what was found there; copied; NULL for nothing
 * @return what a run ends with that this row stops, as daotp_report_add()
 * @since 0.1
 */
DAOTP_API daotp_status daotp_report_conclude(daotp_report *report, size_t since,
                                             daotp_finding_number number, const char *subject,
                                             const char *found);

/**
 * What failed was made good in another way: errors become warnings, and stop nothing.
 * @param report  as in daotp_report_add()
 * @param since   daotp_report_get_count() before they were reported
 * @since 0.1
 */
DAOTP_API void daotp_report_downgrade_errors(daotp_report *report, size_t since);

#ifdef __cplusplus
}
#endif
#endif
