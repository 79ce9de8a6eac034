/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The passwords that hosts have refused, for the life of one client: none is sent to its host
 * again, for a directory locks an account after a few wrong ones. What is kept of a password is a
 * keyed hash; the key is drawn for each client, and wiped with it.
 */
#ifndef DAOTP_CA_REFUSALS_H
#define DAOTP_CA_REFUSALS_H

#include "core/buffer.h"
#include "core/limits.h"

typedef struct daotp__refusals daotp__refusals;

/* A credential for a host, in the enrolment of a user. */
typedef struct daotp__offer {
    const char *user;      /* whose enrolment it is */
    const char *host;      /* who would get it */
    const char *user_name; /* the domain user's */
    daotp__bytes password;
} daotp__offer;

/* DAOTP_OK, DAOTP_MEMORY, DAOTP_INTERNAL when there is no randomness. */
daotp_status daotp__refusals_new(daotp__refusals **refusals);
void daotp__refusals_free(daotp__refusals *refusals);

/* The number of the attempt that comes next: 1, and one more for each refusal by this host in the
 * enrolments of this user, since the last success there, another domain user or another user. 0
 * when that cannot be computed. */
uint32_t daotp__refusals_attempt(const daotp__refusals *refusals, const char *host,
                                 const char *user);
/* May it be sent? Makes room for its refusal, so that noting it cannot fail. DAOTP_OK,
 * DAOTP_REJECTED when the host has refused it, or there is no room for another refusal;
 * DAOTP_MEMORY, DAOTP_INTERNAL. */
daotp_status daotp__refusals_offer(daotp__refusals *refusals, const daotp__offer *offer);
/* What became of the last offer; nothing when there is none that is open. */
void daotp__refusals_note_refusal(daotp__refusals *refusals);
void daotp__refusals_note_success(daotp__refusals *refusals);
/* It was not sent, or nothing is known of it. */
void daotp__refusals_drop_offer(daotp__refusals *refusals);
/* Another user's enrolments follow: counting begins anew. Refused passwords stay refused. */
void daotp__refusals_restart(daotp__refusals *refusals);

#endif
