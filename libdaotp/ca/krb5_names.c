/* SPDX-License-Identifier: BSD-2-Clause */
#include "ca/krb5_names.h"

#include <errno.h>
#include <profile.h>
#include <string.h>
#include <strings.h>

/* An absent or malformed value is ignored. But if memory ran out, the call fails: the value says
 * which KDCs receive what is made of a password. */
static daotp_status status_of_profile(long code)
{
    return code == ENOMEM ? DAOTP_MEMORY : DAOTP_OK;
}

daotp_status daotp__krb5_add_kdcs(krb5_context krb5, const char *realm,
                                  daotp__kdc_exchange *exchange)
{
    const char *names[] = {"realms", realm, "kdc", NULL};
    daotp_status status;
    profile_t profile;
    char **values;
    long code = krb5_get_profile(krb5, &profile);

    if (code != 0)
        return status_of_profile(code);
    code = profile_get_values(profile, names, &values);
    status = status_of_profile(code);
    if (code == 0) {
        for (size_t i = 0; values[i] != NULL && status == DAOTP_OK; i++)
            status = daotp__kdc_exchange_add(exchange, values[i]);
        profile_free_list(values);
    }
    profile_release(profile);
    return status;
}

/* dns_lookup_kdc of krb5.conf, which is true by default. */
static daotp_status read_dns_lookup_kdc(krb5_context krb5, bool *is_wanted)
{
    int wanted = 1;
    profile_t profile;
    long code = krb5_get_profile(krb5, &profile);

    if (code == 0) {
        code = profile_get_boolean(profile, "libdefaults", "dns_lookup_kdc", NULL, 1, &wanted);
        profile_release(profile);
    }
    *is_wanted = code != 0 || wanted != 0;
    return status_of_profile(code);
}

daotp_status daotp__krb5_look_up_kdcs(krb5_context krb5, daotp__kdc_exchange *exchange)
{
    bool asks_srv;
    daotp_status status = read_dns_lookup_kdc(krb5, &asks_srv);

    return status == DAOTP_OK ? daotp__kdc_exchange_look_up(exchange, asks_srv) : status;
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
