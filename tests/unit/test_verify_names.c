/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The name-constraint traps of reference/validation.md, 4 and 5: each row is a CA with permitted
 * and excluded subtrees, and the names of a certificate under it. Then the names that are asked
 * for.
 */
#include "pki_ask.h"

#include "x509/name_match.h"

/* A GeneralName; a directoryName as "O=Good,CN=x". */
typedef struct item {
    unsigned tag;
    daotp__bytes content;
} item;

#define ITEM(tag, text)                                                                            \
    {                                                                                              \
        tag,                                                                                       \
        {                                                                                          \
            (const uint8_t *)(text), sizeof(text) - 1                                              \
        }                                                                                          \
    }
#define DNS(text)       ITEM(PKI_DNS, text)
#define EMAIL(text)     ITEM(PKI_EMAIL, text)
#define URI(text)       ITEM(PKI_URI, text)
#define IP(text)        ITEM(PKI_IP, text)
#define DIRECTORY(text) ITEM(PKI_DIRECTORY, text)
#define OTHER           ITEM(0xA0, "\x06\x03\x2a\x03\x04\xa0\x03\x0c\x01x")
/* SmtpUTF8Mailbox, of 15 octets */
#define UTF8_MAILBOX(text)                                                                         \
    ITEM(0xA0, "\x06\x08\x2b\x06\x01\x05\x05\x07\x08\x09\xa0\x11\x0c\x0f" text)
#define X400       ITEM(0xA3, "\x30\x00")
#define EDI_PARTY  ITEM(0xA5, "\xa1\x03\x0c\x01x")
#define REGISTERED ITEM(0x88, "\x2a\x03\x04")

/* A tag with this bit set: the content as it stands, though it is a directoryName's. */
enum { AS_IT_STANDS = 0x400 };

typedef struct row {
    const char *name;
    item permitted[3], excluded[3], names[3]; /* names: of the SAN */
    const char *subject;                      /* NULL: empty */
    daotp_status status;
    daotp_finding_number finding;
} row;

#define ALL(...)                                                                                   \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }
#define NONE                                                                                       \
    {                                                                                              \
        {                                                                                          \
            0,                                                                                     \
            {                                                                                      \
                NULL, 0                                                                            \
            }                                                                                      \
        }                                                                                          \
    }
#define GOOD                                NULL, DAOTP_OK, 0
#define NOT_PERMITTED                       NULL, DAOTP_REJECTED, DAOTP_FINDING_CHAIN_NOT_PERMITTED
#define EXCLUDED                            NULL, DAOTP_REJECTED, DAOTP_FINDING_CHAIN_EXCLUDED
#define INVALID                             NULL, DAOTP_REJECTED, DAOTP_FINDING_CHAIN_NAME_INVALID
#define MALFORMED                           NULL, DAOTP_REJECTED, DAOTP_FINDING_CHAIN_CONSTRAINTS
#define FORM                                NULL, DAOTP_UNDECIDED, DAOTP_FINDING_CHAIN_NAME_FORM
#define OF(subject, verdict)                OF_(subject, verdict)
#define OF_(subject, null, status, finding) subject, status, finding

