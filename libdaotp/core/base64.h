/* SPDX-License-Identifier: BSD-2-Clause */
/* Base64 (RFC 4648 4). Decoding skips XML white space and is otherwise strict: the padding is
 * complete and last, and unused bits are zero. */
#ifndef DAOTP_CORE_BASE64_H
#define DAOTP_CORE_BASE64_H

#include "core/buffer.h"

void daotp__base64_write(daotp__buffer *out, const uint8_t *bytes, size_t len);
/* The same with a line feed after every `columns` characters and at the end. columns: a multiple
 * of 4. */
void daotp__base64_write_lines(daotp__buffer *out, const uint8_t *bytes, size_t len,
                               size_t columns);
bool daotp__base64_read(const char *text, size_t len, daotp__buffer *out);
/* The offset of the fault in a text that was refused: the first octet outside the alphabet or
 * after the padding; len if the text ends too early or its unused bits are not zero. */
size_t daotp__base64_find_fault(const char *text, size_t len);

#endif
