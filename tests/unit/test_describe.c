/* SPDX-License-Identifier: BSD-2-Clause */
/* Everything that can be described, as text and as JSON: well-formed, without the code, and without
 * anything that could steer a terminal. */
#include "cmc_answer.h"
#include "forge.h"
#include "json_check.h"
#include "testing.h"

#include "core/alloc.h"
#include "core/base64.h"
#include "core/utf8.h"
#include "otpce/message.h"
#include "request/cmc.h"

#include <daotp/describe.h>
#include <stdlib.h>

static forge_world world;
static daotp_context *context;

static int set_up(void **state)
{
    (void)state;
    world = forge_world_new();
    context = forge_context();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    daotp_context_unref(context);
    forge_world_free(&world);
    return 0;
}

static bool json_is_valid(const char *text)
{
    return daotp__utf8_valid(text, strlen(text)) && json_is_well_formed(text);
}

static bool is_plain(const char *text)
{
    size_t len = strlen(text), n;

    for (size_t at = 0; at < len; at += n) {
        uint8_t c = (uint8_t)text[at];

        n = daotp__utf8_next(text + at, len - at);
        if (n == 0 || (c < 0x20 && c != '\n') || c == 0x7F)
            return false;
        if (n == 2 && c == 0xC2 && (uint8_t)text[at + 1] < 0xA0) /* C1: CSI and its like */
            return false;
    }
    return true;
}

/* In both forms; the text, to be freed. */
static char *describe(const void *bytes, size_t len)
{
    char *text, *json;

    assert_int_equal(daotp_describe(context, bytes, len, DAOTP_FORMAT_TEXT, NULL, &text), DAOTP_OK);
    assert_int_equal(daotp_describe(context, bytes, len, DAOTP_FORMAT_JSON, NULL, &json), DAOTP_OK);
    if (!json_is_valid(json))
        fail_msg("no JSON: %s", json);
    if (!is_plain(text))
        fail_msg("not plain: %s", text);
    assert_true(strlen(text) > 0 && text[strlen(text) - 1] == '\n');
    assert_int_equal(json[0], '[');
    daotp_free(json);
    return text;
}

/* Each of these, separated by "|", is in the text. */
static void assert_says(const char *text, const char *wanted)
{
    while (*wanted != '\0') {
        size_t len = strcspn(wanted, "|");

        if (memmem(text, strlen(text), wanted, len) == NULL)
            fail_msg("\"%.*s\" is not in:\n%s", (int)len, wanted, text);
        wanted += len;
        wanted += *wanted == '|' ? 1 : 0;
    }
}

static void check(daotp__buffer *bytes, const char *wanted)
{
    char *text = describe(bytes->data, bytes->len);

    assert_says(text, wanted);
    daotp_free(text);
    daotp__buffer_free(bytes);
}

