/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the report says: all that is wrong, not the first thing only; of which certificate; by which
 * clause. And the inputs are independent: none that is met switches another off (CVE-2025-22874).
 */
#include "pki_ask.h"

#include "json_check.h"

static const pki_cert *root, *ca;
static pki_ask ask;

static int begin(void **state)
{
    (void)state;
    root = pki_ca("CN=Root", pki_key(0), NULL);
    ca = pki_ca("CN=Issuing CA", pki_key(1), root);
    ask = (pki_ask){.anchors = {root}, .between = {ca}};
    return 0;
}

static size_t count_of(daotp_finding_number number)
{
    size_t count = 0;

    for (size_t i = 0; i < daotp_report_get_count(pki_report()); i++)
        count += daotp_finding_get_number(daotp_report_get_finding(pki_report(), i)) == number;
    return count;
}

/* The stop of the run is one that asks for the status the run ended with. */
static void expect_fitting_error(void)
{
    const daotp_finding *error = daotp_report_get_error(pki_report());

    if (pki_last.status == DAOTP_OK) {
        assert_null(error);
        return;
    }
    assert_non_null(error);
    if (daotp_catalogue_get_status(daotp_finding_get_number(error)) != pki_last.status)
        fail_msg("%s, and the error is %s", daotp_status_name(pki_last.status),
                 daotp_finding_get_id(error));
}

/* ---- all that is wrong ----------------------------------------------------------------------- */

static pki_spec spoilt_leaf(void)
{
    pki_spec leaf = pki_leaf_spec(pki_rsa(0, 1024), ca);

    leaf.not_after = FORGE_NOW - 1;
    leaf.md = EVP_sha1();
    pki_put(leaf.extensions, PKI_OID_SAN, false, PKI_SEQ(PKI_TEXT(PKI_DNS, "www.evil.example")));
    pki_put(leaf.extensions, PKI_OID_NOBODY_KNOWS, true, pki_hex("05 00"));
    pki_put(leaf.extensions, PKI_OID_POINTS, false, pki_hex("30 00"));
    pki_put(leaf.extensions, PKI_OID_POLICIES, false, pki_hex("30 00"));
    return leaf;
}

static pki_spec spoilt_ca(void)
{
    pki_spec spec = pki_ca_spec("CN=Issuing CA", pki_key(1), root);

    pki_put(spec.extensions, PKI_OID_BASIC, true, pki_basic(true, 0));
    pki_put(spec.extensions, PKI_OID_CONSTRAINTS, true,
            PKI_SEQ(pki_tlv(0xA0, PKI_SEQ(PKI_TEXT(PKI_DNS, "example.com")))));
    return spec;
}

static void everything_is_listed(void **state)
{
    static const daotp_finding_number of_the_leaf[] = {
        DAOTP_FINDING_CHAIN_EXPIRED,       DAOTP_FINDING_CHAIN_KEY,
        DAOTP_FINDING_CHAIN_ALGORITHM,     DAOTP_FINDING_CHAIN_CRITICAL,
        DAOTP_FINDING_CHAIN_EXTENSION,     DAOTP_FINDING_CHAIN_POLICY_MALFORMED,
        DAOTP_FINDING_CHAIN_NOT_PERMITTED, DAOTP_FINDING_CHAIN_HOST,
        DAOTP_FINDING_CHAIN_PURPOSE,       DAOTP_FINDING_CHAIN_DEPTH,
        DAOTP_FINDING_CHAIN_POLICY,        DAOTP_FINDING_REVOKED,
    };
    pki_spec upper = spoilt_ca(), leaf;
    const pki_cert *made;

    (void)state;
    ca = ask.between[0] = pki_make(&upper);
    leaf = spoilt_leaf();
    made = pki_make(&leaf);
    ask.crls[0] = pki_crl(root, 1, pki_revoke(ca, 2));
    ask.crls[1] = pki_crl(ca, 1, pki_revoke(made, 1));
    ask.purpose = PKI_OID_CLIENT;
    ask.depth = -1;
    ask.flags[0] = DAOTP_VERIFY_EXPLICIT_POLICY;
    ask.names[0].kind = DAOTP_NAME_DNS;
    ask.names[0].text = "www.example.com";
    pki_expect(&ask, made, DAOTP_REJECTED, 0);
    for (size_t i = 0; i < sizeof of_the_leaf / sizeof of_the_leaf[0]; i++)
        pki_expect_finding(of_the_leaf[i], "CN=www.example.com");
    pki_expect_finding(DAOTP_FINDING_REVOKED, "CN=Issuing CA");
    expect_fitting_error();
}

