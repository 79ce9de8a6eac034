/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file ra.h
 * The registration authority's own certificate, with which a responder signs: enrol it, and renew
 * it before it expires. It is valid for a few days only (two by the template that Microsoft
 * describes), so have a timer renew it.
 */
#ifndef DAOTP_RA_H
#define DAOTP_RA_H

#include <daotp/ca.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Enrol the certificate of a registration authority. A PKCS#10 (RFC 2986) for its template is
 * submitted as the machine, because the CA takes names and rights from the caller. By RPC the
 * machine is authenticated with its ticket in the credential cache, or with its key
 * (daotp_ca_set_keytab()); by a web service with Negotiate or a TLS client certificate. The issued
 * certificate is for @p key; daotp_requirements_check() with DAOTP_PART_RA tells whether a
 * responder can sign with it. Blocks.
 * @param ca               how the CA is reached, with the host allowed; no client may use it during
 *                         the call
 * @param config           "host\\name"
 * @param machine          its account: DOMAIN\\NAME$
 * @param template_oid     of the template for registration authorities, in dotted form
 * @param dns_name         of this host; asked for as subject and subjectAltName
 * @param key              the new key; referenced
 * @param timeout_ms       milliseconds for the whole call, 1 or more
 * @param report           gets the findings and the status; not NULL
 * @param[out] credential  certificate, chain and key; to be released with
 *                         daotp_credential_unref(). NULL unless DAOTP_OK
 * @return DAOTP_OK when the certificate was issued; DAOTP_USAGE when a pointer is NULL, @p
 *         timeout_ms is below 1, or (CALL-ARGUMENT says which) @p template_oid is no object
 *         identifier or @p dns_name no DNS name; DAOTP_TIMEOUT when the time passed;
 *         DAOTP_NETWORK when the CA or a KDC cannot be reached; DAOTP_PEER when an answer is
 *         malformed, unprotected or a fault; DAOTP_REJECTED when the host is not allowed, the CA or
 *         the KDC refuses, or the CA put the request aside (CA-PENDING); DAOTP_UNDECIDED when the
 *         request was sent and its answer lost; DAOTP_CONFIGURATION when there is no ticket or key
 *         of the machine, or the build lacks the part; DAOTP_INTERNAL when no descriptor is left or
 *         the Kerberos library failed; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_ra_enroll(daotp_ca *ca, const char *config, const char *machine,
                                       const char *template_oid, const char *dns_name,
                                       daotp_key *key, int64_t timeout_ms, daotp_report *report,
                                       daotp_credential **credential);
/**
 * Renew the certificate of a registration authority. A CMC full request (RFC 5272) is submitted
 * that names the old certificate and is signed with its key (MS-WCCE 3.1.1.4.3.2.2). Template,
 * subject and DNS name are those of the old certificate, which must still be valid. Blocks.
 * @param ca               how the CA is reached, with the host allowed; no client may use it during
 *                         the call
 * @param config           "host\\name"
 * @param machine          its account: DOMAIN\\NAME$
 * @param renewed          the old certificate with its key; not changed
 * @param key              the new key; referenced
 * @param timeout_ms       milliseconds for the whole call, 1 or more
 * @param report           gets the findings and the status; not NULL
 * @param[out] credential  certificate, chain and key; to be released with
 *                         daotp_credential_unref(). NULL unless DAOTP_OK
 * @return DAOTP_OK when the certificate was issued; DAOTP_USAGE when a pointer is NULL, or @p
 *         timeout_ms is below 1; DAOTP_TIMEOUT when the time passed; DAOTP_NETWORK when the CA or a
 *         KDC cannot be reached; DAOTP_PEER when an answer is malformed, unprotected or a fault;
 *         DAOTP_REJECTED when the host is not allowed, the CA or the KDC refuses, or the CA put the
 *         request aside (CA-PENDING); DAOTP_UNDECIDED when the request was sent and its answer
 *         lost; DAOTP_CONFIGURATION when the old certificate names no template (RA-TEMPLATE), there
 *         is no ticket or key of the machine, or the build lacks the part; DAOTP_INTERNAL when no
 *         descriptor is left or the Kerberos library failed; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_ra_renew(daotp_ca *ca, const char *config, const char *machine,
                                      daotp_credential *renewed, daotp_key *key, int64_t timeout_ms,
                                      daotp_report *report, daotp_credential **credential);

#ifdef __cplusplus
}
#endif
#endif
