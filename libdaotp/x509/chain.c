/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/chain.h"

#include "core/alloc.h"
#include "core/array.h"
#include "x509/ber.h"
#include "x509/bundle.h"
#include "x509/cms.h"

void daotp__chain_init(daotp__chain *chain, size_t max)
{
    *chain = (daotp__chain){.max = max};
}

void daotp__chain_truncate(daotp__chain *chain, size_t count)
{
    while (chain->count > count)
        daotp__delete((uint8_t *)chain->list[--chain->count].data);
}

void daotp__chain_free(daotp__chain *chain)
{
    daotp__chain_truncate(chain, 0);
    daotp__delete(chain->list);
    daotp__chain_init(chain, chain->max);
}

daotp_status daotp__certificate_refuse(daotp__bytes der, const daotp__pem_reader *reader,
                                       const char *subject, daotp_report *report)
{
    daotp__fault fault;

    if (daotp__cms_is_content_info(der) && !daotp__signed_data_find_fault(der, &fault))
        (void)daotp__fault_set(&fault, "SignedData.certificates", der,
                               "RFC 5652 5.1: [0] with certificates; there is none");
    else if (!daotp__cms_is_content_info(der))
        (void)daotp__certificate_find_fault(der, &fault);
    return daotp__bundle_refuse(&fault, reader, DAOTP_FINDING_CERT_DER, subject, report);
}

static daotp_status refuse_or_skip(const daotp__chain *chain, daotp__bytes der,
                                   const daotp__pem_reader *reader, const char *subject,
                                   daotp_report *report)
{
    size_t findings = daotp_report_get_count(report);
    daotp_status status = daotp__certificate_refuse(der, reader, subject, report);

    if (!chain->skips_unreadable || status != DAOTP_PEER)
        return status;
    if (report != NULL)
        daotp__report_downgrade_errors(report, findings);
    return DAOTP_OK;
}

/* reader: the PEM block that holds it, or NULL */
static daotp_status add_certificate(daotp__chain *chain, daotp__bytes der,
                                    const daotp__pem_reader *reader, const char *subject,
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
        return refuse_or_skip(chain, der, reader, subject, report);
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

daotp_status daotp__chain_add(daotp__chain *chain, daotp__bytes der, const char *subject,
                              daotp_report *report)
{
    return add_certificate(chain, der, NULL, subject, report);
}

/* Find the certificates of a PKCS#7 SignedData (RFC 2315 9.1), which often serves as a file for
 * several certificates. The other fields are not checked. */
static bool find_pkcs7_certificates(daotp__bytes in, daotp__bytes *certificates)
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

static daotp_status refuse_pkcs7(daotp__bytes in, daotp__bytes certificates,
                                 const daotp__pem_reader *reader, const char *subject,
                                 daotp_report *report)
{
    daotp__fault fault = {.whole = in};

    (void)daotp__fault_set(&fault, "SignedData.certificates", certificates,
                           "RFC 2315 9.1: [0] with certificates, each a SEQUENCE");
    return daotp__bundle_refuse(&fault, reader, DAOTP_FINDING_CERT_DER, subject, report);
}

/* Adds each certificate of the PKCS#7. */
static daotp_status add_pkcs7(daotp__chain *chain, daotp__bytes in, daotp__bytes certificates,
                              const daotp__pem_reader *reader, const char *subject,
                              daotp_report *report)
{
    daotp_status status = DAOTP_OK;
    daotp__der_item one;

    while (status == DAOTP_OK && certificates.len > 0) {
        daotp__bytes before = certificates;

        if (!daotp__der_next(&certificates, &one))
            return refuse_pkcs7(in, before, reader, subject, report);
        if (!daotp__cms_is_other_certificate(&one))
            status = add_certificate(chain, one.whole, reader, subject, report);
    }
    return status;
}

static daotp_status add_der(daotp__chain *chain, daotp__bytes in, const daotp__pem_reader *reader,
                            const char *subject, daotp_report *report)
{
    daotp__bytes certificates;
    daotp_status status;
    daotp__buffer der;

    if (find_pkcs7_certificates(in, &certificates))
        return add_pkcs7(chain, in, certificates, reader, subject, report);
    daotp__buffer_init(&der, DAOTP__MAX_FILE);
    if (daotp__ber_cms_read(in, &der) &&
        find_pkcs7_certificates(daotp__buffer_bytes(&der), &certificates))
        status = add_pkcs7(chain, daotp__buffer_bytes(&der), certificates, reader, subject, report);
    else
        status = der.failed == DAOTP_MEMORY ? daotp__report_status(report, DAOTP_MEMORY)
                                            : add_certificate(chain, in, reader, subject, report);
    daotp__buffer_free(&der);
    return status;
}

/* Keys, parameters and requests are often in one file with certificates. */
static bool is_other_block(const daotp__pem_reader *reader)
{
    static const char *const ends[] = {"PRIVATE KEY", "PUBLIC KEY", "PARAMETERS",
                                       "CERTIFICATE REQUEST"};

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (daotp__pem_has_label_end(reader, ends[i]))
            return true;
    return false;
}

bool daotp__chain_is_block(const daotp__pem_reader *reader)
{
    static const char *const labels[] = {"CERTIFICATE", "X509 CERTIFICATE", "PKCS7",
                                         "PKCS #7 SIGNED DATA", "CMS"};

    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
        if (daotp__pem_has_label(reader, labels[i]))
            return true;
    return false;
}

static daotp_status add_block(void *into, daotp__bytes der, const daotp__pem_reader *reader,
                              const char *subject, daotp_report *report)
{
    daotp__chain *chain = into;

    if (reader != NULL && !daotp__chain_is_block(reader))
        return daotp__pem_refuse(
            reader, chain->count > 0 ? DAOTP_FINDING_CERT_DER : DAOTP_FINDING_TRUST_EMPTY, subject,
            "it is labelled as no certificate", report);
    return add_der(chain, der, reader, subject, report);
}

daotp_status daotp__chain_read(daotp__chain *chain, daotp__bytes in, const char *subject,
                               daotp_report *report)
{
    static const daotp__bundle_kind kind = {DAOTP_FINDING_CERT_DER, DAOTP__MAX_FILE, is_other_block,
                                            add_block};
    size_t before = chain->count, findings = daotp_report_get_count(report);
    daotp_status status = daotp__bundle_read(&kind, chain, in, subject, report);

    if (status == DAOTP_PEER && chain->skips_unreadable && chain->count > before) {
        if (report != NULL)
            daotp__report_downgrade_errors(report, findings);
        status = DAOTP_OK;
    }
    if (status == DAOTP_OK && chain->count == before)
        status = daotp__report_add(report, DAOTP_FINDING_TRUST_EMPTY, 0, subject, "no certificate");
    return daotp__report_status(report, status);
}

daotp_status daotp__chain_copy_pem(const daotp__chain *chain, char **pem, size_t *len)
{
    daotp__buffer out;

    if (pem == NULL || len == NULL)
        return DAOTP_USAGE;
    *pem = NULL;
    *len = 0;
    if (chain == NULL)
        return DAOTP_USAGE;
    daotp__buffer_init(&out, DAOTP__MAX_FILE);
    for (size_t i = 0; i < chain->count; i++)
        daotp__pem_write(&out, "CERTIFICATE", chain->list[i]);
    *pem = (char *)daotp__buffer_take(&out, len);
    daotp__buffer_free(&out);
    return *pem != NULL ? DAOTP_OK : DAOTP_MEMORY;
}