static const row rows[] = {
    /* ---- dNSName ---- */
    {"dns_itself", ALL(DNS("example.com")), NONE, ALL(DNS("example.com")), GOOD},
    {"dns_below", ALL(DNS("example.com")), NONE, ALL(DNS("a.b.example.com")), GOOD},
    {"dns_in_capitals", ALL(DNS("eXample.com")), NONE, ALL(DNS("WWW.EXAMPLE.COM")), GOOD},
    {"dns_beside", ALL(DNS("example.com")), NONE, ALL(DNS("www.example.org")), NOT_PERMITTED},
    {"dns_no_label_between", ALL(DNS("example.com")), NONE, ALL(DNS("wwwexample.com")),
     NOT_PERMITTED},
    {"dns_at_the_front", ALL(DNS("example.com")), NONE, ALL(DNS("example.com.evil.com")),
     NOT_PERMITTED},
    {"dns_above", ALL(DNS("www.example.com")), NONE, ALL(DNS("example.com")), NOT_PERMITTED},
    {"dns_second_name", ALL(DNS("example.com")), NONE, ALL(DNS("www.example.com"), DNS("evil.com")),
     NOT_PERMITTED},
    {"dns_one_of_two_bases", ALL(DNS("example.org"), DNS("example.com")), NONE,
     ALL(DNS("www.example.com")), GOOD},
    {"dns_excluded", NONE, ALL(DNS("example.com")), ALL(DNS("www.example.com")), EXCLUDED},
    {"dns_excluded_in_capitals", NONE, ALL(DNS("EXAMPLE.com")), ALL(DNS("www.example.COM")),
     EXCLUDED},
    {"dns_excluded_beside", NONE, ALL(DNS("example.com")), ALL(DNS("www.example.org")), GOOD},
    {"dns_excluded_beats_permitted", ALL(DNS("example.com")), ALL(DNS("www.example.com")),
     ALL(DNS("www.example.com")), EXCLUDED},
    {"dns_all_permitted", ALL(DNS("")), NONE, ALL(DNS("www.example.com")), GOOD},
    {"dns_all_excluded", NONE, ALL(DNS("")), ALL(DNS("www.example.com")), EXCLUDED},
    {"dns_constraint_on_other_kinds", ALL(DNS("example.com")), NONE, ALL(EMAIL("u@evil.com")),
     GOOD},

    /* wildcards: permitted wants all that they stand for inside, excluded any (CVE-2025-61727) */
    {"wildcard_inside", ALL(DNS("example.com")), NONE, ALL(DNS("*.example.com")), GOOD},
    {"wildcard_wider_than_permitted", ALL(DNS("www.example.com")), NONE, ALL(DNS("*.example.com")),
     NOT_PERMITTED},
    {"wildcard_at_the_permitted", ALL(DNS("www.example.com")), NONE, ALL(DNS("*.www.example.com")),
     GOOD},
    {"wildcard_over_the_excluded", NONE, ALL(DNS("bar.example.com")), ALL(DNS("*.example.com")),
     EXCLUDED},
    {"wildcard_over_the_excluded_in_capitals", NONE, ALL(DNS("bar.EXAMPLE.com")),
     ALL(DNS("*.example.COM")), EXCLUDED},
    {"wildcard_with_a_dot_over_the_excluded", NONE, ALL(DNS("bar.example.com")),
     ALL(DNS("*.example.com.")), EXCLUDED},
    {"wildcard_in_the_excluded", NONE, ALL(DNS("example.com")), ALL(DNS("*.example.com")),
     EXCLUDED},
    {"wildcard_one_label_short", NONE, ALL(DNS("a.b.example.com")), ALL(DNS("*.example.com")),
     GOOD},
    {"wildcard_of_a_top_domain", NONE, ALL(DNS("example.com")), ALL(DNS("*.com")), EXCLUDED},
    {"wildcard_alone", NONE, ALL(DNS("example.com")), ALL(DNS("*")), INVALID},
    {"wildcard_in_a_label", NONE, ALL(DNS("www.example.com")), ALL(DNS("w*.example.com")), INVALID},
    {"wildcard_twice", NONE, ALL(DNS("example.com")), ALL(DNS("*.*.com")), INVALID},
    {"wildcard_in_the_middle", ALL(DNS("example.com")), NONE, ALL(DNS("a.*.example.com")), INVALID},
    {"wildcard_in_an_excluded_base", NONE, ALL(DNS("*.example.com")), ALL(DNS("www.example.com")),
     MALFORMED},

    /* what is no name */
    {"dot_at_the_end_excluded", NONE, ALL(DNS("example.com")), ALL(DNS("www.example.com.")),
     EXCLUDED},
    {"two_dots_at_the_end", NONE, ALL(DNS("example.com")), ALL(DNS("www.example.com..")), INVALID},
    {"dot_alone", NONE, ALL(DNS("example.com")), ALL(DNS(".")), INVALID},
    {"dot_at_the_front", ALL(DNS("example.com")), NONE, ALL(DNS(".example.com")), INVALID},
    {"dns_empty", ALL(DNS("example.com")), NONE, ALL(DNS("")), INVALID},
    {"dns_nul", ALL(DNS("example.com")), NONE, ALL(DNS("evil.com\0.example.com")), INVALID},
    {"dns_nul_at_the_end", NONE, ALL(DNS("example.com")), ALL(DNS("www.example.com\0")), INVALID},
    {"dns_blank", NONE, ALL(DNS("example.com")), ALL(DNS("www.example.com ")), INVALID},
    {"dns_utf8", NONE, ALL(DNS("example.com")), ALL(DNS("m\xc3\xbcnchen.example.com")), INVALID},
    {"dns_label_of_64", ALL(DNS("com")), NONE,
     ALL(DNS("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.com")), INVALID},
    {"dns_a_label_is_compared_as_it_stands", NONE, ALL(DNS("xn--mnchen-3ya.example")),
     ALL(DNS("www.XN--mnchen-3ya.example")), EXCLUDED},
    {"base_dot_at_the_front", ALL(DNS(".example.com")), NONE, ALL(DNS("www.example.com")), GOOD},
    {"base_dot_at_the_front_excluded", NONE, ALL(DNS(".example.com")), ALL(DNS("www.example.com")),
     EXCLUDED},
    {"base_dot_at_the_front_is_below", ALL(DNS(".example.com")), NONE, ALL(DNS("example.com")),
     NOT_PERMITTED},
    {"base_dot_at_the_end", NONE, ALL(DNS("example.com.")), ALL(DNS("www.example.com")), MALFORMED},
    {"base_dot_alone", NONE, ALL(DNS(".")), ALL(DNS("www.example.com")), MALFORMED},
    {"base_nul", NONE, ALL(DNS("example.com\0")), ALL(DNS("www.example.com")), MALFORMED},
    {"base_utf8", NONE, ALL(DNS("m\xc3\xbcnchen.de")), ALL(DNS("www.example.com")), MALFORMED},

    /* ---- rfc822Name ---- */
    {"email_of_the_host", ALL(EMAIL("example.com")), NONE, ALL(EMAIL("u@Example.COM")), GOOD},
    {"email_of_a_host_below", ALL(EMAIL("example.com")), NONE, ALL(EMAIL("u@a.example.com")),
     NOT_PERMITTED},
    {"email_of_the_domain", ALL(EMAIL(".example.com")), NONE, ALL(EMAIL("u@a.example.com")), GOOD},
    {"email_of_the_host_not_the_domain", ALL(EMAIL(".example.com")), NONE,
     ALL(EMAIL("u@example.com")), NOT_PERMITTED},
    {"email_of_the_mailbox", ALL(EMAIL("u@example.com")), NONE, ALL(EMAIL("u@EXAMPLE.com")), GOOD},
    {"email_local_part_has_case", ALL(EMAIL("u@example.com")), NONE, ALL(EMAIL("U@example.com")),
     NOT_PERMITTED},
    {"email_of_another_mailbox", ALL(EMAIL("u@example.com")), NONE, ALL(EMAIL("uu@example.com")),
     NOT_PERMITTED},
    {"email_excluded_host", NONE, ALL(EMAIL("example.com")), ALL(EMAIL("u@example.com")), EXCLUDED},
    {"email_excluded_host_is_no_domain", NONE, ALL(EMAIL("example.com")),
     ALL(EMAIL("u@a.example.com")), GOOD}, /* CVE-2026-78664 */
    {"email_excluded_domain", NONE, ALL(EMAIL(".example.com")), ALL(EMAIL("u@a.example.com")),
     EXCLUDED},
    {"email_excluded_mailbox", NONE, ALL(EMAIL("u@example.com")), ALL(EMAIL("u@example.COM")),
     EXCLUDED},
    {"email_excluded_mailbox_of_other_case", NONE, ALL(EMAIL("u@example.com")),
     ALL(EMAIL("U@example.com")), EXCLUDED},
    {"email_excluded_mailbox_has_case", NONE, ALL(EMAIL("Bob.X@example.com")),
     ALL(EMAIL("bob.x@EXAMPLE.com")), EXCLUDED},
    {"email_excluded_mailbox_is_whole", NONE, ALL(EMAIL("u@example.com")),
     ALL(EMAIL("uu@example.com")), GOOD},
    {"email_two_at", ALL(EMAIL("example.com")), NONE, ALL(EMAIL("u@evil.com@example.com")),
     INVALID},
    {"email_nul", ALL(EMAIL("example.com")), NONE, ALL(EMAIL("u@evil.com\0@example.com")), INVALID},
    {"email_nul_at_the_end", NONE, ALL(EMAIL("example.com")), ALL(EMAIL("u@example.com\0")),
     INVALID},
    {"email_dot_at_the_end", NONE, ALL(EMAIL("example.com")), ALL(EMAIL("u@example.com.")),
     INVALID},
    {"email_quoted", NONE, ALL(EMAIL("example.com")), ALL(EMAIL("\"u@x\"@example.com")), INVALID},
    {"email_without_at", NONE, ALL(EMAIL("example.com")), ALL(EMAIL("example.com")), INVALID},
    {"email_without_user", NONE, ALL(EMAIL("example.com")), ALL(EMAIL("@example.com")), INVALID},
    {"email_of_an_address", NONE, ALL(EMAIL("example.com")), ALL(EMAIL("u@[192.0.2.1]")), INVALID},
    {"email_base_two_at", ALL(EMAIL("u@a@b")), NONE, ALL(EMAIL("u@example.com")), MALFORMED},
    {"email_base_at_the_end", NONE, ALL(EMAIL("u@")), ALL(EMAIL("u@example.com")), MALFORMED},
    {"email_base_without_user", NONE, ALL(EMAIL("@example.com")), ALL(EMAIL("u@example.com")),
     MALFORMED},
    {"email_base_nul", NONE, ALL(EMAIL("example.com\0")), ALL(EMAIL("u@example.com")), MALFORMED},
    /* CVE-2022-3602: nothing is decoded */
    {"email_base_long_punycode", NONE,
     ALL(EMAIL(
         "xn--aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.com")),
     ALL(EMAIL("u@example.com")), MALFORMED},
    {"email_base_short_punycode", NONE, ALL(EMAIL("xn--mnchen-3ya.de")),
     ALL(EMAIL("u@xn--mnchen-3ya.de")), EXCLUDED},
    {"email_in_the_subject", ALL(EMAIL("example.com")), NONE, NONE,
     OF("CN=x,emailAddress=u@evil.com", NOT_PERMITTED)},
    {"email_in_the_subject_excluded", NONE, ALL(EMAIL("evil.com")), ALL(EMAIL("u@example.com")),
     OF("CN=x,emailAddress=u@evil.com", EXCLUDED)},

    /* ---- URI ---- */
    {"uri_of_the_host", ALL(URI("good.com")), NONE, ALL(URI("https://GOOD.com/x?y#z")), GOOD},
    {"uri_of_a_host_below", ALL(URI("good.com")), NONE, ALL(URI("https://a.good.com/")),
     NOT_PERMITTED}, /* CVE-2026-78665 */
    {"uri_of_the_domain", ALL(URI(".good.com")), NONE, ALL(URI("https://a.good.com/")), GOOD},
    {"uri_of_the_host_not_the_domain", ALL(URI(".good.com")), NONE, ALL(URI("https://good.com/")),
     NOT_PERMITTED},
    {"uri_excluded_domain", NONE, ALL(URI(".evil.com")), ALL(URI("ldap://a.evil.com/cn=x")),
     EXCLUDED},
    {"uri_port", ALL(URI("good.com")), NONE, ALL(URI("https://good.com:8443/")), GOOD},
    {"uri_port_excluded", NONE, ALL(URI("evil.com")), ALL(URI("https://evil.com:443")), EXCLUDED},
    {"uri_user", NONE, ALL(URI("evil.com")), ALL(URI("https://good.com@evil.com/")), EXCLUDED},
    {"uri_user_with_colon", ALL(URI("good.com")), NONE, ALL(URI("https://good.com:x@evil.com/")),
     NOT_PERMITTED},
    {"uri_two_users", NONE, ALL(URI("evil.com")), ALL(URI("https://a@good.com@evil.com/")),
     EXCLUDED},
    {"uri_at_in_the_path", ALL(URI("good.com")), NONE, ALL(URI("https://evil.com/@good.com")),
     NOT_PERMITTED},
    {"uri_at_in_the_query", ALL(URI("good.com")), NONE, ALL(URI("https://evil.com?@good.com")),
     NOT_PERMITTED},
    {"uri_at_in_the_fragment", ALL(URI("good.com")), NONE, ALL(URI("https://evil.com#@good.com")),
     NOT_PERMITTED},
    {"uri_nul_in_the_host", ALL(URI("good.com")), NONE, ALL(URI("https://good.com\0.evil.com/")),
     INVALID}, /* OpenSSL issue 31686 */
    {"uri_nul_in_the_user", ALL(URI("good.com")), NONE, ALL(URI("https://evil.com\0@good.com/")),
     INVALID},
    {"uri_nul_in_the_path", ALL(URI("good.com")), NONE, ALL(URI("https://good.com/\0")), INVALID},
    {"uri_backslash", ALL(URI("good.com")), NONE, ALL(URI("https://evil.com\\@good.com/")),
     INVALID},
    {"uri_tab", ALL(URI("good.com")), NONE, ALL(URI("https://good.com/\t")), INVALID},
    {"uri_percent_in_the_host", NONE, ALL(URI("evil.com")), ALL(URI("https://%65vil.com/")),
     INVALID},
    {"uri_dot_at_the_end", NONE, ALL(URI("evil.com")), ALL(URI("https://evil.com./")), INVALID},
    {"uri_ipv4", ALL(URI("good.com")), NONE, ALL(URI("https://192.0.2.1/")), INVALID},
    {"uri_ipv4_excluded", NONE, ALL(URI("evil.com")), ALL(URI("https://192.0.2.1:80/")), INVALID},
    {"uri_ipv6", NONE, ALL(URI("evil.com")), ALL(URI("https://[2001:db8::1]/")), INVALID},
    {"uri_ipv6_zone", NONE, ALL(URI("evil.com")), ALL(URI("https://[fe80::1%25good.com]/")),
     INVALID}, /* CVE-2024-45341 */
    {"uri_without_authority", NONE, ALL(URI("evil.com")), ALL(URI("urn:evil.com")), INVALID},
    {"uri_one_slash", NONE, ALL(URI("evil.com")), ALL(URI("https:/evil.com/")), INVALID},
    {"uri_without_host", NONE, ALL(URI("evil.com")), ALL(URI("file:///etc/passwd")), INVALID},
    {"uri_without_scheme", NONE, ALL(URI("evil.com")), ALL(URI("//evil.com/")), INVALID},
    {"uri_base_is_a_uri", NONE, ALL(URI("https://evil.com/")), ALL(URI("https://evil.com/")),
     MALFORMED},
    {"uri_base_is_an_address", NONE, ALL(URI("192.0.2.1")), ALL(URI("https://good.com/")),
     MALFORMED},
    {"uri_base_nul", NONE, ALL(URI("evil.com\0")), ALL(URI("https://evil.com/")), MALFORMED},

    /* ---- iPAddress ---- */
    {"ip_inside", ALL(IP("\xc0\x00\x02\x00\xff\xff\xff\x00")), NONE, ALL(IP("\xc0\x00\x02\x01")),
     GOOD},
    {"ip_outside", ALL(IP("\xc0\x00\x02\x00\xff\xff\xff\x00")), NONE, ALL(IP("\xc0\x00\x03\x01")),
     NOT_PERMITTED},
    {"ip_excluded", NONE, ALL(IP("\x0a\x00\x00\x00\xff\x00\x00\x00")), ALL(IP("\x0a\x01\x02\x03")),
     EXCLUDED},
    {"ip_excluded_by_an_odd_mask", NONE, ALL(IP("\x0a\x80\x00\x00\xff\x80\x00\x00")),
     ALL(IP("\x0a\xff\x02\x03")), EXCLUDED},
    {"ip_not_excluded_by_an_odd_mask", NONE, ALL(IP("\x0a\x80\x00\x00\xff\x80\x00\x00")),
     ALL(IP("\x0a\x7f\x02\x03")), GOOD},
    {"ip_host_bits_do_not_count", NONE, ALL(IP("\x0a\x01\x02\x03\xff\x00\x00\x00")),
     ALL(IP("\x0a\x09\x09\x09")), EXCLUDED},
    {"ip_mask_of_nothing", NONE, ALL(IP("\0\0\0\0\0\0\0\0")), ALL(IP("\x0a\x01\x02\x03")),
     EXCLUDED},
    {"ip_mask_with_holes", NONE, ALL(IP("\x0a\x00\x00\x00\xff\x00\xff\x00")),
     ALL(IP("\xc0\x00\x02\x01")), MALFORMED},
    {"ip_mask_with_a_hole_in_an_octet", NONE, ALL(IP("\x0a\x00\x00\x00\xfd\x00\x00\x00")),
     ALL(IP("\xc0\x00\x02\x01")), MALFORMED},
    {"ip_mask_is_missing", NONE, ALL(IP("\x0a\x00\x00\x00")), ALL(IP("\xc0\x00\x02\x01")),
     MALFORMED},
    {"ipv6_inside",
     ALL(IP("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\0"
            "\xff\xff\xff\xff\0\0\0\0\0\0\0\0\0\0\0\0")),
     NONE, ALL(IP("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01")), GOOD},
    {"ipv6_excluded", NONE,
     ALL(IP("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\0"
            "\xff\xff\xff\xff\0\0\0\0\0\0\0\0\0\0\0\0")),
     ALL(IP("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01")), EXCLUDED},
    {"ipv6_outside",
     ALL(IP("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\0"
            "\xff\xff\xff\xff\0\0\0\0\0\0\0\0\0\0\0\0")),
     NONE, ALL(IP("\x20\x01\x0d\xb9\0\0\0\0\0\0\0\0\0\0\0\x01")), NOT_PERMITTED},
    {"ipv6_mask_with_holes", NONE,
     ALL(IP("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\0"
            "\xff\xff\xff\xff\0\0\0\0\0\0\0\0\0\0\0\x01")),
     ALL(IP("\xc0\x00\x02\x01")), MALFORMED},
    {"ipv6_under_ipv4_alone", ALL(IP("\0\0\0\0\0\0\0\0")), NONE,
     ALL(IP("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01")), NOT_PERMITTED},
    {"ipv4_mapped_is_not_ipv4", ALL(IP("\x0a\x00\x00\x00\xff\x00\x00\x00")), NONE,
     ALL(IP("\0\0\0\0\0\0\0\0\0\0\xff\xff\x0a\x01\x02\x03")), NOT_PERMITTED},
    {"ip_of_five_octets", NONE, ALL(IP("\x0a\x00\x00\x00\xff\x00\x00\x00")),
     ALL(IP("\xc0\x00\x02\x01\x01")), INVALID},
    {"ip_with_a_mask", NONE, ALL(IP("\x0a\x00\x00\x00\xff\x00\x00\x00")),
     ALL(IP("\xc0\x00\x02\x01\xff\xff\xff\xff")), INVALID},

    /* ---- directoryName ---- */
    {"directory_inside", ALL(DIRECTORY("C=DE,O=Good")), NONE, NONE, OF("C=DE,O=Good,CN=x", GOOD)},
    {"directory_folded", ALL(DIRECTORY("C=DE,O=Good Firm")), NONE, NONE,
     OF("C=de,O= gOOD   firm ,CN=x", GOOD)},
    {"directory_outside", ALL(DIRECTORY("C=DE,O=Good")), NONE, NONE,
     OF("C=DE,O=Evil,CN=x", NOT_PERMITTED)},
    {"directory_half_of_an_rdn", ALL(DIRECTORY("C=DE,O=Good")), NONE, NONE,
     OF("C=DE,O=Goodness,CN=x", NOT_PERMITTED)},
    {"directory_too_short", ALL(DIRECTORY("C=DE,O=Good,OU=x")), NONE, NONE,
     OF("C=DE,O=Good", NOT_PERMITTED)},
    {"directory_not_at_the_front", ALL(DIRECTORY("O=Good")), NONE, NONE,
     OF("C=DE,O=Good", NOT_PERMITTED)},
    {"directory_excluded", NONE, ALL(DIRECTORY("C=DE,O=Evil")), NONE,
     OF("C=DE,O=eVIL,CN=x", EXCLUDED)},
    {"directory_all_excluded", NONE, ALL(DIRECTORY("")), NONE, OF("CN=x", EXCLUDED)},
    {"directory_empty_subject", ALL(DIRECTORY("O=Good")), NONE, ALL(DNS("x.example")), GOOD},
    {"directory_in_the_san", ALL(DIRECTORY("O=Good")), NONE, ALL(DIRECTORY("O=Evil")),
     OF("O=Good,CN=x", NOT_PERMITTED)},
    {"directory_base_malformed", NONE, ALL(ITEM(PKI_DIRECTORY | AS_IT_STANDS, "\x31\x00")), NONE,
     OF("CN=x", MALFORMED)},

    /* ---- forms that cannot be judged ---- */
    {"x400_by_x400", NONE, ALL(X400), ALL(X400), FORM},
    {"x400_permitted", ALL(X400), NONE, ALL(X400), FORM},
    {"x400_unconstrained", NONE, ALL(DNS("evil.com")), ALL(X400), GOOD},
    {"x400_constraint_unmet", NONE, ALL(X400), ALL(DNS("good.com")), GOOD},
    {"other_by_other", NONE, ALL(OTHER), ALL(OTHER), FORM},
    {"utf8_mailbox_unconstrained", ALL(DNS("good.com")), NONE,
     ALL(UTF8_MAILBOX("\xc3\xa4lice@good.com")), GOOD},
    {"utf8_mailbox_inside", ALL(EMAIL("good.com")), NONE,
     ALL(UTF8_MAILBOX("\xc3\xa4lice@good.com")), GOOD},
    {"utf8_mailbox_outside", ALL(EMAIL("good.com")), NONE,
     ALL(UTF8_MAILBOX("\xc3\xa4lice@evil.com")), NOT_PERMITTED},
    {"utf8_mailbox_excluded", NONE, ALL(EMAIL("evil.com")),
     ALL(UTF8_MAILBOX("\xc3\xa4lice@evil.com")), EXCLUDED},
    {"utf8_mailbox_host_not_ascii", NONE, ALL(EMAIL("evil.com")),
     ALL(UTF8_MAILBOX("\xc3\xa4lice@\xc3\xa4vi.com")), FORM},
    {"utf8_mailbox_without_host", ALL(EMAIL("good.com")), NONE,
     ALL(UTF8_MAILBOX("\xc3\xa4lice.good.com")), FORM},
    {"other_unconstrained", ALL(DNS("good.com")), NONE, ALL(OTHER), GOOD},
    {"edi_party_by_edi_party", NONE, ALL(EDI_PARTY), ALL(EDI_PARTY), FORM},
    {"registered_by_registered", NONE, ALL(REGISTERED), ALL(REGISTERED), FORM},
    {"form_beside_a_forbidden_name", ALL(DNS("good.com")), ALL(X400), ALL(DNS("evil.com"), X400),
     NOT_PERMITTED},
    {"unknown_form_in_a_base", NONE, ALL(ITEM(0x89, "x")), ALL(DNS("good.com")), MALFORMED},
    {"constructed_form_in_a_base", NONE, ALL(ITEM(0xA2, "\x16\x01x")), ALL(DNS("good.com")),
     MALFORMED},
};

