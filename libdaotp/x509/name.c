/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/name.h"

#include "core/hex.h"
#include "core/limits.h"
#include "core/utf16.h"
#include "core/utf8.h"
#include "x509/oid.h"
#include "x509/rdn.h"

#include <string.h>

/* UCS-2: a surrogate is not a character. */
static bool decode_bmp(daotp__bytes in, daotp__buffer *out)
{
    for (size_t i = 0; i + 1 < in.len; i += 2) {
        uint32_t c = (uint32_t)in.data[i] << 8 | in.data[i + 1];

        if (c >= 0xD800 && c <= 0xDFFF)
            return false;
        daotp__utf8_write(out, c);
    }
    return in.len % 2 == 0;
}

/* Convert a directory string to UTF-8. TeletexString is read as Latin-1, which is common
 * practice. */
static bool name_decode(const daotp__der_item *item, daotp__buffer *out)
{
    daotp__bytes in = item->content;

    switch (item->tag) {
    case DAOTP__DER_UTF8_STRING:
    case DAOTP__DER_PRINTABLE_STRING:
    case DAOTP__DER_IA5_STRING:
        daotp__buffer_add(out, in.data, in.len);
        return daotp__utf8_valid((const char *)in.data, in.len);
    case DAOTP__DER_TELETEX_STRING:
        for (size_t i = 0; i < in.len; i++)
            daotp__utf8_write(out, in.data[i]);
        return true;
    case DAOTP__DER_BMP_STRING:
        return decode_bmp(in, out);
    default:
        return false;
    }
}

/* RFC 4514 2.4 */
static void name_escape(daotp__buffer *out, const char *text, size_t len)
{
    for (size_t i = 0, n; i<len; i += n> 0 ? n : 1) {
        char c = text[i];

        n = daotp__utf8_next(text + i, len - i);
        if (daotp__utf8_is_unsafe(text + i, n)) {
            for (size_t k = 0; k < (n > 0 ? n : 1); k++)
                daotp__buffer_format(out, "\\%02X", (unsigned)(uint8_t)text[i + k]);
            continue;
        }
        if (n == 1 && (strchr("\"+,;<>\\", c) != NULL || (i == 0 && (c == '#' || c == ' ')) ||
                       (i + 1 == len && c == ' ')))
            daotp__buffer_byte(out, '\\');
        daotp__buffer_add(out, text + i, n);
    }
}

static bool attribute_text(const daotp__attribute *from, daotp__buffer *out)
{
    char dotted[DAOTP__OID_TEXT];
    enum daotp__oid type = daotp__oid_find(from->type);
    daotp__buffer value;
    bool ok;

    daotp__buffer_text(out, type >= DAOTP__OID_CN && type < DAOTP__OID_COUNT
                                ? daotp__oid_name(type)
                                : daotp__oid_text(from->type, dotted));
    daotp__buffer_byte(out, '=');
    daotp__buffer_init(&value, DAOTP__MAX_CERTIFICATE);
    ok = name_decode(&from->value, &value);
    if (ok) {
        name_escape(out, (const char *)value.data, value.len);
    } else { /* RFC 4514 2.4: a value that is not a string is written as "#" and the hex of its DER
              */
        daotp__buffer_byte(out, '#');
        daotp__hex_write(out, from->value.whole);
    }
    if (value.failed != DAOTP_OK)
        out->failed = value.failed;
    daotp__buffer_free(&value);
    return out->failed == DAOTP_OK;
}

static bool rdn_text(daotp__bytes rdn, daotp__buffer *out)
{
    daotp__attribute one;

    if (rdn.len == 0)
        return false;
    for (bool first = true; rdn.len > 0; first = false) {
        if (!daotp__attribute_read(&rdn, &one))
            return false;
        if (!first)
            daotp__buffer_byte(out, '+');
        if (!attribute_text(&one, out))
            return false;
    }
    return true;
}

/* The RDNs of a Name, root first. */
static bool name_split(daotp__bytes name, daotp__bytes *rdns, size_t *count)
{
    daotp__bytes in;

    *count = 0;
    if (!daotp__der_only(name, DAOTP__DER_SEQUENCE, &in))
        return false;
    while (in.len > 0)
        if (*count == DAOTP__MAX_RDNS || !daotp__der_read(&in, DAOTP__DER_SET, &rdns[(*count)++]))
            return false;
    return true;
}

bool daotp__name_text(daotp__bytes name, daotp__buffer *out)
{
    daotp__bytes rdns[DAOTP__MAX_RDNS];
    size_t count;

    if (!name_split(name, rdns, &count))
        return false;
    for (size_t i = count; i > 0; i--) {
        if (i < count)
            daotp__buffer_byte(out, ',');
        if (!rdn_text(rdns[i - 1], out))
            return false;
    }
    return out->failed == DAOTP_OK;
}

char *daotp__name_copy_text(daotp__bytes name)
{
    daotp__buffer out;
    char *text;

    daotp__buffer_init(&out, DAOTP__MAX_CERTIFICATE);
    if (!daotp__name_text(name, &out) && out.failed != DAOTP_MEMORY)
        daotp__buffer_clear(&out);
    text = (char *)daotp__buffer_take(&out, NULL);
    daotp__buffer_free(&out);
    return text;
}

bool daotp__name_is_empty(daotp__bytes name)
{
    daotp__bytes in;

    return daotp__der_only(name, DAOTP__DER_SEQUENCE, &in) && in.len == 0;
}

