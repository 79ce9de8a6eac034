/* SPDX-License-Identifier: BSD-2-Clause */
/* Finding out what something is, and describing it. */
#include "describe/parts.h"

#include "x509/pem.h"
#include "x509/text_form.h"

#include <daotp/describe.h>
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

/* Of a message that is neither: which of the two it set out to be. */
static bool names_a_response(daotp__bytes in)
{
    static const char name[] = "signCertResponse";

    return memmem(in.data, in.len, name, sizeof name - 1) != NULL;
}

/* Either message; what is wrong with it is told of the one that it names. */
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

static bool is_described(const daotp__pem_reader *reader)
{
    static const char *const labels[] = {"CERTIFICATE",
                                         "X509 CERTIFICATE",
                                         "CERTIFICATE REQUEST",
                                         "NEW CERTIFICATE REQUEST",
                                         "PKCS7",
                                         "CMS"};

    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
        if (daotp__pem_has_label(reader, labels[i]))
            return true;
    return false;
}

/* A block that is not described is told of. */
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

/* The blocks in their order: one that cannot be read hides none behind it. The content of one that
 * is not described, a private key perhaps, is not decoded. */
static daotp_status describe_pem(daotp__describer *to, daotp__bytes in)
{
    daotp__pem_reader reader, look;
    daotp_status status;
    unsigned found = 0;
    daotp__buffer der;

    daotp__pem_begin(&reader, in);
    daotp__buffer_init(&der, DAOTP__MAX_FILE);
    do {
        look = reader;
        status = daotp__pem_read(&look, NULL);
        if (status == DAOTP_OK && is_described(&look))
            status = daotp__pem_read(&reader, &der);
        else
            reader = look;
        if (status == DAOTP_OK && !is_described(&reader))
            name_block(to, &reader, "not described");
        else if (status == DAOTP_OK && daotp__describe_der(to, daotp__buffer_bytes(&der)))
            found++;
        else if (status == DAOTP_OK || status == DAOTP_PEER)
            name_block(to, &reader, "not well-formed");
    } while (status == DAOTP_OK || status == DAOTP_PEER);
    daotp__buffer_free(&der);
    if (status == DAOTP_MEMORY)
        return status;
    return found > 0 ? DAOTP_OK : DAOTP_PEER;
}

static bool looks_like_xml(daotp__bytes in)
{
    size_t i = 0;

    if (in.len > 3 && memcmp(in.data, "\xEF\xBB\xBF", 3) == 0)
        i = 3;
    while (i < in.len && strchr(" \t\r\n", in.data[i]) != NULL && in.data[i] != '\0')
        i++;
    return i < in.len && in.data[i] == '<';
}

static daotp_status describe_plain(daotp__describer *to, daotp__bytes in)
{
    if (looks_like_xml(in))
        return describe_message(to, in);
    if (daotp__pem_is(in))
        return describe_pem(to, in);
    return daotp__describe_der(to, in) ? DAOTP_OK : DAOTP_PEER;
}

/* Text of other makers' tools is brought to PEM or DER first. */
static daotp_status describe_any(daotp__describer *to, daotp__bytes in)
{
    daotp__text_form form;
    daotp_status status = daotp__text_form_read(&form, in, DAOTP__MAX_CRL, false);

    if (status == DAOTP_OK)
        status = describe_plain(to, form.bytes);
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
    if (status == DAOTP_PEER && (report == NULL || daotp_report_error(report) == NULL))
        (void)daotp__report_add(report, DAOTP_FINDING_OTP_MESSAGE, 0, "input",
                                "%zu bytes of no known kind", len);
    if (status == DAOTP_OK) {
        *text = daotp__outline_take(&out);
        status = *text != NULL ? DAOTP_OK : out.out.failed;
        if (status == DAOTP_PEER)
            (void)daotp__report_add(report, DAOTP_FINDING_OTP_MESSAGE, 0, "input",
                                    "%zu bytes, of which there is too much to say", len);
    }
    daotp__outline_free(&out);
    return daotp__report_status(report, status);
}
