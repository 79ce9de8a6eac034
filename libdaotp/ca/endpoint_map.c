/* SPDX-License-Identifier: BSD-2-Clause */
#include "ca/endpoint_map.h"

#include "core/limits.h"

#include <string.h>

enum {
    HANDLE = 20, /* octets of a context handle */
    MAX_TOWER = 256,
    MIN_FLOORS = 4, /* interface, transfer syntax, protocol, port */
    FLOOR_UUID = 0x0D,
    FLOOR_RPC = 0x0B, /* connection-oriented */
    FLOOR_TCP = 0x07,
    FLOOR_IP = 0x09
};

const daotp__rpc_syntax daotp__ept_interface = {{0x08, 0x83, 0xaf, 0xe1, 0x1f, 0x5d, 0xc9, 0x11,
                                                 0x91, 0xa4, 0x08, 0x00, 0x2b, 0x14, 0xa0, 0xfa},
                                                3,
                                                0};

/* ---- the question ---------------------------------------------------------------------------- */

/* Floors are not aligned. */
static void add_packed_u16(daotp__buffer *out, uint16_t value)
{
    daotp__buffer_byte(out, (uint8_t)value);
    daotp__buffer_byte(out, (uint8_t)(value >> 8));
}

static void add_syntax_floor(daotp__buffer *tower, const daotp__rpc_syntax *syntax)
{
    add_packed_u16(tower, 1 + DAOTP__UUID_OCTETS + 2);
    daotp__buffer_byte(tower, FLOOR_UUID);
    daotp__buffer_add(tower, syntax->uuid, DAOTP__UUID_OCTETS);
    add_packed_u16(tower, syntax->major);
    add_packed_u16(tower, 2);
    add_packed_u16(tower, syntax->minor);
}

static void add_protocol_floor(daotp__buffer *tower, uint8_t protocol, size_t len)
{
    add_packed_u16(tower, 1);
    daotp__buffer_byte(tower, protocol);
    add_packed_u16(tower, (uint16_t)len);
    for (size_t i = 0; i < len; i++)
        daotp__buffer_byte(tower, 0);
}

static void add_zeros(daotp__buffer *stub, size_t count)
{
    for (size_t i = 0; i < count; i++)
        daotp__buffer_byte(stub, 0);
}

void daotp__ept_map_write(const daotp__rpc_syntax *interface, daotp__buffer *stub)
{
    daotp__buffer tower;
    uint32_t referent = 0;

    daotp__buffer_init(&tower, MAX_TOWER);
    add_packed_u16(&tower, 5);
    add_syntax_floor(&tower, interface);
    add_syntax_floor(&tower, &daotp__rpc_ndr32);
    add_protocol_floor(&tower, FLOOR_RPC, 2);
    add_protocol_floor(&tower, FLOOR_TCP, 2);
    add_protocol_floor(&tower, FLOOR_IP, 4);
    daotp__ndr_add_referent(stub, &referent);
    add_zeros(stub, DAOTP__UUID_OCTETS); /* any object */
    daotp__ndr_add_referent(stub, &referent);
    daotp__ndr_add_u32(stub, (uint32_t)tower.len);
    daotp__ndr_add_u32(stub, (uint32_t)tower.len);
    daotp__buffer_add(stub, tower.data, tower.len);
    daotp__ndr_add_padding(stub, 4);
    add_zeros(stub, HANDLE); /* a new search */
    daotp__ndr_add_u32(stub, DAOTP__MAX_TOWERS);
    if (tower.failed != DAOTP_OK)
        stub->failed = tower.failed;
    daotp__buffer_free(&tower);
}

/* ---- the answer ------------------------------------------------------------------------------ */

static uint16_t packed_u16(daotp__ndr *tower)
{
    daotp__bytes two = daotp__ndr_octets(tower, 2);

    return two.len == 2 ? (uint16_t)(two.data[0] | two.data[1] << 8) : 0;
}

typedef struct tower_floor {
    daotp__bytes left, right;
} tower_floor;

static tower_floor read_floor(daotp__ndr *tower)
{
    tower_floor floor;

    floor.left = daotp__ndr_octets(tower, packed_u16(tower));
    floor.right = daotp__ndr_octets(tower, packed_u16(tower));
    return floor;
}

static bool is_syntax_floor(tower_floor floor, const daotp__rpc_syntax *syntax)
{
    return floor.left.len == 1 + DAOTP__UUID_OCTETS + 2 && floor.left.data[0] == FLOOR_UUID &&
           memcmp(floor.left.data + 1, syntax->uuid, DAOTP__UUID_OCTETS) == 0 &&
           (floor.left.data[17] | floor.left.data[18] << 8) == syntax->major;
}

static bool is_protocol_floor(tower_floor floor, uint8_t protocol, size_t len)
{
    return floor.left.len == 1 && floor.left.data[0] == protocol && floor.right.len == len;
}

/* Read the TCP port of a tower, which it holds in network byte order. Returns 0 for a tower of
 * another interface or protocol, or a malformed one. */
static uint16_t read_tower(daotp__bytes octets, const daotp__rpc_syntax *interface)
{
    daotp__ndr tower = {.in = octets};
    tower_floor floors[MIN_FLOORS];

    if (packed_u16(&tower) < MIN_FLOORS)
        return 0;
    for (size_t i = 0; i < MIN_FLOORS; i++)
        floors[i] = read_floor(&tower);
    if (tower.failed || !is_syntax_floor(floors[0], interface) ||
        !is_syntax_floor(floors[1], &daotp__rpc_ndr32) ||
        !is_protocol_floor(floors[2], FLOOR_RPC, 2) || !is_protocol_floor(floors[3], FLOOR_TCP, 2))
        return 0;
    return (uint16_t)(floors[3].right.data[0] << 8 | floors[3].right.data[1]);
}

static uint16_t read_towers(daotp__ndr *in, uint32_t count, const daotp__rpc_syntax *interface)
{
    bool present[DAOTP__MAX_TOWERS] = {false};
    uint16_t port = 0, found;

    for (uint32_t i = 0; i < count; i++)
        present[i] = daotp__ndr_u32(in) != 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t max_count = present[i] ? daotp__ndr_u32(in) : 0;

        if (!present[i])
            continue;
        if (daotp__ndr_u32(in) != max_count)
            in->failed = true;
        found = read_tower(daotp__ndr_octets(in, max_count), interface);
        if (port == 0)
            port = found;
    }
    return port;
}

bool daotp__ept_map_read(daotp__bytes stub, const daotp__rpc_syntax *interface,
                         daotp__ept_answer *answer, const char **why)
{
    daotp__ndr in = {.in = stub};
    uint32_t towers, offset, actual;

    *answer = (daotp__ept_answer){.status = 0};
    (void)daotp__ndr_octets(&in, HANDLE);
    towers = daotp__ndr_u32(&in);
    (void)daotp__ndr_u32(&in); /* max_count: the number that was asked for */
    offset = daotp__ndr_u32(&in);
    actual = daotp__ndr_count(&in, DAOTP__MAX_TOWERS, 4);
    if (offset != 0 || actual != towers)
        in.failed = true;
    answer->port = read_towers(&in, actual, interface);
    answer->status = daotp__ndr_u32(&in);
    *why = "an answer of the endpoint mapper that ends too early, or contradicts itself";
    return !in.failed;
}

bool daotp__ept_is_not_registered(uint32_t status)
{
    return status == 0x16C9A0D6 || status == 0x6D9;
}
