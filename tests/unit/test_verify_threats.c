/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The threat table of reference/validation.md, 5: the rows that no other of these programs is
 * about. Paths and look-alikes are in test_verify_build, names in test_verify_names, CRLs in
 * test_verify_crl, policies in test_verify_policy, what takes long in test_verify_dos, times in
 * test_verify_time, lack of memory in test_verify_memory.
 */
#include "pki_ask.h"
#include "scalar_key.h"
#include "weak_keys.h"

#include <unistd.h>

static const pki_cert *root;
static pki_ask ask;

static int begin(void **state)
{
    (void)state;
    root = pki_ca("CN=Root", pki_key(0), NULL);
    ask = (pki_ask){.anchors = {root}};
    return 0;
}

static void expect_rejected(const pki_spec *spec, daotp_finding_number finding)
{
    pki_expect(&ask, pki_make(spec), DAOTP_REJECTED, finding);
}

/* ---- public keys ----------------------------------------------------------------------------- */

#define EC_KEY "1.2.840.10045.2.1"
#define RSA    "1.2.840.113549.1.1.1"

static daotp__bytes spki_of(const char *algorithm, daotp__bytes parameters, daotp__bytes key)
{
    return PKI_SEQ(PKI_SEQ(pki_oid(algorithm), parameters), pki_bits(key));
}

static daotp__bytes p256_point(void)
{
    daotp__bytes spki = pki_spki(pki_key(2));

    return (daotp__bytes){spki.data + spki.len - 65, 65};
}

/* The parameters of P-256 written out, with or without a generator of the attacker's. */
static daotp__bytes explicit_p256(void)
{
    unsigned char *der = NULL;
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    daotp__bytes out;
    int len;

    EC_GROUP_set_asn1_flag(group, OPENSSL_EC_EXPLICIT_CURVE);
    len = i2d_ECPKParameters(group, &der);
    assert_true(len > 0);
    out = pki_copy(der, (size_t)len);
    OPENSSL_free(der);
    EC_GROUP_free(group);
    assert_int_equal(out.data[0], 0x30);
    return out;
}

/* Compressed and not, at once (X9.62 4.3.6). */
static daotp__bytes hybrid(daotp__bytes point)
{
    return PKI_JOIN(point.data[64] & 1 ? PKI_BYTES("\x07") : PKI_BYTES("\x06"),
                    (daotp__bytes){point.data + 1, 64});
}

static daotp__bytes compressed(daotp__bytes point)
{
    return PKI_JOIN(point.data[64] & 1 ? PKI_BYTES("\x03") : PKI_BYTES("\x02"),
                    (daotp__bytes){point.data + 1, 32});
}

/* As the key of a leaf, of a CA and of an anchor: refused, and never handed to libcrypto. */
static void refuse_key(daotp__bytes spki)
{
    pki_spec leaf = pki_leaf_spec(pki_key(2), root), ca = pki_ca_spec("CN=CA", pki_key(1), root);

    begin(NULL);
    leaf.spki = spki;
    expect_rejected(&leaf, DAOTP_FINDING_CHAIN_KEY);
    ca.spki = spki;
    ask.between[0] = pki_make(&ca);
    leaf = pki_leaf_spec(pki_key(2), ask.between[0]);
    expect_rejected(&leaf, DAOTP_FINDING_CHAIN_KEY);
    pki_expect_finding(DAOTP_FINDING_CHAIN_KEY, "CN=CA");
    ask.anchors[0] = ask.between[0];
    ask.between[0] = NULL;
    expect_rejected(&leaf, DAOTP_FINDING_CHAIN_KEY);
}

