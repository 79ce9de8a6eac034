/* SPDX-License-Identifier: BSD-2-Clause */
/* The requirements of each part: each rule of its role has a row and each row that a certificate
 * shows has a rule, so that the two say the same; and what certificates and reports make of them.
 */
#include "pki_ask.h"

#include "knowledge/knowledge.h"
#include "x509/role.h"

#include <daotp/requirements.h>

static const pki_cert *root, *ca;
static daotp_context *context;

static const daotp_role roles[] = {
    [DAOTP_PART_RA] = DAOTP_ROLE_RA,          [DAOTP_PART_OTP_LOGON] = DAOTP_ROLE_OTP_LOGON,
    [DAOTP_PART_MACHINE] = DAOTP_ROLE_CLIENT, [DAOTP_PART_SERVER] = DAOTP_ROLE_SERVER,
    [DAOTP_PART_KDC] = DAOTP_ROLE_KDC,        [DAOTP_PART_CA] = DAOTP_ROLE_ISSUING_CA};

static int begin(void **state)
{
    (void)state;
    root = pki_ca("CN=Root", pki_key(0), NULL);
    ca = pki_ca("CN=Issuing CA", pki_key(1), root);
    context = forge_context();
    return 0;
}

static int end(void **state)
{
    daotp_context_unref(context);
    return pki_end_group(state);
}

/* ---- the rows -------------------------------------------------------------------------------- */

typedef struct rules {
    daotp_finding_number numbers[64];
    size_t count;
} rules;

static void add_rule(void *user, daotp_finding_number number, const char *found)
{
    rules *list = user;

    (void)found;
    list->numbers[list->count++] = number;
}

static rules rules_of(daotp_role role)
{
    daotp__certificate certificate;
    rules list = {.count = 0};

    assert_true(daotp__certificate_read(ca->der, &certificate));
    daotp__role_scan(role, &certificate, FORGE_NOW, add_rule, &list);
    return list;
}

static bool has_row(const daotp_requirements *requirements, daotp_finding_number number)
{
    for (size_t i = 0; i < daotp_requirements_get_count(requirements); i++)
        if (daotp_requirements_get_finding(requirements, i) == number)
            return true;
    return false;
}

static bool is_of_verification(daotp_finding_number number)
{
    return number == DAOTP_FINDING_NONE || number == DAOTP_FINDING_CHAIN_EXPIRED ||
           number == DAOTP_FINDING_CHAIN_NO_PATH || number == DAOTP_FINDING_REVOCATION_UNKNOWN ||
           number == DAOTP_FINDING_NTAUTH_LIST;
}

static bool has_rule(const rules *list, daotp_finding_number number)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->numbers[i] == number)
            return true;
    return is_of_verification(number);
}

static void rows_and_rules_are_the_same(void **state)
{
    (void)state;
    for (int part = DAOTP_PART_RA; part <= DAOTP_PART_CA; part++) {
        rules list = rules_of(roles[part]);
        daotp_requirements *requirements;

        assert_true(list.count > 0);
        assert_int_equal(daotp_requirements_new(context, (daotp_part)part, &requirements),
                         DAOTP_OK);
        for (size_t i = 0; i < list.count; i++)
            if (!has_row(requirements, list.numbers[i]))
                fail_msg("no row for %s", daotp_catalogue_get_id(list.numbers[i]));
        for (size_t i = 0; i < daotp_requirements_get_count(requirements); i++)
            if (!has_rule(&list, daotp_requirements_get_finding(requirements, i)))
                fail_msg("no rule for %s",
                         daotp_requirements_get_text(requirements, i, DAOTP_REQUIREMENT_ID));
        daotp_requirements_free(requirements);
    }
}

static void each_row_says_where_it_is_set(void **state)
{
    size_t count = 0;

    (void)state;
    for (int part = DAOTP_PART_RA; part <= DAOTP_PART_NTAUTH; part++) {
        daotp_requirements *r;

        assert_int_equal(daotp_requirements_new(context, (daotp_part)part, &r), DAOTP_OK);
        for (size_t i = 0; i < daotp_requirements_get_count(r); i++, count++) {
            assert_int_equal(daotp_requirements_get_state(r, i), DAOTP_REQUIREMENT_UNKNOWN);
            for (int field = DAOTP_REQUIREMENT_ID; field <= DAOTP_REQUIREMENT_SOURCE; field++)
                assert_int_equal(
                    *daotp_requirements_get_text(r, i, (daotp_requirement_field)field) == '\0',
                    field == DAOTP_REQUIREMENT_FOUND);
        }
        daotp_requirements_free(r);
    }
    assert_int_equal(count, daotp__requirement_count);
}

