/* SPDX-License-Identifier: BSD-2-Clause */
/* The private half of a key that a backend holds (daotp/sys/key_backend.h). */
#ifndef DAOTP_X509_HELD_KEY_H
#define DAOTP_X509_HELD_KEY_H

#include "core/report.h"

#include <daotp/sys/key_backend.h>
#include <openssl/types.h>

typedef struct daotp__held_key daotp__held_key;

/* As daotp_key_new() says of table and self. */
daotp_status daotp__held_key_new(daotp_context *context, const daotp_key_backend *backend,
                                 void *self, daotp__held_key **held);
/* Each signature must have this many octets, 512 at most; set before the first. */
void daotp__held_key_set_signature_len(daotp__held_key *held, size_t len);
void daotp__held_key_free(daotp__held_key *held);
/* Signs by the table; the input was checked. room: at least that of the signature. What
 * failed is kept for daotp__held_key_explain(). */
daotp_status daotp__held_key_sign(daotp__held_key *held, daotp_signature_scheme scheme,
                                  daotp__bytes input, uint8_t *signature, size_t room, size_t *len,
                                  daotp_report *report);
/* An EVP_PKEY that signs by the table, made once; NULL when that fails. */
EVP_PKEY *daotp__held_key_pkey(daotp__held_key *held, daotp__bytes spki);
daotp_status daotp__held_key_lend(daotp__held_key *held, char *identity, size_t room,
                                  daotp_report *report);
/* Adds the finding of the last signature, if it failed. Answers its status, or the one given. */
daotp_status daotp__held_key_explain(daotp__held_key *held, daotp_status status,
                                     daotp_report *report);

#endif
