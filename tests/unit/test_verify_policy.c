/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Certificate policies: RFC 5280 6.1 as RFC 9618 mends it. What is valid along a path, what inputs
 * and extensions ask for, what is malformed; and the graph that used to be a tree, at its worst.
 */
#include "pki_ask.h"

#define P1  "1.2.3.1"
#define P2  "1.2.3.2"
#define P3  "1.2.3.3"
#define ANY PKI_OID_ANY_POLICY

static const pki_cert *root;
static pki_ask ask;
static const pki_cert *lowest; /* CA so far */
static unsigned depth;

static int begin(void **state)
{
    (void)state;
    lowest = root = pki_ca("CN=Root", pki_key(0), NULL);
    ask = (pki_ask){.anchors = {root}, .depth = 16};
    depth = 0;
    return 0;
}

/* ---- making ---------------------------------------------------------------------------------- */

static daotp__bytes policy(const char *oid)
{
    return PKI_SEQ(pki_oid(oid));
}

/* "1.2.3.1 1.2.3.2" */
static daotp__bytes policies(const char *list)
{
    daotp__bytes out = PKI_NOTHING;
    char oid[64];
    int used;

    for (; sscanf(list, " %63s%n", oid, &used) == 1; list += used)
        out = PKI_JOIN(out, policy(oid));
    return pki_tlv(0x30, out);
}

/* "1.2.3.1 1.2.3.2": the first to the second */
static daotp__bytes mappings(const char *list)
{
    daotp__bytes out = PKI_NOTHING;
    char from[64], to[64];
    int used;

    for (; sscanf(list, " %63s %63s%n", from, to, &used) == 2; list += used)
        out = PKI_JOIN(out, PKI_SEQ(pki_oid(from), pki_oid(to)));
    return pki_tlv(0x30, out);
}

typedef struct ca {
    const char *policies, *mappings;                    /* NULL: none */
    int explicit_after, no_mapping_after, no_any_after; /* 0: none, -1: 0 */
    bool self_issued;
} ca;

static daotp__bytes after_some(unsigned tag, int after)
{
    return after == 0 ? PKI_NOTHING : pki_tlv(tag, pki_number(after < 0 ? 0 : (unsigned)after));
}

/* One CA more, below those that are there. */
static void push(const ca *one)
{
    char name[32] = "CN=Same";
    pki_spec spec;

    if (!one->self_issued)
        (void)snprintf(name, sizeof name, "CN=CA %u", depth);
    spec = pki_ca_spec(name, pki_key(3 + depth), lowest);
    if (one->self_issued)
        spec.name = lowest->name;
    if (one->policies != NULL)
        pki_put(spec.extensions, PKI_OID_POLICIES, false, policies(one->policies));
    if (one->mappings != NULL)
        pki_put(spec.extensions, PKI_OID_MAPPINGS, true, mappings(one->mappings));
    if (one->explicit_after != 0 || one->no_mapping_after != 0)
        pki_put(spec.extensions, PKI_OID_POLICY_LIMITS, true,
                PKI_SEQ(after_some(0x80, one->explicit_after),
                        after_some(0x81, one->no_mapping_after)));
    if (one->no_any_after != 0)
        pki_put(spec.extensions, PKI_OID_INHIBIT_ANY, true, after_some(0x02, one->no_any_after));
    lowest = ask.between[depth++] = pki_make(&spec);
}

#define PUSH(...) push(&(const ca){__VA_ARGS__})

static const pki_cert *leaf_with(const char *list)
{
    pki_spec spec = pki_leaf_spec(pki_key(2), lowest);

    if (list != NULL)
        pki_put(spec.extensions, PKI_OID_POLICIES, false, policies(list));
    return pki_make(&spec);
}

