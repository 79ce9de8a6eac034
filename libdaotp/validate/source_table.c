/* SPDX-License-Identifier: BSD-2-Clause */
#include "validate/source_table.h"

#include "core/alloc.h"
#include "core/time_sum.h"

#include <string.h>

enum { MAX_RETRY_MS = 3600 * 1000 };

void daotp__source_table_init(daotp__source_table *table)
{
    (void)pthread_mutex_init(&table->lock, NULL); /* never fails with glibc */
    table->count = 0;
}

static void source_free(daotp__source *source)
{
    daotp__delete(source->url);
    daotp__indexed_crl_free(source->crl);
    daotp__indexed_crl_free(source->unverified);
}

void daotp__source_table_free(daotp__source_table *table)
{
    for (size_t i = 0; i < table->count; i++)
        source_free(&table->list[i]);
    (void)pthread_mutex_destroy(&table->lock);
}

void daotp__source_table_lock(daotp__source_table *table)
{
    (void)pthread_mutex_lock(&table->lock);
}

void daotp__source_table_unlock(daotp__source_table *table)
{
    (void)pthread_mutex_unlock(&table->lock);
}

static daotp__source *find_source(daotp__source_table *table, const char *url)
{
    for (size_t i = 0; i < table->count; i++)
        if (strcmp(table->list[i].url, url) == 0)
            return &table->list[i];
    return NULL;
}

/* A new slot at the end, or in a full table the slot of the last source that no job fetches. */
static daotp__source *find_source_slot(daotp__source_table *table)
{
    if (table->count < DAOTP__MAX_SOURCES)
        return &table->list[table->count];
    for (size_t i = table->count; i > 0; i--)
        if (table->list[i - 1].leader == NULL)
            return &table->list[i - 1];
    return NULL;
}

daotp__source *daotp__source_find(daotp__source_table *table, const char *url)
{
    daotp__source *source = find_source(table, url);
    char *copy;

    if (source != NULL)
        return source;
    source = find_source_slot(table);
    copy = source != NULL ? daotp__text_copy(url) : NULL;
    if (copy == NULL)
        return NULL;
    if (table->count < DAOTP__MAX_SOURCES)
        table->count++;
    else
        source_free(source);
    *source =
        (daotp__source){.url = copy, .fetched_ms = DAOTP__ALWAYS, .retry_at_ms = DAOTP__ALWAYS};
    return source;
}

/* The length of the URL up to its path: scheme, host and port. */
static size_t host_len(const char *url)
{
    const char *host = strstr(url, "://");

    return host == NULL ? strlen(url) : (size_t)(host - url) + 3 + strcspn(host + 3, "/?");
}

void daotp__source_table_end_backoff(daotp__source_table *table)
{
    daotp__source_table_lock(table);
    for (size_t i = 0; i < table->count; i++)
        table->list[i].retry_at_ms = table->list[i].retry_ms = 0;
    daotp__source_table_unlock(table);
}

bool daotp__source_in_backoff(const daotp__source_table *table, const char *url, int64_t now_ms)
{
    size_t len = host_len(url);

    for (size_t i = 0; i < table->count; i++) {
        const daotp__source *one = &table->list[i];

        if (one->retry_at_ms > now_ms &&
            (strcmp(one->url, url) == 0 ||
             (one->is_host && host_len(one->url) == len && strncmp(one->url, url, len) == 0)))
            return true;
    }
    return false;
}

void daotp__source_release(daotp__source *source, daotp_status status, int64_t now_ms)
{
    bool is_host = status == DAOTP_NETWORK || status == DAOTP_TIMEOUT;

    source->leader = NULL;
    source->is_host = is_host;
    if (!is_host && status != DAOTP_PEER) {
        source->retry_ms = 0;
        source->retry_at_ms = DAOTP__ALWAYS;
        return;
    }
    source->retry_ms = source->retry_ms == 0 ? DAOTP__FETCH_RETRY_MS : 2 * source->retry_ms;
    if (source->retry_ms > MAX_RETRY_MS)
        source->retry_ms = MAX_RETRY_MS;
    source->retry_at_ms = daotp__time_add(now_ms, source->retry_ms);
}

void daotp__source_promote_verified(daotp__source *source)
{
    if (source->unverified == NULL || !daotp__indexed_crl_is_trusted(source->unverified))
        return;
    if (source->crl == NULL || !daotp__indexed_crl_is_older(source->unverified, source->crl)) {
        daotp__indexed_crl_free(source->crl);
        source->crl = source->unverified;
    } else {
        daotp__indexed_crl_free(source->unverified);
    }
    source->unverified = NULL;
}

static bool is_source_due(const daotp__source *source, int64_t before_s)
{
    return source->crl != NULL && daotp__indexed_crl_view(source->crl)->next_update < before_s;
}

daotp_status daotp__source_next_due(daotp__source_table *table, int64_t before_s, size_t *at,
                                    char **url)
{
    bool is_found = false;

    *url = NULL;
    daotp__source_table_lock(table);
    while (!is_found && *at < table->count) {
        daotp__source *source = &table->list[(*at)++];

        daotp__source_promote_verified(source);
        is_found = is_source_due(source, before_s);
        if (is_found)
            *url = daotp__text_copy(source->url);
    }
    daotp__source_table_unlock(table);
    return is_found && *url == NULL ? DAOTP_MEMORY : DAOTP_OK;
}
