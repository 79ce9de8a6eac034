/* SPDX-License-Identifier: BSD-2-Clause */
/* Times: whole seconds of UTC in 64 bits, both ends included, for certificates and for CRLs. */
#include "pki_ask.h"

static const pki_cert *root;
static pki_ask ask;

static int begin(void **state)
{
    (void)state;
    root = pki_ca("CN=Root", pki_key(0), NULL);
    ask = (pki_ask){.anchors = {root}};
    return 0;
}

static const pki_cert *leaf_of_times(int64_t not_before, int64_t not_after)
{
    pki_spec spec = pki_leaf_spec(pki_key(2), root);

    spec.not_before = not_before;
    spec.not_after = not_after;
    return pki_make(&spec);
}

static void expect_at(int64_t at, const pki_cert *leaf, daotp_finding_number wrong)
{
    ask.at = at;
    pki_expect(&ask, leaf, wrong == 0 ? DAOTP_OK : DAOTP_REJECTED, wrong);
}

static void both_ends_count(void **state)
{
    const pki_cert *leaf = leaf_of_times(FORGE_NOW - 5, FORGE_NOW + 5);

    (void)state;
    expect_at(FORGE_NOW - 6, leaf, DAOTP_FINDING_CHAIN_NOT_YET);
    expect_at(FORGE_NOW - 5, leaf, 0);
    expect_at(FORGE_NOW + 5, leaf, 0);
    expect_at(FORGE_NOW + 6, leaf, DAOTP_FINDING_CHAIN_EXPIRED);
}

static void one_second_is_enough(void **state)
{
    const pki_cert *leaf = leaf_of_times(FORGE_NOW, FORGE_NOW);

    (void)state;
    expect_at(FORGE_NOW, leaf, 0);
    expect_at(FORGE_NOW - 1, leaf, DAOTP_FINDING_CHAIN_NOT_YET);
    expect_at(FORGE_NOW + 1, leaf, DAOTP_FINDING_CHAIN_EXPIRED);
}

/* The wrong way round it is never valid, and both things are said. */
static void ends_before_it_begins(void **state)
{
    const pki_cert *leaf = leaf_of_times(FORGE_NOW + 5, FORGE_NOW - 5);

    (void)state;
    expect_at(FORGE_NOW, leaf, DAOTP_FINDING_CHAIN_EXPIRED);
    pki_expect_finding(DAOTP_FINDING_CHAIN_NOT_YET, "www.example.com");
}

static void intermediates_have_times_too(void **state)
{
    pki_spec spec = pki_ca_spec("CN=Issuing CA", pki_key(1), root);
    const pki_cert *leaf;

    (void)state;
    spec.not_before = FORGE_NOW - 5;
    spec.not_after = FORGE_NOW + 5;
    ask.between[0] = pki_make(&spec);
    leaf = pki_leaf(pki_key(2), ask.between[0]);
    expect_at(FORGE_NOW - 5, leaf, 0);
    expect_at(FORGE_NOW + 5, leaf, 0);
    expect_at(FORGE_NOW - 6, leaf, 0 + DAOTP_FINDING_CHAIN_NOT_YET);
    pki_expect_finding(DAOTP_FINDING_CHAIN_NOT_YET, "Issuing CA");
    expect_at(FORGE_NOW + 6, leaf, DAOTP_FINDING_CHAIN_EXPIRED);
    pki_expect_finding(DAOTP_FINDING_CHAIN_EXPIRED, "Issuing CA");
}

/* RFC 5280 6.1.1 (d): an anchor is a name and a key; strict and webpki want it valid. */
static void anchors_have_times_for_the_strict(void **state)
{
    pki_spec spec = pki_ca_spec("CN=Root", pki_key(0), NULL);

    (void)state;
    spec.not_after = FORGE_NOW - 1;
    root = ask.anchors[0] = pki_make(&spec);
    pki_expect(&ask, pki_leaf(pki_key(2), root), DAOTP_OK, 0);
    ask.rules = DAOTP_RULES_STRICT;
    pki_expect(&ask, pki_leaf(pki_key(2), root), DAOTP_REJECTED, DAOTP_FINDING_CHAIN_EXPIRED);
    pki_expect_finding(DAOTP_FINDING_CHAIN_EXPIRED, "Root");
}

