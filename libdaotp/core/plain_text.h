/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text of secrets and configuration files as editors and Windows tools write it: UTF-16 with a byte
 * order mark, UTF-8 with or without one. Stands on nothing, so that the lab may use it too.
 */
#ifndef DAOTP_CORE_PLAIN_TEXT_H
#define DAOTP_CORE_PLAIN_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Does it begin with the byte order mark of UTF-16, either way round? */
bool daotp__utf16_begins(const uint8_t *in, size_t len);
/* The character at the front, and how many octets it takes up; 0 when there is none: it is cut, or
 * half of a surrogate pair. */
size_t daotp__utf16_next(const uint8_t *in, size_t len, bool is_big, uint32_t *code);

/* How many octets of UTF-8 can become of that many, with a NUL behind them. */
size_t daotp__plain_text_room(size_t len);
/* Writes the text behind the mark as UTF-8, and a NUL. NULL, or why it cannot be read, a static
 * text: UTF-16 that is malformed, or NUL characters, as UTF-16 without a mark has them. Then
 * fault_at is the octet of the input where that stands. */
const char *daotp__plain_text_read(const uint8_t *in, size_t len, char *out, size_t *out_len,
                                   size_t *fault_at);

#endif