/* ---- certificates ---------------------------------------------------------------------------- */

static daotp_requirement_state state_of(const daotp_requirements *r, const char *id)
{
    for (size_t i = 0; i < daotp_requirements_get_count(r); i++)
        if (strcmp(daotp_requirements_get_text(r, i, DAOTP_REQUIREMENT_ID), id) == 0)
            return daotp_requirements_get_state(r, i);
    fail_msg("%s", id);
    return DAOTP_REQUIREMENT_UNKNOWN;
}

static void check(daotp_requirements *r, const pki_cert *certificate)
{
    assert_int_equal(daotp_requirements_check(r, certificate->der.data, certificate->der.len),
                     DAOTP_OK);
}

static void the_rules_of_the_role_decide(void **state)
{
    daotp_requirements *r;

    (void)state;
    assert_int_equal(daotp_requirements_new(context, DAOTP_PART_CA, &r), DAOTP_OK);
    check(r, ca);
    assert_int_equal(state_of(r, "C6.4"), DAOTP_REQUIREMENT_PASS);
    assert_int_equal(state_of(r, "C6.2"), DAOTP_REQUIREMENT_UNKNOWN);
    assert_int_equal(state_of(r, "C6.5"), DAOTP_REQUIREMENT_UNKNOWN);
    daotp_requirements_free(r);
    assert_int_equal(daotp_requirements_new(context, DAOTP_PART_RA, &r), DAOTP_OK);
    check(r, ca);
    assert_int_equal(state_of(r, "C2.1"), DAOTP_REQUIREMENT_FAIL);
    assert_int_equal(state_of(r, "C2.2a"), DAOTP_REQUIREMENT_FAIL);
    assert_int_equal(state_of(r, "C2.2"), DAOTP_REQUIREMENT_PASS);
    assert_int_equal(state_of(r, "C2.3"), DAOTP_REQUIREMENT_UNKNOWN);
    daotp_requirements_free(r);
}

static void a_list_of_cas_is_compared_by_octets(void **state)
{
    daotp_requirements *r;

    (void)state;
    assert_int_equal(daotp_requirements_new(context, DAOTP_PART_NTAUTH, &r), DAOTP_OK);
    check(r, ca);
    assert_int_equal(state_of(r, "C6.1"), DAOTP_REQUIREMENT_UNKNOWN);
    assert_int_equal(daotp_requirements_add_ntauth(r, root->der.data, root->der.len), DAOTP_OK);
    check(r, ca);
    assert_int_equal(state_of(r, "C6.1"), DAOTP_REQUIREMENT_FAIL);
    assert_int_equal(daotp_requirements_add_ntauth(r, ca->der.data, ca->der.len), DAOTP_OK);
    check(r, ca);
    assert_int_equal(state_of(r, "C6.1"), DAOTP_REQUIREMENT_PASS);
    assert_int_equal(state_of(r, "C6.1a"), DAOTP_REQUIREMENT_PASS);
    daotp_requirements_free(r);
}

/* ---- reports --------------------------------------------------------------------------------- */

static daotp_requirements *take(daotp_finding_number number, const char *found)
{
    daotp_requirements *r;
    daotp_report *report;

    assert_int_equal(daotp_requirements_new(context, DAOTP_PART_SERVER, &r), DAOTP_OK);
    check(r, ca);
    assert_int_equal(daotp_report_new(context, &report), DAOTP_OK);
    if (number != DAOTP_FINDING_NONE)
        (void)daotp__report_status(report,
                                   daotp__report_add(report, number, 0, "CN=x", "%s", found));
    assert_int_equal(daotp_requirements_take_report(r, report), DAOTP_OK);
    daotp_report_free(report);
    return r;
}

