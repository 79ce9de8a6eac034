/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/utf8.h"
#include "request/csr.h"
#include "x509/pem.h"
#include "x509/signature.h"
#include "x509/text_form.h"

#include <stdio.h>

static bool read_utf8(daotp__bytes *in, daotp__bytes *text)
{
    return daotp__der_read(in, DAOTP__DER_UTF8_STRING, text) &&
           daotp__utf8_valid((const char *)text->data, text->len);
}

bool daotp__client_info_read(daotp__bytes value, daotp__client_info *info)
{
    daotp__bytes in;

    return daotp__der_only(value, DAOTP__DER_SEQUENCE, &in) &&
           daotp__der_read_unsigned(&in, &info->id) && read_utf8(&in, &info->machine) &&
           read_utf8(&in, &info->user) && read_utf8(&in, &info->process) && in.len == 0;
}

static bool read_csp(daotp__bytes value, daotp__csr *csr)
{
    daotp__bytes in, bits;
    unsigned unused;
    uint32_t key_spec;

    return daotp__der_only(value, DAOTP__DER_SEQUENCE, &in) &&
           daotp__der_read_unsigned(&in, &key_spec) &&
           daotp__der_read(&in, DAOTP__DER_BMP_STRING, &csr->csp_provider) &&
           daotp__der_read_bits(&in, &bits, &unused) && in.len == 0;
}

static bool read_os_version(daotp__bytes value, daotp__csr *csr)
{
    daotp__der_item item;

    if (!daotp__der_next(&value, &item) || value.len > 0)
        return false;
    csr->os_version = item.content;
    return true;
}

/* The attributes that read_known() reads, and friendlyName (RFC 2985 5.5.1), which certmonger
 * sends: a name for the holder's own list, that no certificate gets. */
static bool is_known_attribute(daotp__bytes type)
{
    static const enum daotp__oid known[] = {
        DAOTP__OID_EXTENSION_REQUEST, DAOTP__OID_MS_CERT_EXTENSIONS, DAOTP__OID_CLIENT_INFO,
        DAOTP__OID_OS_VERSION,        DAOTP__OID_CSP_PROVIDER,       DAOTP__OID_RENEWAL_CERTIFICATE,
        DAOTP__OID_NAME_VALUE_PAIR,   DAOTP__OID_FRIENDLY_NAME};

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (daotp__oid_is(type, known[i]))
            return true;
    return false;
}

/* Was an attribute of this type read before? The two that hold extensions are one. */
static bool is_repeated(enum daotp__oid oid, const daotp__csr *csr)
{
    switch (oid) {
    case DAOTP__OID_EXTENSION_REQUEST:
    case DAOTP__OID_MS_CERT_EXTENSIONS:
        return csr->extensions.count > 0;
    case DAOTP__OID_CLIENT_INFO:
        return csr->has_client_info;
    case DAOTP__OID_OS_VERSION:
        return csr->os_version.data != NULL;
    case DAOTP__OID_CSP_PROVIDER:
        return csr->csp_provider.data != NULL;
    default:
        return false;
    }
}

/* One attribute whose value set holds exactly one value. */
static bool read_known(enum daotp__oid oid, daotp__bytes value, daotp__csr *csr)
{
    daotp__bytes list;

    switch (oid) {
    case DAOTP__OID_EXTENSION_REQUEST:
    case DAOTP__OID_MS_CERT_EXTENSIONS:
        return daotp__der_only(value, DAOTP__DER_SEQUENCE, &list) &&
               daotp__extensions_read(list, &csr->extensions);
    case DAOTP__OID_CLIENT_INFO:
        csr->has_client_info = true;
        return daotp__client_info_read(value, &csr->client_info);
    case DAOTP__OID_OS_VERSION:
        return read_os_version(value, csr);
    case DAOTP__OID_CSP_PROVIDER:
        return read_csp(value, csr);
    case DAOTP__OID_RENEWAL_CERTIFICATE:
        csr->has_renewal = true;
        return true;
    case DAOTP__OID_NAME_VALUE_PAIR:
        csr->has_name_value_pair = true;
        return true;
    default:
        return true;
    }
}

