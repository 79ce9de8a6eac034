/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Certificates and CRLs made to cost as much as they can (reference/validation.md, 1 and 5): the
 * work of each is bounded, whatever the verdict. Most need nobody's trust: what explains a refusal
 * runs over them all the same.
 */
#include "pki_ask.h"

enum { ROOM = 64000 }; /* a certificate has at most 65,536 octets */

static const pki_cert *root;
static pki_ask ask;

static int begin(void **state)
{
    (void)state;
    root = pki_ca("CN=Root", pki_key(0), NULL);
    ask = (pki_ask){.rules = DAOTP_RULES_STRICT, .anchors = {root}};
    return 0;
}

/* Under each rule set, whatever the verdict. */
static void expect_cheap(daotp__bytes leaf)
{
    for (int rules = DAOTP_RULES_PATH; rules <= DAOTP_RULES_WEBPKI; rules++) {
        (void)pki_verify_der(&ask, (daotp_rules)rules, leaf);
        assert_int_equal(pki_last.filled, DAOTP_OK);
        pki_expect_cheap();
    }
}

/* So many of the same made one after the other, until there is no room. */
typedef daotp__bytes (*make_fn)(size_t i);

static daotp__bytes as_many_as_fit(make_fn make, size_t room)
{
    uint8_t *out = pki_get(room + 1);
    size_t len = 0;

    for (size_t i = 0;; i++) {
        daotp__bytes one = make(i);

        if (len + one.len > room)
            return (daotp__bytes){out, len};
        memcpy(out + len, one.data, one.len);
        len += one.len;
    }
}

/* Number i in four octets that have the top bit clear. */
static daotp__bytes digits(size_t i)
{
    uint8_t octets[4] = {(uint8_t)('a' + i % 26), (uint8_t)('a' + i / 26 % 26),
                         (uint8_t)('a' + i / 676 % 26), (uint8_t)('a' + i / 17576 % 26)};

    return pki_copy(octets, sizeof octets);
}

static daotp__bytes one_oid(size_t i)
{
    uint8_t octets[3] = {0x2A, (uint8_t)(0x81 + i / 128 % 127), (uint8_t)(i % 128)};

    return pki_tlv(0x06, pki_copy(octets, 3));
}

static daotp__bytes another_oid(size_t i)
{
    uint8_t octets[3] = {0x2B, (uint8_t)(0x81 + i / 128 % 127), (uint8_t)(i % 128)};

    return pki_tlv(0x06, pki_copy(octets, 3));
}

/* ---- extended key usages --------------------------------------------------------------------- */

/* 12,000 usages in the leaf and as many others in a CA that nobody trusts. */
static void many_purposes(void **state)
{
    const pki_cert *stranger = pki_ca("CN=Stranger", pki_key(8), NULL);
    pki_spec ca = pki_ca_spec("CN=Evil CA", pki_key(1), stranger), leaf;

    (void)state;
    pki_put(ca.extensions, PKI_OID_EKU, false, pki_tlv(0x30, as_many_as_fit(another_oid, 2500)));
    ask.between[0] = pki_make(&ca);
    ask.between[1] = stranger;
    leaf = pki_leaf_spec(pki_key(2), ask.between[0]);
    pki_put(leaf.extensions, PKI_OID_EKU, false, pki_tlv(0x30, as_many_as_fit(one_oid, 2500)));
    expect_cheap(pki_make(&leaf)->der); /* 500 of each: the rest only if that was quick */
    pki_put(ca.extensions, PKI_OID_EKU, false, pki_tlv(0x30, as_many_as_fit(another_oid, ROOM)));
    ask.between[0] = pki_make(&ca);
    pki_put(leaf.extensions, PKI_OID_EKU, false, pki_tlv(0x30, as_many_as_fit(one_oid, ROOM)));
    expect_cheap(pki_make(&leaf)->der);
}

static void many_purposes_and_one_asked_for(void **state)
{
    pki_spec leaf = pki_leaf_spec(pki_key(2), root);

    (void)state;
    ask.purpose = PKI_OID_CLIENT;
    pki_put(leaf.extensions, PKI_OID_EKU, false, pki_tlv(0x30, as_many_as_fit(one_oid, ROOM)));
    expect_cheap(pki_make(&leaf)->der);
}

