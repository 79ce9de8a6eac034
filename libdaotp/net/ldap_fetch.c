/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/ldap_fetch.h"

#include "core/alloc.h"
#include "core/limits.h"
#include "core/sigpipe.h"
#include "net/resolve.h"

#include <fcntl.h>
#include <lber.h>
#include <ldap.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { POLL_MS = 20, DEFAULT_PORT = 389, MAX_PASSED_OVER = 64 };

struct daotp__ldap_fetch {
    daotp__loop *loop;
    daotp__download_policy policy;
    int slot, watched;
    int64_t deadline_ms;
    char *url, *host;
    uint16_t port;
    LDAPURLDesc *parsed;
    daotp__resolver *resolver;
    LDAP *ldap;
    int message;          /* -1: not asked yet */
    unsigned passed_over; /* what came that is no entry */
    struct berval **values;
};

/* ---- making one ------------------------------------------------------------------------------ */

static bool split_server(daotp__ldap_fetch *fetch, const char *server)
{
    const char *colon = strrchr(server, ':');
    bool is_six = colon != NULL && strchr(server, ':') != colon;

    fetch->port = DEFAULT_PORT;
    if (colon == NULL || is_six) {
        fetch->host = daotp__text_copy(server);
    } else {
        fetch->host = daotp__text_copy_n(server, (size_t)(colon - server));
        fetch->port = (uint16_t)strtoul(colon + 1, NULL, 10);
    }
    return fetch->host != NULL;
}

/* A base search for one attribute that holds what can be fetched, in clear text, and no more. */
static bool is_wanted(const LDAPURLDesc *url)
{
    static const char *const attributes[] = {"certificateRevocationList",
                                             "certificateRevocationList;binary",
                                             "deltaRevocationList",
                                             "deltaRevocationList;binary",
                                             "authorityRevocationList",
                                             "authorityRevocationList;binary",
                                             "cACertificate",
                                             "cACertificate;binary"};

    if (url->lud_attrs == NULL || url->lud_attrs[0] == NULL || url->lud_attrs[1] != NULL ||
        url->lud_exts != NULL || strcasecmp(url->lud_scheme, "ldap") != 0 ||
        (url->lud_scope != LDAP_SCOPE_BASE && url->lud_scope != LDAP_SCOPE_DEFAULT))
        return false;
    for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++)
        if (strcasecmp(url->lud_attrs[0], attributes[i]) == 0)
            return true;
    return false;
}

static daotp_status set_up(daotp__ldap_fetch *fetch, const char *server)
{
    const LDAPURLDesc *url;

    if (fetch->url == NULL)
        return DAOTP_MEMORY;
    if (strlen(fetch->url) > DAOTP__MAX_URL ||
        ldap_url_parse(fetch->url, &fetch->parsed) != LDAP_URL_SUCCESS || !is_wanted(fetch->parsed))
        return DAOTP_USAGE;
    url = fetch->parsed;
    if (url->lud_host != NULL && url->lud_host[0] != '\0') {
        fetch->host = daotp__text_copy(url->lud_host);
        fetch->port = (uint16_t)(url->lud_port > 0 ? url->lud_port : DEFAULT_PORT);
    } else if (server == NULL) {
        return DAOTP_USAGE;
    } else if (!split_server(fetch, server)) {
        return DAOTP_MEMORY;
    }
    if (fetch->host == NULL)
        return DAOTP_MEMORY;
    return daotp__resolver_new(fetch->loop, fetch->host, &fetch->resolver);
}

static void on_ready(void *user, int fd, uint32_t events)
{
    (void)user, (void)fd, (void)events; /* the step asks libldap */
}

daotp_status daotp__ldap_fetch_new(daotp__loop *loop, const daotp__download_policy *policy,
                                   const char *server, const char *url, daotp__ldap_fetch **out)
{
    daotp__ldap_fetch *fetch = daotp__new(sizeof *fetch);
    daotp_status status;

    *out = NULL;
    if (fetch == NULL)
        return DAOTP_MEMORY;
    fetch->loop = loop;
    fetch->policy = *policy;
    fetch->message = fetch->watched = -1;
    fetch->deadline_ms = daotp__context_in_ms(daotp__loop_context(loop), policy->timeout_ms);
    fetch->slot = daotp__loop_join(loop, on_ready, fetch);
    fetch->url = daotp__text_copy(url);
    status = fetch->slot >= 0 ? set_up(fetch, server) : DAOTP_MEMORY;
    if (status != DAOTP_OK) {
        daotp__ldap_fetch_free(fetch);
        return status;
    }
    *out = fetch;
    return DAOTP_OK;
}

