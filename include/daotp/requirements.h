/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file requirements.h
 * Requirements on the certificates of an OTP deployment: what must hold, where it is set, and
 * whether a given certificate fulfils it. The rules are those that a verifier with a role applies.
 */
#ifndef DAOTP_REQUIREMENTS_H
#define DAOTP_REQUIREMENTS_H

#include <daotp/verify.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The requirements on one part, and their states for one certificate. One thread at a time. */
typedef struct daotp_requirements daotp_requirements;

/** The parts of a deployment that have certificates. */
typedef enum daotp_part {
    DAOTP_PART_RA = 1,        /**< signs requests for the OTP server */
    DAOTP_PART_OTP_LOGON = 2, /**< the issued logon certificate, and its template */
    DAOTP_PART_MACHINE = 3,   /**< the computer's TLS client certificate */
    DAOTP_PART_SERVER = 4,    /**< the DirectAccess server's TLS certificate */
    DAOTP_PART_KDC = 5,       /**< a domain controller's */
    DAOTP_PART_CA = 6,        /**< the CA that issues logon certificates, and the stores */
    DAOTP_PART_NTAUTH = 7     /**< the list of CAs that may issue for logon */
} daotp_part;

/** Whether a requirement holds. */
typedef enum daotp_requirement_state {
    DAOTP_REQUIREMENT_UNKNOWN =
        0,                      /**< no certificate was checked, or it alone cannot decide this */
    DAOTP_REQUIREMENT_PASS = 1, /**< it holds */
    DAOTP_REQUIREMENT_FAIL = 2  /**< it does not hold */
} daotp_requirement_state;

/** A text of a requirement. */
typedef enum daotp_requirement_field {
    DAOTP_REQUIREMENT_ID = 1,        /**< "C2.1" */
    DAOTP_REQUIREMENT_WEIGHT = 2,    /**< "must", "should" or "may" */
    DAOTP_REQUIREMENT_STATEMENT = 3, /**< what must hold */
    DAOTP_REQUIREMENT_SETTING = 4,   /**< where it is set: template, CA or server */
    DAOTP_REQUIREMENT_COMMAND = 5,   /**< how to see the setting */
    DAOTP_REQUIREMENT_FOUND = 6,     /**< what was found in the certificate; "" unless it fails */
    DAOTP_REQUIREMENT_SOURCE = 7     /**< the document with the rule */
} daotp_requirement_field;

/**
 * Make the list of requirements for a part of the deployment; the state of each is unknown.
 * @param context            the context, whose wall clock gives today's date; referenced
 * @param part               one of ::daotp_part
 * @param[out] requirements  to be freed with daotp_requirements_free(); NULL unless the call
 *                           succeeds
 * @return DAOTP_OK when they were made; DAOTP_USAGE when @p context or @p requirements is NULL, or
 *         @p part is none of the values; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_requirements_new(daotp_context *context, daotp_part part,
                                              daotp_requirements **requirements);
/**
 * Free requirements, and the texts borrowed from them.
 * @param requirements  the requirements; NULL is fine
 * @since 0.1
 */
DAOTP_API void daotp_requirements_free(daotp_requirements *requirements);
/**
 * The reason why the last call on the requirements did not succeed. What a certificate fails is not
 * in it: see daotp_requirements_get_state().
 * @param requirements  the requirements; NULL is fine
 * @return the report, borrowed until the next call that returns a status; NULL only when @p
 *         requirements is NULL
 * @since 0.1
 */
DAOTP_API daotp_report *daotp_requirements_get_report(daotp_requirements *requirements);
/**
 * Add CAs that may issue for logon, as NTAuthCertificates lists them.
 * @param requirements  the requirements; not NULL
 * @param bytes         PEM (any number) or one certificate in DER; copied
 * @param len           its length in bytes
 * @return DAOTP_OK when they were added; DAOTP_USAGE when an argument is NULL; DAOTP_PEER
 * (CERT-DER) when a certificate cannot be read; DAOTP_CONFIGURATION (TRUST-EMPTY) when there is
 * none; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_requirements_add_ntauth(daotp_requirements *requirements,
                                                     const void *bytes, size_t len);
/**
 * Check a certificate: each requirement that the certificate alone can decide becomes passed or
 * failed, the others stay unknown.
 * @param requirements  the requirements; not NULL
 * @param bytes         PEM, of which the first certificate counts, or one in DER
 * @param len           its length in bytes
 * @return DAOTP_OK when the certificate was checked, whatever passes or fails; DAOTP_USAGE when
 *         an argument is NULL; DAOTP_PEER (CERT-DER) when it cannot be read;
 *         DAOTP_CONFIGURATION (TRUST-EMPTY) when there is no certificate; DAOTP_MEMORY when memory
 *         ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_requirements_check(daotp_requirements *requirements, const void *bytes,
                                                size_t len);
/**
 * Apply what a verifier found about the same certificate: path, dates and revocation.
 * @param requirements  the requirements, after daotp_requirements_check()
 * @param report        daotp_verifier_get_report() of a run with DAOTP_VERIFY_EXPLAIN; the row
 * about NTAuth of a logon or a KDC certificate passes or fails only if that verifier has the role
 * and a list (daotp_verifier_add_ntauth()), and is unknown otherwise
 * @return DAOTP_OK when it was taken; DAOTP_USAGE when an argument is NULL (CALL-ARGUMENT)
 * @since 0.1
 */
DAOTP_API daotp_status daotp_requirements_take_report(daotp_requirements *requirements,
                                                      const daotp_report *report);

/**
 * How many requirements there are.
 * @param requirements  the requirements; NULL is fine
 * @return the count; 0 when @p requirements is NULL
 * @since 0.1
 */
DAOTP_API size_t daotp_requirements_get_count(const daotp_requirements *requirements);
/**
 * One text of one requirement.
 * @param requirements  the requirements
 * @param index         which one, from 0
 * @param field         which text
 * @return the text, borrowed until the requirements are freed or checked again; "" when there is
 *         none, and past the end
 * @since 0.1
 */
DAOTP_API const char *daotp_requirements_get_text(const daotp_requirements *requirements,
                                                  size_t index, daotp_requirement_field field);
/**
 * Whether a requirement holds.
 * @param requirements  the requirements; NULL is fine
 * @param index         which requirement, from 0
 * @return one of ::daotp_requirement_state; DAOTP_REQUIREMENT_UNKNOWN past the end
 * @since 0.1
 */
DAOTP_API daotp_requirement_state
daotp_requirements_get_state(const daotp_requirements *requirements, size_t index);
/**
 * The finding that says that a requirement does not hold.
 * @param requirements  the requirements; NULL is fine
 * @param index         which requirement, from 0
 * @return the number; DAOTP_FINDING_NONE when there is none, and past the end
 * @since 0.1
 */
DAOTP_API daotp_finding_number
daotp_requirements_get_finding(const daotp_requirements *requirements, size_t index);

#ifdef __cplusplus
}
#endif
#endif
