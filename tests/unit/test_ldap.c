/* SPDX-License-Identifier: BSD-2-Clause */
/* LDAP without a socket: which URLs are followed, the octets of a search, the front of an answer.
 */
#include "testing.h"

#include "net/ldap_message.h"
#include "net/ldap_url.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define CRLS         "?certificateRevocationList"

/* ---- URLs ------------------------------------------------------------------------------------ */

static void what_is_followed(void **state)
{
    static const struct {
        const char *text, *host;
        unsigned port;
        const char *dn, *attribute;
    } rows[] = {
        {"ldap://dc1.corp.example/CN=ca" CRLS, "dc1.corp.example", 389, "CN=ca",
         "certificateRevocationList"},
        {"LDAP://dc1:3268/" CRLS "?base", "dc1", 3268, "", "certificateRevocationList"},
        {"ldap:///CN=a%2Cb,DC=x%20y?cACertificate?BASE?(objectClass=*)", NULL, 389, "CN=a,b,DC=x y",
         "cACertificate"},
        {"ldap://[2001:db8::1]:390/CN=ca?certificaterevocationlist%3Bbinary", "2001:db8::1", 390,
         "CN=ca", "certificaterevocationlist;binary"},
        {"ldap://[::1]/" CRLS "???", "::1", 389, "", "certificateRevocationList"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        daotp__ldap_url url;

        assert_int_equal(daotp__ldap_url_parse(rows[i].text, &url), DAOTP_OK);
        if (rows[i].host == NULL)
            assert_null(url.host);
        else
            assert_string_equal(url.host, rows[i].host);
        assert_int_equal(url.port, rows[i].port);
        assert_string_equal(url.dn, rows[i].dn);
        assert_string_equal(url.attribute, rows[i].attribute);
        daotp__ldap_url_free(&url);
    }
}

static void what_is_not_followed(void **state)
{
    static const char *const rows[] = {
        "ldaps://h/CN=ca" CRLS,
        "ldapi://%2Fsock/CN=ca" CRLS,
        "ldap:/h/CN=ca" CRLS,
        "ldap://h",
        "ldap://h/CN=ca",
        "ldap://h/CN=ca?",
        "ldap://h" CRLS,
        "ldap://h/CN=ca?userPassword",
        "ldap://h/CN=ca?certificateRevocationList,userPassword",
        "ldap://h/CN=ca?*",
        "ldap://h/CN=ca" CRLS "?sub",
        "ldap://h/CN=ca" CRLS "?one",
        "ldap://h/CN=ca" CRLS "?base?(a=b)?!bindname=cn=x",
        "ldap://h/CN=ca" CRLS "?base?(a=b)??",
        "ldap://h/CN=ca%00" CRLS,
        "ldap://h/CN=ca%2" CRLS,
        "ldap://h/CN=ca%zz" CRLS,
        "ldap://user@h/CN=ca" CRLS,
        "ldap://h%2Ee/CN=ca" CRLS,
        "ldap://h:0/CN=ca" CRLS,
        "ldap://h:65536/CN=ca" CRLS,
        "ldap://h:/CN=ca" CRLS,
        "ldap://h:38x/CN=ca" CRLS,
        "ldap://:389/CN=ca" CRLS,
        "ldap://[::1/CN=ca" CRLS,
        "ldap://[::1]x/CN=ca" CRLS,
        "ldap://::1]/CN=ca" CRLS,
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        daotp__ldap_url url;

        if (daotp__ldap_url_parse(rows[i], &url) != DAOTP_USAGE)
            fail_msg("%s", rows[i]);
        daotp__ldap_url_free(&url);
    }
}

static void servers(void **state)
{
    static const struct {
        const char *text, *host;
        unsigned port;
    } rows[] = {{"dc1", "dc1", 389},
                {"dc1:3268", "dc1", 3268},
                {"::1", "::1", 389},
                {"[::1]", "::1", 389},
                {"[::1]:390", "::1", 390},
                {"", NULL, 0},
                {":389", NULL, 0},
                {"dc1:", NULL, 0},
                {"[]", NULL, 0},
                {"]:1", NULL, 0},
                {"dc1:99999999999999999999", NULL, 0}};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        daotp_status wanted = rows[i].host != NULL ? DAOTP_OK : DAOTP_USAGE;
        daotp__ldap_url url;

        if (daotp__ldap_url_parse_server(rows[i].text, &url) != wanted)
            fail_msg("%s", rows[i].text);
        if (wanted == DAOTP_OK) {
            assert_string_equal(url.host, rows[i].host);
            assert_int_equal(url.port, rows[i].port);
        }
        daotp__ldap_url_free(&url);
    }
}

