/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file templates.h
 * The certificate templates that a certificate enrolment policy service offers the user (MS-XCEP
 * GetPolicies): which template, which key, and which CA issues by it.
 */
#ifndef DAOTP_TEMPLATES_H
#define DAOTP_TEMPLATES_H

#include <daotp/ca.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The templates of one answer of the service. Never changes: any number of threads may read it. */
typedef struct daotp_templates daotp_templates;

/** A text of a template. */
typedef enum daotp_template_text {
    DAOTP_TEMPLATE_NAME = 1,          /**< commonName: what `certreq` and the CA call it */
    DAOTP_TEMPLATE_DISPLAY_NAME = 2,  /**< what the consoles of Windows show */
    DAOTP_TEMPLATE_OID = 3,           /**< for daotp_client_set_template(); "" for version 1 */
    DAOTP_TEMPLATE_HASH = 4,          /**< OID of the hash the request must be signed with */
    DAOTP_TEMPLATE_KEY_ALGORITHM = 5, /**< OID of the public key's algorithm */
    DAOTP_TEMPLATE_PURPOSES = 6,      /**< OIDs of the extended key usage, a blank between two */
    DAOTP_TEMPLATE_RA_POLICY = 7,     /**< OID of the policy that an RA's certificate must have */
    DAOTP_TEMPLATE_RA_PURPOSES = 8    /**< OIDs of the purposes that it must have */
} daotp_template_text;

/** A number of a template. */
typedef enum daotp_template_number {
    DAOTP_TEMPLATE_SCHEMA = 1,            /**< policySchema: 1 to 4 */
    DAOTP_TEMPLATE_MAJOR = 2,             /**< its version, for daotp_client_set_template() */
    DAOTP_TEMPLATE_MINOR = 3,             /**< the same */
    DAOTP_TEMPLATE_KEY_BITS = 4,          /**< the fewest bits that the key may have */
    DAOTP_TEMPLATE_VALIDITY_S = 5,        /**< how long its certificates are good, in seconds */
    DAOTP_TEMPLATE_RENEWAL_S = 6,         /**< how long before the end they may be renewed */
    DAOTP_TEMPLATE_MAY_ENROLL = 7,        /**< 1: this user may enrol; 0: not */
    DAOTP_TEMPLATE_RA_SIGNATURES = 8,     /**< signatures that the request must have */
    DAOTP_TEMPLATE_PRIVATE_KEY_FLAGS = 9, /**< MS-CRTD 2.27 */
    DAOTP_TEMPLATE_SUBJECT_FLAGS = 10,    /**< MS-CRTD 2.28 */
    DAOTP_TEMPLATE_ENROLLMENT_FLAGS = 11, /**< MS-CRTD 2.26; 0x2: a manager must approve */
    DAOTP_TEMPLATE_GENERAL_FLAGS = 12     /**< MS-CRTD 2.4 */
} daotp_template_number;

/**
 * Ask a certificate enrolment policy service (CEP) which templates the user may enrol for, and at
 * which CA. Blocks.
 * @param service         of daotp_ca_new_wstep(), with the service's URL
 *                        ("https://HOST/ADPolicyProvider_CEP_UsernamePassword/service.svc/CEP") set
 *                        by daotp_ca_set_url() and the anchors by daotp_ca_set_trust(); no client
 *                        may use it during the call
 * @param user_name       DOMAIN\\user or UPN: the user as whom the call is made
 * @param ask             asked for the password, if the service takes one; NULL: not asked
 * @param user            given to @p ask
 * @param timeout_ms      milliseconds for the whole call, 1 or more
 * @param report          gets the findings and the status; not NULL
 * @param[out] templates  to be freed with daotp_templates_free(); NULL unless the answer is
 *                        DAOTP_OK
 * @return DAOTP_OK when the service answered, also if it offers no template; DAOTP_USAGE when @p
 *         service, @p user_name, @p report or @p templates is NULL, @p service has no URL or is not
 *         of daotp_ca_new_wstep(), or @p timeout_ms is below 1; DAOTP_TIMEOUT when the time passed;
 *         DAOTP_NETWORK when the service cannot be reached; DAOTP_PEER when the answer cannot be
 *         understood; DAOTP_REJECTED when the credential is refused; DAOTP_CONFIGURATION when
 *         anchors or a credential are missing; DAOTP_CANCELLED when @p ask cancelled;
 *         DAOTP_INTERNAL when a library below failed; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_ca_fetch_templates(daotp_ca *service, const char *user_name,
                                                daotp_domain_fn ask, void *user, int64_t timeout_ms,
                                                daotp_report *report, daotp_templates **templates);
/**
 * Free templates, and what is borrowed from them.
 * @param templates  the templates; NULL is fine
 * @since 0.1
 */
