/* SPDX-License-Identifier: BSD-2-Clause */
/* A ticket that is always there, in the place of ca/ticket_krb5.c. */
#include "ca/ticket.h"

#include "core/alloc.h"

struct daotp__ticket {
    char *principal;
};

daotp_status daotp__ticket_new(const daotp__ticket_spec *spec, daotp_report *report,
                               daotp__ticket **ticket)
{
    (void)report;
    *ticket = daotp__new(sizeof **ticket);
    if (*ticket == NULL)
        return DAOTP_MEMORY;
    (*ticket)->principal = daotp__text_copy(spec->host);
    if ((*ticket)->principal != NULL)
        return DAOTP_OK;
    daotp__delete(*ticket);
    *ticket = NULL;
    return DAOTP_MEMORY;
}

void daotp__ticket_free(daotp__ticket *ticket)
{
    if (ticket != NULL)
        daotp__delete(ticket->principal);
    daotp__delete(ticket);
}

daotp_status daotp__ticket_step(daotp__ticket *ticket, daotp_report *report)
{
    (void)ticket, (void)report;
    return DAOTP_OK;
}

const char *daotp__ticket_cache(const daotp__ticket *ticket)
{
    (void)ticket;
    return "toy";
}

const char *daotp__ticket_principal(const daotp__ticket *ticket)
{
    return ticket->principal;
}

daotp_status daotp__ticket_check_build(daotp_report *report)
{
    (void)report;
    return DAOTP_OK;
}

bool daotp__ticket_is_there(const char *cache, const char *user_name, int64_t now_s)
{
    (void)cache, (void)user_name, (void)now_s;
    return true;
}

daotp_status daotp__ticket_explain_cache(const char *cache, const char *user_name, size_t since,
                                         daotp_report *report)
{
    (void)cache, (void)user_name, (void)since, (void)report;
    return DAOTP_OK;
}

daotp_status daotp__ticket_realm(const char *realm, const char *user_name, daotp_report *report,
                                 char **out)
{
    (void)user_name, (void)report;
    *out = daotp__text_copy(realm != NULL ? realm : "TOY");
    return *out != NULL ? DAOTP_OK : DAOTP_MEMORY;
}