/* Of each certificate, not of the first only. */
static void each_certificate_is_named(void **state)
{
    pki_spec upper = pki_ca_spec("CN=Upper", pki_key(3), root);
    pki_spec lower, leaf;

    (void)state;
    upper.not_after = lower.not_after = FORGE_NOW - 1;
    ask.between[0] = pki_make(&upper);
    lower = pki_ca_spec("CN=Lower", pki_key(4), ask.between[0]);
    lower.not_before = FORGE_NOW + 1;
    ask.between[1] = pki_make(&lower);
    leaf = pki_leaf_spec(pki_key(2), ask.between[1]);
    leaf.not_after = FORGE_NOW - 1;
    pki_expect(&ask, pki_make(&leaf), DAOTP_REJECTED, 0);
    pki_expect_finding(DAOTP_FINDING_CHAIN_EXPIRED, "CN=www.example.com");
    pki_expect_finding(DAOTP_FINDING_CHAIN_NOT_YET, "CN=Lower");
    pki_expect_finding(DAOTP_FINDING_CHAIN_EXPIRED, "CN=Upper");
    pki_expect_no_finding(DAOTP_FINDING_CHAIN_ISSUER_MISSING); /* all are at hand */
}

/* What an intermediate lacks is said of it, whatever it is. */
static void what_an_intermediate_lacks(void **state)
{
    static const struct {
        const char *oid, *value;
        daotp_finding_number finding;
    } lacks[] = {
        {PKI_OID_BASIC, "30 00", DAOTP_FINDING_CHAIN_NOT_CA},
        {PKI_OID_KEY_USAGE, "03 02 01 02", DAOTP_FINDING_CHAIN_CERT_SIGN},
        {PKI_OID_NOBODY_KNOWS, "05 00", DAOTP_FINDING_CHAIN_CRITICAL},
        {PKI_OID_EKU, "30 00", DAOTP_FINDING_CHAIN_EXTENSION},
        {PKI_OID_CONSTRAINTS, "30 00", DAOTP_FINDING_CHAIN_CONSTRAINTS},
    };

    (void)state;
    for (size_t i = 0; i < sizeof lacks / sizeof lacks[0]; i++) {
        pki_spec spec = pki_ca_spec("CN=Issuing CA", pki_key(1), root);

        pki_put(spec.extensions, lacks[i].oid, true, pki_hex(lacks[i].value));
        ask.between[0] = pki_make(&spec);
        pki_expect(&ask, pki_leaf(pki_key(2), ask.between[0]), DAOTP_REJECTED, 0);
        pki_expect_finding(lacks[i].finding, "CN=Issuing CA");
        pki_expect_no_finding(DAOTP_FINDING_CHAIN_ISSUER_MISSING);
    }
}

/* A root that is no anchor, alone and above others: no issuer is missing. */
static void root_that_is_no_anchor_is_told(void **state)
{
    const pki_cert *other = pki_ca("CN=Other Root", pki_key(9), NULL);

    (void)state;
    ask.anchors[0] = root;
    ask.between[0] = NULL;
    pki_expect(&ask, other, DAOTP_REJECTED, DAOTP_FINDING_CHAIN_NO_PATH);
    pki_expect_finding(DAOTP_FINDING_CHAIN_SELF_SIGNED, "CN=Other Root");
    pki_expect_no_finding(DAOTP_FINDING_CHAIN_ISSUER_MISSING);
    ask.between[0] = other;
    pki_expect(&ask, pki_leaf(pki_key(2), other), DAOTP_REJECTED, DAOTP_FINDING_CHAIN_NO_PATH);
    pki_expect_finding(DAOTP_FINDING_CHAIN_SELF_SIGNED, "CN=Other Root");
}

