/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/plain_text.h"

#include "core/utf8.h"

#include <string.h>

bool daotp__utf16_begins(const uint8_t *in, size_t len)
{
    return len >= 2 && ((in[0] == 0xFF && in[1] == 0xFE) || (in[0] == 0xFE && in[1] == 0xFF));
}

static uint32_t utf16_read_unit(const uint8_t *at, bool is_big)
{
    return is_big ? (uint32_t)at[0] << 8 | at[1] : (uint32_t)at[1] << 8 | at[0];
}

size_t daotp__utf16_next(const uint8_t *in, size_t len, bool is_big, uint32_t *code)
{
    uint32_t low;

    if (len < 2)
        return 0;
    *code = utf16_read_unit(in, is_big);
    if (*code < 0xD800 || *code > 0xDFFF)
        return 2;
    if (*code > 0xDBFF || len < 4)
        return 0;
    low = utf16_read_unit(in + 2, is_big);
    if (low < 0xDC00 || low > 0xDFFF)
        return 0;
    *code = 0x10000 + ((*code - 0xD800) << 10) + (low - 0xDC00);
    return 4;
}

size_t daotp__plain_text_room(size_t len)
{
    return len + len / 2 + 1; /* two octets of UTF-16 become at most three of UTF-8 */
}

static const char NUL_TEXT[] = "text with NUL characters: UTF-16 without a byte order mark, or no "
                               "text";

static const char *read_utf16_text(const uint8_t *in, size_t len, char *out, size_t *out_len,
                                   size_t *fault_at)
{
    bool is_big = in[0] == 0xFE;
    uint32_t code;
    size_t used;

    for (size_t at = 2; at < len; at += used) {
        *fault_at = at;
        used = daotp__utf16_next(in + at, len - at, is_big, &code);
        if (used == 0)
            return "UTF-16 text that is cut or malformed (RFC 2781 2.2)";
        if (code == 0)
            return NUL_TEXT;
        *out_len += daotp__utf8_encode(code, out + *out_len);
    }
    return NULL;
}

static const char *read_utf8_text(const uint8_t *in, size_t len, char *out, size_t *out_len,
                                  size_t *fault_at)
{
    size_t skip = len >= 3 && memcmp(in, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    const uint8_t *nul = len > 0 ? memchr(in, '\0', len) : NULL;

    if (nul != NULL) {
        *fault_at = (size_t)(nul - in);
        return NUL_TEXT;
    }
    memcpy(out, in + skip, len - skip);
    *out_len = len - skip;
    return NULL;
}

const char *daotp__plain_text_read(const uint8_t *in, size_t len, char *out, size_t *out_len,
                                   size_t *fault_at)
{
    const char *why;

    *out_len = *fault_at = 0;
    if (daotp__utf16_begins(in, len))
        why = read_utf16_text(in, len, out, out_len, fault_at);
    else
        why = read_utf8_text(in, len, out, out_len, fault_at);
    out[*out_len] = '\0';
    return why;
}
