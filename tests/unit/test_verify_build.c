/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Path building: whatever order things come in, whatever leads astray on the way, a path that holds
 * is found, within the budgets; and what makes the others not hold is never skipped.
 */
#include "pki_ask.h"

static const pki_cert *root;
static pki_ask ask;
static size_t between, crls;

static int begin(void **state)
{
    (void)state;
    root = pki_ca("CN=Root", pki_key(0), NULL);
    ask = (pki_ask){.anchors = {root}};
    between = crls = 0;
    return 0;
}

static const pki_cert *give(const pki_cert *cert)
{
    assert_true(between + 1 < PKI_MANY);
    ask.between[between++] = cert;
    return cert;
}

static void give_crl(daotp__bytes crl)
{
    ask.crls[crls++] = crl;
}

/* Certificates of an issuer's name and key that say nothing: any number of the same. */
static const pki_cert *make_ca(const char *name, unsigned key, const pki_cert *issuer)
{
    return pki_ca(name, pki_key(key), issuer);
}

static void expect_ok(const pki_cert *leaf)
{
    pki_expect(&ask, leaf, DAOTP_OK, 0);
}

static void expect_rejected(const pki_cert *leaf, daotp_finding_number finding, const char *of_whom)
{
    pki_expect(&ask, leaf, DAOTP_REJECTED, 0);
    pki_expect_finding(finding, of_whom);
}

/* ---- what is found --------------------------------------------------------------------------- */

static void long_chain_in_any_order(void **state)
{
    const pki_cert *chain[6] = {root};
    char name[32];

    (void)state;
    for (unsigned i = 1; i < 6; i++) {
        (void)snprintf(name, sizeof name, "CN=CA %u", i);
        chain[i] = make_ca(name, i, chain[i - 1]);
    }
    for (size_t i = 0; i < 5; i++)
        give(chain[1 + i * 3 % 5]);
    expect_ok(pki_leaf(pki_key(9), chain[5]));
    assert_int_equal(daotp_verifier_get_chain_count(pki_last.verifier), 7);
    ask.by_trust = true;
    expect_ok(pki_leaf(pki_key(9), chain[5]));
    ask.between[2] = NULL; /* a hole */
    expect_rejected(pki_leaf(pki_key(9), chain[5]), DAOTP_FINDING_CHAIN_NO_PATH, NULL);
}

static void chain_is_shown(void **state)
{
    const pki_cert *ca = give(make_ca("CN=CA", 1, root)), *leaf = pki_leaf(pki_key(2), ca);
    const pki_cert *chain[] = {leaf, ca, root};
    size_t len;

    (void)state;
    expect_ok(leaf);
    assert_int_equal(daotp_verifier_get_chain_count(pki_last.verifier), 3);
    for (size_t i = 0; i < 3; i++) {
        const void *der = daotp_verifier_get_certificate(pki_last.verifier, i, &len);

        assert_int_equal(len, chain[i]->der.len);
        assert_memory_equal(der, chain[i]->der.data, len);
    }
    assert_null(daotp_verifier_get_certificate(pki_last.verifier, 3, &len));
    assert_int_equal(len, 0);
}

static void helpers_come_with_the_certificate(void **state)
{
    const pki_cert *ca = make_ca("CN=CA", 1, root), *leaf = pki_leaf(pki_key(2), ca);
    const pki_cert *both[] = {leaf, ca};
    daotp__buffer pem;

    (void)state;
    daotp__buffer_init(&pem, 1 << 20);
    for (size_t i = 0; i < 2; i++) {
        const unsigned char *at = both[i]->der.data;
        X509 *x509 = d2i_X509(NULL, &at, (long)both[i]->der.len);

        forge_pem(&pem, x509);
        X509_free(x509);
    }
    assert_int_equal(pki_verify_der(&ask, DAOTP_RULES_PATH, daotp__buffer_bytes(&pem)), DAOTP_OK);
    /* of one run: the next knows nothing of it */
    assert_int_equal(daotp_verifier_verify(pki_last.verifier, leaf->der.data, leaf->der.len),
                     DAOTP_REJECTED);
    daotp__buffer_free(&pem);
}

/* RFC 5280 6.1.1 (d): an anchor need not be self-signed. */
static void intermediate_as_anchor(void **state)
{
    const pki_cert *ca = make_ca("CN=CA", 1, root);

    (void)state;
    ask.anchors[0] = ca;
    expect_ok(pki_leaf(pki_key(2), ca));
}