static void the_published_vectors_are_described(void **state)
{
    static const struct {
        const char *file, *wanted;
    } cases[] = {
        {"otpce-4.1-request.xml",
         "signCertRequest|DOMAIN1\\user1|9 bytes, not shown|PKCS#10|verifies|RSA, 2048 bits|6.2."
         "8311.2|CLIENT2.domain1.corp.company.com|LogonUI.exe|user1@domain1.corp.company.com|smart "
         "card logon"},
        {"otpce-4.1-response.xml",
         "signCertResponse|Success|DC1.domain1.corp.company.com\\RootCA-DC1|CMC signed "
         "request|PKIData|signer without signature|hash: right|signature value: verifies|fit the "
         "content|DirectAccess OTP registration authority|expired"},
        {"otpce-4.2-request.xml", "signCertRequest|not shown|not well-formed"},
        {"otpce-4.2-response.xml", "signCertResponse|AuthenticationError"},
        {"otpce-4.3-request.xml", "signCertRequest|not shown|not well-formed"},
        {"otpce-4.3-response.xml", "signCertResponse|ChallengeResponseRequired"},
        {"otpce-4.4-request.xml", "signCertRequest|not shown|3 bytes that are not well-formed"},
        {"otpce-4.4-response.xml", "signCertResponse|OtherError"},
        {"request-4.1.csr.der", "PKCS#10 certificate request|1171 bytes|verifies"},
        {"response-4.1.cmc.der", "CMC signed request|3442 bytes|verifies"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        daotp__buffer bytes;

        daotp__buffer_init(&bytes, 1 << 20);
        load_file(cases[i].file, &bytes);
        check(&bytes, cases[i].wanted);
    }
}

static void certificates_and_their_wrappings_are_described(void **state)
{
    X509 *const both[] = {world.user, world.root, NULL};
    daotp__buffer der = forge_der(world.user), pkcs7 = forge_pkcs7(both), pem, block;

    (void)state;
    check(&der, "certificate|" FORGE_DN "|" FORGE_UPN "|" FORGE_SID
                "|valid|smart card logon|" FORGE_TEMPLATE
                "|100.5|http://crl.corp.example/ca.crl|digitalSignature, "
                "keyEncipherment|EC, ");
    daotp__buffer_init(&block, 1 << 20);
    daotp__buffer_text(&block, "text before\n-----BEGIN PKCS7-----\n");
    daotp__base64_write_lines(&block, pkcs7.data, pkcs7.len, 64);
    daotp__buffer_text(&block, "-----END PKCS7-----\ntext after\n");
    check(&pkcs7, "CMS signed data|" FORGE_UPN "|CN=Corp Root");
    check(&block, "CMS signed data|" FORGE_UPN "|CN=Corp Root");
    daotp__buffer_init(&pem, 1 << 20);
    forge_pem(&pem, world.user);
    forge_pem(&pem, world.root);
    check(&pem, FORGE_UPN "|CN=Corp Root|CA: yes");
}

/* One block that cannot be read, of any kind of damage, hides none behind it. */
static void a_broken_block_hides_no_other(void **state)
{
    static const char *const broken[] = {
        "-----BEGIN CERTIFICATE-----\n%%%%\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nMAA\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nMIIB\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        daotp__buffer pem;

        daotp__buffer_init(&pem, 1 << 20);
        forge_pem(&pem, world.root);
        daotp__buffer_text(&pem, broken[i]);
        forge_pem(&pem, world.user);
        check(&pem, "CN=Corp Root|not well-formed|" FORGE_UPN);
    }
}

static void requests_in_pem_are_described(void **state)
{
    static const char *const labels[] = {"CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"};
    forge_request request = forge_good_request(world.user_key);
    daotp__buffer csr;

    (void)state;
    request.attributes[0] = (forge_extension){"1.3.6.1.4.1.311.13.1", "DER:3003020105"};
    request.attributes[1] =
        (forge_extension){"1.3.6.1.4.1.311.13.2.1", "DER:300C1E04006100621E0400610062"};
    csr = forge_csr(&request);
    for (int i = 0; i < 2; i++) {
        daotp__buffer pem;

        daotp__buffer_init(&pem, 1 << 20);
        daotp__buffer_format(&pem, "-----BEGIN %s-----\n", labels[i]);
        daotp__base64_write_lines(&pem, csr.data, csr.len, 64);
        daotp__buffer_format(&pem, "-----END %s-----\n", labels[i]);
        check(&pem, "PKCS#10|renewal certificate|name-value pairs|" FORGE_UPN);
    }
    daotp__buffer_free(&csr);
}

static void a_broken_signature_is_said_so(void **state)
{
    forge_request request = forge_good_request(world.user_key);
    daotp__buffer csr, cmc;
    daotp_key *key = forge_key(context, world.ra_key);
    daotp__certificate ra;
    daotp__buffer der = forge_der(world.ra);
    char *text;

    (void)state;
    request.signing_key = world.machine_key;
    csr = forge_csr(&request);
    daotp__buffer_init(&cmc, DAOTP__MAX_CMC);
    assert_true(daotp__certificate_read(daotp__buffer_bytes(&der), &ra));
    assert_int_equal(
        daotp__cmc_write(daotp__buffer_bytes(&csr), NULL, DAOTP__HASH_SHA256, key, &ra, &cmc, NULL),
        DAOTP_OK);
    check(&csr, "DOES NOT VERIFY");
    text = describe(cmc.data, cmc.len);
    assert_says(text, "own signature: DOES NOT VERIFY|signature value: verifies");
    daotp_free(text);
    cmc.data[cmc.len - 1] ^= 1;
    check(&cmc, "signature value: DOES NOT VERIFY");
    daotp__buffer_free(&der);
    daotp_key_unref(key);
}

/* The status of a CMC answer with what it says besides (RFC 5272 6.1). */
static void what_a_ca_answers_is_described(void **state)
{
    static const struct {
        cmc_answer answer;
        const char *wanted;
    } cases[] = {
        {{.status = 2, .fail_info = 7, .text = "no"},
         "CMC status: failed (2)|reason: badIdentity (7)|meaning: the identity in the request did "
         "not verify|text: no"},
        {{.status = 2, .fail_info = 99}, "reason: unknown (99)|RFC 5272 6.1.4 does not define"},
        {{.status = 2,
          .fail_info_octets = {(const uint8_t *)"\x80\x09\x40\x12", 4},
          .fail_info = -1},
         "reason: 0x80094012|an HRESULT"},
        {{.is_v2 = true, .status = 3, .fail_info = -1, .pend_token = "42"},
         "CMC status: pending (3)|token to ask with: 42|(pendTime): 2030-01-01T00:00:00Z"},
        {{.is_v2 = true, .status = 2, .fail_info = -1, .extended = "\x0c\x05quota"},
         "extendedFailInfo: signedData (1.2.840.113549.1.7.2): quota"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        daotp__buffer der;

        daotp__buffer_init(&der, DAOTP__MAX_FILE);
        cmc_answer_write(&der, &cases[i].answer);
        check(&der, cases[i].wanted);
    }
}

static void the_code_is_never_shown(void **state)
{
    static const char *const codes[] = {"123456", "M4rked-C0de", "a&b<c>\"d'", "\xC3\xA4\xC3\xB6"};

    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        for (int format = DAOTP_FORMAT_TEXT; format <= DAOTP_FORMAT_JSON; format++) {
            test_report report = test_report_new();
            daotp__buffer body;
            char *text;

            daotp__buffer_init(&body, DAOTP__MAX_OTP_MESSAGE);
            assert_int_equal(daotp__otpce_request_write(
                                 "CORP\\alice",
                                 (daotp__bytes){(const uint8_t *)codes[i], strlen(codes[i])},
                                 (daotp__bytes){(const uint8_t *)"x", 1}, &body),
                             DAOTP_OK);
            assert_int_equal(daotp_describe(context, body.data, body.len, (daotp_format)format,
                                            report.report, &text),
                             DAOTP_OK);
            assert_null(strstr(text, codes[i]));
            assert_null(strstr(daotp_report_get_json(report.report), codes[i]));
            assert_non_null(strstr(text, "not shown"));
            daotp_free(text);
            daotp__buffer_free(&body);
            test_report_free(&report);
        }
}

/* Also where the message is broken in some way. */
static void the_code_of_a_broken_message_is_not_shown_either(void **state)
{
    static const char *const cases[] = {
        "<signCertRequest xmlns=\"" DAOTP__OTPCE_NAMESPACE "\" username=\"u\""
        " oneTimePassword=\"M4rked\" certRequest=\"*\"/>",
        "<signCertRequest xmlns=\"" DAOTP__OTPCE_NAMESPACE "\" username=\"u\""
        " oneTimePassword=\"M4rked\"/>",
        "<signCertRequest xmlns=\"" DAOTP__OTPCE_NAMESPACE "\" oneTimePassword=\"M4rked\"/>",
        "<signCertRequest oneTimePassword=\"M4rked\"/>",
        "<signCertRequest oneTimePassword=\"M4rked\">",
        "<x oneTimePassword=\"M4rked\"/>",
        "<M4rked/>",
    };

    (void)state;
    for (size_t i = 0; i + 1 < sizeof cases / sizeof cases[0]; i++) {
        test_report report = test_report_new();
        char *text;

        (void)daotp_describe(context, cases[i], strlen(cases[i]), DAOTP_FORMAT_TEXT, report.report,
                             &text);
        assert_null(strstr(daotp_report_get_json(report.report), "M4rked"));
        if (text != NULL)
            assert_null(strstr(text, "M4rked"));
        daotp_free(text);
        test_report_free(&report);
    }
}

/* ---- hostile values ---------------------------------------------------------------------------
 */

#define HOSTILE "a\x1B[2Jb\rc\nd\te\x7F\"\\{}[]:,"

static void hostile_names_stay_values(void **state)
{
    /* in the subject, as UTF-8; control characters of both sets, quotes, direction marks */
    static const char *const names[] = {"CN=" HOSTILE,
                                        "CN=x\xC2\x9B"
                                        "31my",
                                        "CN=\xC2\x85",
                                        "CN=\xE2\x80\xAE"
                                        "desrever",
                                        "CN=\\\\\\",
                                        "CN=\"},{\"name\":\"x\""};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        forge_spec spec = {
            .key = world.user_key,
            .issuer = world.root,
            .issuer_key = world.root_key,
            .extensions = {{"2.5.29.17", /* DNS name and URI, ESC and quotes inside */
                            "DER:301482061B5B316D2261860A687474703A2F2F1B0D22"}}};
        X509_NAME *name = X509_NAME_new();
        X509 *x509;
        daotp__buffer der;
        char *text;

        spec.subject = "CN=x";
        x509 = forge_certificate(&spec);
        assert_int_equal(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                                    (const unsigned char *)names[i] + 3, -1, -1, 0),
                         1);
        assert_int_equal(X509_set_subject_name(x509, name), 1);
        assert_true(X509_sign(x509, world.root_key, EVP_sha256()) > 0);
        der = forge_der(x509);
        text = describe(der.data, der.len);
        daotp_free(text);
        daotp__buffer_free(&der);
        X509_free(x509);
        X509_NAME_free(name);
    }
}

