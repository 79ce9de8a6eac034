/* SPDX-License-Identifier: BSD-2-Clause */
#include "settings.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* ---- values ---------------------------------------------------------------------------------- */

static int uri_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at;

    if (c >= 'A' && c <= 'F')
        c = (char)(c + ('a' - 'A'));
    at = c != '\0' ? strchr(digits, c) : NULL;
    return at != NULL ? (int)(at - digits) : -1;
}

static bool decode_octet(const char *digits, char *octet)
{
    int high = uri_digit(digits[0]), low = uri_digit(digits[1]);

    if (high < 0 || low < 0 || (high == 0 && low == 0)) /* no value holds a zero octet */
        return false;
    *octet = (char)(high * 16 + low);
    return true;
}

/* NULL: with *ok when memory ran out, else because of an escape or the length. */
static char *decode_value(const char *text, size_t len, bool *ok)
{
    char *value = malloc(len + 1), *at = value;

    *ok = len <= MAX_URI_VALUE;
    for (size_t i = 0; value != NULL && *ok && i < len; i++) {
        if (text[i] != '%') {
            *at++ = text[i];
            continue;
        }
        *ok = len - i > 2 && decode_octet(text + i + 1, at++);
        i += 2;
    }
    if (value != NULL)
        *at = '\0';
    if (*ok)
        return value;
    free(value);
    return NULL;
}

static bool read_uri_number(const char *text, size_t len, int64_t most, int64_t *number)
{
    *number = 0;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        *number = *number * 10 + (text[i] - '0');
        if (*number > most)
            return false;
    }
    return len > 0;
}

/* ---- servers --------------------------------------------------------------------------------- */

static bool is_host_text(const char *text, size_t len)
{
    if (len == 0 || len > MAX_SENTINEL_HOST)
        return false;
    for (size_t i = 0; i < len; i++)
        if (text[i] <= ' ' || text[i] > '~' || strchr("/?#@,[]%\\\"'", text[i]) != NULL)
            return false;
    return true;
}

/* HOST, HOST:PORT, [ADDRESS] or [ADDRESS]:PORT. */
static const char *read_server(const char *text, size_t len, uint16_t usual_port,
                               server_list *servers)
{
    bool has_bracket = len > 0 && *text == '[';
    const char *host = has_bracket ? text + 1 : text, *end = text + len;
    const char *host_end = memchr(host, has_bracket ? ']' : ':', (size_t)(end - host));
    const char *rest;
    int64_t port = usual_port;

    if (host_end == NULL)
        host_end = end;
    rest = host_end;
    if (has_bracket)
        rest = host_end < end ? host_end + 1 : NULL;
    if (rest == NULL || !is_host_text(host, (size_t)(host_end - host)) ||
        (rest < end &&
         (*rest != ':' || !read_uri_number(rest + 1, (size_t)(end - rest - 1), 65535, &port))) ||
        port == 0)
        return "a server that is not HOST or HOST:PORT";
    if (servers->count == MAX_SERVERS)
        return "more than 16 servers";
    servers->servers[servers->count].host = strndup(host, (size_t)(host_end - host));
    servers->servers[servers->count].port = (uint16_t)port;
    return servers->servers[servers->count].host != NULL ? (servers->count++, NULL) : "";
}

/* NULL; "" when memory ran out; or what is wrong. */
static const char *read_servers(const char *text, size_t len, uint16_t usual_port,
                                server_list *servers)
{
    const char *why = NULL;

    for (;;) {
        const char *comma = memchr(text, ',', len);
        size_t one = comma != NULL ? (size_t)(comma - text) : len;

        why = read_server(text, one, usual_port, servers);
        if (why != NULL || comma == NULL)
            return why;
        text += one + 1;
        len -= one + 1;
    }
}

/* ---- query ----------------------------------------------------------------------------------- */

typedef struct text_setting {
    const char *name;
    size_t offset;
} text_setting;

