/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/negotiate_post.h"

#include "core/alloc.h"
#include "core/limits.h"

#include <string.h>

struct daotp__negotiate_post {
    daotp__curl_connection *transfer;
    struct curl_slist *headers;
    daotp__buffer request, answer;
    size_t given;
    bool sent;
    char why[256]; /* no token could be made, or the service sent an error: Kerberos's words */
};

static size_t on_read(char *to, size_t size, size_t count, void *user)
{
    daotp__negotiate_post *fetch = user;
    size_t room = size * count, left = fetch->request.len - fetch->given;

    room = room < left ? room : left;
    if (room > 0)
        memcpy(to, fetch->request.data + fetch->given, room);
    fetch->given += room;
    fetch->sent = fetch->sent || room > 0;
    return room;
}

/* Asked for on a 401, though MAXREDIRS keeps the body from being sent again. */
static int on_seek(void *user, curl_off_t offset, int origin)
{
    daotp__negotiate_post *fetch = user;

    if (origin != SEEK_SET || offset != 0)
        return CURL_SEEKFUNC_FAIL;
    fetch->given = 0;
    return CURL_SEEKFUNC_OK;
}

static size_t on_fetch_write(char *from, size_t size, size_t count, void *user)
{
    daotp__negotiate_post *fetch = user;

    daotp__buffer_add(&fetch->answer, from, size * count);
    return fetch->answer.failed == DAOTP_OK ? size * count : 0;
}

/* What libcurl tells of GSS-API it tells here only. It asks again after a 401: the same words. */
static int on_debug(CURL *easy, curl_infotype type, char *text, size_t len, void *user)
{
    static const char start[] = "gss_init_sec_context() failed: ";
    daotp__negotiate_post *fetch = user;
    size_t skip = sizeof start - 1;

    (void)easy;
    if (type != CURLINFO_TEXT || len < skip || memcmp(text, start, skip) != 0)
        return 0;
    text += skip;
    len -= skip;
    while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == ' ' || text[len - 1] == '.'))
        len--;
    len = len < sizeof fetch->why ? len : sizeof fetch->why - 1;
    memcpy(fetch->why, text, len);
    fetch->why[len] = '\0';
    return 0;
}

static bool fetch_add_header(daotp__negotiate_post *fetch, const char *line, size_t len)
{
    char *copy = daotp__text_copy_n(line, len);
    struct curl_slist *longer = copy != NULL ? curl_slist_append(fetch->headers, copy) : NULL;

    daotp__delete(copy);
    if (longer == NULL)
        return false;
    fetch->headers = longer;
    return true;
}

static bool add_headers(daotp__negotiate_post *fetch, const char *headers)
{
    while (*headers != '\0') {
        size_t len = strcspn(headers, "\r");

        if (!fetch_add_header(fetch, headers, len))
            return false;
        headers += len;
        headers += strspn(headers, "\r\n");
    }
    return fetch_add_header(fetch, "Expect:", strlen("Expect:"));
}

static bool fetch_set_options(daotp__negotiate_post *fetch)
{
    CURL *easy = daotp__curl_connection_easy(fetch->transfer);
    bool ok = true;

    ok = ok && curl_easy_setopt(easy, CURLOPT_POST, 1L) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                                (curl_off_t)fetch->request.len) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_READDATA, fetch) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, on_seek) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_SEEKDATA, fetch) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_fetch_write) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_WRITEDATA, fetch) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_HTTPHEADER, fetch->headers) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_GSSNEGOTIATE) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, on_debug) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_DEBUGDATA, fetch) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L) == CURLE_OK;
    /* The first request carries the token unasked. libcurl would answer every 401 that names
     * Negotiate by a new token and the body again, for ever; what it counts are redirects. */
    ok = ok && curl_easy_setopt(easy, CURLOPT_MAXREDIRS, 0L) == CURLE_OK;
    /* a user name must be there; empty means the ticket of the environment's cache */
    ok = ok && curl_easy_setopt(easy, CURLOPT_USERPWD, ":") == CURLE_OK;
    return ok;
}

