/* SPDX-License-Identifier: BSD-2-Clause */
/* krb5_init_creds_step() and krb5_tkt_creds_step() write and read the messages;
 * net/kdc_exchange.c sends and receives them. */
#include "ca/ticket.h"

#include "ca/krb5_names.h"
#include "core/alloc.h"
#include "core/host.h"
#include "core/utf8.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

struct daotp__ticket {
    daotp__loop *loop;
    int64_t connect_ms;
    krb5_context krb5;
    krb5_principal client, service;
    krb5_ccache cache; /* in memory */
    krb5_keytab keytab;
    krb5_get_init_creds_opt *options;
    krb5_init_creds_context as; /* during the AS exchange */
    krb5_tkt_creds_context tgs;
    char *host, *kdc, *cache_name, *principal;
    char *realm;               /* the realm of the password or of kdc; else NULL */
    daotp__kdc_exchange *kdcs; /* the KDCs of kdcs_realm */
    char *kdcs_realm;
    unsigned rounds;
    bool waiting; /* waiting for a KDC */
    bool has_key; /* there is a password or a keytab, so an AS exchange is made */
};

/* ---- what went wrong ------------------------------------------------------------------------- */

static const struct {
    krb5_error_code code;
    daotp_finding_number number;
} krb5_rows[] = {
    {KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN, DAOTP_FINDING_CA_PRINCIPAL},
    {KRB5_KDC_UNREACH, DAOTP_FINDING_CA_KDC},
    {KRB5_REALM_UNKNOWN, DAOTP_FINDING_CA_KDC},
    {KRB5KRB_AP_ERR_SKEW, DAOTP_FINDING_CA_CLOCK},
    {KRB5_KDCREP_SKEW, DAOTP_FINDING_CA_CLOCK},
    {KRB5KRB_AP_ERR_TKT_NYV, DAOTP_FINDING_CA_CLOCK},
    {KRB5KRB_AP_ERR_TKT_EXPIRED, DAOTP_FINDING_CA_TICKET},
    {KRB5_CC_NOTFOUND, DAOTP_FINDING_CA_TICKET},
    {KRB5_FCC_NOFILE, DAOTP_FINDING_CA_TICKET},
    {KRB5_CC_END, DAOTP_FINDING_CA_TICKET},
    {KRB5_NO_TKT_SUPPLIED, DAOTP_FINDING_CA_TICKET},
    {KRB5KDC_ERR_PREAUTH_FAILED, DAOTP_FINDING_CA_CREDENTIAL},
    {KRB5KRB_AP_ERR_BAD_INTEGRITY, DAOTP_FINDING_CA_CREDENTIAL},
    {KRB5_PREAUTH_FAILED, DAOTP_FINDING_CA_CREDENTIAL},
    {KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN, DAOTP_FINDING_CA_CREDENTIAL},
    {KRB5KDC_ERR_CLIENT_REVOKED, DAOTP_FINDING_CA_CREDENTIAL},
    {KRB5KDC_ERR_KEY_EXP, DAOTP_FINDING_CA_CREDENTIAL},
    {KRB5KDC_ERR_NAME_EXP, DAOTP_FINDING_CA_CREDENTIAL},
};

static daotp_finding_number finding_for_code(krb5_error_code code)
{
    for (size_t i = 0; i < sizeof krb5_rows / sizeof krb5_rows[0]; i++)
        if (krb5_rows[i].code == code)
            return krb5_rows[i].number;
    return DAOTP_FINDING_CA_KERBEROS;
}

static daotp_status explain_ticket_error(krb5_context krb5, krb5_error_code code,
                                         const char *subject, daotp_report *report)
{
    const char *message;
    daotp_status status;

    if (code == ENOMEM || code == KRB5_CC_NOMEM)
        return DAOTP_MEMORY;
    message = krb5_get_error_message(krb5, code); /* works without a context too */
    status = daotp__report_add(report, finding_for_code(code), code, subject, "%s", message);
    krb5_free_error_message(krb5, message);
    return status;
}

