/* SPDX-License-Identifier: BSD-2-Clause */
/* Hexadecimal digits, read and written. */
#ifndef DAOTP_CORE_HEX_H
#define DAOTP_CORE_HEX_H

#include "core/buffer.h"

/* 0 to 15, of a digit in either case; -1 when it is none. */
int daotp__hex_digit(char digit);
/* Append two digits in lower case for each octet. */
void daotp__hex_write(daotp__buffer *out, daotp__bytes octets);

#endif
