/* SPDX-License-Identifier: BSD-2-Clause */
/* The two messages of MS-OTPCE, the published ones (MS-OTPCE 4) and others. Q1 to Q13 are the rows
 * of protocol.md 1.9. */
#include "builders.h"
#include "test_log.h"

#include "core/base64.h"
#include "otpce/message.h"
#include "request/csr.h"
#include "xml/xml.h"

#define NS "http://schemas.microsoft.com/otpcep/1.0/protocol"

static daotp_status read_request(daotp__bytes in, daotp__otpce_request *request)
{
    daotp__otpce_request_init(request);
    return daotp__otpce_request_read(in, request, NULL);
}

static daotp_status read_response(daotp__bytes in, daotp__otpce_response *response)
{
    daotp__otpce_response_init(response);
    return daotp__otpce_response_read(in, response, NULL);
}

static bool accepts_request(const char *text)
{
    daotp__otpce_request request;
    daotp_status status = read_request(text_bytes(text), &request);

    /* rejected is a CSR that is not base64 */
    assert_true(status == DAOTP_OK || status == DAOTP_PEER || status == DAOTP_REJECTED);
    daotp__otpce_request_free(&request);
    return status == DAOTP_OK;
}

static bool accepts_response(const char *text, daotp__otpce_code *code)
{
    daotp__otpce_response response;
    daotp_status status = read_response(text_bytes(text), &response);

    assert_true(status == DAOTP_OK || status == DAOTP_PEER);
    *code = response.code;
    daotp__otpce_response_free(&response);
    return status == DAOTP_OK;
}

/* ---- the eight published messages ------------------------------------------------------------ */

/* Q3: 4.2 to 4.4 in another order, with declarations nobody uses. Q8: 4.2 and 4.3 hold a request
 * that was cut; one is no base64, the other no PKCS#10. Q9: "asdf" is base64 and no PKCS#10. Q11:
 * "Pa$$word1". */
