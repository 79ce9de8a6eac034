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
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY. Since 0.1.
 */
DAOTP_API daotp_status daotp_prefetch_new(daotp_context *context, daotp_fetcher *fetcher,
                                          daotp_prefetch **prefetch);
/** Free it; what is under way ends, and another may take it over. NULL is fine. Since 0.1. */
DAOTP_API void daotp_prefetch_free(daotp_prefetch *prefetch);
/** The report of the last run: what could not be fetched. Valid until the next call. Since 0.1. */
DAOTP_API daotp_report *daotp_prefetch_report(daotp_prefetch *prefetch);
/**
 * Fetch all that end within this time, or are over. Blocks.
 * @param prefetch       the prefetch
 * @param ahead_seconds  0 to 366 days
 * @return DAOTP_OK when all were tried, DAOTP_USAGE, DAOTP_MEMORY, DAOTP_CANCELLED. A new list is
 *         taken only if the key of the one before signed it. Since 0.1.
 */
DAOTP_API daotp_status daotp_prefetch_run(daotp_prefetch *prefetch, int64_t ahead_seconds);
/** Begin the same step by step. DAOTP_OK, DAOTP_USAGE. Since 0.1. */
DAOTP_API daotp_status daotp_prefetch_begin(daotp_prefetch *prefetch, int64_t ahead_seconds);
/** Go on: DAOTP_AGAIN to wait, else as daotp_prefetch_run(). Since 0.1. */
DAOTP_API daotp_status daotp_prefetch_step(daotp_prefetch *prefetch);
/** End what is under way: the next step answers DAOTP_CANCELLED. From any thread. Since 0.1. */
DAOTP_API void daotp_prefetch_cancel(daotp_prefetch *prefetch);
/** The descriptor to wait on (readable). Since 0.1. */
DAOTP_API int daotp_prefetch_get_fd(const daotp_prefetch *prefetch);
/** Milliseconds after which to step though nothing is readable; -1 for never. Since 0.1. */
DAOTP_API int daotp_prefetch_get_timeout_ms(const daotp_prefetch *prefetch);

#ifdef __cplusplus
}
#endif
#endif
