/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes JSON strings (RFC 8259 7). Characters for which daotp__utf8_is_unsafe() is true are
 * escaped, so the value is exact and the output is safe for a terminal. Bytes that are not UTF-8
 * are written as U+FFFD. */
#ifndef DAOTP_CORE_JSON_H
#define DAOTP_CORE_JSON_H

#include "core/buffer.h"

void daotp__json_string(daotp__buffer *out, const char *text);

#endif
