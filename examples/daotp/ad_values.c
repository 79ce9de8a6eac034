/* SPDX-License-Identifier: BSD-2-Clause */
#include "ad_values.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool ad_read_ces_url(const char *value, size_t len, ces_url *url)
{
    char text[AD_MAX_LINE], *line[4], *next = text;
    size_t lines = 0;

    if (len >= sizeof text || memchr(value, '\0', len) != NULL)
        return false;
    memcpy(text, value, len);
    text[len] = '\0';
    while (lines < 4 && next != NULL)
        line[lines++] = strsep(&next, "\n");
    if (lines < 4 || strcmp(line[2], "0") != 0) /* no URL, or one that only renews */
        return false;
    url->priority = strtol(line[0], NULL, 10);
    url->authentication = strtol(line[1], NULL, 10);
    line[3][strcspn(line[3], "\r")] = '\0';
    for (const char *c = line[3]; *c != '\0'; c++)
        if (*c <= ' ' || *c >= 0x7F) /* RFC 3986: a URL is ASCII */
            return false;
    (void)snprintf(url->url, sizeof url->url, "%s", line[3]);
    return strncmp(url->url, "https://", 8) == 0;
}

bool ad_holds_oid(const char *text, const char *oid)
{
    size_t len = strlen(oid);

    for (const char *at = strstr(text, oid); at != NULL; at = strstr(at + 1, oid)) {
        bool begins = at == text || strchr("`, ", at[-1]) != NULL;

        if (begins && (at[len] == '\0' || strchr("`, ", at[len]) != NULL))
            return true;
    }
    return false;
}

bool ad_sid_text(const char *octets, size_t len, char *text, size_t room)
{
    const unsigned char *sid = (const unsigned char *)octets;
    uint64_t authority = 0;
    size_t at;

    if (len < 12 || sid[0] != 1 || sid[1] == 0 || sid[1] > 15 || len != 8 + 4 * (size_t)sid[1])
        return false;
    for (size_t i = 2; i < 8; i++)
        authority = authority << 8 | sid[i];
    at = (size_t)snprintf(text, room, "S-1-%llu", (unsigned long long)authority);
    for (size_t i = 8; i < len && at < room; i += 4)
        at +=
            (size_t)snprintf(text + at, room - at, "-%lu",
                             (unsigned long)sid[i] | (unsigned long)sid[i + 1] << 8 |
                                 (unsigned long)sid[i + 2] << 16 | (unsigned long)sid[i + 3] << 24);
    return at < room;
}
