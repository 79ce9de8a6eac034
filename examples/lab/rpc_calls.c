/* SPDX-License-Identifier: BSD-2-Clause */
#include "rpc_calls.h"

#include <stdlib.h>
#include <string.h>

#define SIZE_MAX_STUB (256 * 1024)

static const uint8_t uuids[][RPC_UUID] = {
    [RPC_MAPPER] = {0x08, 0x83, 0xaf, 0xe1, 0x1f, 0x5d, 0xc9, 0x11, 0x91, 0xa4, 0x08, 0x00, 0x2b,
                    0x14, 0xa0, 0xfa},
    [RPC_ACTIVATION] = {0xb8, 0x4a, 0x9f, 0x4d, 0x1c, 0x7d, 0xcf, 0x11, 0x86, 0x1e, 0x00, 0x20,
                        0xaf, 0x6e, 0x7c, 0x57},
    [RPC_ACTIVATOR] = {0xa0, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xc0, 0x00, 0x00, 0x00, 0x00,
                       0x00, 0x00, 0x46},
    [RPC_ICPR] = {0x20, 0x60, 0xae, 0x91, 0x3c, 0x9e, 0xcf, 0x11, 0x8d, 0x7c, 0x00, 0xaa, 0x00,
                  0xc0, 0x91, 0xbe},
    [RPC_CERT_D] = {0x70, 0x6e, 0x9e, 0xd9, 0x88, 0xfc, 0xd0, 0x11, 0xb4, 0x98, 0x00, 0xa0, 0xc9,
                    0x03, 0x12, 0xf3},
    [RPC_CERT_D2] = {0x3a, 0xfd, 0x22, 0x54, 0xb8, 0xd4, 0xef, 0x4c, 0xa1, 0x2e, 0xe8, 0x7d, 0x4c,
                     0xa2, 0x2e, 0x90},
};
static const uint8_t ca_class[RPC_UUID] = {0x74, 0x6e, 0x9e, 0xd9, 0x88, 0xfc, 0xd0, 0x11,
                                           0xb4, 0x98, 0x00, 0xa0, 0xc9, 0x03, 0x12, 0xf3};
const uint8_t rpc_ipid[RPC_UUID] = {0xda, 0x07, 0xca, 0x07, 0x11, 0x22, 0x33, 0x44,
                                    0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc};

enum rpc_interface rpc_find_interface(const uint8_t *uuid)
{
    for (size_t i = RPC_MAPPER; i < sizeof(uuids) / sizeof(uuids[0]); i++)
        if (memcmp(uuids[i], uuid, RPC_UUID) == 0)
            return (enum rpc_interface)i;
    return RPC_NONE;
}

/* ---- reading ---- */

struct cursor {
    struct rpc_bytes in;
    size_t at;
    bool bad;
};

static const uint8_t *take_octets(struct cursor *c, size_t len)
{
    static const uint8_t zeros[RPC_UUID];
    const uint8_t *octets = c->in.data + c->at;

    if (c->bad || len > c->in.len - c->at) {
        c->bad = true;
        return len <= sizeof(zeros) ? zeros : NULL;
    }
    c->at += len;
    return octets;
}

static uint32_t take_u32(struct cursor *c)
{
    const uint8_t *o;

    (void)take_octets(c, (4 - c->at % 4) % 4);
    o = take_octets(c, 4);
    return (uint32_t)o[0] | (uint32_t)o[1] << 8 | (uint32_t)o[2] << 16 | (uint32_t)o[3] << 24;
}

/* A unique conformant varying string. */
static void take_text(struct cursor *c, char *out, size_t size)
{
    uint32_t count;
    const uint8_t *text;

    *out = '\0';
    if (take_u32(c) == 0)
        return;
    (void)take_u32(c);
    (void)take_u32(c);
    count = take_u32(c);
    text = count <= c->in.len ? take_octets(c, 2 * (size_t)count) : NULL;
    if (c->bad || text == NULL || count == 0 || count > size) {
        c->bad = true;
        return;
    }
    for (uint32_t i = 0; i < count; i++)
        out[i] = text[2 * i + 1] == 0 && text[2 * i] < 0x80 ? (char)text[2 * i] : '?';
    out[count - 1] = '\0';
}

