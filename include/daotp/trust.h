/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file trust.h
 * Trust: the anchors under which certificates are validated, with intermediate certificates and
 * CRLs that are needed for it. Fill it first, then give it to clients and verifiers; from then on
 * it is immutable, and any number of threads may use it at once.
 */
#ifndef DAOTP_TRUST_H
#define DAOTP_TRUST_H

#include <daotp/report.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Trust anchors. Opaque, counted; immutable from its first use. */
typedef struct daotp_trust daotp_trust;

/**
 * Make a trust object without anchors: no certificate is valid under it.
 * @param context     the context; referenced
 * @param[out] trust  to be released with daotp_trust_unref(); NULL unless the call succeeds
 * @return DAOTP_OK when it was made; DAOTP_USAGE when an argument is NULL; DAOTP_MEMORY when memory
 *         ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_trust_new(daotp_context *context, daotp_trust **trust);
/**
 * Add anchors from memory: PEM (any number), one certificate in DER, or a PKCS#7 of them.
 * @param trust   the trust; not NULL
 * @param bytes      the certificates; copied
 * @param len        its length in bytes
 * @param report     where findings go; may be NULL
 * @return DAOTP_OK when all were added; DAOTP_USAGE when @p trust or @p bytes is NULL, or the trust
 *         is in use already (CALL-ORDER); DAOTP_PEER when a certificate cannot be read (CERT-DER)
 *         or there are more than 4096 (LIMIT-SIZE); DAOTP_CONFIGURATION when there is no
 *         certificate (TRUST-EMPTY); DAOTP_MEMORY when memory ran out. Unless it returns DAOTP_OK,
 *         none is added
 * @since 0.1
 */
DAOTP_API daotp_status daotp_trust_add(daotp_trust *trust, const void *bytes, size_t len,
                                       daotp_report *report);
/**
 * Add the anchors of a file.
 * @param trust   the trust; not NULL
 * @param path    a file in PEM (any number), DER or PKCS#7, at most 4 MiB
 * @param report  where findings go; may be NULL
 * @return DAOTP_OK when all were added; DAOTP_USAGE when @p trust or @p path is NULL, or the trust
 *         is in use already (CALL-ORDER); DAOTP_PEER when a certificate cannot be read (CERT-DER)
 *         or there are more than 4096 (LIMIT-SIZE); DAOTP_CONFIGURATION when there is no
 *         certificate (TRUST-EMPTY) or the file cannot be read (FILE-READ); DAOTP_MEMORY when
 *         memory ran out. Unless it returns DAOTP_OK, none is added
 * @since 0.1
 */
DAOTP_API daotp_status daotp_trust_add_file(daotp_trust *trust, const char *path,
                                            daotp_report *report);
/**
 * Add the anchors of all files in a folder. A file is skipped as a whole, with the warning
 * TRUST-FILE, if it cannot be read, or if its name or content says that it holds certificates and
 * one of them cannot be read. Files of other kinds are ignored.
 * @param trust   the trust; not NULL
 * @param path    the folder
 * @param report  where findings go; may be NULL
 * @return DAOTP_OK when at least one was added; DAOTP_USAGE when @p trust or @p path is NULL, or
 *         the trust is in use already (CALL-ORDER); DAOTP_CONFIGURATION when the folder cannot be
 *         read (FILE-READ) or has no certificate that can be used (TRUST-EMPTY); DAOTP_MEMORY when
 *         memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_trust_add_directory(daotp_trust *trust, const char *path,
                                                 daotp_report *report);
/**
 * Add the anchors that the operating system trusts, from the file in which the distribution keeps
 * them.
 * @param trust   the trust; not NULL
 * @param report  where findings go; may be NULL
 * @return DAOTP_OK when all were added; DAOTP_USAGE when @p trust is NULL, or the trust is in use
 *         already (CALL-ORDER); DAOTP_PEER when a certificate cannot be read (CERT-DER) or there
 *         are more than 4096 (LIMIT-SIZE); DAOTP_CONFIGURATION when there is no certificate
 *         (TRUST-EMPTY) or this system has no such file (FILE-READ); DAOTP_MEMORY when memory ran
 *         out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_trust_add_system(daotp_trust *trust, daotp_report *report);
/**
 * Add intermediate certificates, which may be used to build a path but are not trusted themselves.
 * @param trust   the trust; not NULL
 * @param bytes      PEM (any number) or one certificate in DER; copied
 * @param len        its length in bytes
 * @param report     where findings go; may be NULL
 * @return DAOTP_OK when all were added; DAOTP_USAGE when @p trust or @p bytes is NULL, or the trust
 *         is in use already (CALL-ORDER); DAOTP_PEER when a certificate cannot be read (CERT-DER)
 *         or there are more than 4096 (LIMIT-SIZE); DAOTP_CONFIGURATION when there is no
 *         certificate (TRUST-EMPTY); DAOTP_MEMORY when memory ran out. Unless it returns DAOTP_OK,
 *         none is added
 * @since 0.1
 */
DAOTP_API daotp_status daotp_trust_add_intermediates(daotp_trust *trust, const void *bytes,
                                                     size_t len, daotp_report *report);
/**
 * Add CRLs from memory. A CRL counts only after its signature was verified under the issuer of the
 * certificate in question (RFC 5280 6.3.3). The result of that, and the index of a long CRL, are
 * shared by all users of this trust.
 * @param trust   the trust; not NULL
 * @param bytes      PEM (any number) or one CRL in DER; copied
 * @param len        its length in bytes
 * @param report     where findings go; may be NULL
 * @return DAOTP_OK when all were added; DAOTP_USAGE when @p trust or @p bytes is NULL, or the trust
 *         is in use already (CALL-ORDER); DAOTP_PEER when a CRL cannot be read (CRL-DER) or is too
 *         large (LIMIT-SIZE); DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_trust_add_crls(daotp_trust *trust, const void *bytes, size_t len,
                                            daotp_report *report);
/**
 * Add the CRLs of a file. It is copied into sealed memory and mapped from there, so that later
 * changes of the file have no effect.
 * @param trust   the trust; not NULL
 * @param path    DER, or PEM with any number of CRLs; at most 1 GiB
 * @param report  where findings go; may be NULL
 * @return DAOTP_OK when all were added; DAOTP_USAGE when @p trust or @p path is NULL, or the trust
 *         is in use already (CALL-ORDER); DAOTP_CONFIGURATION (FILE-READ) when the file cannot be
 *         read; DAOTP_PEER when a CRL cannot be read (CRL-DER) or is too large (LIMIT-SIZE);
 *         DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_trust_add_crl_file(daotp_trust *trust, const char *path,
                                                daotp_report *report);
/**
 * How many anchors there are.
 * @param trust  the trust; NULL is fine
 * @return the count; 0 when @p trust is NULL
 * @since 0.1
 */
DAOTP_API size_t daotp_trust_get_count(const daotp_trust *trust);
/**
 * Take one more reference; from now on the trust is immutable. Any thread.
 * @param trust  the trust; NULL is fine
 * @return @p trust
 * @since 0.1
 */
DAOTP_API daotp_trust *daotp_trust_ref(daotp_trust *trust);
/**
 * Release a reference; the last one frees the trust. Any thread.
 * @param trust  the trust; NULL is fine
 * @since 0.1
 */
DAOTP_API void daotp_trust_unref(daotp_trust *trust);

#ifdef __cplusplus
}
#endif
#endif
