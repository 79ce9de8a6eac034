/* SPDX-License-Identifier: BSD-2-Clause */
/* A decoded certificate for path validation: its extensions are read once, and its key is made
 * once. */
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

    /* extensions; NULL: absent */
    const daotp__extension *basic_constraints, *key_usage, *eku, *san, *issuer_alt_name,
        *name_constraints, *policies, *mappings, *policy_constraints, *inhibit_any, *ski, *aki,
        *crl_dps, *freshest, *aia;
    const daotp__extension *unknown;   /* the first unknown critical extension */
    const daotp__extension *malformed; /* the first known extension that is malformed */

    bool is_ca;
    int path_length; /* -1: no limit */
    unsigned usage;  /* key usage bits */
    daotp__bytes key_id, authority_key_id, authority_issuer, authority_serial;

    bool has_public_key; /* the algorithm of the key is known */
    daotp__public_key public_key;
    daotp__verify_key *key; /* made at the first use, by any thread */
    bool
        has_good_key; /* the key passed all rules for keys; false: it did not, or was not checked */
} daotp__node;

/* Make a node of a copy of the DER. DAOTP_OK; DAOTP_PEER when it is malformed; DAOTP_MEMORY. */
daotp_status daotp__node_new(daotp__bytes der, bool is_anchor, daotp__node **node);
/* Whether the extension's value is well-formed, as far as path validation needs it. true for an
 * extension that is not known. */
bool daotp__extension_is_readable(const daotp__extension *extension);
/* The form that the value of this extension must have, with its clause, for findings. */
const char *daotp__extension_rule(enum daotp__oid oid);
/* Describe a malformed extension: its name, its octet in `whole`, and the rule. Returns text. */
const char *daotp__extension_describe_fault(daotp__bytes whole, const daotp__extension *extension,
                                            char text[DAOTP__FAULT_TEXT]);
void daotp__node_free(daotp__node *node);
/* The key of the certificate, ready to verify; owned by the node. NULL when it cannot be used;
 * *no_memory is then whether memory was the reason. */
daotp__verify_key *daotp__node_key(daotp__node *node, bool *no_memory);

/* A list that owns its nodes. */
typedef struct daotp__nodes {
    daotp__node **list;
    size_t count, capacity, max;
} daotp__nodes;
void daotp__nodes_init(daotp__nodes *nodes, size_t max);
void daotp__nodes_free(daotp__nodes *nodes);
void daotp__nodes_truncate(daotp__nodes *nodes, size_t count);
daotp_status daotp__nodes_add(daotp__nodes *nodes, daotp__bytes der, bool is_anchor);

#endif
