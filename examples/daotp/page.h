/* SPDX-License-Identifier: BSD-2-Clause */
/* Reports for a person: broken at the width of the terminal, and coloured on one. */
#ifndef PAGE_H
#define PAGE_H

#include <stdio.h>

/*
 * Write whole lines to standard output. A line that is wider than the page is broken at spaces; its
 * rest stands below the text behind its label ("  do:  "), or two columns in. The page is as wide
 * as $COLUMNS or the terminal says, 80 columns when neither does. On a terminal, unless $NO_COLOR
 * is set, the severities and verdicts are coloured; their words are there all the same.
 */
void page_put(const char *text);
void page_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
