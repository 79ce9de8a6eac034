/* SPDX-License-Identifier: BSD-2-Clause */
/* signCertResponse, MS-OTPCE 2.2.3, and the values both messages share. */
#include "core/alloc.h"
#include "core/base64.h"
#include "core/utf8.h"
#include "otpce/root.h"

#include <string.h>

static const char *const code_names[] = {"Success", "AuthenticationError",
                                         "ChallengeResponseRequired", "OtherError"};

const char *daotp__otpce_code_name(daotp__otpce_code code)
{
    return code_names[code];
}

void daotp__otpce_response_init(daotp__otpce_response *response)
{
    *response = (daotp__otpce_response){.code = DAOTP__OTPCE_OTHER_ERROR};
    daotp__buffer_init(&response->cmc, DAOTP__MAX_CMC);
}

void daotp__otpce_response_free(daotp__otpce_response *response)
{
    for (size_t i = 0; i < response->issuing_ca_count; i++)
        daotp__delete(response->issuing_cas[i]);
    daotp__buffer_free(&response->cmc);
    daotp__otpce_response_init(response);
}

static daotp_status response_bad(daotp_report *report, const char *what)
{
    return daotp__report_add(report, DAOTP_FINDING_OTP_MESSAGE, 0, "signCertResponse", "%s", what);
}

static daotp_status take_code(const daotp__xml_node *root, daotp__otpce_response *response,
                              daotp_report *report)
{
    const daotp__xml_attribute *attribute = daotp__xml_get(root, "", "statusCode");

    if (attribute == NULL)
        return response_bad(report, "no attribute statusCode");
    response->code = DAOTP__OTPCE_OTHER_ERROR; /* what is unknown is no success */
    for (unsigned i = 0; i < sizeof code_names / sizeof code_names[0]; i++)
        if (strcmp(attribute->value, code_names[i]) == 0)
            response->code = (daotp__otpce_code)i;
    return DAOTP_OK;
}

static daotp_status take_cmc(const daotp__xml_node *root, daotp__otpce_response *response,
                             daotp_report *report)
{
    const daotp__xml_attribute *attribute = daotp__xml_get(root, "", "SignedCertRequest");

    if (attribute == NULL)
        return DAOTP_OK;
    if (daotp__base64_read(attribute->value, attribute->value_len, &response->cmc))
        return DAOTP_OK;
    if (response->cmc.failed == DAOTP_MEMORY)
        return DAOTP_MEMORY;
    return response_bad(report, "SignedCertRequest is not base64, or too large");
}

static daotp_status take_cas(const daotp__xml_node *root, daotp__otpce_response *response,
                             daotp_report *report)
{
    const daotp__xml_node *node = daotp__xml_child(root, DAOTP__OTPCE_NAMESPACE, "IssuingCA");

    for (; node != NULL; node = daotp__xml_sibling(node, DAOTP__OTPCE_NAMESPACE, "IssuingCA")) {
        daotp__bytes text = daotp__xml_text(node);

        if (response->issuing_ca_count == DAOTP__MAX_ISSUING_CAS)
            return response_bad(report, "more IssuingCA elements than the limit");
        if (text.len == 0 || text.len > DAOTP__MAX_URL ||
            !daotp__utf8_printable((const char *)text.data, text.len))
            return response_bad(report, "an IssuingCA that is no name");
        response->issuing_cas[response->issuing_ca_count] =
            daotp__text_copy_n((const char *)text.data, text.len);
        if (response->issuing_cas[response->issuing_ca_count] == NULL)
            return DAOTP_MEMORY;
        response->issuing_ca_count++;
    }
    return DAOTP_OK;
}

static daotp_status response_take_all(const daotp__xml_node *root, daotp__otpce_response *response,
                                      daotp_report *report)
{
    daotp_status status;

    status = take_code(root, response, report);
    if (status == DAOTP_OK && response->code == DAOTP__OTPCE_SUCCESS) {
        status = take_cmc(root, response, report);
        if (status == DAOTP_OK)
            status = take_cas(root, response, report);
    }
    return status;
}

daotp_status daotp__otpce_response_read(daotp__bytes in, daotp__otpce_response *response,
                                        daotp_report *report)
{
    daotp__xml_node *root;
    daotp_status status = daotp__otpce_root_read(in, "signCertResponse", &root, report);

    if (status == DAOTP_OK)
        status = response_take_all(root, response, report);
    daotp__xml_free(root);
    return status;
}

daotp_status daotp__otpce_response_write(daotp__otpce_code code, daotp__bytes cmc,
                                         const char *const *cas, size_t ca_count,
                                         daotp__buffer *out)
{
    daotp__buffer_format(out,
                         "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                         "<signCertResponse xmlns=\"" DAOTP__OTPCE_NAMESPACE "\" statusCode=\"%s\"",
                         daotp__otpce_code_name(code));
    if (code != DAOTP__OTPCE_SUCCESS) {
        daotp__buffer_text(out, "/>");
        return out->failed;
    }
    daotp__buffer_text(out, " SignedCertRequest=\"");
    daotp__base64_write(out, cmc.data, cmc.len);
    daotp__buffer_text(out, "\">");
    for (size_t i = 0; i < ca_count; i++) {
        daotp__buffer_text(out, "<IssuingCA>");
        daotp__xml_escape(out, cas[i], strlen(cas[i]));
        daotp__buffer_text(out, "</IssuingCA>");
    }
    daotp__buffer_text(out, "</signCertResponse>");
    return out->failed;
}

/* Does value equal wanted, but for case and for blanks? */
static bool same_but_blanks(const char *value, const char *wanted)
{
    char text[80];
    size_t len = 0;

    for (; *value != '\0'; value++) {
        if (*value == ' ' || *value == '\t')
            continue;
        if (len + 1 == sizeof text)
            return false;
        text[len++] = *value;
    }
    text[len] = '\0';
    return daotp__text_equal_nocase(text, wanted);
}

bool daotp__otpce_is_version(const char *value)
{
    return value != NULL && same_but_blanks(value, DAOTP__OTPCE_VERSION);
}

bool daotp__otpce_is_content_type(const char *value)
{
    return value != NULL && (same_but_blanks(value, DAOTP__OTPCE_CONTENT_TYPE) ||
                             same_but_blanks(value, "Application/xml;charset=\"utf-8\""));
}
