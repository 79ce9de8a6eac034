/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/negotiate_post.h"

#include "core/alloc.h"
#include "core/limits.h"

#include <string.h>

struct daotp__negotiate_post {
    daotp__curl_connection *connection;
    struct curl_slist *headers;
    daotp__buffer request, response;
    size_t given;
    bool sent;
    char why[256]; /* the Kerberos library's error text, if no token could be made or the service
                      sent an error */
};

static size_t on_read(char *to, size_t size, size_t count, void *user)
{
    daotp__negotiate_post *post = user;
    size_t room = size * count, left = post->request.len - post->given;

    room = room < left ? room : left;
    if (room > 0)
        memcpy(to, post->request.data + post->given, room);
    post->given += room;
    post->sent = post->sent || room > 0;
    return room;
}

/* libcurl calls this after a 401, although CURLOPT_MAXREDIRS prevents it from sending the body
 * again. */
static int on_seek(void *user, curl_off_t offset, int origin)
{
    daotp__negotiate_post *post = user;

    if (origin != SEEK_SET || offset != 0)
        return CURL_SEEKFUNC_FAIL;
    post->given = 0;
    return CURL_SEEKFUNC_OK;
}

static size_t on_post_write(char *from, size_t size, size_t count, void *user)
{
    daotp__negotiate_post *post = user;

    daotp__buffer_add(&post->response, from, size * count);
    return post->response.failed == DAOTP_OK ? size * count : 0;
}

/* libcurl reports GSS-API errors only here. After a 401 it may report the same text again. */
static int on_debug(CURL *easy, curl_infotype type, char *text, size_t len, void *user)
{
    static const char start[] = "gss_init_sec_context() failed: ";
    daotp__negotiate_post *post = user;
    size_t skip = sizeof start - 1;

    (void)easy;
    if (type != CURLINFO_TEXT || len < skip || memcmp(text, start, skip) != 0)
        return 0;
    text += skip;
    len -= skip;
    while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == ' ' || text[len - 1] == '.'))
        len--;
    len = len < sizeof post->why ? len : sizeof post->why - 1;
    memcpy(post->why, text, len);
    post->why[len] = '\0';
    return 0;
}

static bool post_add_header(daotp__negotiate_post *post, const char *line, size_t len)
{
    char *copy = daotp__text_copy_n(line, len);
    struct curl_slist *longer = copy != NULL ? curl_slist_append(post->headers, copy) : NULL;

    daotp__delete(copy);
    if (longer == NULL)
        return false;
    post->headers = longer;
    return true;
}

static bool add_headers(daotp__negotiate_post *post, const char *headers)
{
    while (*headers != '\0') {
        size_t len = strcspn(headers, "\r");

        if (!post_add_header(post, headers, len))
            return false;
        headers += len;
        headers += strspn(headers, "\r\n");
    }
    return post_add_header(post, "Expect:", strlen("Expect:"));
}

static bool post_set_options(daotp__negotiate_post *post)
{
    CURL *easy = daotp__curl_connection_easy(post->connection);
    bool ok = true;

    ok = ok && curl_easy_setopt(easy, CURLOPT_POST, 1L) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)post->request.len) ==
                   CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_READDATA, post) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, on_seek) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_SEEKDATA, post) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_post_write) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_WRITEDATA, post) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_HTTPHEADER, post->headers) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_GSSNEGOTIATE) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, on_debug) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_DEBUGDATA, post) == CURLE_OK;
    ok = ok && curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L) == CURLE_OK;
    /* The first request carries the token without a challenge. For every 401 with Negotiate
     * libcurl would send a new token and the body again, without end; it counts these
     * repetitions as redirects. */
    ok = ok && curl_easy_setopt(easy, CURLOPT_MAXREDIRS, 0L) == CURLE_OK;
    /* libcurl needs a user name; an empty one means the ticket of the default cache */
    ok = ok && curl_easy_setopt(easy, CURLOPT_USERPWD, ":") == CURLE_OK;
    return ok;
}

