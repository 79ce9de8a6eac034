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
 * Asks for the user's domain credential. Runs in the thread of the step; it may block if the
 * application allows that.
 *
 * A password that a host has refused is never sent to that host again by the same client; the
 * enrolment then ends with DOMAIN-REPEATED, because a directory locks an account after a few wrong
 * passwords.
 * @param user     the pointer given with the callback
 * @param host     the host that will get the password, and the only one
 * @param origin   where the name of that host came from
 * @param attempt  1, plus one for each credential that this host has refused before, in successive
 *                 enrolments of this user with this client. It is 1 again after a success at this
 *                 host, when another domain user is given, or when daotp_client_prepare() is called
 *                 for another user. If it is above 1, ask the person instead of giving a stored
 *                 password
 * @param answer   to be filled in with daotp_domain_credential_set()
 * @return DAOTP_OK when @p answer was filled in; DAOTP_CANCELLED to end the run; DAOTP_AGAIN when
 *         the answer comes later, by daotp_client_answer_domain(): then @p answer is not used and
 *         the client waits. Any other value says that there is no credential; so does DAOTP_AGAIN
 *         in a blocking call and in daotp_ca_ping(), where nobody could answer later
 */
typedef daotp_status (*daotp_domain_fn)(void *user, const char *host, daotp_host_origin origin,
                                        uint32_t attempt, daotp_domain_credential *answer);

/**
 * Fill in the credential, inside the callback.
 * @param answer     the callback's argument
 * @param user_name  DOMAIN\\user or UPN, copied
 * @param password   UTF-8, not terminated; copied into memory that is wiped; the caller wipes its
 *                   own copy
 * @param len        its length in bytes, 0 to 1024
 * @return DAOTP_OK when it was taken; DAOTP_USAGE when an argument is NULL, @p user_name is empty,
 *         @p len is above 1024, or one of the two is not UTF-8 or holds control characters;
 *         DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_domain_credential_set(daotp_domain_credential *answer,
                                                   const char *user_name, const char *password,
                                                   size_t len);

#ifdef __cplusplus
}
#endif
#endif
