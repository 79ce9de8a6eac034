/* SPDX-License-Identifier: BSD-2-Clause */
/* Certificate policies (RFC 5280 6.1, updated by RFC 9618): a policy graph with one depth for
 * each certificate. Its size is bounded by the number of certificates times the number of
 * policies. */
#ifndef DAOTP_VALIDATE_POLICY_H
#define DAOTP_VALIDATE_POLICY_H

#include "x509/node.h"

typedef struct daotp__policy_graph daotp__policy_graph;

daotp__policy_graph *daotp__policy_graph_new(void);
void daotp__policy_graph_free(daotp__policy_graph *graph);
/* Called at the beginning of a run: sets the budget for all its paths. */
void daotp__policy_graph_allow(daotp__policy_graph *graph, size_t work);
/* Begin a path: the graph has one node, anyPolicy (RFC 9618 5.2). */
void daotp__policy_graph_begin(daotp__policy_graph *graph);

typedef enum daotp__policy_verdict {
    DAOTP__POLICY_GOOD,
    DAOTP__POLICY_MALFORMED, /* the extension, or an OID twice in it */
    DAOTP__POLICY_TOO_MANY   /* the budget is used up */
} daotp__policy_verdict;

/* Process the policies of a certificate: RFC 5280 6.1.3 (d), (e). any_allowed: whether anyPolicy
 * is allowed in this certificate. */
daotp__policy_verdict daotp__policy_graph_take(daotp__policy_graph *graph, const daotp__node *node,
                                               bool any_allowed);
/* Process the policy mappings of a CA: RFC 5280 6.1.4 (a), (b); then begin the next depth.
 * allowed: whether policy_mapping is greater than 0. */
daotp__policy_verdict daotp__policy_graph_map(daotp__policy_graph *graph, const daotp__node *node,
                                              bool allowed);
bool daotp__policy_graph_is_empty(const daotp__policy_graph *graph);

/*
 * RFC 5280 6.1.5 (g): compute the user-constrained-policy-set. wanted: the user-initial-policy-set;
 * empty means anyPolicy. Writes at most max OIDs to set, views into the certificates and into
 * wanted, and returns their number.
 */
size_t daotp__policy_graph_finish(daotp__policy_graph *graph, const daotp__bytes *wanted,
                                  size_t wanted_count, daotp__bytes *set, size_t max);

/* Read PolicyConstraints (RFC 5280 4.2.1.11). -1: the field is absent. */
bool daotp__policy_constraints_read(const daotp__extension *extension, int64_t *require_explicit,
                                    int64_t *inhibit_mapping);
/* Whether the extension is well-formed; which policies it maps is not checked. */
bool daotp__policy_mappings_are_valid(const daotp__extension *extension);
/* Whether the extension maps from or to anyPolicy, which RFC 5280 4.2.1.5 forbids. */
bool daotp__policy_mappings_name_any(const daotp__extension *extension);
bool daotp__inhibit_any_read(const daotp__extension *extension, int64_t *skip);

#endif
