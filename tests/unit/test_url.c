/* SPDX-License-Identifier: BSD-2-Clause */
/* URLs of servers, and of proxies. */
#include "testing.h"

#include "core/alloc.h"
#include "net/url.h"

#include <string.h>

static void good_urls_are_taken_apart(void **state)
{
    static const struct {
        const char *text, *host, *authority, *target;
        unsigned port;
    } cases[] = {
        {"https://da.example.com/otp", "da.example.com", "da.example.com", "/otp", 443},
        {"https://da.example.com", "da.example.com", "da.example.com", "/", 443},
        {"https://da.example.com:443/otp", "da.example.com", "da.example.com", "/otp", 443},
        {"https://da.example.com:8443/otp", "da.example.com", "da.example.com:8443", "/otp", 8443},
        {"HTTPS://Da.Example.Com/Otp", "Da.Example.Com", "Da.Example.Com", "/Otp", 443},
        {"https://192.0.2.7/x", "192.0.2.7", "192.0.2.7", "/x", 443},
        {"https://[2001:db8::1]/x", "2001:db8::1", "[2001:db8::1]", "/x", 443},
        {"https://[2001:db8::1]:444/x", "2001:db8::1", "[2001:db8::1]:444", "/x", 444},
        {"https://h/a%20b/c", "h", "h", "/a%20b/c", 443},
        {"https://h/p?a=1&b=2", "h", "h", "/p?a=1&b=2", 443},
        {"https://h?a=1", "h", "h", "/?a=1", 443},
        {"https://h/p?a=%2F%3F", "h", "h", "/p?a=%2F%3F", 443},
        {"https://h:65535/", "h", "h:65535", "/", 65535},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        daotp__url url;

        if (daotp__url_parse(cases[i].text, &url) != DAOTP_OK)
            fail_msg("%s is refused", cases[i].text);
        assert_string_equal(url.text, cases[i].text);
        assert_string_equal(url.host, cases[i].host);
        assert_string_equal(url.authority, cases[i].authority);
        assert_string_equal(url.target, cases[i].target);
        assert_int_equal(url.port, cases[i].port);
        daotp__url_free(&url);
        assert_null(url.text);
    }
}

static void other_urls_are_refused(void **state)
{
    static const char *const cases[] = {
        "",
        "https://",
        "https:",
        "https:/da.example.com/otp", /* libcurl would take it */
        "https:///da.example.com/otp",
        "https:da.example.com/otp",
        "HTTPS:/da.example.com/otp",
        "da.example.com",
        "da.example.com/otp",
        "/otp",
        "//da.example.com/otp",
        "http://da.example.com/otp",
        "ftp://da.example.com/",
        "file:///etc/passwd",
        "https+unix://h/",
        "https://alice@da.example.com/",
        "https://alice:secret@da.example.com/",
        "https://:secret@da.example.com/",
        "https://da.example.com/#part",
        "https://da.example.com/ otp",
        " https://da.example.com/",
        "https://da.example.com/\notp",
        "https://da.example.com/\r\nX-Header: 1",
        "https://da.example.com/\x7F",
        "https://da.example.com/\xFF",
        "https://da.example.com:0/",
        "https://da.example.com:65536/",
        "https://da.example.com:-1/",
        "https://da.example.com:port/",
        "https://%ff/x", /* libcurl decodes a host: what comes of it must be one */
        "https://a%25b/x",
        "https://a%0d%0aX:1/x",
        "https://[2001:db8::1/x",
        "https://[2001:db8::g]/x",
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        daotp__url url;

        if (daotp__url_parse(cases[i], &url) != DAOTP_USAGE)
            fail_msg("%s is taken", cases[i]);
        assert_null(url.text);
        assert_null(url.host);
        assert_null(url.authority);
        assert_null(url.target);
    }
}

static void no_text_is_no_url(void **state)
{
    daotp__url url;

    (void)state;
    assert_int_equal(daotp__url_parse(NULL, &url), DAOTP_USAGE);
    daotp__url_free(&url); /* twice is fine */
    daotp__url_free(&url);
}

static void the_limit_is_2048_bytes(void **state)
{
    char text[DAOTP__MAX_URL + 2] = "https://h/";
    daotp__url url;

    (void)state;
    memset(text + 10, 'a', DAOTP__MAX_URL - 10);
    text[DAOTP__MAX_URL] = '\0';
    assert_int_equal(daotp__url_parse(text, &url), DAOTP_OK);
    assert_int_equal(strlen(url.target), DAOTP__MAX_URL - 9);
    daotp__url_free(&url);
    text[DAOTP__MAX_URL] = 'a';
    text[DAOTP__MAX_URL + 1] = '\0';
    assert_int_equal(daotp__url_parse(text, &url), DAOTP_USAGE);
}

static void proxies_are_found_as_libcurl_does(void **state)
{
    static const struct {
        const char *text, *host;
        unsigned port;
    } cases[] = {
        {"proxy.example", "proxy.example", 1080},
        {"proxy.example:3128", "proxy.example", 3128},
        {"http://proxy.example:8080", "proxy.example", 8080},
        {"http://proxy.example:8080/", "proxy.example", 8080},
        {"http://user:pass@proxy.example:8080", "proxy.example", 8080},
        {"socks5h://proxy.example", "proxy.example", 1080},
        {"[::1]:3128", "::1", 3128},
        {"http://[2001:db8::1]", "2001:db8::1", 1080},
        {"192.0.2.1:80", "192.0.2.1", 80},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint16_t port = 0;
        char *host;

        if (daotp__url_parse_proxy(cases[i].text, &host, &port) != DAOTP_OK)
            fail_msg("%s is refused", cases[i].text);
        assert_string_equal(host, cases[i].host);
        assert_int_equal(port, cases[i].port);
        daotp__delete(host);
    }
}

static void what_is_no_proxy_is_refused(void **state)
{
    static const char *const cases[] = {"",        "http://",   "proxy:99999",
                                        "proxy:x", "pro xy:80", "[::1"};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint16_t port;
        char *host = (char *)1;

        if (daotp__url_parse_proxy(cases[i], &host, &port) != DAOTP_USAGE)
            fail_msg("%s is taken", cases[i]);
        assert_null(host);
    }
}

static void addresses_are_told_from_names(void **state)
{
    static const char *const yes[] = {"127.0.0.1", "::1", "2001:db8::1", "::ffff:192.0.2.1"};
    static const char *const no[] = {"localhost", "",          "127.0.0", "127.1",     "1.2.3.4.5",
                                     "[::1]",     "256.0.0.1", "::g",     "0x7f.0.0.1"};

    (void)state;
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++)
        assert_true(daotp__url_is_address(yes[i]));
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
        assert_false(daotp__url_is_address(no[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_urls_are_taken_apart),
        cmocka_unit_test(other_urls_are_refused),
        cmocka_unit_test(no_text_is_no_url),
        cmocka_unit_test(the_limit_is_2048_bytes),
        cmocka_unit_test(proxies_are_found_as_libcurl_does),
        cmocka_unit_test(what_is_no_proxy_is_refused),
        cmocka_unit_test(addresses_are_told_from_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
