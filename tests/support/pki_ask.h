/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Asking the validator, and looking at what it says. Whatever strict or webpki accept, path must
 * accept too: that is asserted with every question that is asked here.
 */
#ifndef PKI_ASK_H
#define PKI_ASK_H

#include "step_count.h"
#include "verify_pki.h"

#include <daotp/verify.h>

enum { PKI_MANY = 300 };

typedef struct pki_ask {
    daotp_rules rules;           /* 0: path */
    daotp_revocation revocation; /* 0: ignore, unless there are CRLs */
    int64_t at;                  /* 0: FORGE_NOW */
    int64_t stale_seconds;
    const char *purpose;
    const char *policies[8];
    daotp_verify_flag flags[6];
    struct {
        daotp_name_kind kind;
        const char *text;
    } names[4];
    int depth; /* 0: the default, -1: 0 */
    const pki_cert *anchors[PKI_MANY], *between[PKI_MANY];
    daotp__bytes crls[PKI_MANY];
    bool by_trust; /* between and CRLs are the trust's */
} pki_ask;

typedef struct pki_answer {
    daotp_context *context;
    daotp_trust *trust;
    daotp_verifier *verifier;
    daotp_status status, filled; /* of the run; of what was put in before */
    step_count work;             /* where the program counts it (step_count.c) */
} pki_answer;

/* The last one; holds until the next question. */
extern pki_answer pki_last;

/* ---- asking ---------------------------------------------------------------------------------- */

/* A verifier for the question, nothing judged yet. */
daotp_verifier *pki_open(const pki_ask *ask, daotp_rules rules);

/* Verify with the verifier at hand, and note what it cost where that is counted. */
daotp_status pki_verify_again(daotp__bytes der);

daotp_status pki_verify_der(const pki_ask *ask, daotp_rules rules, daotp__bytes der);

daotp_status pki_verify(const pki_ask *ask, const pki_cert *leaf);

/* ---- looking --------------------------------------------------------------------------------- */

daotp_report *pki_report(void);

const char *pki_report_text(void);

/* The finding of this number on a certificate whose name has this in it (NULL: any). */
const daotp_finding *pki_find(daotp_finding_number number, const char *subject);

void pki_expect_finding(daotp_finding_number number, const char *subject);

void pki_expect_no_finding(daotp_finding_number number);

/* Ask, and want this status; and this finding, unless it is 0. */
void pki_expect(const pki_ask *ask, const pki_cert *leaf, daotp_status status,
                daotp_finding_number number);

/* Each is about 50 ms where a machine checks 50,000 RSA-2048 signatures a second. They are counted,
 * never timed: the result of the test does not depend on the machine. */
enum { PKI_MAX_BLOCKS = 100 * 1000 * 1000, PKI_MAX_SIGNATURES = 2000 };

void pki_expect_cheap(void);

/* ---- what every program of these does -------------------------------------------------------- */

int pki_end_test(void **state);

int pki_end_group(void **state);

/* A test of its own for each row of a table. */
#define PKI_TEST(fn) cmocka_unit_test_teardown(fn, pki_end_test)
#define PKI_ROW(name, fn, row)                                                                     \
    {                                                                                              \
        name, fn, NULL, pki_end_test, (void *)(uintptr_t)(row)                                     \
    }

#endif
