/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench-crl: from a CRL of many entries to the first answer that can be trusted, and to the next
 * ones, with our validator, beside what nobody can do without, beside libcrypto's objects, and
 * beside GnuTLS. The definitions are printed with the figures; compare figures of one run only.
 */
#include "crl_measure.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FLOOR, OURS, OPENSSL, GNUTLS, ROWS };
enum { SIZES = 4, HEADLINE = 1000000, GNUTLS_MOST = 20000, WARM_UP = 100, LOOK_UPS = 1 << 17 };

static const char help[] =
    "usage: bench-crl [--max N] [--entries N] [--sorted] [--p256] [--rounds N] [--only ROW]\n"
    "                 [--dir DIR]\n"
    "\n"
    "  --max N      the longest list: of 10000, 100000, 1000000, 5000000 (1000000)\n"
    "  --entries N  a list of this length alone\n"
    "  --sorted     lists in the order of their serial numbers\n"
    "  --p256       P-256 in the place of RSA-2048\n"
    "  --rounds N   how often each row is measured (5)\n"
    "  --only ROW   one row alone, for a profiler: floor, ours, OpenSSL, GnuTLS\n"
    "  --dir DIR    where the list is kept while it runs (TMPDIR, else /tmp)\n";

static const char *const names[ROWS] = {"floor", "ours", "OpenSSL", "GnuTLS"};
static const size_t sizes[SIZES] = {10000, 100000, 1000000, 5000000};

static const char definitions[] =
    "lists      random serial numbers of 16 to 19 octets, UTCTime, reasonCode: 50.5 octets an "
    "entry;\n"
    "           version 2, nextUpdate, cRLNumber, authorityKeyIdentifier; the file in the page "
    "cache\n"
    "total      from the file to the first answer that can be trusted; wall clock; asked is in "
    "turn a\n"
    "           serial number of the list's middle and one that is not in it, and each answer is\n"
    "           checked. Best run of each row, each in a process of its own that has done the "
    "same\n"
    "           with 100 entries before; rounds go through all rows in turn; (worst)\n"
    "floor      map the file; walk the DER once, each tag, length, INTEGER, time and reason, "
    "answering\n"
    "           on the way (read); SHA-256 and one signature (check). No index: that and its "
    "look-ups\n"
    "           are shown for comparison (open addressing, 4 octets a slot, half full)\n"
    "ours       copy: daotp_trust_add_crl_file(), which copies into sealed memory and reads all "
    "but the\n"
    "           entries; not in the total (+copy: x floor with it). total: from there to the "
    "answer of the first\n"
    "           daotp_verifier_verify(), the verifier's making and the leaf's own signature "
    "included;\n"
    "           the context and the anchor are made before. hit, miss: "
    "daotp__indexed_crl_look_up() in the\n"
    "           library, on the same CRL. reopen: a list whose index was kept beside it, and one "
    "look-up\n"
    "OpenSSL    map, d2i_X509_CRL (read), X509_CRL_verify (check), X509_CRL_get0_by_serial "
    "(first: it\n"
    "           sorts); the chain is not looked at. X509_CRL_free is apart (release)\n"
    "GnuTLS     gnutls_x509_crl_import, _verify, gnutls_x509_crt_check_revocation; measured once, "
    "and up\n"
    "           to 20,000 entries: its import is quadratic. hit or miss: the same serial number "
    "again\n"
    "hit, miss  ns a look-up in the warm list, 131,072 different ones, in no order\n"
    "peak       VmHWM at the first answer, libraries and mapped file included; shared: of it our "
    "sealed\n"
    "           copy (RssShmem), which is no private memory\n"
    "B/entry    private memory (Anonymous of smaps_rollup) more than before the list, an entry: at "
    "the\n"
    "           first answer, and with the index\n"
    "Ratios     of best totals, unsorted list of 1,000,000 entries, RSA-2048: floor_ratio = ours / "
    "floor\n"
    "           (aim: at most 1.5), openssl_ratio = OpenSSL / ours (aim: at least 15); "
    "bytes_per_entry:\n"
    "           ours, the more of its two (aim: at most 16)\n";

struct options {
    size_t max, entries;
    unsigned rounds;
    bool is_sorted, is_p256;
    int only;
    const char *dir;
};

struct row {
    struct apart_span total, hit, miss;
    struct crl_figures best;
};

/* A list, its file, and two leaves: one that is listed, one that is not. */
struct subject {
    struct crl_task task;
    struct crl_file file;
    struct chain_der leaves[2];
    struct crl_serial serials[2];
};

struct bench {
    struct options options;
    struct chain chain;
    struct subject warm_up;
    struct row rows[SIZES][ROWS];
};

/* ---- lists ----------------------------------------------------------------------------------- */

