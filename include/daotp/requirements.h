/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file requirements.h
 * What must a certificate of an OTP deployment be like, where is that set, and does this one hold?
 * The rules are those of a verifier with a role: there is no second copy of them.
 */
#ifndef DAOTP_REQUIREMENTS_H
#define DAOTP_REQUIREMENTS_H

#include <daotp/verify.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The requirements of one part, and what is known of one certificate. One thread at a time. */
typedef struct daotp_requirements daotp_requirements;

/** The parts that certificates play in a deployment. */
typedef enum daotp_part {
    DAOTP_PART_RA = 1,        /**< signs requests for the OTP server */
    DAOTP_PART_OTP_LOGON = 2, /**< what the enrolment yields, and its template */
    DAOTP_PART_MACHINE = 3,   /**< the computer's TLS client certificate */
    DAOTP_PART_SERVER = 4,    /**< the DirectAccess server's TLS certificate */
    DAOTP_PART_KDC = 5,       /**< a domain controller's */
    DAOTP_PART_CA = 6,        /**< the CA that issues logon certificates, and the stores */
    DAOTP_PART_NTAUTH = 7     /**< the list of CAs that may issue for logon */
} daotp_part;

/** Does a requirement hold? */
typedef enum daotp_requirement_state {
    DAOTP_REQUIREMENT_UNKNOWN = 0, /**< no certificate was looked at, or it does not show it */
    DAOTP_REQUIREMENT_PASS = 1,    /**< it holds */
    DAOTP_REQUIREMENT_FAIL = 2     /**< it does not hold */
} daotp_requirement_state;

/** A text of a requirement. */
typedef enum daotp_requirement_field {
    DAOTP_REQUIREMENT_ID = 1,        /**< "C2.1" */
    DAOTP_REQUIREMENT_WEIGHT = 2,    /**< "must", "should" or "may" */
    DAOTP_REQUIREMENT_STATEMENT = 3, /**< what must hold */
    DAOTP_REQUIREMENT_SETTING = 4,   /**< where it is set: template, CA or server */
    DAOTP_REQUIREMENT_COMMAND = 5,   /**< how to see the setting */
    DAOTP_REQUIREMENT_FOUND = 6,     /**< what was found in the certificate; "" unless it fails */
    DAOTP_REQUIREMENT_SOURCE = 7     /**< where the rule stands */
} daotp_requirement_field;

/**
 * Make the requirements of a part; all are unknown.
 * @param part               which
 * @param[out] requirements  to be freed with daotp_requirements_free()
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_requirements_new(daotp_part part, daotp_requirements **requirements);
/**
 * Free requirements, and the texts borrowed from them.
 * @param requirements  the requirements; NULL is fine
 * @since 0.1
 */
DAOTP_API void daotp_requirements_free(daotp_requirements *requirements);
/**
 * Add CAs that may issue for logon, as NTAuthCertificates lists them.
 * @param requirements  the requirements
 * @param bytes         PEM (any number) or one certificate in DER; copied
 * @param len           its length in bytes
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY, DAOTP_PEER (no certificate).
 * @since 0.1
 */
DAOTP_API daotp_status daotp_requirements_add_ntauth(daotp_requirements *requirements,
                                                     const void *bytes, size_t len);
/**
 * Look at a certificate: what it shows by itself passes or fails, the rest is unknown.
 * @param requirements  the requirements
 * @param context       its wall clock tells today's date
 * @param bytes         PEM, of which the first certificate counts, or one in DER
 * @param len           its length in bytes
 * @param report        why it cannot be read goes here; may be NULL
 * @return DAOTP_OK whatever passes or fails; DAOTP_USAGE; DAOTP_MEMORY; DAOTP_PEER when it cannot
 * be read (CERT-DER).
 * @since 0.1
 */
DAOTP_API daotp_status daotp_requirements_check(daotp_requirements *requirements,
                                                daotp_context *context, const void *bytes,
                                                size_t len, daotp_report *report);
/**
 * Take in what a verifier found about the same certificate: path, dates and revocation.
 * @param requirements  the requirements, after daotp_requirements_check()
 * @param report        daotp_verifier_get_report() of a run with DAOTP_VERIFY_EXPLAIN; the row about
 *                      NTAuth of a logon or a KDC certificate passes or fails only if that
 *                      verifier has the role and a list (daotp_verifier_add_ntauth()), and is
 *                      unknown otherwise
 * @return DAOTP_OK, DAOTP_USAGE.
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
 * @param at            which one, from 0
 * @param field         which text
 * @return borrowed until they are freed, or checked again; "" for what is not there.
 * @since 0.1
 */
DAOTP_API const char *daotp_requirements_get_text(const daotp_requirements *requirements, size_t at,
                                                  daotp_requirement_field field);
/**
 * Does a requirement hold?
 * @param requirements  the requirements; NULL is fine
 * @param at            which requirement, from 0
 * @return one of ::daotp_requirement_state; DAOTP_REQUIREMENT_UNKNOWN past the end
 * @since 0.1
 */
DAOTP_API daotp_requirement_state
daotp_requirements_get_state(const daotp_requirements *requirements, size_t at);
/**
 * The finding that says that a requirement does not hold.
 * @param requirements  the requirements; NULL is fine
 * @param at            which requirement, from 0
 * @return the number; DAOTP_FINDING_NONE when there is none, and past the end
 * @since 0.1
 */
DAOTP_API daotp_finding_number
daotp_requirements_get_finding(const daotp_requirements *requirements, size_t at);

#ifdef __cplusplus
}
#endif
#endif
