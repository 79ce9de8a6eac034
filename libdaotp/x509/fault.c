/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/fault.h"

#include "core/limits.h"

#include <stdio.h>

/* ---- DER ------------------------------------------------------------------------------------- */

static const char LENGTH_RULE[] = "X.690 10.1: a length is definite, in the fewest octets";
static const char END_RULE[] = "X.690 8.1.3: the length goes past the end of what holds it";

/* The fault of the tag or length of the item at the front, or NULL. */
static const char *head_fault(daotp__bytes in)
{
    unsigned octets;

    if (in.len < 2)
        return "the bytes end before it";
    if ((in.data[0] & 0x1F) == 0x1F || in.data[0] == 0)
        return "X.690 8.1.2: no tag of this form is used here";
    octets = in.data[1];
    if (octets == 0x80)
        return "X.690 10.1: a length is definite; this one is indefinite, as in BER";
    if (octets < 0x80)
        return END_RULE;
    octets &= 0x7F;
    if (octets > 4 || in.len < 2 + (size_t)octets)
        return END_RULE;
    return in.data[2] == 0 || (octets == 1 && in.data[2] < 0x80) ? LENGTH_RULE : END_RULE;
}

static bool is_good_time(daotp__bytes whole)
{
    int64_t ignored;

    return daotp__der_read_time(&whole, &ignored);
}

/* The rule that is broken by the content of a primitive item, or NULL. */
static const char *content_fault(const daotp__der_item *item)
{
    daotp__bytes whole = item->whole, part;
    unsigned unused;
    bool truth;

    switch (item->tag) {
    case DAOTP__DER_BOOLEAN:
        return daotp__der_read_boolean(&whole, &truth) ? NULL
                                                       : "X.690 11.1: TRUE is FF, FALSE is 00";
    case DAOTP__DER_INTEGER:
        return daotp__der_read_integer(&whole, &part)
                   ? NULL
                   : "X.690 8.3.2: an INTEGER is in the fewest octets";
    case DAOTP__DER_OID:
        return daotp__der_read_oid(&whole, &part) ? NULL
                                                  : "X.690 8.19.2: an arc is in the fewest octets";
    case DAOTP__DER_BIT_STRING:
        return daotp__der_read_bits(&whole, &part, &unused)
                   ? NULL
                   : "X.690 11.2.1: 0 to 7 unused bits, which are zero";
    case DAOTP__DER_NULL:
        return item->content.len == 0 ? NULL : "X.690 8.8.2: NULL has no content";
    case DAOTP__DER_UTC_TIME:
        return is_good_time(whole) ? NULL : "RFC 5280 4.1.2.5.1: UTCTime is YYMMDDHHMMSSZ";
    case DAOTP__DER_GENERALIZED_TIME:
        return is_good_time(whole) ? NULL
                                   : "RFC 5280 4.1.2.5.2: GeneralizedTime is YYYYMMDDHHMMSSZ";
    case DAOTP__DER_BIT_STRING | 0x20:
    case DAOTP__DER_OCTET_STRING | 0x20:
        return "X.690 10.2: a string is not in pieces";
    default:
        return NULL;
    }
}

bool daotp__der_find_fault(daotp__bytes in, unsigned depth, const uint8_t **at, const char **rule)
{
    daotp__der_item item;

    while (in.len > 0) {
        *at = in.data;
        *rule = head_fault(in);
        if (!daotp__der_next(&in, &item))
            return true;
        *rule = content_fault(&item);
        if (*rule != NULL)
            return true;
        if ((item.tag & 0x20) == 0)
            continue;
        *rule = "the nesting is deeper than the limit";
        if (depth == 0 || daotp__der_find_fault(item.content, depth - 1, at, rule))
            return true;
    }
    return false;
}

/* ---- fields ---------------------------------------------------------------------------------- */

bool daotp__fault_set(daotp__fault *fault, const char *field, daotp__bytes in, const char *rule)
{
    daotp__bytes rest = in, first = in;
    const uint8_t *at;
    daotp__der_item item;

    if (fault == NULL || fault->field != NULL)
        return false;
    fault->field = field;
    fault->rule = rule;
    fault->at = in.data;
    if (daotp__der_next(&rest, &item)) /* only this field */
        first = item.whole;
    if (first.len > 0 && daotp__der_find_fault(first, DAOTP__MAX_DER_DEPTH, &at, &rule)) {
        fault->rule = rule;
        fault->at = at;
    }
    return false;
}

bool daotp__fault_limit(daotp__fault *fault, const char *field, size_t limit)
{
    if (fault != NULL) {
        fault->field = field;
        fault->rule = "the limit";
        fault->limit = limit;
        fault->at = fault->whole.data + fault->whole.len; /* all bytes were read */
    }
    return false;
}

bool daotp__fields_read(const daotp__field *fields, size_t count, daotp__bytes *in, void *into,
                        daotp__fault *fault)
{
    for (size_t i = 0; i < count; i++) {
        daotp__bytes before = *in;

        if (!fields[i].read(in, into))
            return daotp__fault_set(fault, fields[i].name, before, fields[i].rule);
    }
    return in->len == 0 || daotp__fault_set(fault, count > 0 ? fields[count - 1].name : "content",
                                            *in, "nothing stands behind the last field");
}

const char *daotp__fault_describe(const daotp__fault *fault, char text[DAOTP__FAULT_TEXT])
{
    size_t offset = fault->at != NULL ? (size_t)(fault->at - fault->whole.data) : 0;

    if (fault->field == NULL)
        (void)snprintf(text, DAOTP__FAULT_TEXT, "%zu octets", fault->whole.len);
    else if (fault->limit > 0)
        (void)snprintf(text, DAOTP__FAULT_TEXT, "%s of %zu octets; the limit is %zu", fault->field,
                       fault->whole.len, fault->limit);
    else if (fault->element > 0)
        (void)snprintf(text, DAOTP__FAULT_TEXT, "%s %zu, octet %zu of %zu octets: %s", fault->field,
                       fault->element, offset, fault->whole.len, fault->rule);
    else
        (void)snprintf(text, DAOTP__FAULT_TEXT, "%s, octet %zu of %zu octets: %s", fault->field,
                       offset, fault->whole.len, fault->rule);
    return text;
}
