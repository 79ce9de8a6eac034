/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench-enroll: what an enrolment costs after the user has typed the code, beside what nobody can
 * do without and beside what one would script; and what the responder's message costs beside its
 * signature. The definitions are printed with the figures.
 */
#include "flight.h"
#include "floor.h"
#include "ours.h"
#include "rate.h"
#include "sample.h"
#include "script.h"
#include "server.h"
#include "world.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { OURS, FLOOR, SCRIPT, COMPETITORS };
enum { WARM_UPS = 5, ROUNDS = 100, MAX_ROUNDS = 1000000, EACH = 3 };

static const char help[] =
    "usage: bench-enroll [--rounds N] [--json] [--stages] [--dir DIR] [--host HOST]\n"
    "\n"
    "  --rounds N   how many times the deck is shuffled (100)\n"
    "  --json       figures and definitions as one JSON object\n"
    "  --stages     where our time and the floor's goes, in runs of their own\n"
    "  --dir DIR    where the stores are (/dev/shm, else TMPDIR, else /tmp)\n"
    "  --host HOST  the peers' name in URLs: localhost, or 127.0.0.1 (which it is unless set)\n";

struct options {
    size_t rounds;
    bool json, stages;
    const char *dir, *host;
};

struct bench {
    struct options options;
    struct world world;
    struct ours ours;
    struct floor floor;
    bool has_script;
    struct sample took[COMPETITORS];
    struct sample rates[RATE_KINDS];
    struct sample stages[DAOTP_STAGE_COUNT], parts[FLOOR_PARTS];
    struct flight flight;
};

static const char *const names[COMPETITORS] = {"ours", "floor", "script"};
static const char *const definitions[][2] = {
    {"ours", "daotp_client_enroll() with the code, after daotp_client_prepare(), to its return: "
             "answer checked, submitted to the CA, certificate judged and kept in a directory "
             "store (file, file, folder, name: each fsync'd), connections closed. P-256 key given; "
             "OTP connection open and warmed by a HEAD, CA connection opened inside"},
    {"floor",
     "the same two POSTs by bare libcurl with bytes recorded of ours, same servers and keys, "
     "anchors ready, connections opened and closed as ours are, no answer looked into; "
     "then files of the same bytes written and fsync'd in the same way"},
    {"script", "sh with openssl req, curl, openssl cms, curl, openssl pkcs7 and x509, sync; the "
               "key made beforehand; two connections opened inside; checks less than ours"},
    {"peers",
     "one child process on loopback for all three: TLS 1.3, P-256 server keys; the OTP "
     "service is daotp's responder (RSA-2048 RA key, any code is right) and its time is "
     "in all three figures; the CA answers with one certificate issued beforehand. Peers are "
     "named by address: to resolve any name but localhost takes bare libcurl a thread and "
     "a millisecond, which would flatter us"},
    {"responder",
     "messages per second of CPU time on one core: MS-OTPCE 4.1 as published (RSA-2048 "
     "request) from daotp_exchange_new() to _free(), no TLS, user and code answered "
     "in the callbacks, RSA-2048 RA key. The user's key is the same each time, so it passed the "
     "rules for keys before, as the key of a user who tries again"},
    {"new key",
     "the same, but each message meets a context that has seen no key: the user's key is tested "
     "by all rules (is the modulus a prime? has it close or small factors?), as in the first "
     "request of each user"},
    {"sign", "EVP_DigestSignInit and EVP_DigestSign with SHA-256 and the same RA key, per second "
             "of CPU time on one core"},
    {"in flight",
     "whole enrolments a second, prepare and enroll, key given: 50 at once in one thread, driven "
     "by "
     "steps and poll(), beside 50 one after the other in the same way; cpu is this thread's alone, "
     "of an enrolment in flight and of a run of floor with its warm connection"},
    {"ratios",
     "of medians over shuffled rounds: floor_ratio = ours / floor in time (aim: at most "
     "1.15), script_ratio = script / ours in time (aim: at least 3), responder_ratio = "
     "responder / sign in rate (aim: at least 0.8), responder_new_key_ratio = new key / "
     "sign in rate, flight_ratio = in flight / one by one in rate (aim: at least 2), "
     "flight_cpu_ratio = in flight / floor in processor time (aim: at most 1.3); flight_bound = "
     "what flight_ratio can be at most: the time of one by one, by the longer of our and the "
     "peers' processor time, which both have one thread. On two processors that is 2 where "
     "both are equal, and less where one is the longer"},
};

enum { FLIGHT_ROUNDS = 5 };

enum { DEFINITIONS = sizeof definitions / sizeof definitions[0] };

/* ---- measuring ------------------------------------------------------------------------------- */

static double run(struct bench *bench, int who)
{
    double took;

    switch (who) {
    case OURS:
        took = ours_run(&bench->world, &bench->ours, NULL);
        ours_forget(&bench->ours);
        return took;
    case FLOOR:
        return floor_run(&bench->world, &bench->floor, NULL);
    default:
        return script_run(&bench->world);
    }
}

