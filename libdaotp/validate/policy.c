/* SPDX-License-Identifier: BSD-2-Clause */
#include "validate/policy.h"

#include "core/memory.h"

/* A node of the policy graph at one depth (RFC 9618). Its parents are nodes of the depth before; a
 * node without parents has anyPolicy as its parent. */
typedef struct policy_node {
    daotp__bytes policy;
    bool is_mapped, is_gone, is_reached, has_parent;
} policy_node;

typedef struct edge {
    uint16_t child, parent;
} edge;

typedef struct level {
    size_t begin, end;             /* the nodes of this depth */
    size_t edges_begin, edges_end; /* the edges from them to the depth above */
    bool has_any;
} level;

struct daotp__policy_graph {
    policy_node nodes[DAOTP__MAX_POLICY_NODES];
    edge edges[2 * DAOTP__MAX_POLICY_NODES];
    level levels[DAOTP__MAX_PATH + 1];
    size_t depth, node_count, edge_count, work_left;
};

daotp__policy_graph *daotp__policy_graph_new(void)
{
    /* not daotp__new(): the graph is large, mostly unused and not secret, so it need not be wiped
     */
    return daotp__memory_get(sizeof(daotp__policy_graph));
}

void daotp__policy_graph_free(daotp__policy_graph *graph)
{
    daotp__memory_put(graph);
}

void daotp__policy_graph_allow(daotp__policy_graph *graph, size_t work)
{
    graph->work_left = work;
}

void daotp__policy_graph_begin(daotp__policy_graph *graph)
{
    graph->depth = graph->node_count = graph->edge_count = 0;
    graph->levels[0] = (level){.has_any = true};
}

static level *policy_current(daotp__policy_graph *graph)
{
    return &graph->levels[graph->depth];
}

static bool policy_spend(daotp__policy_graph *graph, size_t work)
{
    bool enough = graph->work_left >= work;

    graph->work_left = enough ? graph->work_left - work : 0;
    return enough;
}

enum { COMPARISONS = 64 }; /* comparisons that are charged like one node */

/* Charge for comparing count policies with all nodes of the current depth. */
static bool spend_on_level(daotp__policy_graph *graph, size_t count)
{
    return policy_spend(graph, count * (policy_current(graph)->end - policy_current(graph)->begin) /
                                   COMPARISONS);
}

/* ---- reading --------------------------------------------------------------------------------- */

static bool next_policy(daotp__bytes *in, daotp__bytes *policy)
{
    daotp__bytes one, qualifiers;

    if (!daotp__der_read(in, DAOTP__DER_SEQUENCE, &one) || !daotp__der_read_oid(&one, policy))
        return false;
    return one.len == 0 || (daotp__der_only(one, DAOTP__DER_SEQUENCE, &qualifiers) &&
                            qualifiers.len > 0 && daotp__der_valid(one, DAOTP__MAX_DER_DEPTH));
}

static daotp__policy_verdict read_policies(daotp__policy_graph *graph,
                                           const daotp__extension *extension, daotp__bytes *list,
                                           size_t *count)
{
    daotp__bytes in;

    *count = 0;
    if (!daotp__der_only(extension->value, DAOTP__DER_SEQUENCE, &in) || in.len == 0)
        return DAOTP__POLICY_MALFORMED;
    while (in.len > 0) {
        if (*count == DAOTP__MAX_POLICIES || !policy_spend(graph, *count / COMPARISONS))
            return DAOTP__POLICY_TOO_MANY;
        if (!next_policy(&in, &list[*count]))
            return DAOTP__POLICY_MALFORMED;
        for (size_t i = 0; i < *count; i++) /* RFC 5280 4.2.1.4: a policy must not occur twice */
            if (daotp__bytes_equal(list[i], list[*count]))
                return DAOTP__POLICY_MALFORMED;
        ++*count;
    }
    return DAOTP__POLICY_GOOD;
}

static bool read_skip(daotp__bytes content, int64_t *skip)
{
    uint8_t whole[16] = {DAOTP__DER_INTEGER, (uint8_t)content.len};
    daotp__bytes in = {whole, content.len + 2};
    uint32_t value;

    if (content.len == 0 || content.len > 5)
        return false;
    for (size_t i = 0; i < content.len; i++)
        whole[2 + i] = content.data[i];
    if (!daotp__der_read_unsigned(&in, &value))
        return false;
    *skip = value;
    return true;
}

