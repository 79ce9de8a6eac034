/* SPDX-License-Identifier: BSD-2-Clause */
#include "ca/dcom.h"

#include "core/limits.h"

#include <string.h>

enum {
    COM_MAJOR = 5,
    COM_MINOR = 7, /* hardened servers refuse 5.1 */
    IMPERSONATE = 3,
    OBJREF_STANDARD = 1,
    OBJREF_HANDLER = 2,
    EXTENT_HEADER = 24 /* max_count, GUID, size */
};

const daotp__rpc_syntax daotp__activation_interface = {{0xb8, 0x4a, 0x9f, 0x4d, 0x1c, 0x7d, 0xcf,
                                                        0x11, 0x86, 0x1e, 0x00, 0x20, 0xaf, 0x6e,
                                                        0x7c, 0x57},
                                                       0,
                                                       0};

/* ---- the headers of a call ------------------------------------------------------------------- */

void daotp__orpc_this_write(const uint8_t *causality, daotp__buffer *stub)
{
    daotp__ndr_add_u16(stub, COM_MAJOR);
    daotp__ndr_add_u16(stub, COM_MINOR);
    daotp__ndr_add_u32(stub, 0); /* flags */
    daotp__ndr_add_u32(stub, 0);
    daotp__buffer_add(stub, causality, DAOTP__UUID_OCTETS);
    daotp__ndr_add_u32(stub, 0); /* no extensions */
}

/* MS-DCOM 2.2.21.1: the data is padded to a multiple of 8 octets, and max_count is the padded
 * length. */
static void skip_extent(daotp__ndr *ndr)
{
    uint32_t count = daotp__ndr_u32(ndr), size;

    (void)daotp__ndr_octets(ndr, DAOTP__UUID_OCTETS);
    size = daotp__ndr_u32(ndr);
    if (count < size || count - size > 7)
        ndr->failed = true;
    (void)daotp__ndr_octets(ndr, count);
}

void daotp__orpc_that_skip(daotp__ndr *ndr)
{
    uint32_t count, present = 0;

    (void)daotp__ndr_u32(ndr); /* flags */
    if (daotp__ndr_u32(ndr) == 0)
        return;
    (void)daotp__ndr_u32(ndr); /* size */
    (void)daotp__ndr_u32(ndr);
    if (daotp__ndr_u32(ndr) == 0)
        return;
    count = daotp__ndr_count(ndr, DAOTP__MAX_EXTENTS, 4);
    for (uint32_t i = 0; i < count; i++)
        present += daotp__ndr_u32(ndr) != 0 ? 1 : 0;
    for (uint32_t i = 0; i < present; i++)
        skip_extent(ndr);
}

/* ---- RemoteActivation ------------------------------------------------------------------------ */

void daotp__activation_write(const uint8_t *causality, const uint8_t *class_id,
                             const uint8_t *interface_id, daotp__buffer *stub)
{
    uint32_t referent = 0;

    daotp__orpc_this_write(causality, stub);
    daotp__buffer_add(stub, class_id, DAOTP__UUID_OCTETS);
    daotp__ndr_add_u32(stub, 0); /* no object name */
    daotp__ndr_add_u32(stub, 0); /* no storage */
    daotp__ndr_add_u32(stub, IMPERSONATE);
    daotp__ndr_add_u32(stub, 0); /* mode */
    daotp__ndr_add_u32(stub, 1); /* interfaces */
    daotp__ndr_add_referent(stub, &referent);
    daotp__ndr_add_u32(stub, 1);
    daotp__buffer_add(stub, interface_id, DAOTP__UUID_OCTETS);
    daotp__ndr_add_u16(stub, 1); /* protocol sequences */
    daotp__ndr_add_u32(stub, 1);
    daotp__ndr_add_u16(stub, DAOTP__TOWER_TCP);
}

static uint16_t binding_u16(daotp__bytes bindings, size_t at)
{
    return (uint16_t)(bindings.data[2 * at] | bindings.data[2 * at + 1] << 8);
}

/* Returns the port of "NAME[PORT]" in UTF-16, the number in the last brackets; 0 when there is
 * none. text and end count UTF-16 units. */
static uint16_t binding_port(daotp__bytes bindings, size_t text, size_t end)
{
    uint32_t port = 0, scale = 1, digit;

    if (end <= text || binding_u16(bindings, end - 1) != ']')
        return 0;
    for (size_t at = end - 1; at > text; at--) {
        digit = binding_u16(bindings, at - 1);
        if (digit == '[')
            return port <= UINT16_MAX ? (uint16_t)port : 0;
        if (digit < '0' || digit > '9' || scale > 10000)
            return 0;
        port += (digit - '0') * scale;
        scale *= 10;
    }
    return 0;
}

