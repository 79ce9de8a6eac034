/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file credential.h
 * A credential: a certificate, its chain (the CA certificates between it and a root), and its
 * private key. An enrolment returns one, a store keeps them, TLS authenticates with one. Immutable
 * and reference counted: any number of threads may use one at once.
 */
#ifndef DAOTP_CREDENTIAL_H
#define DAOTP_CREDENTIAL_H

#include <daotp/key.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A certificate with its chain and key. Opaque, immutable, counted. */
typedef struct daotp_credential daotp_credential;

/**
 * Make a credential of certificates and a key.
 * @param context          the context; referenced
 * @param certificates     PEM, the end-entity certificate first, or one certificate in DER; copied
 * @param len               its length in bytes
 * @param key              its private key; referenced
 * @param report            where findings go; may be NULL
 * @param[out] credential  to be released with daotp_credential_unref(); NULL unless the call
 *                         succeeds
 * @return DAOTP_OK when it was made; DAOTP_USAGE when another argument than @p report is NULL;
 *         DAOTP_PEER when a certificate cannot be read (CERT-DER) or there are more than 16
 *         (LIMIT-SIZE); DAOTP_CONFIGURATION when there is no certificate (TRUST-EMPTY) or the key
 *         is not that of the first one (KEY-MISMATCH); DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_credential_new(daotp_context *context, const void *certificates,
                                            size_t len, daotp_key *key, daotp_report *report,
                                            daotp_credential **credential);
/**
 * Make a credential from files: certificates in PEM or DER, and a private key without a pass
 * phrase. The key's file must be closed to others (mode 0600).
 * @param context           the context; referenced
 * @param certificate_path  the file of the certificates
 * @param key_path          the file of the private key
 * @param report            where findings go; may be NULL
 * @param[out] credential   to be released with daotp_credential_unref(); NULL unless the call
 *                          succeeds
 * @return DAOTP_OK when it was made; DAOTP_USAGE when another argument than @p report is NULL;
 *         DAOTP_PEER when a certificate cannot be read (CERT-DER) or there are more than 16
 *         (LIMIT-SIZE); DAOTP_CONFIGURATION when a file cannot be read (FILE-READ), the key's file
 *         can be read by others (FILE-OPEN-TO-OTHERS), the key cannot be read (KEY-READ), is of a
 *         kind that is not used (KEY-KIND) or weak (KEY-WEAK), there is no certificate
 *         (TRUST-EMPTY), or the key is not that of the first certificate (KEY-MISMATCH);
 *         DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_credential_load(daotp_context *context, const char *certificate_path,
                                             const char *key_path, daotp_report *report,
                                             daotp_credential **credential);
/**
 * Take one more reference. Any thread.
 * @param credential  the credential; NULL is fine
 * @return @p credential
 * @since 0.1
 */
DAOTP_API daotp_credential *daotp_credential_ref(daotp_credential *credential);
/**
 * Release a reference; the last one wipes the key and frees the credential. Any thread.
 * @param credential  the credential; NULL is fine
 * @since 0.1
 */
DAOTP_API void daotp_credential_unref(daotp_credential *credential);

/**
 * The private key.
 * @param credential  the credential; NULL is fine
 * @return the key, borrowed as long as the credential; NULL when @p credential is NULL
 * @since 0.1
 */
DAOTP_API daotp_key *daotp_credential_get_key(const daotp_credential *credential);
/**
 * How many certificates there are, the leaf counted.
 * @param credential  the credential; NULL is fine
 * @return the count; 0 when @p credential is NULL
 * @since 0.1
 */
DAOTP_API size_t daotp_credential_get_count(const daotp_credential *credential);
/**
 * A certificate in DER, borrowed.
 * @param credential  the credential
 * @param index       0 for the leaf
 * @param[out] len    its length in bytes, 0 past the end
 * @return its bytes; NULL past the end.
 * @since 0.1
 */
DAOTP_API const void *daotp_credential_get_certificate(const daotp_credential *credential,
                                                       size_t index, size_t *len);
/**
 * The UPN in the leaf (SAN otherName 1.3.6.1.4.1.311.20.2.3).
 * @param credential  the credential; NULL is fine
 * @return the UPN, borrowed as long as the credential; "" when there is none
 * @since 0.1
 */
DAOTP_API const char *daotp_credential_get_upn(const daotp_credential *credential);
/**
 * The leaf's subject as text (RFC 4514), most specific part first.
 * @param credential  the credential; NULL is fine
 * @return the text, borrowed as long as the credential; "" when @p credential is NULL
 * @since 0.1
 */
DAOTP_API const char *daotp_credential_get_subject(const daotp_credential *credential);
/**
 * The leaf's issuer as text (RFC 4514).
 * @param credential  the credential; NULL is fine
 * @return the text, borrowed as long as the credential; "" when @p credential is NULL
 * @since 0.1
 */
DAOTP_API const char *daotp_credential_get_issuer(const daotp_credential *credential);
/**
 * The leaf's serial number, in lower-case hexadecimal.
 * @param credential  the credential; NULL is fine
 * @return the text, borrowed as long as the credential; "" when @p credential is NULL
 * @since 0.1
 */
DAOTP_API const char *daotp_credential_get_serial(const daotp_credential *credential);
/**
 * The leaf's notBefore.
 * @param credential  the credential; NULL is fine
 * @return seconds since 1970-01-01T00:00:00Z; 0 when @p credential is NULL
 * @since 0.1
 */
DAOTP_API int64_t daotp_credential_get_not_before(const daotp_credential *credential);
/**
 * The leaf's notAfter.
 * @param credential  the credential; NULL is fine
 * @return seconds since 1970-01-01T00:00:00Z; 0 when @p credential is NULL
 * @since 0.1
 */
DAOTP_API int64_t daotp_credential_get_not_after(const daotp_credential *credential);
/**
 * All certificates as PEM, the leaf first.
 * @param credential  the credential; not NULL
 * @param[out] pem    to be freed with daotp_free(); NULL unless the call succeeds
 * @param[out] len    its length in bytes, without the terminating NUL
 * @return DAOTP_OK when they were written; DAOTP_USAGE when an argument is NULL; DAOTP_MEMORY when
 *         memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_credential_copy_pem(const daotp_credential *credential, char **pem,
                                                 size_t *len);

#ifdef __cplusplus
}
#endif
#endif
