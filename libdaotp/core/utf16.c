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

bool daotp__utf16_read(daotp__bytes in, daotp__buffer *out, size_t *at)
{
    bool is_big = in.len > 0 && in.data[0] == 0xFE;
    size_t read, len;
    uint32_t code;

    for (read = 2; read < in.len; read += len) {
        len = daotp__utf16_next(in.data + read, in.len - read, is_big, &code);
        if (len == 0)
            break;
        daotp__utf8_write(out, code);
    }
    if (at != NULL)
        *at = read;
    return read >= in.len && out->failed == DAOTP_OK;
}

daotp__bytes daotp__utf8_skip_mark(daotp__bytes in)
{
    if (in.len >= 3 && memcmp(in.data, "\xEF\xBB\xBF", 3) == 0)
        return (daotp__bytes){in.data + 3, in.len - 3};
    return in;
}
