/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/http_get.h"

#include "core/alloc.h"
#include "core/limits.h"
#include "net/resolve.h"
#include "net/spool.h"
#include "net/url.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

enum { MIN_RATE = 256, RATE_SECONDS = 10, MAX_REDIRECTS = 3 };

struct daotp__http_get {
    daotp__loop *loop;
    daotp__http_get_policy policy;
    int slot;
    int64_t deadline_ms;
    char *url, *host, *next_url; /* next_url: the target of a redirect */
    uint16_t port;
    unsigned redirects;
    daotp__resolver *resolver;
    daotp__buffer body; /* content type of the request */
    daotp__spool response;
    struct curl_slist *headers, *addresses;
    CURLM *multi;
    CURL *easy;
    size_t head_len; /* octets of status lines, header fields and trailers, also of interim
                        responses */
    int socket;      /* the socket that libcurl waits for; -1: none */
    bool added, is_done, too_large, no_memory, is_encoded;
};

/* ---- which addresses ------------------------------------------------------------------------- */

static bool is_allowed_network(const daotp__http_get_policy *policy, int family,
                               const uint8_t *address)
{
    for (size_t i = 0; i < policy->network_count; i++)
        if (daotp__network_has(&policy->networks[i], family, address))
            return true;
    return false;
}

/* Special addresses and unusual ports need a network that the caller allowed. Returns 0, or the
 * finding. */
static daotp_finding_number why_not(const daotp__http_get *get, const char *text)
{
    uint8_t address[16];
    int family;

    if (!daotp__address_parse(text, &family, address))
        return DAOTP_FINDING_FETCH_ADDRESS;
    if (is_allowed_network(&get->policy, family, address))
        return 0;
    if (daotp__address_is_special(family, address))
        return DAOTP_FINDING_FETCH_ADDRESS;
    return get->port == 80 || get->port == 8080 ? 0 : DAOTP_FINDING_FETCH_URL;
}

/* ---- callbacks of libcurl -------------------------------------------------------------------- */

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *user, void *socket_user)
{
    daotp__http_get *get = user;
    uint32_t events = 0;

    (void)easy, (void)socket_user;
    if (what == CURL_POLL_IN || what == CURL_POLL_INOUT)
        events |= EPOLLIN;
    if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT)
        events |= EPOLLOUT;
    get->socket = what == CURL_POLL_REMOVE ? -1 : fd;
    return daotp__loop_watch(get->loop, get->slot, fd, events) ? 0 : -1;
}

/* libcurl also calls this inside loops that read while bytes are available. */
static int on_progress_made(void *user, curl_off_t down, curl_off_t down_now, curl_off_t up,
                            curl_off_t up_now)
{
    const daotp__http_get *get = user;
    int64_t now = daotp__loop_now_ms(get->loop);

    (void)down, (void)down_now, (void)up, (void)up_now;
    return now >= get->deadline_ms || daotp__loop_must_end(get->loop) ? 1 : 0;
}

/* The last check: libcurl connects to no other address, whatever it resolves the name to. */
static curl_socket_t on_open(void *user, curlsocktype purpose, struct curl_sockaddr *to)
{
    const daotp__http_get *get = user;
    const struct sockaddr_in6 *six = (const void *)&to->addr;
    const struct sockaddr_in *four = (const void *)&to->addr;
    bool is_six = to->family == AF_INET6;
    uint16_t port = ntohs(is_six ? six->sin6_port : four->sin_port);
    char text[INET6_ADDRSTRLEN];

    if (purpose != CURLSOCKTYPE_IPCXN || (!is_six && to->family != AF_INET) || port != get->port ||
        inet_ntop(to->family, is_six ? (const void *)&six->sin6_addr : &four->sin_addr, text,
                  sizeof text) == NULL ||
        why_not(get, text) != 0)
        return CURL_SOCKET_BAD;
    return socket(to->family, to->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, to->protocol);
}

