/* SPDX-License-Identifier: BSD-2-Clause */
#include "validate/errand.h"

#include "core/alloc.h"
#include "core/limits.h"

#include <pthread.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>

enum { WAIT_MS = 20, MAX_RETRY_MS = 3600 * 1000, SHARED_MS = 2000, ANEW_MS = 60 * 1000 };

/* A URL that was asked for. */
typedef struct place {
    char *url;
    const daotp__errand *owner; /* who fetches it now, and until when it has the right to */
    int64_t owned_until_ms;
    daotp__kept_crl *crl;  /* the newest that was believed */
    daotp__kept_crl *came; /* what came last, as long as it is not */
    int64_t came_ms, fetched_ms;
    int64_t retry_at_ms, retry_ms;
    bool is_host; /* its host cannot be reached, or is slow: not this path alone */
} place;

/* What all who fetch for a trust share. */
typedef struct places {
    pthread_mutex_t lock;
    place list[DAOTP__MAX_PLACES];
    size_t count;
} places;

static void *make_places(void)
{
    places *made = daotp__new(sizeof *made);

    if (made != NULL)
        (void)pthread_mutex_init(&made->lock, NULL); /* never fails with glibc */
    return made;
}

static void free_places(void *shared)
{
    places *all = shared;

    for (size_t i = 0; i < all->count; i++) {
        daotp__delete(all->list[i].url);
        daotp__kept_crl_free(all->list[i].crl);
        daotp__kept_crl_free(all->list[i].came);
    }
    (void)pthread_mutex_destroy(&all->lock);
    daotp__delete(all);
}

static places *places_of(daotp_trust *trust)
{
    return daotp__trust_share(trust, make_places, free_places);
}

/* With the lock held. When the table is full, one that nobody fetches makes room. */
static place *find_place(places *all, const char *url)
{
    place *free = NULL;
    char *copy;

    for (size_t i = 0; i < all->count; i++) {
        if (strcmp(all->list[i].url, url) == 0)
            return &all->list[i];
        if (all->list[i].owner == NULL)
            free = &all->list[i];
    }
    if (all->count < DAOTP__MAX_PLACES)
        free = &all->list[all->count];
    copy = free != NULL ? daotp__text_copy(url) : NULL;
    if (copy == NULL)
        return NULL;
    if (all->count < DAOTP__MAX_PLACES) {
        all->count++;
    } else {
        daotp__delete(free->url);
        daotp__kept_crl_free(free->crl);
        daotp__kept_crl_free(free->came);
    }
    *free = (place){.url = copy, .fetched_ms = DAOTP__ALWAYS, .retry_at_ms = DAOTP__ALWAYS};
    return free;
}

/* Up to the path: what fails together. */
static size_t host_len(const char *url)
{
    const char *host = strstr(url, "://");

    return host == NULL ? strlen(url) : (size_t)(host - url) + 3 + strcspn(host + 3, "/?");
}

/* What failed just before: this URL, or its host. Anybody can name a page of a host that is not
 * there; that stops nobody else. */
static bool is_left_alone(const places *all, const char *url, int64_t now_ms)
{
    size_t len = host_len(url);

    for (size_t i = 0; i < all->count; i++) {
        const place *one = &all->list[i];

        if (one->retry_at_ms > now_ms &&
            (strcmp(one->url, url) == 0 ||
             (one->is_host && host_len(one->url) == len && strncmp(one->url, url, len) == 0)))
            return true;
    }
    return false;
}

/* ---- an errand ------------------------------------------------------------------------------- */