static void names_that_differ_in_writing(void **state)
{
    pki_spec spec = pki_ca_spec("", pki_key(1), root), leaf;
    const pki_cert *ca;

    (void)state;
    spec.name = PKI_SEQ(PKI_SET(PKI_SEQ(pki_oid("2.5.4.3"), PKI_TEXT(0x13, "The  issuing CA"))));
    ca = give(pki_make(&spec));
    leaf = pki_leaf_spec(pki_key(2), ca);
    leaf.issuer_name = pki_name("CN=THE ISSUING ca");
    expect_ok(pki_make(&leaf));
}

/* ---- what leads astray ----------------------------------------------------------------------- */

/* Two certificates of the CA: by a root that nobody knows, and by ours. Either first. */
static void crossed_by_a_stranger(void **state)
{
    const pki_cert *stranger = make_ca("CN=Stranger", 8, NULL);
    const pki_cert *wrong = make_ca("CN=CA", 1, stranger), *right = make_ca("CN=CA", 1, root);

    (void)state;
    give(wrong);
    give(stranger);
    give(right);
    expect_ok(pki_leaf(pki_key(2), right));
    ask.between[0] = right;
    ask.between[2] = wrong;
    expect_ok(pki_leaf(pki_key(2), right));
}

static const pki_cert *ca_with(const char *oid, bool critical, daotp__bytes value)
{
    pki_spec spec = pki_ca_spec("CN=CA", pki_key(1), root);

    pki_put(spec.extensions, oid, critical, value);
    return pki_make(&spec);
}

/* Each time a certificate of the CA with one defect stands before the good one. */
static void one_defect_is_passed_by(const pki_cert *bad)
{
    const pki_cert *good = make_ca("CN=CA", 1, root);

    between = 0;
    give(bad);
    give(good);
    expect_ok(pki_leaf(pki_key(2), good));
    ask.between[1] = NULL;
    assert_int_equal(pki_verify(&ask, pki_leaf(pki_key(2), good)), DAOTP_REJECTED);
}

static void defects_are_passed_by(void **state)
{
    pki_spec expired = pki_ca_spec("CN=CA", pki_key(1), root);
    pki_spec forged = expired;

    (void)state;
    expired.not_after = FORGE_NOW - 1;
    one_defect_is_passed_by(pki_make(&expired));
    forged.signing_key = pki_key(9);
    one_defect_is_passed_by(pki_make(&forged));
    one_defect_is_passed_by(make_ca("CN=CA", 9, root)); /* another key */
    one_defect_is_passed_by(ca_with(PKI_OID_BASIC, true, pki_basic(false, -1)));
    one_defect_is_passed_by(ca_with(PKI_OID_KEY_USAGE, true, PKI_KU_SIGN_CRL));
    one_defect_is_passed_by(ca_with(PKI_OID_NOBODY_KNOWS, true, pki_hex("05 00")));
    one_defect_is_passed_by(ca_with(PKI_OID_EKU, false, pki_hex("30 00")));
    one_defect_is_passed_by(
        ca_with(PKI_OID_CONSTRAINTS, true, PKI_SEQ(pki_tlv(0xA1, PKI_SEQ(PKI_TEXT(PKI_DNS, ""))))));
    one_defect_is_passed_by(ca_with(PKI_OID_CONSTRAINTS, true, pki_hex("30 00")));
    one_defect_is_passed_by(ca_with(PKI_OID_INHIBIT_ANY, true, pki_hex("04 00")));
}

/* Two levels up, where the wrong turn was taken one level down (BetterTLS). */
static void wrong_turn_is_seen_later(void **state)
{
    pki_spec short_one = pki_ca_spec("CN=Upper", pki_key(3), root);
    const pki_cert *upper, *lower, *other, *other_lower;

    (void)state;
    pki_put(short_one.extensions, PKI_OID_BASIC, true, pki_basic(true, 0)); /* no CA below */
    upper = give(pki_make(&short_one));
    other = make_ca("CN=Other Upper", 4, root);
    lower = give(make_ca("CN=CA", 1, upper));
    other_lower = give(make_ca("CN=CA", 1, other));
    give(other);
    expect_ok(pki_leaf(pki_key(2), lower));
    assert_memory_equal(daotp_verifier_get_certificate(pki_last.verifier, 1, NULL),
                        other_lower->der.data, other_lower->der.len);
    ask.between[2] = NULL;
    expect_rejected(pki_leaf(pki_key(2), lower), DAOTP_FINDING_CHAIN_PATH_LENGTH, "CN=CA");
}