static void missing_issuer_is_named(void **state)
{
    const daotp_finding *missing;

    (void)state;
    ask.between[0] = NULL;
    pki_expect(&ask, pki_leaf(pki_key(2), ca), DAOTP_REJECTED, DAOTP_FINDING_CHAIN_NO_PATH);
    missing = pki_find(DAOTP_FINDING_CHAIN_ISSUER_MISSING, "CN=www.example.com");
    assert_non_null(missing);
    assert_non_null(strstr(daotp_finding_get_found(missing), "CN=Issuing CA, key "));
    ask.anchors[0] = pki_ca("CN=Other Root", pki_key(9), NULL);
    ask.between[0] = ca;
    pki_expect(&ask, pki_leaf(pki_key(2), ca), DAOTP_REJECTED, DAOTP_FINDING_CHAIN_NO_PATH);
    pki_expect_finding(DAOTP_FINDING_CHAIN_ISSUER_MISSING, "CN=Issuing CA");
    expect_fitting_error();
}

/* ---- how it is said -------------------------------------------------------------------------- */

static void dates_and_clauses_are_shown(void **state)
{
    pki_spec leaf = pki_leaf_spec(pki_key(2), ca);
    const daotp_finding *finding;

    (void)state;
    leaf.not_after = FORGE_NOW - 1;
    pki_expect(&ask, pki_make(&leaf), DAOTP_REJECTED, DAOTP_FINDING_CHAIN_EXPIRED);
    finding = pki_find(DAOTP_FINDING_CHAIN_EXPIRED, NULL);
    assert_string_equal(daotp_finding_get_found(finding), "2027-01-15T07:59:59Z");
    assert_string_equal(daotp_finding_get_id(finding), "CHAIN-EXPIRED");
    assert_int_equal(daotp_finding_get_stage(finding), DAOTP_STAGE_CHAIN);
    assert_non_null(strstr(pki_report_text(), "RFC 5280 6.1.3 (a)(2)"));
}

static void nameless_certificate_is_shown_by_its_serial(void **state)
{
    pki_spec leaf = pki_leaf_spec(pki_key(2), ca);

    (void)state;
    leaf.subject = "";
    leaf.serial = pki_hex("0A BC");
    leaf.not_after = FORGE_NOW - 1;
    pki_expect(&ask, pki_make(&leaf), DAOTP_REJECTED, 0);
    pki_expect_finding(DAOTP_FINDING_CHAIN_EXPIRED, "0abc");
}

/* What a certificate holds cannot break the report: control bytes, quotes, bad UTF-8. */
static void hostile_texts_stay_texts(void **state)
{
    pki_spec leaf = pki_leaf_spec(pki_key(2), ca);

    (void)state;
    leaf.name = PKI_SEQ(PKI_SET(
        PKI_SEQ(pki_oid("2.5.4.3"), PKI_TEXT(0x0C, "\"},\x1b[2J\r\n{\"x\":\xff\xfe\x80%s%n\\"))));
    leaf.not_after = FORGE_NOW - 1;
    ask.rules = DAOTP_RULES_WEBPKI;
    pki_expect(&ask, pki_make(&leaf), DAOTP_REJECTED, DAOTP_FINDING_CHAIN_EXPIRED);
    assert_true(json_is_well_formed(daotp_report_get_json(pki_report())));
    for (const char *at = pki_report_text(); *at != '\0'; at++)
        assert_true(*at == '\n' || (unsigned char)*at >= ' ');
}

/* More than a report holds: it is bounded, and errors stay. */
static void more_than_a_report_holds(void **state)
{
    daotp__bytes names = PKI_NOTHING;
    pki_spec leaf = pki_leaf_spec(pki_key(2), ca);

    (void)state;
    for (int i = 0; i < 200; i++)
        names = PKI_JOIN(names, PKI_TEXT(PKI_DNS, "no name"));
    pki_put(leaf.extensions, PKI_OID_SAN, false, pki_tlv(0x30, names));
    leaf.not_after = FORGE_NOW - 1;
    ask.rules = DAOTP_RULES_STRICT;
    pki_expect(&ask, pki_make(&leaf), DAOTP_REJECTED, DAOTP_FINDING_CHAIN_EXPIRED);
    assert_int_equal(daotp_report_get_count(pki_report()), 64);
}

/* ---- modes ----------------------------------------------------------------------------------- */

