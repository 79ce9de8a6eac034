/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The URLs that a fetcher has fetched from (sources): the newest CRL of each, the job that fetches
 * it now, and the back-off after a failure. Hold the table's lock while you use a source.
 */
#ifndef DAOTP_VALIDATE_SOURCE_TABLE_H
#define DAOTP_VALIDATE_SOURCE_TABLE_H

#include "core/limits.h"
#include "x509/indexed_crl.h"

#include <pthread.h>

struct daotp__fetch_job;

typedef struct daotp__source {
    char *url;
    const struct daotp__fetch_job *leader; /* the job that fetches it now; NULL: none */
    int64_t leads_until_ms;                /* after this time another job may become the leader */
    daotp__indexed_crl *crl;               /* the newest that was verified and trusted */
    daotp__indexed_crl *unverified;        /* the last fetched one, if it is not verified yet */
    int64_t unverified_ms, fetched_ms;
    int64_t retry_at_ms, retry_ms;
    bool is_host; /* the back-off is for all URLs of the host, which failed or is slow */
} daotp__source;

typedef struct daotp__source_table {
    pthread_mutex_t lock;
    daotp__source list[DAOTP__MAX_SOURCES];
    size_t count;
} daotp__source_table;

void daotp__source_table_init(daotp__source_table *table);
void daotp__source_table_free(daotp__source_table *table);
void daotp__source_table_lock(daotp__source_table *table);
void daotp__source_table_unlock(daotp__source_table *table);

/* Find the source of a URL, or add it; NULL without memory. In a full table it replaces a source
 * that no job fetches. */
daotp__source *daotp__source_find(daotp__source_table *table, const char *url);
/* Whether the back-off of this URL, or of its host, still runs. A missing page starts no
 * back-off for its host, because any certificate can name such a page. */
bool daotp__source_in_backoff(const daotp__source_table *table, const char *url, int64_t now_ms);
/* Ends all back-offs. */
void daotp__source_table_end_backoff(daotp__source_table *table);
/* End the fetch of the leader. status DAOTP_NETWORK or DAOTP_TIMEOUT starts a back-off for the
 * host, DAOTP_PEER one for the URL; other failures are not caused by the source. */
void daotp__source_release(daotp__source *source, daotp_status status, int64_t now_ms);
/* If the unverified CRL was verified and trusted meanwhile, make it the newest. */
void daotp__source_promote_verified(daotp__source *source);

/* Find the next source whose verified CRL expires before this time. *url: a copy that the caller
 * frees; NULL: there is no further one. *at: the position of the search, 0 at the first call.
 * DAOTP_OK or DAOTP_MEMORY. Takes the lock itself. */
daotp_status daotp__source_next_due(daotp__source_table *table, int64_t before_s, size_t *at,
                                    char **url);

#endif