/* The first run of ours is what the others are made from. */
static void set_up(struct bench *bench)
{
    world_make(&bench->world, bench->options.dir, bench->options.host);
    server_start(&bench->world);
    ours_open(&bench->world, &bench->ours);
    (void)ours_run(&bench->world, &bench->ours, NULL);
    floor_open(&bench->world, &bench->floor);
    bench->has_script = script_open(&bench->world);
    ours_forget(&bench->ours);
    for (int i = 0; i < WARM_UPS; i++) {
        (void)run(bench, OURS);
        (void)run(bench, FLOOR);
    }
    if (bench->has_script)
        (void)run(bench, SCRIPT);
}

static void measure(struct bench *bench)
{
    /* one script is enough: it takes fifty times as long */
    const size_t counts[COMPETITORS] = {EACH, EACH, bench->has_script ? 1 : 0};
    struct deck deck;

    deck_make(&deck, counts, COMPETITORS);
    for (size_t round = 0; round < bench->options.rounds; round++) {
        deck_shuffle(&deck);
        for (size_t i = 0; i < deck.count; i++)
            sample_add(&bench->took[deck.cards[i]], run(bench, deck.cards[i]));
    }
    deck_free(&deck);
}

static void measure_stages(struct bench *bench)
{
    for (size_t i = 0; i < EACH * bench->options.rounds; i++) {
        (void)ours_run(&bench->world, &bench->ours, bench->stages);
        ours_forget(&bench->ours);
        (void)floor_run(&bench->world, &bench->floor, bench->parts);
    }
}

/* ---- telling --------------------------------------------------------------------------------- */

static double ratio(double a, double b)
{
    return b > 0 ? a / b : 0;
}

static double floor_ratio(struct bench *bench)
{
    return ratio(sample_at(&bench->took[OURS], 0.5), sample_at(&bench->took[FLOOR], 0.5));
}

static double script_ratio(struct bench *bench)
{
    return ratio(sample_at(&bench->took[SCRIPT], 0.5), sample_at(&bench->took[OURS], 0.5));
}

static double responder_ratio(struct bench *bench, int kind)
{
    return ratio(sample_at(&bench->rates[kind], 0.5), sample_at(&bench->rates[RATE_SIGN], 0.5));
}

static double flight_ratio(struct bench *bench)
{
    return ratio(sample_at(&bench->flight.at_once, 0.5), sample_at(&bench->flight.one_by_one, 0.5));
}

static double flight_cpu_ratio(struct bench *bench)
{
    return ratio(sample_at(&bench->flight.cpu, 0.5), sample_at(&bench->flight.floor_cpu, 0.5));
}

static void show_line(const char *name, struct sample *sample, double unit, const char *what)
{
    if (sample->count > 0)
        printf("  %-12s %9.3f %s  (%.3f to %.3f, %zu)\n", name, sample_at(sample, 0.5) / unit, what,
               sample_at(sample, 0.1) / unit, sample_at(sample, 0.9) / unit, sample->count);
}

static void show_stages(struct bench *bench)
{
    static const char *const parts[FLOOR_PARTS] = {"POST of OTP", "CA", "files", "close"};

    if (!bench->options.stages)
        return;
    printf("\nours by stage\n");
    for (int i = 0; i < DAOTP_STAGE_COUNT; i++)
        show_line(daotp_stage_name((daotp_stage)i), &bench->stages[i], 1e3, "ms");
    printf("floor by part\n");
    for (int i = 0; i < FLOOR_PARTS; i++)
        show_line(parts[i], &bench->parts[i], 1e3, "ms");
}

static void show(struct bench *bench)
{
    printf("median (10th to 90th of a hundred, runs); stores on %s\n", bench->world.file_system);
    for (int i = 0; i < COMPETITORS; i++)
        show_line(names[i], &bench->took[i], 1e3, "ms");
    printf("  %-12s %9.3f ms\n", "over floor",
           (sample_at(&bench->took[OURS], 0.5) - sample_at(&bench->took[FLOOR], 0.5)) / 1e3);
    show_line("responder", &bench->rates[RATE_RESPOND], 1, "messages/s");
    show_line("new key", &bench->rates[RATE_NEW_KEY], 1, "messages/s");
    show_line("sign", &bench->rates[RATE_SIGN], 1, "signatures/s");
    show_line("in flight", &bench->flight.at_once, 1, "enrolments/s");
    show_line("one by one", &bench->flight.one_by_one, 1, "enrolments/s");
    show_line("cpu", &bench->flight.cpu, 1e3, "ms");
    show_line("peers' cpu", &bench->flight.peer_cpu, 1e3, "ms");
    show_line("floor's cpu", &bench->flight.floor_cpu, 1e3, "ms");
    show_stages(bench);
    printf("\ndefinitions\n");
    for (size_t i = 0; i < DEFINITIONS; i++)
        printf("  %s: %s\n", definitions[i][0], definitions[i][1]);
    printf("floor_ratio=%.3f script_ratio=%.1f responder_ratio=%.3f responder_new_key_ratio=%.3f "
           "flight_ratio=%.2f flight_bound=%.2f flight_cpu_ratio=%.2f\n",
           floor_ratio(bench), script_ratio(bench), responder_ratio(bench, RATE_RESPOND),
           responder_ratio(bench, RATE_NEW_KEY), flight_ratio(bench),
           sample_at(&bench->flight.bound, 0.5), flight_cpu_ratio(bench));
}

