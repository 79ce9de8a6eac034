/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds out what bytes are, and describes them. */
#include "describe/parts.h"

#include "x509/crl_scan.h"
#include "x509/key_form.h"
#include "x509/ocsp.h"
#include "x509/ocsp_request.h"
#include "x509/pem.h"
#include "x509/text_form.h"

#include <daotp/describe.h>
#include <stdio.h>
#include <string.h>

static void describe_part(daotp__describer *to, const char *label, daotp__bytes der)
{
    daotp__outline_open(to->out, label);
    if (!daotp__describe_der(to, der))
        daotp__outline_line(to->out, "content", "%zu bytes that are not well-formed", der.len);
    daotp__outline_close(to->out);
}

static void describe_request_message(daotp__describer *to, daotp__otpce_request *request)
{
    daotp__outline_open(to->out, "MS-OTPCE signCertRequest");
    daotp__outline_text(to->out, "user name", daotp__buffer_string(&request->user_name),
                        request->user_name.len);
    daotp__outline_line(to->out, "one-time password", "%zu bytes, not shown", request->otp.len);
    describe_part(to, "certificate request", daotp__buffer_bytes(&request->csr));
    daotp__outline_close(to->out);
}

static void describe_response_message(daotp__describer *to, const daotp__otpce_response *response)
{
    daotp__outline_open(to->out, "MS-OTPCE signCertResponse");
    daotp__outline_line(to->out, "status code", "%s", daotp__otpce_code_name(response->code));
    for (size_t i = 0; i < response->issuing_ca_count; i++)
        daotp__outline_text(to->out, "issuing CA", response->issuing_cas[i],
                            strlen(response->issuing_cas[i]));
    if (response->cmc.len > 0)
        describe_part(to, "signed request", daotp__buffer_bytes(&response->cmc));
    daotp__outline_close(to->out);
}

/* For a malformed message: whether it was meant as a request or a response. */
static bool names_a_response(daotp__bytes in)
{
    static const char name[] = "signCertResponse";

    return memmem(in.data, in.len, name, sizeof name - 1) != NULL;
}

static bool names_a_message(daotp__bytes in)
{
    static const char name[] = "signCertRe"; /* quest, sponse */

    return memmem(in.data, in.len, name, sizeof name - 1) != NULL;
}

/* Either message of MS-OTPCE; faults are reported for the one whose root element it has. */
static daotp_status describe_message(daotp__describer *to, daotp__bytes in)
{
    const bool response_meant = names_a_response(in);
    daotp__otpce_response response;
    daotp__otpce_request request;
    daotp_status status;

    daotp__otpce_response_init(&response);
    daotp__otpce_request_init(&request);
    status = daotp__otpce_response_read(in, &response, NULL);
    if (status == DAOTP_OK) {
        describe_response_message(to, &response);
    } else if (status != DAOTP_MEMORY) {
        status = daotp__otpce_request_read(in, &request, response_meant ? NULL : to->report);
        /* a request whose CSR is not even base64 is still a request */
        if (status == DAOTP_OK || status == DAOTP_REJECTED) {
            describe_request_message(to, &request);
            status = DAOTP_OK;
        } else if (response_meant && status != DAOTP_MEMORY) {
            status = daotp__otpce_response_read(in, &response, to->report);
        }
    }
    daotp__otpce_response_free(&response);
    daotp__otpce_request_free(&request);
    return status;
}

static bool is_private_key(const daotp__pem_reader *reader)
{
    return daotp__pem_has_label_end(reader, "PRIVATE KEY") &&
           daotp__key_foreign_block(reader) == NULL;
}

static bool is_described(const daotp__pem_reader *reader)
{
    static const char *const labels[] = {"CERTIFICATE",
                                         "X509 CERTIFICATE",
                                         "CERTIFICATE REQUEST",
                                         "NEW CERTIFICATE REQUEST",
                                         "PKCS7",
                                         "PKCS #7 SIGNED DATA",
                                         "CMS",
                                         "X509 CRL",
                                         "CRL",
                                         "PKCS12",
                                         "OCSP RESPONSE",
                                         "OCSP REQUEST",
                                         "PUBLIC KEY",
                                         "RSA PUBLIC KEY"};

    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
        if (daotp__pem_has_label(reader, labels[i]))
            return true;
    return is_private_key(reader);
}

/* Name a block that is not described. */
static void name_block(daotp__describer *to, const daotp__pem_reader *reader, const char *content)
{
    char label[DAOTP__PEM_LABEL];

    if (*daotp__pem_label_text(reader, label) == '\0')
        daotp__outline_open(to->out, "block");
    else
        daotp__outline_open(to->out, label);
    daotp__outline_line(to->out, "content", "%s", content);
    daotp__outline_close(to->out);
}