/* ---- names ----------------------------------------------------------------------------------- */

static daotp__bytes one_dns(size_t i)
{
    return pki_tlv(PKI_DNS, digits(i));
}

static daotp__bytes one_dns_subtree(size_t i)
{
    return PKI_SEQ(pki_tlv(PKI_DNS, PKI_JOIN(digits(i), PKI_BYTES("x"))));
}

static daotp__bytes excluding(daotp__bytes subtrees)
{
    return PKI_SEQ(pki_tlv(0xA1, subtrees));
}

/* A leaf of these names under as many CAs, each with these constraints. */
static daotp__bytes leaf_under(unsigned cas, daotp__bytes constraints, daotp__bytes names)
{
    pki_spec leaf;
    char name[32];

    for (unsigned i = 0; i < cas; i++) {
        pki_spec ca;

        (void)snprintf(name, sizeof name, "CN=CA %u", i);
        ca = pki_ca_spec(name, pki_key(10 + i), i > 0 ? ask.between[i - 1] : root);
        pki_put(ca.extensions, PKI_OID_CONSTRAINTS, true, constraints);
        ask.between[i] = pki_make(&ca);
    }
    leaf = pki_leaf_spec(pki_key(2), ask.between[cas - 1]);
    pki_put(leaf.extensions, PKI_OID_SAN, false, pki_tlv(0x30, names));
    return pki_make(&leaf)->der;
}

static void many_names_and_constraints(void **state)
{
    (void)state;
    expect_cheap(leaf_under(1, excluding(as_many_as_fit(one_dns_subtree, ROOM)),
                            as_many_as_fit(one_dns, ROOM)));
    assert_int_equal(pki_verify_der(&ask, DAOTP_RULES_PATH,
                                    leaf_under(1, excluding(as_many_as_fit(one_dns_subtree, ROOM)),
                                               as_many_as_fit(one_dns, ROOM))),
                     DAOTP_UNDECIDED);
    pki_expect_finding(DAOTP_FINDING_CHAIN_BUDGET, "www.example.com");
}

/* One run and its explanation need more than one budget; what was accepted is explained as
 * accepted. */
static void an_explanation_has_a_budget_of_its_own(void **state)
{
    daotp__bytes leaf = leaf_under(1, excluding(as_many_as_fit(one_dns_subtree, 400 * 9)),
                                   as_many_as_fit(one_dns, 400 * 6));

    (void)state;
    ask.flags[0] = DAOTP_VERIFY_EXPLAIN;
    assert_int_equal(pki_verify_der(&ask, DAOTP_RULES_PATH, leaf), DAOTP_OK);
    pki_expect_no_finding(DAOTP_FINDING_CHAIN_BUDGET);
}

/* An RDN of 64 attributes, all but the last the same: each is compared with each. */
static daotp__bytes wide_rdn(size_t last)
{
    daotp__bytes parts[64];

    for (size_t i = 0; i < 64; i++)
        parts[i] = PKI_SEQ(pki_oid("2.5.4.3"), pki_tlv(0x0C, digits(i < 63 ? 1000 - i : last)));
    return pki_tlv(0x31, pki_join(parts, 64));
}

static daotp__bytes wide_rdn_turned(size_t last)
{
    daotp__bytes parts[64];

    for (size_t i = 0; i < 64; i++)
        parts[i] = PKI_SEQ(pki_oid("2.5.4.3"), pki_tlv(0x13, digits(i > 0 ? 937 + i : last)));
    return pki_tlv(0x31, pki_join(parts, 64));
}

static daotp__bytes wide_directory(size_t i)
{
    return pki_tlv(PKI_DIRECTORY, PKI_SEQ(wide_rdn(5000 + i)));
}

static daotp__bytes wide_subtree(size_t i)
{
    return PKI_SEQ(pki_tlv(PKI_DIRECTORY, PKI_SEQ(wide_rdn_turned(6000 + i))));
}

static void wide_directory_names(void **state)
{
    (void)state;
    expect_cheap(leaf_under(8, excluding(as_many_as_fit(wide_subtree, ROOM)),
                            as_many_as_fit(wide_directory, ROOM)));
}

