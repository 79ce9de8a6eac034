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

bool daotp__crl_reason_is_final(int reason)
{
    return reason != DAOTP__REASON_HOLD;
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

/* ---- entries --------------------------------------------------------------------------------- */

static bool read_reason(daotp__bytes value, int *reason)
{
    /* ENUMERATED: 1 to 10 but 7; unspecified is left out (RFC 5280 5.3.1), yet it is seen */
    if (value.len != 3 || value.data[0] != 0x0A || value.data[1] != 1)
        return false;
    *reason = value.data[2];
    return *reason <= DAOTP__REASON_LAST && *reason != 7;
}

/* Exactly one directoryName, as an issuer is. */
static bool read_entry_issuer(const daotp__extension *extension, daotp__crl_entry *entry)
{
    daotp__general_name name;
    daotp__bytes in;

    if (!daotp__san_begin(extension, &in) || !daotp__san_next(&in, &name) || in.len > 0 ||
        name.tag != DAOTP__DER_CONTEXT_CONSTRUCTED(4))
        return false;
    entry->issuer = name.content; /* it counts for the entries that follow, too */
    return daotp__name_is_decodable(entry->issuer);
}

static bool read_invalidity(daotp__bytes value)
{
    int64_t ignored;

    return daotp__der_peek(&value, DAOTP__DER_GENERALIZED_TIME) &&
           daotp__der_read_time(&value, &ignored) && value.len == 0;
}

static bool read_entry_extensions(daotp__bytes in, daotp__crl_entry *entry)
{
    daotp__extensions extensions;
    daotp__bytes list;

    if (!daotp__der_only(in, DAOTP__DER_SEQUENCE, &list) ||
        !daotp__extensions_read(list, &extensions))
        return false;
    for (size_t i = 0; i < extensions.count; i++) {
        const daotp__extension *one = &extensions.list[i];
        bool ok = true;

        if (daotp__oid_is(one->oid, DAOTP__OID_CRL_REASON))
            ok = read_reason(one->value, &entry->reason);
        else if (daotp__oid_is(one->oid, DAOTP__OID_INVALIDITY_DATE))
            ok = read_invalidity(one->value);
        else if (daotp__oid_is(one->oid, DAOTP__OID_CERTIFICATE_ISSUER))
            ok = read_entry_issuer(one, entry);
        else if (one->critical)
            entry->unknown_critical = true;
        if (!ok)
            return false;
        if (daotp__oid_is(one->oid, DAOTP__OID_CERTIFICATE_ISSUER) != one->critical)
            entry->has_odd_criticality = true;
    }
    return true;
}

bool daotp__crl_entry_read(daotp__bytes *cursor, daotp__crl_entry *entry)
{
    daotp__bytes in;

    *entry = (daotp__crl_entry){0};
    return daotp__der_read(cursor, DAOTP__DER_SEQUENCE, &in) &&
           daotp__der_read_integer(&in, &entry->serial) &&
           daotp__der_read_time(&in, &entry->date) &&
           (in.len == 0 || read_entry_extensions(in, entry));
}

/* ---- the scan -------------------------------------------------------------------------------- */

static uint64_t load(const uint8_t *at)
{
    uint64_t value;

    memcpy(&value, at, sizeof value);
    return value;
}

/* Are these eight octets digits? */
static bool are_digits(uint64_t octets)
{
    return ((octets + 0x4646464646464646u) & 0x8080808080808080u) == 0 &&
           ((octets - 0x3030303030303030u) & 0x8080808080808080u) == 0;
}

static unsigned pair(const uint8_t *at)
{
    return 10u * at[0] + at[1] - 11u * '0';
}

/* "YYMMDDHHMMSSZ"; a 29th of February is left to the slow way. */
static bool is_plain_time(const uint8_t *at)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return are_digits(load(at)) && are_digits(load(at + 4)) && at[12] == 'Z' &&
           pair(at + 2) - 1 < 12 && pair(at + 4) - 1 < days[pair(at + 2) - 1] &&
           pair(at + 6) < 24 && pair(at + 8) < 60 && pair(at + 10) < 60;
}

enum { TIME = 15, REASON = 14 }; /* a UTCTime; extensions that are one reason code */

