/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file context.h
 * The context: log sink and clocks. There is no global state; whatever two parts of a process
 * share, they share through a context that they both were given.
 *
 * Threads: set a context up in one thread, then use it from any; its setters must not run while
 * another thread uses it. Objects made from it keep it alive.
 *
 * Fork: a child may use no object that its parent made, and should only exec or free nothing.
 */
#ifndef DAOTP_CONTEXT_H
#define DAOTP_CONTEXT_H

#include <daotp/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A context: log sink and clocks. Opaque. */
typedef struct daotp_context daotp_context;

/** Levels of a log line. */
typedef enum daotp_log_level {
    DAOTP_LOG_ERROR = 0,   /**< a finding that stops a run */
    DAOTP_LOG_WARNING = 1, /**< a finding that does not, but will bite */
    DAOTP_LOG_INFO = 2,    /**< a stage passed, or a finding for information */
    DAOTP_LOG_DEBUG = 3    /**< steps inside a stage */
} daotp_log_level;

/**
 * A log sink.
 * @param user   the pointer given with it
 * @param level  one of ::daotp_log_level
 * @param id     a stable id to filter by: a finding ("OTP-EKU") or a stage ("submit"); never NULL
 * @param text   one line, no line end, no secret; valid during the call only
 *
 * Runs in the thread of the call that logs; no lock is held.
 */
typedef void (*daotp_log_fn)(void *user, daotp_log_level level, const char *id, const char *text);

/**
 * A clock.
 * @param user  the pointer given with it
 * @return for the wall clock seconds since 1970-01-01T00:00:00Z, for the monotonic clock
 *         milliseconds since any fixed moment. Must be callable from each thread that uses the
 *         context.
 */
typedef int64_t (*daotp_clock_fn)(void *user);

/**
 * Make a context: silent, with the system's clocks.
 * @param[out] context  the context, to be freed with daotp_context_unref(); NULL on failure
 * @return DAOTP_OK, DAOTP_USAGE (@p context is NULL), DAOTP_MEMORY. No I/O.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_context_new(daotp_context **context);

/**
 * Let go of a context. It ends with the last object made from it.
 * @param context  the context; NULL is fine
 * @since 0.1
 */
DAOTP_API void daotp_context_unref(daotp_context *context);

/**
 * Set the log sink and the least important level it wants.
 * @param context  the context
 * @param level    what is less important than this is not logged
 * @param log      the sink; NULL for silence, which is the default
 * @param user     given to each call of @p log
 * @return DAOTP_OK or DAOTP_USAGE.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_context_set_log(daotp_context *context, daotp_log_level level,
                                             daotp_log_fn log, void *user);

/**
 * Set the wall clock by which certificates are judged.
 * @param context  the context
 * @param clock    seconds since 1970-01-01T00:00:00Z; NULL for the system's
 * @param user     given to each call of @p clock
 * @return DAOTP_OK or DAOTP_USAGE.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_context_set_wall_clock(daotp_context *context, daotp_clock_fn clock,
                                                    void *user);

/**
 * Set the monotonic clock by which deadlines are judged.
 * @param context  the context
 * @param clock    milliseconds since any fixed moment, never going back; NULL for the system's
 * @param user     given to each call of @p clock
 * @return DAOTP_OK or DAOTP_USAGE.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_context_set_monotonic_clock(daotp_context *context,
                                                         daotp_clock_fn clock, void *user);

/**
 * Free bytes or text that a call of this library handed out, wiping them first. NULL is fine.
 * Any thread.
 * @param pointer  what was handed out; NULL is fine
 * @since 0.1
 */
DAOTP_API void daotp_free(void *pointer);

#ifdef __cplusplus
}
#endif
#endif
