/* SPDX-License-Identifier: BSD-2-Clause */
/* The content of a file, and the SHA-256 of each of its blocks, computed when the file was
 * verified. A block is compared with its digest when it is first needed, so a look-up in a file
 * of a hundred megabytes reads only two or three blocks. */
#ifndef DAOTP_X509_BLOCKS_H
#define DAOTP_X509_BLOCKS_H

#include "x509/der.h"

#include <stdatomic.h>

enum { DAOTP__BLOCK_LEN = 4096, DAOTP__BLOCK_DIGEST = 32 };

typedef struct daotp__blocks {
    daotp__bytes bytes;   /* in a private, writable mapping, or in allocated memory */
    daotp__bytes digests; /* borrowed */
    atomic_bool *checked; /* one for each block */
} daotp__blocks;

/* Give this part of a private mapping its own copies of the pages, so that later changes of the
 * file do not show in it. Writes the bytes unchanged, which copies each page. */
void daotp__blocks_detach(daotp__bytes bytes);

/* The length, in octets, of the digests of a file of len bytes. */
size_t daotp__blocks_digests_len(size_t len);
/* Append the digests of bytes that were verified. Returns false when libcrypto fails. */
bool daotp__blocks_add_digests(daotp__bytes bytes, daotp__buffer *out);

/* Returns false when the number of digests does not match the length of bytes, or without
 * memory. */
bool daotp__blocks_init(daotp__blocks *blocks, daotp__bytes bytes, daotp__bytes digests);
void daotp__blocks_free(daotp__blocks *blocks);
/* Whether all blocks of these octets were checked. Can be called from any thread, without a
 * lock. */
bool daotp__blocks_are_checked(const daotp__blocks *blocks, size_t at, size_t len);
/* Check the blocks of these octets; the caller holds a lock. Returns false when a block does not
 * have its digest. A checked block is detached from the file first, so later changes of the file
 * do not reach it. */
bool daotp__blocks_check(daotp__blocks *blocks, size_t at, size_t len);

#endif
