/* SPDX-License-Identifier: BSD-2-Clause */
#include "request/cmc_response.h"

#include "core/alloc.h"
#include "core/hex.h"
#include "core/utf8.h"
#include "x509/ber.h"

#include <string.h>

void daotp__cmc_response_init(daotp__cmc_response *response)
{
    *response = (daotp__cmc_response){.fail_info = DAOTP__CMC_NO_FAIL_INFO};
}

void daotp__cmc_response_free(daotp__cmc_response *response)
{
    daotp__delete(response->text);
    daotp__delete(response->pend_token);
    daotp__cmc_response_init(response);
}

/* The fields of CMCStatusInfo, RFC 5272 6.1.2, and of CMCStatusInfoV2, 6.1.1. */
typedef struct status_info {
    uint32_t status, fail_info;
    daotp__bytes text, pend_token;
} status_info;

/* otherInfo is a CHOICE: failInfo, pendInfo (in V2 [0]), extendedFailInfo ([1], V2). One that
 * cannot be read takes nothing from the status. */
static void read_other_info(daotp__bytes in, status_info *info)
{
    daotp__bytes pending;

    if (daotp__der_peek(&in, DAOTP__DER_INTEGER)) {
        if (!daotp__der_read_unsigned(&in, &info->fail_info))
            info->fail_info = DAOTP__CMC_NO_FAIL_INFO;
        return;
    }
    if (!daotp__der_read(&in, DAOTP__DER_SEQUENCE, &pending) &&
        !daotp__der_read(&in, DAOTP__DER_CONTEXT_CONSTRUCTED(0), &pending))
        return;
    if (daotp__der_peek(&pending, DAOTP__DER_SEQUENCE) &&
        !daotp__der_read(&pending, DAOTP__DER_SEQUENCE, &pending))
        return;
    if (!daotp__der_read(&pending, DAOTP__DER_OCTET_STRING, &info->pend_token))
        info->pend_token = (daotp__bytes){NULL, 0};
}

static bool read_status_info(daotp__bytes values, status_info *info)
{
    daotp__bytes in, body_list;

    *info = (status_info){.fail_info = DAOTP__CMC_NO_FAIL_INFO};
    if (!daotp__der_read(&values, DAOTP__DER_SEQUENCE, &in) ||
        !daotp__der_read_unsigned(&in, &info->status) ||
        !daotp__der_read(&in, DAOTP__DER_SEQUENCE, &body_list))
        return false;
    if (daotp__der_peek(&in, DAOTP__DER_UTF8_STRING) &&
        !daotp__der_read(&in, DAOTP__DER_UTF8_STRING, &info->text))
        return true;
    if (in.len > 0)
        read_other_info(in, info);
    return true;
}

static char *copy_plain(daotp__bytes bytes)
{
    char *text = daotp__text_copy_n((const char *)bytes.data, bytes.len);

    if (text != NULL)
        daotp__utf8_make_plain(text);
    return text;
}

/* RFC 5272 6.1.1: the token is opaque. Windows and others put the request's number in it. */
static char *pend_token_text(daotp__bytes token)
{
    daotp__buffer hex;
    char *text;

    if (token.len > DAOTP__MAX_PEND_TOKEN)
        token.len = DAOTP__MAX_PEND_TOKEN;
    if (daotp__utf8_printable((const char *)token.data, token.len))
        return copy_plain(token);
    daotp__buffer_init(&hex, 2 * DAOTP__MAX_PEND_TOKEN + 2);
    daotp__hex_write(&hex, token);
    text = daotp__text_copy(daotp__buffer_string(&hex));
    daotp__buffer_free(&hex);
    return text;
}

static daotp_status keep_status(const status_info *info, daotp__cmc_response *response)
{
    if (response->has_status && response->status != DAOTP__CMC_SUCCESS)
        return DAOTP_OK;
    daotp__cmc_response_free(response);
    response->has_status = true;
    response->status = info->status;
    response->fail_info = info->fail_info;
    if (info->text.len > 0 && (response->text = copy_plain(info->text)) == NULL)
        return DAOTP_MEMORY;
    if (info->pend_token.len > 0 &&
        (response->pend_token = pend_token_text(info->pend_token)) == NULL)
        return DAOTP_MEMORY;
    return DAOTP_OK;
}

