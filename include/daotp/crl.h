/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file crl.h
 * One CRL, to look into it: what it says of itself, whether it is signed by an issuer, and whether
 * a serial number is on it. Millions of entries are never turned into objects. What a path needs is
 * in verify.h; this is for tools, and for who keeps lists of their own.
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
 * Open a file: it is copied into memory that nobody can change, and mapped from there.
 * @param context   the context
 * @param path      one CRL in DER or PEM, at most 1 GiB; a file with a second one is refused
 * @param report    where findings go; may be NULL
 * @param[out] crl  to be freed with daotp_crl_free()
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY, DAOTP_CONFIGURATION (FILE-READ), DAOTP_PEER
 *         (CRL-DER).
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
 * @param context   the context
 * @param path      PEM with any number of CRLs, or one in DER; at most 1 GiB
 * @param at        which of them, from 0
 * @param report    where findings go; may be NULL
 * @param[out] crl  to be freed with daotp_crl_free(); NULL on failure
 * @return DAOTP_OK, DAOTP_USAGE (also when the file holds no such CRL), DAOTP_MEMORY,
 *         DAOTP_CONFIGURATION (FILE-READ), DAOTP_PEER (CRL-DER, LIMIT-SIZE).
 * @since 0.1
 */
DAOTP_API daotp_status daotp_crl_open_at(daotp_context *context, const char *path, size_t at,
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
 * Does the CRL answer for certificates of other issuers too (RFC 5280 5.2.5)?
 * @param crl  the CRL; NULL is fine
 * @return true when it does; false when @p crl is NULL
 * @since 0.1
 */
DAOTP_API bool daotp_crl_is_indirect(const daotp_crl *crl);

/**
 * Look at every entry and check the signature.
 * @param crl        the CRL
 * @param bytes      the issuer's certificate in DER, or any number in PEM: one of them must do
 * @param len        its length in bytes
 * @param report     where findings go; may be NULL
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY, DAOTP_PEER (CERT-DER), DAOTP_UNDECIDED (CRL-SIGNER,
 *         CRL-SIGNATURE, CRL-ALGORITHM, CRL-ENTRIES).
 * @since 0.1
 */
DAOTP_API daotp_status daotp_crl_verify(daotp_crl *crl, const void *bytes, size_t len,
                                        daotp_report *report);
/**
 * How many entries the CRL has. Each is looked at to count them.
 * @param crl  the CRL; NULL is fine
 * @return the count; 0 also for a malformed CRL
 * @since 0.1
 */
DAOTP_API size_t daotp_crl_get_count(daotp_crl *crl);
/**
 * Make the index, so that each look-up is a few reads. It is made at the second look-up anyway.
 * @param crl  the CRL; not NULL
 * @return DAOTP_OK, DAOTP_USAGE (it was not verified, or has entries of
 *         other issuers), DAOTP_MEMORY.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_crl_index(daotp_crl *crl);
/**
 * Is a serial number on it?
 * @param crl          the CRL
 * @param serial       octets of the INTEGER, as a certificate holds them
 * @param len          its length in bytes
 * @param[out] reason  the reason code (RFC 5280 5.3.1); may be NULL
 * @param[out] date    when, seconds since 1970-01-01 UTC; may be NULL
 * @return DAOTP_OK when it is not listed, DAOTP_REJECTED when it is, DAOTP_USAGE, DAOTP_UNDECIDED
 *         when the list was not verified before.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_crl_find(daotp_crl *crl, const void *serial, size_t len, int *reason,
                                      int64_t *date);

#ifdef __cplusplus
}
#endif
#endif
