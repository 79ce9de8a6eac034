/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/curl_connection.h"

#include "core/alloc.h"
#include "core/limits.h"
#include "net/proxy.h"
#include "net/resolve.h"

#include <string.h>

enum { MAX_NAMES = 2 }; /* the server, and the proxy */

/* A limit for the added time, so that the sum fits in a long and in libcurl's int. */
enum { MAX_LATE_MS = 24 * 3600 * 1000 };

struct daotp__curl_connection {
    daotp__loop *loop;
    daotp__peer peer;
    const char *proxy;
    char *label; /* host:port */
    int slot;
    daotp__phase phase;
    int64_t deadline_ms; /* the limit for names, TCP and TLS, in the loop's time */
    int64_t connect_ms;  /* the part of it that libcurl was given */
    int64_t late_ms;     /* the value of daotp__loop_late_ms() at that time */
    struct {
        char *host;
        uint16_t port;
        daotp__resolver *resolver;
        bool optional; /* a server behind a proxy need not resolve here */
    } names[MAX_NAMES];
    size_t name_count;
    daotp__tls *tls;
    CURLM *multi;
    CURL *easy;
    struct curl_slist *addresses;
    size_t head_len; /* octets of status lines, header fields and trailers */
    bool added;
};

/* ---- callbacks of libcurl -------------------------------------------------------------------- */

static CURLcode on_ssl_ctx(CURL *easy, void *ctx, void *user)
{
    daotp__curl_connection *connection = user;

    (void)easy;
    connection->phase = DAOTP__PHASE_TLS; /* TCP is connected, through the proxy if there is one */
    return daotp__tls_apply(connection->tls, ctx) ? CURLE_OK : CURLE_SSL_CERTPROBLEM;
}

/* libcurl keeps every line that this callback accepts, also of a proxy and of trailers, so the
 * callback sets the limit. */
static size_t on_curl_header(char *line, size_t size, size_t count, void *user)
{
    daotp__curl_connection *connection = user;

    (void)line;
    connection->head_len += size * count;
    return connection->head_len <= DAOTP__MAX_HTTP_HEAD ? size * count : 0;
}

static bool is_connect_late(const daotp__curl_connection *connection)
{
    return connection->phase < DAOTP__PHASE_TLS &&
           daotp__loop_now_ms(connection->loop) >= connection->deadline_ms;
}

/* libcurl also calls this inside loops that read while bytes are available and check no clock,
 * for example for the body of a proxy's refusal. */
static int on_progress(void *user, curl_off_t down, curl_off_t down_now, curl_off_t up,
                       curl_off_t up_now)
{
    const daotp__curl_connection *connection = user;

    (void)down, (void)down_now, (void)up, (void)up_now;
    return daotp__loop_must_end(connection->loop) || is_connect_late(connection) ? 1 : 0;
}

static int on_curl_socket(CURL *easy, curl_socket_t fd, int what, void *user, void *socket_user)
{
    daotp__curl_connection *connection = user;
    uint32_t events = 0;

    (void)easy, (void)socket_user;
    if (what == CURL_POLL_IN || what == CURL_POLL_INOUT)
        events |= EPOLLIN;
    if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT)
        events |= EPOLLOUT;
    return daotp__loop_watch(connection->loop, connection->slot, fd, events) ? 0 : -1;
}

/* libcurl measures with its own clock, so the time in which the caller made no step is added to
 * its limit. */
static void extend_connect_timeout(daotp__curl_connection *connection)
{
    int64_t late = daotp__time_sub(daotp__loop_late_ms(connection->loop), connection->late_ms);

    if (late > 0 && late < MAX_LATE_MS)
        (void)curl_easy_setopt(connection->easy, CURLOPT_CONNECTTIMEOUT_MS,
                               (long)daotp__time_add(connection->connect_ms, late));
}

