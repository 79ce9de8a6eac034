/* SPDX-License-Identifier: BSD-2-Clause */
#include "redaction.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MAX_NAMES = 4096 };

struct redaction {
    char *names[MAX_NAMES];
    size_t count;
};

typedef struct text_buffer {
    char *text;
    size_t len, room;
    bool failed;
} text_buffer;

redaction *redaction_new(void)
{
    return calloc(1, sizeof(redaction));
}

void redaction_free(redaction *names)
{
    if (names == NULL)
        return;
    for (size_t i = 0; i < names->count; i++)
        free(names->names[i]);
    free(names);
}

static void append_text(text_buffer *out, const char *text, size_t len)
{
    size_t room = out->room;
    char *grown;

    while (!out->failed && room < out->len + len + 1)
        room = room > 0 ? 2 * room : 256;
    if (out->failed)
        return;
    grown = room > out->room ? realloc(out->text, room) : out->text;
    if (grown == NULL) {
        out->failed = true;
        return;
    }
    out->text = grown;
    out->room = room;
    memcpy(out->text + out->len, text, len);
    out->len += len;
    out->text[out->len] = '\0';
}

/* Which name this is, from 1; 0 without memory, or when there are too many. */
static size_t number_of_name(redaction *names, const char *text, size_t len)
{
    for (size_t i = 0; i < names->count; i++)
        if (strlen(names->names[i]) == len && strncasecmp(names->names[i], text, len) == 0)
            return i + 1;
    if (names->count == MAX_NAMES)
        return 0;
    names->names[names->count] = strndup(text, len);
    if (names->names[names->count] == NULL)
        return 0;
    return ++names->count;
}

static void append_name(redaction *names, text_buffer *out, const char *text, size_t len)
{
    size_t number = number_of_name(names, text, len);
    char word[32];

    (void)snprintf(word, sizeof word, "[name-%zu]", number);
    out->failed = out->failed || number == 0;
    append_text(out, word, strlen(word));
}

/* ---- what is a name -------------------------------------------------------------------------- */

/* All that a name may hold: a host, a UPN, DOMAIN\user, a path, an IPv6 address; octets above ASCII
 * are of names more often than not. */
static bool is_name_char(char c)
{
    if (c == '\0') /* which strchr() finds */
        return false;
    return isalnum((unsigned char)c) || (unsigned char)c >= 0x80 ||
           strchr("._-@\\/:[]%~$+", c) != NULL;
}

static bool is_number_or_time(const char *word, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (strchr("0123456789:-TZ.", word[i]) == NULL)
            return false;
    return true;
}

static bool is_address(const char *word, size_t len)
{
    const char *zone = memchr(word, '%', len); /* "fe80::1%eth0" (RFC 4007 11) */
    size_t dots = 0, colons = 0, hexes = 0;

    if (zone != NULL)
        len = (size_t)(zone - word);
    for (size_t i = 0; i < len; i++) {
        dots += word[i] == '.';
        colons += word[i] == ':';
        hexes += isxdigit((unsigned char)word[i]) != 0;
        if (!isxdigit((unsigned char)word[i]) && strchr(".:[]", word[i]) == NULL)
            return false;
    }
    return hexes > 0 && (dots == 3 || colons >= 2);
}

/* A dot between letters, as in a host name; but not an OID or a version. */
static bool has_inner_dot(const char *word, size_t len)
{
    for (size_t i = 1; i + 1 < len; i++)
        if (word[i] == '.' && isalnum((unsigned char)word[i - 1]) &&
            isalnum((unsigned char)word[i + 1]) && !is_number_or_time(word, len))
            return true;
    return false;
}

static bool is_name(const char *word, size_t len)
{
    if (memchr(word, '@', len) != NULL || memchr(word, '\\', len) != NULL)
        return true;
    if (is_address(word, len))
        return true;
    if (memchr(word, '/', len) != NULL && len > 1)
        return true;
    if (len >= 9 && strncasecmp(word, "localhost", 9) == 0)
        return true;
    return has_inner_dot(word, len) || (len > 4 && strncasecmp(word, "S-1-", 4) == 0);
}

/* ---- names of certificates: TYPE=value, to the comma that ends it (RFC 4514) ------------------
 */

static size_t attribute_type_length(const char *text)
{
    size_t len = 0;

    while (isalnum((unsigned char)text[len]) || text[len] == '.')
        len++;
    return len > 0 && len <= 32 && text[len] == '=' ? len + 1 : 0;
}

static size_t attribute_value_length(const char *text)
{
    size_t len = 0;

    while (text[len] != '\0' && strchr(",+;\n", text[len]) == NULL)
        len += text[len] == '\\' && text[len + 1] != '\0' ? 2 : 1;
    return len;
}

static size_t redact_attribute(redaction *names, text_buffer *out, const char *text)
{
    size_t type = attribute_type_length(text), value = attribute_value_length(text + type);

    append_text(out, text, type);
    append_name(names, out, text + type, value);
    if (text[type + value] ==
        '+') { /* another attribute of the same RDN; in a word "+" is a letter */
        append_text(out, "+", 1);
        value++;
    }
    return type + value;
}

static size_t redact_word(redaction *names, text_buffer *out, const char *text)
{
    size_t len = 0, end;

    while (is_name_char(text[len]))
        len++;
    end = len;
    while (end > 0 && strchr(".:", text[end - 1]) != NULL) /* the sentence's */
        end--;
    if (end > 0 && is_name(text, end))
        append_name(names, out, text, end);
    else
        append_text(out, text, end);
    append_text(out, text + end, len - end);
    return len;
}

char *redaction_apply(redaction *names, const char *text)
{
    text_buffer out = {.text = NULL};

    append_text(&out, "", 0);
    while (*text != '\0' && !out.failed) {
        if (attribute_type_length(text) > 0) {
            text += redact_attribute(names, &out, text);
        } else if (is_name_char(*text)) {
            text += redact_word(names, &out, text);
        } else {
            append_text(&out, text, 1);
            text++;
        }
    }
    if (!out.failed)
        return out.text;
    free(out.text);
    return NULL;
}

char *redaction_whole(redaction *names, const char *text)
{
    text_buffer out = {.text = NULL};

    append_text(&out, "", 0);
    if (*text != '\0')
        append_name(names, &out, text, strlen(text));
    if (!out.failed)
        return out.text;
    free(out.text);
    return NULL;
}