DAOTP_API void daotp_templates_free(daotp_templates *templates);
/**
 * How many templates are there?
 * @param templates  the templates; NULL is fine
 * @return the count; 0 when @p templates is NULL
 * @since 0.1
 */
DAOTP_API size_t daotp_templates_get_count(const daotp_templates *templates);
/**
 * Find a template.
 * @param templates  the templates; NULL is fine
 * @param name       its name, its display name or its OID; letters are compared without regard to
 *                   case
 * @return which one, from 0; the count when there is none of that name
 * @since 0.1
 */
DAOTP_API size_t daotp_templates_find(const daotp_templates *templates, const char *name);
/**
 * One text of one template.
 * @param templates  the templates; NULL is fine
 * @param at         which one, from 0
 * @param field      which text
 * @return borrowed until they are freed; "" for what is not there.
 * @since 0.1
 */
DAOTP_API const char *daotp_templates_get_text(const daotp_templates *templates, size_t at,
                                               daotp_template_text field);
/**
 * One number of one template.
 * @param templates  the templates; NULL is fine
 * @param at         which one, from 0
 * @param field      which number
 * @return the number; -1 for what is not there
 * @since 0.1
 */
DAOTP_API int64_t daotp_templates_get_number(const daotp_templates *templates, size_t at,
                                             daotp_template_number field);
/**
 * How many CAs issue by a template?
 * @param templates  the templates; NULL is fine
 * @param at         which template, from 0
 * @return the count; 0 for what is not there
 * @since 0.1
 */
DAOTP_API size_t daotp_templates_get_ca_count(const daotp_templates *templates, size_t at);
/**
 * The name of a CA that issues by a template.
 * @param templates  the templates; NULL is fine
 * @param at         which template, from 0
 * @param ca         which of its CAs, from 0
 * @return the subject of its certificate as RFC 4514 writes it, borrowed until the templates are
 *         freed; "" for what is not there
 * @since 0.1
 */
DAOTP_API const char *daotp_templates_get_ca_name(const daotp_templates *templates, size_t at,
                                                  size_t ca);
/**
 * Where a CA that issues by a template takes requests, for daotp_ca_set_url(). The address with the
 * best priority is given; addresses for renewal alone are left out.
 * @param templates       the templates; NULL is fine
 * @param at              which template, from 0
 * @param ca              which of its CAs, from 0
 * @param authentication  for which way to authenticate; DAOTP_CA_ANY: the best of all
 * @return an https URL, borrowed until the templates are freed; "" when there is none
 * @since 0.1
 */
DAOTP_API const char *daotp_templates_get_ca_url(const daotp_templates *templates, size_t at,
                                                 size_t ca, daotp_ca_authentication authentication);
/**
 * The certificate of a CA that issues by a template. It comes from the service: it is no anchor
 * until the application has another reason to trust it.
 * @param templates  the templates; NULL is fine
 * @param at         which template, from 0
 * @param ca         which of its CAs, from 0
 * @param[out] len   its octets; may be NULL
 * @return DER, borrowed until the templates are freed; NULL for what is not there
 * @since 0.1
 */
DAOTP_API const void *daotp_templates_get_ca_certificate(const daotp_templates *templates,
                                                         size_t at, size_t ca, size_t *len);

#ifdef __cplusplus
}
#endif
#endif
