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
