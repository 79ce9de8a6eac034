/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Several threads, each with a client of its own, sharing context, trust, identity and key; another
 * thread for each cancels at random moments. Whatever the moment: the part ends at once, the client
 * can be used again, the code was sent at most once. To be run under ThreadSanitizer too.
 */
#include "peer.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { THREADS = 4, RUNS = 120, LATEST_US = 60000, AT_ONCE_MS = 5000 };
#else
enum { THREADS = 4, RUNS = 1000, LATEST_US = 12000, AT_ONCE_MS = 2000 };
#endif
enum { STALL_MS = 400, WHOLE_MS = 60000 };

struct worker {
    struct peer_world *world;
    struct peer_rig *rig;
    unsigned seed;
    unsigned cancelled, done, missed, wrong;
    pthread_t thread, canceller;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned wanted, given; /* cancellations */
    unsigned after_us;
    bool stop;
};

static unsigned pick(struct worker *worker, unsigned below)
{
    worker->seed = worker->seed * 1103515245u + 12345u;
    return (worker->seed >> 8) % below;
}

static void wait_us(unsigned us)
{
    struct timespec time = {.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000L};

    nanosleep(&time, NULL);
}

/* Cancels when it is told to, after a while. */
static void *cancel(void *given)
{
    struct worker *worker = given;

    pthread_mutex_lock(&worker->lock);
    while (!worker->stop) {
        unsigned after;

        if (worker->given == worker->wanted) {
            pthread_cond_wait(&worker->changed, &worker->lock);
            continue;
        }
        after = worker->after_us;
        pthread_mutex_unlock(&worker->lock);
        wait_us(after);
        daotp_client_cancel(worker->rig->client);
        pthread_mutex_lock(&worker->lock);
        worker->given = worker->wanted;
        pthread_cond_broadcast(&worker->changed);
    }
    pthread_mutex_unlock(&worker->lock);
    return NULL;
}

static void ask(struct worker *worker)
{
    unsigned after = pick(worker, LATEST_US);

    pthread_mutex_lock(&worker->lock);
    worker->after_us = after;
    worker->wanted++;
    pthread_cond_broadcast(&worker->changed);
    pthread_mutex_unlock(&worker->lock);
}

static void await_cancel(struct worker *worker)
{
    pthread_mutex_lock(&worker->lock);
    while (worker->given != worker->wanted)
        pthread_cond_wait(&worker->changed, &worker->lock);
    pthread_mutex_unlock(&worker->lock);
}

/* Now and then the servers stall, so that there is something to wait for. */
static void choose_plans(struct worker *worker)
{
    struct peer_plan plans[3] = {PEER_GOOD, PEER_GOOD, PEER_GOOD};

    plans[1].then = plans[2].then = PEER_STALL;
    plans[1].cut = 0;
    plans[2].cut = 700;
    peer_set(worker->rig->otp, plans[pick(worker, 3)]);
    peer_set(worker->rig->ces, plans[pick(worker, 3)]);
}

static void judge(struct worker *worker, const struct peer_result *result)
{
    char text[200];
    bool good = result->codes <= 1 && result->took_ms <= AT_ONCE_MS + LATEST_US / 1000;

    if (result->status == DAOTP_CANCELLED)
        worker->cancelled++;
    else if (result->status == DAOTP_OK)
        worker->done++;
    /* it may fall between the parts, where there is nothing to cancel; then the deadline ends a
     * stall */
    else if (result->status == DAOTP_UNDECIDED || result->status == DAOTP_TIMEOUT)
        worker->missed++;
    else
        good = false;
    if (result->status == DAOTP_CANCELLED && result->error != DAOTP_FINDING_CALL_CANCELLED)
        good = false;
    if (!good && worker->wrong++ < 3)
        printf("# %s\n", peer_describe(result, text, sizeof text));
}

/* A run that nobody cancels, of servers that answer. Its deadline is long: the machine may be busy. */
static void run_whole(struct worker *worker)
{
    struct peer_result result;
    char text[200];

    peer_set(worker->rig->otp, PEER_GOOD);
    peer_set(worker->rig->ces, PEER_GOOD);
    (void)daotp_client_set_timeout_ms(worker->rig->client, WHOLE_MS);
    result = peer_run(worker->rig);
    (void)daotp_client_set_timeout_ms(worker->rig->client, STALL_MS);
    if (result.status == DAOTP_OK)
        worker->done++;
    else if (worker->wrong++ < 3)
        printf("# %s\n", peer_describe(&result, text, sizeof text));
}

/* What has ended cannot be cancelled, and who tries does no harm to what comes next. */
static void cancel_too_late(struct worker *worker)
{
    run_whole(worker);
    ask(worker);
    await_cancel(worker);
}

static void *work(void *given)
{
    struct worker *worker = given;
    struct peer_result result;
    unsigned codes;

    for (int i = 0; i < RUNS; i++) {
        if (i % 20 == 0)
            cancel_too_late(worker);
        choose_plans(worker);
        (void)daotp_client_set_preflight(worker->rig->client, i % 2 == 0);
        codes = peer_codes(worker->rig->otp);
        ask(worker);
        result = peer_run(worker->rig);
        await_cancel(worker);
        peer_settle(worker->rig->otp); /* what was sent has been counted, of this run */
        peer_settle(worker->rig->ces);
        result.codes = peer_codes(worker->rig->otp) - codes;
        judge(worker, &result);
    }
    run_whole(worker);
    return NULL;
}

static void start(struct worker *worker, struct peer_world *world, unsigned seed)
{
    *worker = (struct worker){.world = world, .seed = seed};
    worker->rig = peer_rig_new(world);
    /* a cancellation between prepare and enroll is lost by contract: a stall must end all the same
     */
    (void)daotp_client_set_timeout_ms(worker->rig->client, STALL_MS);
    pthread_mutex_init(&worker->lock, NULL);
    pthread_cond_init(&worker->changed, NULL);
    if (pthread_create(&worker->canceller, NULL, cancel, worker) != 0 ||
        pthread_create(&worker->thread, NULL, work, worker) != 0)
        exit(70);
}

static void end(struct worker *worker)
{
    pthread_join(worker->thread, NULL);
    pthread_mutex_lock(&worker->lock);
    worker->stop = true;
    pthread_cond_broadcast(&worker->changed);
    pthread_mutex_unlock(&worker->lock);
    pthread_join(worker->canceller, NULL);
    peer_rig_free(worker->rig);
    pthread_mutex_destroy(&worker->lock);
    pthread_cond_destroy(&worker->changed);
}

int main(void)
{
    struct worker workers[THREADS];
    unsigned cancelled = 0, done = 0;
    daotp_context *context;
    struct peer_world *world;

    if (daotp_context_new(&context) != DAOTP_OK)
        return 70;
    world = peer_world_new(context);
    for (unsigned i = 0; i < THREADS; i++)
        start(&workers[i], world, 1000 + i);
    for (unsigned i = 0; i < THREADS; i++) {
        end(&workers[i]);
        cancelled += workers[i].cancelled;
        done += workers[i].done;
        peer_check(workers[i].wrong == 0,
                   "thread %u: %u cancelled, %u came through, %u missed, %u wrong", i,
                   workers[i].cancelled, workers[i].done, workers[i].missed, workers[i].wrong);
    }
    peer_check(cancelled > THREADS * RUNS / 4, "often enough it was in time: %u of %u", cancelled,
               THREADS * RUNS);
    peer_check(done > 0, "or else too late: %u", done);
    peer_world_free(world);
    daotp_context_unref(context);
    return peer_summary();
}