static void prefer_warns(void **state)
{
    (void)state;
    ask.revocation = DAOTP_REVOCATION_PREFER;
    pki_expect(&ask, pki_leaf(pki_key(2), ca), DAOTP_OK, DAOTP_FINDING_CRL_MISSING);
    assert_int_equal(count_of(DAOTP_FINDING_CRL_MISSING), 2); /* of the CA, and of the leaf */
    assert_int_equal(daotp_finding_get_severity(pki_find(DAOTP_FINDING_CRL_MISSING, NULL)),
                     DAOTP_SEVERITY_WARNING);
    expect_fitting_error();
    ask.revocation = DAOTP_REVOCATION_REQUIRE;
    pki_expect(&ask, pki_leaf(pki_key(2), ca), DAOTP_UNDECIDED, DAOTP_FINDING_CRL_MISSING);
    assert_int_equal(count_of(DAOTP_FINDING_CRL_MISSING), 2);
    expect_fitting_error();
}

/* Unknown is a warning then, and revoked is revoked. */
static void prefer_refuses_what_is_revoked(void **state)
{
    const pki_cert *leaf = pki_leaf(pki_key(2), ca);

    (void)state;
    ask.revocation = DAOTP_REVOCATION_PREFER;
    ask.crls[0] = pki_crl(ca, 1, pki_revoke(leaf, 1));
    pki_expect(&ask, leaf, DAOTP_REJECTED, DAOTP_FINDING_REVOKED);
    expect_fitting_error();
}

static void ignoring_is_said(void **state)
{
    const pki_cert *leaf = pki_leaf(pki_key(2), ca);

    (void)state;
    ask.revocation = DAOTP_REVOCATION_IGNORE;
    ask.crls[0] = pki_crl(ca, 1, pki_revoke(leaf, 1));
    pki_expect(&ask, leaf, DAOTP_OK, DAOTP_FINDING_REVOCATION_IGNORED);
}

/* A list that was of no use stands as a warning beside the one that was. */
static void what_was_not_needed_is_a_warning(void **state)
{
    pki_crl_spec forged = pki_crl_spec_of(ca, 9);

    (void)state;
    forged.key = pki_key(9);
    ask.crls[0] = pki_crl(root, 1, PKI_NOTHING);
    ask.crls[1] = pki_make_crl(&forged);
    ask.crls[2] = pki_crl(ca, 1, PKI_NOTHING);
    ask.flags[0] = DAOTP_VERIFY_EXPLAIN;
    pki_expect(&ask, pki_leaf(pki_key(2), ca), DAOTP_OK, DAOTP_FINDING_CRL_SIGNATURE);
    assert_int_equal(daotp_finding_get_severity(pki_find(DAOTP_FINDING_CRL_SIGNATURE, NULL)),
                     DAOTP_SEVERITY_WARNING);
    pki_expect_finding(DAOTP_FINDING_REVOCATION_GOOD, "CN=www.example.com");
    expect_fitting_error();
}

/* Rejected goes before undecided, in the verdict and in what stopped the run. */
static void rejected_goes_before_undecided(void **state)
{
    pki_spec leaf = pki_leaf_spec(pki_key(2), ca);

    (void)state;
    leaf.not_after = FORGE_NOW - 1;
    ask.revocation = DAOTP_REVOCATION_REQUIRE;
    pki_expect(&ask, pki_make(&leaf), DAOTP_REJECTED, DAOTP_FINDING_CHAIN_EXPIRED);
    pki_expect_finding(DAOTP_FINDING_CRL_MISSING, "CN=www.example.com");
    expect_fitting_error();
}

