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

/** Where the name of a host came from. */
typedef enum daotp_host_origin {
    DAOTP_HOST_CONFIGURED = 1, /**< the application set it: the URL, or the host in the template */
    DAOTP_HOST_FROM_SERVER = 2 /**< the OTP server named it (IssuingCA), and it is one of those that
                                    daotp_ca_allow_host() allows */
} daotp_host_origin;

/** Where an answer goes. Opaque; valid during the callback only. */
typedef struct daotp_domain_credential daotp_domain_credential;

/**
 * Asks for the user's domain credential. Runs in the thread of the step; may block if the
 * application can.
 *
 * A password that a host has refused is not sent to it again as long as the client lives, whatever
 * is answered: the enrolment then ends with DOMAIN-REPEATED, for a directory locks an account after
 * a few wrong passwords.
 * @param user     the pointer given with it
 * @param host     which host will get it; it is sent nowhere else
 * @param origin   where the name of that host came from
 * @param attempt  1, and one more for each credential that this host has refused in enrolments of
 *                 this user with this client, one after the other: since a success at this host,
 *                 since the domain user was another, or since daotp_client_prepare() was called for
 *                 another user. Above 1, ask the person instead of giving what is stored
 * @param answer   fill in with daotp_domain_credential_set()
 * @return DAOTP_OK when answered, DAOTP_CANCELLED to end the run, anything else for "have none".
 *         DAOTP_AGAIN: the answer comes later, by daotp_client_answer_domain(); then @p answer is
 *         not used, and the client waits. In a blocking call, and in daotp_ca_ping(), nobody could
 *         answer later, so DAOTP_AGAIN is "have none" there
 */
typedef daotp_status (*daotp_domain_fn)(void *user, const char *host, daotp_host_origin origin,
                                        uint32_t attempt, daotp_domain_credential *answer);

/**
 * Answer.
 * @param answer     the callback's
 * @param user_name  DOMAIN\\user or UPN, copied
 * @param password   copied into memory that is wiped; the caller wipes its own
 * @param len        its length in bytes
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_domain_credential_set(daotp_domain_credential *answer,
                                                   const char *user_name, const char *password,
                                                   size_t len);

#ifdef __cplusplus
}
#endif
#endif