static void on_curl_ready(void *user, int fd, uint32_t events)
{
    daotp__curl_connection *connection = user;
    int running, bits = 0;

    bits |= (events & EPOLLIN) != 0 ? CURL_CSELECT_IN : 0;
    bits |= (events & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0;
    bits |= (events & (EPOLLERR | EPOLLHUP)) != 0 ? CURL_CSELECT_ERR : 0;
    if (!connection->added)
        return;
    extend_connect_timeout(connection);
    (void)curl_multi_socket_action(connection->multi, fd, bits, &running); /* the step reports it */
}

/* ---- making one ------------------------------------------------------------------------------ */

static daotp_status add_name(daotp__curl_connection *connection, const char *host, uint16_t port,
                             bool optional)
{
    size_t i = connection->name_count++;

    connection->names[i].port = port;
    connection->names[i].optional = optional;
    connection->names[i].host = daotp__text_copy(host);
    return connection->names[i].host != NULL ? DAOTP_OK : DAOTP_MEMORY;
}

static daotp_status collect_names(daotp__curl_connection *connection)
{
    const daotp__url *url = connection->peer.url;
    daotp_status status = DAOTP_OK;
    uint16_t port;
    char *host;

    connection->proxy = daotp__proxy_for(&connection->peer);
    if (connection->proxy != NULL) {
        status = daotp__url_parse_proxy(connection->proxy, &host, &port);
        if (status == DAOTP_OK)
            status = add_name(connection, host, port, false);
        daotp__delete(host);
    }
    if (status == DAOTP_OK)
        status = add_name(connection, url->host, url->port, connection->proxy != NULL);
    return status;
}

static bool set_curl_options(daotp__curl_connection *connection)
{
    CURL *easy = connection->easy;
    bool ok = true;

    ok = ok && curl_easy_setopt(easy, CURLOPT_URL, connection->peer.url->text) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https") == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK;
    /* HTTP/2 forbids a certificate request after the handshake, and libcurl would send the body
     * again */
    ok =
        ok && curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L) == CURLE_OK;
    ok = ok &&
         curl_easy_setopt(easy, CURLOPT_SSLVERSION,
                          connection->peer.tls12_only
                              ? (long)CURL_SSLVERSION_TLSv1_2 | (long)CURL_SSLVERSION_MAX_TLSv1_2
                              : (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_CAINFO, NULL) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_CAPATH, NULL) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, on_ssl_ctx) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, connection) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_curl_header) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_HEADERDATA, connection) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_XFERINFODATA, connection) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) == CURLE_OK;
    /* "" keeps libcurl from reading the proxy variables of the environment */
    ok = ok && curl_easy_setopt(easy, CURLOPT_PROXY,
                                connection->proxy != NULL ? connection->proxy : "") == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_NOPROXY, "") == CURLE_OK;
    ok = ok &&
         curl_multi_setopt(connection->multi, CURLMOPT_SOCKETFUNCTION, on_curl_socket) == CURLM_OK;
    ok = ok && curl_multi_setopt(connection->multi, CURLMOPT_SOCKETDATA, connection) == CURLM_OK;
    return ok;
}

static daotp_status set_up_curl(daotp__curl_connection *connection)
{
    daotp_status status = collect_names(connection);

    if (status != DAOTP_OK)
        return status;
    connection->label = daotp__url_label(connection->peer.url->host, connection->peer.url->port);
    if (connection->label == NULL)
        return DAOTP_MEMORY;
    status = daotp__tls_new(daotp__loop_context(connection->loop), connection->peer.trust,
                            connection->peer.identity, &connection->tls);
    if (status != DAOTP_OK)
        return status;
    daotp__tls_set_verify(connection->tls, connection->peer.verify, connection->peer.url->host);
    connection->multi = curl_multi_init();
    connection->easy = curl_easy_init();
    if (connection->multi == NULL || connection->easy == NULL)
        return DAOTP_MEMORY;
    if (connection->slot < 0)
        return DAOTP_MEMORY;
    return set_curl_options(connection) ? DAOTP_OK : DAOTP_INTERNAL;
}

