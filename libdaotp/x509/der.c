/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/der.h"

#include <string.h>

/* The length octets, X.690 10.1: short form below 128, else the fewest octets. */
static bool read_length(daotp__bytes *cursor, size_t *len)
{
    unsigned octets;
    size_t value = 0;

    if (cursor->len == 0)
        return false;
    octets = cursor->data[0];
    cursor->data++;
    cursor->len--;
    if (octets < 0x80) {
        *len = octets;
        return true;
    }
    octets &= 0x7F;
    if (octets == 0 || octets > 4 || cursor->len < octets || cursor->data[0] == 0)
        return false;
    for (unsigned i = 0; i < octets; i++)
        value = value << 8 | cursor->data[i];
    cursor->data += octets;
    cursor->len -= octets;
    *len = value;
    return value >= 0x80;
}

bool daotp__der_next(daotp__bytes *cursor, daotp__der_item *item)
{
    const uint8_t *begin = cursor->data;
    size_t len;

    if (cursor->len == 0)
        return false;
    item->tag = cursor->data[0];
    if ((item->tag & 0x1F) == 0x1F || item->tag == 0)
        return false;
    cursor->data++;
    cursor->len--;
    if (!read_length(cursor, &len) || len > cursor->len)
        return false;
    item->content = (daotp__bytes){cursor->data, len};
    cursor->data += len;
    cursor->len -= len;
    item->whole = (daotp__bytes){begin, (size_t)(cursor->data - begin)};
    return true;
}

bool daotp__der_peek(const daotp__bytes *cursor, uint8_t tag)
{
    return cursor->len > 0 && cursor->data[0] == tag;
}

bool daotp__der_read(daotp__bytes *cursor, uint8_t tag, daotp__bytes *content)
{
    daotp__der_item item;

    if (!daotp__der_peek(cursor, tag) || !daotp__der_next(cursor, &item))
        return false;
    *content = item.content;
    return true;
}

bool daotp__der_read_whole(daotp__bytes *cursor, uint8_t tag, daotp__bytes *whole)
{
    daotp__der_item item;

    if (!daotp__der_peek(cursor, tag) || !daotp__der_next(cursor, &item))
        return false;
    *whole = item.whole;
    return true;
}

bool daotp__der_only(daotp__bytes in, uint8_t tag, daotp__bytes *content)
{
    return daotp__der_read(&in, tag, content) && in.len == 0;
}

/* X.690 8.3.2: the first nine bits are neither all ones nor all zero. */
static bool minimal_integer(daotp__bytes content)
{
    if (content.len == 0)
        return false;
    if (content.len == 1)
        return true;
    return !(content.data[0] == 0 && content.data[1] < 0x80) &&
           !(content.data[0] == 0xFF && content.data[1] >= 0x80);
}

bool daotp__der_read_integer(daotp__bytes *cursor, daotp__bytes *content)
{
    return daotp__der_read(cursor, DAOTP__DER_INTEGER, content) && minimal_integer(*content);
}

bool daotp__der_read_unsigned(daotp__bytes *cursor, uint32_t *value)
{
    daotp__bytes content;
    uint64_t sum = 0;

    if (!daotp__der_read_integer(cursor, &content) || content.len > 5 || content.data[0] >= 0x80)
        return false;
    for (size_t i = 0; i < content.len; i++)
        sum = sum << 8 | content.data[i];
    *value = (uint32_t)sum;
    return sum <= UINT32_MAX;
}

bool daotp__der_read_boolean(daotp__bytes *cursor, bool *value)
{
    daotp__bytes content;

    if (!daotp__der_read(cursor, DAOTP__DER_BOOLEAN, &content) || content.len != 1)
        return false;
    *value = content.data[0] == 0xFF; /* X.690 11.1 */
    return content.data[0] == 0xFF || content.data[0] == 0;
}

/* X.690 8.19: each subidentifier has the fewest octets, and the last octet is below 128. */
static bool valid_oid(daotp__bytes oid)
{
    bool first = true;

    if (oid.len == 0 || oid.data[oid.len - 1] >= 0x80)
        return false;
    for (size_t i = 0; i < oid.len; i++) {
        if (first && oid.data[i] == 0x80)
            return false;
        first = oid.data[i] < 0x80;
    }
    return true;
}

