/* SPDX-License-Identifier: BSD-2-Clause */
#include "ca/soap.h"
#include "core/base64.h"
#include "xml/xml.h"

#include <string.h>

#define SECEXT "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"

static const char head_begin[] = "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\""
                                 " xmlns:a=\"http://www.w3.org/2005/08/addressing\"><s:Header>"
                                 "<a:Action s:mustUnderstand=\"1\">";

static const char wstep_action[] = DAOTP__NS_ENROL "/RST/wstep";
static const char policies_action[] = DAOTP__NS_XCEP "/IPolicy/GetPolicies";

static const char head_id[] = "</a:Action><a:MessageID>urn:uuid:";

static const char head_middle[] =
    "</a:MessageID><a:ReplyTo><a:Address>http://www.w3.org/2005/08/addressing/anonymous"
    "</a:Address></a:ReplyTo><a:To s:mustUnderstand=\"1\">";

static const char token_begin[] = "<o:Security xmlns:o=\"" SECEXT "\" s:mustUnderstand=\"1\">"
                                  "<o:UsernameToken><o:Username>";

static const char password_begin[] =
    "</o:Username><o:Password Type=\"http://docs.oasis-open.org/wss/2004/01/"
    "oasis-200401-wss-username-token-profile-1.0#PasswordText\">";

static const char body_begin[] = "<RequestSecurityToken"
                                 " xmlns=\"http://docs.oasis-open.org/ws-sx/ws-trust/200512\">"
                                 "<TokenType>http://docs.oasis-open.org/wss/2004/01/"
                                 "oasis-200401-wss-x509-token-profile-1.0#X509v3</TokenType>";

/* EncodingType as in the samples of MS-WSTEP: in lower case, in the secext namespace. */
static const char issue_begin[] =
    "<RequestType>http://docs.oasis-open.org/ws-sx/ws-trust/200512/Issue</RequestType>"
    "<BinarySecurityToken xmlns=\"" SECEXT "\" ValueType=\"" SECEXT "#PKCS7\""
    " EncodingType=\"" SECEXT "#base64binary\">";

static const char issue_end[] = "</BinarySecurityToken><RequestID xmlns=\"" DAOTP__NS_ENROL
                                "\" xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\""
                                " i:nil=\"true\"/>";

static const char query_begin[] =
    "<RequestType>" DAOTP__NS_ENROL
    "/QueryTokenStatus</RequestType><RequestID xmlns=\"" DAOTP__NS_ENROL "\">";

static const char body_end[] = "</RequestSecurityToken>";

/* Ask for all policies, in the server's language, regardless of the last update (MS-XCEP 4.1.1). */
static const char policies_body[] =
    "<GetPolicies xmlns=\"" DAOTP__NS_XCEP
    "\" xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\">"
    "<client><lastUpdate i:nil=\"true\"/><preferredLanguage i:nil=\"true\"/></client>"
    "<requestFilter i:nil=\"true\"/></GetPolicies>";

static const char envelope_end[] = "</s:Body></s:Envelope>";

static void write_token(const daotp__wstep_request *request, daotp__buffer *out)
{
    daotp__buffer_text(out, token_begin);
    daotp__xml_escape(out, request->user_name, strlen(request->user_name));
    daotp__buffer_text(out, password_begin);
    daotp__xml_escape(out, (const char *)request->password.data, request->password.len);
    daotp__buffer_text(out, "</o:Password></o:UsernameToken></o:Security>");
}

static void write_head(const daotp__wstep_request *request, const char *action, daotp__buffer *out)
{
    daotp__buffer_text(out, head_begin);
    daotp__buffer_text(out, action);
    daotp__buffer_text(out, head_id);
    daotp__buffer_text(out, request->message_id);
    daotp__buffer_text(out, head_middle);
    daotp__xml_escape(out, request->url, strlen(request->url));
    daotp__buffer_text(out, "</a:To>");
    if (request->user_name != NULL)
        write_token(request, out);
    daotp__buffer_text(out, "</s:Header><s:Body>");
}

daotp_status daotp__policies_request_write(const daotp__wstep_request *request, daotp__buffer *out)
{
    write_head(request, policies_action, out);
    daotp__buffer_text(out, policies_body);
    daotp__buffer_text(out, envelope_end);
    return out->failed;
}

daotp_status daotp__wstep_request_write(const daotp__wstep_request *request, daotp__buffer *out)
{
    write_head(request, wstep_action, out);
    daotp__buffer_text(out, body_begin);
    if (request->request_id != NULL) {
        daotp__buffer_text(out, query_begin);
        daotp__xml_escape(out, request->request_id, strlen(request->request_id));
        daotp__buffer_text(out, "</RequestID>");
    } else {
        daotp__buffer_text(out, issue_begin);
        daotp__base64_write(out, request->cmc.data, request->cmc.len);
        daotp__buffer_text(out, issue_end);
    }
    daotp__buffer_text(out, body_end);
    daotp__buffer_text(out, envelope_end);
    return out->failed;
}
