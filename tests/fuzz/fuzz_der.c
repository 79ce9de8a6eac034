/* SPDX-License-Identifier: BSD-2-Clause */
/* The DER reader, against the writer: DER has one encoding only, so what is read and written again
 * is the same bytes. */
#include "fuzz.h"

#include "core/limits.h"
#include "x509/derw.h"

static void check_item(daotp__der_item item)
{
    daotp__buffer out;

    daotp__buffer_init(&out, item.whole.len + 16);
    daotp__derw_item(&out, item.tag, item.content.data, item.content.len);
    if (item.content.len <= 0xFFFFFF)
        HOLDS(daotp__bytes_equal(daotp__buffer_bytes(&out), item.whole));
    daotp__buffer_free(&out);
}

static void check_number(daotp__bytes in)
{
    daotp__bytes whole = in, content;
    daotp__buffer out;
    uint32_t value;

    if (!daotp__der_read_unsigned(&in, &value))
        return;
    whole.len -= in.len;
    daotp__buffer_init(&out, 16);
    daotp__derw_unsigned(&out, value);
    HOLDS(daotp__bytes_equal(daotp__buffer_bytes(&out), whole));
    HOLDS(daotp__der_read_integer(&whole, &content));
    daotp__buffer_free(&out);
}

static void check_bits(daotp__bytes in)
{
    daotp__bytes whole = in, bits;
    daotp__buffer out;
    unsigned unused;

    if (!daotp__der_read_bits(&in, &bits, &unused))
        return;
    whole.len -= in.len;
    daotp__buffer_init(&out, whole.len + 16);
    daotp__derw_bits(&out, bits, unused);
    if (whole.len < 0xFFFFFF)
        HOLDS(daotp__bytes_equal(daotp__buffer_bytes(&out), whole));
    daotp__buffer_free(&out);
}

static void check_small(daotp__bytes in)
{
    daotp__bytes cursor = in, content;
    int64_t seconds;
    bool value;

    if (daotp__der_read_time(&cursor, &seconds)) /* the years 0000 to 9999 */
        HOLDS(seconds >= INT64_C(-62167219200) && seconds <= INT64_C(253402300799));
    cursor = in;
    if (daotp__der_read_boolean(&cursor, &value))
        HOLDS(in.len - cursor.len == 3);
    cursor = in;
    if (daotp__der_read_oid(&cursor, &content))
        HOLDS(content.len > 0 && content.data[content.len - 1] < 0x80);
    if (daotp__der_end_or_null(in))
        HOLDS(in.len == 0 || in.len == 2);
}

/* All items of a row, and of what is inside them. */
static void walk(daotp__bytes in, unsigned depth)
{
    daotp__der_item item;

    while (in.len > 0) {
        check_number(in);
        check_bits(in);
        check_small(in);
        if (!daotp__der_next(&in, &item))
            return;
        check_item(item);
        if (depth > 0)
            walk(item.content, depth - 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    daotp__bytes in = {data, size}, content;

    walk(in, 6);
    if (daotp__der_valid(in, DAOTP__MAX_DER_DEPTH))
        HOLDS(size == 0 || data[0] != 0);
    if (size > 0 && daotp__der_only(in, data[0], &content))
        HOLDS(content.data + content.len == data + size);
    return 0;
}