daotp_status daotp__curl_connection_new(daotp__loop *loop, const daotp__peer *peer,
                                        daotp__curl_connection **out)
{
    daotp__curl_connection *connection = daotp__new(sizeof *connection);
    daotp_status status;

    *out = NULL;
    if (connection == NULL)
        return DAOTP_MEMORY;
    connection->loop = loop;
    connection->peer = *peer;
    connection->deadline_ms = daotp__loop_in_ms(loop, peer->connect_ms);
    connection->slot = daotp__loop_join(loop, on_curl_ready, connection);
    status = set_up_curl(connection);
    if (status != DAOTP_OK) {
        daotp__curl_connection_free(connection);
        return status;
    }
    *out = connection;
    return DAOTP_OK;
}

void daotp__curl_connection_free(daotp__curl_connection *connection)
{
    if (connection == NULL)
        return;
    if (connection->added)
        (void)curl_multi_remove_handle(connection->multi, connection->easy);
    curl_easy_cleanup(connection->easy);
    (void)curl_multi_cleanup(connection->multi);
    curl_slist_free_all(connection->addresses);
    for (size_t i = 0; i < connection->name_count; i++) {
        daotp__resolver_free(connection->names[i].resolver);
        daotp__delete(connection->names[i].host);
    }
    daotp__tls_free(connection->tls);
    daotp__loop_leave(connection->loop, connection->slot);
    daotp__delete(connection->label);
    daotp__delete(connection);
}

CURL *daotp__curl_connection_easy(const daotp__curl_connection *connection)
{
    return connection->easy;
}

daotp__tls *daotp__curl_connection_tls(const daotp__curl_connection *connection)
{
    return connection->tls;
}

const char *daotp__curl_connection_peer(const daotp__curl_connection *connection)
{
    return connection->label;
}

daotp__phase daotp__curl_connection_phase(const daotp__curl_connection *connection)
{
    return connection->phase;
}

/* ---- names ----------------------------------------------------------------------------------- */

static daotp_status resolve_names(daotp__curl_connection *connection, daotp_report *report)
{
    daotp_status worst = DAOTP_OK, status;

    for (size_t i = 0; i < connection->name_count; i++) {
        if (connection->names[i].resolver == NULL) {
            status = daotp__resolver_new(connection->loop, connection->names[i].host,
                                         &connection->names[i].resolver);
            if (status != DAOTP_OK)
                return status;
        }
        status = daotp__resolver_step(connection->names[i].resolver,
                                      connection->names[i].optional ? NULL : report);
        if (status == DAOTP_AGAIN)
            worst = DAOTP_AGAIN;
        else if (status != DAOTP_OK && !connection->names[i].optional)
            return status;
    }
    return worst;
}

/* Add HOST:PORT:ADDRESS,ADDRESS,... for CURLOPT_RESOLVE, unless the host is an address. */
static daotp_status pin_name(daotp__curl_connection *connection, size_t i)
{
    const daotp__resolver *resolver = connection->names[i].resolver;
    struct curl_slist *longer;
    daotp__buffer line;

    if (daotp__url_is_address(connection->names[i].host) || daotp__resolver_count(resolver) == 0)
        return DAOTP_OK;
    daotp__buffer_init(&line, 4 * DAOTP__MAX_URL);
    daotp__buffer_format(&line, "%s:%u:", connection->names[i].host,
                         (unsigned)connection->names[i].port);
    for (size_t k = 0; k < daotp__resolver_count(resolver); k++)
        daotp__buffer_format(&line, "%s%s", k > 0 ? "," : "", daotp__resolver_address(resolver, k));
    longer = line.failed == DAOTP_OK
                 ? curl_slist_append(connection->addresses, daotp__buffer_string(&line))
                 : NULL;
    daotp__buffer_free(&line);
    if (longer == NULL)
        return DAOTP_MEMORY;
    connection->addresses = longer;
    return DAOTP_OK;
}

