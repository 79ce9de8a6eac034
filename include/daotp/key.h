/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file key.h
 * Private keys. A key can sign and be a TLS identity; it need not be exportable. Immutable and
 * counted: any number of threads may use one at once.
 */
#ifndef DAOTP_KEY_H
#define DAOTP_KEY_H

#include <daotp/report.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A private key. Opaque, immutable, counted. */
typedef struct daotp_key daotp_key;

/** The kinds of key that are made and taken. */
typedef enum daotp_key_kind {
    DAOTP_KEY_RSA_2048 = 1, /**< RSA, 2048 bits */
    DAOTP_KEY_RSA_3072 = 2, /**< RSA, 3072 bits */
    DAOTP_KEY_RSA_4096 = 3, /**< RSA, 4096 bits */
    DAOTP_KEY_P256 = 4,     /**< ECDSA on P-256 */
    DAOTP_KEY_P384 = 5      /**< ECDSA on P-384 */
} daotp_key_kind;

/**
 * Make a key pair. RSA of 2048 bits takes about 0.3 s, of 3072 bits 1 s, of 4096 bits 4 s, now and
 * then three times as long; P-256 and P-384 take less than a millisecond. May be called in any
 * thread, and in several at once; the key may be used in another thread. So a program with an event
 * loop makes its keys outside the loop.
 * @param context   the context; referenced
 * @param kind      one of ::daotp_key_kind
 * @param report    where findings go; may be NULL
 * @param[out] key  to be released with daotp_key_unref(); NULL unless the call succeeds
 * @return DAOTP_OK when it was made; DAOTP_USAGE when @p context or @p key is NULL, or @p kind is
 *         none of the values; DAOTP_INTERNAL when libcrypto failed; DAOTP_MEMORY when memory ran
 *         out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_key_generate(daotp_context *context, daotp_key_kind kind,
                                          daotp_report *report, daotp_key **key);
/**
 * Read a private key from memory: PEM or DER (PKCS#8, PKCS#1 or SEC 1).
 * @param context         the context; referenced
 * @param bytes           the key; copied where needed, the caller wipes its own copy
 * @param len             its length in bytes
 * @param passphrase      for an encrypted key; NULL when it is not encrypted
 * @param passphrase_len  its length in bytes
 * @param report          where findings go; may be NULL
 * @param[out] key        to be released with daotp_key_unref(); NULL unless the call succeeds
 * @return DAOTP_OK when it was read; DAOTP_USAGE when @p context, @p bytes or @p key is NULL;
 *         DAOTP_CONFIGURATION when it is no private key, there are several, or the pass phrase is
 *         missing or wrong (KEY-READ), it is of a kind or size that is not used (KEY-KIND), or
 *         others can find the private key (KEY-WEAK); DAOTP_INTERNAL when libcrypto failed;
 *         DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_key_read(daotp_context *context, const void *bytes, size_t len,
                                      const char *passphrase, size_t passphrase_len,
                                      daotp_report *report, daotp_key **key);
/**
 * Read a private key from a regular file, which must be closed to others: mode 0600 or stricter,
 * owned by the effective user or by root.
 * @param context         the context; referenced
 * @param path            the file
 * @param passphrase      for an encrypted key; NULL when it is not encrypted
 * @param passphrase_len  its length in bytes
 * @param report          where findings go; may be NULL
 * @param[out] key        to be released with daotp_key_unref(); NULL unless the call succeeds
 * @return DAOTP_OK when it was read; DAOTP_USAGE when @p context, @p path or @p key is NULL;
 *         DAOTP_CONFIGURATION when the file cannot be read (FILE-READ) or can be read by others
 *         (FILE-OPEN-TO-OTHERS), it is no private key, holds several, or the pass phrase is missing
 *         or wrong (KEY-READ), it is of a kind or size that is not used (KEY-KIND), or others can
 *         find the private key (KEY-WEAK); DAOTP_INTERNAL when libcrypto failed; DAOTP_MEMORY when
 *         memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_key_load(daotp_context *context, const char *path,
                                      const char *passphrase, size_t passphrase_len,
                                      daotp_report *report, daotp_key **key);
/**
 * Take one more reference. Any thread.
 * @param key  the key; NULL is fine
 * @return @p key
 * @since 0.1
 */
DAOTP_API daotp_key *daotp_key_ref(daotp_key *key);
/**
 * Release a reference; the last one wipes and frees the key. Any thread.
 * @param key  the key; NULL is fine
 * @since 0.1
 */
DAOTP_API void daotp_key_unref(daotp_key *key);
/**
 * The kind of a key.
 * @param key  the key; NULL is fine
 * @return one of ::daotp_key_kind; 0 when @p key is NULL
 * @since 0.1
 */
DAOTP_API daotp_key_kind daotp_key_get_kind(const daotp_key *key);
/**
 * Copy the private key as PKCS#8 PEM (RFC 5958), unencrypted.
 * @param key       the key; not NULL
 * @param[out] pem  to be freed with daotp_free(), which wipes it; NULL unless the call succeeds
 * @param[out] len  its length in bytes, without the terminating NUL
 * @return DAOTP_OK when it was written; DAOTP_USAGE when an argument is NULL; DAOTP_CONFIGURATION
 *         when the key cannot be exported; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_key_copy_pem(const daotp_key *key, char **pem, size_t *len);

#ifdef __cplusplus
}
#endif
#endif
