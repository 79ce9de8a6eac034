/* SPDX-License-Identifier: BSD-2-Clause */
#include "pki_ask.h"

#pragma weak step_count_now

pki_answer pki_last;

static void pki_close(void)
{
    daotp_verifier_free(pki_last.verifier);
    daotp_trust_unref(pki_last.trust);
    daotp_context_unref(pki_last.context);
    pki_last = (pki_answer){0};
}

/* ---- asking ---------------------------------------------------------------------------------- */

static void pki_keep_worst(daotp_status status)
{
    if (status != DAOTP_OK)
        pki_last.filled = status;
}

static void pki_fill_trust(const pki_ask *ask)
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

static void pki_set_names(const pki_ask *ask)
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

static void pki_fill_verifier(const pki_ask *ask, daotp_rules rules)
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
    assert_int_equal(daotp_verifier_set_time_s(verifier, ask->at != 0 ? ask->at : FORGE_NOW),
                     DAOTP_OK);
    assert_int_equal(daotp_verifier_set_stale_s(verifier, ask->stale_seconds), DAOTP_OK);
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

daotp_verifier *pki_open(const pki_ask *ask, daotp_rules rules)
{
    pki_close();
    pki_last.context = forge_context();
    pki_fill_trust(ask);
    pki_fill_verifier(ask, rules);
    return pki_last.verifier;
}

/* Nothing where the program does not count: step_count.c is in none of the others. */
static step_count pki_count_steps(void)
{
    return step_count_now != NULL ? step_count_now() : (step_count){0, 0};
}

daotp_status pki_verify_again(daotp__bytes der)
{
    step_count before = pki_count_steps(), after;

    pki_last.status = daotp_verifier_verify(pki_last.verifier, der.data, der.len);
    after = pki_count_steps();
    pki_last.work =
        (step_count){after.blocks - before.blocks, after.signatures - before.signatures};
    return pki_last.status;
}

daotp_status pki_verify_der(const pki_ask *ask, daotp_rules rules, daotp__bytes der)
{
    (void)pki_open(ask, rules);
    return pki_verify_again(der);
}

daotp_status pki_verify(const pki_ask *ask, const pki_cert *leaf)
{
    daotp_rules rules = ask->rules != 0 ? ask->rules : DAOTP_RULES_PATH;
    daotp_status status = pki_verify_der(ask, rules, leaf->der);

    if (rules == DAOTP_RULES_PATH || status != DAOTP_OK)
        return status;
    if (pki_verify_der(ask, DAOTP_RULES_PATH, leaf->der) != DAOTP_OK)
        fail_msg("accepted by rules %d, and not by path", (int)rules);
    return pki_verify_der(ask, rules, leaf->der);
}

/* ---- looking --------------------------------------------------------------------------------- */

daotp_report *pki_report(void)
{
    return daotp_verifier_get_report(pki_last.verifier);
}

const char *pki_report_text(void)
{
    return daotp_report_get_text(pki_report());
}

const daotp_finding *pki_find(daotp_finding_number number, const char *subject)
{
    for (size_t i = 0; i < daotp_report_get_count(pki_report()); i++) {
        const daotp_finding *finding = daotp_report_get_finding(pki_report(), i);

        if (daotp_finding_get_number(finding) == number &&
            (subject == NULL || strstr(daotp_finding_get_subject(finding), subject) != NULL))
            return finding;
    }
    return NULL;
}

void pki_expect_finding(daotp_finding_number number, const char *subject)
{
    if (pki_find(number, subject) == NULL)
        fail_msg("%s of %s is not in the report:\n%s", daotp_catalogue_get_id(number),
                 subject != NULL ? subject : "any certificate", pki_report_text());
}

void pki_expect_no_finding(daotp_finding_number number)
{
    if (pki_find(number, NULL) != NULL)
        fail_msg("%s is in the report:\n%s", daotp_catalogue_get_id(number), pki_report_text());
}

void pki_expect(const pki_ask *ask, const pki_cert *leaf, daotp_status status,
                daotp_finding_number number)
{
    if (pki_verify(ask, leaf) != status)
        fail_msg("rules %d: %s, not %s:\n%s", (int)ask->rules, daotp_status_name(pki_last.status),
                 daotp_status_name(status), pki_report_text());
    if (number != 0)
        pki_expect_finding(number, NULL);
}

void pki_expect_cheap(void)
{
    assert_true(pki_last.work.blocks > 0);
    if (pki_last.work.blocks > PKI_MAX_BLOCKS || pki_last.work.signatures > PKI_MAX_SIGNATURES)
        fail_msg("%llu blocks of code and %llu signatures",
                 (unsigned long long)pki_last.work.blocks,
                 (unsigned long long)pki_last.work.signatures);
}

/* ---- what every program of these does -------------------------------------------------------- */

int pki_end_test(void **state)
{
    (void)state;
    pki_close();
    pki_forget();
    return 0;
}

int pki_end_group(void **state)
{
    (void)state;
    pki_forget_keys();
    return 0;
}
