/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/name_match.h"

#include "core/limits.h"
#include "x509/rdn.h"

#include <string.h>

/* ---- characters ------------------------------------------------------------------------------ */

enum { END = 0, BROKEN = 0xFFFFFFFF };

/* Returns the characters of a string value one by one, prepared as RFC 4518 2 requires. */
typedef struct reader {
    uint8_t tag;
    daotp__bytes left;
    bool begun, after_space;
    bool is_unsure;   /* a character was met that we cannot prepare */
    uint32_t pending; /* the second of the two characters that the last one was folded to */
} reader;

static reader name_match_reader_of(const daotp__der_item *value)
{
    return (reader){.tag = value->tag, .left = value->content};
}

static uint32_t name_match_take(reader *from, unsigned octets)
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
    unsigned more =
        (first >= 0x80) + (first >= 0xE0) + (first >= 0xF0); /* the octets that follow the first */
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

static uint32_t name_match_raw(reader *from)
{
    switch (from->tag) {
    case DAOTP__DER_UTF8_STRING:
        return take_utf8(from);
    case DAOTP__DER_BMP_STRING:
        return name_match_take(from, 2);
    case DAOTP__DER_UNIVERSAL_STRING:
        return name_match_take(from, 4);
    default: /* Printable, IA5, Visible, Numeric, and Teletex, which is read as Latin-1 */
        return name_match_take(from, 1);
    }
}

typedef struct char_range {
    uint32_t first, last;
} char_range;

static bool is_in_ranges(uint32_t c, const char_range *ranges, size_t count)
{
    for (size_t i = 0; i < count && ranges[i].first <= c; i++)
        if (c <= ranges[i].last)
            return true;
    return false;
}
#define IS_IN(c, ranges) is_in_ranges(c, ranges, sizeof(ranges) / sizeof(ranges)[0])

/* RFC 4518 2.2: characters that are mapped to a space. */
static bool is_space(uint32_t c)
{
    static const char_range spaces[] = {
        {9, 13},          {' ', ' '},       {0x85, 0x85},     {0xA0, 0xA0},     {0x1680, 0x1680},
        {0x2000, 0x200A}, {0x2028, 0x2029}, {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000}};

    return IS_IN(c, spaces);
}

/* RFC 4518 2.2: characters that are mapped to nothing. */
static bool is_invisible(uint32_t c)
{
    static const char_range nothing[] = {
        {1, 8},           {0x0E, 0x1F},       {0x7F, 0x84},       {0x86, 0x9F},
        {0xAD, 0xAD},     {0x34F, 0x34F},     {0x6DD, 0x6DD},     {0x70F, 0x70F},
        {0x1806, 0x1806}, {0x180B, 0x180E},   {0x200B, 0x200F},   {0x202A, 0x202E},
        {0x2060, 0x2063}, {0x206A, 0x206F},   {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},
        {0xFFF9, 0xFFFC}, {0x1D173, 0x1D17A}, {0xE0001, 0xE0001}, {0xE0020, 0xE007F}};

    return IS_IN(c, nothing);
}

/*
 * RFC 4518 then requires normalization form KC, which needs large tables. This function accepts the
 * characters that NFKC and case folding leave unchanged, or that fold_character() folds, and that
 * do not compose with each other. Names in use have no other characters; if one occurs, the
 * comparison is undecided. So no Unicode library is needed; each of them has its own version of the
 * tables.
 */
