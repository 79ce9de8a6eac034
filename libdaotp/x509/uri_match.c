/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/uri_match.h"

#include "core/hex.h"
#include "core/limits.h"
#include "x509/name_match.h"

#include <string.h>

/* ---- characters ------------------------------------------------------------------------------ */

static bool is_unreserved(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

static uint8_t uri_match_lower_case(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

static bool is_triplet(daotp__bytes in)
{
    return in.len >= 3 && in.data[0] == '%' && daotp__hex_digit((char)in.data[1]) >= 0 &&
           daotp__hex_digit((char)in.data[2]) >= 0;
}

/* RFC 3986 6.2.2.1, 6.2.2.2: unreserved characters are decoded; the hex digits of the others are
 * in upper case. */
static void put_text(daotp__bytes in, bool lower, daotp__buffer *out)
{
    while (in.len > 0) {
        size_t len = is_triplet(in) ? 3 : 1;
        uint8_t c = in.data[0];

        if (len == 3)
            c = (uint8_t)(daotp__hex_digit((char)in.data[1]) << 4 |
                          daotp__hex_digit((char)in.data[2]));
        if (len == 1 || is_unreserved(c))
            daotp__buffer_byte(out, lower ? uri_match_lower_case(c) : c);
        else
            daotp__buffer_format(out, "%%%02X", (unsigned)c);
        in = (daotp__bytes){in.data + len, in.len - len};
    }
}

/* ---- parts ----------------------------------------------------------------------------------- */

/* Take the part before the first of these characters off the front; the whole if there is none. */
static daotp__bytes take_until(daotp__bytes *in, const char *ends)
{
    size_t len = 0;

    while (len < in->len && strchr(ends, in->data[len]) == NULL)
        len++;
    *in = (daotp__bytes){in->data + len, in->len - len};
    return (daotp__bytes){in->data - len, len};
}

static bool has_text(daotp__bytes in, const char *text)
{
    return in.len == strlen(text) && memcmp(in.data, text, in.len) == 0;
}

static const struct scheme_port {
    const char *scheme, *port;
} scheme_ports[] = {
    {"http", "80"}, {"https", "443"}, {"ftp", "21"}, {"ldap", "389"}, {"ldaps", "636"}};

static const char *default_port(daotp__bytes scheme)
{
    for (size_t i = 0; i < sizeof scheme_ports / sizeof scheme_ports[0]; i++)
        if (has_text(scheme, scheme_ports[i].scheme))
            return scheme_ports[i].port;
    return NULL;
}

/* RFC 3986 3.2: [ userinfo "@" ] host [ ":" port ] */
static void put_authority(daotp__bytes in, const char *usual_port, daotp__buffer *out)
{
    const uint8_t *at = in.len > 0 ? memrchr(in.data, '@', in.len) : NULL;
    size_t host_len, user_len = at != NULL ? (size_t)(at - in.data) + 1 : 0;

    put_text((daotp__bytes){in.data, user_len}, false, out);
    in = (daotp__bytes){in.data + user_len, in.len - user_len};
    for (host_len = in.len;
         host_len > 0 && in.data[host_len - 1] >= '0' && in.data[host_len - 1] <= '9';)
        host_len--;
    if (host_len == 0 || in.data[host_len - 1] != ':') { /* no port */
        put_text(in, true, out);
        return;
    }
    put_text((daotp__bytes){in.data, host_len - 1}, true, out);
    in = (daotp__bytes){in.data + host_len, in.len - host_len};
    while (in.len > 1 && in.data[0] == '0')
        in = (daotp__bytes){in.data + 1, in.len - 1};
    if (in.len == 0 || (usual_port != NULL && has_text(in, usual_port)))
        return;
    daotp__buffer_byte(out, ':');
    daotp__buffer_add(out, in.data, in.len);
}

/* Remove the last segment. */
static void drop_segment(daotp__buffer *out, size_t from)
{
    while (out->len > from && out->data[--out->len] != '/')
        continue;
}

/* RFC 3986 5.2.4: "." is removed, ".." is removed with the segment before it. */
static void put_path(daotp__bytes in, bool lower, daotp__buffer *out)
{
    size_t from = out->len;

    while (in.len > 0 && out->failed == DAOTP_OK) {
        size_t mark = out->len;
        daotp__bytes segment, put;

        in = (daotp__bytes){in.data + 1, in.len - 1}; /* its slash */
        segment = take_until(&in, "/");
        daotp__buffer_byte(out, '/');
        put_text(segment, lower, out);
        if (out->failed != DAOTP_OK)
            return;
        put = (daotp__bytes){out->data + mark, out->len - mark};
        if (!has_text(put, "/.") && !has_text(put, "/.."))
            continue;
        drop_segment(out, from);
        if (put.len == 3)
            drop_segment(out, from);
        if (in.len == 0)
            daotp__buffer_byte(out, '/');
    }
}

static bool has_prefix(const daotp__buffer *out, size_t from, const char *text)
{
    size_t len = strlen(text);

    return out->len - from >= len && memcmp(out->data + from, text, len) == 0;
}

/* Whether this text is the default value of that part of the query (RFC 4516 2). */
static bool is_ldap_default(size_t part, daotp__bytes text)
{
    static const char *const defaults[] = {"", "base", "(objectclass=*)"};

    return text.len == 0 ||
           (part < sizeof defaults / sizeof defaults[0] && has_text(text, defaults[part]));
}

/* RFC 4516 2: attributes, scope, filter and extensions, each after a question mark. The case of
 * letters does not matter in any of them for the attributes used here (RFC 4512 2.5, RFC 4517
 * 4.2.3). */
static void put_ldap_query(daotp__bytes in, daotp__buffer *out)
{
    size_t kept = out->len;

    for (size_t part = 0; in.len > 0 && in.data[0] == '?' && out->failed == DAOTP_OK; part++) {
        size_t mark;
        daotp__bytes text;

        in = (daotp__bytes){in.data + 1, in.len - 1};
        daotp__buffer_byte(out, '?');
        mark = out->len;
        put_text(take_until(&in, "?#"), true, out);
        text = (daotp__bytes){out->data + mark, out->len - mark};
        if (out->failed == DAOTP_OK && is_ldap_default(part, text))
            out->len = mark;
        else
            kept = out->len;
    }
    if (out->failed == DAOTP_OK)
        out->len = kept;
    put_text(in, false, out);
}

void daotp__uri_normalize(daotp__bytes uri, daotp__buffer *out)
{
    daotp__bytes scheme = take_until(&uri, ":"), path;
    size_t begin = out->len;
    const char *port;
    bool is_ldap;

    put_text(scheme, true, out);
    port = default_port((daotp__bytes){out->data + begin, out->len - begin});
    if (out->failed != DAOTP_OK || uri.len < 3 || memcmp(uri.data, "://", 3) != 0) {
        put_text(uri, false, out); /* a URI without authority: its path has no segments */
        return;
    }
    is_ldap = port != NULL && has_prefix(out, begin, "ldap");
    uri = (daotp__bytes){uri.data + 3, uri.len - 3};
    daotp__buffer_text(out, "://");
    put_authority(take_until(&uri, "/?#"), port, out);
    path = take_until(&uri, "?#");
    if (path.len == 0 && port != NULL)
        daotp__buffer_byte(out, '/'); /* RFC 3986 6.2.3 */
    put_path(path, is_ldap, out);     /* the path of an LDAP URI is a DN: RFC 5280 7.1 */
    if (is_ldap)
        put_ldap_query(uri, out);
    else
        put_text(uri, false, out);
}

bool daotp__uri_equal(daotp__bytes a, daotp__bytes b)
{
    daotp__buffer left, right;
    bool equal;

    if (daotp__bytes_equal(a, b))
        return true;
    daotp__buffer_init(&left, 4 * DAOTP__MAX_URL);
    daotp__buffer_init(&right, 4 * DAOTP__MAX_URL);
    daotp__uri_normalize(a, &left);
    daotp__uri_normalize(b, &right);
    equal = left.failed == DAOTP_OK && right.failed == DAOTP_OK &&
            daotp__bytes_equal(daotp__buffer_bytes(&left), daotp__buffer_bytes(&right));
    daotp__buffer_free(&left);
    daotp__buffer_free(&right);
    return equal;
}

/* ---- other names ----------------------------------------------------------------------------- */

static bool equal_but_for_case(daotp__bytes a, daotp__bytes b)
{
    for (size_t i = 0; a.len == b.len && i < a.len; i++)
        if (uri_match_lower_case(a.data[i]) != uri_match_lower_case(b.data[i]))
            return false;
    return a.len == b.len;
}

/* RFC 5280 7.5: the local part is compared exactly, the host as in 7.2. */
static bool mailbox_equal(daotp__bytes a, daotp__bytes b)
{
    const uint8_t *at = a.len > 0 ? memrchr(a.data, '@', a.len) : NULL;
    size_t local = at != NULL ? (size_t)(at - a.data) : a.len;

    return a.len == b.len && memcmp(a.data, b.data, local) == 0 && equal_but_for_case(a, b);
}

bool daotp__general_name_equal(const daotp__general_name *a, const daotp__general_name *b)
{
    if (a->tag != b->tag)
        return false;
    switch (a->tag) {
    case DAOTP__GENERAL_NAME_X400:
    case DAOTP__GENERAL_NAME_EDI:
        return false;
    case DAOTP__GENERAL_NAME_DIRECTORY:
        return daotp__name_equal(a->content, b->content);
    case DAOTP__GENERAL_NAME_EMAIL:
        return mailbox_equal(a->content, b->content);
    case DAOTP__GENERAL_NAME_DNS:
        return equal_but_for_case(a->content, b->content);
    case DAOTP__GENERAL_NAME_URI:
        return daotp__uri_equal(a->content, b->content);
    default:
        return daotp__bytes_equal(a->type, b->type) && daotp__bytes_equal(a->content, b->content);
    }
}

bool daotp__general_names_share(daotp__bytes a, daotp__bytes b)
{
    daotp__general_name left, right;

    while (a.len > 0 && daotp__san_next(&a, &left)) {
        daotp__bytes in = b;

        while (in.len > 0 && daotp__san_next(&in, &right))
            if (daotp__general_name_equal(&left, &right))
                return true;
    }
    return false;
}