daotp_status daotp__errand_begin(daotp__errand *errand, daotp_trust *trust, daotp__loop *loop,
                                 daotp__errand_kind kind, const char *url, daotp__bytes request,
                                 int64_t now_s, daotp_report *report)
{
    *errand = (daotp__errand){.trust = trust, .loop = loop, .kind = kind, .now_s = now_s};
    daotp__buffer_init(&errand->request, request.len);
    daotp__buffer_add(&errand->request, request.data, request.len);
    errand->url = daotp__text_copy(url);
    daotp__cache_open(&errand->cache,
                      kind == DAOTP__ERRAND_CRL ? daotp__trust_fetching(trust)->cache : NULL,
                      report);
    if (errand->url != NULL && errand->request.failed == DAOTP_OK)
        return DAOTP_OK;
    daotp__errand_end(errand);
    return DAOTP_MEMORY;
}

/* DAOTP_NETWORK, DAOTP_TIMEOUT: the host; DAOTP_PEER: what it said; else it is nobody's fault. */
static void let_place_go(daotp__errand *errand, daotp_status status)
{
    bool is_host = status == DAOTP_NETWORK || status == DAOTP_TIMEOUT,
         failed = is_host || status == DAOTP_PEER;
    places *all = places_of(errand->trust);
    int64_t now = daotp__context_now_ms(daotp__loop_context(errand->loop));
    place *at;

    if (all == NULL)
        return;
    (void)pthread_mutex_lock(&all->lock);
    at = find_place(all, errand->url);
    if (at != NULL && at->owner == errand) {
        at->owner = NULL;
        at->retry_ms = !failed ? 0 : at->retry_ms == 0 ? DAOTP__FETCH_RETRY_MS : 2 * at->retry_ms;
        if (at->retry_ms > MAX_RETRY_MS)
            at->retry_ms = MAX_RETRY_MS;
        at->retry_at_ms = failed ? daotp__time_add(now, at->retry_ms) : DAOTP__ALWAYS;
        at->is_host = is_host;
    }
    (void)pthread_mutex_unlock(&all->lock);
}

void daotp__errand_end(daotp__errand *errand)
{
    if (errand->owns)
        let_place_go(errand, DAOTP_OK);
    errand->owns = false;
    daotp__download_free(errand->download);
    daotp__ldap_fetch_free(errand->ldap);
    daotp__cache_close(&errand->cache);
    daotp__kept_crl_free(errand->crl);
    daotp__kept_crl_free(errand->overtaken);
    if (errand->mapped.data != NULL)
        (void)munmap((void *)errand->mapped.data, errand->mapped.len);
    daotp__buffer_free(&errand->request);
    daotp__delete(errand->url);
    *errand = (daotp__errand){.cache = {-1, -1}};
}

static bool is_fresh(const daotp__errand *errand, const daotp__kept_crl *kept)
{
    const daotp__crl *crl = daotp__kept_crl_view(kept);

    return crl->has_next_update && errand->now_s <= crl->next_update;
}

/* With the lock held: what came last may have been believed since. */
static void settle(place *at)
{
    if (at->came == NULL || !daotp__kept_crl_is_believed(at->came))
        return;
    if (at->crl == NULL || !daotp__kept_crl_is_older(at->came, at->crl)) {
        daotp__kept_crl_free(at->crl);
        at->crl = at->came;
    } else {
        daotp__kept_crl_free(at->came);
    }
    at->came = NULL;
}

/* What is believed, or has only just come, for those who waited: what nobody could prove is not
 * gone back to, or a forged list would hide the true one. */
static daotp__kept_crl *find_fresh(const daotp__errand *errand, const place *at, int64_t now_ms)
{
    bool is_recent = daotp__time_sub(now_ms, at->fetched_ms) < ANEW_MS;

    if (errand->renews || (errand->anew && !is_recent))
        return NULL;
    if (at->crl != NULL && is_fresh(errand, at->crl) && !(errand->anew && at->came != NULL))
        return at->crl;
    return at->came != NULL && is_fresh(errand, at->came) &&
                   daotp__time_sub(now_ms, at->came_ms) < SHARED_MS
               ? at->came
               : NULL;
}

/* A list that is there; this status if there is none. What is over is better than nothing. */
static daotp_status hand_out(daotp__errand *errand, daotp__kept_crl *kept, daotp_status status)
{
    if (kept == NULL)
        return status;
    errand->crl = daotp__kept_crl_ref(kept);
    return DAOTP_OK;
}

