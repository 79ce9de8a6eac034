/* SPDX-License-Identifier: BSD-2-Clause */
/* Each entry that allocates, with its first allocation failing, then its second, and so on until
 * none fails: it answers DAOTP_MEMORY, leaks nothing, and never takes a lack of memory for a fault
 * of what it looks at. (Allocations of libcrypto and libxml2 are not among them.) */
#include "builders.h"
#include "cmc_answer.h"

#include "ca/soap.h"
#include "core/base64.h"
#include "failing_memory.h"
#include "otpce/message.h"
#include "request/account.h"
#include "request/cmc.h"
#include "x509/credential.h"
#include "x509/name_match.h"
#include "x509/pem.h"
#include "x509/trust.h"
#include "xml/xml.h"

#include <unistd.h>

/* What the steps work on, made while memory lasts. */
static daotp_context *context;
static daotp_key *rsa, *p256, *ca_key;
static daotp_report *report;
static daotp__certificate ra;
static daotp__buffer ra_der, leaf, chain_pem, key_pem, csr, cmc, request_xml, response_xml, name;
static daotp__buffer answer_ber, answer_extended, answer_pending, answer_xml, policies_xml;
static char certificate_path[] = "/tmp/daotp-torture-cert-XXXXXX";
static char key_path[] = "/tmp/daotp-torture-key-XXXXXX";

static const daotp__client_info host = {.id = 1001,
                                        .machine = {(const uint8_t *)"da1", 3},
                                        .user = {(const uint8_t *)"u", 1},
                                        .process = {(const uint8_t *)"p", 1}};

static daotp__csr_spec csr_spec(void)
{
    return (daotp__csr_spec){.subject = daotp__buffer_bytes(&name),
                             .template = {.oid = BYTES("\x2A\x03")},
                             .upn = BYTES("alice@corp.example"),
                             .os_version = BYTES("1.2.3.4"),
                             .client_info = &host,
                             .csp_provider = BYTES("Provider")};
}

static void make_certificates(void)
{
    const certificate_plan ra_plan = {.serial = 0};
    const certificate_plan plan = {.subject = "CN=Alice,DC=corp", .upn = "alice@corp.example"};

    make_certificate(&ra_plan, rsa, ca_key, &ra_der);
    assert_true(daotp__certificate_read(daotp__buffer_bytes(&ra_der), &ra));
    make_certificate(&plan, p256, ca_key, &leaf);
    for (unsigned i = 0; i < 6; i++)
        daotp__pem_write(&chain_pem, "CERTIFICATE", daotp__buffer_bytes(&leaf));
}

static void make_cmc_answer(daotp__buffer *out);

static void make_wstep_answer(void)
{
    static const char head[] =
        "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body>"
        "<RequestSecurityTokenResponseCollection"
        " xmlns=\"http://docs.oasis-open.org/ws-sx/ws-trust/200512\">"
        "<RequestSecurityTokenResponse><BinarySecurityToken xmlns=\"http://docs.oasis-open.org/wss/"
        "2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd\">";

    make_cmc_answer(&answer_ber);
    daotp__buffer_text(&answer_xml, head);
    daotp__base64_write(&answer_xml, answer_ber.data, answer_ber.len);
    daotp__buffer_text(&answer_xml, "</BinarySecurityToken></RequestSecurityTokenResponse>"
                                    "</RequestSecurityTokenResponseCollection></s:Body>"
                                    "</s:Envelope>");
}

static void make_messages(void)
{
    static const char *const cas[] = {"host\\one", "host\\two"};
    daotp__csr_spec spec = csr_spec();

    assert_int_equal(daotp__csr_write(&spec, p256, &csr), DAOTP_OK);
    assert_int_equal(daotp__cmc_write(daotp__buffer_bytes(&csr), &host, DAOTP__HASH_SHA256, rsa,
                                      &ra, &cmc, NULL),
                     DAOTP_OK);
    assert_int_equal(daotp__otpce_request_write("CORP\\alice", BYTES("12&34"),
                                                daotp__buffer_bytes(&csr), &request_xml),
                     DAOTP_OK);
    assert_int_equal(daotp__otpce_response_write(DAOTP__OTPCE_SUCCESS, daotp__buffer_bytes(&cmc),
                                                 cas, 2, &response_xml),
                     DAOTP_OK);
}

