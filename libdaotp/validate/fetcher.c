/* SPDX-License-Identifier: BSD-2-Clause */
#include "validate/fetcher.h"

#include "core/alloc.h"
#include "core/context.h"
#include "validate/cache.h"

enum { MAX_FETCH_MS = 3600 * 1000 };

daotp_status daotp_fetcher_new(daotp_context *context, daotp_fetcher **out)
{
    daotp_fetcher *fetcher;

    if (out == NULL)
        return DAOTP_USAGE;
    *out = NULL;
    if (context == NULL)
        return DAOTP_USAGE;
    fetcher = daotp__new(sizeof *fetcher);
    if (fetcher == NULL)
        return DAOTP_MEMORY;
    atomic_init(&fetcher->references, 1);
    atomic_init(&fetcher->in_use, false);
    fetcher->context = daotp__context_ref(context);
    fetcher->policy = (daotp__download_policy){.networks = fetcher->networks,
                                               .max_bytes = DAOTP__FETCH_BYTES,
                                               .timeout_ms = DAOTP__FETCH_MS};
    daotp__source_table_init(&fetcher->sources);
    *out = fetcher;
    return DAOTP_OK;
}

daotp_fetcher *daotp_fetcher_ref(daotp_fetcher *fetcher)
{
    if (fetcher != NULL) {
        atomic_store(&fetcher->in_use, true);
        atomic_fetch_add_explicit(&fetcher->references, 1, memory_order_relaxed);
    }
    return fetcher;
}

void daotp_fetcher_unref(daotp_fetcher *fetcher)
{
    if (fetcher == NULL ||
        atomic_fetch_sub_explicit(&fetcher->references, 1, memory_order_acq_rel) != 1)
        return;
    daotp__source_table_free(&fetcher->sources);
    daotp__delete(fetcher->cache);
    daotp__delete(fetcher->ldap_server);
    daotp_context_unref(fetcher->context);
    daotp__delete(fetcher);
}

/* ---- settings -------------------------------------------------------------------------------- */

static bool can_set_fetcher(const daotp_fetcher *fetcher)
{
    return fetcher != NULL && !atomic_load(&fetcher->in_use);
}

daotp_status daotp_fetcher_allow_network(daotp_fetcher *fetcher, const char *network)
{
    size_t *count;

    if (!can_set_fetcher(fetcher) || network == NULL)
        return DAOTP_USAGE;
    count = &fetcher->policy.network_count;
    if (*count == DAOTP__MAX_NETWORKS || !daotp__network_parse(network, &fetcher->networks[*count]))
        return DAOTP_USAGE;
    ++*count;
    return DAOTP_OK;
}

daotp_status daotp_fetcher_allow_ldap(daotp_fetcher *fetcher, const char *server)
{
    if (!can_set_fetcher(fetcher))
        return DAOTP_USAGE;
    if (!daotp__text_set(&fetcher->ldap_server, server))
        return DAOTP_MEMORY;
    fetcher->may_use_ldap = true;
    return DAOTP_OK;
}

daotp_status daotp_fetcher_set_limits(daotp_fetcher *fetcher, int64_t max_bytes, int64_t timeout_ms)
{
    if (!can_set_fetcher(fetcher) || max_bytes < 1 || max_bytes > DAOTP__MAX_CRL ||
        timeout_ms < 1 || timeout_ms > MAX_FETCH_MS)
        return DAOTP_USAGE;
    fetcher->policy.max_bytes = max_bytes;
    fetcher->policy.timeout_ms = (int)timeout_ms;
    return DAOTP_OK;
}

daotp_status daotp_fetcher_set_cache(daotp_fetcher *fetcher, const char *folder)
{
    if (!can_set_fetcher(fetcher))
        return DAOTP_USAGE;
    return daotp__text_set(&fetcher->cache, folder) ? DAOTP_OK : DAOTP_MEMORY;
}

/* ---- the folder ------------------------------------------------------------------------------ */

void daotp__fetcher_keep(const daotp_fetcher *fetcher, const char *url, daotp__indexed_crl *kept,
                         daotp_report *report)
{
    daotp__cache cache;

    daotp__cache_open(&cache, fetcher->cache, report);
    (void)daotp__cache_store(&cache, url, kept, report);
    daotp__cache_close(&cache);
}
