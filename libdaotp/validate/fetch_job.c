/* SPDX-License-Identifier: BSD-2-Clause */
#include "validate/fetch_job.h"

#include "core/alloc.h"
#include "core/limits.h"
#include "x509/crl_list.h"
#include "x509/fault.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>

enum { WAIT_MS = 20, SHARED_MS = 2000, FORCE_MS = 60 * 1000 };

daotp_status daotp__fetch_job_begin(daotp__fetch_job *job, daotp_fetcher *fetcher,
                                    daotp__loop *loop, daotp__fetch_kind kind, const char *url,
                                    daotp__bytes request, int64_t now_s, daotp_report *report)
{
    *job = (daotp__fetch_job){.fetcher = fetcher, .loop = loop, .kind = kind, .now_s = now_s};
    daotp__buffer_init(&job->request, request.len);
    daotp__buffer_add(&job->request, request.data, request.len);
    job->url = daotp__text_copy(url);
    daotp__cache_open(&job->cache, kind == DAOTP__FETCH_CRL ? fetcher->cache : NULL, report);
    if (job->url != NULL && job->request.failed == DAOTP_OK)
        return DAOTP_OK;
    daotp__fetch_job_end(job);
    return DAOTP_MEMORY;
}

static void release_with_backoff(daotp__fetch_job *job, daotp_status status)
{
    daotp__source_table *sources = &job->fetcher->sources;
    int64_t now = daotp__context_now_ms(daotp__loop_context(job->loop));
    daotp__source *at;

    daotp__source_table_lock(sources);
    at = daotp__source_find(sources, job->url);
    if (at != NULL && at->leader == job)
        daotp__source_release(at, status, now);
    daotp__source_table_unlock(sources);
    job->state = DAOTP__JOB_WAITS;
}

void daotp__fetch_job_end(daotp__fetch_job *job)
{
    if (job->state != DAOTP__JOB_WAITS)
        release_with_backoff(job, DAOTP_OK);
    daotp__http_get_free(job->http_get);
    daotp__ldap_fetch_free(job->ldap);
    daotp__cache_close(&job->cache);
    daotp__indexed_crl_free(job->crl);
    daotp__indexed_crl_free(job->stale_on_disk);
    if (job->mapped.data != NULL)
        (void)munmap((void *)job->mapped.data, job->mapped.len);
    daotp__buffer_free(&job->request);
    daotp__delete(job->url);
    *job = (daotp__fetch_job){.cache = {-1, -1}};
}

static bool is_fresh_crl(const daotp__fetch_job *job, const daotp__indexed_crl *indexed)
{
    const daotp__crl *crl = daotp__indexed_crl_view(indexed);

    return crl->has_next_update && job->now_s <= crl->next_update;
}

/* A fresh CRL in memory: a verified one, or an unverified one that was fetched a moment ago, for
 * the jobs that waited for it. An unverified CRL is not used later: a forged one would hide the
 * genuine one. */
static daotp__indexed_crl *find_fresh(const daotp__fetch_job *job, const daotp__source *at,
                                      int64_t now_ms)
{
    bool is_recent = daotp__time_sub(now_ms, at->fetched_ms) < FORCE_MS;
    bool is_forced = job->mode == DAOTP__FETCH_FORCE;

    if (job->mode == DAOTP__FETCH_REFRESH || (is_forced && !is_recent))
        return NULL;
    if (at->crl != NULL && is_fresh_crl(job, at->crl) && !(is_forced && at->unverified != NULL))
        return at->crl;
    return at->unverified != NULL && is_fresh_crl(job, at->unverified) &&
                   daotp__time_sub(now_ms, at->unverified_ms) < SHARED_MS
               ? at->unverified
               : NULL;
}

/* DAOTP_OK and this CRL as the result, or the given status if indexed is NULL. */
static daotp_status hand_out_crl(daotp__fetch_job *job, daotp__indexed_crl *indexed,
                                 daotp_status status)
{
    if (indexed == NULL)
        return status;
    job->crl = daotp__indexed_crl_ref(indexed);
    return DAOTP_OK;
}

