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
    const daotp__nodes *ntauth; /* empty: whoever issues may */
    int64_t now, stale_seconds;
    bool explicit_policy, inhibit_mapping, inhibit_any_policy;
    unsigned max_depth;
    daotp__bytes purpose; /* content of an OID; empty for none */
    const daotp__wanted *names;
    size_t name_count;
    const daotp__bytes *policies; /* contents of OIDs */
    size_t policy_count;
} daotp__settings;

/* An OCSP answer at hand; if we asked, the nonce of the question and what it was about. */
typedef struct daotp__supplied_ocsp {
    daotp__bytes der, nonce;
    const daotp__node *about;
} daotp__supplied_ocsp;

typedef struct daotp__run {
    const daotp__settings *settings;
    const daotp__nodes *nodes[5];   /* anchors first, then what may stand between */
    const daotp__crl_list *crls[3]; /* of the trust, of the caller, fetched */
    const daotp_context *context;   /* remembers the keys that passed */
    daotp__policy_graph *graph;
    size_t edges_left, names_left, signatures_left;
    bool no_memory;    /* for something that the verdict rests on */
    bool is_exhausted; /* a budget above was used up, and something was not done */
    daotp__signature_cache signatures;
    daotp__missing_list missing;
    bool has_remarks;       /* a warning is to be told, also of a certificate that is accepted */
    bool has_weak_evidence; /* the status of one depends on data that a fetch may supersede */
    const daotp__node *signers[4]; /* of CRLs, whose own paths are being judged */
    size_t signer_count;
    const daotp__supplied_ocsp *ocsp;
    size_t ocsp_count;
    daotp__bytes policies[DAOTP__MAX_POLICIES]; /* the result */
    size_t policy_count;
} daotp__run;

/* Checks the revocation of a path. Passed to the code that validates signers of CRLs and OCSP
 * responses, because a signer can be revoked too, by a CRL with its own signer. */
typedef void daotp__revocation_fn(daotp__run *run, const daotp__path *path,
                                  daotp__checklist *check);

/* The certificate will be freed: remove all entries with its address. */
void daotp__run_forget(daotp__run *run, const daotp__node *node);
/* Charges the budget for a signature that is checked elsewhere; false when the budget is used up.
 */
bool daotp__run_spend(daotp__run *run, const daotp__node *issuer);

#endif