static void on_http_get_ready(void *user, int fd, uint32_t events)
{
    daotp__http_get *get = user;
    int running, bits = 0;

    bits |= (events & EPOLLIN) != 0 ? CURL_CSELECT_IN : 0;
    bits |= (events & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0;
    bits |= (events & (EPOLLERR | EPOLLHUP)) != 0 ? CURL_CSELECT_ERR : 0;
    if (get->added)
        (void)curl_multi_socket_action(get->multi, fd, bits, &running); /* the step reports it */
}

static size_t on_write(char *from, size_t size, size_t count, void *user)
{
    daotp__http_get *get = user;
    size_t len = size * count;

    daotp_status status = daotp__spool_add(&get->response, from, len);

    get->too_large = status == DAOTP_PEER;
    get->no_memory = status == DAOTP_MEMORY;
    return status == DAOTP_OK ? len : 0;
}

static bool has_field(const char *line, size_t len, const char *name, const char **value)
{
    size_t name_len = strlen(name);

    *value = line + name_len;
    return len > name_len && strncasecmp(line, name, name_len) == 0;
}

/* libcurl keeps every line that this callback accepts, also trailers, so the callback sets the
 * limit. */
static size_t on_header(char *line, size_t size, size_t count, void *user)
{
    static const char identity[] = "identity";
    daotp__http_get *get = user;
    size_t len = size * count;
    const char *value;

    get->head_len += len;
    if (get->head_len > DAOTP__MAX_HTTP_HEAD) {
        get->too_large = true;
        return 0;
    }
    if (has_field(line, len, "content-encoding:", &value)) {
        while (value < line + len && *value == ' ')
            value++;
        get->is_encoded = get->is_encoded || (size_t)(line + len - value) < sizeof identity - 1 ||
                          strncasecmp(value, identity, sizeof identity - 1) != 0;
    }
    return get->is_encoded ? 0 : len;
}

/* ---- making one ------------------------------------------------------------------------------ */

static bool set_limits(CURL *easy, const daotp__http_get *get)
{
    bool ok = true;

    ok = ok && curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http") == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_NOPROXY, "") == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, (long)MIN_RATE) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)RATE_SECONDS) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE,
                                (curl_off_t)get->policy.max_bytes) == CURLE_OK;
    ok =
        ok && curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L) == CURLE_OK;
    return ok;
}

static bool set_callbacks(CURL *easy, daotp__http_get *get)
{
    bool ok = true;

    ok = ok && curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_write) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_WRITEDATA, get) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_HEADERDATA, get) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_HTTPHEADER, get->headers) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress_made) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_XFERINFODATA, get) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, get) == CURLE_OK;
    if (get->body.len > 0) {
        ok = ok && curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)get->body.len) == CURLE_OK;
        ok = ok && curl_easy_setopt(easy, CURLOPT_POSTFIELDS, (char *)get->body.data) == CURLE_OK;
    }
    ok = ok && curl_multi_setopt(get->multi, CURLMOPT_SOCKETFUNCTION, on_socket) == CURLM_OK;
    ok = ok && curl_multi_setopt(get->multi, CURLMOPT_SOCKETDATA, get) == CURLM_OK;
    return ok;
}

static bool add_header(daotp__http_get *get, const char *name, const char *value)
{
    struct curl_slist *longer = NULL;
    daotp__buffer line;

    daotp__buffer_init(&line, DAOTP__MAX_TEXT);
    daotp__buffer_format(&line, "%s: %s", name, value);
    if (line.failed == DAOTP_OK)
        longer = curl_slist_append(get->headers, daotp__buffer_string(&line));
    daotp__buffer_free(&line);
    if (longer != NULL)
        get->headers = longer;
    return longer != NULL;
}

static daotp_status http_get_set_up(daotp__http_get *get, const char *url, const char *content_type,
                                    daotp__bytes body)
{
    daotp__buffer_init_secret(&get->body, body.len); /* a password may be in it */
    daotp__buffer_add(&get->body, body.data, body.len);
    get->next_url = daotp__text_copy(url);
    get->multi = curl_multi_init();
    if (get->body.failed != DAOTP_OK || get->next_url == NULL || get->multi == NULL)
        return DAOTP_MEMORY;
    if (!add_header(get, "Accept-Encoding", "identity") ||
        (content_type != NULL && !add_header(get, "Content-Type", content_type)))
        return DAOTP_MEMORY;
    if (get->slot < 0)
        return DAOTP_MEMORY;
    return get->response.fd >= 0 ? DAOTP_OK : DAOTP_INTERNAL;
}

daotp_status daotp__http_get_new(daotp__loop *loop, const daotp__http_get_policy *policy,
                                 const char *url, const char *content_type, daotp__bytes body,
                                 daotp__http_get **out)
{
    daotp__http_get *get = daotp__new(sizeof *get);
    daotp_status status;

    *out = NULL;
    if (get == NULL)
        return DAOTP_MEMORY;
    get->loop = loop;
    get->policy = *policy;
    get->deadline_ms = daotp__loop_in_ms(loop, policy->timeout_ms);
    get->slot = daotp__loop_join(loop, on_http_get_ready, get);
    daotp__spool_open(&get->response, (uint64_t)policy->max_bytes);
    status = http_get_set_up(get, url, content_type, body);
    if (status != DAOTP_OK) {
        daotp__http_get_free(get);
        return status;
    }
    *out = get;
    return DAOTP_OK;
}