static const text_setting text_settings[] = {
    {"seal-key", offsetof(store_settings, seal_key_file)},
    {"password-file", offsetof(store_settings, password_file)},
    {"ca-file", offsetof(store_settings, ca_file)},
    {"client-cert", offsetof(store_settings, client_cert)},
    {"client-key", offsetof(store_settings, client_key)},
    {"sentinel", offsetof(store_settings, sentinel)},
    {"prefix", offsetof(store_settings, prefix)},
};

enum { TEXT_SETTINGS = sizeof text_settings / sizeof text_settings[0] };

static char **find_text_setting(store_settings *s, const char *name, size_t len)
{
    for (size_t i = 0; i < TEXT_SETTINGS; i++)
        if (strlen(text_settings[i].name) == len && memcmp(text_settings[i].name, name, len) == 0)
            return (char **)(void *)((char *)s + text_settings[i].offset);
    return NULL;
}

static const char *set_text_value(char **value, const char *text, size_t len)
{
    bool ok;

    if (*value != NULL)
        return "a name that stands there twice";
    *value = decode_value(text, len, &ok);
    if (!ok)
        return "a value with a % that is not %XX";
    if (*value == NULL)
        return "";
    return **value != '\0' ? NULL : "a name with an empty value";
}

static const char *set_seconds(const char *text, size_t len, int64_t most_s, int64_t *ms)
{
    if (!read_uri_number(text, len, most_s, ms) || *ms == 0)
        return "a number of seconds that cannot be used";
    *ms *= 1000;
    return NULL;
}

static const char *set_masters(store_settings *s, const char *value, size_t len)
{
    const char *why;
    char *text = NULL;

    if (s->masters.count > 0)
        return "a name that stands there twice";
    why = set_text_value(&text, value, len);
    if (why == NULL)
        why = read_servers(text, strlen(text), 6379, &s->masters);
    free(text);
    return why;
}

static bool is_name(const char *name, size_t len, const char *wanted)
{
    return strlen(wanted) == len && memcmp(name, wanted, len) == 0;
}

static const char *set_query_value(store_settings *s, const char *name, size_t name_len,
                                   const char *value, size_t len)
{
    char **text = find_text_setting(s, name, name_len);

    if (text != NULL)
        return set_text_value(text, value, len);
    if (is_name(name, name_len, "master"))
        return set_masters(s, value, len);
    if (is_name(name, name_len, "timeout-s"))
        return set_seconds(value, len, MAX_TIMEOUT_S, &s->timeout_ms);
    if (is_name(name, name_len, "lock-s"))
        return set_seconds(value, len, MAX_LOCK_S, &s->lock_ms);
    return "a name that is not known; the manual lists the names";
}

static const char *read_query(store_settings *s, const char *query)
{
    const char *why = NULL;

    while (why == NULL && *query != '\0') {
        size_t len = strcspn(query, "&"), name = strcspn(query, "=&");

        if (name == len)
            return "a name without a value";
        why = set_query_value(s, query, name, query + name + 1, len - name - 1);
        query += len + (query[len] == '&');
    }
    return why;
}

/* ---- all of it ------------------------------------------------------------------------------- */

static const char *read_authority(store_settings *s, const char *text, size_t len)
{
    const char *at = memchr(text, '@', len);
    bool ok = true;

    if (at != NULL) {
        size_t user = (size_t)(at - text);

        if (memchr(text, ':', user) != NULL)
            return "a password never stands in a URI: give password-file=FILE, or it is asked for";
        s->user = decode_value(text, user, &ok);
        if (!ok || user == 0)
            return "a user name that cannot be used";
        if (s->user == NULL)
            return "";
        len -= user + 1;
        text = at + 1;
    }
    return read_servers(text, len, 6379, &s->servers);
}