static void own(daotp__errand *errand, place *at, int64_t now_ms)
{
    at->owner = errand;
    at->owned_until_ms = daotp__time_add(
        now_ms, daotp__time_add(daotp__trust_fetching(errand->trust)->timeout_ms, 1000));
    errand->owns = true;
}

/* Take what is remembered, or become the one who fetches: DAOTP_OK with a CRL, DAOTP_AGAIN to go
 * on or to wait. */
static daotp_status claim(daotp__errand *errand, daotp_report *report)
{
    places *all = places_of(errand->trust);
    int64_t now = daotp__context_now_ms(daotp__loop_context(errand->loop));
    daotp__kept_crl *fresh = NULL;
    daotp_status status = DAOTP_AGAIN;
    place *at;

    if (all == NULL)
        return DAOTP_MEMORY;
    (void)pthread_mutex_lock(&all->lock);
    at = find_place(all, errand->url);
    if (at != NULL) {
        settle(at);
        if (at->owner != NULL && now > at->owned_until_ms)
            at->owner = NULL; /* it steps no longer */
        fresh = errand->kind == DAOTP__ERRAND_CRL ? find_fresh(errand, at, now) : NULL;
    }
    if (at == NULL) {
        status = DAOTP_MEMORY;
    } else if (fresh != NULL) {
        status = hand_out(errand, fresh, status);
        errand->is_remembered = true;
    } else if (at->owner == NULL && is_left_alone(all, errand->url, now)) {
        (void)daotp__report_add(report, DAOTP_FINDING_FETCH_BACK_OFF, 0, errand->url, "%s", "");
        status = hand_out(errand, errand->kind == DAOTP__ERRAND_CRL ? at->crl : NULL, DAOTP_PEER);
    } else if (at->owner == NULL) {
        own(errand, at, now);
    }
    (void)pthread_mutex_unlock(&all->lock);
    return status;
}

static void replace(daotp__kept_crl **slot, daotp__kept_crl *with)
{
    daotp__kept_crl_free(*slot);
    *slot = daotp__kept_crl_ref(with);
}

/* With the lock held: what came, unless what stands outranks it. */
static void put(daotp__errand *errand, place *at, daotp_report *report)
{
    settle(at);
    if (at->crl != NULL && daotp__kept_crl_is_older(errand->crl, at->crl)) {
        (void)daotp__report_add(report, DAOTP_FINDING_CRL_ROLLBACK, 0, errand->url, "%s", "");
        replace(&errand->crl, at->crl);
    } else if (errand->renews && at->crl != NULL &&
               daotp__kept_crl_prove_like(errand->crl, at->crl) != DAOTP__CRL_GOOD) {
        (void)daotp__report_add(report, DAOTP_FINDING_FETCH_CONTENT, 0, errand->url,
                                "not signed as the list before");
        replace(&errand->crl, at->crl); /* the one that stands stays */
    } else {
        replace(&at->came, errand->crl);
        settle(at);
        at->came_ms = daotp__context_now_ms(daotp__loop_context(errand->loop));
        if (!errand->is_remembered)
            at->fetched_ms = at->came_ms;
    }
}

/* What came is remembered; of what is over, what is remembered may be the newer. */
static daotp_status remember(daotp__errand *errand, daotp_status status, daotp_report *report)
{
    places *all = places_of(errand->trust);
    place *at;

    if (all == NULL)
        return DAOTP_MEMORY;
    (void)pthread_mutex_lock(&all->lock);
    at = find_place(all, errand->url);
    if (at != NULL && status == DAOTP_OK) {
        put(errand, at, report);
    } else if (status != DAOTP_MEMORY) {
        if (at != NULL)
            settle(at);
        if (at != NULL && at->crl != NULL &&
            (errand->overtaken == NULL || daotp__kept_crl_is_older(errand->overtaken, at->crl)))
            replace(&errand->overtaken, at->crl);
        else if (at != NULL && errand->overtaken != NULL &&
                 daotp__kept_crl_is_believed(errand->overtaken))
            replace(&at->crl, errand->overtaken);
        status = hand_out(errand, errand->overtaken, status);
    }
    (void)pthread_mutex_unlock(&all->lock);
    return status;
}

