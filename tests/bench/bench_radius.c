/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench-radius: what a login by RADIUS costs with our client, beside libradcli with threads, beside
 * what nobody can do without, and beside radclient against a real FreeRADIUS. The definitions are
 * printed with the figures; compare figures of one run only.
 */
#include "radius_load.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_ROUNDS = 99, LOADS = 4 };
enum kind { OURS, FLOOR, RADCLI, REAL_OURS, REAL_RADCLIENT, KINDS };

static const char help[] =
    "usage: bench-radius [--rounds N] [--ms N] [--only ROW] [--no-freeradius]\n"
    "\n"
    "  --rounds N        how often each row is measured (5); the median is shown\n"
    "  --ms N            how long each measurement takes (400)\n"
    "  --only ROW        one row alone, for a profiler: ours, floor, radcli, real-ours\n"
    "  --in-flight N     with --only: so many in flight (32)\n"
    "  --no-freeradius   without the real server\n";

static const char *const names[KINDS] = {"ours", "floor", "radcli", "FreeRADIUS, ours",
                                         "FreeRADIUS, radclient"};
static const char *const short_names[KINDS] = {"ours", "floor", "radcli", "real-ours", ""};
static const unsigned loads[KINDS][LOADS] = {
    [OURS] = {1, 8, 32, 256},      [FLOOR] = {1, 8, 32, 256},          [RADCLI] = {1, 8, 32, 128},
    [REAL_OURS] = {1, 8, 32, 128}, [REAL_RADCLIENT] = {1, 8, 64, 256},
};

static const char definitions[] =
    "ours       daotp_radius_exchange_new(), _begin(), the answer by callback, _free(); one "
    "thread\n"
    "floor      packets of the size of our requests to an echo of replies of the size of those, "
    "one\n"
    "           thread, epoll, recvmmsg, send; sendmmsg and UDP_SEGMENT were tried, and are no "
    "faster\n"
    "radcli     rc_auth() of libradcli, which blocks: so many threads as are in flight\n"
    "radclient  -p, with Message-Authenticator; its start is counted\n"
    "The server of the first three is a process of its own that signs all it sends and looks "
    "nothing\n"
    "up, names have 2 to 12 octets; FreeRADIUS has two threads and no log. us: microseconds a\n"
    "login, of processor, and of waiting (half of all, 99 of 100). Ratios are medians of those of "
    "each round. radcli_ratio: "
    "ours\n"
    "with 32 and 256 in flight, the worse, to radcli's best; radclient_ratio: best to best;\n"
    "floor_ratio: with 32 and 256, the worse; cpu_ratio: the worse of ours to the least of "
    "radcli's.\n";

struct options {
    unsigned rounds, ms, in_flight;
    int only;
    bool real;
};

struct bench {
    struct options options;
    struct radius_target signer, echo, real;
    char dir[64];
    bool has_real;
    struct radius_figures list[KINDS][LOADS][MAX_ROUNDS];
    struct radius_figures figures[KINDS][LOADS];
};

/* ---- FreeRADIUS ------------------------------------------------------------------------------ */

static bool run_lab(const char *command, const char *dir)
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        (void)execl(SOURCE_DIR "/tests/lab/freeradius.sh", "freeradius.sh", command, dir, "fast",
                    NULL);
        _exit(127);
    }
    return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static void read_line(const char *dir, const char *name, char *line, int size)
{
    char path[256];
    FILE *file;

    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    file = fopen(path, "r");
    if (file == NULL || fgets(line, size, file) == NULL)
        radius_give_up("%s cannot be read", path);
    (void)fclose(file);
    line[strcspn(line, "\n")] = '\0';
}

static void start_real(struct bench *bench)
{
    char line[256];
    unsigned port;

    (void)snprintf(bench->dir, sizeof bench->dir, "/tmp/bench-radius.%d", (int)getpid());
    bench->has_real = run_lab("start", bench->dir);
    if (!bench->has_real)
        return;
    read_line(bench->dir, "env", line, sizeof line);
    if (sscanf(line, "LAB_RADIUS_PORT=%u", &port) != 1)
        radius_give_up("no port in %s", line);
    bench->real.port = (uint16_t)port;
    read_line(bench->dir, "secret", bench->real.secret, sizeof bench->real.secret);
}

