/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/json.h"

#include "core/utf8.h"

#include <string.h>

static void escaped(daotp__buffer *out, char c)
{
    if (c == '"' || c == '\\')
        daotp__buffer_format(out, "\\%c", c);
    else if (c == '\n')
        daotp__buffer_text(out, "\\n");
    else if ((uint8_t)c < 0x20 || c == 0x7F)
        daotp__buffer_format(out, "\\u%04x", (unsigned)c);
    else
        daotp__buffer_byte(out, (uint8_t)c);
}

void daotp__json_string(daotp__buffer *out, const char *text)
{
    size_t len = strlen(text), n;

    daotp__buffer_byte(out, '"');
    for (; len > 0; text += n, len -= n) {
        n = daotp__utf8_next(text, len);
        if (n == 1)
            escaped(out, *text);
        else if (n > 1)
            daotp__buffer_add(out, text, n);
        else
            daotp__buffer_text(out, "\xEF\xBF\xBD");
        n = n > 0 ? n : 1;
    }
    daotp__buffer_byte(out, '"');
}