static struct rpc_bytes take_blob(struct cursor *c)
{
    uint32_t len = take_u32(c);
    struct rpc_bytes blob = {NULL, 0};

    if (take_u32(c) == 0)
        return blob;
    if (take_u32(c) != len)
        c->bad = true;
    blob.data = take_octets(c, len);
    blob.len = blob.data != NULL && !c->bad ? len : 0;
    return blob;
}

/* ORPCTHIS without extensions. */
static void take_this(struct cursor *c)
{
    (void)take_octets(c, 16);
    (void)take_octets(c, 12);
    if (take_u32(c) != 0)
        c->bad = true;
}

bool rpc_read_request(struct rpc_bytes in, enum rpc_interface interface, unsigned opnum,
                      struct rpc_request *out)
{
    struct cursor c = {in, 0, false};
    struct rpc_bytes attributes;

    memset(out, 0, sizeof(*out));
    if (interface != RPC_ICPR)
        take_this(&c);
    if (opnum == 6)
        take_text(&c, out->authority, sizeof(out->authority));
    out->flags = take_u32(&c);
    if (opnum != 6)
        take_text(&c, out->authority, sizeof(out->authority));
    else if (take_u32(&c) != 0) /* a serial number */
        c.bad = true;
    out->id = take_u32(&c);
    if (interface == RPC_ICPR) {
        attributes = take_blob(&c);
        if (attributes.len < 2 || attributes.data[attributes.len - 1] != 0)
            c.bad = true; /* MS-ICPR 3.2.4.1.1: the NUL counts */
    } else if (take_u32(&c) != 0) {
        c.bad = true;
    }
    out->blob = take_blob(&c);
    if ((out->id != 0) == (out->blob.len != 0)) /* MS-WCCE 3.2.1.4.2.1: one or the other */
        c.bad = true;
    return !c.bad;
}

bool rpc_read_ping(struct rpc_bytes in, struct rpc_request *out)
{
    struct cursor c = {in, 0, false};

    memset(out, 0, sizeof(*out));
    take_this(&c);
    take_text(&c, out->authority, sizeof(out->authority));
    return !c.bad;
}

enum rpc_interface rpc_read_map(struct rpc_bytes in)
{
    struct cursor c = {in, 0, false};

    (void)take_octets(&c, 16); /* referent, the object's first 12 octets */
    (void)take_octets(&c, 16); /* the rest, referent, max_count, length */
    (void)take_octets(&c, 5);  /* floors, length, protocol of the first */
    return rpc_find_interface(take_octets(&c, RPC_UUID));
}

enum rpc_interface rpc_read_activation(struct rpc_bytes in)
{
    struct cursor c = {in, 0, false};
    bool is_ours;

    take_this(&c);
    is_ours = memcmp(take_octets(&c, RPC_UUID), ca_class, RPC_UUID) == 0;
    for (int i = 0; i < 7; i++) /* names, level, mode, interfaces, referent, max_count */
        (void)take_u32(&c);
    return is_ours ? rpc_find_interface(take_octets(&c, RPC_UUID)) : RPC_NONE;
}

/* The first property must be InstantiationInfo, because clients write it first. */
enum rpc_interface rpc_read_creation(struct rpc_bytes in)
{
    struct cursor c = {in, 0, false};
    const size_t header_at = 104; /* behind ORPCTHIS, the OBJREF's head and the blob's */
    uint32_t header_size;
    bool is_ours;