/* These and no others, in any order; under the rules of the path and under strict. */
static void expect_set(const pki_cert *leaf, const char *list)
{
    size_t count = 0;
    char oid[64];
    int used;

    for (int rules = DAOTP_RULES_PATH; rules <= DAOTP_RULES_STRICT; rules++) {
        ask.rules = (daotp_rules)rules;
        pki_expect(&ask, leaf, DAOTP_OK, 0);
    }
    for (; sscanf(list, " %63s%n", oid, &used) == 1; list += used, count++) {
        bool found = false;

        for (size_t i = 0; i < daotp_verifier_get_policy_count(pki_last.verifier); i++)
            found = found || strcmp(daotp_verifier_get_policy(pki_last.verifier, i), oid) == 0;
        if (!found)
            fail_msg("%s is not in the set", oid);
    }
    assert_int_equal(daotp_verifier_get_policy_count(pki_last.verifier), count);
    assert_null(daotp_verifier_get_policy(pki_last.verifier, count));
}

static void expect_refused(const pki_cert *leaf)
{
    ask.rules = DAOTP_RULES_PATH;
    pki_expect(&ask, leaf, DAOTP_REJECTED, DAOTP_FINDING_CHAIN_POLICY);
}

static void want(const char *oid)
{
    size_t i = 0;

    while (ask.policies[i] != NULL)
        i++;
    ask.policies[i] = oid;
}

static void flag(daotp_verify_flag one)
{
    size_t i = 0;

    while (ask.flags[i] != 0)
        i++;
    ask.flags[i] = one;
}

/* ---- what is valid --------------------------------------------------------------------------- */

static void only_what_all_assert(void **state)
{
    (void)state;
    PUSH(.policies = P1 " " P2);
    PUSH(.policies = P2 " " P3);
    expect_set(leaf_with(P1 " " P2 " " P3), P2);
    expect_set(leaf_with(P3), "");
    expect_set(leaf_with(NULL), "");
}

static void any_policy_lets_all_through(void **state)
{
    (void)state;
    PUSH(.policies = ANY);
    expect_set(leaf_with(P1 " " P2), P1 " " P2);
    expect_set(leaf_with(ANY), ANY);
    expect_set(leaf_with(ANY " " P1), ANY " " P1);
    PUSH(.policies = P1);
    expect_set(leaf_with(ANY), P1);
}

static void one_that_asserts_none_ends_all(void **state)
{
    (void)state;
    PUSH(.policies = P1);
    PUSH(.policies = NULL);
    PUSH(.policies = P1);
    expect_set(leaf_with(P1), "");
    flag(DAOTP_VERIFY_EXPLICIT_POLICY);
    expect_refused(leaf_with(P1));
}

static void nothing_anywhere(void **state)
{
    (void)state;
    PUSH(.policies = NULL);
    expect_set(leaf_with(NULL), "");
    flag(DAOTP_VERIFY_EXPLICIT_POLICY);
    expect_refused(leaf_with(NULL));
}

/* ---- the inputs ------------------------------------------------------------------------------ */

/* CVE-2023-0466: what is named is intersected; refused only if a policy is required. */
static void policies_that_are_named(void **state)
{
    (void)state;
    PUSH(.policies = P1 " " P2);
    want(P2);
    expect_set(leaf_with(P1 " " P2), P2);
    expect_set(leaf_with(P1), "");
    flag(DAOTP_VERIFY_EXPLICIT_POLICY);
    expect_set(leaf_with(P1 " " P2), P2);
    expect_refused(leaf_with(P1));
    want(P1);
    expect_set(leaf_with(P1), P1);
}

/* What is named, where anyPolicy is all that the path asserts (RFC 5280 6.1.5 (g)(iii)). */
static void policies_named_under_any_policy(void **state)
{
    (void)state;
    PUSH(.policies = ANY);
    want(P1);
    want(P3);
    flag(DAOTP_VERIFY_EXPLICIT_POLICY);
    expect_set(leaf_with(ANY), P1 " " P3);
    expect_set(leaf_with(P1 " " P2), P1);
    expect_refused(leaf_with(P2));
    want(ANY);
    expect_set(leaf_with(P2), P2);
}