static daotp__bytes name_of(const item *one)
{
    if (one->tag == PKI_DIRECTORY)
        return pki_tlv(one->tag, pki_name((const char *)one->content.data));
    return pki_tlv(one->tag & ~(unsigned)AS_IT_STANDS, one->content);
}

static daotp__bytes names_of(const item *list, bool as_subtrees)
{
    daotp__bytes all[3];
    size_t count = 0;

    for (; count < 3 && list[count].tag != 0; count++)
        all[count] = as_subtrees ? PKI_SEQ(name_of(&list[count])) : name_of(&list[count]);
    return pki_join(all, count);
}

static daotp__bytes subtrees(unsigned tag, const item *list)
{
    return list[0].tag != 0 ? pki_tlv(tag, names_of(list, true)) : PKI_NOTHING;
}

static const pki_cert *constrained_ca(const pki_cert *root, daotp__bytes constraints)
{
    pki_spec spec = pki_ca_spec("CN=Issuing CA", pki_key(1), root);

    pki_put(spec.extensions, PKI_OID_CONSTRAINTS, true, constraints);
    return pki_make(&spec);
}

static pki_ask ask_under(daotp__bytes constraints)
{
    const pki_cert *root = pki_ca("CN=Root", pki_key(0), NULL);

    return (pki_ask){.anchors = {root}, .between = {constrained_ca(root, constraints)}};
}