/* Bytes that are no UTF-8 at all, where a string should be. */
static void bytes_that_are_no_text_stay_values(void **state)
{
    forge_spec spec = {.subject = "CN=x",
                       .key = world.user_key,
                       .extensions = {{"2.5.29.17", "DER:30068204FF9B3141"},
                                      {"2.5.29.31", "DER:300E300CA00AA0088606FF9B8041C080"},
                                      {FORGE_OID_SID, "DER:3000"},
                                      {"1.2.3.4", "DER:0403FF9B31"}}};
    X509 *x509 = forge_certificate(&spec);
    daotp__buffer der = forge_der(x509);

    (void)state;
    check(&der, "certificate");
    X509_free(x509);
}

static void a_hostile_user_name_stays_a_value(void **state)
{
    daotp__buffer body;

    (void)state;
    daotp__buffer_init(&body, DAOTP__MAX_OTP_MESSAGE);
    daotp__buffer_text(&body, "<signCertRequest xmlns=\"" DAOTP__OTPCE_NAMESPACE
                              "\" username=\"a&quot;,&#10;&#13;&#9;&#x85;&#x9B;31m\\\" "
                              "oneTimePassword=\"1\" certRequest=\"\"/>");
    check(&body, "signCertRequest");
}

static void every_extension_has_its_words(void **state)
{
    forge_spec spec = {
        .subject = "CN=x",
        .key = world.user_key,
        .extensions = {{"basicConstraints", "critical,CA:FALSE"},
                       {"keyUsage", "digitalSignature,nonRepudiation,keyEncipherment,"
                                    "dataEncipherment,keyAgreement,keyCertSign,cRLSign,"
                                    "encipherOnly,decipherOnly"},
                       {"extendedKeyUsage", "serverAuth,clientAuth,1.2.3.4.5"},
                       {"subjectAltName",
                        "DNS:d.example,email:e@example,URI:http://u/,IP:192.0.2.1,"
                        "RID:1.2.3.4,otherName:1.2.3.4;UTF8:x"},
                       {FORGE_OID_POLICIES, forge_policy(FORGE_LOGON)},
                       {"subjectKeyIdentifier", "hash"},
                       {"authorityInfoAccess", "caIssuers;URI:http://aia.example/ca.cer"},
                       {"crlDistributionPoints", "URI:http://crl.example/x.crl"},
                       {"1.2.3.4", "critical,DER:0500"}}};
    X509 *x509 = forge_certificate(&spec);
    daotp__buffer der = forge_der(x509);

    (void)state;
    check(&der, "CA: no|critical: yes|nonRepudiation|encipherOnly, decipherOnly|"
                "TLS server authentication|TLS client authentication|1.2.3.4.5|d.example|e@example|"
                "http://u/|192.0.2.1|policy: smart card logon|http://aia.example/ca.cer|"
                "http://crl.example/x.crl|0500");
    X509_free(x509);
}