    c.at = header_at + 16 + 4 <= in.len ? header_at + 16 + 4 : in.len;
    header_size = take_u32(&c);
    if (c.bad || header_size > in.len - header_at)
        return RPC_NONE;
    c.at = header_at + header_size;
    (void)take_octets(&c, 16); /* the head of the serialization */
    is_ours = memcmp(take_octets(&c, RPC_UUID), ca_class, RPC_UUID) == 0;
    for (int i = 0; i < 9; i++) /* flags, count, referent, size, version, max_count */
        (void)take_u32(&c);
    return is_ours ? rpc_find_interface(take_octets(&c, RPC_UUID)) : RPC_NONE;
}

bool rpc_read_property(struct rpc_bytes in, struct rpc_property *out)
{
    struct cursor c = {in, 0, false};

    memset(out, 0, sizeof(*out));
    take_this(&c);
    take_text(&c, out->authority, sizeof(out->authority));
    out->id = take_u32(&c);
    out->index = take_u32(&c);
    out->type = take_u32(&c);
    return !c.bad;
}

/* ---- writing ---- */

static void put_octets(struct rpc_stub *out, const void *octets, size_t len)
{
    if (out->data == NULL && out->len == 0) {
        out->data = calloc(1, SIZE_MAX_STUB);
        out->size = SIZE_MAX_STUB;
    }
    if (out->data == NULL || len > out->size - out->len) {
        rpc_stub_free(out);
        out->len = 1; /* failed */
        return;
    }
    if (len > 0)
        memcpy(out->data + out->len, octets, len);
    out->len += len;
}

void rpc_stub_free(struct rpc_stub *stub)
{
    free(stub->data);
    memset(stub, 0, sizeof(*stub));
}

static void put_zeros(struct rpc_stub *out, size_t len)
{
    for (; len > 0; len--)
        put_octets(out, "", 1);
}

static void put_padding(struct rpc_stub *out, size_t boundary)
{
    put_zeros(out, (boundary - out->len % boundary) % boundary);
}

static void put_u16(struct rpc_stub *out, unsigned value)
{
    const uint8_t o[2] = {(uint8_t)value, (uint8_t)(value >> 8)};

    put_octets(out, o, sizeof(o));
}

static void put_u32(struct rpc_stub *out, uint32_t value)
{
    put_padding(out, 4);
    put_u16(out, value & 0xffff);
    put_u16(out, value >> 16);
}

/* The tower of the request, with the port and an address that a client cannot reach. */
void rpc_write_map(struct rpc_stub *out, struct rpc_bytes question, int port)
{
    static const uint8_t address[] = {192, 0, 2, 1}; /* TEST-NET-1 */
    static const size_t at = 32, len = 75, port_at = 64;
    uint8_t tower[75];

    if (port == 0 || question.len < at + len) {
        put_zeros(out, 24);
        put_u32(out, 4);
        put_u32(out, 0);
        put_u32(out, 0);
        put_u32(out, 0x16c9a0d6);
        return;
    }
    memcpy(tower, question.data + at, len);
    tower[port_at] = (uint8_t)(port >> 8);
    tower[port_at + 1] = (uint8_t)port;
    memcpy(tower + len - sizeof(address), address, sizeof(address));
    put_zeros(out, 20);
    put_u32(out, 1);
    put_u32(out, 4);
    put_u32(out, 0);
    put_u32(out, 1);
    put_u32(out, 3);
    put_u32(out, (uint32_t)len);
    put_u32(out, (uint32_t)len);
    put_octets(out, tower, len);
    put_u32(out, 0);
}

static void put_binding(struct rpc_stub *out, const char *text)
{
    put_u16(out, 7);
    for (; *text != '\0'; text++)
        put_u16(out, (uint8_t)*text);
    put_u16(out, 0);
}

/* A host name to which no client may connect. */
static void put_bindings(struct rpc_stub *out, int port)
{
    char text[] = "LABCA[00000]";
    size_t units = sizeof(text) + 2;

    for (int i = 0; i < 5; i++, port /= 10)
        text[10 - i] = (char)('0' + port % 10);
    put_u16(out, (unsigned)units + 4);
    put_u16(out, (unsigned)units);
    put_binding(out, text);
    put_u16(out, 0);
    put_u16(out, 9);
    put_u16(out, 0xffff);
    put_u16(out, 0);
    put_u16(out, 0);
}