/* ---- whose ticket ---------------------------------------------------------------------------- */

/* Whether the principal is host/NAME, or NAME$, the account of a machine. */
static bool is_machine_principal(krb5_const_principal principal)
{
    const krb5_data *first = &principal->data[0];

    if (principal->length == 2)
        return first->length == 4 && memcmp(first->data, "host", 4) == 0;
    return principal->length == 1 && first->length > 0 && first->data[first->length - 1] == '$';
}

static krb5_error_code open_user_cache(krb5_context krb5, const char *name, krb5_ccache *cache)
{
    return name != NULL ? krb5_cc_resolve(krb5, name, cache) : krb5_cc_default(krb5, cache);
}

/* A ticket-granting ticket of the client's own realm that has not expired. */
static bool has_good_tgt(krb5_context krb5, krb5_ccache cache, int64_t now_s)
{
    krb5_cc_cursor cursor;
    krb5_creds creds;
    bool good = false;

    if (krb5_cc_start_seq_get(krb5, cache, &cursor) != 0)
        return false;
    while (!good && krb5_cc_next_cred(krb5, cache, &cursor, &creds) == 0) {
        good = creds.server->length == 2 && creds.server->data[0].length == 6 &&
               memcmp(creds.server->data[0].data, "krbtgt", 6) == 0 &&
               now_s < (int64_t)(uint32_t)
                           creds.times.endtime; /* krb5_timestamp is unsigned, to the year 2106 */
        krb5_free_cred_contents(krb5, &creds);
    }
    (void)krb5_cc_end_seq_get(krb5, cache, &cursor);
    return good;
}

daotp_status daotp__ticket_check_build(daotp_report *report)
{
    (void)report;
    return DAOTP_OK;
}

/* A credential cache that is only read. */
typedef struct cache_view {
    krb5_context krb5;
    krb5_ccache cache;
    krb5_principal principal; /* the owner of its tickets */
} cache_view;

/* The caller closes the view, also after false. */
static bool open_cache_view(const char *name, cache_view *view)
{
    *view = (cache_view){.krb5 = NULL};
    return krb5_init_context(&view->krb5) == 0 &&
           open_user_cache(view->krb5, name, &view->cache) == 0 &&
           krb5_cc_get_principal(view->krb5, view->cache, &view->principal) == 0;
}

static void close_cache_view(cache_view *view)
{
    if (view->krb5 == NULL)
        return;
    krb5_free_principal(view->krb5, view->principal);
    if (view->cache != NULL)
        (void)krb5_cc_close(view->krb5, view->cache);
    krb5_free_context(view->krb5);
}

bool daotp__ticket_is_there(const char *name, const char *user_name, int64_t now_s)
{
    cache_view view;
    bool is_there = open_cache_view(name, &view) &&
                    (user_name == NULL || daotp__krb5_is_principal_of(view.principal, user_name)) &&
                    has_good_tgt(view.krb5, view.cache, now_s);

    close_cache_view(&view);
    return is_there;
}

static char *copy_upper_case(const char *text)
{
    char *copy = daotp__text_copy(text);

    for (char *c = copy; c != NULL && *c != '\0'; c++)
        if (*c >= 'a' && *c <= 'z')
            *c = (char)(*c - 'a' + 'A');
    return copy;
}

/* libkrb5's default realm; *is_known false when krb5.conf names none. */
static char *copy_default_realm(bool *is_known)
{
    char *found = NULL, *copy;
    krb5_context krb5 = NULL;
    krb5_error_code code = krb5_init_context(&krb5);

    if (code == 0)
        code = krb5_get_default_realm(krb5, &found);
    *is_known = code == 0 || code == ENOMEM;
    copy = daotp__text_copy(found);
    if (krb5 != NULL)
        krb5_free_default_realm(krb5, found);
    krb5_free_context(krb5);
    return copy;
}

