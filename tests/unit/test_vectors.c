/* SPDX-License-Identifier: BSD-2-Clause */
/* The published MS-OTPCE messages (MS-OTPCE 4). */
#include "testing.h"

#include "otpce/message.h"
#include "request/cmc.h"

#define AT_2012_04_11 1334102400

static daotp__buffer load(const char *name)
{
    daotp__buffer out;

    daotp__buffer_init(&out, 1 << 20);
    load_file(name, &out);
    return out;
}

static void success_message(void **state)
{
    daotp__buffer xml = load("otpce-4.1-response.xml"), csr = load("request-4.1.csr.der");
    daotp__buffer cmc = load("response-4.1.cmc.der");
    daotp__otpce_response response;
    test_report report = test_report_new();

    (void)state;
    daotp__otpce_response_init(&response);
    assert_int_equal(
        daotp__otpce_response_read(daotp__buffer_bytes(&xml), &response, report.report), DAOTP_OK);
    assert_int_equal(response.code, DAOTP__OTPCE_SUCCESS);
    assert_int_equal(response.issuing_ca_count, 1);
    assert_string_equal(response.issuing_cas[0], "DC1.domain1.corp.company.com\\RootCA-DC1");
    assert_true(daotp__bytes_equal(daotp__buffer_bytes(&cmc), daotp__buffer_bytes(&response.cmc)));

    /* valid on the day, expired today; SHA-1 and the rest are warnings */
    assert_int_equal(daotp__cmc_check(daotp__buffer_bytes(&response.cmc), daotp__buffer_bytes(&csr),
                                      AT_2012_04_11, report.report),
                     DAOTP_OK);
    assert_true(test_report_has(&report, DAOTP_FINDING_CMC_HASH));
    assert_false(test_report_has(&report, DAOTP_FINDING_CMC_NOSIG));
    assert_int_equal(daotp__cmc_check(daotp__buffer_bytes(&response.cmc), daotp__buffer_bytes(&csr),
                                      AT_2012_04_11 + 86400 * 30, report.report),
                     DAOTP_REJECTED);
    assert_true(test_report_has(&report, DAOTP_FINDING_RA_VALIDITY));
    test_report_free(&report);
    daotp__otpce_response_free(&response);
    daotp__buffer_free(&xml);
    daotp__buffer_free(&csr);
    daotp__buffer_free(&cmc);
}

static void csr_encodes_again(void **state)
{
    daotp__buffer der = load("request-4.1.csr.der"), info;
    static const char provider[] = "Microsoft Software Key Storage Provider";
    daotp__csr_spec spec = {0};
    daotp__general_name name;
    daotp__bytes cursor;
    daotp__csr csr;

    (void)state;
    assert_true(daotp__csr_read(daotp__buffer_bytes(&der), &csr));
    assert_true(daotp__csr_verify(&csr));
    spec.subject = csr.subject;
    assert_true(daotp__template_read(daotp__extensions_find(&csr.extensions, DAOTP__OID_TEMPLATE),
                                     &spec.template));
    assert_true(daotp__san_begin(daotp__extensions_find(&csr.extensions, DAOTP__OID_SAN), &cursor));
    assert_true(daotp__san_next(&cursor, &name));
    assert_true(daotp__san_is_upn(&name, &spec.upn));
    spec.os_version = csr.os_version;
    spec.client_info = &csr.client_info;
    spec.csp_provider = (daotp__bytes){(const uint8_t *)provider, sizeof provider - 1};
    daotp__buffer_init(&info, DAOTP__MAX_CSR);
    assert_int_equal(daotp__csr_write_info(&spec, csr.spki, &info), DAOTP_OK);
    assert_int_equal(info.len, csr.info.len);
    assert_memory_equal(info.data, csr.info.data, info.len);
    daotp__buffer_free(&info);
    daotp__buffer_free(&der);
}

static void pki_data_encodes_again(void **state)
{
    daotp__buffer der = load("response-4.1.cmc.der"), out;
    daotp__signed_data cms;
    daotp__pki_data data;

    (void)state;
    assert_true(daotp__signed_data_read(daotp__buffer_bytes(&der), &cms));
    assert_true(daotp__pki_data_read(cms.content, &data));
    assert_true(data.ids_fit && data.has_client_info);
    daotp__buffer_init(&out, DAOTP__MAX_CMC);
    assert_int_equal(daotp__pki_data_write(data.request, &data.client_info, &out), DAOTP_OK);
    assert_true(daotp__bytes_equal(cms.content, daotp__buffer_bytes(&out)));
    daotp__buffer_free(&out);
    daotp__buffer_free(&der);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(success_message),
        cmocka_unit_test(csr_encodes_again),
        cmocka_unit_test(pki_data_encodes_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
