/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file store.h
 * A store keeps credentials under labels. When a put returns DAOTP_OK the entry is durable; a crash
 * at any moment leaves either the old entry or the new one.
 *
 * Threads: a store belongs to one thread at a time. Processes: several may use one directory.
 */
#ifndef DAOTP_STORE_H
#define DAOTP_STORE_H

#include <daotp/credential.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A store. Opaque, counted. */
typedef struct daotp_store daotp_store;
/** The entries of a store at one moment: labels, names and dates. Opaque. */
typedef struct daotp_store_list daotp_store_list;

/** The state of an entry. */
typedef enum daotp_store_state {
    DAOTP_STORE_VALID = 0,   /**< fine */
    DAOTP_STORE_DUE = 1,     /**< ends within the time set by daotp_store_set_renew_before_s() */
    DAOTP_STORE_EXPIRED = 2, /**< past its notAfter */
    DAOTP_STORE_DAMAGED = 3  /**< cannot be read */
} daotp_store_state;

/**
 * Make a store in memory, which is wiped when it is freed.
 * @param context     the context; referenced
 * @param[out] store  to be released with daotp_store_unref(); NULL unless the call succeeds
 * @return DAOTP_OK when it was made; DAOTP_USAGE when an argument is NULL; DAOTP_MEMORY when memory
 *         ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_store_new_memory(daotp_context *context, daotp_store **store);
/**
 * Make a store in a directory. Each entry is a folder with `key.pem` (PKCS#8) and `cert.pem` (the
 * leaf, then its chain), each of mode 0600, usable for PKINIT as FILE:cert.pem,key.pem. The
 * directory is made with mode 0700 by the first put, or when a client prepares for this store. No
 * I/O in this call.
 * @param context     the context; referenced
 * @param path        the directory, copied
 * @param[out] store  to be released with daotp_store_unref(); NULL unless the call succeeds
 * @return DAOTP_OK when it was made; DAOTP_USAGE when an argument is NULL or @p path is empty;
 *         DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_store_new_directory(daotp_context *context, const char *path,
                                                 daotp_store **store);
/**
 * Take one more reference.
 * @param store  the store; NULL is fine
 * @return @p store
 * @since 0.1
 */
DAOTP_API daotp_store *daotp_store_ref(daotp_store *store);
/**
 * Release a reference; the last one frees the store. Entries in a directory stay there.
 * @param store  the store; NULL is fine
 * @since 0.1
 */
DAOTP_API void daotp_store_unref(daotp_store *store);
/**
 * The report of the last call on this store.
 * @param store  the store; NULL is fine
 * @return the report, borrowed until the next call on @p store; NULL only when @p store is NULL
 * @since 0.1
 */
DAOTP_API daotp_report *daotp_store_get_report(daotp_store *store);

/**
 * Set how long before its notAfter an entry has the state DAOTP_STORE_DUE; 600 seconds unless set.
 * @param store    the store; not NULL
 * @param seconds    0 or more
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p store is NULL, or @p seconds is negative
 * @since 0.1
 */
DAOTP_API daotp_status daotp_store_set_renew_before_s(daotp_store *store, int64_t seconds);

/**
 * Store a credential under a label, and replace the entry that had it.
 * @param store       the store; not NULL
 * @param label       1 to 128 letters, digits and ._@+- ; must not begin with a dot
 * @param credential  copied; its key must be exportable; not NULL
 * @return DAOTP_OK when it is durable; DAOTP_USAGE when @p store is NULL, @p credential is NULL, or
 *         @p label cannot be a label (STORE-LABEL); DAOTP_TIMEOUT (STORE-LOCKED) when another
 *         process holds the lock; DAOTP_CONFIGURATION when the key cannot be exported (STORE-KEY),
 *         others can read the directory (STORE-MODE), it is full (STORE-FULL), or the entry could
 *         not be written (STORE-WRITE) or not be made durable (STORE-UNSURE); DAOTP_MEMORY when
 *         memory ran out; with a store of your own, what its backend returns
 * @since 0.1
 */
DAOTP_API daotp_status daotp_store_put(daotp_store *store, const char *label,
                                       daotp_credential *credential);
/**
 * Read a credential from the store; the entry stays there. The directory may be read-only.
 * @param store            the store; not NULL
 * @param label            its label
 * @param[out] credential  to be released with daotp_credential_unref(); NULL unless the call
 *                         succeeds
 * @return DAOTP_OK when it was read; DAOTP_USAGE when @p store is NULL, @p credential is NULL, or
 *         @p label cannot be a label (STORE-LABEL); DAOTP_REJECTED (STORE-MISSING) when there is no
 *         such entry; DAOTP_TIMEOUT (STORE-LOCKED) when another process holds the lock;
 *         DAOTP_CONFIGURATION when the directory cannot be read (FILE-READ) or can be read by
 *         others (STORE-MODE), the key's file can be read by others (FILE-OPEN-TO-OTHERS), or the
 *         entry is damaged (STORE-DAMAGED); DAOTP_MEMORY when memory ran out; with a store of your
 *         own, what its backend returns
 * @since 0.1
 */
