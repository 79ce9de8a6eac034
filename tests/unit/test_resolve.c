/* SPDX-License-Identifier: BSD-2-Clause */
/* Names to addresses. No test here needs a name server, or waits for one that is silent. */
#include "test_clock.h"
#include "testing.h"

#include "core/limits.h"
#include "net/resolve.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

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

/* Step until there is an answer or the time is over; no single step may block. */
static daotp_status drive(fixture *f, daotp__resolver *resolver, int64_t timeout_ms)
{
    daotp_status status = DAOTP_AGAIN, ended;

    daotp__loop_begin(f->loop, timeout_ms);
    do {
        int64_t from;

        ended = daotp__loop_dispatch(f->loop);
        from = test_clock_machine_ms();
        status = daotp__resolver_step(resolver, f->report.report);
        assert_true(test_clock_machine_ms() - from < 500);
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
        assert_int_equal(daotp_report_get_count(f.report.report), 0);
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
            assert_string_equal(daotp_finding_get_subject(daotp_report_get_error(f.report.report)),
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
    int64_t from = test_clock_machine_ms();
    daotp_status status;

    (void)state;
    assert_int_equal(daotp__resolver_new(f.loop, "da.corp.invalid", &resolver), DAOTP_OK);
    status = drive(&f, resolver, 400);
    assert_true(test_clock_machine_ms() - from < 3000);
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

/* ---- the environment ------------------------------------------------------------------------- */

static int name_server = -1; /* what c-ares connects to instead of the system's, while it is set */

/* In the place of libc's, for c-ares. */
__attribute__((visibility("default"))) int connect(int fd, const struct sockaddr *to, socklen_t len)
{
    int (*real)(int, const struct sockaddr *, socklen_t);
    struct sockaddr_in server;
    socklen_t room = sizeof server;

    *(void **)&real = dlsym(RTLD_NEXT, "connect");
    if (name_server < 0)
        return real(fd, to, len);
    assert_int_equal(getsockname(name_server, (struct sockaddr *)&server, &room), 0);
    return real(fd, (struct sockaddr *)&server, room);
}

/* The name that a query asks for, with points. False: there is no query. */
static bool read_query(char name[256])
{
    uint8_t packet[512];
    ssize_t n = recv(name_server, packet, sizeof packet, MSG_DONTWAIT);
    size_t at = 12;

    if (n < 0)
        return false;
    name[0] = '\0';
    while (at < (size_t)n && packet[at] != 0) {
        size_t had = strlen(name);

        assert_true(at + 1 + packet[at] < (size_t)n && had + packet[at] + 2 < 256);
        (void)snprintf(name + had, 256 - had, "%s%.*s", had > 0 ? "." : "", (int)packet[at],
                       (const char *)packet + at + 1);
        at += 1u + packet[at];
    }
    return true;
}

/* The first that is asked for is this name itself: an alias and a search suffix come before it. */
static void expect_asked(const char *host)
{
    fixture f = fixture_new();
    daotp__resolver *resolver;
    struct pollfd wait = {name_server, POLLIN, 0};
    char name[256];

    assert_int_equal(daotp__resolver_new(f.loop, host, &resolver), DAOTP_OK);
    assert_int_equal(daotp__resolver_step(resolver, NULL), DAOTP_AGAIN);
    assert_int_equal(poll(&wait, 1, 5000), 1);
    while (read_query(name))
        assert_string_equal(name, host);
    daotp__resolver_free(resolver);
    while (read_query(name))
        continue;
    fixture_free(&f);
}

static void the_environment_chooses_no_host(void **state)
{
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    char aliases[] = "/tmp/daotp-aliases.XXXXXX";
    int file = mkstemp(aliases);
    FILE *out = fdopen(file, "w");

    (void)state;
    assert_true(fprintf(out, "da trap.evil.example\n") > 0);
    assert_int_equal(fclose(out), 0);
    name_server = socket(AF_INET, SOCK_DGRAM, 0);
    assert_int_equal(bind(name_server, (struct sockaddr *)&here, sizeof here), 0);
    assert_int_equal(setenv("HOSTALIASES", aliases, 1), 0);
    assert_int_equal(setenv("LOCALDOMAIN", "evil.example", 1), 0);
    assert_int_equal(setenv("RES_OPTIONS", "ndots:9 rotate", 1), 0);
    expect_asked("da");
    expect_asked("da.corp.example");
    assert_int_equal(unsetenv("HOSTALIASES") | unsetenv("LOCALDOMAIN") | unsetenv("RES_OPTIONS"),
                     0);
    assert_int_equal(unlink(aliases), 0);
    (void)close(name_server);
    name_server = -1;
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
        cmocka_unit_test(the_environment_chooses_no_host),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
