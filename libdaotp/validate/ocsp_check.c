/* SPDX-License-Identifier: BSD-2-Clause */
#include "validate/ocsp_check.h"

#include "validate/signature_check.h"
#include "x509/key_rules.h"

#include <string.h>

enum { SKEW_S = 300, FAR_S = 3600 };

static bool is_signed_by(daotp__run *run, const daotp__ocsp *ocsp, daotp__node *signer)
{
    bool no_memory;
    daotp__verify_key *key = daotp__node_key(signer, &no_memory);
    uint8_t digest[DAOTP__HASH_MAX];
    daotp__scheme scheme;
    const char *ignored;

    run->no_memory = run->no_memory || no_memory;
    return key != NULL && daotp__node_key_is_acceptable(signer) &&
           daotp__verify_key_scheme(&key->read, &ocsp->signature_algorithm, &scheme, &ignored) &&
           daotp__verify_key_check(key, &scheme, daotp__scheme_input(&scheme, ocsp->tbs, digest),
                                   ocsp->signature);
}

static bool is_in_time(const daotp__run *run, const daotp__node *node)
{
    return run->settings->now >= node->certificate.not_before &&
           run->settings->now <= node->certificate.not_after;
}

/* Check the revocation of the delegated responder's certificate. It is not checked if the
 * certificate has id-pkix-ocsp-nocheck; otherwise a CRL decides. */
static daotp_status check_delegate_status(daotp__run *run, const daotp__path *path,
                                          daotp__node *delegate, daotp__revocation_fn *check_first)
{
    daotp__path own = *path;
    daotp__checklist check = {0};

    if (daotp__extensions_find(&delegate->certificate.extensions, DAOTP__OID_OCSP_NO_CHECK) != NULL)
        return DAOTP_OK;
    if (run->signer_count == sizeof run->signers / sizeof run->signers[0])
        return DAOTP_UNDECIDED;
    own.list[0] = delegate;
    run->signers[run->signer_count++] = delegate;
    check_first(run, &own, &check);
    run->signer_count--;
    return check.verdict;
}

static bool has_good_key(daotp__run *run, daotp__node *node)
{
    char fault[DAOTP__KEY_FAULT_TEXT];

    return daotp__signature_check_key(run, node, fault) == DAOTP_OK;
}

/* RFC 5280 4.2.1.3: an OCSP response is neither a certificate nor a CRL, so its signer needs
 * digitalSignature. */
static bool may_sign_answers(const daotp__node *node)
{
    return node->key_usage == NULL || (node->usage & DAOTP__KU_DIGITAL_SIGNATURE) != 0;
}

/* RFC 6960 4.2.2.2: the delegate's certificate is issued by the CA itself, for OCSP signing. */
static bool is_delegate(daotp__run *run, const daotp__path *path, daotp__node *node)
{
    daotp__purposes purposes;

    return node->eku != NULL && daotp__eku_read(node->eku, DAOTP__OID_OCSP_SIGNING, &purposes) &&
           purposes.has && may_sign_answers(node) && node->unknown == NULL &&
           node->malformed == NULL && is_in_time(run, node) &&
           daotp__signature_check(run, node, path->list[1]) == 0 && has_good_key(run, node);
}

/* The signature is verified even if the delegate's status is unknown, because "revoked" counts
 * in that case too. */
static daotp_finding_number check_delegate(daotp__run *run, const daotp__path *path,
                                           const daotp__ocsp *ocsp, daotp__node *node,
                                           daotp__revocation_fn *check_first, bool *is_verified)
{
    daotp_status status;

    if (!daotp__ocsp_has_responder(ocsp, node) || !is_delegate(run, path, node))
        return DAOTP_FINDING_OCSP_SIGNER;
    status = check_delegate_status(run, path, node, check_first);
    if (status != DAOTP_OK && status != DAOTP_UNDECIDED)
        return DAOTP_FINDING_OCSP_SIGNER;
    if (!is_signed_by(run, ocsp, node))
        return status == DAOTP_OK ? DAOTP_FINDING_OCSP_SIGNATURE : DAOTP_FINDING_OCSP_SIGNER;
    *is_verified = true;
    return status == DAOTP_OK ? 0 : DAOTP_FINDING_OCSP_SIGNER_STATUS;
}

static daotp_finding_number try_delegate(daotp__run *run, const daotp__path *path,
                                         const daotp__ocsp *ocsp, daotp__bytes der,
                                         daotp__revocation_fn *check_first, bool *is_verified)
{
    daotp_finding_number why;
    daotp__node *node;
    daotp_status status = daotp__node_new(der, false, &node);

    run->no_memory = run->no_memory || status == DAOTP_MEMORY;
    if (status != DAOTP_OK)
        return DAOTP_FINDING_OCSP_SIGNER;
    why = check_delegate(run, path, ocsp, node, check_first, is_verified);
    daotp__run_forget(run, node);
    daotp__node_free(node);
    return why;
}

