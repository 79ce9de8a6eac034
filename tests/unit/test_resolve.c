/* SPDX-License-Identifier: BSD-2-Clause */
/* Names to addresses. No test here needs a name server, or waits for one that is silent. */
#include "testing.h"

#include "core/limits.h"
#include "net/resolve.h"

#include <string.h>
#include <time.h>

typedef struct fixture {
    test_report report;
    daotp__loop *loop;
} fixture;

static fixture fixture_new(void)
{
    fixture f = {.report = test_report_new()};

    assert_int_equal(daotp__loop_new(f.report.context, &f.loop), DAOTP_OK);
    return f;
}

static void fixture_free(fixture *f)
{
    daotp__loop_free(f->loop);
    test_report_free(&f->report);
}

static int64_t now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Step until there is an answer or the time is over; no single step may block. */
static daotp_status drive(fixture *f, daotp__resolver *resolver, int64_t timeout_ms)
{
    daotp_status status = DAOTP_AGAIN, ended;

    daotp__loop_begin(f->loop, timeout_ms);
    do {
        int64_t from;

        ended = daotp__loop_dispatch(f->loop);
        from = now_ms();
        status = daotp__resolver_step(resolver, f->report.report);
        assert_true(now_ms() - from < 500);
        if (status == DAOTP_AGAIN && ended == DAOTP_OK)
            daotp__loop_wait(f->loop);
    } while (status == DAOTP_AGAIN && ended == DAOTP_OK);
    return status;
}

static void an_address_is_its_own_answer(void **state)
{
    static const char *const cases[] = {"127.0.0.1", "192.0.2.1", "::1", "2001:db8::1",
                                        "::ffff:192.0.2.1"};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture f = fixture_new();
        daotp__resolver *resolver;

        assert_int_equal(daotp__resolver_new(f.loop, cases[i], &resolver), DAOTP_OK);
        assert_int_equal(daotp__resolver_step(resolver, f.report.report), DAOTP_OK);
        assert_int_equal(daotp__resolver_count(resolver), 1);
        assert_string_equal(daotp__resolver_address(resolver, 0), cases[i]);
        daotp__resolver_free(resolver);
        assert_int_equal(daotp_report_count(f.report.report), 0);
        fixture_free(&f);
    }
}

/* RFC 6761 6.3: known at once, so nobody is asked. */
static void localhost_is_the_loopback(void **state)
{
    static const char *const names[] = {"localhost", "LocalHost", "localhost.", "a.localhost"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        fixture f = fixture_new();
        daotp__resolver *resolver;

        assert_int_equal(daotp__resolver_new(f.loop, names[i], &resolver), DAOTP_OK);
        assert_int_equal(daotp__resolver_step(resolver, f.report.report), DAOTP_OK);
        assert_int_equal(daotp__resolver_count(resolver), 2);
        assert_string_equal(daotp__resolver_address(resolver, 0), "127.0.0.1");
        assert_string_equal(daotp__resolver_address(resolver, 1), "::1");
        daotp__resolver_free(resolver);
        fixture_free(&f);
    }
}

static void what_only_looks_like_it_is_asked_for(void **state)
{
    static const char *const names[] = {"notlocalhost", "localhost.invalid", "ocalhost"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        fixture f = fixture_new();
        daotp__resolver *resolver;

        assert_int_equal(daotp__resolver_new(f.loop, names[i], &resolver), DAOTP_OK);
        assert_int_not_equal(daotp__resolver_step(resolver, f.report.report), DAOTP_OK);
        daotp__resolver_free(resolver);
        fixture_free(&f);
    }
}

static void what_cannot_be_a_name_fails_at_once(void **state)
{
    static const char *const cases[] = {"", "a..b", ".", "hidden.onion"};
    char label[80];

    (void)state;
    memset(label, 'a', sizeof label - 1); /* over 63 octets */
    label[sizeof label - 1] = '\0';
    for (size_t i = 0; i <= sizeof cases / sizeof cases[0]; i++) {
        const char *name = i < sizeof cases / sizeof cases[0] ? cases[i] : label;
        fixture f = fixture_new();
        daotp__resolver *resolver;
        daotp_status status;

        assert_int_equal(daotp__resolver_new(f.loop, name, &resolver), DAOTP_OK);
        status = drive(&f, resolver, 300);
        if (*name == '\0' || strcmp(name, ".") == 0) {
            assert_int_not_equal(status, DAOTP_OK); /* may go out as the root: then no answer */
        } else {
            assert_int_equal(status, DAOTP_NETWORK);
            assert_true(test_report_has(&f.report, DAOTP_FINDING_DNS_FAILED));
            assert_string_equal(daotp_finding_get_subject(daotp_report_error(f.report.report)),
                                name);
        }
        assert_int_equal(daotp__resolver_count(resolver), 0);
        daotp__resolver_free(resolver);
        fixture_free(&f);
    }
}

/* RFC 6761 6.4: there is none. With a name server it fails; without one it is still being asked
 * for, and can be given up at any time. */
static void an_invalid_name_never_hangs(void **state)
{
    fixture f = fixture_new();
    daotp__resolver *resolver;
    int64_t from = now_ms();
    daotp_status status;

    (void)state;
    assert_int_equal(daotp__resolver_new(f.loop, "da.corp.invalid", &resolver), DAOTP_OK);
    status = drive(&f, resolver, 400);
    assert_true(now_ms() - from < 3000);
    if (status == DAOTP_NETWORK)
        assert_true(test_report_has(&f.report, DAOTP_FINDING_DNS_FAILED));
    else if (status == DAOTP_TIMEOUT)
        assert_true(test_report_has(&f.report, DAOTP_FINDING_DNS_TIMEOUT));
    else
        assert_int_equal(status, DAOTP_AGAIN);
    daotp__resolver_free(resolver);
    fixture_free(&f);
}

static void while_it_waits_the_loop_is_told_when_to_wake(void **state)
{
    fixture f = fixture_new();
    daotp__resolver *resolver;

    (void)state;
    assert_int_equal(daotp__resolver_new(f.loop, "da.corp.invalid", &resolver), DAOTP_OK);
    daotp__loop_begin(f.loop, -1);
    if (daotp__resolver_step(resolver, f.report.report) == DAOTP_AGAIN) {
        assert_true(daotp__loop_timeout_ms(f.loop) >= 0);
        assert_true(daotp__loop_timeout_ms(f.loop) <= 20000);
    }
    daotp__resolver_free(resolver);
    fixture_free(&f);
}

static void it_can_be_freed_at_any_moment(void **state)
{
    (void)state;
    for (int steps = 0; steps < 3; steps++) {
        fixture f = fixture_new();
        daotp__resolver *resolver;

        assert_int_equal(daotp__resolver_new(f.loop, "da.corp.invalid", &resolver), DAOTP_OK);
        for (int i = 0; i < steps; i++) {
            (void)daotp__loop_dispatch(f.loop);
            (void)daotp__resolver_step(resolver, NULL);
        }
        daotp__resolver_free(resolver);
        assert_int_equal(daotp__loop_dispatch(f.loop), DAOTP_OK); /* nobody is told any more */
        fixture_free(&f);
    }
    daotp__resolver_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_is_its_own_answer),
        cmocka_unit_test(localhost_is_the_loopback),
        cmocka_unit_test(what_only_looks_like_it_is_asked_for),
        cmocka_unit_test(what_cannot_be_a_name_fails_at_once),
        cmocka_unit_test(an_invalid_name_never_hangs),
        cmocka_unit_test(while_it_waits_the_loop_is_told_when_to_wake),
        cmocka_unit_test(it_can_be_freed_at_any_moment),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