static pki_spec leaf_of(const pki_ask *ask, const char *subject, daotp__bytes names)
{
    pki_spec spec = pki_leaf_spec(pki_key(2), ask->between[0]);

    spec.subject = subject;
    if (names.len > 0)
        pki_put(spec.extensions, PKI_OID_SAN, subject[0] == '\0', pki_tlv(0x30, names));
    else
        pki_drop(spec.extensions, PKI_OID_SAN);
    return spec;
}

/* Under path with the finding; and what path refuses the others refuse too, which pki_verify() sees
 * to. */
static void names_are_judged(void **state)
{
    const row *one = *state;
    pki_ask ask = ask_under(PKI_SEQ(subtrees(0xA0, one->permitted), subtrees(0xA1, one->excluded)));
    pki_spec spec =
        leaf_of(&ask, one->subject != NULL ? one->subject : "", names_of(one->names, false));
    const pki_cert *leaf = pki_make(&spec);

    pki_expect(&ask, leaf, one->status, one->finding);
    ask.rules = DAOTP_RULES_STRICT;
    (void)pki_verify(&ask, leaf);
    ask.rules = DAOTP_RULES_WEBPKI;
    (void)pki_verify(&ask, leaf);
}

/* ---- constraints that are none --------------------------------------------------------------- */