static void stop_real(const struct bench *bench)
{
    char command[128];

    if (!bench->has_real)
        return;
    (void)run_lab("stop", bench->dir);
    (void)snprintf(command, sizeof command, "rm -rf %s", bench->dir);
    if (system(command) != 0)
        (void)fprintf(stderr, "bench-radius: %s is left\n", bench->dir);
}

/* ---- measuring ------------------------------------------------------------------------------- */

static bool is_there(const struct bench *bench, int kind)
{
    if (kind == RADCLI)
        return radius_load_radcli != NULL;
    return kind < REAL_OURS || bench->has_real;
}

static struct radius_figures measure(const struct bench *bench, int kind, unsigned in_flight)
{
    const radius_load_fn runs[] = {[OURS] = radius_load_ours,
                                   [FLOOR] = radius_load_floor,

                                   [RADCLI] = radius_load_radcli,
                                   [REAL_OURS] = radius_load_ours};
    const struct radius_target *target = kind == FLOOR       ? &bench->echo
                                         : kind >= REAL_OURS ? &bench->real
                                                             : &bench->signer;

    if (kind == REAL_RADCLIENT)
        return (struct radius_figures){.rate =
                                           radius_radclient_rate(target, in_flight, bench->dir)};
    return radius_load_run(runs[kind], target, in_flight, bench->options.ms);
}

/* Rounds of all rows, so that what disturbs the machine disturbs all alike. */
static void measure_all(struct bench *bench)
{
    for (unsigned round = 0; round < bench->options.rounds; round++)
        for (int load = 0; load < LOADS; load++)
            for (int kind = 0; kind < KINDS; kind++)
                if (is_there(bench, kind))
                    bench->list[kind][load][round] = measure(bench, kind, loads[kind][load]);
}

static int by_rate(const void *a, const void *b)
{
    double x = ((const struct radius_figures *)a)->rate,
           y = ((const struct radius_figures *)b)->rate;

    return (x > y) - (x < y);
}

static void take_medians(struct bench *bench)
{
    unsigned rounds = bench->options.rounds;

    for (int kind = 0; kind < KINDS; kind++)
        for (int load = 0; load < LOADS; load++) {
            struct radius_figures list[MAX_ROUNDS];

            memcpy(list, bench->list[kind][load], sizeof list);
            qsort(list, rounds, sizeof *list, by_rate);
            bench->figures[kind][load] = list[rounds / 2];
        }
}

/* ---- what is shown --------------------------------------------------------------------------- */

static void show_rows(const struct bench *bench)
{
    printf("%-22s %9s %12s %9s %9s %9s\n", "row", "in flight", "logins/s", "cpu us", "p50 us",
           "p99 us");
    for (int kind = 0; kind < KINDS; kind++)
        for (int load = 0; load < LOADS && is_there(bench, kind); load++) {
            const struct radius_figures *f = &bench->figures[kind][load];

            printf("%-22s %9u %12.0f", names[kind], loads[kind][load], f->rate);
            if (kind != REAL_RADCLIENT)
                printf(" %9.2f %9.0f %9.0f", f->cpu_us, f->p50_us, f->p99_us);
            printf("\n");
        }
}

static double best_rate(const struct bench *bench, int kind, unsigned round)
{
    double best = 0;

    for (int load = 0; load < LOADS; load++)
        if (bench->list[kind][load][round].rate > best)
            best = bench->list[kind][load][round].rate;
    return best;
}

/* The least that a login with libradcli costs in a round, at any load. */
static double least_cpu(const struct bench *bench, int kind, unsigned round)
{
    double least = bench->list[kind][0][round].cpu_us;

    for (int load = 1; load < LOADS; load++)
        if (bench->list[kind][load][round].cpu_us < least)
            least = bench->list[kind][load][round].cpu_us;
    return least;
}

enum ratio { TO_RADCLI, TO_RADCLIENT, TO_FLOOR, OF_CPU, RATIOS };

/* Of one round, whose rows had the same machine; with 32 in flight and 256, the worse of the two.
 */
