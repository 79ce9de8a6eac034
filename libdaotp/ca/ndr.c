/* SPDX-License-Identifier: BSD-2-Clause */
#include "ca/ndr.h"

#include "core/alloc.h"
#include "core/utf16.h"
#include "core/utf8.h"

#include <string.h>

enum { FIRST_REFERENT = 0x00020000, REPLACEMENT = 0xFFFD };

/* ---- reading --------------------------------------------------------------------------------- */

daotp__bytes daotp__ndr_octets(daotp__ndr *ndr, size_t len)
{
    daotp__bytes octets = {NULL, 0};

    if (ndr->failed || len > ndr->in.len - ndr->at) {
        ndr->failed = true;
        return octets;
    }
    octets = (daotp__bytes){ndr->in.data + ndr->at, len};
    ndr->at += len;
    return octets;
}

void daotp__ndr_align(daotp__ndr *ndr, size_t boundary)
{
    size_t rest = ndr->at % boundary;

    if (rest != 0)
        (void)daotp__ndr_octets(ndr, boundary - rest);
}

static uint64_t read_integer(daotp__ndr *ndr, size_t size)
{
    uint64_t value = 0;
    daotp__bytes octets;

    daotp__ndr_align(ndr, size);
    octets = daotp__ndr_octets(ndr, size);
    for (size_t i = octets.len; i > 0; i--)
        value = value << 8 | octets.data[i - 1];
    return value;
}

uint16_t daotp__ndr_u16(daotp__ndr *ndr)
{
    return (uint16_t)read_integer(ndr, 2);
}

uint32_t daotp__ndr_u32(daotp__ndr *ndr)
{
    return (uint32_t)read_integer(ndr, 4);
}

uint64_t daotp__ndr_u64(daotp__ndr *ndr)
{
    return read_integer(ndr, 8);
}

daotp__bytes daotp__ndr_octet_array(daotp__ndr *ndr, uint32_t len)
{
    if (daotp__ndr_u32(ndr) != len)
        ndr->failed = true;
    return daotp__ndr_octets(ndr, len);
}

uint32_t daotp__ndr_count(daotp__ndr *ndr, uint32_t max, size_t element)
{
    uint32_t count = daotp__ndr_u32(ndr);

    if (ndr->failed || count > max || count > (ndr->in.len - ndr->at) / element) {
        ndr->failed = true;
        return 0;
    }
    return count;
}

/* ---- writing --------------------------------------------------------------------------------- */

void daotp__ndr_add_padding(daotp__buffer *stub, size_t boundary)
{
    while (stub->failed == DAOTP_OK && stub->len % boundary != 0)
        daotp__buffer_byte(stub, 0);
}

void daotp__ndr_add_u16(daotp__buffer *stub, uint16_t value)
{
    daotp__ndr_add_padding(stub, 2);
    daotp__buffer_byte(stub, (uint8_t)value);
    daotp__buffer_byte(stub, (uint8_t)(value >> 8));
}

void daotp__ndr_add_u32(daotp__buffer *stub, uint32_t value)
{
    daotp__ndr_add_padding(stub, 4);
    daotp__ndr_add_u16(stub, (uint16_t)value);
    daotp__ndr_add_u16(stub, (uint16_t)(value >> 16));
}

void daotp__ndr_add_referent(daotp__buffer *stub, uint32_t *last)
{
    *last = *last == 0 ? FIRST_REFERENT : *last + 4;
    daotp__ndr_add_u32(stub, *last);
}

static void add_code_point(daotp__buffer *stub, uint32_t code)
{
    if (code < 0x10000) {
        daotp__ndr_add_u16(stub, (uint16_t)code);
        return;
    }
    code -= 0x10000;
    daotp__ndr_add_u16(stub, (uint16_t)(0xD800 | code >> 10));
    daotp__ndr_add_u16(stub, (uint16_t)(0xDC00 | (code & 0x3FF)));
}

/* The number of UTF-16 units of the text, the NUL included. */
static uint32_t count_utf16(const char *text)
{
    uint32_t units = 1;
    size_t len = strlen(text), n;

    for (size_t i = 0; i < len && (n = daotp__utf8_next(text + i, len - i)) > 0; i += n)
        units += n == 4 ? 2 : 1;
    return units;
}

void daotp__ndr_add_string(daotp__buffer *stub, uint32_t *last, const char *text)
{
    size_t len = strlen(text), n;
    uint32_t units = count_utf16(text);

    if (!daotp__utf8_valid(text, len)) {
        stub->failed = DAOTP_PEER;
        return;
    }
    daotp__ndr_add_referent(stub, last);
    daotp__ndr_add_u32(stub, units);
    daotp__ndr_add_u32(stub, 0);
    daotp__ndr_add_u32(stub, units);
    for (size_t i = 0; i < len && (n = daotp__utf8_next(text + i, len - i)) > 0; i += n)
        add_code_point(stub, daotp__utf8_code_point(text + i, n));
    daotp__ndr_add_u16(stub, 0);
}

void daotp__ndr_add_blob(daotp__buffer *stub, uint32_t *last, daotp__bytes blob)
{
    daotp__ndr_add_u32(stub, (uint32_t)blob.len);
    if (blob.data == NULL) {
        daotp__ndr_add_u32(stub, 0);
        return;
    }
    daotp__ndr_add_referent(stub, last);
    daotp__ndr_add_u32(stub, (uint32_t)blob.len);
    daotp__buffer_add(stub, blob.data, blob.len);
}

/* ---- text ------------------------------------------------------------------------------------ */

static uint32_t utf16_unit(daotp__bytes utf16, size_t at)
{
    if (at + 2 > utf16.len)
        return 0;
    return (uint32_t)utf16.data[at] | (uint32_t)utf16.data[at + 1] << 8;
}

/* Read one character; *at moves to the next one. */
static uint32_t next_code_point(daotp__bytes utf16, size_t *at)
{
    uint32_t high = utf16_unit(utf16, *at), low = utf16_unit(utf16, *at + 2);

    *at += 2;
    if (high < 0xD800 || high > 0xDFFF)
        return high;
    if (high > 0xDBFF || low < 0xDC00 || low > 0xDFFF)
        return REPLACEMENT;
    *at += 2;
    return 0x10000 + ((high & 0x3FF) << 10 | (low & 0x3FF));
}

char *daotp__ndr_text(daotp__bytes utf16, size_t max)
{
    daotp__buffer out;
    uint32_t code;
    char *text = NULL;

    daotp__buffer_init(&out, max + 4);
    for (size_t at = 0; at + 2 <= utf16.len && out.len < max;) {
        code = next_code_point(utf16, &at);
        if (code == 0)
            break;
        daotp__utf8_write(&out, code);
    }
    if (out.failed == DAOTP_OK)
        text = daotp__text_copy(daotp__buffer_string(&out));
    daotp__buffer_free(&out);
    return text;
}
