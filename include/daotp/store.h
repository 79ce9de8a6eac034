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
    DAOTP_STORE_DAMAGED = 3  /**< cannot be read, or is not a certificate with its key */
} daotp_store_state;

/**
 * What a store can do besides put, get, list, remove, expiry and keeping others out, which every
 * store does. Bits, added up by daotp_store_get_abilities().
 */
typedef enum daotp_store_ability {
    DAOTP_STORE_IS_DURABLE = 1,    /**< what was put outlives the process and a restart */
    DAOTP_STORE_IS_SHARED = 2,     /**< several processes may use it at once */
    DAOTP_STORE_HOLDS_MANY = 4,    /**< it is fit for 10,000 entries */
    DAOTP_STORE_TAKES_KEYS = 8,    /**< a key that can be exported can be put */
    DAOTP_STORE_GIVES_KEYS = 16,   /**< the key of an entry can be exported again */
    DAOTP_STORE_MAKES_KEYS = 32,   /**< keys are made inside and never leave it */
    DAOTP_STORE_FORGETS = 64,      /**< an entry goes by itself when its certificate ends */
    DAOTP_STORE_ASKS_SECRET = 128, /**< it needs a passphrase, a PIN or a key: see
                                        daotp_context_set_secret() */
    DAOTP_STORE_TELLS_FULL = 256   /**< a put that there is no room for leaves the old entry */
} daotp_store_ability;

/**
 * Open the store that a URI names. Nothing is read or written before the first call on it, but a
 * backend that is a plug-in is loaded (daotp_context_set_plugin_folder()).
 *
 * - `memory:` as daotp_store_new_memory().
 * - `dir:PATH` as daotp_store_new_directory(); PATH as it stands, nothing in it is decoded.
 * - `pkcs12:FILE` a PKCS#12 file of up to 64 entries, encrypted with AES-256 under a passphrase that
 *   daotp_context_set_secret() gives. `pkcs12:FILE?allow=3des` reads triple DES too; what is written
 *   never has it. Its calls return DAOTP_CONFIGURATION also when the passphrase is missing or wrong
 *   (STORE-PASSPHRASE), others can read the file (FILE-OPEN-TO-OTHERS), its algorithms are outdated
 *   (STORE-OLD-CIPHER), it cannot be read (STORE-DAMAGED), or a change would lose what it holds
 *   besides entries (STORE-WOULD-LOSE); DAOTP_CANCELLED when the user declined. If no passphrase or
 *   an empty one is given, the empty passphrase is tried: such a file is read with a warning
 *   (STORE-NO-PASSPHRASE), and is not changed (STORE-PASSPHRASE).
 * - `pkcs11:token=NAME?module-path=/path/module.so` (RFC 7512) a token, when its plug-in is
 *   installed: the token generates the key, which never leaves it. The user PIN comes from
 *   daotp_context_set_secret(); a wrong one is not tried again. Its calls return
 *   DAOTP_CONFIGURATION also when the PIN is missing or wrong (STORE-PIN) or locked
 *   (STORE-PIN-LOCKED), the token cannot be reached (STORE-TOKEN), was removed (STORE-TOKEN-GONE) or
 *   refused (STORE-TOKEN-FAILED), or the key of the certificate is not in it (STORE-KEY-ABSENT).
 * - `redis://HOST?seal-key=FILE`, `rediss://USER@HOST?seal-key=FILE&ca-file=FILE` a Redis server that
 *   many hosts share, when its plug-in is installed; the page "Stores" of the manual has the rest of
 *   the URI. Entries are sealed before they leave the process. Its calls return DAOTP_NETWORK when the
 *   server cannot be reached (STORE-SERVER), is no master (STORE-SERVER-MASTER) or closes the
 *   connection (STORE-SERVER-GONE); DAOTP_TIMEOUT when it does not reply in time (STORE-SERVER-SLOW), or
 *   another host holds the lock (STORE-USER-LOCKED) or took it (STORE-FENCED); DAOTP_PEER when TLS
 *   fails (STORE-SERVER-TLS), a reply cannot be read (STORE-SERVER-REPLY), or an entry was changed
 *   (STORE-SEAL) or is older than one seen before (STORE-ROLLED-BACK); DAOTP_CONFIGURATION when the
 *   server refuses the user (STORE-SERVER-AUTH), a command (STORE-SERVER-DENIED,
 *   STORE-SERVER-REFUSED), has no room (STORE-SERVER-FULL), is a cluster (STORE-SERVER-CLUSTER), or a
 *   key is missing (STORE-SEAL-KEY, STORE-SEAL-ID).
 * - `keyring:session`, `keyring:user`, `keyring:persistent` a keyring of the Linux kernel: nothing is
 *   on a disk, and the kernel's time-out ends each entry with its certificate, counted from the
 *   context's wall clock at the put. Its calls return DAOTP_CONFIGURATION also when the kernel refuses
 *   (STORE-KEYRING), its quota has no room (STORE-KEYRING-FULL), or the key of an entry belongs to
 *   another user or is open to others (STORE-KEYRING-OPEN).
 * - Any other scheme: the plug-in of its name.
 * @param context     the context
 * @param uri         the URI; not NULL
 * @param[out] store  to be released with daotp_store_unref(); NULL when this fails
 * @return DAOTP_OK when it was opened; DAOTP_USAGE when an argument is NULL; DAOTP_MEMORY when memory
 *         ran out; DAOTP_CONFIGURATION when this is no URI of a store (STORE-URI), there is no
 *         backend for its scheme (STORE-ABSENT), the plug-in cannot be used (STORE-PLUGIN) or could
 *         have been written by another user (CONFIG-OWNER); what a plug-in returns. The finding is
 *         written to the context's log; daotp_store_open_report() gives it to the caller
 * @since 0.1
 */
