/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/utf16.h"

#include <string.h>

bool daotp__utf16_has_mark(daotp__bytes in)
{
    return in.len >= 2 && ((in.data[0] == 0xFF && in.data[1] == 0xFE) ||
                           (in.data[0] == 0xFE && in.data[1] == 0xFF));
}

static uint32_t utf16_read_unit(const uint8_t *at, bool is_big)
{
    return is_big ? (uint32_t)at[0] << 8 | at[1] : (uint32_t)at[1] << 8 | at[0];
}

void daotp__utf8_write(daotp__buffer *out, uint32_t code)
{
    uint8_t text[4];
    size_t len = 1 + (code > 0x7F) + (code > 0x7FF) + (code > 0xFFFF);

    if (len == 1) {
        daotp__buffer_byte(out, (uint8_t)code);
        return;
    }
    for (size_t i = len - 1; i > 0; i--, code >>= 6)
        text[i] = (uint8_t)(0x80 | (code & 0x3F));
    text[0] = (uint8_t)(0xF00 >> len | code);
    daotp__buffer_add(out, text, len);
}

/* The character at the front, and how many octets it takes up; 0 when there is none. */
static size_t next_utf16(daotp__bytes in, bool is_big, uint32_t *code)
{
    uint32_t low;

    if (in.len < 2)
        return 0;
    *code = utf16_read_unit(in.data, is_big);
    if (*code < 0xD800 || *code > 0xDFFF)
        return 2;
    if (*code > 0xDBFF || in.len < 4)
        return 0;
    low = utf16_read_unit(in.data + 2, is_big);
    if (low < 0xDC00 || low > 0xDFFF)
        return 0;
    *code = 0x10000 + ((*code - 0xD800) << 10) + (low - 0xDC00);
    return 4;
}

bool daotp__utf16_read(daotp__bytes in, daotp__buffer *out)
{
    bool is_big = in.len > 0 && in.data[0] == 0xFE;
    uint32_t code;
    size_t len;

    for (in = (daotp__bytes){in.data + 2, in.len - 2}; in.len > 0;
         in = (daotp__bytes){in.data + len, in.len - len}) {
        len = next_utf16(in, is_big, &code);
        if (len == 0)
            return false;
        daotp__utf8_write(out, code);
    }
    return out->failed == DAOTP_OK;
}

daotp__bytes daotp__utf8_skip_mark(daotp__bytes in)
{
    if (in.len >= 3 && memcmp(in.data, "\xEF\xBB\xBF", 3) == 0)
        return (daotp__bytes){in.data + 3, in.len - 3};
    return in;
}
