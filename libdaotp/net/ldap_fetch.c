/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One LDAP search for one attribute of one entry, to fetch a CRL or a certificate of a CA. libldap
 * is not used, because it reads ldaprc and LDAP* variables before a program can prevent it, and
 * because it allocates each value separately: an entry of 60 MB in values of two bytes took 2.29
 * GB. Here the octets read are limited, and only the first value is stored. ldap_url.c reads the
 * URL, ldap_message.c one message, ldap_answer.c the whole response; fuzz_ldap runs all three.
 */
#include "net/ldap_fetch.h"

#include "core/alloc.h"
#include "core/limits.h"
#include "net/ldap_answer.h"
#include "net/ldap_message.h"
#include "net/ldap_url.h"
#include "net/resolve.h"
#include "net/stream.h"

#include <stdio.h>
#include <string.h>

enum {
    REQUEST_ID = 1,
    READS_A_STEP = 64 /* then the deadline and the other users of the loop are served */
};

struct daotp__ldap_fetch {
    daotp__loop *loop;
    daotp__http_get_policy policy;
    int64_t deadline_ms;
    char *url;
    daotp__ldap_url parsed;
    daotp__resolver *resolver;
    daotp__stream *stream;
    daotp__buffer request;
    size_t sent;
    daotp__ldap_answer answer;
};

/* ---- making one ------------------------------------------------------------------------------ */

/* Use the host of the URL, or the caller's server if the URL has none. */
static daotp_status choose_server(daotp__ldap_fetch *fetch, const char *server)
{
    daotp__ldap_url given;
    daotp_status status;

    if (fetch->parsed.host != NULL)
        return DAOTP_OK;
    if (server == NULL)
        return DAOTP_USAGE;
    status = daotp__ldap_url_parse_server(server, &given);
    fetch->parsed.host = given.host;
    fetch->parsed.port = given.port;
    return status;
}

static daotp_status ldap_set_up(daotp__ldap_fetch *fetch, const char *server)
{
    daotp_status status;

    if (fetch->url == NULL)
        return DAOTP_MEMORY;
    status = daotp__ldap_url_parse(fetch->url, &fetch->parsed);
    if (status == DAOTP_OK)
        status = choose_server(fetch, server);
    if (status != DAOTP_OK)
        return status;
    daotp__ldap_write_search(&fetch->request, REQUEST_ID, fetch->parsed.dn,
                             fetch->parsed.attribute);
    if (fetch->request.failed != DAOTP_OK)
        return DAOTP_MEMORY;
    if (fetch->answer.value.fd < 0)
        return DAOTP_INTERNAL;
    return daotp__resolver_new(fetch->loop, fetch->parsed.host, &fetch->resolver);
}

daotp_status daotp__ldap_fetch_new(daotp__loop *loop, const daotp__http_get_policy *policy,
                                   const char *server, const char *url, daotp__ldap_fetch **out)
{
    daotp__ldap_fetch *fetch = daotp__new(sizeof *fetch);
    daotp_status status;

    *out = NULL;
    if (fetch == NULL)
        return DAOTP_MEMORY;
    fetch->loop = loop;
    fetch->policy = *policy;
    fetch->deadline_ms = daotp__loop_in_ms(loop, policy->timeout_ms);
    daotp__buffer_init(&fetch->request, 2 * DAOTP__MAX_URL);
    fetch->url = daotp__text_copy(url);
    daotp__ldap_answer_init(&fetch->answer, fetch->url, REQUEST_ID, (uint64_t)policy->max_bytes);
    status = ldap_set_up(fetch, server);
    if (status != DAOTP_OK) {
        daotp__ldap_fetch_free(fetch);
        return status;
    }
    *out = fetch;
    return DAOTP_OK;
}

/* RFC 4511 5.3: the client ends a session with an unbind. A failure to send it is ignored. */
static void say_goodbye(daotp__ldap_fetch *fetch)
{
    size_t done;

    daotp__buffer_clear(&fetch->request);
    daotp__ldap_write_unbind(&fetch->request, REQUEST_ID + 1);
    if (fetch->request.failed == DAOTP_OK)
        (void)daotp__stream_write(fetch->stream, fetch->request.data, fetch->request.len, &done);
}

void daotp__ldap_fetch_free(daotp__ldap_fetch *fetch)
{
    if (fetch == NULL)
        return;
    if (fetch->stream != NULL && daotp__stream_is_open(fetch->stream))
        say_goodbye(fetch);
    daotp__stream_free(fetch->stream);
    daotp__resolver_free(fetch->resolver);
    daotp__buffer_free(&fetch->request);
    daotp__ldap_answer_free(&fetch->answer);
    daotp__ldap_url_free(&fetch->parsed);
    daotp__delete(fetch->url);
    daotp__delete(fetch);
}

