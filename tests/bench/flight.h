/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whole enrolments, prepare and enroll, keys given: so many in flight in one thread, by steps and
 * poll(), beside the same number one after the other.
 */
#ifndef BENCH_FLIGHT_H
#define BENCH_FLIGHT_H

#include "floor.h"
#include "ours.h"

enum { FLIGHTS = 50 };

struct flight {
    struct sample at_once, one_by_one; /* enrolments a second */
    struct sample cpu, floor_cpu;      /* microseconds of processor time an enrolment */
    struct sample peer_cpu;            /* the same, of the peers while 50 are in flight */
    struct sample bound; /* one by one: time an enrolment, by the longer of both times */
};

void flight_measure(const struct world *world, struct ours *ours, struct floor *floor,
                    size_t rounds, struct flight *flight);
void flight_free(struct flight *flight);

#endif
