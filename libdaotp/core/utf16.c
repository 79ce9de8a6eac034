/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/utf16.h"

#include "core/plain_text.h"
#include "core/utf8.h"

#include <string.h>

bool daotp__utf16_has_mark(daotp__bytes in)
{
    return daotp__utf16_begins(in.data, in.len);
}

void daotp__utf8_write(daotp__buffer *out, uint32_t code)
{
    char text[4];

    daotp__buffer_add(out, text, daotp__utf8_encode(code, text));
}

static bool is_ascii_text(uint8_t c)
{
    return (c >= ' ' && c < 0x7F) || (c >= '\t' && c <= '\r');
}

bool daotp__utf16_is_unmarked(daotp__bytes in, bool *is_big)
{
    if (in.len < 4)
        return false;
    *is_big = in.data[0] == 0;
    for (size_t i = 0; i < 4; i++) {
        bool is_high = (i % 2 == 0) == *is_big;

        if (is_high ? in.data[i] != 0 : !is_ascii_text(in.data[i]))
            return false;
    }
    return true;
}

bool daotp__utf16_read(daotp__bytes in, bool is_big, daotp__buffer *out, size_t *at)
{
    uint32_t code;
    size_t len;

    for (; *at < in.len; *at += len) {
        len = daotp__utf16_next(in.data + *at, in.len - *at, is_big, &code);
        if (len == 0)
            return false;
        daotp__utf8_write(out, code);
        if (out->failed != DAOTP_OK)
            return false;
    }
    return out->failed == DAOTP_OK;
}

daotp__bytes daotp__utf8_skip_mark(daotp__bytes in)
{
    if (in.len >= 3 && memcmp(in.data, "\xEF\xBB\xBF", 3) == 0)
        return (daotp__bytes){in.data + 3, in.len - 3};
    return in;
}
