/* SPDX-License-Identifier: BSD-2-Clause */
/* The messages of MS-WSTEP 3.1.4.1: ours read back with libxml2 itself, a service's in all forms.
 */
#include "cmc_answer.h"

#include "ca/soap.h"
#include "core/base64.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <stdlib.h>
#include <string.h>

#define SOAP  "http://www.w3.org/2003/05/soap-envelope"
#define ADDR  "http://www.w3.org/2005/08/addressing"
#define WST   "http://docs.oasis-open.org/ws-sx/ws-trust/200512"
#define WSSE  "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
#define ENROL "http://schemas.microsoft.com/windows/pki/2009/01/enrollment"

/* ---- requests -------------------------------------------------------------------------------- */

static xmlNode *child(xmlNode *node, const char *ns, const char *name)
{
    xmlNode *found = NULL;

    for (xmlNode *at = node->children; at != NULL; at = at->next)
        if (at->type == XML_ELEMENT_NODE && strcmp((const char *)at->name, name) == 0 &&
            at->ns != NULL && strcmp((const char *)at->ns->href, ns) == 0) {
            assert_null(found); /* there is one */
            found = at;
        }
    return found;
}

static xmlNode *at_path(xmlNode *node, const char *const *path)
{
    for (; *path != NULL && node != NULL; path += 2)
        node = child(node, path[0], path[1]);
    return node;
}

static void assert_text(xmlNode *root, const char *const *path, const void *wanted, size_t len)
{
    xmlNode *node = at_path(root, path);
    xmlChar *text;

    assert_non_null(node);
    text = xmlNodeGetContent(node);
    assert_int_equal(strlen((const char *)text), len);
    assert_memory_equal(text, wanted, len);
    xmlFree(text);
}

#define PATH(...) ((const char *const[]){__VA_ARGS__, NULL})
#define IN_TOKEN  SOAP, "Header", WSSE, "Security", WSSE, "UsernameToken"
#define IN_BODY   SOAP, "Body", WST, "RequestSecurityToken"

static xmlDoc *written(const daotp__wstep_request *request)
{
    daotp__buffer out;
    xmlDoc *doc;

    daotp__buffer_init(&out, 1 << 18);
    assert_int_equal(daotp__wstep_request_write(request, &out), DAOTP_OK);
    doc = xmlReadMemory((const char *)out.data, (int)out.len, NULL, NULL, XML_PARSE_NONET);
    assert_non_null(doc);
    daotp__buffer_free(&out);
    return doc;
}

static void a_request_has_everything_in_its_place(void **state)
{
    static const uint8_t cmc[] = {0x30, 0x03, 0x02, 0x01, 0x05};
    static const char *const wst_type =
        "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3";
    daotp__wstep_request request = {
        .url = "https://ca.corp.example/Corp%20CA_CES_Kerberos/CES?a=1&b=2",
        .message_id = "11111111-2222-4333-8444-555555555555",
        .cmc = {cmc, sizeof cmc}};
    xmlDoc *doc = written(&request);
    xmlNode *root = xmlDocGetRootElement(doc), *token;
    xmlChar *value;

    (void)state;
    assert_string_equal((const char *)root->name, "Envelope");
    assert_string_equal((const char *)root->ns->href, SOAP);
    assert_text(root, PATH(SOAP, "Header", ADDR, "Action"), ENROL "/RST/wstep",
                strlen(ENROL "/RST/wstep"));
    assert_text(root, PATH(SOAP, "Header", ADDR, "MessageID"),
                "urn:uuid:11111111-2222-4333-8444-555555555555", 45);
    assert_text(root, PATH(SOAP, "Header", ADDR, "ReplyTo", ADDR, "Address"), ADDR "/anonymous",
                strlen(ADDR "/anonymous"));
    assert_text(root, PATH(SOAP, "Header", ADDR, "To"), request.url, strlen(request.url));
    for (int i = 0; i < 2; i++) {
        value = xmlGetNsProp(at_path(root, PATH(SOAP, "Header", ADDR, i == 0 ? "Action" : "To")),
                             (const xmlChar *)"mustUnderstand", (const xmlChar *)SOAP);
        assert_string_equal((const char *)value, "1");
        xmlFree(value);
    }
    assert_null(at_path(root, PATH(SOAP, "Header", WSSE, "Security"))); /* no name, no token */
    assert_text(root, PATH(IN_BODY, WST, "TokenType"), wst_type, strlen(wst_type));
    assert_text(root, PATH(IN_BODY, WST, "RequestType"), WST "/Issue", strlen(WST "/Issue"));
    assert_text(root, PATH(IN_BODY, WSSE, "BinarySecurityToken"), "MAMCAQU=", 8);
    token = at_path(root, PATH(IN_BODY, WSSE, "BinarySecurityToken"));
    value = xmlGetNoNsProp(token, (const xmlChar *)"ValueType");
    assert_string_equal((const char *)value, WSSE "#PKCS7");
    xmlFree(value);
    value = xmlGetNoNsProp(token, (const xmlChar *)"EncodingType");
    assert_string_equal((const char *)value, WSSE "#base64binary");
    xmlFree(value);
    assert_non_null(at_path(root, PATH(IN_BODY, ENROL, "RequestID")));
    xmlFreeDoc(doc);
}

