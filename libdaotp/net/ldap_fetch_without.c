/* SPDX-License-Identifier: BSD-2-Clause */
/* In the place of ldap_fetch.c where libldap is left out of the build. */
#include "net/ldap_fetch.h"

daotp_status daotp__ldap_fetch_new(daotp__loop *loop, const daotp__download_policy *policy,
                                   const char *server, const char *url, daotp__ldap_fetch **fetch)
{
    (void)loop, (void)policy, (void)server, (void)url;
    *fetch = NULL;
    return DAOTP_CONFIGURATION;
}

void daotp__ldap_fetch_free(daotp__ldap_fetch *fetch)
{
    (void)fetch;
}

daotp_status daotp__ldap_fetch_step(daotp__ldap_fetch *fetch, daotp_report *report)
{
    (void)fetch, (void)report;
    return DAOTP_CONFIGURATION;
}

bool daotp__ldap_fetch_take(daotp__ldap_fetch *fetch, uint8_t **value, size_t *len)
{
    (void)fetch, (void)value, (void)len;
    return false;
}
