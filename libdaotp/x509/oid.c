/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/oid.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *dotted, *name;
    daotp__bytes der;
} known[] = {
#define ROW(name, dotted, text, der) {dotted, text, {(const uint8_t *)(der), sizeof(der) - 1}},
#include "x509/oid.def"
#undef ROW
};

daotp__bytes daotp__oid(enum daotp__oid oid)
{
    return known[oid].der;
}

bool daotp__oid_is(daotp__bytes bytes, enum daotp__oid oid)
{
    return oid < DAOTP__OID_COUNT && daotp__bytes_equal(bytes, known[oid].der);
}

enum daotp__oid daotp__oid_find(daotp__bytes bytes)
{
    unsigned i = 0;

    while (i < DAOTP__OID_COUNT && !daotp__bytes_equal(bytes, known[i].der))
        i++;
    return (enum daotp__oid)i;
}

const char *daotp__oid_name(enum daotp__oid oid)
{
    return known[oid].name;
}

const char *daotp__oid_dotted(enum daotp__oid oid)
{
    return known[oid].dotted;
}

static size_t arc_text(uint64_t arc, bool first, char *text, size_t size)
{
    uint64_t root = arc < 80 ? arc / 40 : 2; /* X.690 8.19.4 */
    int n = first ? snprintf(text, size, "%u.%llu", (unsigned)root,
                             (unsigned long long)(arc - root * 40))
                  : snprintf(text, size, ".%llu", (unsigned long long)arc);

    return n < 0 ? size : (size_t)n;
}

static const char *oid_unreadable(char *text)
{
    (void)snprintf(text, DAOTP__OID_TEXT, "(too long)");
    return text;
}

const char *daotp__oid_text(daotp__bytes oid, char *text)
{
    size_t used = 0;
    uint64_t arc = 0;
    bool first = true;

    *text = '\0';
    for (size_t i = 0; i < oid.len; i++) {
        if (arc > UINT64_MAX >> 7)
            return oid_unreadable(text);
        arc = arc << 7 | (oid.data[i] & 0x7F);
        if (oid.data[i] >= 0x80)
            continue;
        used += arc_text(arc, first, text + used, DAOTP__OID_TEXT - used);
        if (used >= DAOTP__OID_TEXT)
            return oid_unreadable(text);
        first = false;
        arc = 0;
    }
    return text;
}

const char *daotp__oid_describe(daotp__bytes oid, char *text)
{
    enum daotp__oid which = daotp__oid_find(oid);

    if (which == DAOTP__OID_COUNT)
        return daotp__oid_text(oid, text);
    (void)snprintf(text, DAOTP__OID_TEXT, "%s (%s)", known[which].name, known[which].dotted);
    return text;
}

static void put_arc(daotp__buffer *der, uint64_t arc)
{
    unsigned shift = 63;

    while (shift > 0 && arc >> shift == 0)
        shift -= 7;
    for (; shift > 0; shift -= 7)
        daotp__buffer_byte(der, (uint8_t)(0x80 | (arc >> shift & 0x7F)));
    daotp__buffer_byte(der, (uint8_t)(arc & 0x7F));
}

/* One number: digits, no leading zero, below 2^56 so that 40 * 2 can be added and shifted. */
static bool read_arc(const char **at, uint64_t *arc)
{
    const char *begin = *at;

    for (*arc = 0; **at >= '0' && **at <= '9'; (*at)++) {
        *arc = *arc * 10 + (uint64_t)(**at - '0');
        if (*arc >> 56 != 0)
            return false;
    }
    return *at > begin && (*begin != '0' || *at == begin + 1);
}

bool daotp__oid_parse(const char *dotted, daotp__buffer *der)
{
    uint64_t root, arc;

    if (!read_arc(&dotted, &root) || root > 2 || *dotted++ != '.' || !read_arc(&dotted, &arc) ||
        (root < 2 && arc > 39))
        return false;
    put_arc(der, root * 40 + arc);
    while (*dotted == '.') {
        dotted++;
        if (!read_arc(&dotted, &arc))
            return false;
        put_arc(der, arc);
    }
    return *dotted == '\0' && der->failed == DAOTP_OK;
}

daotp_status daotp__oid_read(const char *dotted, size_t max, daotp__buffer *der)
{
    daotp_status status;

    daotp__buffer_init(der, max);
    if (daotp__oid_parse(dotted, der))
        return DAOTP_OK;
    status = der->failed == DAOTP_MEMORY ? DAOTP_MEMORY : DAOTP_USAGE;
    daotp__buffer_free(der);
    return status;
}