static int make_all(void **state)
{
    daotp__buffer *const buffers[] = {
        &ra_der,     &leaf,         &chain_pem,       &key_pem,       &csr,
        &cmc,        &request_xml,  &response_xml,    &name,          &answer_ber,
        &answer_xml, &policies_xml, &answer_extended, &answer_pending};
    char *pem;
    size_t len;

    (void)state;
    for (size_t i = 0; i < COUNT(buffers); i++)
        daotp__buffer_init(buffers[i], DAOTP__MAX_FILE);
    if (daotp_context_new(&context) != DAOTP_OK || daotp_report_new(context, &report) != DAOTP_OK)
        return -1;
    rsa = test_key(context, "rsa2048");
    p256 = test_key(context, "p256");
    ca_key = test_key(context, "other-p256");
    assert_true(daotp__name_parse("CN=Alice\\, A.,OU=Staff,DC=corp,DC=example", &name));
    make_certificates();
    make_messages();
    make_wstep_answer();
    load_file("getpolicies.xml", &policies_xml);
    assert_int_equal(daotp_key_copy_pem(p256, &pem, &len), DAOTP_OK);
    daotp__buffer_add(&key_pem, pem, len);
    daotp_free(pem);
    (void)close(mkstemp(certificate_path));
    (void)close(mkstemp(key_path));
    assert_int_equal(daotp__file_save(certificate_path, leaf.data, leaf.len, NULL), DAOTP_OK);
    assert_int_equal(daotp__file_save(key_path, key_pem.data, key_pem.len, NULL), DAOTP_OK);
    return 0;
}

static int free_all(void **state)
{
    daotp__buffer *const buffers[] = {
        &ra_der,     &leaf,         &chain_pem,       &key_pem,       &csr,
        &cmc,        &request_xml,  &response_xml,    &name,          &answer_ber,
        &answer_xml, &policies_xml, &answer_extended, &answer_pending};

    (void)state;
    for (size_t i = 0; i < COUNT(buffers); i++)
        daotp__buffer_free(buffers[i]);
    daotp_report_free(report);
    daotp_key_unref(rsa);
    daotp_key_unref(p256);
    daotp_key_unref(ca_key);
    daotp_context_unref(context);
    (void)unlink(certificate_path);
    (void)unlink(key_path);
    return failing_memory_live() == 0 ? 0 : -1;
}

/* ---- the steps: all that is made is freed again ---------------------------------------------- */

static daotp_status make_context(void)
{
    daotp_context *made;
    daotp_status status = daotp_context_new(&made);

    assert_int_equal(made != NULL, status == DAOTP_OK);
    daotp_context_unref(made);
    return status;
}

static daotp_status make_report(void)
{
    daotp_report *made;
    daotp_status status = daotp_report_new(context, &made);

    assert_int_equal(made != NULL, status == DAOTP_OK);
    daotp_report_free(made);
    return status;
}

static daotp_status free_key(daotp_status status, daotp_key *key)
{
    assert_int_equal(key != NULL, status == DAOTP_OK);
    daotp_key_unref(key);
    return status;
}

static daotp_status generate_key(void)
{
    daotp_key *key;
    daotp_status status = daotp_key_generate(context, DAOTP_KEY_P256, report, &key);

    return free_key(status, key);
}

/* Keys that are refused, each in another form (x509/key_form.c). A report that finds no memory
 * would leave the refusal what it is, so there is none. */
