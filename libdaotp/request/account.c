/* SPDX-License-Identifier: BSD-2-Clause */
#include "request/account.h"

#include "core/alloc.h"
#include "core/limits.h"
#include "core/utf8.h"
#include "x509/extensions.h"
#include "x509/name.h"

#include <string.h>

void daotp__account_clear(daotp_account *account)
{
    daotp__delete(account->upn);
    daotp__delete(account->dn);
    daotp__delete(account->sid);
    *account = (daotp_account){.upn = NULL};
}

static daotp_status account_set(char **slot, const char *text, size_t max)
{
    if (text != NULL &&
        (*text == '\0' || strlen(text) > max || !daotp__utf8_printable(text, strlen(text))))
        return DAOTP_USAGE;
    return daotp__text_set(slot, text) ? DAOTP_OK : DAOTP_MEMORY;
}

daotp_status daotp_account_set_upn(daotp_account *account, const char *upn)
{
    return account != NULL ? account_set(&account->upn, upn, DAOTP__MAX_USER_NAME) : DAOTP_USAGE;
}

daotp_status daotp_account_set_dn(daotp_account *account, const char *dn)
{
    daotp__buffer der;
    bool good = true;
    daotp_status failed = DAOTP_OK;

    if (account == NULL)
        return DAOTP_USAGE;
    if (dn != NULL) {
        daotp__buffer_init(&der, DAOTP__MAX_CERTIFICATE);
        good = daotp__name_parse(dn, &der);
        failed = der.failed;
        daotp__buffer_free(&der);
    }
    if (!good)
        return failed == DAOTP_MEMORY ? DAOTP_MEMORY : DAOTP_USAGE;
    return account_set(&account->dn, dn, DAOTP__MAX_URL);
}

daotp_status daotp_account_set_sid(daotp_account *account, const char *sid)
{
    if (account == NULL ||
        (sid != NULL && !daotp__sid_is_valid((daotp__bytes){(const uint8_t *)sid, strlen(sid)})))
        return DAOTP_USAGE;
    return account_set(&account->sid, sid, DAOTP__MAX_TEXT);
}

const char *daotp_account_get_upn(const daotp_account *account)
{
    return account != NULL ? account->upn : NULL;
}

const char *daotp_account_get_dn(const daotp_account *account)
{
    return account != NULL ? account->dn : NULL;
}

const char *daotp_account_get_sid(const daotp_account *account)
{
    return account != NULL ? account->sid : NULL;
}
