/* SPDX-License-Identifier: BSD-2-Clause */
/* The calls to a CA. With a certificate request: ICertPassage::CertServerRequest (MS-ICPR
 * 3.2.4.1.1), ICertRequestD::Request and ICertRequestD2::Request2 (MS-WCCE 3.2.1.4.2.1,
 * 3.2.1.4.3.1). Without a request: Ping and GetCAProperty. No I/O. */
#ifndef DAOTP_CA_CERT_CALL_H
#define DAOTP_CA_CERT_CALL_H

#include "ca/rpc_pdu.h"

enum {
    DAOTP__ICPR_REQUEST_OPNUM = 0,
    DAOTP__DCOM_REQUEST_OPNUM = 3,
    DAOTP__DCOM_PING_OPNUM = 5,
    DAOTP__DCOM_REQUEST2_OPNUM = 6,
    DAOTP__DCOM_PROPERTY_OPNUM = 7,

    DAOTP__CERT_PKCS10 = 0x100, /* dwFlags, RequestType */
    DAOTP__CERT_CMC = 0x400,
    DAOTP__CERT_FULL_RESPONSE = 0x40000, /* only for Request2 */

    DAOTP__CERT_ISSUED = 3, /* pdwDisposition */
    DAOTP__CERT_PENDING = 5
};

extern const daotp__rpc_syntax daotp__icpr_interface;
extern const daotp__rpc_syntax daotp__cert_request_interface, daotp__cert_request2_interface;
extern const uint8_t daotp__cert_request_class[DAOTP__UUID_OCTETS];

typedef struct daotp__cert_call {
    uint32_t flags;
    const char *authority;    /* the CA's name */
    uint32_t request_id;      /* the number of a pending request; 0: a new request */
    daotp__bytes request;     /* only of a new request */
    const uint8_t *causality; /* DCOM: 16 random octets */
} daotp__cert_call;

void daotp__icpr_request_write(const daotp__cert_call *call, daotp__buffer *stub);
void daotp__dcom_request_write(const daotp__cert_call *call, daotp__buffer *stub);
void daotp__dcom_request2_write(const daotp__cert_call *call, daotp__buffer *stub);

/* The answer, which is the same for the three calls. The blobs are views into the stub; an
 * absent blob is empty. */
typedef struct daotp__cert_answer {
    uint32_t request_id, disposition;
    daotp__bytes chain;       /* certs-only SignedData, or the CMC full response */
    daotp__bytes certificate; /* DER */
    daotp__bytes message;     /* UTF-16LE */
    uint32_t result;          /* HRESULT of the call itself */
} daotp__cert_answer;

/* Read the answer from a stub. is_dcom: the stub begins with an ORPCTHAT. Returns false when it
 * is malformed; *why is then a static text. */
bool daotp__cert_answer_read(daotp__bytes stub, bool is_dcom, daotp__cert_answer *answer,
                             const char **why);

/* ICertRequestD::Ping (MS-WCCE 3.2.1.4.2.3) asks whether the host has a CA of this name.
 * *result: the HRESULT. false and *why as above. */
void daotp__dcom_ping_write(const daotp__cert_call *call, daotp__buffer *stub);
bool daotp__dcom_ping_read(daotp__bytes stub, uint32_t *result, const char **why);

/* ICertRequestD2::GetCAProperty (MS-WCCE 3.2.1.4.3.2). */
typedef enum daotp__property_type {
    DAOTP__PROPERTY_LONG = 1,
    DAOTP__PROPERTY_BINARY = 3,
    DAOTP__PROPERTY_STRING = 4
} daotp__property_type;

typedef struct daotp__property_question {
    uint32_t id, index;
    daotp__property_type type;
} daotp__property_question;

/* An empty authority means the CA of that host, whatever its name. */
void daotp__property_write(const daotp__cert_call *call, const daotp__property_question *question,
                           daotp__buffer *stub);
/* *value: a view into the stub; empty if there is no value. *result: the HRESULT. false and *why
 * as above. */
bool daotp__property_read(daotp__bytes stub, daotp__bytes *value, uint32_t *result,
                          const char **why);

#endif