static bool is_status_control(daotp__bytes oid)
{
    return daotp__oid_is(oid, DAOTP__OID_CMC_STATUS_INFO) ||
           daotp__oid_is(oid, DAOTP__OID_CMC_STATUS_INFO_V2);
}

/* PKIResponse: controlSequence, cmsSequence, otherMsgSequence (RFC 5272 3.2.2). */
static daotp_status take_controls(daotp__bytes content, daotp__cmc_response *response)
{
    daotp__bytes in, controls, control, oid, values;
    daotp_status status = DAOTP_OK;
    status_info info;
    uint32_t id;

    if (!daotp__der_only(content, DAOTP__DER_SEQUENCE, &in) ||
        !daotp__der_read(&in, DAOTP__DER_SEQUENCE, &controls))
        return DAOTP_OK;
    while (status == DAOTP_OK && daotp__der_read(&controls, DAOTP__DER_SEQUENCE, &control))
        if (daotp__der_read_unsigned(&control, &id) && daotp__der_read_oid(&control, &oid) &&
            is_status_control(oid) && daotp__der_only(control, DAOTP__DER_SET, &values) &&
            read_status_info(values, &info))
            status = keep_status(&info, response);
    return status;
}

daotp_status daotp__cmc_response_take(const daotp__signed_data *data, daotp__cmc_response *response)
{
    daotp_status status;
    daotp__buffer der;

    if (!daotp__oid_is(data->content_type, DAOTP__OID_PKI_RESPONSE) || data->content.data == NULL)
        return DAOTP_OK;
    daotp__buffer_init(&der, DAOTP__MAX_SOAP_MESSAGE);
    if (daotp__ber_read(data->content, &der))
        status = take_controls(daotp__buffer_bytes(&der), response);
    else
        status = der.failed == DAOTP_MEMORY ? DAOTP_MEMORY : DAOTP_OK;
    daotp__buffer_free(&der);
    return status;
}

daotp_status daotp__cmc_response_read(daotp__bytes in, daotp__cmc_response *response)
{
    daotp__signed_data data;
    daotp_status status = DAOTP_OK;
    daotp__buffer der;

    daotp__buffer_init(&der, DAOTP__MAX_SOAP_MESSAGE);
    if (daotp__ber_cms_read(in, &der) && daotp__signed_data_read(daotp__buffer_bytes(&der), &data))
        status = daotp__cmc_response_take(&data, response);
    else if (der.failed == DAOTP_MEMORY)
        status = DAOTP_MEMORY;
    daotp__buffer_free(&der);
    return status;
}

bool daotp__cmc_is_pending(const daotp__cmc_response *response)
{
    return response->has_status && response->status == DAOTP__CMC_PENDING;
}

bool daotp__cmc_is_refused(const daotp__cmc_response *response)
{
    return response->has_status && response->status != DAOTP__CMC_SUCCESS &&
           response->status != DAOTP__CMC_PENDING;
}

const char *daotp__cmc_status_name(uint32_t status)
{
    static const char *const names[] = {"success",   "unknown",         "failed",      "pending",
                                        "noSupport", "confirmRequired", "popRequired", "partial"};

    return status < sizeof names / sizeof names[0] ? names[status] : "unknown";
}

const char *daotp__cmc_fail_name(uint32_t fail_info)
{
    static const char *const names[] = {
        "badAlg",         "badMessageCheck", "badRequest",  "badTime",     "badCertId",
        "unsupportedExt", "mustArchiveKeys", "badIdentity", "popRequired", "popFailed",
        "noKeyReuse",     "internalCAError", "tryLater",    "authDataFail"};

    if (fail_info == DAOTP__CMC_NO_FAIL_INFO)
        return "";
    return fail_info < sizeof names / sizeof names[0] ? names[fail_info] : "unknown";
}