daotp_status daotp__ticket_realm(const char *realm, const char *user_name, daotp_report *report,
                                 char **out)
{
    const char *at = user_name != NULL ? strrchr(user_name, '@') : NULL;
    bool is_known = true;

    if (realm != NULL)
        *out = daotp__text_copy(realm);
    else if (at != NULL)
        *out = copy_upper_case(at + 1);
    else
        *out = copy_default_realm(&is_known);
    if (!is_known)
        return daotp__report_add(report, DAOTP_FINDING_CA_KDC, 0, user_name,
                                 "no realm in the name, and no default realm in krb5.conf");
    return *out != NULL ? DAOTP_OK : DAOTP_MEMORY;
}

/* ---- setting up ------------------------------------------------------------------------------ */

/* user@REALM; a UPN whose suffix is not the realm is sent as an enterprise name (RFC 6806 5). */
static krb5_error_code build_client(daotp__ticket *ticket, const char *user_name)
{
    const char *slash = strchr(user_name, '\\');
    const char *account = slash != NULL ? slash + 1 : user_name, *at = strrchr(account, '@');
    bool is_enterprise = at != NULL && strcasecmp(at + 1, ticket->realm) != 0;
    size_t len = at != NULL && !is_enterprise ? (size_t)(at - account) : strlen(account);
    krb5_error_code code;

    code = krb5_build_principal_ext(ticket->krb5, &ticket->client, (unsigned)strlen(ticket->realm),
                                    ticket->realm, (unsigned)len, account, 0);
    if (code == 0 && is_enterprise) {
        ticket->client->type = KRB5_NT_ENTERPRISE_PRINCIPAL;
        krb5_get_init_creds_opt_set_canonicalize(ticket->options, 1);
    }
    return code;
}

/* Choose the first principal of the keytab that is the user, in the named realm if there is one.
 * Its exact spelling is used, because libkrb5 finds keys by the exact name. KRB5_KT_NOTFOUND:
 * there is none. */
static krb5_error_code choose_key(daotp__ticket *ticket, const daotp__ticket_spec *spec)
{
    krb5_keytab_entry entry;
    krb5_kt_cursor cursor;
    krb5_error_code code = krb5_kt_resolve(ticket->krb5, spec->keytab, &ticket->keytab);

    if (code == 0)
        code = krb5_kt_start_seq_get(ticket->krb5, ticket->keytab, &cursor);
    if (code != 0)
        return code;
    while (code == 0 && ticket->client == NULL) {
        code = krb5_kt_next_entry(ticket->krb5, ticket->keytab, &entry, &cursor);
        if (code != 0)
            break;
        if (daotp__krb5_is_principal_of(entry.principal, spec->user_name) &&
            daotp__krb5_is_in_realm(entry.principal, spec->realm))
            code = krb5_copy_principal(ticket->krb5, entry.principal, &ticket->client);
        (void)krb5_free_keytab_entry_contents(ticket->krb5, &entry);
    }
    (void)krb5_kt_end_seq_get(ticket->krb5, ticket->keytab, &cursor);
    return code == KRB5_KT_END ? KRB5_KT_NOTFOUND : code;
}

static krb5_error_code set_password(daotp__ticket *ticket, daotp__bytes given)
{
    krb5_error_code code = ENOMEM;
    daotp__buffer password;

    daotp__buffer_init_secret(&password, DAOTP__MAX_PASSWORD + 1);
    daotp__buffer_add(&password, given.data, given.len);
    daotp__buffer_byte(&password, 0);
    if (password.failed == DAOTP_OK)
        code = krb5_init_creds_set_password(ticket->krb5, ticket->as, (char *)password.data);
    daotp__buffer_free(&password);
    return code;
}

