/* SPDX-License-Identifier: BSD-2-Clause */
/* The private half of a key that a backend holds (daotp/sys/key_backend.h). */
#ifndef DAOTP_X509_HELD_KEY_H
#define DAOTP_X509_HELD_KEY_H

#include "core/report.h"

#include <daotp/sys/key_backend.h>
#include <openssl/types.h>

typedef struct daotp__held_key daotp__held_key;

/* Make a held key from a backend's table. The table is copied; self is owned from now on, and
 * ended with it as daotp_key_new() describes, also on failure. */
daotp_status daotp__held_key_new(daotp_context *context, const daotp_key_backend *backend,
                                 void *self, daotp__held_key **held);
/* Set the length that every signature must have, in octets (at most 512). Called before the
 * first signature. */
void daotp__held_key_set_signature_len(daotp__held_key *held, size_t len);
void daotp__held_key_free(daotp__held_key *held);
/* Make the backend sign input, which the caller has checked. room: octets of signature, at least
 * the length of a signature. A failure is kept for daotp__held_key_explain(). */
daotp_status daotp__held_key_sign(daotp__held_key *held, daotp_signature_scheme scheme,
                                  daotp__bytes input, uint8_t *signature, size_t room, size_t *len,
                                  daotp_report *report);
/* An EVP_PKEY that signs through the backend; borrowed, and made at the first call. NULL on
 * failure. */
EVP_PKEY *daotp__held_key_pkey(daotp__held_key *held, daotp__bytes spki);
daotp_status daotp__held_key_lend(daotp__held_key *held, char *identity, size_t room,
                                  daotp_report *report);
/* If the last signature failed, report its finding and return its status; else return `status`. */
daotp_status daotp__held_key_explain(daotp__held_key *held, daotp_status status,
                                     daotp_report *report);

#endif
