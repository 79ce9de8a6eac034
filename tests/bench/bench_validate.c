/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench-validate: verdicts a second on a chain of three certificates with the CRLs of both issuers,
 * with our validator, beside what nobody can do without, beside OpenSSL, and beside GnuTLS. The
 * definitions are printed with the figures; compare figures of one run only.
 */
#include "validate_measure.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIZES = 3, HEADLINE = 1000, GNUTLS_MOST = 20000, ROOT_ENTRIES = 10 };

static const char help[] =
    "usage: bench-validate [--rounds N] [--ms N] [--p256] [--entries N] [--root-entries N]\n"
    "                      [--only ROW] [--dir DIR]\n"
    "\n"
    "  --rounds N        how often each row is measured (4); the best is shown\n"
    "  --ms N            how long each measurement takes (400)\n"
    "  --p256            P-256 in the place of RSA-2048\n"
    "  --entries N       the CA's CRL has so many, instead of 10, 1000 and 100000 in turn\n"
    "  --root-entries N  the root's CRL has so many (10)\n"
    "  --only ROW        one row alone, for a profiler, by its name\n"
    "  --dir DIR         where the CRLs are kept while it runs (TMPDIR, else /tmp)\n";

static const char definitions[] =
    "chain      root, CA, leaf; SHA-256; 16 leaves in turn, and before, a revoked one that must "
    "be\n"
    "           refused. The leaf's CRL, of the CA, has as many entries as the column says; the\n"
    "           root's, where a CA would be listed, has ten (--root-entries)\n"
    "verdicts/s of processor time, one thread, everything warm; best of the rounds, which go "
    "through all\n"
    "           rows in turn (worst); each in a process of its own\n"
    "floor      EVP_DigestVerifyInit and EVP_DigestVerify with keys that are ready: of the CA's "
    "and the\n"
    "           leaf's certificates (the CRLs verified once), or of the leaf's alone\n"
    "ours       daotp_verifier_verify(), strict rules, revocation required; anchor, CA and CRLs "
    "in the\n"
    "           trust, the leaf in DER each time; DAOTP_VERIFY_FORGET, so that both signatures "
    "are\n"
    "           checked each time. remembering: without that flag. from DER: the CA too is handed "
    "over\n"
    "           in DER for each verdict\n"
    "OpenSSL    X509_verify_cert() with CRL_CHECK and CRL_CHECK_ALL, anchor and CRLs in the "
    "store, leaf\n"
    "           and CA as objects; it checks five signatures. from DER: d2i_X509 of leaf and CA "
    "for each\n"
    "           verdict\n"
    "GnuTLS     gnutls_x509_trust_list_verify_crt(), CRLs verified once, before; up to 20,000 "
    "entries\n"
    "x floor    of the floor of two signatures in the same column. peak: VmHWM in MiB\n"
    "Ratios     of best rates, a CRL of 1,000 entries, RSA-2048: floor_ratio = ours / floor of two "
    "(aim:\n"
    "           at least 0.9), openssl_ratio = ours / OpenSSL (aim: at least 3)\n";

enum row_name {
    FLOOR_ONE,
    FLOOR_TWO,
    OURS,
    OURS_REMEMBERING,
    OURS_FROM_DER,
    OURS_NO_CRLS,
    OPENSSL,
    OPENSSL_FROM_DER,
    OPENSSL_NO_CRLS,
    GNUTLS,
    GNUTLS_NO_CRLS,
    ROWS
};

struct row {
    const char *name;
    enum validate_variant variant;
};

static const struct row all_rows[ROWS] = {
    [FLOOR_ONE] = {"floor, one signature", VALIDATE_ONE},
    [FLOOR_TWO] = {"floor, two signatures", VALIDATE_FULL},
    [OURS] = {"ours", VALIDATE_FULL},
    [OURS_REMEMBERING] = {"ours, remembering", VALIDATE_REMEMBER},
    [OURS_FROM_DER] = {"ours, from DER", VALIDATE_FROM_DER},
    [OURS_NO_CRLS] = {"ours, no CRLs", VALIDATE_NO_CRLS},
    [OPENSSL] = {"OpenSSL", VALIDATE_FULL},
    [OPENSSL_FROM_DER] = {"OpenSSL, from DER", VALIDATE_FROM_DER},
    [OPENSSL_NO_CRLS] = {"OpenSSL, no CRLs", VALIDATE_NO_CRLS},
    [GNUTLS] = {"GnuTLS", VALIDATE_FULL},
    [GNUTLS_NO_CRLS] = {"GnuTLS, no CRLs", VALIDATE_NO_CRLS}};

