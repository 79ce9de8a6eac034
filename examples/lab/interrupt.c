/* SPDX-License-Identifier: BSD-2-Clause */
#include "interrupt.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t came;
static void (*volatile cancel_fn)(void *what);
static void *volatile cancel_what;

static void on_signal(int number)
{
    (void)number;
    came = 1;
    if (cancel_fn != NULL)
        cancel_fn(cancel_what);
}

void interrupt_catch(void)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND}, before;

    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        if (signals[i] != SIGHUP || /* nohup asks for that */
            (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN))
            (void)sigaction(signals[i], &action, NULL);
}

void interrupt_catch_broken_pipe(void)
{
    static const struct sigaction action = {.sa_handler = on_signal};

    (void)sigaction(SIGPIPE, &action, NULL); /* writing continues, and fails */
}

void interrupt_cancels(void (*cancel)(void *what), void *what)
{
    cancel_fn = NULL; /* a handler must never get the object of another */
    cancel_what = what;
    cancel_fn = cancel;
}

bool interrupt_came(void)
{
    return came != 0;
}
