/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The disk cache of verified CRLs: a folder of mode 0700 that the processes of one user share. A
 * file is written under a temporary name and renamed. Beside each CRL is an index file with the
 * results of its verification (x509/crl_index.h). The index is valid only for a CRL file with the
 * same size, inode, times and block digests; otherwise the CRL is verified again and a new index is
 * written.
 */
#ifndef DAOTP_VALIDATE_CACHE_H
#define DAOTP_VALIDATE_CACHE_H

#include "core/report.h"
#include "x509/indexed_crl.h"

typedef struct daotp__cache {
    int dir;        /* the open folder; -1: no cache */
    int fetch_lock; /* a file with the fetch lock; -1: not locked */
} daotp__cache;

/* Open the folder, or create it. A folder in which other users may write is not used; a finding
 * says so. */
void daotp__cache_open(daotp__cache *cache, const char *folder, daotp_report *report);
void daotp__cache_close(daotp__cache *cache);

/* Report (CACHE-FILE) if the file names of this URL belong to something that is not a regular
 * file. Never blocks. */
void daotp__cache_check(const daotp__cache *cache, const char *url, daotp_report *report);
/* Load the CRL stored for this URL. Returns a reference that the caller frees, or NULL. */
daotp__indexed_crl *daotp__cache_load(const daotp__cache *cache, const char *url);
/* Store a verified CRL. Returns false if the stored one is newer; that one is kept. */
bool daotp__cache_store(const daotp__cache *cache, const char *url, daotp__indexed_crl *indexed,
                        daotp_report *report);

/*
 * Only one process at a time should fetch a URL. Returns true when this process may fetch it, until
 * daotp__cache_unlock(). The kernel releases the lock when the process ends. If locking is not
 * possible (CACHE-FILE is reported), true is returned: two processes may then fetch the URL, which
 * is slower but not wrong.
 */
bool daotp__cache_lock(daotp__cache *cache, const char *url, daotp_report *report);
void daotp__cache_unlock(daotp__cache *cache);

#endif
