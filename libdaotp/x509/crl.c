/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/crl.h"

#include "x509/name_match.h"

#include <string.h>

/* ---- the frame ------------------------------------------------------------------------------- */

static bool read_number(const daotp__extension *extension, daotp__bytes *number)
{
    daotp__bytes in = extension->value;

    /* RFC 5280 5.2.3: not negative, at most 20 octets */
    return daotp__der_read_integer(&in, number) && in.len == 0 && number->data[0] < 0x80 &&
           number->len <= 20;
}

static bool read_authority(const daotp__extension *extension, daotp__crl *crl)
{
    crl->has_authority = true;
    return daotp__aki_read(extension, &crl->authority_key_id, &crl->authority_issuer,
                           &crl->authority_serial);
}

/* DEFAULT FALSE, implicitly tagged: there only when it is true. */
static bool read_flag(daotp__bytes *in, unsigned tag, bool *flag)
{
    daotp__bytes value;

    *flag = daotp__der_peek(in, (uint8_t)DAOTP__DER_CONTEXT(tag));
    return !*flag || (daotp__der_read(in, (uint8_t)DAOTP__DER_CONTEXT(tag), &value) &&
                      value.len == 1 && value.data[0] == 0xFF);
}

static bool read_scope(const daotp__extension *extension, daotp__crl *crl)
{
    daotp__bytes in, part;

    crl->has_scope = true;
    if (!daotp__der_only(extension->value, DAOTP__DER_SEQUENCE, &in))
        return false;
    crl->is_scope_empty = in.len == 0;
    if (daotp__der_peek(&in, DAOTP__DER_CONTEXT_CONSTRUCTED(0)) &&
        (!daotp__der_read(&in, DAOTP__DER_CONTEXT_CONSTRUCTED(0), &part) ||
         !daotp__point_name_read(part, &crl->scope)))
        return false;
    if (!read_flag(&in, 1, &crl->only_users) || !read_flag(&in, 2, &crl->only_cas))
        return false;
    if (daotp__der_peek(&in, DAOTP__DER_CONTEXT(3)) &&
        (!daotp__der_read(&in, DAOTP__DER_CONTEXT(3), &part) ||
         !daotp__reasons_read(part, &crl->reasons)))
        return false;
    return read_flag(&in, 4, &crl->is_indirect) && read_flag(&in, 5, &crl->only_attributes) &&
           in.len == 0 &&
           crl->only_users + crl->only_cas + crl->only_attributes <= 1; /* RFC 5280 5.2.5 */
}

static bool read_extension(const daotp__extension *extension, daotp__crl *crl)
{
    switch (daotp__oid_find(extension->oid)) {
    case DAOTP__OID_CRL_NUMBER:
        crl->number_is_critical = extension->critical;
        return read_number(extension, &crl->number);
    case DAOTP__OID_DELTA_CRL:
        return read_number(extension, &crl->base_number);
    case DAOTP__OID_AKI:
        return read_authority(extension, crl);
    case DAOTP__OID_CRL_SCOPE:
        return read_scope(extension, crl);
    case DAOTP__OID_FRESHEST_CRL:
        crl->freshest = extension;
        return true;
    default:
        if (extension->critical)
            crl->unknown = extension;
        return true;
    }
}

static bool read_extensions(daotp__bytes *in, daotp__crl *crl)
{
    daotp__bytes explicit, list;

    if (in->len == 0)
        return true;
    if (crl->version != 2 || !daotp__der_read(in, DAOTP__DER_CONTEXT_CONSTRUCTED(0), &explicit) ||
        in->len > 0 || !daotp__der_only(explicit, DAOTP__DER_SEQUENCE, &list) ||
        !daotp__extensions_read(list, &crl->extensions))
        return false;
    for (size_t i = 0; i < crl->extensions.count; i++)
        if (!read_extension(&crl->extensions.list[i], crl))
            return false;
    return true;
}

static bool read_version(daotp__bytes *in, uint32_t *version)
{
    *version = 1;
    if (!daotp__der_peek(in, DAOTP__DER_INTEGER))
        return true;
    if (!daotp__der_read_unsigned(in, version) || *version != 1)
        return false;
    *version = 2;
    return true;
}

