/* SPDX-License-Identifier: BSD-2-Clause */
/* libssl writes with write(): to a peer that has gone this would raise SIGPIPE in our host. The
 * signal is held back in this thread for the time of a call; no handler is touched. */
#ifndef DAOTP_CORE_SIGPIPE_H
#define DAOTP_CORE_SIGPIPE_H

#include <signal.h>
#include <stdbool.h>

typedef struct daotp__sigpipe {
    sigset_t before;
    bool was_pending;
} daotp__sigpipe;

void daotp__sigpipe_hold(daotp__sigpipe *hold);
void daotp__sigpipe_release(const daotp__sigpipe *hold);

#endif
