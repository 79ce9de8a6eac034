/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counts the work of a validation in units that are the same on every machine. A block is a basic
 * block of core/, x509/ or validate/, which the program compiles with -fsanitize-coverage=trace-pc.
 * A signature is one check of RSA-2048; dearer keys count as many as they cost.
 */
#ifndef TESTS_STEP_COUNT_H
#define TESTS_STEP_COUNT_H

#include <stdint.h>

typedef struct step_count {
    uint64_t blocks, signatures;
} step_count;

/* What this thread has done so far. */
step_count step_count_now(void);

#endif
