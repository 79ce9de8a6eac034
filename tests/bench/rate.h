/* SPDX-License-Identifier: BSD-2-Clause */
/* The responder on one core, without sockets, beside the signature that it cannot do without. */
#ifndef BENCH_RATE_H
#define BENCH_RATE_H

#include "sample.h"
#include "world.h"

enum { RATE_RESPOND, RATE_NEW_KEY, RATE_SIGN, RATE_KINDS };

/* Messages, and signatures, per second of CPU time; one value a round. */
void rate_measure(const struct world *world, size_t rounds, struct sample out[RATE_KINDS]);

#endif
