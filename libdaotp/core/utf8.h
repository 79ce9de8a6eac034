/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DAOTP_CORE_UTF8_H
#define DAOTP_CORE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The length of the well-formed character (RFC 3629) at text, 0 when there is none. */
size_t daotp__utf8_next(const char *text, size_t len);
/* Its number; n octets, as daotp__utf8_next() tells. */
uint32_t daotp__utf8_code_point(const char *text, size_t n);
/* Writes the character of this number, at most U+10FFFF; how many octets it is, up to 4. */
size_t daotp__utf8_encode(uint32_t code, char text[4]);
bool daotp__utf8_valid(const char *text, size_t len);
/* Well-formed, and without the control characters C0 and DEL. */
bool daotp__utf8_printable(const char *text, size_t len);
/* Must this character, of n octets as daotp__utf8_next() tells (0: no character), not reach a
 * terminal, a log or JSON as it is? Control characters (C0, C1, DEL), line and paragraph
 * separators, what changes the direction of the text, and what cannot be seen: zero-width
 * characters, fillers, tags, noncharacters. The one rule for all text that somebody else wrote. */
bool daotp__utf8_is_unsafe(const char *text, size_t n);
/* What a peer sent may hold line ends, terminal control, and no UTF-8 at all: make one plain line
 * of it, in place. A character that was cut in two is such a case. */
void daotp__utf8_make_plain(char *text);
/* Equal but for the case of ASCII letters; used for names that the directory compares so. */
bool daotp__text_equal_nocase(const char *a, const char *b);

#endif
