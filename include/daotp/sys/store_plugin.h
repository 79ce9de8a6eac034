/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file store_plugin.h
 * For extenders: a store backend as a shared object that daotp_store_open() loads by the scheme of
 * the URI. `SCHEME:...` is served by the file `store-SCHEME.so` of one folder
 * (daotp_context_set_plugin_folder()); the file and each folder above it belong to root or to the
 * effective user, and nobody else may write them; a folder above the plug-in folder may be sticky
 * instead (like /tmp). The file is linked with the shared library and exports
 * daotp_store_plugin_get(). It stays loaded until the process ends.
 */
#ifndef DAOTP_SYS_STORE_PLUGIN_H
#define DAOTP_SYS_STORE_PLUGIN_H

#include <daotp/sys/store_backend.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The version of this interface; a plug-in of another version is refused (STORE-PLUGIN). */
#define DAOTP_STORE_PLUGIN_VERSION 1

/** What a plug-in is. All of it is to be there as long as the process. */
typedef struct daotp_store_plugin {
    size_t size;        /**< sizeof(daotp_store_plugin) */
    uint32_t version;   /**< DAOTP_STORE_PLUGIN_VERSION when it was compiled */
    const char *scheme; /**< the scheme that it serves, in lower case */
    /** Make a store of a URI, with daotp_store_new(). No I/O beyond what tells that the URI can be
     * served. What is wrong is reported with daotp_report_add(), then answered with a status. */
    daotp_status (*open)(daotp_context *context, const char *uri, daotp_report *report,
                         daotp_store **store);
} daotp_store_plugin;

/** The one function that a plug-in exports, under the name `daotp_store_plugin_get`. */
typedef const daotp_store_plugin *(*daotp_store_plugin_fn)(void);

/**
 * Ask for a secret: what daotp_context_set_secret() set is called.
 * @param context   the context; not NULL
 * @param kind      one of ::daotp_secret_kind
 * @param subject   what the secret is of; UTF-8, not NULL
 * @param warnings  bits of ::daotp_secret_warning
 * @param answer    where it is written; the caller wipes it
 * @param room      how many octets it may have; not 0
 * @param[out] len  how many it has; 0 when this fails
 * @return DAOTP_OK when one was given; DAOTP_USAGE when an argument is NULL or @p room is 0;
 *         DAOTP_REJECTED when nobody gives one; DAOTP_CANCELLED when the user declined; DAOTP_MEMORY
 *         when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_context_ask_secret(daotp_context *context, daotp_secret_kind kind,
                                                const char *subject, uint32_t warnings,
                                                void *answer, size_t room, size_t *len);

/**
 * The time by the wall clock of the context, for backends whose entries end at a given time: the
 * certificates are validated by the same clock (daotp_context_set_wall_clock()).
 * @param context  the context; NULL is fine
 * @return seconds since 1970-01-01T00:00:00Z; 0 when @p context is NULL
 * @since 0.1
 */
DAOTP_API int64_t daotp_context_get_time_s(const daotp_context *context);

#ifdef __cplusplus
}
#endif
#endif
