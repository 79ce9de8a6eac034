/* SPDX-License-Identifier: BSD-2-Clause */
#include "builders.h"
#include "x509/name_match.h"

#include "core/utf8.h"
#include "request/csr.h"

#include <openssl/x509.h>

static bool parse(const char *text, daotp__buffer *der)
{
    daotp__buffer_init(der, DAOTP__MAX_CERTIFICATE);
    return daotp__name_parse(text, der);
}

static bool accepts(const char *text)
{
    daotp__buffer der;
    bool ok = parse(text, &der);

    daotp__buffer_free(&der);
    return ok;
}

static void assert_text_is(daotp__bytes name, const char *wanted)
{
    daotp__buffer text;

    daotp__buffer_init(&text, DAOTP__MAX_CERTIFICATE);
    assert_true(daotp__name_text(name, &text));
    assert_string_equal(daotp__buffer_string(&text), wanted);
    daotp__buffer_free(&text);
}

static bool equal(const char *a, const char *b)
{
    daotp__buffer left, right;
    bool same;

    assert_true(parse(a, &left));
    assert_true(parse(b, &right));
    same = daotp__name_equal(daotp__buffer_bytes(&left), daotp__buffer_bytes(&right));
    assert_int_equal(same,
                     daotp__name_equal(daotp__buffer_bytes(&right), daotp__buffer_bytes(&left)));
    daotp__buffer_free(&left);
    daotp__buffer_free(&right);
    return same;
}

/* A name of one RDN of one attribute: CN (2.5.4.3) with a value given as DER. */
static daotp__bytes cn(const char *value)
{
    static char text[2000];
    size_t len = hex(value).len;

    assert_true(len + 9 < 0x80);
    (void)snprintf(text, sizeof text, "30%02zX 31%02zX 30%02zX 0603550403 %s", len + 9, len + 7,
                   len + 5, value);
    return hex(text);
}

static void the_published_subject_goes_round(void **state)
{
    static const char words[] = "CN=User 1,CN=Users,DC=domain1,DC=corp,DC=company,DC=com";
    daotp__buffer file, der;
    daotp__csr csr;

    (void)state;
    daotp__buffer_init(&file, DAOTP__MAX_CSR);
    load_file("request-4.1.csr.der", &file);
    assert_true(daotp__csr_read(daotp__buffer_bytes(&file), &csr));
    assert_text_is(csr.subject, words);
    assert_true(parse(words, &der));
    assert_bytes_equal(daotp__buffer_bytes(&der), csr.subject);
    assert_false(daotp__name_is_empty(csr.subject));
    daotp__buffer_free(&der);
    daotp__buffer_free(&file);
}

static void no_name_is_the_empty_sequence(void **state)
{
    daotp__buffer der;

    (void)state;
    assert_true(parse("", &der));
    assert_bytes_equal(daotp__buffer_bytes(&der), hex("3000"));
    assert_true(daotp__name_is_empty(daotp__buffer_bytes(&der)));
    assert_text_is(daotp__buffer_bytes(&der), "");
    assert_false(daotp__name_is_empty(hex("3000 00")));
    assert_false(daotp__name_is_empty(hex("3100")));
    daotp__buffer_free(&der);
}

/* RFC 4514 4, and what a directory administrator types into a name (KB 2855269: such accounts
 * could not log on with an OTP). The second column is the value, the third how it is shown. */