/* ---- messages -------------------------------------------------------------------------------- */

/* RFC 4511 4.5.1, by hand. */
static void the_search(void **state)
{
    static const char wanted[] = "\x30\x2D\x02\x01\x01\x63\x28\x04\x05"
                                 "CN=ca"
                                 "\x0A\x01\x00\x0A\x01\x00\x02\x01\x01\x02\x01\x00\x01\x01\x00"
                                 "\x87\x0B"
                                 "objectClass"
                                 "\x30\x03\x04\x01"
                                 "x";
    static const char unbind[] = "\x30\x05\x02\x01\x02\x42"; /* and the NUL: no content */
    daotp__buffer out;

    (void)state;
    daotp__buffer_init(&out, 256);
    daotp__ldap_write_search(&out, 1, "CN=ca", "x");
    assert_int_equal(out.failed, DAOTP_OK);
    assert_int_equal(out.len, sizeof wanted - 1);
    assert_memory_equal(out.data, wanted, sizeof wanted - 1);
    daotp__buffer_clear(&out);
    daotp__ldap_write_unbind(&out, 2);
    assert_int_equal(out.len, sizeof unbind);
    assert_memory_equal(out.data, unbind, sizeof unbind);
    daotp__buffer_free(&out);
}

static const struct front_row {
    const char *what;
    const char *bytes;
    size_t len;
    daotp__ldap_kind kind;
    size_t value_at, value_len;
} fronts[] = {
#define ROW(what, bytes, ...)                                                                      \
    {                                                                                              \
        what, bytes, sizeof(bytes) - 1, __VA_ARGS__                                                \
    }
    ROW("an entry",
        "\x30\x15\x02\x01\x01\x64\x10\x04\x01z\x30\x0B\x30\x09\x04\x01y\x31\x04\x04\x02VV",
        DAOTP__LDAP_VALUE, 21, 2),
    ROW("as Active Directory writes it",
        "\x30\x84\x00\x00\x00\x25\x02\x01\x01\x64\x84\x00\x00\x00\x1C\x04\x01z\x30\x84\x00\x00\x00"
        "\x13"
        "\x30\x84\x00\x00\x00\x0D\x04\x01y\x31\x84\x00\x00\x00\x04\x04\x02VV",
        DAOTP__LDAP_VALUE, 41, 2),
    ROW("the value is not there yet",
        "\x30\x15\x02\x01\x01\x64\x10\x04\x01z\x30\x0B\x30\x09\x04\x01y\x31\x04\x04\x02",
        DAOTP__LDAP_VALUE, 21, 2),
    ROW("no value", "\x30\x11\x02\x01\x01\x64\x0C\x04\x01z\x30\x07\x30\x05\x04\x01y\x31\x00",
        DAOTP__LDAP_NO_VALUE, 0, 0),
    ROW("an empty value",
        "\x30\x13\x02\x01\x01\x64\x0E\x04\x01z\x30\x09\x30\x07\x04\x01y\x31\x02\x04\x00",
        DAOTP__LDAP_NO_VALUE, 0, 0),
    ROW("no attribute", "\x30\x0A\x02\x01\x01\x64\x05\x04\x01z\x30\x00", DAOTP__LDAP_NO_VALUE, 0,
        0),
    ROW("a result", "\x30\x0C\x02\x01\x01\x65\x07\x0A\x01\x20\x04\x00\x04\x00", DAOTP__LDAP_RESULT,
        0, 0),
    ROW("a reference", "\x30\x07\x02\x01\x01\x73\x02\x04\x00", DAOTP__LDAP_OTHER, 0, 0),
    ROW("for another", "\x30\x0C\x02\x01\x02\x65\x07\x0A\x01\x20\x04\x00\x04\x00",
        DAOTP__LDAP_OTHER, 0, 0),
    ROW("a notice", "\x30\x0C\x02\x01\x00\x78\x07\x0A\x01\x34\x04\x00\x04\x00", DAOTP__LDAP_NOTICE,
        0, 0),
    ROW("nothing", "", DAOTP__LDAP_MORE, 0, 0),
    ROW("a head", "\x30\x0C\x02\x01\x01", DAOTP__LDAP_MORE, 0, 0),
    ROW("two gigabytes", "\x30\x84\x7F\xFF\xFF\xF0\x02\x01\x01\x64\x84\x7F\xFF\xFF\xE0",
        DAOTP__LDAP_MORE, 0, 0),
    ROW("no sequence", "HTTP/1.1", DAOTP__LDAP_MALFORMED, 0, 0),
    ROW("an indefinite length", "\x30\x80\x02\x01\x01", DAOTP__LDAP_MALFORMED, 0, 0),
    ROW("a length of five octets", "\x30\x85\x00\x00\x00\x00\x05", DAOTP__LDAP_MALFORMED, 0, 0),
    ROW("an ID that is none", "\x30\x0C\x04\x01\x01\x65\x07", DAOTP__LDAP_MALFORMED, 0, 0),
    ROW("an ID of five octets", "\x30\x10\x02\x05\0\0\0\0\x01\x65\x07", DAOTP__LDAP_MALFORMED, 0,
        0),
    ROW("an ID without octets", "\x30\x10\x02\x00\x65\x07", DAOTP__LDAP_MALFORMED, 0, 0),
    ROW("an entry longer than its message", "\x30\x05\x02\x01\x01\x64\x10\x04\x01z",
        DAOTP__LDAP_MALFORMED, 0, 0),
    ROW("a name longer than its entry", "\x30\x15\x02\x01\x01\x64\x10\x04\x7Fz",
        DAOTP__LDAP_MALFORMED, 0, 0),
    ROW("a value longer than its set",
        "\x30\x15\x02\x01\x01\x64\x10\x04\x01z\x30\x0B\x30\x09\x04\x01y\x31\x04\x04\x03VVV",
        DAOTP__LDAP_MALFORMED, 0, 0),
    ROW("a long tag", "\x30\x0C\x02\x01\x01\x7F\x81\x01\x00", DAOTP__LDAP_MALFORMED, 0, 0),
#undef ROW
};

