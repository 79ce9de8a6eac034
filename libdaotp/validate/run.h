/* SPDX-License-Identifier: BSD-2-Clause */
/* One run of the validator: what is asked for, what is at hand, and what may still be spent. */
#ifndef DAOTP_VALIDATE_RUN_H
#define DAOTP_VALIDATE_RUN_H

#include "core/checklist.h"
#include "core/time_text.h"
#include "validate/names.h"
#include "validate/policy.h"
#include "x509/crl_list.h"

#include <daotp/verify.h>

/* From the certificate judged up to an anchor. */
typedef struct daotp__path {
    daotp__node *list[DAOTP__MAX_PATH];
    size_t count;
} daotp__path;

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

/* Signatures of certificates that were found good before: digests of issuer key and certificate,
 * the newest replacing what stands in its place. */
enum { DAOTP__PROVEN_SLOTS = 256, DAOTP__PROVEN_DIGEST = 32 };
typedef struct daotp__proven {
    uint8_t digests[DAOTP__PROVEN_SLOTS][DAOTP__PROVEN_DIGEST];
} daotp__proven;

/* Where the digest of issuer key and certificate stands if the signature was found good; the digest
 * that is to stand there. NULL when libcrypto fails. */
uint8_t *daotp__proven_slot(daotp__proven *proven, daotp__bytes spki, daotp__bytes der,
                            uint8_t digest[DAOTP__HASH_MAX]);

typedef struct daotp__edge {
    const daotp__node *child, *issuer;
    daotp_finding_number verdict; /* 0: good */
} daotp__edge;

/* What came of a CRL under one key, within a run. */
typedef struct daotp__crl_check {
    const daotp__indexed_crl *crl;
    const daotp__node *signer;
    daotp__crl_verdict verdict;
} daotp__crl_check;

/* An OCSP answer at hand; if we asked, the nonce of the question and what it was about. */
typedef struct daotp__given_ocsp {
    daotp__bytes der, nonce;
    const daotp__node *about;
} daotp__given_ocsp;

/* What would have helped, and where the certificates say it is. */
typedef enum daotp__want_kind {
    DAOTP__WANT_CRL,
    DAOTP__WANT_ISSUER,
    DAOTP__WANT_OCSP,
    DAOTP__WANT_DELTA /* there is an answer, but where the list's delta is may be a newer one */
} daotp__want_kind;
typedef struct daotp__want {
    daotp__want_kind kind;
    daotp__bytes url;
    const daotp__node *node, *issuer; /* what is to be asked about */
} daotp__want;

typedef struct daotp__run {
    const daotp__settings *settings;
    const daotp__nodes *nodes[5];   /* anchors first, then what may stand between */
    const daotp__crl_list *crls[3]; /* of the trust, of the caller, fetched */
    daotp__proven *proven;          /* NULL: nothing is remembered */
    const daotp_context *context; /* remembers the keys that passed */
    daotp__policy_graph *graph;
    size_t edges_left, names_left, signatures_left;
    bool no_memory; /* for something that the verdict rests on */
    bool is_over;   /* something was not done for want of any of them */
    daotp__edge checked[DAOTP__MAX_SIGNATURE_CHECKS];
    size_t checked_count;
    daotp__crl_check crl_checks[DAOTP__MAX_SIGNATURE_CHECKS];
    size_t crl_check_count;
    bool has_remarks; /* a warning is to be told, also of a certificate that is accepted */
    bool is_softened; /* what is known of one rests on what fresh evidence may overtake */
    const daotp__node *signers[4]; /* of CRLs, whose own paths are being judged */
    size_t signer_count;
    const daotp__given_ocsp *ocsp;
    size_t ocsp_count;
    daotp__want wants[DAOTP__MAX_WANTS];
    size_t want_count;
    daotp__bytes policies[DAOTP__MAX_POLICIES]; /* what came of it */
    size_t policy_count;
} daotp__run;

/* The subject, or the serial number of a certificate that has no name; both, when another on the
 * path (NULL: none) bears the name: a CA's old and new key. */
void daotp__node_name(const daotp__node *node, const daotp__path *path, daotp__buffer *out);

/* A finding about a certificate of the path that the list is of. */
void daotp__check_find(daotp__checklist *check, const daotp__node *node,
                       daotp_finding_number number, const char *found, ...)
    __attribute__((format(printf, 4, 5)));
/* The checklist of a role, into the same. */
void daotp__check_role(daotp__checklist *check, const daotp__node *node, daotp_role role,
                       int64_t now_s);

/* Are certificates of a path revoked? Given to those who look at signers of CRLs and OCSP answers:
 * a signer can be revoked too, by a CRL that has a signer. */
typedef void daotp__revocation_fn(daotp__run *run, const daotp__path *path,
                                  daotp__checklist *check);

/* Does the issuer's key verify the certificate's signature? 0, or what is wrong. Within the run
 * each pair is checked once. */
daotp_finding_number daotp__run_signature(daotp__run *run, const daotp__node *node,
                                          daotp__node *issuer);
/* Is the public key of a kind and size that is taken? This much costs nothing. */
bool daotp__key_is_taken(const daotp__node *node);
/* The same, with the rule that is broken in text, which has room for DAOTP__KEY_FAULT_TEXT. */
daotp_status daotp__node_key_shape(const daotp__node *node, char *text);
/* All rules for public keys. Costs about as much as a private key operation, once for each key: do
 * this when all else holds. DAOTP_OK, DAOTP_REJECTED with the rule in text, DAOTP_MEMORY. */
daotp_status daotp__run_judge_key(daotp__run *run, daotp__node *node, char *text);
/* The certificate is about to go: nothing may be remembered of it by its address. */
void daotp__run_forget(daotp__run *run, const daotp__node *node);
void daotp__run_want(daotp__run *run, daotp__want_kind kind, daotp__bytes url,
                     const daotp__node *node, const daotp__node *issuer);
/* A signature by this certificate's key is checked outside; false when that is too much. */
bool daotp__run_spend(daotp__run *run, const daotp__node *issuer);

#endif