static void special_characters_are_escaped(void **state)
{
    static const char *const rows[][3] = {
        {"James \\\"Jim\\\" Smith\\, III", "James \"Jim\" Smith, III",
         "James \\\"Jim\\\" Smith\\, III"},
        {"Before\\0dAfter", "Before\rAfter", "Before\\0DAfter"},
        {"Lu\\C4\\8Di\\C4\\87", "Lu\xC4\x8Di\xC4\x87", "Lu\xC4\x8Di\xC4\x87"},
        {"Doe\\2C John", "Doe, John", "Doe\\, John"},
        {"a\\+b", "a+b", "a\\+b"},
        {"R\\;D", "R;D", "R\\;D"},
        {"back\\\\slash", "back\\slash", "back\\\\slash"},
        {"\\<x\\>", "<x>", "\\<x\\>"},
        {"1=2", "1=2", "1=2"},
        {"1\\=2", "1=2", "1=2"},
        {"\\#1", "#1", "\\#1"},
        {"1#", "1#", "1#"},
        {"\\ both \\ ", " both  ", "\\ both \\ "},
        {"\\20one\\20", " one ", "\\ one\\ "},
        {"\\ ", " ", "\\ "},
        {"a/b", "a/b", "a/b"},
        {"it's", "it's", "it's"},
        {"a\\0Ab\\09c", "a\nb\tc", "a\\0Ab\\09c"},
        {"conflict\\0ACNF:3d8c", "conflict\nCNF:3d8c", "conflict\\0ACNF:3d8c"},
        {"50 % (x) [y] {z} *&^!?$@", "50 % (x) [y] {z} *&^!?$@", "50 % (x) [y] {z} *&^!?$@"},
        {"  trimmed  ", "trimmed", "trimmed"},
        {"in  side", "in  side", "in  side"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[200], wanted[200];
        daotp__bytes value;
        daotp__buffer der, again;

        (void)snprintf(text, sizeof text, "CN=%s,DC=x", rows[i][0]);
        (void)snprintf(wanted, sizeof wanted, "CN=%s,DC=x", rows[i][2]);
        assert_true(parse(text, &der));
        value = item_at(daotp__buffer_bytes(&der), "1.0.1");
        assert_true(daotp__der_only(value, DAOTP__DER_UTF8_STRING, &value));
        assert_bytes_equal(value, text_bytes(rows[i][1]));
        assert_text_is(daotp__buffer_bytes(&der), wanted);
        assert_true(parse(wanted, &again));
        assert_bytes_equal(daotp__buffer_bytes(&again), daotp__buffer_bytes(&der));
        daotp__buffer_free(&der);
        daotp__buffer_free(&again);
    }
}

static void types_go_by_name_or_number(void **state)
{
    daotp__buffer der;

    (void)state;
    assert_true(
        parse("cn=a, ou=b ,2.5.4.10=c,0.9.2342.19200300.100.1.25=d,1.2.3=e,C=DE,E=f@g", &der));
    assert_text_is(daotp__buffer_bytes(&der), "CN=a,OU=b,O=c,DC=d,1.2.3=e,C=DE,E=f@g");
    /* root first in DER, with the kinds of string that Windows writes */
    assert_int_equal(item_at(daotp__buffer_bytes(&der), "0.0.1").data[0], DAOTP__DER_IA5_STRING);
    assert_int_equal(item_at(daotp__buffer_bytes(&der), "1.0.1").data[0],
                     DAOTP__DER_PRINTABLE_STRING);
    assert_int_equal(item_at(daotp__buffer_bytes(&der), "3.0.1").data[0], DAOTP__DER_IA5_STRING);
    assert_int_equal(item_at(daotp__buffer_bytes(&der), "4.0.1").data[0], DAOTP__DER_UTF8_STRING);
    daotp__buffer_free(&der);
}

static void what_is_no_name_is_refused(void **state)
{
    static const char *const rows[] = {
        "x",
        "=x",
        "CN",
        "CN=",
        "CN= ",
        "CN=a,",
        ",CN=a",
        "CN=a,,CN=b",
        "CN=a;CN=b",
        "CN=a+OU=b",
        "XX=a",
        "CN=a\\",
        "CN=a,b",
        "CN=\\",
        "CN=a,=b",
        "3.1=a",
        "CN=\xFF",
        "CN=\\FF",
        "CN=\\C4",
        "/CN=a",
        "CN",
        "certificate template=a",
        "CN=\xED\xA0\x80",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (accepts(rows[i]))
            fail_msg("%s", rows[i]);
}

/* RFC 4514 3: these must be escaped in a value, so bare they make no name. */
static void bare_special_characters_are_refused(void **state)
{
    static const char *const rows[] = {"CN=\"a\"", "CN=a\"b", "CN=a<b", "CN=a>b"};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (accepts(rows[i]))
            fail_msg("%s", rows[i]);
}

/* RFC 4514 2.4: a number sign begins DER in hexadecimal; it is never the text itself. */
static void a_bare_number_sign_is_not_taken_for_text(void **state)
{
    daotp__buffer der;

    (void)state;
    if (parse("CN=#0C0161", &der))
        assert_bytes_equal(daotp__buffer_bytes(&der), cn("0C0161"));
    daotp__buffer_free(&der);
}

/* An IA5String holds ASCII, a PrintableString less (X.680 41.4): no such name may be written. */
static void a_string_is_of_a_kind_that_can_hold_it(void **state)
{
    static const char *const rows[] = {"DC=m\xC3\xBCnchen", "E=\xC3\xBC@x", "C=\xC3\x9C", "C=a@"};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        daotp__buffer der;
        uint8_t tag = 0;

        if (parse(rows[i], &der))
            tag = item_at(daotp__buffer_bytes(&der), "0.0.1").data[0];
        daotp__buffer_free(&der);
        if (tag == DAOTP__DER_IA5_STRING || tag == DAOTP__DER_PRINTABLE_STRING)
            fail_msg("%s", rows[i]);
    }
}

static void every_kind_of_string_is_shown(void **state)
{
    (void)state;
    assert_text_is(cn("0C03 61C3A4"), "CN=a\xC3\xA4");
    assert_text_is(cn("1301 61"), "CN=a");
    assert_text_is(cn("1601 61"), "CN=a");
    assert_text_is(cn("1402 61E4"), "CN=a\xC3\xA4"); /* Teletex, as Latin-1 */
    assert_text_is(cn("1E06 0061 00E4 20AC"), "CN=a\xC3\xA4\xE2\x82\xAC");
    assert_text_is(cn("0C00"), "CN=");
    assert_text_is(cn("0C03 2C2B23"), "CN=\\,\\+#");
    /* not strings, or not well-formed ones */
    assert_text_is(cn("0402 4869"), "CN=#04024869");
    assert_text_is(cn("0C01 FF"), "CN=#0c01ff");
    assert_text_is(cn("1E03 006100"), "CN=#1e03006100");
    assert_text_is(cn("1C04 00000061"), "CN=#1c0400000061");
}

static void a_rdn_of_two_attributes_is_shown(void **state)
{
    (void)state;
    assert_text_is(hex("301C 310C 300A 060355040A 0C03 414243 310C 300A 06035504030C03 585959"),
                   "CN=XYY,O=ABC");
    assert_text_is(hex("3018 3116 3009 0603550403 0C02 4142 3009 060355040B 0C02 4344"),
                   "CN=AB+OU=CD");
}

static void what_is_shown_is_always_utf8(void **state)
{
    static const char *const values[] = {"1E02 D800", "1E04 D83DDE00", "1E02 DFFF", "1602 C3A4",
                                         "1401 80",   "0C01 80",       "1301 FF"};

    (void)state;
    for (size_t i = 0; i < COUNT(values); i++) {
        daotp__buffer text;

        daotp__buffer_init(&text, 1000);
        assert_true(daotp__name_text(cn(values[i]), &text));
        if (!daotp__utf8_valid((char *)text.data, text.len))
            fail_msg("%s", values[i]);
        daotp__buffer_free(&text);
    }
}

static void malformed_names_have_no_text(void **state)
{
    static const char *const rows[] = {
        "",
        "3100",
        "3000 00",
        "3002 3100",                             /* an RDN of nothing */
        "3002 3000",                             /* no SET */
        "3004 3102 3000",                        /* an attribute of nothing */
        "300B 3109 3007 0603550403 00",          /* no value */
        "300E 310C 300A 0603550403 0C0161 0500", /* two values */
        "300C 310A 3008 0603550403 0C01",        /* cut short */
        "300B 3109 3007 0602 5584 0C0161",       /* a malformed type */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        daotp__buffer text;

        daotp__buffer_init(&text, 1000);
        if (daotp__name_text(hex(rows[i]), &text))
            fail_msg("%s", rows[i]);
        daotp__buffer_free(&text);
    }
}

static void names_are_compared_by_value(void **state)
{
    static const struct {
        const char *a, *b;
        bool same;
    } rows[] = {
        {"CN=User 1,DC=corp", "CN=User 1,DC=corp", true},
        {"CN=User 1,DC=corp", "cn=uSER 1,dc=CORP", true},
        {"CN=a\\,b", "CN=a\\2Cb", true},
        {"2.5.4.3=a", "CN=a", true},
        {"", "", true},
        {"CN=User 1,DC=corp", "CN=User 2,DC=corp", false},
        {"CN=User 1,DC=corp", "DC=corp,CN=User 1", false},
        {"CN=a,DC=corp", "CN=a", false},
        {"CN=a", "", false},
        {"CN=a", "OU=a", false},
        {"CN=a", "CN=aa", false},
        {"CN=a  b", "CN=a b", true}, /* RFC 5280 7.1: how much white space does not count */
        {"CN=ab", "CN=a b", false},  /* but whether there is any */
        {"CN=\xC3\x84", "CN=\xC3\xA4", true}, /* case, beyond ASCII too */
        {"CN=a\\00b", "CN=a\\00c", false},
        {"CN=a\\00b", "CN=a\\00B", false}, /* what has a NUL is equal to itself alone */
        {"CN=a\\00b", "CN=a\\00b", true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (equal(rows[i].a, rows[i].b) != rows[i].same)
            fail_msg("%s and %s", rows[i].a, rows[i].b);
}

static void the_kind_of_string_does_not_count(void **state)
{
    (void)state;
    assert_true(daotp__name_equal(cn("0C02 6162"), cn("1302 4142")));
    assert_true(daotp__name_equal(cn("0C03 61C3A4"), cn("1E04 006100E4")));
    assert_true(daotp__name_equal(cn("0402 6162"), cn("0402 6162")));  /* bytes alike */
    assert_false(daotp__name_equal(cn("0402 6162"), cn("0C02 6162"))); /* but no string */
    assert_false(daotp__name_equal(cn("0C00"), cn("1300")));
    assert_false(daotp__name_equal(cn("0C01 61"), hex("3000 00")));
    assert_true(daotp__name_equal(hex("3000 00"), hex("3000 00"))); /* octet by octet */
}

static void names_are_bounded(void **state)
{
    char text[64 * 5 + 8] = "", value[DAOTP__MAX_TEXT + 5] = "CN=";

    (void)state;
    for (unsigned i = 0; i < DAOTP__MAX_RDNS; i++)
        strcat(text, i > 0 ? ",CN=a" : "CN=a");
    assert_true(accepts(text));
    strcat(text, ",CN=a");
    assert_false(accepts(text));
    memset(value + 3, 'x', DAOTP__MAX_TEXT);
    assert_true(accepts(value));
    value[3 + DAOTP__MAX_TEXT] = 'x';
    assert_false(accepts(value));
}

static void openssl_shows_the_same(void **state)
{
    static const char *const rows[] = {
        "CN=User 1,CN=Users,DC=domain1,DC=corp",
        "CN=James \\\"Jim\\\" Smith\\, III,OU=R\\+D,C=DE",
        "CN=\\#1,O=\\<a\\>\\;b",
        "UID=jsmith,DC=example,DC=net",
        "CN=\\ x\\ ,L=Lu\xC4\x8Di\xC4\x87,street=1=2",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        BIO *bio = BIO_new(BIO_s_mem());
        const unsigned char *at;
        daotp__buffer der, ours;
        X509_NAME *theirs;
        char *text;
        long len;

        assert_true(parse(rows[i], &der));
        at = der.data;
        theirs = d2i_X509_NAME(NULL, &at, (long)der.len);
        assert_non_null(theirs);
        assert_ptr_equal(at, der.data + der.len);
        assert_true(X509_NAME_print_ex(bio, theirs, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) >=
                    0);
        len = BIO_get_mem_data(bio, &text);
        daotp__buffer_init(&ours, 1000);
        assert_true(daotp__name_text(daotp__buffer_bytes(&der), &ours));
        if (len != (long)ours.len || strncasecmp(text, (char *)ours.data, ours.len) != 0)
            fail_msg("%.*s, not %s", (int)len, text, daotp__buffer_string(&ours));
        BIO_free(bio);
        X509_NAME_free(theirs);
        daotp__buffer_free(&der);
        daotp__buffer_free(&ours);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_subject_goes_round),
        cmocka_unit_test(no_name_is_the_empty_sequence),
        cmocka_unit_test(special_characters_are_escaped),
        cmocka_unit_test(types_go_by_name_or_number),
        cmocka_unit_test(what_is_no_name_is_refused),
        cmocka_unit_test(bare_special_characters_are_refused),
        cmocka_unit_test(a_bare_number_sign_is_not_taken_for_text),
        cmocka_unit_test(a_string_is_of_a_kind_that_can_hold_it),
        cmocka_unit_test(every_kind_of_string_is_shown),
        cmocka_unit_test(a_rdn_of_two_attributes_is_shown),
        cmocka_unit_test(what_is_shown_is_always_utf8),
        cmocka_unit_test(malformed_names_have_no_text),
        cmocka_unit_test(names_are_compared_by_value),
        cmocka_unit_test(the_kind_of_string_does_not_count),
        cmocka_unit_test(names_are_bounded),
        cmocka_unit_test(openssl_shows_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