bool daotp__policy_constraints_read(const daotp__extension *extension, int64_t *require_explicit,
                                    int64_t *inhibit_mapping)
{
    daotp__bytes in, part;

    *require_explicit = *inhibit_mapping = -1;
    if (!daotp__der_only(extension->value, DAOTP__DER_SEQUENCE, &in) || in.len == 0)
        return false;
    if (daotp__der_peek(&in, DAOTP__DER_CONTEXT(0)) &&
        (!daotp__der_read(&in, DAOTP__DER_CONTEXT(0), &part) || !read_skip(part, require_explicit)))
        return false;
    if (daotp__der_peek(&in, DAOTP__DER_CONTEXT(1)) &&
        (!daotp__der_read(&in, DAOTP__DER_CONTEXT(1), &part) || !read_skip(part, inhibit_mapping)))
        return false;
    return in.len == 0;
}

bool daotp__inhibit_any_read(const daotp__extension *extension, int64_t *skip)
{
    daotp__bytes content;

    *skip = -1;
    return daotp__der_only(extension->value, DAOTP__DER_INTEGER, &content) &&
           read_skip(content, skip);
}

/* ---- the graph ------------------------------------------------------------------------------- */

static policy_node *policy_find(daotp__policy_graph *graph, const level *in, daotp__bytes policy)
{
    for (size_t i = in->begin; i < in->end; i++)
        if (!graph->nodes[i].is_gone && daotp__bytes_equal(graph->nodes[i].policy, policy))
            return &graph->nodes[i];
    return NULL;
}

/* Append a node to the current depth. */
static policy_node *policy_add(daotp__policy_graph *graph, daotp__bytes policy)
{
    policy_node *node;

    if (graph->node_count == DAOTP__MAX_POLICY_NODES || graph->work_left == 0)
        return NULL;
    graph->work_left--;
    node = &graph->nodes[graph->node_count++];
    *node = (policy_node){.policy = policy};
    policy_current(graph)->end = graph->node_count;
    return node;
}

static bool policy_has(const daotp__bytes *list, size_t count, daotp__bytes policy)
{
    for (size_t i = 0; i < count; i++)
        if (daotp__bytes_equal(list[i], policy))
            return true;
    return false;
}

static void clear_level(daotp__policy_graph *graph)
{
    level *now = policy_current(graph);

    for (size_t i = now->begin; i < now->end; i++)
        graph->nodes[i].is_gone = true;
    now->has_any = false;
}

/* The current depth holds the expected policies of the depth above. Remove the policies that the
 * certificate does not assert. If the depth above had anyPolicy, add the policies that the
 * certificate asserts in addition. */
static daotp__policy_verdict policy_intersect(daotp__policy_graph *graph, const daotp__bytes *list,
                                              size_t count, bool any)
{
    level *now = policy_current(graph);
    bool had_any = now->has_any;

    for (size_t i = now->begin; i < now->end; i++)
        if (!any && !policy_has(list, count, graph->nodes[i].policy))
            graph->nodes[i].is_gone = true;
    now->has_any = had_any && any;
    for (size_t i = 0; had_any && i < count; i++)
        if (!daotp__oid_is(list[i], DAOTP__OID_ANY_POLICY) &&
            policy_find(graph, now, list[i]) == NULL && policy_add(graph, list[i]) == NULL)
            return DAOTP__POLICY_TOO_MANY;
    return DAOTP__POLICY_GOOD;
}

daotp__policy_verdict daotp__policy_graph_take(daotp__policy_graph *graph, const daotp__node *node,
                                               bool any_allowed)
{
    daotp__bytes list[DAOTP__MAX_POLICIES];
    daotp__policy_verdict verdict;
    size_t count;

    if (node->policies == NULL) {
        clear_level(graph);
        return DAOTP__POLICY_GOOD;
    }
    verdict = read_policies(graph, node->policies, list, &count);
    if (verdict != DAOTP__POLICY_GOOD)
        return verdict;
    if (!spend_on_level(graph, count))
        return DAOTP__POLICY_TOO_MANY;
    return policy_intersect(graph, list, count,
                            any_allowed &&
                                policy_has(list, count, daotp__oid(DAOTP__OID_ANY_POLICY)));
}

