/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/https_exchange.h"

#include "core/alloc.h"
#include "core/limits.h"
#include "net/http_response.h"

#include <openssl/ssl.h>
#include <string.h>

enum { READ_SIZE = 16 * 1024 };

struct daotp__https_exchange {
    daotp__curl_connection *connection;
    const daotp__url *url;
    daotp__loop *loop;
    int slot, fd;
    bool open, closed, under_way, has_sent, has_answer;
    int64_t answered_ms;
    daotp__buffer request;
    size_t sent;
    daotp__http_response response;
};

/* Readiness needs no work of its own: the next step tries again. */
static void on_http_ready(void *user, int fd, uint32_t events)
{
    (void)user, (void)fd, (void)events;
}

daotp_status daotp__https_exchange_new(daotp__loop *loop, const daotp__peer *peer,
                                       daotp__https_exchange **out)
{
    daotp__https_exchange *http = daotp__new(sizeof *http);
    daotp_status status;

    *out = NULL;
    if (http == NULL)
        return DAOTP_MEMORY;
    http->loop = loop;
    http->url = peer->url;
    http->fd = -1;
    daotp__buffer_init_secret(&http->request, DAOTP__MAX_HTTP_HEAD + 2 * DAOTP__MAX_OTP_MESSAGE);
    http->slot = daotp__loop_join(loop, on_http_ready, http);
    status =
        http->slot < 0 ? DAOTP_MEMORY : daotp__curl_connection_new(loop, peer, &http->connection);
    if (status == DAOTP_OK && curl_easy_setopt(daotp__curl_connection_easy(http->connection),
                                               CURLOPT_CONNECT_ONLY, 1L) != CURLE_OK)
        status = DAOTP_INTERNAL;
    if (status != DAOTP_OK) {
        daotp__https_exchange_free(http);
        return status;
    }
    *out = http;
    return DAOTP_OK;
}

void daotp__https_exchange_free(daotp__https_exchange *http)
{
    if (http == NULL)
        return;
    if (http->fd >= 0)
        (void)daotp__loop_watch(http->loop, http->slot, http->fd, 0); /* gone with the socket */
    daotp__curl_connection_free(http->connection);
    daotp__loop_leave(http->loop, http->slot);
    daotp__buffer_free(&http->request);
    if (http->has_answer)
        daotp__http_response_free(&http->response);
    daotp__delete(http);
}

daotp__phase daotp__https_exchange_phase(const daotp__https_exchange *http)
{
    return daotp__curl_connection_phase(http->connection);
}

daotp__tls *daotp__https_exchange_tls(const daotp__https_exchange *http)
{
    return daotp__curl_connection_tls(http->connection);
}

const char *daotp__https_exchange_peer(const daotp__https_exchange *http)
{
    return daotp__curl_connection_peer(http->connection);
}

static int64_t http_now_ms(const daotp__https_exchange *http)
{
    return daotp__context_now_ms(daotp__loop_context(http->loop));
}

daotp_status daotp__https_exchange_open(daotp__https_exchange *http, daotp_report *report)
{
    curl_socket_t fd = CURL_SOCKET_BAD;
    daotp_status status;

    if (http->open)
        return DAOTP_OK;
    status = daotp__curl_connection_step(http->connection, report);
    if (status != DAOTP_OK)
        return status;
    if (curl_easy_getinfo(daotp__curl_connection_easy(http->connection), CURLINFO_ACTIVESOCKET,
                          &fd) != CURLE_OK ||
        fd == CURL_SOCKET_BAD)
        return DAOTP_INTERNAL;
    http->fd = fd;
    http->open = true;
    http->answered_ms = http_now_ms(http);
    return DAOTP_OK;
}

int64_t daotp__https_exchange_idle_ms(const daotp__https_exchange *http)
{
    return daotp__time_sub(http_now_ms(http), http->answered_ms);
}

/* What curl_easy_recv() does; but a read budget that is used up has no next time. */
static CURLcode receive_bytes(daotp__https_exchange *http, uint8_t *bytes, size_t size, size_t *n)
{
    CURLcode code = curl_easy_recv(daotp__curl_connection_easy(http->connection), bytes, size, n);

    if (code == CURLE_AGAIN && daotp__tls_is_exhausted(daotp__https_exchange_tls(http)))
        code = CURLE_RECV_ERROR;
    return code;
}

bool daotp__https_exchange_is_usable(daotp__https_exchange *http)
{
    uint8_t byte;
    size_t n = 0;

    if (!http->open || http->closed || http->under_way)
        return false;
    /* A quiet connection has nothing to read. TLS 1.3 tickets are eaten inside. */
    return receive_bytes(http, &byte, 1, &n) == CURLE_AGAIN;
}

daotp_status daotp__https_exchange_explain_refusal(const daotp__https_exchange *http,
                                                   daotp_report *report)
{
    return daotp__tls_explain_alert(daotp__https_exchange_tls(http),
                                    daotp__https_exchange_peer(http), report);
}

daotp_status daotp__https_exchange_begin(daotp__https_exchange *http, const char *method,
                                         const char *headers, daotp__bytes body, size_t max)
{
    bool head = strcmp(method, "HEAD") == 0;

    daotp__buffer_free(&http->request);
    daotp__buffer_format(&http->request, "%s %s HTTP/1.1\r\nHost: %s\r\n%s", method,
                         http->url->target, http->url->authority, headers);
    if (!head)
        daotp__buffer_format(&http->request, "Content-Length: %zu\r\n", body.len);
    daotp__buffer_text(&http->request, "\r\n");
    daotp__buffer_add(&http->request, body.data, body.len);
    if (http->has_answer)
        daotp__http_response_free(&http->response);
    daotp__http_response_init(&http->response, head, max);
    http->has_answer = true;
    http->sent = 0;
    http->has_sent = false;
    http->under_way = http->request.failed == DAOTP_OK;
    return http->request.failed;
}

