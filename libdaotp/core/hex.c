/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/hex.h"

int daotp__hex_digit(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

void daotp__hex_write(daotp__buffer *out, daotp__bytes octets)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < octets.len; i++) {
        const char pair[] = {digits[octets.data[i] >> 4], digits[octets.data[i] & 15]};

        daotp__buffer_add(out, pair, sizeof pair);
    }
}
