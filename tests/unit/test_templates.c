/* SPDX-License-Identifier: BSD-2-Clause */
/* What a policy service answers (MS-XCEP): each value where it belongs, and of each answer that
 * cannot be read the element, the octet and the rule. */
#include "builders.h"

#include "ca/soap.h"
#include "core/alloc.h"

#include <stdio.h>

static char sample[32 * 1024];
static size_t sample_len;

static int load_sample(void **state)
{
    daotp__buffer text;

    (void)state;
    daotp__buffer_init(&text, sizeof sample - 1);
    load_file("getpolicies.xml", &text);
    memcpy(sample, text.data, text.len);
    sample_len = text.len;
    daotp__buffer_free(&text);
    return 0;
}

static daotp_status read_policies(const char *text, size_t len, daotp_templates **templates,
                                  daotp__xml_fault *fault)
{
    daotp__wstep_answer answer;
    daotp_status status;

    daotp__wstep_answer_init(&answer);
    status = daotp__policies_answer_read((daotp__bytes){(const uint8_t *)text, len}, &answer,
                                         templates, fault);
    assert_int_equal(status == DAOTP_OK && answer.message == NULL, *templates != NULL);
    daotp__wstep_answer_free(&answer);
    return status;
}

static void values_are_those_of_the_answer(void **state)
{
    static const char *const texts[] = {"",
                                        "DAOTPLogon",
                                        "DAOTP Logon",
                                        "1.3.6.1.4.1.311.21.8.1.2.3",
                                        "2.16.840.1.101.3.4.2.1",
                                        "",
                                        "1.3.6.1.4.1.311.20.2.2 1.3.6.1.5.5.7.3.2",
                                        "1.3.6.1.4.1.311.81.1.1",
                                        ""};
    static const int64_t numbers[] = {-1, 2, 100,      5,          2048, 31536000, 3628800,
                                      1,  1, 16842768, 2181038080, 2,    131642};
    daotp_templates *templates;
    daotp__xml_fault fault;

    (void)state;
    assert_int_equal(read_policies(sample, sample_len, &templates, &fault), DAOTP_OK);
    assert_int_equal(daotp_templates_get_count(templates), 2);
    for (int i = 0; i < (int)COUNT(texts); i++)
        assert_string_equal(daotp_templates_get_text(templates, 0, (daotp_template_text)i),
                            texts[i]);
    for (int i = 0; i < (int)COUNT(numbers); i++)
        if (daotp_templates_get_number(templates, 0, (daotp_template_number)i) != numbers[i])
            fail_msg("number %d", i);
    assert_int_equal(daotp_templates_find(templates, "daotplogon"), 0);
    assert_int_equal(daotp_templates_find(templates, "daotp LOGON"), 0);
    assert_int_equal(daotp_templates_find(templates, "1.3.6.1.4.1.311.21.8.1.2.3"), 0);
    assert_int_equal(daotp_templates_find(templates, "another"), 2);
    /* a template of version 1 has no OID, and this one has neither CA nor RA */
    assert_string_equal(daotp_templates_get_text(templates, 1, DAOTP_TEMPLATE_OID), "");
    assert_int_equal(daotp_templates_get_number(templates, 1, DAOTP_TEMPLATE_RA_SIGNATURES), -1);
    assert_int_equal(daotp_templates_get_number(templates, 1, DAOTP_TEMPLATE_MAY_ENROLL), 0);
    assert_int_equal(daotp_templates_get_ca_count(templates, 1), 0);
    assert_string_equal(daotp_templates_get_text(templates, 2, DAOTP_TEMPLATE_NAME), "");
    assert_int_equal(daotp_templates_get_number(templates, 2, DAOTP_TEMPLATE_MAJOR), -1);
    daotp_templates_free(templates);
}

