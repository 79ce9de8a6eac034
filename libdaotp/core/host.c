/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/host.h"

#include "core/alloc.h"

#include <arpa/inet.h>
#include <string.h>

static const char digits[] = "0123456789", hex_digits[] = "0123456789abcdef",
                  label_letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-_";

/* ---- one host -------------------------------------------------------------------------------- */

/* Copy the text without brackets (RFC 3986 3.2.2). Returns false when it is too long for an
 * address. */
static bool strip_host_brackets(const char *text, char bare[INET6_ADDRSTRLEN])
{
    size_t len = strlen(text);

    if (len > 2 && text[0] == '[' && text[len - 1] == ']') {
        text++;
        len -= 2;
    }
    if (len >= INET6_ADDRSTRLEN)
        return false;
    memcpy(bare, text, len);
    bare[len] = '\0';
    return true;
}

static bool parse_host_address(const char *text, daotp__host *host)
{
    char bare[INET6_ADDRSTRLEN];
    uint8_t bytes[16];

    if (inet_pton(AF_INET, text, bytes) == 1)
        return inet_ntop(AF_INET, bytes, host->text, sizeof host->text) != NULL;
    return strip_host_brackets(text, bare) && inet_pton(AF_INET6, bare, bytes) == 1 &&
           inet_ntop(AF_INET6, bytes, host->text, sizeof host->text) != NULL;
}

/* RFC 952 does not allow an underscore in host names, but some Windows machines have one. */
static bool is_host_label(const char *label, size_t len)
{
    return len > 0 && len <= DAOTP__MAX_HOST_LABEL && strspn(label, label_letters) == len &&
           label[0] != '-' && label[len - 1] != '-';
}

/* Resolvers and URL parsers read "127.1", "2130706433" and "0x7f.1" as addresses, so a text
 * whose last label is a number is not a host name. */
static bool is_host_number(const char *label, size_t len)
{
    if (len >= 2 && label[0] == '0' && label[1] == 'x')
        return strspn(label + 2, hex_digits) == len - 2;
    return strspn(label, digits) == len;
}

static bool is_host_name(const char *text)
{
    size_t len;

    for (;;) {
        len = strcspn(text, ".");
        if (!is_host_label(text, len))
            return false;
        if (text[len] == '\0')
            return !is_host_number(text, len);
        text += len + 1;
    }
}

static char lower_case(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool daotp__host_parse(const char *text, daotp__host *host)
{
    size_t len = strlen(text);

    *host = (daotp__host){.is_address = false};
    if (parse_host_address(text, host))
        return host->is_address = true;
    if (len > 1 && text[len - 1] == '.')
        len--;
    if (len > DAOTP__MAX_HOST)
        return false;
    for (size_t i = 0; i < len; i++)
        host->text[i] = lower_case(text[i]);
    host->text[len] = '\0';
    return is_host_name(host->text);
}

bool daotp__host_equal(const char *a, const char *b)
{
    daotp__host first, second;

    if (!daotp__host_parse(a, &first) || !daotp__host_parse(b, &second))
        return strcmp(a, b) == 0;
    return strcmp(first.text, second.text) == 0;
}

bool daotp__host_has_port(const char *text)
{
    const char *colon = strrchr(text, ':');
    char before[DAOTP__MAX_HOST + 2];
    daotp__host host;
    size_t len;

    if (colon == NULL || strspn(colon + 1, digits) != strlen(colon + 1))
        return false;
    len = (size_t)(colon - text);
    if (len >= sizeof before)
        return false;
    memcpy(before, text, len);
    before[len] = '\0';
    return daotp__host_parse(before, &host);
}

/* ---- a list of hosts ------------------------------------------------------------------------- */

daotp_status daotp__host_list_add(daotp__host_list *list, const char *pattern)
{
    bool is_suffix = pattern[0] == '.';
    daotp__host host;
    size_t len;
    char *copy;

    if (list->count == DAOTP__MAX_ALLOWED_HOSTS || !daotp__host_parse(pattern + is_suffix, &host) ||
        (is_suffix && host.is_address))
        return DAOTP_USAGE;
    len = strlen(host.text) + is_suffix;
    copy = daotp__new(len + 1);
    if (copy == NULL)
        return DAOTP_MEMORY;
    copy[0] = '.';
    memcpy(copy + is_suffix, host.text, len - is_suffix);
    list->patterns[list->count++] = copy;
    return DAOTP_OK;
}

void daotp__host_list_free(daotp__host_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        daotp__delete(list->patterns[i]);
    list->count = 0;
}

/* The suffix begins with a dot, so it matches only at the beginning of a label. */
static bool pattern_covers(const char *pattern, const daotp__host *host)
{
    size_t len = strlen(pattern), host_len = strlen(host->text);

    if (pattern[0] != '.')
        return strcmp(pattern, host->text) == 0;
    return !host->is_address && host_len > len && strcmp(pattern, host->text + host_len - len) == 0;
}

bool daotp__host_list_allows(const daotp__host_list *list, const char *text)
{
    daotp__host host;

    if (!daotp__host_parse(text, &host))
        return false;
    for (size_t i = 0; i < list->count; i++)
        if (pattern_covers(list->patterns[i], &host))
            return true;
    return false;
}
