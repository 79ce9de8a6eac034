/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Asking the validator, and looking at what it says. Whatever strict or webpki accept, path must
 * accept too: that is asserted with every question that is asked here.
 */
#ifndef PKI_ASK_H
#define PKI_ASK_H

#ifdef PKI_STEP_COUNT
#include "step_count.h"
#endif
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
#ifdef PKI_STEP_COUNT
    step_count work;
#endif
} pki_answer;

/* The last one; holds until the next question. */
static pki_answer pki_last;

FORGE_UNUSED static void pki_close(void)
{
    daotp_verifier_free(pki_last.verifier);
    daotp_trust_free(pki_last.trust);
    daotp_context_free(pki_last.context);
    pki_last = (pki_answer){0};
}

/* ---- asking ---------------------------------------------------------------------------------- */

static inline void pki_keep_worst(daotp_status status)
{
    if (status != DAOTP_OK)
        pki_last.filled = status;
}

static inline void pki_fill_trust(const pki_ask *ask)
{
    daotp_trust *trust;

    assert_int_equal(daotp_trust_new(pki_last.context, &trust), DAOTP_OK);
    pki_last.trust = trust;
    for (size_t i = 0; ask->anchors[i] != NULL; i++)
        pki_keep_worst(
            daotp_trust_add(trust, ask->anchors[i]->der.data, ask->anchors[i]->der.len, NULL));
    for (size_t i = 0; ask->by_trust && ask->between[i] != NULL; i++)
        pki_keep_worst(daotp_trust_add_intermediates(trust, ask->between[i]->der.data,
                                                     ask->between[i]->der.len, NULL));
    for (size_t i = 0; ask->by_trust && ask->crls[i].len > 0; i++)
        pki_keep_worst(daotp_trust_add_crls(trust, ask->crls[i].data, ask->crls[i].len, NULL));
}

static inline void pki_set_names(const pki_ask *ask)
{
    for (size_t i = 0; i < 4 && ask->names[i].text != NULL; i++)
        assert_int_equal(
            daotp_verifier_add_name(pki_last.verifier, ask->names[i].kind, ask->names[i].text),
            DAOTP_OK);
    for (size_t i = 0; i < 8 && ask->policies[i] != NULL; i++)
        assert_int_equal(daotp_verifier_add_policy(pki_last.verifier, ask->policies[i]), DAOTP_OK);
    for (size_t i = 0; i < 6 && ask->flags[i] != 0; i++)
        assert_int_equal(daotp_verifier_set_flag(pki_last.verifier, ask->flags[i], true), DAOTP_OK);
    assert_int_equal(daotp_verifier_set_purpose(pki_last.verifier, ask->purpose), DAOTP_OK);
}

static inline void pki_fill_verifier(const pki_ask *ask, daotp_rules rules)
{
    daotp_verifier *verifier;

    assert_int_equal(daotp_verifier_new(pki_last.context, pki_last.trust, &verifier), DAOTP_OK);
    pki_last.verifier = verifier;
    assert_int_equal(daotp_verifier_set_rules(verifier, rules), DAOTP_OK);
    assert_int_equal(daotp_verifier_set_revocation(verifier, ask->revocation != 0 ? ask->revocation
                                                             : ask->crls[0].len > 0
                                                                 ? DAOTP_REVOCATION_REQUIRE
                                                                 : DAOTP_REVOCATION_IGNORE),
                     DAOTP_OK);
    assert_int_equal(daotp_verifier_set_time(verifier, ask->at != 0 ? ask->at : FORGE_NOW),
                     DAOTP_OK);
    assert_int_equal(daotp_verifier_set_stale_seconds(verifier, ask->stale_seconds), DAOTP_OK);
    if (ask->depth != 0)
        assert_int_equal(
            daotp_verifier_set_max_depth(verifier, ask->depth < 0 ? 0 : (unsigned)ask->depth),
            DAOTP_OK);
    pki_set_names(ask);
    for (size_t i = 0; !ask->by_trust && ask->between[i] != NULL; i++)
        pki_keep_worst(daotp_verifier_add_intermediates(verifier, ask->between[i]->der.data,
                                                        ask->between[i]->der.len));
    for (size_t i = 0; !ask->by_trust && ask->crls[i].len > 0; i++)
        pki_keep_worst(daotp_verifier_add_crls(verifier, ask->crls[i].data, ask->crls[i].len));
}

/* A verifier for the question, nothing judged yet. */
FORGE_UNUSED static daotp_verifier *pki_open(const pki_ask *ask, daotp_rules rules)
{
    pki_close();
    pki_last.context = forge_context();
    pki_fill_trust(ask);
    pki_fill_verifier(ask, rules);
    return pki_last.verifier;
}

