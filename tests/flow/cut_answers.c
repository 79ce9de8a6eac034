/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An answer that ends anywhere: the connection is cut at every byte of the OTP answer and of the
 * CA's answer, in clear and in its encryption, politely, rudely, and by a reset; it stalls at the
 * boundaries of headers and records and at seeded places. Each time the client ends, in time, with
 * the right finding, and the code was sent once.
 */
#include "peer.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORKERS = 4, SHOWN = 5, TRIES = 3, SEEDED = 64 };

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { TIMEOUT_MS = 1500, SLACK_MS = 6000, STRIDE = 7 };
#else
enum { TIMEOUT_MS = 200, SLACK_MS = 2000, STRIDE = 1 };
#endif

struct group {
    const char *name;
    bool ces, stalls;
    daotp_status status;
    daotp_finding_number error;
    unsigned runs, wrong;
};

struct job {
    struct group *group;
    struct peer_plan plan;
    size_t at; /* for the message */
};

static struct job *jobs;
static size_t job_count;
static atomic_size_t next_job;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void add(struct group *group, struct peer_plan plan, size_t at)
{
    if (job_count % 1024 == 0)
        jobs = realloc(jobs, (job_count + 1024) * sizeof *jobs);
    if (jobs == NULL)
        exit(70);
    jobs[job_count++] = (struct job){group, plan, at};
}

/* ---- one run --------------------------------------------------------------------------------- */

static bool is_right(const struct group *group, const struct peer_result *result)
{
    int64_t least = group->stalls ? TIMEOUT_MS * 9 / 10 : 0;

    return result->status == group->status && result->error == group->error &&
           result->stage == (group->ces ? DAOTP_STAGE_SUBMIT : DAOTP_STAGE_OTP) &&
           result->codes == 1 && result->took_ms >= least &&
           result->took_ms <= TIMEOUT_MS + SLACK_MS;
}

static void note(const struct job *job, const struct peer_result *result)
{
    char text[200];

    pthread_mutex_lock(&lock);
    job->group->runs++;
    if (!is_right(job->group, result) && job->group->wrong++ < SHOWN)
        printf("# %s at %zu: wanted %s %s, found %s\n", job->group->name, job->at,
               daotp_status_name(job->group->status), daotp_catalogue_get_id(job->group->error),
               peer_describe(result, text, sizeof text));
    pthread_mutex_unlock(&lock);
}

static void run(struct peer_rig *rig, const struct job *job)
{
    struct peer_result result = {.status = DAOTP_INTERNAL};

    peer_set(rig->otp, job->group->ces ? PEER_GOOD : job->plan);
    peer_set(rig->ces, job->group->ces ? job->plan : PEER_GOOD);
    (void)daotp_client_set_timeout_ms(rig->client, job->group->stalls ? TIMEOUT_MS : 30000);
    for (int i = 0; i < TRIES; i++) {
        result = peer_run(rig);
        /* a machine that is busy elsewhere can use the time up before the code has left */
        if (result.error != DAOTP_FINDING_CALL_TIMEOUT || result.codes != 0)
            break;
    }
    note(job, &result);
}

static void *work(void *world)
{
    struct peer_rig *rig = peer_rig_new(world);
    size_t i;

    (void)daotp_client_set_preflight(rig->client, false);
    while ((i = atomic_fetch_add(&next_job, 1)) < job_count)
        run(rig, &jobs[i]);
    peer_rig_free(rig);
    return NULL;
}

/* ---- the plans ------------------------------------------------------------------------------- */

static void cut_everywhere(struct group *group, const struct peer_bytes *answer,
                           enum peer_then then, size_t stride)
{
    for (size_t at = 0; at < answer->len; at += stride) {
        struct peer_plan plan = PEER_GOOD;

        plan.cut = at;
        plan.then = then;
        add(group, plan, at);
    }
}

/* TLS 1.3 adds 5 octets of header, one of type and 16 of tag to each record. */
static void cut_on_the_wire(struct group *group, const struct peer_bytes *answer, size_t record)
{
    size_t records = (answer->len + record - 1) / record;

    for (size_t at = 0; at < answer->len + records * 22; at += STRIDE) {
        struct peer_plan plan = PEER_GOOD;

        plan.wire = at;
        plan.record = record;
        plan.then = PEER_DROP;
        add(group, plan, at);
    }
}

static void stall_at(struct group *group, size_t cut, size_t record)
{
    struct peer_plan plan = PEER_GOOD;

    plan.cut = cut;
    plan.record = record;
    plan.then = PEER_STALL;
    add(group, plan, cut);
}

static void stall_here_and_there(struct group *group, const struct peer_bytes *answer)
{
    const char *end = strstr(answer->data, "\r\n\r\n") + 4;
    unsigned seed = 20251;

    stall_at(group, 0, 0);
    for (const char *at = answer->data; at < end; at++)
        if (at[0] == '\r' && at[1] == '\n') {
            stall_at(group, (size_t)(at - answer->data), 0);
            stall_at(group, (size_t)(at - answer->data) + 1, 0);
            stall_at(group, (size_t)(at - answer->data) + 2, 0);
        }
    for (size_t at = 512; at < answer->len; at += 512)
        stall_at(group, at, 512);
    stall_at(group, answer->len - 1, 0);
    for (int i = 0; i < SEEDED; i++) {
        seed = seed * 1103515245u + 12345u;
        stall_at(group, (seed >> 8) % answer->len, 0);
    }
}

