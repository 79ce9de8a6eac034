/* SPDX-License-Identifier: BSD-2-Clause */
#include "ca/cert_call.h"

#include "ca/dcom.h"

const daotp__rpc_syntax daotp__icpr_interface = {{0x20, 0x60, 0xae, 0x91, 0x3c, 0x9e, 0xcf, 0x11,
                                                  0x8d, 0x7c, 0x00, 0xaa, 0x00, 0xc0, 0x91, 0xbe},
                                                 0,
                                                 0};
const daotp__rpc_syntax daotp__cert_request_interface = {{0x70, 0x6e, 0x9e, 0xd9, 0x88, 0xfc, 0xd0,
                                                          0x11, 0xb4, 0x98, 0x00, 0xa0, 0xc9, 0x03,
                                                          0x12, 0xf3},
                                                         0,
                                                         0};
const daotp__rpc_syntax daotp__cert_request2_interface = {{0x3a, 0xfd, 0x22, 0x54, 0xb8, 0xd4, 0xef,
                                                           0x4c, 0xa1, 0x2e, 0xe8, 0x7d, 0x4c, 0xa2,
                                                           0x2e, 0x90},
                                                          0,
                                                          0};
const uint8_t daotp__cert_request_class[DAOTP__UUID_OCTETS] = {
    0x74, 0x6e, 0x9e, 0xd9, 0x88, 0xfc, 0xd0, 0x11, 0xb4, 0x98, 0x00, 0xa0, 0xc9, 0x03, 0x12, 0xf3};

void daotp__icpr_request_write(const daotp__cert_call *call, daotp__buffer *stub)
{
    static const uint8_t no_attributes[] = {0, 0}; /* the NUL counts for the length */
    uint32_t referent = 0;

    daotp__ndr_add_u32(stub, call->flags);
    daotp__ndr_add_string(stub, &referent, call->authority);
    daotp__ndr_add_u32(stub, call->request_id);
    daotp__ndr_add_blob(stub, &referent, (daotp__bytes){no_attributes, sizeof no_attributes});
    daotp__ndr_add_blob(stub, &referent, call->request);
}

void daotp__dcom_request_write(const daotp__cert_call *call, daotp__buffer *stub)
{
    uint32_t referent = 0;

    daotp__orpc_this_write(call->causality, stub);
    daotp__ndr_add_u32(stub, call->flags);
    daotp__ndr_add_string(stub, &referent, call->authority);
    daotp__ndr_add_u32(stub, call->request_id);
    daotp__ndr_add_u32(stub, 0); /* no attributes */
    daotp__ndr_add_blob(stub, &referent, call->request);
}

void daotp__dcom_request2_write(const daotp__cert_call *call, daotp__buffer *stub)
{
    uint32_t referent = 0;

    daotp__orpc_this_write(call->causality, stub);
    daotp__ndr_add_string(stub, &referent, call->authority);
    daotp__ndr_add_u32(stub, call->flags);
    daotp__ndr_add_u32(stub, 0); /* no serial number */
    daotp__ndr_add_u32(stub, call->request_id);
    daotp__ndr_add_u32(stub, 0); /* no attributes */
    daotp__ndr_add_blob(stub, &referent, call->request);
}

/* The pointer may be NULL, with a count of 0. */
static daotp__bytes read_blob(daotp__ndr *ndr)
{
    uint32_t len = daotp__ndr_u32(ndr), referent = daotp__ndr_u32(ndr);

    if (referent == 0 && len != 0)
        ndr->failed = true;
    if (referent == 0)
        return (daotp__bytes){NULL, 0};
    return daotp__ndr_octet_array(ndr, len);
}

bool daotp__cert_answer_read(daotp__bytes stub, bool is_dcom, daotp__cert_answer *answer,
                             const char **why)
{
    daotp__ndr ndr = {.in = stub};

    if (is_dcom)
        daotp__orpc_that_skip(&ndr);
    answer->request_id = daotp__ndr_u32(&ndr);
    answer->disposition = daotp__ndr_u32(&ndr);
    answer->chain = read_blob(&ndr);
    answer->certificate = read_blob(&ndr);
    answer->message = read_blob(&ndr);
    answer->result = daotp__ndr_u32(&ndr);
    *why = "an answer of the CA that ends too early, or contradicts itself";
    return !ndr.failed;
}

void daotp__dcom_ping_write(const daotp__cert_call *call, daotp__buffer *stub)
{
    uint32_t referent = 0;

    daotp__orpc_this_write(call->causality, stub);
    daotp__ndr_add_string(stub, &referent, call->authority);
}

bool daotp__dcom_ping_read(daotp__bytes stub, uint32_t *result, const char **why)
{
    daotp__ndr ndr = {.in = stub};

    daotp__orpc_that_skip(&ndr);
    *result = daotp__ndr_u32(&ndr);
    *why = "an answer to Ping that ends too early";
    return !ndr.failed;
}

void daotp__property_write(const daotp__cert_call *call, const daotp__property_question *question,
                           daotp__buffer *stub)
{
    uint32_t referent = 0;

    daotp__orpc_this_write(call->causality, stub);
    daotp__ndr_add_string(stub, &referent, call->authority);
    daotp__ndr_add_u32(stub, question->id);
    daotp__ndr_add_u32(stub, question->index);
    daotp__ndr_add_u32(stub, (uint32_t)question->type);
}

bool daotp__property_read(daotp__bytes stub, daotp__bytes *value, uint32_t *result,
                          const char **why)
{
    daotp__ndr ndr = {.in = stub};

    daotp__orpc_that_skip(&ndr);
    *value = read_blob(&ndr);
    *result = daotp__ndr_u32(&ndr);
    *why = "an answer to GetCAProperty that ends too early, or contradicts itself";
    return !ndr.failed;
}
