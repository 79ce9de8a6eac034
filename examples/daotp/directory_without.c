/* SPDX-License-Identifier: BSD-2-Clause */
/* In a build without libldap no directory can be asked. */
#include "directory.h"

#define WITHOUT "this build was made without libldap (DAOTP_WITH_LDAP)"

bool directory_set_environment(void)
{
    return true;
}

directory *directory_open(const directory_spec *spec)
{
    if (spec->say != NULL)
        spec->say(spec->say_user, "BUILD-WITHOUT: " WITHOUT);
    else
        tool_say("daotp discover: %s: " WITHOUT,
                 daotp_catalogue_get_id(DAOTP_FINDING_BUILD_WITHOUT));
    return NULL;
}

void directory_close(directory *d)
{
    (void)d;
}

const char *directory_dn(const directory_entry *entry)
{
    (void)entry;
    return "";
}

const char *directory_value(const directory_entry *entry, const char *attribute, size_t at,
                            size_t *len)
{
    (void)entry, (void)attribute, (void)at, (void)len;
    return NULL;
}

bool directory_has(const directory_entry *entry, const char *attribute)
{
    (void)entry, (void)attribute;
    return false;
}

const char *directory_text(const directory_entry *entry, const char *attribute, size_t at)
{
    (void)entry, (void)attribute, (void)at;
    return NULL;
}

bool directory_search(directory *d, const char *base, directory_scope scope, const char *filter,
                      directory_fn *tell, void *user)
{
    (void)d, (void)base, (void)scope, (void)filter, (void)tell, (void)user;
    return false;
}
