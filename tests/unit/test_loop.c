/* SPDX-License-Identifier: BSD-2-Clause */
/* What a flow waits on: deadline, wake-ups, cancel, watchers. Time is injected. */
#include "test_clock.h"
#include "testing.h"

#include "net/loop.h"

#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

typedef struct fixture {
    daotp_context *context;
    daotp__loop *loop;
    int64_t now_ms;
} fixture;

static fixture *fixture_new(bool own_clock)
{
    static fixture f;

    f.now_ms = 1000000;
    assert_int_equal(daotp_context_new(&f.context), DAOTP_OK);
    if (own_clock)
        assert_int_equal(daotp_context_set_monotonic_clock(f.context, test_clock_stands, &f.now_ms),
                         DAOTP_OK);
    assert_int_equal(daotp__loop_new(f.context, &f.loop), DAOTP_OK);
    return &f;
}

static void fixture_free(fixture *f)
{
    daotp__loop_free(f->loop);
    daotp_context_unref(f->context);
}

/* Begin, and make the first step, which is due at once. */
static void begin_and_step(const fixture *f, int64_t timeout_ms)
{
    daotp__loop_begin(f->loop, timeout_ms);
    assert_int_equal(daotp__loop_timeout_ms(f->loop), 0);
    assert_int_equal(daotp__loop_dispatch(f->loop), DAOTP_OK);
}

static bool is_readable(const fixture *f)
{
    struct pollfd pfd = {.fd = daotp__loop_fd(f->loop), .events = POLLIN};

    return poll(&pfd, 1, 0) == 1;
}

/* A clock may have any origin; none of its values means that there is no deadline. */
static void a_deadline_holds_by_any_clock(void **state)
{
    static const int64_t origins[] = {INT64_MIN, INT64_MIN + 1, -1011, -1010, -10, -11, -1, 0,
                                      1,         INT64_MAX - 30};
    fixture *f = fixture_new(true);

    (void)state;
    for (size_t i = 0; i < sizeof origins / sizeof origins[0]; i++) {
        f->now_ms = origins[i];
        begin_and_step(f, 10);
        assert_int_equal(daotp__loop_timeout_ms(f->loop), 10);
        daotp__loop_wake_in(f->loop, 5);
        assert_int_equal(daotp__loop_timeout_ms(f->loop), 5);
        f->now_ms += 9;
        assert_int_equal(daotp__loop_dispatch(f->loop), DAOTP_OK);
        f->now_ms += 1;
        assert_int_equal(daotp__loop_timeout_ms(f->loop), 0);
        assert_int_equal(daotp__loop_dispatch(f->loop), DAOTP_TIMEOUT);
        daotp__loop_end(f->loop);
        daotp__loop_begin(f->loop, INT64_MAX);
        assert_int_equal(daotp__loop_dispatch(f->loop), DAOTP_OK);
        daotp__loop_wake_in(f->loop, INT64_MAX);
        assert_int_equal(daotp__loop_dispatch(f->loop), DAOTP_OK);
        daotp__loop_end(f->loop);
    }
    fixture_free(f);
}

static void without_deadline_it_waits_for_ever(void **state)
{
    fixture *f = fixture_new(true);

    (void)state;
    assert_int_equal(daotp__loop_timeout_ms(f->loop), -1);
    begin_and_step(f, -1);
    assert_int_equal(daotp__loop_timeout_ms(f->loop), -1);
    f->now_ms += INT64_C(1) << 40;
    assert_int_equal(daotp__loop_dispatch(f->loop), DAOTP_OK);
    fixture_free(f);
}

static void the_deadline_ends_it(void **state)
{
    fixture *f = fixture_new(true);

    (void)state;
    begin_and_step(f, 100);
    assert_int_equal(daotp__loop_timeout_ms(f->loop), 100);
    f->now_ms += 99;
    assert_int_equal(daotp__loop_timeout_ms(f->loop), 1);
    assert_int_equal(daotp__loop_dispatch(f->loop), DAOTP_OK);
    f->now_ms += 1;
    assert_int_equal(daotp__loop_timeout_ms(f->loop), 0);
    assert_int_equal(daotp__loop_dispatch(f->loop), DAOTP_TIMEOUT);
    assert_int_equal(daotp__loop_dispatch(f->loop), DAOTP_TIMEOUT); /* and stays so */
    f->now_ms += 1000;
    assert_int_equal(daotp__loop_timeout_ms(f->loop), 0);
    daotp__loop_begin(f->loop, 50);
    assert_int_equal(daotp__loop_dispatch(f->loop), DAOTP_OK);
    fixture_free(f);
}

