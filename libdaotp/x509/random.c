/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/random.h"

#include <openssl/rand.h>
#include <stdio.h>

bool daotp__random(uint8_t *bytes, size_t len)
{
    return RAND_bytes(bytes, (int)len) == 1;
}

bool daotp__random_uuid(char *text)
{
    uint8_t b[16];

    if (RAND_bytes(b, sizeof b) != 1)
        return false;
    b[6] = (uint8_t)((b[6] & 0x0F) | 0x40);
    b[8] = (uint8_t)((b[8] & 0x3F) | 0x80);
    (void)snprintf(text, DAOTP__UUID_TEXT,
                   "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0],
                   b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13],
                   b[14], b[15]);
    return true;
}
