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
    daotp__report_init(&fetcher->report, context);
    fetcher->policy = (daotp__http_get_policy){.networks = fetcher->networks,
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

daotp_report *daotp_fetcher_get_report(daotp_fetcher *fetcher)
{
    return fetcher != NULL ? &fetcher->report : NULL;
}

void daotp_fetcher_unref(daotp_fetcher *fetcher)
{
    daotp_context *context;

    if (fetcher == NULL ||
        atomic_fetch_sub_explicit(&fetcher->references, 1, memory_order_acq_rel) != 1)
        return;
    daotp__source_table_free(&fetcher->sources);
    daotp__delete(fetcher->cache);
    daotp__delete(fetcher->ldap_server);
    context = fetcher->context;
    daotp__report_end(&fetcher->report);
    daotp__delete(fetcher);
    daotp_context_unref(context);
}

/* ---- settings -------------------------------------------------------------------------------- */

static bool can_set_fetcher(const daotp_fetcher *fetcher)
{
    return fetcher != NULL && !atomic_load(&fetcher->in_use);
}

/* The report belongs to the thread that sets up the fetcher. Fetches are reported by the object
 * that starts them. */
static daotp_status refuse_fetcher_order(daotp_fetcher *fetcher)
{
    if (fetcher == NULL)
        return DAOTP_USAGE;
    return daotp__report_refuse_order(&fetcher->report, false, "setting",
                                      "a fetcher that is in use");
}

static daotp_status refuse_fetcher_setting(daotp_fetcher *fetcher, daotp_status status,
                                           const char *setting, const char *why)
{
    return daotp__report_refuse(&fetcher->report, status, setting, why);
}

daotp_status daotp_fetcher_allow_network(daotp_fetcher *fetcher, const char *network)
{
    size_t *count;

    if (!can_set_fetcher(fetcher))
        return refuse_fetcher_order(fetcher);
    count = &fetcher->policy.network_count;
    if (*count == DAOTP__MAX_NETWORKS)
        return refuse_fetcher_setting(fetcher, DAOTP_USAGE, "network", DAOTP__ONE_TOO_MANY);
    if (network == NULL || !daotp__network_parse(network, &fetcher->networks[*count]))
        return refuse_fetcher_setting(fetcher, DAOTP_USAGE, "network", "no network in CIDR form");
    ++*count;
    return DAOTP_OK;
}

daotp_status daotp_fetcher_allow_ldap(daotp_fetcher *fetcher, const char *server)
{
    if (!can_set_fetcher(fetcher))
        return refuse_fetcher_order(fetcher);
    if (!daotp__text_set(&fetcher->ldap_server, server))
        return refuse_fetcher_setting(fetcher, DAOTP_MEMORY, NULL, NULL);
    fetcher->may_use_ldap = true;
    return DAOTP_OK;
}

daotp_status daotp_fetcher_set_max_bytes(daotp_fetcher *fetcher, int64_t max_bytes)
{
    if (!can_set_fetcher(fetcher))
        return refuse_fetcher_order(fetcher);
    if (max_bytes < 1 || max_bytes > DAOTP__MAX_CRL)
        return refuse_fetcher_setting(fetcher, DAOTP_USAGE, "bytes", DAOTP__OUT_OF_RANGE);
    fetcher->policy.max_bytes = max_bytes;
    return DAOTP_OK;
}

daotp_status daotp_fetcher_set_timeout_ms(daotp_fetcher *fetcher, int64_t timeout_ms)
{
    if (!can_set_fetcher(fetcher))
        return refuse_fetcher_order(fetcher);
    if (timeout_ms < 1 || timeout_ms > MAX_FETCH_MS)
        return refuse_fetcher_setting(fetcher, DAOTP_USAGE, "time-out", DAOTP__OUT_OF_RANGE);
    fetcher->policy.timeout_ms = (int)timeout_ms;
    return DAOTP_OK;
}

daotp_status daotp_fetcher_set_cache(daotp_fetcher *fetcher, const char *folder)
{
    if (!can_set_fetcher(fetcher))
        return refuse_fetcher_order(fetcher);
    if (!daotp__text_set(&fetcher->cache, folder))
        return refuse_fetcher_setting(fetcher, DAOTP_MEMORY, NULL, NULL);
    return DAOTP_OK;
}

/* ---- the folder ------------------------------------------------------------------------------ */

void daotp__fetcher_store(const daotp_fetcher *fetcher, const char *url,
                          daotp__indexed_crl *indexed, daotp_report *report)
{
    daotp__cache cache;

    daotp__cache_open(&cache, fetcher->cache, report);
    (void)daotp__cache_store(&cache, url, indexed, report);
    daotp__cache_close(&cache);
}
