/* SPDX-License-Identifier: BSD-2-Clause */
/* Certificate policies (RFC 5280 6.1 as updated by RFC 9618): a graph, one depth for each
 * certificate, whose size is bounded by certificates times policies. */
#ifndef DAOTP_VALIDATE_POLICY_H
#define DAOTP_VALIDATE_POLICY_H

#include "x509/node.h"

typedef struct daotp__policy_graph daotp__policy_graph;

daotp__policy_graph *daotp__policy_graph_new(void);
void daotp__policy_graph_free(daotp__policy_graph *graph);
/* Called at the beginning of a run: sets the budget for all its paths. */
void daotp__policy_graph_allow(daotp__policy_graph *graph, size_t work);
/* One node, any-policy, without constraints (RFC 9618 5.2). */
void daotp__policy_graph_begin(daotp__policy_graph *graph);

typedef enum daotp__policy_verdict {
    DAOTP__POLICY_GOOD,
    DAOTP__POLICY_MALFORMED, /* the extension, or an OID twice in it */
    DAOTP__POLICY_TOO_MANY   /* the budget is used up */
} daotp__policy_verdict;

/* RFC 5280 6.1.3 (d), (e). any_allowed: whether anyPolicy counts in this certificate. */
daotp__policy_verdict daotp__policy_graph_take(daotp__policy_graph *graph, const daotp__node *node,
                                               bool any_allowed);
/* RFC 5280 6.1.4 (a), (b), then the next depth. allowed: whether policy_mapping is above 0. */
daotp__policy_verdict daotp__policy_graph_map(daotp__policy_graph *graph, const daotp__node *node,
                                              bool allowed);
bool daotp__policy_graph_is_empty(const daotp__policy_graph *graph);

/*
 * RFC 5280 6.1.5 (g): the user-constrained-policy-set, as views into the certificates and into
 * wanted, which holds the user's initial set (none: any-policy). Answers how many; at most max are
 * written.
 */
size_t daotp__policy_graph_finish(daotp__policy_graph *graph, const daotp__bytes *wanted,
                                  size_t wanted_count, daotp__bytes *set, size_t max);

/* PolicyConstraints (RFC 5280 4.2.1.11) and InhibitAnyPolicy: -1 for what is not there. */
bool daotp__policy_constraints_read(const daotp__extension *extension, int64_t *require_explicit,
                                    int64_t *inhibit_mapping);
/* Whether it can be read; the mapped policies do not matter. */
bool daotp__policy_mappings_are_valid(const daotp__extension *extension);
/* RFC 5280 4.2.1.5: policies must be mapped neither from nor to anyPolicy. */
bool daotp__policy_mappings_name_any(const daotp__extension *extension);
bool daotp__inhibit_any_read(const daotp__extension *extension, int64_t *skip);

#endif
