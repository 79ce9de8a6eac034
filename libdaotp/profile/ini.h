/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * INI files, by libinih over a line source of ours. libinih cuts lines at 200 octets and values at
 * a
 * ';', and takes an indented line for a part of the one above. So the source bounds and checks each
 * line, keeps the value to itself, and hands libinih the key.
 */
#ifndef DAOTP_PROFILE_INI_H
#define DAOTP_PROFILE_INI_H

#include "core/report.h"

/* One line; borrowed for the time of the call. */
typedef struct daotp__ini_line {
    const char *section;      /* "" before the first */
    const char *name, *value; /* both NULL: a section begins */
    uint32_t number;          /* from 1 */
} daotp__ini_line;

/* Told of each line that can be read; what it answers is the status of the line. */
typedef daotp_status (*daotp__ini_fn)(void *user, const daotp__ini_line *line);

/* 1 to DAOTP__MAX_PROFILE_NAME letters, digits and ._- */
bool daotp__ini_is_name(const char *text, size_t len);

/* Reads to the end of the text also after a line that is wrong, and reports each (CONFIG-LINE,
 * with path:line as its subject). The status of the first line that was wrong; DAOTP_MEMORY ends
 * it. */
daotp_status daotp__ini_read(daotp__bytes text, const char *path, daotp__ini_fn tell, void *user,
                             daotp_report *report);

#endif
