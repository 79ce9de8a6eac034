/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file crl.h
 * Reads one CRL: its fields, whether an issuer signed it, and whether it lists a serial number. Its
 * entries, of which there may be millions, are not turned into objects. To check the revocation of
 * a path, use verify.h; this header is for tools, and for programs that manage CRLs themselves.
 *
 * Threads: a CRL belongs to one thread at a time.
 */
#ifndef DAOTP_CRL_H
#define DAOTP_CRL_H

#include <daotp/report.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A certificate revocation list. Opaque. */
typedef struct daotp_crl daotp_crl;

/**
 * Open a file that holds one CRL. The file is copied into sealed memory, so that later changes of
 * the file have no effect.
 * @param context   the context; referenced
 * @param path      one CRL in DER or PEM, at most 1 GiB; a file with a second one is refused
 * @param report    where findings go; may be NULL
 * @param[out] crl  to be freed with daotp_crl_free(); NULL unless the call succeeds
 * @return DAOTP_OK when it was opened; DAOTP_USAGE when another argument than @p report is NULL;
 *         DAOTP_CONFIGURATION (FILE-READ) when the file cannot be read; DAOTP_PEER when it is no
 *         CRL or holds several (CRL-DER), or is larger than 1 GiB (LIMIT-SIZE); DAOTP_MEMORY when
 *         memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_crl_open(daotp_context *context, const char *path,
                                      daotp_report *report, daotp_crl **crl);
/**
 * Open one of the CRLs of a file that may hold several, in PEM. Every block of the file is read by
 * each call: one that cannot be read refuses the file, by its place.
 * @code
 * for (i = 0; i == 0 || i < count; i++)
 *     if (daotp_crl_open_at(context, path, i, report, &crl) == DAOTP_OK)
 *         count = daotp_crl_get_file_count(crl); // then look into it, and free it
 * @endcode
 * @param context   the context; referenced
 * @param path      PEM with any number of CRLs, or one in DER; at most 1 GiB
 * @param index     which CRL, from 0
 * @param report    where findings go; may be NULL
 * @param[out] crl  to be freed with daotp_crl_free(); NULL on failure
 * @return DAOTP_OK when it was opened; DAOTP_USAGE when another argument than @p report is NULL, or
 *         the file holds @p index CRLs or fewer; DAOTP_CONFIGURATION (FILE-READ) when the file
 *         cannot be read; DAOTP_PEER when a block of it is no CRL (CRL-DER), or it is larger than 1
 * GiB (LIMIT-SIZE); DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_crl_open_at(daotp_context *context, const char *path, size_t index,
                                         daotp_report *report, daotp_crl **crl);
/**
 * How many CRLs the file holds that this one was opened from.
 * @param crl  the CRL; NULL is fine
 * @return the count; 0 when @p crl is NULL
 * @since 0.1
 */
DAOTP_API size_t daotp_crl_get_file_count(const daotp_crl *crl);
/**
 * Free a CRL.
 * @param crl  the CRL; NULL is fine
 * @since 0.1
 */
DAOTP_API void daotp_crl_free(daotp_crl *crl);
/**
 * The reason why the last daotp_crl_verify(), daotp_crl_index() or daotp_crl_find() did not
 * succeed.
 * @param crl  the CRL; NULL is fine
 * @return the report, borrowed until the next of these calls on @p crl; NULL only when @p crl is
 *         NULL
 * @since 0.1
 */
DAOTP_API daotp_report *daotp_crl_get_report(daotp_crl *crl);

/**
 * The issuer's name as text (RFC 4514).
 * @param crl  the CRL; NULL is fine
 * @return the text, borrowed as long as the CRL; "" when @p crl is NULL
 * @since 0.1
 */
DAOTP_API const char *daotp_crl_get_issuer(const daotp_crl *crl);
/**
 * The CRL number (RFC 5280 5.2.3), in hexadecimal.
 * @param crl  the CRL; NULL is fine
 * @return the text, borrowed as long as the CRL; "" when it has none
 * @since 0.1
 */
DAOTP_API const char *daotp_crl_get_number(const daotp_crl *crl);
/**
 * The number of the complete CRL to which this is a delta (RFC 5280 5.2.4), in hexadecimal.
 * @param crl  the CRL; NULL is fine
 * @return the text, borrowed as long as the CRL; "" for a complete CRL
 * @since 0.1
 */
