/* SPDX-License-Identifier: BSD-2-Clause */
/* Verdicts a second on a chain of three certificates with the CRLs of both issuers. */
#ifndef BENCH_VALIDATE_MEASURE_H
#define BENCH_VALIDATE_MEASURE_H

#include "apart.h"
#include "crl_list.h"

enum { VALIDATE_LEAVES = 16 };

/* What is not as it is in the first row of each. */
enum validate_variant {
    VALIDATE_FULL,     /* CRLs of both issuers; floor: two signatures */
    VALIDATE_FROM_DER, /* leaf and CA are read anew for each verdict */
    VALIDATE_NO_CRLS,
    VALIDATE_REMEMBER, /* ours: signatures of certificates once proven are remembered */
    VALIDATE_ONE       /* floor: one signature, the leaf's */
};

struct validate_task {
    enum validate_variant variant;
    const struct chain *chain;
    const char *root_crl, *ca_crl;                 /* paths */
    struct chain_der leaves[VALIDATE_LEAVES], bad; /* the last one is revoked */
    double seconds;                                /* to measure for */
};

struct validate_figures {
    double rate; /* verdicts a second of processor time */
    double peak; /* octets: VmHWM */
};

typedef void (*validate_fn)(const struct validate_task *task, struct validate_figures *figures);

void validate_floor(const struct validate_task *task, struct validate_figures *figures);
void validate_ours(const struct validate_task *task, struct validate_figures *figures);
void validate_openssl(const struct validate_task *task, struct validate_figures *figures);
/* NULL where GnuTLS was not found. */
extern const validate_fn validate_gnutls;

/* ---- for these ---- */
enum { VALIDATE_BAD = VALIDATE_LEAVES }; /* the index of the revoked one */

/* Judge a leaf: is it accepted? */
typedef bool (*validate_verify_fn)(void *state, int leaf);
/* See that the answers are right, then judge in turn for the task's time. */
void validate_run(const struct validate_task *task, validate_verify_fn judge, void *state,
                  struct validate_figures *figures);
struct chain_der validate_leaf(const struct validate_task *task, int leaf);

#endif
