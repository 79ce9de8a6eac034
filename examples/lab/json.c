/* SPDX-License-Identifier: BSD-2-Clause */
#include "json.h"

#include "core/utf8.h"

#include <string.h>

static void put_escaped(FILE *out, uint32_t c)
{
    if (c <= 0xFFFF)
        fprintf(out, "\\u%04x", (unsigned)c);
    else /* a surrogate pair */
        fprintf(out, "\\u%04x\\u%04x", 0xD7C0u + (unsigned)(c >> 10),
                0xDC00u + (unsigned)(c & 0x3FF));
}

void json_string(FILE *out, const char *text)
{
    fputc('"', out);
    for (size_t len = strlen(text), n; len > 0; text += n, len -= n) {
        n = daotp__utf8_next(text, len);
        if (n == 0)
            put_escaped(out, 0xFFFD);
        else if (daotp__utf8_is_unsafe(text, n))
            put_escaped(out, daotp__utf8_code_point(text, n));
        else
            fprintf(out, "%s%.*s", strchr("\"\\", *text) != NULL ? "\\" : "", (int)n, text);
        n = n > 0 ? n : 1;
    }
    fputc('"', out);
}
