/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file domain.h
 * The user's domain credential: name and password for the certification authority.
 */
#ifndef DAOTP_DOMAIN_H
#define DAOTP_DOMAIN_H

#include <daotp/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Where an answer goes. Opaque; valid during the callback only. */
typedef struct daotp_domain_credential daotp_domain_credential;

/**
 * Asks for the user's domain credential. Runs in the thread of the step; may block if the
 * application can.
 * @param user     the pointer given with it
 * @param host     which host will get it; it is sent nowhere else
 * @param attempt  1 the first time for this enrolment, then 2, ...: a stored password that was
 *                 refused is not to be given again
 * @param answer   fill in with daotp_domain_credential_set()
 * @return DAOTP_OK when answered, DAOTP_CANCELLED to end the run, anything else for "have none"
 */
typedef daotp_status (*daotp_domain_fn)(void *user, const char *host, uint32_t attempt,
                                        daotp_domain_credential *answer);

/**
 * Answer.
 * @param answer     the callback's
 * @param user_name  DOMAIN\\user or UPN, copied
 * @param password   copied into memory that is wiped; the caller wipes its own
 * @param len        its length in bytes
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY. Since 0.1.
 */
DAOTP_API daotp_status daotp_domain_credential_set(daotp_domain_credential *answer,
                                                   const char *user_name, const char *password,
                                                   size_t len);

#ifdef __cplusplus
}
#endif
#endif
