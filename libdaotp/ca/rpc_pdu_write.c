/* SPDX-License-Identifier: BSD-2-Clause */
#include "ca/rpc_pdu.h"

const daotp__rpc_syntax daotp__rpc_ndr32 = {{0x04, 0x5d, 0x88, 0x8a, 0xeb, 0x1c, 0xc9, 0x11, 0x9f,
                                             0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60},
                                            2,
                                            0};

/* The lengths are set at the end. */
static void begin_pdu(daotp__buffer *out, uint8_t type, uint8_t flags, uint32_t call_id)
{
    const uint8_t start[] = {5, 0, type, flags, 0x10, 0, 0, 0, 0, 0, 0, 0};

    daotp__buffer_add(out, start, sizeof start);
    daotp__ndr_add_u32(out, call_id);
}

static void end_pdu(daotp__buffer *out, size_t token_len)
{
    if (out->failed != DAOTP_OK)
        return;
    if (out->len > UINT16_MAX) {
        out->failed = DAOTP_PEER;
        return;
    }
    out->data[8] = (uint8_t)out->len;
    out->data[9] = (uint8_t)(out->len >> 8);
    out->data[10] = (uint8_t)token_len;
    out->data[11] = (uint8_t)(token_len >> 8);
}

static void add_trailer(daotp__buffer *out, const daotp__rpc_auth *auth, size_t padding)
{
    for (size_t i = 0; i < padding; i++)
        daotp__buffer_byte(out, 0);
    daotp__buffer_byte(out, auth->type);
    daotp__buffer_byte(out, auth->level);
    daotp__buffer_byte(out, (uint8_t)padding);
    daotp__buffer_byte(out, 0);
    daotp__ndr_add_u32(out, auth->context_id);
}

/* Add the padding to 4 octets, the trailer and the token of a bind, alter_context or auth3. */
static void add_token(daotp__buffer *out, const daotp__rpc_auth *auth)
{
    if (auth->type == 0)
        return;
    add_trailer(out, auth, (4 - out->len % 4) % 4);
    daotp__buffer_add(out, auth->token.data, auth->token.len);
}

static void add_syntax(daotp__buffer *out, const daotp__rpc_syntax *syntax)
{
    daotp__buffer_add(out, syntax->uuid, sizeof syntax->uuid);
    daotp__ndr_add_u16(out, syntax->major);
    daotp__ndr_add_u16(out, syntax->minor);
}

void daotp__rpc_bind_write(const daotp__rpc_bind *bind, daotp__buffer *out)
{
    uint8_t flags = DAOTP__RPC_FIRST | DAOTP__RPC_LAST;

    if (bind->auth.type != 0)
        flags |= DAOTP__RPC_HEADER_SIGNING;
    begin_pdu(out, bind->type, flags, bind->call_id);
    daotp__ndr_add_u16(out, bind->max_fragment);
    daotp__ndr_add_u16(out, bind->max_fragment);
    daotp__ndr_add_u32(out, bind->assoc_group);
    daotp__ndr_add_u32(out, 1); /* contexts */
    daotp__ndr_add_u16(out, 0); /* its number */
    daotp__ndr_add_u16(out, 1); /* transfer syntaxes */
    add_syntax(out, bind->interface);
    add_syntax(out, &daotp__rpc_ndr32);
    add_token(out, &bind->auth);
    end_pdu(out, bind->auth.token.len);
}

void daotp__rpc_auth3_write(uint32_t call_id, const daotp__rpc_auth *auth, daotp__buffer *out)
{
    begin_pdu(out, DAOTP__RPC_AUTH3, DAOTP__RPC_FIRST | DAOTP__RPC_LAST, call_id);
    daotp__ndr_add_u32(out, 0); /* the padding field that auth3 has before its trailer */
    add_token(out, auth);
    end_pdu(out, auth->token.len);
}

void daotp__rpc_request_write(const daotp__rpc_request *request, daotp__buffer *out,
                              daotp__rpc_layout *layout)
{
    size_t unpadded = request->stub.len % DAOTP__RPC_PADDING;
    uint8_t flags = request->flags;

    if (request->object != NULL)
        flags |= DAOTP__RPC_OBJECT;
    begin_pdu(out, DAOTP__RPC_REQUEST, flags, request->call_id);
    daotp__ndr_add_u32(out, request->alloc_hint);
    daotp__ndr_add_u16(out, 0); /* presentation context */
    daotp__ndr_add_u16(out, request->opnum);
    if (request->object != NULL)
        daotp__buffer_add(out, request->object, DAOTP__UUID_OCTETS);
    layout->header = out->len;
    daotp__buffer_add(out, request->stub.data, request->stub.len);
    layout->stub = out->len - layout->header;
    layout->trailer = layout->token = 0;
    if (request->auth.type != 0) {
        add_trailer(out, &request->auth, (DAOTP__RPC_PADDING - unpadded) % DAOTP__RPC_PADDING);
        layout->trailer = DAOTP__RPC_TRAILER;
        layout->stub = out->len - layout->header - layout->trailer;
        layout->token = request->auth.token.len;
        for (size_t i = 0; i < layout->token; i++)
            daotp__buffer_byte(out, 0);
    }
    end_pdu(out, layout->token);
}

size_t daotp__rpc_request_room(uint16_t max_fragment, bool has_object, size_t token_len)
{
    size_t used = DAOTP__RPC_REQUEST_HEADER + (has_object ? DAOTP__UUID_OCTETS : 0) +
                  DAOTP__RPC_TRAILER + token_len;

    if (used >= max_fragment)
        return 0;
    return (max_fragment - used) / DAOTP__RPC_PADDING * DAOTP__RPC_PADDING;
}