/* CVE-2022-0778, CVE-2020-0601 */
static void curves_that_are_not_named(void **state)
{
    daotp__bytes point = p256_point(), p256 = pki_oid("1.2.840.10045.3.1.7");

    (void)state;
    refuse_key(spki_of(EC_KEY, explicit_p256(), point));
    refuse_key(spki_of(EC_KEY, explicit_p256(), compressed(point)));
    refuse_key(spki_of(EC_KEY, p256, compressed(point)));
    refuse_key(spki_of(EC_KEY, p256, hybrid(point)));
    refuse_key(spki_of(EC_KEY, p256, PKI_BYTES("\0"))); /* the point at infinity */
    refuse_key(spki_of(EC_KEY, p256, (daotp__bytes){point.data, 64}));
    refuse_key(spki_of(EC_KEY, p256, PKI_JOIN(point, PKI_BYTES("\0"))));
    refuse_key(spki_of(EC_KEY, PKI_NOTHING, point));
    refuse_key(spki_of(EC_KEY, pki_hex("05 00"), point));
    refuse_key(spki_of(EC_KEY, PKI_JOIN(p256, pki_hex("05 00")), point));
    refuse_key(spki_of(EC_KEY, pki_oid("1.3.132.0.10"), point));               /* secp256k1 */
    refuse_key(spki_of(EC_KEY, pki_oid("1.2.840.10045.3.1.1"), point));        /* P-192 */
    refuse_key(spki_of(EC_KEY, pki_oid("1.3.132.0.34"), point));               /* not P-384's */
    refuse_key(spki_of("1.3.101.110", PKI_NOTHING, pki_copy(point.data, 32))); /* X25519 */
    refuse_key(spki_of("1.3.101.112", PKI_NOTHING, pki_copy(point.data, 31))); /* Ed25519, cut */
    refuse_key(spki_of("1.3.101.112", pki_hex("05 00"), pki_copy(point.data, 32)));
    refuse_key(spki_of("1.2.840.10040.4.1", PKI_NOTHING, pki_integer(5))); /* DSA */
}

/* An RSA key whose modulus and exponent have so many bits. */
static daotp__bytes rsa_key(size_t bits, daotp__bytes exponent)
{
    uint8_t *modulus = pki_get(bits / 8 + 2);
    size_t len = (bits + 7) / 8, lead = bits % 8 == 0 ? 1 : 0;

    memset(modulus + lead, 0xB5, len);
    modulus[lead] = (uint8_t)(bits % 8 == 0 ? 0x80 : 1u << (bits % 8 - 1));
    return spki_of(
        RSA, pki_hex("05 00"),
        PKI_SEQ(pki_tlv(0x02, (daotp__bytes){modulus, len + lead}), pki_tlv(0x02, exponent)));
}

static daotp__bytes weak_copy(weak_spki key)
{
    return pki_copy(key.der, key.len);
}

static daotp__bytes rsa_number(BIGNUM *modulus)
{
    return weak_copy(weak_rsa(modulus, 65537));
}

static void take_key(daotp__bytes spki)
{
    pki_spec leaf = pki_leaf_spec(pki_key(2), root);

    begin(NULL);
    leaf.spki = spki;
    pki_expect(&ask, pki_make(&leaf), DAOTP_OK, 0);
}

/* CVE-2023-6237, CVE-2023-3446: 2048 to 8192 bits, the exponent odd and of at most 64. */
static void rsa_keys_of_other_sizes(void **state)
{
    static const size_t refused[] = {512, 1024, 2040, 2047, 8193, 16384};
    static const size_t taken[] = {2048, 3072, 8191, 8192};
    static const char *const exponents[] = {"01",       "00", "02",
                                            "01 00 00", "FF", "01 00 00 00 00 00 00 00 01"};
    daotp__bytes usual = pki_hex("01 00 01");

    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        refuse_key(rsa_key(refused[i], usual));
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++)
        take_key(rsa_number(weak_composite((int)taken[i])));
    for (size_t i = 0; i < sizeof exponents / sizeof exponents[0]; i++)
        refuse_key(rsa_key(2048, pki_hex(exponents[i])));
    take_key(weak_copy(weak_rsa(weak_composite(2048), 3)));
    take_key(weak_copy(weak_rsa(weak_composite(2048), UINT64_MAX)));
    refuse_key(spki_of(RSA, PKI_SEQ(PKI_NOTHING), PKI_SEQ(pki_hex("02 01 23"), usual)));
}

