/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/name_match.h"

#include "core/limits.h"
#include "x509/rdn.h"

#include <string.h>

/* ---- characters ------------------------------------------------------------------------------ */

enum { END = 0, BROKEN = 0xFFFFFFFF };

/* The characters of a string value, one by one, folded. */
typedef struct reader {
    uint8_t tag;
    daotp__bytes left;
    bool begun, after_space;
} reader;

static uint32_t take(reader *from, unsigned octets)
{
    uint32_t value = 0;

    if (from->left.len < octets)
        return BROKEN;
    for (unsigned i = 0; i < octets; i++)
        value = value << 8 | from->left.data[i];
    from->left.data += octets;
    from->left.len -= octets;
    return value;
}

static uint32_t take_utf8(reader *from)
{
    uint8_t first = from->left.data[0];
    unsigned more = first < 0x80 ? 0 : first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
    uint32_t c = more == 0 ? first : first & (0x3Fu >> more);

    if ((first >= 0x80 && first < 0xC2) || first > 0xF4 || from->left.len <= more)
        return BROKEN;
    for (unsigned i = 1; i <= more; i++) {
        if ((from->left.data[i] & 0xC0) != 0x80)
            return BROKEN;
        c = c << 6 | (from->left.data[i] & 0x3F);
    }
    from->left.data += more + 1;
    from->left.len -= more + 1;
    return (more == 2 && (c < 0x800 || (c >= 0xD800 && c <= 0xDFFF))) || (more == 3 && c < 0x10000)
               ? BROKEN
               : c;
}

static uint32_t raw(reader *from)
{
    switch (from->tag) {
    case DAOTP__DER_UTF8_STRING:
        return take_utf8(from);
    case DAOTP__DER_BMP_STRING:
        return take(from, 2);
    case DAOTP__DER_UNIVERSAL_STRING:
        return take(from, 4);
    default: /* Printable, IA5, and Teletex, which everybody takes for Latin-1 */
        return take(from, 1);
    }
}

static bool is_space(uint32_t c)
{
    return c == ' ' || (c >= 9 && c <= 13) || c == 0xA0 || c == 0x3000;
}

/* Simple folding, of the scripts whose cases stand a fixed distance apart. */
static uint32_t fold(uint32_t c)
{
    if ((c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0xDE && c != 0xD7) ||
        (c >= 0x391 && c <= 0x3A9) || (c >= 0x410 && c <= 0x42F))
        return c + 32;
    return c >= 0x400 && c <= 0x40F ? c + 80 : c;
}

static uint32_t next(reader *from)
{
    while (from->left.len > 0) {
        reader before = *from;
        uint32_t c = raw(from);

        if (c == BROKEN || c == END)
            return BROKEN; /* a NUL stands in no name */
        if (is_space(c)) {
            from->after_space = from->begun;
            continue;
        }
        if (from->after_space) {
            before.after_space = false;
            *from = before;
            return ' ';
        }
        from->begun = true;
        return fold(c);
    }
    return END;
}

static bool is_string(uint8_t tag)
{
    return tag == DAOTP__DER_UTF8_STRING || tag == DAOTP__DER_PRINTABLE_STRING ||
           tag == DAOTP__DER_IA5_STRING || tag == DAOTP__DER_TELETEX_STRING ||
           tag == DAOTP__DER_BMP_STRING || tag == DAOTP__DER_UNIVERSAL_STRING;
}

static bool values_equal(const daotp__der_item *a, const daotp__der_item *b)
{
    reader left = {a->tag, a->content, false, false}, right = {b->tag, b->content, false, false};
    uint32_t c, d;

    if (daotp__bytes_equal(a->whole, b->whole))
        return true;
    if (!is_string(a->tag) || !is_string(b->tag))
        return false;
    do {
        c = next(&left);
        d = next(&right);
    } while (c == d && c != END && c != BROKEN);
    return c == END && d == END && left.begun; /* two empty ones say nothing */
}

/* ---- names ----------------------------------------------------------------------------------- */

static bool has_attribute(daotp__bytes rdn, const daotp__attribute *wanted)
{
    daotp__attribute one;

    while (rdn.len > 0)
        if (daotp__attribute_read(&rdn, &one) && daotp__bytes_equal(one.type, wanted->type) &&
            values_equal(&one.value, &wanted->value))
            return true;
    return false;
}

static int count_attributes(daotp__bytes rdn)
{
    daotp__attribute one;
    int count = 0;

    while (rdn.len > 0)
        if (!daotp__attribute_read(&rdn, &one) || ++count > DAOTP__MAX_RDN_ATTRIBUTES)
            return -1;
    return count;
}

