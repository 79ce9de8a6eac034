/* SPDX-License-Identifier: BSD-2-Clause */
#include "radius/md5.h"

#include "core/alloc.h"

#include <nettle/hmac.h>
#include <nettle/md5.h>
#include <nettle/memops.h>
#include <string.h>

/* What nettle's compression function spills is the block it works on, and that may hold the secret.
 * This overwrites the part of the stack that the calls before it used. */
__attribute__((noinline)) static void wipe_used_stack(void)
{
    uint8_t used[1024];

    daotp__wipe(used, sizeof used);
}

void daotp__md5(daotp__bytes a, daotp__bytes b, uint8_t *digest)
{
    struct md5_ctx md5;

    md5_init(&md5);
    md5_update(&md5, a.len, a.data);
    md5_update(&md5, b.len, b.data);
    md5_digest(&md5, DAOTP__MD5_LEN, digest);
    daotp__wipe(&md5, sizeof md5); /* it absorbed the secret */
    wipe_used_stack();
}

_Static_assert(sizeof(struct hmac_md5_ctx) <= sizeof(daotp__md5_key), "room for nettle's state");

void daotp__md5_key_set(daotp__md5_key *key, daotp__bytes secret)
{
    struct hmac_md5_ctx hmac;

    hmac_md5_set_key(&hmac, secret.len, secret.data);
    memcpy(key->state, &hmac, sizeof hmac);
    daotp__wipe(&hmac, sizeof hmac);
    wipe_used_stack();
}

void daotp__hmac_md5(const daotp__md5_key *key, const daotp__bytes *parts, size_t count,
                     uint8_t *digest)
{
    struct hmac_md5_ctx hmac;

    memcpy(&hmac, key->state, sizeof hmac);
    for (size_t i = 0; i < count; i++)
        hmac_md5_update(&hmac, parts[i].len, parts[i].data);
    hmac_md5_digest(&hmac, DAOTP__MD5_LEN, digest);
    daotp__wipe(&hmac, sizeof hmac);
    wipe_used_stack();
}

bool daotp__md5_equal(const uint8_t *a, const uint8_t *b)
{
    return memeql_sec(a, b, DAOTP__MD5_LEN) != 0;
}