/* Only the leaf: what is signed by a CA with such a key does not verify here either. */
static void refuse_leaf_key(daotp__bytes spki, const char *fault)
{
    pki_spec leaf = pki_leaf_spec(pki_key(2), root);

    begin(NULL);
    leaf.spki = spki;
    for (int again = 0; again < 2; again++) { /* the answer is the same from memory */
        expect_rejected(&leaf, DAOTP_FINDING_CHAIN_KEY);
        if (strstr(pki_report_text(), fault) == NULL)
            fail_msg("\"%s\" is not in the report:\n%s", fault, pki_report_text());
    }
}

/* Who sees the public key can make signatures with it. */
static void keys_whose_private_half_is_known(void **state)
{
    weak_spki off = weak_generated("P-384", 0);

    (void)state;
    off.der[off.len - 1] ^= 1;
    refuse_leaf_key(rsa_number(BN_get_rfc3526_prime_2048(NULL)), "a prime");
    refuse_leaf_key(rsa_number(weak_power(683, 3)), "a prime");
    refuse_leaf_key(rsa_number(weak_even(2048)), "even");
    refuse_leaf_key(rsa_number(weak_with_factor(2048, 3)), "factor");
    refuse_leaf_key(rsa_number(weak_with_factor(2048, 751)), "factor");
    refuse_leaf_key(rsa_number(weak_close(2048, 300)), "close");
    refuse_leaf_key(rsa_number(weak_roca(2048)), "ROCA");
    refuse_leaf_key(weak_copy(off), "not on the curve");
    refuse_leaf_key(weak_copy(weak_scalar("P-256", 1)), "private key");
}

/* A CA whose private key is 1: all signatures are right, and nothing holds. */
static void authority_whose_private_key_is_known(void **state)
{
    EVP_PKEY *one = scalar_key(1);
    pki_spec ca = pki_ca_spec("CN=CA", one, root), leaf;

    (void)state;
    begin(NULL);
    ask.between[0] = pki_make(&ca);
    leaf = pki_leaf_spec(pki_key(2), ask.between[0]);
    expect_rejected(&leaf, DAOTP_FINDING_CHAIN_KEY);
    pki_expect_finding(DAOTP_FINDING_CHAIN_KEY, "CN=CA");
    EVP_PKEY_free(one);
}

/* Not on the curve: nothing can be verified by it. */
static void point_off_the_curve(void **state)
{
    pki_spec ca = pki_ca_spec("CN=CA", pki_key(1), root), leaf;
    uint8_t point[65];

    (void)state;
    memset(point, 0x11, sizeof point);
    point[0] = 4;
    ca.spki = spki_of(EC_KEY, pki_oid("1.2.840.10045.3.1.7"), pki_copy(point, sizeof point));
    ask.between[0] = pki_make(&ca);
    leaf = pki_leaf_spec(pki_key(2), ask.between[0]);
    expect_rejected(&leaf, 0);
}

/* ---- signatures ------------------------------------------------------------------------------ */

/* CVE-2022-21449, and others that are no signatures. */
static void signatures_that_are_none(void **state)
{
    daotp__bytes order =
        pki_hex("00 FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551");
    daotp__bytes good = pki_signature(pki_key(0), EVP_sha256(), PKI_BYTES("another text"));
    daotp__bytes zero = pki_integer(0), one = pki_integer(1), n = pki_tlv(0x02, order);
    const daotp__bytes signatures[] = {PKI_SEQ(zero, zero),
                                       PKI_SEQ(zero, one),
                                       PKI_SEQ(one, zero),
                                       PKI_SEQ(n, n),
                                       PKI_SEQ(one, one),
                                       PKI_SEQ(n, one),
                                       PKI_SEQ(one),
                                       PKI_JOIN(good, PKI_BYTES("\0")),
                                       good,
                                       PKI_BYTES("\x30"),
                                       PKI_SEQ(pki_hex("02 01 FF"), one)};

    (void)state;
    for (size_t i = 0; i < sizeof signatures / sizeof signatures[0]; i++) {
        pki_spec leaf = pki_leaf_spec(pki_key(2), root);

        leaf.signature = signatures[i];
        expect_rejected(&leaf, DAOTP_FINDING_CHAIN_SIGNATURE);
    }
}