static krb5_error_code begin_as(daotp__ticket *ticket, const daotp__ticket_spec *spec)
{
    krb5_error_code code = krb5_get_init_creds_opt_alloc(ticket->krb5, &ticket->options);

    if (code == 0 && ticket->client == NULL)
        code = build_client(ticket, spec->user_name);
    if (code == 0 && spec->armor != NULL)
        code = krb5_get_init_creds_opt_set_fast_ccache_name(ticket->krb5, ticket->options,
                                                            spec->armor);
    if (code == 0)
        code = krb5_init_creds_init(ticket->krb5, ticket->client, NULL, NULL, 0, ticket->options,
                                    &ticket->as);
    if (code == 0 && ticket->keytab != NULL)
        code = krb5_init_creds_set_keytab(ticket->krb5, ticket->as, ticket->keytab);
    else if (code == 0)
        code = set_password(ticket, spec->password);
    return code;
}

static krb5_error_code begin_tgs(daotp__ticket *ticket)
{
    krb5_creds wanted;

    memset(&wanted, 0, sizeof wanted);
    wanted.client = ticket->client;
    wanted.server = ticket->service;
    return krb5_tkt_creds_init(ticket->krb5, ticket->cache, &wanted, 0, &ticket->tgs);
}

/* Build host/FQDN in the referral realm; the KDC says which realm it is in (RFC 6806 8). The
 * host name is the caller's, never one from DNS. */
static krb5_error_code build_service(daotp__ticket *ticket)
{
    krb5_error_code code;

    code = krb5_build_principal_ext(ticket->krb5, &ticket->service, 0, "", 4, "host",
                                    (unsigned)strlen(ticket->host), ticket->host, 0);
    if (code == 0)
        ticket->service->type = KRB5_NT_SRV_HST;
    return code;
}

static krb5_error_code name_cache(daotp__ticket *ticket)
{
    krb5_error_code code = krb5_cc_new_unique(ticket->krb5, "MEMORY", NULL, &ticket->cache);
    char name[128];

    if (code != 0)
        return code;
    (void)snprintf(name, sizeof name, "MEMORY:%s", krb5_cc_get_name(ticket->krb5, ticket->cache));
    ticket->cache_name = daotp__text_copy(name);
    return ticket->cache_name != NULL ? 0 : ENOMEM;
}

static daotp_status refuse_cache(krb5_context krb5, krb5_const_principal principal,
                                 const char *user_name, size_t since, daotp_report *report)
{
    daotp_finding_number number = DAOTP_FINDING_CA_OTHER_TICKET;
    daotp_status status;
    char *name = NULL;

    if (is_machine_principal(principal))
        number = DAOTP_FINDING_CA_MACHINE_TICKET;
    if (krb5_unparse_name(krb5, principal, &name) != 0)
        return DAOTP_MEMORY;
    status = daotp__report_conclude(report, since, number, user_name,
                                    "the cache holds tickets of %s", name);
    krb5_free_unparsed_name(krb5, name);
    return status;
}

daotp_status daotp__ticket_explain_cache(const char *name, const char *user_name, size_t since,
                                         daotp_report *report)
{
    daotp_status status = DAOTP_OK;
    cache_view view;

    if (open_cache_view(name, &view) && !daotp__krb5_is_principal_of(view.principal, user_name))
        status = refuse_cache(view.krb5, view.principal, user_name, since, report);
    close_cache_view(&view);
    return status;
}

/* The CA writes the names of the caller into the certificate, so the owner of the cache must be
 * the user. */
