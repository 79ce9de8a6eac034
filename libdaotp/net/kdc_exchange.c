/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/kdc_exchange.h"

#include "core/alloc.h"
#include "core/time_sum.h"
#include "net/kdc_frame.h"
#include "net/srv_lookup.h"
#include "net/stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KDC_PORT = 88 };

struct daotp__kdc_exchange {
    daotp__loop *loop;
    int64_t connect_ms;
    char *realm, *kdcs[DAOTP__MAX_KDCS];
    size_t count, next;
    daotp__srv_lookup *lookup; /* the lookup of the KDCs, until it has ended */
    daotp__stream *stream;
    daotp__buffer out, in; /* each with its four-octet length before it */
    size_t sent;
    bool is_open;         /* the connection to the last KDC was established */
    int64_t silent_at_ms; /* the time by which that KDC must have replied */
    char subject[DAOTP__MAX_TEXT];
};

daotp_status daotp__kdc_exchange_new(daotp__loop *loop, const char *realm, int64_t connect_ms,
                                     daotp__kdc_exchange **out)
{
    daotp__kdc_exchange *exchange = daotp__new(sizeof *exchange);

    *out = NULL;
    if (exchange == NULL)
        return DAOTP_MEMORY;
    exchange->loop = loop;
    exchange->connect_ms = connect_ms;
    daotp__buffer_init(&exchange->out, DAOTP__MAX_KDC_MESSAGE);
    daotp__buffer_init(&exchange->in, DAOTP__MAX_KDC_MESSAGE);
    exchange->realm = daotp__text_copy(realm);
    if (exchange->realm == NULL) {
        daotp__kdc_exchange_free(exchange);
        return DAOTP_MEMORY;
    }
    (void)snprintf(exchange->subject, sizeof exchange->subject, "%s", realm);
    *out = exchange;
    return DAOTP_OK;
}

void daotp__kdc_exchange_free(daotp__kdc_exchange *exchange)
{
    if (exchange == NULL)
        return;
    daotp__stream_free(exchange->stream);
    daotp__srv_lookup_free(exchange->lookup);
    for (size_t i = 0; i < exchange->count; i++)
        daotp__delete(exchange->kdcs[i]);
    daotp__buffer_free(&exchange->out);
    daotp__buffer_free(&exchange->in);
    daotp__delete(exchange->realm);
    daotp__delete(exchange);
}

daotp_status daotp__kdc_exchange_add(daotp__kdc_exchange *exchange, const char *kdc)
{
    if (exchange->count == DAOTP__MAX_KDCS)
        return DAOTP_OK;
    exchange->kdcs[exchange->count] = daotp__text_copy(kdc);
    if (exchange->kdcs[exchange->count] == NULL)
        return DAOTP_MEMORY;
    exchange->count++;
    return DAOTP_OK;
}

daotp_status daotp__kdc_exchange_look_up(daotp__kdc_exchange *exchange, bool asks_srv)
{
    daotp_status status;
    daotp__buffer name;

    if (!asks_srv || strlen(exchange->realm) > DAOTP__MAX_HOST) /* DNS names are not longer */
        return daotp__kdc_exchange_add(exchange, exchange->realm);
    daotp__buffer_init(&name, DAOTP__MAX_TEXT);
    daotp__buffer_format(&name, "_kerberos._tcp.%s", exchange->realm);
    status = name.failed;
    if (status == DAOTP_OK)
        status = daotp__srv_lookup_new(exchange->loop, daotp__buffer_string(&name),
                                       exchange->connect_ms, &exchange->lookup);
    daotp__buffer_free(&name);
    return status;
}

static daotp_status add_looked_up_kdcs(daotp__kdc_exchange *exchange)
{
    size_t count;
    const daotp__srv_record *records = daotp__srv_lookup_records(exchange->lookup, &count);
    daotp_status status = DAOTP_OK;
    char kdc[DAOTP__MAX_HOST + 8];

    if (count == 0)
        return daotp__kdc_exchange_add(exchange, exchange->realm);
    for (size_t i = 0; i < count && status == DAOTP_OK; i++) {
        (void)snprintf(kdc, sizeof kdc, "%s:%u", records[i].host, (unsigned)records[i].port);
        status = daotp__kdc_exchange_add(exchange, kdc);
    }
    return status;
}

static daotp_status step_look_up(daotp__kdc_exchange *exchange)
{
    daotp_status status;

    if (exchange->lookup == NULL)
        return DAOTP_OK;
    status = daotp__srv_lookup_step(exchange->lookup);
    if (status == DAOTP_OK)
        status = add_looked_up_kdcs(exchange);
    if (status != DAOTP_OK)
        return status;
    daotp__srv_lookup_free(exchange->lookup);
    exchange->lookup = NULL;
    return DAOTP_OK;
}

size_t daotp__kdc_exchange_count(const daotp__kdc_exchange *exchange)
{
    return exchange->count;
}

/* Returns 0 when the text is not a port. */
static uint16_t parse_kdc_port(const char *text)
{
    char *rest;
    unsigned long value = strtoul(text, &rest, 10);

    if (*text < '0' || *text > '9' || *rest != '\0' || value > UINT16_MAX)
        return 0;
    return (uint16_t)value;
}