/* Close the connection: between two requests, and at the end. */
static void hang_up(daotp__http_get *get)
{
    if (get->added)
        (void)curl_multi_remove_handle(get->multi, get->easy);
    get->added = false;
    curl_easy_cleanup(get->easy);
    get->easy = NULL;
    curl_slist_free_all(get->addresses);
    get->addresses = NULL;
    daotp__resolver_free(get->resolver);
    get->resolver = NULL;
    daotp__delete(get->url);
    daotp__delete(get->host);
    get->url = get->host = NULL;
}

void daotp__http_get_free(daotp__http_get *get)
{
    if (get == NULL)
        return;
    hang_up(get);
    (void)curl_multi_cleanup(get->multi);
    curl_slist_free_all(get->headers);
    daotp__buffer_free(&get->body);
    daotp__delete(get->next_url);
    daotp__spool_close(&get->response);
    daotp__loop_leave(get->loop, get->slot);
    daotp__delete(get);
}

/* ---- a request ------------------------------------------------------------------------------- */

daotp_status daotp__http_get_status(daotp_finding_number why)
{
    switch (why) {
    case DAOTP_FINDING_FETCH_TIMEOUT:
        return DAOTP_TIMEOUT;
    case DAOTP_FINDING_FETCH_FAILED:
        return DAOTP_NETWORK;
    case DAOTP_FINDING_FETCH_URL:
    case DAOTP_FINDING_FETCH_ADDRESS:
        return DAOTP_USAGE;
    default:
        return DAOTP_PEER;
    }
}

/* End with this finding. After a redirect the status is that of the first host. */
static daotp_status give_up(daotp__http_get *get, daotp_finding_number number, int64_t upstream,
                            const char *found, daotp_report *report)
{
    const char *url = get->url != NULL ? get->url : get->next_url;

    (void)daotp__report_add(report, number, upstream, url != NULL ? url : "", "%s", found);
    return get->redirects > 0 ? DAOTP_PEER : daotp__http_get_status(number);
}

/* Copy a part of the URL; DAOTP_PEER when it is absent. */
static daotp_status copy_part(CURLU *url, CURLUPart part, unsigned flags, char **out)
{
    char *text = NULL;
    CURLUcode code = curl_url_get(url, part, &text, flags);

    if (code != CURLUE_OK)
        return daotp__url_code_status(code, DAOTP_PEER);
    *out = daotp__text_copy(text);
    curl_free(text);
    return *out != NULL ? DAOTP_OK : DAOTP_MEMORY;
}

/* Remove the brackets around an IPv6 address. */
static void strip_brackets(char *host)
{
    size_t len = strlen(host);

    if (len > 2 && host[0] == '[') {
        memmove(host, host + 1, len - 2);
        host[len - 2] = '\0';
    }
}

/* Whether the host has only letters, digits, dots, hyphens inside, and the colons of IPv6. Other
 * characters have a special meaning in CURLOPT_RESOLVE; libcurl's own resolver would then
 * resolve the host. */
static bool is_plain_host(const char *host)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_:.-";

    return host[0] != '-' && host[0] != '.' && host[0] != '\0' && host[strspn(host, plain)] == '\0';
}

static daotp_status take_url(daotp__http_get *get, CURLU *url)
{
    char *scheme = NULL, *user = NULL, *port = NULL;
    daotp_status status = copy_part(url, CURLUPART_SCHEME, 0, &scheme);

    if (scheme != NULL && (strcmp(scheme, "http") != 0 ||
                           curl_url_get(url, CURLUPART_USER, &user, 0) != CURLUE_NO_USER))
        status = DAOTP_PEER;
    if (status == DAOTP_OK)
        status = copy_part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT, &port);
    if (status == DAOTP_OK)
        status = copy_part(url, CURLUPART_HOST, 0, &get->host);
    if (status == DAOTP_OK)
        status = copy_part(url, CURLUPART_URL, 0, &get->url);
    if (status == DAOTP_OK && port != NULL) {
        get->port = (uint16_t)strtoul(port, NULL, 10);
        strip_brackets(get->host);
        status = is_plain_host(get->host) ? DAOTP_OK : DAOTP_PEER;
    }
    curl_free(user);
    daotp__delete(scheme);
    daotp__delete(port);
    return status;
}

