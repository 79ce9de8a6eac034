/* SPDX-License-Identifier: BSD-2-Clause */
/* Text from Windows: how it is decoded, its lines, and "key: value" in a line. */
#ifndef DAOTP_DOCTOR_BUNDLE_LINES_H
#define DAOTP_DOCTOR_BUNDLE_LINES_H

#include "core/buffer.h"

/* Append as UTF-8: UTF-16 with a byte order mark or UTF-8; anything else octet by octet, as
 * Latin-1. NUL becomes a blank. DAOTP_OK, DAOTP_MEMORY. */
daotp_status daotp__bundle_decode(daotp__bytes bytes, daotp__buffer *out);
/* The next line, without blanks and tabs at its ends; false at the end of the text. */
bool daotp__bundle_next_line(daotp__bytes text, size_t *at, daotp__bytes *line);
/* What stands on both sides of the first separator; false when there is none. */
bool daotp__bundle_split(daotp__bytes line, char separator, daotp__bytes *key, daotp__bytes *value);
/* Letters of ASCII without regard to case. */
bool daotp__bundle_is(daotp__bytes in, const char *text);
bool daotp__bundle_begins(daotp__bytes in, const char *text);
/* Where the text stands in it, from an offset on; or SIZE_MAX. */
size_t daotp__bundle_find(daotp__bytes in, size_t from, const char *text);
/* A number at the front, in this base; false when there is none, or it is above UINT32_MAX. */
bool daotp__bundle_number(daotp__bytes in, unsigned base, uint32_t *number);

#endif
