/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/utf8.h"
#include "xml/xml.h"

bool daotp__xml_can_hold(const char *text, size_t len)
{
    for (size_t at = 0, n; at < len; at += n) {
        uint8_t c = (uint8_t)text[at];

        n = daotp__utf8_next(text + at, len - at);
        if (n == 0 || (c < 0x20 && c != '\t' && c != '\n' && c != '\r'))
            return false;
        /* U+FFFE and U+FFFF are no characters of XML */
        if (n == 3 && c == 0xEF && (uint8_t)text[at + 1] == 0xBF && (uint8_t)text[at + 2] >= 0xBE)
            return false;
    }
    return true;
}

static const char *write_reference(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\t': /* white space in an attribute would be normalised, XML 1.0 3.3.3 */
        return "&#x9;";
    case '\n':
        return "&#xA;";
    case '\r':
        return "&#xD;";
    default:
        return NULL;
    }
}

void daotp__xml_escape(daotp__buffer *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        const char *escaped = write_reference(text[i]);

        if (escaped != NULL)
            daotp__buffer_text(out, escaped);
        else
            daotp__buffer_byte(out, (uint8_t)text[i]);
    }
}