static bool read_attribute(daotp__bytes oid, daotp__bytes value, daotp__csr *csr)
{
    if (is_repeated(daotp__oid_find(oid), csr)) {
        csr->repeated = oid;
        return false;
    }
    if (!is_known_attribute(oid) && csr->unknown_attribute.len == 0)
        csr->unknown_attribute = oid;
    if (read_known(daotp__oid_find(oid), value, csr))
        return true;
    if (csr->extensions.repeated.len > 0)
        csr->repeated = csr->extensions.repeated;
    return false;
}

static bool read_attributes(daotp__bytes set, daotp__csr *csr)
{
    daotp__bytes attribute, oid, values, rest;
    daotp__der_item value;

    while (set.len > 0) {
        if (!daotp__der_read(&set, DAOTP__DER_SEQUENCE, &attribute) ||
            !daotp__der_read_oid(&attribute, &oid) ||
            !daotp__der_only(attribute, DAOTP__DER_SET, &values))
            return false;
        rest = values;
        if (!daotp__der_next(&rest, &value))
            return false;
        /* AD CS answers 0x8007000D to a second value, MS-WCCE 3.2.1.4.2.1.4.1.1 */
        if (daotp__oid_find(oid) != DAOTP__OID_NAME_VALUE_PAIR && rest.len > 0)
            return false;
        if (!read_attribute(oid, value.whole, csr))
            return false;
    }
    return true;
}

typedef struct csr_reading {
    daotp__csr *csr;
    daotp__fault *fault; /* NULL: nobody asks */
} csr_reading;

static bool read_csr_version(daotp__bytes *in, void *into)
{
    uint32_t version;

    (void)into;
    return daotp__der_read_unsigned(in, &version) && version == 0;
}

static bool read_csr_subject(daotp__bytes *in, void *into)
{
    csr_reading *r = into;

    return daotp__der_read_whole(in, DAOTP__DER_SEQUENCE, &r->csr->subject);
}

static bool read_csr_key(daotp__bytes *in, void *into)
{
    csr_reading *r = into;

    return daotp__der_read_whole(in, DAOTP__DER_SEQUENCE, &r->csr->spki);
}

static bool read_csr_attributes(daotp__bytes *in, void *into)
{
    csr_reading *r = into;
    daotp__bytes set;

    return daotp__der_read(in, DAOTP__DER_CONTEXT_CONSTRUCTED(0), &set) &&
           read_attributes(set, r->csr);
}

static const daotp__field info_fields[] = {
    {"certificationRequestInfo.version", read_csr_version, "RFC 2986 4.1: 0, which is version 1"},
    {"certificationRequestInfo.subject", read_csr_subject, "RFC 2986 4.1: a Name"},
    {"certificationRequestInfo.subjectPKInfo", read_csr_key, "RFC 2986 4.1: a SEQUENCE"},
    {"certificationRequestInfo.attributes", read_csr_attributes,
     "RFC 2986 4.1: [0] with attributes, which is there also when it is empty; each type once, "
     "with one value that is as its type has it"}};

static bool read_csr_info(daotp__bytes *in, void *into)
{
    csr_reading *r = into;
    daotp__bytes info;

    return daotp__der_read_whole(in, DAOTP__DER_SEQUENCE, &r->csr->info) &&
           daotp__der_only(r->csr->info, DAOTP__DER_SEQUENCE, &info) &&
           daotp__fields_read(info_fields, sizeof info_fields / sizeof info_fields[0], &info, r,
                              r->fault);
}

static bool read_csr_algorithm(daotp__bytes *in, void *into)
{
    csr_reading *r = into;

    return daotp__algorithm_read(in, &r->csr->algorithm);
}

static bool read_csr_signature(daotp__bytes *in, void *into)
{
    csr_reading *r = into;
    unsigned unused;

    return daotp__der_read_bits(in, &r->csr->signature, &unused) && unused == 0;
}

static const daotp__field csr_fields[] = {
    {"certificationRequestInfo", read_csr_info, "RFC 2986 4.2: a SEQUENCE"},
    {"signatureAlgorithm", read_csr_algorithm, "RFC 2986 4.2: an AlgorithmIdentifier"},
    {"signature", read_csr_signature, "RFC 2986 4.2: a BIT STRING without unused bits"}};