static daotp_status start_curl(daotp__curl_connection *connection)
{
    int64_t now = daotp__loop_now_ms(connection->loop);
    int64_t left = daotp__time_sub(connection->deadline_ms, now);
    daotp_status status = DAOTP_OK;

    for (size_t i = 0; i < connection->name_count && status == DAOTP_OK; i++)
        status = pin_name(connection, i);
    if (status != DAOTP_OK)
        return status;
    connection->connect_ms = left > 1 ? left : 1;
    connection->late_ms = daotp__loop_late_ms(connection->loop);
    if (curl_easy_setopt(connection->easy, CURLOPT_RESOLVE, connection->addresses) != CURLE_OK ||
        curl_easy_setopt(connection->easy, CURLOPT_CONNECTTIMEOUT_MS,
                         (long)connection->connect_ms) != CURLE_OK ||
        curl_multi_add_handle(connection->multi, connection->easy) != CURLM_OK)
        return DAOTP_MEMORY;
    connection->added = true;
    connection->phase = DAOTP__PHASE_TCP;
    return DAOTP_OK;
}

/* ---- what went wrong ------------------------------------------------------------------------- */

static daotp_status explain_timeout(daotp__curl_connection *connection, daotp_report *report)
{
    return daotp__report_add(report,
                             connection->phase == DAOTP__PHASE_TLS ? DAOTP_FINDING_TLS_TIMEOUT
                                                                   : DAOTP_FINDING_TCP_TIMEOUT,
                             CURLE_OPERATION_TIMEDOUT, connection->label, "no answer");
}

static daotp_status explain_tcp(daotp__curl_connection *connection, CURLcode code,
                                daotp_report *report)
{
    const char *why = curl_easy_strerror(code);
    long os = 0, proxy = 0, upstream = (long)code;

    (void)curl_easy_getinfo(connection->easy, CURLINFO_OS_ERRNO, &os);
    (void)curl_easy_getinfo(connection->easy, CURLINFO_HTTP_CONNECTCODE, &proxy);
    if (os != 0) {
        upstream = os;
        why = strerrordesc_np((int)os);
    }
    if (connection->proxy != NULL && code == CURLE_COULDNT_CONNECT)
        return daotp__report_add(report, DAOTP_FINDING_PROXY_FAILED, upstream,
                                 connection->names[0].host, "port %u: %s",
                                 (unsigned)connection->names[0].port, why);
    if (connection->proxy != NULL)
        return daotp__report_add(report, DAOTP_FINDING_PROXY_FAILED,
                                 proxy != 0 ? proxy : (long)code, connection->names[0].host,
                                 "%s; CONNECT answered %ld", curl_easy_strerror(code), proxy);
    return daotp__report_add(report, DAOTP_FINDING_TCP_FAILED, upstream, connection->label, "%s",
                             why);
}

/* Whether the header lines exceed our limit, or one line exceeds libcurl's, for which it also
 * reports "out of memory". The lines are the server's after TLS is established, a proxy's before
 * that. */
static bool is_header_too_long(const daotp__curl_connection *connection, CURLcode code)
{
    curl_off_t connected = 0, secured = 0;

    if (connection->head_len > DAOTP__MAX_HTTP_HEAD || code == (CURLcode)DAOTP__CURL_TOO_LARGE)
        return true;
    (void)curl_easy_getinfo(connection->easy, CURLINFO_CONNECT_TIME_T, &connected);
    (void)curl_easy_getinfo(connection->easy, CURLINFO_APPCONNECT_TIME_T, &secured);
    if (connection->phase < DAOTP__PHASE_TLS)
        return code == CURLE_OUT_OF_MEMORY && connection->proxy != NULL && connected > 0;
    return code == CURLE_OUT_OF_MEMORY && secured > 0;
}

static daotp_status explain_header(daotp__curl_connection *connection, CURLcode code,
                                   daotp_report *report)
{
    static const char found[] = "a header over the limit";

    if (connection->phase < DAOTP__PHASE_TLS)
        return daotp__report_add(report, DAOTP_FINDING_PROXY_FAILED, code,
                                 connection->names[0].host, "%s", found);
    return daotp__report_add(report, DAOTP_FINDING_HTTP_TOO_LARGE, code, connection->label, "%s",
                             found);
}

