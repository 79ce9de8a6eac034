/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/base64.h"

#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

enum { BAD = 0, SPACE = 65, PAD = 66 };

/* The value of a character plus one; 0 for a character outside the alphabet. */
static const uint8_t meaning[256] = {
    /* clang-format off */
     0,  0,  0,  0,  0,  0,  0,  0,  0, 65, 65,  0,  0, 65,  0,  0,
     0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,
    65,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0, 63,  0,  0,  0, 64,
    53, 54, 55, 56, 57, 58, 59, 60, 61, 62,  0,  0,  0, 66,  0,  0,
     0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14, 15,
    16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,  0,  0,  0,  0,  0,
     0, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41,
    42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52,  0,  0,  0,  0,  0,
    /* clang-format on */
};

static size_t base64_encode(const uint8_t *in, size_t len, uint8_t *out)
{
    uint8_t *at = out;
    size_t i;

    for (i = 0; i + 2 < len; i += 3) {
        *at++ = (uint8_t)alphabet[in[i] >> 2];
        *at++ = (uint8_t)alphabet[(in[i] & 3) << 4 | in[i + 1] >> 4];
        *at++ = (uint8_t)alphabet[(in[i + 1] & 15) << 2 | in[i + 2] >> 6];
        *at++ = (uint8_t)alphabet[in[i + 2] & 63];
    }
    if (i == len)
        return (size_t)(at - out);
    *at++ = (uint8_t)alphabet[in[i] >> 2];
    if (i + 1 == len) {
        *at++ = (uint8_t)alphabet[(in[i] & 3) << 4];
        *at++ = '=';
    } else {
        *at++ = (uint8_t)alphabet[(in[i] & 3) << 4 | in[i + 1] >> 4];
        *at++ = (uint8_t)alphabet[(in[i + 1] & 15) << 2];
    }
    *at++ = '=';
    return (size_t)(at - out);
}

void daotp__base64_write(daotp__buffer *out, const uint8_t *bytes, size_t len)
{
    uint8_t *room = daotp__buffer_room(out, (len + 2) / 3 * 4);

    if (room != NULL)
        daotp__buffer_wrote(out, base64_encode(bytes, len, room));
}

void daotp__base64_write_lines(daotp__buffer *out, const uint8_t *bytes, size_t len, size_t columns)
{
    size_t step = columns / 4 * 3;

    for (size_t at = 0; at < len; at += step) {
        daotp__base64_write(out, bytes + at, len - at < step ? len - at : step);
        daotp__buffer_byte(out, '\n');
    }
}

/* Check the end of the text: the padding, and that the unused bits are zero. */
static bool base64_finish(const char *text, size_t len, size_t at, unsigned have, uint32_t bits)
{
    unsigned pads = 0;

    for (; at < len; at++) {
        uint8_t m = meaning[(uint8_t)text[at]];

        if (m == PAD)
            pads++;
        else if (m != SPACE)
            return false;
    }
    if (have == 0)
        return pads == 0;
    if (have == 2)
        return pads == 2 && (bits & 15) == 0;
    return have == 3 && pads == 1 && (bits & 3) == 0;
}

/* An upper bound for the decoded length; counted exactly only if the quick estimate is over the
 * limit. */
static size_t room_for(const char *text, size_t len, const daotp__buffer *out)
{
    size_t guess = len / 4 * 3 + 3, digits = 0;

    if (guess <= out->max - out->len)
        return guess;
    for (size_t i = 0; i < len; i++) {
        uint8_t m = meaning[(uint8_t)text[i]];

        digits += m != SPACE && m != PAD && m != BAD;
    }
    return digits / 4 * 3 + (digits % 4 > 1 ? digits % 4 - 1 : 0);
}

size_t daotp__base64_find_fault(const char *text, size_t len)
{
    bool is_padded = false;
    size_t at = 0;

    for (; at < len; at++) {
        uint8_t m = meaning[(uint8_t)text[at]];

        if (m == BAD || (is_padded && m != PAD && m != SPACE))
            break;
        is_padded |= m == PAD;
    }
    return at;
}

bool daotp__base64_read(const char *text, size_t len, daotp__buffer *out)
{
    uint8_t *room = daotp__buffer_room(out, room_for(text, len, out)), *to = room;
    uint32_t bits = 0;
    unsigned have = 0;
    size_t at;

    if (room == NULL)
        return false;
    for (at = 0; at < len; at++) {
        uint8_t m = meaning[(uint8_t)text[at]];

        if (m == SPACE)
            continue;
        if (m == PAD || m == BAD)
            break;
        bits = bits << 6 | (m - 1u);
        if (++have == 4) {
            *to++ = (uint8_t)(bits >> 16);
            *to++ = (uint8_t)(bits >> 8);
            *to++ = (uint8_t)bits;
            have = 0;
        }
    }
    if (!base64_finish(text, len, at, have, bits))
        return false;
    if (have == 2)
        *to++ = (uint8_t)(bits >> 4);
    if (have == 3) {
        *to++ = (uint8_t)(bits >> 10);
        *to++ = (uint8_t)(bits >> 2);
    }
    daotp__buffer_wrote(out, (size_t)(to - room));
    return true;
}
