/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/crl_scan.h"

#include "x509/name_match.h"

#include <string.h>

/* ---- entries --------------------------------------------------------------------------------- */

bool daotp__crl_reason_is_final(int reason)
{
    return reason != DAOTP__REASON_HOLD;
}

static bool read_reason(daotp__bytes value, int *reason)
{
    /* ENUMERATED: 1 to 10 except 7. RFC 5280 5.3.1 says that unspecified (0) is left out, but
     * some CAs write it. */
    if (value.len != 3 || value.data[0] != 0x0A || value.data[1] != 1 ||
        value.data[2] > DAOTP__REASON_LAST || value.data[2] == 7)
        return false;
    *reason = value.data[2];
    return true;
}

/* An issuer is exactly one directoryName. */
static bool read_entry_issuer(const daotp__extension *extension, daotp__crl_entry *entry)
{
    daotp__general_name name;
    daotp__bytes in;

    if (!daotp__san_begin(extension, &in) || !daotp__san_next(&in, &name) || in.len > 0 ||
        name.tag != DAOTP__GENERAL_NAME_DIRECTORY)
        return false;
    entry->issuer = name.content; /* it is also the issuer of the following entries */
    return daotp__name_is_decodable(entry->issuer);
}

static bool read_invalidity(daotp__bytes value)
{
    int64_t ignored;

    return daotp__der_peek(&value, DAOTP__DER_GENERALIZED_TIME) &&
           daotp__der_read_time(&value, &ignored) && value.len == 0;
}

enum { ENTRY_SERIAL, ENTRY_DATE, ENTRY_EXTENSIONS, ENTRY_FIELDS };
static const daotp__field entry_fields[ENTRY_FIELDS];

/* Read the value of one extension. Returns false when the entry cannot be used, because its
 * certificateIssuer is malformed. */
static bool read_entry_extension(const daotp__extension *one, daotp__crl_entry *entry)
{
    bool is_good = true;

    switch (daotp__oid_find(one->oid)) {
    case DAOTP__OID_CERTIFICATE_ISSUER:
        return read_entry_issuer(one, entry);
    case DAOTP__OID_CRL_REASON:
        is_good = read_reason(one->value, &entry->reason);
        break;
    case DAOTP__OID_INVALIDITY_DATE:
        is_good = read_invalidity(one->value);
        break;
    default:
        entry->unknown_critical = entry->unknown_critical || one->critical;
    }
    if (!is_good && entry->malformed == NULL)
        entry->malformed = &entry_fields[ENTRY_EXTENSIONS];
    return true;
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

        if (!read_entry_extension(one, entry))
            return false;
        if (daotp__oid_is(one->oid, DAOTP__OID_CERTIFICATE_ISSUER) != one->critical)
            entry->has_wrong_criticality = true;
    }
    return true;
}

static bool read_entry_serial(daotp__bytes *in, void *into)
{
    return daotp__der_read_integer(in, &((daotp__crl_entry *)into)->serial);
}

static bool read_entry_date(daotp__bytes *in, void *into)
{
    daotp__crl_entry *entry = into;
    daotp__bytes before = *in, ignored;

    if (daotp__der_read_time(in, &entry->date))
        return true;
    *in = before;
    entry->date = 0;
    entry->malformed = &entry_fields[ENTRY_DATE];
    return daotp__der_peek(in, DAOTP__DER_UTC_TIME)
               ? daotp__der_read(in, DAOTP__DER_UTC_TIME, &ignored)
               : daotp__der_read(in, DAOTP__DER_GENERALIZED_TIME, &ignored);
}

static bool read_entry_rest(daotp__bytes *in, void *into)
{
    daotp__bytes list = *in;

    *in = (daotp__bytes){in->data + in->len, 0};
    return list.len == 0 || read_entry_extensions(list, into);
}

static const daotp__field entry_fields[ENTRY_FIELDS] = {
    {"revokedCertificates' userCertificate, entry", read_entry_serial,
     "RFC 5280 5.1.2.6: an INTEGER"},
    {"revokedCertificates' revocationDate, entry", read_entry_date,
     "RFC 5280 5.1.2.6: a time in seconds and in UTC"},
    {"revokedCertificates' crlEntryExtensions, entry", read_entry_rest,
     "RFC 5280 5.3: a SEQUENCE of at least one extension; reasonCode is 0 to 6 or 8 to 10, "
     "invalidityDate a GeneralizedTime, certificateIssuer one directoryName"}};

static bool crl_scan_read_entry(daotp__bytes *cursor, daotp__crl_entry *entry, daotp__fault *fault)
{
    daotp__bytes before = *cursor, in;

    *entry = (daotp__crl_entry){0};
    if (!daotp__der_read(cursor, DAOTP__DER_SEQUENCE, &in))
        return daotp__fault_set(fault, "revokedCertificates' entry", before,
                                "RFC 5280 5.1.2.6: a SEQUENCE");
    return daotp__fields_read(entry_fields, ENTRY_FIELDS, &in, entry, fault);
}