static bool is_plain_reason(const uint8_t *at, int *reason)
{
    static const uint8_t shape[] = {0x30, 0x0C, 0x30, 0x0A, 0x06, 0x03, 0x55,
                                    0x1D, 0x15, 0x04, 0x03, 0x0A, 0x01};

    *reason = at[13];
    return memcmp(at, shape, sizeof shape) == 0 && *reason <= DAOTP__REASON_LAST && *reason != 7;
}

/*
 * Almost all entries of all CRLs are a serial number, a UTCTime and at most a reason code. These
 * are checked here by their shape, ten times faster than by the reader; what does not fit is left
 * to the reader. The serial's length, its octets, and where the next entry begins.
 */
static size_t plain_entry(const uint8_t *at, size_t left, daotp__bytes *serial, int *reason)
{
    size_t len, head;

    if (left < 2 + 3 + TIME || at[0] != 0x30 || at[1] >= 0x80 || at[2] != 0x02)
        return 0;
    len = 2 + (size_t)at[1];
    *serial = (daotp__bytes){at + 4, at[3]};
    head = 4 + serial->len;
    if (at[3] == 0 || at[3] >= 0x80 || len > left || head + TIME > len || at[head] != 0x17 ||
        at[head + 1] != 13 || !is_plain_time(at + head + 2))
        return 0;
    if (serial->len > 1 &&
        (serial->data[0] == 0 ? serial->data[1] < 0x80
                              : serial->data[0] == 0xFF && serial->data[1] >= 0x80))
        return 0;
    *reason = DAOTP__REASON_UNSPECIFIED;
    if (len == head + TIME)
        return len;
    return len == head + TIME + REASON && is_plain_reason(at + head + TIME, reason) ? len : 0;
}

void daotp__crl_scan_hit(daotp__crl_scan *scan, daotp__bytes entry, bool removes)
{
    if (scan->found && (!scan->is_removed || removes))
        return; /* what revokes stays, whatever else is listed */
    scan->found = true;
    scan->is_removed = removes;
    scan->hit = entry;
}

static bool scan_entry(daotp__bytes *in, daotp__bytes serial, daotp__bytes issuer,
                       daotp__bytes *current, daotp__crl_scan *scan)
{
    daotp__bytes at = *in;
    daotp__crl_entry entry;

    if (!daotp__crl_entry_read(in, &entry))
        return false;
    if (entry.issuer.len > 0) { /* it holds for those that follow too (RFC 5280 5.3.3) */
        *current = entry.issuer;
        scan->has_issuers = true;
    }
    scan->unknown_critical = scan->unknown_critical || entry.unknown_critical;
    scan->has_odd_criticality = scan->has_odd_criticality || entry.has_odd_criticality;
    scan->has_removals = scan->has_removals || entry.reason == DAOTP__REASON_REMOVE;
    if (serial.len > 0 && daotp__bytes_equal(entry.serial, serial) &&
        (issuer.len == 0 || daotp__name_equal(*current, issuer)))
        daotp__crl_scan_hit(scan, at, entry.reason == DAOTP__REASON_REMOVE);
    return true;
}

bool daotp__crl_scan_entries(const daotp__crl *crl, daotp__bytes serial, daotp__bytes issuer,
                             daotp__crl_scan *scan)
{
    daotp__bytes in = crl->entries, current = crl->issuer, found;

    *scan = (daotp__crl_scan){0};
    if (!crl->is_indirect)
        issuer = crl->issuer;
    while (in.len > 0) {
        int reason;
        size_t len = plain_entry(in.data, in.len, &found, &reason);

        scan->count++;
        if (len > 0 && reason != DAOTP__REASON_REMOVE &&
            (found.len != serial.len || memcmp(found.data, serial.data, serial.len) != 0)) {
            in.data += len;
            in.len -= len;
        } else if (!scan_entry(&in, serial, issuer, &current, scan)) {
            return false;
        }
    }
    return true;
}

bool daotp__crl_entry_skip(daotp__bytes *cursor, daotp__bytes *serial)
{
    const uint8_t *at = cursor->data;
    daotp__bytes in;

    if (cursor->len > 4 && at[1] < 0x80 && at[3] < 0x80 && 2u + at[1] <= cursor->len &&
        2u + at[3] <= at[1]) { /* short lengths, as almost all have */
        *serial = (daotp__bytes){at + 4, at[3]};
        cursor->data += 2 + at[1];
        cursor->len -= 2u + at[1];
        return true;
    }
    return daotp__der_read(cursor, DAOTP__DER_SEQUENCE, &in) &&
           daotp__der_read_integer(&in, serial);
}
