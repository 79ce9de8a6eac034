/* SPDX-License-Identifier: BSD-2-Clause */
/* Is a text one JSON value, as RFC 8259 has it, in well-formed UTF-8? */
#ifndef JSON_CHECK_H
#define JSON_CHECK_H

#include "core/utf8.h"

#include <string.h>

bool json_is_well_formed(const char *text);

#endif
