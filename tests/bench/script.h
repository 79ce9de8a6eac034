/* SPDX-License-Identifier: BSD-2-Clause */
/* What one would script today: openssl, curl, sed and sync, one child process after the other. */
#ifndef BENCH_SCRIPT_H
#define BENCH_SCRIPT_H

#include "world.h"

/* After a run of ours: the SOAP envelope around the CMC is taken from its recording. False, with a
 * line said, when a program is missing. */
bool script_open(const struct world *world);
/* Microseconds from before the shell is started to after it has ended. */
double script_run(const struct world *world);

#endif