static void put_object(struct rpc_stub *out, enum rpc_interface interface)
{
    struct rpc_stub object = {NULL, 0, 0};

    put_octets(&object, "MEOW\1\0\0\0", 8);
    put_octets(&object, uuids[interface], RPC_UUID);
    put_u32(&object, 0);
    put_u32(&object, 5);
    put_octets(&object, "oxidoxid\1\0\0\0\0\0\0\0", 16);
    put_octets(&object, rpc_ipid, RPC_UUID);
    put_bindings(&object, 0);
    put_u32(out, (uint32_t)object.len);
    put_u32(out, (uint32_t)object.len);
    put_octets(out, object.data, object.len);
    rpc_stub_free(&object);
}

void rpc_write_activation(struct rpc_stub *out, enum rpc_interface interface, int port,
                          uint32_t hresult)
{
    bool granted = hresult == 0;

    put_zeros(out, 8); /* ORPCTHAT */
    put_octets(out, granted ? "oxidoxid" : "\0\0\0\0\0\0\0\0", 8);
    put_u32(out, granted ? 0x20000 : 0);
    if (granted) {
        put_u32(out, 19);
        put_bindings(out, port);
        put_padding(out, 4);
    }
    put_zeros(out, 16);
    put_u32(out, granted ? 6 : 0);
    put_u16(out, 5);
    put_u16(out, 7);
    put_u32(out, hresult);
    put_u32(out, 1);
    put_u32(out, granted ? 0x20004 : 0);
    if (granted)
        put_object(out, interface);
    put_u32(out, 1);
    put_u32(out, hresult);
    put_u32(out, 0);
}

static void put_com_id(struct rpc_stub *out, uint32_t id)
{
    put_u32(out, id);
    put_u32(out, 0);
    put_u32(out, 0xc0);
    put_u32(out, 0x46000000);
}

/* MS-RPCE 2.2.6; returns the length with header and padding. */
static size_t put_serialized(struct rpc_stub *out, const struct rpc_stub *body)
{
    const size_t from = out->len;

    put_u32(out, 0x00081001);
    put_u32(out, 0xcccccccc);
    put_u32(out, (uint32_t)body->len);
    put_u32(out, 0xcccccccc);
    put_octets(out, body->data, body->len);
    put_padding(out, 8);
    return out->len - from;
}

/* PropsOutInfo and ScmReplyInfoData (MS-DCOM 2.2.22.2.8 and 2.2.22.2.9). */
static void put_results(struct rpc_stub *out, enum rpc_interface interface)
{
    put_u32(out, 1);
    put_u32(out, 0x20000);
    put_u32(out, 0x20004);
    put_u32(out, 0x20008);
    put_u32(out, 1);
    put_octets(out, uuids[interface], RPC_UUID);
    put_u32(out, 1);
    put_u32(out, 0);
    put_u32(out, 1);
    put_u32(out, 0x2000c);
    put_object(out, interface);
}

static void put_scm_reply(struct rpc_stub *out, int port)
{
    put_u32(out, 0);
    put_u32(out, 0x20000);
    put_octets(out, "oxidoxid", 8);
    put_u32(out, 0x20004);
    put_zeros(out, 16); /* IRemUnknown */
    put_u32(out, 6);
    put_u16(out, 5);
    put_u16(out, 7);
    put_u32(out, 19);
    put_bindings(out, port);
}