DAOTP_API const char *daotp_crl_get_base_number(const daotp_crl *crl);
/**
 * thisUpdate of the CRL.
 * @param crl  the CRL; NULL is fine
 * @return seconds since 1970-01-01T00:00:00Z; 0 when @p crl is NULL
 * @since 0.1
 */
DAOTP_API int64_t daotp_crl_get_this_update(const daotp_crl *crl);
/**
 * nextUpdate of the CRL.
 * @param crl  the CRL; NULL is fine
 * @return seconds since 1970-01-01T00:00:00Z; 0 when it has none
 * @since 0.1
 */
DAOTP_API int64_t daotp_crl_get_next_update(const daotp_crl *crl);
/**
 * The size of the CRL in DER.
 * @param crl  the CRL; NULL is fine
 * @return octets; 0 when @p crl is NULL
 * @since 0.1
 */
DAOTP_API size_t daotp_crl_get_size(const daotp_crl *crl);
/**
 * Whether this is an indirect CRL, which may also list certificates of other issuers (RFC 5280
 * 5.2.5).
 * @param crl  the CRL; NULL is fine
 * @return true when it does; false when @p crl is NULL
 * @since 0.1
 */
DAOTP_API bool daotp_crl_is_indirect(const daotp_crl *crl);

/**
 * Read every entry and verify the signature. Needed before daotp_crl_find() and daotp_crl_index().
 * @param crl     the CRL; not NULL
 * @param bytes   the issuer's certificate in DER, or several in PEM, of which one must be the
 *                signer's
 * @param len     its length in bytes
 * @return DAOTP_OK when one of the certificates signed it and every entry can be read; DAOTP_USAGE
 *         when @p crl or @p bytes is NULL; DAOTP_PEER (CERT-DER) when a certificate cannot be read;
 *         DAOTP_CONFIGURATION (TRUST-EMPTY) when there is none; DAOTP_UNDECIDED when none has the
 *         name of the CRL's issuer and may sign CRLs (CRL-SIGNER), the signature does not verify
 *         (CRL-SIGNATURE), its algorithm is not accepted (CRL-ALGORITHM), or an entry is malformed
 *         (CRL-ENTRIES); DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_crl_verify(daotp_crl *crl, const void *bytes, size_t len);
/**
 * How many entries the CRL has. The first call reads all entries.
 * @param crl  the CRL; NULL is fine
 * @return the count; 0 when @p crl is NULL or an entry is malformed; then the first call adds
 *         CRL-ENTRIES to the report of daotp_crl_get_report(), with entry, octet and rule
 * @since 0.1
 */
DAOTP_API size_t daotp_crl_get_count(daotp_crl *crl);
/**
 * Make an index over the serial numbers, so that each look-up reads only a few entries. Otherwise
 * the second look-up makes it.
 * @param crl  the CRL; not NULL
 * @return DAOTP_OK when the index was made; DAOTP_USAGE when @p crl is NULL, was not verified
 *         (CALL-ORDER), or has entries of other issuers (CALL-ARGUMENT); DAOTP_MEMORY when memory
 *         ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_crl_index(daotp_crl *crl);
/**
 * Look up a serial number of the CRL's own issuer.
 * @param crl          the CRL; not NULL
 * @param serial       octets of the INTEGER, as a certificate holds them
 * @param len          its length in bytes
 * @param[out] reason  the reason code (RFC 5280 5.3.1); may be NULL
 * @param[out] date    the revocation date, seconds since 1970-01-01T00:00:00Z; may be NULL
 * @return DAOTP_OK when it is not listed, or was removed again (removeFromCRL); DAOTP_REJECTED when
 *         it is listed; DAOTP_UNDECIDED when the CRL was not verified before (CALL-ORDER), or
 * memory ran out (CALL-MEMORY); DAOTP_USAGE when @p crl or @p serial is NULL, or @p len is 0
 * @since 0.1
 */
DAOTP_API daotp_status daotp_crl_find(daotp_crl *crl, const void *serial, size_t len, int *reason,
                                      int64_t *date);

#ifdef __cplusplus
}
#endif
#endif