static void a_report_decides_what_a_certificate_cannot(void **state)
{
    static const struct {
        daotp_finding_number number;
        daotp_requirement_state dates, path, revocation;
    } cases[] = {
        {DAOTP_FINDING_NONE, DAOTP_REQUIREMENT_PASS, DAOTP_REQUIREMENT_PASS,
         DAOTP_REQUIREMENT_PASS},
        {DAOTP_FINDING_CHAIN_EXPIRED, DAOTP_REQUIREMENT_FAIL, DAOTP_REQUIREMENT_UNKNOWN,
         DAOTP_REQUIREMENT_UNKNOWN},
        {DAOTP_FINDING_CHAIN_NO_PATH, DAOTP_REQUIREMENT_UNKNOWN, DAOTP_REQUIREMENT_FAIL,
         DAOTP_REQUIREMENT_UNKNOWN},
        {DAOTP_FINDING_REVOKED, DAOTP_REQUIREMENT_PASS, DAOTP_REQUIREMENT_PASS,
         DAOTP_REQUIREMENT_FAIL},
        {DAOTP_FINDING_CRL_MISSING, DAOTP_REQUIREMENT_PASS, DAOTP_REQUIREMENT_PASS,
         DAOTP_REQUIREMENT_UNKNOWN},
        {DAOTP_FINDING_REVOCATION_IGNORED, DAOTP_REQUIREMENT_PASS, DAOTP_REQUIREMENT_PASS,
         DAOTP_REQUIREMENT_UNKNOWN},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        daotp_requirements *r = take(cases[i].number, "found\n\033[2J");

        if (state_of(r, "C1.1") != cases[i].dates || state_of(r, "C1.5") != cases[i].path ||
            state_of(r, "C1.6a") != cases[i].revocation)
            fail_msg("%s", daotp_catalogue_get_id(cases[i].number));
        for (size_t k = 0; k < daotp_requirements_get_count(r); k++)
            assert_null(
                strpbrk(daotp_requirements_get_text(r, k, DAOTP_REQUIREMENT_FOUND), "\n\033"));
        daotp_requirements_free(r);
    }
}

/* What a row of part says after a verification with this role and, if not NULL, this list. */
static daotp_requirement_state ntauth_state(daotp_part part, const char *row, daotp_role role,
                                            const pki_cert *list)
{
    pki_ask ask = {.anchors = {root}, .between = {ca}};
    pki_spec spec = pki_leaf_spec(pki_key(2), ca);
    const pki_cert *leaf = pki_make(&spec);
    daotp_verifier *verifier = pki_open(&ask, DAOTP_RULES_PATH);
    daotp_requirement_state is;
    daotp_requirements *r;

    if (role != DAOTP_ROLE_ANY)
        assert_int_equal(daotp_verifier_set_role(verifier, role), DAOTP_OK);
    if (list != NULL)
        assert_int_equal(daotp_verifier_add_ntauth(verifier, list->der.data, list->der.len),
                         DAOTP_OK);
    assert_int_equal(daotp_verifier_set_flag(verifier, DAOTP_VERIFY_EXPLAIN, true), DAOTP_OK);
    (void)daotp_verifier_verify(verifier, leaf->der.data, leaf->der.len);
    assert_int_equal(daotp_requirements_new(context, part, &r), DAOTP_OK);
    assert_int_equal(daotp_requirements_add_ntauth(r, ca->der.data, ca->der.len), DAOTP_OK);
    check(r, leaf);
    assert_int_equal(daotp_requirements_take_report(r, daotp_verifier_get_report(verifier)),
                     DAOTP_OK);
    is = state_of(r, row);
    daotp_requirements_free(r);
    return is;
}

/* A verifier without the role, or without a list, did not ask for NTAuth: its silence is no proof.
 */
static void a_row_about_ntauth_needs_the_role_and_the_list(void **state)
{
    static const struct {
        daotp_part part;
        daotp_role role;
        const char *row;
    } parts[] = {{DAOTP_PART_OTP_LOGON, DAOTP_ROLE_OTP_LOGON, "C3.22"},
                 {DAOTP_PART_KDC, DAOTP_ROLE_KDC, "C5.7"}};

    (void)state;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        daotp_part part = parts[i].part;
        const char *row = parts[i].row;

        assert_int_equal(ntauth_state(part, row, DAOTP_ROLE_ANY, ca), DAOTP_REQUIREMENT_UNKNOWN);
        assert_int_equal(ntauth_state(part, row, DAOTP_ROLE_CLIENT, ca), DAOTP_REQUIREMENT_UNKNOWN);
        assert_int_equal(ntauth_state(part, row, parts[i].role, NULL), DAOTP_REQUIREMENT_UNKNOWN);
        assert_int_equal(ntauth_state(part, row, parts[i].role, root), DAOTP_REQUIREMENT_FAIL);
        assert_int_equal(ntauth_state(part, row, parts[i].role, ca), DAOTP_REQUIREMENT_PASS);
    }
}

