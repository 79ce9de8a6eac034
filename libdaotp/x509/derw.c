/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/derw.h"

#include <string.h>

static unsigned length_octets(size_t len)
{
    unsigned octets = 1;

    if (len < 0x80)
        return octets;
    for (octets = 2; octets < 4 && len >= 0x100; octets++)
        len >>= 8;
    return octets;
}

static void put_length(uint8_t *at, size_t len, unsigned octets)
{
    if (octets == 1) {
        at[0] = (uint8_t)len;
        return;
    }
    at[0] = (uint8_t)(0x80 | (octets - 1));
    for (unsigned i = 1; i < octets; i++)
        at[i] = (uint8_t)(len >> (8 * (octets - 1 - i)));
}

size_t daotp__derw_begin(daotp__buffer *out, uint8_t tag)
{
    daotp__buffer_byte(out, tag);
    return out->len;
}

void daotp__derw_end(daotp__buffer *out, size_t mark)
{
    size_t len = out->len - mark;
    unsigned octets = length_octets(len);

    if (len > 0xFFFFFF)
        out->failed = DAOTP_PEER;
    if (daotp__buffer_room(out, octets) == NULL)
        return;
    memmove(out->data + mark + octets, out->data + mark, len);
    put_length(out->data + mark, len, octets);
    daotp__buffer_wrote(out, octets);
}

void daotp__derw_item(daotp__buffer *out, uint8_t tag, const void *content, size_t len)
{
    size_t mark = daotp__derw_begin(out, tag);

    daotp__buffer_add(out, content, len);
    daotp__derw_end(out, mark);
}

void daotp__derw_text(daotp__buffer *out, uint8_t tag, const char *text)
{
    daotp__derw_item(out, tag, text, strlen(text));
}

void daotp__derw_raw(daotp__buffer *out, daotp__bytes der)
{
    daotp__buffer_add(out, der.data, der.len);
}

void daotp__derw_oid(daotp__buffer *out, daotp__bytes oid)
{
    daotp__derw_item(out, DAOTP__DER_OID, oid.data, oid.len);
}

void daotp__derw_unsigned(daotp__buffer *out, uint32_t value)
{
    uint8_t octets[5] = {0, (uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8),
                         (uint8_t)value};
    unsigned from = 0;

    while (from < 4 && octets[from] == 0 && octets[from + 1] < 0x80)
        from++;
    daotp__derw_item(out, DAOTP__DER_INTEGER, octets + from, 5 - from);
}

void daotp__derw_bits(daotp__buffer *out, daotp__bytes bits, unsigned unused)
{
    size_t mark = daotp__derw_begin(out, DAOTP__DER_BIT_STRING);

    daotp__buffer_byte(out, (uint8_t)unused);
    daotp__buffer_add(out, bits.data, bits.len);
    daotp__derw_end(out, mark);
}

void daotp__derw_null(daotp__buffer *out)
{
    daotp__derw_item(out, DAOTP__DER_NULL, NULL, 0);
}
