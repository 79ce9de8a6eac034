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

/** What a store asks for by ::daotp_secret_fn. */
typedef enum daotp_secret_kind {
    DAOTP_SECRET_PASSPHRASE = 1, /**< the passphrase of a file */
    DAOTP_SECRET_PIN = 2,        /**< the user PIN of a token */
    DAOTP_SECRET_SEAL_KEY = 3,   /**< keys that seal what leaves the process: the text of a key file */
    DAOTP_SECRET_PASSWORD = 4    /**< the password of a server */
} daotp_secret_kind;

/** What is known of a secret before it is tried; bits, added up. */
typedef enum daotp_secret_warning {
    DAOTP_SECRET_COUNT_LOW = 1, /**< a wrong one was given since the last right one */
    DAOTP_SECRET_FINAL_TRY = 2, /**< one more wrong one locks the token */
    DAOTP_SECRET_NEW = 4        /**< nothing is there yet: the answer protects what is made */
} daotp_secret_warning;

/**
 * Gives a secret: a passphrase, a PIN, a key. Called in the thread of the call that needs it; it
 * may wait for a user. An answer is tried once: a wrong PIN is not tried again.
 * @param user      the pointer given with it
 * @param kind      one of ::daotp_secret_kind
 * @param subject   what the secret is of: a file, a token; UTF-8, valid during the call only
 * @param warnings  bits of ::daotp_secret_warning
 * @param answer    where the secret is written; wiped by the library
 * @param room      how many octets it may have
 * @param[out] len  how many it has
 * @return DAOTP_OK; DAOTP_REJECTED when there is none to give; DAOTP_CANCELLED when the user
 * declined
 */
typedef daotp_status (*daotp_secret_fn)(void *user, daotp_secret_kind kind, const char *subject,
                                        uint32_t warnings, void *answer, size_t room, size_t *len);

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
 * Set who is asked for the secrets of stores: passphrases, PINs, keys that seal.
 * @param context  the context
 * @param ask      asked each time that a secret is needed; NULL for nobody, which is the default
 * @param user     given to each call of @p ask
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p context is NULL
 * @since 0.1
 */
DAOTP_API daotp_status daotp_context_set_secret(daotp_context *context, daotp_secret_fn ask,
                                                void *user);

/**
 * Set the folder that store backends are loaded from, as plug-ins (daotp/sys/store_plugin.h). The
 * folder that the library was built with is used unless set: LIBDIR/daotp.
 * @param context  the context
 * @param folder   the folder, an absolute path, copied; NULL or "": no plug-in is loaded
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p context is NULL; DAOTP_MEMORY when memory ran
 *         out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_context_set_plugin_folder(daotp_context *context, const char *folder);

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
