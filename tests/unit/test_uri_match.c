/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 5280 7.4, and RFC 3986 6.2 below it: which URIs are the same. */
#include "builders.h"

#include "x509/crl.h"
#include "x509/uri_match.h"

static const char *const same[][2] = {
    {"http://crl.example.com/a.crl", "HTTP://crl.example.com/a.crl"},
    {"http://crl.example.com/a.crl", "http://CRL.Example.COM/a.crl"},
    {"http://crl.example.com/a.crl", "http://crl.example.com:80/a.crl"},
    {"http://crl.example.com/a.crl", "http://crl.example.com:/a.crl"},
    {"http://crl.example.com/a.crl", "http://crl.example.com:0080/a.crl"},
    {"https://crl.example.com/a.crl", "https://crl.example.com:443/a.crl"},
    {"ftp://crl.example.com/a.crl", "ftp://crl.example.com:21/a.crl"},
    {"ldap://dc.example.com/CN=CA?certificateRevocationList",
     "LDAP://DC.example.com:389/CN=CA?certificateRevocationList"},
    {"ldap:///CN=CA?certificateRevocationList", "LDAP:///CN=CA?certificateRevocationList"},
    {"ldaps://dc.example.com/CN=CA", "ldaps://dc.example.com:636/CN=CA"},
    {"ldap://dc.example.com/CN=CA,DC=corp", "ldap://dc.example.com/cn=ca,dc=CORP"},
    {"ldap:///CN=Corp%20CA?certificateRevocationList",
     "ldap:///CN=Corp%20ca?certificaterevocationlist"},
    {"ldap://h/CN=CA?crl", "ldap://h/CN=CA?crl?base"},
    {"ldap://h/CN=CA?crl?BASE", "ldap://h/CN=CA?crl?""?(objectClass=*)"},
    {"ldap://h/CN=CA?crl", "ldap://h/CN=CA?crl?"},
    {"ldap://h/CN=CA", "ldap://h/CN=CA????"},
    {"ldap://h/CN=CA?crl?base?objectClass=cRLDistributionPoint",
     "ldap://h/CN=CA?crl??objectClass=cRLDistributionPoint"},
    {"ldap://h", "ldap://h:389/?"},
    {"http://h/?", "http://h/?"},
    {"http://H/%c3%a9", "http://h/%C3%A9"},
    {"http://h/a/.//b", "http://h/a//b"},
    {"http://h/...", "http://h/x/../..."},
    {"http://crl.example.com/~ca/a.crl", "http://crl.example.com/%7Eca/a.crl"},
    {"http://crl.example.com/~ca/a.crl", "http://crl.example.com/%7eca/%61.crl"},
    {"http://crl.example.com/a%2Fb.crl", "http://crl.example.com/a%2fb.crl"},
    {"http://crl%2Dhost.example.com/a.crl", "http://crl-host.example.com/a.crl"},
    {"http://%43RL.example.com/a.crl", "http://crl.example.com/a.crl"},
    {"http://crl.example.com", "http://crl.example.com/"},
    {"http://crl.example.com?x", "http://crl.example.com/?x"},
    {"http://crl.example.com/a.crl", "http://crl.example.com/./a.crl"},
    {"http://crl.example.com/a.crl", "http://crl.example.com/b/../a.crl"},
    {"http://crl.example.com/a.crl", "http://crl.example.com/b/c/../../a.crl"},
    {"http://crl.example.com/a.crl", "http://crl.example.com/../../a.crl"},
    {"http://crl.example.com/a.crl", "http://crl.example.com/b/%2E%2e/a.crl"},
    {"http://crl.example.com/a/", "http://crl.example.com/a/b/.."},
    {"http://crl.example.com/a/", "http://crl.example.com/a/."},
    {"http://crl.example.com/", "http://crl.example.com/a/.."},
    {"http://user@crl.example.com/", "http://user@CRL.example.com/"},
    {"http://[2001:DB8::1]/a", "http://[2001:db8::1]:80/a"},
    {"urn:example:a", "URN:example:a"},
};

static const char *const different[][2] = {
    {"http://crl.example.com/a.crl", "https://crl.example.com/a.crl"},
    {"http://crl.example.com/a.crl", "http://crl.example.com:443/a.crl"},
    {"https://crl.example.com/a.crl", "https://crl.example.com:80/a.crl"},
    {"http://crl.example.com/a.crl", "http://crl.example.com:8080/a.crl"},
    {"http://crl.example.com/a.crl", "http://crl.example.com/A.crl"},
    {"http://crl.example.com/a.crl", "http://crl.example.com/a.crl?x"},
    {"http://crl.example.com/a?X", "http://crl.example.com/a?x"},
    {"http://crl.example.com/a.crl", "http://crl.example.com/a.crl#"},
    {"http://crl.example.com/a.crl", "http://crl.example.com//a.crl"},
    {"http://crl.example.com/a/b", "http://crl.example.com/a%2Fb"},
    {"http://crl.example.com/a", "http://crl.example.com/a/"},
    {"http://crl.example.com/a.crl", "http://crl.example.com./a.crl"},
    {"http://User@crl.example.com/", "http://user@crl.example.com/"},
    {"http://crl.example.com/?a/../b", "http://crl.example.com/?b"},
    {"http://crl.example.com/%", "http://crl.example.com/%25"},
    {"http:crl.example.com", "http://crl.example.com"},
    {"urn:example:a/../b", "urn:example:b"},
    {"urn:example:A", "urn:example:a"},
    {"", "http://crl.example.com/"},
    {"ldap://h/CN=CA?crl", "ldap://h/CN=CA?crl?sub"},
    {"ldap://h/CN=CA?crl", "ldap://h/CN=CA?arl"},
    {"ldap://h/CN=CA?crl", "ldap://h/CN=CB?crl"},
    {"ldap://h/CN=CA?crl", "ldap://i/CN=CA?crl"},
    {"ldap://h/CN=CA?crl", "ldaps://h/CN=CA?crl"},
    {"ldap://h/CN=CA?crl?""?(cn=a)", "ldap://h/CN=CA?crl?""?(cn=b)"},
    {"ldap://h/CN=CA?base", "ldap://h/CN=CA"}, /* an attribute of that name */
    {"http://h/?", "http://h/"},
    {"http://h/a?b?base", "http://h/a?b"},
    {"http://@h/", "http://h/"},
    {"http://h/%2e%2e%2fa", "http://h/a"},
    {"http://[::1]/", "http://[::2]/"},
};

