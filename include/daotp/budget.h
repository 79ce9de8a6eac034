/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file budget.h
 * How often a code may be wrong, and which codes are spent: what a responder remembers between
 * exchanges, and across restarts when a folder is named.
 *
 * Three budgets are kept. A user with one client certificate: 5 wrong codes in 15 minutes, then a
 * back-off that doubles from 15 minutes on. A user over all certificates: slower, and never closed
 * to a certificate with which this user succeeded in the last 30 days. A certificate over all
 * users, with the same exception. Altogether they leave a user who logs on from one machine fewer
 * than 100 wrong codes in 30 days (NIST SP 800-63B 5.2.2); each further machine on which the user
 * succeeded adds 54 at most, if somebody guesses from it. An attempt is counted before the code is
 * looked at and given back when it was right, so that requests at the same time cannot exceed the
 * budget.
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
 * @param context      its wall clock is used; counted
 * @param folder       where the state is kept, copied; of mode 0700 and owned by the user who runs
 * the program; made if it is not there. NULL: in memory, forgotten at the end
 * @param[out] budget  to be freed with daotp_budget_free(); NULL unless the call succeeds
 * @return DAOTP_OK; DAOTP_USAGE, when context or budget is NULL or folder is empty or longer than
 * 4095 bytes; DAOTP_MEMORY.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_budget_new(daotp_context *context, const char *folder,
                                        daotp_budget **budget);
/**
 * Free a budget. Responders that hold it keep it.
 * @param budget  the budget; NULL is fine
 * @since 0.1
 */
DAOTP_API void daotp_budget_free(daotp_budget *budget);
/**
 * Open the folder now, so that a server can refuse to begin without it.
 * @param budget  the budget
 * @param report  where a finding goes; may be NULL
 * @return DAOTP_OK; DAOTP_USAGE, when budget is NULL; DAOTP_MEMORY; DAOTP_CONFIGURATION with
 *         SERVE-BUDGET-STATE, when the folder or its key cannot be used.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_budget_open(daotp_budget *budget, daotp_report *report);
/**
 * Spend the time step of a TOTP code that was found right (RFC 6238 5.2): it and all before it are
 * good no more for this token, whatever the user is called, in any process, and after a restart. Of
 * two calls at the same time one is answered DAOTP_OK.
 * @param budget      the budget
 * @param secret      the token's secret; kept as a keyed hash
 * @param secret_len  its length in bytes, not 0
 * @param step        the step of the code, not negative
 * @param report      where a finding goes; may be NULL
 * @return DAOTP_OK: accept the code. DAOTP_REJECTED: it was spent before. DAOTP_USAGE;
 * DAOTP_MEMORY; DAOTP_CONFIGURATION with SERVE-BUDGET-STATE, when the state cannot be read or
 * written: do not accept the code.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_budget_spend_step(daotp_budget *budget, const void *secret,
                                               size_t secret_len, int64_t step,
                                               daotp_report *report);
/**
 * Forget what was counted of one user: over all certificates, and with each of them, so that the
 * next code is looked at. Kept as the rest is: a server that runs on the same folder sees it with
 * its next request. Successes and spent codes stay, and so do the budgets of certificates over all
 * users. A user of whom nothing was counted is no error.
 * @param budget  the budget
 * @param user    the user as SERVE-BUDGET-SPENT names him, his SID or his UPN, 1 to 2048 bytes; in
 * any case
 * @param report  where a finding goes; may be NULL
 * @return DAOTP_OK; DAOTP_USAGE, when budget or user is NULL or user is empty or too long;
 * DAOTP_MEMORY; DAOTP_CONFIGURATION with SERVE-BUDGET-STATE, when the state cannot be read or
 * written; DAOTP_INTERNAL, when no random number can be had.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_budget_clear_user(daotp_budget *budget, const char *user,
                                               daotp_report *report);

#ifdef __cplusplus
}
#endif
#endif
