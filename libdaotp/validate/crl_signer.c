/* SPDX-License-Identifier: BSD-2-Clause */
#include "validate/crl_signer.h"

#include "validate/build.h"
#include "validate/path.h"
#include "validate/signature_check.h"
#include "x509/name_match.h"

/* The search for the signer of one CRL, for the certificate at the start of path. */
typedef struct signer_search {
    daotp__run *run;
    const daotp__path *path;
    daotp__indexed_crl *indexed;
    bool explains;
    daotp__revocation_fn *check_revocation;
    bool has_undecided_path; /* the current signer has a path, but its revocation is unknown */
} signer_search;

static bool is_crl_issuer(const signer_search *p, const daotp__node *node)
{
    return node->subject_hash == daotp__indexed_crl_issuer_hash(p->indexed) &&
           (node->key_usage == NULL || (node->usage & DAOTP__KU_CRL_SIGN) != 0) &&
           daotp__name_equal(node->certificate.subject,
                             daotp__indexed_crl_view(p->indexed)->issuer);
}

static bool is_named_key(const signer_search *p, const daotp__node *node)
{
    const daotp__crl *crl = daotp__indexed_crl_view(p->indexed);

    return crl->authority_key_id.len == 0 || node->key_id.len == 0 ||
           daotp__bytes_equal(crl->authority_key_id, node->key_id);
}

static bool is_being_judged(const daotp__run *run, const daotp__node *node)
{
    for (size_t i = 0; i < run->signer_count; i++)
        if (run->signers[i] == node)
            return true;
    return false;
}

static daotp_status accept_crl_signer_path(daotp__run *run, const daotp__path *path, void *user)
{
    signer_search *p = user;
    daotp__checklist check = {0};

    if (path->list[path->count - 1] != p->path->list[p->path->count - 1])
        return DAOTP_REJECTED;
    daotp__path_check(run, path, true, &check);
    if (check.verdict != DAOTP_REJECTED)
        p->check_revocation(run, path, &check);
    p->has_undecided_path = p->has_undecided_path || check.verdict == DAOTP_UNDECIDED;
    return check.verdict;
}

/* Check a CRL signer outside the path: its path must end at the same anchor, and it must not be
 * revoked. If the CRL that it signed covers the signer too, its status is what that CRL says.
 * DAOTP_UNDECIDED: its path is valid, but its revocation status is unknown. */
static daotp_status verify_crl_signer(signer_search *p, daotp__node *signer)
{
    daotp__run *run = p->run;
    daotp_status status;
    daotp__path path;

    run->signers[run->signer_count++] = signer;
    p->has_undecided_path = false;
    status = daotp__path_build(run, signer, accept_crl_signer_path, p, &path);
    run->signer_count--;
    if (status == DAOTP_UNDECIDED && !p->has_undecided_path) /* a budget was used up */
        return DAOTP_REJECTED;
    return status;
}

/* The budget is charged once in a run for each pair of CRL and key, even if an earlier run
 * verified it, so that a verdict does not depend on earlier runs. */
static bool verify_within_run(const signer_search *p, daotp__node *signer,
                              daotp__crl_verdict *verdict)
{
    daotp__run *run = p->run;

    if (daotp__signature_cache_find_crl(&run->signatures, p->indexed, signer, verdict))
        return true;
    if (!daotp__run_spend(run, signer))
        return false;
    *verdict = daotp__indexed_crl_verify(p->indexed, signer, p->path->list[0]->certificate.serial);
    run->no_memory = run->no_memory || *verdict == DAOTP__CRL_MEMORY;
    daotp__signature_cache_add_crl(&run->signatures, p->indexed, signer, *verdict);
    return true;
}

/* Returns 0 when this key signed the CRL. */
static daotp_finding_number check_crl_signature(const signer_search *p, daotp__node *signer)
{
    daotp__crl_verdict verdict;

    if (!daotp__node_key_is_acceptable(signer))
        return DAOTP_FINDING_CRL_ALGORITHM;
    if (!verify_within_run(p, signer, &verdict))
        return DAOTP_FINDING_CHAIN_BUDGET;
    switch (verdict) {
    case DAOTP__CRL_GOOD:
    case DAOTP__CRL_MALFORMED:
        break;
    case DAOTP__CRL_WEAK:
        return DAOTP_FINDING_CRL_ALGORITHM;
    case DAOTP__CRL_FORGED:
    case DAOTP__CRL_MEMORY:
        return DAOTP_FINDING_CRL_SIGNATURE;
    }
    return 0;
}