/* MD5 and SHA-1 are refused everywhere but on an anchor. */
static void hashes_that_are_weak(void **state)
{
    pki_spec anchor = pki_ca_spec("CN=Root", pki_rsa(0, 2048), NULL), ca, leaf;
    const EVP_MD *weak[] = {EVP_md5(), EVP_sha1()};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        begin(NULL);
        anchor.md = weak[i];
        root = ask.anchors[0] = pki_make(&anchor);
        leaf = pki_leaf_spec(pki_key(2), root);
        pki_expect(&ask, pki_make(&leaf), DAOTP_OK, 0);
        leaf.md = weak[i];
        expect_rejected(&leaf, DAOTP_FINDING_CHAIN_ALGORITHM);
        ca = pki_ca_spec("CN=CA", pki_key(1), root);
        ca.md = weak[i];
        ask.between[0] = pki_make(&ca);
        leaf = pki_leaf_spec(pki_key(2), ask.between[0]);
        expect_rejected(&leaf, DAOTP_FINDING_CHAIN_ALGORITHM);
        pki_expect_finding(DAOTP_FINDING_CHAIN_ALGORITHM, "CN=CA");
    }
}

static void hashes_that_are_good(void **state)
{
    const EVP_MD *good[] = {EVP_sha256(), EVP_sha384(), EVP_sha512()};
    pki_spec anchor = pki_ca_spec("CN=Root", pki_rsa(0, 2048), NULL);

    (void)state;
    for (int rsa = 0; rsa < 2; rsa++) {
        root = ask.anchors[0] = rsa != 0 ? pki_make(&anchor) : root;
        for (size_t i = 0; i < 3; i++) {
            pki_spec leaf = pki_leaf_spec(pki_key(2), root);

            leaf.md = good[i];
            pki_expect(&ask, pki_make(&leaf), DAOTP_OK, 0);
        }
    }
}

/* The algorithm is of another key than the issuer's, or none that is taken. */
static void algorithms_that_do_not_fit(void **state)
{
    static const char *const oids[] = {
        "1.2.840.113549.1.1.11",  /* sha256WithRSAEncryption */
        "1.2.840.113549.1.1.1",   /* rsaEncryption */
        "1.2.840.10045.4.3.1",    /* ecdsa-with-SHA224 */
        "2.16.840.1.101.3.4.2.1", /* SHA-256 alone */
        "1.2.840.10045.2.1",      /* the key's own */
        "1.2.840.10040.4.3",      /* dsa-with-sha1 */
        PKI_OID_NOBODY_KNOWS,
    };

    (void)state;
    for (size_t i = 0; i < sizeof oids / sizeof oids[0]; i++) {
        pki_spec leaf = pki_leaf_spec(pki_key(2), root);

        leaf.algorithm = PKI_SEQ(pki_oid(oids[i]));
        expect_rejected(&leaf, DAOTP_FINDING_CHAIN_ALGORITHM);
    }
}

/* ---- encodings: CVE-2014-8275 ---------------------------------------------------------------- */

static void refuse_der(daotp__bytes der)
{
    if (pki_verify_der(&ask, DAOTP_RULES_PATH, der) != DAOTP_PEER)
        fail_msg("%s:\n%s", daotp_status_name(pki_last.status), pki_report_text());
    pki_expect_finding(DAOTP_FINDING_CERT_DER, NULL);
}