static void any_policy_is_inhibited(void **state)
{
    (void)state;
    PUSH(.policies = ANY);
    flag(DAOTP_VERIFY_INHIBIT_ANY_POLICY);
    expect_set(leaf_with(P1), "");
    flag(DAOTP_VERIFY_EXPLICIT_POLICY);
    expect_refused(leaf_with(P1));
}

static void mapping_is_inhibited(void **state)
{
    (void)state;
    PUSH(.policies = P1, .mappings = P1 " " P2);
    expect_set(leaf_with(P2), P1);
    flag(DAOTP_VERIFY_INHIBIT_MAPPING);
    expect_set(leaf_with(P2), "");
    expect_set(leaf_with(P1), "");
}

/* ---- mapping --------------------------------------------------------------------------------- */

static void mapped_from_one_to_several(void **state)
{
    (void)state;
    PUSH(.policies = P1, .mappings = P1 " " P2 " " P1 " " P3);
    expect_set(leaf_with(P2), P1);
    expect_set(leaf_with(P3), P1);
    expect_set(leaf_with(P1), "");
    want(P1);
    flag(DAOTP_VERIFY_EXPLICIT_POLICY);
    expect_set(leaf_with(P2 " " P3), P1);
    ask.policies[0] = P2; /* the set is of the anchor's domain */
    expect_refused(leaf_with(P2));
}

static void mapped_through_any_policy(void **state)
{
    (void)state;
    PUSH(.policies = ANY, .mappings = P1 " " P2);
    expect_set(leaf_with(P2), P1); /* (d)(1)(ii) asks anyPolicy only where nothing else matches */
    expect_set(leaf_with(P3), P3);
}

static void mapped_twice(void **state)
{
    (void)state;
    PUSH(.policies = P1, .mappings = P1 " " P2);
    PUSH(.policies = P2, .mappings = P2 " " P3);
    expect_set(leaf_with(P3), P1);
    PUSH(.policies = P2);
    expect_set(leaf_with(P3), "");
}

static void mapped_but_not_asserted(void **state)
{
    (void)state;
    PUSH(.policies = P1, .mappings = P2 " " P3);
    expect_set(leaf_with(P3), "");
    expect_set(leaf_with(P1), P1);
}

/* ---- the constraints, and what they count ---------------------------------------------------- */

static void explicit_policy_is_required(void **state)
{
    (void)state;
    PUSH(.explicit_after = -1);
    expect_refused(leaf_with(P1));
    begin(NULL);
    PUSH(.policies = P1, .explicit_after = -1);
    expect_set(leaf_with(P1), P1);
    expect_refused(leaf_with(P2));
}

static void explicit_policy_after_some(void **state)
{
    (void)state;
    PUSH(.explicit_after = 2);
    expect_set(leaf_with(NULL), "");
    PUSH(.self_issued = true); /* does not count */
    expect_set(leaf_with(NULL), "");
    PUSH(.self_issued = false);
    expect_refused(leaf_with(NULL)); /* at 0 the one after it is at the end */
}

static void explicit_policy_only_falls(void **state)
{
    (void)state;
    PUSH(.explicit_after = -1);
    PUSH(.explicit_after = 10);
    expect_refused(leaf_with(NULL));
}

static void explicit_policy_of_the_leaf(void **state)
{
    pki_spec spec = pki_leaf_spec(pki_key(2), root);

    (void)state;
    pki_put(spec.extensions, PKI_OID_POLICY_LIMITS, true, PKI_SEQ(pki_hex("80 01 00")));
    expect_refused(pki_make(&spec));
    pki_put(spec.extensions, PKI_OID_POLICY_LIMITS, true, PKI_SEQ(pki_hex("80 01 01")));
    pki_expect(&ask, pki_make(&spec), DAOTP_OK, 0);
}

