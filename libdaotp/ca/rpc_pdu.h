/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PDUs of connection-oriented DCE/RPC (C706 chapter 12, MS-RPCE 2.2.2): what a client sends and
 * reads. Bytes in, bytes out. Nothing is allocated by what a peer states.
 */
#ifndef DAOTP_CA_RPC_PDU_H
#define DAOTP_CA_RPC_PDU_H

#include "ca/ndr.h"

enum {
    DAOTP__RPC_REQUEST = 0,
    DAOTP__RPC_RESPONSE = 2,
    DAOTP__RPC_FAULT = 3,
    DAOTP__RPC_BIND = 11,
    DAOTP__RPC_BIND_ACK = 12,
    DAOTP__RPC_BIND_NAK = 13,
    DAOTP__RPC_ALTER = 14,
    DAOTP__RPC_ALTER_RESPONSE = 15,
    DAOTP__RPC_AUTH3 = 16,

    DAOTP__RPC_FIRST = 0x01,
    DAOTP__RPC_LAST = 0x02,
    DAOTP__RPC_HEADER_SIGNING = 0x04, /* bind and alter_context, and their answers */
    DAOTP__RPC_DID_NOT_EXECUTE = 0x20,
    DAOTP__RPC_OBJECT = 0x80,

    DAOTP__RPC_HEADER = 16,
    DAOTP__RPC_REQUEST_HEADER = 24, /* without the object UUID */
    DAOTP__RPC_TRAILER = 8,
    DAOTP__RPC_PADDING = 16, /* of a sealed stub: MS-RPCE 2.2.2.11 */

    DAOTP__RPC_AUTH_SPNEGO = 9,
    DAOTP__RPC_AUTH_KERBEROS = 16,
    DAOTP__RPC_PRIVACY = 6
};

/* An interface or transfer syntax: the UUID as on the wire, and its version. */
typedef struct daotp__rpc_syntax {
    uint8_t uuid[DAOTP__UUID_OCTETS];
    uint16_t major, minor;
} daotp__rpc_syntax;

extern const daotp__rpc_syntax daotp__rpc_ndr32;

/* A token with the trailer in front of it (MS-RPCE 2.2.2.11). type 0: none. */
typedef struct daotp__rpc_auth {
    uint8_t type, level, padding;
    uint32_t context_id;
    daotp__bytes token;
} daotp__rpc_auth;

/* bind or alter_context with one presentation context, number 0, of NDR 32. */
typedef struct daotp__rpc_bind {
    uint8_t type;
    uint32_t call_id, assoc_group;
    const daotp__rpc_syntax *interface;
    uint16_t max_fragment;
    daotp__rpc_auth auth;
} daotp__rpc_bind;

void daotp__rpc_bind_write(const daotp__rpc_bind *bind, daotp__buffer *out);
void daotp__rpc_auth3_write(uint32_t call_id, const daotp__rpc_auth *auth, daotp__buffer *out);

/* One fragment of a request, presentation context 0. */
typedef struct daotp__rpc_request {
    uint32_t call_id, alloc_hint;
    uint8_t flags; /* first, last */
    uint16_t opnum;
    const uint8_t *object; /* UUID, or NULL */
    daotp__bytes stub;
    daotp__rpc_auth auth; /* token.len alone counts: room for so many octets is left at the end */
} daotp__rpc_request;

/* Where things stand in a fragment: header, stub with padding, trailer, token, each behind the
 * other. Without a trailer the last two are empty. */
typedef struct daotp__rpc_layout {
    size_t header, stub, trailer, token;
} daotp__rpc_layout;

void daotp__rpc_request_write(const daotp__rpc_request *request, daotp__buffer *out,
                              daotp__rpc_layout *layout);
/* The longest stub of one fragment; of any but the last a multiple of 16. 0: none fits. */
size_t daotp__rpc_request_room(uint16_t max_fragment, bool has_object, size_t token_len);

/* ---- reading --------------------------------------------------------------------------------- */

/* How many octets are missing until the PDU is whole; 0 when it is. false: this is no PDU, or one
 * of more than max octets: why is then a static text. */
bool daotp__rpc_missing(daotp__bytes in, size_t max, size_t *missing, const char **why);

typedef struct daotp__rpc_pdu {
    uint8_t type, flags;
    uint32_t call_id;
    daotp__bytes whole;
    daotp__bytes body; /* from the header of 16 to the trailer, its padding included */
    bool has_auth;
    daotp__rpc_auth auth;
    size_t trailer; /* where it begins */
} daotp__rpc_pdu;

/* Views into in. false: why is then a static text. */
bool daotp__rpc_pdu_read(daotp__bytes in, daotp__rpc_pdu *pdu, const char **why);

typedef struct daotp__rpc_ack {
    uint16_t max_receive; /* the longest PDU that the server takes */
    uint32_t assoc_group;
    uint16_t result, reason; /* of our presentation context */
    bool is_ndr32;
} daotp__rpc_ack;

/* bind_ack or alter_context_resp. */
bool daotp__rpc_ack_read(const daotp__rpc_pdu *pdu, daotp__rpc_ack *ack, const char **why);
/* The reason of a bind_nak; 0, not specified, where it has none. */
uint16_t daotp__rpc_nak_reason(const daotp__rpc_pdu *pdu);
/* The number of a fault. */
bool daotp__rpc_fault_read(const daotp__rpc_pdu *pdu, uint32_t *code, const char **why);
/* The stub of a response with its padding, and its presentation context. */
bool daotp__rpc_response_read(const daotp__rpc_pdu *pdu, uint16_t *context, daotp__bytes *stub,
                              const char **why);

#endif
