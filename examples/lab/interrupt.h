/* SPDX-License-Identifier: BSD-2-Clause */
/* SIGINT, SIGTERM and SIGHUP end what is under way, and nothing new begins. A second one ends the
 * program as ever. */
#ifndef INTERRUPT_H
#define INTERRUPT_H

#include <stdbool.h>

/* From here on. Calls that wait end with EINTR. */
void interrupt_catch(void);
/* Count a write that nobody reads (`| head`, `| less`) as an interrupt too. */
void interrupt_catch_broken_pipe(void);
/* Called in the handler, from now on; NULL: nothing. It must be async-signal-safe. */
void interrupt_cancels(void (*cancel)(void *what), void *what);
bool interrupt_came(void);

#endif
