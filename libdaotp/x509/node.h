/* SPDX-License-Identifier: BSD-2-Clause */
/* A certificate that is kept: everything decoded once, and its key made once. */
#ifndef DAOTP_X509_NODE_H
#define DAOTP_X509_NODE_H

#include "x509/distribution.h"
#include "x509/signature.h"

typedef struct daotp__node {
    uint8_t *der; /* owned */
    daotp__certificate certificate;
    bool is_anchor;
    bool is_self_issued;
    uint64_t subject_hash, issuer_hash;

    /* extensions, NULL when they are not there */
    const daotp__extension *basic_constraints, *key_usage, *eku, *san, *issuer_alt_name,
        *name_constraints, *policies, *mappings, *policy_constraints, *inhibit_any, *ski, *aki,
        *crl_dps, *freshest, *aia;
    const daotp__extension *unknown;   /* the first critical one that is not known */
    const daotp__extension *malformed; /* the first that is known and cannot be read */

    bool is_ca;
    int path_length; /* -1: no limit */
    unsigned usage;  /* key usage bits */
    daotp__bytes key_id, authority_key_id, authority_issuer, authority_serial;

    bool has_public_key; /* of a kind that is known */
    daotp__public_key public_key;
    daotp__verify_key *key; /* made when first needed; several threads may come at once */
    bool has_good_key;      /* by all rules for keys; false: not judged, or not good */
} daotp__node;

/* Copy and decode: DAOTP_MEMORY, or DAOTP_PEER when it cannot be read. */
daotp_status daotp__node_new(daotp__bytes der, bool is_anchor, daotp__node **node);
/* Has the value the form that its clause gives, as far as a path asks for that? true for a type
 * that is not known here. */
bool daotp__extension_is_readable(const daotp__extension *extension);
/* That form, and the clause. */
const char *daotp__extension_rule(enum daotp__oid oid);
/* What is wrong with one that cannot be read: its name, its octet in the whole, and that rule.
 * Answers text. */
const char *daotp__extension_describe_fault(daotp__bytes whole, const daotp__extension *extension,
                                            char text[DAOTP__FAULT_TEXT]);
void daotp__node_free(daotp__node *node);
/* NULL when there is none that can be used; then no_memory tells whether that was why. */
daotp__verify_key *daotp__node_key(daotp__node *node, bool *no_memory);

/* A list that owns them. */
typedef struct daotp__nodes {
    daotp__node **list;
    size_t count, capacity, max;
} daotp__nodes;
void daotp__nodes_init(daotp__nodes *nodes, size_t max);
void daotp__nodes_free(daotp__nodes *nodes);
void daotp__nodes_cut(daotp__nodes *nodes, size_t count);
daotp_status daotp__nodes_add(daotp__nodes *nodes, daotp__bytes der, bool is_anchor);

#endif
