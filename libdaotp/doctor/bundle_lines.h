/* SPDX-License-Identifier: BSD-2-Clause */
/* Decodes text from Windows, and reads its lines and the "key: value" pairs in them. */
#ifndef DAOTP_DOCTOR_BUNDLE_LINES_H
#define DAOTP_DOCTOR_BUNDLE_LINES_H

#include "core/buffer.h"

/* Append bytes as UTF-8. The input is UTF-16 with a byte order mark, UTF-8, or otherwise read as
 * Latin-1. NUL becomes a blank. DAOTP_OK or DAOTP_MEMORY. */
daotp_status daotp__bundle_decode(daotp__bytes bytes, daotp__buffer *out);
/* Read the next line, without blanks and tabs at its ends. Returns false at the end of the text. */
bool daotp__bundle_next_line(daotp__bytes text, size_t *at, daotp__bytes *line);
/* Split a line at the first separator. Returns false when there is none. */
bool daotp__bundle_split(daotp__bytes line, char separator, daotp__bytes *key, daotp__bytes *value);
/* Whether the bytes equal, or begin with, a text. The case of ASCII letters is ignored. */
bool daotp__bundle_is(daotp__bytes in, const char *text);
bool daotp__bundle_begins(daotp__bytes in, const char *text);
/* The offset of the text in the bytes, at or after `from`; SIZE_MAX: not found. The case of
 * ASCII letters is ignored. */
size_t daotp__bundle_find(daotp__bytes in, size_t from, const char *text);
/* Read the number at the front, in this base. Returns false when there is none, or it is above
 * UINT32_MAX. */
bool daotp__bundle_number(daotp__bytes in, unsigned base, uint32_t *number);

#endif
