/* SPDX-License-Identifier: BSD-2-Clause */
/* Base64, RFC 4648 4. Decoding skips XML white space and nothing else, and is strict beyond that:
 * padding complete and last, unused bits zero. */
#ifndef DAOTP_CORE_BASE64_H
#define DAOTP_CORE_BASE64_H

#include "core/buffer.h"

void daotp__base64_write(daotp__buffer *out, const uint8_t *bytes, size_t len);
/* With a line feed after each columns characters and at the end; columns is a multiple of 4. */
void daotp__base64_write_lines(daotp__buffer *out, const uint8_t *bytes, size_t len,
                               size_t columns);
bool daotp__base64_read(const char *text, size_t len, daotp__buffer *out);
/* Where a text that was refused stops to be base64: an octet outside of the alphabet or behind the
 * padding; len when it ends too early or in unused bits. */
size_t daotp__base64_find_fault(const char *text, size_t len);

#endif