/* ---- what cannot be read --------------------------------------------------------------------- */

/* The reason why bytes were not described. */
typedef struct refusal {
    daotp_finding_number number; /* 0: none so far */
    char text[DAOTP__FAULT_TEXT];
} refusal;

typedef struct fault_finder {
    bool (*find)(daotp__bytes der, daotp__fault *fault);
    daotp_finding_number number;
} fault_finder;

static const fault_finder certificate_kind = {daotp__certificate_find_fault,
                                              DAOTP_FINDING_CERT_DER};
static const fault_finder crl_kind = {daotp__crl_find_fault, DAOTP_FINDING_CRL_DER};
static const fault_finder csr_kind = {daotp__csr_find_fault, DAOTP_FINDING_CSR_DER};
static const fault_finder cms_kind = {daotp__signed_data_find_fault, DAOTP_FINDING_CERT_DER};

static const fault_finder ocsp_kind = {daotp__ocsp_find_fault, DAOTP_FINDING_OCSP_DER};
static const fault_finder ocsp_request_kind = {daotp__ocsp_request_find_fault,
                                               DAOTP_FINDING_OCSP_DER};
static const fault_finder key_kind = {daotp__key_find_fault, DAOTP_FINDING_KEY_READ};

/* Say that this is an attribute certificate, which the library does not read. */
static bool find_attribute_fault(daotp__bytes der, daotp__fault *fault)
{
    *fault = (daotp__fault){.whole = der};
    return !daotp__fault_set(fault, "AttributeCertificate", der,
                             "RFC 5755 4.1: it certifies attributes and no key, and is not read "
                             "here");
}

static const fault_finder attribute_kind = {find_attribute_fault, DAOTP_FINDING_INPUT_KIND};

static uint8_t first_tag(daotp__bytes in)
{
    return in.len > 0 ? in.data[0] : 0;
}

/* Whether this is the requestList of an OCSPRequest: a SEQUENCE of SEQUENCEs of SEQUENCEs, which
 * no other structure begins with, after the optional version and name (RFC 6960 4.1.1). */
static bool is_request_list(daotp__bytes in)
{
    daotp__der_item item;

    while (daotp__der_next(&in, &item))
        if (item.tag == DAOTP__DER_SEQUENCE)
            return first_tag(item.content) == DAOTP__DER_SEQUENCE &&
                   daotp__der_next(&item.content, &item) &&
                   first_tag(item.content) == DAOTP__DER_SEQUENCE;
        else if (item.tag != DAOTP__DER_CONTEXT_CONSTRUCTED(0) &&
                 item.tag != DAOTP__DER_CONTEXT_CONSTRUCTED(1))
            return false;
    return false;
}

/* Whether this is a Holder (RFC 5755 4.1), whose fields have context tags. */
static bool is_holder(daotp__bytes in)
{
    return first_tag(in) >= DAOTP__DER_CONTEXT_CONSTRUCTED(0) &&
           first_tag(in) <= DAOTP__DER_CONTEXT_CONSTRUCTED(2);
}

/* Guess the structure from the first items of the signed part: a certificate has [0], or a
 * serial number and an algorithm; a request a number and a name; an attribute certificate a
 * number and a Holder; a CRL an algorithm, a name and a time. NULL: none of these. */
static const fault_finder *guess_signed(daotp__bytes in)
{
    daotp__der_item item;

    if (is_request_list(in))
        return &ocsp_request_kind;
    if (first_tag(in) == DAOTP__DER_CONTEXT_CONSTRUCTED(0))
        return &certificate_kind;
    if (first_tag(in) == DAOTP__DER_INTEGER && !daotp__der_next(&in, &item))
        return &certificate_kind;
    if (!daotp__der_next(&in, &item) || item.tag != DAOTP__DER_SEQUENCE)
        return NULL;
    if (first_tag(item.content) != DAOTP__DER_OID)
        return is_holder(item.content) ? &attribute_kind : &csr_kind;
    if (!daotp__der_next(&in, &item))
        return NULL;
    return first_tag(in) == DAOTP__DER_SEQUENCE ? &certificate_kind : &crl_kind;
}

