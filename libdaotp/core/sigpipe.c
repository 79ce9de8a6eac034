/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/sigpipe.h"

#include <pthread.h>
#include <time.h>

static sigset_t only_sigpipe(void)
{
    sigset_t set;

    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGPIPE);
    return set;
}

static bool is_pending(void)
{
    sigset_t pending;

    return sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 1;
}

void daotp__sigpipe_hold(daotp__sigpipe *hold)
{
    sigset_t set = only_sigpipe();

    hold->was_pending = is_pending();
    (void)pthread_sigmask(SIG_BLOCK, &set, &hold->before);
}

void daotp__sigpipe_release(const daotp__sigpipe *hold)
{
    static const struct timespec at_once = {0, 0};
    sigset_t set = only_sigpipe();

    if (!hold->was_pending && is_pending())
        (void)sigtimedwait(&set, NULL, &at_once); /* we caused this one: remove it */
    (void)pthread_sigmask(SIG_SETMASK, &hold->before, NULL);
}