static daotp_status explain_curl_error(daotp__curl_connection *connection, CURLcode code,
                                       daotp_report *report)
{
    if (is_header_too_long(connection, code))
        return explain_header(connection, code, report);
    if (code == CURLE_WRITE_ERROR)
        return DAOTP_PEER; /* the code that takes the body refused it, and reports why */
    if (code == CURLE_OUT_OF_MEMORY)
        return DAOTP_MEMORY;
    if (code == CURLE_ABORTED_BY_CALLBACK && daotp__loop_must_end(connection->loop))
        return DAOTP_AGAIN; /* the loop reports the reason to the caller */
    if (code == CURLE_OPERATION_TIMEDOUT || code == CURLE_ABORTED_BY_CALLBACK)
        return explain_timeout(connection, report);
    if (code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_RESOLVE_PROXY)
        return daotp__report_add(report, DAOTP_FINDING_DNS_FAILED, code, connection->label, "%s",
                                 curl_easy_strerror(code));
    if (connection->phase < DAOTP__PHASE_TLS)
        return explain_tcp(connection, code, report);
    /* libcurl checks the host name itself, after libssl accepted the chain */
    if (code == CURLE_PEER_FAILED_VERIFICATION &&
        daotp__tls_server_chain(connection->tls)->count > 0 &&
        daotp__tls_explain(connection->tls, connection->label, code, "", NULL) == DAOTP_NETWORK)
        return daotp__report_add(report, DAOTP_FINDING_TLS_SERVER_NAME, code, connection->label,
                                 "a certificate for another name");
    return daotp__tls_explain(connection->tls, connection->label, code, curl_easy_strerror(code),
                              report);
}

static daotp_status read_curl_messages(daotp__curl_connection *connection, daotp_report *report)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(connection->multi, &left)) != NULL) {
        if (message->msg != CURLMSG_DONE)
            continue;
        /* no redirect is followed; the only other response that libcurl counts as one is a 401,
         * which is a valid answer */
        if (message->data.result != CURLE_OK && message->data.result != CURLE_TOO_MANY_REDIRECTS)
            return explain_curl_error(connection, message->data.result, report);
        connection->phase = DAOTP__PHASE_DONE;
        return DAOTP_OK;
    }
    return DAOTP_AGAIN;
}

/* libcurl's timer for the limit runs once, so the end of an extended limit is checked here. */
static daotp_status check_connect_deadline(daotp__curl_connection *connection, daotp_report *report)
{
    int64_t left = daotp__time_sub(connection->deadline_ms, daotp__loop_now_ms(connection->loop));
    curl_off_t secured = 0;

    (void)curl_easy_getinfo(connection->easy, CURLINFO_APPCONNECT_TIME_T, &secured);
    if (secured > 0)
        return DAOTP_AGAIN;
    if (left <= 0)
        return explain_timeout(connection, report);
    daotp__loop_wake_in(connection->loop, left);
    return DAOTP_AGAIN;
}

daotp_status daotp__curl_connection_step(daotp__curl_connection *connection, daotp_report *report)
{
    int64_t now = daotp__loop_now_ms(connection->loop);
    daotp_status status;
    int running;
    long ms = -1;

    if (connection->phase == DAOTP__PHASE_DONE)
        return DAOTP_OK;
    if (!connection->added) {
        status = resolve_names(connection, report);
        if (status == DAOTP_AGAIN && now >= connection->deadline_ms)
            return daotp__report_add(report, DAOTP_FINDING_DNS_TIMEOUT, 0, connection->label,
                                     "no answer");
        if (status == DAOTP_AGAIN)
            daotp__loop_wake_in(connection->loop, daotp__time_sub(connection->deadline_ms, now));
        if (status == DAOTP_OK)
            status = start_curl(connection);
        if (status != DAOTP_OK)
            return status;
    }
    extend_connect_timeout(connection);
    (void)curl_multi_socket_action(connection->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    (void)curl_multi_timeout(connection->multi, &ms);
    if (ms >= 0)
        daotp__loop_wake_in(connection->loop, ms);
    /* libcurl may treat the failed read as one that would block */
    if (daotp__tls_is_exhausted(connection->tls))
        return daotp__tls_explain_alert(connection->tls, connection->label, report);
    status = read_curl_messages(connection, report);
    return status == DAOTP_AGAIN ? check_connect_deadline(connection, report) : status;
}