static bool is_prepared(uint32_t c)
{
    static const char_range known[] = {
        {' ', 0x7E},      {0xA1, 0xA7},     {0xA9, 0xA9},     {0xAB, 0xAE},     {0xB0, 0xB1},
        {0xB6, 0xB7},     {0xBB, 0xBB},     {0xBF, 0x12F},    {0x131, 0x131},   {0x134, 0x13E},
        {0x141, 0x148},   {0x14A, 0x17E},   {0x386, 0x386},   {0x388, 0x38A},   {0x38C, 0x38C},
        {0x38E, 0x38F},   {0x391, 0x3A1},   {0x3A3, 0x3A9},   {0x3AC, 0x3AF},   {0x3B1, 0x3C1},
        {0x3C3, 0x3C9},   {0x3CC, 0x3CE},   {0x400, 0x45F},   {0x5D0, 0x5EA},   {0x621, 0x63A},
        {0x641, 0x64A},   {0x660, 0x669},   {0x3005, 0x3006}, {0x3041, 0x3096}, {0x30A1, 0x30FA},
        {0x30FC, 0x30FC}, {0x4E00, 0x9FA5}, {0xAC00, 0xD7A3}};

    return IS_IN(c, known);
}

/* Latin Extended-A: the code points of capitals are even in the first range, then odd, then
 * even, then odd. */
static uint32_t fold_extended(uint32_t c)
{
    bool capitals_are_odd = (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E);
    bool is_odd = (c & 1) == 1;

    if (c == 0x178)
        return 0xFF;
    if (c == 0x131 || c == 0x138)
        return c;
    return is_odd == capitals_are_odd ? c + 1 : c;
}