static void make_subject(const struct bench *bench, size_t entries, struct subject *subject)
{
    const struct chain *chain = &bench->chain;
    struct crl_list list = {entries, 0x5eed0000 + entries, bench->options.is_sorted};

    *subject = (struct subject){.file = crl_file_make(bench->options.dir)};
    subject->task = (struct crl_task){.list = list, .chain = chain, .look_ups = LOOK_UPS};
    subject->serials[false] = crl_list_absent(&list, entries);
    subject->serials[true] = crl_list_serial(&list, entries / 2);
    for (int i = 0; i < 2; i++)
        subject->leaves[i] =
            chain_issue(chain, &chain->root, subject->serials[i].bytes, subject->serials[i].len);
    crl_list_write(&list, &chain->root, subject->file.path);
}

static void free_subject(struct subject *subject)
{
    crl_file_close(&subject->file);
    free(subject->leaves[0].data);
    free(subject->leaves[1].data);
}

static struct crl_task task_of(const struct subject *subject, bool is_listed)
{
    struct crl_task task = subject->task;

    task.path = subject->file.path;
    task.is_listed = is_listed;
    task.leaf = subject->leaves[is_listed];
    task.serial = subject->serials[is_listed];
    return task;
}

/* ---- measuring ------------------------------------------------------------------------------- */

struct run {
    crl_fn fn;
    struct crl_task warm_up, task;
};

static void run_apart(const void *task, void *out)
{
    const struct run *run = task;
    struct crl_figures warm_up;

    run->fn(&run->warm_up, &warm_up);
    apart_forget_peak();
    run->fn(&run->task, out);
}

static crl_fn fn_of(int who)
{
    const crl_fn all[ROWS] = {crl_floor, crl_ours, crl_openssl, crl_gnutls};

    return all[who];
}

static void measure(const struct bench *bench, const struct subject *subject, int who,
                    bool is_listed, struct row *row)
{
    struct run run = {fn_of(who), task_of(&bench->warm_up, is_listed), task_of(subject, is_listed)};
    struct crl_figures figures;

    run.warm_up.look_ups = 0;
    apart_run(run_apart, &run, &figures, sizeof figures);
    apart_add_time(&row->total, figures.total);
    if (figures.hit_ns >= 0)
        apart_add_time(&row->hit, figures.hit_ns);
    if (figures.miss_ns >= 0)
        apart_add_time(&row->miss, figures.miss_ns);
    if (row->total.best == figures.total)
        row->best = figures;
}

static bool is_wanted(const struct bench *bench, int who, size_t entries, unsigned round)
{
    if (bench->options.only < ROWS && bench->options.only != who)
        return false;
    if (who == GNUTLS) /* once for a listed number, once for another */
        return crl_gnutls != NULL && entries <= GNUTLS_MOST && round < 2;
    return true;
}

/* Rounds of all rows, so that what disturbs the machine disturbs all alike. */
static void measure_list(const struct bench *bench, const struct subject *subject, struct row *rows)
{
    for (unsigned round = 0; round < bench->options.rounds; round++)
        for (int who = 0; who < ROWS; who++)
            if (is_wanted(bench, who, subject->task.list.entries, round))
                measure(bench, subject, who, round % 2 == 1, &rows[who]);
}

/* ---- what is shown --------------------------------------------------------------------------- */

static void show(double value, int width, int digits)
{
    if (value < 0)
        printf(" %*s", width, "-");
    else
        printf(" %*.*f", width, digits, value);
}

static void show_row(int who, const struct row *row, const struct row *floor, size_t entries)
{
    const struct crl_figures *best = &row->best;
    const double mib = 1024 * 1024;

    printf("%-8s", names[who]);
    show(best->copy, 7, 4);
    show(best->read, 7, 4);
    show(best->check, 7, 4);
    show(best->first, 7, 4);
    show(row->total.best, 8, 4);
    printf(" (%.4f)", row->total.worst);
    show(floor->total.count > 0 ? row->total.best / floor->total.best : CRL_UNKNOWN, 8, 2);
    show(floor->total.count > 0 && best->copy >= 0
             ? (best->copy + row->total.best) / floor->total.best
             : CRL_UNKNOWN,
         7, 2);
    show(best->index, 7, 4);
    show(best->release, 7, 4);
    show(best->reopen, 7, 4);
    show(best->peak / mib, 7, 1);
    show(best->shared / mib, 7, 1);
    show(best->own_first / (double)entries, 7, 1);
    show(best->own_index / (double)entries, 7, 1);
    show(row->hit.count > 0 ? row->hit.best : CRL_UNKNOWN, 9, 0);
    show(row->miss.count > 0 ? row->miss.best : CRL_UNKNOWN, 9, 0);
    printf("\n");
}

