/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file context.h
 * The context: log sink and clocks. The library has no global state; two parts of a process share
 * these only if both use the same context.
 *
 * Threads: set a context up in one thread, then use it from any; its setters must not run while
 * another thread uses it. Objects made from it keep it alive.
 *
 * Fork: a child process must neither use nor free objects that its parent made; it should call exec
 * or _exit.
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
    DAOTP_LOG_WARNING = 1, /**< a finding that does not stop it, but will cause trouble */
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
 * Make a context that does not log and uses the system's clocks. No I/O.
 * @param[out] context  to be released with daotp_context_unref(); NULL unless the call succeeds
 * @return DAOTP_OK when it was made; DAOTP_USAGE when @p context is NULL; DAOTP_MEMORY when memory
 *         ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_context_new(daotp_context **context);

/**
 * Release the application's reference. The context is freed when the last object made from it is
 * freed.
 * @param context  the context; NULL is fine
 * @since 0.1
 */
DAOTP_API void daotp_context_unref(daotp_context *context);

/**
 * Set the log sink, and the least important level that it gets.
 * @param context  the context; not NULL
 * @param level    one of ::daotp_log_level; less important lines are not logged
 * @param log      the function that gets each line; NULL, the default: nothing is logged
 * @param user     given to each call of @p log
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p context is NULL, or @p level is none of the
 *         values
 * @since 0.1
 */
DAOTP_API daotp_status daotp_context_set_log(daotp_context *context, daotp_log_level level,
                                             daotp_log_fn log, void *user);

/**
 * Set the wall clock: the time for which certificates, CRLs and tickets are validated.
 * @param context  the context; not NULL
 * @param clock    returns seconds since 1970-01-01T00:00:00Z; NULL for the system's clock
 * @param user     given to each call of @p clock
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p context is NULL
 * @since 0.1
 */
DAOTP_API daotp_status daotp_context_set_wall_clock(daotp_context *context, daotp_clock_fn clock,
                                                    void *user);

/**
 * Set the monotonic clock, which measures deadlines and time-outs.
 * @param context  the context; not NULL
 * @param clock    returns milliseconds since any fixed moment, and never goes back; NULL for the
 *                 system's clock
 * @param user     given to each call of @p clock
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p context is NULL
 * @since 0.1
 */
DAOTP_API daotp_status daotp_context_set_monotonic_clock(daotp_context *context,
                                                         daotp_clock_fn clock, void *user);

/**
 * Wipe and free bytes or text that a call of this library returned. Any thread.
 * @param pointer  what the call returned; NULL is fine
 * @since 0.1
 */
DAOTP_API void daotp_free(void *pointer);

#ifdef __cplusplus
}
#endif
#endif