static uint32_t fold_ascii(uint32_t c)
{
    return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

/* Folds the case of scripts whose upper and lower case have a fixed distance. */
static uint32_t fold_character(uint32_t c)
{
    static const char_range greek[] = {{0x388, 0x38A}};

    if (c < 0x80)
        return fold_ascii(c);
    if ((c >= 0xC0 && c <= 0xDE && c != 0xD7) || (c >= 0x391 && c <= 0x3A9) ||
        (c >= 0x410 && c <= 0x42F))
        return c + 32;
    if (c >= 0x400 && c <= 0x40F)
        return c + 80;
    if (c >= 0x100 && c <= 0x17E)
        return fold_extended(c);
    if (c == 0x386)
        return 0x3AC;
    if (IS_IN(c, greek))
        return c + 37;
    if (c == 0x38C)
        return 0x3CC;
    return c == 0x38E || c == 0x38F ? c + 63 : c;
}

/* A character that is neither space nor invisible. */
static uint32_t prepare_character(reader *from, uint32_t c)
{
    if (c >= 0xFF01 && c <= 0xFF5E) /* the fullwidth forms of ASCII */
        c -= 0xFEE0;
    from->is_unsure = from->is_unsure || !is_prepared(c);
    if (c == 0xDF) { /* sharp s */
        from->pending = 's';
        c = 's';
    }
    return fold_character(c);
}

static uint32_t name_match_next(reader *from)
{
    uint32_t c = from->pending;

    from->pending = END;
    if (c != END)
        return c;
    while (from->left.len > 0) {
        reader before = *from;

        c = name_match_raw(from);
        if (c > ' ' && c < 0x7F &&
            !from->after_space) { /* almost all characters: no table is needed */
            from->begun = true;
            return fold_ascii(c);
        }
        if (c == BROKEN || c == END)
            return BROKEN; /* a NUL is not allowed in a name */
        if (is_invisible(c))
            continue;
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
        return prepare_character(from, c);
    }
    return END;
}

static bool is_string(uint8_t tag)
{
    return tag == DAOTP__DER_UTF8_STRING || tag == DAOTP__DER_PRINTABLE_STRING ||
           tag == DAOTP__DER_IA5_STRING || tag == DAOTP__DER_TELETEX_STRING ||
           tag == DAOTP__DER_VISIBLE_STRING || tag == DAOTP__DER_NUMERIC_STRING ||
           tag == DAOTP__DER_BMP_STRING || tag == DAOTP__DER_UNIVERSAL_STRING;
}

/* A string whose characters depend on escape sequences. */
static bool is_opaque_string(uint8_t tag)
{
    return tag == DAOTP__DER_GENERAL_STRING || tag == DAOTP__DER_GRAPHIC_STRING ||
           tag == DAOTP__DER_VIDEOTEX_STRING;
}

/* thorough: compare to the end even after a difference, because a later character may be one
 * that cannot be prepared. Otherwise the first difference decides. */
static daotp__name_relation strings_compare(const daotp__der_item *a, const daotp__der_item *b,
                                            bool thorough)
{
    reader left = name_match_reader_of(a), right = name_match_reader_of(b);
    bool same = true;
    uint32_t c, d;

    do {
        c = name_match_next(&left);
        d = name_match_next(&right);
        if (c == BROKEN || d == BROKEN)
            return DAOTP__NAME_UNDECIDED;
        same = same && c == d;
        if (!same && !thorough)
            return DAOTP__NAME_DIFFERENT;
    } while (c != END || d != END);
    if (same && left.begun) /* both are empty */
        return DAOTP__NAME_SAME;
    return left.is_unsure || right.is_unsure ? DAOTP__NAME_UNDECIDED : DAOTP__NAME_DIFFERENT;
}

static daotp__name_relation values_compare(const daotp__der_item *a, const daotp__der_item *b,
                                           bool thorough)
{
    if (daotp__bytes_equal(a->whole, b->whole))
        return DAOTP__NAME_SAME;
    if (is_string(a->tag) && is_string(b->tag))
        return strings_compare(a, b, thorough);
    /* two BIT STRINGs are compared octet by octet; the text of other types is unknown */
    return a->tag == b->tag && !is_opaque_string(a->tag) ? DAOTP__NAME_DIFFERENT
                                                         : DAOTP__NAME_UNDECIDED;
}

/* ---- names ----------------------------------------------------------------------------------- */

/* Find the attribute among those of the RDN that are not used yet, and use it. */
static daotp__name_relation find_attribute(daotp__bytes rdn, const daotp__attribute *wanted,
                                           bool thorough, unsigned *used)
{
    daotp__name_relation best = DAOTP__NAME_DIFFERENT, relation;
    daotp__attribute one;

    for (unsigned bit = 1; rdn.len > 0; bit <<= 1) {
        if (!daotp__attribute_read(&rdn, &one))
            return DAOTP__NAME_DIFFERENT;
        if ((*used & bit) != 0 || !daotp__bytes_equal(one.type, wanted->type))
            continue;
        relation = values_compare(&one.value, &wanted->value, thorough);
        if (relation == DAOTP__NAME_SAME) {
            *used |= bit;
            return relation;
        }
        if (relation == DAOTP__NAME_UNDECIDED)
            best = relation;
    }
    return best;
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

/* An RDN is a set: the order is ignored, and each attribute is matched with exactly one. */
static daotp__name_relation rdn_compare(daotp__bytes a, daotp__bytes b, bool thorough)
{
    daotp__name_relation whole = DAOTP__NAME_SAME, relation;
    int count = count_attributes(a);
    daotp__attribute one;
    unsigned used = 0;

    if (count < 1 || count != count_attributes(b))
        return DAOTP__NAME_DIFFERENT;
    while (a.len > 0) {
        if (!daotp__attribute_read(&a, &one))
            return DAOTP__NAME_DIFFERENT;
        relation = find_attribute(b, &one, thorough, &used);
        if (relation == DAOTP__NAME_DIFFERENT)
            return relation;
        if (relation == DAOTP__NAME_UNDECIDED)
            whole = relation;
    }
    return whole;
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

static bool is_character(uint32_t c)
{
    return c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF); /* BROKEN is larger */
}

/* Whether the value is a string of which every character decodes, or the BIT STRING of an
 * x500UniqueIdentifier. */
static bool is_decodable_value(const daotp__der_item *value)
{
    reader from = name_match_reader_of(value);
    daotp__bytes whole = value->whole, bits;
    unsigned unused;

    if (value->tag == DAOTP__DER_BIT_STRING)
        return daotp__der_read_bits(&whole, &bits, &unused);
    if (!is_string(value->tag))
        return false;
    while (from.left.len > 0)
        if (!is_character(name_match_raw(&from)))
            return false;
    return true;
}

bool daotp__name_is_decodable(daotp__bytes name)
{
    daotp__bytes in, rdn;
    daotp__attribute one;

    if (!daotp__name_is_valid(name) || !daotp__der_only(name, DAOTP__DER_SEQUENCE, &in))
        return false;
    while (in.len > 0) {
        if (!daotp__der_read(&in, DAOTP__DER_SET, &rdn))
            return false;
        while (rdn.len > 0)
            if (!daotp__attribute_read(&rdn, &one) || !is_decodable_value(&one.value))
                return false;
    }
    return true;
}

static bool is_plain(const daotp__der_item *value)
{
    reader from = name_match_reader_of(value);

    if (!is_string(value->tag))
        return true;
    while (from.left.len > 0) {
        uint32_t c = name_match_raw(&from);

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

/* Whether the name begins with all RDNs of the base. Afterwards *name holds the remaining RDNs. */
static daotp__name_relation compare_beginning(daotp__bytes name, daotp__bytes base, bool thorough,
                                              daotp__bytes *rest)
{
    daotp__name_relation whole = DAOTP__NAME_SAME, relation;
    daotp__bytes left, right;

    if (!daotp__der_only(base, DAOTP__DER_SEQUENCE, &base) ||
        !daotp__der_only(name, DAOTP__DER_SEQUENCE, &name))
        return DAOTP__NAME_DIFFERENT;
    while (base.len > 0) {
        if (!daotp__der_read(&base, DAOTP__DER_SET, &right) ||
            !daotp__der_read(&name, DAOTP__DER_SET, &left))
            return DAOTP__NAME_DIFFERENT;
        relation = rdn_compare(left, right, thorough);
        if (relation == DAOTP__NAME_DIFFERENT)
            return relation;
        if (relation == DAOTP__NAME_UNDECIDED)
            whole = relation;
    }
    *rest = name;
    return whole;
}

bool daotp__name_equal(daotp__bytes a, daotp__bytes b)
{
    daotp__bytes rest;

    return daotp__bytes_equal(a, b) ||
           (compare_beginning(a, b, false, &rest) == DAOTP__NAME_SAME && rest.len == 0);
}

daotp__name_relation daotp__name_compare_subtree(daotp__bytes name, daotp__bytes base)
{
    daotp__bytes rest;

    return compare_beginning(name, base, true, &rest);
}

bool daotp__name_equal_relative(daotp__bytes name, daotp__bytes issuer, daotp__bytes relative)
{
    daotp__bytes rest, last;

    return compare_beginning(name, issuer, false, &rest) == DAOTP__NAME_SAME &&
           daotp__der_read(&rest, DAOTP__DER_SET, &last) && rest.len == 0 &&
           rdn_compare(last, relative, false) == DAOTP__NAME_SAME;
}

bool daotp__relative_name_equal(daotp__bytes a, daotp__bytes b)
{
    return daotp__bytes_equal(a, b) || rdn_compare(a, b, false) == DAOTP__NAME_SAME;
}

static uint64_t name_match_mix(uint64_t hash, uint64_t value)
{
    return (hash ^ value) * 0x100000001B3u;
}

static uint64_t value_hash(const daotp__der_item *value)
{
    reader from = name_match_reader_of(value);
    uint64_t hash = 0xCBF29CE484222325u;
    uint32_t c;

    if (!is_string(value->tag)) {
        for (size_t i = 0; i < value->whole.len; i++)
            hash = name_match_mix(hash, value->whole.data[i]);
        return hash;
    }
    while ((c = name_match_next(&from)) != END && c != BROKEN)
        hash = name_match_mix(hash, c);
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
        uint64_t sum = 0; /* the order within an RDN is ignored */

        if (!daotp__der_read(&in, DAOTP__DER_SET, &rdn))
            return 0;
        while (rdn.len > 0) {
            if (!daotp__attribute_read(&rdn, &one))
                return 0;
            sum += value_hash(&one.value) + one.type.len;
        }
        hash = name_match_mix(hash, sum);
    }
    return hash;
}