static void refuse_constraints(daotp__bytes constraints)
{
    pki_ask ask = ask_under(constraints);

    pki_expect(&ask, pki_leaf(pki_key(2), ask.between[0]), DAOTP_REJECTED,
               DAOTP_FINDING_CHAIN_CONSTRAINTS);
    ask.rules = DAOTP_RULES_STRICT;
    pki_expect(&ask, pki_leaf(pki_key(2), ask.between[0]), DAOTP_REJECTED,
               DAOTP_FINDING_PROFILE_CONSTRAINTS);
}

static void constraints_that_are_none(void **state)
{
    daotp__bytes base = PKI_TEXT(PKI_DNS, "example.com"), list = PKI_SEQ(base);

    (void)state;
    refuse_constraints(PKI_SEQ(PKI_NOTHING));
    refuse_constraints(PKI_SEQ(pki_tlv(0xA0, PKI_NOTHING)));
    refuse_constraints(PKI_SEQ(pki_tlv(0xA0, list), pki_tlv(0xA1, PKI_NOTHING)));
    refuse_constraints(PKI_SEQ(pki_tlv(0xA1, list), pki_tlv(0xA0, list))); /* order */
    refuse_constraints(PKI_SEQ(pki_tlv(0xA0, list), pki_tlv(0xA0, list)));
    refuse_constraints(PKI_SEQ(pki_tlv(0xA2, list)));
    refuse_constraints(PKI_SEQ(pki_tlv(0xA0, base))); /* not in a GeneralSubtree */
    refuse_constraints(PKI_SEQ(pki_tlv(0xA0, PKI_SEQ(PKI_NOTHING))));
    refuse_constraints(PKI_JOIN(PKI_SEQ(pki_tlv(0xA0, list)), pki_hex("05 00")));
    refuse_constraints(pki_tlv(0x31, pki_tlv(0xA0, list)));
}

/* minimum is 0 and so not there; there is no maximum (RFC 5280 4.2.1.10) */
static void constraints_with_minimum_or_maximum(void **state)
{
    static const char *const more[] = {"80 01 00", "80 01 01", "81 01 05"};
    daotp__bytes base = PKI_TEXT(PKI_DNS, "example.com");

    (void)state;
    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++)
        refuse_constraints(PKI_SEQ(pki_tlv(0xA0, PKI_SEQ(base, pki_hex(more[i])))));
}

/* ---- whose constraints hold for whom --------------------------------------------------------- */

static daotp__bytes permit(const char *dns)
{
    return PKI_SEQ(pki_tlv(0xA0, PKI_SEQ(pki_text(PKI_DNS, dns))));
}

static daotp__bytes permit_directory(const char *name)
{
    return PKI_SEQ(pki_tlv(0xA0, PKI_SEQ(pki_directory(name))));
}

/* root, a CA with these constraints, one below with those (nothing: none), and its leaf */
static pki_ask ask_below(daotp__bytes upper, const char *lower_name, daotp__bytes lower)
{
    pki_ask ask = ask_under(upper);
    pki_spec spec = pki_ca_spec(lower_name, pki_key(3), ask.between[0]);

    if (lower.len > 0)
        pki_put(spec.extensions, PKI_OID_CONSTRAINTS, true, lower);
    ask.between[1] = ask.between[0];
    ask.between[0] = pki_make(&spec);
    return ask;
}

static void constraints_add_up(void **state)
{
    pki_ask ask = ask_below(permit("example.com"), "CN=Lower CA", permit("sub.example.com"));

    (void)state;
    pki_expect(&ask, pki_leaf(pki_key(2), ask.between[0]), DAOTP_REJECTED,
               DAOTP_FINDING_CHAIN_NOT_PERMITTED);
    ask = ask_below(permit("example.org"), "CN=Lower CA", permit("example.com"));
    pki_expect(&ask, pki_leaf(pki_key(2), ask.between[0]), DAOTP_REJECTED,
               DAOTP_FINDING_CHAIN_NOT_PERMITTED);
    ask = ask_below(permit("example.com"), "CN=Lower CA", permit("www.example.com"));
    pki_expect(&ask, pki_leaf(pki_key(2), ask.between[0]), DAOTP_OK, 0);
}

static void constraints_hold_for_cas(void **state)
{
    pki_ask ask = ask_below(permit_directory("O=Good"), "O=Evil,CN=Lower CA", PKI_NOTHING);
    pki_spec leaf = pki_leaf_spec(pki_key(2), ask.between[0]);

    (void)state;
    leaf.subject = "O=Good,CN=www.example.com";
    pki_expect(&ask, pki_make(&leaf), DAOTP_REJECTED, DAOTP_FINDING_CHAIN_NOT_PERMITTED);
    pki_expect_finding(DAOTP_FINDING_CHAIN_NOT_PERMITTED, "Lower CA");
}

/* RFC 5280 6.1.3 (b): not for a self-issued CA, but for a self-issued end entity */
static void self_issued_is_exempt(void **state)
{
    pki_ask ask = ask_below(permit_directory("O=Good"), "CN=Issuing CA", PKI_NOTHING);
    pki_spec leaf = pki_leaf_spec(pki_key(2), ask.between[0]);

    (void)state;
    leaf.subject = "O=Good,CN=www.example.com";
    pki_expect(&ask, pki_make(&leaf), DAOTP_OK, 0);
    leaf.subject = "CN=Issuing CA";
    pki_expect(&ask, pki_make(&leaf), DAOTP_REJECTED, DAOTP_FINDING_CHAIN_NOT_PERMITTED);
}

static void anchors_constraints_hold(void **state)
{
    pki_spec spec = pki_ca_spec("CN=Root", pki_key(0), NULL);
    pki_ask ask = {0};

    (void)state;
    pki_put(spec.extensions, PKI_OID_CONSTRAINTS, true, permit("example.org"));
    ask.anchors[0] = pki_make(&spec);
    pki_expect(&ask, pki_leaf(pki_key(2), ask.anchors[0]), DAOTP_REJECTED,
               DAOTP_FINDING_CHAIN_NOT_PERMITTED);
}

static void constraints_need_not_be_critical(void **state)
{
    const pki_cert *root = pki_ca("CN=Root", pki_key(0), NULL);
    pki_spec spec = pki_ca_spec("CN=Issuing CA", pki_key(1), root);
    pki_ask ask = {.anchors = {root}};

    (void)state;
    pki_put(spec.extensions, PKI_OID_CONSTRAINTS, false, permit("example.org"));
    ask.between[0] = pki_make(&spec);
    pki_expect(&ask, pki_leaf(pki_key(2), ask.between[0]), DAOTP_REJECTED,
               DAOTP_FINDING_CHAIN_NOT_PERMITTED);
}