/* The same certificate, signature and all, written otherwise around what is signed. */
static void frames_that_are_not_der(void **state)
{
    daotp__bytes der = pki_leaf(pki_key(2), root)->der, tbs, in, rest, signature;

    (void)state;
    assert_int_equal(der.data[1], 0x82);
    in = (daotp__bytes){der.data + 4, der.len - 4};
    tbs = (daotp__bytes){in.data, 4 + ((size_t)in.data[2] << 8 | in.data[3])};
    rest = (daotp__bytes){in.data + tbs.len, in.len - tbs.len};
    signature = (daotp__bytes){rest.data + 12 + 3, rest.len - 12 - 3};
    pki_expect(&ask, &(pki_cert){.der = PKI_SEQ(tbs, rest)}, DAOTP_OK, 0);
    refuse_der(PKI_JOIN(der, PKI_BYTES("\0")));
    refuse_der(PKI_SEQ(tbs, rest, PKI_BYTES("\x05\0")));
    refuse_der(PKI_JOIN(PKI_BYTES("\x30\x80"), in, PKI_BYTES("\0\0")));
    refuse_der(PKI_JOIN(PKI_BYTES("\x30\x83\0"), (daotp__bytes){der.data + 2, 2}, in));
    refuse_der(pki_tlv(0x31, in));
    refuse_der(PKI_SEQ(tbs, (daotp__bytes){rest.data, 12},
                       pki_tlv(0x03, PKI_JOIN(PKI_BYTES("\1"), signature))));
    refuse_der(PKI_SEQ(tbs, (daotp__bytes){rest.data, 12}, pki_tlv(0x04, signature)));
    refuse_der(PKI_SEQ(tbs, PKI_SEQ(pki_oid("1.2.840.10045.4.3.2"), PKI_BYTES("\x05\0")),
                       pki_bits(signature)));
    refuse_der(PKI_SEQ(tbs, PKI_SEQ(pki_oid("1.2.840.10045.4.3.3")), pki_bits(signature)));
}

static daotp__bytes extension(daotp__bytes oid, daotp__bytes critical)
{
    return pki_tlv(0xA3, PKI_SEQ(PKI_SEQ(oid, critical, pki_octets(pki_hex("05 00")))));
}

/* A certificate from its pieces, all of it signed by the root. */
static daotp__bytes from_pieces(daotp__bytes version, daotp__bytes serial, daotp__bytes between,
                                daotp__bytes extensions)
{
    daotp__bytes algorithm = pki_algorithm(root->key, EVP_sha256());
    daotp__bytes tbs = PKI_SEQ(version, serial, algorithm, root->name,
                               PKI_SEQ(pki_time(FORGE_NOW - 9), pki_time(FORGE_NOW + 9)),
                               pki_name("CN=x"), pki_spki(pki_key(2)), between, extensions);

    return PKI_SEQ(tbs, algorithm, pki_bits(pki_signature(root->key, EVP_sha256(), tbs)));
}

static void contents_that_are_not_der(void **state)
{
    daotp__bytes v3 = pki_hex("A0 03 02 01 02"), v2 = pki_hex("A0 03 02 01 01"),
                 five = pki_integer(5);
    daotp__bytes oid = pki_oid("1.2.3"), none = PKI_NOTHING;
    daotp__bytes one = PKI_SEQ(oid, pki_octets(none));

    (void)state;
    assert_int_equal(
        pki_verify_der(&ask, DAOTP_RULES_PATH, from_pieces(v3, five, none, extension(oid, none))),
        DAOTP_OK);
    refuse_der(from_pieces(pki_hex("A0 03 02 01 00"), five, none, none)); /* a DEFAULT written */
    refuse_der(from_pieces(pki_hex("A0 03 02 01 03"), five, none, none));
    refuse_der(from_pieces(pki_hex("A0 03 02 01 FF"), five, none, none));
    refuse_der(from_pieces(v3, pki_hex("02 02 00 05"), none, none));
    refuse_der(from_pieces(v3, pki_hex("02 00"), none, none));
    refuse_der(from_pieces(v3, pki_hex("02 81 01 05"), none, none));
    refuse_der(from_pieces(v2, five, none, extension(oid, none)));
    refuse_der(from_pieces(none, five, none, extension(oid, none)));
    refuse_der(from_pieces(none, five, pki_hex("81 02 00 01"), none)); /* unique id, version 1 */
    refuse_der(from_pieces(v3, five, none, extension(oid, pki_hex("01 01 00"))));
    refuse_der(from_pieces(v3, five, none, extension(oid, pki_hex("01 01 01"))));
    refuse_der(from_pieces(v3, five, none, extension(pki_hex("06 03 2A 80 03"), none)));
    refuse_der(from_pieces(v3, five, none, extension(pki_hex("06 00"), none)));
    refuse_der(from_pieces(v3, five, none, pki_tlv(0xA3, pki_hex("30 00"))));
    refuse_der(from_pieces(v3, five, none, pki_tlv(0xA3, PKI_SEQ(one, one)))); /* twice */
    refuse_der(from_pieces(v3, five, none,
                           PKI_JOIN(extension(oid, none), extension(pki_oid("1.2.4"), none))));
}