static void the_best_address_of_a_ca_is_given(void **state)
{
    daotp_templates *templates;
    daotp__xml_fault fault;
    size_t len;

    (void)state;
    assert_int_equal(read_policies(sample, sample_len, &templates, &fault), DAOTP_OK);
    assert_int_equal(daotp_templates_get_ca_count(templates, 0), 1);
    assert_string_equal(daotp_templates_get_ca_name(templates, 0, 0),
                        "CN=Corp Issuing CA,DC=corp,DC=example");
    assert_non_null(
        strstr(daotp_templates_get_ca_url(templates, 0, 0, DAOTP_CA_ANY), "_UsernamePassword/"));
    assert_non_null(
        strstr(daotp_templates_get_ca_url(templates, 0, 0, DAOTP_CA_NEGOTIATE), "_Kerberos/"));
    /* one for renewal alone is none */
    assert_string_equal(daotp_templates_get_ca_url(templates, 0, 0, DAOTP_CA_CERTIFICATE), "");
    assert_non_null(daotp_templates_get_ca_certificate(templates, 0, 0, &len));
    assert_true(len > 100);
    assert_string_equal(daotp_templates_get_ca_name(templates, 0, 1), "");
    assert_null(daotp_templates_get_ca_certificate(templates, 0, 1, &len));
    assert_int_equal(len, 0);
    daotp_templates_free(templates);
}

/* The sample with one text of it replaced. */
static daotp_status read_replaced(const char *from, const char *to, daotp__xml_fault *fault)
{
    static char changed[40 * 1024];
    const char *at = strstr(sample, from);
    daotp_templates *templates;
    daotp_status status;
    int len;

    assert_non_null(at);
    len = snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - sample), sample, to,
                   at + strlen(from));
    status = read_policies(changed, (size_t)len, &templates, fault);
    daotp_templates_free(templates);
    return status;
}

