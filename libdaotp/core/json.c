/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/json.h"

#include "core/utf8.h"

#include <string.h>

static void put_ascii(daotp__buffer *out, char c)
{
    if (c == '"' || c == '\\')
        daotp__buffer_byte(out, '\\');
    daotp__buffer_byte(out, (uint8_t)c);
}

/* \uXXXX; above U+FFFF two of them, a surrogate pair. */
static void put_escaped(daotp__buffer *out, uint32_t c)
{
    if (c == '\n')
        daotp__buffer_text(out, "\\n");
    else if (c <= 0xFFFF)
        daotp__buffer_format(out, "\\u%04x", (unsigned)c);
    else
        daotp__buffer_format(out, "\\u%04x\\u%04x", 0xD7C0u + (unsigned)(c >> 10),
                             0xDC00u + (unsigned)(c & 0x3FF));
}

void daotp__json_string(daotp__buffer *out, const char *text)
{
    size_t len = strlen(text), n;

    daotp__buffer_byte(out, '"');
    for (; len > 0; text += n, len -= n) {
        n = daotp__utf8_next(text, len);
        if (n == 0)
            daotp__buffer_text(out, "\xEF\xBF\xBD");
        else if (daotp__utf8_is_unsafe(text, n))
            put_escaped(out, daotp__utf8_code_point(text, n));
        else if (n == 1)
            put_ascii(out, *text);
        else
            daotp__buffer_add(out, text, n);
        n = n > 0 ? n : 1;
    }
    daotp__buffer_byte(out, '"');
}