static void show_member(const char *name, const char *unit, struct sample *sample)
{
    printf("  \"%s\": {\"unit\": \"%s\", \"median\": %.3f, \"p10\": %.3f, \"p90\": %.3f, "
           "\"runs\": %zu},\n",
           name, unit, sample_at(sample, 0.5), sample_at(sample, 0.1), sample_at(sample, 0.9),
           sample->count);
}

static void show_json(struct bench *bench)
{
    printf("{\n  \"file_system\": \"%s\",\n", bench->world.file_system);
    for (int i = 0; i < COMPETITORS; i++)
        show_member(names[i], "us", &bench->took[i]);
    show_member("responder", "1/s", &bench->rates[RATE_RESPOND]);
    show_member("new_key", "1/s", &bench->rates[RATE_NEW_KEY]);
    show_member("sign", "1/s", &bench->rates[RATE_SIGN]);
    show_member("in_flight", "1/s", &bench->flight.at_once);
    show_member("one_by_one", "1/s", &bench->flight.one_by_one);
    show_member("flight_cpu", "us", &bench->flight.cpu);
    show_member("peer_cpu", "us", &bench->flight.peer_cpu);
    show_member("floor_cpu", "us", &bench->flight.floor_cpu);
    printf("  \"definitions\": {");
    for (size_t i = 0; i < DEFINITIONS; i++)
        printf("%s\n    \"%s\": \"%s\"", i > 0 ? "," : "", definitions[i][0], definitions[i][1]);
    printf(
        "\n  },\n  \"floor_ratio\": %.3f,\n  \"script_ratio\": %.1f,\n"
        "  \"responder_ratio\": %.3f,\n  \"responder_new_key_ratio\": %.3f,\n"
        "  \"flight_ratio\": %.3f,\n  \"flight_bound\": %.3f,\n  \"flight_cpu_ratio\": %.3f\n}\n",
        floor_ratio(bench), script_ratio(bench), responder_ratio(bench, RATE_RESPOND),
        responder_ratio(bench, RATE_NEW_KEY), flight_ratio(bench),
        sample_at(&bench->flight.bound, 0.5), flight_cpu_ratio(bench));
}

/* ---- around it ------------------------------------------------------------------------------- */

static const char *default_dir(void)
{
    const char *dir = getenv("TMPDIR");

    if (access("/dev/shm", W_OK | X_OK) == 0)
        return "/dev/shm"; /* a disk's fsync takes milliseconds, and a ratio could hide in it */
    return dir != NULL && *dir != '\0' ? dir : "/tmp";
}

static struct options read_options(int argc, char **argv)
{
    static const struct option list[] = {{"rounds", required_argument, NULL, 'r'},
                                         {"json", no_argument, NULL, 'j'},
                                         {"stages", no_argument, NULL, 's'},
                                         {"dir", required_argument, NULL, 'd'},
                                         {"host", required_argument, NULL, 'n'},
                                         {"help", no_argument, NULL, 'h'},
                                         {0}};
    struct options options = {.rounds = ROUNDS, .dir = default_dir(), .host = "127.0.0.1"};
    int c;

    while ((c = getopt_long(argc, argv, "", list, NULL)) != -1) {
        if (c == 'h')
            exit(fputs(help, stdout) < 0);
        if (c == 'd')
            options.dir = optarg;
        if (c == 'n')
            options.host = optarg;
        options.json = options.json || c == 'j';
        options.stages = options.stages || c == 's';
        if (c == 'r')
            options.rounds = strtoul(optarg, NULL, 10);
        if (c == '?' || options.rounds == 0 || options.rounds > MAX_ROUNDS)
            exit(64);
    }
    return options;
}

/* Whoever gives up, gives up by exit(). */
static struct bench bench;

static void clean_up(void)
{
    server_stop(&bench.world);
    world_end(&bench.world);
}

int main(int argc, char **argv)
{
    bench.options = read_options(argc, argv);
    srandom((unsigned)time(NULL));
    (void)atexit(clean_up);
    set_up(&bench);
    measure(&bench);
    if (bench.options.stages)
        measure_stages(&bench);
    flight_measure(&bench.world, &bench.ours, &bench.floor, FLIGHT_ROUNDS, &bench.flight);
    server_stop(&bench.world);
    rate_measure(&bench.world, bench.options.rounds, bench.rates);
    if (bench.options.json)
        show_json(&bench);
    else
        show(&bench);
    for (int i = 0; i < COMPETITORS; i++)
        sample_free(&bench.took[i]);
    for (int i = 0; i < RATE_KINDS; i++)
        sample_free(&bench.rates[i]);
    for (int i = 0; i < DAOTP_STAGE_COUNT; i++)
        sample_free(&bench.stages[i]);
    for (int i = 0; i < FLOOR_PARTS; i++)
        sample_free(&bench.parts[i]);
    flight_free(&bench.flight);
    ours_close(&bench.ours);
    floor_close(&bench.floor);
    return 0;
}
