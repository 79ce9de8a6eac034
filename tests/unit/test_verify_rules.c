/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rule sets strict and webpki beyond section 6: each row is one defect of a root, a CA or a
 * leaf that path takes, and what the two say of it. What the suites have of this are verdicts; here
 * it is the clause.
 */
#include "pki_ask.h"

typedef struct chain {
    pki_spec root, ca, leaf;
} chain;

typedef void spoil_fn(chain *c);

#define SPOIL(name, ...)                                                                           \
    static void name(chain *c)                                                                     \
    {                                                                                              \
        (void)c;                                                                                   \
        __VA_ARGS__                                                                                \
    }
#define PUT(who, oid, critical, value) pki_put(c->who.extensions, oid, critical, value)
#define DROP(who, oid)                 pki_drop(c->who.extensions, oid)
#define OWN_KEY                        pki_key_id(pki_spki(pki_key(0)))

SPOIL(nothing, ;)

/* serial numbers: RFC 5280 4.1.2.2 */
SPOIL(serial_negative, c->leaf.serial = pki_hex("80");)
SPOIL(serial_zero, c->leaf.serial = pki_hex("00");)
SPOIL(serial_zero_of_a_ca, c->ca.serial = pki_hex("00");)
SPOIL(serial_zero_of_the_root, c->root.serial = pki_hex("00");)
SPOIL(serial_of_20, c->leaf.serial = pki_hex("7F 000000 00000000 00000000 00000000 00000001");)
SPOIL(serial_of_21, c->leaf.serial = pki_hex("00 80 000000 00000000 00000000 00000000 00000001");)

/* names: 4.1.2.4, 4.1.2.6 */
SPOIL(leaf_without_subject, c->leaf.name = pki_hex("30 00");
      PUT(leaf, PKI_OID_SAN, true, PKI_SEQ(PKI_TEXT(PKI_DNS, "www.example.com")));)
SPOIL(leaf_without_subject_san_not_critical, c->leaf.name = pki_hex("30 00");)
SPOIL(ca_without_subject, c->ca.name = pki_hex("30 00");
      PUT(ca, PKI_OID_SAN, true, PKI_SEQ(PKI_TEXT(PKI_DNS, "ca.example.com")));)
SPOIL(control_in_the_subject,
      c->leaf.name = PKI_SEQ(PKI_SET(PKI_SEQ(pki_oid("2.5.4.10"), PKI_TEXT(0x0C, "a\7b"))));)
SPOIL(control_in_a_ca_s_subject,
      c->ca.name = PKI_SEQ(PKI_SET(PKI_SEQ(pki_oid("2.5.4.10"), PKI_TEXT(0x0C, "a\x1b[2Jb"))));)
SPOIL(broken_utf8_in_the_subject,
      c->leaf.name = PKI_SEQ(PKI_SET(PKI_SEQ(pki_oid("2.5.4.10"), PKI_TEXT(0x0C, "a\xFF"))));)

/* key identifiers: 4.2.1.1, 4.2.1.2 */
SPOIL(leaf_without_aki, DROP(leaf, PKI_OID_AKI);)
SPOIL(ca_without_aki, DROP(ca, PKI_OID_AKI);)
SPOIL(root_without_aki, DROP(root, PKI_OID_AKI);)
SPOIL(leaf_aki_critical,
      PUT(leaf, PKI_OID_AKI, true, pki_authority(pki_key_id(pki_spki(pki_key(1)))));)
SPOIL(ca_aki_critical, PUT(ca, PKI_OID_AKI, true, pki_authority(OWN_KEY));)
SPOIL(root_aki_critical, PUT(root, PKI_OID_AKI, true, pki_authority(OWN_KEY));)
SPOIL(leaf_aki_without_key_id,
      PUT(leaf, PKI_OID_AKI, false,
          PKI_SEQ(pki_tlv(0xA1, pki_directory("CN=Root")), pki_tlv(0x82, pki_number(5))));)
SPOIL(leaf_aki_with_more,
      PUT(leaf, PKI_OID_AKI, false,
          PKI_SEQ(pki_tlv(0x80, pki_key_id(pki_spki(pki_key(1)))),
                  pki_tlv(0xA1, pki_directory("CN=Root")), pki_tlv(0x82, pki_number(5))));)
