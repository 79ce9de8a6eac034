/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/blocks.h"

#include "core/alloc.h"
#include "x509/algorithm.h"

#include <string.h>

static size_t count_blocks(size_t len)
{
    return len / DAOTP__BLOCK_LEN + (len % DAOTP__BLOCK_LEN != 0);
}

static daotp__bytes block_at(daotp__bytes bytes, size_t number)
{
    size_t at = number * DAOTP__BLOCK_LEN, left = bytes.len - at;

    return (daotp__bytes){bytes.data + at, left < DAOTP__BLOCK_LEN ? left : DAOTP__BLOCK_LEN};
}

/* Writing to a page of a private mapping copies it. No page has fewer octets than a block. */
void daotp__blocks_detach(daotp__bytes bytes)
{
    volatile uint8_t *at = (uint8_t *)bytes.data;

    for (size_t i = 0; i < bytes.len; i += DAOTP__BLOCK_LEN)
        at[i] = at[i];
    if (bytes.len > 0)
        at[bytes.len - 1] = at[bytes.len - 1];
}

size_t daotp__blocks_digests_len(size_t len)
{
    return count_blocks(len) * DAOTP__BLOCK_DIGEST;
}

bool daotp__blocks_add_digests(daotp__bytes bytes, daotp__buffer *out)
{
    uint8_t digest[DAOTP__HASH_MAX];

    for (size_t i = 0; i < count_blocks(bytes.len); i++) {
        if (!daotp__hash_bytes(DAOTP__HASH_SHA256, block_at(bytes, i), digest))
            return false;
        daotp__buffer_add(out, digest, DAOTP__BLOCK_DIGEST);
    }
    return out->failed == DAOTP_OK;
}

bool daotp__blocks_init(daotp__blocks *blocks, daotp__bytes bytes, daotp__bytes digests)
{
    *blocks = (daotp__blocks){.bytes = bytes, .digests = digests};
    if (digests.len != daotp__blocks_digests_len(bytes.len))
        return false;
    blocks->checked = daotp__new((count_blocks(bytes.len) + 1) * sizeof(atomic_bool));
    return blocks->checked != NULL;
}

void daotp__blocks_free(daotp__blocks *blocks)
{
    daotp__delete(blocks->checked);
    *blocks = (daotp__blocks){0};
}

static bool is_inside_blocks(const daotp__blocks *blocks, size_t at, size_t len)
{
    return at <= blocks->bytes.len && len <= blocks->bytes.len - at;
}

bool daotp__blocks_are_checked(const daotp__blocks *blocks, size_t at, size_t len)
{
    if (!is_inside_blocks(blocks, at, len))
        return false;
    for (size_t i = at / DAOTP__BLOCK_LEN; i < count_blocks(at + len); i++)
        if (!atomic_load_explicit(&blocks->checked[i], memory_order_acquire))
            return false;
    return true;
}

static bool check_block(daotp__blocks *blocks, size_t number)
{
    daotp__bytes block = block_at(blocks->bytes, number);
    uint8_t digest[DAOTP__HASH_MAX];

    if (atomic_load_explicit(&blocks->checked[number], memory_order_relaxed))
        return true;
    daotp__blocks_detach(block);
    if (!daotp__hash_bytes(DAOTP__HASH_SHA256, block, digest) ||
        memcmp(digest, blocks->digests.data + number * DAOTP__BLOCK_DIGEST, DAOTP__BLOCK_DIGEST) !=
            0)
        return false;
    atomic_store_explicit(&blocks->checked[number], true, memory_order_release);
    return true;
}

bool daotp__blocks_check(daotp__blocks *blocks, size_t at, size_t len)
{
    if (!is_inside_blocks(blocks, at, len))
        return false;
    for (size_t i = at / DAOTP__BLOCK_LEN; i < count_blocks(at + len); i++)
        if (!check_block(blocks, i))
            return false;
    return true;
}
