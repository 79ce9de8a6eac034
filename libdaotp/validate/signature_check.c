/* SPDX-License-Identifier: BSD-2-Clause */
#include "validate/signature_check.h"

#include "x509/key_rules.h"

#include <string.h>

daotp_status daotp__node_key_shape(const daotp__node *node, char *text)
{
    if (node->has_public_key)
        return daotp__key_shape_check(&node->public_key, DAOTP__KEY_USE_PATH, text);
    return daotp__key_check(NULL, node->certificate.spki, DAOTP__KEY_USE_PATH, text);
}

bool daotp__node_key_is_acceptable(const daotp__node *node)
{
    char text[DAOTP__KEY_FAULT_TEXT];

    return node->has_public_key && daotp__node_key_shape(node, text) == DAOTP_OK;
}

daotp_status daotp__signature_check_key(daotp__run *run, daotp__node *node, char *text)
{
    daotp_status status;

    if (__atomic_load_n(&node->has_good_key, __ATOMIC_RELAXED))
        return DAOTP_OK;
    status = daotp__key_check(run->context, node->certificate.spki, DAOTP__KEY_USE_PATH, text);
    if (status == DAOTP_OK) /* several threads may write at the same time, all the same value */
        __atomic_store_n(&node->has_good_key, true, __ATOMIC_RELAXED);
    run->no_memory = run->no_memory || status == DAOTP_MEMORY;
    return status;
}

static daotp_finding_number check_edge_scheme(const daotp__node *node, const daotp__node *issuer,
                                              daotp__scheme *scheme)
{
    const char *ignored;

    if (!daotp__node_key_is_acceptable(issuer) ||
        !daotp__verify_key_scheme(&issuer->public_key, &node->certificate.signature_algorithm,
                                  scheme, &ignored))
        return DAOTP_FINDING_CHAIN_ALGORITHM;
    return 0;
}

static daotp_finding_number verify_edge_signature(daotp__run *run, const daotp__node *node,
                                                  daotp__node *issuer, const daotp__scheme *scheme)
{
    bool no_memory;
    daotp__verify_key *key = daotp__node_key(issuer, &no_memory);
    uint8_t digest[DAOTP__HASH_MAX];

    run->no_memory = run->no_memory || no_memory;
    if (key == NULL)
        return DAOTP_FINDING_CHAIN_ALGORITHM;
    if (!daotp__verify_key_check(key, scheme,
                                 daotp__scheme_input(scheme, node->certificate.tbs, digest),
                                 node->certificate.signature))
        return DAOTP_FINDING_CHAIN_SIGNATURE;
    return 0;
}

static daotp_finding_number check_or_remember(daotp__run *run, const daotp__node *node,
                                              daotp__node *issuer)
{
    uint8_t digest[DAOTP__HASH_MAX], *slot = NULL;
    daotp__scheme scheme;
    daotp_finding_number verdict = check_edge_scheme(node, issuer, &scheme);

    if (verdict != 0)
        return verdict;
    if (run->signatures.verified != NULL)
        slot = daotp__verified_slot(run->signatures.verified, issuer->certificate.spki,
                                    node->certificate.der, digest);
    if (slot != NULL && memcmp(slot, digest, DAOTP__VERIFIED_DIGEST) == 0)
        return 0;
    verdict = verify_edge_signature(run, node, issuer, &scheme);
    if (slot != NULL && verdict == 0)
        memcpy(slot, digest, DAOTP__VERIFIED_DIGEST);
    return verdict;
}

daotp_finding_number daotp__signature_check(daotp__run *run, const daotp__node *node,
                                            daotp__node *issuer)
{
    daotp_finding_number verdict;

    if (daotp__signature_cache_find(&run->signatures, node, issuer, &verdict))
        return verdict;
    if (!daotp__run_spend(run, issuer))
        return DAOTP_FINDING_CHAIN_BUDGET;
    verdict = check_or_remember(run, node, issuer);
    daotp__signature_cache_add(&run->signatures, node, issuer, verdict);
    return verdict;
}