/* What is cut is no certificate; with one octet changed, wherever, it is accepted no more. */
static void cut_and_changed_anywhere(void **state)
{
    daotp__bytes der = pki_leaf(pki_key(2), root)->der;
    daotp_verifier *verifier = pki_open(&ask, DAOTP_RULES_PATH);
    uint8_t *copy = pki_get(der.len);

    (void)state;
    for (size_t i = 0; i < der.len; i++) {
        memcpy(copy, der.data, der.len);
        assert_int_equal(daotp_verifier_verify(verifier, copy, i), DAOTP_PEER);
        for (unsigned bit = 1; bit < 0x100; bit <<= 1) {
            copy[i] = der.data[i] ^ (uint8_t)bit;
            if (daotp_verifier_verify(verifier, copy, der.len) == DAOTP_OK)
                fail_msg("octet %zu, bit %x", i, bit);
        }
    }
    assert_int_equal(daotp_verifier_verify(verifier, der.data, der.len), DAOTP_OK);
}

/* A text in PEM, in DER: what it says is not what is judged. */
static daotp__bytes pem_of(const char *label, daotp__bytes der)
{
    BIO *bio = BIO_new(BIO_s_mem());
    daotp__bytes out;
    char *data;
    long len;

    assert_true(PEM_write_bio(bio, label, "", der.data, (long)der.len) > 0);
    len = BIO_get_mem_data(bio, &data);
    out = pki_copy(data, (size_t)len);
    BIO_free(bio);
    return out;
}

static void pem_inside_of_der(void **state)
{
    daotp__bytes good = pem_of("CERTIFICATE", pki_leaf(pki_key(2), root)->der), list;
    const pki_cert *stranger = pki_ca("CN=Stranger", pki_key(8), NULL), *made;
    pki_spec spec = pki_leaf_spec(pki_key(7), stranger);
    pki_crl_spec revoking = pki_crl_spec_of(root, 1);

    (void)state;
    pki_put(spec.extensions, PKI_OID_NOBODY_KNOWS, false, pki_tlv(0x0C, good));
    expect_rejected(&spec, DAOTP_FINDING_CHAIN_NO_PATH);
    list = pem_of("X509 CRL", pki_crl(root, 2, PKI_NOTHING));
    made = pki_leaf(pki_key(2), root);
    revoking.entries = pki_revoke(made, 1);
    pki_put(revoking.extensions, PKI_OID_NOBODY_KNOWS, false, pki_tlv(0x0C, list));
    ask.crls[0] = pki_make_crl(&revoking);
    pki_expect(&ask, made, DAOTP_REJECTED, DAOTP_FINDING_REVOKED);
}

/* ---- extensions ------------------------------------------------------------------------------ */

static void critical_and_not_known(void **state)
{
    pki_spec leaf = pki_leaf_spec(pki_key(2), root);

    (void)state;
    pki_put(leaf.extensions, PKI_OID_NOBODY_KNOWS, false, pki_hex("05 00"));
    pki_expect(&ask, pki_make(&leaf), DAOTP_OK, 0);
    pki_put(leaf.extensions, PKI_OID_NOBODY_KNOWS, true, pki_hex("05 00"));
    expect_rejected(&leaf, DAOTP_FINDING_CHAIN_CRITICAL);
    assert_string_equal(daotp_finding_get_found(pki_find(DAOTP_FINDING_CHAIN_CRITICAL, NULL)),
                        PKI_OID_NOBODY_KNOWS);
}

