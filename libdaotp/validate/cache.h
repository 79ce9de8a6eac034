/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Proven CRLs on disk, in a folder of mode 0700 that the processes of a user share. A file is
 * written once and renamed into place; beside it stands what was verified of it, bound to its size,
 * inode, times and to the digest of each block (x509/crl_index.h): what does not fit, or turns out
 * to be damaged when it is read, is made again.
 */
#ifndef DAOTP_VALIDATE_CACHE_H
#define DAOTP_VALIDATE_CACHE_H

#include "core/report.h"
#include "x509/indexed_crl.h"

typedef struct daotp__cache {
    int dir;        /* -1: none */
    int fetch_lock; /* -1: none is held */
} daotp__cache;

/* Open the folder or make it. A folder in which others may write is not used, and reported. */
void daotp__cache_open(daotp__cache *cache, const char *folder, daotp_report *report);
void daotp__cache_close(daotp__cache *cache);

/* Report files of other kinds under this URL's names (CACHE-FILE); nothing waits for them. */
void daotp__cache_check(const daotp__cache *cache, const char *url, daotp_report *report);
/* The CRL stored for this URL, or NULL. */
daotp__indexed_crl *daotp__cache_load(const daotp__cache *cache, const char *url);
/* Store a verified CRL. It never replaces a newer one: then false. */
bool daotp__cache_store(const daotp__cache *cache, const char *url, daotp__indexed_crl *kept,
                        daotp_report *report);

/*
 * One process at a time fetches a URL: true when this one may, until daotp__cache_unlock(). The
 * lock is the kernel's, of an open file: it ends with the process that has it, however that ends.
 * Where no lock can be had (CACHE-FILE) two may fetch, and nothing breaks.
 */
bool daotp__cache_lock(daotp__cache *cache, const char *url, daotp_report *report);
void daotp__cache_unlock(daotp__cache *cache);

#endif
