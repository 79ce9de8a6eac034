/* SPDX-License-Identifier: BSD-2-Clause */
/* signCertRequest, MS-OTPCE 2.2.2. */
#include "core/base64.h"
#include "otpce/root.h"

#include <string.h>

void daotp__otpce_request_init(daotp__otpce_request *request)
{
    daotp__buffer_init(&request->user_name, DAOTP__MAX_USER_NAME);
    daotp__buffer_init_secret(&request->otp, DAOTP__MAX_OTP);
    daotp__buffer_init(&request->csr, DAOTP__MAX_CSR);
}

void daotp__otpce_request_free(daotp__otpce_request *request)
{
    daotp__buffer_free(&request->user_name);
    daotp__buffer_free(&request->otp);
    daotp__buffer_free(&request->csr);
}

static daotp_status request_bad(daotp_report *report, const char *what)
{
    return daotp__report_add(report, DAOTP_FINDING_OTP_MESSAGE, 0, "signCertRequest", "%s", what);
}

/* An attribute that must be there and fit its limit. */
static daotp_status request_take(const daotp__xml_node *root, const char *name, daotp__buffer *out,
                                 daotp_report *report)
{
    const daotp__xml_attribute *attribute = daotp__xml_get(root, "", name);

    if (attribute == NULL)
        return daotp__report_add(report, DAOTP_FINDING_OTP_MESSAGE, 0, "signCertRequest",
                                 "no attribute %s", name);
    daotp__buffer_add(out, attribute->value, attribute->value_len);
    if (out->failed == DAOTP_PEER)
        return daotp__report_add(report, DAOTP_FINDING_LIMIT_SIZE, 0, name, "%zu bytes",
                                 attribute->value_len);
    return out->failed;
}

static daotp_status take_csr(const daotp__xml_node *root, daotp__otpce_request *request,
                             daotp_report *report)
{
    const daotp__xml_attribute *attribute = daotp__xml_get(root, "", "certRequest");

    if (attribute == NULL)
        return request_bad(report, "no attribute certRequest");
    if (daotp__base64_read(attribute->value, attribute->value_len, &request->csr))
        return DAOTP_OK;
    if (request->csr.failed == DAOTP_MEMORY)
        return DAOTP_MEMORY;
    /* a matter of the CSR, not of the message: MS-OTPCE 4.2 and 4.3 print truncated ones */
    return daotp__report_add(report, DAOTP_FINDING_CSR_DER, 0, "certRequest",
                             "not base64, or too large");
}

static daotp_status take_all(const daotp__xml_node *root, daotp__otpce_request *request,
                             daotp_report *report)
{
    daotp_status status;

    status = request_take(root, "username", &request->user_name, report);
    if (status == DAOTP_OK)
        status = request_take(root, "oneTimePassword", &request->otp, report);
    if (status == DAOTP_OK)
        status = take_csr(root, request, report);
    return status;
}

daotp_status daotp__otpce_request_read(daotp__bytes in, daotp__otpce_request *request,
                                       daotp_report *report)
{
    daotp__xml_node *root;
    daotp_status status = daotp__otpce_root_read(in, "signCertRequest", &root, report);

    if (status == DAOTP_OK)
        status = take_all(root, request, report);
    daotp__xml_free(root);
    return status;
}

static void request_attribute(daotp__buffer *out, const char *name, const char *value, size_t len)
{
    daotp__buffer_format(out, " %s=\"", name);
    daotp__xml_escape(out, value, len);
    daotp__buffer_byte(out, '"');
}

daotp_status daotp__otpce_request_write(const char *user_name, daotp__bytes otp, daotp__bytes csr,
                                        daotp__buffer *out)
{
    daotp__buffer_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                            "<signCertRequest xmlns=\"" DAOTP__OTPCE_NAMESPACE "\"");
    request_attribute(out, "username", user_name, strlen(user_name));
    request_attribute(out, "oneTimePassword", (const char *)otp.data, otp.len);
    daotp__buffer_text(out, " certRequest=\"");
    daotp__base64_write(out, csr.data, csr.len);
    daotp__buffer_text(out, "\"/>");
    return out->failed;
}

bool daotp__otpce_can_hold(const char *text, size_t len)
{
    return daotp__xml_can_hold(text, len);
}
