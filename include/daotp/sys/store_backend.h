/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file store_backend.h
 * For extenders: a place to keep credentials that the library does not have. A backend keeps named
 * items of two byte strings and understands neither. Labels that reach it are checked.
 */
#ifndef DAOTP_SYS_STORE_BACKEND_H
#define DAOTP_SYS_STORE_BACKEND_H

#include <daotp/store.h>
#include <daotp/sys/report.h>

#ifdef __cplusplus
extern "C" {
#endif

/** An item on its way between store and backend. Opaque; wiped when the call ends. */
typedef struct daotp_store_item daotp_store_item;

/**
 * Make an empty item, for a backend that tells its items by `expire`.
 * @param[out] item  to be freed with daotp_store_item_free()
 * @return DAOTP_OK; DAOTP_USAGE when @p item is NULL; DAOTP_MEMORY
 * @since 0.1
 */
DAOTP_API daotp_status daotp_store_item_new(daotp_store_item **item);
/**
 * Wipe and free an item that daotp_store_item_new() made, never one that was given.
 * @param item  the item; NULL is fine
 * @since 0.1
 */
DAOTP_API void daotp_store_item_free(daotp_store_item *item);
/**
 * The certificates of an item: PEM, the leaf first.
 * @param item      the item; NULL is fine
 * @param[out] len  their length in bytes
 * @return the octets, borrowed as long as the item; NULL when @p item is NULL
 * @since 0.1
 */
DAOTP_API const void *daotp_store_item_get_certificates(const daotp_store_item *item, size_t *len);
/**
 * The private key of an item: PKCS#8 in PEM. It is a secret.
 * @param item      the item; NULL is fine
 * @param[out] len  its length in bytes
 * @return the octets, borrowed as long as the item; NULL when @p item is NULL
 * @since 0.1
 */
DAOTP_API const void *daotp_store_item_get_key(const daotp_store_item *item, size_t *len);
/**
 * When the item expires: for backends that can forget.
 * @param item  the item; NULL is fine
 * @return seconds since 1970-01-01T00:00:00Z; 0 when @p item is NULL
 * @since 0.1
 */
DAOTP_API int64_t daotp_store_item_get_not_after(const daotp_store_item *item);
/**
 * Hand over what was kept.
 * @param item              the item; not NULL
 * @param certificates      PEM, the leaf first; copied
 * @param certificates_len  their length in bytes
 * @param key               PKCS#8 in PEM; copied into memory that is wiped
 * @param key_len           its length in bytes
 * @return DAOTP_OK; DAOTP_USAGE when an argument is NULL; DAOTP_MEMORY; DAOTP_CONFIGURATION when
 *         one is too large
 * @since 0.1
 */
DAOTP_API daotp_status daotp_store_item_set(daotp_store_item *item, const void *certificates,
                                            size_t certificates_len, const void *key,
                                            size_t key_len);

/** Told each label by list; what is not DAOTP_OK ends the listing and is its answer. */
typedef daotp_status (*daotp_store_label_fn)(void *user, const char *label);

/** Called by expire with each item and its label: DAOTP_OK when the item has expired,
 *  DAOTP_REJECTED when it is to stay; anything else ends the call and is its answer. */
typedef daotp_status (*daotp_store_expired_fn)(void *user, const char *label,
                                               const daotp_store_item *item);

/**
 * Can this be a label: ASCII letters, digits and "._@+-", no leading dot, at most 128 bytes? For
 * backends beside whose entries other names may stand.
 * @param label  the name; NULL is no label
 * @return true if it can
 * @since 0.1
 */
DAOTP_API bool daotp_store_is_label(const char *label);

/**
 * A backend. All run in the thread of the store's call. A put that answers DAOTP_OK is durable.
 * What goes wrong is reported with daotp_report_add(), then answered with a status. An error
 * without a finding becomes STORE-UNEXPLAINED, a status that there is not DAOTP_INTERNAL. `size` is
 * sizeof the table, so that it can grow.
 */
typedef struct daotp_store_backend {
    size_t size; /**< sizeof(daotp_store_backend) */
    /** Keep an item, in the place of what was there. */
    daotp_status (*put)(void *self, const char *label, const daotp_store_item *item,
                        daotp_report *report);
    /** Fetch an item; DAOTP_REJECTED when there is none. */
    daotp_status (*get)(void *self, const char *label, daotp_store_item *item,
                        daotp_report *report);
    /** Remove an item; DAOTP_REJECTED when there is none. */
    daotp_status (*remove)(void *self, const char *label, daotp_report *report);
    /** Tell all labels, in any order. */
    daotp_status (*list)(void *self, daotp_store_label_fn tell, void *user, daotp_report *report);
    /** Let go of self. */
    void (*free)(void *self);
    /** Would a put under this label be taken now? Asked before a one-time code is spent. It may
     * make the place ready; what is kept there stays as it is. DAOTP_OK, or what put would answer.
     * NULL if nothing can be known before the put. */
    daotp_status (*check)(void *self, const char *label, daotp_report *report);
    /** Remove the items that have expired, and count them. Call @p check with each item as it
     * stands when it is removed, so that none is lost that was put meanwhile. What a put that was
     * broken off left behind goes too. What cannot be read stays, with a finding. NULL if remove
     * and get are good enough. */
    daotp_status (*expire)(void *self, daotp_store_expired_fn check, void *user, size_t *removed,
                           daotp_report *report);
} daotp_store_backend;

/**
 * Make a store of a backend.
 * @param context     the context
 * @param backend     the table; copied
 * @param self        given to each function; `free` gets it in the end, also when this call fails
 * @param[out] store  to be let go with daotp_store_unref()
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_store_new(daotp_context *context, const daotp_store_backend *backend,
                                       void *self, daotp_store **store);

#ifdef __cplusplus
}
#endif
#endif
