/* SPDX-License-Identifier: BSD-2-Clause */
#include "soap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlwriter.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#define NS_SOAP   "http://www.w3.org/2003/05/soap-envelope"
#define NS_TRUST  "http://docs.oasis-open.org/ws-sx/ws-trust/200512"
#define NS_ENROLL "http://schemas.microsoft.com/windows/pki/2009/01/enrollment"
#define NS_XCEP   "http://schemas.microsoft.com/windows/pki/2009/01/enrollmentpolicy"
#define TOKEN_X509                                                                                 \
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3"
#define ISSUE NS_TRUST "/Issue"

/* ---- reading ---- */

static xmlNode *find_child(xmlNode *parent, const char *ns, const char *name)
{
    xmlNode *node = parent != NULL ? parent->children : NULL;

    for (; node != NULL; node = node->next)
        if (node->type == XML_ELEMENT_NODE && node->ns != NULL &&
            strcmp((const char *)node->ns->href, ns) == 0 &&
            strcmp((const char *)node->name, name) == 0)
            return node;
    return NULL;
}

/* The text of an element without the blanks around it; NULL when there is no element. */
static char *text_of(xmlNode *node)
{
    xmlChar *content = node != NULL ? xmlNodeGetContent(node) : NULL;
    char *text = NULL;
    char *start;

    if (content == NULL)
        return NULL;
    start = (char *)content + strspn((char *)content, " \t\r\n");
    text = strdup(start);
    if (text != NULL)
        for (size_t n = strlen(text); n > 0 && strchr(" \t\r\n", text[n - 1]) != NULL; n--)
            text[n - 1] = '\0';
    OPENSSL_cleanse(content, strlen((char *)content));
    xmlFree(content);
    return text;
}

/* A password is not trimmed: blanks may belong to it. */
static char *exact_text_of(xmlNode *node)
{
    xmlChar *content = node != NULL ? xmlNodeGetContent(node) : NULL;
    char *text = content != NULL ? strdup((char *)content) : NULL;

    if (content != NULL)
        OPENSSL_cleanse(content, strlen((char *)content));
    xmlFree(content);
    return text;
}

static bool decode_base64(const char *base64, unsigned char **out, size_t *out_len)
{
    size_t len = strlen(base64);
    EVP_ENCODE_CTX *ctx = EVP_ENCODE_CTX_new();
    unsigned char *data = malloc(len + 4);
    int n = 0;
    int last = 0;
    bool ok = ctx != NULL && data != NULL;

    if (ok) {
        EVP_DecodeInit(ctx);
        ok = EVP_DecodeUpdate(ctx, data, &n, (const unsigned char *)base64, (int)len) >= 0 &&
             EVP_DecodeFinal(ctx, data + n, &last) == 1;
    }
    EVP_ENCODE_CTX_free(ctx);
    if (!ok) {
        free(data);
        return false;
    }
    *out = data;
    *out_len = (size_t)n + (size_t)last;
    return true;
}

static void read_header(xmlNode *header, struct soap_request *request)
{
    xmlNode *token =
        find_child(find_child(header, SOAP_WSSE, "Security"), SOAP_WSSE, "UsernameToken");

    request->action = text_of(find_child(header, SOAP_ADDRESSING, "Action"));
    request->message_id = text_of(find_child(header, SOAP_ADDRESSING, "MessageID"));
    request->username = text_of(find_child(token, SOAP_WSSE, "Username"));
    request->password = exact_text_of(find_child(token, SOAP_WSSE, "Password"));
}

static bool read_token(xmlNode *node, struct soap_request *request)
{
    xmlChar *type = node != NULL ? xmlGetNoNsProp(node, BAD_CAST "ValueType") : NULL;
    char *base64 = text_of(node);
    bool ok = base64 != NULL && decode_base64(base64, &request->token, &request->token_len);

    if (type != NULL)
        request->value_type = strdup((char *)type);
    xmlFree(type);
    free(base64);
    return ok;
}

static bool read_envelope(xmlNode *root, struct soap_request *request)
{
    xmlNode *body = find_child(root, NS_SOAP, "Body");
    xmlNode *ask = find_child(body, NS_TRUST, "RequestSecurityToken");

    if (root == NULL || root->ns == NULL || strcmp((const char *)root->ns->href, NS_SOAP) != 0 ||
        strcmp((const char *)root->name, "Envelope") != 0)
        return false;
    read_header(find_child(root, NS_SOAP, "Header"), request);
    if (find_child(body, NS_XCEP, "GetPolicies") != NULL && request->action != NULL &&
        soap_asks_policies(request))
        return true;
    if (ask == NULL)
        return false;
    request->request_type = text_of(find_child(ask, NS_TRUST, "RequestType"));
    request->request_id = text_of(find_child(ask, NS_ENROLL, "RequestID"));
    return request->action != NULL && request->request_type != NULL &&
           (soap_is_query(request) ||
            read_token(find_child(ask, SOAP_WSSE, "BinarySecurityToken"), request));
}