/* What has no form that its clause allows is shown as such, with the rule. */
static void what_cannot_be_read_in_an_extension_is_said(void **state)
{
    static const struct {
        const char *type, *value, *wanted;
    } rows[] = {
        {"2.5.29.17", "DER:3000", "not readable: 3000|rule: RFC 5280 4.2.1.6"},
        {"2.5.29.17", "DER:3003890178", "not readable: 3003890178|RFC 5280 4.2.1.6"},
        {"2.5.29.17", "DER:300388012A", "registered id: 1.2"},
        {"2.5.29.17", "DER:3011a00f060a2b0601040182371402030c0161", "not readable: 3011"},
        {"2.5.29.17", "DER:3012a010060a2b060104018237140203a0021600",
         "other name: user principal|"
         "value: 1600"},
        {"2.5.29.15", "DER:030100", "not readable: 030100|RFC 5280 4.2.1.3"},
        {"2.5.29.37", "DER:3000", "not readable: 3000|RFC 5280 4.2.1.12"},
        {"2.5.29.19", "DER:3003010100", "not readable: 3003010100|X.690 11.5"},
        {"2.5.29.31", "DER:3000", "not readable: 3000|RFC 5280 4.2.1.13"},
        {"2.5.29.35", "DER:0500", "not readable: 0500|RFC 5280 4.2.1.1"},
        {"2.5.29.30", "DER:3000", "not readable: 3000|RFC 5280 4.2.1.10"},
        {"2.5.29.32", "DER:3000", "not readable: 3000|RFC 5280 4.2.1.4"},
        {"1.3.6.1.5.5.7.1.1", "DER:3000", "not readable: 3000|RFC 5280 4.2.2.1"},
        {"1.3.6.1.4.1.311.21.7", "DER:0500", "not readable: 0500|MS-WCCE 2.2.2.7.7.2"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        forge_spec spec = {.subject = "CN=x",
                           .key = world.user_key,
                           .extensions = {{rows[i].type, rows[i].value}}};
        X509 *x509 = forge_certificate(&spec);
        daotp__buffer der = forge_der(x509);
        char *text = describe(der.data, der.len);

        assert_says(text, rows[i].wanted);
        daotp_free(text);
        daotp__buffer_free(&der);
        X509_free(x509);
    }
}

static void dates_are_judged_by_the_contexts_clock(void **state)
{
    static const struct {
        int64_t now_s;
        const char *wanted;
    } cases[] = {{FORGE_NOW, "now: valid\n|valid from: 2027-01-15T07:50:00Z|valid until: "
                             "2027-01-15T08:50:00Z"},
                 {FORGE_NOW + 3 * FORGE_HOUR, "now: expired"},
                 {FORGE_NOW - 3 * FORGE_HOUR, "now: not valid yet"}};
    daotp__buffer der = forge_der(world.user);

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        int64_t now_s = cases[i].now_s;
        char *text;

        assert_int_equal(daotp_context_set_wall_clock(context, test_clock_stands, &now_s),
                         DAOTP_OK);
        text = describe(der.data, der.len);
        assert_says(text, cases[i].wanted);
        daotp_free(text);
    }
    assert_int_equal(daotp_context_set_wall_clock(context, test_clock_stands, NULL), DAOTP_OK);
    daotp__buffer_free(&der);
}