static void what_is_wrong_is_named(void **state)
{
    static const struct {
        const char *from, *to, *field;
    } rows[] = {
        {"<GetPoliciesResponse ", "<Other ", NULL},
        {"<commonName>DAOTPLogon</commonName>", "", "commonName"},
        {"<commonName>DAOTPLogon<", "<commonName>a\tb<", "commonName"},
        {">2048<", ">many<", "privateKeyAttributes/minimalKeyLength"},
        {">2048<", ">99999999999999999999<", "privateKeyAttributes/minimalKeyLength"},
        {">2048<", ">-99999999999<", "privateKeyAttributes/minimalKeyLength"},
        {"<enroll>true", "<enroll>yes", "permission/enroll"},
        {">-2113929216<", ">-<", "subjectNameFlags"},
        {"<policyOIDReference>0<", "<policyOIDReference>7<", "policyOIDReference"},
        {"<policyOIDReference>0</policyOIDReference>", "", "policyOIDReference"},
        {"Reference>12<", "Reference>77<", "hashAlgorithmOIDReference"},
        {"<oIDReference>13<", "<oIDReference>78<", "rARequirements/rAPolicies/oIDReference"},
        {"<oIDReference>14<", "<oIDReference>79<", "extension/oIDReference"},
        {"<value>2.16.840.1.101.3.4.2.1<", "<value>sha256<", "oID/value"},
        {"<value>MBY", "<value>MBZ", "extension/value"},
        {"<value>MBY", "<value>!!!", "extension/value"},
        {"<cAReference>0<", "<cAReference>5<", "cAReference"},
        {"<cAReferenceID>0</cAReferenceID>", "", "cAReferenceID"},
        {"<certificate>MII", "<certificate>MIX", "certificate"},
        {"<priority>2<", "<priority>best<", "priority"},
        {"<oIDReferenceID>0</oIDReferenceID>", "", "oIDReferenceID"},
        {"<attributes>", "<others>", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[DAOTP__XML_FAULT_TEXT];
        daotp__xml_fault fault;

        if (read_replaced(rows[i].from, rows[i].to, &fault) != DAOTP_PEER)
            fail_msg("%s: taken", rows[i].to);
        (void)daotp__xml_fault_describe(&fault, text);
        if (rows[i].field != NULL &&
            (fault.field == NULL || strcmp(fault.field, rows[i].field) != 0))
            fail_msg("%s: %s", rows[i].to, text);
        assert_true(fault.offset > 0 || rows[i].field == NULL);
        if (strstr(fault.rule, "MS-XCEP") == NULL && strstr(fault.rule, "RFC") == NULL &&
            strstr(fault.rule, "XML") == NULL && strstr(fault.rule, "limit") == NULL)
            fail_msg("%s, no source: %s", rows[i].to, text);
    }
}

/* Each octet changed, and cut at each: read, or refused with a reason. */
static void no_change_goes_without_a_reason(void **state)
{
    static const uint8_t changes[] = {0x04};
    size_t refusals = 0;

    (void)state;
    for (size_t i = 0; i < sample_len; i++)
        for (size_t k = 0; k < COUNT(changes); k++) {
            daotp_templates *templates;
            daotp__xml_fault fault = {.rule = NULL};
            daotp_status status;

            sample[i] ^= (char)changes[k];
            status = read_policies(sample, sample_len, &templates, &fault);
            sample[i] ^= (char)changes[k];
            daotp_templates_free(templates);
            if (status == DAOTP_OK)
                continue;
            refusals++;
            if (status != DAOTP_PEER || strlen(fault.rule) < 5 || fault.offset > sample_len)
                fail_msg("octet %zu: %s", i, fault.rule);
        }
    assert_true(refusals > 1000);
    for (size_t len = 0; len < sample_len; len += 7) {
        daotp_templates *templates;
        daotp__xml_fault fault;

        assert_int_equal(read_policies(sample, len, &templates, &fault), DAOTP_PEER);
    }
}

static void lists_have_their_limits(void **state)
{
    static const char begin[] =
        "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'><s:Body><GetPoliciesResponse"
        " xmlns='http://schemas.microsoft.com/windows/pki/2009/01/enrollmentpolicy'>";
    static const char end[] = "</GetPoliciesResponse></s:Body></s:Envelope>";
    static const struct {
        const char *open, *one, *close, *field;
        unsigned count;
    } rows[] = {
        {"<oIDs>", "<oID/>", "</oIDs>", "oID", DAOTP__MAX_XCEP_OIDS + 1},
        {"<cAs>", "<cA/>", "</cAs>", "cA", DAOTP__MAX_TEMPLATE_CAS + 1},
        {"<response><policies>", "<policy/>", "</policies></response>", "policy",
         DAOTP__MAX_TEMPLATES + 1},
        {"<oIDs>", "<x/>", "</oIDs>", NULL, DAOTP__MAX_XCEP_NODES},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        daotp_templates *templates;
        daotp__xml_fault fault;
        daotp__buffer text;

        daotp__buffer_init(&text, 1 << 20);
        daotp__buffer_format(&text, "%s%s", begin, rows[i].open);
        for (unsigned k = 0; k < rows[i].count; k++)
            daotp__buffer_text(&text, rows[i].one);
        daotp__buffer_format(&text, "%s%s", rows[i].close, end);
        assert_int_equal(read_policies(daotp__buffer_string(&text), text.len, &templates, &fault),
                         DAOTP_PEER);
        assert_non_null(strstr(fault.rule, "limit"));
        if (rows[i].field != NULL)
            assert_string_equal(fault.field, rows[i].field);
        daotp__buffer_free(&text);
    }
}

static void a_fault_is_no_list(void **state)
{
    static const char text[] =
        "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'><s:Body><s:Fault><s:Reason>"
        "<s:Text>not you</s:Text></s:Reason></s:Fault></s:Body></s:Envelope>";
    daotp_templates *templates;
    daotp__wstep_answer answer;
    daotp__xml_fault fault;

    (void)state;
    daotp__wstep_answer_init(&answer);
    assert_int_equal(daotp__policies_answer_read(BYTES(text), &answer, &templates, &fault),
                     DAOTP_OK);
    assert_null(templates);
    assert_string_equal(answer.message, "not you");
    daotp__wstep_answer_free(&answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_those_of_the_answer),
        cmocka_unit_test(the_best_address_of_a_ca_is_given),
        cmocka_unit_test(what_is_wrong_is_named),
        cmocka_unit_test(no_change_goes_without_a_reason),
        cmocka_unit_test(lists_have_their_limits),
        cmocka_unit_test(a_fault_is_no_list),
    };

    return cmocka_run_group_tests_name(NULL, tests, load_sample, NULL);
}