static const fault_finder *guess_kind(daotp__bytes in)
{
    daotp__der_item item, inner;

    if (!daotp__der_next(&in, &item) || item.tag != DAOTP__DER_SEQUENCE)
        return NULL;
    if (first_tag(item.content) == DAOTP__DER_OID)
        return &cms_kind;
    if (first_tag(item.content) == DAOTP__DER_ENUMERATED)
        return &ocsp_kind;
    if (first_tag(item.content) == DAOTP__DER_INTEGER)
        return &key_kind;
    if (!daotp__der_next(&item.content, &inner) || inner.tag != DAOTP__DER_SEQUENCE)
        return NULL;
    return guess_signed(inner.content);
}

/* These octets are neither text nor DER with a fault. */
static void name_unknown(daotp__bytes in, refusal *why)
{
    daotp__bytes rest = in;
    daotp__der_item item;

    if (in.len == 0)
        (void)snprintf(why->text, sizeof why->text, "nothing: the input has no octets");
    else if (first_tag(in) == DAOTP__DER_SEQUENCE && daotp__der_next(&rest, &item))
        (void)snprintf(
            why->text, sizeof why->text,
            "%zu octets of well-formed DER; the content from octet %zu on is no structure "
            "of RFC 2986, 5280, 5652, 5958 or 6960",
            in.len, (size_t)(item.content.data - in.data));
    else
        (void)snprintf(
            why->text, sizeof why->text,
            "%zu octets; the first is 0x%02X, and a SEQUENCE (0x30, X.690 8.9) is wanted", in.len,
            in.data[0]);
}

static void find_refusal(daotp__bytes in, refusal *why)
{
    const fault_finder *kind = guess_kind(in);
    const uint8_t *at;
    const char *rule;
    daotp__fault fault;

    if (kind == NULL || !kind->find(in, &fault)) {
        why->number = DAOTP_FINDING_INPUT_KIND;
        if (first_tag(in) == DAOTP__DER_SEQUENCE &&
            daotp__der_find_fault(in, DAOTP__MAX_DER_DEPTH, &at, &rule))
            (void)snprintf(why->text, sizeof why->text, "DER, octet %zu of %zu octets: %s",
                           (size_t)(at - in.data), in.len, rule);
        else
            name_unknown(in, why);
        return;
    }
    why->number = fault.limit > 0 ? DAOTP_FINDING_LIMIT_SIZE : kind->number;
    (void)daotp__fault_describe(&fault, why->text);
}

static daotp_status report_refusal(daotp__describer *to, const refusal *why)
{
    if (to->out->out.failed == DAOTP_MEMORY)
        return DAOTP_MEMORY;
    (void)daotp__report_add(to->report, why->number, 0, "input", "%s", why->text);
    return DAOTP_PEER;
}

static daotp_status refuse_der(daotp__describer *to, daotp__bytes in)
{
    refusal why;

    find_refusal(in, &why);
    return report_refusal(to, &why);
}

/* Report it where it occurs. The first fault becomes the finding if no block can be read. */
static void name_broken_block(daotp__describer *to, const daotp__pem_reader *reader, refusal *first)
{
    char text[128], fault[DAOTP__PEM_FAULT];

    (void)snprintf(text, sizeof text, "not well-formed: %s", reader->fault);
    name_block(to, reader, text);
    if (first->number != 0)
        return;
    first->number = DAOTP_FINDING_INPUT_KIND;
    (void)snprintf(first->text, sizeof first->text, "a PEM block that is not well-formed, %s",
                   daotp__pem_fault_text(reader, fault));
}

/* Report it where it occurs. The first fault becomes the finding if no block can be read. */
static void name_unreadable_block(daotp__describer *to, const daotp__pem_reader *reader,
                                  daotp__bytes der, refusal *first)
{
    char text[DAOTP__FAULT_TEXT + 32];
    refusal why;

    find_refusal(der, &why);
    (void)snprintf(text, sizeof text, "not well-formed: %s", why.text);
    name_block(to, reader, text);
    if (first->number == 0)
        *first = why;
}

/* Name a block that is not described; a private key in a non-standard form is named with its form.
 * The first such block becomes the finding where no block can be read. */
static void name_other_block(daotp__describer *to, const daotp__pem_reader *reader, refusal *first)
{
    const char *form = daotp__key_foreign_block(reader);
    char label[DAOTP__PEM_LABEL];

    if (form == NULL)
        form = "not described";
    name_block(to, reader, form);
    if (first->number != 0)
        return;
    first->number = DAOTP_FINDING_INPUT_KIND;
    (void)snprintf(first->text, sizeof first->text,
                   "a block with the label \"%s\" (RFC 7468 4): %s",
                   daotp__pem_label_text(reader, label), form);
}

