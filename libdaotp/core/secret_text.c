/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/secret_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PART_MIN = 4 };

/* The length of an escape such as "%26" or "&#38;" with a number between prefix and suffix; 0 if
 * there is none. */
static size_t read_number(const char *text, size_t skip, int base, char end, uint8_t octet)
{
    char digits[8] = "", *stop;
    size_t len = 0;

    while (len < (end == '\0' ? 2u : sizeof digits - 1) && text[skip + len] != '\0' &&
           text[skip + len] != end) {
        digits[len] = text[skip + len];
        len++;
    }
    if (len == 0 || (end == '\0' && len < 2) || (end != '\0' && text[skip + len] != end))
        return 0;
    if (strtoul(digits, &stop, base) != octet || *stop != '\0')
        return 0;
    return skip + len + (end != '\0');
}

static size_t read_entity(const char *text, uint8_t octet)
{
    static const struct {
        const char *name;
        char means;
    } entities[] = {
        {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};

    for (size_t i = 0; i < sizeof entities / sizeof entities[0]; i++)
        if (octet == (uint8_t)entities[i].means &&
            strncmp(text, entities[i].name, strlen(entities[i].name)) == 0)
            return strlen(entities[i].name);
    if (strncasecmp(text, "&#x", 3) == 0)
        return read_number(text, 3, 16, ';', octet);
    return strncmp(text, "&#", 2) == 0 ? read_number(text, 2, 10, ';', octet) : 0;
}

/* The length of the text at this place that encodes the octet; 0: it does not. */
static size_t octet_len(const char *text, uint8_t octet)
{
    size_t len = 0;

    if (*text == '&')
        len = read_entity(text, octet);
    else if (*text == '%')
        len = read_number(text, 1, 16, '\0', octet);
    return len == 0 && *text != '\0' && (uint8_t)*text == octet ? 1 : len;
}

/* The length of the text from here on that shows a part of the secret; 0 if the part is too
 * short to hide. */
static size_t part_len(const char *text, daotp__bytes secret, size_t from, size_t wanted)
{
    size_t at = 0, octets = 0, len;

    while (from + octets < secret.len &&
           (len = octet_len(text + at, secret.data[from + octets])) > 0) {
        at += len;
        octets++;
    }
    return octets >= wanted ? at : 0;
}

static bool is_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static size_t longest_part(const char *text, daotp__bytes secret, size_t wanted)
{
    size_t longest = 0;

    for (size_t from = 0; from + wanted <= secret.len; from++) {
        size_t len = part_len(text, secret, from, wanted);

        longest = len > longest ? len : longest;
    }
    return longest;
}

void daotp__secret_redact(char *text, daotp__bytes secret)
{
    size_t wanted = (secret.len + 1) / 2 > PART_MIN ? (secret.len + 1) / 2 : PART_MIN;
    bool is_short = secret.len < PART_MIN;
    char before = '\0';
    size_t hidden = 0; /* the octets to hide from here on */

    if (secret.len == 0)
        return;
    for (; *text != '\0'; text++) {
        size_t len = longest_part(text, secret, is_short ? secret.len : wanted);

        if (is_short && len > 0 && (is_word(before) || is_word(text[len])))
            len = 0;
        hidden = len > hidden ? len : hidden;
        before = *text; /* the text before this place is no longer read, so it can be overwritten */
        if (hidden > 0) {
            *text = '*';
            hidden--;
        }
    }
}
