/* SPDX-License-Identifier: BSD-2-Clause */
/* The content of a file with the SHA-256 of each block from the time when it was verified. A block
 * is checked when it is first needed, so a look-up in a file of a hundred megabytes reads only two
 * or three blocks. */
#ifndef DAOTP_X509_BLOCKS_H
#define DAOTP_X509_BLOCKS_H

#include "x509/der.h"

#include <stdatomic.h>

enum { DAOTP__BLOCK_LEN = 4096, DAOTP__BLOCK_DIGEST = 32 };

typedef struct daotp__blocks {
    daotp__bytes bytes;   /* in a private, writable mapping, or in memory of ours */
    daotp__bytes digests; /* borrowed */
    atomic_bool *checked; /* one for each block */
} daotp__blocks;

/* Make the pages of a part of a private mapping our own, so that later changes of the file are not
 * seen in it. */
void daotp__blocks_detach(daotp__bytes bytes);

/* Octets of the digests of so many bytes. */
size_t daotp__blocks_digests_len(size_t len);
/* Append the digests of bytes that are right; false when libcrypto fails. */
bool daotp__blocks_add_digests(daotp__bytes bytes, daotp__buffer *out);

/* false: the digests do not fit the length, or there is no memory. */
bool daotp__blocks_init(daotp__blocks *blocks, daotp__bytes bytes, daotp__bytes digests);
void daotp__blocks_free(daotp__blocks *blocks);
/* Were these octets checked? Any thread may ask. */
bool daotp__blocks_are_checked(const daotp__blocks *blocks, size_t at, size_t len);
/* Check these octets, one thread at a time: false when they are not as they were. Later changes of
 * the file do not reach a block that was checked. */
bool daotp__blocks_check(daotp__blocks *blocks, size_t at, size_t len);

#endif