/* Try one signer. While the path of a signer is checked, its CRL is not marked as trusted: it
 * may cover the signer itself, and trusted CRLs are stored. */
static daotp_finding_number try_signer(signer_search *p, daotp__node *node, bool on_path,
                                       daotp__crl_signer *signer)
{
    daotp_finding_number why = check_crl_signature(p, node);
    bool is_judged_above = !on_path && is_being_judged(p->run, node);
    daotp_status status = DAOTP_OK;

    *signer = (daotp__crl_signer){.node = node};
    if (why != 0)
        return why;
    if (!on_path && !is_judged_above) {
        if (p->run->signer_count == sizeof p->run->signers / sizeof p->run->signers[0])
            return DAOTP_FINDING_CHAIN_BUDGET;
        status = verify_crl_signer(p, node);
    }
    if (status != DAOTP_OK && status != DAOTP_UNDECIDED)
        return DAOTP_FINDING_CRL_SIGNER;
    signer->is_status_unknown = status == DAOTP_UNDECIDED;
    if (!p->explains && !is_judged_above && !signer->is_status_unknown &&
        !daotp__indexed_crl_scan_result(p->indexed)->has_malformed)
        daotp__indexed_crl_trust(p->indexed);
    return 0;
}

static bool is_crl_signer_on_path(const daotp__path *path, const daotp__node *node)
{
    for (size_t i = 1; i < path->count; i++) /* not the certificate itself */
        if (path->list[i] == node)
            return true;
    return false;
}

/* Try the CA certificates of the path whose subject is the CRL issuer: if by_named_key, those
 * that the CRL's authorityKeyIdentifier names, else the others. */
static daotp_finding_number try_path(signer_search *p, bool by_named_key, daotp__crl_signer *signer)
{
    daotp_finding_number why = DAOTP_FINDING_CRL_SIGNER;

    for (size_t i = 1; i < p->path->count; i++) {
        daotp__node *node = p->path->list[i];

        if (!is_crl_issuer(p, node) || is_named_key(p, node) != by_named_key)
            continue;
        why = try_signer(p, node, true, signer);
        signer->is_other_key_id = !by_named_key;
        if (why == 0)
            break;
    }
    return why;
}

/* A signer whose own status is known is preferred. */
static daotp_finding_number try_others(signer_search *p, daotp__crl_signer *signer)
{
    daotp_finding_number why = DAOTP_FINDING_CRL_SIGNER, now;
    daotp__crl_signer one, unsure = {NULL};

    for (size_t i = 0; i < sizeof p->run->nodes / sizeof p->run->nodes[0]; i++)
        for (size_t k = 0; p->run->nodes[i] != NULL && k < p->run->nodes[i]->count; k++) {
            daotp__node *node = p->run->nodes[i]->list[k];

            if (!is_crl_issuer(p, node) || !is_named_key(p, node) ||
                is_crl_signer_on_path(p->path, node))
                continue;
            now = try_signer(p, node, false, &one);
            *signer = one;
            if (now == 0 && !one.is_status_unknown)
                return 0;
            if (now == 0)
                unsure = one;
            else if (why == DAOTP_FINDING_CRL_SIGNER || now == DAOTP_FINDING_CHAIN_BUDGET)
                why = now;
        }
    if (unsure.node == NULL)
        return why;
    *signer = unsure;
    return 0;
}

daotp_finding_number daotp__crl_signer_find(daotp__run *run, const daotp__path *path,
                                            daotp__indexed_crl *indexed, bool explains,
                                            daotp__revocation_fn *check_revocation,
                                            daotp__crl_signer *signer)
{
    signer_search p = {run, path, indexed, explains, check_revocation, false};
    daotp_finding_number why = try_path(&p, true, signer), now;

    if (why == 0)
        return 0;
    now = try_others(&p, signer);
    if (now == 0)
        return 0;
    if (why == DAOTP_FINDING_CRL_SIGNER || now == DAOTP_FINDING_CHAIN_BUDGET)
        why = now;
    /* RFC 5280 6.3.3 finds the key by name, so a CRL that the issuer signed with a wrong
     * authorityKeyIdentifier can still revoke */
    return try_path(&p, false, signer) == 0 ? 0 : why;
}
