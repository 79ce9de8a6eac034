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
 * then three times as long; P-256 and P-384 take less than a millisecond. Any thread, several at
 * once: a key that was made in one may be used in another, so a program with an event loop makes its
 * keys beside the loop.
 * @param context   the context
 * @param kind      which kind
 * @param report    where findings go; may be NULL
 * @param[out] key  to be let go with daotp_key_unref()
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY, DAOTP_INTERNAL.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_key_generate(daotp_context *context, daotp_key_kind kind,
                                          daotp_report *report, daotp_key **key);
/**
 * Take a private key from memory: PEM or DER (PKCS#8, PKCS#1 or SEC 1).
 * @param context         the context
 * @param bytes           the key; copied where needed, the caller wipes its own
 * @param len             its length in bytes
 * @param passphrase      for an encrypted PEM; NULL when there is none
 * @param passphrase_len  its length in bytes
 * @param report          where findings go; may be NULL
 * @param[out] key        to be let go with daotp_key_unref()
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY, DAOTP_CONFIGURATION (KEY-READ, KEY-KIND).
 * @since 0.1
 */
DAOTP_API daotp_status daotp_key_read(daotp_context *context, const void *bytes, size_t len,
                                      const char *passphrase, size_t passphrase_len,
                                      daotp_report *report, daotp_key **key);
/**
 * Take a private key from a regular file, which must be closed to others: mode 0600 or stricter,
 * owned by the effective user or by root.
 * @param context         the context
 * @param path            the file
 * @param passphrase      for an encrypted PEM; NULL when there is none
 * @param passphrase_len  its length in bytes
 * @param report          where findings go; may be NULL
 * @param[out] key        to be let go with daotp_key_unref()
 * @return as daotp_key_read(), and DAOTP_CONFIGURATION (FILE-READ, FILE-OPEN-TO-OTHERS).
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
 * Let go of a reference; with the last one the key is wiped and freed. Any thread.
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
 * The private key as PKCS#8 PEM (RFC 5958), unencrypted.
 * @param key       the key
 * @param[out] pem  to be freed with daotp_free(), which wipes it
 * @param[out] len  its length in bytes, without the NUL behind it
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY, DAOTP_CONFIGURATION when it may not leave its
 *         place.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_key_copy_pem(const daotp_key *key, char **pem, size_t *len);

#ifdef __cplusplus
}
#endif
#endif