static void revoked_way_is_passed_by(void **state)
{
    const pki_cert *revoked = give(make_ca("CN=CA", 1, root));
    const pki_cert *good = give(make_ca("CN=CA", 1, root));

    (void)state;
    give_crl(pki_crl(root, 1, pki_revoke(revoked, 1)));
    give_crl(pki_crl(good, 1, PKI_NOTHING));
    expect_ok(pki_leaf(pki_key(2), good));
    ask.between[1] = NULL;
    expect_rejected(pki_leaf(pki_key(2), good), DAOTP_FINDING_REVOKED, "CN=CA");
}

/* ---- what is no path ------------------------------------------------------------------------- */

static void stranger_is_not_believed(void **state)
{
    const pki_cert *stranger = give(make_ca("CN=Stranger", 8, NULL));

    (void)state;
    expect_rejected(pki_leaf(pki_key(2), stranger), DAOTP_FINDING_CHAIN_NO_PATH, NULL);
    assert_int_equal(daotp_verifier_get_chain_count(pki_last.verifier), 0);
    expect_rejected(stranger, DAOTP_FINDING_CHAIN_NO_PATH, NULL);
}

/* CVE-2020-0601: the anchor's name, and its key identifier, and another key. */
static void look_alike_of_the_anchor(void **state)
{
    pki_spec spec = pki_ca_spec("CN=Root", pki_key(8), NULL), leaf;
    const pki_cert *fake;

    (void)state;
    pki_put(spec.extensions, PKI_OID_SKI, false, pki_octets(root->key_id));
    pki_put(spec.extensions, PKI_OID_AKI, false, pki_authority(root->key_id));
    spec.serial = root->serial;
    fake = give(pki_make(&spec));
    leaf = pki_leaf_spec(pki_key(2), fake);
    pki_put(leaf.extensions, PKI_OID_AKI, false, pki_authority(root->key_id));
    expect_rejected(pki_make(&leaf), DAOTP_FINDING_CHAIN_SIGNATURE, "www.example.com");
}

/* CVE-2015-1793, CVE-2021-3450: an end entity issues, and somebody swears that it may. */
static void end_entity_as_issuer(void **state)
{
    pki_spec mallory_spec = pki_leaf_spec(pki_key(7), root), sworn;
    const pki_cert *mallory;

    (void)state;
    mallory_spec.subject = "CN=Mallory";
    mallory = give(pki_make(&mallory_spec));
    expect_rejected(pki_leaf(pki_key(2), mallory), DAOTP_FINDING_CHAIN_NOT_CA, "Mallory");
    sworn = pki_ca_spec("CN=Mallory", pki_key(7), NULL);
    give(pki_make(&sworn));
    assert_int_equal(pki_verify(&ask, pki_leaf(pki_key(2), mallory)), DAOTP_REJECTED);
    ask.rules = DAOTP_RULES_STRICT;
    assert_int_equal(pki_verify(&ask, pki_leaf(pki_key(2), mallory)), DAOTP_REJECTED);
}

static void ca_of_version_1(void **state)
{
    pki_spec spec = pki_ca_spec("CN=CA", pki_key(1), root);
    const pki_cert *ca;

    (void)state;
    memset(spec.extensions, 0, sizeof spec.extensions);
    spec.version = 1;
    ca = give(pki_make(&spec));
    expect_rejected(pki_leaf(pki_key(2), ca), DAOTP_FINDING_CHAIN_NOT_CA, "CN=CA");
}

/* CVE-2024-0567: crossed with each other, and nothing above. */
static void cycles_end(void **state)
{
    const pki_cert *a = make_ca("CN=A", 1, NULL), *b = make_ca("CN=B", 3, a);
    const pki_cert *c = make_ca("CN=C", 4, b);

    (void)state;
    give(b);
    give(c);
    give(pki_ca("CN=A", pki_key(1), c));
    give(pki_ca("CN=B", pki_key(3), c));
    give(pki_ca("CN=C", pki_key(4), a));
    expect_rejected(pki_leaf(pki_key(2), c), DAOTP_FINDING_CHAIN_NO_PATH, NULL);
    pki_expect_cheap();
    give(pki_ca("CN=A", pki_key(1), root)); /* the way out */
    expect_ok(pki_leaf(pki_key(2), c));
}

/* ---- depth and path length ------------------------------------------------------------------- */

static const pki_cert *chain_of(unsigned count, bool self_issued)
{
    const pki_cert *above = root;
    char name[32] = "CN=Same";

    for (unsigned i = 0; i < count; i++) {
        if (!self_issued || i == 0)
            (void)snprintf(name, sizeof name, "CN=CA %u", i);
        above = give(pki_ca(name, pki_key(10 + i % 30), above));
    }
    return above;
}

