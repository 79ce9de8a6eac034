/* SPDX-License-Identifier: BSD-2-Clause */
#include "sample.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

double sample_clock_us(clockid_t clock)
{
    struct timespec now;

    if (clock_gettime(clock, &now) != 0) /* of a process that has ended */
        give_up("no clock");
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

double sample_wall_us(void)
{
    return sample_clock_us(CLOCK_MONOTONIC);
}

double sample_cpu_us(void)
{
    return sample_clock_us(CLOCK_THREAD_CPUTIME_ID);
}

_Noreturn void give_up(const char *format, ...)
{
    va_list args;

    fprintf(stderr, "%s: ", program_invocation_short_name);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputs("\n", stderr);
    exit(70);
}

void sample_add(struct sample *sample, double value)
{
    if (sample->count == sample->room) {
        sample->room = sample->room > 0 ? 2 * sample->room : 64;
        sample->list = realloc(sample->list, sample->room * sizeof *sample->list);
        if (sample->list == NULL)
            give_up("out of memory");
    }
    sample->list[sample->count++] = value;
}

void sample_free(struct sample *sample)
{
    free(sample->list);
    *sample = (struct sample){0};
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double sample_at(struct sample *sample, double part)
{
    if (sample->count == 0)
        return 0;
    qsort(sample->list, sample->count, sizeof *sample->list, compare);
    return sample->list[(size_t)(part * (double)(sample->count - 1) + 0.5)];
}

void deck_make(struct deck *deck, const size_t *counts, int kinds)
{
    size_t at = 0;

    deck->count = 0;
    for (int kind = 0; kind < kinds; kind++)
        deck->count += counts[kind];
    deck->cards = calloc(deck->count + 1, sizeof *deck->cards);
    if (deck->cards == NULL)
        give_up("out of memory");
    for (int kind = 0; kind < kinds; kind++)
        for (size_t i = 0; i < counts[kind]; i++)
            deck->cards[at++] = kind;
}

/* Fisher and Yates. Not a secret, so random() will do. */
void deck_shuffle(struct deck *deck)
{
    for (size_t i = deck->count; i > 1; i--) {
        size_t j = (size_t)random() % i;
        int card = deck->cards[j];

        deck->cards[j] = deck->cards[i - 1];
        deck->cards[i - 1] = card;
    }
}

void deck_free(struct deck *deck)
{
    free(deck->cards);
    *deck = (struct deck){0};
}
