/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Remembers a bounded number of public keys that passed the costly rules, so that the keys of
 * servers, CAs and signers are not tested again for each certificate. Any thread may use it.
 */
#ifndef DAOTP_CORE_PASSED_KEYS_H
#define DAOTP_CORE_PASSED_KEYS_H

#include "core/buffer.h"

#include <stdbool.h>

typedef struct daotp__passed_keys daotp__passed_keys;

/* NULL without memory. */
daotp__passed_keys *daotp__passed_keys_new(void);
void daotp__passed_keys_free(daotp__passed_keys *passed);

/* Whether this SubjectPublicKeyInfo is remembered; all octets are compared. false if passed is
 * NULL. */
bool daotp__passed_keys_has(daotp__passed_keys *passed, daotp__bytes spki);
/* Remember a copy of the key; it replaces the oldest key of its row. A key longer than
 * DAOTP__MAX_PASSED_KEY is not remembered. Does nothing if passed is NULL. */
void daotp__passed_keys_add(daotp__passed_keys *passed, daotp__bytes spki);

#endif