static void depth_is_bounded(void **state)
{
    (void)state;
    expect_ok(pki_leaf(pki_key(2), chain_of(8, false)));
    between = 0;
    expect_rejected(pki_leaf(pki_key(2), chain_of(9, false)), DAOTP_FINDING_CHAIN_DEPTH, NULL);
    ask.depth = 16;
    expect_ok(pki_leaf(pki_key(2), chain_of(16, false)));
    between = 0;
    ask.depth = -1;
    expect_rejected(pki_leaf(pki_key(2), chain_of(1, false)), DAOTP_FINDING_CHAIN_DEPTH, NULL);
    expect_ok(pki_leaf(pki_key(2), root));
}

static void self_issued_is_not_counted(void **state)
{
    (void)state;
    ask.depth = 1;
    expect_ok(pki_leaf(pki_key(2), chain_of(6, true)));
}

/* Past the longest path there is: an end, and no harm. */
static void chain_of_forty(void **state)
{
    (void)state;
    ask.depth = 16;
    assert_int_not_equal(pki_verify(&ask, pki_leaf(pki_key(2), chain_of(29, true))),
                         DAOTP_REJECTED);
    between = 0;
    assert_int_not_equal(pki_verify(&ask, pki_leaf(pki_key(2), chain_of(40, false))), DAOTP_OK);
}

static const pki_cert *ca_of_length(const char *name, unsigned key, const pki_cert *issuer,
                                    const char *length)
{
    pki_spec spec = pki_ca_spec(name, pki_key(key), issuer);

    pki_put(spec.extensions, PKI_OID_BASIC, true,
            PKI_SEQ(pki_true(), pki_tlv(0x02, pki_hex(length))));
    return give(pki_make(&spec));
}

static void path_length_is_kept_to(void **state)
{
    const pki_cert *one = ca_of_length("CN=One", 1, root, "01"), *two, *three;

    (void)state;
    expect_ok(pki_leaf(pki_key(2), one));
    two = give(make_ca("CN=Two", 3, one));
    expect_ok(pki_leaf(pki_key(2), two));
    three = give(make_ca("CN=Two", 4, two)); /* self-issued: not counted */
    expect_ok(pki_leaf(pki_key(2), three));
    three = give(make_ca("CN=Three", 5, two));
    expect_rejected(pki_leaf(pki_key(2), three), DAOTP_FINDING_CHAIN_PATH_LENGTH, "CN=Three");
}

/* A lower CA cannot give itself more. */
static void path_length_only_falls(void **state)
{
    const pki_cert *one = ca_of_length("CN=One", 1, root, "00");
    const pki_cert *two = ca_of_length("CN=Two", 3, one, "05");

    (void)state;
    expect_rejected(pki_leaf(pki_key(2), two), DAOTP_FINDING_CHAIN_PATH_LENGTH, "CN=Two");
}

/* An anchor's is kept to as well. */
static void path_length_of_the_anchor(void **state)
{
    pki_spec spec = pki_ca_spec("CN=Root", pki_key(0), NULL);

    (void)state;
    pki_put(spec.extensions, PKI_OID_BASIC, true, pki_basic(true, 0));
    root = ask.anchors[0] = pki_make(&spec);
    expect_ok(pki_leaf(pki_key(2), root));
    expect_rejected(pki_leaf(pki_key(2), give(make_ca("CN=One", 1, root))),
                    DAOTP_FINDING_CHAIN_PATH_LENGTH, "CN=One");
}

static void path_lengths_that_are_none(void **state)
{
    static const char *const lengths[] = {"FF", "00 01", "80", "01 00 00 00 00 00"};

    (void)state;
    expect_ok(pki_leaf(pki_key(2), ca_of_length("CN=Many", 1, root, "7F FF FF FF")));
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        between = 0;
        expect_rejected(pki_leaf(pki_key(2), ca_of_length("CN=CA", 1, root, lengths[i])),
                        DAOTP_FINDING_CHAIN_EXTENSION, "CN=CA");
    }
}

/* ---- budgets --------------------------------------------------------------------------------- */

/* Levels of so many certificates each, all of the level's name and key, each signed by the level
 * above; nothing stands above the last. */
static const pki_cert *mesh(unsigned levels, unsigned each)
{
    const pki_cert *above = make_ca("CN=Nowhere", 30, NULL);
    char name[32];

    for (unsigned level = 0; level < levels; level++) {
        const pki_cert *one = NULL;

        (void)snprintf(name, sizeof name, "CN=Level %u", level);
        for (unsigned i = 0; i < each; i++)
            one = give(pki_ca(name, pki_key(31 + level), above));
        above = one;
    }
    return above;
}