/* ---- from text ------------------------------------------------------------------------------ */

static bool type_of(const char *text, size_t len, daotp__buffer *oid)
{
    char word[DAOTP__OID_TEXT];

    if (len == 0 || len >= sizeof word)
        return false;
    memcpy(word, text, len);
    word[len] = '\0';
    for (unsigned i = DAOTP__OID_CN; i < DAOTP__OID_COUNT; i++) {
        if (daotp__text_equal_nocase(word, daotp__oid_name((enum daotp__oid)i))) {
            daotp__bytes known = daotp__oid((enum daotp__oid)i);

            daotp__buffer_add(oid, known.data, known.len);
            return oid->failed == DAOTP_OK;
        }
    }
    return daotp__oid_parse(word, oid);
}

/* Read one value, up to an unescaped comma or plus sign. */
static bool read_value(const char **at, daotp__buffer *value)
{
    size_t keep = 0; /* trailing blanks are ignored unless escaped */

    *at += strspn(*at, " ");
    for (; **at != '\0' && strchr(",+;", **at) == NULL; (*at)++) {
        char c = **at;
        bool escaped = c == '\\';
        int high = escaped ? daotp__hex_digit((*at)[1]) : -1;
        int low = high >= 0 ? daotp__hex_digit((*at)[2]) : -1;

        if (low >= 0) {
            c = (char)(high << 4 | low);
            *at += 2;
        } else if (escaped) {
            c = *++*at;
            if (c == '\0')
                return false;
        } else if (strchr("\"<>", c) != NULL || (c == '#' && value->len == 0))
            return false; /* RFC 4514 3: these must be escaped; values in #hex are not read */
        daotp__buffer_byte(value, (uint8_t)c);
        if (escaped || c != ' ')
            keep = value->len;
    }
    value->len = keep;
    return value->failed == DAOTP_OK && keep > 0 &&
           daotp__utf8_valid((const char *)value->data, keep);
}

static bool is_only(daotp__bytes value, const char *more)
{
    for (size_t i = 0; i < value.len; i++) {
        uint8_t c = value.data[i];
        bool alnum = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');

        if (!alnum && (c >= 0x80 || (more != NULL && strchr(more, c) == NULL)))
            return false;
    }
    return true;
}

/* The string type that Windows writes for this attribute, if the value allows that type. */
static uint8_t string_tag(daotp__bytes type, daotp__bytes value)
{
    if ((daotp__oid_is(type, DAOTP__OID_DC) || daotp__oid_is(type, DAOTP__OID_EMAIL)) &&
        is_only(value, NULL))
        return DAOTP__DER_IA5_STRING;
    if (daotp__oid_is(type, DAOTP__OID_C) && is_only(value, " '()+,-./:=?"))
        return DAOTP__DER_PRINTABLE_STRING;
    return DAOTP__DER_UTF8_STRING;
}

/* Append one RDN with a single attribute. RDNs with several attributes are not supported: the
 * directory has none. */
static bool parse_rdn(const char **at, daotp__buffer *der)
{
    size_t len = strcspn(*at += strspn(*at, " "), "=");
    daotp__buffer type, value;
    size_t set, pair;
    bool ok;

    daotp__buffer_init(&type, DAOTP__OID_TEXT);
    daotp__buffer_init(&value, DAOTP__MAX_TEXT);
    ok = (*at)[len] == '=' && type_of(*at, len, &type);
    if (ok) {
        *at += len + 1;
        ok = read_value(at, &value);
    }
    if (ok) {
        set = daotp__derw_begin(der, DAOTP__DER_SET);
        pair = daotp__derw_begin(der, DAOTP__DER_SEQUENCE);
        daotp__derw_oid(der, daotp__buffer_bytes(&type));
        daotp__derw_item(der, string_tag(daotp__buffer_bytes(&type), daotp__buffer_bytes(&value)),
                         value.data, value.len);
        daotp__derw_end(der, pair);
        daotp__derw_end(der, set);
    }
    if (type.failed == DAOTP_MEMORY || value.failed == DAOTP_MEMORY)
        der->failed = DAOTP_MEMORY;
    daotp__buffer_free(&type);
    daotp__buffer_free(&value);
    return ok;
}

/* The text has the leaf first, the DER the root first: the RDNs are made in the order of the
 * text, then reversed. */
bool daotp__name_parse(const char *text, daotp__buffer *der)
{
    daotp__bytes rdns[DAOTP__MAX_RDNS], in;
    daotp__buffer forward;
    size_t count = 0, mark;
    bool ok = true;

    daotp__buffer_init(&forward, DAOTP__MAX_CERTIFICATE);
    while (ok && *text != '\0') {
        ok = count++ < DAOTP__MAX_RDNS && parse_rdn(&text, &forward);
        if (ok && *text != '\0')
            ok = *text == ',' && *++text != '\0';
    }
    in = daotp__buffer_bytes(&forward);
    for (size_t i = 0; ok && i < count; i++)
        ok = daotp__der_read_whole(&in, DAOTP__DER_SET, &rdns[i]);
    mark = daotp__derw_begin(der, DAOTP__DER_SEQUENCE);
    for (size_t i = count; ok && i > 0; i--)
        daotp__derw_raw(der, rdns[i - 1]);
    daotp__derw_end(der, mark);
    if (forward.failed == DAOTP_MEMORY)
        der->failed = DAOTP_MEMORY;
    daotp__buffer_free(&forward);
    return ok && der->failed == DAOTP_OK;
}