DAOTP_API daotp_status daotp_store_open(daotp_context *context, const char *uri,
                                        daotp_store **store);
/**
 * Open the store that a URI names, and report what is wrong.
 * @param context     the context
 * @param uri         the URI, see daotp_store_open(); not NULL
 * @param report      where findings go; may be NULL
 * @param[out] store  to be released with daotp_store_unref(); NULL when this fails
 * @return DAOTP_OK when it was opened; DAOTP_USAGE when another argument is NULL; DAOTP_MEMORY when
 *         memory ran out; DAOTP_CONFIGURATION when this is no URI of a store (STORE-URI), there is no
 *         backend for its scheme (STORE-ABSENT), the plug-in cannot be used (STORE-PLUGIN) or could
 *         have been written by another user (CONFIG-OWNER); what a plug-in returns
 * @since 0.1
 */
DAOTP_API daotp_status daotp_store_open_report(daotp_context *context, const char *uri,
                                               daotp_report *report, daotp_store **store);
/**
 * What a store can do.
 * @param store  the store; NULL is fine
 * @return bits of ::daotp_store_ability; 0 when @p store is NULL
 * @since 0.1
 */
DAOTP_API uint32_t daotp_store_get_abilities(const daotp_store *store);
/**
 * The URI that a store was opened with.
 * @param store  the store; NULL is fine
 * @return the URI, borrowed as long as the store; "" when it was not opened by a URI
 * @since 0.1
 */
