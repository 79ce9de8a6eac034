/* SPDX-License-Identifier: BSD-2-Clause */
/* An outline: nested names and values, written as indented text or as JSON. */
#ifndef DAOTP_CORE_OUTLINE_H
#define DAOTP_CORE_OUTLINE_H

#include "core/buffer.h"

typedef struct daotp__outline {
    daotp__buffer out;
    unsigned depth;
    bool json, first;
} daotp__outline;

void daotp__outline_init(daotp__outline *outline, bool json);
void daotp__outline_free(daotp__outline *outline);
void daotp__outline_open(daotp__outline *outline, const char *name);
void daotp__outline_close(daotp__outline *outline);
void daotp__outline_line(daotp__outline *outline, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void daotp__outline_text(daotp__outline *outline, const char *name, const char *text, size_t len);
/* Take the text; the caller frees it with daotp_free(). NULL without memory. */
char *daotp__outline_take(daotp__outline *outline);

#endif
