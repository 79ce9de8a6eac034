/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A measurement in a process of its own: what one leaves behind does not lie in the way of the
 * next, and the memory it took is its own. Clocks and the way out are here too.
 */
#ifndef BENCH_APART_H
#define BENCH_APART_H

#include <stddef.h>

/* Seconds: by the wall, and of this process on its cores. */
double apart_wall(void);
double apart_cpu(void);

/* Octets of this process: the most that was ever resident (VmHWM), its own pages now (Anonymous of
 * smaps_rollup), and pages of shared memory that it has mapped now (RssShmem). */
struct apart_memory {
    double peak, anonymous, shared;
};

struct apart_memory apart_memory(void);
void apart_forget_peak(void);

/* Run it in a child, and give what it left in out, len octets, at most 4096. When the child gives
 * up, so does this. */
typedef void (*apart_fn)(const void *task, void *out);
void apart_run(apart_fn run, const void *task, void *out, size_t len);

/* Says why on standard error and ends the process. */
_Noreturn void apart_give_up(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The best of several runs, and the worst. Where less is better, best is the least. */
struct apart_span {
    double best, worst;
    unsigned count;
};

void apart_add_time(struct apart_span *span, double value);
void apart_add_rate(struct apart_span *span, double value);

#endif