/* An RDN is a set: the order does not count. */
static bool rdn_equal(daotp__bytes a, daotp__bytes b)
{
    int count = count_attributes(a);
    daotp__attribute one;

    if (count < 1 || count != count_attributes(b))
        return false;
    while (a.len > 0)
        if (!daotp__attribute_read(&a, &one) || !has_attribute(b, &one))
            return false;
    return true;
}

bool daotp__name_is_valid(daotp__bytes name)
{
    int count = 0, more;
    daotp__bytes in, rdn;

    if (!daotp__der_only(name, DAOTP__DER_SEQUENCE, &in))
        return false;
    while (in.len > 0) {
        if (!daotp__der_read(&in, DAOTP__DER_SET, &rdn))
            return false;
        more = count_attributes(rdn);
        count += more;
        if (more < 1 || count > DAOTP__MAX_RDNS)
            return false;
    }
    return true;
}

static bool is_plain(const daotp__der_item *value)
{
    reader from = {value->tag, value->content, false, false};

    if (!is_string(value->tag))
        return true;
    while (from.left.len > 0) {
        uint32_t c = raw(&from);

        if (c == BROKEN || c < 0x20 || (c >= 0x7F && c < 0xA0))
            return false;
    }
    return true;
}

bool daotp__name_is_plain(daotp__bytes name)
{
    daotp__bytes in, rdn;
    daotp__attribute one;

    if (!daotp__der_only(name, DAOTP__DER_SEQUENCE, &in))
        return false;
    while (in.len > 0) {
        if (!daotp__der_read(&in, DAOTP__DER_SET, &rdn))
            return false;
        while (rdn.len > 0)
            if (!daotp__attribute_read(&rdn, &one) || !is_plain(&one.value))
                return false;
    }
    return true;
}

/* Does the name begin with all the RDNs of the base? What is left of the name afterwards. */
static bool begins_with(daotp__bytes name, daotp__bytes base, daotp__bytes *rest)
{
    daotp__bytes left, right;

    if (!daotp__der_only(base, DAOTP__DER_SEQUENCE, &base) ||
        !daotp__der_only(name, DAOTP__DER_SEQUENCE, &name))
        return false;
    while (base.len > 0)
        if (!daotp__der_read(&base, DAOTP__DER_SET, &right) ||
            !daotp__der_read(&name, DAOTP__DER_SET, &left) || !rdn_equal(left, right))
            return false;
    *rest = name;
    return true;
}

bool daotp__name_equal(daotp__bytes a, daotp__bytes b)
{
    daotp__bytes rest;

    return daotp__bytes_equal(a, b) || (begins_with(a, b, &rest) && rest.len == 0);
}

bool daotp__name_is_within(daotp__bytes name, daotp__bytes base)
{
    daotp__bytes rest;

    return begins_with(name, base, &rest);
}

bool daotp__name_equal_relative(daotp__bytes name, daotp__bytes issuer, daotp__bytes relative)
{
    daotp__bytes rest, last;

    return begins_with(name, issuer, &rest) && daotp__der_read(&rest, DAOTP__DER_SET, &last) &&
           rest.len == 0 && rdn_equal(last, relative);
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
    return (hash ^ value) * 0x100000001B3u;
}

static uint64_t value_hash(const daotp__der_item *value)
{
    reader from = {value->tag, value->content, false, false};
    uint64_t hash = 0xCBF29CE484222325u;
    uint32_t c;

    if (!is_string(value->tag)) {
        for (size_t i = 0; i < value->whole.len; i++)
            hash = mix(hash, value->whole.data[i]);
        return hash;
    }
    while ((c = next(&from)) != END && c != BROKEN)
        hash = mix(hash, c);
    return hash;
}

uint64_t daotp__name_hash(daotp__bytes name)
{
    uint64_t hash = 0xCBF29CE484222325u;
    daotp__bytes in, rdn;
    daotp__attribute one;

    if (!daotp__der_only(name, DAOTP__DER_SEQUENCE, &in))
        return 0;
    while (in.len > 0) {
        uint64_t sum = 0; /* the order within an RDN does not count */

        if (!daotp__der_read(&in, DAOTP__DER_SET, &rdn))
            return 0;
        while (rdn.len > 0) {
            if (!daotp__attribute_read(&rdn, &one))
                return 0;
            sum += value_hash(&one.value) + one.type.len;
        }
        hash = mix(hash, sum);
    }
    return hash;
}
