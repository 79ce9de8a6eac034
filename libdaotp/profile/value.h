/* SPDX-License-Identifier: BSD-2-Clause */
/* Values of keys: what each may be, before anything is set by it. */
#ifndef DAOTP_PROFILE_VALUE_H
#define DAOTP_PROFILE_VALUE_H

#include "core/host.h"
#include "profile/keys.h"

#include <daotp/status.h>

/* DAOTP_OK; DAOTP_USAGE when it is no value of this key; DAOTP_MEMORY. */
daotp_status daotp__value_check(const daotp__profile_key *key, const char *value);
/* Does the value hold a password, or stand where the name of a file with a secret belongs? Then no
 * finding may show it. */
bool daotp__value_holds_secret(const daotp__profile_key *key, const char *value);
/* Does an unknown key sound as if its value were a secret? */
bool daotp__value_is_secret_name(const char *name);
/* What a value of this key is, in words; of a CHOICE, its choices, separated by |. */
const char *daotp__value_wanted(const daotp__profile_key *key);

/* A copy in which "~/" at the beginning of a file's name is the home folder of the effective user;
 * NULL without memory. It stays where that user has none. */
char *daotp__value_copy(const daotp__profile_key *key, const char *value);
/* The home folder of the effective user in the password database, to be deleted; NULL for none. */
char *daotp__value_home(void);

/* Of values that were checked. */
bool daotp__value_flag(const char *value);
int64_t daotp__value_number(const char *value);
int64_t daotp__value_ms(const char *value); /* SECONDS in milliseconds */
/* "HOST", "HOST:PORT" or "[ADDRESS]:PORT"; *port is 0 where there is none. */
bool daotp__value_split_host(const char *value, daotp__host *host, uint16_t *port);

/* What `locked` names: false when the word is neither a key nor a group. */
bool daotp__value_lock(const char *word, size_t len, bool locked[DAOTP__KEY_COUNT]);

#endif