static daotp_status copy_user_cache(daotp__ticket *ticket, const daotp__ticket_spec *spec,
                                    daotp_report *report)
{
    krb5_ccache from = NULL;
    krb5_error_code code = open_user_cache(ticket->krb5, spec->cache, &from);
    daotp_status status = DAOTP_OK;

    if (code == 0)
        code = krb5_cc_get_principal(ticket->krb5, from, &ticket->client);
    if (code == 0 && spec->user_name != NULL &&
        !daotp__krb5_is_principal_of(ticket->client, spec->user_name))
        status = refuse_cache(ticket->krb5, ticket->client, spec->user_name, report->count, report);
    if (code == 0 && status == DAOTP_OK)
        code = krb5_cc_initialize(ticket->krb5, ticket->cache, ticket->client);
    if (code == 0 && status == DAOTP_OK)
        code = krb5_cc_copy_creds(ticket->krb5, from, ticket->cache);
    if (code == 0 && status == DAOTP_OK)
        code = begin_tgs(ticket);
    if (from != NULL)
        (void)krb5_cc_close(ticket->krb5, from);
    return code == 0 ? status : explain_ticket_error(ticket->krb5, code, spec->user_name, report);
}

static daotp_status explain_keytab_error(krb5_context krb5, krb5_error_code code,
                                         const daotp__ticket_spec *spec, daotp_report *report)
{
    const char *message;
    daotp_status status;

    if (code == ENOMEM)
        return DAOTP_MEMORY;
    message = krb5_get_error_message(krb5, code);
    status = daotp__report_add(report, DAOTP_FINDING_CA_KEYTAB, code, spec->keytab, "%s: %s",
                               spec->user_name, message);
    krb5_free_error_message(krb5, message);
    return status;
}

static daotp_status set_up_ticket(daotp__ticket *ticket, const daotp__ticket_spec *spec,
                                  daotp_report *report)
{
    krb5_error_code code = krb5_init_context(&ticket->krb5);

    if (code == 0)
        code = name_cache(ticket);
    if (code == 0)
        code = build_service(ticket);
    if (code == 0 && spec->keytab != NULL) {
        code = choose_key(ticket, spec);
        if (code != 0)
            return explain_keytab_error(ticket->krb5, code, spec, report);
    }
    if (code == 0 && ticket->has_key)
        code = begin_as(ticket, spec);
    if (code != 0)
        return explain_ticket_error(ticket->krb5, code, spec->user_name, report);
    return ticket->has_key ? DAOTP_OK : copy_user_cache(ticket, spec, report);
}

static daotp_status copy_spec(daotp__ticket *ticket, const daotp__ticket_spec *spec,
                              const daotp__host *host, daotp_report *report)
{
    ticket->loop = spec->loop;
    ticket->connect_ms = spec->connect_ms;
    ticket->has_key = spec->password.data != NULL || spec->keytab != NULL;
    ticket->host = daotp__text_copy(host->text);
    if (ticket->host == NULL || !daotp__text_set(&ticket->kdc, spec->kdc))
        return DAOTP_MEMORY;
    if (ticket->has_key && spec->keytab == NULL)
        return daotp__ticket_realm(spec->realm, spec->user_name, report, &ticket->realm);
    return daotp__text_set(&ticket->realm, spec->realm) ? DAOTP_OK : DAOTP_MEMORY;
}

daotp_status daotp__ticket_new(const daotp__ticket_spec *spec, daotp_report *report,
                               daotp__ticket **out)
{
    daotp__ticket *ticket = daotp__new(sizeof *ticket);
    daotp_status status = DAOTP_OK;
    daotp__host host;

    *out = NULL;
    if (ticket == NULL)
        return DAOTP_MEMORY;
    if (!daotp__host_parse(spec->host, &host) || host.is_address)
        status = daotp__report_add(report, DAOTP_FINDING_CA_ADDRESS, 0, spec->host,
                                   "no principal host/%s", spec->host);
    else
        status = copy_spec(ticket, spec, &host, report);
    if (status == DAOTP_OK)
        status = set_up_ticket(ticket, spec, report);
    if (status != DAOTP_OK) {
        daotp__ticket_free(ticket);
        return status;
    }
    *out = ticket;
    return DAOTP_OK;
}