bool daotp__crl_entry_read(daotp__bytes *cursor, daotp__crl_entry *entry)
{
    return crl_scan_read_entry(cursor, entry, NULL);
}

static bool find_entry_fault(const daotp__crl *crl, daotp__fault *fault)
{
    daotp__bytes in = crl->entries;
    daotp__crl_entry entry;
    size_t number = 0;

    *fault = (daotp__fault){.whole = crl->der};
    while (in.len > 0) {
        daotp__bytes before = in;

        number++;
        if (!crl_scan_read_entry(&in, &entry, fault) ||
            (entry.malformed != NULL &&
             !daotp__fault_set(fault, entry.malformed->name, before, entry.malformed->rule))) {
            fault->element = number;
            return true;
        }
    }
    return false;
}

bool daotp__crl_find_fault(daotp__bytes der, daotp__fault *fault)
{
    daotp__crl crl;

    return daotp__crl_find_frame_fault(der, &crl, fault) ||
           daotp__crl_find_extension_fault(&crl, fault) || find_entry_fault(&crl, fault);
}

/* ---- the scan -------------------------------------------------------------------------------- */

static uint64_t crl_scan_load(const uint8_t *at)
{
    uint64_t value;

    memcpy(&value, at, sizeof value);
    return value;
}

/* Whether these eight octets are digits. */
static bool are_digits(uint64_t octets)
{
    return ((octets + 0x4646464646464646u) & 0x8080808080808080u) == 0 &&
           ((octets - 0x3030303030303030u) & 0x8080808080808080u) == 0;
}

static unsigned crl_scan_pair(const uint8_t *at)
{
    return 10u * at[0] + at[1] - 11u * '0';
}

/* "YYMMDDHHMMSSZ". false for a 29th of February, which the slow reader checks. */
static bool is_plain_time(const uint8_t *at)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return are_digits(crl_scan_load(at)) && are_digits(crl_scan_load(at + 4)) && at[12] == 'Z' &&
           crl_scan_pair(at + 2) - 1 < 12 &&
           crl_scan_pair(at + 4) - 1 < days[crl_scan_pair(at + 2) - 1] &&
           crl_scan_pair(at + 6) < 24 && crl_scan_pair(at + 8) < 60 && crl_scan_pair(at + 10) < 60;
}

enum { TIME = 15, REASON = 14 }; /* a UTCTime, then extensions with only a reason code */

static bool is_plain_reason(const uint8_t *at, int *reason)
{
    static const uint8_t shape[] = {0x30, 0x0C, 0x30, 0x0A, 0x06, 0x03, 0x55,
                                    0x1D, 0x15, 0x04, 0x03, 0x0A, 0x01};

    *reason = at[13];
    return memcmp(at, shape, sizeof shape) == 0 && *reason <= DAOTP__REASON_LAST && *reason != 7;
}

/*
 * Almost all entries of all CRLs consist of a serial number, a UTCTime and at most a reason code.
 * They are checked here by comparing bytes, ten times faster than with the DER reader; any other
 * entry is left to that reader. Returns the length of the entry and its serial number, or 0 for any
 * other form.
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
        return; /* an entry that revokes is kept, even if another entry removes */
    scan->found = true;
    scan->is_removed = removes;
    scan->hit = entry;
}

static bool scan_entry(daotp__bytes *in, daotp__bytes serial, daotp__bytes issuer,
                       daotp__bytes *current, daotp__crl_scan *scan)
{
    daotp__bytes at = *in;
    daotp__crl_entry entry;

    if (!daotp__crl_entry_read(in, &entry)) {
        scan->has_malformed = true;
        return false;
    }
    if (entry.issuer.len >
        0) { /* it is also the issuer of the following entries (RFC 5280 5.3.3) */
        *current = entry.issuer;
        scan->has_issuers = true;
    }
    scan->unknown_critical = scan->unknown_critical || entry.unknown_critical;
    scan->has_wrong_criticality = scan->has_wrong_criticality || entry.has_wrong_criticality;
    scan->has_malformed = scan->has_malformed || entry.malformed != NULL;
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
    return !scan->has_malformed;
}

bool daotp__crl_entry_skip(daotp__bytes *cursor, daotp__bytes *serial)
{
    const uint8_t *at = cursor->data;
    daotp__bytes in;

    if (cursor->len > 4 && at[1] < 0x80 && at[3] < 0x80 && 2u + at[1] <= cursor->len &&
        2u + at[3] <= at[1]) { /* the short form of both lengths, which almost all entries have */
        *serial = (daotp__bytes){at + 4, at[3]};
        cursor->data += 2 + at[1];
        cursor->len -= 2u + at[1];
        return true;
    }
    return daotp__der_read(cursor, DAOTP__DER_SEQUENCE, &in) &&
           daotp__der_read_integer(&in, serial);
}