daotp_status daotp__negotiate_post_new(daotp__loop *loop, const daotp__peer *peer,
                                       const char *headers, daotp__bytes body, size_t max,
                                       daotp__negotiate_post **out)
{
    daotp__negotiate_post *fetch = daotp__new(sizeof *fetch);
    daotp_status status;

    *out = NULL;
    if (fetch == NULL)
        return DAOTP_MEMORY;
    daotp__buffer_init(&fetch->request, body.len);
    daotp__buffer_init(&fetch->answer, max);
    daotp__buffer_add(&fetch->request, body.data, body.len);
    status = fetch->request.failed;
    if (status == DAOTP_OK)
        status = daotp__curl_connection_new(loop, peer, &fetch->transfer);
    if (status == DAOTP_OK && (!add_headers(fetch, headers) || !fetch_set_options(fetch)))
        status = DAOTP_MEMORY;
    if (status != DAOTP_OK) {
        daotp__negotiate_post_free(fetch);
        return status;
    }
    *out = fetch;
    return DAOTP_OK;
}

void daotp__negotiate_post_free(daotp__negotiate_post *fetch)
{
    if (fetch == NULL)
        return;
    daotp__curl_connection_free(fetch->transfer);
    curl_slist_free_all(fetch->headers);
    daotp__buffer_free(&fetch->request);
    daotp__buffer_free(&fetch->answer);
    daotp__delete(fetch);
}

/* What libcurl reads that is no body: it counts none of it. */
static bool has_received_too_much(const daotp__negotiate_post *fetch)
{
    size_t max = fetch->answer.max;

    return daotp__tls_received(daotp__curl_connection_tls(fetch->transfer)) >
           (uint64_t)max + max / 16 + DAOTP__MAX_HTTP_OVERHEAD;
}

daotp_status daotp__negotiate_post_step(daotp__negotiate_post *fetch, daotp_report *report)
{
    daotp_status status = daotp__curl_connection_step(fetch->transfer, report);

    if (status == DAOTP_AGAIN && has_received_too_much(fetch))
        return daotp__report_add(report, DAOTP_FINDING_HTTP_TOO_LARGE, 0,
                                 daotp__curl_connection_peer(fetch->transfer),
                                 "more around the body than in it");
    if (status != DAOTP_PEER)
        return status;
    if (fetch->answer.failed == DAOTP_MEMORY)
        return DAOTP_MEMORY;
    if (fetch->answer.failed == DAOTP_PEER)
        return daotp__report_add(report, DAOTP_FINDING_HTTP_TOO_LARGE, 0,
                                 daotp__curl_connection_peer(fetch->transfer),
                                 "a body over the limit");
    return status;
}

bool daotp__negotiate_post_has_sent(const daotp__negotiate_post *fetch)
{
    return fetch->sent;
}

unsigned daotp__negotiate_post_status(const daotp__negotiate_post *fetch)
{
    long code = 0;

    (void)curl_easy_getinfo(daotp__curl_connection_easy(fetch->transfer), CURLINFO_RESPONSE_CODE,
                            &code);
    return (unsigned)code;
}

const char *daotp__negotiate_post_content_type(const daotp__negotiate_post *fetch)
{
    const char *type = NULL;

    (void)curl_easy_getinfo(daotp__curl_connection_easy(fetch->transfer), CURLINFO_CONTENT_TYPE,
                            &type);
    return type;
}

bool daotp__negotiate_post_is_offered(const daotp__negotiate_post *fetch)
{
    long offered = 0;

    (void)curl_easy_getinfo(daotp__curl_connection_easy(fetch->transfer), CURLINFO_HTTPAUTH_AVAIL,
                            &offered);
    return (offered & (long)CURLAUTH_GSSNEGOTIATE) != 0;
}

bool daotp__negotiate_post_is_ticket_sent(const daotp__negotiate_post *fetch)
{
    return fetch->why[0] == '\0'; /* else the Kerberos library gave none */
}

const char *daotp__negotiate_post_refusal(const daotp__negotiate_post *fetch)
{
    if (!daotp__negotiate_post_is_offered(fetch))
        return "the service does not offer Negotiate";
    return fetch->why[0] != '\0' ? fetch->why : "the ticket was sent";
}

daotp__bytes daotp__negotiate_post_body(const daotp__negotiate_post *fetch)
{
    return daotp__buffer_bytes(&fetch->answer);
}
