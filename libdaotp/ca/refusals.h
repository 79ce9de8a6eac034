/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Remembers the passwords that hosts have refused, during the life of one client. None of them is
 * sent to the same host again, because a directory locks an account after a few wrong passwords.
 * Only a keyed hash of each password is kept; each client has a random key, which is wiped with it.
 */
#ifndef DAOTP_CA_REFUSALS_H
#define DAOTP_CA_REFUSALS_H

#include "core/buffer.h"
#include "core/limits.h"

typedef struct daotp__refusals daotp__refusals;

/* A credential that may be sent to a host, in the enrolment of a user. */
typedef struct daotp__offer {
    const char *user;      /* the user who is enrolled */
    const char *host;      /* the host that would receive it */
    const char *user_name; /* the domain user of the password */
    daotp__bytes password;
} daotp__offer;

/* DAOTP_OK, DAOTP_MEMORY, DAOTP_INTERNAL when there is no randomness. */
daotp_status daotp__refusals_new(daotp__refusals **refusals);
void daotp__refusals_free(daotp__refusals *refusals);

/* The number of the next attempt: 1, plus the number of refusals by this host in the enrolments
 * of this user since the last success there. It starts again at 1 for another domain user or
 * another enrolled user. 0 when it cannot be computed. */
uint32_t daotp__refusals_attempt(const daotp__refusals *refusals, const char *host,
                                 const char *user);
/* Ask whether the credential may be sent. Reserves memory for its refusal, so that noting the
 * refusal cannot fail. DAOTP_OK; DAOTP_REJECTED when the host has refused it before, or the list
 * of refusals is full; DAOTP_MEMORY; DAOTP_INTERNAL when libcrypto fails. */
daotp_status daotp__refusals_offer(daotp__refusals *refusals, const daotp__offer *offer);
/* Note the result of the last offer; does nothing if no offer is open. */
void daotp__refusals_note_refusal(daotp__refusals *refusals);
void daotp__refusals_note_success(daotp__refusals *refusals);
/* Close the last offer without a result: it was not sent, or its result is unknown. */
void daotp__refusals_drop_offer(daotp__refusals *refusals);
/* Begin counting again, for another enrolled user. Refused passwords stay refused. */
void daotp__refusals_restart(daotp__refusals *refusals);

#endif
