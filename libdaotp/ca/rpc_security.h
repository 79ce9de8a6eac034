/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The security context of one RPC connection: Kerberos in DCE style, by SPNEGO or bare, with header
 * signing and privacy (MS-RPCE 2.2.1.1.7, 3.3.1.5.2). GSSAPI is known to rpc_gss.c. No I/O: the
 * ticket is in the cache before, so GSSAPI asks no KDC.
 */
#ifndef DAOTP_CA_RPC_SECURITY_H
#define DAOTP_CA_RPC_SECURITY_H

#include "core/report.h"

typedef struct daotp__rpc_security daotp__rpc_security;

typedef struct daotp__rpc_security_spec {
    uint8_t type;          /* DAOTP__RPC_AUTH_SPNEGO or DAOTP__RPC_AUTH_KERBEROS */
    const char *cache;     /* libkrb5's name */
    const char *principal; /* host/FQDN@REALM */
    const char *subject;   /* for the findings */
} daotp__rpc_security_spec;

/* The parts of a fragment (MS-RPCE 2.2.2.11): header and trailer are signed, the stub is sealed in
 * place, the token is written or checked. */
typedef struct daotp__rpc_parts {
    uint8_t *header, *stub, *trailer, *token;
    size_t header_len, stub_len, trailer_len, token_len;
} daotp__rpc_parts;

daotp_status daotp__rpc_security_new(const daotp__rpc_security_spec *spec, daotp_report *report,
                                     daotp__rpc_security **security);
void daotp__rpc_security_free(daotp__rpc_security *security);
/* One leg of the handshake: the peer's token (none at first), and ours into out, which may stay
 * empty. When the context is complete its properties were checked. */
daotp_status daotp__rpc_security_advance(daotp__rpc_security *security, daotp__bytes token,
                                         daotp__buffer *out, daotp_report *report);
bool daotp__rpc_security_is_complete(const daotp__rpc_security *security);
/* The length of the token of a sealed fragment with so long a stub; 0 when it cannot be told. It is
 * asked before sealing, since the token covers the lengths in the header. */
size_t daotp__rpc_security_token_len(const daotp__rpc_security *security, size_t stub_len);
bool daotp__rpc_security_seal(daotp__rpc_security *security, const daotp__rpc_parts *parts);
/* false: the seal is wrong, or the fragment is not confidential. */
bool daotp__rpc_security_unseal(daotp__rpc_security *security, const daotp__rpc_parts *parts);

#endif
