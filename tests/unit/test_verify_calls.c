/* SPDX-License-Identifier: BSD-2-Clause */
/* The verifier's calls: what they refuse, what they keep, and what a verifier forgets again. */
#include "pki_ask.h"

static const pki_cert *root, *leaf;
static pki_ask ask;

static int begin(void **state)
{
    (void)state;
    root = pki_ca("CN=Root", pki_key(0), NULL);
    leaf = pki_leaf(pki_key(2), root);
    ask = (pki_ask){.anchors = {root}};
    return 0;
}

static daotp_status again(void)
{
    pki_last.status = daotp_verifier_verify(pki_last.verifier, leaf->der.data, leaf->der.len);
    return pki_last.status;
}

static void nothing_is_usage(void **state)
{
    daotp_verifier *verifier = pki_open(&ask, DAOTP_RULES_PATH), *made = verifier;

    (void)state;
    assert_int_equal(daotp_verifier_new(NULL, pki_last.trust, &made), DAOTP_USAGE);
    assert_null(made);
    assert_int_equal(daotp_verifier_new(pki_last.context, NULL, &made), DAOTP_USAGE);
    assert_int_equal(daotp_verifier_new(pki_last.context, pki_last.trust, NULL), DAOTP_USAGE);
    assert_int_equal(daotp_verifier_set_rules(NULL, DAOTP_RULES_PATH), DAOTP_USAGE);
    assert_int_equal(daotp_verifier_set_revocation(NULL, DAOTP_REVOCATION_PREFER), DAOTP_USAGE);
    assert_int_equal(daotp_verifier_set_stale_s(NULL, 0), DAOTP_USAGE);
    assert_int_equal(daotp_verifier_set_time_s(NULL, 0), DAOTP_USAGE);
    assert_int_equal(daotp_verifier_clear_time(NULL), DAOTP_USAGE);
    assert_int_equal(daotp_verifier_set_flag(NULL, DAOTP_VERIFY_FORGET, true), DAOTP_USAGE);
    assert_int_equal(daotp_verifier_set_purpose(NULL, NULL), DAOTP_USAGE);
    assert_int_equal(daotp_verifier_add_name(NULL, DAOTP_NAME_DNS, "x"), DAOTP_USAGE);
    assert_int_equal(daotp_verifier_add_policy(NULL, "1.2.3"), DAOTP_USAGE);
    assert_int_equal(daotp_verifier_set_max_depth(NULL, 1), DAOTP_USAGE);
    assert_int_equal(daotp_verifier_add_intermediates(NULL, "x", 1), DAOTP_USAGE);
    assert_int_equal(daotp_verifier_add_crls(NULL, "x", 1), DAOTP_USAGE);
    assert_int_equal(daotp_verifier_verify(NULL, "x", 1), DAOTP_USAGE);
    assert_int_equal(daotp_verifier_verify(verifier, NULL, 1), DAOTP_USAGE);
    assert_int_equal(daotp_verifier_get_chain_count(NULL), 0);
    assert_int_equal(daotp_verifier_get_policy_count(NULL), 0);
    assert_null(daotp_verifier_get_certificate(NULL, 0, NULL));
    assert_null(daotp_verifier_get_policy(NULL, 0));
    daotp_verifier_free(NULL);
}

static void refused(daotp_status status, const char *setting)
{
    assert_setting_refused(status, daotp_verifier_get_report(pki_last.verifier), setting);
}

static void values_out_of_range_are_usage(void **state)
{
    daotp_verifier *verifier = pki_open(&ask, DAOTP_RULES_PATH);

    (void)state;
    refused(daotp_verifier_set_rules(verifier, (daotp_rules)0), "rules");
    refused(daotp_verifier_set_rules(verifier, (daotp_rules)4), "rules");
    refused(daotp_verifier_set_revocation(verifier, (daotp_revocation)0), "revocation");
    refused(daotp_verifier_set_revocation(verifier, (daotp_revocation)4), "revocation");
    refused(daotp_verifier_set_stale_s(verifier, -1), "stale seconds");
    assert_int_equal(daotp_verifier_set_stale_s(verifier, 30 * 86400), DAOTP_OK);
    refused(daotp_verifier_set_stale_s(verifier, 30 * 86400 + 1), "stale seconds");
    refused(daotp_verifier_set_flag(verifier, (daotp_verify_flag)0, true), "flag");
    refused(daotp_verifier_set_flag(verifier, (daotp_verify_flag)99, true), "flag");
    assert_int_equal(daotp_verifier_set_max_depth(verifier, 16), DAOTP_OK);
    refused(daotp_verifier_set_max_depth(verifier, 17), "depth");
}

