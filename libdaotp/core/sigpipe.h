/* SPDX-License-Identifier: BSD-2-Clause */
/* Prevents SIGPIPE. libssl writes with write(), which would raise the signal in the application
 * if the peer has closed the connection. The signal is blocked in this thread during a call;
 * handlers are not changed. */
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