static daotp_status refuse_keys(void)
{
    static const char *const refused[] = {
        "\x30\x03\x02\x01\x05",
        "no key",
        "-----BEGIN PRIVATE KEY-----\nMAMCAQU=\n-----END PRIVATE KEY-----\n",
        "-----BEGIN EC PRIVATE KEY-----\nMAYCAQEEAQE=\n-----END EC PRIVATE KEY-----\n",
        "-----BEGIN RSA PRIVATE KEY-----\nMAYCAQACAQE=\n-----END RSA PRIVATE KEY-----\n",
        "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
        "-----END PUBLIC KEY-----\n",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n"
        "-----END OPENSSH PRIVATE KEY-----\n"};
    daotp_status status = DAOTP_OK;
    daotp_key *key;

    for (size_t i = 0; status != DAOTP_MEMORY && i < COUNT(refused); i++) {
        status = daotp_key_read(context, refused[i], strlen(refused[i]), NULL, 0, NULL, &key);
        assert_null(key);
        assert_true(status == DAOTP_CONFIGURATION || status == DAOTP_MEMORY);
    }
    return status == DAOTP_MEMORY ? DAOTP_MEMORY : DAOTP_OK;
}

static daotp_status read_key(void)
{
    daotp_key *key;
    daotp_status status = daotp_key_read(context, key_pem.data, key_pem.len, NULL, 0, report, &key);

    return free_key(status, key);
}

static daotp_status load_key(void)
{
    daotp_key *key;
    daotp_status status = daotp_key_load(context, key_path, NULL, 0, report, &key);

    return free_key(status, key);
}

static daotp_status copy_key(void)
{
    char *pem;
    size_t len;
    daotp_status status = daotp_key_copy_pem(p256, &pem, &len);

    assert_int_equal(pem != NULL, status == DAOTP_OK);
    daotp_free(pem);
    return status;
}

static daotp_status sign_digest(void)
{
    static const uint8_t digest[32] = {1};
    uint8_t *signature;
    size_t len;
    daotp_status status = daotp_key_sign_digest(p256, DAOTP_SIGNATURE_ECDSA, DAOTP_DIGEST_SHA256, 0,
                                                digest, sizeof digest, &signature, &len);

    assert_int_equal(signature != NULL, status == DAOTP_OK);
    daotp_free(signature);
    return status;
}

/* A credential that is made is whole: no text in it may be missing. */
static daotp_status free_credential(daotp_status status, daotp_credential *credential)
{
    assert_int_equal(credential != NULL, status == DAOTP_OK);
    if (status == DAOTP_OK) {
        assert_string_equal(daotp_credential_get_upn(credential), "alice@corp.example");
        assert_string_equal(daotp_credential_get_subject(credential), "CN=Alice,DC=corp");
        assert_string_equal(daotp_credential_get_issuer(credential),
                            "CN=Test CA,DC=corp,DC=example");
        assert_string_equal(daotp_credential_get_serial(credential), "4711");
    }
    daotp_credential_unref(credential);
    return status;
}

static daotp_status make_credential(void)
{
    daotp_credential *credential;
    daotp_status status =
        daotp_credential_new(context, chain_pem.data, chain_pem.len, p256, report, &credential);

    return free_credential(status, credential);
}

static daotp_status load_credential(void)
{
    daotp_credential *credential;
    daotp_status status =
        daotp_credential_load(context, certificate_path, key_path, report, &credential);

    return free_credential(status, credential);
}

static daotp_credential *own_credential;

static daotp_status copy_credential(void)
{
    char *pem;
    size_t len;
    daotp_status status = daotp_credential_copy_pem(own_credential, &pem, &len);

    assert_int_equal(pem != NULL, status == DAOTP_OK);
    daotp_free(pem);
    return status;
}

static daotp_status make_trust(void)
{
    daotp_trust *trust;
    daotp_status status = daotp_trust_new(context, &trust);

    if (status == DAOTP_OK)
        status = daotp_trust_add(trust, chain_pem.data, chain_pem.len, report);
    if (status == DAOTP_OK)
        status = daotp_trust_add_file(trust, certificate_path, report);
    if (status == DAOTP_OK)
        assert_int_equal(daotp_trust_get_count(trust), 7);
    daotp_trust_unref(trust);
    return status;
}

