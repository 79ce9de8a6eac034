/* SPDX-License-Identifier: BSD-2-Clause */
/* From the file of a CRL to the first answer that can be trusted, and to the next ones. */
#ifndef BENCH_CRL_MEASURE_H
#define BENCH_CRL_MEASURE_H

#include "apart.h"
#include "crl_list.h"

struct crl_task {
    const char *path;
    struct crl_list list;
    const struct chain *chain; /* the list is the root's */
    struct chain_der leaf;     /* the first that is asked for, issued by the root */
    struct crl_serial serial;  /* its number */
    bool is_listed;            /* the right answer */
    size_t look_ups;           /* warm ones, of each kind */
};

#define CRL_UNKNOWN (-1.0) /* not measured, or not to be told apart */

struct crl_figures {
    double copy, read, check, first; /* seconds, in this order; copy is not in the total */
    double total;
    double index, reopen, release; /* seconds */
    double hit_ns, miss_ns;
    double peak, shared;         /* octets at the first answer: VmHWM, of it shared memory */
    double own_first, own_index; /* octets of its own, more than before */
};

typedef void (*crl_fn)(const struct crl_task *task, struct crl_figures *figures);

void crl_floor(const struct crl_task *task, struct crl_figures *figures);
void crl_ours(const struct crl_task *task, struct crl_figures *figures);
void crl_openssl(const struct crl_task *task, struct crl_figures *figures);
/* NULL where GnuTLS was not found. */
extern const crl_fn crl_gnutls;

/* ---- for these ---- */
void crl_figures_init(struct crl_figures *figures);
/* Memory at the first answer, and at the end of the index. */
void crl_note_first(struct crl_figures *figures, const struct apart_memory *before);
void crl_note_index(struct crl_figures *figures, const struct apart_memory *before);

/* Look up what is in the list, and what is not, in no order; each answer must be right. */
typedef bool (*crl_look_up_fn)(void *state, const struct crl_serial *serial);
void crl_look_up(const struct crl_task *task, crl_look_up_fn look_up, void *state,
                 struct crl_figures *figures);

/* The file, mapped. */
struct chain_der crl_map(const char *path);
void crl_unmap(struct chain_der mapped);

#endif
