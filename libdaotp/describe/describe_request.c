/* SPDX-License-Identifier: BSD-2-Clause */
/* PKCS#10 requests, CMC requests and answers, PKCS#7. */
#include "describe/parts.h"

#include "request/cmc_response.h"
#include "x509/ber.h"

#include <string.h>

bool daotp__describe_csr(daotp__describer *to, daotp__bytes der)
{
    daotp__csr csr;

    if (!daotp__csr_read(der, &csr))
        return false;
    daotp__outline_open(to->out, "PKCS#10 certificate request");
    daotp__outline_line(to->out, "size", "%zu bytes", der.len);
    daotp__describe_name(to, "subject", csr.subject);
    daotp__describe_key(to, csr.spki);
    daotp__describe_algorithm(to, "signed with", &csr.algorithm);
    daotp__outline_line(to->out, "own signature", "%s",
                        daotp__csr_verify(&csr) ? "verifies" : "DOES NOT VERIFY");
    if (csr.os_version.len > 0)
        daotp__outline_text(to->out, "OS version", (const char *)csr.os_version.data,
                            csr.os_version.len);
    if (csr.has_client_info)
        daotp__describe_client_info(to, &csr.client_info);
    if (csr.csp_provider.len > 0)
        daotp__outline_line(to->out, "CSP provider", "named");
    if (csr.has_renewal)
        daotp__outline_line(to->out, "renewal certificate", "present");
    if (csr.has_name_value_pair)
        daotp__outline_line(to->out, "name-value pairs", "present");
    daotp__outline_open(to->out, "requested extensions");
    daotp__describe_extensions(to, &csr.extensions);
    daotp__outline_close(to->out);
    daotp__outline_close(to->out);
    return true;
}

static void describe_pki_data(daotp__describer *to, daotp__bytes content)
{
    daotp__pki_data data;

    if (!daotp__pki_data_read(content, &data)) {
        daotp__outline_line(to->out, "PKIData", "malformed");
        return;
    }
    daotp__outline_open(to->out, "PKIData");
    daotp__outline_line(to->out, "controls", "%zu%s", data.control_count,
                        data.other_controls ? ", some unknown" : "");
    if (data.has_client_info)
        daotp__describe_client_info(to, &data.client_info);
    daotp__outline_line(to->out, "requests", "%zu", data.request_count);
    if (data.request.data != NULL && !daotp__describe_csr(to, data.request))
        daotp__outline_line(to->out, "request", "malformed");
    daotp__outline_close(to->out);
}

static void describe_fail_info(daotp__describer *to, uint32_t fail_info)
{
    const char *reason = daotp__cmc_fail_name(fail_info);

    if (*reason == '\0')
        return;
    if (fail_info >= 0x80000000U)
        daotp__outline_line(to->out, "reason", "0x%08X", (unsigned)fail_info);
    else
        daotp__outline_line(to->out, "reason", "%s (%u)", reason, (unsigned)fail_info);
    daotp__outline_line(to->out, "meaning", "%s", daotp__cmc_fail_meaning(fail_info));
}

static void describe_optional_text(daotp__describer *to, const char *label, const char *text)
{
    if (text != NULL)
        daotp__outline_text(to->out, label, text, strlen(text));
}

/* Describe a CA's response to a CMC request. */
static void describe_pki_response(daotp__describer *to, const daotp__signed_data *cms)
{
    daotp__cmc_response response;

    daotp__cmc_response_init(&response);
    daotp__describe_note_memory(to, daotp__cmc_response_take(cms, &response));
    if (response.has_status)
        daotp__outline_line(to->out, "CMC status", "%s (%u)",
                            daotp__cmc_status_name(response.status), (unsigned)response.status);
    describe_fail_info(to, response.fail_info);
    describe_optional_text(to, "extendedFailInfo", response.extended);
    describe_optional_text(to, "text", response.text);
    describe_optional_text(to, "token to ask with", response.pend_token);
    if (response.has_pend_time)
        daotp__describe_time(to, "ask again from (pendTime)", response.pend_time);
    daotp__cmc_response_free(&response);
}

static void describe_signer(daotp__describer *to, const daotp__signed_data *cms,
                            const daotp__signer *signer)
{
    bool none = signer->signature_algorithm.known == DAOTP__OID_NO_SIGNATURE;
    daotp__certificate certificate;

    daotp__outline_open(to->out, none ? "signer without signature" : "signer");
    if (signer->key_id.data != NULL)
        daotp__describe_hex(to, "key identifier", signer->key_id);
    else
        daotp__describe_name(to, "issuer", signer->issuer);
    if (signer->serial.len > 0)
        daotp__describe_hex(to, "serial", signer->serial);
    daotp__describe_algorithm(to, "digest", &signer->digest);
    daotp__describe_algorithm(to, "signature", &signer->signature_algorithm);
    daotp__outline_line(to->out, "attributes", "%s",
                        daotp__signer_attributes_fit(cms, signer) ? "fit the content"
                                                                  : "DO NOT FIT the content");
    if (none)
        daotp__outline_line(to->out, "hash", "%s",
                            daotp__signer_is_no_signature(signer) ? "right" : "WRONG");
    else if (!daotp__signer_certificate(cms, signer, &certificate))
        daotp__outline_line(to->out, "certificate", "not in the message");
    else
        daotp__outline_line(to->out, "signature value", "%s",
                            daotp__signer_verify(signer, certificate.spki) ? "verifies"
                                                                           : "DOES NOT VERIFY");
    daotp__outline_close(to->out);
}

static bool describe_strict_cms(daotp__describer *to, daotp__bytes der)
{
    daotp__signed_data cms;
    char text[DAOTP__OID_TEXT];
    bool request;

    if (!daotp__signed_data_read(der, &cms))
        return false;
    request = daotp__oid_is(cms.content_type, DAOTP__OID_PKI_DATA);
    daotp__outline_open(to->out, request ? "CMC signed request" : "CMS signed data");
    daotp__outline_line(to->out, "size", "%zu bytes", der.len);
    daotp__outline_line(to->out, "content", "%s", daotp__oid_describe(cms.content_type, text));
    if (request && cms.content.data != NULL)
        describe_pki_data(to, cms.content);
    describe_pki_response(to, &cms);
    for (size_t i = 0; i < cms.signer_count; i++)
        describe_signer(to, &cms, &cms.signers[i]);
    for (size_t i = 0; i < cms.certificate_count; i++)
        if (!daotp__describe_certificate(to, cms.certificates[i]))
            daotp__outline_line(to->out, "certificate", "malformed");
    daotp__outline_close(to->out);
    return true;
}

/* In DER, or in BER as RFC 5652 allows. */
bool daotp__describe_cms(daotp__describer *to, daotp__bytes in)
{
    daotp__buffer der;
    bool ok;

    if (describe_strict_cms(to, in))
        return true;
    daotp__buffer_init(&der, DAOTP__MAX_FILE);
    ok = daotp__ber_cms_read(in, &der) && describe_strict_cms(to, daotp__buffer_bytes(&der));
    daotp__describe_note_memory(to, der.failed);
    daotp__buffer_free(&der);
    return ok;
}

bool daotp__describe_der(daotp__describer *to, daotp__bytes der)
{
    return daotp__describe_certificate(to, der) || daotp__describe_csr(to, der) ||
           daotp__describe_cms(to, der) || daotp__describe_crl(to, der) ||
           daotp__describe_ocsp(to, der) || daotp__describe_ocsp_request(to, der) ||
           daotp__describe_pkcs12(to, der) || daotp__describe_key_file(to, der);
}
