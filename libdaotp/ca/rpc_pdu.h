/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The PDUs of connection-oriented DCE/RPC (C706 chapter 12, MS-RPCE 2.2.2) that a client writes and
 * reads. No I/O. No allocation depends on a length that the peer sends.
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
    DAOTP__RPC_HEADER_SIGNING = 0x04, /* in bind, alter_context and their answers */
    DAOTP__RPC_DID_NOT_EXECUTE = 0x20,
    DAOTP__RPC_OBJECT = 0x80,

    DAOTP__RPC_HEADER = 16,
    DAOTP__RPC_REQUEST_HEADER = 24, /* without the object UUID */
    DAOTP__RPC_TRAILER = 8,
    DAOTP__RPC_PADDING = 16, /* a sealed stub is padded to this (MS-RPCE 2.2.2.11) */

    DAOTP__RPC_AUTH_SPNEGO = 9,
    DAOTP__RPC_AUTH_KERBEROS = 16,
    DAOTP__RPC_PRIVACY = 6
};

/* An interface or transfer syntax: its UUID in the byte order of the wire, and its version. */
typedef struct daotp__rpc_syntax {
    uint8_t uuid[DAOTP__UUID_OCTETS];
    uint16_t major, minor;
} daotp__rpc_syntax;

extern const daotp__rpc_syntax daotp__rpc_ndr32;

/* A security trailer and its token (MS-RPCE 2.2.2.11). type 0: no trailer. */
typedef struct daotp__rpc_auth {
    uint8_t type, level, padding;
    uint32_t context_id;
    daotp__bytes token;
} daotp__rpc_auth;

/* A bind or alter_context with one presentation context: number 0, transfer syntax NDR 32. */
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
    daotp__rpc_auth auth; /* only token.len is used: so many octets are reserved at the end */
} daotp__rpc_request;

/* The lengths of the consecutive parts of a fragment: header, stub with padding, trailer, token.
 * Without a security context the last two are 0. */
typedef struct daotp__rpc_layout {
    size_t header, stub, trailer, token;
} daotp__rpc_layout;

void daotp__rpc_request_write(const daotp__rpc_request *request, daotp__buffer *out,
                              daotp__rpc_layout *layout);
/* The longest stub of one fragment, in octets; in all fragments except the last it is a multiple
 * of 16. 0: no stub fits. */
size_t daotp__rpc_request_room(uint16_t max_fragment, bool has_object, size_t token_len);

/* ---- reading --------------------------------------------------------------------------------- */

/* The number of octets that are missing until the PDU is complete; 0 if it is. Returns false
 * when in is not a PDU, or one of more than max octets; *why is then a static text. */
bool daotp__rpc_missing(daotp__bytes in, size_t max, size_t *missing, const char **why);

typedef struct daotp__rpc_pdu {
    uint8_t type, flags;
    uint32_t call_id;
    daotp__bytes whole;
    daotp__bytes body; /* from the end of the 16-octet header to the trailer, with the padding */
    bool has_auth;
    daotp__rpc_auth auth;
    size_t trailer; /* its offset */
} daotp__rpc_pdu;

/* Read a PDU; the result holds views into in. Returns false when it is malformed; *why is then a
 * static text. The same for the functions below. */
bool daotp__rpc_pdu_read(daotp__bytes in, daotp__rpc_pdu *pdu, const char **why);

typedef struct daotp__rpc_ack {
    uint16_t max_receive; /* the longest PDU that the server accepts, in octets */
    uint32_t assoc_group;
    uint16_t result, reason; /* of our presentation context */
    bool is_ndr32;
} daotp__rpc_ack;

/* Read a bind_ack or alter_context_resp. */
bool daotp__rpc_ack_read(const daotp__rpc_pdu *pdu, daotp__rpc_ack *ack, const char **why);
/* The reason of a bind_nak; 0 (not specified) if it has none. */
uint16_t daotp__rpc_nak_reason(const daotp__rpc_pdu *pdu);
/* Read the status of a fault. */
bool daotp__rpc_fault_read(const daotp__rpc_pdu *pdu, uint32_t *code, const char **why);
/* Read the stub of a response, with its padding, and its presentation context. */
bool daotp__rpc_response_read(const daotp__rpc_pdu *pdu, uint16_t *context, daotp__bytes *stub,
                              const char **why);

#endif
