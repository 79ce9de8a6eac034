/* SPDX-License-Identifier: BSD-2-Clause */
/* The keys of a profile. */
#ifndef DAOTP_PROFILE_KEYS_H
#define DAOTP_PROFILE_KEYS_H

#include <daotp/base.h>
#include <stdbool.h>
#include <stddef.h>

/* The type of a value. */
typedef enum daotp__value_type {
    DAOTP__VALUE_URL,
    DAOTP__VALUE_URL_TEMPLATE,
    DAOTP__VALUE_PROXY,
    DAOTP__VALUE_HOST_PATTERN,
    DAOTP__VALUE_HOST_PORT,
    DAOTP__VALUE_NETWORK,
    DAOTP__VALUE_PORT,
    DAOTP__VALUE_FILE,
    DAOTP__VALUE_SECRET_FILE,
    DAOTP__VALUE_FOLDER,
    DAOTP__VALUE_STORE,
    DAOTP__VALUE_TRUST,
    DAOTP__VALUE_DESCRIPTOR,
    DAOTP__VALUE_CHOICE,
    DAOTP__VALUE_FLAG,
    DAOTP__VALUE_SECONDS,
    DAOTP__VALUE_WHOLE_SECONDS,
    DAOTP__VALUE_BYTES,
    DAOTP__VALUE_NUMBER,
    DAOTP__VALUE_TEMPLATE,
    DAOTP__VALUE_USER,
    DAOTP__VALUE_UPN,
    DAOTP__VALUE_DN,
    DAOTP__VALUE_SID,
    DAOTP__VALUE_FORM,
    DAOTP__VALUE_REALM,
    DAOTP__VALUE_LABEL,
    DAOTP__VALUE_NAS,
    DAOTP__VALUE_TEXT,
    DAOTP__VALUE_CA_CONFIG,
    DAOTP__VALUE_DOMAIN,
    DAOTP__VALUE_LOCKS,
    DAOTP__VALUE_COUNT
} daotp__value_type;

typedef enum daotp__key_group {
    DAOTP__GROUP_OTHERS,
    DAOTP__GROUP_TRUST,
    DAOTP__GROUP_HOSTS,
    DAOTP__GROUP_NETWORKS,
    DAOTP__GROUP_COUNT
} daotp__key_group;

enum daotp__key_name {
#define ROW(name, key, type, choices, many, group, setter, meaning, example) DAOTP__KEY_##name,
#include "profile/keys.def"
#undef ROW
    DAOTP__KEY_COUNT
};

typedef struct daotp__profile_key {
    const char *name, *choices, *setter, *meaning, *example;
    daotp__value_type type;
    daotp__key_group group;
    bool is_list;
} daotp__profile_key;

const daotp__profile_key *daotp__profile_key_row(enum daotp__key_name key);
/* The key with this name; DAOTP__KEY_COUNT: there is none. */
enum daotp__key_name daotp__profile_key_find(const char *name);
/* "trust", "hosts" or "networks"; "" for keys without a group. */
const char *daotp__profile_group_name(daotp__key_group group);
/* The number of the choice that the value is, from 1; 0: none. */
int daotp__profile_key_choice(const daotp__profile_key *key, const char *value);

#endif
