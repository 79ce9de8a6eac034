/* SPDX-License-Identifier: BSD-2-Clause */
#include "validate/build.h"

#include "validate/signature_check.h"
#include "x509/name_match.h"

/* The state of the path search, with the best path so far. */
typedef struct search {
    daotp__run *run;
    daotp__accept_path_fn *accept;
    void *user;
    daotp__path path, best;
    daotp_status status; /* of the best path; DAOTP_AGAIN: no complete path was validated yet */
    bool takes_all;      /* also include certificates that cannot issue, to report why */
} search;

/* ---- who may be the issuer ------------------------------------------------------------------- */

/* Byte-equal names are free; other comparisons use up the name budget. */
static bool same_name(daotp__run *run, daotp__bytes a, daotp__bytes b)
{
    size_t cost = 1 + (a.len + b.len) / 16;

    if (daotp__bytes_equal(a, b))
        return true;
    if (run->names_left < cost) {
        run->is_exhausted = true;
        return false;
    }
    run->names_left -= cost;
    return daotp__name_equal(a, b);
}

static bool is_on_path(daotp__run *run, const daotp__path *path, const daotp__node *node)
{
    for (size_t i = 0; i < path->count; i++)
        if (path->list[i]->subject_hash == node->subject_hash &&
            daotp__bytes_equal(path->list[i]->certificate.spki, node->certificate.spki) &&
            same_name(run, path->list[i]->certificate.subject, node->certificate.subject))
            return true;
    return false;
}

/* The rank of a candidate, computed without cryptography. */
static int build_rank(const daotp__run *run, const daotp__node *child, const daotp__node *node)
{
    int64_t now = run->settings->now;
    int score = 0;

    if (child->authority_key_id.len > 0 && node->key_id.len > 0)
        score += daotp__bytes_equal(child->authority_key_id, node->key_id) ? 8 : -8;
    if (now >= node->certificate.not_before && now <= node->certificate.not_after)
        score += 4;
    if (node->is_ca && (node->key_usage == NULL || (node->usage & DAOTP__KU_CERT_SIGN) != 0))
        score += 16;
    return score + node->is_anchor;
}

static bool is_candidate(daotp__run *run, const daotp__node *child, const daotp__node *node)
{
    return node->subject_hash == child->issuer_hash &&
           same_name(run, node->certificate.subject, child->certificate.issuer);
}

enum { LEAST_RANK = -8, RANKS = 8 + 16 + 8 + 4 + 1 + 1 };

/* The set of ranks that occur, one bit each; the highest is the best. */
static uint64_t find_ranks(daotp__run *run, const daotp__node *child)
{
    uint64_t ranks = 0;

    for (size_t i = 0; i < sizeof run->nodes / sizeof run->nodes[0]; i++)
        for (size_t k = 0; run->nodes[i] != NULL && k < run->nodes[i]->count; k++)
            if (is_candidate(run, child, run->nodes[i]->list[k]))
                ranks |= UINT64_C(1)
                         << (build_rank(run, child, run->nodes[i]->list[k]) - LEAST_RANK);
    return ranks;
}

/* ---- the search ------------------------------------------------------------------------------ */

static int build_worth(daotp_status status)
{
    if (status == DAOTP_OK)
        return 3;
    return status == DAOTP_UNDECIDED ? 2 : status == DAOTP_REJECTED;
}

/* Validate the path if it has reached an anchor; otherwise note how far it came. */
static void build_note(search *s, daotp_status status)
{
    if (status == DAOTP_AGAIN) {
        if (s->status != DAOTP_AGAIN || s->path.count <= s->best.count)
            return;
    } else if (build_worth(status) <= build_worth(s->status)) {
        return;
    }
    s->status = status;
    s->best = s->path;
}

/* Whether this certificate can issue no certificate in any path. Then no signature is checked
 * with its key. */
static bool cannot_issue(const daotp__run *run, const daotp__node *node)
{
    if (node->is_anchor)
        return false;
    return !node->is_ca || (node->key_usage != NULL && (node->usage & DAOTP__KU_CERT_SIGN) == 0) ||
           run->settings->now < node->certificate.not_before ||
           run->settings->now > node->certificate.not_after || node->unknown != NULL ||
           node->malformed != NULL;
}

static bool build_climb(search *s);

static bool try_issuer(search *s, daotp__node *child, daotp__node *issuer)
{
    bool found = false;

    s->path.list[s->path.count++] = issuer;
    if (issuer->is_anchor) {
        daotp_status status = s->accept(s->run, &s->path, s->user);

        build_note(s, status);
        found = status == DAOTP_OK;
    } else {
        build_note(s, DAOTP_AGAIN);
        if (s->takes_all ||
            (!cannot_issue(s->run, issuer) && daotp__signature_check(s->run, child, issuer) == 0))
            found = build_climb(s);
    }
    s->path.count--;
    return found;
}

/* Try the candidates of one rank, in their order in the lists. An anchor ends the path; its own
 * signature is not checked. */
static bool try_rank(search *s, daotp__node *child, int wanted)
{
    daotp__run *run = s->run;

    for (size_t i = 0; i < sizeof run->nodes / sizeof run->nodes[0]; i++)
        for (size_t k = 0; run->nodes[i] != NULL && k < run->nodes[i]->count; k++) {
            daotp__node *node = run->nodes[i]->list[k];

            if (build_rank(run, child, node) != wanted || !is_candidate(run, child, node) ||
                (!node->is_anchor && is_on_path(run, &s->path, node)))
                continue;
            if (run->edges_left == 0) {
                s->run->is_exhausted = true;
                return false;
            }
            s->run->edges_left--;
            if (try_issuer(s, child, node))
                return true;
        }
    return false;
}

static bool build_climb(search *s)
{
    daotp__node *child = s->path.list[s->path.count - 1];
    uint64_t ranks = s->path.count < DAOTP__MAX_PATH ? find_ranks(s->run, child) : 0;

    for (int i = RANKS; i >= 0; i--)
        if ((ranks >> i & 1) != 0 && try_rank(s, child, i + LEAST_RANK))
            return true;
    return false;
}

daotp_status daotp__path_build(daotp__run *run, daotp__node *leaf, daotp__accept_path_fn *accept,
                               void *user, daotp__path *path)
{
    search s = {.run = run, .accept = accept, .user = user, .status = DAOTP_AGAIN};

    s.path = (daotp__path){{leaf}, 1};
    s.best = s.path;
    (void)build_climb(&s);
    if (s.status == DAOTP_AGAIN && s.best.count > 1 && !run->is_exhausted) {
        s.takes_all = true;
        (void)build_climb(&s);
    }
    *path = s.best;
    if (s.status != DAOTP_OK && run->is_exhausted)
        return DAOTP_UNDECIDED;
    return s.status == DAOTP_AGAIN ? DAOTP_REJECTED : s.status;
}