static void free_krb5(daotp__ticket *ticket)
{
    if (ticket->as != NULL)
        krb5_init_creds_free(ticket->krb5, ticket->as);
    if (ticket->tgs != NULL)
        krb5_tkt_creds_free(ticket->krb5, ticket->tgs);
    krb5_get_init_creds_opt_free(ticket->krb5, ticket->options);
    if (ticket->keytab != NULL)
        (void)krb5_kt_close(ticket->krb5, ticket->keytab);
    if (ticket->cache != NULL)
        (void)krb5_cc_destroy(ticket->krb5, ticket->cache);
    krb5_free_principal(ticket->krb5, ticket->client);
    krb5_free_principal(ticket->krb5, ticket->service);
    krb5_free_context(ticket->krb5);
}

void daotp__ticket_free(daotp__ticket *ticket)
{
    if (ticket == NULL)
        return;
    daotp__kdc_exchange_free(ticket->kdcs);
    if (ticket->krb5 != NULL)
        free_krb5(ticket);
    daotp__delete(ticket->kdcs_realm);
    daotp__delete(ticket->host);
    daotp__delete(ticket->realm);
    daotp__delete(ticket->kdc);
    daotp__delete(ticket->cache_name);
    daotp__delete(ticket->principal);
    daotp__delete(ticket);
}

/* ---- the KDCs of a realm --------------------------------------------------------------------- */

/* Use the KDCs of the caller, else of krb5.conf, else of DNS. */
static daotp_status add_kdcs(daotp__ticket *ticket)
{
    bool is_own = ticket->realm != NULL && strcmp(ticket->realm, ticket->kdcs_realm) == 0;
    daotp_status status;

    if (ticket->kdc != NULL && is_own)
        return daotp__kdc_exchange_add(ticket->kdcs, ticket->kdc);
    status = daotp__krb5_add_kdcs(ticket->krb5, ticket->kdcs_realm, ticket->kdcs);
    if (status == DAOTP_OK && daotp__kdc_exchange_count(ticket->kdcs) == 0)
        status = daotp__krb5_look_up_kdcs(ticket->krb5, ticket->kdcs);
    return status;
}

/* Find the KDCs of the realm that libkrb5 asks now; those of the previous realm are kept if it
 * is the same. */
static daotp_status choose_realm(daotp__ticket *ticket, const krb5_data *realm)
{
    daotp_status status;

    if (ticket->kdcs_realm != NULL && strlen(ticket->kdcs_realm) == realm->length &&
        memcmp(ticket->kdcs_realm, realm->data, realm->length) == 0)
        return DAOTP_OK;
    daotp__kdc_exchange_free(ticket->kdcs);
    daotp__delete(ticket->kdcs_realm);
    ticket->kdcs = NULL;
    ticket->kdcs_realm = daotp__text_copy_n(realm->data, realm->length);
    if (ticket->kdcs_realm == NULL)
        return DAOTP_MEMORY;
    status = daotp__kdc_exchange_new(ticket->loop, ticket->kdcs_realm, ticket->connect_ms,
                                     &ticket->kdcs);
    return status == DAOTP_OK ? add_kdcs(ticket) : status;
}

static daotp_status explain_silent_kdc(const daotp__ticket *ticket, daotp_status status,
                                       daotp_report *report)
{
    size_t received;
    bool was_open = daotp__kdc_exchange_was_open(ticket->kdcs, &received);
    const char *how = "did not answer";

    if (status == DAOTP_PEER)
        return daotp__report_add(report, DAOTP_FINDING_CA_KERBEROS, 0,
                                 daotp__kdc_exchange_subject(ticket->kdcs),
                                 "an answer of more than %d octets", (int)DAOTP__MAX_KDC_MESSAGE);
    if (was_open)
        how = status == DAOTP_TIMEOUT ? "accepted the connection and did not answer"
                                      : "closed the connection";
    return daotp__report_add(
        report, DAOTP_FINDING_CA_KDC, 0, daotp__kdc_exchange_subject(ticket->kdcs),
        "%zu KDCs tried; the last %s", daotp__kdc_exchange_count(ticket->kdcs), how);
}

