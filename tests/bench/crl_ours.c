/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ours, through the calls that an application makes: the file into the trust, then the verdict on
 * the leaf. What comes after the first answer is asked of the same CRL inside the library, because
 * a whole verdict is mostly the leaf's signature.
 */
#include "crl_measure.h"

#include "validate/cache.h"
#include "x509/trust.h"

#include <daotp/verify.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void must(daotp_status status, const char *what)
{
    if (status != DAOTP_OK)
        apart_give_up("ours: cannot %s: %s", what, daotp_status_name(status));
}

struct ours {
    daotp_context *context;
    daotp_trust *trust;
    daotp_verifier *verifier;
};

static void set_up(const struct crl_task *task, struct ours *ours)
{
    const struct chain_der *root = &task->chain->root.der;

    *ours = (struct ours){0};
    must(daotp_context_new(&ours->context), "make a context");
    must(daotp_trust_new(ours->context, &ours->trust), "make a trust");
    must(daotp_trust_add(ours->trust, root->data, root->len, NULL), "add the anchor");
}

static void tear_down(struct ours *ours)
{
    daotp_verifier_free(ours->verifier);
    daotp_trust_unref(ours->trust);
    daotp_context_unref(ours->context);
}

/* ---- the first answer ------------------------------------------------------------------------ */

static void check_answer(const struct crl_task *task, const struct ours *ours, daotp_status status)
{
    const daotp_finding *first =
        daotp_report_get_finding(daotp_verifier_get_report(ours->verifier), 0);

    if (status != (task->is_listed ? DAOTP_REJECTED : DAOTP_OK))
        apart_give_up("ours: a wrong answer: %s: %s", daotp_status_name(status),
                      first != NULL ? daotp_finding_get_id(first) : "no finding");
}

static void ask_first(const struct crl_task *task, struct ours *ours, struct crl_figures *figures)
{
    double from = apart_wall(), copied, answered;
    daotp_status status;

    must(daotp_trust_add_crl_file(ours->trust, task->path, NULL), "add the CRL");
    copied = apart_wall();
    must(daotp_verifier_new(ours->context, ours->trust, &ours->verifier), "make a verifier");
    status = daotp_verifier_verify(ours->verifier, task->leaf.data, task->leaf.len);
    answered = apart_wall();
    check_answer(task, ours, status);
    figures->copy = copied - from;
    figures->total = answered - copied;
}

/* ---- later ones ------------------------------------------------------------------------------ */

static void build_index(daotp__indexed_crl *kept, struct crl_figures *figures)
{
    double from = apart_wall();
    daotp__crl_index_data proof;

    if (!daotp__indexed_crl_export(kept, &proof))
        apart_give_up("ours: no index");
    figures->index = apart_wall() - from;
}

static bool look_up(void *state, const struct crl_serial *serial)
{
    static const daotp__bytes nothing = {NULL, 0};
    daotp__crl_scan walk;

    memset(&walk, 0, sizeof walk);
    daotp__indexed_crl_look_up(state, (daotp__bytes){serial->bytes, serial->len}, nothing, &walk);
    return walk.found;
}

static void remove_folder(const char *folder)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;

    while (dir != NULL && (entry = readdir(dir)) != NULL)
        (void)unlinkat(dirfd(dir), entry->d_name, 0);
    if (dir != NULL)
        (void)closedir(dir);
    (void)rmdir(folder);
}

/* From the cache folder, with the index beside the list: open it, and look one serial up. */
static double reopen(daotp__indexed_crl *kept)
{
    static const char url[] = "http://bench/ca.crl";
    static const uint8_t serial[] = {0x7F, 1, 2, 3};
    char folder[] = "/tmp/bench-crl-XXXXXX";
    daotp__indexed_crl *again;
    daotp__cache cache;
    double from, took;

    if (mkdtemp(folder) == NULL)
        apart_give_up("ours: no folder");
    daotp__cache_open(&cache, folder, NULL);
    if (!daotp__cache_store(&cache, url, kept, NULL))
        apart_give_up("ours: not stored");
    from = apart_wall();
    again = daotp__cache_load(&cache, url);
    if (again == NULL || !daotp__indexed_crl_is_verified(again))
        apart_give_up("ours: not loaded");
    if (look_up(again, &(struct crl_serial){.bytes = {serial[0], serial[1], serial[2], serial[3]},
                                            .len = sizeof serial}))
        apart_give_up("ours: wrong");
    took = apart_wall() - from;
    daotp__indexed_crl_free(again);
    daotp__cache_close(&cache);
    remove_folder(folder);
    return took;
}

void crl_ours(const struct crl_task *task, struct crl_figures *figures)
{
    struct apart_memory before = apart_memory();
    daotp__indexed_crl *kept;
    struct ours ours;

    crl_figures_init(figures);
    set_up(task, &ours);
    ask_first(task, &ours, figures);
    crl_note_first(figures, &before);
    kept = daotp__trust_crls(ours.trust)->list[0];
    build_index(kept, figures);
    crl_note_index(figures, &before);
    crl_look_up(task, look_up, kept, figures);
    figures->reopen = reopen(kept);
    tear_down(&ours);
}