SPOIL(root_aki_without_key_id,
      PUT(root, PKI_OID_AKI, false,
          PKI_SEQ(pki_tlv(0xA1, pki_directory("CN=Root")), pki_tlv(0x82, pki_number(5))));)
SPOIL(root_aki_of_another_key,
      PUT(root, PKI_OID_AKI, false, pki_authority(PKI_BYTES("another key's")));)
SPOIL(root_without_ski, DROP(root, PKI_OID_SKI);)
SPOIL(ca_without_ski, DROP(ca, PKI_OID_SKI);)
SPOIL(leaf_without_ski, DROP(leaf, PKI_OID_SKI);)
SPOIL(leaf_ski_critical,
      PUT(leaf, PKI_OID_SKI, true, pki_octets(pki_key_id(pki_spki(pki_key(2)))));)
SPOIL(ca_ski_critical, PUT(ca, PKI_OID_SKI, true, pki_octets(pki_key_id(pki_spki(pki_key(1)))));)

/* basicConstraints and keyUsage: 4.2.1.3, 4.2.1.9 */
SPOIL(ca_basic_not_critical, PUT(ca, PKI_OID_BASIC, false, pki_basic(true, -1));)
SPOIL(root_basic_not_critical, PUT(root, PKI_OID_BASIC, false, pki_basic(true, -1));)
SPOIL(root_without_basic, DROP(root, PKI_OID_BASIC);)
SPOIL(root_without_basic_or_usage, DROP(root, PKI_OID_BASIC); DROP(root, PKI_OID_KEY_USAGE);)
SPOIL(root_that_is_no_ca, PUT(root, PKI_OID_BASIC, true, pki_basic(false, -1));)
SPOIL(root_without_cert_sign, PUT(root, PKI_OID_KEY_USAGE, true, PKI_KU_SIGN_CRL);)
SPOIL(leaf_with_cert_sign, PUT(leaf, PKI_OID_KEY_USAGE, true, pki_hex("03 02 02 84"));)
SPOIL(leaf_with_path_length, PUT(leaf, PKI_OID_BASIC, true, pki_basic(false, 0));)
SPOIL(leaf_says_no_ca, PUT(leaf, PKI_OID_BASIC, true, pki_basic(false, -1));)
SPOIL(leaf_says_no_ca_not_critical, PUT(leaf, PKI_OID_BASIC, false, pki_basic(false, -1));)
SPOIL(ca_usage_not_critical, PUT(ca, PKI_OID_KEY_USAGE, false, PKI_KU_CA);)
SPOIL(ca_without_usage, DROP(ca, PKI_OID_KEY_USAGE);)
SPOIL(leaf_without_usage, DROP(leaf, PKI_OID_KEY_USAGE);)

/* names of the SAN, beside a good one: 4.2.1.6 */
#define SAN(name, tag, text)                                                                       \
    SPOIL(name, PUT(leaf, PKI_OID_SAN, false,                                                      \
                    PKI_SEQ(PKI_TEXT(PKI_DNS, "www.example.com"), PKI_TEXT(tag, text)));)
SAN(san_underscore, PKI_DNS, "a_b.example.com")
SAN(san_leading_period, PKI_DNS, ".example.com")
SAN(san_blank, PKI_DNS, " ")
SAN(san_254, PKI_DNS,
    "a23456789.123456789.123456789.123456789.123456789."
    "a23456789.123456789.123456789.123456789.123456789."
    "a23456789.123456789.123456789.123456789.123456789."
    "a23456789.123456789.123456789.123456789.123456789."
    "a23456789.123456789.123456789.123456789.123456789.abcd")
SAN(san_253, PKI_DNS,
    "a23456789.123456789.123456789.123456789.123456789."
    "a23456789.123456789.123456789.123456789.123456789."
    "a23456789.123456789.123456789.123456789.123456789."
    "a23456789.123456789.123456789.123456789.123456789."
    "a23456789.123456789.123456789.123456789.123456789.abc")