/* 2038-01-19 03:14:07 and the second after; UTCTime's last second and GeneralizedTime's first. */
static void seconds_after_2038_and_2050(void **state)
{
    static const int64_t marks[] = {INT64_C(2147483647), INT64_C(2524607999), INT64_C(4294967295)};

    (void)state;
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        const pki_cert *until = leaf_of_times(FORGE_NOW, marks[i]);
        const pki_cert *from = leaf_of_times(marks[i] + 1, INT64_C(253402300799));

        expect_at(marks[i], until, 0);
        expect_at(marks[i] + 1, until, DAOTP_FINDING_CHAIN_EXPIRED);
        expect_at(marks[i] + 1, from, 0);
        expect_at(marks[i], from, DAOTP_FINDING_CHAIN_NOT_YET);
    }
}

static void seconds_before_1970(void **state)
{
    const pki_cert *leaf = leaf_of_times(INT64_C(-631152000), -1); /* 1950 to 1969 */

    (void)state;
    expect_at(INT64_C(-631152000), leaf, 0);
    expect_at(INT64_C(-631152001), leaf, DAOTP_FINDING_CHAIN_NOT_YET);
    expect_at(-1, leaf, 0);
    expect_at(1, leaf, DAOTP_FINDING_CHAIN_EXPIRED);
}

/* Fractions, zones, missing seconds and days that are none: not a certificate at all. */
static void times_that_are_none(void **state)
{
    static const struct {
        unsigned tag;
        const char *text;
    } times[] = {{0x17, "270115080000+0100"}, {0x17, "2701150800Z"},    {0x17, "270115080000"},
                 {0x18, "20270115080000.5Z"}, {0x18, "20270115080000"}, {0x18, "202701150800Z"},
                 {0x17, "271315080000Z"},     {0x17, "270230080000Z"},  {0x17, "270115240000Z"},
                 {0x17, "270115086000Z"},     {0x17, "270115080060Z"},  {0x17, "27011508000aZ"},
                 {0x17, "270015080000Z"},     {0x17, "270100080000Z"},  {0x18, "20270115080000z"},
                 {0x17, "20270115080000Z"},   {0x18, "270115080000Z"},  {0x17, ""},
                 {0x18, "20270229080000Z"},   {0x04, "270115080000Z"}};

    (void)state;
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        pki_spec spec = pki_leaf_spec(pki_key(2), root);

        spec.validity = PKI_JOIN(pki_time(FORGE_NOW), pki_text(times[i].tag, times[i].text));
        if (pki_verify(&ask, pki_make(&spec)) != DAOTP_PEER)
            fail_msg("%s: %s", times[i].text, daotp_status_name(pki_last.status));
        pki_expect_finding(DAOTP_FINDING_CERT_DER, NULL);
    }
}

static void generalized_time_before_2050(void **state)
{
    pki_spec spec = pki_leaf_spec(pki_key(2), root);

    (void)state;
    spec.validity = PKI_JOIN(pki_time(FORGE_NOW), PKI_TEXT(0x18, "20491231235959Z"));
    pki_expect(&ask, pki_make(&spec), DAOTP_OK, 0);
    ask.rules = DAOTP_RULES_STRICT;
    pki_expect(&ask, pki_make(&spec), DAOTP_REJECTED, DAOTP_FINDING_PROFILE_VALIDITY);
    spec.validity = PKI_JOIN(pki_time(FORGE_NOW), PKI_TEXT(0x18, "20500101000000Z"));
    pki_expect(&ask, pki_make(&spec), DAOTP_OK, 0);
}

