/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/url.h"

#include "core/alloc.h"
#include "core/buffer.h"
#include "core/limits.h"
#include "core/utf8.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool daotp__url_is_address(const char *host)
{
    uint8_t address[16];

    return inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1;
}

char *daotp__url_label(const char *host, uint16_t port)
{
    bool is_six = strchr(host, ':') != NULL; /* RFC 3986 3.2.2 */
    size_t size = strlen(host) + sizeof "[]:65535";
    char *label = daotp__new(size);

    if (label != NULL)
        (void)snprintf(label, size, is_six ? "[%s]:%u" : "%s:%u", host, (unsigned)port);
    return label;
}

daotp_status daotp__url_code_status(int code, daotp_status refused)
{
    if (code == CURLUE_OK)
        return DAOTP_OK;
    return code == CURLUE_OUT_OF_MEMORY ? DAOTP_MEMORY : refused;
}

/* Copies one part of a parsed URL; without brackets if it is an IPv6 host. */
static daotp_status url_part(CURLU *parsed, CURLUPart which, unsigned flags, char **out)
{
    char *text = NULL;
    CURLUcode code = curl_url_get(parsed, which, &text, flags);
    size_t len;

    if (code != CURLUE_OK)
        return daotp__url_code_status(code, DAOTP_USAGE);
    len = strlen(text);
    /* libcurl has decoded the host: it must still be a host name */
    if (which == CURLUPART_HOST &&
        (strchr(text, '%') != NULL || !daotp__utf8_printable(text, len))) {
        curl_free(text);
        return DAOTP_USAGE;
    }
    if (which == CURLUPART_HOST && len > 2 && text[0] == '[')
        *out = daotp__text_copy_n(text + 1, len - 2);
    else
        *out = daotp__text_copy(text);
    curl_free(text);
    return *out != NULL ? DAOTP_OK : DAOTP_MEMORY;
}

static bool url_has(CURLU *parsed, CURLUPart which)
{
    char *text = NULL;
    bool there = curl_url_get(parsed, which, &text, 0) == CURLUE_OK;

    curl_free(text);
    return there;
}

static daotp_status take_port(CURLU *parsed, uint16_t *port)
{
    char *text = NULL;
    unsigned long value;
    daotp_status status = url_part(parsed, CURLUPART_PORT, CURLU_DEFAULT_PORT, &text);

    if (status != DAOTP_OK)
        return status;
    value = strtoul(text, NULL, 10);
    daotp__delete(text);
    *port = (uint16_t)value;
    return value > 0 && value <= UINT16_MAX ? DAOTP_OK : DAOTP_USAGE;
}

static daotp_status take_target(CURLU *parsed, char **target)
{
    daotp__buffer out;
    char *path = NULL, *query = NULL;
    daotp_status status = url_part(parsed, CURLUPART_PATH, 0, &path);

    if (status == DAOTP_OK && url_has(parsed, CURLUPART_QUERY))
        status = url_part(parsed, CURLUPART_QUERY, 0, &query);
    if (status == DAOTP_OK) {
        daotp__buffer_init(&out, DAOTP__MAX_URL);
        daotp__buffer_text(&out, path);
        if (query != NULL)
            daotp__buffer_format(&out, "?%s", query);
        *target = (char *)daotp__buffer_take(&out, NULL);
        daotp__buffer_free(&out);
        status = *target != NULL ? DAOTP_OK : DAOTP_MEMORY;
    }
    daotp__delete(path);
    daotp__delete(query);
    return status;
}

static daotp_status take_authority(daotp__url *url)
{
    bool six = strchr(url->host, ':') != NULL;
    daotp__buffer out;

    daotp__buffer_init(&out, DAOTP__MAX_URL);
    daotp__buffer_format(&out, six ? "[%s]" : "%s", url->host);
    if (url->port != 443)
        daotp__buffer_format(&out, ":%u", (unsigned)url->port);
    url->authority = (char *)daotp__buffer_take(&out, NULL);
    daotp__buffer_free(&out);
    return url->authority != NULL ? DAOTP_OK : DAOTP_MEMORY;
}

