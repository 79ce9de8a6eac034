/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file budget.h
 * Limits on wrong codes, and the record of spent codes: the state that a responder keeps between
 * exchanges, and across restarts if a folder is given.
 *
 * Wrong codes are counted in three ways. For a user with one client certificate: 5 wrong codes in
 * 15 minutes are allowed, then there is a back-off that doubles, beginning with 15 minutes. For a
 * user over all certificates: the limit is reached more slowly, and never applies to a certificate
 * with which this user succeeded in the last 30 days. For a certificate over all users: with the
 * same exception. Together they allow a user who logs on from one machine fewer than 100 wrong
 * codes in 30 days (NIST SP 800-63B 5.2.2); each further machine on which the user has succeeded
 * allows 54 more at most. An attempt is counted before the code is checked, and taken off again if
 * the code was right, so that concurrent requests cannot exceed a limit.
 *
 * Threads: a budget may be shared by all threads and responders of a process; with a folder also by
 * several processes of one host.
 */
#ifndef DAOTP_BUDGET_H
#define DAOTP_BUDGET_H

#include <daotp/report.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Budgets and spent codes. Opaque, counted. */
typedef struct daotp_budget daotp_budget;

/**
 * Make a budget. No I/O: the folder is opened when it is first needed.
 * @param context      the context, whose wall clock is used; referenced
 * @param folder       where the state is kept, copied. It must have mode 0700 and belong to the
 *                     user who runs the program; it is made if it does not exist. NULL: the state
 *                     is kept in memory and lost when the budget is freed
 * @param[out] budget  to be freed with daotp_budget_unref(); NULL unless the call succeeds
 * @return DAOTP_OK when it was made; DAOTP_USAGE when @p context or @p budget is NULL, or @p folder
 *         is empty or longer than 4095 bytes; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_budget_new(daotp_context *context, const char *folder,
                                        daotp_budget **budget);
/**
 * Release the application's reference. Responders that use the budget keep it alive.
 * @param budget  the budget; NULL is fine
 * @since 0.1
 */
DAOTP_API void daotp_budget_unref(daotp_budget *budget);
/**
 * Say that several servers, each with a state of its own, serve the same users: each then allows its
 * part of every budget, rounded down, so that all together allow no more wrong codes than one alone.
 * The exception is the wrong codes before the back-off, 5 at one server: each server allows 5 / @p
 * nodes of them, but one at least.
 * A user has at most 5 / @p nodes codes under way at once with a server, but one at least. Spent codes
 * are not shared: use a back end that accepts a code once, such as RADIUS.
 * @param budget  the budget, not yet opened or used; not NULL
 * @param nodes   how many servers, 1 to 10; 1 unless set
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p budget is NULL or was opened before, or @p
 *         nodes is out of range
 * @since 0.1
 */
DAOTP_API daotp_status daotp_budget_set_nodes(daotp_budget *budget, int64_t nodes);
/**
 * Open the folder now, so that a server can refuse to start if it cannot be used.
 * @param budget  the budget; not NULL
 * @param report  where a finding goes; may be NULL
 * @return DAOTP_OK when the state can be used; DAOTP_USAGE when @p budget is NULL;
 *         DAOTP_CONFIGURATION (SERVE-BUDGET-STATE) when the folder or its key file cannot be read,
 *         made or written; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_budget_open(daotp_budget *budget, daotp_report *report);
/**
 * Mark the time step of a TOTP code that was found right as spent (RFC 6238 5.2). From then on this
 * step and all earlier ones of the same token are refused: for every user name, in every process
 * that uses the folder, and after a restart. If two calls are made for the same step at the same
 * time, one of them returns DAOTP_OK and the other DAOTP_REJECTED.
 * @param budget      the budget; not NULL
 * @param secret      the token's secret; only a keyed hash of it is kept
 * @param secret_len  its length in bytes, not 0
 * @param step        the step of the code, not negative
 * @param report      where a finding goes; may be NULL
 * @return DAOTP_OK when the step was not spent before: accept the code. DAOTP_REJECTED when this
 *         step, or a later one, was spent before: refuse the code. DAOTP_CONFIGURATION
 *         (SERVE-BUDGET-STATE) when the state cannot be read or written: refuse the code.
 *         DAOTP_USAGE when @p budget or @p secret is NULL, @p secret_len is 0, or @p step is
 *         negative; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_budget_spend_step(daotp_budget *budget, const void *secret,
                                               size_t secret_len, int64_t step,
                                               daotp_report *report);
/**
 * Clear the wrong-code counters of one user, those of the user over all certificates and those of
 * the user with each certificate, so that the next code is checked again. A server that runs on the
 * same folder applies it with its next request. Not cleared: the record of successes, spent codes,
 * and the counters of certificates over all users.
 * @param budget  the budget; not NULL
 * @param user    the user as SERVE-BUDGET-SPENT names him, by SID or UPN, 1 to 2048 bytes; upper
 *                and lower case are equal
 * @param report  where a finding goes; may be NULL
 * @return DAOTP_OK when the counters were cleared, also when there were none; DAOTP_USAGE when @p
 *         budget or @p user is NULL, or @p user is empty or longer than 2048 bytes;
 *         DAOTP_CONFIGURATION (SERVE-BUDGET-STATE) when the state cannot be read or written;
 *         DAOTP_INTERNAL when the random generator failed; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_budget_clear_user(daotp_budget *budget, const char *user,
                                               daotp_report *report);

#ifdef __cplusplus
}
#endif
#endif
