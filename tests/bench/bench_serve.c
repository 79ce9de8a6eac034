/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench-serve: requests that `daotp serve` answers with a signed request, beside what nobody can do
 * without: the signature of the registration authority, and evhttp that sends the same bytes on the
 * same TLS. The definitions are printed with the figures; compare figures of one run only.
 */
#include "log.h"
#include "pki.h"
#include "sample.h"
#include "serve_clients.h"
#include "serve_peers.h"

#include <openssl/evp.h>

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_ROUNDS = 99, SIGNATURES = 256, SIGNED_ATTRIBUTES = 128 };
enum key_kind { RSA_2048, P_256, KEY_KINDS };
enum tls_way { FULL, KEPT, TLS_WAYS };
enum row_kind { ONE_WORKER, TWO_WORKERS, WITH_STATE, BARE, ROW_KINDS };

static const char help[] =
    "usage: bench-serve [--rounds N] [--ms N] [--in-flight N]\n"
    "\n"
    "  --rounds N      how often each row is measured (3); the median is shown\n"
    "  --ms N          how long each measurement takes (1000)\n"
    "  --in-flight N   clients, each with one request at a time (8)\n";

static const char definitions[] =
    "A request is a whole one of 64 users in turn: TLS with a client certificate, user list, "
    "budget,\n"
    "code by RADIUS (a server that accepts all), request checked, signature, answer.\n"
    "handshake   a full TLS handshake for each request; kept: one connection for all\n"
    "state       two workers, with the budget in a folder: this is what a storm of logons meets\n"
    "bare        evhttp, one process, the same TLS, an answer of the same bytes\n"
    "signature   alone, with the key of the registration authority\n"
    "per core    requests per second of processor time of the server, system calls included\n"
    "per second  by the wall, with the clients and RADIUS on the same machine\n"
    "floor_ratio per core of one worker to the smaller of both floors, the worst of all four;\n"
    "p99_us      of one worker with handshakes, RSA-2048; storm_per_s: per second of `state`, the\n"
    "            same. The machine's load is above the table: quiet machines only.\n";

struct bench {
    unsigned rounds, ms, in_flight;
    struct world world;
    struct radius_target radius;
    struct serve_bodies bodies;
    struct serve_answer answer;
    struct sample signatures[KEY_KINDS];
    struct sample per_core[KEY_KINDS][TLS_WAYS][ROW_KINDS];
    struct sample per_second[KEY_KINDS][TLS_WAYS][ROW_KINDS];
    struct sample us[KEY_KINDS][TLS_WAYS][ROW_KINDS];
};

/* ---- measuring ------------------------------------------------------------------------------- */

static void use_key(const struct bench *bench, int kind)
{
    EVP_PKEY *key = NULL;
    int status = kind == RSA_2048 ? pki_new_rsa(&key) : pki_new_ec(&key);

    if (status != LAB_OK || pki_save_key(&bench->world.lab, "ra", key) != LAB_OK ||
        pki_make_ra(&bench->world.lab, PKI_RA_GOOD) != LAB_OK)
        give_up("cannot make a registration authority");
    EVP_PKEY_free(key);
}

static void measure_signature(struct bench *bench, int kind)
{
    static const unsigned char attributes[SIGNED_ATTRIBUTES] = {0x31};
    EVP_PKEY *key = NULL;
    double began;

    if (pki_load_key(&bench->world.lab, "ra", &key) != LAB_OK)
        give_up("no key");
    began = sample_cpu_us();
    for (int i = 0; i < SIGNATURES; i++) {
        unsigned char signature[512];
        size_t len = sizeof signature;
        EVP_MD_CTX *ctx = EVP_MD_CTX_new();

        if (ctx == NULL || EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) != 1 ||
            EVP_DigestSign(ctx, signature, &len, attributes, sizeof attributes) != 1)
            give_up("cannot sign");
        EVP_MD_CTX_free(ctx);
    }
    sample_add(&bench->signatures[kind], SIGNATURES * 1e6 / (sample_cpu_us() - began));
    EVP_PKEY_free(key);
}

static struct serve_peer start_row(struct bench *bench, int row)
{
    if (row == BARE)
        return serve_peer_bare(&bench->world, &bench->answer);
    return serve_peer_ours(&bench->world, &bench->radius, row == ONE_WORKER ? 1 : 2,
                           row == WITH_STATE);
}

static void measure_row(struct bench *bench, int kind, int way, int row)
{
    struct serve_peer peer = start_row(bench, row);
    struct serve_load load = {.world = &bench->world,
                              .bodies = &bench->bodies,
                              .port = peer.port,
                              .in_flight = bench->in_flight,
                              .ms = bench->ms / 4,
                              .is_kept = way == KEPT};
    struct serve_figures warm =
        serve_load_run(&load, bench->answer.body == NULL ? &bench->answer : NULL);
    double began = serve_peer_cpu_us(&peer);
    struct serve_figures figures;

    load.ms = bench->ms;
    figures = serve_load_run(&load, NULL);
    sample_add(&bench->per_core[kind][way][row],
               figures.count * 1e6 / (serve_peer_cpu_us(&peer) - began));
    sample_add(&bench->per_second[kind][way][row], figures.count / figures.seconds);
    for (size_t i = 0; i < figures.us.count; i++)
        sample_add(&bench->us[kind][way][row], figures.us.list[i]);
    serve_peer_stop(&peer);
    sample_free(&figures.us);
    sample_free(&warm.us);
}

