/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file ra.h
 * The registration authority's own certificate, with which a responder signs: how it is enrolled,
 * and renewed before it is over. It lives for days only (the template that Microsoft describes:
 * two), so that it is renewed by a timer.
 */
#ifndef DAOTP_RA_H
#define DAOTP_RA_H

#include <daotp/ca.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Enrol the certificate of a registration authority: a PKCS#10 (RFC 2986) for its template goes to
 * the CA as the machine, for the CA takes names and rights from the caller. By RPC that is a ticket
 * of the machine in the credential cache, or its key (daotp_ca_set_keytab()); by a web service
 * Negotiate or a TLS client certificate. The certificate is one for the key; whether it is fit for
 * its part is told by daotp_requirements_check() and DAOTP_PART_RA. Blocks.
 * @param ca               the way to the CA, with the host allowed; serves no client in the
 * meantime
 * @param config           "host\\name"
 * @param machine          its account: DOMAIN\\NAME$
 * @param template_oid     of the template for registration authorities, in dotted form
 * @param dns_name         of this host; asked for as subject and subjectAltName
 * @param key              the new key; counted, not copied
 * @param timeout_ms       until all must be done, above 0
 * @param report           gets the findings and the status
 * @param[out] credential  certificate, chain and key; to be let go with daotp_credential_unref().
 *                         NULL unless DAOTP_OK
 * @return DAOTP_OK when the certificate was issued; DAOTP_USAGE when a pointer is NULL, @p
 *         template_oid is no object identifier, @p dns_name no DNS name, or @p timeout_ms below 1;
 *         DAOTP_TIMEOUT when the time passed; DAOTP_NETWORK when the CA or a KDC cannot be reached;
 *         DAOTP_PEER when an answer is malformed, unprotected or a fault; DAOTP_REJECTED when the
 *         host is not allowed, or the CA or the KDC refuses; DAOTP_UNDECIDED when the request was
 *         put aside, or sent and its answer lost; DAOTP_CONFIGURATION when there is no ticket or
 *         key of the machine, or the build lacks the part; DAOTP_INTERNAL when no descriptor is
 *         left or the Kerberos library failed; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_ra_enroll(daotp_ca *ca, const char *config, const char *machine,
                                       const char *template_oid, const char *dns_name,
                                       daotp_key *key, int64_t timeout_ms, daotp_report *report,
                                       daotp_credential **credential);
/**
 * Renew it: a CMC full request (RFC 5272) that is signed with the old key and names the old
 * certificate (MS-WCCE 3.1.1.4.3.2.2). Template and DNS name are those of the old certificate,
 * which must still be valid. Blocks.
 * @param ca               as for daotp_ra_enroll()
 * @param config           "host\\name"
 * @param machine          its account: DOMAIN\\NAME$
 * @param renewed          the old certificate with its key; counted, not copied
 * @param key              the new key; counted, not copied
 * @param timeout_ms       until all must be done, above 0
 * @param report           gets the findings and the status
 * @param[out] credential  as for daotp_ra_enroll()
 * @return as daotp_ra_enroll(), and DAOTP_CONFIGURATION (RA-TEMPLATE) when the old certificate
 * names no template
 * @since 0.1
 */
DAOTP_API daotp_status daotp_ra_renew(daotp_ca *ca, const char *config, const char *machine,
                                      daotp_credential *renewed, daotp_key *key, int64_t timeout_ms,
                                      daotp_report *report, daotp_credential **credential);

#ifdef __cplusplus
}
#endif
#endif