static void hostile_names_and_passwords_stay_text(void **state)
{
    static const char *const cases[] = {
        "Passw0rd!",
        "a&b<c>d\"e'f",
        "]]>",
        "</o:Password><o:Password>other",
        "&amp;&lt;&#65;",
        "<!--",
        "<![CDATA[x]]>",
        "<?xml version=\"1.0\"?>",
        "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]>",
        " leading and trailing ",
        "$$%s%n{host}",
        "p\xC3\xA4ssw\xC3\xB6rd \xE2\x82\xAC \xF0\x9F\x94\x91",
        "",
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t len = strlen(cases[i]);
        daotp__wstep_request request = {.url = "https://h/",
                                        .message_id = "u",
                                        .user_name = len > 0 ? cases[i] : "user",
                                        .password = {(const uint8_t *)cases[i], len},
                                        .cmc = {(const uint8_t *)"x", 1}};
        xmlDoc *doc = written(&request);
        xmlNode *root = xmlDocGetRootElement(doc);

        assert_text(root, PATH(IN_TOKEN, WSSE, "Username"), request.user_name,
                    strlen(request.user_name));
        assert_text(root, PATH(IN_TOKEN, WSSE, "Password"), cases[i], len);
        assert_null(doc->intSubset);
        xmlFreeDoc(doc);
    }
}

static void a_request_over_the_buffers_limit_fails(void **state)
{
    daotp__wstep_request request = {.url = "https://h/", .message_id = "u", .user_name = "user"};
    daotp__buffer out;

    (void)state;
    daotp__buffer_init(&out, 300);
    assert_int_equal(daotp__wstep_request_write(&request, &out), DAOTP_PEER);
    daotp__buffer_free(&out);
}

/* ---- answers --------------------------------------------------------------------------------- */

static const char envelope[] =
    "<?xml version=\"1.0\"?>"
    "<s:Envelope xmlns:s=\"" SOAP "\" xmlns:a=\"" ADDR "\"><s:Header><a:Action>" ENROL
    "/RSTRC/wstep</a:Action></s:Header><s:Body>%s</s:Body></s:Envelope>";
static const char collection[] =
    "<RequestSecurityTokenResponseCollection xmlns=\"" WST "\" xmlns:e=\"" ENROL
    "\" xmlns:o=\"" WSSE "\">%s</RequestSecurityTokenResponseCollection>";

typedef struct read_answer {
    daotp__wstep_answer answer;
    daotp_status status;
    daotp__xml_fault fault;
} read_answer;