static daotp_status ask_realm(const daotp__ticket *ticket, daotp_report *report)
{
    daotp_status status = daotp__kdc_exchange_step(ticket->kdcs, report);

    if (status != DAOTP_NETWORK && status != DAOTP_TIMEOUT && status != DAOTP_PEER)
        return status;
    return explain_silent_kdc(ticket, status, report);
}

/* ---- the rounds ------------------------------------------------------------------------------ */

/* The ticket-granting ticket was received: store it in the cache, then get the ticket for the CA.
 */
static krb5_error_code finish_as(daotp__ticket *ticket)
{
    krb5_creds creds;
    krb5_error_code code;

    memset(&creds, 0, sizeof creds);
    code = krb5_init_creds_get_creds(ticket->krb5, ticket->as, &creds);
    if (code == 0)
        code = krb5_cc_initialize(ticket->krb5, ticket->cache, creds.client);
    if (code == 0)
        code = krb5_cc_store_cred(ticket->krb5, ticket->cache, &creds);
    if (code == 0) {
        krb5_free_principal(ticket->krb5, ticket->client);
        ticket->client = NULL;
        code = krb5_copy_principal(ticket->krb5, creds.client, &ticket->client);
    }
    krb5_free_cred_contents(ticket->krb5, &creds);
    krb5_init_creds_free(ticket->krb5, ticket->as); /* and the password with it */
    ticket->as = NULL;
    return code == 0 ? begin_tgs(ticket) : code;
}

static bool is_service_name(const daotp__ticket *ticket, krb5_const_principal server)
{
    return server->length == 2 && server->data[0].length == 4 &&
           memcmp(server->data[0].data, "host", 4) == 0 &&
           server->data[1].length == strlen(ticket->host) &&
           strncasecmp(server->data[1].data, ticket->host, server->data[1].length) == 0;
}

/* The service principal of the ticket itself: libkrb5 returns the ticket under the name that was
 * asked for, which has no realm. */
static krb5_error_code ticket_krb5_take_server(const daotp__ticket *ticket, krb5_creds *creds)
{
    krb5_ticket *decoded = NULL;
    krb5_error_code code = krb5_decode_ticket(&creds->ticket, &decoded);

    if (code != 0)
        return code;
    krb5_free_principal(ticket->krb5, creds->server);
    creds->server = NULL;
    code = krb5_copy_principal(ticket->krb5, decoded->server, &creds->server);
    krb5_free_ticket(ticket->krb5, decoded);
    return code;
}

/* GSSAPI finds the ticket in the cache by this name, and asks no KDC. */
static krb5_error_code store_ticket(daotp__ticket *ticket, krb5_creds *creds, const char *name)
{
    ticket->principal = daotp__text_copy(name);
    if (ticket->principal == NULL)
        return ENOMEM;
    return krb5_cc_store_cred(ticket->krb5, ticket->cache, creds);
}

/* Refuse a ticket for another host, so that a KDC cannot choose the peer. */
static daotp_status finish_tgs(daotp__ticket *ticket, daotp_report *report)
{
    krb5_creds creds;
    krb5_error_code code;
    char *name = NULL;
    daotp_status status = DAOTP_OK;

    memset(&creds, 0, sizeof creds);
    code = krb5_tkt_creds_get_creds(ticket->krb5, ticket->tgs, &creds);
    if (code == 0)
        code = ticket_krb5_take_server(ticket, &creds);
    if (code == 0)
        code = krb5_unparse_name(ticket->krb5, creds.server, &name);
    if (code == 0 && !is_service_name(ticket, creds.server))
        status = daotp__report_add(report, DAOTP_FINDING_CA_PRINCIPAL, 0, ticket->host,
                                   "the KDC answers with a ticket for %s", name);
    if (code == 0 && status == DAOTP_OK)
        code = store_ticket(ticket, &creds, name);
    krb5_free_unparsed_name(ticket->krb5, name);
    krb5_free_cred_contents(ticket->krb5, &creds);
    return code == 0 ? status : explain_ticket_error(ticket->krb5, code, ticket->host, report);
}