/* Long values that differ at their ends. */
static daotp__bytes long_value(unsigned tag, size_t i)
{
    uint8_t *text = pki_get(120);

    memset(text, 'a', 116);
    memcpy(text + 116, digits(i).data, 4);
    return PKI_SEQ(PKI_SET(PKI_SEQ(pki_oid("2.5.4.3"), pki_tlv(tag, (daotp__bytes){text, 120}))));
}

static daotp__bytes long_directory(size_t i)
{
    return pki_tlv(PKI_DIRECTORY, long_value(0x0C, i));
}

static daotp__bytes long_subtree(size_t i)
{
    return PKI_SEQ(pki_tlv(PKI_DIRECTORY, long_value(0x13, 50000 + i)));
}

static void long_directory_names(void **state)
{
    (void)state;
    expect_cheap(leaf_under(8, excluding(as_many_as_fit(long_subtree, ROOM)),
                            as_many_as_fit(long_directory, ROOM)));
}

/* Names of 60 such RDNs, equal and written differently, each time an issuer is looked for: as big
 * as that they are not even taken. */
static daotp__bytes wide_name(bool turned)
{
    daotp__bytes rdns[60];

    for (size_t i = 0; i < 60; i++)
        rdns[i] = turned ? wide_rdn_turned(936) : wide_rdn(936);
    return pki_tlv(0x30, pki_join(rdns, 60));
}

static void wide_issuer_names(void **state)
{
    pki_spec leaf = pki_leaf_spec(pki_key(2), root);

    (void)state;
    leaf.issuer_name = wide_name(false);
    for (unsigned i = 0; i < 30; i++) {
        pki_spec ca = pki_ca_spec("", pki_key(1), NULL);

        ca.name = wide_name(true);
        ca.issuer_name = pki_name("CN=Nobody");
        ask.between[i] = pki_make(&ca);
    }
    for (int rules = DAOTP_RULES_PATH; rules <= DAOTP_RULES_WEBPKI; rules++) {
        assert_int_not_equal(pki_verify_der(&ask, (daotp_rules)rules, pki_make(&leaf)->der),
                             DAOTP_OK);
        pki_expect_cheap();
    }
}

/* A name as long as it may be, in small letters or in capitals. */
static daotp__bytes long_name(bool capitals)
{
    daotp__bytes rdns[60];
    char text[40];

    for (size_t i = 0; i < 60; i++) {
        (void)snprintf(text, sizeof text,
                       capitals ? "NAME NUMBER %zu OF SIXTY" : "name number %zu of sixty", i);
        rdns[i] = PKI_SET(PKI_SEQ(pki_oid("2.5.4.11"), pki_text(0x0C, text)));
    }
    return pki_tlv(0x30, pki_join(rdns, 60));
}

/* 250 certificates of one CA, its name written otherwise than its children write it: of each one
 * that verified, an issuer is looked for among all. */
static void namesakes_written_differently(void **state)
{
    daotp__bytes small = long_name(false), capitals = long_name(true);
    pki_spec leaf = pki_leaf_spec(pki_key(2), root), ca = pki_ca_spec("", pki_key(1), NULL);

    (void)state;
    ca.name = capitals;
    ca.issuer_name = leaf.issuer_name = small;
    leaf.signing_key = pki_key(1);
    for (unsigned i = 0; i < 250; i++)
        ask.between[i] = pki_make(&ca);
    expect_cheap(pki_make(&leaf)->der);
}