static daotp_status fill_account(void)
{
    daotp_account account = {.upn = NULL};
    daotp_status status = daotp_account_set_upn(&account, "alice@corp.example");

    if (status == DAOTP_OK)
        status = daotp_account_set_dn(&account, "CN=Alice,DC=corp,DC=example");
    if (status == DAOTP_OK)
        status = daotp_account_set_sid(&account, "S-1-5-21-1-2-3-500");
    daotp__account_clear(&account);
    return status;
}

static daotp_status read_request(void)
{
    daotp__otpce_request request;
    daotp_status status;

    daotp__otpce_request_init(&request);
    status = daotp__otpce_request_read(daotp__buffer_bytes(&request_xml), &request, report);
    if (status == DAOTP_OK)
        assert_bytes_equal(daotp__buffer_bytes(&request.csr), daotp__buffer_bytes(&csr));
    daotp__otpce_request_free(&request);
    return status;
}

static daotp_status read_response(void)
{
    daotp__otpce_response response;
    daotp_status status;

    daotp__otpce_response_init(&response);
    status = daotp__otpce_response_read(daotp__buffer_bytes(&response_xml), &response, report);
    if (status == DAOTP_OK) {
        assert_bytes_equal(daotp__buffer_bytes(&response.cmc), daotp__buffer_bytes(&cmc));
        assert_int_equal(response.issuing_ca_count, 2);
    }
    daotp__otpce_response_free(&response);
    return status;
}

static daotp_status keep_if_equal(daotp_status status, daotp__buffer *out,
                                  const daotp__buffer *want)
{
    if (status == DAOTP_OK && want != NULL)
        assert_bytes_equal(daotp__buffer_bytes(out), daotp__buffer_bytes(want));
    daotp__buffer_free(out);
    return status;
}

static daotp_status write_request(void)
{
    daotp__buffer out;

    daotp__buffer_init(&out, DAOTP__MAX_OTP_MESSAGE);
    return keep_if_equal(
        daotp__otpce_request_write("CORP\\alice", BYTES("12&34"), daotp__buffer_bytes(&csr), &out),
        &out, &request_xml);
}

static daotp_status write_response(void)
{
    static const char *const cas[] = {"host\\one", "host\\two"};
    daotp__buffer out;

    daotp__buffer_init(&out, DAOTP__MAX_OTP_MESSAGE);
    return keep_if_equal(
        daotp__otpce_response_write(DAOTP__OTPCE_SUCCESS, daotp__buffer_bytes(&cmc), cas, 2, &out),
        &out, &response_xml);
}

static daotp_status write_csr(void)
{
    daotp__csr_spec spec = csr_spec();
    daotp__buffer out;
    daotp_status status;
    daotp__csr read;

    daotp__buffer_init(&out, DAOTP__MAX_CSR);
    status = daotp__csr_write(&spec, p256, &out);
    if (status == DAOTP_OK)
        assert_true(daotp__csr_read(daotp__buffer_bytes(&out), &read) && daotp__csr_verify(&read));
    return keep_if_equal(status, &out, NULL);
}

static daotp_status write_cmc(void)
{
    daotp__buffer out;

    daotp__buffer_init(&out, DAOTP__MAX_CMC);
    return keep_if_equal(daotp__cmc_write(daotp__buffer_bytes(&csr), &host, DAOTP__HASH_SHA256, rsa,
                                          &ra, &out, report),
                         &out, &cmc);
}

static void make_cmc_answer(daotp__buffer *out)
{
    static const ber_style style = {.indefinite = true, .pieces = true};
    static const cmc_answer denied = {.status = 2, .fail_info = 2, .text = "Denied"};
    static const cmc_answer extended = {
        .is_v2 = true, .status = 2, .fail_info = -1, .extended = "\x0C\x02no"};
    static const cmc_answer pending = {.status = 3, .fail_info = -1, .pend_token = "\x07"};
    daotp__buffer der;

    daotp__buffer_init(&der, DAOTP__MAX_FILE);
    cmc_answer_write(&der, &denied);
    cmc_answer_ber(out, daotp__buffer_bytes(&der), &style);
    daotp__buffer_free(&der);
    cmc_answer_write(&answer_extended, &extended);
    cmc_answer_write(&answer_pending, &pending);
}