static void lead_fetch(daotp__fetch_job *job, daotp__source *at, int64_t now_ms)
{
    at->leader = job;
    at->leads_until_ms =
        daotp__time_add(now_ms, daotp__time_add(job->fetcher->policy.timeout_ms, 1000));
    job->state = job->kind == DAOTP__FETCH_CRL ? DAOTP__JOB_LEADS : DAOTP__JOB_FETCHES;
}

/* Takes a remembered CRL, or makes the job the leader if there is none. DAOTP_OK with a CRL,
 * DAOTP_AGAIN to fetch as the leader or to wait for it. */
static daotp_status claim_source(daotp__fetch_job *job, daotp_report *report)
{
    daotp__source_table *sources = &job->fetcher->sources;
    int64_t now = daotp__context_now_ms(daotp__loop_context(job->loop));
    daotp__indexed_crl *fresh = NULL;
    daotp_status status = DAOTP_AGAIN;
    daotp__source *at;

    daotp__source_table_lock(sources);
    at = daotp__source_find(sources, job->url);
    if (at != NULL) {
        daotp__source_promote_verified(at);
        if (at->leader != NULL && now > at->leads_until_ms)
            at->leader = NULL; /* its caller has stopped stepping it */
        fresh = job->kind == DAOTP__FETCH_CRL ? find_fresh(job, at, now) : NULL;
    }
    if (at == NULL) {
        status = DAOTP_MEMORY;
    } else if (fresh != NULL) {
        status = hand_out_crl(job, fresh, status);
        job->is_remembered = true;
    } else if (at->leader == NULL && daotp__source_in_backoff(sources, job->url, now)) {
        (void)daotp__report_add(report, DAOTP_FINDING_FETCH_BACK_OFF, 0, job->url, "%s", "");
        status = hand_out_crl(job, job->kind == DAOTP__FETCH_CRL ? at->crl : NULL, DAOTP_PEER);
    } else if (at->leader == NULL) {
        lead_fetch(job, at, now);
    }
    daotp__source_table_unlock(sources);
    return status;
}

static void replace_crl(daotp__indexed_crl **slot, daotp__indexed_crl *with)
{
    daotp__indexed_crl_free(*slot);
    *slot = daotp__indexed_crl_ref(with);
}

/* Keeps the fetched CRL in memory, unless the one there is newer. The lock of the table is held. */
static void put_fetched(daotp__fetch_job *job, daotp__source *at, daotp_report *report)
{
    daotp__source_promote_verified(at);
    if (at->crl != NULL && daotp__indexed_crl_is_older(job->crl, at->crl)) {
        (void)daotp__report_add(report, DAOTP_FINDING_CRL_ROLLBACK, 0, job->url, "%s", "");
        replace_crl(&job->crl, at->crl);
    } else if (job->mode == DAOTP__FETCH_REFRESH && at->crl != NULL &&
               daotp__indexed_crl_verify_like(job->crl, at->crl) != DAOTP__CRL_GOOD) {
        (void)daotp__report_add(report, DAOTP_FINDING_FETCH_CONTENT, 0, job->url,
                                "not signed as the list before");
        replace_crl(&job->crl, at->crl); /* keep the one in memory */
    } else {
        replace_crl(&at->unverified, job->crl);
        daotp__source_promote_verified(at);
        at->unverified_ms = daotp__context_now_ms(daotp__loop_context(job->loop));
        if (!job->is_remembered)
            at->fetched_ms = at->unverified_ms;
    }
}

/* Stores the fetch result. If the fetch failed, returns the newer of the expired copies in memory
 * and on disk. */