/* Verify with the verifier at hand, and note what it cost where that is counted. */
FORGE_UNUSED static daotp_status pki_verify_again(daotp__bytes der)
{
#ifdef PKI_STEP_COUNT
    step_count before = step_count_now(), after;
#endif

    pki_last.status = daotp_verifier_verify(pki_last.verifier, der.data, der.len);
#ifdef PKI_STEP_COUNT
    after = step_count_now();
    pki_last.work =
        (step_count){after.blocks - before.blocks, after.signatures - before.signatures};
#endif
    return pki_last.status;
}

FORGE_UNUSED static daotp_status pki_judge_der(const pki_ask *ask, daotp_rules rules,
                                               daotp__bytes der)
{
    (void)pki_open(ask, rules);
    return pki_verify_again(der);
}

FORGE_UNUSED static daotp_status pki_judge(const pki_ask *ask, const pki_cert *leaf)
{
    daotp_rules rules = ask->rules != 0 ? ask->rules : DAOTP_RULES_PATH;
    daotp_status status = pki_judge_der(ask, rules, leaf->der);

    if (rules == DAOTP_RULES_PATH || status != DAOTP_OK)
        return status;
    if (pki_judge_der(ask, DAOTP_RULES_PATH, leaf->der) != DAOTP_OK)
        fail_msg("accepted by rules %d, and not by path", (int)rules);
    return pki_judge_der(ask, rules, leaf->der);
}

/* ---- looking --------------------------------------------------------------------------------- */

FORGE_UNUSED static daotp_report *pki_report(void)
{
    return daotp_verifier_report(pki_last.verifier);
}

FORGE_UNUSED static const char *pki_report_text(void)
{
    return daotp_report_text(pki_report());
}

/* The finding of this number on a certificate whose name has this in it (NULL: any). */
FORGE_UNUSED static const daotp_finding *pki_find(daotp_finding_number number, const char *subject)
{
    for (size_t i = 0; i < daotp_report_count(pki_report()); i++) {
        const daotp_finding *finding = daotp_report_finding(pki_report(), i);

        if (daotp_finding_get_number(finding) == number &&
            (subject == NULL || strstr(daotp_finding_get_subject(finding), subject) != NULL))
            return finding;
    }
    return NULL;
}

FORGE_UNUSED static void pki_expect_finding(daotp_finding_number number, const char *subject)
{
    if (pki_find(number, subject) == NULL)
        fail_msg("%s of %s is not in the report:\n%s", daotp_catalogue_id(number),
                 subject != NULL ? subject : "any certificate", pki_report_text());
}

FORGE_UNUSED static void pki_expect_no_finding(daotp_finding_number number)
{
    if (pki_find(number, NULL) != NULL)
        fail_msg("%s is in the report:\n%s", daotp_catalogue_id(number), pki_report_text());
}

/* Ask, and want this status; and this finding, unless it is 0. */
FORGE_UNUSED static void pki_expect(const pki_ask *ask, const pki_cert *leaf, daotp_status status,
                                    daotp_finding_number number)
{
    if (pki_judge(ask, leaf) != status)
        fail_msg("rules %d: %s, not %s:\n%s", (int)ask->rules, daotp_status_name(pki_last.status),
                 daotp_status_name(status), pki_report_text());
    if (number != 0)
        pki_expect_finding(number, NULL);
}

#ifdef PKI_STEP_COUNT
/* Each is about 50 ms where a machine checks 50,000 RSA-2048 signatures a second. They are counted,
 * never timed: the result of the test does not depend on the machine. */
enum { PKI_MAX_BLOCKS = 100 * 1000 * 1000, PKI_MAX_SIGNATURES = 2000 };

static void pki_expect_cheap(void)
{
    assert_true(pki_last.work.blocks > 0);
    if (pki_last.work.blocks > PKI_MAX_BLOCKS || pki_last.work.signatures > PKI_MAX_SIGNATURES)
        fail_msg("%llu blocks of code and %llu signatures",
                 (unsigned long long)pki_last.work.blocks,
                 (unsigned long long)pki_last.work.signatures);
}
#endif

/* ---- what every program of these does -------------------------------------------------------- */

FORGE_UNUSED static int pki_end_test(void **state)
{
    (void)state;
    pki_close();
    pki_forget();
    return 0;
}

FORGE_UNUSED static int pki_end_group(void **state)
{
    (void)state;
    pki_forget_keys();
    return 0;
}

/* A test of its own for each row of a table. */
#define PKI_TEST(fn) cmocka_unit_test_teardown(fn, pki_end_test)
#define PKI_ROW(name, fn, row)                                                                     \
    {                                                                                              \
        name, fn, NULL, pki_end_test, (void *)(uintptr_t)(row)                                     \
    }

#endif
