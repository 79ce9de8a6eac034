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

/** How a key signs. */
typedef enum daotp_signature_scheme {
    DAOTP_SIGNATURE_RSA_PKCS1 = 1, /**< RSASSA-PKCS1-v1_5 (RFC 8017 8.2) */
    DAOTP_SIGNATURE_RSA_PSS = 2,   /**< RSASSA-PSS with MGF1 of the same hash (RFC 8017 8.1) */
    DAOTP_SIGNATURE_ECDSA = 3      /**< ECDSA; the signature is r, then s, each as long as the order
                                        of the curve, as in PKCS #11 and RFC 7518 3.4 */
} daotp_signature_scheme;

/** The hash function that made a digest. */
typedef enum daotp_digest {
    DAOTP_DIGEST_NONE = 0, /**< none: the octets are signed as they are */
    DAOTP_DIGEST_SHA1 = 1,
    DAOTP_DIGEST_SHA256 = 2,
    DAOTP_DIGEST_SHA384 = 3,
    DAOTP_DIGEST_SHA512 = 4
} daotp_digest;

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
 * Sign a digest. Also with a key that cannot be exported. Any thread.
 * @param key             the key; not NULL
 * @param scheme          one of ::daotp_signature_scheme, one that the key can
 * @param digest          the hash that @p data was made by. DAOTP_DIGEST_NONE: with
 *                        DAOTP_SIGNATURE_RSA_PKCS1 @p data is a DigestInfo (RFC 8017 9.2), or other
 *                        octets to be padded, and with DAOTP_SIGNATURE_ECDSA a digest of any hash;
 *                        DAOTP_SIGNATURE_RSA_PSS needs a hash
 * @param salt_len        octets of the salt of DAOTP_SIGNATURE_RSA_PSS; not used otherwise
 * @param data            the digest; borrowed during the call; not NULL
 * @param len             its length in octets: 1 or more, and the length of @p digest unless it
 *                        is DAOTP_DIGEST_NONE; with DAOTP_SIGNATURE_RSA_PKCS1 at most 11 less than
 *                        the modulus
 * @param[out] signature  to be freed with daotp_free(); NULL unless the call succeeds
 * @param[out] signature_len  its length in octets
 * @return DAOTP_OK when it was signed; DAOTP_USAGE when a pointer is NULL, the key cannot @p scheme,
 *         @p digest is none of the values, or @p len or @p salt_len is not possible;
 *         DAOTP_INTERNAL when libcrypto failed; DAOTP_MEMORY when memory ran out. With a key of
 *         daotp_key_new(): what the backend returns, and DAOTP_USAGE when the salt is not as long
 *         as the digest
 * @since 0.1
 */
DAOTP_API daotp_status daotp_key_sign_digest(const daotp_key *key, daotp_signature_scheme scheme,
                                             daotp_digest digest, size_t salt_len, const void *data,
                                             size_t len, uint8_t **signature, size_t *signature_len);
/**
 * Decrypt with an RSA key: RSAES-PKCS1-v1_5 (RFC 8017 7.2). An attacker who learns whether this
 * call succeeds, or how long it takes, can decrypt and sign with the key (Bleichenbacher's attack):
 * do not let a peer learn either. Any thread.
 * @param key         the key; not NULL
 * @param data        the ciphertext; borrowed during the call; not NULL
 * @param len         its length in octets, that of the modulus
 * @param[out] plain  to be freed with daotp_free(), which wipes it; NULL unless the call succeeds
 * @param[out] plain_len  its length in octets, which may be 0
 * @return DAOTP_OK when it was decrypted; DAOTP_USAGE when a pointer is NULL, the key is no RSA key,
 *         or the key is of daotp_key_new(), because backends only sign; DAOTP_REJECTED when @p data
 *         was not encrypted for this key (with libcrypto 3.2 and later the call returns DAOTP_OK and
 *         random octets instead); DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_key_decrypt(const daotp_key *key, const void *data, size_t len,
                                         uint8_t **plain, size_t *plain_len);
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
/**
 * Whether the private key can be exported: a key in a token cannot.
 * @param key  the key; NULL is fine
 * @return true when daotp_key_copy_pem() can copy it; false also when @p key is NULL
 * @since 0.1
 */
DAOTP_API bool daotp_key_is_exportable(const daotp_key *key);
/**
 * The public key: SubjectPublicKeyInfo in DER (RFC 5280 4.1.2.7).
 * @param key       the key; NULL is fine
 * @param[out] len  its length in bytes; 0 when @p key is NULL
 * @return its octets, borrowed as long as the key; NULL when @p key is NULL
 * @since 0.1
 */
DAOTP_API const void *daotp_key_get_public(const daotp_key *key, size_t *len);

#ifdef __cplusplus
}
#endif
#endif
