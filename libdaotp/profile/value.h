/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks and parses the values of keys. */
#ifndef DAOTP_PROFILE_VALUE_H
#define DAOTP_PROFILE_VALUE_H

#include "core/host.h"
#include "profile/keys.h"

#include <daotp/status.h>

/* Check a value. DAOTP_OK; DAOTP_USAGE when the key cannot have this value; DAOTP_MEMORY. */
daotp_status daotp__value_check(const daotp__profile_key *key, const char *value);
/* Whether no finding may show the value: it contains a password, or the key expects the name of
 * a file with a secret, and the value may be the secret itself. */
bool daotp__value_holds_secret(const daotp__profile_key *key, const char *value);
/* Whether the name of an unknown key suggests that its value is a secret. */
bool daotp__value_is_secret_name(const char *name);
/* Describe the values of this key; for a CHOICE its choices, separated by "|". */
const char *daotp__value_wanted(const daotp__profile_key *key);

/* Copy a value; in the name of a file, "~/" at the start becomes the home folder of the
 * effective user, if there is one. The caller frees the copy with daotp__delete(); NULL without
 * memory. */
char *daotp__value_copy(const daotp__profile_key *key, const char *value);
/* Copy the home folder of the effective user from the password database. The caller frees it
 * with daotp__delete(). NULL: there is none, or no memory. */
char *daotp__value_home(void);

/* Parse values that were checked before. */
bool daotp__value_flag(const char *value);
int64_t daotp__value_number(const char *value);
int64_t daotp__value_ms(const char *value); /* of type SECONDS, in milliseconds */
/* Split "HOST", "HOST:PORT" or "[ADDRESS]:PORT"; *port is 0 if there is none. */
bool daotp__value_split_host(const char *value, daotp__host *host, uint16_t *port);

/* Set the entries of `locked` that a word names. Returns false when the word is neither a key
 * nor a group. */
bool daotp__value_lock(const char *word, size_t len, bool locked[DAOTP__KEY_COUNT]);

#endif
