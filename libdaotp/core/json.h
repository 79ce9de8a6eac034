/* SPDX-License-Identifier: BSD-2-Clause */
/* JSON strings, RFC 8259 7. What daotp__utf8_is_unsafe() tells of is escaped, so that the value is
 * exact and the text is plain. Bytes that are not UTF-8 are written as U+FFFD. */
#ifndef DAOTP_CORE_JSON_H
#define DAOTP_CORE_JSON_H

#include "core/buffer.h"

void daotp__json_string(daotp__buffer *out, const char *text);

#endif
