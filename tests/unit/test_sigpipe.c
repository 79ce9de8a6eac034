/* SPDX-License-Identifier: BSD-2-Clause */
/* What a closed peer would do to the host: SIGPIPE, held for the time of a step. The signal's
 * action is the default one here, so that one that gets through ends the test. */
#include "testing.h"

#include "core/sigpipe.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

static bool is_blocked(void)
{
    sigset_t mask;

    assert_int_equal(pthread_sigmask(SIG_SETMASK, NULL, &mask), 0);
    return sigismember(&mask, SIGPIPE) == 1;
}

static bool is_pending(void)
{
    sigset_t pending;

    assert_int_equal(sigpending(&pending), 0);
    return sigismember(&pending, SIGPIPE) == 1;
}

static void write_to_nobody(void)
{
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    assert_int_equal(close(ends[0]), 0);
    assert_int_equal(write(ends[1], "x", 1), -1);
    assert_int_equal(close(ends[1]), 0);
}

static void block(int how)
{
    sigset_t set;

    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGPIPE);
    assert_int_equal(pthread_sigmask(how, &set, NULL), 0);
}

static void ours_is_taken_away(void **state)
{
    daotp__sigpipe hold;

    (void)state;
    for (int before = 0; before < 2; before++) { /* whether the host blocks it or not */
        block(before ? SIG_BLOCK : SIG_UNBLOCK);
        daotp__sigpipe_hold(&hold);
        assert_true(is_blocked());
        write_to_nobody();
        assert_true(is_pending());
        daotp__sigpipe_release(&hold);
        assert_false(is_pending());
        assert_int_equal(is_blocked(), before);
    }
    block(SIG_UNBLOCK);
}

static void the_hosts_own_stays(void **state)
{
    static const struct timespec at_once = {0, 0};
    daotp__sigpipe hold;
    sigset_t set;

    (void)state;
    block(SIG_BLOCK);
    write_to_nobody();
    daotp__sigpipe_hold(&hold);
    write_to_nobody();
    daotp__sigpipe_release(&hold);
    assert_true(is_pending());
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGPIPE);
    assert_int_equal(sigtimedwait(&set, NULL, &at_once), SIGPIPE);
    block(SIG_UNBLOCK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ours_is_taken_away),
        cmocka_unit_test(the_hosts_own_stays),
    };

    (void)signal(SIGPIPE, SIG_DFL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
