/* SPDX-License-Identifier: BSD-2-Clause */
/* Which proxy: the one that was set, or the environment's, and only when asked for by name. */
#include "testing.h"

#include "net/proxy.h"

#include <stdlib.h>
#include <string.h>

static const char *const variables[] = {"https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY",
                                        "all_proxy",   "ALL_PROXY",   "no_proxy",   "NO_PROXY"};

static int forget_environment(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
        (void)unsetenv(variables[i]);
    return 0;
}

/* "name=value" each. */
static void set(const char *const *list)
{
    for (; *list != NULL; list++) {
        size_t len = strcspn(*list, "=");
        char name[32];

        memcpy(name, *list, len);
        name[len] = '\0';
        assert_int_equal(setenv(name, *list + len + 1, 1), 0);
    }
}

static const char *ask(const char *text, const char *proxy, bool from_environment)
{
    daotp__url url;
    daotp__peer peer = {.url = &url, .proxy = proxy, .proxy_from_environment = from_environment};
    const char *found;

    assert_int_equal(daotp__url_parse(text, &url), DAOTP_OK);
    found = daotp__proxy_for(&peer);
    daotp__url_free(&url);
    return found;
}

static void assert_proxy(const char *found, const char *wanted, const char *url)
{
    if (wanted == NULL ? found != NULL : found == NULL || strcmp(found, wanted) != 0)
        fail_msg("for %s: %s instead of %s", url, found != NULL ? found : "none",
                 wanted != NULL ? wanted : "none");
}

static void the_environment_alone_changes_nothing(void **state)
{
    const char *const all[] = {"https_proxy=p:1", "all_proxy=p:2", NULL};

    (void)state;
    set(all);
    assert_proxy(ask("https://h/", NULL, false), NULL, "h");
    assert_proxy(ask("https://h/", "set:3", false), "set:3", "h");
}

static void what_was_set_wins_over_the_environment(void **state)
{
    const char *const all[] = {"https_proxy=p:1", "no_proxy=*", NULL};

    (void)state;
    set(all);
    assert_proxy(ask("https://h/", "set:3", true), "set:3", "h");
}

static void variables_are_taken_in_order(void **state)
{
    static const struct {
        const char *list[4], *wanted;
    } cases[] = {
        {{NULL}, NULL},
        {{"http_proxy=plain:1", "HTTP_PROXY=plain:1", NULL}, NULL},
        {{"https_proxy=a:1", "HTTPS_PROXY=b:1", "all_proxy=c:1", NULL}, "a:1"},
        {{"HTTPS_PROXY=b:1", "all_proxy=c:1", "ALL_PROXY=d:1", NULL}, "b:1"},
        {{"all_proxy=c:1", "ALL_PROXY=d:1", NULL}, "c:1"},
        {{"ALL_PROXY=d:1", NULL}, "d:1"},
        {{"https_proxy=", "all_proxy=c:1", NULL}, "c:1"},
        {{"https_proxy=", NULL}, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        (void)forget_environment(NULL);
        set(cases[i].list);
        assert_proxy(ask("https://h/", NULL, true), cases[i].wanted, "h");
    }
}

static void exempt_hosts_go_straight(void **state)
{
    static const struct {
        const char *list, *url;
        bool exempt;
    } cases[] = {
        {"example.com", "https://example.com/", true},
        {"example.com", "https://EXAMPLE.com/", true},
        {"Example.COM", "https://da.example.com/", true},
        {".example.com", "https://da.example.com/", true},
        {".example.com", "https://example.com/", true},
        {"example.com", "https://badexample.com/", false},
        {"example.com", "https://example.com.evil.net/", false},
        {"da.example.com", "https://example.com/", false},
        {"other.net,example.com", "https://da.example.com/", true},
        {"other.net, example.com", "https://da.example.com/", true},
        {"other.net example.com", "https://da.example.com/", true},
        {",,example.com,,", "https://example.com/", true},
        {"other.net,another.net", "https://da.example.com/", false},
        {"*", "https://anything/", true},
        {"other.net,*", "https://anything/", true},
        {"*.example.com", "https://da.example.net/", false},
        {"192.0.2.1", "https://192.0.2.1/", true},
        {"192.0.2.1", "https://192.0.2.10/", false},
        {"2001:db8::1", "https://[2001:db8::1]/", true},
        {"", "https://h/", false},
        {",", "https://h/", false},
        {".", "https://h/", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int upper = 0; upper < 2; upper++) {
            (void)forget_environment(NULL);
            assert_int_equal(setenv("https_proxy", "p:1", 1), 0);
            assert_int_equal(setenv(upper ? "NO_PROXY" : "no_proxy", cases[i].list, 1), 0);
            assert_proxy(ask(cases[i].url, NULL, true), cases[i].exempt ? NULL : "p:1",
                         cases[i].url);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_environment_alone_changes_nothing, forget_environment,
                                        forget_environment),
        cmocka_unit_test_setup_teardown(what_was_set_wins_over_the_environment, forget_environment,
                                        forget_environment),
        cmocka_unit_test_setup_teardown(variables_are_taken_in_order, forget_environment,
                                        forget_environment),
        cmocka_unit_test_setup_teardown(exempt_hosts_go_straight, forget_environment,
                                        forget_environment),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