/* What cannot be judged comes first, and what is wrong is only met later: wrong it is. */
static void undecided_does_not_hide_rejected(void **state)
{
    daotp__bytes x400 = pki_tlv(0xA3, pki_hex("30 00"));
    pki_spec upper = pki_ca_spec("CN=Issuing CA", pki_key(1), root), leaf;

    (void)state;
    pki_put(upper.extensions, PKI_OID_CONSTRAINTS, true, PKI_SEQ(pki_tlv(0xA1, PKI_SEQ(x400))));
    ca = ask.between[0] = pki_make(&upper);
    leaf = pki_leaf_spec(pki_key(2), ca);
    pki_put(leaf.extensions, PKI_OID_SAN, false, PKI_SEQ(x400));
    pki_expect(&ask, pki_make(&leaf), DAOTP_UNDECIDED, DAOTP_FINDING_CHAIN_NAME_FORM);
    expect_fitting_error();
    ask.names[0].kind = DAOTP_NAME_DNS;
    ask.names[0].text = "www.example.com";
    pki_expect(&ask, pki_make(&leaf), DAOTP_REJECTED, DAOTP_FINDING_CHAIN_HOST);
    pki_expect_finding(DAOTP_FINDING_CHAIN_NAME_FORM, "CN=www.example.com");
    expect_fitting_error();
    ask.names[0].text = NULL;
    ask.crls[0] = pki_crl(root, 1, PKI_NOTHING);
    leaf.serial = pki_number(77);
    ask.crls[1] = pki_crl(ca, 1, pki_entry(leaf.serial, PKI_NOTHING));
    pki_expect(&ask, pki_make(&leaf), DAOTP_REJECTED, DAOTP_FINDING_REVOKED);
    expect_fitting_error();
}

/* Nothing of one run is left in the next. */
static void each_run_has_its_own(void **state)
{
    pki_spec bad = pki_leaf_spec(pki_key(2), ca);
    const pki_cert *good = pki_leaf(pki_key(2), ca), *spoilt;

    (void)state;
    bad.not_after = FORGE_NOW - 1;
    spoilt = pki_make(&bad);
    pki_expect(&ask, spoilt, DAOTP_REJECTED, DAOTP_FINDING_CHAIN_EXPIRED);
    pki_last.status = daotp_verifier_verify(pki_last.verifier, good->der.data, good->der.len);
    assert_int_equal(pki_last.status, DAOTP_OK);
    pki_expect_no_finding(DAOTP_FINDING_CHAIN_EXPIRED);
    pki_expect_finding(DAOTP_FINDING_CHAIN_VALID, NULL);
    expect_fitting_error();
    pki_last.status = daotp_verifier_verify(pki_last.verifier, "rubbish", 7);
    assert_int_equal(pki_last.status, DAOTP_PEER);
    assert_int_equal(daotp_verifier_get_chain_count(pki_last.verifier), 0);
    assert_int_equal(daotp_verifier_get_policy_count(pki_last.verifier), 0);
    expect_fitting_error();
}

/* ---- all pairs ------------------------------------------------------------------------------- */

/* Each input not set, met, and not met; with any other of the same. anyExtendedKeyUsage meets any
 * purpose, and nothing else. */
enum { UNSET, MET, UNMET };

typedef struct inputs {
    int purpose, policy, name, time, revocation, mapping;
} inputs;

static void expect_if(bool wanted, daotp_finding_number number)
{
    if (wanted)
        pki_expect_finding(number, NULL);
    else
        pki_expect_no_finding(number);
}

static void set_inputs(const inputs *in, const pki_cert *leaf)
{
    size_t flags = 0;

    ask = (pki_ask){.anchors = {root}, .between = {ca}};
    ask.purpose = in->purpose != UNSET ? PKI_OID_CLIENT : NULL;
    if (in->policy != UNSET) {
        ask.policies[0] = in->policy == MET ? "1.2.3.1" : "1.2.3.2";
        ask.flags[flags++] = DAOTP_VERIFY_EXPLICIT_POLICY;
    }
    if (in->mapping != UNSET) {
        ask.flags[flags++] = DAOTP_VERIFY_INHIBIT_MAPPING;
        ask.flags[flags++] = DAOTP_VERIFY_INHIBIT_ANY_POLICY;
    }
    if (in->name != UNSET) {
        ask.names[0].kind = DAOTP_NAME_DNS;
        ask.names[0].text = in->name == MET ? "www.example.com" : "other.example.com";
    }
    if (in->time == UNMET)
        ask.at = FORGE_NOW + 31 * PKI_DAY;
    if (in->revocation != UNSET) {
        pki_crl_spec of_root = pki_crl_spec_of(root, 1), of_ca = pki_crl_spec_of(ca, 1);

        of_root.next_update = of_ca.next_update = FORGE_NOW + 40 * PKI_DAY;
        of_ca.entries = in->revocation == UNMET ? pki_revoke(leaf, 1) : PKI_NOTHING;
        ask.crls[0] = pki_make_crl(&of_root);
        ask.crls[1] = pki_make_crl(&of_ca);
    }
}