/* CNs that look like addresses, and addresses, each with each (webpki). */
static daotp__bytes one_address(size_t i)
{
    uint8_t octets[4] = {10, (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i};

    return pki_tlv(PKI_IP, pki_copy(octets, 4));
}

static daotp__bytes one_address_cn(size_t i)
{
    char text[32];

    (void)snprintf(text, sizeof text, "1.%u", (unsigned)i % 10);
    return PKI_SEQ(pki_oid("2.5.4.3"), pki_text(0x0C, text));
}

static void many_common_names(void **state)
{
    pki_spec leaf = pki_leaf_spec(pki_key(2), root);
    daotp__bytes rdns[50];

    (void)state;
    for (size_t i = 0; i < 50; i++)
        rdns[i] = pki_tlv(0x31, as_many_as_fit(one_address_cn, 60 * 12));
    leaf.name = pki_tlv(0x30, pki_join(rdns, 50));
    pki_put(leaf.extensions, PKI_OID_SAN, false, pki_tlv(0x30, as_many_as_fit(one_address, 26000)));
    expect_cheap(pki_make(&leaf)->der);
}

static void many_names_asked_for(void **state)
{
    pki_spec leaf = pki_leaf_spec(pki_key(2), root);

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        ask.names[i].kind = DAOTP_NAME_DNS;
        ask.names[i].text = "zz.example.com";
    }
    pki_put(leaf.extensions, PKI_OID_SAN, false, pki_tlv(0x30, as_many_as_fit(one_dns, ROOM)));
    expect_cheap(pki_make(&leaf)->der);
}

/* ---- paths ----------------------------------------------------------------------------------- */

static daotp__bytes policy_of(size_t i)
{
    return PKI_SEQ(one_oid(i));
}

/* All of 16 policies mapped to all. */
static daotp__bytes mapping_of(size_t i)
{
    return PKI_SEQ(one_oid(i % 16), one_oid(i / 16));
}

static daotp__bytes several(make_fn make, size_t count)
{
    daotp__bytes *all = pki_get(count * sizeof *all);

    for (size_t i = 0; i < count; i++)
        all[i] = make(i);
    return pki_tlv(0x30, pki_join(all, count));
}

/* Two levels of twelve certificates each, full of policies, and every path through them holds to
 * the last, where the purpose is wrong. */
static void policies_on_many_paths(void **state)
{
    const pki_cert *above[12];
    pki_spec leaf;

    (void)state;
    for (unsigned level = 0; level < 2; level++)
        for (unsigned i = 0; i < 12; i++) {
            pki_spec ca = pki_ca_spec(level == 0 ? "CN=Upper" : "CN=Lower", pki_key(10 + level),
                                      level == 0 ? root : above[0]);

            pki_put(ca.extensions, PKI_OID_POLICIES, false, several(policy_of, 256));
            pki_put(ca.extensions, PKI_OID_MAPPINGS, true, several(mapping_of, 256));
            ask.between[level * 12 + i] = pki_make(&ca);
            if (level == 0)
                above[i] = ask.between[i];
        }
    leaf = pki_leaf_spec(pki_key(2), ask.between[12]);
    pki_put(leaf.extensions, PKI_OID_POLICIES, false, several(policy_of, 256));
    ask.purpose = PKI_OID_CLIENT;
    expect_cheap(pki_make(&leaf)->der);
}

/* Six levels of three: 105 good signatures and more paths than edges, each to be judged. */
static void meshes_under_an_anchor(void **state)
{
    const pki_cert *above = root;
    char name[32];
    size_t at = 0;

    (void)state;
    for (unsigned level = 0; level < 5; level++) {
        (void)snprintf(name, sizeof name, "CN=Level %u", level);
        for (unsigned i = 0; i < 5; i++)
            ask.between[at++] = pki_ca(name, pki_key(10 + level), above);
        above = ask.between[at - 1];
    }
    ask.purpose = PKI_OID_CLIENT;
    expect_cheap(pki_leaf(pki_key(2), above)->der);
}

/* The budget is of signatures, and those of P-384 cost ten times what those of P-256 do: four
 * certificates of a CA, each perhaps by one of sixty namesakes, of whom it is none. */
static void slow_signatures(void **state)
{
    EVP_PKEY *right = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");
    EVP_PKEY *wrong = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");
    pki_spec upper = pki_ca_spec("CN=Upper", right, NULL);
    const pki_cert *signer = pki_make(&upper);
    size_t at = 0;

    (void)state;
    while (at < 4)
        ask.between[at++] = pki_ca("CN=Lower", pki_key(1), signer);
    upper.key = wrong;
    while (at < 64)
        ask.between[at++] = pki_make(&upper);
    expect_cheap(pki_leaf(pki_key(2), ask.between[0])->der);
    EVP_PKEY_free(right);
    EVP_PKEY_free(wrong);
}