static read_answer read_text(const char *text)
{
    read_answer r = {.fault = {.rule = ""}};

    daotp__wstep_answer_init(&r.answer);
    r.status = daotp__wstep_answer_read((daotp__bytes){(const uint8_t *)text, strlen(text)},
                                        &r.answer, &r.fault);
    return r;
}

/* Inside body and collection. */
static read_answer read_responses(const char *inner)
{
    static char whole[16384], body[8192];

    assert_true((size_t)snprintf(body, sizeof body, collection, inner) < sizeof body);
    assert_true((size_t)snprintf(whole, sizeof whole, envelope, body) < sizeof whole);
    return read_text(whole);
}

static read_answer read_body(const char *inner)
{
    static char whole[16384];

    assert_true((size_t)snprintf(whole, sizeof whole, envelope, inner) < sizeof whole);
    return read_text(whole);
}

#define TOKEN(value)                                                                               \
    "<RequestedSecurityToken><o:BinarySecurityToken>" value                                        \
    "</o:BinarySecurityToken></RequestedSecurityToken>"
#define RESPONSE(inner) "<RequestSecurityTokenResponse>" inner "</RequestSecurityTokenResponse>"

static void an_issued_certificate_is_taken(void **state)
{
    static const char *const cases[] = {
        RESPONSE("<TokenType>x</TokenType><e:DispositionMessage xml:lang=\"en-US\">Issued"
                 "</e:DispositionMessage><o:BinarySecurityToken ValueType=\"v\">Y21j"
                 "</o:BinarySecurityToken>" TOKEN("Y2VydA==") "<e:RequestID>17</e:RequestID>"),
        /* wrapped base64, another language, unknown elements */
        RESPONSE(
            "<e:DispositionMessage xml:lang=\"de-DE\">Ausgestellt\n</e:DispositionMessage>"
            "<what/><o:BinarySecurityToken>Y2\n 1j</o:BinarySecurityToken>"
            "<RequestedSecurityToken><what/><o:BinarySecurityToken>\n Y2Vy\r\n dA==\n"
            "</o:BinarySecurityToken></RequestedSecurityToken><e:RequestID> 17 </e:RequestID>"),
    };
    static const char *const messages[] = {"Issued", "Ausgestellt"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        read_answer r = read_responses(cases[i]);

        assert_int_equal(r.status, DAOTP_OK);
        assert_int_equal(r.answer.kind, DAOTP__WSTEP_ISSUED);
        assert_int_equal(r.answer.certificate.len, 4);
        assert_memory_equal(r.answer.certificate.data, "cert", 4);
        assert_int_equal(r.answer.cmc.len, 3);
        assert_memory_equal(r.answer.cmc.data, "cmc", 3);
        assert_string_equal(r.answer.message, messages[i]);
        assert_string_equal(r.answer.request_id, "17");
        daotp__wstep_answer_free(&r.answer);
    }
}

/* The words are the server's language: whatever they are, the token decides. */
static void the_message_decides_nothing(void **state)
{
    static const char *const messages[] = {"Taken Under Submission", "Denied by Policy Module",
                                           "\xD0\x92\xD1\x8B\xD0\xB4\xD0\xB0\xD0\xBD", ""};

    (void)state;
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
        char inner[512];
        read_answer r;

        (void)snprintf(
            inner, sizeof inner,
            RESPONSE("<e:DispositionMessage>%s</e:DispositionMessage>" TOKEN("Y2VydA==")),
            messages[i]);
        r = read_responses(inner);
        assert_int_equal(r.status, DAOTP_OK);
        assert_int_equal(r.answer.kind, DAOTP__WSTEP_ISSUED);
        assert_string_equal(r.answer.message, messages[i]);
        daotp__wstep_answer_free(&r.answer);
    }
    {
        read_answer r =
            read_responses(RESPONSE("<e:DispositionMessage>Issued</e:DispositionMessage>"));

        assert_int_equal(r.status, DAOTP_PEER); /* says so, and gives nothing */
        daotp__wstep_answer_free(&r.answer);
    }
}

