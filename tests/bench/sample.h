/* SPDX-License-Identifier: BSD-2-Clause */
/* Times, what is made of many of them, and the way out when a measurement cannot be had. */
#ifndef BENCH_SAMPLE_H
#define BENCH_SAMPLE_H

#include <stddef.h>
#include <time.h>

/* Microseconds: of a clock, by the wall, and of this thread on its core. */
double sample_clock_us(clockid_t clock);
double sample_wall_us(void);
double sample_cpu_us(void);

struct sample {
    double *list;
    size_t count, room;
};

void sample_add(struct sample *sample, double value);
void sample_free(struct sample *sample);
/* The value below which `part` of all lie: 0.5 is the median. 0 when there are none. */
double sample_at(struct sample *sample, double part);

/* A deck: `kinds` sorts of card, counts[kind] of each, in a new order at each shuffle. */
struct deck {
    int *cards;
    size_t count;
};

void deck_make(struct deck *deck, const size_t *counts, int kinds);
void deck_shuffle(struct deck *deck);
void deck_free(struct deck *deck);

/* Says why on standard error and ends the program. */
_Noreturn void give_up(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