/* A leaf that sixty-four CAs of one name may have signed, with RSA keys that all differ. */
static void expect_cheap_under_rsa(size_t octets)
{
    uint8_t *modulus = pki_get(octets + 1), exponent[9];
    pki_spec leaf = pki_leaf_spec(pki_key(2), root);

    memset(modulus, 0xB5, octets + 1);
    memset(exponent, 0xFF, sizeof exponent);
    modulus[0] = exponent[0] = 0;
    leaf.issuer_name = pki_name("CN=Dear");
    leaf.algorithm = PKI_SEQ(pki_oid("1.2.840.113549.1.1.11"), pki_hex("05 00"));
    leaf.signature = PKI_JOIN(PKI_BYTES("\x01"), pki_copy(modulus + 1, octets - 1));
    for (unsigned i = 0; i < 64; i++) {
        pki_spec ca = pki_ca_spec("CN=Dear", pki_key(1), NULL);

        modulus[octets / 2] = (uint8_t)i;
        ca.spki = PKI_SEQ(PKI_SEQ(pki_oid("1.2.840.113549.1.1.1"), pki_hex("05 00")),
                          pki_bits(PKI_SEQ(pki_tlv(0x02, pki_copy(modulus, octets + 1)),
                                           pki_tlv(0x02, pki_copy(exponent, sizeof exponent)))));
        ask.between[i] = pki_make(&ca);
    }
    expect_cheap(pki_make(&leaf)->der);
}

/* The dearest RSA key that is taken: 8192 bits, an exponent of 64. */
static void dear_rsa_keys(void **state)
{
    (void)state;
    expect_cheap_under_rsa(1024);
}

/* CVE-2023-6237: those that are not taken are not computed with either. libcrypto would, up to
 * 16384 bits. */
static void rsa_keys_that_are_too_dear(void **state)
{
    (void)state;
    expect_cheap_under_rsa(2048);
}

/* ---- distribution points and CRLs ------------------------------------------------------------ */

static daotp__bytes one_point(size_t i)
{
    (void)i;
    return PKI_SEQ(pki_tlv(0xA0, pki_tlv(0xA0, PKI_TEXT(PKI_URI, "a:"))),
                   pki_hex("81 02 06 40")); /* keyCompromise alone */
}

static daotp__bytes one_relative_point(size_t i)
{
    return PKI_SEQ(
        pki_tlv(0xA0, pki_tlv(0xA1, PKI_SEQ(pki_oid("2.5.4.3"), pki_tlv(0x0C, digits(i))))),
        pki_hex("81 02 06 40"));
}

static void give_scoped_lists(size_t count, const char *uri)
{
    for (size_t i = 0; i < count; i++) {
        pki_crl_spec spec = pki_crl_spec_of(root, i);

        pki_put(spec.extensions, PKI_OID_SCOPE, true,
                PKI_SEQ(pki_tlv(0xA0, pki_tlv(0xA0, PKI_JOIN(pki_text(PKI_URI, uri),
                                                             pki_tlv(PKI_URI, digits(i)))))));
        ask.crls[i] = pki_make_crl(&spec);
    }
}

/* CVE-2026-35189 */
static void many_points(void **state)
{
    pki_spec leaf = pki_leaf_spec(pki_key(2), root);

    (void)state;
    give_scoped_lists(100, "a:");
    pki_put(leaf.extensions, PKI_OID_POINTS, false, pki_tlv(0x30, as_many_as_fit(one_point, ROOM)));
    expect_cheap(pki_make(&leaf)->der);
    pki_put(leaf.extensions, PKI_OID_POINTS, false,
            pki_tlv(0x30, as_many_as_fit(one_relative_point, ROOM)));
    expect_cheap(pki_make(&leaf)->der);
}

/* More lists than there are signature checks in a run, the last of which revokes: what was not
 * looked at is not known, and what an earlier run verified changes no verdict. */
