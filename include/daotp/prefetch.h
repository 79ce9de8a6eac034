/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file prefetch.h
 * Prefetch: fetches CRLs again before they expire, so that no verification has to wait. It covers
 * the CRLs that users of a fetcher have fetched and verified. The application steps it as a flow,
 * or runs it from time to time.
 *
 * Threads: a prefetch belongs to one thread at a time; only daotp_prefetch_cancel() may be called
 * from any thread.
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
 * @param context        the context; referenced
 * @param fetcher        the fetcher whose CRLs are refreshed; referenced
 * @param[out] prefetch  to be freed with daotp_prefetch_free(); NULL unless the call succeeds
 * @return DAOTP_OK when it was made; DAOTP_USAGE when an argument is NULL; DAOTP_INTERNAL when no
 *         file descriptor is left; DAOTP_MEMORY when memory ran out
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
 * Fetch again all CRLs that have expired or expire within this time. A new CRL is kept only if the
 * key that signed the one before signed it. Blocks.
 * @param prefetch  the prefetch; not NULL
 * @param ahead_s   seconds, 0 to 366 days: CRLs whose nextUpdate is nearer than this are fetched
 * @return DAOTP_OK when each was tried, also if a fetch failed (the report says which); DAOTP_USAGE
 *         when @p prefetch is NULL, a run is under way (CALL-ORDER), or @p ahead_s is out of range;
 *         DAOTP_CANCELLED when it was cancelled; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_prefetch_run(daotp_prefetch *prefetch, int64_t ahead_s);
/**
 * Begin a run that is driven step by step.
 * @param prefetch       the prefetch; not NULL
 * @param ahead_s  as for daotp_prefetch_run()
 * @return DAOTP_OK: begun, call daotp_prefetch_step(). DAOTP_USAGE when @p prefetch is NULL, a run
 *         is under way (CALL-ORDER), or @p ahead_s is out of range
 * @since 0.1
 */
DAOTP_API daotp_status daotp_prefetch_begin(daotp_prefetch *prefetch, int64_t ahead_s);
/**
 * Continue the run. If the program steps late, the time-outs of the hosts are extended by the
 * delay; a delay of a second or more in all is reported as CALL-LATE.
 * @param prefetch  the prefetch; not NULL
 * @return DAOTP_AGAIN: wait, then step again. DAOTP_OK when each was tried, also if a fetch failed;
 *         DAOTP_USAGE when @p prefetch is NULL or no run is under way (CALL-ORDER); DAOTP_CANCELLED
 *         when it was cancelled; DAOTP_MEMORY when memory ran out
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
 * @return milliseconds; 0 after daotp_prefetch_begin(), because the first step is due at once; at
 *         most 100 while a run is under way; -1 (wait without limit) when none is, or @p prefetch
 *         is NULL
 * @since 0.1
 */
DAOTP_API int daotp_prefetch_get_timeout_ms(const daotp_prefetch *prefetch);

#ifdef __cplusplus
}
#endif
#endif
