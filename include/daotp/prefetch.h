/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file prefetch.h
 * CRLs that users of a fetcher have fetched and verified are fetched again before they expire, so
 * that no verification waits for one. A flow that the application steps, or runs now and then.
 *
 * Threads: a prefetch belongs to one thread at a time; only daotp_prefetch_cancel() may be called
 * from any.
 */
#ifndef DAOTP_PREFETCH_H
#define DAOTP_PREFETCH_H

#include <daotp/fetcher.h>
#include <daotp/report.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A prefetch for one fetcher. Opaque. */
typedef struct daotp_prefetch daotp_prefetch;

/**
 * Make one. No I/O.
 * @param context        the context
 * @param fetcher        whose CRLs; referenced
 * @param[out] prefetch  to be freed with daotp_prefetch_free()
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_prefetch_new(daotp_context *context, daotp_fetcher *fetcher,
                                          daotp_prefetch **prefetch);
/**
 * Free a prefetch. A run that is under way ends; what it fetched stays in the cache.
 * @param prefetch  the prefetch; NULL is fine
 * @since 0.1
 */
DAOTP_API void daotp_prefetch_free(daotp_prefetch *prefetch);
/**
 * The report of the last run: what could not be fetched.
 * @param prefetch  the prefetch; NULL is fine
 * @return the report, borrowed until the next call on @p prefetch; NULL only when @p prefetch is
 *         NULL
 * @since 0.1
 */
DAOTP_API daotp_report *daotp_prefetch_get_report(daotp_prefetch *prefetch);
/**
 * Fetch all that end within this time, or are over. Blocks.
 * @param prefetch       the prefetch
 * @param ahead_s  0 to 366 days
 * @return DAOTP_OK when all were tried, DAOTP_USAGE, DAOTP_MEMORY, DAOTP_CANCELLED. A new list is
 *         taken only if the key of the one before signed it.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_prefetch_run(daotp_prefetch *prefetch, int64_t ahead_s);
/**
 * Begin a run that is driven step by step.
 * @param prefetch       the prefetch; not NULL
 * @param ahead_s  as for daotp_prefetch_run()
 * @return DAOTP_OK: then step; DAOTP_USAGE when @p prefetch is NULL or a run is under way
 * @since 0.1
 */
DAOTP_API daotp_status daotp_prefetch_begin(daotp_prefetch *prefetch, int64_t ahead_s);
/**
 * Go on with the run. Time in which steps are late does not count against a host; a second or more
 * in all is a finding, CALL-LATE.
 * @param prefetch  the prefetch; not NULL
 * @return DAOTP_AGAIN: wait, then step again; else as daotp_prefetch_run()
 * @since 0.1
 */
DAOTP_API daotp_status daotp_prefetch_step(daotp_prefetch *prefetch);
/**
 * End the run that is under way: the next step answers DAOTP_CANCELLED. May be called from any
 * thread.
 * @param prefetch  the prefetch; NULL is fine
 * @since 0.1
 */
DAOTP_API void daotp_prefetch_cancel(daotp_prefetch *prefetch);
/**
 * The descriptor to wait on, readable when a step can go on.
 * @param prefetch  the prefetch; NULL is fine
 * @return the descriptor, not to be closed; -1 when @p prefetch is NULL
 * @since 0.1
 */
DAOTP_API int daotp_prefetch_get_fd(const daotp_prefetch *prefetch);
/**
 * How long to wait at most before the next step.
 * @param prefetch  the prefetch; NULL is fine
 * @return milliseconds; 0 after daotp_prefetch_begin(), for the first step is due at once; at most
 *         100 while a run is under way; -1 for ever: none is, or @p prefetch is NULL
 * @since 0.1
 */
DAOTP_API int daotp_prefetch_get_timeout_ms(const daotp_prefetch *prefetch);

#ifdef __cplusplus
}
#endif
#endif
