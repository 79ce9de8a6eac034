/* SPDX-License-Identifier: BSD-2-Clause */
#include "ca/rpc_pdu.h"

#include <string.h>

enum { LENGTH_AT = 8, RESPONSE_HEADER = 8 };

static uint16_t u16_at(const uint8_t *octets)
{
    return (uint16_t)(octets[0] | octets[1] << 8);
}

bool daotp__rpc_missing(daotp__bytes in, size_t max, size_t *missing, const char **why)
{
    size_t len;

    *missing = DAOTP__RPC_HEADER - in.len;
    if (in.len < DAOTP__RPC_HEADER)
        return true;
    *missing = 0;
    len = u16_at(in.data + LENGTH_AT);
    if (len < DAOTP__RPC_HEADER || len < in.len) {
        *why = "a fragment shorter than its header";
        return false;
    }
    if (len > max) {
        *why = "a fragment longer than was offered";
        return false;
    }
    *missing = len - in.len;
    return true;
}

/* Version 5.0 or 5.1; integers little-endian, characters ASCII, floating point IEEE. */
static bool is_known_header(daotp__bytes in)
{
    static const uint8_t representation[] = {0x10, 0, 0, 0};

    return in.data[0] == 5 && in.data[1] <= 1 &&
           memcmp(in.data + 4, representation, sizeof representation) == 0;
}

/* Security trailer and token are the last parts of the PDU. */
static bool read_auth(daotp__bytes in, size_t token_len, daotp__rpc_pdu *pdu, const char **why)
{
    const uint8_t *trailer;

    if (token_len == 0)
        return true;
    if (token_len + DAOTP__RPC_TRAILER > in.len - DAOTP__RPC_HEADER) {
        *why = "a token longer than its fragment";
        return false;
    }
    pdu->trailer = in.len - token_len - DAOTP__RPC_TRAILER;
    trailer = in.data + pdu->trailer;
    pdu->has_auth = true;
    pdu->auth.type = trailer[0];
    pdu->auth.level = trailer[1];
    pdu->auth.padding = trailer[2];
    pdu->auth.context_id = (uint32_t)u16_at(trailer + 4) | (uint32_t)u16_at(trailer + 6) << 16;
    pdu->auth.token = (daotp__bytes){trailer + DAOTP__RPC_TRAILER, token_len};
    pdu->body.len = pdu->trailer - DAOTP__RPC_HEADER;
    if (pdu->auth.padding > pdu->body.len) {
        *why = "more padding than the fragment holds";
        return false;
    }
    return true;
}

bool daotp__rpc_pdu_read(daotp__bytes in, daotp__rpc_pdu *pdu, const char **why)
{
    *pdu = (daotp__rpc_pdu){.whole = in};
    if (in.len < DAOTP__RPC_HEADER || in.len != u16_at(in.data + LENGTH_AT)) {
        *why = "a fragment of another length than it states";
        return false;
    }
    if (!is_known_header(in)) {
        *why = "another version of RPC, or another data representation";
        return false;
    }
    pdu->type = in.data[2];
    pdu->flags = in.data[3];
    pdu->call_id = (uint32_t)u16_at(in.data + 12) | (uint32_t)u16_at(in.data + 14) << 16;
    pdu->body = (daotp__bytes){in.data + DAOTP__RPC_HEADER, in.len - DAOTP__RPC_HEADER};
    return read_auth(in, u16_at(in.data + 10), pdu, why);
}

static bool read_result(daotp__ndr *body, daotp__rpc_ack *ack)
{
    daotp__bytes uuid;
    uint32_t count = daotp__ndr_u32(body) & 0xFF; /* followed by three reserved octets */

    if (count != 1)
        return false;
    ack->result = daotp__ndr_u16(body);
    ack->reason = daotp__ndr_u16(body);
    uuid = daotp__ndr_octets(body, DAOTP__UUID_OCTETS);
    ack->is_ndr32 =
        daotp__bytes_equal(uuid, (daotp__bytes){daotp__rpc_ndr32.uuid, DAOTP__UUID_OCTETS}) &&
        daotp__ndr_u32(body) == daotp__rpc_ndr32.major;
    return !body->failed;
}

bool daotp__rpc_ack_read(const daotp__rpc_pdu *pdu, daotp__rpc_ack *ack, const char **why)
{
    daotp__ndr body = {.in = pdu->body};
    uint16_t address;

    *ack = (daotp__rpc_ack){.result = 0};
    (void)daotp__ndr_u16(&body); /* the longest PDU that the server sends */
    ack->max_receive = daotp__ndr_u16(&body);
    ack->assoc_group = daotp__ndr_u32(&body);
    address = daotp__ndr_u16(&body);
    (void)daotp__ndr_octets(&body,
                            address); /* the secondary address: not authenticated, and not used */
    if (read_result(&body, ack))
        return true;
    *why = "an answer to bind that does not hold one result";
    return false;
}

uint16_t daotp__rpc_nak_reason(const daotp__rpc_pdu *pdu)
{
    daotp__ndr body = {.in = pdu->body};

    return daotp__ndr_u16(&body);
}

bool daotp__rpc_fault_read(const daotp__rpc_pdu *pdu, uint32_t *code, const char **why)
{
    daotp__ndr body = {.in = pdu->body};

    (void)daotp__ndr_octets(&body, RESPONSE_HEADER);
    *code = daotp__ndr_u32(&body);
    *why = "a fault without a number";
    return !body.failed;
}

bool daotp__rpc_response_read(const daotp__rpc_pdu *pdu, uint16_t *context, daotp__bytes *stub,
                              const char **why)
{
    if (pdu->body.len < RESPONSE_HEADER || pdu->auth.padding > pdu->body.len - RESPONSE_HEADER) {
        *why = "a response shorter than its header and padding";
        return false;
    }
    *context = u16_at(pdu->body.data + 4);
    *stub = (daotp__bytes){pdu->body.data + RESPONSE_HEADER, pdu->body.len - RESPONSE_HEADER};
    return true;
}