static void expect_over_budget(const pki_cert *leaf)
{
    pki_expect(&ask, leaf, DAOTP_UNDECIDED, DAOTP_FINDING_CHAIN_BUDGET);
    pki_expect_cheap();
}

static void signature_budget_is_undecided(void **state)
{
    const pki_cert *lowest = mesh(2, 15); /* 15 + 15 * 15 signatures */

    (void)state;
    expect_over_budget(pki_leaf(pki_key(2), lowest));
}

static void edge_budget_is_undecided(void **state)
{
    const pki_cert *lowest = mesh(5, 5); /* 105 signatures, 3905 edges */

    (void)state;
    expect_over_budget(pki_leaf(pki_key(2), lowest));
}

/* A mesh beside the way does not hide the way. */
static void mesh_beside_the_path(void **state)
{
    const pki_cert *lowest = mesh(3, 5), *good;

    (void)state;
    good = give(pki_ca("CN=Level 2", lowest->key, root));
    expect_ok(pki_leaf(pki_key(2), good));
}

/* Within both budgets nothing is left out: 100 of the CA's name and key identifier, and then it. */
static void namesakes_do_not_hide_the_ca(void **state)
{
    const pki_cert *ca = make_ca("CN=CA", 1, root);

    (void)state;
    for (unsigned i = 0; i < 100; i++) {
        pki_spec spec = pki_ca_spec("CN=CA", pki_key(3 + i % 20), root);

        pki_put(spec.extensions, PKI_OID_SKI, false, pki_octets(ca->key_id));
        give(pki_make(&spec));
    }
    give(ca);
    expect_ok(pki_leaf(pki_key(2), ca));
    pki_expect_cheap();
}

/* The key identifier says which of many to try first: else 300 would be more than the budget. */
static void key_identifier_leads_the_way(void **state)
{
    const pki_cert *ca = make_ca("CN=CA", 1, root);

    (void)state;
    while (between < 298)
        give(make_ca("CN=CA", 3 + (unsigned)between % 20, root));
    give(ca);
    expect_ok(pki_leaf(pki_key(2), ca));
    pki_expect_cheap();
}

/* What can never stand above another costs no signature: 250 that would do but for one thing. */
static void what_cannot_issue_costs_nothing(void **state)
{
    const pki_cert *good = make_ca("CN=CA", 1, root);

    (void)state;
    for (unsigned i = 0; i < 250; i++)
        give(ca_with(PKI_OID_NOBODY_KNOWS, true, pki_hex("05 00")));
    give(good);
    expect_ok(pki_leaf(pki_key(2), good));
    pki_expect_cheap();
}

/* The signatures of CRLs count as well. */
static void crl_signatures_are_counted(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 220; i++) {
        pki_crl_spec spec = pki_crl_spec_of(root, i);

        spec.key = pki_key(9);
        give_crl(pki_make_crl(&spec));
    }
    pki_expect(&ask, pki_leaf(pki_key(2), root), DAOTP_UNDECIDED, DAOTP_FINDING_CHAIN_BUDGET);
    pki_expect_cheap();
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, begin, pki_end_test)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(long_chain_in_any_order),
        TEST(chain_is_shown),
        TEST(helpers_come_with_the_certificate),
        TEST(intermediate_as_anchor),
        TEST(names_that_differ_in_writing),
        TEST(crossed_by_a_stranger),
        TEST(defects_are_passed_by),
        TEST(wrong_turn_is_seen_later),
        TEST(revoked_way_is_passed_by),
        TEST(stranger_is_not_believed),
        TEST(look_alike_of_the_anchor),
        TEST(end_entity_as_issuer),
        TEST(ca_of_version_1),
        TEST(cycles_end),
        TEST(depth_is_bounded),
        TEST(self_issued_is_not_counted),
        TEST(chain_of_forty),
        TEST(path_length_is_kept_to),
        TEST(path_length_only_falls),
        TEST(path_length_of_the_anchor),
        TEST(path_lengths_that_are_none),
        TEST(signature_budget_is_undecided),
        TEST(edge_budget_is_undecided),
        TEST(mesh_beside_the_path),
        TEST(namesakes_do_not_hide_the_ca),
        TEST(key_identifier_leads_the_way),
        TEST(what_cannot_issue_costs_nothing),
        TEST(crl_signatures_are_counted),
    };

    return cmocka_run_group_tests(tests, NULL, pki_end_group);
}
