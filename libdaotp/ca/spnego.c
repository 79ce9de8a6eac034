/* SPDX-License-Identifier: BSD-2-Clause */
#include "ca/spnego.h"

#include "x509/der.h"
#include "x509/derw.h"

static const daotp__bytes spnego_oid = {(const uint8_t *)"\x2b\x06\x01\x05\x05\x02", 6};

enum {
    INITIAL_CONTEXT_TOKEN = 0x60, /* RFC 2743 3.1 */
    NEG_TOKEN_INIT = DAOTP__DER_CONTEXT_CONSTRUCTED(0),
    NEG_TOKEN_RESP = DAOTP__DER_CONTEXT_CONSTRUCTED(1),
    MECH_TYPES = DAOTP__DER_CONTEXT_CONSTRUCTED(0),
    NEG_STATE = DAOTP__DER_CONTEXT_CONSTRUCTED(0),
    SUPPORTED_MECH = DAOTP__DER_CONTEXT_CONSTRUCTED(1),
    RESPONSE_TOKEN = DAOTP__DER_CONTEXT_CONSTRUCTED(2),
    MECH_LIST_MIC = DAOTP__DER_CONTEXT_CONSTRUCTED(3)
};

bool daotp__spnego_read_mechanisms(daotp__bytes token, daotp__bytes *mechanisms)
{
    daotp__bytes in, oid, choice, fields, list;

    return daotp__der_only(token, INITIAL_CONTEXT_TOKEN, &in) && daotp__der_read_oid(&in, &oid) &&
           daotp__bytes_equal(oid, spnego_oid) && daotp__der_only(in, NEG_TOKEN_INIT, &choice) &&
           daotp__der_only(choice, DAOTP__DER_SEQUENCE, &fields) &&
           daotp__der_read(&fields, MECH_TYPES, &list) &&
           daotp__der_read_whole(&list, DAOTP__DER_SEQUENCE, mechanisms) && list.len == 0;
}

/* [n] OCTET STRING, OPTIONAL */
static bool read_optional_octets(daotp__bytes *fields, uint8_t tag, daotp__bytes *octets)
{
    daotp__bytes explicit;

    *octets = (daotp__bytes){NULL, 0};
    if (!daotp__der_peek(fields, tag))
        return true;
    return daotp__der_read(fields, tag, &explicit) &&
           daotp__der_only(explicit, DAOTP__DER_OCTET_STRING, octets);
}

bool daotp__spnego_read_response(daotp__bytes token, daotp__spnego_response *response)
{
    daotp__bytes choice, fields, explicit, state, inner;

    if (!daotp__der_only(token, NEG_TOKEN_RESP, &choice) ||
        !daotp__der_only(choice, DAOTP__DER_SEQUENCE, &fields) ||
        !daotp__der_read(&fields, NEG_STATE, &explicit) ||
        !daotp__der_only(explicit, DAOTP__DER_ENUMERATED, &state) || state.len != 1)
        return false;
    response->state = state.data[0];
    if (daotp__der_peek(&fields, SUPPORTED_MECH) &&
        !daotp__der_read(&fields, SUPPORTED_MECH, &explicit))
        return false;
    return read_optional_octets(&fields, RESPONSE_TOKEN, &inner) &&
           read_optional_octets(&fields, MECH_LIST_MIC, &response->mic) && fields.len == 0;
}

void daotp__spnego_write_mic(daotp__bytes mic, daotp__buffer *out)
{
    static const uint8_t state[] = {DAOTP__SPNEGO_ACCEPT_COMPLETED};
    size_t choice = daotp__derw_begin(out, NEG_TOKEN_RESP);
    size_t fields = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
    size_t explicit = daotp__derw_begin(out, NEG_STATE);

    daotp__derw_item(out, DAOTP__DER_ENUMERATED, state, sizeof state);
    daotp__derw_end(out, explicit);
    explicit = daotp__derw_begin(out, MECH_LIST_MIC);
    daotp__derw_item(out, DAOTP__DER_OCTET_STRING, mic.data, mic.len);
    daotp__derw_end(out, explicit);
    daotp__derw_end(out, fields);
    daotp__derw_end(out, choice);
}
