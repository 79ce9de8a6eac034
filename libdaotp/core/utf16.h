/* SPDX-License-Identifier: BSD-2-Clause */
/* Converts UTF-16, which Windows tools write to files, to UTF-8. */
#ifndef DAOTP_CORE_UTF16_H
#define DAOTP_CORE_UTF16_H

#include "core/buffer.h"

/* Whether the input begins with the byte order mark of UTF-16, in either byte order. */
bool daotp__utf16_has_mark(daotp__bytes in);
/* Whether the input is ASCII text in UTF-16 without a byte order mark; *is_big is its byte
 * order. Neither DER nor UTF-8 begins like this. */
bool daotp__utf16_is_unmarked(daotp__bytes in, bool *is_big);
/* Append the UTF-16 text from offset *at on as UTF-8; *at becomes the offset of the first octet
 * that was not read. Returns false when the text ends within a character or has half of a
 * surrogate pair, or when out has no room. */
bool daotp__utf16_read(daotp__bytes in, bool is_big, daotp__buffer *out, size_t *at);
/* Append the character with this code point, at most U+10FFFF, as UTF-8. */
void daotp__utf8_write(daotp__buffer *out, uint32_t code);
/* The input without the byte order mark of UTF-8, if it has one. */
daotp__bytes daotp__utf8_skip_mark(daotp__bytes in);

#endif
