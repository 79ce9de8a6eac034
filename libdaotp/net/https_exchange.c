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

/* Nothing to do when the socket is ready: the next step tries again. */
static void on_exchange_ready(void *user, int fd, uint32_t events)
{
    (void)user, (void)fd, (void)events;
}

daotp_status daotp__https_exchange_new(daotp__loop *loop, const daotp__peer *peer,
                                       daotp__https_exchange **out)
{
    daotp__https_exchange *exchange = daotp__new(sizeof *exchange);
    daotp_status status;

    *out = NULL;
    if (exchange == NULL)
        return DAOTP_MEMORY;
    exchange->loop = loop;
    exchange->url = peer->url;
    exchange->fd = -1;
    daotp__buffer_init_secret(&exchange->request,
                              DAOTP__MAX_HTTP_HEAD + 2 * DAOTP__MAX_OTP_MESSAGE);
    exchange->slot = daotp__loop_join(loop, on_exchange_ready, exchange);
    status = exchange->slot < 0 ? DAOTP_MEMORY
                                : daotp__curl_connection_new(loop, peer, &exchange->connection);
    if (status == DAOTP_OK && curl_easy_setopt(daotp__curl_connection_easy(exchange->connection),
                                               CURLOPT_CONNECT_ONLY, 1L) != CURLE_OK)
        status = DAOTP_INTERNAL;
    if (status != DAOTP_OK) {
        daotp__https_exchange_free(exchange);
        return status;
    }
    *out = exchange;
    return DAOTP_OK;
}

void daotp__https_exchange_free(daotp__https_exchange *exchange)
{
    if (exchange == NULL)
        return;
    if (exchange->fd >= 0)
        (void)daotp__loop_watch(exchange->loop, exchange->slot, exchange->fd,
                                0); /* closing the socket ends the watch */
    daotp__curl_connection_free(exchange->connection);
    daotp__loop_leave(exchange->loop, exchange->slot);
    daotp__buffer_free(&exchange->request);
    if (exchange->has_answer)
        daotp__http_response_free(&exchange->response);
    daotp__delete(exchange);
}

daotp__phase daotp__https_exchange_phase(const daotp__https_exchange *exchange)
{
    return daotp__curl_connection_phase(exchange->connection);
}

daotp__tls *daotp__https_exchange_tls(const daotp__https_exchange *exchange)
{
    return daotp__curl_connection_tls(exchange->connection);
}

const char *daotp__https_exchange_peer(const daotp__https_exchange *exchange)
{
    return daotp__curl_connection_peer(exchange->connection);
}

static int64_t https_now_ms(const daotp__https_exchange *exchange)
{
    return daotp__context_now_ms(daotp__loop_context(exchange->loop));
}

daotp_status daotp__https_exchange_open(daotp__https_exchange *exchange, daotp_report *report)
{
    curl_socket_t fd = CURL_SOCKET_BAD;
    daotp_status status;

    if (exchange->open)
        return DAOTP_OK;
    status = daotp__curl_connection_step(exchange->connection, report);
    if (status != DAOTP_OK)
        return status;
    if (curl_easy_getinfo(daotp__curl_connection_easy(exchange->connection), CURLINFO_ACTIVESOCKET,
                          &fd) != CURLE_OK ||
        fd == CURL_SOCKET_BAD)
        return DAOTP_INTERNAL;
    exchange->fd = fd;
    exchange->open = true;
    exchange->answered_ms = https_now_ms(exchange);
    return DAOTP_OK;
}

int64_t daotp__https_exchange_idle_ms(const daotp__https_exchange *exchange)
{
    return daotp__time_sub(https_now_ms(exchange), exchange->answered_ms);
}

/* Calls curl_easy_recv(), but fails if the read budget is used up. */
static CURLcode receive_bytes(daotp__https_exchange *exchange, uint8_t *bytes, size_t size,
                              size_t *n)
{
    CURLcode code =
        curl_easy_recv(daotp__curl_connection_easy(exchange->connection), bytes, size, n);

    if (code == CURLE_AGAIN && daotp__tls_is_exhausted(daotp__https_exchange_tls(exchange)))
        code = CURLE_RECV_ERROR;
    return code;
}

bool daotp__https_exchange_is_usable(daotp__https_exchange *exchange)
{
    uint8_t byte;
    size_t n = 0;

    if (!exchange->open || exchange->closed || exchange->under_way)
        return false;
    /* On an idle connection there is nothing to read. libssl processes TLS 1.3 tickets inside
     * this call. */
    return receive_bytes(exchange, &byte, 1, &n) == CURLE_AGAIN;
}

daotp_status daotp__https_exchange_explain_refusal(const daotp__https_exchange *exchange,
                                                   daotp_report *report)
{
    return daotp__tls_explain_alert(daotp__https_exchange_tls(exchange),
                                    daotp__https_exchange_peer(exchange), report);
}

daotp_status daotp__https_exchange_begin(daotp__https_exchange *exchange, const char *method,
                                         const char *headers, daotp__bytes body, size_t max)
{
    bool head = strcmp(method, "HEAD") == 0;

    daotp__buffer_free(&exchange->request);
    daotp__buffer_format(&exchange->request, "%s %s HTTP/1.1\r\nHost: %s\r\n%s", method,
                         exchange->url->target, exchange->url->authority, headers);
    if (!head)
        daotp__buffer_format(&exchange->request, "Content-Length: %zu\r\n", body.len);
    daotp__buffer_text(&exchange->request, "\r\n");
    daotp__buffer_add(&exchange->request, body.data, body.len);
    if (exchange->has_answer)
        daotp__http_response_free(&exchange->response);
    daotp__http_response_init(&exchange->response, head, max);
    exchange->has_answer = true;
    exchange->sent = 0;
    exchange->has_sent = false;
    exchange->under_way = exchange->request.failed == DAOTP_OK;
    return exchange->request.failed;
}