static void show_list(const struct bench *bench, const struct subject *subject,
                      const struct row *rows)
{
    size_t entries = subject->task.list.entries;
    struct stat stat = {0};

    (void)fstat(subject->file.fd, &stat);
    printf("%zu entries, %s, %s, %.1f MB\n", entries,
           bench->options.is_sorted ? "sorted" : "unsorted",
           bench->options.is_p256 ? "P-256" : "RSA-2048", (double)stat.st_size / 1e6);
    printf("%-8s %7s %7s %7s %7s %8s %8s %8s %7s %7s %7s %7s %7s %7s %7s %7s %9s %9s\n", "row",
           "copy s", "read s", "check s", "first s", "total s", "(worst)", "x floor", "+copy",
           "index s", "release", "reopen", "peak", "shared", "B/entry", "+index", "hit ns",
           "miss ns");
    for (int who = 0; who < ROWS; who++)
        if (rows[who].total.count > 0)
            show_row(who, &rows[who], &rows[FLOOR], entries);
    printf("\n");
    (void)fflush(stdout);
}

static void show_ratio(const char *name, bool is_known, double value, const char *end)
{
    if (is_known)
        printf("%s=%.2f%s", name, value, end);
    else
        printf("%s=-%s", name, end);
}

/* The last line is read by programs. */
static void show_ratios(const struct row *rows, size_t entries)
{
    bool has_ours = rows[OURS].total.count > 0;
    const struct crl_figures *ours = &rows[OURS].best;
    double own = ours->own_index > ours->own_first ? ours->own_index : ours->own_first;

    show_ratio("floor_ratio", has_ours && rows[FLOOR].total.count > 0,
               rows[OURS].total.best / rows[FLOOR].total.best, " ");
    show_ratio("openssl_ratio", has_ours && rows[OPENSSL].total.count > 0,
               rows[OPENSSL].total.best / rows[OURS].total.best, " ");
    show_ratio("bytes_per_entry", has_ours, own / (double)entries, "\n");
}

/* ---- the whole of it ------------------------------------------------------------------------- */

/* The lists of a run; how many. */
static size_t choose(const struct options *options, size_t chosen[SIZES])
{
    size_t count = 0;

    if (options->entries > 0)
        chosen[count++] = options->entries;
    for (int i = 0; options->entries == 0 && i < SIZES; i++)
        if (sizes[i] <= options->max)
            chosen[count++] = sizes[i];
    return count;
}

static void run(struct bench *bench)
{
    size_t chosen[SIZES], count = choose(&bench->options, chosen), headline = count - 1;

    (void)fputs(definitions, stdout);
    printf("\n");
    chain_make(&bench->chain, bench->options.is_p256);
    make_subject(bench, WARM_UP, &bench->warm_up);
    for (size_t i = 0; i < count; i++) {
        struct subject subject;

        make_subject(bench, chosen[i], &subject);
        measure_list(bench, &subject, bench->rows[i]);
        show_list(bench, &subject, bench->rows[i]);
        free_subject(&subject);
        if (chosen[i] == HEADLINE)
            headline = i;
    }
    if (chosen[headline] != HEADLINE || bench->options.is_sorted || bench->options.is_p256)
        printf("The ratios are of the list of %zu entries above.\n", chosen[headline]);
    show_ratios(bench->rows[headline], chosen[headline]);
    free_subject(&bench->warm_up);
    chain_free(&bench->chain);
}

static int row_named(const char *name)
{
    for (int who = 0; who < ROWS; who++)
        if (strcasecmp(names[who], name) == 0)
            return who;
    return -1;
}

static bool take_options(struct options *options, int argc, char **argv)
{
    static const struct option names_of[] = {
        {"max", required_argument, NULL, 'm'},    {"entries", required_argument, NULL, 'e'},
        {"sorted", no_argument, NULL, 's'},       {"p256", no_argument, NULL, 'p'},
        {"rounds", required_argument, NULL, 'r'}, {"only", required_argument, NULL, 'o'},
        {"dir", required_argument, NULL, 'd'},    {0}};
    int option;

    while ((option = getopt_long(argc, argv, "", names_of, NULL)) != -1)
        if (option == 'm')
            options->max = strtoul(optarg, NULL, 10);
        else if (option == 'e')
            options->entries = strtoul(optarg, NULL, 10);
        else if (option == 's')
            options->is_sorted = true;
        else if (option == 'p')
            options->is_p256 = true;
        else if (option == 'r')
            options->rounds = (unsigned)strtoul(optarg, NULL, 10);
        else if (option == 'o')
            options->only = row_named(optarg);
        else if (option == 'd')
            options->dir = optarg;
        else
            return false;
    return optind == argc && options->max >= sizes[0] && options->entries <= 10 * HEADLINE &&
           options->rounds >= 1 && options->rounds <= 1000 && options->only >= 0;
}

int main(int argc, char **argv)
{
    static struct bench bench = {.options = {.max = HEADLINE, .rounds = 5, .only = ROWS}};

    bench.options.dir = getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp";
    if (!take_options(&bench.options, argc, argv)) {
        (void)fputs(help, stderr);
        return 64;
    }
    run(&bench);
    return 0;
}