/* ---- what is nothing of these ------------------------------------------------------------------
 */

static void what_is_unknown_is_told(void **state)
{
    static const char *const cases[] = {
        "",
        "x",
        "\n\n",
        "{}",
        "<",
        "<a/>",
        "<html></html>",
        "\xEF\xBB\xBF<a/>",
        "-----BEGIN CERTIFICATE-----",
        "-----BEGIN X-----\n-----END X-----\n",
        "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n",
        "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n",
        "<!DOCTYPE a><signCertRequest xmlns=\"" DAOTP__OTPCE_NAMESPACE "\"/>",
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int format = DAOTP_FORMAT_TEXT; format <= DAOTP_FORMAT_JSON; format++) {
            test_report report = test_report_new();
            char *text = (char *)1;

            if (daotp_describe(context, cases[i], strlen(cases[i]), (daotp_format)format,
                               report.report, &text) != DAOTP_PEER)
                fail_msg("case %zu", i);
            assert_null(text);
            assert_non_null(daotp_report_get_error(report.report));
            assert_int_equal(daotp_report_get_status(report.report), DAOTP_PEER);
            test_report_free(&report);
        }
}

/* Which of the two messages it is, is known by its root: the finding is about that one. */
static void a_broken_response_is_called_a_response(void **state)
{
    static const char broken[] = "<signCertResponse xmlns=\"" DAOTP__OTPCE_NAMESPACE
                                 "\" statusCode=\"Success\" SignedCertRequest=\"*\"/>";
    test_report report = test_report_new();
    char *text;

    (void)state;
    assert_int_equal(
        daotp_describe(context, broken, sizeof broken - 1, DAOTP_FORMAT_TEXT, report.report, &text),
        DAOTP_PEER);
    assert_string_equal(daotp_finding_get_subject(daotp_report_get_error(report.report)),
                        "signCertResponse");
    test_report_free(&report);
}

