/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file describe.h
 * Describes in words what a message, a request, a certificate or a CRL holds.
 */
#ifndef DAOTP_DESCRIBE_H
#define DAOTP_DESCRIBE_H

#include <daotp/crl.h>
#include <daotp/report.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How a description is written. */
typedef enum daotp_format {
    DAOTP_FORMAT_TEXT = 1, /**< indented lines, for a person */
    DAOTP_FORMAT_JSON = 2  /**< RFC 8259: an array of {"name", "value"} or {"name", "items"} */
} daotp_format;

/**
 * Describe bytes, after finding out what they are: a message of MS-OTPCE (XML), a PKCS#10 request,
 * a CMC request or response, a PKCS#7, a certificate or several, CRLs, an OCSP response, a PKCS#12
 * file, or a key; in DER, PEM, base64 or UTF-16. A one-time password is never shown, only its
 * length; of a private key only its form, algorithm and size. The certificates in a PKCS#12 file are
 * described only if its passphrase is empty.
 * @param context    the context; its wall clock decides what has expired
 * @param bytes      what to describe; not NULL
 * @param len        its length in bytes
 * @param format     one of ::daotp_format
 * @param report     gets what is wrong with the bytes; may be NULL
 * @param[out] text  to be freed with daotp_free(); NULL unless the call succeeds
 * @return DAOTP_OK when it was described; DAOTP_USAGE when another argument than @p report is NULL,
 *         or @p format is none of the values; DAOTP_PEER when the bytes are none of these
 *         (INPUT-KIND), cannot be read (CERT-DER, CRL-DER, CSR-DER, OCSP-DER, KEY-READ,
 *         OTP-MESSAGE), or the description would be larger than 1 MiB (LIMIT-SIZE); DAOTP_MEMORY
 *         when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_describe(daotp_context *context, const void *bytes, size_t len,
                                      daotp_format format, daotp_report *report, char **text);

/**
 * Describe a CRL that was opened: its issuer, number, authority key identifier, scope, the location
 * of delta CRLs, and when the next one is due. Its entries, of which there may be millions, are not
 * listed.
 * @param crl        the CRL; not NULL
 * @param format     one of ::daotp_format
 * @param[out] text  to be freed with daotp_free(); NULL unless the call succeeds
 * @return DAOTP_OK when it was described; DAOTP_USAGE when @p crl or @p text is NULL, or @p format
 *         is none of the values; DAOTP_PEER when the description would be larger than 1 MiB;
 *         DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_describe_crl(const daotp_crl *crl, daotp_format format, char **text);

#ifdef __cplusplus
}
#endif
#endif
