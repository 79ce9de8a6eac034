/* SPDX-License-Identifier: BSD-2-Clause */
/* Texts that stand nowhere but where they are put, and how often they stand in this process. */
#ifndef MEMORY_MARKS_H
#define MEMORY_MARKS_H

#include "testing.h"

#include <stdio.h>
#include <string.h>

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) /* they map terabytes */
#define MARKS_CAN_BE_COUNTED
#endif

enum { MARK_LEN = 24 };

/* Two texts that stand nowhere but where they are put. */
uint8_t mark(unsigned which, size_t i);

void write_mark(unsigned which, uint8_t *out);

/* How often it stands in what the process can write to. */
unsigned count_marks(unsigned which);

#endif
