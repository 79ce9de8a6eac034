/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/ldap_url.h"

#include "core/alloc.h"
#include "core/hex.h"
#include "core/limits.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { DEFAULT_PORT = 389, PARTS = 5 }; /* DN, attributes, scope, filter, extensions */

/* A part of the text, without a NUL at its end. */
typedef struct url_part {
    const char *at;
    size_t len;
} url_part;

static bool part_is(url_part part, const char *text)
{
    return part.len == strlen(text) && strncasecmp(part.at, text, part.len) == 0;
}

/* Decode percent-encoding (RFC 3986 2.1). An encoded NUL is refused: it would end the text early
 * and name a different entry. */
static daotp_status decode_part(url_part part, char **out)
{
    daotp_status status = DAOTP_OK;
    char *text = daotp__new(part.len + 1), *to = text;

    if (text == NULL)
        return DAOTP_MEMORY;
    for (size_t i = 0; i < part.len && status == DAOTP_OK; i++, to++) {
        int high, low;

        *to = part.at[i];
        if (part.at[i] != '%')
            continue;
        high = part.len - i >= 3 ? daotp__hex_digit(part.at[i + 1]) : -1;
        low = high >= 0 ? daotp__hex_digit(part.at[i + 2]) : -1;
        if (low < 0 || high + low == 0)
            status = DAOTP_USAGE;
        else
            *to = (char)(high << 4 | low);
        i += 2;
    }
    *to = '\0';
    if (status == DAOTP_OK)
        *out = text;
    else
        daotp__delete(text);
    return status;
}

static bool read_port(url_part part, uint16_t *port)
{
    unsigned long value = 0;

    for (size_t i = 0; i < part.len; i++) {
        if (part.at[i] < '0' || part.at[i] > '9' || value > UINT16_MAX)
            return false;
        value = value * 10 + (unsigned long)(part.at[i] - '0');
    }
    *port = (uint16_t)value;
    return value > 0 && value <= UINT16_MAX;
}

/* Split host and port. An IPv6 address may have no brackets if no port follows. */
static daotp_status split_server(url_part server, daotp__ldap_url *url)
{
    const char *colon = memrchr(server.at, ':', server.len),
               *bracket = memrchr(server.at, ']', server.len);
    url_part host = server;
    bool has_port =
        colon != NULL && (bracket != NULL || memchr(server.at, ':', server.len) == colon);

    url->port = DEFAULT_PORT;
    if (colon != NULL && bracket != NULL && colon < bracket)
        has_port = false;
    if (has_port) {
        host.len = (size_t)(colon - server.at);
        if (!read_port((url_part){colon + 1, server.len - host.len - 1}, &url->port))
            return DAOTP_USAGE;
    }
    if (bracket != NULL) {
        if (host.at[0] != '[' || bracket != host.at + host.len - 1)
            return DAOTP_USAGE;
        host = (url_part){host.at + 1, host.len - 2};
    }
    url->host = daotp__text_copy_n(host.at, host.len);
    if (url->host == NULL)
        return DAOTP_MEMORY;
    return host.len > 0 && strpbrk(url->host, "%@[]") == NULL ? DAOTP_OK : DAOTP_USAGE;
}

/* Split the text at question marks. Returns the number of parts; a number above PARTS means too
 * many. */
static size_t split_parts(const char *text, url_part parts[PARTS + 1])
{
    size_t count = 0;

    do {
        parts[count] = (url_part){text, strcspn(text, "?")};
        text += parts[count].len;
        count++;
    } while (*text++ == '?' && count <= PARTS);
    return count;
}

/* Whether this is an attribute that may be fetched. A list of attributes contains a comma, so it
 * equals none of them. */
static bool is_wanted_attribute(const char *attribute)
{
    static const char *const wanted[] = {"certificateRevocationList",
                                         "certificateRevocationList;binary",
                                         "deltaRevocationList",
                                         "deltaRevocationList;binary",
                                         "authorityRevocationList",
                                         "authorityRevocationList;binary",
                                         "cACertificate",
                                         "cACertificate;binary"};

    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        if (strcasecmp(attribute, wanted[i]) == 0)
            return true;
    return false;
}

static daotp_status take_search(const char *text, daotp__ldap_url *url)
{
    url_part parts[PARTS + 1] = {{"", 0}, {"", 0}, {"", 0}, {"", 0}, {"", 0}, {"", 0}};
    size_t count = split_parts(text, parts);
    daotp_status status;

    /* the filter is ignored: the entry is fetched whatever it is */
    if (count > PARTS || (parts[2].len > 0 && !part_is(parts[2], "base")) || parts[4].len > 0)
        return DAOTP_USAGE;
    status = decode_part(parts[0], &url->dn);
    if (status == DAOTP_OK)
        status = decode_part(parts[1], &url->attribute);
    if (status == DAOTP_OK && !is_wanted_attribute(url->attribute))
        status = DAOTP_USAGE;
    return status;
}

daotp_status daotp__ldap_url_parse(const char *text, daotp__ldap_url *url)
{
    static const char scheme[] = "ldap://";
    daotp_status status = DAOTP_OK;
    url_part server;

    *url = (daotp__ldap_url){.port = DEFAULT_PORT};
    if (strlen(text) > DAOTP__MAX_URL || strncasecmp(text, scheme, sizeof scheme - 1) != 0)
        return DAOTP_USAGE;
    server.at = text + sizeof scheme - 1;
    server.len = strcspn(server.at, "/?");
    if (server.at[server.len] != '/')
        return DAOTP_USAGE;
    if (server.len > 0)
        status = split_server(server, url);
    return status == DAOTP_OK ? take_search(server.at + server.len + 1, url) : status;
}

daotp_status daotp__ldap_url_parse_server(const char *text, daotp__ldap_url *url)
{
    *url = (daotp__ldap_url){.port = DEFAULT_PORT};
    return split_server((url_part){text, strlen(text)}, url);
}

void daotp__ldap_url_free(daotp__ldap_url *url)
{
    daotp__delete(url->host);
    daotp__delete(url->dn);
    daotp__delete(url->attribute);
    *url = (daotp__ldap_url){.host = NULL};
}