static void a_zero_deadline_is_over_at_once(void **state)
{
    fixture *f = fixture_new(true);

    (void)state;
    daotp__loop_begin(f->loop, 0);
    assert_int_equal(daotp__loop_timeout_ms(f->loop), 0);
    assert_int_equal(daotp__loop_dispatch(f->loop), DAOTP_TIMEOUT);
    fixture_free(f);
}

static void a_far_deadline_is_cut_to_what_poll_takes(void **state)
{
    fixture *f = fixture_new(true);

    (void)state;
    begin_and_step(f, INT64_C(1) << 40);
    assert_int_equal(daotp__loop_timeout_ms(f->loop), INT_MAX);
    fixture_free(f);
}

static void the_sooner_of_wake_ups_and_deadline_counts(void **state)
{
    fixture *f = fixture_new(true);

    (void)state;
    begin_and_step(f, 100);
    daotp__loop_wake_in(f->loop, 200);
    assert_int_equal(daotp__loop_timeout_ms(f->loop), 100);
    daotp__loop_wake_in(f->loop, 30);
    daotp__loop_wake_in(f->loop, 60);
    assert_int_equal(daotp__loop_timeout_ms(f->loop), 30);
    daotp__loop_wake_in(f->loop, -5); /* as at once */
    assert_int_equal(daotp__loop_timeout_ms(f->loop), 0);
    assert_int_equal(daotp__loop_dispatch(f->loop), DAOTP_OK); /* a wake-up is no end */
    assert_int_equal(daotp__loop_timeout_ms(f->loop), 100);    /* and forgotten by the step */
    daotp__loop_wake_in(f->loop, 10);
    begin_and_step(f, 70);
    assert_int_equal(daotp__loop_timeout_ms(f->loop), 70);
    fixture_free(f);
}

static void cancel_ends_it_and_begin_forgets_it(void **state)
{
    fixture *f = fixture_new(true);

    (void)state;
    daotp__loop_begin(f->loop, 0);
    daotp__loop_cancel(f->loop);
    daotp__loop_cancel(f->loop);
    assert_true(is_readable(f));
    assert_int_equal(daotp__loop_dispatch(f->loop), DAOTP_CANCELLED); /* before the deadline */
    assert_int_equal(daotp__loop_dispatch(f->loop), DAOTP_CANCELLED);
    daotp__loop_begin(f->loop, 10);
    assert_false(is_readable(f));
    assert_int_equal(daotp__loop_dispatch(f->loop), DAOTP_OK);
    fixture_free(f);
}

static void *cancel_soon(void *user)
{
    static const struct timespec soon = {.tv_nsec = 20 * 1000 * 1000};

    (void)nanosleep(&soon, NULL);
    daotp__loop_cancel(user);
    return NULL;
}

static void a_thread_can_cancel_what_waits(void **state)
{
    fixture *f = fixture_new(false);
    struct timespec from, to;
    pthread_t thread;

    (void)state;
    (void)clock_gettime(CLOCK_MONOTONIC, &from);
    daotp__loop_begin(f->loop, 60000);
    assert_int_equal(pthread_create(&thread, NULL, cancel_soon, f->loop), 0);
    do
        daotp__loop_wait(f->loop);
    while (daotp__loop_dispatch(f->loop) == DAOTP_OK);
    assert_int_equal(daotp__loop_dispatch(f->loop), DAOTP_CANCELLED);
    assert_int_equal(pthread_join(thread, NULL), 0);
    (void)clock_gettime(CLOCK_MONOTONIC, &to);
    assert_true(to.tv_sec - from.tv_sec < 10);
    fixture_free(f);
}

static void waiting_ends_with_the_time_out(void **state)
{
    fixture *f = fixture_new(false);

    (void)state;
    daotp__loop_begin(f->loop, 20);
    while (daotp__loop_dispatch(f->loop) == DAOTP_OK)
        daotp__loop_wait(f->loop);
    assert_int_equal(daotp__loop_dispatch(f->loop), DAOTP_TIMEOUT);
    fixture_free(f);
}

