/* SPDX-License-Identifier: BSD-2-Clause */
/* One run of the validator: the settings, the available certificates, CRLs and responses, and the
 * budgets. */
#ifndef DAOTP_VALIDATE_RUN_H
#define DAOTP_VALIDATE_RUN_H

#include "core/time_text.h"
#include "validate/missing.h"
#include "validate/names.h"
#include "validate/node_findings.h"
#include "validate/policy.h"
#include "validate/signature_cache.h"
#include "x509/crl_list.h"

#include <daotp/verify.h>

typedef struct daotp__settings {
    daotp_rules rules;
    daotp_revocation revocation;
    daotp_role role;
    const daotp__nodes *ntauth; /* empty: any issuer is accepted */
    int64_t now, stale_seconds;
    bool explicit_policy, inhibit_mapping, inhibit_any_policy;
    unsigned max_depth;
    daotp__bytes purpose; /* required extended key usage, content of an OID; empty: none */
    const daotp__required_name *names;
    size_t name_count;
    const daotp__bytes *policies; /* the user-initial-policy-set, contents of OIDs */
    size_t policy_count;
} daotp__settings;

/* An OCSP response that was fetched or supplied. For a fetched one: the nonce of the request,
 * and the certificate that the request was about. For a stapled one: no nonce and NULL. */
typedef struct daotp__supplied_ocsp {
    daotp__bytes der, nonce;
    const daotp__node *about;
} daotp__supplied_ocsp;

typedef struct daotp__run {
    const daotp__settings *settings;
    const daotp__nodes *nodes[5];   /* anchors first, then lists of possible intermediates */
    const daotp__crl_list *crls[3]; /* those of the trust, of the caller, and fetched ones */
    const daotp_context *context;   /* remembers the keys that passed all rules */
    daotp__policy_graph *graph;
    size_t edges_left, names_left, signatures_left;
    bool no_memory;    /* an allocation failed on which the verdict depends */
    bool is_exhausted; /* a budget above was used up, so a check was not made */
    daotp__signature_cache signatures;
    daotp__missing_list missing;
    bool has_warnings;      /* there is a warning to report even if the path is accepted */
    bool has_weak_evidence; /* a revocation status depends on data that a fetch may replace */
    const daotp__node *signers[4]; /* CRL signers whose own paths are being validated */
    size_t signer_count;
    const daotp__supplied_ocsp *ocsp;
    size_t ocsp_count;
    daotp__bytes policies[DAOTP__MAX_POLICIES]; /* the result: the user-constrained-policy-set */
    size_t policy_count;
} daotp__run;

/* Checks the revocation of a path. The code that validates signers of CRLs and OCSP responses
 * gets this function as an argument, because a signer can be revoked too, by a CRL with its own
 * signer. */
typedef void daotp__revocation_fn(daotp__run *run, const daotp__path *path,
                                  daotp__checklist *check);

/* The certificate will be freed: remove all entries with its address. */
void daotp__run_forget(daotp__run *run, const daotp__node *node);
/* Charges the budget for one signature by this issuer's key. Returns false when the budget is
 * used up. */
bool daotp__run_spend(daotp__run *run, const daotp__node *issuer);

#endif