/* An end entity's own say nothing, and strict does not want them there. */
static void constraints_of_an_end_entity(void **state)
{
    const pki_cert *root = pki_ca("CN=Root", pki_key(0), NULL);
    pki_spec spec = pki_leaf_spec(pki_key(2), root);
    pki_ask ask = {.anchors = {root}};

    (void)state;
    pki_put(spec.extensions, PKI_OID_CONSTRAINTS, true, permit("example.com"));
    pki_expect(&ask, pki_make(&spec), DAOTP_OK, 0);
    ask.rules = DAOTP_RULES_STRICT;
    pki_expect(&ask, pki_make(&spec), DAOTP_REJECTED, DAOTP_FINDING_PROFILE_CONSTRAINTS);
}

/* The kind of string makes no difference, nor the order in an RDN. */
static void directory_names_in_other_strings(void **state)
{
    daotp__bytes cn = PKI_SEQ(pki_oid("2.5.4.3"), PKI_TEXT(0x13, "Evil Corp"));
    daotp__bytes ou = PKI_SEQ(pki_oid("2.5.4.11"), PKI_TEXT(0x0C, "x"));
    daotp__bytes wide = PKI_SEQ(pki_oid("2.5.4.3"), PKI_TEXT(0x1E, "\0e\0v\0i\0l\0 \0c\0o\0r\0p"));
    pki_ask ask = ask_under(
        PKI_SEQ(pki_tlv(0xA1, PKI_SEQ(pki_tlv(PKI_DIRECTORY, PKI_SEQ(PKI_SET(cn, ou)))))));
    pki_spec spec = leaf_of(&ask, "", PKI_NOTHING);

    (void)state;
    spec.name = PKI_SEQ(PKI_SET(ou, wide), PKI_SET(cn));
    pki_expect(&ask, pki_make(&spec), DAOTP_REJECTED, DAOTP_FINDING_CHAIN_EXCLUDED);
    spec.name = PKI_SEQ(PKI_SET(wide));
    pki_expect(&ask, pki_make(&spec), DAOTP_OK, 0);
}

static daotp__bytes attribute(const char *oid, const char *text)
{
    return PKI_SEQ(pki_oid(oid), pki_text(0x0C, text));
}
#define O_OF(text)  attribute("2.5.4.10", text)
#define OU_OF(text) attribute("2.5.4.11", text)

/* The subject under the base as excluded subtree, and as the only permitted one. */
static void expect_relation(const char *what, daotp__bytes base, daotp__bytes rdn,
                            daotp__name_relation relation)
{
    static const daotp_status statuses[2][3] = {
        {DAOTP_REJECTED, DAOTP_OK, DAOTP_UNDECIDED}, /* permitted: different, same, undecided */
        {DAOTP_OK, DAOTP_REJECTED, DAOTP_UNDECIDED}};

    for (unsigned excluded = 0; excluded < 2; excluded++) {
        pki_ask ask = ask_under(PKI_SEQ(pki_tlv(
            (uint8_t)(0xA0 + excluded), PKI_SEQ(pki_tlv(PKI_DIRECTORY, PKI_SEQ(PKI_SET(base)))))));
        pki_spec spec = leaf_of(&ask, "", PKI_NOTHING);
        daotp_status status;

        spec.name = PKI_SEQ(PKI_SET(rdn));
        status = pki_verify(&ask, pki_make(&spec));
        if (status != statuses[excluded][relation])
            fail_msg("%s, %s: %s\n%s", what, excluded ? "excluded" : "permitted",
                     daotp_status_name(status), pki_report_text());
        if (relation == DAOTP__NAME_UNDECIDED)
            pki_expect_finding(DAOTP_FINDING_CHAIN_NAME_FORM, NULL);
    }
}

/* RFC 4518: what looks the same, or like nothing at all, is the same; what we cannot prepare is
 * never taken for different. */
static void directory_names_are_prepared(void **state)
{
    static const struct {
        const char *base, *name;
        daotp__name_relation relation;
    } pairs[] = {
        {"Evil", "evil", DAOTP__NAME_SAME},
        {"Evil", "E\u200Bvil", DAOTP__NAME_SAME}, /* zero width space */
        {"Evil", "Evil\u200D", DAOTP__NAME_SAME},
        {"Evil", "\uFEFFEvil", DAOTP__NAME_SAME},
        {"Evil", "E\u00ADv\u2060il", DAOTP__NAME_SAME},         /* soft hyphen, word joiner */
        {"Evil", "Evil\uFE0F", DAOTP__NAME_SAME},               /* variation selector */
        {"Evil", "Ev\u202Eil", DAOTP__NAME_SAME},               /* right-to-left override */
        {"Evil", "\uFF25\uFF56\uFF49\uFF4C", DAOTP__NAME_SAME}, /* fullwidth */
        {"Evil Corp", "Evil\u3000Corp", DAOTP__NAME_SAME},
        {"Evil Corp", "Evil\u2003\u202F Corp", DAOTP__NAME_SAME},
        {"Evil Corp", "Evil\u200BCorp", DAOTP__NAME_DIFFERENT}, /* no space */
        {"Stra\u00DFe", "STRASSE", DAOTP__NAME_SAME},
        {"Strasse", "stra\u00DFE", DAOTP__NAME_SAME},
        {"Stra\u00DFe", "Strase", DAOTP__NAME_DIFFERENT},
        {"\u0141\u00F3d\u017A", "\u0142\u00D3D\u0179", DAOTP__NAME_SAME}, /* Lodz */
        {"\u0158\u00ED\u010D", "\u0159\u00CD\u010C", DAOTP__NAME_SAME},
        {"\u0391\u03B8", "\u03B1\u0398", DAOTP__NAME_SAME},
        {"\u0418\u0451", "\u0438\u0401", DAOTP__NAME_SAME},
        {"\u682A\u5F0F", "\u682A\u5F0F\u4F1A", DAOTP__NAME_DIFFERENT},
        {"Evil", "Good", DAOTP__NAME_DIFFERENT},
        {"Evil", "Ev\u0131l", DAOTP__NAME_DIFFERENT}, /* the dotless one is a letter of its own */
        {"Corp", "\u0421orp", DAOTP__NAME_DIFFERENT}, /* Cyrillic */
        {"istanbul", "\u0130stanbul", DAOTP__NAME_UNDECIDED}, /* folds to two characters */
        {"\u00C9vil", "E\u0301vil", DAOTP__NAME_UNDECIDED},   /* composed, and not */
        {"Evil", "E\u0301vil", DAOTP__NAME_UNDECIDED},
        {"fine", "\uFB01ne", DAOTP__NAME_UNDECIDED}, /* ligature */
        {"IV", "\u2163", DAOTP__NAME_UNDECIDED},
        {"Evil", "\U0001D404vil", DAOTP__NAME_UNDECIDED}, /* mathematical */
        {"m", "\u00B5", DAOTP__NAME_UNDECIDED},
        {"\u03C3", "\u03C2", DAOTP__NAME_UNDECIDED}, /* final sigma */
        {"s", "\u017F", DAOTP__NAME_UNDECIDED},      /* long s */
        {"Evil", "Ev\xFFil", DAOTP__NAME_UNDECIDED}, /* no UTF-8 */
        {"Evil", "Good\u0301", DAOTP__NAME_UNDECIDED},
        {"E\u0301vil", "E\u0301VIL", DAOTP__NAME_SAME}, /* whatever it is, it is the same */
    };

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        expect_relation(pairs[i].name, O_OF(pairs[i].base), O_OF(pairs[i].name), pairs[i].relation);
}

