/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file sys/report.h
 * For extenders: how a store backend or a CA transport reports findings. The library's own stores
 * and transports report in the same way.
 *
 * A function that fails first reports an error, then returns a status. The verdict of the call is
 * the first error that was reported (daotp_report_get_error()). Secrets that the library knows
 * (code, PIN, password) are redacted in the text; do not put other secrets there.
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
 * Use the row of the catalogue that says what is wrong (`daotp explain` lists them). If there is
 * none, use DAOTP_FINDING_STORE_BACKEND or DAOTP_FINDING_CA_TRANSPORT, and say in @p found what is
 * wrong.
 * @param report    the report that the function was given, or daotp_submission_get_report(); NULL
 *                  is fine
 * @param number    the row; an unknown number is replaced by CALL-INTERNAL
 * @param upstream  the number that a lower layer gave as the cause (errno, HTTP status, HRESULT); 0
 *                  for none
 * @param subject   what was looked at: a host, a file, a label; UTF-8, copied; NULL for nothing
 * @param found     what was found there, in your own words; UTF-8, copied, cut at 511 bytes; NULL
 *                  for nothing
 * @return DAOTP_OK when the row is a warning or information; else the status with which this
 *         finding ends a run: return it, or one that fits better
 * @since 0.1
 */
DAOTP_API daotp_status daotp_report_add(daotp_report *report, daotp_finding_number number,
                                        int64_t upstream, const char *subject, const char *found);

/**
 * Report an error that sums up others: it becomes the verdict, and the first error of the others
 * becomes its cause (daotp_report_get_cause()).
 * @param report   as in daotp_report_add()
 * @param since    what daotp_report_get_count() gave before the others were reported
 * @param number   the row; an unknown number is replaced by CALL-INTERNAL
 * @param subject  what was looked at; copied; NULL for nothing
 * @param found    what was found there; copied; NULL for nothing
 * @return the status with which this finding ends a run; DAOTP_OK when the row is a warning or
 *         information
 * @since 0.1
 */
DAOTP_API daotp_status daotp_report_conclude(daotp_report *report, size_t since,
                                             daotp_finding_number number, const char *subject,
                                             const char *found);

/**
 * Turn errors into warnings that stop nothing, because what failed was achieved in another way.
 * @param report  as in daotp_report_add()
 * @param since   what daotp_report_get_count() gave before they were reported
 * @since 0.1
 */
DAOTP_API void daotp_report_downgrade_errors(daotp_report *report, size_t since);

#ifdef __cplusplus
}
#endif
#endif