static void mapping_after_some(void **state)
{
    (void)state;
    PUSH(.policies = P1, .no_mapping_after = 1);
    PUSH(.policies = P1, .mappings = P1 " " P2);
    expect_set(leaf_with(P2), P1);
    begin(NULL);
    PUSH(.policies = P1, .no_mapping_after = 1);
    PUSH(.policies = P1);
    PUSH(.policies = P1, .mappings = P1 " " P2); /* one too late */
    expect_set(leaf_with(P2), "");
    begin(NULL);
    PUSH(.policies = P1, .no_mapping_after = -1);
    PUSH(.policies = P1, .mappings = P1 " " P2);
    expect_set(leaf_with(P2), "");
}

static void any_policy_after_some(void **state)
{
    (void)state;
    PUSH(.policies = ANY, .no_any_after = 1);
    PUSH(.policies = ANY);
    expect_set(leaf_with(ANY), "");
    expect_set(leaf_with(P1), P1);
    begin(NULL);
    PUSH(.policies = ANY, .no_any_after = -1);
    PUSH(.policies = ANY, .self_issued = true); /* in a self-issued one it still counts */
    expect_set(leaf_with(P1), P1);
    PUSH(.policies = ANY);
    expect_set(leaf_with(P1), "");
}

/* ---- what is malformed ----------------------------------------------------------------------- */

/* Extension, octet and clause are named. */
static void expect_place(void)
{
    const daotp_report *report = pki_report();

    for (size_t i = 0; i < daotp_report_get_count(report); i++) {
        const daotp_finding *finding = daotp_report_get_finding(report, i);
        const char *found = daotp_finding_get_found(finding);

        if (daotp_finding_get_number(finding) != DAOTP_FINDING_CHAIN_POLICY_MALFORMED)
            continue;
        assert_non_null(strstr(found, ", octet "));
        assert_true(strstr(found, "RFC 5280 4.2.1.") != NULL || strstr(found, "X.690") != NULL ||
                    strstr(found, "the bytes end") != NULL);
    }
}

/* In the leaf, and in a CA, whether or not any policy is asked for (CVE-2023-0465). */
static void expect_malformed(const char *oid, daotp__bytes value, bool in_a_leaf)
{
    pki_spec spec = pki_ca_spec("CN=Bad CA", pki_key(1), root);

    begin(NULL);
    pki_put(spec.extensions, oid, true, value);
    ask.between[0] = pki_make(&spec);
    pki_expect(&ask, pki_leaf(pki_key(2), ask.between[0]), DAOTP_REJECTED,
               DAOTP_FINDING_CHAIN_POLICY_MALFORMED);
    pki_expect_finding(DAOTP_FINDING_CHAIN_POLICY_MALFORMED, "Bad CA");
    expect_place();
    if (!in_a_leaf)
        return;
    spec = pki_leaf_spec(pki_key(2), root);
    pki_put(spec.extensions, oid, true, value);
    pki_expect(&ask, pki_make(&spec), DAOTP_REJECTED, DAOTP_FINDING_CHAIN_POLICY_MALFORMED);
    pki_expect_finding(DAOTP_FINDING_CHAIN_POLICY_MALFORMED, "www.example.com");
    expect_place();
    ask.policies[0] = P1;
    pki_expect(&ask, pki_make(&spec), DAOTP_REJECTED, DAOTP_FINDING_CHAIN_POLICY_MALFORMED);
}