bool daotp__https_exchange_has_sent(const daotp__https_exchange *http)
{
    return http->has_sent;
}

/* During a late handshake libssl may want to write where we read, and the other way round. */
static void http_watch(daotp__https_exchange *http, uint32_t events)
{
    struct curl_tlssessioninfo *info = NULL;

    if (curl_easy_getinfo(daotp__curl_connection_easy(http->connection), CURLINFO_TLS_SSL_PTR,
                          &info) == CURLE_OK &&
        info != NULL && info->internals != NULL) {
        if (SSL_want_read(info->internals))
            events = EPOLLIN;
        else if (SSL_want_write(info->internals))
            events = EPOLLOUT;
    }
    (void)daotp__loop_watch(http->loop, http->slot, http->fd,
                            events); /* else the deadline ends it */
}

static daotp_status http_lost(daotp__https_exchange *http, CURLcode code, daotp_report *report)
{
    daotp_status status;
    uint8_t byte;
    size_t n;

    http->closed = true;
    http->under_way = false;
    daotp__buffer_free(&http->request);
    /* with TLS 1.3 a server refuses our certificate while we send: its alert is still to be read */
    if (code == CURLE_SEND_ERROR)
        (void)curl_easy_recv(daotp__curl_connection_easy(http->connection), &byte, 1, &n);
    status = daotp__https_exchange_explain_refusal(http, report);
    if (status != DAOTP_OK)
        return status;
    return daotp__report_add(
        report, DAOTP_FINDING_HTTP_CONNECTION_LOST, code, daotp__https_exchange_peer(http), "%s",
        code == CURLE_OK ? "the connection was closed" : curl_easy_strerror(code));
}

static daotp_status send_some(daotp__https_exchange *http, daotp_report *report)
{
    while (http->sent < http->request.len) {
        size_t n = 0;
        CURLcode code;

        http->has_sent = true; /* before the call: what it did when it fails is not known */
        code = curl_easy_send(daotp__curl_connection_easy(http->connection),
                              http->request.data + http->sent, http->request.len - http->sent, &n);
        http->sent += n;
        if (code == CURLE_AGAIN && !daotp__tls_is_exhausted(daotp__https_exchange_tls(http))) {
            http_watch(http, EPOLLOUT);
            return DAOTP_AGAIN;
        }
        if (code != CURLE_OK)
            return http_lost(http, code, report);
    }
    daotp__buffer_free(&http->request); /* wiped as soon as it has left */
    return DAOTP_OK;
}

static daotp_status broken_answer(daotp__https_exchange *http, daotp_status status,
                                  daotp_report *report)
{
    http->closed = true;
    http->under_way = false;
    if (status == DAOTP_NETWORK)
        return http_lost(http, CURLE_OK, report);
    if (status != DAOTP_PEER)
        return status;
    return daotp__report_add(
        report,
        http->response.too_large ? DAOTP_FINDING_HTTP_TOO_LARGE : DAOTP_FINDING_HTTP_MALFORMED, 0,
        daotp__https_exchange_peer(http), "%s", daotp__http_response_error(&http->response));
}

static daotp_status receive_some(daotp__https_exchange *http, daotp_report *report)
{
    uint8_t bytes[READ_SIZE];
    daotp_status status = DAOTP_AGAIN;

    while (status == DAOTP_AGAIN) {
        size_t n = 0;
        CURLcode code = receive_bytes(http, bytes, sizeof bytes, &n);

        if (code == CURLE_AGAIN) {
            http_watch(http, EPOLLIN);
            return DAOTP_AGAIN;
        }
        if (code != CURLE_OK)
            return http_lost(http, code, report);
        status = daotp__http_response_feed(&http->response, bytes, n);
    }
    if (status != DAOTP_OK)
        return broken_answer(http, status, report);
    http->under_way = false;
    (void)daotp__loop_watch(http->loop, http->slot, http->fd, 0); /* idle: it wakes nobody */
    http->closed = !http->response.keeps_alive;
    http->answered_ms = http_now_ms(http);
    return DAOTP_OK;
}

daotp_status daotp__https_exchange_step(daotp__https_exchange *http, daotp_report *report)
{
    daotp_status status;

    if (!http->open || !http->under_way)
        return DAOTP_INTERNAL;
    status = send_some(http, report);
    if (status != DAOTP_OK)
        return status;
    return receive_some(http, report);
}

unsigned daotp__https_exchange_status(const daotp__https_exchange *http)
{
    return daotp__http_response_status(&http->response);
}

const char *daotp__https_exchange_header(const daotp__https_exchange *http, const char *name)
{
    return daotp__http_response_header(&http->response, name);
}

daotp__bytes daotp__https_exchange_body(const daotp__https_exchange *http)
{
    return daotp__buffer_bytes(&http->response.body);
}

int64_t daotp__https_exchange_date(const daotp__https_exchange *http)
{
    const char *text = daotp__https_exchange_header(http, "Date");

    return text != NULL ? (int64_t)curl_getdate(text, NULL) : -1;
}
