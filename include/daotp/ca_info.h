/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file ca_info.h
 * What a certification authority says about itself: its names, the templates that it offers, its
 * certificate. No certificate request is submitted for that.
 */
#ifndef DAOTP_CA_INFO_H
#define DAOTP_CA_INFO_H

#include <daotp/ca.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What a CA said about itself. Opaque, immutable; belongs to its caller. */
typedef struct daotp_ca_info daotp_ca_info;

/**
 * Ask a CA about itself by DCOM (ICertRequestD2::GetCAProperty, MS-WCCE 3.2.1.4.3.2). Each step is
 * a finding (CA-STEP). A property that the CA does not give is a warning (CA-PROPERTY), and is
 * empty in the result. The result is not validated: the caller decides whether to trust the
 * certificate. Blocks.
 * @param ca          made with daotp_ca_new_rpc(), with any ::daotp_ca_way, with the host allowed;
 *                    no client may use it during the call
 * @param config      "host\\name", or "host" for the one CA of that host
 * @param user_name   DOMAIN\\user or UPN: the user as whom the call is made
 * @param ask         asked for the password if there is no ticket of the user; NULL: not asked
 * @param user        given to @p ask
 * @param timeout_ms  milliseconds for the whole call, 1 or more
 * @param report      gets the findings and the status; not NULL
 * @param[out] info   to be freed with daotp_ca_info_free(); NULL unless DAOTP_OK
 * @return DAOTP_OK when the CA gave its name; DAOTP_USAGE when @p ca is not of daotp_ca_new_rpc(),
 *         a pointer other than @p ask and @p user is NULL, or @p timeout_ms is below 1;
 *         DAOTP_TIMEOUT when the time passed; DAOTP_NETWORK when the host, its ports or a KDC
 *         cannot be reached; DAOTP_PEER when an answer is malformed, unprotected or a fault;
 *         DAOTP_REJECTED when the host is not allowed, there is no CA of this name, or the CA or
 *         the KDC refuses the user; DAOTP_CONFIGURATION when there is no ticket, key or password,
 *         or the build has no libkrb5; DAOTP_CANCELLED when @p ask cancelled; DAOTP_INTERNAL when
 *         no descriptor is left or the Kerberos library failed; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_ca_ask_info(daotp_ca *ca, const char *config, const char *user_name,
                                         daotp_domain_fn ask, void *user, int64_t timeout_ms,
                                         daotp_report *report, daotp_ca_info **info);
/**
 * Free the answers of a CA.
 * @param info  the answers; NULL is fine
 * @since 0.1
 */
DAOTP_API void daotp_ca_info_free(daotp_ca_info *info);
/**
 * The CA's name: the part of IssuingCA after the backslash.
 * @param info  the answers; NULL is fine
 * @return the name, borrowed as long as the answers; "" when @p info is NULL
 * @since 0.1
 */
DAOTP_API const char *daotp_ca_info_get_name(const daotp_ca_info *info);
/**
 * The sanitized name: the CA's name as it is written in file names and in the directory (MS-WCCE
 * 3.1.1.4.1.1).
 * @param info  the answers; NULL is fine
 * @return the name, borrowed as long as the answers; "" when the CA did not give it, or @p
 *         info is NULL
 * @since 0.1
 */
DAOTP_API const char *daotp_ca_info_get_sanitized_name(const daotp_ca_info *info);
/**
 * The DNS name that the CA's host gives itself.
 * @param info  the answers; NULL is fine
 * @return the name, borrowed as long as the answers; "" when the CA did not give it, or @p
 *         info is NULL
 * @since 0.1
 */
DAOTP_API const char *daotp_ca_info_get_dns_name(const daotp_ca_info *info);
/**
 * How many templates it offers.
 * @param info  the answers; NULL is fine
 * @return the count; 0 also when the CA did not give it, or @p info is NULL
 * @since 0.1
 */
DAOTP_API size_t daotp_ca_info_get_template_count(const daotp_ca_info *info);
/**
 * The name of a template (its cn in the directory).
 * @param info   the answers; NULL is fine
 * @param index  which, from 0
 * @return the name, borrowed as long as the answers; "" past the end
 * @since 0.1
 */
DAOTP_API const char *daotp_ca_info_get_template_name(const daotp_ca_info *info, size_t index);
/**
 * The object identifier of a template.
 * @param info   the answers; NULL is fine
 * @param index  which, from 0
 * @return the identifier in dotted form, borrowed as long as the answers; "" for templates of
 *         version 1, which have none, and past the end
 * @since 0.1
 */
DAOTP_API const char *daotp_ca_info_get_template_oid(const daotp_ca_info *info, size_t index);
/**
 * How many certificates there are: that of the CA and those that lead from it towards a root.
 * @param info  the answers; NULL is fine
 * @return the count; 0 also when the CA did not give it, or @p info is NULL
 * @since 0.1
 */
DAOTP_API size_t daotp_ca_info_get_count(const daotp_ca_info *info);
/**
 * A certificate in DER, borrowed as long as the answers.
 * @param info      the answers; NULL is fine
 * @param index     0 for the CA's newest
 * @param[out] len  its length in bytes, 0 past the end
 * @return its bytes; NULL past the end
 * @since 0.1
 */
DAOTP_API const void *daotp_ca_info_get_certificate(const daotp_ca_info *info, size_t index,
                                                    size_t *len);
/**
 * The certificates as PEM, the CA's first.
 * @param info      the answers
 * @param[out] pem  to be freed with daotp_free()
 * @param[out] len  its length in bytes, without the NUL behind it
 * @return DAOTP_OK when it was written; DAOTP_USAGE when an argument is NULL; DAOTP_MEMORY when
 *         memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_ca_info_copy_pem(const daotp_ca_info *info, char **pem, size_t *len);

#ifdef __cplusplus
}
#endif
#endif