static void verify_pair(const inputs *in, const pki_cert *any, const pki_cert *other)
{
    const pki_cert *leaf = in->purpose == UNMET ? other : any;
    bool bad = in->purpose == UNMET || in->policy == UNMET || in->name == UNMET ||
               in->time == UNMET || in->revocation == UNMET;

    set_inputs(in, leaf);
    pki_expect(&ask, leaf, bad ? DAOTP_REJECTED : DAOTP_OK, 0);
    expect_if(in->purpose == UNMET, DAOTP_FINDING_CHAIN_PURPOSE);
    expect_if(in->policy == UNMET, DAOTP_FINDING_CHAIN_POLICY);
    expect_if(in->name == UNMET, DAOTP_FINDING_CHAIN_HOST);
    expect_if(in->time == UNMET, DAOTP_FINDING_CHAIN_EXPIRED);
    expect_if(in->revocation == UNMET, DAOTP_FINDING_REVOKED);
    expect_fitting_error();
}

static void inputs_are_independent(void **state)
{
    pki_spec spec = pki_ca_spec("CN=Issuing CA", pki_key(1), root);
    const pki_cert *any, *other;

    (void)state;
    pki_put(spec.extensions, PKI_OID_POLICIES, false, PKI_SEQ(PKI_SEQ(pki_oid("1.2.3.1"))));
    spec.not_after = FORGE_NOW + 90 * PKI_DAY;
    ca = pki_make(&spec);
    spec = pki_leaf_spec(pki_key(2), ca);
    pki_put(spec.extensions, PKI_OID_POLICIES, false, PKI_SEQ(PKI_SEQ(pki_oid("1.2.3.1"))));
    other = pki_make(&spec);
    pki_put(spec.extensions, PKI_OID_EKU, false, PKI_SEQ(pki_oid(PKI_OID_ANY_EKU)));
    any = pki_make(&spec);
    for (int i = 0; i < 3 * 3 * 3 * 2 * 3 * 2; i++) {
        inputs in = {i % 3, i / 3 % 3, i / 9 % 3, 1 + i / 27 % 2, i / 54 % 3, i / 162 % 2};

        verify_pair(&in, any, other);
    }
}

/* A CA's old and new key: both bear its name, and only the old one is over. */
static void namesakes_are_told_apart(void **state)
{
    pki_spec old_spec = pki_ca_spec("CN=Issuing CA", pki_key(3), root);
    const pki_cert *old, *young;
    const char *subject;

    (void)state;
    old_spec.not_after = FORGE_NOW - 1;
    old = pki_make(&old_spec);
    young = pki_ca("CN=Issuing CA", pki_key(4), old);
    ask.between[0] = old;
    ask.between[1] = young;
    (void)pki_verify(&ask, pki_leaf(pki_key(2), young));
    assert_int_equal(daotp_verifier_get_chain_count(pki_last.verifier), 4);
    subject = daotp_finding_get_subject(pki_find(DAOTP_FINDING_CHAIN_EXPIRED, NULL));
    assert_non_null(strstr(subject, "CN=Issuing CA, serial "));
    assert_string_not_equal(subject, daotp_verifier_get_subject(pki_last.verifier, 1));
    assert_string_equal(subject, daotp_verifier_get_subject(pki_last.verifier, 2));
    assert_non_null(strstr(daotp_verifier_get_subject(pki_last.verifier, 3), "CN=Root, serial "));
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, begin, pki_end_test)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(everything_is_listed),
        TEST(each_certificate_is_named),
        TEST(namesakes_are_told_apart),
        TEST(what_an_intermediate_lacks),
        TEST(root_that_is_no_anchor_is_told),
        TEST(missing_issuer_is_named),
        TEST(dates_and_clauses_are_shown),
        TEST(nameless_certificate_is_shown_by_its_serial),
        TEST(hostile_texts_stay_texts),
        TEST(more_than_a_report_holds),
        TEST(prefer_warns),
        TEST(prefer_refuses_what_is_revoked),
        TEST(ignoring_is_said),
        TEST(what_was_not_needed_is_a_warning),
        TEST(rejected_goes_before_undecided),
        TEST(undecided_does_not_hide_rejected),
        TEST(each_run_has_its_own),
        TEST(inputs_are_independent),
    };

    return cmocka_run_group_tests(tests, NULL, pki_end_group);
}
