/* SPDX-License-Identifier: BSD-2-Clause */
/* The part of DCOM that one call of one object needs (MS-DCOM 2.2, 3.1.2.5.2.3.1): the headers
 * of every call, and RemoteActivation. No I/O. */
#ifndef DAOTP_CA_DCOM_H
#define DAOTP_CA_DCOM_H

#include "ca/rpc_pdu.h"

enum { DAOTP__REMOTE_ACTIVATION_OPNUM = 0, DAOTP__TOWER_TCP = 7 };

extern const daotp__rpc_syntax daotp__activation_interface;

/* ORPCTHIS; causality: 16 random octets. */
void daotp__orpc_this_write(const uint8_t *causality, daotp__buffer *stub);
/* Skip ORPCTHAT and its extensions. Malformed input sets ndr->failed. */
void daotp__orpc_that_skip(daotp__ndr *ndr);

void daotp__activation_write(const uint8_t *causality, const uint8_t *class_id,
                             const uint8_t *interface_id, daotp__buffer *stub);

typedef struct daotp__activation {
    uint32_t result; /* the HRESULT of the activation; if not 0, the other fields are not set */
    uint16_t port;   /* of the first TCP binding; the host in it is ignored */
    uint8_t ipid[DAOTP__UUID_OCTETS];
} daotp__activation;

/* Read a DUALSTRINGARRAY (MS-DCOM 2.2.19), which follows its referent. Malformed input sets
 * ndr->failed. */
void daotp__dcom_bindings_read(daotp__ndr *ndr, daotp__activation *activation);
/* Read an MInterfacePointer, which follows its referent. It must hold an OBJREF (2.2.14, 2.2.18)
 * of this interface and this object exporter (oxid). */
void daotp__dcom_object_read(daotp__ndr *ndr, const uint8_t *interface_id, uint64_t oxid,
                             daotp__activation *activation);

/* Read the answer of RemoteActivation. Returns false when it is malformed; *why is then a static
 * text. */
bool daotp__activation_read(daotp__bytes stub, const uint8_t *interface_id,
                            daotp__activation *activation, const char **why);

#endif
