/* SPDX-License-Identifier: BSD-2-Clause */
/* Remembers signatures that were verified in this run and in earlier runs. */
#ifndef DAOTP_VALIDATE_SIGNATURE_CACHE_H
#define DAOTP_VALIDATE_SIGNATURE_CACHE_H

#include "core/limits.h"
#include "x509/indexed_crl.h"

#include <daotp/catalogue.h>

/* Certificate signatures that were good in earlier runs: digests of issuer key and certificate.
 * A new digest replaces the one in its slot. */
enum { DAOTP__VERIFIED_SLOTS = 256, DAOTP__VERIFIED_DIGEST = 32 };
typedef struct daotp__verified {
    uint8_t digests[DAOTP__VERIFIED_SLOTS][DAOTP__VERIFIED_DIGEST];
} daotp__verified;

/* The slot for this issuer key and certificate, and their digest. The signature was verified in
 * an earlier run if the slot holds this digest; otherwise the caller copies it there after
 * verification. NULL when libcrypto fails. */
uint8_t *daotp__verified_slot(daotp__verified *verified, daotp__bytes spki, daotp__bytes der,
                              uint8_t digest[DAOTP__HASH_MAX]);

typedef struct daotp__edge {
    const daotp__node *child, *issuer;
    daotp_finding_number verdict; /* 0: good */
} daotp__edge;

/* The result for a CRL under one key, within a run. */
typedef struct daotp__crl_check {
    const daotp__indexed_crl *crl;
    const daotp__node *signer;
    daotp__crl_verdict verdict;
} daotp__crl_check;

typedef struct daotp__signature_cache {
    daotp__verified *verified; /* NULL: nothing is remembered between runs */
    daotp__edge checked[DAOTP__MAX_SIGNATURE_CHECKS];
    size_t checked_count;
    daotp__crl_check crl_checks[DAOTP__MAX_SIGNATURE_CHECKS];
    size_t crl_check_count;
} daotp__signature_cache;

/* Called at the beginning of a run. */
void daotp__signature_cache_begin(daotp__signature_cache *cache, daotp__verified *verified);
/* Whether this certificate's signature was checked with this issuer's key in this run; then
 * *verdict is the result. */
bool daotp__signature_cache_find(const daotp__signature_cache *cache, const daotp__node *node,
                                 const daotp__node *issuer, daotp_finding_number *verdict);
void daotp__signature_cache_add(daotp__signature_cache *cache, const daotp__node *node,
                                const daotp__node *issuer, daotp_finding_number verdict);
/* The same for a CRL. */
bool daotp__signature_cache_find_crl(const daotp__signature_cache *cache,
                                     const daotp__indexed_crl *crl, const daotp__node *signer,
                                     daotp__crl_verdict *verdict);
void daotp__signature_cache_add_crl(daotp__signature_cache *cache, const daotp__indexed_crl *crl,
                                    const daotp__node *signer, daotp__crl_verdict verdict);
/* The certificate will be freed: remove all entries with its address. */
void daotp__signature_cache_forget(daotp__signature_cache *cache, const daotp__node *node);

#endif