static daotp_status store_result(daotp__fetch_job *job, daotp_status status, daotp_report *report)
{
    daotp__source_table *sources = &job->fetcher->sources;
    daotp__source *at;

    daotp__source_table_lock(sources);
    at = daotp__source_find(sources, job->url);
    if (at != NULL && status == DAOTP_OK) {
        put_fetched(job, at, report);
    } else if (status != DAOTP_MEMORY) {
        if (at != NULL)
            daotp__source_promote_verified(at);
        if (at != NULL && at->crl != NULL &&
            (job->stale_on_disk == NULL ||
             daotp__indexed_crl_is_older(job->stale_on_disk, at->crl)))
            replace_crl(&job->stale_on_disk, at->crl);
        else if (at != NULL && job->stale_on_disk != NULL &&
                 daotp__indexed_crl_is_trusted(job->stale_on_disk))
            replace_crl(&at->crl, job->stale_on_disk);
        status = hand_out_crl(job, job->stale_on_disk, status);
    }
    daotp__source_table_unlock(sources);
    return status;
}

daotp__bytes daotp__fetch_job_bytes(const daotp__fetch_job *job)
{
    return job->mapped;
}

static bool is_ldap_url(const char *url)
{
    return strncasecmp(url, "ldap:", 5) == 0;
}

static daotp_status begin_ldap(daotp__fetch_job *job, const daotp__http_get_policy *policy,
                               daotp_report *report)
{
    const daotp_fetcher *fetcher = job->fetcher;
    size_t findings = report->count;
    daotp_status status = DAOTP_USAGE;

    if (fetcher->may_use_ldap && job->kind != DAOTP__FETCH_OCSP)
        status =
            daotp__ldap_fetch_new(job->loop, policy, fetcher->ldap_server, job->url, &job->ldap);
    if (status == DAOTP_USAGE)
        (void)daotp__report_add(report, DAOTP_FINDING_FETCH_URL, 0, job->url, "%s", "");
    daotp__report_downgrade_errors(report, findings);
    return status;
}

static daotp_status begin_download(daotp__fetch_job *job, daotp_report *report)
{
    const daotp__http_get_policy *policy = &job->fetcher->policy;

    if (is_ldap_url(job->url))
        return begin_ldap(job, policy, report);
    return daotp__http_get_new(job->loop, policy, job->url,
                               job->kind == DAOTP__FETCH_OCSP ? "application/ocsp-request" : NULL,
                               daotp__buffer_bytes(&job->request), &job->http_get);
}

/* Whether this process may fetch: it has the fetch lock, or has waited long enough. The wait is
 * bounded because the process with the lock may hang; then two processes fetch. */
static bool take_fetch_lock(daotp__fetch_job *job, daotp_report *report)
{
    int64_t now = daotp__context_now_ms(daotp__loop_context(job->loop)),
            half = job->fetcher->policy.timeout_ms / 2;

    if (job->lock_wait_until_ms == 0)
        job->lock_wait_until_ms = now + (half < DAOTP__FETCH_LOCK_MS ? half : DAOTP__FETCH_LOCK_MS);
    return daotp__cache_lock(&job->cache, job->url, report) || now >= job->lock_wait_until_ms;
}

/* DAOTP_OK with a fresh CRL from disk; else DAOTP_AGAIN, and if this process may fetch, the job
 * does so from now on. */
static daotp_status look_on_disk(daotp__fetch_job *job, daotp_report *report)
{
    /* this runs at each step of the wait, but problems of the folder are reported once */
    daotp_report *first = job->lock_wait_until_ms == 0 ? report : NULL;
    daotp__indexed_crl *indexed = daotp__cache_load(&job->cache, job->url);

    if (first != NULL)
        daotp__cache_check(&job->cache, job->url, first);
    daotp__indexed_crl_free(job->stale_on_disk);
    job->stale_on_disk = indexed;
    if (indexed != NULL && job->mode == DAOTP__FETCH_IF_STALE && is_fresh_crl(job, indexed))
        job->is_remembered = true;
    if (job->is_remembered)
        return hand_out_crl(job, indexed, DAOTP_OK);
    if (take_fetch_lock(job, first))
        job->state = DAOTP__JOB_FETCHES;
    return DAOTP_AGAIN;
}

/* Whether the copy on disk is newer than the fetched CRL. A copy that could not be verified does
 * not count. */