/* ---- CRLs ------------------------------------------------------------------------------------ */

static void set_crl(int64_t this_update, int64_t next_update)
{
    pki_crl_spec spec = pki_crl_spec_of(root, 1);

    spec.this_update = this_update;
    spec.next_update = next_update;
    ask.crls[0] = pki_make_crl(&spec);
}

static void expect_crl_at(int64_t at, daotp_finding_number wrong)
{
    const pki_cert *leaf = leaf_of_times(FORGE_NOW - PKI_DAY, INT64_C(4294967295));

    ask.at = at;
    pki_expect(&ask, leaf, wrong == 0 ? DAOTP_OK : DAOTP_UNDECIDED, wrong);
}

static void crls_count_both_ends(void **state)
{
    (void)state;
    set_crl(FORGE_NOW - 5, FORGE_NOW + 5);
    expect_crl_at(FORGE_NOW - 6, DAOTP_FINDING_CRL_NOT_YET);
    expect_crl_at(FORGE_NOW - 5, 0);
    expect_crl_at(FORGE_NOW + 5, 0);
    expect_crl_at(FORGE_NOW + 6, DAOTP_FINDING_CRL_STALE);
}

static void crls_after_2038_and_2050(void **state)
{
    (void)state;
    set_crl(FORGE_NOW, INT64_C(2147483647));
    expect_crl_at(INT64_C(2147483647), 0);
    expect_crl_at(INT64_C(2147483648), DAOTP_FINDING_CRL_STALE);
    set_crl(FORGE_NOW, INT64_C(2524608000));
    expect_crl_at(INT64_C(2524608000), 0);
    expect_crl_at(INT64_C(2524608001), DAOTP_FINDING_CRL_STALE);
}

/* As long as was asked, the last second included, and with a warning. */
static void stale_for_so_long(void **state)
{
    (void)state;
    set_crl(FORGE_NOW - 50, FORGE_NOW);
    ask.stale_seconds = 100;
    expect_crl_at(FORGE_NOW, 0);
    pki_expect_no_finding(DAOTP_FINDING_CRL_STALE_TAKEN);
    expect_crl_at(FORGE_NOW + 100, 0);
    pki_expect_finding(DAOTP_FINDING_CRL_STALE_TAKEN, "www.example.com");
    assert_int_equal(daotp_finding_get_severity(pki_find(DAOTP_FINDING_CRL_STALE_TAKEN, NULL)),
                     DAOTP_SEVERITY_WARNING);
    expect_crl_at(FORGE_NOW + 101, DAOTP_FINDING_CRL_STALE);
}

/* The delta is what is new, so it is the delta that has to be fresh. */
static void deltas_have_times_too(void **state)
{
    pki_crl_spec delta = pki_crl_spec_of(root, 2);

    (void)state;
    set_crl(FORGE_NOW - 50, FORGE_NOW);
    pki_put(delta.extensions, PKI_OID_DELTA, true, pki_integer(1));
    delta.this_update = FORGE_NOW - 10;
    delta.next_update = FORGE_NOW + 10;
    ask.crls[1] = pki_make_crl(&delta);
    expect_crl_at(FORGE_NOW + 10, 0);
    expect_crl_at(FORGE_NOW + 11, DAOTP_FINDING_CRL_STALE);
    expect_crl_at(FORGE_NOW - 11, 0); /* the delta is not there yet, the list is */
}

/* Before and after all that a certificate can say; to be run under UndefinedBehaviorSanitizer too.
 */