static void more_lists_than_signature_checks(void **state)
{
    const pki_cert *leaf = pki_leaf(pki_key(2), root);
    daotp_status first;

    (void)state;
    ask.revocation = DAOTP_REVOCATION_REQUIRE;
    for (size_t i = 0; i < 250; i++) {
        pki_crl_spec spec = pki_crl_spec_of(root, i);

        spec.this_update = FORGE_NOW - FORGE_HOUR + (int64_t)i;
        spec.entries = i == 249 ? pki_revoke(leaf, 1) : PKI_NOTHING;
        ask.crls[i] = pki_make_crl(&spec);
    }
    first = pki_verify(&ask, leaf);
    assert_int_equal(first, DAOTP_UNDECIDED);
    pki_expect_finding(DAOTP_FINDING_CHAIN_BUDGET, NULL);
    for (int i = 0; i < 3; i++)
        assert_int_equal(daotp_verifier_verify(pki_last.verifier, leaf->der.data, leaf->der.len),
                         first);
}

static daotp__bytes entry_of_no_one(size_t i)
{
    return pki_entry(pki_number(0x1000000 + i), PKI_NOTHING);
}

static daotp__bytes one_indirect_point(size_t i)
{
    (void)i;
    return PKI_SEQ(pki_tlv(0xA0, pki_tlv(0xA0, PKI_TEXT(PKI_URI, "a:"))), pki_hex("81 02 06 40"),
                   pki_tlv(0xA2, pki_directory("CN=Root")));
}

/* An indirect list of 40,000 entries, walked for each of 1,600 points. */
static void many_points_of_an_indirect_list(void **state)
{
    pki_spec leaf = pki_leaf_spec(pki_key(2), root);
    pki_crl_spec spec = pki_crl_spec_of(root, 1);

    (void)state;
    spec.entries = as_many_as_fit(entry_of_no_one, 1000000);
    pki_put(spec.extensions, PKI_OID_SCOPE, true, PKI_SEQ(pki_hex("84 01 FF")));
    ask.crls[0] = pki_make_crl(&spec);
    pki_put(leaf.extensions, PKI_OID_POINTS, false,
            pki_tlv(0x30, as_many_as_fit(one_indirect_point, ROOM)));
    expect_cheap(pki_make(&leaf)->der);
}