/* A text that memory did not suffice for is not an empty one. */
static daotp_status read_cmc_texts(void)
{
    daotp__cmc_response response;
    daotp_status status;

    daotp__cmc_response_init(&response);
    status = daotp__cmc_response_read(daotp__buffer_bytes(&answer_extended), &response);
    if (status == DAOTP_OK)
        assert_string_equal(strchr(response.extended, ':'), ": no");
    daotp__cmc_response_free(&response);
    if (status != DAOTP_OK)
        return status;
    status = daotp__cmc_response_read(daotp__buffer_bytes(&answer_pending), &response);
    if (status == DAOTP_OK)
        assert_string_equal(response.pend_token, "07");
    daotp__cmc_response_free(&response);
    return status;
}

static daotp_status read_cmc_response(void)
{
    daotp__cmc_response response;
    daotp_status status;

    daotp__cmc_response_init(&response);
    status = daotp__cmc_response_read(daotp__buffer_bytes(&answer_ber), &response);
    if (status == DAOTP_OK)
        assert_string_equal(response.text, "Denied");
    daotp__cmc_response_free(&response);
    return status;
}

static daotp_status read_wstep_answer(void)
{
    daotp__wstep_answer answer;
    daotp_status status;
    daotp__xml_fault fault;

    daotp__wstep_answer_init(&answer);
    status = daotp__wstep_answer_read(daotp__buffer_bytes(&answer_xml), &answer, &fault);
    if (status == DAOTP_OK)
        assert_int_equal(answer.kind, DAOTP__WSTEP_REFUSED);
    daotp__wstep_answer_free(&answer);
    return status;
}

/* The verdict on a good message may be put off by a lack of memory, but is never "no". */
static daotp_status check_cmc(void)
{
    daotp_status status =
        daotp__cmc_check(daotp__buffer_bytes(&cmc), daotp__buffer_bytes(&csr), MAKE_NOW, report);

    for (size_t i = 0; i < daotp_report_get_count(report); i++) {
        daotp_finding_number number = daotp_finding_get_number(daotp_report_get_finding(report, i));

        if (number != DAOTP_FINDING_CALL_MEMORY)
            fail_msg("%s", daotp_catalogue_get_id(number));
    }
    return status;
}

static daotp_status read_pem(void)
{
    daotp__pem_reader reader;
    daotp__buffer out;
    daotp_status status;

    daotp__pem_begin(&reader, daotp__buffer_bytes(&chain_pem));
    daotp__buffer_init(&out, DAOTP__MAX_CERTIFICATE);
    status = daotp__pem_read(&reader, &out);
    return keep_if_equal(status, &out, &leaf);
}

static daotp_status write_pem(void)
{
    daotp__buffer out;
    daotp_status status;

    daotp__buffer_init(&out, DAOTP__MAX_FILE);
    for (unsigned i = 0; i < 6; i++)
        daotp__pem_write(&out, "CERTIFICATE", daotp__buffer_bytes(&leaf));
    status = out.failed;
    return keep_if_equal(status, &out, &chain_pem);
}

static daotp_status show_name(void)
{
    daotp__buffer out;
    daotp_status status;

    daotp__buffer_init(&out, 1000);
    status = daotp__name_text(daotp__buffer_bytes(&name), &out) ? DAOTP_OK : out.failed;
    if (status == DAOTP_OK)
        assert_string_equal(daotp__buffer_string(&out),
                            "CN=Alice\\, A.,OU=Staff,DC=corp,DC=example");
    daotp__buffer_free(&out);
    return status;
}

