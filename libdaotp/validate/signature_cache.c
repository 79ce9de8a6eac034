/* SPDX-License-Identifier: BSD-2-Clause */
#include "validate/signature_cache.h"

uint8_t *daotp__verified_slot(daotp__verified *verified, daotp__bytes spki, daotp__bytes der,
                              uint8_t digest[DAOTP__HASH_MAX])
{
    if (!daotp__hash_parts(DAOTP__HASH_SHA256, spki, der, digest))
        return NULL;
    return verified->digests[digest[0]];
}

void daotp__signature_cache_begin(daotp__signature_cache *cache, daotp__verified *verified)
{
    cache->verified = verified;
    cache->checked_count = cache->crl_check_count = 0;
}

bool daotp__signature_cache_find(const daotp__signature_cache *cache, const daotp__node *node,
                                 const daotp__node *issuer, daotp_finding_number *verdict)
{
    for (size_t i = 0; i < cache->checked_count; i++)
        if (cache->checked[i].child == node && cache->checked[i].issuer == issuer) {
            *verdict = cache->checked[i].verdict;
            return true;
        }
    return false;
}

void daotp__signature_cache_add(daotp__signature_cache *cache, const daotp__node *node,
                                const daotp__node *issuer, daotp_finding_number verdict)
{
    if (cache->checked_count < DAOTP__MAX_SIGNATURE_CHECKS)
        cache->checked[cache->checked_count++] = (daotp__edge){node, issuer, verdict};
}

bool daotp__signature_cache_find_crl(const daotp__signature_cache *cache,
                                     const daotp__indexed_crl *crl, const daotp__node *signer,
                                     daotp__crl_verdict *verdict)
{
    for (size_t i = 0; i < cache->crl_check_count; i++)
        if (cache->crl_checks[i].crl == crl && cache->crl_checks[i].signer == signer) {
            *verdict = cache->crl_checks[i].verdict;
            return true;
        }
    return false;
}

void daotp__signature_cache_add_crl(daotp__signature_cache *cache, const daotp__indexed_crl *crl,
                                    const daotp__node *signer, daotp__crl_verdict verdict)
{
    if (cache->crl_check_count < DAOTP__MAX_SIGNATURE_CHECKS)
        cache->crl_checks[cache->crl_check_count++] = (daotp__crl_check){crl, signer, verdict};
}

void daotp__signature_cache_forget(daotp__signature_cache *cache, const daotp__node *node)
{
    for (size_t i = 0; i < cache->checked_count; i++)
        if (cache->checked[i].child == node || cache->checked[i].issuer == node)
            cache->checked[i] = (daotp__edge){0};
}
