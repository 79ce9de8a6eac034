/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file store.h
 * A store keeps credentials under labels. What a put answered DAOTP_OK for is durable; a crash at
 * any moment leaves the old entry or the new one.
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
/** What is in a store: labels with dates. Opaque, a snapshot. */
typedef struct daotp_store_list daotp_store_list;

/** Where an entry stands in its life. */
typedef enum daotp_store_state {
    DAOTP_STORE_VALID = 0,   /**< fine */
    DAOTP_STORE_DUE = 1,     /**< ends within the time set by daotp_store_set_renew_before_s() */
    DAOTP_STORE_EXPIRED = 2, /**< past its notAfter */
    DAOTP_STORE_DAMAGED = 3  /**< cannot be read */
} daotp_store_state;

/**
 * A store in memory: wiped when it ends.
 * @param context     the context
 * @param[out] store  to be let go with daotp_store_unref()
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_store_new_memory(daotp_context *context, daotp_store **store);
/**
 * A store in a directory: a folder an entry, with `key.pem` (PKCS#8) and `cert.pem` (leaf first,
 * then its chain), each 0600, fit for PKINIT as FILE:cert.pem,key.pem. The directory is made, mode
 * 0700, by the first put, or by a client that prepares for one.
 * @param context     the context
 * @param path        the directory, copied
 * @param[out] store  to be let go with daotp_store_unref()
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY. No I/O.
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
 * Let go of a reference; with the last one the store is freed. What is kept in a folder stays
 * there.
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
 * How long before its notAfter an entry is due. 600 seconds unless set.
 * @param store      the store
 * @param seconds    0 or more
 * @return DAOTP_OK or DAOTP_USAGE.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_store_set_renew_before_s(daotp_store *store, int64_t seconds);

/**
 * Keep a credential under a label, in the place of what was there.
 * @param store       the store
 * @param label       1 to 128 of letters, digits and ._@+- ; does not begin with a dot
 * @param credential  copied; its key must be exportable
 * @return DAOTP_OK: durable. DAOTP_USAGE (STORE-LABEL), DAOTP_MEMORY, DAOTP_TIMEOUT
 *         (STORE-LOCKED), DAOTP_CONFIGURATION (STORE-WRITE, STORE-UNSURE, STORE-MODE, STORE-KEY,
 *         STORE-FULL).
 * @since 0.1
 */
DAOTP_API daotp_status daotp_store_put(daotp_store *store, const char *label,
                                       daotp_credential *credential);
/**
 * Take a credential out of the store; it stays there too. The store may be read-only.
 * @param store            the store
 * @param label            its label
 * @param[out] credential  to be let go with daotp_credential_unref()
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY, DAOTP_REJECTED (STORE-MISSING),
 *         DAOTP_CONFIGURATION (STORE-DAMAGED, STORE-MODE; FILE-OPEN-TO-OTHERS: the key's file has
 *         another mode or owner than a put gave it), DAOTP_TIMEOUT.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_store_get(daotp_store *store, const char *label,
                                       daotp_credential **credential);
/**
 * Remove an entry, with everything that strays in its folder.
 * @param store  the store
 * @param label  its label
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_REJECTED (STORE-MISSING), DAOTP_CONFIGURATION (STORE-REMOVE,
 *         STORE-UNSURE, STORE-MODE, STORE-WRITE), DAOTP_TIMEOUT, DAOTP_MEMORY.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_store_remove(daotp_store *store, const char *label);
/**
 * Remove all entries that are past their notAfter by the context's wall clock, and what a put that
 * was broken off left behind.
 * @param store         the store
 * @param[out] removed  how many; may be NULL
 * @return as daotp_store_remove().
 * @since 0.1
 */
DAOTP_API daotp_status daotp_store_expire(daotp_store *store, size_t *removed);
/**
 * What is in the store now, sorted by label.
 * @param store      the store
 * @param[out] list  to be freed with daotp_store_list_free()
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY, DAOTP_CONFIGURATION, DAOTP_TIMEOUT.
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