/* In the middle of a record, its header, its tag. */
static void stall_on_the_wire(struct group *group)
{
    static const size_t at[] = {1, 4, 5, 6, 100, 512 + 5, 512 + 21, 512 + 22, 512 + 23, 900};

    for (size_t i = 0; i < sizeof at / sizeof at[0]; i++) {
        struct peer_plan plan = PEER_GOOD;

        plan.wire = at[i];
        plan.record = 512;
        plan.then = PEER_STALL;
        add(group, plan, at[i]);
    }
}

/* ---- slow, but complete ---------------------------------------------------------------------- */

static void run_slow(struct peer_world *world)
{
    struct peer_rig *rig = peer_rig_new(world);
    struct peer_plan bytewise = PEER_GOOD, slow = PEER_GOOD;
    struct peer_result result;
    char text[200];

    bytewise.record = 1;
    peer_set(rig->otp, bytewise);
    peer_set(rig->ces, bytewise);
    result = peer_run(rig);
    peer_check(result.status == DAOTP_OK, "each byte in a record of its own: %s",
               peer_describe(&result, text, sizeof text));
    slow.record = 100;
    slow.pause_ms = 10;
    peer_set(rig->otp, slow);
    peer_set(rig->ces, slow);
    result = peer_run(rig);
    peer_check(result.status == DAOTP_OK, "100 bytes every 10 ms: %s",
               peer_describe(&result, text, sizeof text));
    peer_set(rig->ces, PEER_GOOD);
    slow.record = 20;
    slow.pause_ms = 50; /* never a stall, yet the whole lasts too long */
    peer_set(rig->otp, slow);
    (void)daotp_client_set_timeout_ms(rig->client, TIMEOUT_MS);
    result = peer_run(rig);
    peer_check(result.status == DAOTP_UNDECIDED && result.error == DAOTP_FINDING_OTP_SPENT &&
                   result.took_ms <= TIMEOUT_MS + SLACK_MS,
               "a trickle does not outlive the deadline: %s",
               peer_describe(&result, text, sizeof text));
    peer_rig_free(rig);
}

static void run_all(struct peer_world *world)
{
    pthread_t threads[WORKERS];

    for (int i = 0; i < WORKERS; i++)
        if (pthread_create(&threads[i], NULL, work, world) != 0)
            exit(70);
    for (int i = 0; i < WORKERS; i++)
        pthread_join(threads[i], NULL);
}

#define LOST(name_, ces_, status_, error_)                                                         \
    {                                                                                              \
        .name = name_, .ces = ces_, .status = DAOTP_##status_, .error = DAOTP_FINDING_##error_     \
    }

int main(void)
{
    static struct group groups[] = {
        LOST("OTP answer dropped", false, UNDECIDED, OTP_SPENT),
        LOST("OTP answer closed", false, UNDECIDED, OTP_SPENT),
        LOST("OTP answer reset", false, UNDECIDED, OTP_SPENT),
        LOST("OTP answer cut inside TLS", false, UNDECIDED, OTP_SPENT),
        LOST("OTP answer stalls", false, UNDECIDED, OTP_SPENT),
        LOST("CA answer dropped", true, UNDECIDED, CA_LOST),
        LOST("CA answer closed", true, UNDECIDED, CA_LOST),
        LOST("CA answer reset", true, UNDECIDED, CA_LOST),
        LOST("CA answer cut inside TLS", true, UNDECIDED, CA_LOST),
        LOST("CA answer stalls", true, UNDECIDED, CA_TIMEOUT),
    };
    daotp_context *context;
    struct peer_world *world;
    struct peer_rig *rig;
    struct peer_result result;
    char text[200];

    if (daotp_context_new(&context) != DAOTP_OK)
        return 70;
    world = peer_world_new(context);
    rig = peer_rig_new(world);
    result = peer_run(rig);
    peer_check(result.status == DAOTP_OK && result.codes == 1, "nothing is cut: %s",
               peer_describe(&result, text, sizeof text));
    if (result.status != DAOTP_OK)
        fputs(daotp_report_get_text(daotp_client_get_report(rig->client)), stdout);
    peer_rig_free(rig);
    for (int ces = 0; ces < 2; ces++) {
        const struct peer_bytes *answer = ces ? &world->ces : &world->otp;
        struct group *group = groups + 5 * ces;

        cut_everywhere(&group[0], answer, PEER_DROP, STRIDE);
        cut_everywhere(&group[1], answer, PEER_CLOSE, STRIDE);
        cut_everywhere(&group[2], answer, PEER_RESET, STRIDE);
        cut_on_the_wire(&group[3], answer, 512);
        group[4].stalls = true;
        stall_here_and_there(&group[4], answer);
        stall_on_the_wire(&group[4]);
    }
    run_all(world);
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++)
        peer_check(groups[i].wrong == 0 && groups[i].runs > 0, "%s: %u of %u runs wrong",
                   groups[i].name, groups[i].wrong, groups[i].runs);
    run_slow(world);
    peer_world_free(world);
    daotp_context_unref(context);
    free(jobs);
    return peer_summary();
}
