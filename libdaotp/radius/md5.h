/* SPDX-License-Identifier: BSD-2-Clause */
/* MD5 as RADIUS needs it, by nettle: OpenSSL in FIPS mode refuses it. */
#ifndef DAOTP_RADIUS_MD5_H
#define DAOTP_RADIUS_MD5_H

#include "core/buffer.h"

enum { DAOTP__MD5_LEN = 16 };

/* The digest of a and b, one after the other. */
void daotp__md5(daotp__bytes a, daotp__bytes b, uint8_t *digest);

/* HMAC-MD5 that has taken its key, as nettle keeps it: half of the work on a short message. */
typedef struct daotp__md5_key {
    uint64_t state[40];
} daotp__md5_key;
void daotp__md5_key_set(daotp__md5_key *key, daotp__bytes secret);
/* HMAC-MD5 over parts, one after the other. */
void daotp__hmac_md5(const daotp__md5_key *key, const daotp__bytes *parts, size_t count,
                     uint8_t *digest);

bool daotp__md5_equal(const uint8_t *a, const uint8_t *b); /* in constant time */

#endif