/* A CMC full response whose status is this one, in base64; MS-WCCE 3.2.1.4.2.1.4.8.2. */
static const char *cmc_with_status(uint32_t cmc_status, enum daotp__oid content_type)
{
    static char text[1024];
    cmc_answer answer = {.content_type = content_type, .status = (int)cmc_status, .fail_info = -1};
    daotp__buffer out, base64;

    daotp__buffer_init(&out, 2048);
    daotp__buffer_init(&base64, 4096);
    cmc_answer_write(&out, &answer);
    daotp__base64_write(&base64, out.data, out.len);
    (void)snprintf(text, sizeof text, "%s", daotp__buffer_string(&base64));
    daotp__buffer_free(&out);
    daotp__buffer_free(&base64);
    return text;
}

static void the_cmc_status_tells_the_outcome(void **state)
{
    static const struct {
        uint32_t status;
        enum daotp__oid type;
        bool is_answer;
        daotp__wstep_kind kind;
    } cases[] = {{3, DAOTP__OID_PKI_RESPONSE, true, DAOTP__WSTEP_PENDING},
                 {0, DAOTP__OID_PKI_RESPONSE, false, 0},
                 {2, DAOTP__OID_PKI_RESPONSE, true, DAOTP__WSTEP_REFUSED},
                 {4, DAOTP__OID_PKI_RESPONSE, true, DAOTP__WSTEP_REFUSED},
                 {7, DAOTP__OID_PKI_RESPONSE, true, DAOTP__WSTEP_REFUSED},
                 {3, DAOTP__OID_PKI_DATA, false, 0}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char inner[2048];
        read_answer r;

        (void)snprintf(inner, sizeof inner,
                       RESPONSE("<e:DispositionMessage>Aguardando</e:DispositionMessage>"
                                "<o:BinarySecurityToken>%s</o:BinarySecurityToken>"
                                "<e:RequestID>42</e:RequestID>"),
                       cmc_with_status(cases[i].status, cases[i].type));
        r = read_responses(inner);
        if (cases[i].is_answer) {
            assert_int_equal(r.status, DAOTP_OK);
            assert_int_equal(r.answer.kind, cases[i].kind);
            assert_string_equal(r.answer.request_id, "42");
        } else {
            assert_int_equal(r.status, DAOTP_PEER);
        }
        daotp__wstep_answer_free(&r.answer);
    }
}

static void pending_is_told_by_a_token_reference(void **state)
{
    read_answer r = read_responses(RESPONSE(
        "<RequestedSecurityToken><o:SecurityTokenReference><o:Reference URI=\"u\"/>"
        "</o:SecurityTokenReference></RequestedSecurityToken><e:RequestID>7</e:RequestID>"));

    (void)state;
    assert_int_equal(r.status, DAOTP_OK);
    assert_int_equal(r.answer.kind, DAOTP__WSTEP_PENDING);
    assert_string_equal(r.answer.request_id, "7");
    daotp__wstep_answer_free(&r.answer);
}

/* ---- faults ---------------------------------------------------------------------------------- */

#define FAULT(subcode, detail)                                                                     \
    "<s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>" subcode                   \
    "</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang=\"de-DE\">"                         \
    "Verweigert \xE2\x80\x93 0x80094012</s:Text></s:Reason>" detail "</s:Fault>"
#define DETAIL(code)                                                                               \
    "<s:Detail><CertificateEnrollmentWSDetail xmlns=\"" ENROL "\"><BinaryResponse/>"               \
    "<ErrorCode>" code "</ErrorCode><InvalidRequest>true</InvalidRequest><RequestID>9</RequestID>" \
    "</CertificateEnrollmentWSDetail></s:Detail>"