/* ---- watchers -------------------------------------------------------------------------------- */

typedef struct seen {
    unsigned calls;
    int fd;
    uint32_t events;
} seen;

static void note(void *user, int fd, uint32_t events)
{
    seen *s = user;

    s->calls++;
    s->fd = fd;
    s->events = events;
}

static void a_watcher_is_told_what_is_ready(void **state)
{
    fixture *f = fixture_new(true);
    seen one = {0}, two = {0};
    int a = eventfd(0, EFD_CLOEXEC), b = eventfd(1, EFD_CLOEXEC);
    int first = daotp__loop_join(f->loop, note, &one),
        second = daotp__loop_join(f->loop, note, &two);
    eventfd_t value;

    (void)state;
    assert_true(first >= 0 && second >= 0 && first != second);
    assert_true(daotp__loop_watch(f->loop, first, a, EPOLLIN));
    assert_true(daotp__loop_watch(f->loop, second, b, EPOLLIN));
    assert_int_equal(daotp__loop_dispatch(f->loop), DAOTP_OK);
    assert_int_equal(one.calls, 0);
    assert_int_equal(two.calls, 1);
    assert_int_equal(two.fd, b);
    assert_int_equal(two.events, EPOLLIN);
    assert_int_equal(eventfd_read(b, &value), 0);
    assert_false(is_readable(f));
    assert_true(daotp__loop_watch(f->loop, first, a, EPOLLIN | EPOLLOUT)); /* changed */
    assert_int_equal(daotp__loop_dispatch(f->loop), DAOTP_OK);
    assert_int_equal(one.calls, 1);
    assert_int_equal(one.events, EPOLLOUT);
    assert_true(daotp__loop_watch(f->loop, first, a, 0));
    assert_int_equal(daotp__loop_dispatch(f->loop), DAOTP_OK);
    assert_int_equal(one.calls, 1);
    assert_true(daotp__loop_watch(f->loop, first, a, 0)); /* not watched: no error */
    (void)close(a);
    (void)close(b);
    assert_true(daotp__loop_watch(f->loop, first, a, 0)); /* closed: none either */
    fixture_free(f);
}

static void who_left_is_not_told(void **state)
{
    fixture *f = fixture_new(true);
    seen one = {0};
    int fd = eventfd(1, EFD_CLOEXEC), slot = daotp__loop_join(f->loop, note, &one);

    (void)state;
    assert_true(daotp__loop_watch(f->loop, slot, fd, EPOLLIN));
    daotp__loop_leave(f->loop, slot);
    assert_int_equal(daotp__loop_dispatch(f->loop), DAOTP_OK);
    assert_int_equal(one.calls, 0);
    daotp__loop_leave(f->loop, -1); /* who never got in */
    (void)close(fd);
    fixture_free(f);
}

struct leaver {
    fixture *f;
    int slots[2];
    unsigned calls;
};

/* The first to be told sends both away. */
static void leave_both(void *user, int fd, uint32_t events)
{
    struct leaver *leaver = user;

    (void)fd, (void)events;
    leaver->calls++;
    daotp__loop_leave(leaver->f->loop, leaver->slots[0]);
    daotp__loop_leave(leaver->f->loop, leaver->slots[1]);
}

static void leaving_in_the_midst_of_a_dispatch_is_fine(void **state)
{
    fixture *f = fixture_new(true);
    struct leaver leaver = {.f = f};
    int a = eventfd(1, EFD_CLOEXEC), b = eventfd(1, EFD_CLOEXEC);

    (void)state;
    leaver.slots[0] = daotp__loop_join(f->loop, leave_both, &leaver);
    leaver.slots[1] = daotp__loop_join(f->loop, leave_both, &leaver);
    assert_true(daotp__loop_watch(f->loop, leaver.slots[0], a, EPOLLIN));
    assert_true(daotp__loop_watch(f->loop, leaver.slots[1], b, EPOLLIN));
    assert_int_equal(daotp__loop_dispatch(f->loop), DAOTP_OK);
    assert_int_equal(leaver.calls, 1);
    (void)close(a);
    (void)close(b);
    fixture_free(f);
}

