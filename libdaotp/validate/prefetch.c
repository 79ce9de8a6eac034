/* SPDX-License-Identifier: BSD-2-Clause */
/* Fetches CRLs again before they expire, so that no verification waits. */
#include <daotp/prefetch.h>

#include "core/alloc.h"
#include "validate/fetch_job.h"

struct daotp_prefetch {
    daotp_context *context;
    daotp_fetcher *fetcher;
    daotp__loop *loop;
    daotp_report report;
    int64_t ahead_s;
    size_t at; /* the next source to be looked at */
    bool is_running, has_job;
    daotp__fetch_job job;
};

daotp_status daotp_prefetch_new(daotp_context *context, daotp_fetcher *fetcher,
                                daotp_prefetch **out)
{
    daotp_prefetch *prefetch;
    daotp_status status;

    if (out != NULL)
        *out = NULL;
    if (context == NULL || fetcher == NULL || out == NULL)
        return DAOTP_USAGE;
    prefetch = daotp__new(sizeof *prefetch);
    if (prefetch == NULL)
        return DAOTP_MEMORY;
    prefetch->context = daotp__context_ref(context);
    prefetch->fetcher = daotp_fetcher_ref(fetcher);
    daotp__report_init(&prefetch->report, context);
    status = daotp__loop_new(context, &prefetch->loop);
    if (status != DAOTP_OK) {
        daotp_prefetch_free(prefetch);
        return status;
    }
    *out = prefetch;
    return DAOTP_OK;
}

static void end_job(daotp_prefetch *prefetch)
{
    if (prefetch->has_job)
        daotp__fetch_job_end(&prefetch->job);
    prefetch->has_job = false;
}

void daotp_prefetch_free(daotp_prefetch *prefetch)
{
    if (prefetch == NULL)
        return;
    end_job(prefetch);
    daotp__loop_free(prefetch->loop);
    daotp__report_end(&prefetch->report);
    daotp_fetcher_unref(prefetch->fetcher);
    daotp_context_unref(prefetch->context);
    daotp__delete(prefetch);
}

daotp_report *daotp_prefetch_get_report(daotp_prefetch *prefetch)
{
    return prefetch != NULL ? &prefetch->report : NULL;
}

static daotp_status refuse_prefetch_order(daotp_prefetch *prefetch, const char *call)
{
    if (prefetch == NULL)
        return DAOTP_USAGE;
    return daotp__report_refuse_order(&prefetch->report, prefetch->is_running, call,
                                      prefetch->is_running ? DAOTP__UNDER_WAY
                                                           : DAOTP__NOT_UNDER_WAY);
}

daotp_status daotp_prefetch_begin(daotp_prefetch *prefetch, int64_t ahead_s)
{
    if (prefetch == NULL || prefetch->is_running)
        return refuse_prefetch_order(prefetch, "begin");
    if (ahead_s < 0 || ahead_s > INT64_C(366) * 86400)
        return daotp__report_refuse(&prefetch->report, DAOTP_USAGE, "ahead", DAOTP__OUT_OF_RANGE);
    daotp__report_clear(&prefetch->report);
    prefetch->ahead_s = ahead_s;
    prefetch->at = 0;
    prefetch->is_running = true;
    daotp__loop_begin(prefetch->loop, -1); /* each fetch has its own deadline */
    return DAOTP_OK;
}

static daotp_status prefetch_end(daotp_prefetch *prefetch, daotp_status status)
{
    end_job(prefetch);
    daotp__loop_report_late(prefetch->loop, 0, "prefetch", &prefetch->report);
    daotp__loop_end(prefetch->loop);
    prefetch->is_running = false;
    prefetch->report.status = status;
    return daotp__report_status(&prefetch->report, status);
}

/* Begin the next fetch that is due: DAOTP_OK with a job, or without one when all are done. */
static daotp_status begin_job(daotp_prefetch *prefetch)
{
    static const daotp__bytes nothing = {NULL, 0};
    int64_t now = daotp__context_now_s(prefetch->context);
    char *url;
    daotp_status status = daotp__source_next_due(
        &prefetch->fetcher->sources, daotp__time_add(now, prefetch->ahead_s), &prefetch->at, &url);

    if (url == NULL)
        return status;
    status = daotp__fetch_job_begin(&prefetch->job, prefetch->fetcher, prefetch->loop,
                                    DAOTP__FETCH_CRL, url, nothing, now, &prefetch->report);
    daotp__delete(url);
    prefetch->has_job = status == DAOTP_OK;
    prefetch->job.mode = DAOTP__FETCH_REFRESH;
    return status;
}

/* A failed fetch is reported, and the next one begins. */
static daotp_status step_job(daotp_prefetch *prefetch)
{
    daotp_status status = daotp__fetch_job_step(&prefetch->job, &prefetch->report);

    if (status == DAOTP_AGAIN || status == DAOTP_MEMORY)
        return status;
    if (status == DAOTP_OK && daotp__indexed_crl_is_trusted(prefetch->job.crl))
        daotp__fetcher_store(prefetch->fetcher, prefetch->job.url, prefetch->job.crl,
                             &prefetch->report);
    end_job(prefetch);
    return DAOTP_OK;
}

daotp_status daotp_prefetch_step(daotp_prefetch *prefetch)
{
    daotp_status status;

    if (prefetch == NULL || !prefetch->is_running)
        return refuse_prefetch_order(prefetch, "step");
    status = daotp__loop_dispatch(prefetch->loop);
    while (status == DAOTP_OK) {
        if (!prefetch->has_job)
            status = begin_job(prefetch);
        if (status == DAOTP_OK && !prefetch->has_job)
            return prefetch_end(prefetch, DAOTP_OK);
        if (status == DAOTP_OK)
            status = step_job(prefetch);
    }
    if (status != DAOTP_AGAIN)
        return prefetch_end(prefetch, status);
    daotp__loop_pause(prefetch->loop);
    return status;
}

daotp_status daotp_prefetch_run(daotp_prefetch *prefetch, int64_t ahead_s)
{
    daotp_status status = daotp_prefetch_begin(prefetch, ahead_s);

    if (status != DAOTP_OK)
        return status;
    while ((status = daotp_prefetch_step(prefetch)) == DAOTP_AGAIN)
        daotp__loop_wait(prefetch->loop);
    return status;
}

void daotp_prefetch_cancel(daotp_prefetch *prefetch)
{
    if (prefetch != NULL)
        daotp__loop_cancel(prefetch->loop);
}

int daotp_prefetch_get_fd(const daotp_prefetch *prefetch)
{
    return prefetch != NULL ? daotp__loop_fd(prefetch->loop) : -1;
}

int daotp_prefetch_get_timeout_ms(const daotp_prefetch *prefetch)
{
    return prefetch != NULL ? daotp__loop_timeout_ms(prefetch->loop) : -1;
}
