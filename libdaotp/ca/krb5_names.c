/* SPDX-License-Identifier: BSD-2-Clause */
#include "ca/krb5_names.h"

#include <profile.h>
#include <string.h>
#include <strings.h>

daotp_status daotp__krb5_add_kdcs(krb5_context krb5, const char *realm,
                                  daotp__kdc_exchange *exchange)
{
    const char *names[] = {"realms", realm, "kdc", NULL};
    daotp_status status = DAOTP_OK;
    profile_t profile;
    char **values;

    if (krb5_get_profile(krb5, &profile) != 0)
        return DAOTP_OK;
    if (profile_get_values(profile, names, &values) == 0) {
        for (size_t i = 0; values[i] != NULL && status == DAOTP_OK; i++)
            status = daotp__kdc_exchange_add(exchange, values[i]);
        profile_free_list(values);
    }
    profile_release(profile);
    return status;
}

/* dns_lookup_kdc of krb5.conf, which is true by default. */
static bool has_dns_look_up(krb5_context krb5)
{
    profile_t profile;
    int wanted = 1;

    if (krb5_get_profile(krb5, &profile) != 0)
        return true;
    if (profile_get_boolean(profile, "libdefaults", "dns_lookup_kdc", NULL, 1, &wanted) != 0)
        wanted = 1;
    profile_release(profile);
    return wanted != 0;
}

daotp_status daotp__krb5_look_up_kdcs(krb5_context krb5, daotp__kdc_exchange *exchange)
{
    return daotp__kdc_exchange_look_up(exchange, has_dns_look_up(krb5));
}

bool daotp__krb5_is_principal_of(krb5_const_principal principal, const char *user_name)
{
    const char *slash = strchr(user_name, '\\');
    const char *account = slash != NULL ? slash + 1 : user_name;
    size_t len = strcspn(account, "@");

    return principal->length == 1 && principal->data[0].length == len &&
           strncasecmp(principal->data[0].data, account, len) == 0;
}

bool daotp__krb5_is_in_realm(krb5_const_principal principal, const char *realm)
{
    return realm == NULL || (principal->realm.length == strlen(realm) &&
                             memcmp(principal->realm.data, realm, principal->realm.length) == 0);
}
