/* SPDX-License-Identifier: BSD-2-Clause */
#include "ad_descriptor.h"

#include "ad_values.h"

#include <stdint.h>
#include <string.h>

/* MS-DTYP 2.4.6, 2.4.5, 2.4.4.1 */
enum { HEAD = 20, ACL_HEAD = 8, ACE_HEAD = 4, GUID = 16, SID_HEAD = 8 };
enum { OWNER_AT = 4, DACL_AT = 16, CONTROL_AT = 2 };
enum { DACL_PRESENT = 0x4, SELF_RELATIVE = 0x8000 };
enum { INHERIT_ONLY = 0x8, HAS_TYPE = 1, HAS_INHERITED_TYPE = 2 };

/* MS-ADTS 5.1.3.2: the access mask. */
enum {
    WRITE_PROPERTY = 0x20,
    CONTROL_ACCESS = 0x100,
    WRITE_DACL = 0x40000,
    WRITE_OWNER = 0x80000,
    GENERIC_ALL = 0x10000000,
    GENERIC_WRITE = 0x40000000
};

static const unsigned char enrollment[GUID + 1] =
    "\x68\xc9\x10\x0e\xfb\x78\xd2\x11\x90\xd4\x00\xc0\x4f\x79\xdc\x55";
static const unsigned char autoenrollment[GUID + 1] =
    "\xc2\x8c\x5b\xa0\xbc\x17\x02\x48\xa7\x10\xe7\xc1\x5a\xb8\x66\xa2";

typedef struct octet_span {
    const unsigned char *data;
    size_t len;
} octet_span;

