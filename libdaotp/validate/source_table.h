/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The URLs that a fetcher was asked for: the newest CRL of each, the job that fetches it now, and
 * the back-off after a failure. A source is used with the table's lock held.
 */
#ifndef DAOTP_VALIDATE_SOURCE_TABLE_H
#define DAOTP_VALIDATE_SOURCE_TABLE_H

#include "core/limits.h"
#include "x509/indexed_crl.h"

#include <pthread.h>

struct daotp__fetch_job;

typedef struct daotp__source {
    char *url;
    const struct daotp__fetch_job *leader; /* the job that fetches it now, NULL for none */
    int64_t leads_until_ms;                /* then another may take over */
    daotp__indexed_crl *crl;               /* the newest that was verified and trusted */
    daotp__indexed_crl *unverified;        /* fetched last, and not verified yet */
    int64_t unverified_ms, fetched_ms;
    int64_t retry_at_ms, retry_ms;
    bool is_host; /* the host cannot be reached or is slow: back off from all its URLs */
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

/* The source of a URL, made if there is none; NULL without memory. In a full table a source that
 * no job fetches makes room. */
daotp__source *daotp__source_find(daotp__source_table *table, const char *url);
/* Whether this URL, or its host, failed just before. A missing page does not count against its
 * host, because anybody can name such a page. */
bool daotp__source_in_backoff(const daotp__source_table *table, const char *url, int64_t now_ms);
/* Ends all back-offs. */
void daotp__source_table_end_backoff(daotp__source_table *table);
/* The leader is done. DAOTP_NETWORK and DAOTP_TIMEOUT start a back-off from the host, DAOTP_PEER
 * one from the URL; other failures are not the source's. */
void daotp__source_release(daotp__source *source, daotp_status status, int64_t now_ms);
/* The CRL that was fetched last may have been verified since: then it is the newest. */
void daotp__source_promote_verified(daotp__source *source);

/* The URL of the next source whose verified CRL expires before this time, to be freed; NULL when
 * there is no further one. *at is where to go on: 0 at first. DAOTP_OK or DAOTP_MEMORY. Locks. */
daotp_status daotp__source_next_due(daotp__source_table *table, int64_t before_s, size_t *at,
                                    char **url);

#endif