/* ---- mapping --------------------------------------------------------------------------------- */

typedef struct mapping {
    daotp__bytes issuer, subject;
} mapping;

static bool read_mapping(daotp__bytes *in, mapping *one)
{
    daotp__bytes pair;

    return daotp__der_read(in, DAOTP__DER_SEQUENCE, &pair) &&
           daotp__der_read_oid(&pair, &one->issuer) && daotp__der_read_oid(&pair, &one->subject) &&
           pair.len == 0;
}

static daotp__policy_verdict read_mappings(const daotp__extension *extension, mapping *list,
                                           size_t *count)
{
    daotp__bytes in;

    *count = 0;
    if (!daotp__der_only(extension->value, DAOTP__DER_SEQUENCE, &in) || in.len == 0)
        return DAOTP__POLICY_MALFORMED;
    while (in.len > 0) {
        mapping *now = &list[*count];

        if (*count == DAOTP__MAX_POLICIES)
            return DAOTP__POLICY_TOO_MANY;
        /* RFC 5280 6.1.4 (a): anyPolicy is never mapped */
        if (!read_mapping(&in, now) || daotp__oid_is(now->issuer, DAOTP__OID_ANY_POLICY) ||
            daotp__oid_is(now->subject, DAOTP__OID_ANY_POLICY))
            return DAOTP__POLICY_MALFORMED;
        ++*count;
    }
    return DAOTP__POLICY_GOOD;
}

bool daotp__policy_mappings_are_valid(const daotp__extension *extension)
{
    daotp__bytes in;
    mapping ignored;

    if (!daotp__der_only(extension->value, DAOTP__DER_SEQUENCE, &in) || in.len == 0)
        return false;
    while (in.len > 0)
        if (!read_mapping(&in, &ignored))
            return false;
    return true;
}

bool daotp__policy_mappings_name_any(const daotp__extension *extension)
{
    daotp__bytes in;
    mapping one;

    if (!daotp__der_only(extension->value, DAOTP__DER_SEQUENCE, &in))
        return false;
    while (in.len > 0 && read_mapping(&in, &one))
        if (daotp__oid_is(one.issuer, DAOTP__OID_ANY_POLICY) ||
            daotp__oid_is(one.subject, DAOTP__OID_ANY_POLICY))
            return true;
    return false;
}

/* RFC 5280 6.1.4 (b)(1): mark the nodes that are mapped. A mapped policy without a node gets one
 * below anyPolicy. */
static daotp__policy_verdict policy_mark(daotp__policy_graph *graph, const mapping *list,
                                         size_t count)
{
    for (size_t i = 0; i < count; i++) {
        policy_node *node = policy_find(graph, policy_current(graph), list[i].issuer);

        if (node == NULL && policy_current(graph)->has_any) {
            node = policy_add(graph, list[i].issuer);
            if (node == NULL)
                return DAOTP__POLICY_TOO_MANY;
        }
        if (node != NULL)
            node->is_mapped = true;
    }
    return DAOTP__POLICY_GOOD;
}

/* RFC 5280 6.1.4 (b)(2): mapping is inhibited. */
static void remove_mapped(daotp__policy_graph *graph, const mapping *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        policy_node *node = policy_find(graph, policy_current(graph), list[i].issuer);

        if (node != NULL)
            node->is_gone = true;
    }
}

static bool policy_join(daotp__policy_graph *graph, daotp__bytes policy, const policy_node *parent)
{
    policy_node *child = policy_find(graph, policy_current(graph), policy);

    if (child == NULL)
        child = policy_add(graph, policy);
    if (child == NULL || graph->work_left == 0 ||
        graph->edge_count == sizeof graph->edges / sizeof graph->edges[0])
        return false;
    graph->work_left--;
    child->has_parent = true;
    graph->edges[graph->edge_count++] =
        (edge){(uint16_t)(child - graph->nodes), (uint16_t)(parent - graph->nodes)};
    policy_current(graph)->edges_end = graph->edge_count;
    return true;
}