/* Serials that all fall into the same place of an index. */
static daotp__bytes colliding_entry(size_t i)
{
    uint8_t octets[12] = {1, (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i};

    return pki_entry(pki_copy(octets, sizeof octets), PKI_NOTHING);
}

static void serials_that_collide(void **state)
{
    const pki_cert *leaves[2] = {pki_leaf(pki_key(2), root), pki_leaf(pki_key(2), root)};

    (void)state;
    ask.crls[0] = pki_crl(root, 1, as_many_as_fit(colliding_entry, 1000000));
    assert_int_equal(pki_verify(&ask, leaves[0]), DAOTP_OK);
    for (size_t i = 0; i < 2; i++) { /* the second looks up, and the third by the index */
        assert_int_equal(pki_verify_again(leaves[1]->der), DAOTP_OK);
        pki_expect_cheap();
    }
}

/* ---- encodings ------------------------------------------------------------------------------- */

/* CVE-2023-2650: sub-identifiers of any size are compared, not computed. */
static void huge_oid(void **state)
{
    pki_spec leaf = pki_leaf_spec(pki_key(2), root);
    uint8_t *octets = pki_get(ROOM);

    (void)state;
    memset(octets, 0xFF, ROOM);
    octets[0] = 0x2A;
    octets[ROOM - 1] = 0x7F;
    pki_put(leaf.extensions, PKI_OID_EKU, false,
            PKI_SEQ(pki_tlv(0x06, (daotp__bytes){octets, ROOM})));
    expect_cheap(pki_make(&leaf)->der);
    pki_put(leaf.extensions, PKI_OID_EKU, false, PKI_SEQ(pki_oid(PKI_OID_SERVER)));
    pki_put(leaf.extensions, PKI_OID_POLICIES, false,
            PKI_SEQ(PKI_SEQ(pki_tlv(0x06, (daotp__bytes){octets, ROOM}))));
    expect_cheap(pki_make(&leaf)->der);
}

/* CVE-2018-0739: as deep as it goes, in each place that holds other things. */
static void deep_nesting(void **state)
{
    static const char *const oids[] = {
        PKI_OID_SAN, PKI_OID_CONSTRAINTS, PKI_OID_POLICIES, PKI_OID_POINTS,       PKI_OID_MAPPINGS,
        PKI_OID_AKI, PKI_OID_FRESHEST,    PKI_OID_EKU,      PKI_OID_POLICY_LIMITS};
    uint8_t *octets = pki_get(ROOM);
    daotp__bytes deep = {octets, 0};

    (void)state;
    for (size_t len = 0, at = ROOM; at > 8; len = ROOM - at) {
        at -= len < 0x80 ? 2 : len < 0x100 ? 3 : 4;
        octets[at] = 0x30;
        octets[at + 1] = (uint8_t)(len < 0x80 ? len : len < 0x100 ? 0x81 : 0x82);
        if (len >= 0x100)
            octets[at + 2] = (uint8_t)(len >> 8);
        if (len >= 0x80)
            octets[at + (len < 0x100 ? 2 : 3)] = (uint8_t)len;
        deep = (daotp__bytes){octets + at, ROOM - at};
    }
    for (size_t i = 0; i < sizeof oids / sizeof oids[0]; i++) {
        pki_spec leaf = pki_leaf_spec(pki_key(2), root);

        pki_put(leaf.extensions, oids[i], false, deep);
        expect_cheap(pki_make(&leaf)->der);
    }
}

/* A policy qualifier 30 deep: past the limit of 16. */
static void deep_qualifier(void **state)
{
    pki_spec leaf = pki_leaf_spec(pki_key(2), root);
    daotp__bytes deep = pki_hex("05 00");

    (void)state;
    for (int i = 0; i < 30; i++)
        deep = PKI_SEQ(deep);
    ask.rules = DAOTP_RULES_PATH;
    pki_put(leaf.extensions, PKI_OID_POLICIES, false, PKI_SEQ(PKI_SEQ(one_oid(1), deep)));
    pki_expect(&ask, pki_make(&leaf), DAOTP_REJECTED, DAOTP_FINDING_CHAIN_POLICY_MALFORMED);
}

/* 64 extensions are taken, 65 are no certificate; a certificate is 64 KiB at the most. */
static void sizes_are_bounded(void **state)
{
    pki_spec leaf = pki_leaf_spec(pki_key(2), root);
    char oids[70][16];

    (void)state;
    ask.rules = DAOTP_RULES_PATH;
    for (unsigned i = 0; i < 59; i++) {
        (void)snprintf(oids[i], sizeof oids[i], "1.2.3.%u", i);
        pki_put(leaf.extensions, oids[i], false, pki_hex("05 00"));
    }
    pki_expect(&ask, pki_make(&leaf), DAOTP_OK, 0);
    pki_put(leaf.extensions, "1.2.4", false, pki_hex("05 00"));
    pki_expect(&ask, pki_make(&leaf), DAOTP_PEER, DAOTP_FINDING_CERT_DER);
    leaf = pki_leaf_spec(pki_key(2), root);
    pki_put(leaf.extensions, "1.2.4", false, pki_octets(pki_copy(pki_get(66000), 66000)));
    pki_expect(&ask, pki_make(&leaf), DAOTP_PEER, DAOTP_FINDING_LIMIT_SIZE);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, begin, pki_end_test)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(many_purposes),
        TEST(many_purposes_and_one_asked_for),
        TEST(many_names_and_constraints),
        TEST(an_explanation_has_a_budget_of_its_own),
        TEST(wide_directory_names),
        TEST(long_directory_names),
        TEST(wide_issuer_names),
        TEST(namesakes_written_differently),
        TEST(many_common_names),
        TEST(many_names_asked_for),
        TEST(policies_on_many_paths),
        TEST(meshes_under_an_anchor),
        TEST(slow_signatures),
        TEST(dear_rsa_keys),
        TEST(rsa_keys_that_are_too_dear),
        TEST(many_points),
        TEST(more_lists_than_signature_checks),
        TEST(many_points_of_an_indirect_list),
        TEST(serials_that_collide),
        TEST(huge_oid),
        TEST(deep_nesting),
        TEST(deep_qualifier),
        TEST(sizes_are_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, pki_end_group);
}
