/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmc_answer.h"

#include "x509/certificate.h"
#include "x509/derw.h"

#include <string.h>

static void put_ber_length(daotp__buffer *out, size_t len, bool is_long)
{
    if (!is_long && len < 0x80) {
        daotp__buffer_byte(out, (uint8_t)len);
        return;
    }
    daotp__buffer_byte(out, is_long ? 0x86 : 0x83); /* with leading zeros */
    for (int shift = is_long ? 40 : 16; shift >= 0; shift -= 8)
        daotp__buffer_byte(out, (uint8_t)((uint64_t)len >> shift));
}

static void put_pieces(daotp__buffer *out, daotp__bytes content, bool nested)
{
    size_t half = content.len / 2;

    daotp__buffer_text(out, "\x24\x80");
    if (nested) {
        daotp__buffer_text(out, "\x24\x80");
        put_pieces(out, (daotp__bytes){content.data, half}, false);
        daotp__buffer_add(out, "\0\0", 2);
    } else {
        daotp__derw_item(out, DAOTP__DER_OCTET_STRING, content.data, half);
    }
    daotp__derw_item(out, DAOTP__DER_OCTET_STRING, NULL, 0);
    daotp__derw_item(out, DAOTP__DER_OCTET_STRING, content.data + half, content.len - half);
    daotp__buffer_add(out, "\0\0", 2);
}

static bool is_certificate(daotp__bytes whole)
{
    daotp__certificate ignored;

    return daotp__certificate_read(whole, &ignored);
}

void cmc_answer_ber(daotp__buffer *out, daotp__bytes in, const ber_style *style)
{
    daotp__der_item item;

    while (in.len > 0) {
        daotp__buffer inner;

        assert_true(daotp__der_next(&in, &item));
        if (is_certificate(item.whole) && !style->certificates_too) {
            daotp__derw_raw(out, item.whole);
            continue;
        }
        if (item.tag == DAOTP__DER_OCTET_STRING && style->pieces) {
            put_pieces(out, item.content, style->nested_pieces);
            continue;
        }
        daotp__buffer_byte(out, item.tag);
        if ((item.tag & 0x20) == 0) {
            put_ber_length(out, item.content.len, style->long_lengths);
            daotp__derw_raw(out, item.content);
            continue;
        }
        daotp__buffer_init(&inner, DAOTP__MAX_FILE);
        cmc_answer_ber(&inner, item.content, style);
        if (style->indefinite)
            daotp__buffer_byte(out, 0x80);
        else
            put_ber_length(out, inner.len, style->long_lengths);
        daotp__derw_raw(out, daotp__buffer_bytes(&inner));
        if (style->indefinite)
            daotp__buffer_add(out, "\0\0", 2);
        daotp__buffer_free(&inner);
    }
}

static void put_pend_info(daotp__buffer *out, const cmc_answer *answer)
{
    size_t mark = daotp__derw_begin(
        out, answer->is_pending_tagged ? DAOTP__DER_CONTEXT_CONSTRUCTED(0) : DAOTP__DER_SEQUENCE);

    daotp__derw_item(out, DAOTP__DER_OCTET_STRING, answer->pend_token, strlen(answer->pend_token));
    daotp__derw_item(out, DAOTP__DER_GENERALIZED_TIME, "20300101000000Z", 15);
    daotp__derw_end(out, mark);
}

/* failInfoOID, failInfoValue */
static void put_extended(daotp__buffer *out, const cmc_answer *answer)
{
    uint8_t tag = answer->extended_tag != 0 ? (uint8_t)answer->extended_tag : DAOTP__DER_SEQUENCE;
    size_t mark = daotp__derw_begin(out, tag);

    daotp__derw_oid(out, daotp__oid(DAOTP__OID_SIGNED_DATA));
    daotp__buffer_text(out, answer->extended);
    daotp__derw_end(out, mark);
}

