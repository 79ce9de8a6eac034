/* SPDX-License-Identifier: BSD-2-Clause */
/* The event loop of a process of the lab, until it is told to end. */
#ifndef LAB_LOOP_H
#define LAB_LOOP_H

struct event_base;

/* Until SIGTERM or SIGINT comes. */
int loop_run(struct event_base *base);

#endif
