/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/utf8.h"

#include <string.h>

static bool is_tail(const uint8_t *at, size_t len, size_t count, uint8_t low, uint8_t high)
{
    if (len <= count || at[1] < low || at[1] > high)
        return false;
    for (size_t i = 2; i <= count; i++)
        if ((at[i] & 0xC0) != 0x80)
            return false;
    return true;
}

/* No overlong form, no surrogate (RFC 3629 4). */
static bool is_tail_of_three(const uint8_t *at, size_t len)
{
    uint8_t low = at[0] == 0xE0 ? 0xA0 : 0x80;
    uint8_t high = at[0] == 0xED ? 0x9F : 0xBF;

    return is_tail(at, len, 2, low, high);
}

/* No overlong form, nothing beyond U+10FFFF (RFC 3629 4). */
static bool is_tail_of_four(const uint8_t *at, size_t len)
{
    uint8_t low = at[0] == 0xF0 ? 0x90 : 0x80;
    uint8_t high = at[0] == 0xF4 ? 0x8F : 0xBF;

    return is_tail(at, len, 3, low, high);
}

size_t daotp__utf8_next(const char *text, size_t len)
{
    const uint8_t *at = (const uint8_t *)text;

    if (len == 0)
        return 0;
    if (at[0] < 0x80)
        return 1;
    if (at[0] >= 0xC2 && at[0] <= 0xDF)
        return is_tail(at, len, 1, 0x80, 0xBF) ? 2 : 0;
    if (at[0] >= 0xE0 && at[0] <= 0xEF)
        return is_tail_of_three(at, len) ? 3 : 0;
    if (at[0] >= 0xF0 && at[0] <= 0xF4)
        return is_tail_of_four(at, len) ? 4 : 0;
    return 0;
}

size_t daotp__utf8_encode(uint32_t code, char text[4])
{
    size_t len = 1 + (code > 0x7F) + (code > 0x7FF) + (code > 0xFFFF);

    if (len == 1) {
        text[0] = (char)code;
        return len;
    }
    for (size_t i = len - 1; i > 0; i--, code >>= 6)
        text[i] = (char)(0x80 | (code & 0x3F));
    text[0] = (char)(0xF00 >> len | code);
    return len;
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

/* Not tolower(): the application's locale must not decide which names are equal. */
static char utf8_fold(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool daotp__text_equal_nocase(const char *a, const char *b)
{
    while (*a != '\0' && utf8_fold(*a) == utf8_fold(*b)) {
        a++;
        b++;
    }
    return *a == *b;
}

uint32_t daotp__utf8_code_point(const char *text, size_t n)
{
    const uint8_t *at = (const uint8_t *)text;
    uint32_t c = n == 1 ? at[0] : at[0] & (0x7Fu >> n);

    for (size_t i = 1; i < n; i++)
        c = c << 6 | (at[i] & 0x3Fu);
    return c;
}

bool daotp__utf8_is_unsafe(const char *text, size_t n)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {
        {0x0000, 0x001F},   {0x007F, 0x009F}, /* C0; DEL, C1 */
        {0x00AD, 0x00AD},   {0x034F, 0x034F}, /* soft hyphen, grapheme joiner */
        {0x061C, 0x061C},                     /* Arabic letter mark */
        {0x115F, 0x1160},   {0x17B4, 0x17B5}, /* fillers, vowels that are not seen */
        {0x180B, 0x180F},                     /* Mongolian selectors and separator */
        {0x200B, 0x200F},                     /* zero width, left-to-right and right-to-left mark */
        {0x2028, 0x202E},                     /* line and paragraph separator, embeddings */
        {0x2060, 0x206F},                     /* word joiner, isolates, deprecated ones */
        {0x3164, 0x3164},   {0xFFA0, 0xFFA0}, /* fillers */
        {0xFDD0, 0xFDEF},                     /* noncharacters */
        {0xFEFF, 0xFEFF},   {0xFFF0, 0xFFFB}, /* byte order mark, annotations */
        {0xFFFE, 0xFFFF},                     /* noncharacters */
        {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, /* format controls */
        {0xE0000, 0xE0FFF},                     /* tags, supplementary selectors */
    };
    uint32_t c = n > 0 ? daotp__utf8_code_point(text, n) : 0;

    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (c >= ranges[i].first && c <= ranges[i].last)
            return true;
    return (c & 0xFFFE) == 0xFFFE;
}

void daotp__utf8_make_plain(char *text)
{
    for (size_t len = strlen(text), n; len > 0; text += n, len -= n) {
        n = 1;
        if (*text >= ' ' &&
            *text < 0x7F) /* a quick check for most characters, because the table is long */
            continue;
        n = daotp__utf8_next(text, len);
        if (!daotp__utf8_is_unsafe(text, n))
            continue;
        n = n > 0 ? n : 1;
        memset(text, n == 1 && (unsigned char)*text < 0x80 ? ' ' : '?', n);
    }
}