static void policies_that_are_none(void **state)
{
    (void)state;
    expect_malformed(PKI_OID_POLICIES, policies(P1 " " P2 " " P1), true);
    expect_malformed(PKI_OID_POLICIES, policies(ANY " " ANY), true);
    expect_malformed(PKI_OID_POLICIES, pki_hex("30 00"), true);
    expect_malformed(PKI_OID_POLICIES, PKI_SEQ(pki_oid(P1)), true);
    expect_malformed(PKI_OID_POLICIES, PKI_SEQ(PKI_SEQ(pki_hex("06 00"))), true);
    expect_malformed(PKI_OID_POLICIES, PKI_SEQ(PKI_SEQ(pki_hex("06 02 2A 80"))), true);
    expect_malformed(PKI_OID_POLICIES, PKI_SEQ(PKI_SEQ(pki_oid(P1), pki_hex("30 00"))), true);
    expect_malformed(PKI_OID_POLICIES, PKI_SEQ(PKI_SEQ(pki_oid(P1), pki_hex("02 01 00"))), true);
    expect_malformed(PKI_OID_POLICIES, PKI_JOIN(policies(P1), pki_hex("00")), true);
}

static void mappings_that_are_none(void **state)
{
    (void)state;
    expect_malformed(PKI_OID_MAPPINGS, mappings(ANY " " P1), false);
    expect_malformed(PKI_OID_MAPPINGS, mappings(P1 " " ANY), false);
    expect_malformed(PKI_OID_MAPPINGS, pki_hex("30 00"), false);
    expect_malformed(PKI_OID_MAPPINGS, PKI_SEQ(PKI_SEQ(pki_oid(P1))), false);
}

#define FORTY                                                                                      \
    "01 01 01 01 01 01 01 01 01 01 01 01 01 01 01 01 01 01 01 01 01 01 01 01 01 01 01 01 01 01 "   \
    "01 01 01 01 01 01 01 01 01 01"

static void limits_that_are_none(void **state)
{
    static const char *const limits[] = {"30 00",
                                         "30 03 80 01 FF",
                                         "30 04 80 02 00 01",
                                         "30 02 80 00",
                                         "30 03 82 01 00",
                                         "30 06 81 01 00 80 01 00",
                                         "30 06 80 01 00 80 01 00",
                                         "30 05 A0 03 02 01 00",
                                         "30 08 80 06 01 00 00 00 00 00",
                                         "30 2A 80 28 " FORTY};
    static const char *const skips[] = {"02 01 FF",    "02 02 00 01", "30 03 02 01 00",
                                        "02 00",       "04 00",       "02 06 01 00 00 00 00 00",
                                        "02 28 " FORTY};

    (void)state;
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
        expect_malformed(PKI_OID_POLICY_LIMITS, pki_hex(limits[i]), true);
    for (size_t i = 0; i < sizeof skips / sizeof skips[0]; i++)
        expect_malformed(PKI_OID_INHIBIT_ANY, pki_hex(skips[i]), true);
}

/* CVE-2022-3996: and again, with the same verifier. */
static void malformed_limits_again_and_again(void **state)
{
    pki_spec spec = pki_leaf_spec(pki_key(2), root);
    const pki_cert *bad, *good = pki_leaf(pki_key(2), root);
    daotp_verifier *verifier;

    (void)state;
    pki_put(spec.extensions, PKI_OID_POLICY_LIMITS, true, pki_hex("30 03 80 01 FF"));
    bad = pki_make(&spec);
    verifier = pki_open(&ask, DAOTP_RULES_PATH);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(daotp_verifier_verify(verifier, bad->der.data, bad->der.len),
                         DAOTP_REJECTED);
        assert_int_equal(daotp_verifier_verify(verifier, good->der.data, good->der.len), DAOTP_OK);
    }
}

/* RFC 5280 4.2.1.11, 4.2.1.14 */
static void strict_wants_limits_critical(void **state)
{
    pki_spec spec = pki_ca_spec("CN=CA", pki_key(1), root);

    (void)state;
    pki_put(spec.extensions, PKI_OID_POLICY_LIMITS, false, pki_hex("30 03 81 01 00"));
    pki_put(spec.extensions, PKI_OID_INHIBIT_ANY, false, pki_hex("02 01 00"));
    ask.between[0] = pki_make(&spec);
    pki_expect(&ask, pki_leaf(pki_key(2), ask.between[0]), DAOTP_OK, 0);
    ask.rules = DAOTP_RULES_STRICT;
    pki_expect(&ask, pki_leaf(pki_key(2), ask.between[0]), DAOTP_REJECTED,
               DAOTP_FINDING_PROFILE_POLICY);
}