static daotp_status parse_name(void)
{
    daotp__buffer out;
    daotp_status status;

    daotp__buffer_init(&out, DAOTP__MAX_CERTIFICATE);
    status = daotp__name_parse("CN=Alice\\, A.,OU=Staff,DC=corp,DC=example", &out) ? DAOTP_OK
                                                                                   : out.failed;
    return keep_if_equal(status, &out, &name);
}

static daotp_status read_templates(void)
{
    daotp_templates *templates;
    daotp__wstep_answer answer;
    daotp__xml_fault fault;
    daotp_status status;

    daotp__wstep_answer_init(&answer);
    status = daotp__policies_answer_read(daotp__buffer_bytes(&policies_xml), &answer, &templates,
                                         &fault);
    if (status == DAOTP_OK)
        assert_int_equal(daotp_templates_get_count(templates), 2);
    daotp_templates_free(templates);
    daotp__wstep_answer_free(&answer);
    return status;
}

static daotp_status read_xml(void)
{
    daotp__xml_node *root;
    daotp__xml_fault fault;
    daotp_status status = daotp__xml_read(BYTES("<a x='1' xmlns:p='u' p:y='2'>t<b>u</b><p:c/></a>"),
                                          1000, &root, &fault);

    assert_int_equal(root != NULL, status == DAOTP_OK);
    daotp__xml_free(root);
    return status;
}

static daotp_status read_file(void)
{
    daotp__buffer out;

    daotp__buffer_init(&out, DAOTP__MAX_FILE);
    return keep_if_equal(daotp__file_read(certificate_path, false, &out, report), &out, &leaf);
}

static daotp_status save_file(void)
{
    return daotp__file_save(key_path, key_pem.data, key_pem.len, report);
}

/* ---- the torture ----------------------------------------------------------------------------- */

static void fail_each(daotp_status (*step)(void))
{
    daotp_status status;
    size_t before, count, n = 0;

    do {
        daotp__report_end(report);
        before = failing_memory_live();
        failing_memory_set(++n);
        status = step();
        count = failing_memory_count();
        failing_memory_set(0);
        daotp__report_end(report);
        if (failing_memory_live() != before)
            fail_msg("allocation %zu: %zd blocks leaked", n, failing_memory_live() - before);
        if (count >= n && status != DAOTP_MEMORY)
            fail_msg("allocation %zu: %s", n, daotp_status_name(status));
    } while (count >= n);
    assert_int_equal(status, DAOTP_OK);
    assert_true(n > 1 || step == check_cmc); /* or it is no test; a check may do without memory */
}

#define STEP(name)                                                                                 \
    static void test_##name(void **state)                                                          \
    {                                                                                              \
        (void)state;                                                                               \
        fail_each(name);                                                                           \
    }

STEP(make_context)
STEP(make_report)
STEP(generate_key)
STEP(read_key)
STEP(refuse_keys)
STEP(load_key)
STEP(copy_key)
STEP(sign_digest)
STEP(make_credential)
STEP(load_credential)
STEP(make_trust)
STEP(fill_account)
STEP(read_request)
STEP(read_response)
STEP(write_request)
STEP(write_response)
STEP(write_csr)
STEP(write_cmc)
STEP(check_cmc)
STEP(read_cmc_response)
STEP(read_cmc_texts)
STEP(read_wstep_answer)
STEP(read_templates)
STEP(read_pem)
STEP(write_pem)
STEP(show_name)
STEP(parse_name)
STEP(read_xml)
STEP(read_file)
STEP(save_file)

static void test_copy_credential(void **state)
{
    (void)state;
    assert_int_equal(
        daotp_credential_new(context, chain_pem.data, chain_pem.len, p256, NULL, &own_credential),
        DAOTP_OK);
    fail_each(copy_credential);
    daotp_credential_unref(own_credential);
}

