/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef JSON_H
#define JSON_H

#include <stdio.h>

/* The member "format" of what the lab prints; the tool's other commands print DAOTP_JSON_FORMAT. */
enum { JSON_FORMAT = 1 };

/* A text as a JSON string, with quotes. */
void json_string(FILE *out, const char *text);

#endif