/* Describe the blocks in order: one that cannot be read does not hide those after it. The content
 * of a block that is not described is not decoded. */
static daotp_status describe_pem(daotp__describer *to, daotp__bytes in)
{
    daotp__pem_reader reader, look;
    daotp_status status;
    refusal why = {0};
    unsigned found = 0;
    daotp__buffer der, secret, *at;

    daotp__pem_begin(&reader, in);
    daotp__buffer_init(&der, DAOTP__MAX_FILE);
    daotp__buffer_init_secret(&secret, DAOTP__MAX_KEY_FILE);
    do {
        look = reader;
        status = daotp__pem_read(&look, NULL);
        at = is_private_key(&look) ? &secret : &der;
        if (status == DAOTP_OK && is_described(&look))
            status = daotp__pem_read(&reader, at);
        else
            reader = look;
        if (status == DAOTP_OK && !is_described(&reader))
            name_other_block(to, &reader, &why);
        else if (status == DAOTP_OK && daotp__describe_der(to, daotp__buffer_bytes(at)))
            found++;
        else if (status == DAOTP_OK)
            name_unreadable_block(to, &reader, daotp__buffer_bytes(at), &why);
        else if (status == DAOTP_PEER)
            name_broken_block(to, &reader, &why);
    } while (status == DAOTP_OK || status == DAOTP_PEER);
    daotp__buffer_free(&der);
    daotp__buffer_free(&secret);
    if (status == DAOTP_MEMORY)
        return status;
    if (found == 0 && why.number != 0)
        return report_refusal(to, &why);
    return found > 0 ? DAOTP_OK : DAOTP_PEER;
}

static bool looks_like_xml(daotp__bytes in)
{
    size_t i = 0;

    while (i < in.len && strchr(" \t\r\n", in.data[i]) != NULL && in.data[i] != '\0')
        i++;
    return i < in.len && in.data[i] == '<';
}

static daotp_status describe_plain(daotp__describer *to, daotp__bytes in)
{
    if (looks_like_xml(in) && names_a_message(in))
        return describe_message(to, in);
    if (daotp__pem_is(in))
        return describe_pem(to, in);
    if (looks_like_xml(in)) {
        (void)daotp__report_add(to->report, DAOTP_FINDING_INPUT_KIND, 0, "input",
                                "%zu octets of XML that is no message of the OTP protocol", in.len);
        return DAOTP_PEER;
    }
    return daotp__describe_der(to, in) ? DAOTP_OK : refuse_der(to, in);
}

/* Output of other tools (UTF-16, base64 without lines) is first converted to PEM or DER. */
static daotp_status describe_any(daotp__describer *to, daotp__bytes in)
{
    daotp__text_form form;
    daotp_status status = daotp__text_form_read(&form, in, DAOTP__MAX_CRL, false);

    if (status == DAOTP_OK)
        status = describe_plain(to, form.bytes);
    else if (status == DAOTP_PEER)
        (void)daotp__report_add(to->report, DAOTP_FINDING_INPUT_KIND, 0, "input", "%s", form.fault);
    daotp__text_form_free(&form);
    return status;
}

daotp_status daotp_describe(daotp_context *context, const void *bytes, size_t len,
                            daotp_format format, daotp_report *report, char **text)
{
    daotp__describer to = {.report = report};
    daotp__outline out;
    daotp_status status;

    daotp__report_enter(report);
    if (text == NULL)
        return DAOTP_USAGE;
    *text = NULL;
    if (context == NULL || bytes == NULL || format < DAOTP_FORMAT_TEXT ||
        format > DAOTP_FORMAT_JSON)
        return daotp__report_status(report, DAOTP_USAGE);
    daotp__outline_init(&out, format == DAOTP_FORMAT_JSON);
    to.out = &out;
    to.now_s = daotp__context_now_s(context);
    status = describe_any(&to, (daotp__bytes){bytes, len});
    if (status == DAOTP_PEER && (report == NULL || daotp_report_get_error(report) == NULL))
        (void)daotp__report_add(report, DAOTP_FINDING_INPUT_KIND, 0, "input",
                                "%zu octets without a block of PEM", len);
    if (status == DAOTP_OK) {
        *text = daotp__outline_take(&out);
        status = *text != NULL ? DAOTP_OK : out.out.failed;
        if (status == DAOTP_PEER)
            (void)daotp__report_add(report, DAOTP_FINDING_LIMIT_SIZE, 0, "input",
                                    "%zu bytes, of which there is too much to say", len);
    }
    daotp__outline_free(&out);
    return daotp__report_status(report, status);
}