daotp_status daotp__negotiate_post_new(daotp__loop *loop, const daotp__peer *peer,
                                       const char *headers, daotp__bytes body, size_t max,
                                       daotp__negotiate_post **out)
{
    daotp__negotiate_post *post = daotp__new(sizeof *post);
    daotp_status status;

    *out = NULL;
    if (post == NULL)
        return DAOTP_MEMORY;
    daotp__buffer_init(&post->request, body.len);
    daotp__buffer_init(&post->response, max);
    daotp__buffer_add(&post->request, body.data, body.len);
    status = post->request.failed;
    if (status == DAOTP_OK)
        status = daotp__curl_connection_new(loop, peer, &post->connection);
    if (status == DAOTP_OK && (!add_headers(post, headers) || !post_set_options(post)))
        status = DAOTP_MEMORY;
    if (status != DAOTP_OK) {
        daotp__negotiate_post_free(post);
        return status;
    }
    *out = post;
    return DAOTP_OK;
}

void daotp__negotiate_post_free(daotp__negotiate_post *post)
{
    if (post == NULL)
        return;
    daotp__curl_connection_free(post->connection);
    curl_slist_free_all(post->headers);
    daotp__buffer_free(&post->request);
    daotp__buffer_free(&post->response);
    daotp__delete(post);
}

/* Whether libcurl read too many octets that are not the body. libcurl itself does not limit
 * them. */
static bool has_received_too_much(const daotp__negotiate_post *post)
{
    size_t max = post->response.max;

    return daotp__tls_received(daotp__curl_connection_tls(post->connection)) >
           (uint64_t)max + max / 16 + DAOTP__MAX_HTTP_OVERHEAD;
}

daotp_status daotp__negotiate_post_step(daotp__negotiate_post *post, daotp_report *report)
{
    daotp_status status = daotp__curl_connection_step(post->connection, report);

    if (status == DAOTP_AGAIN && has_received_too_much(post))
        return daotp__report_add(report, DAOTP_FINDING_HTTP_TOO_LARGE, 0,
                                 daotp__curl_connection_peer(post->connection),
                                 "more around the body than in it");
    if (status != DAOTP_PEER)
        return status;
    if (post->response.failed == DAOTP_MEMORY)
        return DAOTP_MEMORY;
    if (post->response.failed == DAOTP_PEER)
        return daotp__report_add(report, DAOTP_FINDING_HTTP_TOO_LARGE, 0,
                                 daotp__curl_connection_peer(post->connection),
                                 "a body over the limit");
    return status;
}

bool daotp__negotiate_post_has_sent(const daotp__negotiate_post *post)
{
    return post->sent;
}

unsigned daotp__negotiate_post_status(const daotp__negotiate_post *post)
{
    long code = 0;

    (void)curl_easy_getinfo(daotp__curl_connection_easy(post->connection), CURLINFO_RESPONSE_CODE,
                            &code);
    return (unsigned)code;
}

const char *daotp__negotiate_post_content_type(const daotp__negotiate_post *post)
{
    const char *type = NULL;

    (void)curl_easy_getinfo(daotp__curl_connection_easy(post->connection), CURLINFO_CONTENT_TYPE,
                            &type);
    return type;
}

bool daotp__negotiate_post_is_offered(const daotp__negotiate_post *post)
{
    long offered = 0;

    (void)curl_easy_getinfo(daotp__curl_connection_easy(post->connection), CURLINFO_HTTPAUTH_AVAIL,
                            &offered);
    return (offered & (long)CURLAUTH_GSSNEGOTIATE) != 0;
}

bool daotp__negotiate_post_is_ticket_sent(const daotp__negotiate_post *post)
{
    return post->why[0] == '\0'; /* otherwise the Kerberos library gave no ticket */
}

const char *daotp__negotiate_post_refusal(const daotp__negotiate_post *post)
{
    if (!daotp__negotiate_post_is_offered(post))
        return "the service does not offer Negotiate";
    return post->why[0] != '\0' ? post->why : "the ticket was sent";
}

daotp__bytes daotp__negotiate_post_body(const daotp__negotiate_post *post)
{
    return daotp__buffer_bytes(&post->response);
}