static void a_bad_descriptor_cannot_be_watched(void **state)
{
    fixture *f = fixture_new(true);
    seen ignored = {0};
    int slot = daotp__loop_join(f->loop, note, &ignored);

    (void)state;
    assert_false(daotp__loop_watch(f->loop, slot, 9999, EPOLLIN));
    fixture_free(f);
}

static void a_loop_keeps_its_context(void **state)
{
    daotp_context *context;
    daotp__loop *loop;

    (void)state;
    assert_int_equal(daotp_context_new(&context), DAOTP_OK);
    assert_int_equal(daotp__loop_new(context, &loop), DAOTP_OK);
    daotp_context_unref(context);
    assert_ptr_equal(daotp__loop_context(loop), context);
    daotp__loop_begin(loop, 1000); /* asks the clock */
    daotp__loop_free(loop);
    daotp__loop_free(NULL);
}

static void nothing_comes(void *user, int fd, uint32_t events)
{
    (void)user, (void)fd, (void)events;
}

/* As many as a RADIUS client has connections; and what is left can be had again. */
static void many_can_join(void **state)
{
    enum { MANY = 1000 };
    fixture *f = fixture_new(true);
    bool taken[2 * MANY] = {false};
    int number = -1, last;

    (void)state;
    for (int i = 0; i < MANY; i++) {
        number = daotp__loop_join(f->loop, nothing_comes, f);
        assert_between(number, 0, 2 * MANY - 1);
        assert_false(taken[number]);
        taken[number] = true;
    }
    daotp__loop_leave(f->loop, 7);
    assert_int_equal(daotp__loop_join(f->loop, nothing_comes, f), 7);
    for (last = number; number >= 0; last = number > last ? number : last)
        number = daotp__loop_join(f->loop, nothing_comes, f);
    assert_int_equal(last, DAOTP__MAX_LOOP_SLOTS - 1);
    fixture_free(f);
}

/* ---- late steps ------------------------------------------------------------------------------ */

/* Whatever the clock says at the beginning. */
static void peers_are_given_the_time_that_steps_were_late(void **state)
{
    static const int64_t origins[] = {0, 1000000, -5000, INT64_MIN + 100000, INT64_MAX - 100000};
    fixture *f = fixture_new(true);

    (void)state;
    for (size_t i = 0; i < sizeof origins / sizeof origins[0]; i++) {
        int64_t deadline, before;

        f->now_ms = origins[i];
        before = daotp__loop_late_ms(f->loop);
        begin_and_step(f, 60000);
        deadline = daotp__loop_in_ms(f->loop, 1000);
        daotp__loop_wake_in(f->loop, 900);
        daotp__loop_pause(f->loop);
        assert_int_equal(daotp__loop_timeout_ms(f->loop), DAOTP__LOOP_BEAT_MS);
        f->now_ms += DAOTP__LOOP_BEAT_MS; /* in time: the peer was silent all the while */
        assert_int_equal(daotp__loop_dispatch(f->loop), DAOTP_OK);
        assert_int_equal(daotp__loop_late_ms(f->loop), before);
        daotp__loop_wake_in(f->loop, 50);
        daotp__loop_pause(f->loop);
        f->now_ms += 5000; /* due after 50 ms */
        assert_int_equal(daotp__loop_dispatch(f->loop), DAOTP_OK);
        assert_int_equal(daotp__loop_late_ms(f->loop), before + 4950);
        assert_int_equal(deadline - daotp__loop_now_ms(f->loop), 1000 - DAOTP__LOOP_BEAT_MS - 50);
        daotp__loop_end(f->loop);
        assert_int_equal(daotp__loop_timeout_ms(f->loop), -1); /* nothing is due any more */
    }
    fixture_free(f);
}

static void the_total_deadline_is_not_extended(void **state)
{
    fixture *f = fixture_new(true);

    (void)state;
    begin_and_step(f, 1000);
    daotp__loop_pause(f->loop);
    f->now_ms += 1000;
    assert_int_equal(daotp__loop_dispatch(f->loop), DAOTP_TIMEOUT);
    fixture_free(f);
}

