/* SPDX-License-Identifier: BSD-2-Clause */
/* Text in UTF-16 with a byte order mark, as Windows tools write files; and how UTF-8 is made. */
#ifndef DAOTP_CORE_UTF16_H
#define DAOTP_CORE_UTF16_H

#include "core/buffer.h"

/* Does it begin with the byte order mark of UTF-16, either way round? */
bool daotp__utf16_has_mark(daotp__bytes in);
/* Does text of ASCII begin here in UTF-16 without a mark, and which way round? Neither DER nor
 * UTF-8 begins so. */
bool daotp__utf16_is_unmarked(daotp__bytes in, bool *is_big);
/* Append as UTF-8 the text that stands from an octet on. false when it is no UTF-16: it ends within
 * a character, or holds half of a surrogate pair; or out has no room. at: the octet to begin at;
 * then the first that was not read. */
bool daotp__utf16_read(daotp__bytes in, bool is_big, daotp__buffer *out, size_t *at);
/* Append the character of this number, at most U+10FFFF, as UTF-8. */
void daotp__utf8_write(daotp__buffer *out, uint32_t code);
/* What stands behind the byte order mark of UTF-8, if there is one; else the same. */
daotp__bytes daotp__utf8_skip_mark(daotp__bytes in);

#endif