/* ---- asking ---------------------------------------------------------------------------------- */

static daotp_status ldap_give_up(const daotp__ldap_fetch *fetch, daotp_finding_number number,
                                 int64_t upstream, const char *found, daotp_report *report)
{
    (void)daotp__report_add(report, number, upstream, fetch->url, "%s", found);
    return daotp__http_get_status(number);
}

/* Find an address in the networks that the caller allowed: only known directories are contacted. */
static const char *find_allowed_address(const daotp__ldap_fetch *fetch)
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

static daotp_status resolve_server(daotp__ldap_fetch *fetch, int64_t left_ms, daotp_report *report)
{
    daotp_status status = daotp__resolver_step(fetch->resolver, NULL);
    const char *address;

    if (status == DAOTP_AGAIN || status == DAOTP_MEMORY)
        return status;
    if (status != DAOTP_OK)
        return ldap_give_up(fetch, DAOTP_FINDING_FETCH_FAILED, 0, fetch->parsed.host, report);
    address = find_allowed_address(fetch);
    if (address == NULL)
        return ldap_give_up(fetch, DAOTP_FINDING_FETCH_ADDRESS, 0, fetch->parsed.host, report);
    return daotp__stream_new(fetch->loop, address, fetch->parsed.port, NULL, left_ms,
                             &fetch->stream);
}

static daotp_status ldap_open_connection(daotp__ldap_fetch *fetch, daotp_report *report)
{
    daotp_status status = daotp__stream_open(fetch->stream, NULL);

    if (status == DAOTP_NETWORK)
        return ldap_give_up(fetch, DAOTP_FINDING_FETCH_FAILED, 0, "no connection", report);
    if (status == DAOTP_TIMEOUT)
        return ldap_give_up(fetch, DAOTP_FINDING_FETCH_TIMEOUT, 0, "", report);
    return status;
}

static daotp_status ldap_send_request(daotp__ldap_fetch *fetch, daotp_report *report)
{
    daotp_status status = DAOTP_OK;

    while (status == DAOTP_OK && fetch->sent < fetch->request.len) {
        size_t done;

        status = daotp__stream_write(fetch->stream, fetch->request.data + fetch->sent,
                                     fetch->request.len - fetch->sent, &done);
        fetch->sent += done;
    }
    if (status == DAOTP_NETWORK)
        return ldap_give_up(fetch, DAOTP_FINDING_FETCH_FAILED, 0, "the connection was closed",
                            report);
    return status;
}

/* ---- the answer ------------------------------------------------------------------------------ */

static daotp_status receive_answer(daotp__ldap_fetch *fetch, daotp_report *report)
{
    daotp_status status = daotp__ldap_answer_is_complete(&fetch->answer) ? DAOTP_OK : DAOTP_AGAIN;
    uint8_t bytes[DAOTP__LDAP_READ_SIZE];

    for (unsigned i = 0; i < READS_A_STEP && status == DAOTP_AGAIN; i++) {
        size_t done;

        status = daotp__stream_read(fetch->stream, bytes, sizeof bytes, &done);
        if (status == DAOTP_AGAIN)
            return status;
        if (status == DAOTP_NETWORK)
            return ldap_give_up(fetch, DAOTP_FINDING_FETCH_FAILED, 0, "the connection was closed",
                                report);
        if (status == DAOTP_OK)
            status = daotp__ldap_answer_add(&fetch->answer, (daotp__bytes){bytes, done}, report);
    }
    if (status == DAOTP_AGAIN)
        daotp__loop_wake_in(fetch->loop, 0);
    return status;
}

daotp_status daotp__ldap_fetch_step(daotp__ldap_fetch *fetch, daotp_report *report)
{
    int64_t now = daotp__loop_now_ms(fetch->loop);
    daotp_status status = DAOTP_OK;

    if (now >= fetch->deadline_ms)
        return ldap_give_up(fetch, DAOTP_FINDING_FETCH_TIMEOUT, 0, "", report);
    daotp__loop_wake_in(fetch->loop, daotp__time_sub(fetch->deadline_ms, now));
    if (fetch->stream == NULL)
        status = resolve_server(fetch, daotp__time_sub(fetch->deadline_ms, now), report);
    if (status == DAOTP_OK)
        status = ldap_open_connection(fetch, report);
    if (status == DAOTP_OK)
        status = ldap_send_request(fetch, report);
    if (status == DAOTP_OK)
        status = receive_answer(fetch, report);
    return status;
}

bool daotp__ldap_fetch_take(daotp__ldap_fetch *fetch, daotp__bytes *mapped)
{
    *mapped = (daotp__bytes){NULL, 0};
    return daotp__ldap_answer_is_complete(&fetch->answer) &&
           daotp__spool_take(&fetch->answer.value, mapped);
}