/* ---- at its worst ---------------------------------------------------------------------------- */

static const char *many(unsigned from, unsigned count)
{
    char *out = pki_get(count * 16 + 1), *at = out;

    for (unsigned i = 0; i < count; i++)
        at += snprintf(at, 16, "1.2.4.%u ", from + i);
    return out;
}

/* Each of so many to each. */
static const char *all_to_all(unsigned count)
{
    char *out = pki_get((size_t)count * count * 32 + 1), *at = out;

    for (unsigned i = 0; i < count * count; i++)
        at += snprintf(at, 32, "1.2.4.%u 1.2.4.%u ", i / count, i % count);
    return out;
}

/* A tree of 2^14 leaves (RFC 9618 appendix A), and one of 16^8. */
static void trees_that_explode(void **state)
{
    (void)state;
    for (int i = 0; i < 14; i++)
        PUSH(.policies = many(0, 2), .mappings = all_to_all(2));
    flag(DAOTP_VERIFY_EXPLICIT_POLICY);
    expect_set(leaf_with(many(0, 2)), many(0, 2));
    pki_expect_cheap();
    begin(NULL);
    for (int i = 0; i < 8; i++)
        PUSH(.policies = many(0, 16), .mappings = all_to_all(16));
    expect_set(leaf_with(many(0, 16)), many(0, 16));
    pki_expect_cheap();
}

static void policies_are_capped(void **state)
{
    (void)state;
    PUSH(.policies = ANY);
    expect_set(leaf_with(many(0, 256)), many(0, 256));
    pki_expect_cheap();
    pki_expect(&ask, leaf_with(many(0, 257)), DAOTP_UNDECIDED, DAOTP_FINDING_CHAIN_BUDGET);
    pki_expect_finding(DAOTP_FINDING_CHAIN_BUDGET, "www.example.com");
}

/* Certificates times policies beyond what is kept: not known, and soon. */
static void graph_is_capped(void **state)
{
    (void)state;
    for (int i = 0; i < 6; i++)
        PUSH(.policies = many(0, 256));
    expect_set(leaf_with(many(0, 256)), many(0, 256));
    pki_expect_cheap();
    for (int i = 0; i < 6; i++)
        PUSH(.policies = many(0, 256));
    ask.rules = DAOTP_RULES_PATH;
    pki_expect(&ask, leaf_with(many(0, 256)), DAOTP_UNDECIDED, DAOTP_FINDING_CHAIN_BUDGET);
    pki_expect_cheap();
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, begin, pki_end_test)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(only_what_all_assert),
        TEST(any_policy_lets_all_through),
        TEST(one_that_asserts_none_ends_all),
        TEST(nothing_anywhere),
        TEST(policies_that_are_named),
        TEST(policies_named_under_any_policy),
        TEST(any_policy_is_inhibited),
        TEST(mapping_is_inhibited),
        TEST(mapped_from_one_to_several),
        TEST(mapped_through_any_policy),
        TEST(mapped_twice),
        TEST(mapped_but_not_asserted),
        TEST(explicit_policy_is_required),
        TEST(explicit_policy_after_some),
        TEST(explicit_policy_only_falls),
        TEST(explicit_policy_of_the_leaf),
        TEST(mapping_after_some),
        TEST(any_policy_after_some),
        TEST(policies_that_are_none),
        TEST(mappings_that_are_none),
        TEST(limits_that_are_none),
        TEST(malformed_limits_again_and_again),
        TEST(strict_wants_limits_critical),
        TEST(trees_that_explode),
        TEST(policies_are_capped),
        TEST(graph_is_capped),
    };

    return cmocka_run_group_tests(tests, NULL, pki_end_group);
}