static bool read_csr(daotp__bytes der, csr_reading *r)
{
    daotp__csr *csr = r->csr;
    daotp__bytes in;

    csr->der = der;
    csr->extensions.count = 0;
    csr->unknown_attribute = csr->repeated = csr->extensions.repeated = (daotp__bytes){NULL, 0};
    csr->os_version = csr->csp_provider = (daotp__bytes){NULL, 0};
    csr->has_client_info = csr->has_renewal = csr->has_name_value_pair = false;
    if (r->fault != NULL)
        *r->fault = (daotp__fault){.whole = der};
    if (der.len > DAOTP__MAX_CSR && r->fault == NULL)
        return false;
    if (!daotp__der_only(der, DAOTP__DER_SEQUENCE, &in))
        return daotp__fault_set(r->fault, "CertificationRequest", der,
                                "RFC 2986 4.2: one SEQUENCE, and nothing behind it");
    if (!daotp__fields_read(csr_fields, sizeof csr_fields / sizeof csr_fields[0], &in, r, r->fault))
        return false;
    return der.len <= DAOTP__MAX_CSR ||
           daotp__fault_limit(r->fault, "CertificationRequest", DAOTP__MAX_CSR);
}

bool daotp__csr_read(daotp__bytes der, daotp__csr *csr)
{
    csr_reading r = {.csr = csr};

    return read_csr(der, &r);
}

bool daotp__csr_find_fault(daotp__bytes der, daotp__fault *fault)
{
    daotp__csr csr;
    csr_reading r = {.csr = &csr, .fault = fault};

    return !read_csr(der, &r);
}

bool daotp__csr_verify(const daotp__csr *csr)
{
    return daotp__signature_verify(csr->spki, &csr->algorithm, csr->info, csr->signature);
}

/* ---- as a file ------------------------------------------------------------------------------- */

static bool is_request_label(const daotp__pem_reader *reader)
{
    return daotp__pem_has_label(reader, "CERTIFICATE REQUEST") ||
           daotp__pem_has_label(reader, "NEW CERTIFICATE REQUEST");
}

static daotp_status load_request_block(daotp__bytes in, daotp__buffer *out,
                                       char fault[DAOTP__FAULT_TEXT])
{
    daotp__pem_reader reader, look;
    daotp_status status;
    char place[DAOTP__PEM_PLACE], text[DAOTP__PEM_FAULT];

    daotp__pem_begin(&reader, in);
    status = daotp__pem_read(&reader, out);
    look = reader;
    reader.fault_at = status == DAOTP_OK ? reader.begin : reader.fault_at;
    if (status == DAOTP_OK && !is_request_label(&reader)) {
        reader.fault = "the block is labelled as no certificate request (RFC 7468 7)";
    } else if (status == DAOTP_OK && daotp__pem_read(&look, NULL) != DAOTP_REJECTED) {
        reader.fault = "more than one block: which request is meant? (RFC 7468 7)";
        reader.fault_at = look.begin;
    } else if (status == DAOTP_OK || status == DAOTP_MEMORY) {
        return status;
    }
    (void)snprintf(fault, DAOTP__FAULT_TEXT, "%s: %s", daotp__pem_place(&reader, place),
                   daotp__pem_fault_text(&reader, text));
    return DAOTP_PEER;
}

daotp_status daotp__csr_load(daotp__bytes in, daotp__buffer *out, char fault[DAOTP__FAULT_TEXT])
{
    daotp__text_form form;
    daotp_status status = daotp__text_form_read(&form, in, 4 * DAOTP__MAX_CSR, false);

    (void)snprintf(fault, DAOTP__FAULT_TEXT, "%s", form.fault);
    daotp__buffer_clear(out);
    if (status == DAOTP_OK && daotp__pem_is(form.bytes)) {
        status = load_request_block(form.bytes, out, fault);
    } else if (status == DAOTP_OK) {
        daotp__buffer_add(out, form.bytes.data, form.bytes.len);
        (void)snprintf(fault, DAOTP__FAULT_TEXT,
                       "%zu octets: the limit for a request is %zu octets", form.bytes.len,
                       out->max);
        status = out->failed;
    }
    daotp__text_form_free(&form);
    return status;
}