/* Find the port of the first string binding for TCP (MS-DCOM 2.2.19.3); *port is 0 if there is
 * none. Returns false when the array is not terminated. */
static bool find_tcp_binding(daotp__bytes bindings, size_t security, uint16_t *port)
{
    size_t count = bindings.len / 2, at = 0, end;

    *port = 0;
    if (security > count)
        return false;
    while (at < security && binding_u16(bindings, at) != 0) {
        end = at + 1;
        while (end < security && binding_u16(bindings, end) != 0)
            end++;
        if (end == security)
            return false;
        if (binding_u16(bindings, at) == DAOTP__TOWER_TCP && *port == 0)
            *port = binding_port(bindings, at + 1, end);
        at = end + 1;
    }
    return at < security;
}

/* DUALSTRINGARRAY behind its referent. */
void daotp__dcom_bindings_read(daotp__ndr *ndr, daotp__activation *activation)
{
    uint32_t max_count = daotp__ndr_u32(ndr);
    uint16_t entries = daotp__ndr_u16(ndr), security = daotp__ndr_u16(ndr);
    daotp__bytes bindings = daotp__ndr_octets(ndr, 2 * (size_t)entries);

    if (ndr->failed || max_count != entries ||
        !find_tcp_binding(bindings, security, &activation->port))
        ndr->failed = true;
}

/* OBJREF (MS-DCOM 2.2.18): standard or handler, of this interface and this exporter. */
void daotp__dcom_object_read(daotp__ndr *ndr, const uint8_t *interface_id, uint64_t oxid,
                             daotp__activation *activation)
{
    uint32_t max_count = daotp__ndr_u32(ndr), len = daotp__ndr_u32(ndr), kind;
    daotp__ndr object = {.in = daotp__ndr_octets(ndr, len)};
    daotp__bytes signature = daotp__ndr_octets(&object, 4), id;

    kind = daotp__ndr_u32(&object);
    id = daotp__ndr_octets(&object, DAOTP__UUID_OCTETS);
    if (object.failed || max_count != len || memcmp(signature.data, "MEOW", 4) != 0 ||
        (kind != OBJREF_STANDARD && kind != OBJREF_HANDLER) ||
        memcmp(id.data, interface_id, DAOTP__UUID_OCTETS) != 0)
        ndr->failed = true;
    (void)daotp__ndr_u32(&object); /* flags */
    (void)daotp__ndr_u32(&object); /* references */
    if (daotp__ndr_u64(&object) != oxid)
        ndr->failed = true;
    (void)daotp__ndr_u64(&object); /* the object ID */
    id = daotp__ndr_octets(&object, DAOTP__UUID_OCTETS);
    if (object.failed)
        ndr->failed = true;
    else
        memcpy(activation->ipid, id.data, DAOTP__UUID_OCTETS);
}

/* Read two arrays of one element: interface pointers, then results. */
static uint32_t read_interfaces(daotp__ndr *ndr, const uint8_t *interface_id, uint64_t oxid,
                                daotp__activation *activation)
{
    bool has_object;

    if (daotp__ndr_u32(ndr) != 1)
        ndr->failed = true;
    has_object = daotp__ndr_u32(ndr) != 0;
    if (has_object)
        daotp__dcom_object_read(ndr, interface_id, oxid, activation);
    if (daotp__ndr_u32(ndr) != 1)
        ndr->failed = true;
    activation->result = daotp__ndr_u32(ndr);
    if (!has_object && activation->result == 0)
        ndr->failed = true;
    return daotp__ndr_u32(ndr);
}

static uint32_t first_of(uint32_t a, uint32_t b)
{
    return a != 0 ? a : b;
}

bool daotp__activation_read(daotp__bytes stub, const uint8_t *interface_id,
                            daotp__activation *activation, const char **why)
{
    daotp__ndr ndr = {.in = stub};
    uint32_t result, returned;
    bool has_bindings;
    uint64_t oxid;

    *activation = (daotp__activation){.result = 0};
    daotp__orpc_that_skip(&ndr);
    oxid = daotp__ndr_u64(&ndr);
    has_bindings = daotp__ndr_u32(&ndr) != 0;
    if (has_bindings)
        daotp__dcom_bindings_read(&ndr, activation);
    daotp__ndr_align(&ndr, 4);
    (void)daotp__ndr_octets(&ndr, DAOTP__UUID_OCTETS); /* of IRemUnknown */
    (void)daotp__ndr_u32(&ndr);                        /* authentication hint */
    (void)daotp__ndr_u32(&ndr);                        /* COM version */
    result = daotp__ndr_u32(&ndr);
    returned = read_interfaces(&ndr, interface_id, oxid, activation);
    activation->result = first_of(returned, first_of(result, activation->result));
    *why = "an answer to RemoteActivation that ends too early, or contradicts itself";
    return !ndr.failed && (has_bindings || activation->result != 0);
}