daotp__bytes daotp__errand_bytes(const daotp__errand *errand)
{
    return errand->mapped;
}

static bool is_ldap(const char *url)
{
    return strncasecmp(url, "ldap:", 5) == 0;
}

static daotp_status begin_ldap(daotp__errand *errand, const daotp__download_policy *policy,
                               daotp_report *report)
{
    const daotp__fetching *fetching = daotp__trust_fetching(errand->trust);
    size_t findings = report->count;
    daotp_status status = DAOTP_USAGE;

    if (fetching->ldap && errand->kind != DAOTP__ERRAND_OCSP)
        status = daotp__ldap_fetch_new(errand->loop, policy, fetching->ldap_server, errand->url,
                                       &errand->ldap);
    if (status == DAOTP_USAGE)
        (void)daotp__report_add(report, DAOTP_FINDING_FETCH_URL, 0, errand->url, "%s", "");
    daotp__report_soften(report, findings);
    return status;
}

static daotp_status begin_download(daotp__errand *errand, daotp_report *report)
{
    const daotp__fetching *fetching = daotp__trust_fetching(errand->trust);
    daotp__download_policy policy = {fetching->networks, fetching->network_count,
                                     fetching->max_bytes, fetching->timeout_ms};

    if (is_ldap(errand->url))
        return begin_ldap(errand, &policy, report);
    return daotp__download_new(errand->loop, &policy, errand->url,
                               errand->kind == DAOTP__ERRAND_OCSP ? "application/ocsp-request"
                                                                  : NULL,
                               daotp__buffer_bytes(&errand->request), &errand->download);
}

static bool has_begun(const daotp__errand *errand)
{
    return errand->download != NULL || errand->ldap != NULL;
}

/* The right to fetch. Who waits for another process, which may hang, waits no longer than this:
 * then two fetch. */
static bool take_fetch_lock(daotp__errand *errand, daotp_report *report)
{
    int64_t now = daotp__context_now_ms(daotp__loop_context(errand->loop)),
            half = daotp__trust_fetching(errand->trust)->timeout_ms / 2;

    if (errand->lock_wait_until_ms == 0)
        errand->lock_wait_until_ms =
            now + (half < DAOTP__FETCH_LOCK_MS ? half : DAOTP__FETCH_LOCK_MS);
    return daotp__cache_lock(&errand->cache, errand->url, report) ||
           now >= errand->lock_wait_until_ms;
}

/* From disk, if it is there and fresh; else the right to fetch it. */
static daotp_status look_on_disk(daotp__errand *errand, daotp_report *report)
{
    /* while it waits it looks again and again: what is wrong with the folder is told once */
    daotp_report *first = errand->lock_wait_until_ms == 0 ? report : NULL;
    daotp__kept_crl *kept = daotp__cache_load(&errand->cache, errand->url);

    if (first != NULL)
        daotp__cache_check(&errand->cache, errand->url, first);
    daotp__kept_crl_free(errand->overtaken);
    errand->overtaken = kept;
    if (kept != NULL && !errand->renews && !errand->anew && is_fresh(errand, kept))
        errand->is_remembered = true;
    if (errand->is_remembered)
        return hand_out(errand, kept, DAOTP_OK);
    errand->has_lock = take_fetch_lock(errand, first);
    return DAOTP_AGAIN;
}

