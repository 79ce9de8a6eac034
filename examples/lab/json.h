/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef JSON_H
#define JSON_H

#include <stdio.h>

/* A text as JSON has it, quotes and all. */
void json_string(FILE *out, const char *text);

#endif