static daotp_status take_parts(CURLU *parsed, const char *text, daotp__url *url)
{
    daotp_status status =
        daotp__url_code_status(curl_url_set(parsed, CURLUPART_URL, text, 0), DAOTP_USAGE);

    if (status == DAOTP_OK &&
        (url_has(parsed, CURLUPART_USER) || url_has(parsed, CURLUPART_FRAGMENT)))
        status = DAOTP_USAGE;
    if (status == DAOTP_OK)
        status = url_part(parsed, CURLUPART_HOST, 0, &url->host);
    if (status == DAOTP_OK)
        status = take_port(parsed, &url->port);
    if (status == DAOTP_OK)
        status = take_target(parsed, &url->target);
    if (status == DAOTP_OK)
        status = take_authority(url);
    return status;
}

/* libcurl would take one slash, or three, for two. */
static bool is_https(const char *text)
{
    return strncasecmp(text, "https://", 8) == 0 && text[8] != '/';
}

/* libcurl would decode it, and take what comes out for a name that was never written. */
static bool has_encoded_host(const char *text)
{
    const char *host = text + strlen("https://");

    return memchr(host, '%', strcspn(host, "/?#")) != NULL;
}

daotp_status daotp__url_parse(const char *text, daotp__url *url)
{
    CURLU *parsed;
    daotp_status status;

    *url = (daotp__url){.text = NULL};
    if (text == NULL || strlen(text) > DAOTP__MAX_URL || !is_https(text) ||
        strchr(text, ' ') != NULL || has_encoded_host(text) ||
        !daotp__utf8_printable(text, strlen(text)))
        return DAOTP_USAGE;
    parsed = curl_url();
    if (parsed == NULL)
        return DAOTP_MEMORY;
    status = take_parts(parsed, text, url);
    curl_url_cleanup(parsed);
    if (status == DAOTP_OK && (url->text = daotp__text_copy(text)) == NULL)
        status = DAOTP_MEMORY;
    if (status != DAOTP_OK)
        daotp__url_free(url);
    return status;
}

void daotp__url_free(daotp__url *url)
{
    daotp__delete(url->text);
    daotp__delete(url->host);
    daotp__delete(url->authority);
    daotp__delete(url->target);
    *url = (daotp__url){.text = NULL};
}

/* Those that libcurl can speak to. */
static daotp_status check_proxy_scheme(CURLU *parsed)
{
    static const char *const known[] = {"http", "https", "socks4", "socks4a", "socks5", "socks5h"};
    char *scheme = NULL;
    daotp_status status = url_part(parsed, CURLUPART_SCHEME, CURLU_DEFAULT_SCHEME, &scheme);
    bool good = false;

    for (size_t i = 0; status == DAOTP_OK && i < sizeof known / sizeof known[0]; i++)
        good |= strcmp(scheme, known[i]) == 0;
    daotp__delete(scheme);
    if (status != DAOTP_OK)
        return status;
    return good ? DAOTP_OK : DAOTP_USAGE;
}

daotp_status daotp__url_parse_proxy(const char *text, char **host, uint16_t *port)
{
    CURLU *parsed;
    daotp_status status;

    *host = NULL;
    if (strlen(text) > DAOTP__MAX_URL)
        return DAOTP_USAGE;
    parsed = curl_url();
    if (parsed == NULL)
        return DAOTP_MEMORY;
    status = daotp__url_code_status(
        curl_url_set(parsed, CURLUPART_URL, text, CURLU_DEFAULT_SCHEME | CURLU_NON_SUPPORT_SCHEME),
        DAOTP_USAGE);
    if (status == DAOTP_OK)
        status = check_proxy_scheme(parsed);
    if (status == DAOTP_OK)
        status = url_part(parsed, CURLUPART_HOST, 0, host);
    if (status == DAOTP_OK) {
        /* libcurl's default for a proxy without a port is 1080, whatever its scheme */
        *port = 1080;
        if (url_has(parsed, CURLUPART_PORT))
            status = take_port(parsed, port);
    }
    curl_url_cleanup(parsed);
    if (status != DAOTP_OK) {
        daotp__delete(*host);
        *host = NULL;
    }
    return status;
}