static void a_denial_gives_its_hresult(void **state)
{
    static const struct {
        const char *body;
        uint32_t hresult; /* 0: a fault without a reason */
    } cases[] = {
        {FAULT("a:x", DETAIL("-2146877422")), 0x80094012},
        {FAULT("a:x", DETAIL("2148089874")), 0x80094012}, /* unsigned, which xs:int has not */
        {FAULT("a:x", DETAIL(" -2146877422 ")), 0x80094012},
        {FAULT("a:x", DETAIL("-2147483648")), 0x80000000},
        {FAULT("a:x", DETAIL("-1")), 0xFFFFFFFF},
        {FAULT("a:x", DETAIL("5")), 5},
        {FAULT("a:x", DETAIL("4294967295")), 0xFFFFFFFF},
        {FAULT("a:x", DETAIL("0")), 0},
        {FAULT("a:x", DETAIL("-0")), 0},
        {FAULT("a:x", DETAIL("")), 0},
        {FAULT("a:x", DETAIL("4294967296")), 0},
        {FAULT("a:x", DETAIL("-2147483649")), 0},
        {FAULT("a:x", DETAIL("99999999999999999999")), 0},
        {FAULT("a:x", DETAIL("0x80094012")), 0},
        {FAULT("a:x", DETAIL("-2146877422 and more")), 0},
        {FAULT("a:x", DETAIL("twelve")), 0},
        {FAULT("a:x", DETAIL("-2146877422x")), 0},
        {FAULT("a:x", "<s:Detail/>"), 0},
        {FAULT("a:x", ""), 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        read_answer r = read_body(cases[i].body);

        assert_int_equal(r.status, DAOTP_OK);
        if (r.answer.kind != (cases[i].hresult != 0 ? DAOTP__WSTEP_DENIED : DAOTP__WSTEP_FAULT))
            fail_msg("case %zu: kind %u, 0x%08X", i, (unsigned)r.answer.kind,
                     (unsigned)r.answer.hresult);
        if (cases[i].hresult != 0)
            assert_int_equal(r.answer.hresult, cases[i].hresult);
        assert_string_equal(r.answer.message, "Verweigert \xE2\x80\x93 0x80094012");
        assert_string_equal(r.answer.request_id, i < 17 ? "9" : "");
        assert_false(r.answer.is_authentication);
        daotp__wstep_answer_free(&r.answer);
    }
}

/* BinaryResponse decides where no ErrorCode does (MS-WSTEP 3.1.4.1.3.7: it may be nil). */
static void a_fault_is_read_in_its_cmc_answer_too(void **state)
{
    static const struct {
        uint32_t status;
        daotp__wstep_kind kind;
    } cases[] = {{2, DAOTP__WSTEP_REFUSED}, {3, DAOTP__WSTEP_PENDING}, {0, DAOTP__WSTEP_FAULT}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char inner[4096];
        read_answer r;

        (void)snprintf(inner, sizeof inner,
                       FAULT("a:x", "<s:Detail><CertificateEnrollmentWSDetail xmlns=\"" ENROL
                                    "\"><BinaryResponse>%s</BinaryResponse><ErrorCode/>"
                                    "</CertificateEnrollmentWSDetail></s:Detail>"),
                       cmc_with_status(cases[i].status, DAOTP__OID_PKI_RESPONSE));
        r = read_body(inner);
        assert_int_equal(r.status, DAOTP_OK);
        assert_int_equal(r.answer.kind, cases[i].kind);
        daotp__wstep_answer_free(&r.answer);
    }
}

static void a_refused_credential_is_told_from_a_failure(void **state)
{
    static const struct {
        const char *body;
        bool authentication;
    } cases[] = {
        {FAULT("a:FailedAuthentication", ""), true},
        {FAULT("o:InvalidSecurity", ""), true},
        {FAULT("InvalidSecurityToken", ""), true},
        {FAULT("a:InternalServiceFault", ""), false},
        {FAULT("", ""), false},
        {"<s:Fault><s:Code><s:Value>s:Sender</s:Value></s:Code></s:Fault>", false},
        {"<s:Fault/>", false},
        {"<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>a:x</s:Value><s:Subcode>"
         "<s:Value>a:FailedAuthentication</s:Value></s:Subcode></s:Subcode></s:Code></s:Fault>",
         false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        read_answer r = read_body(cases[i].body);

        assert_int_equal(r.status, DAOTP_OK);
        assert_int_equal(r.answer.kind, DAOTP__WSTEP_FAULT);
        assert_int_equal(r.answer.is_authentication, cases[i].authentication);
        assert_non_null(r.answer.message);
        daotp__wstep_answer_free(&r.answer);
    }
}

/* The code was spent for the certificate: what stands beside it takes nothing away. */
static void a_broken_chain_loses_no_certificate(void **state)
{
    read_answer r = read_responses(
        RESPONSE("<o:BinarySecurityToken>*</o:BinarySecurityToken>" TOKEN("Y2VydA==")));

    (void)state;
    assert_int_equal(r.status, DAOTP_OK);
    assert_int_equal(r.answer.kind, DAOTP__WSTEP_ISSUED);
    assert_true(r.answer.is_response_broken);
    assert_int_equal(r.answer.certificate.len, 4);
    assert_int_equal(r.answer.cmc.len, 0);
    daotp__wstep_answer_free(&r.answer);
}

/* ---- what is no answer ----------------------------------------------------------------------- */

static void what_is_no_answer_is_refused(void **state)
{
    static const char *const responses[] = {
        "",
        RESPONSE(TOKEN("Y2VydA==")) RESPONSE(TOKEN("Y2VydA==")),
        RESPONSE(""),
        RESPONSE("<RequestedSecurityToken/>"),
        RESPONSE(TOKEN("")),
        RESPONSE(TOKEN("not base64!")),
        RESPONSE(TOKEN("Y2VydA=")),
        RESPONSE("<o:BinarySecurityToken>*</o:BinarySecurityToken>"),
        /* elements of other namespaces are other elements */
        "<x:RequestSecurityTokenResponse xmlns:x=\"urn:x\">" TOKEN(
            "Y2VydA==") "</x:RequestSecurityTokenResponse>",
        RESPONSE("<x:RequestedSecurityToken xmlns:x=\"urn:x\"><o:BinarySecurityToken>Y2VydA=="
                 "</o:BinarySecurityToken></x:RequestedSecurityToken>"),
        RESPONSE("<RequestedSecurityToken><BinarySecurityToken>Y2VydA==</BinarySecurityToken>"
                 "</RequestedSecurityToken>"),
        RESPONSE("<RequestedSecurityToken><SecurityTokenReference/></RequestedSecurityToken>"),
    };

    (void)state;
    for (size_t i = 0; i < sizeof responses / sizeof responses[0]; i++) {
        read_answer r = read_responses(responses[i]);

        if (r.status != DAOTP_PEER)
            fail_msg("response %zu: status %u", i, (unsigned)r.status);
        assert_true(strlen(r.fault.rule) > 0);
        daotp__wstep_answer_free(&r.answer);
    }
}

static void what_is_no_envelope_is_refused(void **state)
{
    static const char *const cases[] = {
        "",
        "x",
        "<html><body>503</body></html>",
        "<Envelope/>",
        "<s:Envelope xmlns:s=\"" SOAP "\"/>",
        "<s:Envelope xmlns:s=\"" SOAP "\"><s:Header/></s:Envelope>",
        "<s:Envelope xmlns:s=\"" SOAP "\"><s:Body/></s:Envelope>",
        "<s:Envelope xmlns:s=\"" SOAP "\"><Body/></s:Envelope>",
        /* SOAP 1.1 without a fault */
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body/></s:Envelope>",
        "<s:Fault xmlns:s=\"" SOAP "\"/>",
        "<s:Letter xmlns:s=\"" SOAP "\"><s:Body><s:Fault/></s:Body></s:Letter>",
        "<!DOCTYPE s:Envelope><s:Envelope xmlns:s=\"" SOAP "\"><s:Body><s:Fault/></s:Body>"
        "</s:Envelope>",
        "<!DOCTYPE e [<!ENTITY x \"y\">]><s:Envelope xmlns:s=\"" SOAP "\"><s:Body><s:Fault/>"
        "</s:Body></s:Envelope>",
        "<s:Envelope xmlns:s=\"" SOAP "\"><s:Body><s:Fault>&x;</s:Fault></s:Body></s:Envelope>",
        "<s:Envelope xmlns:s=\"" SOAP "\"><s:Body><s:Fault/></s:Body>",
        "<s:Envelope xmlns:s=\"" SOAP "\"><s:Body><s:Fault/></s:Body></s:Envelope>trailing",
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        read_answer r = read_text(cases[i]);

        if (r.status != DAOTP_PEER)
            fail_msg("case %zu: status %u", i, (unsigned)r.status);
        assert_true(strlen(r.fault.rule) > 0);
        daotp__wstep_answer_free(&r.answer);
    }
}

static void a_certificate_over_its_limit_is_refused(void **state)
{
    size_t len = (size_t)DAOTP__MAX_CERTIFICATE * 2;
    char *inner = malloc(len + 1024), *whole = malloc(len + 4096), *body = malloc(len + 2048);
    read_answer r;
    size_t at;

    (void)state;
    at = (size_t)snprintf(inner, 1024,
                          "<RequestSecurityTokenResponse><RequestedSecurityToken>"
                          "<o:BinarySecurityToken>");
    memset(inner + at, 'A', len);
    (void)snprintf(
        inner + at + len, 1024 - at,
        "</o:BinarySecurityToken></RequestedSecurityToken></RequestSecurityTokenResponse>");
    (void)snprintf(body, len + 2048, collection, inner);
    (void)snprintf(whole, len + 4096, envelope, body);
    r = read_text(whole);
    assert_int_equal(r.status, DAOTP_PEER);
    daotp__wstep_answer_free(&r.answer);
    free(inner);
    free(whole);
    free(body);
}

static void an_answer_cut_off_anywhere_is_refused(void **state)
{
    static char whole[4096], body[2048];
    size_t len;

    (void)state;
    (void)snprintf(body, sizeof body, collection, RESPONSE(TOKEN("Y2VydA==")));
    len = (size_t)snprintf(whole, sizeof whole, envelope, body);
    for (size_t cut = 0; cut < len; cut++) {
        daotp__wstep_answer answer;
        daotp__xml_fault fault = {.rule = NULL};

        daotp__wstep_answer_init(&answer);
        assert_int_equal(
            daotp__wstep_answer_read((daotp__bytes){(const uint8_t *)whole, cut}, &answer, &fault),
            DAOTP_PEER);
        assert_true(strlen(fault.rule) > 4 && fault.offset <= cut);
        daotp__wstep_answer_free(&answer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_has_everything_in_its_place),
        cmocka_unit_test(hostile_names_and_passwords_stay_text),
        cmocka_unit_test(a_request_over_the_buffers_limit_fails),
        cmocka_unit_test(an_issued_certificate_is_taken),
        cmocka_unit_test(the_message_decides_nothing),
        cmocka_unit_test(the_cmc_status_tells_the_outcome),
        cmocka_unit_test(pending_is_told_by_a_token_reference),
        cmocka_unit_test(a_denial_gives_its_hresult),
        cmocka_unit_test(a_fault_is_read_in_its_cmc_answer_too),
        cmocka_unit_test(a_refused_credential_is_told_from_a_failure),
        cmocka_unit_test(a_broken_chain_loses_no_certificate),
        cmocka_unit_test(what_is_no_answer_is_refused),
        cmocka_unit_test(what_is_no_envelope_is_refused),
        cmocka_unit_test(a_certificate_over_its_limit_is_refused),
        cmocka_unit_test(an_answer_cut_off_anywhere_is_refused),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    xmlCleanupParser(); /* of this program, which is at its end */
    return failed;
}
