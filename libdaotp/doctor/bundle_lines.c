/* SPDX-License-Identifier: BSD-2-Clause */
#include "doctor/bundle_lines.h"

#include "core/utf16.h"
#include "core/utf8.h"

#include <string.h>
#include <strings.h>

/* ---- decoding -------------------------------------------------------------------------------- */

static void add_latin_octets(daotp__buffer *out, daotp__bytes in)
{
    for (size_t i = 0; i < in.len; i++)
        daotp__utf8_write(out, in.data[i]);
}

static void blank_nuls(daotp__buffer *out)
{
    for (size_t i = 0; i < out->len; i++)
        if (out->data[i] == '\0')
            out->data[i] = ' ';
}

/* Returns false when the bytes are not UTF-16; out is then unchanged, unless memory ran out. */
static bool decode_wide_text(daotp__bytes bytes, daotp__buffer *out)
{
    size_t at = 0;
    bool is_big = false;

    if (daotp__utf16_has_mark(bytes)) {
        is_big = bytes.data[0] == 0xFE;
        at = 2;
    } else if (!daotp__utf16_is_unmarked(bytes, &is_big)) {
        return false;
    }
    if (daotp__utf16_read(bytes, is_big, out, &at))
        return true;
    if (out->failed == DAOTP_OK)
        daotp__buffer_clear(out);
    return false;
}

daotp_status daotp__bundle_decode(daotp__bytes bytes, daotp__buffer *out)
{
    daotp__bytes plain = daotp__utf8_skip_mark(bytes);

    if (!decode_wide_text(bytes, out)) {
        if (daotp__utf8_valid((const char *)plain.data, plain.len))
            daotp__buffer_add(out, plain.data, plain.len);
        else
            add_latin_octets(out, bytes);
    }
    if (out->failed == DAOTP_OK)
        blank_nuls(out);
    return out->failed;
}

/* ---- lines ----------------------------------------------------------------------------------- */

static bool is_line_blank(uint8_t octet)
{
    return octet == ' ' || octet == '\t' || octet == '\r';
}

static daotp__bytes trim_line_blanks(daotp__bytes in)
{
    while (in.len > 0 && is_line_blank(in.data[0])) {
        in.data++;
        in.len--;
    }
    while (in.len > 0 && is_line_blank(in.data[in.len - 1]))
        in.len--;
    return in;
}

bool daotp__bundle_next_line(daotp__bytes text, size_t *at, daotp__bytes *line)
{
    const uint8_t *begin, *end;

    if (*at >= text.len)
        return false;
    begin = text.data + *at;
    end = memchr(begin, '\n', text.len - *at);
    line->data = begin;
    line->len = end != NULL ? (size_t)(end - begin) : text.len - *at;
    *at += line->len + 1;
    *line = trim_line_blanks(*line);
    return true;
}

bool daotp__bundle_split(daotp__bytes line, char separator, daotp__bytes *key, daotp__bytes *value)
{
    const uint8_t *at = line.len > 0 ? memchr(line.data, separator, line.len) : NULL;

    if (at == NULL)
        return false;
    *key = trim_line_blanks((daotp__bytes){line.data, (size_t)(at - line.data)});
    *value = trim_line_blanks((daotp__bytes){at + 1, line.len - (size_t)(at - line.data) - 1});
    return true;
}

bool daotp__bundle_begins(daotp__bytes in, const char *text)
{
    size_t len = strlen(text);

    return in.len >= len && strncasecmp((const char *)in.data, text, len) == 0;
}

bool daotp__bundle_is(daotp__bytes in, const char *text)
{
    return in.len == strlen(text) && daotp__bundle_begins(in, text);
}

size_t daotp__bundle_find(daotp__bytes in, size_t from, const char *text)
{
    const uint8_t *at = NULL;

    if (from < in.len)
        at = memmem(in.data + from, in.len - from, text, strlen(text));
    return at != NULL ? (size_t)(at - in.data) : SIZE_MAX;
}

static unsigned value_of_digit(uint8_t octet)
{
    if (octet >= '0' && octet <= '9')
        return octet - (unsigned)'0';
    if (octet >= 'a' && octet <= 'f')
        return octet - (unsigned)'a' + 10;
    return octet >= 'A' && octet <= 'F' ? octet - (unsigned)'A' + 10 : 99;
}

bool daotp__bundle_number(daotp__bytes in, unsigned base, uint32_t *number)
{
    uint64_t value = 0;
    size_t i = 0;

    while (i < in.len && value_of_digit(in.data[i]) < base && value <= UINT32_MAX)
        value = value * base + value_of_digit(in.data[i++]);
    *number = (uint32_t)value;
    return i > 0 && value <= UINT32_MAX;
}