static daotp_status http_get_begin(daotp__http_get *get, daotp_report *report)
{
    CURLU *url = curl_url();
    daotp_status status = url != NULL ? DAOTP_PEER : DAOTP_MEMORY;

    if (url != NULL && strlen(get->next_url) <= DAOTP__MAX_URL)
        status = daotp__url_code_status(
            curl_url_set(url, CURLUPART_URL, get->next_url, CURLU_DISALLOW_USER), DAOTP_PEER);
    if (status == DAOTP_OK)
        status = take_url(get, url);
    curl_url_cleanup(url);
    if (status == DAOTP_PEER)
        return give_up(get, DAOTP_FINDING_FETCH_URL, 0, "", report);
    if (status != DAOTP_OK)
        return status;
    daotp__delete(get->next_url);
    get->next_url = NULL;
    status = daotp__resolver_new(get->loop, get->host, &get->resolver);
    return status == DAOTP_OK ? DAOTP_AGAIN : status;
}

/* Add HOST:PORT:ADDRESS,... with the addresses that are allowed. */
static daotp_status http_get_pin(daotp__http_get *get, daotp_report *report)
{
    size_t count = daotp__resolver_count(get->resolver), allowed = 0;
    daotp_finding_number why = DAOTP_FINDING_FETCH_ADDRESS, now;
    daotp__buffer line;

    daotp__buffer_init(&line, 4 * DAOTP__MAX_URL);
    daotp__buffer_format(&line, "%s:%u:", get->host, (unsigned)get->port);
    for (size_t i = 0; i < count; i++) {
        const char *address = daotp__resolver_address(get->resolver, i);

        now = why_not(get, address);
        if (now == 0)
            daotp__buffer_format(&line, "%s%s", allowed++ > 0 ? "," : "", address);
        else
            why = now;
    }
    if (allowed > 0 && line.failed == DAOTP_OK && !daotp__url_is_address(get->host))
        get->addresses = curl_slist_append(NULL, daotp__buffer_string(&line));
    daotp__buffer_free(&line);
    if (allowed == 0)
        return give_up(get, why, 0, count > 0 ? daotp__resolver_address(get->resolver, 0) : "",
                       report);
    return get->addresses != NULL || daotp__url_is_address(get->host) ? DAOTP_OK : DAOTP_MEMORY;
}

static daotp_status http_get_start(daotp__http_get *get, daotp_report *report)
{
    daotp_status status = http_get_pin(get, report);

    if (status != DAOTP_OK)
        return status;
    get->socket = -1;
    get->easy = curl_easy_init();
    get->head_len = 0;
    if (get->easy == NULL || !daotp__spool_empty(&get->response) || !set_limits(get->easy, get) ||
        !set_callbacks(get->easy, get) ||
        curl_easy_setopt(get->easy, CURLOPT_URL, get->url) != CURLE_OK ||
        curl_easy_setopt(get->easy, CURLOPT_RESOLVE, get->addresses) != CURLE_OK ||
        curl_multi_add_handle(get->multi, get->easy) != CURLM_OK)
        return DAOTP_MEMORY;
    get->added = true;
    return DAOTP_AGAIN;
}

/* libcurl also reports "out of memory" for a line that is too long. After the request was sent,
 * the peer decides the length of lines. */
static bool is_line_too_long(const daotp__http_get *get, CURLcode code)
{
    long request_len = 0;

    if (code == (CURLcode)DAOTP__CURL_TOO_LARGE)
        return true;
    (void)curl_easy_getinfo(get->easy, CURLINFO_REQUEST_SIZE, &request_len);
    return code == CURLE_OUT_OF_MEMORY && request_len > 0;
}

static daotp_status explain_http_get_error(daotp__http_get *get, CURLcode code,
                                           daotp_report *report)
{
    daotp_finding_number number = DAOTP_FINDING_FETCH_FAILED;

    if (get->no_memory)
        return DAOTP_MEMORY;
    if (is_line_too_long(get, code))
        return give_up(get, DAOTP_FINDING_FETCH_TOO_LARGE, code, "a header line", report);
    if (code == CURLE_OUT_OF_MEMORY)
        return DAOTP_MEMORY;
    if (get->is_encoded)
        number = DAOTP_FINDING_FETCH_ENCODING;
    else if (get->too_large || code == CURLE_FILESIZE_EXCEEDED)
        number = DAOTP_FINDING_FETCH_TOO_LARGE;
    else if (code == CURLE_OPERATION_TIMEDOUT || code == CURLE_ABORTED_BY_CALLBACK)
        number = DAOTP_FINDING_FETCH_TIMEOUT;
    return give_up(get, number, code, curl_easy_strerror(code), report);
}