static double ratio_of(const struct bench *bench, int ratio, unsigned round)
{
    const struct radius_figures *a = &bench->list[OURS][2][round],
                                *b = &bench->list[OURS][3][round];
    double floor_a = a->rate / bench->list[FLOOR][2][round].rate;
    double floor_b = b->rate / bench->list[FLOOR][3][round].rate;

    switch (ratio) {
    case TO_RADCLI:
        return (a->rate < b->rate ? a->rate : b->rate) / best_rate(bench, RADCLI, round);
    case TO_RADCLIENT:
        return best_rate(bench, REAL_OURS, round) / best_rate(bench, REAL_RADCLIENT, round);
    case TO_FLOOR:
        return floor_a < floor_b ? floor_a : floor_b;
    default:
        return (a->cpu_us > b->cpu_us ? a->cpu_us : b->cpu_us) / least_cpu(bench, RADCLI, round);
    }
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The last line is read by programs. */
static void show_ratios(const struct bench *bench)
{
    static const char *const ratio_names[RATIOS] = {"radcli_ratio", "radclient_ratio",
                                                    "floor_ratio", "cpu_ratio"};
    const bool known[RATIOS] = {is_there(bench, RADCLI), bench->has_real, true,
                                is_there(bench, RADCLI)};
    double values[MAX_ROUNDS];

    for (int ratio = 0; ratio < RATIOS; ratio++) {
        for (unsigned round = 0; known[ratio] && round < bench->options.rounds; round++)
            values[round] = ratio_of(bench, ratio, round);
        if (known[ratio]) {
            qsort(values, bench->options.rounds, sizeof values[0], by_value);
            printf("%s=%.2f", ratio_names[ratio], values[bench->options.rounds / 2]);
        } else {
            printf("%s=-", ratio_names[ratio]);
        }
        printf(ratio + 1 < RATIOS ? " " : "\n");
    }
}

static void run_one(const struct bench *bench)
{
    struct radius_figures f = measure(bench, bench->options.only, bench->options.in_flight);

    printf("%s, %u in flight: %.0f logins/s, cpu %.2f us, p50 %.0f us, p99 %.0f us\n",
           names[bench->options.only], bench->options.in_flight, f.rate, f.cpu_us, f.p50_us,
           f.p99_us);
}

/* ---- options --------------------------------------------------------------------------------- */

static int kind_named(const char *name)
{
    for (int kind = 0; kind < REAL_RADCLIENT; kind++)
        if (strcmp(short_names[kind], name) == 0)
            return kind;
    return KINDS;
}

static bool take_options(struct options *options, int argc, char **argv)
{
    static const struct option names_of[] = {
        {"rounds", required_argument, NULL, 'r'},  {"ms", required_argument, NULL, 'm'},
        {"only", required_argument, NULL, 'o'},    {"in-flight", required_argument, NULL, 'i'},
        {"no-freeradius", no_argument, NULL, 'n'}, {0}};
    int option;

    while ((option = getopt_long(argc, argv, "", names_of, NULL)) != -1)
        if (option == 'r')
            options->rounds = (unsigned)atoi(optarg);
        else if (option == 'm')
            options->ms = (unsigned)atoi(optarg);
        else if (option == 'o')
            options->only = kind_named(optarg);
        else if (option == 'i')
            options->in_flight = (unsigned)atoi(optarg);
        else if (option == 'n')
            options->real = false;
        else
            return false;
    return optind == argc && options->rounds >= 1 && options->rounds <= MAX_ROUNDS &&
           options->ms >= 1 && options->in_flight >= 1 && options->in_flight <= 256 &&
           options->only < KINDS;
}

int main(int argc, char **argv)
{
    static struct bench bench = {
        .options = {.rounds = 5, .ms = 400, .in_flight = 32, .only = -1, .real = true},
        .signer = {.secret = "bench-radius-shared-secret", .takes_all = true},
        .echo = {.secret = "-"}};
    pid_t signer, echo;

    if (!take_options(&bench.options, argc, argv)) {
        (void)fputs(help, stderr);
        return 64;
    }
    signer = radius_responder_start(&bench.signer, false);
    echo = radius_responder_start(&bench.echo, true);
    if (bench.options.real && (bench.options.only < 0 || bench.options.only == REAL_OURS))
        start_real(&bench);
    if (bench.options.only >= 0 && is_there(&bench, bench.options.only)) {
        run_one(&bench);
    } else if (bench.options.only < 0) {
        measure_all(&bench);
        take_medians(&bench);
        show_rows(&bench);
        (void)fputs(definitions, stdout);
        show_ratios(&bench);
    }
    stop_real(&bench);
    radius_responder_stop(signer);
    radius_responder_stop(echo);
    return 0;
}