char *daotp__kdc_split(const char *text, uint16_t *port)
{
    const char *end, *colon = NULL;
    bool brackets;

    text += strncmp(text, "tcp/", 4) == 0 ? 4 : 0;
    brackets = *text == '[';
    end = strchr(text, brackets ? ']' : ':');
    if (!brackets && end != NULL && strchr(end + 1, ':') != NULL)
        end = NULL; /* a bare IPv6 address */
    if (end != NULL)
        colon = strchr(end, ':');
    *port = KDC_PORT;
    if (colon != NULL)
        *port = parse_kdc_port(colon + 1);
    text += brackets ? 1 : 0;
    return daotp__text_copy_n(text, end != NULL ? (size_t)(end - text) : strlen(text));
}

daotp_status daotp__kdc_exchange_begin(daotp__kdc_exchange *exchange, daotp__bytes message)
{
    size_t n = message.len;
    uint8_t len[4] = {(uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n};

    daotp__buffer_clear(&exchange->in);
    daotp__buffer_clear(&exchange->out);
    daotp__buffer_add(&exchange->out, len, sizeof len);
    daotp__buffer_add(&exchange->out, message.data, message.len);
    exchange->sent = 0;
    return exchange->out.failed;
}

static daotp_status open_kdc_stream(daotp__kdc_exchange *exchange)
{
    const char *kdc = exchange->kdcs[exchange->next];
    uint16_t port;
    char *host = daotp__kdc_split(kdc, &port);
    daotp_status status = DAOTP_MEMORY;

    if (host != NULL)
        status = daotp__stream_new(exchange->loop, host, port, NULL, exchange->connect_ms,
                                   &exchange->stream);
    (void)snprintf(exchange->subject, sizeof exchange->subject, "KDC %s, realm %s", kdc,
                   exchange->realm);
    exchange->is_open = false;
    daotp__delete(host);
    return status;
}

static daotp_status receive_kdc_reply(daotp__kdc_exchange *exchange)
{
    size_t missing, n;
    daotp_status status;
    uint8_t *room;

    while (daotp__kdc_missing(daotp__buffer_bytes(&exchange->in), &missing)) {
        if (missing == 0)
            return DAOTP_OK;
        room = daotp__buffer_room(&exchange->in, missing);
        if (room == NULL)
            return exchange->in.failed;
        status = daotp__stream_read(exchange->stream, room, missing, &n);
        if (status != DAOTP_OK)
            return status;
        daotp__buffer_wrote(&exchange->in, n);
    }
    return DAOTP_PEER;
}

/* If a KDC accepts a connection and then sends nothing, stop waiting before the total deadline. */
static daotp_status watch_kdc_silence(const daotp__kdc_exchange *exchange)
{
    int64_t now_ms = daotp__loop_now_ms(exchange->loop);

    if (!exchange->is_open)
        return DAOTP_AGAIN;
    if (now_ms >= exchange->silent_at_ms)
        return DAOTP_TIMEOUT;
    daotp__loop_wake_in(exchange->loop, daotp__time_sub(exchange->silent_at_ms, now_ms));
    return DAOTP_AGAIN;
}

static daotp_status open_kdc(daotp__kdc_exchange *exchange, daotp_report *report)
{
    daotp_status status = DAOTP_OK;

    if (exchange->stream == NULL)
        status = open_kdc_stream(exchange);
    if (status == DAOTP_OK)
        status = daotp__stream_open(exchange->stream, report);
    if (status == DAOTP_OK && !exchange->is_open) {
        exchange->is_open = true;
        exchange->silent_at_ms = daotp__loop_in_ms(exchange->loop, exchange->connect_ms);
    }
    return status;
}

static daotp_status ask_kdc(daotp__kdc_exchange *exchange, daotp_report *report)
{
    daotp_status status = open_kdc(exchange, report);
    size_t n;

    while (status == DAOTP_OK && exchange->sent < exchange->out.len) {
        status = daotp__stream_write(exchange->stream, exchange->out.data + exchange->sent,
                                     exchange->out.len - exchange->sent, &n);
        exchange->sent += n;
    }
    if (status == DAOTP_OK)
        status = receive_kdc_reply(exchange);
    return status == DAOTP_AGAIN ? watch_kdc_silence(exchange) : status;
}

/* The same message may be sent to the next KDC: a ticket request uses nothing up. */
daotp_status daotp__kdc_exchange_step(daotp__kdc_exchange *exchange, daotp_report *report)
{
    daotp_status status = step_look_up(exchange);

    if (status != DAOTP_OK)
        return status;
    for (;;) {
        size_t findings = report != NULL ? report->count : 0;

        status = ask_kdc(exchange, report);
        if (status == DAOTP_AGAIN)
            return status;
        daotp__stream_free(exchange->stream);
        exchange->stream = NULL;
        exchange->sent = 0;
        if (status != DAOTP_NETWORK && status != DAOTP_TIMEOUT && status != DAOTP_PEER)
            return status;
        if (report != NULL)
            daotp__report_downgrade_errors(report, findings);
        if (exchange->next + 1 >= exchange->count)
            return status;
        exchange->next++;
        daotp__buffer_clear(&exchange->in);
    }
}

daotp__bytes daotp__kdc_exchange_reply(const daotp__kdc_exchange *exchange)
{
    daotp__bytes reply = daotp__buffer_bytes(&exchange->in);

    if (reply.len < DAOTP__KDC_HEAD)
        return (daotp__bytes){NULL, 0};
    return (daotp__bytes){reply.data + DAOTP__KDC_HEAD, reply.len - DAOTP__KDC_HEAD};
}

const char *daotp__kdc_exchange_subject(const daotp__kdc_exchange *exchange)
{
    return exchange->subject;
}

bool daotp__kdc_exchange_was_open(const daotp__kdc_exchange *exchange, size_t *received)
{
    *received = exchange->in.len;
    return exchange->is_open;
}
