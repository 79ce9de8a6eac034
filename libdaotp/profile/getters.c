/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads what a profile holds. */
#include "profile/value.h"
#include "profile/values.h"

/* ---- for the application --------------------------------------------------------------------- */

daotp_report *daotp_profile_get_report(daotp_profile *profile)
{
    return profile != NULL ? &profile->report : NULL;
}

const char *daotp_profile_get_name(const daotp_profile *profile)
{
    return profile != NULL ? profile->name : "";
}

bool daotp_profile_is_defined(const daotp_profile *profile)
{
    return profile != NULL && profile->is_defined;
}

size_t daotp_profile_get_section_count(const daotp_profile *profile)
{
    return profile != NULL ? profile->section_count : 0;
}

const char *daotp_profile_get_section(const daotp_profile *profile, size_t index)
{
    return profile != NULL && index < profile->section_count ? profile->sections[index] : NULL;
}

size_t daotp_profile_get_count(const daotp_profile *profile)
{
    return profile != NULL ? profile->count : 0;
}

static const daotp__profile_value *value_at(const daotp_profile *profile, size_t index)
{
    return profile != NULL && index < profile->count ? &profile->values[index] : NULL;
}

const char *daotp_profile_get_key(const daotp_profile *profile, size_t index)
{
    const daotp__profile_value *value = value_at(profile, index);

    return value != NULL ? daotp__profile_key_row(value->key)->name : NULL;
}

const char *daotp_profile_get_value(const daotp_profile *profile, size_t index)
{
    const daotp__profile_value *value = value_at(profile, index);

    return value != NULL ? value->text : NULL;
}

daotp_profile_origin daotp_profile_get_origin(const daotp_profile *profile, size_t index)
{
    const daotp__profile_value *value = value_at(profile, index);

    return value != NULL ? value->origin : (daotp_profile_origin)0;
}

const char *daotp_profile_get_file(const daotp_profile *profile, size_t index)
{
    const daotp__profile_value *value = value_at(profile, index);

    return value != NULL ? value->file : NULL;
}

uint32_t daotp_profile_get_line(const daotp_profile *profile, size_t index)
{
    const daotp__profile_value *value = value_at(profile, index);

    return value != NULL ? value->line : 0;
}

const char *daotp_profile_find(const daotp_profile *profile, const char *key)
{
    enum daotp__key_name name =
        profile != NULL && key != NULL ? daotp__profile_key_find(key) : DAOTP__KEY_COUNT;

    return name != DAOTP__KEY_COUNT ? daotp__profile_text(profile, name) : NULL;
}

bool daotp_profile_is_locked(const daotp_profile *profile, const char *key)
{
    enum daotp__key_name name =
        profile != NULL && key != NULL ? daotp__profile_key_find(key) : DAOTP__KEY_COUNT;

    return name != DAOTP__KEY_COUNT && profile->lock_lines[name] != 0;
}

/* ---- the table of keys ----------------------------------------------------------------------- */

size_t daotp_profile_key_get_count(void)
{
    return DAOTP__KEY_COUNT;
}

const char *daotp_profile_key_get_text(size_t index, daotp_profile_field field)
{
    const daotp__profile_key *key;

    if (index >= DAOTP__KEY_COUNT)
        return "";
    key = daotp__profile_key_row((enum daotp__key_name)index);
    switch (field) {
    case DAOTP_PROFILE_KEY_NAME:
        return key->name;
    case DAOTP_PROFILE_KEY_WANTED:
        return daotp__value_wanted(key);
    case DAOTP_PROFILE_KEY_MEANING:
        return key->meaning;
    case DAOTP_PROFILE_KEY_SETTER:
        return key->setter;
    case DAOTP_PROFILE_KEY_EXAMPLE:
        return key->example;
    case DAOTP_PROFILE_KEY_GROUP:
        return daotp__profile_group_name(key->group);
    default:
        return "";
    }
}

bool daotp_profile_key_is_list(size_t index)
{
    return index < DAOTP__KEY_COUNT && daotp__profile_key_row((enum daotp__key_name)index)->is_list;
}