static bool is_prefix(const char *prefix)
{
    return strlen(prefix) <= MAX_PREFIX &&
           strspn(prefix, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.") ==
               strlen(prefix);
}

static bool is_loopback_host(const char *host)
{
    unsigned char address[4];

    if (inet_pton(AF_INET, host, address) == 1) /* 127.corp.example is a name */
        return address[0] == 127;
    return strcmp(host, "localhost") == 0 || strcmp(host, "::1") == 0;
}

static bool has_distant_server(const server_list *servers)
{
    for (size_t i = 0; i < servers->count; i++)
        if (!is_loopback_host(servers->servers[i].host))
            return true;
    return false;
}

/* What has to stand together, or must not. */
static const char *check_settings(const store_settings *s)
{
    bool has_password = s->user != NULL || s->password_file != NULL;

    if (s->uses_tls && s->ca_file == NULL)
        return "rediss: needs ca-file=FILE, the CA that issued the server's certificate";
    if (!s->uses_tls && (s->ca_file != NULL || s->client_cert != NULL || s->client_key != NULL))
        return "ca-file, client-cert and client-key are for rediss:";
    if ((s->client_cert == NULL) != (s->client_key == NULL))
        return "client-cert and client-key belong together";
    if ((s->sentinel == NULL) != (s->masters.count == 0))
        return "sentinel=NAME and master=HOST:PORT[,...], the servers that may be named, belong "
               "together";
    if (!s->uses_tls && has_password &&
        (has_distant_server(&s->servers) || has_distant_server(&s->masters)))
        return "a password would go over the network in clear: use rediss:";
    if (!is_prefix(s->prefix))
        return "a prefix that is not letters, digits and . _ -";
    return NULL;
}

static const char *read_settings(store_settings *s, const char *uri)
{
    const char *authority = uri + strcspn(uri, ":"), *rest, *why;
    size_t len;
    int64_t database = 0;

    if (strncmp(authority, "://", 3) != 0)
        return "no // behind the scheme";
    authority += 3;
    len = strcspn(authority, "/?");
    rest = authority + len;
    why = read_authority(s, authority, len);
    if (why != NULL)
        return why;
    if (*rest == '/' && rest[1] != '\0' && rest[1] != '?') {
        if (!read_uri_number(rest + 1, strcspn(rest + 1, "?"), 65535, &database))
            return "a database that is no number";
    }
    s->database = (unsigned)database;
    rest += strcspn(rest, "?");
    why = *rest == '?' ? read_query(s, rest + 1) : NULL;
    if (why == NULL && s->prefix == NULL)
        s->prefix = strdup("daotp");
    if (why == NULL && s->prefix == NULL)
        return "";
    return why != NULL ? why : check_settings(s);
}

daotp_status settings_read(const char *uri, daotp_report *report, store_settings **out)
{
    store_settings *s = calloc(1, sizeof *s);
    const char *why;

    if (s == NULL)
        return DAOTP_MEMORY;
    s->uses_tls = strncmp(uri, "rediss:", 7) == 0;
    s->timeout_ms = DEFAULT_TIMEOUT_MS;
    s->lock_ms = DEFAULT_LOCK_S * 1000;
    why = read_settings(s, uri);
    if (why == NULL) {
        s->subject = strndup(uri, strcspn(uri, "?"));
        if (s->subject == NULL)
            why = "";
    }
    if (why == NULL) {
        *out = s;
        return DAOTP_OK;
    }
    settings_free(s);
    if (*why == '\0')
        return DAOTP_MEMORY;
    /* not the URI: a password may stand in it by mistake */
    return daotp_report_add(report, DAOTP_FINDING_STORE_URI, 0,
                            strncmp(uri, "rediss:", 7) == 0 ? "rediss:" : "redis:", why);
}

static void free_servers(server_list *servers)
{
    for (size_t i = 0; i < servers->count; i++)
        free(servers->servers[i].host);
}

void settings_free(store_settings *s)
{
    if (s == NULL)
        return;
    free_servers(&s->servers);
    free_servers(&s->masters);
    for (size_t i = 0; i < TEXT_SETTINGS; i++)
        free(*find_text_setting(s, text_settings[i].name, strlen(text_settings[i].name)));
    free(s->user);
    free(s->subject);
    free(s);
}