static void oids_and_names_that_are_none(void **state)
{
    static const char *const oids[] = {"",       "1",     "1.",   ".1",
                                       "3.1",    "1.40",  "1.2.", "1.2..3",
                                       "1.2.03", "1.2.x", "1.2 ", "1.2.99999999999999999999"};
    static const struct {
        daotp_name_kind kind;
        const char *name;
    } names[] = {{DAOTP_NAME_DNS, ""},
                 {DAOTP_NAME_DNS, "*.example.com"},
                 {DAOTP_NAME_DNS, "192.0.2.1"},
                 {DAOTP_NAME_DNS, "a b"},
                 {DAOTP_NAME_DNS, "-a.example"},
                 {DAOTP_NAME_DNS, "a..example"},
                 {DAOTP_NAME_IP, ""},
                 {DAOTP_NAME_IP, "192.0.2"},
                 {DAOTP_NAME_IP, "192.0.2.256"},
                 {DAOTP_NAME_IP, "[::1]"},
                 {DAOTP_NAME_IP, "fe80::1%eth0"},
                 {DAOTP_NAME_IP, "www.example.com"},
                 {DAOTP_NAME_EMAIL, "example.com"},
                 {DAOTP_NAME_EMAIL, "a@b@c"},
                 {DAOTP_NAME_EMAIL, "@example.com"},
                 {DAOTP_NAME_UPN, ""},
                 {DAOTP_NAME_UPN, "\xff"},
                 {(daotp_name_kind)0, "www.example.com"},
                 {(daotp_name_kind)9, "www.example.com"}};
    daotp_verifier *verifier = pki_open(&ask, DAOTP_RULES_PATH);

    (void)state;
    for (size_t i = 0; i < sizeof oids / sizeof oids[0]; i++) {
        refused(daotp_verifier_add_policy(verifier, oids[i]), "policy");
        refused(daotp_verifier_set_purpose(verifier, oids[i]), "purpose");
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        refused(daotp_verifier_add_name(verifier, names[i].kind, names[i].name), "name");
    refused(daotp_verifier_set_timeout_ms(verifier, 0), "time-out");
    assert_int_equal(again(), DAOTP_OK); /* none of them was taken */
}

/* Begun, not stepped: a run is under way. */
static void a_run_keeps_what_it_was_begun_with(void **state)
{
    daotp_verifier *verifier = pki_open(&ask, DAOTP_RULES_PATH);

    (void)state;
    assert_int_equal(daotp_verifier_begin(verifier, leaf->der.data, leaf->der.len), DAOTP_OK);
    assert_int_equal(daotp_verifier_set_rules(verifier, DAOTP_RULES_WEBPKI), DAOTP_USAGE);
    assert_int_equal(daotp_verifier_set_rules(verifier, (daotp_rules)0), DAOTP_USAGE);
    assert_int_equal(daotp_verifier_set_revocation(verifier, DAOTP_REVOCATION_IGNORE), DAOTP_USAGE);
    assert_int_equal(daotp_verifier_set_stale_s(verifier, 1), DAOTP_USAGE);
    assert_int_equal(daotp_verifier_set_time_s(verifier, 0), DAOTP_USAGE);
    assert_int_equal(daotp_verifier_clear_time(verifier), DAOTP_USAGE);
    assert_int_equal(daotp_verifier_set_role(verifier, DAOTP_ROLE_ANY), DAOTP_USAGE);
    assert_int_equal(daotp_verifier_set_fetcher(verifier, NULL), DAOTP_USAGE);
    assert_int_equal(daotp_verifier_set_purpose(verifier, NULL), DAOTP_USAGE);
    assert_int_equal(daotp_verifier_add_name(verifier, DAOTP_NAME_DNS, "no.example"), DAOTP_USAGE);
    assert_int_equal(daotp_verifier_add_policy(verifier, "1.2.3"), DAOTP_USAGE);
    assert_int_equal(daotp_verifier_set_max_depth(verifier, 0), DAOTP_USAGE);
    assert_int_equal(daotp_verifier_set_timeout_ms(verifier, 1), DAOTP_USAGE);
    assert_int_equal(daotp_verifier_add_intermediates(verifier, NULL, 0), DAOTP_USAGE);
    assert_int_equal(daotp_verifier_add_ntauth(verifier, NULL, 0), DAOTP_USAGE);
    assert_int_equal(daotp_verifier_add_crls(verifier, NULL, 0), DAOTP_USAGE);
    assert_int_equal(daotp_verifier_add_ocsp(verifier, NULL, 0), DAOTP_USAGE);
    /* told once, as a warning beside the run */
    assert_int_equal(daotp_report_get_count(daotp_verifier_get_report(verifier)), 1);
    assert_null(daotp_report_get_error(daotp_verifier_get_report(verifier)));
    assert_int_equal(daotp_verifier_step(verifier), DAOTP_OK);
}

static void a_run_without_fetching_can_be_cancelled(void **state)
{
    daotp_verifier *verifier = pki_open(&ask, DAOTP_RULES_PATH);

    (void)state;
    assert_int_equal(daotp_verifier_begin(verifier, leaf->der.data, leaf->der.len), DAOTP_OK);
    daotp_verifier_cancel(verifier);
    assert_int_equal(daotp_verifier_step(verifier), DAOTP_CANCELLED);
    assert_int_equal(daotp_verifier_step(verifier), DAOTP_USAGE);
    daotp_verifier_cancel(verifier); /* too early for the next */
    assert_int_equal(again(), DAOTP_OK);
}

static void lists_are_bounded(void **state)
{
    daotp_verifier *verifier = pki_open(&ask, DAOTP_RULES_PATH);

    (void)state;
    for (int i = 0; i < 64; i++) {
        assert_int_equal(daotp_verifier_add_name(verifier, DAOTP_NAME_DNS, "www.example.com"),
                         DAOTP_OK);
        assert_int_equal(daotp_verifier_add_policy(verifier, "1.2.3"), DAOTP_OK);
    }
    assert_int_equal(daotp_verifier_add_name(verifier, DAOTP_NAME_DNS, "www.example.com"),
                     DAOTP_USAGE);
    assert_int_equal(daotp_verifier_add_policy(verifier, "1.2.3"), DAOTP_USAGE);
    assert_int_equal(again(), DAOTP_OK);
}

/* What was asked for before still is. */
static void refused_settings_change_nothing(void **state)
{
    daotp_verifier *verifier = pki_open(&ask, DAOTP_RULES_PATH);

    (void)state;
    assert_int_equal(daotp_verifier_set_purpose(verifier, PKI_OID_CLIENT), DAOTP_OK);
    assert_int_equal(again(), DAOTP_REJECTED);
    assert_int_equal(daotp_verifier_set_purpose(verifier, "rubbish"), DAOTP_USAGE);
    assert_int_equal(again(), DAOTP_REJECTED);
    assert_int_equal(daotp_verifier_set_rules(verifier, (daotp_rules)9), DAOTP_USAGE);
    assert_int_equal(daotp_verifier_add_name(verifier, DAOTP_NAME_DNS, "a b"), DAOTP_USAGE);
    assert_int_equal(again(), DAOTP_REJECTED);
}

/* NULL takes all back. */
static void settings_are_taken_back(void **state)
{
    daotp_verifier *verifier = pki_open(&ask, DAOTP_RULES_PATH);

    (void)state;
    assert_int_equal(daotp_verifier_add_name(verifier, DAOTP_NAME_DNS, "other.example"), DAOTP_OK);
    assert_int_equal(again(), DAOTP_REJECTED);
    assert_int_equal(daotp_verifier_add_name(verifier, DAOTP_NAME_IP, NULL), DAOTP_OK);
    assert_int_equal(again(), DAOTP_OK);
    assert_int_equal(daotp_verifier_set_purpose(verifier, PKI_OID_CLIENT), DAOTP_OK);
    assert_int_equal(again(), DAOTP_REJECTED);
    assert_int_equal(daotp_verifier_set_purpose(verifier, NULL), DAOTP_OK);
    assert_int_equal(again(), DAOTP_OK);
    assert_int_equal(daotp_verifier_set_flag(verifier, DAOTP_VERIFY_EXPLICIT_POLICY, true),
                     DAOTP_OK);
    assert_int_equal(again(), DAOTP_REJECTED);
    assert_int_equal(daotp_verifier_set_flag(verifier, DAOTP_VERIFY_EXPLICIT_POLICY, false),
                     DAOTP_OK);
    assert_int_equal(again(), DAOTP_OK);
}

static void certificates_and_lists_are_forgotten(void **state)
{
    const pki_cert *ca = pki_ca("CN=CA", pki_key(1), root);
    daotp__bytes good = pki_crl(root, 1, PKI_NOTHING);
    daotp_verifier *verifier;

    (void)state;
    leaf = pki_leaf(pki_key(2), ca);
    ask.between[0] = ca;
    verifier = pki_open(&ask, DAOTP_RULES_PATH);
    assert_int_equal(again(), DAOTP_OK);
    assert_int_equal(daotp_verifier_add_intermediates(verifier, NULL, 0), DAOTP_OK);
    assert_int_equal(again(), DAOTP_REJECTED);
    leaf = pki_leaf(pki_key(2), root);
    assert_int_equal(daotp_verifier_set_revocation(verifier, DAOTP_REVOCATION_REQUIRE), DAOTP_OK);
    assert_int_equal(daotp_verifier_add_crls(verifier, good.data, good.len), DAOTP_OK);
    assert_int_equal(again(), DAOTP_OK);
    assert_int_equal(daotp_verifier_add_crls(verifier, NULL, 0), DAOTP_OK);
    assert_int_equal(again(), DAOTP_UNDECIDED);
}

/* What is not read leaves what was there, and says so. */
static void rubbish_is_not_taken(void **state)
{
    daotp__bytes good = pki_crl(root, 1, PKI_NOTHING);
    daotp_verifier *verifier = pki_open(&ask, DAOTP_RULES_PATH);

    (void)state;
    assert_int_equal(daotp_verifier_set_revocation(verifier, DAOTP_REVOCATION_REQUIRE), DAOTP_OK);
    assert_int_equal(daotp_verifier_add_crls(verifier, good.data, good.len), DAOTP_OK);
    for (size_t len = 0; len < good.len; len += 7)
        assert_int_equal(daotp_verifier_add_crls(verifier, good.data, len), DAOTP_PEER);
    pki_expect_finding(DAOTP_FINDING_CRL_DER, NULL);
    assert_int_equal(daotp_verifier_add_crls(verifier, leaf->der.data, leaf->der.len), DAOTP_PEER);
    assert_int_equal(daotp_verifier_add_intermediates(verifier, good.data, good.len), DAOTP_PEER);
    pki_expect_finding(DAOTP_FINDING_CERT_DER, NULL);
    assert_int_equal(again(), DAOTP_OK);
}

/* Defaults: strict, revocation required, the context's clock. */
static void what_is_not_set_is_strict(void **state)
{
    pki_spec spec = pki_leaf_spec(pki_key(2), root);
    daotp_verifier *verifier;

    (void)state;
    (void)pki_open(&ask, DAOTP_RULES_PATH);
    daotp_verifier_free(pki_last.verifier);
    pki_last.verifier = NULL;
    assert_int_equal(daotp_verifier_new(pki_last.context, pki_last.trust, &verifier), DAOTP_OK);
    pki_last.verifier = verifier;
    assert_int_equal(again(), DAOTP_UNDECIDED);
    pki_expect_finding(DAOTP_FINDING_CRL_MISSING, NULL);
    pki_drop(spec.extensions, PKI_OID_AKI); /* path does not mind */
    leaf = pki_make(&spec);
    assert_int_equal(again(), DAOTP_REJECTED);
    pki_expect_finding(DAOTP_FINDING_PROFILE_AKI, NULL);
}

/* What was proven is remembered, and changes no answer. */
static void remembering_changes_nothing(void **state)
{
    daotp_verifier *verifier = pki_open(&ask, DAOTP_RULES_PATH);
    pki_spec forged = pki_leaf_spec(pki_key(2), root);
    const pki_cert *good = leaf, *bad;

    (void)state;
    forged.signing_key = pki_key(9);
    bad = pki_make(&forged);
    for (int i = 0; i < 8; i++) {
        assert_int_equal(daotp_verifier_set_flag(verifier, DAOTP_VERIFY_FORGET, i % 4 > 1),
                         DAOTP_OK);
        leaf = i % 2 == 0 ? good : bad;
        assert_int_equal(again(), i % 2 == 0 ? DAOTP_OK : DAOTP_REJECTED);
    }
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, begin, pki_end_test)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_usage),
        TEST(values_out_of_range_are_usage),
        TEST(oids_and_names_that_are_none),
        TEST(a_run_keeps_what_it_was_begun_with),
        TEST(a_run_without_fetching_can_be_cancelled),
        TEST(lists_are_bounded),
        TEST(refused_settings_change_nothing),
        TEST(settings_are_taken_back),
        TEST(certificates_and_lists_are_forgotten),
        TEST(rubbish_is_not_taken),
        TEST(what_is_not_set_is_strict),
        TEST(remembering_changes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, pki_end_group);
}
