/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file store_backend.h
 * For extenders: a store backend, for example for a key ring or a database. A backend stores items
 * under labels; an item is two byte strings (certificates and key), which the backend does not
 * interpret. The library checks labels before it calls the backend.
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
 * Make an empty item, for a backend that gives items to the callback of `expire`.
 * @param[out] item  to be freed with daotp_store_item_free()
 * @return DAOTP_OK when it was made; DAOTP_USAGE when @p item is NULL; DAOTP_MEMORY when memory ran
 *         out
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
 * When the item's certificate expires: for backends that can delete entries at a given time.
 * @param item  the item; NULL is fine
 * @return seconds since 1970-01-01T00:00:00Z; 0 when @p item is NULL
 * @since 0.1
 */
DAOTP_API int64_t daotp_store_item_get_not_after(const daotp_store_item *item);
/**
 * Fill an item with what the backend has stored.
 * @param item              the item; not NULL
 * @param certificates      PEM, the leaf first; copied
 * @param certificates_len  their length in bytes
 * @param key               PKCS#8 in PEM; copied into memory that is wiped
 * @param key_len           its length in bytes
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p item is NULL, or bytes are NULL with a
 *         length above 0; DAOTP_CONFIGURATION when the certificates are larger than 512 KiB or the
 *         key is larger than 64 KiB; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_store_item_set(daotp_store_item *item, const void *certificates,
                                            size_t certificates_len, const void *key,
                                            size_t key_len);

/**
 * The private key of an item that is given by reference, because it cannot be exported; such an item
 * has no key in PEM. Only a backend that declares DAOTP_STORE_MAKES_KEYS gets such items.
 * @param item  the item; NULL is fine
 * @return the key, borrowed as long as the item; NULL when it is in PEM
 * @since 0.1
 */
DAOTP_API daotp_key *daotp_store_item_get_held_key(const daotp_store_item *item);
/**
 * Set the private key of an item by reference, after daotp_store_item_set() without a key: for a
 * backend whose keys never leave it.
 * @param item  the item; not NULL
 * @param key   the key, of daotp_key_new(); referenced; not NULL
 * @return DAOTP_OK when it was set; DAOTP_USAGE when an argument is NULL
 * @since 0.1
 */
DAOTP_API daotp_status daotp_store_item_set_held_key(daotp_store_item *item, daotp_key *key);

/** Called by `list` with each label. If it returns anything but DAOTP_OK, `list` must stop and
 * return that. */
typedef daotp_status (*daotp_store_label_fn)(void *user, const char *label);

/** Called by `expire` with each item and its label. Returns DAOTP_OK when the item has expired,
 *  DAOTP_REJECTED when it must stay; on anything else `expire` must stop and return that. */
typedef daotp_status (*daotp_store_expired_fn)(void *user, const char *label,
                                               const daotp_store_item *item);

/**
 * Whether a name can be a label: 1 to 128 octets of UTF-8 without a leading dot, of ASCII letters,
 * digits and "._@+-", and beyond ASCII nothing that is a space or cannot be shown.
 * For backends that may find other names beside their entries.
 * @param label  the name; NULL is no label
 * @return true when it can; false also for NULL
 * @since 0.1
 */
DAOTP_API bool daotp_store_is_label(const char *label);

/**
 * The functions of a backend. All run in the thread of the store's call. When `put` returns
 * DAOTP_OK, the item must be durable. A function that fails reports why with daotp_report_add() and
 * returns a status. An error without a finding is reported as STORE-UNEXPLAINED, and an unknown
 * status is treated as DAOTP_INTERNAL. `size` is the size of the table, so that later versions can
 * add members.
 */
typedef struct daotp_store_backend {
    size_t size; /**< sizeof(daotp_store_backend) */
    /** Store an item, and replace the one that has this label. */
    daotp_status (*put)(void *self, const char *label, const daotp_store_item *item,
                        daotp_report *report);
    /** Read an item into @p item with daotp_store_item_set(); DAOTP_REJECTED when there is none. */
    daotp_status (*get)(void *self, const char *label, daotp_store_item *item,
                        daotp_report *report);
    /** Remove an item; DAOTP_REJECTED when there is none. */
    daotp_status (*remove)(void *self, const char *label, daotp_report *report);
    /** Call @p tell with each label, in any order. */
    daotp_status (*list)(void *self, daotp_store_label_fn tell, void *user, daotp_report *report);
    /** Free self. */
    void (*free)(void *self);
    /** Whether a put under this label would succeed now. Called before a one-time code is used up.
     * It may prepare the storage, but must not change stored items. Returns DAOTP_OK, or the status
     * that put would return. NULL if this cannot be known before the put. */
    daotp_status (*check)(void *self, const char *label, daotp_report *report);
    /** Remove the items that have expired, and count them. Call @p check with each item while no
     * put can replace it, so that a new item is never removed in place of an expired one. Also
     * remove what an interrupted put left behind. Leave items that cannot be read, and report them.
     * NULL: the library uses list, get and remove instead. */
    daotp_status (*expire)(void *self, daotp_store_expired_fn check, void *user, size_t *removed,
                           daotp_report *report);
    /** What it can do besides what every backend can: bits of ::daotp_store_ability. 0: nothing
     * more, which is also what a table without this member says. */
    uint32_t abilities;
    /** Make a key pair that does not leave the store, for a certificate that will be put under this
     * label; @p key is one of daotp_key_new(). If no put follows, `expire` may remove the key after
     * a day, and the next make_key under this label may remove it at once. NULL unless
     * `abilities` has DAOTP_STORE_MAKES_KEYS. */
    daotp_status (*make_key)(void *self, const char *label, daotp_key_kind kind,
                             daotp_report *report, daotp_key **key);
} daotp_store_backend;

/**
 * Make a store of a backend.
 * @param context     the context; referenced
 * @param backend     the table; copied
 * @param self        passed to each function; `free` gets it in the end, also when this call fails
 *                    and the table has a `free`
 * @param[out] store  to be released with daotp_store_unref(); NULL unless the call succeeds
 * @return DAOTP_OK when it was made; DAOTP_USAGE when @p context or @p store is NULL, or the table
 *         is NULL, too small or lacks a function that is required; DAOTP_MEMORY when memory ran
 *         out. In each case @p self belongs to the library from then on
 * @since 0.1
 */
DAOTP_API daotp_status daotp_store_new(daotp_context *context, const daotp_store_backend *backend,
                                       void *self, daotp_store **store);

#ifdef __cplusplus
}
#endif
#endif