static void fronts_of_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(fronts); i++) {
        const struct front_row *row = &fronts[i];
        daotp__bytes bytes = {(const uint8_t *)row->bytes, row->len};
        daotp__ldap_front front;
        daotp__ldap_kind kind = daotp__ldap_read_front(bytes, 1, &front);

        if (kind != row->kind)
            fail_msg("%s: %d", row->what, (int)kind);
        if (kind == DAOTP__LDAP_VALUE) {
            assert_int_equal(front.value_at, row->value_at);
            assert_int_equal(front.value_len, row->value_len);
        }
        if (kind == DAOTP__LDAP_RESULT)
            assert_string_equal(daotp__ldap_code_name(front.code), "noSuchObject");
    }
}

/* Whatever is cut off, the rest is waited for, and nothing behind the end is read (exact blocks).
 */
static void every_cut_is_waited_for(void **state)
{
    (void)state;
    for (size_t i = 0; i < 6; i++)
        for (size_t len = 0; len < fronts[i].len; len++) {
            uint8_t *cut = malloc(len > 0 ? len : 1);
            daotp__ldap_front front;
            daotp__ldap_kind kind;

            memcpy(cut, fronts[i].bytes, len);
            kind = daotp__ldap_read_front((daotp__bytes){cut, len}, 1, &front);
            if (kind != DAOTP__LDAP_MORE && kind != fronts[i].kind)
                fail_msg("%s, %zu octets: %d", fronts[i].what, len, (int)kind);
            free(cut);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_followed),  cmocka_unit_test(what_is_not_followed),
        cmocka_unit_test(servers),           cmocka_unit_test(the_search),
        cmocka_unit_test(fronts_of_answers), cmocka_unit_test(every_cut_is_waited_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
