/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/ocsp_request.h"

/* ---- CertID ---------------------------------------------------------------------------------- */

static bool read_hash_algorithm(daotp__bytes *in, void *into)
{
    daotp__ocsp_cert_id *asked = into;
    daotp__bytes algorithm;

    return daotp__der_read(in, DAOTP__DER_SEQUENCE, &algorithm) &&
           daotp__der_read_oid(&algorithm, &asked->hash) && daotp__der_end_or_null(algorithm);
}

static bool read_name_hash(daotp__bytes *in, void *into)
{
    daotp__ocsp_cert_id *asked = into;

    return daotp__der_read(in, DAOTP__DER_OCTET_STRING, &asked->issuer_name_hash);
}

static bool read_key_hash(daotp__bytes *in, void *into)
{
    daotp__ocsp_cert_id *asked = into;

    return daotp__der_read(in, DAOTP__DER_OCTET_STRING, &asked->issuer_key_hash);
}

static bool read_asked_serial(daotp__bytes *in, void *into)
{
    daotp__ocsp_cert_id *asked = into;

    return daotp__der_read_integer(in, &asked->serial);
}

static const daotp__field asked_fields[] = {
    {"reqCert.hashAlgorithm", read_hash_algorithm, "RFC 6960 4.1.1: an AlgorithmIdentifier"},
    {"reqCert.issuerNameHash", read_name_hash, "RFC 6960 4.1.1: an OCTET STRING"},
    {"reqCert.issuerKeyHash", read_key_hash, "RFC 6960 4.1.1: an OCTET STRING"},
    {"reqCert.serialNumber", read_asked_serial, "RFC 6960 4.1.1: an INTEGER"}};

enum { ASKED_FIELDS = sizeof asked_fields / sizeof asked_fields[0] };

static bool read_asked(daotp__bytes *requests, daotp__ocsp_cert_id *asked, daotp__fault *fault)
{
    daotp__bytes before = *requests, request, id;

    *asked = (daotp__ocsp_cert_id){.hash = {NULL, 0}};
    if (!daotp__der_read(requests, DAOTP__DER_SEQUENCE, &request) ||
        !daotp__der_read(&request, DAOTP__DER_SEQUENCE, &id))
        return daotp__fault_set(fault, "requestList", before,
                                "RFC 6960 4.1.1: a Request with its CertID");
    if (request.len > 0 && !daotp__der_peek(&request, DAOTP__DER_CONTEXT_CONSTRUCTED(0)))
        return daotp__fault_set(fault, "singleRequestExtensions", request,
                                "RFC 6960 4.1.1: [0] with Extensions");
    return daotp__fields_read(asked_fields, ASKED_FIELDS, &id, asked, fault);
}

bool daotp__ocsp_cert_id_read(daotp__bytes *requests, daotp__ocsp_cert_id *asked)
{
    return read_asked(requests, asked, NULL);
}

/* ---- TBSRequest ------------------------------------------------------------------------------ */

/* DER leaves out DEFAULT v1, but some clients write it. */
static bool read_request_version(daotp__bytes *in, void *into)
{
    daotp__bytes version;
    uint32_t number;

    (void)into;
    if (!daotp__der_peek(in, DAOTP__DER_CONTEXT_CONSTRUCTED(0)))
        return true;
    return daotp__der_read(in, DAOTP__DER_CONTEXT_CONSTRUCTED(0), &version) &&
           daotp__der_read_unsigned(&version, &number) && number == 0 && version.len == 0;
}

static bool read_requestor(daotp__bytes *in, void *into)
{
    daotp__ocsp_request *request = into;

    return !daotp__der_peek(in, DAOTP__DER_CONTEXT_CONSTRUCTED(1)) ||
           daotp__der_read(in, DAOTP__DER_CONTEXT_CONSTRUCTED(1), &request->requestor);
}

static bool read_request_list(daotp__bytes *in, void *into)
{
    daotp__ocsp_request *request = into;

    return daotp__der_read(in, DAOTP__DER_SEQUENCE, &request->requests) &&
           request->requests.len > 0;
}

static bool read_request_extensions(daotp__bytes *in, void *into)
{
    daotp__ocsp_request *request = into;

    return in->len == 0 ||
           daotp__der_read(in, DAOTP__DER_CONTEXT_CONSTRUCTED(2), &request->extensions);
}

static const daotp__field tbs_request_fields[] = {
    {"tbsRequest.version", read_request_version, "RFC 6960 4.1.1: [0] with INTEGER 0"},
    {"tbsRequest.requestorName", read_requestor, "RFC 6960 4.1.1: [1] with a GeneralName"},
    {"tbsRequest.requestList", read_request_list, "RFC 6960 4.1.1: a SEQUENCE of Requests"},
    {"tbsRequest.requestExtensions", read_request_extensions,
     "RFC 6960 4.1.1: [2] with Extensions"}};

enum { TBS_REQUEST_FIELDS = sizeof tbs_request_fields / sizeof tbs_request_fields[0] };

static bool are_requests_good(daotp__bytes requests, daotp__fault *fault)
{
    daotp__ocsp_cert_id ignored;

    while (requests.len > 0)
        if (!read_asked(&requests, &ignored, fault))
            return false;
    return true;
}

static bool read_ocsp_request(daotp__bytes der, daotp__ocsp_request *request, daotp__fault *fault)
{
    daotp__bytes in, tbs;

    *request = (daotp__ocsp_request){.is_signed = false};
    if (!daotp__der_only(der, DAOTP__DER_SEQUENCE, &in) ||
        !daotp__der_read(&in, DAOTP__DER_SEQUENCE, &tbs))
        return daotp__fault_set(fault, "OCSPRequest", der,
                                "RFC 6960 4.1.1: a SEQUENCE with tbsRequest");
    request->is_signed = in.len > 0;
    if (request->is_signed && !daotp__der_peek(&in, DAOTP__DER_CONTEXT_CONSTRUCTED(0)))
        return daotp__fault_set(fault, "optionalSignature", in,
                                "RFC 6960 4.1.1: [0] with a Signature");
    return daotp__fields_read(tbs_request_fields, TBS_REQUEST_FIELDS, &tbs, request, fault) &&
           are_requests_good(request->requests, fault);
}

bool daotp__ocsp_request_read(daotp__bytes der, daotp__ocsp_request *request)
{
    return read_ocsp_request(der, request, NULL);
}

bool daotp__ocsp_request_find_fault(daotp__bytes der, daotp__fault *fault)
{
    daotp__ocsp_request ignored;

    *fault = (daotp__fault){.whole = der};
    return !read_ocsp_request(der, &ignored, fault);
}