DAOTP_API const char *daotp_store_get_uri(const daotp_store *store);
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
 * @param label       1 to 128 octets of UTF-8 that do not begin with a dot: of ASCII letters, digits
 *                    and ._@+- , beyond ASCII what can be shown and is no space
 * @param credential  copied; its key must be exportable or made by this store; not NULL
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
 * Make a key pair inside the store, for stores whose abilities have DAOTP_STORE_MAKES_KEYS. The
 * private key never leaves the store. A client with such a store does this itself, unless it was
 * given a key. Then put the certificate of this key under the same label.
 * @param store     the store; not NULL
 * @param label     the label that the certificate will have, see daotp_store_put()
 * @param kind      one of ::daotp_key_kind
 * @param[out] key  to be released with daotp_key_unref(); NULL unless the call succeeds
 * @return DAOTP_OK when it was made; DAOTP_USAGE when @p store or @p key is NULL, @p kind is none of
 *         the values, or @p label cannot be a label (STORE-LABEL); DAOTP_CONFIGURATION when the store
 *         makes no keys (STORE-MAKES-NO-KEYS); DAOTP_MEMORY when memory ran out; what the backend
 *         returns
 * @since 0.1
 */
DAOTP_API daotp_status daotp_store_make_key(daotp_store *store, const char *label,
                                            daotp_key_kind kind, daotp_key **key);
/**
 * Read a credential from the store; the entry stays there. The directory may be read-only. One that
 * has expired by the context's wall clock is refused: daotp_store_expire() removes it.
 * @param store            the store; not NULL
 * @param label            its label
 * @param[out] credential  to be released with daotp_credential_unref(); NULL unless the call
 *                         succeeds
 * @return DAOTP_OK when it was read; DAOTP_USAGE when @p store is NULL, @p credential is NULL, or
 *         @p label cannot be a label (STORE-LABEL); DAOTP_REJECTED when there is no such entry
 *         (STORE-MISSING) or it has expired (STORE-EXPIRED); DAOTP_TIMEOUT (STORE-LOCKED) when another process holds the lock;
 *         DAOTP_CONFIGURATION when the directory cannot be read (FILE-READ) or can be read by
 *         others (STORE-MODE), the key's file can be read by others (FILE-OPEN-TO-OTHERS), or the
 *         entry is damaged (STORE-DAMAGED); DAOTP_MEMORY when memory ran out; with a store of your
 *         own, what its backend returns
 * @since 0.1
 */
DAOTP_API daotp_status daotp_store_get(daotp_store *store, const char *label,
                                       daotp_credential **credential);
/**
 * Take the credential of a user, of those in the store the one that ends last. None that has
 * expired is given. An entry that proves to be damaged is passed over for the next.
 * @param store            the store
 * @param upn              the UPN in the certificate; the case of ASCII letters does not matter
 * @param template_oid     the certificate template, as dotted numbers; NULL for any
 * @param[out] credential  to be released with daotp_credential_unref()
 * @return DAOTP_OK when one was found; DAOTP_USAGE when @p store or @p credential is NULL or @p upn is
 *         NULL or empty; DAOTP_REJECTED (STORE-MISSING) when the store has none of this user and
 *         template that is valid; DAOTP_TIMEOUT (STORE-LOCKED) when another process holds the lock;
 *         DAOTP_CONFIGURATION when the store cannot be read (FILE-READ) or can be read by others
 *         (STORE-MODE), or all that are suitable are damaged (STORE-DAMAGED); DAOTP_MEMORY when memory ran out; with a store of your own, what its backend
 *         returns
 * @since 0.1
 */
DAOTP_API daotp_status daotp_store_find(daotp_store *store, const char *upn,
                                        const char *template_oid, daotp_credential **credential);
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
 * List the entries of the store, sorted by label. The certificates are read; of a private key it is
 * only checked that it has the form of one and holds the public key of the certificate, because to
 * load a key costs some hundred times as much. A private key that is altered or weak within an
 * intact form is found by daotp_store_get(), which reports STORE-DAMAGED.
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
 * The certificate template of an entry (MS-WCCE 2.2.2.7.7.2).
 * @param list   the list; NULL is fine
 * @param index  from 0
 * @return dotted numbers, borrowed as long as the list; "" when there is none, and past the end
 * @since 0.1
 */
DAOTP_API const char *daotp_store_list_get_template(const daotp_store_list *list, size_t index);
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