/* ---- the calls ------------------------------------------------------------------------------- */

static void expect_told(daotp_requirements *r, daotp_status status, daotp_finding_number number)
{
    const daotp_report *report = daotp_requirements_get_report(r);

    assert_int_equal(daotp_report_get_status(report), status);
    assert_int_equal(daotp_finding_get_number(daotp_report_get_error(report)), number);
}

static void what_is_wrong_is_refused(void **state)
{
    daotp_requirements *r;

    (void)state;
    assert_int_equal(daotp_requirements_new(context, DAOTP_PART_RA, NULL), DAOTP_USAGE);
    assert_int_equal(daotp_requirements_new(context, (daotp_part)0, &r), DAOTP_USAGE);
    assert_int_equal(daotp_requirements_new(context, (daotp_part)8, &r), DAOTP_USAGE);
    assert_null(r);
    assert_int_equal(daotp_requirements_new(NULL, DAOTP_PART_RA, &r), DAOTP_USAGE);
    assert_null(r);
    assert_int_equal(daotp_requirements_new(context, DAOTP_PART_RA, &r), DAOTP_OK);
    assert_null(daotp_requirements_get_report(NULL));
    assert_int_equal(daotp_requirements_check(r, "x", 1), DAOTP_PEER);
    expect_told(r, DAOTP_PEER, DAOTP_FINDING_CERT_DER);
    assert_int_equal(daotp_requirements_check(r, NULL, 0), DAOTP_USAGE);
    expect_told(r, DAOTP_USAGE, DAOTP_FINDING_CALL_ARGUMENT);
    assert_int_equal(daotp_requirements_check(NULL, "x", 1), DAOTP_USAGE);
    assert_int_equal(daotp_requirements_add_ntauth(r, "x", 1), DAOTP_PEER);
    expect_told(r, DAOTP_PEER, DAOTP_FINDING_CERT_DER);
    assert_int_equal(daotp_requirements_add_ntauth(r, NULL, 0), DAOTP_USAGE);
    expect_told(r, DAOTP_USAGE, DAOTP_FINDING_CALL_ARGUMENT);
    assert_int_equal(daotp_requirements_take_report(r, NULL), DAOTP_USAGE);
    expect_told(r, DAOTP_USAGE, DAOTP_FINDING_CALL_ARGUMENT);
    assert_string_equal(daotp_requirements_get_text(r, 999, DAOTP_REQUIREMENT_ID), "");
    assert_string_equal(daotp_requirements_get_text(r, 0, (daotp_requirement_field)99), "");
    assert_int_equal(daotp_requirements_get_state(r, 999), DAOTP_REQUIREMENT_UNKNOWN);
    assert_int_equal(daotp_requirements_get_finding(r, 999), DAOTP_FINDING_NONE);
    assert_int_equal(daotp_requirements_get_count(NULL), 0);
    daotp_requirements_free(r);
    daotp_requirements_free(NULL);
}

/* One object may serve for several certificates: an earlier one decides nothing later. */
static void each_check_has_its_own_verdict(void **state)
{
    daotp_requirements *r;

    (void)state;
    assert_int_equal(daotp_requirements_new(context, DAOTP_PART_CA, &r), DAOTP_OK);
    assert_int_equal(daotp_requirements_check(r, "x", 1), DAOTP_PEER);
    expect_told(r, DAOTP_PEER, DAOTP_FINDING_CERT_DER);
    assert_int_equal(daotp_requirements_check(r, ca->der.data, ca->der.len), DAOTP_OK);
    expect_told(r, DAOTP_OK, DAOTP_FINDING_NONE);
    assert_int_equal(daotp_requirements_check(r, NULL, 0), DAOTP_USAGE);
    expect_told(r, DAOTP_USAGE, DAOTP_FINDING_CALL_ARGUMENT);
    daotp_requirements_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_and_rules_are_the_same),
        cmocka_unit_test(each_row_says_where_it_is_set),
        cmocka_unit_test(the_rules_of_the_role_decide),
        cmocka_unit_test(a_list_of_cas_is_compared_by_octets),
        cmocka_unit_test(a_report_decides_what_a_certificate_cannot),
        cmocka_unit_test(what_is_wrong_is_refused),
        cmocka_unit_test(each_check_has_its_own_verdict),
        /* the last: its end frees the certificates of the group */
        PKI_TEST(a_row_about_ntauth_needs_the_role_and_the_list),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