static void put_status(daotp__buffer *out, const cmc_answer *answer, unsigned id, int status)
{
    size_t control = daotp__derw_begin(out, DAOTP__DER_SEQUENCE), set, info, list;

    daotp__derw_unsigned(out, id);
    daotp__derw_oid(out, daotp__oid(answer->is_v2 ? DAOTP__OID_CMC_STATUS_INFO_V2
                                                  : DAOTP__OID_CMC_STATUS_INFO));
    set = daotp__derw_begin(out, DAOTP__DER_SET);
    info = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
    daotp__derw_unsigned(out, (uint32_t)status);
    list = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
    daotp__derw_unsigned(out, 1);
    daotp__derw_end(out, list);
    if (status != 0 && answer->text != NULL)
        daotp__derw_item(out, DAOTP__DER_UTF8_STRING, answer->text, strlen(answer->text));
    if (status != 0 && answer->fail_info >= 0)
        daotp__derw_unsigned(out, (uint32_t)answer->fail_info);
    if (status != 0 && answer->pend_token != NULL)
        put_pend_info(out, answer);
    if (status != 0 && answer->extended != NULL)
        put_extended(out, answer);
    if (status != 0 && answer->fail_info_octets.len > 0)
        daotp__derw_item(out, DAOTP__DER_INTEGER, answer->fail_info_octets.data,
                         answer->fail_info_octets.len);
    daotp__derw_end(out, info);
    daotp__derw_end(out, set);
    daotp__derw_end(out, control);
}

static void put_response(daotp__buffer *out, const cmc_answer *answer)
{
    size_t whole = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
    size_t controls = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);

    if (answer->has_success_before)
        put_status(out, answer, 1, 0);
    if (answer->status >= 0)
        put_status(out, answer, 2, answer->status);
    daotp__derw_end(out, controls);
    daotp__derw_item(out, DAOTP__DER_SEQUENCE, NULL, 0); /* cmsSequence */
    daotp__derw_item(out, DAOTP__DER_SEQUENCE, NULL, 0); /* otherMsgSequence */
    daotp__derw_end(out, whole);
}

static void put_content(daotp__buffer *out, const cmc_answer *answer)
{
    enum daotp__oid type =
        answer->content_type != 0 ? answer->content_type : DAOTP__OID_PKI_RESPONSE;
    size_t encap = daotp__derw_begin(out, DAOTP__DER_SEQUENCE), tagged;
    daotp__buffer content;

    daotp__buffer_init(&content, 1 << 16);
    put_response(&content, answer);
    daotp__derw_oid(out, daotp__oid(type));
    tagged = daotp__derw_begin(out, DAOTP__DER_CONTEXT_CONSTRUCTED(0));
    daotp__derw_item(out, DAOTP__DER_OCTET_STRING, content.data, content.len);
    daotp__derw_end(out, tagged);
    daotp__derw_end(out, encap);
    daotp__buffer_free(&content);
}

void cmc_answer_write(daotp__buffer *out, const cmc_answer *answer)
{
    size_t info = daotp__derw_begin(out, DAOTP__DER_SEQUENCE), tagged, data;

    daotp__derw_oid(out, daotp__oid(DAOTP__OID_SIGNED_DATA));
    tagged = daotp__derw_begin(out, DAOTP__DER_CONTEXT_CONSTRUCTED(0));
    data = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
    daotp__derw_unsigned(out, 3);
    daotp__derw_item(out, DAOTP__DER_SET, NULL, 0);
    put_content(out, answer);
    if (answer->certificates.len > 0)
        daotp__derw_item(out, DAOTP__DER_CONTEXT_CONSTRUCTED(0), answer->certificates.data,
                         answer->certificates.len);
    daotp__derw_item(out, DAOTP__DER_SET, NULL, 0);
    daotp__derw_end(out, data);
    daotp__derw_end(out, tagged);
    daotp__derw_end(out, info);
}