SAN(san_address_of_5, PKI_IP, "\1\2\3\4\5")
SAN(san_mailbox, PKI_EMAIL, "a.b@example.com")
SAN(san_mailbox_two_dots, PKI_EMAIL, "a..b@example.com")
SAN(san_mailbox_dot_in_front, PKI_EMAIL, ".a@example.com")
SAN(san_mailbox_dot_behind, PKI_EMAIL, "a.@example.com")
SPOIL(
    san_mailbox_of_64,
    PUT(leaf, PKI_OID_SAN, false,
        PKI_SEQ(
            PKI_TEXT(PKI_DNS, "www.example.com"),
            PKI_TEXT(
                PKI_EMAIL,
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@example.com")));)
SPOIL(
    san_mailbox_of_65,
    PUT(leaf, PKI_OID_SAN, false,
        PKI_SEQ(
            PKI_TEXT(PKI_DNS, "www.example.com"),
            PKI_TEXT(
                PKI_EMAIL,
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@example.com")));)
SAN(san_uri_that_is_none, PKI_URI, "no uri")
SPOIL(san_of_a_ca_is_none, PUT(ca, PKI_OID_SAN, false, PKI_SEQ(PKI_TEXT(PKI_DNS, "a_b")));)

/* the rest: 4.2.1.10, 4.2.1.15, 4.2.2.1 */
SPOIL(constraints_not_critical,
      PUT(ca, PKI_OID_CONSTRAINTS, false,
          PKI_SEQ(pki_tlv(0xA0, PKI_SEQ(PKI_TEXT(PKI_DNS, "example.com")))));)
SPOIL(constraints_with_leading_period,
      PUT(ca, PKI_OID_CONSTRAINTS, true,
          PKI_SEQ(pki_tlv(0xA0, PKI_SEQ(PKI_TEXT(PKI_DNS, ".example.com")))));)
SPOIL(access_critical,
      PUT(leaf, "1.3.6.1.5.5.7.1.1", true,
          PKI_SEQ(PKI_SEQ(pki_oid("1.3.6.1.5.5.7.48.1"), PKI_TEXT(PKI_URI, "http://o.example/"))));)
SPOIL(freshest_critical,
      PUT(leaf, PKI_OID_FRESHEST, true,
          PKI_SEQ(PKI_SEQ(pki_tlv(0xA0, pki_tlv(0xA0, PKI_TEXT(PKI_URI, "http://c.example/"))))));)

/* purposes along the path, as Windows and the public web read them */
SPOIL(ca_for_clients, PUT(ca, PKI_OID_EKU, false, PKI_SEQ(pki_oid(PKI_OID_CLIENT)));)
SPOIL(ca_for_both,
      PUT(ca, PKI_OID_EKU, false, PKI_SEQ(pki_oid(PKI_OID_CLIENT), pki_oid(PKI_OID_SERVER)));)
SPOIL(ca_for_anything, PUT(ca, PKI_OID_EKU, false, PKI_SEQ(pki_oid(PKI_OID_ANY_EKU)));)

/* the public web */
SPOIL(root_of_version_1, c->root.version = 1;
      memset(c->root.extensions, 0, sizeof c->root.extensions);)
SPOIL(root_with_purpose, PUT(root, PKI_OID_EKU, false, PKI_SEQ(pki_oid(PKI_OID_SERVER)));)
SPOIL(root_for_clients, PUT(root, PKI_OID_EKU, false, PKI_SEQ(pki_oid(PKI_OID_CLIENT)));)
SPOIL(leaf_without_purpose, DROP(leaf, PKI_OID_EKU);)
SPOIL(leaf_purpose_critical, PUT(leaf, PKI_OID_EKU, true, PKI_SEQ(pki_oid(PKI_OID_SERVER)));)
SPOIL(leaf_for_anything,
      PUT(leaf, PKI_OID_EKU, false, PKI_SEQ(pki_oid(PKI_OID_SERVER), pki_oid(PKI_OID_ANY_EKU)));)
SPOIL(leaf_without_san, DROP(leaf, PKI_OID_SAN);)
SPOIL(leaf_san_critical,
      PUT(leaf, PKI_OID_SAN, true, PKI_SEQ(PKI_TEXT(PKI_DNS, "www.example.com")));)
SPOIL(leaf_is_a_ca, PUT(leaf, PKI_OID_BASIC, true, pki_basic(true, -1));
      PUT(leaf, PKI_OID_KEY_USAGE, true, pki_hex("03 02 02 84"));)
SPOIL(cn_not_in_san, c->leaf.subject = "CN=other.example.com";)
SPOIL(cn_in_capitals, c->leaf.subject = "CN=WWW.example.com";)
SPOIL(cn_behind_a_wildcard, c->leaf.subject = "CN=*.example.com";)
SPOIL(no_cn, c->leaf.subject = "O=Example";)
SPOIL(cn_address, c->leaf.subject = "CN=192.0.2.1";
      PUT(leaf, PKI_OID_SAN, false,
          PKI_SEQ(PKI_TEXT(PKI_DNS, "www.example.com"), PKI_TEXT(PKI_IP, "\xC0\0\2\1")));)
SPOIL(cn_other_address, c->leaf.subject = "CN=192.0.2.2";
      PUT(leaf, PKI_OID_SAN, false,
          PKI_SEQ(PKI_TEXT(PKI_DNS, "www.example.com"), PKI_TEXT(PKI_IP, "\xC0\0\2\1")));)
#define CN_AND_ADDRESSES(cn)                                                                       \
    c->leaf.subject = "CN=" cn;                                                                    \
    PUT(leaf, PKI_OID_SAN, false,                                                                  \
        PKI_SEQ(PKI_TEXT(PKI_IP, "\xC0\0\2\1"),                                                    \
                PKI_TEXT(PKI_IP, "\x20\1\x0D\xB8\0\0\0\0\0\0\0\0\0\0\0\1")));
SPOIL(cn_ipv6, CN_AND_ADDRESSES("2001:db8::1"))
SPOIL(cn_ipv6_in_capitals, CN_AND_ADDRESSES("2001:DB8::1"))
SPOIL(cn_ipv6_long, CN_AND_ADDRESSES("2001:db8:0:0:0:0:0:1"))
SPOIL(cn_ipv6_padded, CN_AND_ADDRESSES("2001:0db8::1"))
SPOIL(cn_hexadecimal, CN_AND_ADDRESSES("0xC0.0.2.1"))
SPOIL(cn_one_hexadecimal, CN_AND_ADDRESSES("0xC0000201"))
SPOIL(cn_octal, CN_AND_ADDRESSES("0300.0.2.1"))
SPOIL(cn_decimal, CN_AND_ADDRESSES("3221225985"))
SPOIL(cn_short, CN_AND_ADDRESSES("192.513"))
SPOIL(cn_padded_octets, CN_AND_ADDRESSES("192.000.002.001"))
SPOIL(cn_blank_in_front, CN_AND_ADDRESSES(" 192.0.2.1"))
SPOIL(cn_trailing_period, CN_AND_ADDRESSES("192.0.2.1."))
SPOIL(cn_network, CN_AND_ADDRESSES("192.0.2.1/32"))
SPOIL(cn_in_brackets, CN_AND_ADDRESSES("[192.0.2.1]"))
SPOIL(cn_wide_digits, CN_AND_ADDRESSES("\xEF\xBC\x91"
                                       "92.0.2.1"))
SPOIL(cn_number_too_large, CN_AND_ADDRESSES("300.0.2.1"))
SPOIL(cn_digits_too_many, CN_AND_ADDRESSES("32212259850"))
SPOIL(cn_ipv6_in_brackets, CN_AND_ADDRESSES("[2001:db8::1]"))
SPOIL(cn_ipv6_with_zone, CN_AND_ADDRESSES("2001:db8::1%eth0"))
SPOIL(cn_ipv6_mixed, CN_AND_ADDRESSES("2001:db8::0.0.0.1"))
SPOIL(cn_words, CN_AND_ADDRESSES("the web server"))
SPOIL(cn_host_beside_addresses, CN_AND_ADDRESSES("www.example.com"))
SPOIL(ecdsa_with_parameters,
      c->leaf.algorithm = PKI_SEQ(pki_oid("1.2.840.10045.4.3.2"), PKI_BYTES("\x05\x00"));)
SPOIL(leaf_maps_to_any_policy,
      PUT(leaf, "2.5.29.33", true, PKI_SEQ(PKI_SEQ(pki_oid("1.2.3.4"), pki_oid("2.5.29.32.0"))));)
SPOIL(root_key_of_2050_bits, c->root.key = pki_rsa(0, 2050);)
SPOIL(leaf_key_of_2050_bits, c->leaf.key = pki_rsa(0, 2050);)
SPOIL(leaf_key_of_2056_bits, c->leaf.key = pki_rsa(1, 2056);)
SPOIL(root_signs_with_a_salt_of_20, c->root.key = pki_rsa(2, 2048);
      pki_use_pss(&c->ca, EVP_sha256(), 20);)
SPOIL(root_signs_with_a_salt_of_32, c->root.key = pki_rsa(2, 2048);
      pki_use_pss(&c->ca, EVP_sha256(), 32);)

static EVP_PKEY *ed25519_key;

SPOIL(leaf_key_of_ed25519, ed25519_key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
      c->leaf.key = ed25519_key;)

typedef struct row {
    const char *name;
    spoil_fn *spoil;
    const char *whose; /* in the subject of the finding; NULL: any */
    daotp_finding_number strict, webpki;
} row;

#define ROW(spoil, whose, strict, webpki)                                                          \
    {                                                                                              \
#spoil, spoil, whose, DAOTP_FINDING_##strict, DAOTP_FINDING_##webpki                       \
    }
#define LEAF "CN=www.example.com"
#define CA   "CN=Issuing CA"
#define ROOT "CN=Root"

static const row rows[] = {
    ROW(nothing, NULL, NONE, NONE),

    ROW(serial_negative, LEAF, PROFILE_SERIAL, PROFILE_SERIAL),
    ROW(serial_zero, LEAF, PROFILE_SERIAL, PROFILE_SERIAL),
    ROW(serial_zero_of_a_ca, CA, PROFILE_SERIAL, PROFILE_SERIAL),
    ROW(serial_zero_of_the_root, NULL, NONE, NONE), /* roots of old have it, and are trusted */
    ROW(serial_of_20, NULL, NONE, NONE),
    ROW(serial_of_21, LEAF, PROFILE_SERIAL, PROFILE_SERIAL),

    ROW(leaf_without_subject, NULL, NONE, NONE),
    ROW(leaf_without_subject_san_not_critical, NULL, PROFILE_SUBJECT, PROFILE_SUBJECT),
    ROW(ca_without_subject, NULL, PROFILE_SUBJECT, PROFILE_SUBJECT),
    ROW(control_in_the_subject, NULL, PROFILE_SUBJECT, PROFILE_SUBJECT),
    ROW(control_in_a_ca_s_subject, NULL, PROFILE_SUBJECT, PROFILE_SUBJECT),
    ROW(broken_utf8_in_the_subject, NULL, PROFILE_SUBJECT, PROFILE_SUBJECT),

    ROW(leaf_without_aki, LEAF, PROFILE_AKI, PROFILE_AKI),
    ROW(ca_without_aki, CA, PROFILE_AKI, PROFILE_AKI),
    ROW(root_without_aki, NULL, NONE, NONE),
    ROW(leaf_aki_critical, LEAF, PROFILE_AKI, PROFILE_AKI),
    ROW(ca_aki_critical, CA, PROFILE_AKI, PROFILE_AKI),
    ROW(root_aki_critical, ROOT, PROFILE_AKI, PROFILE_AKI),
    ROW(leaf_aki_without_key_id, LEAF, PROFILE_AKI, PROFILE_AKI),
    ROW(leaf_aki_with_more, LEAF, NONE, PROFILE_AKI),
    ROW(root_aki_without_key_id, ROOT, NONE, PROFILE_AKI),
    ROW(root_aki_of_another_key, ROOT, NONE, PROFILE_AKI), /* BR 7.1.2.1.3 */
    ROW(root_without_ski, ROOT, PROFILE_SKI, PROFILE_SKI),
    ROW(ca_without_ski, CA, PROFILE_SKI, PROFILE_SKI),
    ROW(leaf_without_ski, NULL, NONE, NONE),
    ROW(leaf_ski_critical, LEAF, PROFILE_SKI, PROFILE_SKI),
    ROW(ca_ski_critical, CA, PROFILE_SKI, PROFILE_SKI),

    ROW(ca_basic_not_critical, CA, PROFILE_BASIC, PROFILE_BASIC),
    ROW(root_basic_not_critical, ROOT, PROFILE_BASIC, PROFILE_BASIC),
    ROW(root_without_basic, ROOT, PROFILE_BASIC, PROFILE_BASIC),
    ROW(root_without_basic_or_usage, ROOT, PROFILE_BASIC, PROFILE_BASIC),
    ROW(root_that_is_no_ca, ROOT, PROFILE_BASIC, PROFILE_BASIC),
    ROW(root_without_cert_sign, ROOT, PROFILE_KEY_USAGE, PROFILE_KEY_USAGE),
    ROW(leaf_with_cert_sign, LEAF, PROFILE_KEY_USAGE, PROFILE_KEY_USAGE),
    ROW(leaf_with_path_length, LEAF, PROFILE_BASIC, PROFILE_BASIC),
    ROW(leaf_says_no_ca, NULL, NONE, NONE),
    ROW(leaf_says_no_ca_not_critical, NULL, NONE, NONE),
    ROW(ca_usage_not_critical, NULL, NONE, NONE),                    /* a SHOULD */
    ROW(ca_without_usage, CA, PROFILE_KEY_USAGE, PROFILE_KEY_USAGE), /* as the suites have it */
    ROW(leaf_without_usage, NULL, NONE, NONE),

    ROW(san_underscore, LEAF, PROFILE_SAN, PROFILE_SAN),
    ROW(san_leading_period, LEAF, PROFILE_SAN, PROFILE_SAN),
    ROW(san_blank, LEAF, PROFILE_SAN, PROFILE_SAN),
    ROW(san_253, NULL, NONE, NONE),
    ROW(san_254, LEAF, PROFILE_SAN, PROFILE_SAN),
    ROW(san_address_of_5, LEAF, PROFILE_SAN, PROFILE_SAN),
    ROW(san_mailbox, LEAF, NONE, WEBPKI_SAN),
    ROW(san_mailbox_two_dots, LEAF, PROFILE_SAN, PROFILE_SAN),
    ROW(san_mailbox_dot_in_front, LEAF, PROFILE_SAN, PROFILE_SAN),
    ROW(san_mailbox_dot_behind, LEAF, PROFILE_SAN, PROFILE_SAN),
    ROW(san_mailbox_of_64, LEAF, NONE, WEBPKI_SAN),
    ROW(san_mailbox_of_65, LEAF, PROFILE_SAN, PROFILE_SAN),
    ROW(san_uri_that_is_none, LEAF, PROFILE_SAN, PROFILE_SAN),
    ROW(san_of_a_ca_is_none, CA, PROFILE_SAN, PROFILE_SAN),

    ROW(constraints_not_critical, CA, PROFILE_CONSTRAINTS, NONE),
    ROW(constraints_with_leading_period, CA, PROFILE_CONSTRAINTS, PROFILE_CONSTRAINTS),
    ROW(access_critical, LEAF, PROFILE_ACCESS, PROFILE_ACCESS),
    ROW(freshest_critical, LEAF, PROFILE_ACCESS, PROFILE_ACCESS),

    ROW(ca_for_clients, LEAF, CHAIN_PURPOSE, CHAIN_PURPOSE),
    ROW(ca_for_both, NULL, NONE, NONE),
    ROW(ca_for_anything, NULL, NONE, NONE),

    ROW(root_of_version_1, ROOT, PROFILE_BASIC, PROFILE_VERSION),
    ROW(root_with_purpose, ROOT, NONE, WEBPKI_EKU),
    ROW(root_for_clients, ROOT, NONE, WEBPKI_EKU), /* RFC 5280 6.1.1 (d): a name and a key */
    ROW(leaf_without_purpose, LEAF, NONE, WEBPKI_EKU),
    ROW(leaf_purpose_critical, LEAF, NONE, WEBPKI_EKU),
    ROW(leaf_for_anything, LEAF, NONE, WEBPKI_EKU),
    ROW(leaf_without_san, LEAF, NONE, WEBPKI_SAN),
    ROW(leaf_san_critical, LEAF, NONE, WEBPKI_SAN),
    ROW(leaf_is_a_ca, LEAF, NONE, WEBPKI_CA),
    ROW(cn_not_in_san, "other", NONE, WEBPKI_CN),
    ROW(cn_in_capitals, "WWW", NONE, WEBPKI_CN),
    ROW(cn_behind_a_wildcard, "example", NONE, WEBPKI_CN),
    ROW(no_cn, NULL, NONE, NONE),
    ROW(cn_address, NULL, NONE, NONE),
    ROW(cn_other_address, "192.0.2.2", NONE, WEBPKI_CN),
    ROW(cn_ipv6, NULL, NONE, NONE),
    ROW(cn_ipv6_in_capitals, "2001", NONE, WEBPKI_CN),
    ROW(cn_ipv6_long, "2001", NONE, WEBPKI_CN),
    ROW(cn_ipv6_padded, "2001", NONE, WEBPKI_CN),
    ROW(cn_hexadecimal, "0xC0", NONE, WEBPKI_CN),
    ROW(cn_one_hexadecimal, "0xC0", NONE, WEBPKI_CN),
    ROW(cn_octal, "0300", NONE, WEBPKI_CN),
    ROW(cn_decimal, "3221", NONE, WEBPKI_CN),
    ROW(cn_short, "192.513", NONE, WEBPKI_CN),
    ROW(cn_padded_octets, "192.000", NONE, WEBPKI_CN),
    ROW(cn_blank_in_front, " 192", NONE, WEBPKI_CN),
    ROW(cn_trailing_period, "192.0.2.1.", NONE, WEBPKI_CN),
    ROW(cn_network, "/32", NONE, WEBPKI_CN),
    ROW(cn_in_brackets, "[192", NONE, WEBPKI_CN),
    ROW(cn_wide_digits, "92.0.2.1", NONE, WEBPKI_CN),
    ROW(cn_number_too_large, "300.0", NONE, WEBPKI_CN),
    ROW(cn_digits_too_many, "32212259850", NONE, WEBPKI_CN),
    ROW(cn_ipv6_in_brackets, "[2001", NONE, WEBPKI_CN),
    ROW(cn_ipv6_with_zone, "%eth0", NONE, WEBPKI_CN),
    ROW(cn_ipv6_mixed, "0.0.0.1", NONE, WEBPKI_CN),
    ROW(cn_words, "the web", NONE, WEBPKI_CN),
    ROW(cn_host_beside_addresses, NULL, NONE, NONE), /* limbo: exact-localhost-ip-san */
    ROW(ecdsa_with_parameters, LEAF, PROFILE_ALGORITHM, PROFILE_ALGORITHM),
    ROW(leaf_maps_to_any_policy, LEAF, PROFILE_POLICY, PROFILE_POLICY),
    ROW(root_key_of_2050_bits, ROOT, NONE, WEBPKI_KEY),
    ROW(leaf_key_of_2050_bits, LEAF, NONE, WEBPKI_KEY),
    ROW(leaf_key_of_2056_bits, NULL, NONE, NONE),
    ROW(leaf_key_of_ed25519, LEAF, NONE, WEBPKI_KEY),
    ROW(root_signs_with_a_salt_of_20, CA, NONE, WEBPKI_SIGNATURE),
    ROW(root_signs_with_a_salt_of_32, NULL, NONE, NONE),
};
enum { ROWS = sizeof rows / sizeof rows[0] };

/* ---- asking ---------------------------------------------------------------------------------- */

static void expect(const pki_ask *ask, const row *one, const pki_cert *leaf)
{
    daotp_finding_number wanted = ask->rules == DAOTP_RULES_STRICT   ? one->strict
                                  : ask->rules == DAOTP_RULES_WEBPKI ? one->webpki
                                                                     : DAOTP_FINDING_NONE;

    pki_expect(ask, leaf, wanted == DAOTP_FINDING_NONE ? DAOTP_OK : DAOTP_REJECTED, 0);
    if (wanted != DAOTP_FINDING_NONE)
        pki_expect_finding(wanted, one->whose);
    if (wanted == DAOTP_FINDING_PROFILE_SAN) {
        const char *found = daotp_finding_get_found(pki_find(wanted, one->whose));

        if (strstr(found, "subjectAltName.") == NULL || strstr(found, ", octet ") == NULL ||
            strstr(found, "RFC 5280 4.2.1.6") == NULL)
            fail_msg("%s", found);
    }
}

static void rules_are_kept(void **state)
{
    const row *one = *state;
    chain c = {.root = pki_ca_spec(ROOT, pki_key(0), NULL)};
    pki_ask ask = {0};
    const pki_cert *root, *ca;

    /* twice: with the first the issuer's names and identifiers are there, with the second its key
     */
    root = pki_make(&c.root);
    c.ca = pki_ca_spec(CA, pki_key(1), root);
    ca = pki_make(&c.ca);
    c.leaf = pki_leaf_spec(pki_key(2), ca);
    one->spoil(&c);
    ask.anchors[0] = c.ca.issuer = pki_make(&c.root);
    ask.between[0] = c.leaf.issuer = pki_make(&c.ca);
    for (int rules = DAOTP_RULES_PATH; rules <= DAOTP_RULES_WEBPKI; rules++) {
        ask.rules = (daotp_rules)rules;
        expect(&ask, one, pki_make(&c.leaf));
    }
    EVP_PKEY_free(ed25519_key);
    ed25519_key = NULL;
}

/* Each clause of the profile and of the public web is met by a row, or by a test named here. */
static void every_clause_has_a_row(void **state)
{
    static const daotp_finding_number elsewhere[] = {
        DAOTP_FINDING_PROFILE_VALIDITY, /* test_verify_time */
        DAOTP_FINDING_PROFILE_POLICY,   /* test_verify_policy */
        DAOTP_FINDING_PROFILE_ISSUER,   /* below */
    };

    (void)state;
    for (daotp_finding_number n = daotp_catalogue_next(DAOTP_FINDING_NONE); n != DAOTP_FINDING_NONE;
         n = daotp_catalogue_next(n)) {
        const char *id = daotp_catalogue_get_id(n);
        bool met = strncmp(id, "PROFILE-", 8) != 0 && strncmp(id, "WEBPKI-", 7) != 0;

        for (size_t i = 0; i < ROWS; i++)
            met = met || rows[i].strict == n || rows[i].webpki == n;
        for (size_t i = 0; i < sizeof elsewhere / sizeof elsewhere[0]; i++)
            met = met || elsewhere[i] == n;
        if (!met)
            fail_msg("%s is met by no row", id);
    }
}

/* Under an anchor without a name; the path leads there all the same. */
static void an_issuer_without_a_name(void **state)
{
    pki_spec spec = pki_ca_spec("", pki_key(0), NULL), leaf;
    pki_ask ask = {.rules = DAOTP_RULES_PATH};

    (void)state;
    spec.name = pki_hex("30 00");
    ask.anchors[0] = pki_make(&spec);
    leaf = pki_leaf_spec(pki_key(2), ask.anchors[0]);
    pki_expect(&ask, pki_make(&leaf), DAOTP_OK, 0);
    ask.rules = DAOTP_RULES_STRICT;
    pki_expect(&ask, pki_make(&leaf), DAOTP_REJECTED, 0);
    pki_expect_finding(DAOTP_FINDING_PROFILE_ISSUER, LEAF);
}

/* The purpose that is asked for must survive the CAs, also where the leaf names another that does.
 */
static void the_purpose_asked_for_survives(void **state)
{
    const pki_cert *root = pki_ca(ROOT, pki_key(0), NULL), *ca;
    pki_spec spec = pki_ca_spec(CA, pki_key(1), root), leaf;
    pki_ask ask = {.anchors = {root}, .rules = DAOTP_RULES_STRICT};

    (void)state;
    pki_put(spec.extensions, PKI_OID_EKU, false, PKI_SEQ(pki_oid(PKI_OID_CLIENT)));
    ca = ask.between[0] = pki_make(&spec);
    leaf = pki_leaf_spec(pki_key(2), ca);
    pki_put(leaf.extensions, PKI_OID_EKU, false,
            PKI_SEQ(pki_oid(PKI_OID_SERVER), pki_oid(PKI_OID_CLIENT)));
    ask.purpose = PKI_OID_CLIENT;
    pki_expect(&ask, pki_make(&leaf), DAOTP_OK, 0);
    ask.purpose = PKI_OID_SERVER;
    pki_expect(&ask, pki_make(&leaf), DAOTP_REJECTED, DAOTP_FINDING_CHAIN_PURPOSE);
    pki_drop(leaf.extensions, PKI_OID_EKU); /* good for anything, but for what the CA is not */
    pki_expect(&ask, pki_make(&leaf), DAOTP_REJECTED, DAOTP_FINDING_CHAIN_PURPOSE);
    ask.purpose = PKI_OID_CLIENT;
    pki_expect(&ask, pki_make(&leaf), DAOTP_OK, 0);
}

int main(void)
{
    struct CMUnitTest tests[ROWS + 3] = {PKI_TEST(every_clause_has_a_row),
                                         PKI_TEST(an_issuer_without_a_name),
                                         PKI_TEST(the_purpose_asked_for_survives)};

    for (size_t i = 0; i < ROWS; i++)
        tests[3 + i] = (struct CMUnitTest)PKI_ROW(rows[i].name, rules_are_kept, &rows[i]);
    return cmocka_run_group_tests(tests, NULL, pki_end_group);
}
