/* SPDX-License-Identifier: BSD-2-Clause */
#include "request/cmc.h"
#include "x509/derw.h"

enum { REQUEST_ID = 1, CONTROL_ID = 2 }; /* the body part numbers that Windows uses */

/* CMC_ADD_ATTRIBUTES: to this PKIData (0), for the request, the client info attribute */
static void write_control(daotp__buffer *out, const daotp__client_info *info)
{
    size_t control = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
    size_t values, add, references, set, attribute, value;

    daotp__derw_unsigned(out, CONTROL_ID);
    daotp__derw_oid(out, daotp__oid(DAOTP__OID_CMC_ADD_ATTRIBUTES));
    values = daotp__derw_begin(out, DAOTP__DER_SET);
    add = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
    daotp__derw_unsigned(out, 0);
    references = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
    daotp__derw_unsigned(out, REQUEST_ID);
    daotp__derw_end(out, references);
    set = daotp__derw_begin(out, DAOTP__DER_SET);
    attribute = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
    daotp__derw_oid(out, daotp__oid(DAOTP__OID_CLIENT_INFO));
    value = daotp__derw_begin(out, DAOTP__DER_SET);
    daotp__client_info_write(out, info);
    daotp__derw_end(out, value);
    daotp__derw_end(out, attribute);
    daotp__derw_end(out, set);
    daotp__derw_end(out, add);
    daotp__derw_end(out, values);
    daotp__derw_end(out, control);
}

daotp_status daotp__pki_data_write(daotp__bytes csr, const daotp__client_info *client_info,
                                   daotp__buffer *out)
{
    size_t data = daotp__derw_begin(out, DAOTP__DER_SEQUENCE), list, tagged;

    list = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
    if (client_info != NULL)
        write_control(out, client_info);
    daotp__derw_end(out, list);
    list = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
    tagged = daotp__derw_begin(out, DAOTP__DER_CONTEXT_CONSTRUCTED(0));
    daotp__derw_unsigned(out, REQUEST_ID);
    daotp__derw_raw(out, csr);
    daotp__derw_end(out, tagged);
    daotp__derw_end(out, list);
    daotp__derw_item(out, DAOTP__DER_SEQUENCE, NULL, 0); /* cmsSequence */
    daotp__derw_item(out, DAOTP__DER_SEQUENCE, NULL, 0); /* otherMsgSequence */
    daotp__derw_end(out, data);
    return out->failed;
}

daotp_status daotp__cmc_write(daotp__bytes csr, const daotp__client_info *client_info,
                              daotp__hash hash, const daotp_key *key, const daotp__certificate *ra,
                              daotp__buffer *out, daotp_report *report)
{
    daotp__buffer content;
    daotp_status status;

    daotp__buffer_init(&content, DAOTP__MAX_CMC);
    status = daotp__pki_data_write(csr, client_info, &content);
    if (status == DAOTP_OK)
        status = daotp__cms_sign(daotp__oid(DAOTP__OID_PKI_DATA), daotp__buffer_bytes(&content),
                                 hash, key, ra, out, report);
    daotp__buffer_free(&content);
    return status;
}