/* libldap writes to sockets that the peer may have closed. */
void daotp__ldap_fetch_free(daotp__ldap_fetch *fetch)
{
    daotp__sigpipe hold;

    if (fetch == NULL)
        return;
    daotp__sigpipe_hold(&hold);
    if (fetch->watched >= 0)
        (void)daotp__loop_watch(fetch->loop, fetch->slot, fetch->watched, 0);
    ldap_value_free_len(fetch->values);
    if (fetch->ldap != NULL)
        (void)ldap_unbind_ext_s(fetch->ldap, NULL, NULL);
    daotp__sigpipe_release(&hold);
    ldap_free_urldesc(fetch->parsed);
    daotp__resolver_free(fetch->resolver);
    daotp__loop_leave(fetch->loop, fetch->slot);
    daotp__delete(fetch->host);
    daotp__delete(fetch->url);
    daotp__delete(fetch);
}

/* ---- asking ---------------------------------------------------------------------------------- */

static daotp_status give_up(const daotp__ldap_fetch *fetch, daotp_finding_number number,
                            int64_t upstream, const char *found, daotp_report *report)
{
    (void)daotp__report_add(report, number, upstream, fetch->url, "%s", found);
    return daotp__download_status(number);
}

/* Only where the caller said so: a directory is never a stranger's. */
static const char *find_address(const daotp__ldap_fetch *fetch)
{
    uint8_t address[16];
    int family;

    for (size_t i = 0; i < daotp__resolver_count(fetch->resolver); i++) {
        const char *text = daotp__resolver_address(fetch->resolver, i);

        for (size_t k = 0;
             daotp__address_parse(text, &family, address) && k < fetch->policy.network_count; k++)
            if (daotp__network_has(&fetch->policy.networks[k], family, address))
                return text;
    }
    return NULL;
}

static bool set_options(LDAP *ldap)
{
    int version = LDAP_VERSION3;
    struct timeval none = {0, 0};

    return ldap_set_option(ldap, LDAP_OPT_PROTOCOL_VERSION, &version) == LDAP_OPT_SUCCESS &&
           ldap_set_option(ldap, LDAP_OPT_REFERRALS, LDAP_OPT_OFF) == LDAP_OPT_SUCCESS &&
           ldap_set_option(ldap, LDAP_OPT_CONNECT_ASYNC, LDAP_OPT_ON) == LDAP_OPT_SUCCESS &&
           ldap_set_option(ldap, LDAP_OPT_NETWORK_TIMEOUT, &none) == LDAP_OPT_SUCCESS &&
           ldap_set_option(ldap, LDAP_OPT_RESTART, LDAP_OPT_OFF) == LDAP_OPT_SUCCESS;
}

static daotp_status open_ldap(daotp__ldap_fetch *fetch, daotp_report *report)
{
    const char *address = find_address(fetch);
    daotp__buffer uri;
    int rc;

    if (address == NULL)
        return give_up(fetch, DAOTP_FINDING_FETCH_ADDRESS, 0, fetch->host, report);
    daotp__buffer_init(&uri, DAOTP__MAX_URL);
    daotp__buffer_format(&uri, strchr(address, ':') != NULL ? "ldap://[%s]:%u" : "ldap://%s:%u",
                         address, (unsigned)fetch->port);
    rc = uri.failed == DAOTP_OK ? ldap_initialize(&fetch->ldap, daotp__buffer_string(&uri))
                                : LDAP_NO_MEMORY;
    daotp__buffer_free(&uri);
    return rc == LDAP_SUCCESS && set_options(fetch->ldap) ? DAOTP_OK : DAOTP_MEMORY;
}

static void watch(daotp__ldap_fetch *fetch, uint32_t events)
{
    int fd = -1;

    if (ldap_get_option(fetch->ldap, LDAP_OPT_DESC, &fd) != LDAP_OPT_SUCCESS || fd < 0)
        return;
    if (fetch->watched >= 0 && fetch->watched != fd)
        (void)daotp__loop_watch(fetch->loop, fetch->slot, fetch->watched, 0);
    fetch->watched = daotp__loop_watch(fetch->loop, fetch->slot, fd, events) ? fd : -1;
}

/* libldap reads nothing longer than this. */
static void limit_size(const daotp__ldap_fetch *fetch)
{
    ber_len_t max = (ber_len_t)fetch->policy.max_bytes + DAOTP__MAX_URL;
    Sockbuf *buffer = NULL;

    if (ldap_get_option(fetch->ldap, LDAP_OPT_SOCKBUF, &buffer) == LDAP_OPT_SUCCESS &&
        buffer != NULL)
        (void)ber_sockbuf_ctrl(buffer, LBER_SB_OPT_SET_MAX_INCOMING, &max);
}

static daotp_status ask(daotp__ldap_fetch *fetch, daotp_report *report)
{
    int rc = ldap_search_ext(fetch->ldap, fetch->parsed->lud_dn, LDAP_SCOPE_BASE, "(objectClass=*)",
                             fetch->parsed->lud_attrs, 0, NULL, NULL, NULL, 1, &fetch->message);

    if (rc == LDAP_X_CONNECTING) {
        fetch->message = -1;
        watch(fetch, EPOLLOUT);
        daotp__loop_wake_in(fetch->loop, POLL_MS); /* the socket may not be there to be watched */
        return DAOTP_AGAIN;
    }
    if (rc != LDAP_SUCCESS)
        return give_up(fetch, DAOTP_FINDING_FETCH_FAILED, rc, ldap_err2string(rc), report);
    limit_size(fetch);
    watch(fetch, EPOLLIN);
    return DAOTP_AGAIN;
}

