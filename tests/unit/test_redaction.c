/* SPDX-License-Identifier: BSD-2-Clause */
/* Which words of a finding are names, for a page that is shown to others. */
#include "../../examples/daotp/redaction.h"
#include "testing.h"

#include <stdlib.h>
#include <string.h>

/* Each text in a heap block of its own length, so that a sanitizer sees a read past its end. */
static void redacts_to(redaction *names, const char *text, const char *wanted)
{
    char *block = strdup(text), *got;

    assert_non_null(block);
    got = redaction_apply(names, block);
    assert_non_null(got);
    assert_string_equal(got, wanted);
    free(got);
    free(block);
}

static void names_become_numbers(void **state)
{
    static const struct {
        const char *text, *wanted;
    } cases[] = {
        {"CORP\\alice", "[name-1]"},
        {"alice@corp.example", "[name-1]"},
        {"no route to da.corp.example.", "no route to [name-1]."},
        {"https://da/otp, closed", "[name-1], closed"},
        {"10.0.0.1:443", "[name-1]"},
        {"[2001:db8::1]:443", "[name-1]"},
        {"fe80::1%eth0", "[name-1]"},
        {"S-1-5-21-1-2-3-500", "[name-1]"},
        {"S-1-12-1-7-8", "[name-1]"}, /* of Entra ID */
        {"CN=Corp Root CA,O=Corp\\, Inc", "CN=[name-1],O=[name-2]"},
        {"CN=Alice+UID=alice,O=Corp", "CN=[name-1]+UID=[name-1],O=[name-2]"},
        {"CN=a\\", "CN=[name-1]"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        redaction *names = redaction_new();

        assert_non_null(names);
        redacts_to(names, cases[i].text, cases[i].wanted);
        redaction_free(names);
    }
}

static void all_else_stays(void **state)
{
    static const char *const texts[] = {
        "",
        "status 3, usage",
        "HTTP 403",
        "1.3.6.1.5.5.7.3.1",
        "2026-11-30T19:00:00Z, in 3 days and 2 hours",
        "over 1000 ms, 50%",
        "TLS 1.3 / 1.2",
    };
    redaction *names = redaction_new();

    (void)state;
    assert_non_null(names);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        redacts_to(names, texts[i], texts[i]);
    redaction_free(names);
}

static void the_same_name_has_the_same_number(void **state)
{
    redaction *names = redaction_new();
    char *whole;

    (void)state;
    assert_non_null(names);
    redacts_to(names, "a.example b.example A.EXAMPLE", "[name-1] [name-2] [name-1]");
    whole = redaction_whole(names, "b.example");
    assert_non_null(whole);
    assert_string_equal(whole, "[name-2]");
    free(whole);
    redaction_free(names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(names_become_numbers),
                                       cmocka_unit_test(all_else_stays),
                                       cmocka_unit_test(the_same_name_has_the_same_number)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
