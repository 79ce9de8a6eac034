/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DAOTP_X509_RANDOM_H
#define DAOTP_X509_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DAOTP__UUID_TEXT = 37 };

bool daotp__random(uint8_t *bytes, size_t len);
/* Write a version 4 UUID (RFC 9562 5.4) as text, DAOTP__UUID_TEXT octets with the NUL. Returns
 * false when libcrypto has no random bytes. */
bool daotp__random_uuid(char *text);

#endif
