/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file that stands beside a CRL in the cache folder: by which key the CRL was verified, what
 * the scan over its entries saw, and the index. It holds the digest of each block of the CRL and of
 * the index, and a digest of all that is not in blocks: damage to either file is seen before a
 * damaged octet is used. It guards against damage, not against the folder's owner, who could write
 * all of it anew.
 */
#ifndef DAOTP_X509_CRL_INDEX_H
#define DAOTP_X509_CRL_INDEX_H

#include "x509/indexed_crl.h"

/* Of the CRL's file as it was written, from stat(2). */
typedef struct daotp__crl_stamp {
    uint64_t size, inode, modified_s, modified_ns, changed_s, changed_ns;
} daotp__crl_stamp;

/* false when libcrypto fails, or out->failed says why. */
bool daotp__crl_index_write(const daotp__indexed_crl *indexed, const daotp__crl_index_data *data,
                            const daotp__crl_stamp *stamp, daotp__buffer *out);
/* Read one that lies in a private, writable mapping, or in memory of ours: false when it is damaged
 * or belongs to another file. All is borrowed from in. */
bool daotp__crl_index_read(daotp__bytes in, const daotp__crl_stamp *stamp,
                           daotp__crl_stored *stored);

#endif
