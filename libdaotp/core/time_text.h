/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DAOTP_CORE_TIME_TEXT_H
#define DAOTP_CORE_TIME_TEXT_H

#include <stdint.h>

enum { DAOTP__TIME_TEXT = 40 };

/* Write seconds since 1970 as 2011-04-15T00:00:00Z. text: room for DAOTP__TIME_TEXT octets.
 * Returns text. */
const char *daotp__time_text(int64_t seconds, char *text);

#endif