bool soap_read(const unsigned char *body, size_t len, struct soap_request *request)
{
    xmlDoc *doc;
    bool ok;

    memset(request, 0, sizeof(*request));
    /* before parsing: a DOCTYPE takes effect while it is parsed */
    if (memmem(body, len, "<!DOCTYPE", 9) != NULL)
        return false;
    doc = xmlReadMemory((const char *)body, (int)len, NULL, NULL,
                        XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    ok = doc != NULL && doc->intSubset == NULL && read_envelope(xmlDocGetRootElement(doc), request);
    xmlFreeDoc(doc);
    if (!ok)
        soap_clear(request);
    return ok;
}

void soap_clear(struct soap_request *request)
{
    if (request->password != NULL)
        OPENSSL_cleanse(request->password, strlen(request->password));
    free(request->action);
    free(request->message_id);
    free(request->request_type);
    free(request->value_type);
    free(request->username);
    free(request->password);
    free(request->token);
    free(request->request_id);
    memset(request, 0, sizeof(*request));
}

bool soap_asks_policies(const struct soap_request *request)
{
    return strcmp(request->action, NS_XCEP "/IPolicy/GetPolicies") == 0;
}

bool soap_is_issue(const struct soap_request *request)
{
    return request->request_type != NULL && strcmp(request->action, NS_ENROLL "/RST/wstep") == 0 &&
           strcmp(request->request_type, ISSUE) == 0;
}

bool soap_is_query(const struct soap_request *request)
{
    return request->request_type != NULL && strcmp(request->action, NS_ENROLL "/RST/wstep") == 0 &&
           strcmp(request->request_type, NS_ENROLL "/QueryTokenStatus") == 0 &&
           request->request_id != NULL && *request->request_id != '\0';
}

/* ---- writing: libxml2 keeps its own error; a failed call makes all later ones fail too ---- */

struct writer {
    xmlBuffer *buffer;
    xmlTextWriter *xml;
};

static void open_element(struct writer *w, const char *name, const char *ns)
{
    xmlTextWriterStartElementNS(w->xml, NULL, BAD_CAST name, BAD_CAST ns);
}

static void close_element(struct writer *w)
{
    xmlTextWriterEndElement(w->xml);
}

static void text_element(struct writer *w, const char *name, const char *ns, const char *text)
{
    open_element(w, name, ns);
    xmlTextWriterWriteString(w->xml, BAD_CAST text);
    close_element(w);
}

/* In lines of 64 characters with CR LF, as Windows writes it: a client must accept white space.
 * */
static void base64_text(struct writer *w, const unsigned char *data, size_t len)
{
    unsigned char line[68];

    for (size_t done = 0; done < len; done += 48) {
        size_t n = len - done < 48 ? len - done : 48;

        EVP_EncodeBlock(line, data + done, (int)n);
        xmlTextWriterWriteString(w->xml, line);
        if (done + n < len)
            xmlTextWriterWriteString(w->xml, BAD_CAST "\r\n");
    }
}

static void token_element(struct writer *w, const char *type, const unsigned char *data, size_t len)
{
    open_element(w, "BinarySecurityToken", SOAP_WSSE);
    xmlTextWriterWriteAttribute(w->xml, BAD_CAST "ValueType", BAD_CAST type);
    xmlTextWriterWriteAttribute(w->xml, BAD_CAST "EncodingType",
                                BAD_CAST SOAP_WSSE "#base64binary");
    base64_text(w, data, len);
    close_element(w);
}

static void number_element(struct writer *w, const char *name, const char *ns, long number)
{
    char text[24];

    snprintf(text, sizeof(text), "%ld", number);
    text_element(w, name, ns, text);
}

static bool open_envelope(struct writer *w, const char *action, const struct soap_answer *answer)
{
    w->buffer = xmlBufferCreate();
    w->xml = w->buffer != NULL ? xmlNewTextWriterMemory(w->buffer, 0) : NULL;
    if (w->xml == NULL) {
        xmlBufferFree(w->buffer);
        return false;
    }
    xmlTextWriterStartElementNS(w->xml, BAD_CAST "s", BAD_CAST "Envelope", BAD_CAST NS_SOAP);
    xmlTextWriterWriteAttribute(w->xml, BAD_CAST "xmlns:a", BAD_CAST SOAP_ADDRESSING);
    xmlTextWriterStartElement(w->xml, BAD_CAST "s:Header");
    xmlTextWriterStartElement(w->xml, BAD_CAST "a:Action");
    xmlTextWriterWriteAttribute(w->xml, BAD_CAST "s:mustUnderstand", BAD_CAST "1");
    xmlTextWriterWriteString(w->xml, BAD_CAST action);
    close_element(w);
    if (answer->relates_to != NULL)
        xmlTextWriterWriteElement(w->xml, BAD_CAST "a:RelatesTo", BAD_CAST answer->relates_to);
    close_element(w);
    xmlTextWriterStartElement(w->xml, BAD_CAST "s:Body");
    return true;
}

static char *close_envelope(struct writer *w, size_t *len)
{
    bool ok = xmlTextWriterEndDocument(w->xml) >= 0; /* closes what is open */
    char *text = NULL;

    xmlFreeTextWriter(w->xml);
    *len = (size_t)xmlBufferLength(w->buffer);
    if (ok)
        text = strdup((const char *)xmlBufferContent(w->buffer));
    xmlBufferFree(w->buffer);
    return text;
}

static void write_localised(struct writer *w, const char *name, const char *ns,
                            const struct soap_answer *answer)
{
    if (ns != NULL)
        open_element(w, name, ns);
    else
        xmlTextWriterStartElement(w->xml, BAD_CAST name);
    xmlTextWriterWriteAttribute(w->xml, BAD_CAST "xml:lang", BAD_CAST answer->language);
    xmlTextWriterWriteString(w->xml, BAD_CAST answer->message);
    close_element(w);
}

static void requested_token(struct writer *w, const struct soap_answer *answer)
{
    open_element(w, "RequestedSecurityToken", NS_TRUST);
    if (answer->cert != NULL) {
        token_element(w, TOKEN_X509, answer->cert, answer->cert_len);
    } else {
        open_element(w, "SecurityTokenReference", SOAP_WSSE);
        open_element(w, "Reference", SOAP_WSSE);
        xmlTextWriterWriteAttribute(w->xml, BAD_CAST "URI", BAD_CAST answer->url);
        close_element(w);
        close_element(w);
    }
    close_element(w);
}

char *soap_write_answer(const struct soap_answer *answer, size_t *len)
{
    struct writer w;

    if (!open_envelope(&w, NS_ENROLL "/RSTRC/wstep", answer))
        return NULL;
    open_element(&w, "RequestSecurityTokenResponseCollection", NS_TRUST);
    open_element(&w, "RequestSecurityTokenResponse", NS_TRUST);
    text_element(&w, "TokenType", NS_TRUST, TOKEN_X509);
    write_localised(&w, "DispositionMessage", NS_ENROLL, answer);
    token_element(&w, SOAP_WSSE "#PKCS7", answer->cmc, answer->cmc_len);
    requested_token(&w, answer);
    number_element(&w, "RequestID", NS_ENROLL, (long)answer->request_id);
    return close_envelope(&w, len);
}

/* ---- policies ---- */

/* The elements of MS-XCEP 3.1.4.1 in the order of its schema; what the lab has no value for is nil.
 */

enum { OID_TEMPLATE, OID_SHA256, OID_RSA, OID_RA_POLICY, OID_EKU };

static void policy_element(struct writer *w, const char *name)
{
    open_element(w, name, NS_XCEP);
}

static void nil_elements(struct writer *w, const char *const *names)
{
    for (; *names != NULL; names++) {
        policy_element(w, *names);
        xmlTextWriterWriteAttributeNS(w->xml, BAD_CAST "i", BAD_CAST "nil",
                                      BAD_CAST "http://www.w3.org/2001/XMLSchema-instance",
                                      BAD_CAST "true");
        close_element(w);
    }
}

static void policy_number(struct writer *w, const char *name, long number)
{
    number_element(w, name, NS_XCEP, number);
}

static void policy_truth(struct writer *w, const char *name, bool truth)
{
    text_element(w, name, NS_XCEP, truth ? "true" : "false");
}

static void write_key_attributes(struct writer *w, const struct soap_policies *policies)
{
    policy_element(w, "privateKeyAttributes");
    policy_number(w, "minimalKeyLength", policies->minimal_key);
    policy_number(w, "keySpec", 1);
    nil_elements(w, (const char *const[]){"keyUsageProperty", "permissions", NULL});
    policy_number(w, "algorithmOIDReference", OID_RSA);
    nil_elements(w, (const char *const[]){"cryptoProviders", NULL});
    close_element(w);
    policy_element(w, "revision");
    policy_number(w, "majorRevision", policies->major);
    policy_number(w, "minorRevision", policies->minor);
    close_element(w);
}

static void write_flags(struct writer *w, const struct soap_policies *policies)
{
    nil_elements(w, (const char *const[]){"supersededPolicies", NULL});
    policy_number(w, "privateKeyFlags", 0);
    text_element(w, "subjectNameFlags", NS_XCEP, "2181038080"); /* UPN and path of the directory */
    policy_number(w, "enrollmentFlags", policies->is_pended ? 2 : 0);
    policy_number(w, "generalFlags", 0x20220);
    policy_number(w, "hashAlgorithmOIDReference", OID_SHA256);
}

static void write_ra_requirements(struct writer *w, const struct soap_policies *policies)
{
    if (policies->ra_signatures == 0) {
        nil_elements(w, (const char *const[]){"rARequirements", NULL});
        return;
    }
    policy_element(w, "rARequirements");
    policy_number(w, "rASignatures", policies->ra_signatures);
    nil_elements(w, (const char *const[]){"rAEKUs", NULL});
    policy_element(w, "rAPolicies");
    policy_number(w, "oIDReference", OID_RA_POLICY);
    close_element(w);
    close_element(w);
}

static void write_policy_extensions(struct writer *w, const struct soap_policies *policies)
{
    policy_element(w, "extensions");
    if (policies->eku != NULL) {
        policy_element(w, "extension");
        policy_number(w, "oIDReference", OID_EKU);
        policy_truth(w, "critical", false);
        policy_element(w, "value");
        base64_text(w, policies->eku, policies->eku_len);
        close_element(w);
        close_element(w);
    }
    close_element(w);
}

static void write_policy(struct writer *w, const struct soap_policies *policies)
{
    policy_element(w, "policy");
    policy_number(w, "policyOIDReference", OID_TEMPLATE);
    policy_element(w, "cAs");
    policy_number(w, "cAReference", 0);
    close_element(w);
    policy_element(w, "attributes");
    text_element(w, "commonName", NS_XCEP, policies->template_name);
    policy_number(w, "policySchema", 2);
    policy_element(w, "certificateValidity");
    policy_number(w, "validityPeriodSeconds", policies->lifetime_s);
    policy_number(w, "renewalPeriodSeconds", 0);
    close_element(w);
    policy_element(w, "permission");
    policy_truth(w, "enroll", policies->may_enroll);
    policy_truth(w, "autoEnroll", false);
    close_element(w);
    write_key_attributes(w, policies);
    write_flags(w, policies);
    write_ra_requirements(w, policies);
    nil_elements(w, (const char *const[]){"keyArchivalAttributes", NULL});
    write_policy_extensions(w, policies);
    close_element(w);
    close_element(w);
}

/* clientAuthentication: 2 Kerberos, 4 user name and password, 8 certificate (MS-XCEP 3.1.4.1.3.5).
 */
static void write_ca_url(struct writer *w, const struct soap_policies *policies, int how,
                         const char *name)
{
    char url[600];

    snprintf(url, sizeof(url), "https://%s%s%s/service.svc/CES", policies->authority,
             policies->ca_path, name);
    policy_element(w, "cAURI");
    policy_number(w, "clientAuthentication", how);
    text_element(w, "uri", NS_XCEP, url);
    policy_number(w, "priority", how);
    policy_truth(w, "renewalOnly", false);
    close_element(w);
}

static void write_policy_ca(struct writer *w, const struct soap_policies *policies)
{
    policy_element(w, "cA");
    policy_element(w, "uris");
    write_ca_url(w, policies, 8, "Certificate");
    write_ca_url(w, policies, 4, "UsernamePassword");
    close_element(w);
    policy_element(w, "certificate");
    base64_text(w, policies->ca, policies->ca_len);
    close_element(w);
    policy_truth(w, "enrollPermission", policies->may_enroll);
    policy_number(w, "cAReferenceID", 0);
    close_element(w);
}

/* group: 9 templates, 1 hashes, 3 public keys, 8 policies of an RA, 6 extensions. */
static void write_policy_oid(struct writer *w, int id, const char *oid, int group, const char *name)
{
    policy_element(w, "oID");
    text_element(w, "value", NS_XCEP, oid);
    policy_number(w, "group", group);
    policy_number(w, "oIDReferenceID", id);
    text_element(w, "defaultName", NS_XCEP, name);
    close_element(w);
}

static void write_policy_oids(struct writer *w, const struct soap_policies *policies)
{
    policy_element(w, "oIDs");
    write_policy_oid(w, OID_TEMPLATE, policies->template_oid, 9, "DAOTP Logon");
    write_policy_oid(w, OID_SHA256, "2.16.840.1.101.3.4.2.1", 1, "sha256");
    write_policy_oid(w, OID_RSA, "1.2.840.113549.1.1.1", 3, "RSA");
    write_policy_oid(w, OID_RA_POLICY, policies->ra_policy, 8, "OTP signing");
    write_policy_oid(w, OID_EKU, "2.5.29.37", 6, "Enhanced Key Usage");
    close_element(w);
}

char *soap_write_policies(const struct soap_answer *answer, const struct soap_policies *policies,
                          size_t *len)
{
    struct writer w;

    if (!open_envelope(&w, NS_XCEP "/IPolicy/GetPoliciesResponse", answer))
        return NULL;
    policy_element(&w, "GetPoliciesResponse");
    policy_element(&w, "response");
    text_element(&w, "policyID", NS_XCEP, "{2F0A1F5C-6C6E-4F0B-9B7E-0D0A0E7A0001}");
    text_element(&w, "policyFriendlyName", NS_XCEP, "Lab");
    policy_number(&w, "nextUpdateHours", 8);
    nil_elements(&w, (const char *const[]){"policiesNotChanged", NULL});
    policy_element(&w, "policies");
    write_policy(&w, policies);
    close_element(&w);
    close_element(&w);
    policy_element(&w, "cAs");
    write_policy_ca(&w, policies);
    close_element(&w);
    write_policy_oids(&w, policies);
    return close_envelope(&w, len);
}

/* ---- faults ---- */

static void open_fault(struct writer *w, const struct soap_answer *answer, bool sender,
                       const char *subcode, const char *ns)
{
    xmlTextWriterStartElement(w->xml, BAD_CAST "s:Fault");
    xmlTextWriterStartElement(w->xml, BAD_CAST "s:Code");
    xmlTextWriterWriteElement(w->xml, BAD_CAST "s:Value",
                              BAD_CAST(sender ? "s:Sender" : "s:Receiver"));
    if (subcode != NULL) {
        xmlTextWriterStartElement(w->xml, BAD_CAST "s:Subcode");
        xmlTextWriterStartElement(w->xml, BAD_CAST "s:Value");
        xmlTextWriterWriteAttribute(w->xml, BAD_CAST "xmlns:f", BAD_CAST ns);
        xmlTextWriterWriteFormatString(w->xml, "f:%s", subcode);
        close_element(w);
        close_element(w);
    }
    close_element(w);
    xmlTextWriterStartElement(w->xml, BAD_CAST "s:Reason");
    write_localised(w, "s:Text", NULL, answer);
    close_element(w);
}

char *soap_write_denial(const struct soap_answer *answer, uint32_t hresult, size_t *len)
{
    struct writer w;

    if (!open_envelope(&w, SOAP_WCF "/fault", answer)) /* the specification names no action */
        return NULL;
    open_fault(&w, answer, false, NULL, NULL);
    xmlTextWriterStartElement(w.xml, BAD_CAST "s:Detail");
    open_element(&w, "CertificateEnrollmentWSDetail", NS_ENROLL);
    open_element(&w, "BinaryResponse", NS_ENROLL);
    base64_text(&w, answer->cmc, answer->cmc_len);
    close_element(&w);
    number_element(&w, "ErrorCode", NS_ENROLL, (int32_t)hresult);
    text_element(&w, "InvalidRequest", NS_ENROLL, "true");
    number_element(&w, "RequestID", NS_ENROLL, (long)answer->request_id);
    return close_envelope(&w, len);
}

char *soap_write_fault(const struct soap_answer *answer, bool sender, const char *subcode,
                       const char *ns, size_t *len)
{
    struct writer w;

    if (!open_envelope(&w, SOAP_WCF "/fault", answer))
        return NULL;
    open_fault(&w, answer, sender, subcode, ns);
    return close_envelope(&w, len);
}
