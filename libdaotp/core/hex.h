/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads and writes hexadecimal digits. */
#ifndef DAOTP_CORE_HEX_H
#define DAOTP_CORE_HEX_H

#include "core/buffer.h"

/* The value of a digit, 0 to 15, in upper or lower case; -1: not a digit. */
int daotp__hex_digit(char digit);
/* Append two digits in lower case for each octet. */
void daotp__hex_write(daotp__buffer *out, daotp__bytes octets);

#endif
