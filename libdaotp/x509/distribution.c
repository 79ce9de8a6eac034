/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/distribution.h"

static bool is_general_names(daotp__bytes in)
{
    daotp__general_name name;

    if (in.len == 0)
        return false;
    while (in.len > 0)
        if (!daotp__san_next(&in, &name))
            return false;
    return true;
}

bool daotp__crl_dp_name_read(daotp__bytes in, daotp__crl_dp_name *name)
{
    daotp__der_item item;

    *name = (daotp__crl_dp_name){0};
    if (!daotp__der_next(&in, &item) || in.len > 0)
        return false;
    if (item.tag == DAOTP__DER_CONTEXT_CONSTRUCTED(0)) {
        name->full = item.content;
        return is_general_names(item.content);
    }
    name->relative = item.content;
    return item.tag == DAOTP__DER_CONTEXT_CONSTRUCTED(1) && item.content.len > 0;
}

/* The content of an implicitly tagged BIT STRING. */
bool daotp__reasons_read(daotp__bytes content, unsigned *reasons)
{
    *reasons = 0;
    if (content.len < 2 || content.len > 3 || content.data[0] > 7)
        return false;
    for (unsigned bit = 0; bit < (content.len - 1) * 8 && bit < 9; bit++)
        if ((content.data[1 + bit / 8] & 0x80 >> bit % 8) != 0)
            *reasons |= 1u << bit;
    return true;
}

bool daotp__crl_dps_begin(const daotp__extension *extension, daotp__bytes *cursor)
{
    return daotp__der_only(extension->value, DAOTP__DER_SEQUENCE, cursor) && cursor->len > 0;
}

bool daotp__crl_dps_next(daotp__bytes *cursor, daotp__crl_dp *point)
{
    daotp__bytes in, part;

    *point = (daotp__crl_dp){.reasons = DAOTP__REASONS_ALL};
    if (!daotp__der_read(cursor, DAOTP__DER_SEQUENCE, &in))
        return false;
    if (daotp__der_peek(&in, DAOTP__DER_CONTEXT_CONSTRUCTED(0)) &&
        (!daotp__der_read(&in, DAOTP__DER_CONTEXT_CONSTRUCTED(0), &part) ||
         !daotp__crl_dp_name_read(part, &point->name)))
        return false;
    if (daotp__der_peek(&in, DAOTP__DER_CONTEXT(1)) &&
        (!daotp__der_read(&in, DAOTP__DER_CONTEXT(1), &part) ||
         !daotp__reasons_read(part, &point->reasons)))
        return false;
    if (daotp__der_peek(&in, DAOTP__DER_CONTEXT_CONSTRUCTED(2)) &&
        (!daotp__der_read(&in, DAOTP__DER_CONTEXT_CONSTRUCTED(2), &point->issuer) ||
         !is_general_names(point->issuer)))
        return false;
    /* RFC 5280 4.2.1.13: a point must not consist of reasons alone */
    return in.len == 0 &&
           (point->name.full.len + point->name.relative.len > 0 || point->issuer.len > 0);
}