static uint32_t read_u32(const unsigned char *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static uint32_t read_u16(const unsigned char *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8;
}

/* The SID that the span begins with; octets behind it are padding, or a condition. */
static bool read_sid(octet_span in, char text[AD_MAX_SID])
{
    size_t len;

    if (in.len < SID_HEAD)
        return false;
    len = SID_HEAD + 4 * (size_t)in.data[1];
    return len <= in.len && ad_sid_text((const char *)in.data, len, text, AD_MAX_SID);
}

/* ---- entries --------------------------------------------------------------------------------- */

/* MS-DTYP 2.4.4.1. An entry with a condition allows at the most what it would without one. */
static bool is_allowing(unsigned type)
{
    return type == 0x0 || type == 0x5 || type == 0x9 || type == 0xB;
}

static bool is_denying(unsigned type)
{
    return type == 0x1 || type == 0x6;
}

static bool is_of_object(unsigned type)
{
    return type == 0x5 || type == 0x6 || type == 0xB;
}

/* object: the GUID that the entry is for; NULL: for all. */
static unsigned rights_of_mask(uint32_t mask, const unsigned char *object)
{
    unsigned rights = 0;

    if ((mask & (CONTROL_ACCESS | GENERIC_ALL)) != 0) {
        if (object == NULL || memcmp(object, enrollment, GUID) == 0)
            rights |= AD_MAY_ENROLL;
        if (object == NULL || memcmp(object, autoenrollment, GUID) == 0)
            rights |= AD_MAY_AUTOENROLL;
    }
    if ((mask & (WRITE_PROPERTY | WRITE_DACL | WRITE_OWNER | GENERIC_ALL | GENERIC_WRITE)) != 0)
        rights |= AD_MAY_CHANGE;
    return rights;
}

/* To deny one way to change the object, or a single property, leaves the other ways. */
static unsigned rights_of_denial(uint32_t mask, const unsigned char *object)
{
    const uint32_t all_ways = WRITE_PROPERTY | WRITE_DACL | WRITE_OWNER;
    bool is_of_all = (mask & GENERIC_ALL) != 0 || (mask & all_ways) == all_ways;
    unsigned rights = rights_of_mask(mask, object);

    return is_of_all && object == NULL ? rights : rights & ~(unsigned)AD_MAY_CHANGE;
}

static ad_trustee *find_trustee(ad_access *access, const char *sid)
{
    for (size_t i = 0; i < access->count; i++)
        if (strcmp(access->list[i].sid, sid) == 0)
            return &access->list[i];
    if (access->count == AD_MAX_TRUSTEES)
        return NULL;
    access->list[access->count] = (ad_trustee){.allowed = 0};
    memcpy(access->list[access->count].sid, sid, strlen(sid) + 1);
    return &access->list[access->count++];
}

/* The two GUIDs in front of the SID, each there or not. */
static bool skip_objects(octet_span *ace, const unsigned char **object)
{
    uint32_t flags;
    size_t len = 4;

    if (ace->len < 4)
        return false;
    flags = read_u32(ace->data);
    if ((flags & HAS_TYPE) != 0) {
        *object = ace->data + len;
        len += GUID;
    }
    if ((flags & HAS_INHERITED_TYPE) != 0)
        len += GUID;
    if (len > ace->len)
        return false;
    ace->data += len;
    ace->len -= len;
    return true;
}

/* An entry decides what no entry before it decided (MS-DTYP 2.5.3.2): so what is allowed to the
 * object itself is not taken back by a denial that it inherits. */
static bool note_rights(ad_access *access, const char *sid, bool is_denied, unsigned rights)
{
    ad_trustee *trustee = rights != 0 ? find_trustee(access, sid) : NULL;

    if (trustee != NULL && is_denied)
        trustee->denied |= rights & ~trustee->allowed;
    else if (trustee != NULL)
        trustee->allowed |= rights & ~trustee->denied;
    return rights == 0 || trustee != NULL;
}

static bool read_ace(octet_span ace, ad_access *access, const char **why)
{
    unsigned type = ace.data[0], flags = ace.data[1];
    const unsigned char *object = NULL;
    char sid[AD_MAX_SID];
    uint32_t mask;

    if ((flags & INHERIT_ONLY) != 0 || (!is_allowing(type) && !is_denying(type)))
        return true;
    *why = "an entry that ends early";
    if (ace.len < ACE_HEAD + 4)
        return false;
    mask = read_u32(ace.data + ACE_HEAD);
    ace.data += ACE_HEAD + 4;
    ace.len -= ACE_HEAD + 4;
    if (is_of_object(type) && !skip_objects(&ace, &object))
        return false;
    *why = "an entry without a SID";
    if (!read_sid(ace, sid))
        return false;
    *why = "more accounts than are read";
    return note_rights(access, sid, is_denying(type),
                       is_denying(type) ? rights_of_denial(mask, object)
                                        : rights_of_mask(mask, object));
}

static bool read_acl(octet_span acl, ad_access *access, const char **why)
{
    size_t size, count, at = ACL_HEAD;

    *why = "a list of permissions that ends early";
    if (acl.len < ACL_HEAD)
        return false;
    size = read_u16(acl.data + 2);
    count = read_u16(acl.data + 4);
    if (size < ACL_HEAD || size > acl.len)
        return false;
    for (size_t i = 0; i < count; i++) {
        size_t len = size - at >= ACE_HEAD ? read_u16(acl.data + at + 2) : 0;

        *why = "a list of permissions that ends early";
        if (len < ACE_HEAD || len > size - at)
            return false;
        if (!read_ace((octet_span){acl.data + at, len}, access, why))
            return false;
        at += len;
    }
    return true;
}

/* ---- the descriptor -------------------------------------------------------------------------- */

static octet_span span_from(octet_span in, uint32_t offset)
{
    if (offset < HEAD || offset > in.len)
        return (octet_span){NULL, 0};
    return (octet_span){in.data + offset, in.len - offset};
}

bool ad_read_access(const char *octets, size_t len, ad_access *access, const char **why)
{
    octet_span in = {(const unsigned char *)octets, len};
    uint32_t control, owner, dacl;

    *access = (ad_access){.count = 0};
    *why = "no security descriptor";
    if (len < HEAD || in.data[0] != 1)
        return false;
    control = read_u16(in.data + CONTROL_AT);
    owner = read_u32(in.data + OWNER_AT);
    dacl = read_u32(in.data + DACL_AT);
    if ((control & SELF_RELATIVE) == 0)
        return false;
    *why = "an owner that is no SID";
    if (owner != 0 && !read_sid(span_from(in, owner), access->owner))
        return false;
    access->is_open = (control & DACL_PRESENT) == 0 || dacl == 0;
    return access->is_open || read_acl(span_from(in, dacl), access, why);
}

unsigned ad_rights_of(const ad_trustee *trustee)
{
    return trustee->allowed & ~trustee->denied;
}

void ad_add_owner(ad_access *access)
{
    ad_trustee *owner = NULL;

    for (size_t i = 0; i < access->count; i++)
        if (strcmp(access->list[i].sid, access->owner) == 0)
            owner = &access->list[i];
    if (access->owner[0] == '\0')
        return;
    if (owner == NULL) {
        owner = &access->list[access->count++]; /* there is room for one more */
        *owner = (ad_trustee){.allowed = 0};
        memcpy(owner->sid, access->owner, sizeof owner->sid);
    }
    owner->allowed |= AD_MAY_CHANGE;
    owner->denied &= ~(unsigned)AD_MAY_CHANGE;
}