DAOTP_API daotp_status daotp_store_get(daotp_store *store, const char *label,
                                       daotp_credential **credential);
/**
 * Remove an entry, and every other file in its folder.
 * @param store  the store; not NULL
 * @param label  its label
 * @return DAOTP_OK when it was removed; DAOTP_USAGE when @p store is NULL, or @p label cannot be a
 *         label (STORE-LABEL); DAOTP_REJECTED (STORE-MISSING) when there is no such entry;
 *         DAOTP_TIMEOUT (STORE-LOCKED) when another process holds the lock; DAOTP_CONFIGURATION
 *         when others can read the directory (STORE-MODE), it cannot be read (FILE-READ) or locked
 *         (STORE-WRITE), a key could not be deleted (STORE-REMOVE), or the removal was not
 *         confirmed by the disk (STORE-UNSURE); DAOTP_MEMORY when memory ran out; with a store of
 *         your own, what its backend returns
 * @since 0.1
 */
DAOTP_API daotp_status daotp_store_remove(daotp_store *store, const char *label);
/**
 * Remove all entries whose notAfter has passed by the context's wall clock, and temporary files
 * that an interrupted put left behind.
 * @param store         the store; not NULL
 * @param[out] removed  how many were removed, also if the call fails; may be NULL
 * @return DAOTP_OK when they were removed, also if there were none; DAOTP_USAGE when @p store is
 *         NULL; DAOTP_TIMEOUT (STORE-LOCKED) when another process holds the lock;
 *         DAOTP_CONFIGURATION when others can read the directory (STORE-MODE), it cannot be read
 *         (FILE-READ) or locked (STORE-WRITE), a key could not be deleted (STORE-REMOVE), or the
 *         removal was not confirmed by the disk (STORE-UNSURE); DAOTP_MEMORY when memory ran out;
 *         with a store of your own, what its backend returns
 * @since 0.1
 */
DAOTP_API daotp_status daotp_store_expire(daotp_store *store, size_t *removed);
/**
 * List the entries of the store, sorted by label.
 * @param store      the store; not NULL
 * @param[out] list  to be freed with daotp_store_list_free(); NULL unless the call succeeds
 * @return DAOTP_OK when it was made, also if the store is empty; DAOTP_USAGE when an argument is
 *         NULL; DAOTP_TIMEOUT (STORE-LOCKED) when another process holds the lock;
 *         DAOTP_CONFIGURATION when the directory cannot be read (FILE-READ) or can be read by
 *         others (STORE-MODE); DAOTP_INTERNAL when no file descriptor is left; DAOTP_MEMORY when
 *         memory ran out; with a store of your own, what its backend returns
 * @since 0.1
 */
DAOTP_API daotp_status daotp_store_list_new(daotp_store *store, daotp_store_list **list);
/**
 * Free a list.
 * @param list  the list; NULL is fine
 * @since 0.1
 */
DAOTP_API void daotp_store_list_free(daotp_store_list *list);
/**
 * How many entries a list has.
 * @param list  the list; NULL is fine
 * @return the count; 0 when @p list is NULL
 * @since 0.1
 */
DAOTP_API size_t daotp_store_list_get_count(const daotp_store_list *list);
/**
 * The label of an entry.
 * @param list   the list; NULL is fine
 * @param index  from 0
 * @return the label, borrowed as long as the list; NULL past the end
 * @since 0.1
 */
DAOTP_API const char *daotp_store_list_get_label(const daotp_store_list *list, size_t index);
/**
 * The UPN in an entry's certificate.
 * @param list   the list; NULL is fine
 * @param index  from 0
 * @return the UPN, borrowed as long as the list; "" when there is none, and past the end
 * @since 0.1
 */
DAOTP_API const char *daotp_store_list_get_upn(const daotp_store_list *list, size_t index);
/**
 * notAfter of an entry's certificate.
 * @param list   the list; NULL is fine
 * @param index  from 0
 * @return seconds since 1970-01-01T00:00:00Z; 0 when the entry is damaged, and past the end
 * @since 0.1
 */
DAOTP_API int64_t daotp_store_list_get_not_after(const daotp_store_list *list, size_t index);
/**
 * The state of an entry.
 * @param list   the list; NULL is fine
 * @param index  from 0
 * @return one of ::daotp_store_state; DAOTP_STORE_DAMAGED past the end
 * @since 0.1
 */
DAOTP_API daotp_store_state daotp_store_list_get_state(const daotp_store_list *list, size_t index);
/**
 * The name of an entry's state: "valid", "due", "expired", "damaged".
 * @param state  any number
 * @return a static text, never NULL; "unknown" for a number that this version does not know
 * @since 0.1
 */
DAOTP_API const char *daotp_store_state_name(daotp_store_state state);

#ifdef __cplusplus
}
#endif
#endif
