/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/chain.h"

#include "core/alloc.h"
#include "core/array.h"
#include "x509/ber.h"
#include "x509/cms.h"
#include "x509/pem.h"
#include "x509/text_form.h"

void daotp__chain_init(daotp__chain *chain, size_t max)
{
    *chain = (daotp__chain){.max = max};
}

void daotp__chain_cut(daotp__chain *chain, size_t count)
{
    while (chain->count > count)
        daotp__delete((uint8_t *)chain->list[--chain->count].data);
}

void daotp__chain_free(daotp__chain *chain)
{
    daotp__chain_cut(chain, 0);
    daotp__delete(chain->list);
    daotp__chain_init(chain, chain->max);
}

daotp_status daotp__certificate_refuse(daotp__bytes der, const daotp__pem_reader *reader,
                                       const char *subject, daotp_report *report)
{
    char text[DAOTP__FAULT_TEXT];
    daotp_finding_number number;
    daotp__fault fault;

    if (daotp__cms_is_content_info(der))
        (void)daotp__signed_data_find_fault(der, &fault);
    else
        (void)daotp__certificate_find_fault(der, &fault);
    (void)daotp__fault_describe(&fault, text);
    number = fault.limit > 0 ? DAOTP_FINDING_LIMIT_SIZE : DAOTP_FINDING_CERT_DER;
    return reader != NULL ? daotp__pem_refuse(reader, number, subject, text, report)
                          : daotp__report_add(report, number, 0, subject, "%s", text);
}

daotp_status daotp__chain_add(daotp__chain *chain, daotp__bytes der, const char *subject,
                              daotp_report *report)
{
    daotp__certificate certificate;
    daotp__bytes *list;
    uint8_t *copy;

    if (chain->count == chain->max)
        return daotp__report_add(report, DAOTP_FINDING_LIMIT_SIZE, 0, subject,
                                 "more than %zu certificates", chain->max);
    if (!(chain->are_anchors ? daotp__certificate_read_anchor(der, &certificate)
                             : daotp__certificate_read(der, &certificate)))
        return daotp__certificate_refuse(der, NULL, subject, report);
    list = daotp__array_reserve(chain->list, chain->count, &chain->capacity, sizeof *list);
    if (list == NULL)
        return daotp__report_status(report, DAOTP_MEMORY);
    chain->list = list;
    copy = daotp__bytes_copy(der.data, der.len);
    if (copy == NULL)
        return daotp__report_status(report, DAOTP_MEMORY);
    chain->list[chain->count++] = (daotp__bytes){copy, der.len};
    return DAOTP_OK;
}

/* The certificates of a PKCS#7 (RFC 2315 9.1), as a bundle of them is often kept: nothing else in
 * it is looked at. */
static bool find_bundle(daotp__bytes in, daotp__bytes *certificates)
{
    daotp__bytes oid, skipped;

    return daotp__der_only(in, DAOTP__DER_SEQUENCE, &in) && daotp__der_read_oid(&in, &oid) &&
           daotp__oid_is(oid, DAOTP__OID_SIGNED_DATA) &&
           daotp__der_only(in, DAOTP__DER_CONTEXT_CONSTRUCTED(0), &in) &&
           daotp__der_only(in, DAOTP__DER_SEQUENCE, &in) &&
           daotp__der_read_integer(&in, &skipped) &&
           daotp__der_read(&in, DAOTP__DER_SET, &skipped) &&
           daotp__der_read(&in, DAOTP__DER_SEQUENCE, &skipped) &&
           daotp__der_read(&in, DAOTP__DER_CONTEXT_CONSTRUCTED(0), certificates);
}

static daotp_status add_bundle(daotp__chain *chain, daotp__bytes certificates, const char *subject,
                               daotp_report *report)
{
    daotp_status status = DAOTP_OK;
    daotp__der_item one;

    while (status == DAOTP_OK && certificates.len > 0) {
        if (!daotp__der_next(&certificates, &one))
            return daotp__report_add(report, DAOTP_FINDING_CERT_DER, 0, subject, "PKCS#7");
        status = daotp__chain_add(chain, one.whole, subject, report);
    }
    return status;
}

static daotp_status add_der(daotp__chain *chain, daotp__bytes in, const char *subject,
                            daotp_report *report)
{
    daotp__bytes certificates;
    daotp_status status;
    daotp__buffer der;

    if (find_bundle(in, &certificates))
        return add_bundle(chain, certificates, subject, report);
    daotp__buffer_init(&der, DAOTP__MAX_FILE);
    if (daotp__ber_cms_read(in, &der) && find_bundle(daotp__buffer_bytes(&der), &certificates))
        status = add_bundle(chain, certificates, subject, report);
    else
        status = der.failed == DAOTP_MEMORY ? daotp__report_status(report, DAOTP_MEMORY)
                                            : daotp__chain_add(chain, in, subject, report);
    daotp__buffer_free(&der);
    return status;
}