/* libkrb5 reads the answer and writes the next message, if there is one. */
static krb5_error_code step_library(daotp__ticket *ticket, krb5_data *out, krb5_data *realm,
                                    unsigned *flags)
{
    daotp__bytes reply = {NULL, 0};
    krb5_data in;

    if (ticket->kdcs != NULL)
        reply = daotp__kdc_exchange_reply(ticket->kdcs);
    in = (krb5_data){.length = (unsigned)reply.len, .data = (char *)reply.data};
    if (ticket->rounds == 0 || reply.len == 0)
        in = (krb5_data){.length = 0, .data = NULL};
    if (ticket->as != NULL)
        return krb5_init_creds_step(ticket->krb5, ticket->as, &in, out, realm, flags);
    return krb5_tkt_creds_step(ticket->krb5, ticket->tgs, &in, out, realm, flags);
}

static const char *ticket_subject(const daotp__ticket *ticket)
{
    if (ticket->kdcs != NULL)
        return daotp__kdc_exchange_subject(ticket->kdcs);
    return ticket->host;
}

static daotp_status next_round(daotp__ticket *ticket, daotp_report *report)
{
    krb5_data out = {.length = 0}, realm = {.length = 0};
    daotp_status status = DAOTP_OK;
    unsigned flags = 0;
    krb5_error_code code = step_library(ticket, &out, &realm, &flags);

    ticket->waiting = code == 0 && (flags & 1) != 0; /* KRB5_..._STEP_FLAG_CONTINUE */
    if (ticket->waiting && ++ticket->rounds > DAOTP__MAX_KDC_ROUNDS)
        status = daotp__report_add(report, DAOTP_FINDING_CA_KERBEROS, 0, ticket_subject(ticket),
                                   "more than %d rounds", (int)DAOTP__MAX_KDC_ROUNDS);
    if (ticket->waiting && status == DAOTP_OK)
        status = choose_realm(ticket, &realm);
    if (ticket->waiting && status == DAOTP_OK)
        status = daotp__kdc_exchange_begin(ticket->kdcs,
                                           (daotp__bytes){(const uint8_t *)out.data, out.length});
    krb5_free_data_contents(ticket->krb5, &out);
    krb5_free_data_contents(ticket->krb5, &realm);
    if (code != 0)
        return explain_ticket_error(ticket->krb5, code, ticket_subject(ticket), report);
    return status;
}

/* After the AS exchange the TGS exchange begins without a KDC message as input. */
static daotp_status change_exchange(daotp__ticket *ticket, daotp_report *report)
{
    krb5_error_code code = finish_as(ticket);

    ticket->rounds = 0;
    return code == 0 ? DAOTP_OK
                     : explain_ticket_error(ticket->krb5, code, ticket_subject(ticket), report);
}

daotp_status daotp__ticket_step(daotp__ticket *ticket, daotp_report *report)
{
    daotp_status status = DAOTP_OK;

    while (status == DAOTP_OK && ticket->principal == NULL) {
        if (ticket->waiting)
            status = ask_realm(ticket, report);
        if (status == DAOTP_OK)
            status = next_round(ticket, report);
        if (status != DAOTP_OK || ticket->waiting)
            continue;
        status = ticket->as != NULL ? change_exchange(ticket, report) : finish_tgs(ticket, report);
    }
    return status;
}

const char *daotp__ticket_cache(const daotp__ticket *ticket)
{
    return ticket->cache_name;
}

const char *daotp__ticket_principal(const daotp__ticket *ticket)
{
    return ticket->principal;
}