static bool is_rollback(const daotp__fetch_job *job, const daotp__indexed_crl *on_disk)
{
    return daotp__indexed_crl_is_older(job->crl, on_disk) &&
           (job->mode != DAOTP__FETCH_FORCE || daotp__indexed_crl_is_verified(on_disk));
}

static void prefer_newer_on_disk(daotp__fetch_job *job, daotp_report *report)
{
    daotp__indexed_crl *on_disk = daotp__cache_load(&job->cache, job->url);

    if (on_disk != NULL && is_rollback(job, on_disk)) {
        (void)daotp__report_add(report, DAOTP_FINDING_CRL_ROLLBACK, 0, job->url, "%s", "");
        replace_crl(&job->crl, on_disk);
    }
    daotp__indexed_crl_free(on_disk);
}

void daotp__fetch_job_refuse_content(const daotp__fetch_job *job, const char *what, size_t findings,
                                     daotp_report *report)
{
    const daotp_finding *reason = daotp_report_get_finding(report, findings);
    char text[DAOTP__FAULT_TEXT + 64];

    (void)snprintf(text, sizeof text, "%s: %s", what, daotp_finding_get_found(reason));
    daotp__report_downgrade_errors(report, findings);
    (void)daotp__report_add(report, DAOTP_FINDING_FETCH_CONTENT, 0, job->url, "%s", text);
}

static daotp_status take_fetched(daotp__fetch_job *job, daotp_report *report)
{
    size_t findings = daotp_report_get_count(report);
    bool is_taken = job->ldap != NULL ? daotp__ldap_fetch_take(job->ldap, &job->mapped)
                                      : daotp__http_get_take(job->http_get, &job->mapped);
    daotp_status status;

    if (!is_taken) {
        (void)daotp__report_add(report, DAOTP_FINDING_FETCH_CONTENT, 0, job->url, "nothing");
        return DAOTP_PEER;
    }
    if (job->kind != DAOTP__FETCH_CRL)
        return DAOTP_OK;
    status = daotp__crl_list_take_only(job->mapped, job->url, report, &job->crl);
    job->mapped = (daotp__bytes){NULL, 0};
    if (status == DAOTP_PEER)
        daotp__fetch_job_refuse_content(job, "no CRL", findings, report);
    if (status == DAOTP_OK)
        prefer_newer_on_disk(job, report);
    return status;
}

static daotp_status step_download(daotp__fetch_job *job, daotp_report *report)
{
    return job->ldap != NULL ? daotp__ldap_fetch_step(job->ldap, report)
                             : daotp__http_get_step(job->http_get, report);
}

static daotp_status step_fetch(daotp__fetch_job *job, daotp_report *report)
{
    daotp_status status = DAOTP_OK;

    if (job->http_get == NULL && job->ldap == NULL)
        status = begin_download(job, report);
    if (status == DAOTP_OK)
        status = step_download(job, report);
    return status == DAOTP_OK ? take_fetched(job, report) : status;
}

static daotp_status finish_job(daotp__fetch_job *job, daotp_status fetched, daotp_report *report)
{
    daotp_status status = fetched;

    if (job->kind == DAOTP__FETCH_CRL)
        status = store_result(job, fetched, report);
    release_with_backoff(job, fetched); /* now, because the waiting jobs can find the result */
    return status;
}

daotp_status daotp__fetch_job_step(daotp__fetch_job *job, daotp_report *report)
{
    daotp_status status = DAOTP_AGAIN;

    if (job->state == DAOTP__JOB_WAITS) {
        status = claim_source(job, report);
        if (status != DAOTP_AGAIN)
            return status;
    }
    if (job->state == DAOTP__JOB_LEADS)
        status = look_on_disk(job, report);
    if (job->state == DAOTP__JOB_FETCHES)
        status = step_fetch(job, report);
    if (status != DAOTP_AGAIN)
        return finish_job(job, status, report);
    if (job->state != DAOTP__JOB_FETCHES)
        daotp__loop_wake_in(job->loop, WAIT_MS);
    return DAOTP_AGAIN;
}
