/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads INI files with libinih, which gets its lines from our own reader. libinih cuts lines at 200
 * octets and values at a ';', and reads an indented line as a part of the line before. So our
 * reader limits and checks each line, keeps the value itself, and gives libinih only the key.
 */
#ifndef DAOTP_PROFILE_INI_H
#define DAOTP_PROFILE_INI_H

#include "core/report.h"

/* One line; borrowed for the time of the call. */
typedef struct daotp__ini_line {
    const char *section;      /* "" before the first */
    const char *name, *value; /* both NULL: the line begins a section */
    uint32_t number;          /* from 1 */
} daotp__ini_line;

/* Called with each line that can be read. Returns the status of the line. */
typedef daotp_status (*daotp__ini_fn)(void *user, const daotp__ini_line *line);

/* Whether the text is 1 to DAOTP__MAX_PROFILE_NAME letters, digits and "._-". */
bool daotp__ini_is_name(const char *text, size_t len);

/* Read the text. A line with a fault is reported (CONFIG-LINE, with path:line as its subject),
 * and reading continues. Returns the status of the first faulty line; DAOTP_MEMORY ends the
 * reading. */
daotp_status daotp__ini_read(daotp__bytes text, const char *path, daotp__ini_fn tell, void *user,
                             daotp_report *report);

#endif