static daotp_status http_get_redirect(daotp__http_get *get, const char *to, daotp_report *report)
{
    if (++get->redirects > MAX_REDIRECTS)
        return give_up(get, DAOTP_FINDING_FETCH_REDIRECTS, 0, to, report);
    get->next_url = daotp__text_copy(to);
    if (get->next_url == NULL)
        return DAOTP_MEMORY;
    hang_up(get);
    daotp__loop_wake_in(get->loop, 0); /* the host may be an address already */
    return http_get_begin(get, report);
}

static daotp_status take_http_response(daotp__http_get *get, CURLcode code, daotp_report *report)
{
    char *to = NULL;
    long status = 0;

    if (code != CURLE_OK)
        return explain_http_get_error(get, code, report);
    (void)curl_easy_getinfo(get->easy, CURLINFO_RESPONSE_CODE, &status);
    (void)curl_easy_getinfo(get->easy, CURLINFO_REDIRECT_URL, &to);
    if (status >= 300 && status < 400 && to != NULL && get->body.len == 0)
        return http_get_redirect(get, to, report);
    if (status != 200) {
        char found[32];

        (void)snprintf(found, sizeof found, "HTTP %ld", status);
        return give_up(get, DAOTP_FINDING_FETCH_STATUS, status, found, report);
    }
    get->is_done = true;
    return DAOTP_OK;
}

static daotp_status read_messages(daotp__http_get *get, daotp_report *report)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(get->multi, &left)) != NULL)
        if (message->msg == CURLMSG_DONE)
            return take_http_response(get, message->data.result, report);
    return DAOTP_AGAIN;
}

/* libcurl does not report the octets that are neither header lines nor body: chunk sizes and
 * chunk extensions. So the kernel's count of received octets is used. */
static bool has_got_too_much(const daotp__http_get *get)
{
    int64_t max = get->policy.max_bytes;
    struct tcp_info info = {0};
    socklen_t len = sizeof info;

    if (get->socket < 0 || getsockopt(get->socket, IPPROTO_TCP, TCP_INFO, &info, &len) != 0)
        return false;
    return info.tcpi_bytes_received > (uint64_t)max + (uint64_t)max / 16 + DAOTP__MAX_HTTP_OVERHEAD;
}

static daotp_status http_get_drive(daotp__http_get *get, daotp_report *report)
{
    daotp_status status;
    int running;
    long ms = -1;

    (void)curl_multi_socket_action(get->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    (void)curl_multi_timeout(get->multi, &ms);
    if (ms >= 0)
        daotp__loop_wake_in(get->loop, ms);
    status = read_messages(get, report);
    if (status == DAOTP_AGAIN && has_got_too_much(get))
        return give_up(get, DAOTP_FINDING_FETCH_TOO_LARGE, 0, "more around the body than in it",
                       report);
    return status;
}

static daotp_status http_get_resolve(daotp__http_get *get, daotp_report *report)
{
    daotp_status status = daotp__resolver_step(get->resolver, NULL);

    if (status == DAOTP_OK)
        return http_get_start(get, report);
    if (status == DAOTP_AGAIN || status == DAOTP_MEMORY)
        return status;
    return give_up(get, DAOTP_FINDING_FETCH_FAILED, 0, get->host, report);
}

daotp_status daotp__http_get_step(daotp__http_get *get, daotp_report *report)
{
    int64_t now = daotp__loop_now_ms(get->loop);
    daotp_status status = DAOTP_AGAIN;

    if (get->is_done)
        return DAOTP_OK;
    if (now >= get->deadline_ms)
        return give_up(get, DAOTP_FINDING_FETCH_TIMEOUT, 0, "", report);
    daotp__loop_wake_in(get->loop, daotp__time_sub(get->deadline_ms, now));
    if (get->url == NULL)
        status = http_get_begin(get, report);
    if (status == DAOTP_AGAIN && !get->added)
        status = http_get_resolve(get, report);
    if (status == DAOTP_AGAIN && get->added)
        status = http_get_drive(get, report);
    return status;
}

bool daotp__http_get_take(daotp__http_get *get, daotp__bytes *mapped)
{
    *mapped = (daotp__bytes){NULL, 0};
    return get->is_done && daotp__spool_take(&get->response, mapped);
}