/* ---- the answer ------------------------------------------------------------------------------ */

/* The search is over, and there was no entry. */
static daotp_status take_result(const daotp__ldap_fetch *fetch, LDAPMessage *result,
                                daotp_report *report)
{
    int code = LDAP_OTHER;

    (void)ldap_parse_result(fetch->ldap, result, &code, NULL, NULL, NULL, NULL, 0);
    return give_up(fetch, DAOTP_FINDING_FETCH_STATUS, code, ldap_err2string(code), report);
}

static daotp_status take_entry(daotp__ldap_fetch *fetch, LDAPMessage *entry, daotp_report *report)
{
    BerElement *rest = NULL;
    char *attribute = ldap_first_attribute(fetch->ldap, entry, &rest); /* ;binary or without */

    if (attribute != NULL)
        fetch->values = ldap_get_values_len(fetch->ldap, entry, attribute);
    ldap_memfree(attribute);
    ber_free(rest, 0);
    if (fetch->values == NULL || fetch->values[0] == NULL || fetch->values[0]->bv_len == 0)
        return give_up(fetch, DAOTP_FINDING_FETCH_CONTENT, 0, "no such attribute", report);
    if (fetch->values[0]->bv_len > (ber_len_t)fetch->policy.max_bytes)
        return give_up(fetch, DAOTP_FINDING_FETCH_TOO_LARGE, 0, "", report);
    return DAOTP_OK;
}

static daotp_status take_message(daotp__ldap_fetch *fetch, int kind, LDAPMessage *message,
                                 daotp_report *report)
{
    if (kind == LDAP_RES_SEARCH_ENTRY)
        return take_entry(fetch, message, report);
    if (kind == LDAP_RES_SEARCH_RESULT)
        return take_result(fetch, message, report);
    if (++fetch->passed_over > MAX_PASSED_OVER) /* references, which are not followed */
        return give_up(fetch, DAOTP_FINDING_FETCH_CONTENT, 0, "references", report);
    return DAOTP_AGAIN;
}

/* The first entry is the answer, and the only one: what a server sends behind it is not waited for,
 * or it could send without an end. */
static daotp_status receive(daotp__ldap_fetch *fetch, daotp_report *report)
{
    daotp_status status = DAOTP_AGAIN;
    int kind = 1, code = 0;

    while (status == DAOTP_AGAIN && kind > 0) {
        struct timeval none = {0, 0};
        LDAPMessage *message = NULL;

        kind = ldap_result(fetch->ldap, fetch->message, LDAP_MSG_ONE, &none, &message);
        if (kind > 0)
            status = take_message(fetch, kind, message, report);
        (void)ldap_msgfree(message);
    }
    if (kind >= 0)
        return status;
    (void)ldap_get_option(fetch->ldap, LDAP_OPT_RESULT_CODE, &code);
    return give_up(fetch, DAOTP_FINDING_FETCH_FAILED, code, ldap_err2string(code), report);
}

static daotp_status step(daotp__ldap_fetch *fetch, daotp_report *report)
{
    int64_t now = daotp__context_now_ms(daotp__loop_context(fetch->loop));
    daotp_status status = DAOTP_OK;

    if (now >= fetch->deadline_ms)
        return give_up(fetch, DAOTP_FINDING_FETCH_TIMEOUT, 0, "", report);
    daotp__loop_wake_in(fetch->loop, fetch->deadline_ms - now);
    if (fetch->ldap == NULL) {
        status = daotp__resolver_step(fetch->resolver, NULL);
        if (status == DAOTP_OK)
            status = open_ldap(fetch, report);
        else if (status != DAOTP_AGAIN && status != DAOTP_MEMORY)
            return give_up(fetch, DAOTP_FINDING_FETCH_FAILED, 0, fetch->host, report);
    }
    if (status == DAOTP_OK && fetch->message < 0)
        status = ask(fetch, report);
    else if (status == DAOTP_OK)
        status = receive(fetch, report);
    return status;
}

daotp_status daotp__ldap_fetch_step(daotp__ldap_fetch *fetch, daotp_report *report)
{
    daotp__sigpipe hold;
    daotp_status status;

    daotp__sigpipe_hold(&hold);
    status = step(fetch, report);
    daotp__sigpipe_release(&hold);
    return status;
}

bool daotp__ldap_fetch_take(daotp__ldap_fetch *fetch, uint8_t **value, size_t *len)
{
    if (fetch->values == NULL || fetch->values[0] == NULL)
        return false;
    *len = fetch->values[0]->bv_len;
    *value = daotp__bytes_copy(fetch->values[0]->bv_val, *len);
    return *value != NULL;
}
