/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DAOTP_CORE_UTF8_H
#define DAOTP_CORE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The length in octets of the well-formed UTF-8 character (RFC 3629) at text; 0 when it is
 * malformed. */
size_t daotp__utf8_next(const char *text, size_t len);
/* The code point of the character. n: its length from daotp__utf8_next(). */
uint32_t daotp__utf8_code_point(const char *text, size_t n);
/* Writes the character with this code point, at most U+10FFFF. Returns its length, 1 to 4
 * octets. */
size_t daotp__utf8_encode(uint32_t code, char text[4]);
bool daotp__utf8_valid(const char *text, size_t len);
/* Well-formed, and without the control characters C0 and DEL. */
bool daotp__utf8_printable(const char *text, size_t len);
/* Whether this character must not be written unchanged to a terminal, a log or JSON. n: its
 * length from daotp__utf8_next(); 0: malformed. Unsafe are control characters (C0, C1, DEL),
 * line and paragraph separators, characters that change the direction of the text, and invisible
 * ones: zero-width characters, fillers, tags, noncharacters. All text from outside is checked by
 * this rule. */
bool daotp__utf8_is_unsafe(const char *text, size_t n);
/* Make one plain line, in place, of a text from a peer, which may contain line ends, terminal
 * control sequences and octets that are not UTF-8 (a character that was cut in two, for
 * example). */
void daotp__utf8_make_plain(char *text);
/* Whether two texts are equal, ignoring the case of ASCII letters, as the directory compares
 * names. */
bool daotp__text_equal_nocase(const char *a, const char *b);

#endif