/* Neither does another type of string lead out of a subtree, nor what is no string. */
static void types_of_strings_do_not_count(void **state)
{
    static const struct {
        uint8_t tag;
        const char *text;
        daotp__name_relation relation;
    } values[] = {{0x13, "EVIL", DAOTP__NAME_SAME},      {0x14, "evil", DAOTP__NAME_SAME},
                  {0x16, "evil", DAOTP__NAME_SAME},      {0x1A, "eVil", DAOTP__NAME_SAME},
                  {0x12, "evil", DAOTP__NAME_SAME},      {0x1A, "good", DAOTP__NAME_DIFFERENT},
                  {0x15, "Evil", DAOTP__NAME_UNDECIDED}, {0x19, "Evil", DAOTP__NAME_UNDECIDED},
                  {0x1B, "Evil", DAOTP__NAME_UNDECIDED}, {0x1B, "Good", DAOTP__NAME_UNDECIDED},
                  {0x04, "Evil", DAOTP__NAME_UNDECIDED}, {0x01, "\xFF", DAOTP__NAME_UNDECIDED}};
    const daotp__bytes type = pki_oid("2.5.4.10");

    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        expect_relation(values[i].text, O_OF("Evil"),
                        PKI_SEQ(type, pki_text(values[i].tag, values[i].text)), values[i].relation);
    expect_relation("one type", PKI_SEQ(type, pki_text(0x1B, "Evil")),
                    PKI_SEQ(type, pki_text(0x1B, "EVIL")), DAOTP__NAME_UNDECIDED);
    expect_relation("two BIT STRINGs", PKI_SEQ(type, pki_hex("03 02 00 01")),
                    PKI_SEQ(type, pki_hex("03 02 00 02")), DAOTP__NAME_DIFFERENT);
}

/* X.501 9.3: an RDN is a set, and each attribute of one stands for one of the other. */
static void attributes_of_an_rdn_answer_for_one_each(void **state)
{
    daotp__bytes base = PKI_JOIN(O_OF("Corp"), OU_OF("X"));

    (void)state;
    expect_relation("the same", base, base, DAOTP__NAME_SAME);
    expect_relation("turned", base, PKI_JOIN(OU_OF("x"), O_OF("CORP")), DAOTP__NAME_SAME);
    expect_relation("twice the first", base, PKI_JOIN(O_OF("Corp"), O_OF("CORP")),
                    DAOTP__NAME_DIFFERENT);
    expect_relation("twice the second", base, PKI_JOIN(OU_OF("X"), OU_OF("x")),
                    DAOTP__NAME_DIFFERENT);
    expect_relation("one more", base, PKI_JOIN(base, OU_OF("x")), DAOTP__NAME_DIFFERENT);
    expect_relation("one less", base, O_OF("Corp"), DAOTP__NAME_DIFFERENT);
    expect_relation("twice in both", PKI_JOIN(O_OF("Corp"), O_OF("corp")),
                    PKI_JOIN(O_OF("CORP"), O_OF("Corp")), DAOTP__NAME_SAME);
    expect_relation("twice in the base", PKI_JOIN(O_OF("Corp"), O_OF("corp")), base,
                    DAOTP__NAME_DIFFERENT);
    expect_relation("one is open", base, PKI_JOIN(O_OF("Corp"), OU_OF("\u2169")),
                    DAOTP__NAME_UNDECIDED);
    expect_relation("one is open, one another", base, PKI_JOIN(O_OF("Firm"), OU_OF("\u2169")),
                    DAOTP__NAME_DIFFERENT);
}

/* CVE-2009-2408: a name that looks like another where a NUL ends a string */
static void names_with_nul_are_refused(void **state)
{
    daotp__bytes cn = PKI_SEQ(pki_oid("2.5.4.3"), PKI_TEXT(0x0C, "www.bank.example\0.evil.com"));
    const pki_cert *root = pki_ca("CN=Root", pki_key(0), NULL);
    pki_spec spec = pki_leaf_spec(pki_key(2), root);
    pki_ask ask = {.rules = DAOTP_RULES_STRICT, .anchors = {root}};

    (void)state;
    pki_put(spec.extensions, PKI_OID_SAN, false,
            PKI_SEQ(PKI_TEXT(PKI_DNS, "www.bank.example\0.evil.com")));
    pki_expect(&ask, pki_make(&spec), DAOTP_REJECTED, DAOTP_FINDING_PROFILE_SAN);
    spec = pki_leaf_spec(pki_key(2), root);
    spec.name = PKI_SEQ(PKI_SET(cn));
    pki_expect(&ask, pki_make(&spec), DAOTP_REJECTED, 0);
}

/* A form that no GeneralName has, BER's constructed strings among them, is no name at all. */
static void names_of_no_form_are_refused(void **state)
{
    static const unsigned tags[] = {0x89, 0xA2, 0xA1, 0x83, 0x84, 0x9E};
    const pki_cert *root = pki_ca("CN=Root", pki_key(0), NULL);
    pki_ask ask = {.anchors = {root}};

    (void)state;
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        pki_spec spec = pki_leaf_spec(pki_key(2), root);

        pki_put(spec.extensions, PKI_OID_SAN, false, PKI_SEQ(pki_tlv(tags[i], pki_hex("30 00"))));
        pki_expect(&ask, pki_make(&spec), DAOTP_REJECTED, DAOTP_FINDING_CHAIN_EXTENSION);
    }
}

/* ---- the name that is asked for -------------------------------------------------------------- */

typedef struct wanted_row {
    const char *name;
    item has;
    const char *subject;
    daotp_name_kind kind;
    const char *asked;
    bool match;
} wanted_row;

#define UPN(text) ITEM(0xFFF, text)

