/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A strict, bounded DER reader (X.690 10) over bytes that somebody else owns. Nothing is copied,
 * nothing allocated. A cursor is a view that shrinks as things are read from its front; a read
 * that fails leaves it undefined. Definite minimal lengths and one-byte tags only.
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

/* [n] primitive and constructed */
#define DAOTP__DER_CONTEXT(n)             (0x80 | (n))
#define DAOTP__DER_CONTEXT_CONSTRUCTED(n) (0xA0 | (n))

typedef struct daotp__der_item {
    uint8_t tag;
    daotp__bytes content, whole; /* whole has tag and length too */
} daotp__der_item;

bool daotp__der_next(daotp__bytes *cursor, daotp__der_item *item);
bool daotp__der_peek(const daotp__bytes *cursor, uint8_t tag); /* is the next one of this tag? */
bool daotp__der_read(daotp__bytes *cursor, uint8_t tag, daotp__bytes *content);
bool daotp__der_read_whole(daotp__bytes *cursor, uint8_t tag, daotp__bytes *whole);
/* Exactly one item of this tag, and nothing behind it. */
bool daotp__der_only(daotp__bytes in, uint8_t tag, daotp__bytes *content);

bool daotp__der_read_integer(daotp__bytes *cursor, daotp__bytes *content); /* minimal form */
bool daotp__der_read_unsigned(daotp__bytes *cursor, uint32_t *value);
bool daotp__der_read_boolean(daotp__bytes *cursor, bool *value);
bool daotp__der_read_oid(daotp__bytes *cursor, daotp__bytes *oid);
/* Any bit string: its bytes, and how many bits at the end do not count. */
bool daotp__der_read_bits(daotp__bytes *cursor, daotp__bytes *bits, unsigned *unused);
/* UTCTime or GeneralizedTime as RFC 5280 4.1.2.5 has them, in seconds since 1970. */
bool daotp__der_read_time(daotp__bytes *cursor, int64_t *seconds);
/* The same, and false too where the year asks for the other of the two: GeneralizedTime is for 2050
 * and later. */
bool daotp__der_skip_profiled_time(daotp__bytes *cursor);
/* NULL or nothing, as the parameters of an RSA algorithm are. */
bool daotp__der_end_or_null(daotp__bytes cursor);

/* Is everything in these bytes strictly DER, down to the limit of depth? */
bool daotp__der_valid(daotp__bytes in, unsigned depth);

/* How many octets the SEQUENCE at the front takes up; 0 when there is none. */
size_t daotp__der_first_len(daotp__bytes in);

#endif
