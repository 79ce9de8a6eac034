/* SPDX-License-Identifier: BSD-2-Clause */
/* daotp enroll --renew: is there anything to do? */
#include "renew.h"

#include "tool.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* "OID:MAJOR.MINOR" without the numbers. */
static const char *template_oid(const char *template, char oid[256])
{
    if (template == NULL)
        return NULL;
    (void)snprintf(oid, 256, "%.*s", (int)strcspn(template, ":"), template);
    return oid;
}

static daotp_status find_stored(daotp_store *store, const renewal *what,
                                daotp_credential **credential)
{
    char oid[256];

    if (what->label != NULL)
        return daotp_store_get(store, what->label, credential);
    return daotp_store_find(store, what->upn, template_oid(what->template, oid), credential);
}

daotp_status renewal_check(daotp_store *store, const renewal *what, bool *is_due)
{
    daotp_credential *credential = NULL;
    daotp_status status;
    int64_t left;

    *is_due = true;
    if (what->label == NULL && what->upn == NULL) {
        (void)tool_missing("enroll", "--upn or --label, with --renew");
        return DAOTP_USAGE;
    }
    status = find_stored(store, what, &credential);
    if (status == DAOTP_REJECTED) /* none, or one that has expired */
        return DAOTP_OK;
    if (status != DAOTP_OK) {
        tool_show_report(daotp_store_get_report(store), status, what->json);
        return status;
    }
    left = daotp_credential_get_not_after(credential) - (int64_t)time(NULL);
    *is_due = left <= what->renew_before_s;
    if (!*is_due && what->json)
        tool_show_json(daotp_store_get_report(store));
    else if (!*is_due)
        printf("nothing to do: the certificate of %s is good for %lld s\n",
               daotp_credential_get_subject(credential), (long long)left);
    daotp_credential_unref(credential);
    return DAOTP_OK;
}