static void put_properties(struct rpc_stub *out, enum rpc_interface interface, int port)
{
    struct rpc_stub body[2] = {{NULL, 0, 0}, {NULL, 0, 0}};
    struct rpc_stub parts = {NULL, 0, 0};
    struct rpc_stub header = {NULL, 0, 0};
    size_t sizes[2];

    put_results(&body[0], interface);
    put_scm_reply(&body[1], port);
    sizes[0] = put_serialized(&parts, &body[0]);
    sizes[1] = put_serialized(&parts, &body[1]);
    put_u32(&header, (uint32_t)(16 + 96 + parts.len)); /* totalSize */
    put_u32(&header, 16 + 96);
    put_u32(&header, 0);
    put_u32(&header, 2);
    put_u32(&header, 2); /* properties */
    put_zeros(&header, 16);
    put_u32(&header, 0x20000);
    put_u32(&header, 0x20004);
    put_u32(&header, 0);
    put_u32(&header, 2);
    put_com_id(&header, 0x339);
    put_com_id(&header, 0x1b6);
    put_u32(&header, 2);
    put_u32(&header, (uint32_t)sizes[0]);
    put_u32(&header, (uint32_t)sizes[1]);
    put_u32(out, (uint32_t)(16 + 96 + parts.len));
    put_u32(out, 0);
    (void)put_serialized(out, &header);
    put_octets(out, parts.data, parts.len);
    for (int i = 0; i < 2; i++)
        rpc_stub_free(&body[i]);
    rpc_stub_free(&header);
    rpc_stub_free(&parts);
}

void rpc_write_creation(struct rpc_stub *out, enum rpc_interface interface, int port,
                        uint32_t hresult)
{
    struct rpc_stub blob = {NULL, 0, 0};

    put_zeros(out, 8); /* ORPCTHAT */
    put_u32(out, hresult == 0 ? 0x20000 : 0);
    if (hresult == 0) {
        put_properties(&blob, interface, port);
        put_u32(out, (uint32_t)blob.len + 48);
        put_u32(out, (uint32_t)blob.len + 48);
        put_octets(out, "MEOW\4\0\0\0", 8);
        put_com_id(out, 0x1a3);
        put_com_id(out, 0x339);
        put_u32(out, 0);
        put_u32(out, (uint32_t)blob.len + 8);
        put_octets(out, blob.data, blob.len);
        rpc_stub_free(&blob);
    }
    put_u32(out, hresult);
}

static void put_blob(struct rpc_stub *out, uint32_t referent, const void *octets, size_t len)
{
    put_u32(out, (uint32_t)len);
    put_u32(out, octets != NULL ? referent : 0);
    if (octets == NULL)
        return;
    put_u32(out, (uint32_t)len);
    put_octets(out, octets, len);
}

void rpc_write_pong(struct rpc_stub *out, uint32_t hresult)
{
    put_zeros(out, 8); /* ORPCTHAT */
    put_u32(out, hresult);
}

void rpc_write_property(struct rpc_stub *out, const char *text, struct rpc_bytes octets,
                        uint32_t hresult)
{
    struct rpc_stub wide = {NULL, 0, 0};
    size_t units = text != NULL ? strlen(text) + 1 : 0;

    for (size_t i = 0; i < units; i++)
        put_u16(&wide, (uint8_t)text[i]);
    put_zeros(out, 8); /* ORPCTHAT */
    if (hresult != 0)
        put_blob(out, 0, NULL, 0);
    else if (text != NULL)
        put_blob(out, 0x20000, wide.data, wide.len);
    else
        put_blob(out, 0x20000, octets.data, octets.len);
    put_u32(out, hresult);
    rpc_stub_free(&wide);
}

void rpc_write_answer(struct rpc_stub *out, enum rpc_interface interface,
                      const struct rpc_answer *answer)
{
    uint8_t text[2 * sizeof(answer->message)];
    size_t len = 0;

    do {
        text[2 * len] = (uint8_t)answer->message[len];
        text[2 * len + 1] = 0;
    } while (answer->message[len++] != '\0');
    if (interface != RPC_ICPR)
        put_zeros(out, 8); /* ORPCTHAT */
    put_u32(out, answer->request_id);
    put_u32(out, answer->disposition);
    put_blob(out, 0x20000, answer->chain, answer->chain_len);
    put_blob(out, 0x20004, answer->cert, answer->cert_len);
    put_blob(out, 0x20008, text, 2 * len);
    put_u32(out, answer->result);
}