/* Keys, parameters and requests often stand in one file with certificates. */
static bool is_chain_passed_over(const daotp__pem_reader *reader)
{
    static const char *const ends[] = {"PRIVATE KEY", "PUBLIC KEY", "PARAMETERS",
                                       "CERTIFICATE REQUEST"};

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (daotp__pem_has_label_end(reader, ends[i]))
            return true;
    return false;
}

static bool is_certificates(const daotp__pem_reader *reader)
{
    static const char *const labels[] = {"CERTIFICATE", "X509 CERTIFICATE", "PKCS7",
                                         "PKCS #7 SIGNED DATA", "CMS"};

    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
        if (daotp__pem_has_label(reader, labels[i]))
            return true;
    return false;
}

/* The block's place goes with a finding about it. */
static daotp_status add_block(daotp__chain *chain, const daotp__pem_reader *reader,
                              daotp__bytes der, const char *subject, daotp_report *report)
{
    daotp_status status;

    if (!is_certificates(reader))
        return daotp__pem_refuse(
            reader, chain->count > 0 ? DAOTP_FINDING_CERT_DER : DAOTP_FINDING_TRUST_EMPTY, subject,
            "it is labelled as no certificate", report);
    status = add_der(chain, der, subject, NULL);
    if (status == DAOTP_MEMORY)
        return daotp__report_status(report, status);
    if (status != DAOTP_OK && chain->count < chain->max)
        return daotp__certificate_refuse(der, reader, subject, report);
    return status == DAOTP_OK ? status : add_der(chain, der, subject, report);
}

/* The content of a block that is passed over, a private key perhaps, is not decoded. */
static daotp_status next_block(daotp__pem_reader *reader, daotp__buffer *der)
{
    daotp__pem_reader look = *reader;
    daotp_status status = daotp__pem_read(&look, NULL);

    if (status == DAOTP_OK && !is_chain_passed_over(&look))
        return daotp__pem_read(reader, der);
    *reader = look;
    return status;
}

static daotp_status read_pem(daotp__chain *chain, daotp__bytes in, const char *subject,
                             daotp_report *report)
{
    daotp__pem_reader reader;
    daotp_status status;
    daotp__buffer der;

    daotp__pem_begin(&reader, in);
    daotp__buffer_init(&der, DAOTP__MAX_FILE);
    while ((status = next_block(&reader, &der)) == DAOTP_OK) {
        if (is_chain_passed_over(&reader))
            continue;
        status = add_block(chain, &reader, daotp__buffer_bytes(&der), subject, report);
        if (status != DAOTP_OK)
            break;
    }
    daotp__buffer_free(&der);
    if (status == DAOTP_PEER && reader.fault != NULL)
        return daotp__pem_refuse(&reader, DAOTP_FINDING_CERT_DER, subject, NULL, report);
    if (status == DAOTP_REJECTED) /* no further block */
        return DAOTP_OK;
    return daotp__report_status(report, status);
}

static daotp_status read_der(daotp__chain *chain, daotp__bytes in, const char *subject,
                             daotp_report *report)
{
    size_t first = daotp__der_first_len(in);

    if (first > 0 && first < in.len)
        return daotp__report_add(report, DAOTP_FINDING_CERT_DER, 0, subject,
                                 "%zu octets stand behind the first structure, from octet %zu on",
                                 in.len - first, first);
    return add_der(chain, in, subject, report);
}

daotp_status daotp__chain_read(daotp__chain *chain, daotp__bytes in, const char *subject,
                               daotp_report *report)
{
    size_t before = chain->count;
    daotp__text_form form;
    daotp_status status = daotp__text_form_read(&form, in, DAOTP__MAX_FILE, false);

    if (status == DAOTP_OK)
        status = daotp__pem_is(form.bytes) ? read_pem(chain, form.bytes, subject, report)
                                           : read_der(chain, form.bytes, subject, report);
    else if (status == DAOTP_PEER)
        status = daotp__report_add(report, DAOTP_FINDING_CERT_DER, 0, subject, "%s", form.fault);
    if (status == DAOTP_OK && chain->count == before)
        status = daotp__report_add(report, DAOTP_FINDING_TRUST_EMPTY, 0, subject, "no certificate");
    daotp__text_form_free(&form);
    return daotp__report_status(report, status);
}

void daotp__chain_write_pem(const daotp__chain *chain, daotp__buffer *out)
{
    for (size_t i = 0; i < chain->count; i++)
        daotp__pem_write(out, "CERTIFICATE", chain->list[i]);
}