static const wanted_row wanted_rows[] = {
    {"host_itself", DNS("www.example.com"), "", DAOTP_NAME_DNS, "WWW.Example.com", true},
    {"host_asked_with_a_dot", DNS("www.example.com"), "", DAOTP_NAME_DNS, "www.example.com.", true},
    {"host_with_a_dot", DNS("www.example.com."), "", DAOTP_NAME_DNS, "www.example.com", false},
    {"host_other", DNS("www.example.com"), "", DAOTP_NAME_DNS, "example.com", false},
    {"host_wildcard", DNS("*.example.com"), "", DAOTP_NAME_DNS, "www.EXAMPLE.com", true},
    {"host_wildcard_two_labels", DNS("*.example.com"), "", DAOTP_NAME_DNS, "a.b.example.com",
     false},
    {"host_wildcard_no_label", DNS("*.example.com"), "", DAOTP_NAME_DNS, "example.com", false},
    {"host_wildcard_in_a_label", DNS("w*.example.com"), "", DAOTP_NAME_DNS, "www.example.com",
     false},
    {"host_wildcard_top", DNS("*.com"), "", DAOTP_NAME_DNS, "example.com", false},
    {"host_wildcard_alone", DNS("*"), "", DAOTP_NAME_DNS, "localhost", false},
    {"host_nul", DNS("www.example.com\0.evil.com"), "", DAOTP_NAME_DNS, "www.example.com", false},
    {"host_in_the_cn", EMAIL("u@example.com"), "CN=www.example.com", DAOTP_NAME_DNS,
     "www.example.com", false},
    {"host_in_an_email", EMAIL("www.example.com"), "", DAOTP_NAME_DNS, "www.example.com", false},
    {"host_in_a_uri", URI("https://www.example.com"), "", DAOTP_NAME_DNS, "www.example.com", false},
    {"host_as_upn", UPN("www.example.com"), "", DAOTP_NAME_DNS, "www.example.com", false},
    {"address_itself", IP("\xc0\x00\x02\x01"), "", DAOTP_NAME_IP, "192.0.2.1", true},
    {"address_other", IP("\xc0\x00\x02\x01"), "", DAOTP_NAME_IP, "192.0.2.2", false},
    {"address_as_host", DNS("192.0.2.1"), "", DAOTP_NAME_IP, "192.0.2.1", false},
    {"address_v6", IP("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01"), "", DAOTP_NAME_IP,
     "2001:DB8:0::1", true},
    {"address_v4_mapped", IP("\xc0\x00\x02\x01"), "", DAOTP_NAME_IP, "::ffff:192.0.2.1", false},
    {"mailbox_itself", EMAIL("u@example.com"), "", DAOTP_NAME_EMAIL, "u@EXAMPLE.com", true},
    {"mailbox_local_part_has_case", EMAIL("u@example.com"), "", DAOTP_NAME_EMAIL, "U@example.com",
     false},
    {"mailbox_of_the_host", EMAIL("example.com"), "", DAOTP_NAME_EMAIL, "u@example.com", false},
    {"mailbox_nul", EMAIL("u@example.com\0"), "", DAOTP_NAME_EMAIL, "u@example.com", false},
    {"mailbox_as_upn", UPN("u@example.com"), "", DAOTP_NAME_EMAIL, "u@example.com",
     false}, /* CVE-2024-6119 */
    {"mailbox_in_the_subject", DNS("x.example"), "CN=x,emailAddress=u@example.com",
     DAOTP_NAME_EMAIL, "u@example.com", false},
    {"upn_itself", UPN("u@corp.example"), "", DAOTP_NAME_UPN, "U@CORP.example", true},
    {"upn_other", UPN("u@corp.example"), "", DAOTP_NAME_UPN, "uu@corp.example", false},
    {"upn_as_mailbox", EMAIL("u@corp.example"), "", DAOTP_NAME_UPN, "u@corp.example", false},
    {"upn_nul", UPN("u@corp.example\0"), "", DAOTP_NAME_UPN, "u@corp.example", false},
    {"realm_by_its_dns_name", DNS("corp.example"), "", DAOTP_NAME_REALM, "CORP.EXAMPLE", true},
    {"realm_of_a_host_in_it", DNS("dc1.corp.example"), "", DAOTP_NAME_REALM, "CORP.EXAMPLE", false},
    {"realm_by_a_wildcard", DNS("*.example"), "", DAOTP_NAME_REALM, "CORP.EXAMPLE", false},
    {"realm_as_upn", UPN("krbtgt@CORP.EXAMPLE"), "", DAOTP_NAME_REALM, "CORP.EXAMPLE", false},
};

static daotp__bytes wanted_name(const item *one)
{
    if (one->tag != 0xFFF)
        return name_of(one);
    return pki_tlv(0xA0,
                   PKI_JOIN(pki_oid(PKI_OID_UPN), pki_tlv(0xA0, pki_tlv(0x0C, one->content))));
}

static daotp_finding_number refusal_of(daotp_name_kind kind)
{
    return kind == DAOTP_NAME_REALM ? DAOTP_FINDING_KDC_NAME : DAOTP_FINDING_CHAIN_HOST;
}

static void wanted_name_is_judged(void **state)
{
    const wanted_row *one = *state;
    const pki_cert *root = pki_ca("CN=Root", pki_key(0), NULL);
    pki_spec spec = pki_leaf_spec(pki_key(2), root);
    pki_ask ask = {.anchors = {root}, .names = {{one->kind, one->asked}}};

    spec.subject = one->subject;
    pki_put(spec.extensions, PKI_OID_SAN, true, PKI_SEQ(wanted_name(&one->has)));
    pki_expect(&ask, pki_make(&spec), one->match ? DAOTP_OK : DAOTP_REJECTED,
               one->match ? 0 : refusal_of(one->kind));
    ask.rules = DAOTP_RULES_STRICT;
    assert_true(pki_verify(&ask, pki_make(&spec)) != DAOTP_OK || one->match);
}

/* OpenSSL issue 30346: without a SAN the CN is not looked at, so no constraint is evaded. */
static void cn_is_no_host_name(void **state)
{
    pki_ask ask = ask_under(permit("example.com"));
    pki_spec spec = leaf_of(&ask, "CN=*.evil.com", PKI_NOTHING);

    (void)state;
    ask.names[0].kind = DAOTP_NAME_DNS;
    ask.names[0].text = "w.evil.com";
    pki_expect(&ask, pki_make(&spec), DAOTP_REJECTED, DAOTP_FINDING_CHAIN_HOST);
}

static void every_name_asked_for_must_be_there(void **state)
{
    const pki_cert *root = pki_ca("CN=Root", pki_key(0), NULL);
    pki_ask ask = {.anchors = {root},
                   .names = {{DAOTP_NAME_DNS, "www.example.com"}, {DAOTP_NAME_DNS, "b.example"}}};

    (void)state;
    pki_expect(&ask, pki_leaf(pki_key(2), root), DAOTP_REJECTED, DAOTP_FINDING_CHAIN_HOST);
    assert_string_equal(daotp_finding_get_found(pki_find(DAOTP_FINDING_CHAIN_HOST, NULL)),
                        "b.example");
    ask.names[1].text = NULL;
    pki_expect(&ask, pki_leaf(pki_key(2), root), DAOTP_OK, 0);
}

int main(void)
{
    const struct CMUnitTest others[] = {
        PKI_TEST(constraints_that_are_none),
        PKI_TEST(constraints_with_minimum_or_maximum),
        PKI_TEST(constraints_add_up),
        PKI_TEST(constraints_hold_for_cas),
        PKI_TEST(self_issued_is_exempt),
        PKI_TEST(anchors_constraints_hold),
        PKI_TEST(constraints_need_not_be_critical),
        PKI_TEST(constraints_of_an_end_entity),
        PKI_TEST(directory_names_in_other_strings),
        PKI_TEST(directory_names_are_prepared),
        PKI_TEST(types_of_strings_do_not_count),
        PKI_TEST(attributes_of_an_rdn_answer_for_one_each),
        PKI_TEST(names_with_nul_are_refused),
        PKI_TEST(names_of_no_form_are_refused),
        PKI_TEST(cn_is_no_host_name),
        PKI_TEST(every_name_asked_for_must_be_there),
    };
    enum {
        OTHERS = sizeof others / sizeof others[0],
        ROWS = sizeof rows / sizeof rows[0],
        WANTED = sizeof wanted_rows / sizeof wanted_rows[0]
    };
    struct CMUnitTest tests[OTHERS + ROWS + WANTED];
    size_t count = 0;

    for (size_t i = 0; i < OTHERS; i++)
        tests[count++] = others[i];
    for (size_t i = 0; i < ROWS; i++)
        tests[count++] = (struct CMUnitTest)PKI_ROW(rows[i].name, names_are_judged, &rows[i]);
    for (size_t i = 0; i < WANTED; i++)
        tests[count++] =
            (struct CMUnitTest)PKI_ROW(wanted_rows[i].name, wanted_name_is_judged, &wanted_rows[i]);
    return cmocka_run_group_tests(tests, NULL, pki_end_group);
}