/* CVE-2023-2650: and what is printed of it is short. */
static void critical_and_huge(void **state)
{
    pki_spec leaf = pki_leaf_spec(pki_key(2), root);
    char *oid = pki_get(40000), *at = oid;

    (void)state;
    at += sprintf(at, "1.2");
    for (int i = 0; i < 2000; i++)
        at += sprintf(at, ".%u", 4000000000u - (unsigned)i);
    pki_put(leaf.extensions, oid, true, pki_hex("05 00"));
    expect_rejected(&leaf, DAOTP_FINDING_CHAIN_CRITICAL);
    assert_true(strlen(daotp_finding_get_found(pki_find(DAOTP_FINDING_CHAIN_CRITICAL, NULL))) <=
                128);
    pki_expect_cheap();
}

/* Each that is known, and holds what it must not: refused, critical or not. */
static void known_and_malformed(void **state)
{
    static const struct {
        const char *oid, *value;
    } bad[] = {
        {PKI_OID_BASIC, "30 03 01 01 00"},
        {PKI_OID_BASIC, "30 03 01 01 01"},
        {PKI_OID_BASIC, "30 00 00"},
        {PKI_OID_BASIC, "04 00"},
        {PKI_OID_KEY_USAGE, "03 01 00"},
        {PKI_OID_KEY_USAGE, "03 02 07 00"},
        {PKI_OID_KEY_USAGE, "03 02 07 81"},
        {PKI_OID_KEY_USAGE, "04 01 80"},
        {PKI_OID_EKU, "30 00"},
        {PKI_OID_EKU, "30 02 06 00"},
        {PKI_OID_EKU, "06 01 2A"},
        {PKI_OID_SAN, "30 00"},
        {PKI_OID_SAN, "82 01 61"},
        {PKI_OID_SAN, "30 02 0C 00"},
        {PKI_OID_SAN, "30 04 A0 02 06 00"},
        {PKI_OID_SKI, "04 00"},
        {PKI_OID_SKI, "03 01 00"},
        {PKI_OID_AKI, "30 02 80 00"},
        {PKI_OID_AKI, "30 03 82 01 05"},
        {PKI_OID_AKI, "04 00"},
        {PKI_OID_POINTS, "30 00"},
        {PKI_OID_POINTS, "30 02 30 00"},
        {PKI_OID_POINTS, "30 06 30 04 81 02 06 40"},
        {PKI_OID_FRESHEST, "30 00"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        pki_spec leaf = pki_leaf_spec(pki_key(2), root);

        pki_put(leaf.extensions, bad[i].oid, i % 2 == 0, pki_hex(bad[i].value));
        if (pki_verify(&ask, pki_make(&leaf)) != DAOTP_REJECTED)
            fail_msg("%s %s: %s", bad[i].oid, bad[i].value, daotp_status_name(pki_last.status));
        pki_expect_finding(DAOTP_FINDING_CHAIN_EXTENSION, "www.example.com");
    }
}

/* CVE-2026-35189: 64 distribution points, and no more. */
static void points_are_counted(void **state)
{
    daotp__bytes one =
                     PKI_SEQ(pki_tlv(0xA0, pki_tlv(0xA0, PKI_TEXT(PKI_URI, "http://c.example/")))),
                 points = PKI_NOTHING;
    pki_spec leaf = pki_leaf_spec(pki_key(2), root);

    (void)state;
    for (unsigned i = 0; i < 64; i++)
        points = PKI_JOIN(points, one);
    pki_put(leaf.extensions, PKI_OID_POINTS, false, pki_tlv(0x30, points));
    pki_expect(&ask, pki_make(&leaf), DAOTP_OK, 0);
    pki_put(leaf.extensions, PKI_OID_POINTS, false, pki_tlv(0x30, PKI_JOIN(points, one)));
    expect_rejected(&leaf, DAOTP_FINDING_CHAIN_EXTENSION);
}

/* ---- a file that changes underneath ---------------------------------------------------------- */

static daotp_status verify_by_file(const char *path, daotp__bytes later, off_t length)
{
    const pki_cert *leaf = pki_leaf(pki_key(2), root);
    daotp_context *context = forge_context();
    daotp_verifier *verifier;
    daotp_trust *trust;
    daotp_status status;
    FILE *file;

    assert_int_equal(daotp_trust_new(context, &trust), DAOTP_OK);
    assert_int_equal(daotp_trust_add(trust, root->der.data, root->der.len, NULL), DAOTP_OK);
    assert_int_equal(daotp_trust_add_crl_file(trust, path, NULL), DAOTP_OK);
    file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fwrite(later.data, 1, later.len, file), later.len);
    (void)fclose(file);
    assert_int_equal(truncate(path, length), 0);
    assert_int_equal(daotp_verifier_new(context, trust, &verifier), DAOTP_OK);
    status = daotp_verifier_verify(verifier, leaf->der.data, leaf->der.len);
    daotp_verifier_free(verifier);
    daotp_trust_unref(trust);
    daotp_context_unref(context);
    return status;
}