struct options {
    unsigned rounds, ms;
    size_t entries, root_entries;
    bool is_p256;
    int only;
    const char *dir;
};

struct cell {
    struct apart_span rate;
    double peak;
};

struct bench {
    struct options options;
    struct chain chain;
    size_t sizes[SIZES], columns;
    struct cell cells[ROWS][SIZES];
};

/* ---- the scene ------------------------------------------------------------------------------- */

struct scene {
    struct crl_file root_crl, ca_crl;
    struct validate_task task;
};

static struct chain_der issue(const struct bench *bench, struct crl_serial serial)
{
    return chain_issue(&bench->chain, &bench->chain.ca, serial.bytes, serial.len);
}

static void make_scene(const struct bench *bench, size_t entries, struct scene *scene)
{
    const struct crl_list of_root = {bench->options.root_entries, 0x7007, false};
    const struct crl_list of_ca = {entries, 0xca, false};

    *scene = (struct scene){crl_file_make(bench->options.dir),
                            crl_file_make(bench->options.dir),
                            {.chain = &bench->chain, .seconds = (double)bench->options.ms / 1000}};
    scene->task.root_crl = scene->root_crl.path;
    scene->task.ca_crl = scene->ca_crl.path;
    crl_list_write(&of_root, &bench->chain.root, scene->root_crl.path);
    crl_list_write(&of_ca, &bench->chain.ca, scene->ca_crl.path);
    for (size_t i = 0; i < VALIDATE_LEAVES; i++)
        scene->task.leaves[i] = issue(bench, crl_list_absent(&of_ca, i));
    scene->task.bad = issue(bench, crl_list_serial(&of_ca, entries / 2));
}

static void free_scene(struct scene *scene)
{
    crl_file_close(&scene->root_crl);
    crl_file_close(&scene->ca_crl);
    for (int i = 0; i < VALIDATE_LEAVES; i++)
        free(scene->task.leaves[i].data);
    free(scene->task.bad.data);
}

/* ---- measuring ------------------------------------------------------------------------------- */

struct run {
    validate_fn fn;
    struct validate_task task;
};

static void run_apart(const void *task, void *out)
{
    const struct run *run = task;

    apart_forget_peak();
    run->fn(&run->task, out);
}

static validate_fn fn_of(int row)
{
    if (row <= FLOOR_TWO)
        return validate_floor;
    if (row <= OURS_NO_CRLS)
        return validate_ours;
    return row <= OPENSSL_NO_CRLS ? validate_openssl : validate_gnutls;
}

static bool is_wanted(const struct bench *bench, int row, size_t entries)
{
    if (bench->options.only < ROWS && bench->options.only != row)
        return false;
    return row < GNUTLS || (validate_gnutls != NULL && entries <= GNUTLS_MOST &&
                            bench->options.root_entries <= GNUTLS_MOST);
}

static void measure(const struct scene *scene, int row, struct cell *cell)
{
    struct run run = {fn_of(row), scene->task};
    struct validate_figures figures;

    run.task.variant = all_rows[row].variant;
    apart_run(run_apart, &run, &figures, sizeof figures);
    apart_add_rate(&cell->rate, figures.rate);
    if (figures.peak > cell->peak)
        cell->peak = figures.peak;
}

/* Rounds of all rows, so that what disturbs the machine disturbs all alike. */
static void measure_column(struct bench *bench, size_t column)
{
    size_t entries = bench->sizes[column];
    struct scene scene;

    make_scene(bench, entries, &scene);
    for (unsigned round = 0; round < bench->options.rounds; round++)
        for (int row = 0; row < ROWS; row++)
            if (is_wanted(bench, row, entries))
                measure(&scene, row, &bench->cells[row][column]);
    free_scene(&scene);
}

/* ---- what is shown --------------------------------------------------------------------------- */

static void show_cell(const struct cell *cell, const struct cell *floor)
{
    if (cell->rate.count == 0) {
        printf(" | %8s %10s %7s %6s", "-", "", "", "");
        return;
    }
    printf(" | %8.0f (%8.0f)", cell->rate.best, cell->rate.worst);
    if (floor->rate.count > 0)
        printf(" %7.2f", cell->rate.best / floor->rate.best);
    else
        printf(" %7s", "-");
    printf(" %6.1f", cell->peak / (1024 * 1024));
}

