/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/utf8.h"

#include <string.h>

static bool tail(const uint8_t *at, size_t len, size_t count, uint8_t low, uint8_t high)
{
    if (len <= count || at[1] < low || at[1] > high)
        return false;
    for (size_t i = 2; i <= count; i++)
        if ((at[i] & 0xC0) != 0x80)
            return false;
    return true;
}

size_t daotp__utf8_next(const char *text, size_t len)
{
    const uint8_t *at = (const uint8_t *)text;

    if (len == 0)
        return 0;
    if (at[0] < 0x80)
        return 1;
    if (at[0] >= 0xC2 && at[0] <= 0xDF)
        return tail(at, len, 1, 0x80, 0xBF) ? 2 : 0;
    if (at[0] >= 0xE0 && at[0] <= 0xEF) /* no overlong form, no surrogate */
        return tail(at, len, 2, at[0] == 0xE0 ? 0xA0 : 0x80, at[0] == 0xED ? 0x9F : 0xBF) ? 3 : 0;
    if (at[0] >= 0xF0 && at[0] <= 0xF4)
        return tail(at, len, 3, at[0] == 0xF0 ? 0x90 : 0x80, at[0] == 0xF4 ? 0x8F : 0xBF) ? 4 : 0;
    return 0;
}

bool daotp__utf8_valid(const char *text, size_t len)
{
    while (len > 0) {
        size_t n = daotp__utf8_next(text, len);

        if (n == 0)
            return false;
        text += n;
        len -= n;
    }
    return true;
}

bool daotp__utf8_printable(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((uint8_t)text[i] < 0x20 || text[i] == 0x7F)
            return false;
    return daotp__utf8_valid(text, len);
}

/* Not tolower(): the host's locale must not decide which names are equal. */
static char fold(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool daotp__text_equal_nocase(const char *a, const char *b)
{
    while (*a != '\0' && fold(*a) == fold(*b)) {
        a++;
        b++;
    }
    return *a == *b;
}

void daotp__utf8_make_plain(char *text)
{
    for (size_t len = strlen(text), n; len > 0; text += n, len -= n) {
        bool c1;

        n = daotp__utf8_next(text, len);
        c1 = n == 2 && (unsigned char)text[0] == 0xC2 && (unsigned char)text[1] < 0xA0;
        if (n == 0 || c1 || (unsigned char)*text < 0x20 || *text == 0x7F) {
            n = n > 0 ? n : 1;
            memset(text, n == 1 && (unsigned char)*text < 0x80 ? ' ' : '?', n);
        }
    }
}