/* Cut to nothing (SIGBUS in a mapping), or written over, after it was read. */
static void crl_file_changes_underneath(void **state)
{
    char path[] = "/tmp/daotp-test-crl-XXXXXX";
    int fd = mkstemp(path);
    daotp__bytes crl = pki_crl(root, 1, pki_entry(pki_number(3), PKI_NOTHING));
    uint8_t *zeros = pki_get(crl.len);

    (void)state;
    assert_true(fd >= 0);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(pwrite(fd, crl.data, crl.len, 0), crl.len);
        assert_int_equal(verify_by_file(path, (daotp__bytes){zeros, i == 0 ? 0 : crl.len},
                                        i == 0 ? 0 : (off_t)crl.len),
                         DAOTP_OK);
    }
    (void)close(fd);
    (void)unlink(path);
}

/* What is no file of a CRL is said so, and nothing is waited for. */
static void crl_files_that_are_none(void **state)
{
    char path[] = "/tmp/daotp-test-crl-XXXXXX";
    int fd = mkstemp(path);
    test_report report = test_report_new();
    daotp_trust *trust;

    (void)state;
    assert_int_equal(daotp_trust_new(report.context, &trust), DAOTP_OK);
    assert_int_equal(daotp_trust_add_crl_file(trust, "/nonexistent/x", report.report),
                     DAOTP_CONFIGURATION);
    assert_true(test_report_has(&report, DAOTP_FINDING_FILE_READ));
    assert_int_equal(daotp_trust_add_crl_file(trust, "/tmp", report.report), DAOTP_CONFIGURATION);
    assert_int_equal(daotp_trust_add_crl_file(trust, "/dev/zero", report.report),
                     DAOTP_CONFIGURATION);
    assert_int_equal(daotp_trust_add_crl_file(trust, path, report.report), DAOTP_CONFIGURATION);
    assert_int_equal(write(fd, "rubbish", 7), 7);
    assert_int_equal(daotp_trust_add_crl_file(trust, path, report.report), DAOTP_PEER);
    assert_true(test_report_has(&report, DAOTP_FINDING_CRL_DER));
    (void)close(fd);
    (void)unlink(path);
    daotp_trust_unref(trust);
    test_report_free(&report);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, begin, pki_end_test)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(curves_that_are_not_named),
        TEST(rsa_keys_of_other_sizes),
        TEST(keys_whose_private_half_is_known),
        TEST(authority_whose_private_key_is_known),
        TEST(point_off_the_curve),
        TEST(signatures_that_are_none),
        TEST(hashes_that_are_weak),
        TEST(hashes_that_are_good),
        TEST(algorithms_that_do_not_fit),
        TEST(frames_that_are_not_der),
        TEST(contents_that_are_not_der),
        TEST(cut_and_changed_anywhere),
        TEST(pem_inside_of_der),
        TEST(critical_and_not_known),
        TEST(critical_and_huge),
        TEST(known_and_malformed),
        TEST(points_are_counted),
        TEST(crl_file_changes_underneath),
        TEST(crl_files_that_are_none),
    };

    return cmocka_run_group_tests(tests, NULL, pki_end_group);
}