bool daotp__https_exchange_has_sent(const daotp__https_exchange *exchange)
{
    return exchange->has_sent;
}

/* During a post-handshake authentication libssl may have to write while we read, and the other
 * way round. */
static void watch_exchange(daotp__https_exchange *exchange, uint32_t events)
{
    struct curl_tlssessioninfo *info = NULL;

    if (curl_easy_getinfo(daotp__curl_connection_easy(exchange->connection), CURLINFO_TLS_SSL_PTR,
                          &info) == CURLE_OK &&
        info != NULL && info->internals != NULL) {
        if (SSL_want_read(info->internals))
            events = EPOLLIN;
        else if (SSL_want_write(info->internals))
            events = EPOLLOUT;
    }
    (void)daotp__loop_watch(exchange->loop, exchange->slot, exchange->fd,
                            events); /* if this fails, the deadline ends the wait */
}

static daotp_status lose_exchange(daotp__https_exchange *exchange, CURLcode code,
                                  daotp_report *report)
{
    daotp_status status;
    uint8_t byte;
    size_t n;

    exchange->closed = true;
    exchange->under_way = false;
    daotp__buffer_free(&exchange->request);
    /* with TLS 1.3 a server may refuse our certificate while we send: its alert can still be
     * read */
    if (code == CURLE_SEND_ERROR)
        (void)curl_easy_recv(daotp__curl_connection_easy(exchange->connection), &byte, 1, &n);
    status = daotp__https_exchange_explain_refusal(exchange, report);
    if (status != DAOTP_OK)
        return status;
    return daotp__report_add(
        report, DAOTP_FINDING_HTTP_CONNECTION_LOST, code, daotp__https_exchange_peer(exchange),
        "%s", code == CURLE_OK ? "the connection was closed" : curl_easy_strerror(code));
}

static daotp_status send_some(daotp__https_exchange *exchange, daotp_report *report)
{
    while (exchange->sent < exchange->request.len) {
        size_t n = 0;
        CURLcode code;

        exchange->has_sent = true; /* set before the call, because after a failure it is unknown
                                      whether bytes were sent */
        code = curl_easy_send(daotp__curl_connection_easy(exchange->connection),
                              exchange->request.data + exchange->sent,
                              exchange->request.len - exchange->sent, &n);
        exchange->sent += n;
        if (code == CURLE_AGAIN && !daotp__tls_is_exhausted(daotp__https_exchange_tls(exchange))) {
            watch_exchange(exchange, EPOLLOUT);
            return DAOTP_AGAIN;
        }
        if (code != CURLE_OK)
            return lose_exchange(exchange, code, report);
    }
    daotp__buffer_free(&exchange->request); /* wiped as soon as it was sent */
    return DAOTP_OK;
}

static daotp_status broken_answer(daotp__https_exchange *exchange, daotp_status status,
                                  daotp_report *report)
{
    exchange->closed = true;
    exchange->under_way = false;
    if (status == DAOTP_NETWORK)
        return lose_exchange(exchange, CURLE_OK, report);
    if (status != DAOTP_PEER)
        return status;
    return daotp__report_add(report,
                             exchange->response.too_large ? DAOTP_FINDING_HTTP_TOO_LARGE
                                                          : DAOTP_FINDING_HTTP_MALFORMED,
                             0, daotp__https_exchange_peer(exchange), "%s",
                             daotp__http_response_error(&exchange->response));
}

static daotp_status receive_some(daotp__https_exchange *exchange, daotp_report *report)
{
    uint8_t bytes[READ_SIZE];
    daotp_status status = DAOTP_AGAIN;

    while (status == DAOTP_AGAIN) {
        size_t n = 0;
        CURLcode code = receive_bytes(exchange, bytes, sizeof bytes, &n);

        if (code == CURLE_AGAIN) {
            watch_exchange(exchange, EPOLLIN);
            return DAOTP_AGAIN;
        }
        if (code != CURLE_OK)
            return lose_exchange(exchange, code, report);
        status = daotp__http_response_feed(&exchange->response, bytes, n);
    }
    if (status != DAOTP_OK)
        return broken_answer(exchange, status, report);
    exchange->under_way = false;
    (void)daotp__loop_watch(exchange->loop, exchange->slot, exchange->fd,
                            0); /* an idle connection must not wake the loop */
    exchange->closed = !exchange->response.keeps_alive;
    exchange->answered_ms = https_now_ms(exchange);
    return DAOTP_OK;
}

daotp_status daotp__https_exchange_step(daotp__https_exchange *exchange, daotp_report *report)
{
    daotp_status status;

    if (!exchange->open || !exchange->under_way)
        return DAOTP_INTERNAL;
    status = send_some(exchange, report);
    if (status != DAOTP_OK)
        return status;
    return receive_some(exchange, report);
}

unsigned daotp__https_exchange_status(const daotp__https_exchange *exchange)
{
    return daotp__http_response_status(&exchange->response);
}

const char *daotp__https_exchange_header(const daotp__https_exchange *exchange, const char *name)
{
    return daotp__http_response_header(&exchange->response, name);
}

daotp__bytes daotp__https_exchange_body(const daotp__https_exchange *exchange)
{
    return daotp__buffer_bytes(&exchange->response.body);
}

int64_t daotp__https_exchange_date(const daotp__https_exchange *exchange)
{
    const char *text = daotp__https_exchange_header(exchange, "Date");

    return text != NULL ? (int64_t)curl_getdate(text, NULL) : -1;
}
