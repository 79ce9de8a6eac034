/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A strict, bounded DER reader (X.690 10). It reads bytes that the caller owns, and copies and
 * allocates nothing. A cursor is a view of the bytes that are not read yet; after a failed read its
 * value is undefined. Only definite, minimal lengths and one-byte tags are accepted.
 */
#ifndef DAOTP_X509_DER_H
#define DAOTP_X509_DER_H

#include "core/buffer.h"

enum {
    DAOTP__DER_BOOLEAN = 0x01,
    DAOTP__DER_INTEGER = 0x02,
    DAOTP__DER_BIT_STRING = 0x03,
    DAOTP__DER_OCTET_STRING = 0x04,
    DAOTP__DER_NULL = 0x05,
    DAOTP__DER_OID = 0x06,
    DAOTP__DER_ENUMERATED = 0x0A,
    DAOTP__DER_UTF8_STRING = 0x0C,
    DAOTP__DER_NUMERIC_STRING = 0x12,
    DAOTP__DER_PRINTABLE_STRING = 0x13,
    DAOTP__DER_TELETEX_STRING = 0x14,
    DAOTP__DER_VIDEOTEX_STRING = 0x15,
    DAOTP__DER_IA5_STRING = 0x16,
    DAOTP__DER_UTC_TIME = 0x17,
    DAOTP__DER_GENERALIZED_TIME = 0x18,
    DAOTP__DER_GRAPHIC_STRING = 0x19,
    DAOTP__DER_VISIBLE_STRING = 0x1A,
    DAOTP__DER_GENERAL_STRING = 0x1B,
    DAOTP__DER_UNIVERSAL_STRING = 0x1C,
    DAOTP__DER_BMP_STRING = 0x1E,
    DAOTP__DER_SEQUENCE = 0x30,
    DAOTP__DER_SET = 0x31
};

/* The context-specific tag [n], primitive and constructed. */
#define DAOTP__DER_CONTEXT(n)             (0x80 | (n))
#define DAOTP__DER_CONTEXT_CONSTRUCTED(n) (0xA0 | (n))

typedef struct daotp__der_item {
    uint8_t tag;
    daotp__bytes content, whole; /* whole: with tag and length */
} daotp__der_item;

bool daotp__der_next(daotp__bytes *cursor, daotp__der_item *item);
bool daotp__der_peek(const daotp__bytes *cursor,
                     uint8_t tag); /* whether the next item has this tag */
bool daotp__der_read(daotp__bytes *cursor, uint8_t tag, daotp__bytes *content);
bool daotp__der_read_whole(daotp__bytes *cursor, uint8_t tag, daotp__bytes *whole);
/* Read exactly one item of this tag: trailing bytes are a fault. */
bool daotp__der_only(daotp__bytes in, uint8_t tag, daotp__bytes *content);

bool daotp__der_read_integer(daotp__bytes *cursor,
                             daotp__bytes *content); /* any sign; minimal form */
bool daotp__der_read_unsigned(daotp__bytes *cursor, uint32_t *value);
bool daotp__der_read_boolean(daotp__bytes *cursor, bool *value);
bool daotp__der_read_oid(daotp__bytes *cursor, daotp__bytes *oid);
/* Read a BIT STRING: its bytes, and the number of unused bits at the end (0 to 7). */
bool daotp__der_read_bits(daotp__bytes *cursor, daotp__bytes *bits, unsigned *unused);
/* Read a UTCTime or GeneralizedTime in the form of RFC 5280 4.1.2.5, as seconds since 1970. */
bool daotp__der_read_time(daotp__bytes *cursor, int64_t *seconds);
/* The same without the value; also false when the type does not fit the year: RFC 5280 4.1.2.5
 * requires UTCTime through 2049 and GeneralizedTime from 2050 on. */
bool daotp__der_skip_profiled_time(daotp__bytes *cursor);
/* Whether the cursor holds nothing or one NULL, as the parameters of an RSA algorithm do. */
bool daotp__der_end_or_null(daotp__bytes cursor);

/* Whether these bytes are a sequence of valid DER items, constructed ones checked down to this
 * depth. */
bool daotp__der_valid(daotp__bytes in, unsigned depth);

/* The length, in octets, of the SEQUENCE at the front, tag and length included; 0 when there is
 * none. */
size_t daotp__der_first_len(daotp__bytes in);

#endif
