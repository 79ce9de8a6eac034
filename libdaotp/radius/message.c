/* SPDX-License-Identifier: BSD-2-Clause */
#include "radius/message.h"

#include "core/plain_text.h"
#include "core/utf8.h"

#include <string.h>

enum { MESSAGE_FULL = 253 }; /* octets; a longer text goes on in the next attribute */

/* 0x80 to 0x9F; the rest of Windows-1252 is that of ISO 8859-1. 0: undefined. */
static const uint16_t windows_1252[32] = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

static void write_shown(daotp__buffer *out, uint32_t code)
{
    char text[4];
    size_t len = daotp__utf8_encode(code, text);

    if (!daotp__utf8_is_unsafe(text, len))
        daotp__buffer_add(out, text, len);
    else if (code == '\r')
        return; /* of a line end */
    else
        daotp__buffer_byte(out, code < 0x80 ? ' ' : '?');
}

/* A text that fills its attribute may be cut within a character. */
static bool is_utf8_message(daotp__bytes value)
{
    const char *text = (const char *)value.data;
    size_t at = 0, n;

    while (at < value.len && (n = daotp__utf8_next(text + at, value.len - at)) > 0)
        at += n;
    return at == value.len ||
           (value.len == MESSAGE_FULL && value.len - at < 4 && value.data[at] >= 0xC2);
}

static void write_utf8_message(daotp__bytes value, daotp__buffer *out)
{
    const char *text = (const char *)value.data;

    for (size_t at = 0, n; at < value.len; at += n) {
        n = daotp__utf8_next(text + at, value.len - at);
        if (n == 0) {
            daotp__buffer_byte(out, '?');
            return;
        }
        write_shown(out, daotp__utf8_code_point(text + at, n));
    }
}

static void write_utf16_message(daotp__bytes value, bool is_big, daotp__buffer *out)
{
    uint32_t code;

    for (size_t at = 0, n; at < value.len; at += n) {
        n = daotp__utf16_next(value.data + at, value.len - at, is_big, &code);
        write_shown(out, n > 0 ? code : '?');
        n = n > 0 ? n : 2;
    }
}

static void write_windows_message(daotp__bytes value, daotp__buffer *out)
{
    for (size_t i = 0; i < value.len; i++) {
        uint32_t code = value.data[i];

        if (code >= 0x80 && code < 0xA0)
            code = windows_1252[code - 0x80] != 0 ? windows_1252[code - 0x80] : '?';
        write_shown(out, code);
    }
}

/* Of most letters of Europe one octet is zero: which, tells the order. Half of them are enough. */
static bool is_utf16_unmarked(daotp__bytes value, bool is_big)
{
    size_t zeros = 0, others = 0;

    for (size_t i = 0; i + 1 < value.len; i += 2) {
        zeros += value.data[is_big ? i : i + 1] == 0;
        others += value.data[is_big ? i + 1 : i] == 0;
    }
    return value.len >= 4 && others == 0 && zeros >= value.len / 4;
}

/* Some servers count the NUL at the end of their string: of one octet, or of two in UTF-16. */
static daotp__bytes cut_final_nuls(daotp__bytes value, size_t width)
{
    static const uint8_t nuls[2];

    while (value.len >= width && value.len % width == 0 &&
           memcmp(value.data + value.len - width, nuls, width) == 0)
        value.len -= width;
    return value;
}

/* The order of the octets; NULL when it is no UTF-16. */
static const char *find_utf16_order(daotp__bytes value)
{
    static const char little[] = "UTF-16LE", big[] = "UTF-16BE";

    if (daotp__utf16_begins(value.data, value.len))
        return value.data[0] == 0xFE ? big : little;
    if (is_utf16_unmarked(value, false))
        return little;
    return is_utf16_unmarked(value, true) ? big : NULL;
}

const char *daotp__radius_message_read(daotp__bytes value, daotp__buffer *out)
{
    daotp__bytes text = cut_final_nuls(value, 1), units = cut_final_nuls(value, 2);
    const char *order = find_utf16_order(units);

    if (order != NULL) {
        size_t mark = daotp__utf16_begins(units.data, units.len) ? 2 : 0;

        write_utf16_message((daotp__bytes){units.data + mark, units.len - mark},
                            strcmp(order, "UTF-16BE") == 0, out);
        return order;
    }
    if (is_utf8_message(text)) {
        write_utf8_message(text, out);
        return NULL;
    }
    write_windows_message(text, out);
    return "Windows-1252";
}
