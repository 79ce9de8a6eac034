/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A bounded memory of public keys that passed the costly rules, so that the keys of servers, CAs
 * and signers, which come again and again, are tested once. Any thread may use it.
 */
#ifndef DAOTP_CORE_PASSED_KEYS_H
#define DAOTP_CORE_PASSED_KEYS_H

#include "core/buffer.h"

#include <stdbool.h>

typedef struct daotp__passed_keys daotp__passed_keys;

/* NULL when memory is short. */
daotp__passed_keys *daotp__passed_keys_new(void);
void daotp__passed_keys_free(daotp__passed_keys *passed);

/* The SubjectPublicKeyInfo is compared whole. False for NULL. */
bool daotp__passed_keys_has(daotp__passed_keys *passed, daotp__bytes spki);
/* Copies it; the oldest of its row makes room. Remembers none that is longer than
 * DAOTP__MAX_PASSED_KEY; does nothing for NULL. */
void daotp__passed_keys_add(daotp__passed_keys *passed, daotp__bytes spki);

#endif
