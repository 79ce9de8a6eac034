/* SPDX-License-Identifier: BSD-2-Clause */
#include "loop.h"

#include <signal.h>

#include <event2/event.h>

#include "log.h"

static void on_signal(evutil_socket_t number, short what, void *user)
{
    (void)number;
    (void)what;
    event_base_loopbreak(user);
}

int loop_run(struct event_base *base)
{
    struct event *term = evsignal_new(base, SIGTERM, on_signal, base);
    struct event *interrupt = evsignal_new(base, SIGINT, on_signal, base);
    int end = LAB_INTERNAL;

    if (term != NULL && interrupt != NULL && event_add(term, NULL) == 0 &&
        event_add(interrupt, NULL) == 0 && event_base_dispatch(base) >= 0)
        end = LAB_OK;
    if (term != NULL)
        event_free(term);
    if (interrupt != NULL)
        event_free(interrupt);
    return end;
}