/* Rounds of all rows, so that what disturbs the machine disturbs all alike. */
static void measure_all(struct bench *bench)
{
    for (int kind = 0; kind < KEY_KINDS; kind++) {
        use_key(bench, kind);
        for (unsigned round = 0; round < bench->rounds; round++) {
            measure_signature(bench, kind);
            for (int way = 0; way < TLS_WAYS; way++)
                for (int row = 0; row < ROW_KINDS; row++)
                    measure_row(bench, kind, way, row);
        }
        free(bench->answer.body); /* of the other key it is another */
        bench->answer = (struct serve_answer){NULL, 0};
    }
}

/* ---- what is shown --------------------------------------------------------------------------- */

static void show_load(void)
{
    double load[3];

    if (getloadavg(load, 3) == 3)
        printf("load before: %.2f %.2f %.2f, %ld processors\n\n", load[0], load[1], load[2],
               sysconf(_SC_NPROCESSORS_ONLN));
}

static void show_rows(struct bench *bench)
{
    static const char *const keys[] = {"RSA-2048", "P-256"}, *const ways[] = {"handshake", "kept"},
                             *const rows[] = {"1 worker", "2 workers", "state", "bare"};

    printf("%-9s %-10s %-10s %10s %11s %9s %9s\n", "key", "TLS", "row", "per core", "per second",
           "p50 us", "p99 us");
    for (int kind = 0; kind < KEY_KINDS; kind++) {
        printf("%-9s %-10s %-10s %10.0f\n", keys[kind], "-", "signature",
               sample_at(&bench->signatures[kind], 0.5));
        for (int way = 0; way < TLS_WAYS; way++)
            for (int row = 0; row < ROW_KINDS; row++)
                printf("%-9s %-10s %-10s %10.0f %11.0f %9.0f %9.0f\n", keys[kind], ways[way],
                       rows[row], sample_at(&bench->per_core[kind][way][row], 0.5),
                       sample_at(&bench->per_second[kind][way][row], 0.5),
                       sample_at(&bench->us[kind][way][row], 0.5),
                       sample_at(&bench->us[kind][way][row], 0.99));
    }
}

static double floor_ratio(struct bench *bench, int kind, int way)
{
    double ours = sample_at(&bench->per_core[kind][way][ONE_WORKER], 0.5);
    double bare = sample_at(&bench->per_core[kind][way][BARE], 0.5);
    double signature = sample_at(&bench->signatures[kind], 0.5);

    return ours / (bare < signature ? bare : signature);
}

/* The last line is read by programs. */
static void show_last(struct bench *bench)
{
    double worst = floor_ratio(bench, RSA_2048, FULL);

    for (int kind = 0; kind < KEY_KINDS; kind++)
        for (int way = 0; way < TLS_WAYS; way++)
            if (floor_ratio(bench, kind, way) < worst)
                worst = floor_ratio(bench, kind, way);
    printf("floor_ratio=%.2f p99_us=%.0f storm_per_s=%.0f\n", worst,
           sample_at(&bench->us[RSA_2048][FULL][ONE_WORKER], 0.99),
           sample_at(&bench->per_second[RSA_2048][FULL][WITH_STATE], 0.5));
}

/* ---- options --------------------------------------------------------------------------------- */

static bool take_options(struct bench *bench, int argc, char **argv)
{
    static const struct option names[] = {{"rounds", required_argument, NULL, 'r'},
                                          {"ms", required_argument, NULL, 'm'},
                                          {"in-flight", required_argument, NULL, 'i'},
                                          {0}};
    int option;

    while ((option = getopt_long(argc, argv, "", names, NULL)) != -1)
        if (option == 'r')
            bench->rounds = (unsigned)atoi(optarg);
        else if (option == 'm')
            bench->ms = (unsigned)atoi(optarg);
        else if (option == 'i')
            bench->in_flight = (unsigned)atoi(optarg);
        else
            return false;
    return optind == argc && bench->rounds >= 1 && bench->rounds <= MAX_ROUNDS && bench->ms >= 4 &&
           bench->in_flight >= 1 && bench->in_flight <= SERVE_USERS;
}

int main(int argc, char **argv)
{
    static struct bench bench = {
        .rounds = 3, .ms = 1000, .in_flight = 8, .radius = {.secret = "bench-serve-shared-secret"}};
    const char *folder = getenv("TMPDIR");
    pid_t responder;

    if (!take_options(&bench, argc, argv)) {
        (void)fputs(help, stderr);
        return 64;
    }
    (void)signal(SIGPIPE, SIG_IGN);
    show_load();
    world_make(&bench.world, folder != NULL ? folder : "/tmp", "localhost");
    responder = radius_responder_start(&bench.radius, false);
    serve_bodies_make(&bench.bodies);
    serve_peers_prepare(&bench.world, &bench.radius);
    measure_all(&bench);
    radius_responder_stop(responder);
    show_rows(&bench);
    printf("\nfile system: %s\n%s", bench.world.file_system, definitions);
    show_last(&bench);
    serve_bodies_free(&bench.bodies);
    world_end(&bench.world);
    return 0;
}