static daotp_status take(daotp__errand *errand, daotp_report *report)
{
    daotp__kept_crl *before;
    daotp_status status;

    if (!(errand->ldap != NULL ? daotp__ldap_fetch_take(errand->ldap, &errand->mapped)
                               : daotp__download_take(errand->download, &errand->mapped))) {
        (void)daotp__report_add(report, DAOTP_FINDING_FETCH_CONTENT, 0, errand->url, "nothing");
        return DAOTP_PEER;
    }
    if (errand->kind != DAOTP__ERRAND_CRL)
        return DAOTP_OK;
    status = daotp__kept_crl_take(errand->mapped, &errand->crl);
    errand->mapped = (daotp__bytes){NULL, 0};
    if (status == DAOTP_PEER)
        (void)daotp__report_add(report, DAOTP_FINDING_FETCH_CONTENT, 0, errand->url, "no CRL");
    before = status == DAOTP_OK ? daotp__cache_load(&errand->cache, errand->url) : NULL;
    if (before != NULL && daotp__kept_crl_is_older(errand->crl, before) &&
        !(errand->anew && !daotp__kept_crl_has_proof(before))) { /* that one was tried, in vain */
        (void)daotp__report_add(report, DAOTP_FINDING_CRL_ROLLBACK, 0, errand->url, "%s", "");
        replace(&errand->crl, before);
    }
    daotp__kept_crl_free(before);
    return status;
}

static daotp_status step_download(daotp__errand *errand, daotp_report *report)
{
    return errand->ldap != NULL ? daotp__ldap_fetch_step(errand->ldap, report)
                                : daotp__download_step(errand->download, report);
}

static daotp_status fetch(daotp__errand *errand, daotp_report *report)
{
    daotp_status status = DAOTP_OK;

    if (!has_begun(errand) && !errand->has_lock && errand->kind == DAOTP__ERRAND_CRL) {
        status = look_on_disk(errand, report);
        if (status == DAOTP_OK)
            return status;
        if (!errand->has_lock) {
            daotp__loop_wake_in(errand->loop, WAIT_MS);
            return DAOTP_AGAIN;
        }
    }
    status = has_begun(errand) ? DAOTP_OK : begin_download(errand, report);
    if (status == DAOTP_OK)
        status = step_download(errand, report);
    return status == DAOTP_OK ? take(errand, report) : status;
}

daotp_status daotp__errand_step(daotp__errand *errand, daotp_report *report)
{
    daotp_status status, fetched;

    if (!errand->owns) {
        status = claim(errand, report);
        if (status != DAOTP_AGAIN)
            return status;
        if (!errand->owns) {
            daotp__loop_wake_in(errand->loop, WAIT_MS);
            return DAOTP_AGAIN;
        }
    }
    status = fetch(errand, report);
    if (status == DAOTP_AGAIN)
        return status;
    fetched = status;
    if (errand->kind == DAOTP__ERRAND_CRL)
        status = remember(errand, fetched, report);
    let_place_go(errand, fetched); /* only now, or who waits would fetch again */
    errand->owns = false;
    return status;
}

daotp_status daotp__errand_next_due(daotp_trust *trust, int64_t before_s, size_t *at, char **url)
{
    places *all = places_of(trust);
    daotp_status status = DAOTP_OK;

    *url = NULL;
    if (all == NULL)
        return DAOTP_MEMORY;
    (void)pthread_mutex_lock(&all->lock);
    while (status == DAOTP_OK && *url == NULL && *at < all->count) {
        place *one = &all->list[(*at)++];

        settle(one);
        if (one->crl == NULL || daotp__kept_crl_view(one->crl)->next_update >= before_s)
            continue;
        *url = daotp__text_copy(one->url);
        status = *url != NULL ? DAOTP_OK : DAOTP_MEMORY;
    }
    (void)pthread_mutex_unlock(&all->lock);
    return status;
}

void daotp__errand_keep(daotp_trust *trust, const char *url, daotp__kept_crl *kept,
                        daotp_report *report)
{
    daotp__cache cache;

    daotp__cache_open(&cache, daotp__trust_fetching(trust)->cache, report);
    (void)daotp__cache_store(&cache, url, kept, report);
    daotp__cache_close(&cache);
}