/* A report loses texts when memory runs out, never a finding, and its own texts never are NULL. */
static void a_report_keeps_its_findings(void **state)
{
    (void)state;
    for (size_t n = 1; n < 12; n++) {
        size_t before = failing_memory_live();

        failing_memory_set(n);
        daotp__report_stage_begin(report, DAOTP_STAGE_SIGNATURE);
        (void)daotp__report_add(report, DAOTP_FINDING_CMC_HASH, 1, "subject", "found");
        assert_int_equal(daotp__report_add(report, DAOTP_FINDING_CMC_RASIG, 2, "subject", "found"),
                         DAOTP_REJECTED);
        assert_int_equal(daotp__report_status(report, DAOTP_REJECTED), DAOTP_REJECTED);
        assert_int_equal(daotp_report_get_count(report), 2);
        assert_int_equal(daotp_finding_get_number(daotp_report_get_error(report)),
                         DAOTP_FINDING_CMC_RASIG);
        assert_non_null(daotp_finding_get_subject(daotp_report_get_error(report)));
        assert_non_null(daotp_finding_get_found(daotp_report_get_error(report)));
        assert_true(strlen(daotp_report_get_text(report)) > 0);
        assert_true(strlen(daotp_report_get_json(report)) > 0);
        failing_memory_set(0);
        assert_non_null(strstr(daotp_report_get_text(report), "CMC-RASIG")); /* memory is back */
        assert_non_null(strstr(daotp_report_get_json(report), "CMC-RASIG"));
        daotp__report_end(report);
        assert_int_equal(failing_memory_live(), before);
    }
}

/* The answer has no room for a lack of memory, so it is "different"; but nothing is left behind. */
static void comparing_names_fails_closed(void **state)
{
    daotp__buffer other;

    (void)state;
    daotp__buffer_init(&other, 1000);
    assert_true(daotp__name_parse("cn=alice\\, a.,ou=STAFF,dc=CORP,dc=Example", &other));
    failing_memory_set(0);
    assert_true(daotp__name_equal(daotp__buffer_bytes(&name), daotp__buffer_bytes(&other)));
    for (size_t n = failing_memory_count(); n > 0; n--) {
        size_t before = failing_memory_live();

        failing_memory_set(n);
        assert_false(daotp__name_equal(daotp__buffer_bytes(&name), daotp__buffer_bytes(&other)));
        failing_memory_set(0);
        assert_int_equal(failing_memory_live(), before);
    }
    daotp__buffer_free(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_make_context),
        cmocka_unit_test(test_make_report),
        cmocka_unit_test(test_generate_key),
        cmocka_unit_test(test_read_key),
        cmocka_unit_test(test_refuse_keys),
        cmocka_unit_test(test_load_key),
        cmocka_unit_test(test_copy_key),
        cmocka_unit_test(test_sign_digest),
        cmocka_unit_test(test_make_credential),
        cmocka_unit_test(test_load_credential),
        cmocka_unit_test(test_copy_credential),
        cmocka_unit_test(test_make_trust),
        cmocka_unit_test(test_fill_account),
        cmocka_unit_test(test_read_request),
        cmocka_unit_test(test_read_response),
        cmocka_unit_test(test_write_request),
        cmocka_unit_test(test_write_response),
        cmocka_unit_test(test_write_csr),
        cmocka_unit_test(test_write_cmc),
        cmocka_unit_test(test_check_cmc),
        cmocka_unit_test(test_read_cmc_response),
        cmocka_unit_test(test_read_cmc_texts),
        cmocka_unit_test(test_read_wstep_answer),
        cmocka_unit_test(test_read_templates),
        cmocka_unit_test(test_read_pem),
        cmocka_unit_test(test_write_pem),
        cmocka_unit_test(test_show_name),
        cmocka_unit_test(test_parse_name),
        cmocka_unit_test(test_read_xml),
        cmocka_unit_test(test_read_file),
        cmocka_unit_test(test_save_file),
        cmocka_unit_test(a_report_keeps_its_findings),
        cmocka_unit_test(comparing_names_fails_closed),
    };

    return cmocka_run_group_tests(tests, make_all, free_all);
}