bool daotp__der_read_oid(daotp__bytes *cursor, daotp__bytes *oid)
{
    return daotp__der_read(cursor, DAOTP__DER_OID, oid) && valid_oid(*oid);
}

bool daotp__der_read_bits(daotp__bytes *cursor, daotp__bytes *bits, unsigned *unused)
{
    daotp__bytes content;

    if (!daotp__der_read(cursor, DAOTP__DER_BIT_STRING, &content) || content.len == 0 ||
        content.data[0] > 7)
        return false;
    *unused = content.data[0];
    *bits = (daotp__bytes){content.data + 1, content.len - 1};
    if (bits->len == 0)
        return *unused == 0;
    /* X.690 11.2.1: unused bits are zero */
    return (bits->data[bits->len - 1] & ((1u << *unused) - 1)) == 0;
}

static bool der_digits(const uint8_t *at, unsigned count, unsigned *value)
{
    *value = 0;
    for (unsigned i = 0; i < count; i++) {
        if (at[i] < '0' || at[i] > '9')
            return false;
        *value = *value * 10 + (at[i] - '0');
    }
    return true;
}

/* The number of days from 1970-01-01 to a day of the Gregorian calendar. */
static int64_t days_of(unsigned year, unsigned month, unsigned day)
{
    int64_t y = (int64_t)year - (month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400, in_era = y - era * 400;
    int64_t in_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719468;
}

static unsigned month_days(unsigned year, unsigned month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return month == 2 && leap ? 29 : days[month - 1];
}

static bool time_of(unsigned year, const uint8_t *at, int64_t *seconds)
{
    unsigned part[5]; /* month, day, hour, minute, second */

    for (unsigned i = 0; i < 5; i++)
        if (!der_digits(at + 2 * (size_t)i, 2, &part[i]))
            return false;
    if (at[10] != 'Z' || part[0] < 1 || part[0] > 12 || part[1] < 1 ||
        part[1] > month_days(year, part[0]) || part[2] > 23 || part[3] > 59 || part[4] > 59)
        return false;
    *seconds = days_of(year, part[0], part[1]) * 86400 + (int64_t)part[2] * 3600 +
               (int64_t)part[3] * 60 + (int64_t)part[4];
    return true;
}

bool daotp__der_read_time(daotp__bytes *cursor, int64_t *seconds)
{
    daotp__der_item item;
    unsigned year;

    if (!daotp__der_next(cursor, &item))
        return false;
    if (item.tag == DAOTP__DER_UTC_TIME) /* YYMMDDHHMMSSZ, 1950 to 2049 */
        return item.content.len == 13 && der_digits(item.content.data, 2, &year) &&
               time_of(year + (year < 50 ? 2000 : 1900), item.content.data + 2, seconds);
    return item.tag == DAOTP__DER_GENERALIZED_TIME && item.content.len == 15 &&
           der_digits(item.content.data, 4, &year) && time_of(year, item.content.data + 4, seconds);
}

bool daotp__der_skip_profiled_time(daotp__bytes *cursor)
{
    bool is_utc = daotp__der_peek(cursor, DAOTP__DER_UTC_TIME);
    int64_t seconds;

    return daotp__der_read_time(cursor, &seconds) && (is_utc || seconds >= 2524608000);
}

bool daotp__der_end_or_null(daotp__bytes cursor)
{
    return cursor.len == 0 ||
           (cursor.len == 2 && cursor.data[0] == DAOTP__DER_NULL && cursor.data[1] == 0);
}

bool daotp__der_valid(daotp__bytes in, unsigned depth)
{
    daotp__der_item item;

    while (in.len > 0) {
        if (!daotp__der_next(&in, &item))
            return false;
        if ((item.tag & 0x20) != 0 && (depth == 0 || !daotp__der_valid(item.content, depth - 1)))
            return false;
    }
    return true;
}

size_t daotp__der_first_len(daotp__bytes in)
{
    daotp__bytes whole;

    return daotp__der_read_whole(&in, DAOTP__DER_SEQUENCE, &whole) ? whole.len : 0;
}
