/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of hosts, and the lists of those that a peer may name. */
#include "builders.h"

#include "core/host.h"

static void a_host_has_one_form(void **state)
{
    static const struct {
        const char *text, *form; /* NULL: it is no host */
        bool is_address;
    } cases[] = {
        {"ca1.corp.example", "ca1.corp.example", false},
        {"CA1.Corp.Example.", "ca1.corp.example", false},
        {"CA_01", "ca_01", false},
        {"xn--mller-kva.example", "xn--mller-kva.example", false},
        {"1.example", "1.example", false},
        {"1e", "1e", false},
        {"192.0.2.1", "192.0.2.1", true},
        {"2001:DB8:0:0::1", "2001:db8::1", true},
        {"[2001:db8::1]", "2001:db8::1", true},
        {"", NULL, false},
        {".", NULL, false},
        {"..", NULL, false},
        {".a", NULL, false},
        {"a..", NULL, false},
        {"a..b", NULL, false},
        {"-a.b", NULL, false},
        {"a-.b", NULL, false},
        {"*.b", NULL, false},
        {"a b", NULL, false},
        {"a:1", NULL, false},
        {"a@b", NULL, false},
        {"a/b", NULL, false},
        {"a%2eb", NULL, false},
        {"a\\b", NULL, false},
        {"a\xC2\xAD"
         "b",
         NULL, false},
        {"\xEF\xBC\xA1", NULL, false},
        {"127.1", NULL, false},
        {"127.0.0.1.", NULL, false},
        {"010.0.0.1", NULL, false},
        {"1.2.3.4.5", NULL, false},
        {"a.256", NULL, false},
        {"0x7f.1", NULL, false},
        {"0X7F000001", NULL, false},
        {"0x", NULL, false},
        {"2130706433", NULL, false},
        {"[192.0.2.1]", NULL, false},
        {"[::1", NULL, false},
        {"::1]", NULL, false},
        {"[]", NULL, false},
        {"fe80::1%eth0", NULL, false},
        {"[::1]:443", NULL, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        daotp__host host;
        bool is_host = daotp__host_parse(cases[i].text, &host);

        if (is_host != (cases[i].form != NULL))
            fail_msg("'%s'", cases[i].text);
        if (is_host) {
            assert_string_equal(host.text, cases[i].form);
            assert_int_equal(host.is_address, cases[i].is_address);
        }
    }
}

static void lengths_are_those_of_dns(void **state)
{
    char text[2 * DAOTP__MAX_HOST];
    daotp__host host;

    (void)state;
    memset(text, 'a', sizeof text);
    text[DAOTP__MAX_HOST_LABEL] = '\0';
    assert_true(daotp__host_parse(text, &host));
    text[DAOTP__MAX_HOST_LABEL] = 'a';
    text[DAOTP__MAX_HOST_LABEL + 1] = '\0';
    assert_false(daotp__host_parse(text, &host));
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = i % 2 == 0 ? 'a' : '.';
    text[DAOTP__MAX_HOST] = '\0';
    assert_true(daotp__host_parse(text, &host));
    text[DAOTP__MAX_HOST] = '.'; /* a trailing dot does not count */
    text[DAOTP__MAX_HOST + 1] = '\0';
    assert_true(daotp__host_parse(text, &host));
    text[DAOTP__MAX_HOST + 1] = 'a';
    text[DAOTP__MAX_HOST + 2] = '\0';
    assert_false(daotp__host_parse(text, &host));
}

static void a_port_is_told_from_an_address(void **state)
{
    static const char *const with[] = {"ca.example:443", "ca.example:", "192.0.2.1:1",
                                       "[2001:db8::1]:8443", "h:99999999"};
    static const char *const without[] = {
        "ca.example", "2001:db8::1", "[2001:db8::1]", "a:b", "a:1:2", ":443", "", "a@b:1"};

    (void)state;
    for (size_t i = 0; i < COUNT(with); i++)
        if (!daotp__host_has_port(with[i]))
            fail_msg("'%s'", with[i]);
    for (size_t i = 0; i < COUNT(without); i++) {
        daotp__host host;

        if (daotp__host_has_port(without[i]) && !daotp__host_parse(without[i], &host))
            fail_msg("'%s'", without[i]);
    }
}

static void a_list_takes_hosts_and_suffixes(void **state)
{
    static const char *const bad[] = {"",
                                      ".",
                                      "..",
                                      "*.corp.example",
                                      "*",
                                      "a:443",
                                      ".192.0.2.1",
                                      ".2.1",
                                      ".::1",
                                      ".[::1]",
                                      "..a",
                                      "https://a",
                                      "a.example/",
                                      " a",
                                      "a,b",
                                      ".a..b",
                                      "m\xC3\xBCller.example"};
    daotp__host_list list = {.count = 0};

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        if (daotp__host_list_add(&list, bad[i]) != DAOTP_USAGE)
            fail_msg("'%s'", bad[i]);
    assert_int_equal(list.count, 0);
    for (size_t i = 0; i < DAOTP__MAX_ALLOWED_HOSTS; i++)
        assert_int_equal(daotp__host_list_add(&list, i % 2 == 0 ? ".a.example" : "a"), DAOTP_OK);
    assert_int_equal(daotp__host_list_add(&list, "b"), DAOTP_USAGE);
    daotp__host_list_free(&list);
    assert_false(daotp__host_list_allows(&list, "a"));
}

static void a_suffix_covers_whole_labels(void **state)
{
    static const char *const allowed[] = {".Corp.Example.", "ca.other.example.", "192.0.2.1",
                                          "[2001:DB8::1]"};
    static const struct {
        const char *host;
        bool is_allowed;
    } cases[] = {
        {"a.corp.example", true},
        {"a.b.CORP.example.", true},
        {"corp.example", false},
        {"acorp.example", false},
        {".corp.example", false},
        {"a.corp.example.com", false},
        {"a.corp.example..", false},
        {"ca.other.example", true},
        {"CA.OTHER.EXAMPLE.", true},
        {"x.ca.other.example", false},
        {"other.example", false},
        {"192.0.2.1", true},
        {"192.0.2.11", false},
        {"1.192.0.2.1", false},
        {"2001:db8:0::1", true},
        {"[2001:db8::1]", true},
        {"2001:db8::11", false},
        {"::ffff:192.0.2.1", false},
        {"a.corp.example:443", false},
        {"x@a.corp.example", false},
        {"", false},
        {"a.corp.example%00.evil", false},
    };
    daotp__host_list list = {.count = 0};

    (void)state;
    for (size_t i = 0; i < COUNT(allowed); i++)
        assert_int_equal(daotp__host_list_add(&list, allowed[i]), DAOTP_OK);
    for (size_t i = 0; i < COUNT(cases); i++)
        if (daotp__host_list_allows(&list, cases[i].host) != cases[i].is_allowed)
            fail_msg("'%s'", cases[i].host);
    daotp__host_list_free(&list);
}

static void hosts_are_equal_in_any_writing(void **state)
{
    (void)state;
    assert_true(daotp__host_equal("CA.example.", "ca.EXAMPLE"));
    assert_true(daotp__host_equal("[::1]", "0:0::1"));
    assert_true(daotp__host_equal("no host", "no host"));
    assert_false(daotp__host_equal("ca.example", "cb.example"));
    assert_false(daotp__host_equal("no host", "NO HOST"));
    assert_false(daotp__host_equal("", "a"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_host_has_one_form),
        cmocka_unit_test(lengths_are_those_of_dns),
        cmocka_unit_test(a_port_is_told_from_an_address),
        cmocka_unit_test(a_list_takes_hosts_and_suffixes),
        cmocka_unit_test(a_suffix_covers_whole_labels),
        cmocka_unit_test(hosts_are_equal_in_any_writing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