static void the_published_requests_are_read(void **state)
{
    static const struct {
        const char *file, *user, *otp;
        daotp_status status;
        size_t csr_len;
        bool is_csr;
    } rows[] = {
        {"otpce-4.1-request.xml", "DOMAIN1\\user1", "Pa$$word1", DAOTP_OK, 1171, true},
        {"otpce-4.2-request.xml", "domain1\\user1", "aPa$$word1", DAOTP_REJECTED, 0, false},
        {"otpce-4.3-request.xml", "domain1\\user1", "05278361", DAOTP_OK, 807, false},
        {"otpce-4.4-request.xml", "domain1\\user1", "Pa$$word1", DAOTP_OK, 3, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        daotp__otpce_request request;
        daotp__buffer file;
        daotp__csr csr;

        daotp__buffer_init(&file, DAOTP__MAX_OTP_MESSAGE);
        load_file(rows[i].file, &file);
        if (read_request(daotp__buffer_bytes(&file), &request) != rows[i].status)
            fail_msg("%s", rows[i].file);
        if (rows[i].status == DAOTP_OK) {
            assert_string_equal(daotp__buffer_string(&request.user_name), rows[i].user);
            assert_string_equal(daotp__buffer_string(&request.otp), rows[i].otp);
            assert_int_equal(request.csr.len, rows[i].csr_len);
        }
        assert_int_equal(daotp__csr_read(daotp__buffer_bytes(&request.csr), &csr), rows[i].is_csr);
        daotp__otpce_request_free(&request);
        daotp__buffer_free(&file);
    }
}

/* Q1, Q2: base64 in lines, which the parser turns into blanks. Q4: 4.4 carries an attribute that
 * no schema knows. Q6, Q7: the CA is no URI, its element declares the namespace again. */
static void the_published_responses_are_read(void **state)
{
    static const struct {
        const char *file;
        daotp__otpce_code code;
        size_t cmc_len, ca_count;
    } rows[] = {
        {"otpce-4.1-response.xml", DAOTP__OTPCE_SUCCESS, 3442, 1},
        {"otpce-4.2-response.xml", DAOTP__OTPCE_AUTHENTICATION_ERROR, 0, 0},
        {"otpce-4.3-response.xml", DAOTP__OTPCE_CHALLENGE_RESPONSE_REQUIRED, 0, 0},
        {"otpce-4.4-response.xml", DAOTP__OTPCE_OTHER_ERROR, 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        daotp__otpce_response response;
        daotp__buffer file;

        daotp__buffer_init(&file, DAOTP__MAX_OTP_MESSAGE);
        load_file(rows[i].file, &file);
        assert_int_equal(read_response(daotp__buffer_bytes(&file), &response), DAOTP_OK);
        assert_int_equal(response.code, rows[i].code);
        assert_int_equal(response.cmc.len, rows[i].cmc_len);
        assert_int_equal(response.issuing_ca_count, rows[i].ca_count);
        if (response.issuing_ca_count > 0)
            assert_string_equal(response.issuing_cas[0],
                                "DC1.domain1.corp.company.com\\RootCA-DC1");
        daotp__otpce_response_free(&response);
        daotp__buffer_free(&file);
    }
}

/* ---- quirks ---------------------------------------------------------------------------------- */

static void q1_q2_white_space_inside_base64_is_skipped(void **state)
{
    static const char *const rows[] = {"AAEC AwQF", "AAEC\nAwQF\n", " AAEC\r\n\tAwQF ",
                                       "AAEC&#xA;AwQF", "AAECAwQF"};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        daotp__otpce_request request;
        char text[300];

        (void)snprintf(text, sizeof text,
                       "<signCertRequest xmlns='" NS "' username='u' oneTimePassword='1' "
                       "certRequest='%s'/>",
                       rows[i]);
        assert_int_equal(read_request(text_bytes(text), &request), DAOTP_OK);
        assert_bytes_equal(daotp__buffer_bytes(&request.csr), BYTES("\0\1\2\3\4\5"));
        daotp__otpce_request_free(&request);
    }
}

static void q3_the_order_of_attributes_does_not_count(void **state)
{
    static const char *const parts[] = {"username='u'", "oneTimePassword='1'",
                                        "certRequest='AAAA'"};
    static const unsigned orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                         {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

    (void)state;
    for (size_t i = 0; i < COUNT(orders); i++) {
        char text[400];

        (void)snprintf(text, sizeof text,
                       "<signCertRequest %s xmlns:xsd='http://www.w3.org/2001/XMLSchema' %s "
                       "xmlns='" NS "' %s/>",
                       parts[orders[i][0]], parts[orders[i][1]], parts[orders[i][2]]);
        assert_true(accepts_request(text));
    }
}

static void q4_q5_what_nobody_knows_is_ignored(void **state)
{
    daotp__otpce_code code;

    (void)state;
    assert_true(accepts_request(
        "<signCertRequest xmlns='" NS "' xmlns:c='http://schemas.microsoft.com/otpcep/1.0/common' "
        "username='u' oneTimePassword='1' certRequest='AAAA' certificate='' c:x='1'><c:y/>z"
        "</signCertRequest>"));
    assert_true(accepts_response("<signCertResponse xmlns='" NS "' statusCode='Success' x='y'>"
                                 "<Other/>text</signCertResponse>",
                                 &code));
    assert_int_equal(code, DAOTP__OTPCE_SUCCESS);
}

static void q6_q7_issuing_cas_are_taken_as_they_are(void **state)
{
    daotp__otpce_response response;

    (void)state;
    assert_int_equal(
        read_response(text_bytes("<p:signCertResponse xmlns:p='" NS "' statusCode='Success'>\n"
                                 "  <p:IssuingCA>\n host.example\\My CA 1 \n</p:IssuingCA>\n"
                                 "  <IssuingCA>in no namespace</IssuingCA>\n"
                                 "  <IssuingCA xmlns='urn:other'>in another</IssuingCA>\n"
                                 "  <IssuingCA xmlns='" NS "'>a&amp;b\\c\\d</IssuingCA>\n"
                                 "</p:signCertResponse>\n"),
                      &response),
        DAOTP_OK);
    assert_int_equal(response.issuing_ca_count, 2);
    assert_string_equal(response.issuing_cas[0], "host.example\\My CA 1");
    assert_string_equal(response.issuing_cas[1], "a&b\\c\\d");
    daotp__otpce_response_free(&response);
}

static void q10_the_template_goes_by_number(void **state)
{
    daotp__buffer file;
    daotp__template template;
    char text[DAOTP__OID_TEXT];
    daotp__csr csr;

    (void)state;
    daotp__buffer_init(&file, DAOTP__MAX_CSR);
    load_file("request-4.1.csr.der", &file);
    assert_true(daotp__csr_read(daotp__buffer_bytes(&file), &csr));
    assert_true(daotp__template_read(daotp__extensions_find(&csr.extensions, DAOTP__OID_TEMPLATE),
                                     &template));
    assert_string_equal(
        daotp__oid_text(template.oid, text),
        "1.3.6.1.4.1.311.21.8.221803.1567394.12993454.3845153.13972217.75.15653661.6620273");
    assert_null(daotp__extensions_find(&csr.extensions, DAOTP__OID_TEMPLATE_NAME));
    daotp__buffer_free(&file);
}

static void q11_hostile_codes_go_round(void **state)
{
    static const char *const rows[] = {"Pa$$word1",
                                       "&",
                                       "<",
                                       ">",
                                       "\"",
                                       "'",
                                       "$",
                                       "\t",
                                       "\n",
                                       "\r",
                                       "\r\n",
                                       " ",
                                       "  lead and trail  ",
                                       "&amp;",
                                       "&#x41;",
                                       "]]>",
                                       "<!--",
                                       "\"/><evil a=\"",
                                       "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80",
                                       "\xEF\xBB\xBFx",
                                       "a&b<c>d\"e$f\tg\nh\ri'j",
                                       "\\",
                                       "%s%n",
                                       "\x7F\xC2\x85\xE2\x80\xA8"};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        for (size_t j = 0; j < COUNT(rows); j++) {
            daotp__otpce_request request;
            daotp__buffer out;

            daotp__buffer_init(&out, DAOTP__MAX_OTP_MESSAGE);
            assert_int_equal(
                daotp__otpce_request_write(rows[j], text_bytes(rows[i]), BYTES("\x30\x00"), &out),
                DAOTP_OK);
            assert_int_equal(read_request(daotp__buffer_bytes(&out), &request), DAOTP_OK);
            assert_bytes_equal(daotp__buffer_bytes(&request.otp), text_bytes(rows[i]));
            assert_bytes_equal(daotp__buffer_bytes(&request.user_name), text_bytes(rows[j]));
            assert_bytes_equal(daotp__buffer_bytes(&request.csr), BYTES("\x30\x00"));
            daotp__otpce_request_free(&request);
            daotp__buffer_free(&out);
        }
}

static void q12_a_doctype_is_refused(void **state)
{
    daotp__otpce_code code;

    (void)state;
    assert_false(accepts_request("<!DOCTYPE signCertRequest><signCertRequest xmlns='" NS
                                 "' username='u' oneTimePassword='1' certRequest='AAAA'/>"));
    assert_false(accepts_response("<!DOCTYPE x [<!ENTITY e 'Success'>]>"
                                  "<signCertResponse xmlns='" NS "' statusCode='&e;'/>",
                                  &code));
}

static daotp__bytes padded(daotp__buffer *out, const char *head, size_t len, const char *tail)
{
    daotp__buffer_init(out, 2 * DAOTP__MAX_OTP_MESSAGE);
    daotp__buffer_text(out, head);
    while (out->len + strlen(tail) < len)
        daotp__buffer_byte(out, ' ');
    daotp__buffer_text(out, tail);
    return daotp__buffer_bytes(out);
}

static void q12_a_message_is_bounded(void **state)
{
    static const char head[] =
        "<signCertRequest xmlns='" NS "' username='u' oneTimePassword='1' certRequest='AAAA'";
    daotp__otpce_response response;
    daotp__otpce_request request;
    daotp__buffer out;

    (void)state;
    for (size_t extra = 0; extra < 2; extra++) {
        assert_int_equal(
            read_request(padded(&out, head, DAOTP__MAX_OTP_MESSAGE + extra, "/>"), &request),
            extra == 0 ? DAOTP_OK : DAOTP_PEER);
        daotp__otpce_request_free(&request);
        daotp__buffer_free(&out);
        assert_int_equal(
            read_response(padded(&out, "<signCertResponse xmlns='" NS "' statusCode='OtherError'",
                                 DAOTP__MAX_OTP_MESSAGE + extra, "/>"),
                          &response),
            extra == 0 ? DAOTP_OK : DAOTP_PEER);
        daotp__otpce_response_free(&response);
        daotp__buffer_free(&out);
    }
}

static test_log logged;

/* Q13: whatever is wrong with a request, neither report nor log holds its code. */
static void q13_no_report_and_no_log_holds_the_code(void **state)
{
    static const char *const rows[] = {
        "<signCertRequest xmlns='" NS "' username='u' oneTimePassword='SECRET-77'/>",
        "<signCertRequest xmlns='" NS
        "' username='u' oneTimePassword='SECRET-77' certRequest='?'/>",
        "<signCertRequest xmlns='" NS "' username='u' oneTimePassword='SECRET-77' x='<'/>",
        "<signCertRequest oneTimePassword='SECRET-77'/>",
        "<wrong xmlns='" NS "' oneTimePassword='SECRET-77'/>",
        "SECRET-77",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        test_report report = test_report_new();
        daotp__otpce_request request;

        test_log_clear(&logged);
        assert_int_equal(
            daotp_context_set_log(report.context, DAOTP_LOG_DEBUG, test_log_keep, &logged),
            DAOTP_OK);
        daotp__otpce_request_init(&request);
        assert_int_not_equal(
            daotp__otpce_request_read(text_bytes(rows[i]), &request, report.report), DAOTP_OK);
        assert_int_equal(daotp_report_get_count(report.report), 1);
        assert_null(strstr(daotp_report_get_text(report.report), "SECRET"));
        assert_null(strstr(daotp_report_get_json(report.report), "SECRET"));
        assert_null(strstr(logged.all, "SECRET"));
        assert_string_not_equal(logged.text, "");
        daotp__otpce_request_free(&request);
        test_report_free(&report);
    }
}

/* ---- what else must be refused, or not ------------------------------------------------------- */

static void a_request_needs_its_three_attributes(void **state)
{
    static const char *const rows[] = {
        "<signCertRequest xmlns='" NS "' oneTimePassword='1' certRequest='AAAA'/>",
        "<signCertRequest xmlns='" NS "' username='u' certRequest='AAAA'/>",
        "<signCertRequest xmlns='" NS "' username='u' oneTimePassword='1'/>",
        "<signCertRequest xmlns='" NS "' UserName='u' oneTimePassword='1' certRequest='AAAA'/>",
        "<signCertRequest xmlns='" NS "' xmlns:p='" NS
        "' p:username='u' oneTimePassword='1' certRequest='AAAA'/>",
        "<signCertRequest xmlns='" NS "' username='u' oneTimePassword='1' certRequest='A'/>",
        "<signCertRequest xmlns='" NS "' username='u' username='v' oneTimePassword='1' "
        "certRequest='AAAA'/>",
        "<signCertRequest username='u' oneTimePassword='1' certRequest='AAAA'/>",
        "<signCertRequest xmlns='urn:x' username='u' oneTimePassword='1' certRequest='AAAA'/>",
        "<signcertrequest xmlns='" NS "' username='u' oneTimePassword='1' certRequest='AAAA'/>",
        "<signCertResponse xmlns='" NS "' username='u' oneTimePassword='1' certRequest='AAAA'/>",
        "<x xmlns='" NS "'><signCertRequest username='u' oneTimePassword='1' "
        "certRequest='AAAA'/></x>",
        "",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (accepts_request(rows[i]))
            fail_msg("%s", rows[i]);
    assert_true(accepts_request("<q:signCertRequest xmlns:q='" NS "' username='u' "
                                "oneTimePassword='1' certRequest='AAAA'/>"));
}

static daotp_status write_and_read(size_t user_len, size_t otp_len, size_t csr_len,
                                   daotp_finding_number *number)
{
    test_report report = test_report_new();
    daotp__otpce_request request;
    daotp__buffer out;
    uint8_t *bytes = malloc(csr_len + 1);
    char user[1000], otp[1000];
    daotp_status status;

    memset(user, 'u', sizeof user);
    memset(otp, '1', sizeof otp);
    memset(bytes, 0xA5, csr_len + 1);
    user[user_len] = '\0';
    daotp__buffer_init(&out, DAOTP__MAX_OTP_MESSAGE);
    daotp__otpce_request_init(&request);
    assert_int_equal(daotp__otpce_request_write(user, (daotp__bytes){(uint8_t *)otp, otp_len},
                                                (daotp__bytes){bytes, csr_len}, &out),
                     DAOTP_OK);
    status = daotp__otpce_request_read(daotp__buffer_bytes(&out), &request, report.report);
    *number = daotp_finding_get_number(daotp_report_get_error(report.report));
    if (status == DAOTP_OK)
        assert_int_equal(request.csr.len, csr_len);
    daotp__otpce_request_free(&request);
    daotp__buffer_free(&out);
    test_report_free(&report);
    free(bytes);
    return status;
}

static void each_part_of_a_request_is_bounded(void **state)
{
    daotp_finding_number number;

    (void)state;
    assert_int_equal(write_and_read(DAOTP__MAX_USER_NAME, DAOTP__MAX_OTP, 100, &number), DAOTP_OK);
    assert_int_equal(write_and_read(DAOTP__MAX_USER_NAME + 1, 6, 100, &number), DAOTP_PEER);
    assert_int_equal(number, DAOTP_FINDING_LIMIT_SIZE);
    assert_int_equal(write_and_read(6, DAOTP__MAX_OTP + 1, 100, &number), DAOTP_PEER);
    assert_int_equal(number, DAOTP_FINDING_LIMIT_SIZE);
    assert_int_equal(write_and_read(6, 6, DAOTP__MAX_CSR + 1, &number), DAOTP_REJECTED);
    assert_int_equal(number, DAOTP_FINDING_CSR_DER);
    assert_int_equal(write_and_read(6, 6, DAOTP__MAX_CSR, &number), DAOTP_OK);
}

static void an_unknown_code_is_no_success(void **state)
{
    static const struct {
        const char *text;
        daotp__otpce_code code;
    } rows[] = {
        {"Success", DAOTP__OTPCE_SUCCESS},
        {"AuthenticationError", DAOTP__OTPCE_AUTHENTICATION_ERROR},
        {"ChallengeResponseRequired", DAOTP__OTPCE_CHALLENGE_RESPONSE_REQUIRED},
        {"OtherError", DAOTP__OTPCE_OTHER_ERROR},
        {"success", DAOTP__OTPCE_OTHER_ERROR},
        {"SUCCESS", DAOTP__OTPCE_OTHER_ERROR},
        {" Success", DAOTP__OTPCE_OTHER_ERROR},
        {"Success ", DAOTP__OTPCE_OTHER_ERROR},
        {"Successful", DAOTP__OTPCE_OTHER_ERROR},
        {"Challenge", DAOTP__OTPCE_OTHER_ERROR},
        {"", DAOTP__OTPCE_OTHER_ERROR},
        {"0", DAOTP__OTPCE_OTHER_ERROR},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        daotp__otpce_code code;
        char text[200];

        (void)snprintf(text, sizeof text, "<signCertResponse xmlns='" NS "' statusCode='%s'/>",
                       rows[i].text);
        assert_true(accepts_response(text, &code));
        if (code != rows[i].code)
            fail_msg("%s", rows[i].text);
    }
}

static void a_bad_response_is_refused(void **state)
{
    static const char *const rows[] = {
        "<signCertResponse xmlns='" NS "'/>",
        "<signCertResponse xmlns='" NS "' StatusCode='Success'/>",
        "<signCertResponse statusCode='Success'/>",
        "<signCertResponse xmlns='" NS "/' statusCode='Success'/>",
        "<signCertRequest xmlns='" NS "' statusCode='Success'/>",
        "<signCertResponse xmlns='" NS "' statusCode='Success' SignedCertRequest='A'/>",
        "<signCertResponse xmlns='" NS "' statusCode='Success' SignedCertRequest='A?=='/>",
        "<signCertResponse xmlns='" NS "' statusCode='Success'><IssuingCA/></signCertResponse>",
        "<signCertResponse xmlns='" NS "' statusCode='Success'><IssuingCA> </IssuingCA>"
        "</signCertResponse>",
        "<signCertResponse xmlns='" NS "' statusCode='Success'><IssuingCA>a&#xA;b</IssuingCA>"
        "</signCertResponse>",
        "<signCertResponse xmlns='" NS "' statusCode='Success' statusCode='OtherError'/>",
        "<html><body>proxy</body></html>",
        "",
    };
    daotp__otpce_code code;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (accepts_response(rows[i], &code))
            fail_msg("%s", rows[i]);
}

/* MS-OTPCE 2.2.3: they come with success only, and are ignored otherwise */
static void what_comes_with_a_failure_is_ignored(void **state)
{
    daotp__otpce_response response;

    (void)state;
    assert_int_equal(read_response(text_bytes("<signCertResponse xmlns='" NS "' "
                                              "statusCode='AuthenticationError' "
                                              "SignedCertRequest='AAAA'><IssuingCA>a\\b"
                                              "</IssuingCA></signCertResponse>"),
                                   &response),
                     DAOTP_OK);
    assert_int_equal(response.code, DAOTP__OTPCE_AUTHENTICATION_ERROR);
    assert_int_equal(response.cmc.len, 0);
    assert_int_equal(response.issuing_ca_count, 0);
    daotp__otpce_response_free(&response);
}

static void issuing_cas_are_bounded(void **state)
{
    (void)state;
    for (size_t count = DAOTP__MAX_ISSUING_CAS; count <= DAOTP__MAX_ISSUING_CAS + 1; count++) {
        daotp__otpce_code code;
        daotp__buffer out;
        const char *cas[DAOTP__MAX_ISSUING_CAS + 1];

        for (size_t i = 0; i < count; i++)
            cas[i] = "host\\ca";
        daotp__buffer_init(&out, DAOTP__MAX_OTP_MESSAGE);
        assert_int_equal(
            daotp__otpce_response_write(DAOTP__OTPCE_SUCCESS, BYTES("x"), cas, count, &out),
            DAOTP_OK);
        assert_int_equal(accepts_response(daotp__buffer_string(&out), &code),
                         count == DAOTP__MAX_ISSUING_CAS);
        daotp__buffer_free(&out);
    }
}

static void the_name_of_a_ca_is_bounded(void **state)
{
    static char name[DAOTP__MAX_URL + 2];
    const char *const cas[] = {name};

    (void)state;
    for (size_t len = DAOTP__MAX_URL; len <= DAOTP__MAX_URL + 1; len++) {
        daotp__otpce_code code;
        daotp__buffer out;

        memset(name, 'h', len);
        name[1] = '\\';
        daotp__buffer_init(&out, DAOTP__MAX_OTP_MESSAGE);
        assert_int_equal(
            daotp__otpce_response_write(DAOTP__OTPCE_SUCCESS, BYTES("x"), cas, 1, &out), DAOTP_OK);
        assert_int_equal(accepts_response(daotp__buffer_string(&out), &code),
                         len == DAOTP__MAX_URL);
        daotp__buffer_free(&out);
    }
}

static void a_cmc_of_its_largest_size_is_read(void **state)
{
    uint8_t *cmc = calloc(1, DAOTP__MAX_CMC + 1);
    static const char *const cas[] = {"host\\ca"};

    (void)state;
    for (size_t extra = 0; extra < 2; extra++) {
        daotp__otpce_response response;
        daotp__buffer out;

        daotp__buffer_init(&out, 2 * DAOTP__MAX_OTP_MESSAGE);
        assert_int_equal(daotp__otpce_response_write(
                             DAOTP__OTPCE_SUCCESS,
                             (daotp__bytes){cmc, DAOTP__MAX_CMC - 1024 + 1024 * extra + extra}, cas,
                             1, &out),
                         DAOTP_OK);
        assert_int_equal(read_response(daotp__buffer_bytes(&out), &response),
                         extra == 0 ? DAOTP_OK : DAOTP_PEER);
        daotp__otpce_response_free(&response);
        daotp__buffer_free(&out);
    }
    free(cmc);
}

/* ---- writing --------------------------------------------------------------------------------- */

static void writing_is_deterministic(void **state)
{
    static const char *const cas[] = {"DC1.corp.example\\My <CA> & \"Co\"", "DC2\\x"};
    daotp__buffer out;

    (void)state;
    daotp__buffer_init(&out, DAOTP__MAX_OTP_MESSAGE);
    assert_int_equal(daotp__otpce_request_write("CORP\\alice", BYTES("1&2"), BYTES("\0\1\2"), &out),
                     DAOTP_OK);
    assert_string_equal(daotp__buffer_string(&out),
                        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<signCertRequest xmlns=\"" NS
                        "\" username=\"CORP\\alice\" oneTimePassword=\"1&amp;2\" "
                        "certRequest=\"AAEC\"/>");
    daotp__buffer_clear(&out);
    assert_int_equal(
        daotp__otpce_response_write(DAOTP__OTPCE_SUCCESS, BYTES("\0\1\2"), cas, 2, &out), DAOTP_OK);
    assert_string_equal(
        daotp__buffer_string(&out),
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<signCertResponse xmlns=\"" NS
        "\" statusCode=\"Success\" SignedCertRequest=\"AAEC\"><IssuingCA>"
        "DC1.corp.example\\My &lt;CA&gt; &amp; &quot;Co&quot;</IssuingCA><IssuingCA>"
        "DC2\\x</IssuingCA></signCertResponse>");
    daotp__buffer_free(&out);
}

static void a_written_response_reads_back(void **state)
{
    static const char *const cas[] = {"DC1.corp.example\\My <CA> & \"Co\"", "h\xC3\xB6st\\CA 2"};

    (void)state;
    for (int code = DAOTP__OTPCE_SUCCESS; code <= DAOTP__OTPCE_OTHER_ERROR; code++) {
        bool success = code == DAOTP__OTPCE_SUCCESS;
        daotp__otpce_response response;
        daotp__buffer out;

        daotp__buffer_init(&out, DAOTP__MAX_OTP_MESSAGE);
        assert_int_equal(
            daotp__otpce_response_write((daotp__otpce_code)code, BYTES("the cmc"), cas, 2, &out),
            DAOTP_OK);
        if (!success) /* MS-OTPCE 2.2.3: left out */
            assert_null(strstr(daotp__buffer_string(&out), "IssuingCA"));
        assert_int_equal(read_response(daotp__buffer_bytes(&out), &response), DAOTP_OK);
        assert_int_equal(response.code, code);
        assert_int_equal(response.cmc.len, success ? 7 : 0);
        assert_int_equal(response.issuing_ca_count, success ? 2 : 0);
        for (size_t i = 0; i < response.issuing_ca_count; i++)
            assert_string_equal(response.issuing_cas[i], cas[i]);
        daotp__otpce_response_free(&response);
        daotp__buffer_free(&out);
    }
}

static void what_is_too_large_is_not_written(void **state)
{
    daotp__buffer out;

    (void)state;
    daotp__buffer_init(&out, 200);
    assert_int_equal(daotp__otpce_request_write("u", BYTES("1"),
                                                BYTES("a request of some bytes that "
                                                      "has no room"),
                                                &out),
                     DAOTP_PEER);
    daotp__buffer_free(&out);
}

static void header_values_are_compared_leniently(void **state)
{
    (void)state;
    assert_true(daotp__otpce_is_version("1.0"));
    assert_true(daotp__otpce_is_version(" 1.0\t"));
    assert_false(daotp__otpce_is_version("1.1"));
    assert_false(daotp__otpce_is_version("1.00"));
    assert_false(daotp__otpce_is_version(""));
    assert_false(daotp__otpce_is_version(NULL));
    assert_true(daotp__otpce_is_content_type("Application/xml;charset=utf-8"));
    assert_true(daotp__otpce_is_content_type("application/XML; charset=UTF-8"));
    assert_true(daotp__otpce_is_content_type("application/xml ; charset=\"utf-8\""));
    assert_false(daotp__otpce_is_content_type("text/xml;charset=utf-8"));
    assert_false(daotp__otpce_is_content_type("application/xml"));
    assert_false(daotp__otpce_is_content_type("application/xml;charset=utf-16"));
    assert_false(daotp__otpce_is_content_type(""));
    assert_false(daotp__otpce_is_content_type(NULL));
    assert_false(daotp__otpce_is_content_type(
        "application/"
        "xml;charset=utf-8;aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_requests_are_read),
        cmocka_unit_test(the_published_responses_are_read),
        cmocka_unit_test(q1_q2_white_space_inside_base64_is_skipped),
        cmocka_unit_test(q3_the_order_of_attributes_does_not_count),
        cmocka_unit_test(q4_q5_what_nobody_knows_is_ignored),
        cmocka_unit_test(q6_q7_issuing_cas_are_taken_as_they_are),
        cmocka_unit_test(q10_the_template_goes_by_number),
        cmocka_unit_test(q11_hostile_codes_go_round),
        cmocka_unit_test(q12_a_doctype_is_refused),
        cmocka_unit_test(q12_a_message_is_bounded),
        cmocka_unit_test(q13_no_report_and_no_log_holds_the_code),
        cmocka_unit_test(a_request_needs_its_three_attributes),
        cmocka_unit_test(each_part_of_a_request_is_bounded),
        cmocka_unit_test(an_unknown_code_is_no_success),
        cmocka_unit_test(a_bad_response_is_refused),
        cmocka_unit_test(what_comes_with_a_failure_is_ignored),
        cmocka_unit_test(issuing_cas_are_bounded),
        cmocka_unit_test(the_name_of_a_ca_is_bounded),
        cmocka_unit_test(a_cmc_of_its_largest_size_is_read),
        cmocka_unit_test(writing_is_deterministic),
        cmocka_unit_test(a_written_response_reads_back),
        cmocka_unit_test(what_is_too_large_is_not_written),
        cmocka_unit_test(header_values_are_compared_leniently),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