static void times_beyond_all_calendars(void **state)
{
    static const int64_t times[] = {INT64_MAX, INT64_MAX - 299, INT64_MIN + 1, INT64_MIN + 300};
    const pki_cert *leaf = leaf_of_times(INT64_C(-631152000), INT64_C(253402300799));

    (void)state;
    set_crl(INT64_C(-631152000), INT64_C(-631151999));
    ask.stale_seconds = 30 * PKI_DAY;
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++)
        for (int role = DAOTP_ROLE_ANY; role <= DAOTP_ROLE_ISSUING_CA; role++) {
            daotp_verifier *verifier;

            ask.at = times[i];
            verifier = pki_open(&ask, DAOTP_RULES_PATH);
            assert_int_equal(daotp_verifier_set_role(verifier, (daotp_role)role), DAOTP_OK);
            assert_int_equal(daotp_verifier_verify(verifier, leaf->der.data, leaf->der.len),
                             DAOTP_REJECTED);
            pki_expect_finding(times[i] > 0 ? DAOTP_FINDING_CHAIN_EXPIRED
                                            : DAOTP_FINDING_CHAIN_NOT_YET,
                               "www.example.com");
            pki_expect_no_finding(DAOTP_FINDING_CRL_STALE_TAKEN);
        }
}

/* ---- the clock ------------------------------------------------------------------------------- */

static void the_contexts_clock_unless_a_time_is_set(void **state)
{
    const pki_cert *leaf = leaf_of_times(FORGE_NOW, FORGE_NOW);
    static const int64_t far[] = {INT64_MIN, INT64_MIN + 1, INT64_MAX, -1, 0};
    daotp_verifier *verifier = pki_open(&ask, DAOTP_RULES_PATH);

    (void)state;
    assert_int_equal(daotp_verifier_set_time_s(verifier, FORGE_NOW + 1), DAOTP_OK);
    assert_int_equal(daotp_verifier_verify(verifier, leaf->der.data, leaf->der.len),
                     DAOTP_REJECTED);
    for (size_t i = 0; i < sizeof far / sizeof far[0]; i++) { /* each of them is a time, too */
        assert_int_equal(daotp_verifier_set_time_s(verifier, far[i]), DAOTP_OK);
        assert_int_equal(daotp_verifier_verify(verifier, leaf->der.data, leaf->der.len),
                         DAOTP_REJECTED);
    }
    assert_int_equal(daotp_verifier_clear_time(verifier), DAOTP_OK);
    assert_int_equal(daotp_verifier_verify(verifier, leaf->der.data, leaf->der.len), DAOTP_OK);
}

/* What was proven before is still asked for its time. */
static void remembered_signatures_expire(void **state)
{
    const pki_cert *leaf = leaf_of_times(FORGE_NOW, FORGE_NOW);
    daotp_verifier *verifier = pki_open(&ask, DAOTP_RULES_PATH);

    (void)state;
    assert_int_equal(daotp_verifier_verify(verifier, leaf->der.data, leaf->der.len), DAOTP_OK);
    assert_int_equal(daotp_verifier_set_time_s(verifier, FORGE_NOW + 1), DAOTP_OK);
    assert_int_equal(daotp_verifier_verify(verifier, leaf->der.data, leaf->der.len),
                     DAOTP_REJECTED);
    pki_expect_finding(DAOTP_FINDING_CHAIN_EXPIRED, "www.example.com");
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, begin, pki_end_test)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(both_ends_count),
        TEST(one_second_is_enough),
        TEST(ends_before_it_begins),
        TEST(intermediates_have_times_too),
        TEST(anchors_have_times_for_the_strict),
        TEST(seconds_after_2038_and_2050),
        TEST(seconds_before_1970),
        TEST(times_that_are_none),
        TEST(generalized_time_before_2050),
        TEST(crls_count_both_ends),
        TEST(crls_after_2038_and_2050),
        TEST(stale_for_so_long),
        TEST(deltas_have_times_too),
        TEST(times_beyond_all_calendars),
        TEST(the_contexts_clock_unless_a_time_is_set),
        TEST(remembered_signatures_expire),
    };

    return cmocka_run_group_tests(tests, NULL, pki_end_group);
}