/* If *is_verified is set and a finding is returned, a delegate whose own status is unknown
 * signed the response. */
static daotp_finding_number check_ocsp_signer(daotp__run *run, const daotp__path *path,
                                              const daotp__ocsp *ocsp,
                                              daotp__revocation_fn *check_first, bool *is_verified)
{
    daotp_finding_number why = DAOTP_FINDING_OCSP_SIGNER, now;

    if (!daotp__run_spend(run, path->list[1]))
        return DAOTP_FINDING_CHAIN_BUDGET;
    if (daotp__ocsp_has_responder(ocsp, path->list[1])) {
        *is_verified = is_signed_by(run, ocsp, path->list[1]);
        return *is_verified ? 0 : DAOTP_FINDING_OCSP_SIGNATURE;
    }
    for (size_t i = 0; i < ocsp->certificate_count; i++) {
        now = try_delegate(run, path, ocsp, ocsp->certificates[i], check_first, is_verified);
        if (now == 0 || why == DAOTP_FINDING_OCSP_SIGNER)
            why = now;
        if (why == 0 || why == DAOTP_FINDING_OCSP_SIGNATURE)
            break;
    }
    return why;
}

static bool is_fresh(const daotp__run *run, const daotp__ocsp_answer *answer)
{
    int64_t now = run->settings->now;

    if (answer->this_update > now + SKEW_S)
        return false;
    return answer->has_next_update ? now <= answer->next_update + run->settings->stale_seconds
                                   : now - answer->this_update <= SKEW_S;
}

/* RFC 6960 2.4: thisUpdate <= producedAt <= nextUpdate, with a tolerance for responders whose
 * clocks differ; and producedAt is not in the future. */
static bool has_sound_times(const daotp__run *run, const daotp__ocsp *ocsp,
                            const daotp__ocsp_answer *answer)
{
    int64_t produced = ocsp->produced_at;

    if (produced > run->settings->now + SKEW_S || produced < answer->this_update - FAR_S)
        return false;
    return !answer->has_next_update ||
           (answer->next_update >= answer->this_update && produced <= answer->next_update + FAR_S);
}

/* For a verified response: 0 if it can show that the certificate is good, else the finding. */
static daotp_finding_number why_not_taken(const daotp__run *run,
                                          const daotp__supplied_ocsp *supplied,
                                          const daotp__ocsp *ocsp, const daotp__ocsp_answer *answer)
{
    if (ocsp->unknown_critical || answer->unknown_critical)
        return DAOTP_FINDING_OCSP_DER;
    /* a responder may leave the nonce out (RFC 8954 2.1); a wrong one is a replay */
    if (supplied->nonce.len > 0 && ocsp->nonce.len > 0 &&
        !daotp__bytes_equal(supplied->nonce, ocsp->nonce))
        return DAOTP_FINDING_OCSP_NONCE;
    if (!is_fresh(run, answer))
        return DAOTP_FINDING_OCSP_STALE;
    if (!has_sound_times(run, ocsp, answer))
        return DAOTP_FINDING_OCSP_TIMES;
    return answer->status == DAOTP__OCSP_NOT_KNOWN ? DAOTP_FINDING_OCSP_UNKNOWN : 0;
}

daotp_finding_number daotp__ocsp_check(daotp__run *run, const daotp__path *path,
                                       const daotp__supplied_ocsp *supplied,
                                       daotp__revocation_fn *check_first, bool *concerns,
                                       bool *is_verified, daotp__ocsp_answer *answer)
{
    daotp_finding_number why;
    daotp__fault fault;
    daotp__ocsp ocsp;

    *is_verified = false;
    *concerns = supplied->about == NULL || supplied->about == path->list[0];
    if (!*concerns)
        return 0;
    if (!daotp__ocsp_read(supplied->der, &ocsp))
        return DAOTP_FINDING_OCSP_DER;
    if (ocsp.response_status != 0)
        return DAOTP_FINDING_OCSP_STATUS;
    if (!daotp__ocsp_find(&ocsp, path->list[0], path->list[1], answer)) {
        /* stapled responses: each is for another certificate, unless it cannot be read */
        *concerns = supplied->about != NULL || daotp__ocsp_find_fault(supplied->der, &fault);
        return DAOTP_FINDING_OCSP_DER;
    }
    why = check_ocsp_signer(run, path, &ocsp, check_first, is_verified);
    if (why != 0)
        return why;
    return why_not_taken(run, supplied, &ocsp, answer);
}
