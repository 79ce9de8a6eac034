/* SPDX-License-Identifier: BSD-2-Clause */
#include "profile/keys.h"

#include <string.h>

enum { ONE = false, MANY = true };

static const daotp__profile_key rows[DAOTP__KEY_COUNT] = {
#define ROW(key, text, value, names, many, locks, call, says, shown)                               \
    {.name = (text),                                                                               \
     .choices = (names),                                                                           \
     .setter = (call),                                                                             \
     .meaning = (says),                                                                            \
     .example = (shown),                                                                           \
     .type = DAOTP__VALUE_##value,                                                                 \
     .group = DAOTP__GROUP_##locks,                                                                \
     .is_list = (many)},
#include "profile/keys.def"
#undef ROW
};

const daotp__profile_key *daotp__profile_key_row(enum daotp__key_name key)
{
    return &rows[key];
}

enum daotp__key_name daotp__profile_key_find(const char *name)
{
    unsigned at = 0;

    while (at < DAOTP__KEY_COUNT && strcmp(rows[at].name, name) != 0)
        at++;
    return (enum daotp__key_name)at;
}

const char *daotp__profile_group_name(daotp__key_group group)
{
    static const char *const names[DAOTP__GROUP_COUNT] = {"", "trust", "hosts", "networks"};

    return names[group];
}

int daotp__profile_key_choice(const daotp__profile_key *key, const char *value)
{
    const char *at = key->choices;

    for (int number = 1;; number++) {
        size_t len = strcspn(at, "|");

        if (strlen(value) == len && memcmp(at, value, len) == 0)
            return number;
        if (at[len] == '\0')
            return 0;
        at += len + 1;
    }
}