static void equal_uris_are_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(same); i++)
        if (!daotp__uri_equal(text_bytes(same[i][0]), text_bytes(same[i][1])) ||
            !daotp__uri_equal(text_bytes(same[i][1]), text_bytes(same[i][0])))
            fail_msg("%s, %s", same[i][0], same[i][1]);
    for (size_t i = 0; i < COUNT(different); i++)
        if (daotp__uri_equal(text_bytes(different[i][0]), text_bytes(different[i][1])))
            fail_msg("%s, %s", different[i][0], different[i][1]);
}

/* The normal form of a normal form is itself. */
static void normal_forms_stay(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(same); i++) {
        daotp__buffer once, twice;

        daotp__buffer_init(&once, 1000);
        daotp__buffer_init(&twice, 1000);
        daotp__uri_normalize(text_bytes(same[i][1]), &once);
        daotp__uri_normalize(daotp__buffer_bytes(&once), &twice);
        assert_bytes_equal(daotp__buffer_bytes(&once), daotp__buffer_bytes(&twice));
        daotp__buffer_free(&once);
        daotp__buffer_free(&twice);
    }
}

static void names_are_compared_by_their_kind(void **state)
{
    static const struct {
        uint8_t tag;
        const char *a, *b;
        bool equal;
    } rows[] = {{0x82, "crl.example.com", "CRL.example.com", true},
                {0x82, "crl.example.com", "crl.example.org", false},
                {0x81, "a@example.com", "a@EXAMPLE.com", true},
                {0x81, "A@example.com", "a@example.com", false},
                {0x81, "a@b@example.com", "a@B@example.com", false},
                {0x86, "http://a.example/", "HTTP://A.example:80", true},
                {0x87, "\x7F\1\1\1", "\x7F\1\1\1", true},
                {0xA3, "x", "x", false},
                {0xA5, "x", "x", false}};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        daotp__general_name a = {.tag = rows[i].tag, .content = text_bytes(rows[i].a)};
        daotp__general_name b = {.tag = rows[i].tag, .content = text_bytes(rows[i].b)};

        if (daotp__general_name_equal(&a, &b) != rows[i].equal)
            fail_msg("%s, %s", rows[i].a, rows[i].b);
    }
}

/* ---- scopes of CRLs ---------------------------------------------------------------------------
 */

static daotp__crl crl_with_point(daotp__bytes full, daotp__bytes encoded)
{
    daotp__crl crl = {.issuer = {(const uint8_t *)"\x30\x00", 2}, .has_scope = true};

    crl.scope.full = full;
    crl.extensions.count = 1;
    crl.extensions.list[0].oid = daotp__oid(DAOTP__OID_CRL_SCOPE);
    crl.extensions.list[0].value = encoded;
    return crl;
}

/* Two CRLs of one scope replace one another, though their maker writes its URI in another way. */
static void scopes_are_compared_as_names(void **state)
{
    static const struct {
        const char *a, *b; /* URIs, of at most 127 octets */
        bool is_same;
    } rows[] = {{"http://ca.example/a.crl", "HTTP://CA.example:80/%61.crl", true},
                {"http://ca.example/a.crl", "http://ca.example/b.crl", false},
                {"http://ca.example/a.crl", "http://ca.example:8080/a.crl", false}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char left[129], right[129];
        daotp__crl a, b;
        int left_len = snprintf(left, sizeof left, "\x86%c%s", (char)strlen(rows[i].a), rows[i].a);
        int right_len =
            snprintf(right, sizeof right, "\x86%c%s", (char)strlen(rows[i].b), rows[i].b);
        const daotp__bytes one = {(const uint8_t *)left, (size_t)left_len};
        const daotp__bytes other = {(const uint8_t *)right, (size_t)right_len};

        a = crl_with_point(one, one);
        b = crl_with_point(other, other);
        assert_int_equal(daotp__crl_is_same_scope(&a, &b), rows[i].is_same);
        b.only_cas = true;
        assert_false(daotp__crl_is_same_scope(&a, &b));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_uris_are_found),
        cmocka_unit_test(normal_forms_stay),
        cmocka_unit_test(scopes_are_compared_as_names),
        cmocka_unit_test(names_are_compared_by_their_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