static void show_rows(const struct bench *bench)
{
    printf("%s, the CA's CRL of:   ", bench->options.is_p256 ? "P-256" : "RSA-2048");
    for (size_t column = 0; column < bench->columns; column++)
        printf("%-37zu", bench->sizes[column]);
    printf("\n%-22s", "row");
    for (size_t column = 0; column < bench->columns; column++)
        printf(" | %8s %10s %7s %6s", "a second", "(worst)", "x floor", "peak");
    printf("\n");
    for (int row = 0; row < ROWS; row++) {
        printf("%-22s", all_rows[row].name);
        for (size_t column = 0; column < bench->columns; column++)
            show_cell(&bench->cells[row][column], &bench->cells[FLOOR_TWO][column]);
        printf("\n");
    }
    printf("\n");
}

static void show_ratio(const struct bench *bench, const char *name, int row, int to, size_t column,
                       const char *end)
{
    const struct apart_span *a = &bench->cells[row][column].rate,
                            *b = &bench->cells[to][column].rate;

    if (a->count > 0 && b->count > 0)
        printf("%s=%.3f%s", name, a->best / b->best, end);
    else
        printf("%s=-%s", name, end);
}

static void show_all_ratios(const struct bench *bench)
{
    for (size_t column = 0; column < bench->columns; column++) {
        printf("CRL of %zu: ", bench->sizes[column]);
        show_ratio(bench, "ours to floor", OURS, FLOOR_TWO, column, ", ");
        show_ratio(bench, "to OpenSSL", OURS, OPENSSL, column, ", ");
        show_ratio(bench, "from DER to OpenSSL from DER", OURS_FROM_DER, OPENSSL_FROM_DER, column,
                   ", ");
        show_ratio(bench, "to GnuTLS", OURS, GNUTLS, column, "\n");
    }
}

/* The last line is read by programs. */
static void show_ratios(const struct bench *bench)
{
    size_t headline = bench->columns - 1;

    for (size_t column = 0; column < bench->columns; column++)
        if (bench->sizes[column] == HEADLINE)
            headline = column;
    if (bench->sizes[headline] != HEADLINE || bench->options.is_p256)
        printf("The ratios are of the column of %zu above.\n", bench->sizes[headline]);
    show_ratio(bench, "floor_ratio", OURS, FLOOR_TWO, headline, " ");
    show_ratio(bench, "openssl_ratio", OURS, OPENSSL, headline, "\n");
}

/* ---- options --------------------------------------------------------------------------------- */

static int row_named(const char *name)
{
    for (int row = 0; row < ROWS; row++)
        if (strcasecmp(all_rows[row].name, name) == 0)
            return row;
    return -1;
}

static bool take_options(struct options *options, int argc, char **argv)
{
    static const struct option names_of[] = {{"rounds", required_argument, NULL, 'r'},
                                             {"ms", required_argument, NULL, 'm'},
                                             {"p256", no_argument, NULL, 'p'},
                                             {"entries", required_argument, NULL, 'e'},
                                             {"root-entries", required_argument, NULL, 'R'},
                                             {"only", required_argument, NULL, 'o'},
                                             {"dir", required_argument, NULL, 'd'},
                                             {0}};
    int option;

    while ((option = getopt_long(argc, argv, "", names_of, NULL)) != -1)
        if (option == 'r')
            options->rounds = (unsigned)strtoul(optarg, NULL, 10);
        else if (option == 'm')
            options->ms = (unsigned)strtoul(optarg, NULL, 10);
        else if (option == 'p')
            options->is_p256 = true;
        else if (option == 'e')
            options->entries = strtoul(optarg, NULL, 10);
        else if (option == 'R')
            options->root_entries = strtoul(optarg, NULL, 10);
        else if (option == 'o')
            options->only = row_named(optarg);
        else if (option == 'd')
            options->dir = optarg;
        else
            return false;
    return optind == argc && options->rounds >= 1 && options->rounds <= 1000 && options->ms >= 1 &&
           options->entries <= 10000000 && options->root_entries >= 1 &&
           options->root_entries <= 10000000 && options->only >= 0;
}

int main(int argc, char **argv)
{
    static struct bench bench = {
        .options = {.rounds = 4, .ms = 400, .root_entries = ROOT_ENTRIES, .only = ROWS},
        .sizes = {10, HEADLINE, 100000},
        .columns = SIZES};

    bench.options.dir = getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp";
    if (!take_options(&bench.options, argc, argv)) {
        (void)fputs(help, stderr);
        return 64;
    }
    if (bench.options.entries > 0) {
        bench.sizes[0] = bench.options.entries;
        bench.columns = 1;
    }
    (void)fputs(definitions, stdout);
    printf("\n");
    chain_make(&bench.chain, bench.options.is_p256);
    for (size_t column = 0; column < bench.columns; column++)
        measure_column(&bench, column);
    show_rows(&bench);
    show_all_ratios(&bench);
    show_ratios(&bench);
    chain_free(&bench.chain);
    return 0;
}
