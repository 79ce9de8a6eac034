/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The index file beside a CRL in the cache folder. It holds the key that verified the CRL, the
 * result of the scan over its entries, and the index by serial number; also the digest of each
 * block of the CRL and of the index, and a digest of everything else. So damage to either file is
 * found before a damaged octet is used. This protects against damage, not against the owner of the
 * folder, who could replace both files.
 */
#ifndef DAOTP_X509_CRL_INDEX_H
#define DAOTP_X509_CRL_INDEX_H

#include "x509/indexed_crl.h"

/* Identifies the CRL file that was written, by fields of stat(2). */
typedef struct daotp__crl_stamp {
    uint64_t size, inode, modified_s, modified_ns, changed_s, changed_ns;
} daotp__crl_stamp;

/* Append the content of the index file. Returns false when libcrypto fails, or out failed
 * (out->failed says why). */
bool daotp__crl_index_write(const daotp__indexed_crl *indexed, const daotp__crl_index_data *data,
                            const daotp__crl_stamp *stamp, daotp__buffer *out);
/* Read an index file. in is a private, writable mapping, or allocated memory; the result is
 * views into it. Returns false when it is damaged, or when stamp is not that of the CRL file it
 * was written for. */
bool daotp__crl_index_read(daotp__bytes in, const daotp__crl_stamp *stamp,
                           daotp__crl_stored *stored);

#endif
