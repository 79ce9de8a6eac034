/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads the text of secret and configuration files in the forms that editors and Windows tools
 * write: UTF-16 with a byte order mark, UTF-8 with or without one. Includes no other file of the
 * library, so that the lab can use it too.
 */
#ifndef DAOTP_CORE_PLAIN_TEXT_H
#define DAOTP_CORE_PLAIN_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether the input begins with the byte order mark of UTF-16, in either byte order. */
bool daotp__utf16_begins(const uint8_t *in, size_t len);
/* Read the UTF-16 character at the front. Returns its length in octets; 0 when it is cut off or
 * half of a surrogate pair. */
size_t daotp__utf16_next(const uint8_t *in, size_t len, bool is_big, uint32_t *code);

/* The room that daotp__plain_text_read() needs for an input of len octets, in octets. */
size_t daotp__plain_text_room(size_t len);
/* Write the text after the byte order mark as UTF-8, with a NUL. Returns NULL, or a static text
 * with the reason why the input cannot be read: malformed UTF-16, or a NUL character, as in
 * UTF-16 without a mark. *fault_at is then its offset in the input. */
const char *daotp__plain_text_read(const uint8_t *in, size_t len, char *out, size_t *out_len,
                                   size_t *fault_at);

#endif
