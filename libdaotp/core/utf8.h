/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DAOTP_CORE_UTF8_H
#define DAOTP_CORE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The length of the well-formed character (RFC 3629) at text, 0 when there is none. */
size_t daotp__utf8_next(const char *text, size_t len);
bool daotp__utf8_valid(const char *text, size_t len);
/* Well-formed, and without the control characters C0 and DEL. */
bool daotp__utf8_printable(const char *text, size_t len);
/* What a peer sent may hold line ends, terminal control, and no UTF-8 at all: make one plain line
 * of it, in place. A character that was cut in two is such a case. */
void daotp__utf8_make_plain(char *text);
/* Equal but for the case of ASCII letters; used for names that the directory compares so. */
bool daotp__text_equal_nocase(const char *a, const char *b);

#endif