static daotp__policy_verdict next_level(daotp__policy_graph *graph, const mapping *list,
                                        size_t count)
{
    const level *above = policy_current(graph);

    if (++graph->depth > DAOTP__MAX_PATH)
        return DAOTP__POLICY_TOO_MANY;
    *policy_current(graph) = (level){graph->node_count, graph->node_count, graph->edge_count,
                                     graph->edge_count, above->has_any};
    for (size_t i = 0; i < count; i++) {
        const policy_node *parent = policy_find(graph, above, list[i].issuer);

        if (parent != NULL && parent->is_mapped && !policy_join(graph, list[i].subject, parent))
            return DAOTP__POLICY_TOO_MANY;
    }
    for (size_t i = above->begin; i < above->end; i++)
        if (!graph->nodes[i].is_gone && !graph->nodes[i].is_mapped &&
            !policy_join(graph, graph->nodes[i].policy, &graph->nodes[i]))
            return DAOTP__POLICY_TOO_MANY;
    return DAOTP__POLICY_GOOD;
}

daotp__policy_verdict daotp__policy_graph_map(daotp__policy_graph *graph, const daotp__node *node,
                                              bool allowed)
{
    mapping list[DAOTP__MAX_POLICIES + 1];
    daotp__policy_verdict verdict = DAOTP__POLICY_GOOD;
    size_t count = 0;

    if (node->mappings != NULL)
        verdict = read_mappings(node->mappings, list, &count);
    if (verdict == DAOTP__POLICY_GOOD && !spend_on_level(graph, count))
        verdict = DAOTP__POLICY_TOO_MANY;
    if (verdict != DAOTP__POLICY_GOOD)
        return verdict;
    if (allowed)
        verdict = policy_mark(graph, list, count);
    else
        remove_mapped(graph, list, count);
    if (verdict != DAOTP__POLICY_GOOD)
        return verdict;
    return next_level(graph, list, allowed ? count : 0);
}

/* ---- what came of it ------------------------------------------------------------------------- */

bool daotp__policy_graph_is_empty(const daotp__policy_graph *graph)
{
    const level *now = &graph->levels[graph->depth];

    if (now->has_any)
        return false;
    for (size_t i = now->begin; i < now->end; i++)
        if (!graph->nodes[i].is_gone)
            return false;
    return true;
}

static void reach_upward(daotp__policy_graph *graph)
{
    const level *last = policy_current(graph);

    for (size_t i = 0; i < graph->node_count; i++)
        graph->nodes[i].is_reached = i >= last->begin && i < last->end && !graph->nodes[i].is_gone;
    for (size_t i = graph->edge_count; i > 0;
         i--) /* children have a larger index than their parents */
        if (graph->nodes[graph->edges[i - 1].child].is_reached)
            graph->nodes[graph->edges[i - 1].parent].is_reached = true;
}

static void policy_put(daotp__bytes policy, daotp__bytes *set, size_t max, size_t *count)
{
    if (policy_has(set, *count < max ? *count : max, policy))
        return;
    if (*count < max)
        set[*count] = policy;
    ++*count;
}

size_t daotp__policy_graph_finish(daotp__policy_graph *graph, const daotp__bytes *wanted,
                                  size_t wanted_count, daotp__bytes *set, size_t max)
{
    bool any_wanted =
        wanted_count == 0 || policy_has(wanted, wanted_count, daotp__oid(DAOTP__OID_ANY_POLICY));
    bool has_any = policy_current(graph)->has_any;
    size_t count = 0;

    reach_upward(graph);
    for (size_t i = 0; i < graph->node_count; i++)
        if (graph->nodes[i].is_reached && !graph->nodes[i].has_parent &&
            (any_wanted || policy_has(wanted, wanted_count, graph->nodes[i].policy)))
            policy_put(graph->nodes[i].policy, set, max, &count);
    if (has_any && any_wanted)
        policy_put(daotp__oid(DAOTP__OID_ANY_POLICY), set, max, &count);
    for (size_t i = 0; has_any && !any_wanted && i < wanted_count; i++)
        policy_put(wanted[i], set, max, &count);
    return count;
}
