/* SPDX-License-Identifier: BSD-2-Clause */
/* SIGINT, SIGTERM and SIGHUP end the current operation, and no new one begins. A second signal
 * ends the program as usual. */
#ifndef INTERRUPT_H
#define INTERRUPT_H

#include <stdbool.h>

/* Handles these signals from now on. Calls that wait end with EINTR. */
void interrupt_catch(void);
/* Treat a write to a closed pipe (`| head`, `| less`) as an interrupt too. */
void interrupt_catch_broken_pipe(void);
/* Sets a function that the handler calls; NULL: none. It must be async-signal-safe. */
void interrupt_cancels(void (*cancel)(void *what), void *what);
bool interrupt_came(void);

#endif