static void no_step_is_due_where_nothing_waits(void **state)
{
    fixture *f = fixture_new(true);

    (void)state;
    begin_and_step(f, -1);
    daotp__loop_rest(f->loop);
    f->now_ms += 3600000;
    daotp__loop_call_step(f->loop); /* something begins: that hour was nobody's */
    assert_int_equal(daotp__loop_late_ms(f->loop), 0);
    assert_int_equal(daotp__loop_timeout_ms(f->loop), 0);
    daotp__loop_pause(f->loop);
    f->now_ms += DAOTP__LOOP_BEAT_MS + 700;
    daotp__loop_call_step(f->loop); /* what begins now does not profit from lateness before it */
    assert_int_equal(daotp__loop_late_ms(f->loop), 700);
    fixture_free(f);
}

/* With an answer there it may be as old as the wait; and a slow peer gains nothing where the steps
 * are in time. */
static void an_answer_is_as_old_as_the_wait_at_a_late_step(void **state)
{
    fixture *f = fixture_new(true);
    seen one = {0};
    int fd = eventfd(1, EFD_CLOEXEC), slot = daotp__loop_join(f->loop, note, &one);

    (void)state;
    assert_true(daotp__loop_watch(f->loop, slot, fd, EPOLLIN));
    begin_and_step(f, 60000);
    daotp__loop_pause(f->loop);
    f->now_ms += DAOTP__LOOP_BEAT_MS;
    assert_int_equal(daotp__loop_dispatch(f->loop), DAOTP_OK);
    assert_int_equal(daotp__loop_late_ms(f->loop), 0);
    daotp__loop_pause(f->loop);
    f->now_ms += 5000;
    assert_int_equal(daotp__loop_dispatch(f->loop), DAOTP_OK);
    assert_int_equal(daotp__loop_late_ms(f->loop), 5000);
    assert_int_equal(one.calls, 3);
    (void)close(fd);
    fixture_free(f);
}

/* Lateness of a step of the caller, then of a wait of our own. */
static size_t late_findings(fixture *f, int64_t late_ms, bool is_ours)
{
    daotp_report report;
    size_t count;

    daotp__report_init(&report, f->context);
    begin_and_step(f, -1);
    daotp__loop_wake_in(f->loop, 0);
    daotp__loop_pause(f->loop);
    if (is_ours)
        daotp__loop_wait(f->loop);
    f->now_ms += late_ms;
    assert_int_equal(daotp__loop_dispatch(f->loop), DAOTP_OK);
    daotp__loop_report_late(f->loop, 0, "subject", &report);
    count = report.count;
    daotp__loop_end(f->loop);
    daotp__report_end(&report);
    return count;
}

static void much_lateness_of_the_caller_is_a_finding(void **state)
{
    fixture *f = fixture_new(true);

    (void)state;
    assert_int_equal(late_findings(f, DAOTP__LOOP_LATE_MS, false), 1);
    assert_int_equal(late_findings(f, DAOTP__LOOP_LATE_MS - 1, false), 0);
    assert_int_equal(late_findings(f, 10 * DAOTP__LOOP_LATE_MS, true), 0);
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_deadline_it_waits_for_ever),
        cmocka_unit_test(a_deadline_holds_by_any_clock),
        cmocka_unit_test(the_deadline_ends_it),
        cmocka_unit_test(a_zero_deadline_is_over_at_once),
        cmocka_unit_test(many_can_join),
        cmocka_unit_test(a_far_deadline_is_cut_to_what_poll_takes),
        cmocka_unit_test(the_sooner_of_wake_ups_and_deadline_counts),
        cmocka_unit_test(cancel_ends_it_and_begin_forgets_it),
        cmocka_unit_test(a_thread_can_cancel_what_waits),
        cmocka_unit_test(waiting_ends_with_the_time_out),
        cmocka_unit_test(peers_are_given_the_time_that_steps_were_late),
        cmocka_unit_test(the_total_deadline_is_not_extended),
        cmocka_unit_test(an_answer_is_as_old_as_the_wait_at_a_late_step),
        cmocka_unit_test(no_step_is_due_where_nothing_waits),
        cmocka_unit_test(much_lateness_of_the_caller_is_a_finding),
        cmocka_unit_test(a_watcher_is_told_what_is_ready),
        cmocka_unit_test(who_left_is_not_told),
        cmocka_unit_test(leaving_in_the_midst_of_a_dispatch_is_fine),
        cmocka_unit_test(a_bad_descriptor_cannot_be_watched),
        cmocka_unit_test(a_loop_keeps_its_context),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
