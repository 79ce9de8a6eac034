/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file describe.h
 * In words: what a message, a request or a certificate holds.
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
 * Describe bytes whose kind is found out: either MS-OTPCE message (XML), a PKCS#10 request, a CMC
 * request or answer, PKCS#7, certificates, a bundle of them, CRLs, OCSP responses, PKCS#12 files,
 * keys; DER, PEM, base64 or UTF-16. A one-time password is never shown, only its length; of a
 * private key only form, algorithm and size.
 * @param context    the context; its wall clock decides what has expired
 * @param bytes      what to describe
 * @param len        its length in bytes
 * @param format     how
 * @param report     what is wrong with it goes here; may be NULL
 * @param[out] text  to be freed with daotp_free()
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY, DAOTP_PEER when it is none of these (INPUT-KIND),
 *         cannot be read (CERT-DER, CRL-DER, CSR-DER, OCSP-DER, KEY-READ, OTP-MESSAGE) or is too
 * large (LIMIT-SIZE).
 * @since 0.1
 */
DAOTP_API daotp_status daotp_describe(daotp_context *context, const void *bytes, size_t len,
                                      daotp_format format, daotp_report *report, char **text);

/**
 * Describe a CRL that was opened: issuer, number, key identifier, scope, where its delta CRLs are,
 * when the next one is published; not its entries, of which there may be millions.
 * @param crl        the CRL; not NULL
 * @param format     how
 * @param[out] text  to be freed with daotp_free()
 * @return DAOTP_OK; DAOTP_USAGE for a NULL argument or an unknown format; DAOTP_MEMORY; DAOTP_PEER
 *         when there is more to say than the limit for a description.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_describe_crl(const daotp_crl *crl, daotp_format format, char **text);

#ifdef __cplusplus
}
#endif
#endif