static void arguments_are_checked(void **state)
{
    char *text = (char *)1;

    (void)state;
    assert_int_equal(daotp_describe(NULL, "x", 1, DAOTP_FORMAT_TEXT, NULL, &text), DAOTP_USAGE);
    assert_null(text);
    assert_int_equal(daotp_describe(context, NULL, 0, DAOTP_FORMAT_TEXT, NULL, &text), DAOTP_USAGE);
    assert_int_equal(daotp_describe(context, "x", 1, (daotp_format)0, NULL, &text), DAOTP_USAGE);
    assert_int_equal(daotp_describe(context, "x", 1, (daotp_format)3, NULL, &text), DAOTP_USAGE);
    assert_int_equal(daotp_describe(context, "x", 1, DAOTP_FORMAT_TEXT, NULL, NULL), DAOTP_USAGE);
}

/* Cut off anywhere, or a byte changed: described or refused, and what comes is well-formed. */
static void damage_does_no_harm(void **state)
{
    static const char *const files[] = {"otpce-4.1-request.xml", "otpce-4.1-response.xml",
                                        "request-4.1.csr.der", "response-4.1.cmc.der"};

    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        daotp__buffer bytes;

        daotp__buffer_init(&bytes, 1 << 20);
        load_file(files[i], &bytes);
        for (size_t at = i; at < bytes.len; at += bytes.len / 60 + 1)
            for (int cut = 0; cut < 2; cut++) {
                size_t len = cut ? at : bytes.len;
                uint8_t *copy = malloc(len > 0 ? len : 1);
                daotp_status status;
                char *text;

                memcpy(copy, bytes.data, len);
                if (!cut)
                    copy[at] ^= (uint8_t)(1u << at % 8);
                status = daotp_describe(context, copy, len, DAOTP_FORMAT_JSON, NULL, &text);
                assert_true(status == DAOTP_OK || status == DAOTP_PEER);
                if (status == DAOTP_OK)
                    assert_true(json_is_valid(text));
                daotp_free(text);
                status = daotp_describe(context, copy, len, DAOTP_FORMAT_TEXT, NULL, &text);
                if (status == DAOTP_OK)
                    assert_true(is_plain(text));
                daotp_free(text);
                free(copy);
            }
        daotp__buffer_free(&bytes);
    }
}

/* More words than there may be is a matter of size, not of memory. */
static void too_much_to_say_is_told_as_such(void **state)
{
    test_report report = test_report_new();
    daotp__buffer pem;
    daotp_status status;
    char *text;

    (void)state;
    daotp__buffer_init(&pem, DAOTP__MAX_FILE);
    for (int i = 0; i < 1500; i++)
        forge_pem(&pem, world.user);
    status = daotp_describe(context, pem.data, pem.len, DAOTP_FORMAT_JSON, report.report, &text);
    if (status == DAOTP_OK)
        assert_true(json_is_valid(text));
    else
        assert_int_equal(status, DAOTP_PEER);
    daotp_free(text);
    daotp__buffer_free(&pem);
    test_report_free(&report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_vectors_are_described),
        cmocka_unit_test(certificates_and_their_wrappings_are_described),
        cmocka_unit_test(a_broken_block_hides_no_other),
        cmocka_unit_test(requests_in_pem_are_described),
        cmocka_unit_test(a_broken_signature_is_said_so),
        cmocka_unit_test(what_a_ca_answers_is_described),
        cmocka_unit_test(the_code_is_never_shown),
        cmocka_unit_test(the_code_of_a_broken_message_is_not_shown_either),
        cmocka_unit_test(hostile_names_stay_values),
        cmocka_unit_test(bytes_that_are_no_text_stay_values),
        cmocka_unit_test(a_hostile_user_name_stays_a_value),
        cmocka_unit_test(every_extension_has_its_words),
        cmocka_unit_test(what_cannot_be_read_in_an_extension_is_said),
        cmocka_unit_test(dates_are_judged_by_the_contexts_clock),
        cmocka_unit_test(what_is_unknown_is_told),
        cmocka_unit_test(a_broken_response_is_called_a_response),
        cmocka_unit_test(arguments_are_checked),
        cmocka_unit_test(damage_does_no_harm),
        cmocka_unit_test(too_much_to_say_is_told_as_such),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
