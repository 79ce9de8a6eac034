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
    daotp__delete(response->extended);
    daotp__cmc_response_init(response);
}

/* The fields of CMCStatusInfo, RFC 5272 6.1.2, and of CMCStatusInfoV2, 6.1.1. */
typedef struct status_info {
    uint32_t status, fail_info;
    daotp__bytes text, pend_token, extended_oid, extended_value;
    bool has_pend_time;
    int64_t pend_time;
} status_info;

/* A number of CMCFailInfo; or an HRESULT, which is negative as a number of 32 bits. */
static void read_fail_info(daotp__bytes in, status_info *info)
{
    daotp__bytes rest = in, number;

    if (daotp__der_read_unsigned(&rest, &info->fail_info))
        return;
    info->fail_info = DAOTP__CMC_NO_FAIL_INFO;
    if (daotp__der_read_integer(&in, &number) && number.len == 4)
        info->fail_info = (uint32_t)number.data[0] << 24 | (uint32_t)number.data[1] << 16 |
                          (uint32_t)number.data[2] << 8 | number.data[3];
}

/* PendInfo: pendToken, pendTime. */
static void read_pend_info(daotp__bytes in, status_info *info)
{
    if (daotp__der_read(&in, DAOTP__DER_OCTET_STRING, &info->pend_token))
        info->has_pend_time = daotp__der_read_time(&in, &info->pend_time);
    else
        info->pend_token = (daotp__bytes){NULL, 0};
}

/* otherInfo is a CHOICE: failInfo; pendInfo (in V2 [0] too); extendedFailInfo (in V2, [1] too),
 * which begins with an OID. One that cannot be read takes nothing from the status. */
static void read_other_info(daotp__bytes in, status_info *info)
{
    daotp__bytes fields, inner;

    if (daotp__der_peek(&in, DAOTP__DER_INTEGER)) {
        read_fail_info(in, info);
        return;
    }
    if (!daotp__der_read(&in, DAOTP__DER_SEQUENCE, &fields) &&
        !daotp__der_read(&in, DAOTP__DER_CONTEXT_CONSTRUCTED(0), &fields) &&
        !daotp__der_read(&in, DAOTP__DER_CONTEXT_CONSTRUCTED(1), &fields))
        return;
    if (daotp__der_peek(&fields, DAOTP__DER_SEQUENCE)) { /* the tag is explicit */
        if (!daotp__der_read(&fields, DAOTP__DER_SEQUENCE, &inner))
            return;
        fields = inner;
    }
    if (daotp__der_read_oid(&fields, &info->extended_oid))
        info->extended_value = fields;
    else
        read_pend_info(fields, info);
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
    text = (char *)daotp__buffer_take(&hex, NULL);
    daotp__buffer_free(&hex);
    return text;
}

static bool is_text_tag(uint8_t tag)
{
    return tag == DAOTP__DER_UTF8_STRING || tag == DAOTP__DER_PRINTABLE_STRING ||
           tag == DAOTP__DER_IA5_STRING;
}

/* failInfoValue is defined by its OID: a text and a small number are shown as such, all else in
 * hexadecimal. */
static void write_extended_value(daotp__buffer *out, daotp__bytes value)
{
    daotp__bytes rest = value;
    daotp__der_item item;
    uint32_t number;

    if (daotp__der_read_unsigned(&rest, &number) && rest.len == 0) {
        daotp__buffer_format(out, "%u", (unsigned)number);
        return;
    }
    rest = value;
    if (daotp__der_next(&rest, &item) && rest.len == 0 && is_text_tag(item.tag)) {
        daotp__buffer_add(out, item.content.data, item.content.len);
        return;
    }
    if (value.len > DAOTP__MAX_PEND_TOKEN)
        value.len = DAOTP__MAX_PEND_TOKEN;
    daotp__hex_write(out, value);
}

static char *extended_text(const status_info *info)
{
    char oid[DAOTP__OID_TEXT], *text = NULL;
    daotp__buffer out;

    daotp__buffer_init(&out, DAOTP__MAX_SOAP_MESSAGE);
    daotp__buffer_text(&out, daotp__oid_describe(info->extended_oid, oid));
    if (info->extended_value.len > 0) {
        daotp__buffer_text(&out, ": ");
        write_extended_value(&out, info->extended_value);
    }
    if (out.failed != DAOTP_MEMORY)
        text = copy_plain(daotp__buffer_bytes(&out));
    daotp__buffer_free(&out);
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
    response->has_pend_time = info->has_pend_time;
    response->pend_time = info->pend_time;
    if (info->text.len > 0 && (response->text = copy_plain(info->text)) == NULL)
        return DAOTP_MEMORY;
    if (info->pend_token.len > 0 &&
        (response->pend_token = pend_token_text(info->pend_token)) == NULL)
        return DAOTP_MEMORY;
    if (info->extended_oid.len > 0 && (response->extended = extended_text(info)) == NULL)
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

typedef struct fail_word {
    const char *name, *meaning;
} fail_word;

static const fail_word *find_fail_word(uint32_t fail_info)
{
    static const fail_word words[] = {
        {"badAlg", "the algorithm is not known or not supported"},
        {"badMessageCheck", "the integrity check of the message failed"},
        {"badRequest", "the transaction is not permitted or not supported"},
        {"badTime", "the time in the message is too far from the time of the CA"},
        {"badCertId", "no certificate fits the criteria of the request"},
        {"unsupportedExt", "the CA does not support a requested X.509 extension"},
        {"mustArchiveKeys", "the CA demands the private key, to archive it"},
        {"badIdentity", "the identity in the request did not verify"},
        {"popRequired", "the CA demands a proof of possession of the private key"},
        {"popFailed", "the proof of possession of the private key did not verify"},
        {"noKeyReuse", "the policy of the CA forbids that the key is used again"},
        {"internalCAError", "the CA failed internally"},
        {"tryLater", "the CA cannot do it now: try again later"},
        {"authDataFail", "the authenticated data did not verify"}};

    return fail_info < sizeof words / sizeof words[0] ? &words[fail_info] : NULL;
}

const char *daotp__cmc_fail_name(uint32_t fail_info)
{
    const fail_word *word = find_fail_word(fail_info);

    if (fail_info == DAOTP__CMC_NO_FAIL_INFO)
        return "";
    return word != NULL ? word->name : "unknown";
}

const char *daotp__cmc_fail_meaning(uint32_t fail_info)
{
    const fail_word *word = find_fail_word(fail_info);

    if (fail_info == DAOTP__CMC_NO_FAIL_INFO)
        return "";
    if (fail_info >= 0x80000000U)
        return "an HRESULT: daotp explain tells what it means";
    return word != NULL ? word->meaning : "RFC 5272 6.1.4 does not define this number";
}
