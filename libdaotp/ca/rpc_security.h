/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The security context of one RPC connection: Kerberos in DCE style, with or without SPNEGO, with
 * header signing and privacy (MS-RPCE 2.2.1.1.7, 3.3.1.5.2). Only rpc_gss.c calls GSSAPI. No I/O:
 * the ticket is in the cache already, so GSSAPI contacts no KDC.
 */
#ifndef DAOTP_CA_RPC_SECURITY_H
#define DAOTP_CA_RPC_SECURITY_H

#include "core/report.h"

typedef struct daotp__rpc_security daotp__rpc_security;

typedef struct daotp__rpc_security_spec {
    uint8_t type;          /* DAOTP__RPC_AUTH_SPNEGO or DAOTP__RPC_AUTH_KERBEROS */
    const char *cache;     /* its name for libkrb5 */
    const char *principal; /* host/FQDN@REALM */
    const char *subject;   /* of the findings */
} daotp__rpc_security_spec;

/* The parts of a fragment (MS-RPCE 2.2.2.11). Header and trailer are signed, the stub is sealed
 * or unsealed in place, and the token is written or checked. */
typedef struct daotp__rpc_parts {
    uint8_t *header, *stub, *trailer, *token;
    size_t header_len, stub_len, trailer_len, token_len;
} daotp__rpc_parts;

daotp_status daotp__rpc_security_new(const daotp__rpc_security_spec *spec, daotp_report *report,
                                     daotp__rpc_security **security);
void daotp__rpc_security_free(daotp__rpc_security *security);
/* One step of the handshake. token: the peer's; empty in the first step. out: receives our
 * token, possibly empty. When the context is complete, its properties have been checked. */
daotp_status daotp__rpc_security_advance(daotp__rpc_security *security, daotp__bytes token,
                                         daotp__buffer *out, daotp_report *report);
bool daotp__rpc_security_is_complete(const daotp__rpc_security *security);
/* The length of the token of a sealed fragment with a stub of stub_len octets; 0 on failure. It
 * is needed before sealing, because the token covers the lengths in the header. */
size_t daotp__rpc_security_token_len(const daotp__rpc_security *security, size_t stub_len);
bool daotp__rpc_security_seal(daotp__rpc_security *security, const daotp__rpc_parts *parts);
/* Returns false when the token is wrong, or the fragment is not confidential. */
bool daotp__rpc_security_unseal(daotp__rpc_security *security, const daotp__rpc_parts *parts);

#endif
