/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the effective values of a profile, for the files that set up objects from it. */
#include "profile/values.h"

#include "profile/value.h"

#include <stdio.h>

const daotp__profile_value *daotp__profile_value_at(const daotp_profile *profile,
                                                    enum daotp__key_name key, size_t at)
{
    for (size_t i = 0; i < profile->count; i++)
        if (profile->values[i].key == key && at-- == 0)
            return &profile->values[i];
    return NULL;
}

const char *daotp__profile_text(const daotp_profile *profile, enum daotp__key_name key)
{
    const daotp__profile_value *value = daotp__profile_value_at(profile, key, 0);

    return value != NULL ? value->text : NULL;
}

int daotp__profile_choice(const daotp_profile *profile, enum daotp__key_name key)
{
    const char *text = daotp__profile_text(profile, key);

    return text != NULL ? daotp__profile_key_choice(daotp__profile_key_row(key), text) : 0;
}

bool daotp__profile_flag(const daotp_profile *profile, enum daotp__key_name key, bool otherwise)
{
    const char *text = daotp__profile_text(profile, key);

    return text != NULL ? daotp__value_flag(text) : otherwise;
}

void daotp__profile_place(const daotp__profile_value *value, char *to, size_t room)
{
    if (value->origin == DAOTP_PROFILE_OPTION)
        (void)snprintf(to, room, "%s", daotp__profile_key_row(value->key)->name);
    else
        (void)snprintf(to, room, "%s:%u", value->file, value->line);
}
