/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file trust.h
 * Trust: the anchors under which a peer's certificate is believed, and what helps to judge it:
 * intermediate certificates and CRLs. Filled first, then handed to
 * clients; from then on it is immutable, and any number of threads may use it at once.
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
 * Make an empty trust: it believes nobody.
 * @param context     the context
 * @param[out] trust  to be let go with daotp_trust_unref()
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_trust_new(daotp_context *context, daotp_trust **trust);
/**
 * Add anchors from memory: PEM (any number), one certificate in DER, or a PKCS#7 of them.
 * @param trust      the trust
 * @param bytes      the certificates; copied
 * @param len        its length in bytes
 * @param report     where findings go; may be NULL
 * @return DAOTP_OK, DAOTP_USAGE (it is in use already), DAOTP_MEMORY, DAOTP_PEER (CERT-DER),
 *         DAOTP_CONFIGURATION (TRUST-EMPTY).
 * @since 0.1
 */
DAOTP_API daotp_status daotp_trust_add(daotp_trust *trust, const void *bytes, size_t len,
                                       daotp_report *report);
/**
 * Add the anchors of a file.
 * @param trust   the trust
 * @param path    PEM or DER
 * @param report  where findings go; may be NULL
 * @return as daotp_trust_add(), and DAOTP_CONFIGURATION (FILE-READ).
 * @since 0.1
 */
DAOTP_API daotp_status daotp_trust_add_file(daotp_trust *trust, const char *path,
                                            daotp_report *report);
/**
 * Add the anchors of all files in a folder. A file that cannot be read, or that is meant to hold
 * certificates and has one that cannot be read, is not used: TRUST-FILE, a warning, names it with
 * the place in it. A file of another kind is passed over.
 * @param trust   the trust
 * @param path    the folder
 * @param report  where findings go; may be NULL
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY, DAOTP_CONFIGURATION (FILE-READ, TRUST-EMPTY).
 * @since 0.1
 */
DAOTP_API daotp_status daotp_trust_add_directory(daotp_trust *trust, const char *path,
                                                 daotp_report *report);
/**
 * Add the anchors that the system trusts, as the distribution keeps them.
 * @param trust   the trust
 * @param report  where findings go; may be NULL
 * @return as daotp_trust_add_file().
 * @since 0.1
 */
DAOTP_API daotp_status daotp_trust_add_system(daotp_trust *trust, daotp_report *report);
/**
 * Add certificates that may stand between an anchor and another; they are not believed.
 * @param trust      the trust
 * @param bytes      PEM (any number) or one certificate in DER; copied
 * @param len        its length in bytes
 * @param report     where findings go; may be NULL
 * @return as daotp_trust_add().
 * @since 0.1
 */
DAOTP_API daotp_status daotp_trust_add_intermediates(daotp_trust *trust, const void *bytes,
                                                     size_t len, daotp_report *report);
/**
 * Add CRLs from memory. Each is believed once its signature was checked under the certificate it
 * is for (RFC 5280 6.3.3); that, and an index of a long one, is then shared by all who use this.
 * @param trust      the trust
 * @param bytes      PEM (any number) or one CRL in DER; copied
 * @param len        its length in bytes
 * @param report     where findings go; may be NULL
 * @return DAOTP_OK, DAOTP_USAGE (it is in use already), DAOTP_MEMORY, DAOTP_PEER (CRL-DER).
 * @since 0.1
 */
DAOTP_API daotp_status daotp_trust_add_crls(daotp_trust *trust, const void *bytes, size_t len,
                                            daotp_report *report);
/**
 * Add the CRL of a file: copied into memory that nobody can change, and mapped from there, so that
 * one of millions of entries costs no memory of the process.
 * @param trust   the trust
 * @param path    DER or PEM, at most 1 GiB
 * @param report  where findings go; may be NULL
 * @return as daotp_trust_add_crls(), and DAOTP_CONFIGURATION (FILE-READ).
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
 * Let go of a reference; with the last one the trust is freed. Any thread.
 * @param trust  the trust; NULL is fine
 * @since 0.1
 */
DAOTP_API void daotp_trust_unref(daotp_trust *trust);

#ifdef __cplusplus
}
#endif
#endif