static bool read_tbs(daotp__bytes in, daotp__crl *crl, daotp__bytes *inner)
{
    if (!read_version(&in, &crl->version) ||
        !daotp__der_read_whole(&in, DAOTP__DER_SEQUENCE, inner) ||
        !daotp__der_read_whole(&in, DAOTP__DER_SEQUENCE, &crl->issuer) ||
        !daotp__der_read_time(&in, &crl->this_update))
        return false;
    crl->has_next_update = daotp__der_peek(&in, DAOTP__DER_UTC_TIME) ||
                           daotp__der_peek(&in, DAOTP__DER_GENERALIZED_TIME);
    if (crl->has_next_update && !daotp__der_read_time(&in, &crl->next_update))
        return false;
    if (daotp__der_peek(&in, DAOTP__DER_SEQUENCE)) {
        if (!daotp__der_read(&in, DAOTP__DER_SEQUENCE, &crl->entries))
            return false;
        crl->has_empty_list = crl->entries.len == 0;
    }
    return read_extensions(&in, crl);
}

bool daotp__crl_read(daotp__bytes der, daotp__crl *crl)
{
    daotp__bytes in, tbs, inner, outer;
    unsigned unused;

    memset(crl, 0, offsetof(daotp__crl, extensions));
    crl->extensions.count = 0;
    crl->der = der;
    crl->reasons = DAOTP__REASONS_ALL;
    if (!daotp__der_only(der, DAOTP__DER_SEQUENCE, &in) ||
        !daotp__der_read_whole(&in, DAOTP__DER_SEQUENCE, &crl->tbs) ||
        !daotp__der_only(crl->tbs, DAOTP__DER_SEQUENCE, &tbs) || !read_tbs(tbs, crl, &inner))
        return false;
    outer = in;
    if (!daotp__algorithm_read(&in, &crl->signature_algorithm))
        return false;
    outer.len -= in.len;
    return daotp__bytes_equal(inner, outer) && /* RFC 5280 5.1.1.2 */
           daotp__der_read_bits(&in, &crl->signature, &unused) && unused == 0 && in.len == 0;
}

int daotp__crl_number_compare(daotp__bytes a, daotp__bytes b)
{
    while (a.len > 0 && a.data[0] == 0)
        a = (daotp__bytes){a.data + 1, a.len - 1};
    while (b.len > 0 && b.data[0] == 0)
        b = (daotp__bytes){b.data + 1, b.len - 1};
    if (a.len != b.len)
        return a.len < b.len ? -1 : 1;
    return a.len > 0 ? memcmp(a.data, b.data, a.len) : 0;
}

static int compare_numbers(const daotp__crl *a, const daotp__crl *b)
{
    return a->number.len > 0 && b->number.len > 0 ? daotp__crl_number_compare(a->number, b->number)
                                                  : 0;
}

static int compare_dates(const daotp__crl *a, const daotp__crl *b)
{
    return (a->this_update > b->this_update) - (a->this_update < b->this_update);
}

int daotp__crl_compare_age(const daotp__crl *a, const daotp__crl *b)
{
    int order = compare_numbers(a, b);

    return order != 0 ? order : compare_dates(a, b);
}

bool daotp__crl_is_surely_newer(const daotp__crl *a, const daotp__crl *b)
{
    int by_number = compare_numbers(a, b), by_date = compare_dates(a, b);

    return by_number >= 0 && by_date >= 0 && (by_number > 0 || by_date > 0);
}

bool daotp__crl_has_odd_criticality(const daotp__crl *crl, enum daotp__oid oid, bool wanted)
{
    const daotp__extension *extension = daotp__extensions_find(&crl->extensions, oid);

    return extension != NULL && extension->critical != wanted;
}

bool daotp__crl_is_same_scope(const daotp__crl *a, const daotp__crl *b)
{
    const daotp__extension *left = daotp__extensions_find(&a->extensions, DAOTP__OID_CRL_SCOPE);
    const daotp__extension *right = daotp__extensions_find(&b->extensions, DAOTP__OID_CRL_SCOPE);

    if ((left == NULL) != (right == NULL) || !daotp__name_equal(a->issuer, b->issuer))
        return false;
    return left == NULL || daotp__bytes_equal(left->value, right->value);
}
