/* SPDX-License-Identifier: BSD-2-Clause */
#include "validate/build.h"

#include "x509/name_match.h"

/* A search, and the best that it has seen. */
typedef struct search {
    daotp__run *run;
    daotp__judge_fn *judge;
    void *user;
    daotp__path path, best;
    daotp_status status; /* of the best; DAOTP_AGAIN: no whole path was judged */
} search;

/* ---- who may be the issuer ------------------------------------------------------------------- */

enum { MAX_CANDIDATES = 64 }; /* of one certificate: same-name CAs beyond that are not tried */

typedef struct candidate {
    daotp__node *node;
    int rank;
} candidate;

static bool is_on_path(const daotp__path *path, const daotp__node *node)
{
    for (size_t i = 0; i < path->count; i++)
        if (path->list[i]->subject_hash == node->subject_hash &&
            daotp__bytes_equal(path->list[i]->certificate.spki, node->certificate.spki) &&
            daotp__name_equal(path->list[i]->certificate.subject, node->certificate.subject))
            return true;
    return false;
}

/* What speaks for it, before anything is computed. */
static int rank(const daotp__run *run, const daotp__node *child, const daotp__node *node)
{
    int64_t now = run->settings->now;
    int points = 0;

    if (child->authority_key_id.len > 0 && node->key_id.len > 0)
        points += daotp__bytes_equal(child->authority_key_id, node->key_id) ? 8 : -8;
    if (now >= node->certificate.not_before && now <= node->certificate.not_after)
        points += 4;
    if (node->is_ca && (node->key_usage == NULL || (node->usage & DAOTP__KU_CERT_SIGN) != 0))
        points += 16;
    return points + node->is_anchor;
}

static void insert(candidate *list, size_t *count, candidate one)
{
    size_t at;

    if (*count == MAX_CANDIDATES) {
        if (list[*count - 1].rank >= one.rank)
            return;
        --*count;
    }
    for (at = *count; at > 0 && list[at - 1].rank < one.rank; at--)
        list[at] = list[at - 1];
    list[at] = one;
    ++*count;
}

static size_t find_issuers(const search *s, const daotp__node *child, candidate *list)
{
    size_t count = 0;

    for (size_t i = 0; i < sizeof s->run->nodes / sizeof s->run->nodes[0]; i++)
        for (size_t k = 0; s->run->nodes[i] != NULL && k < s->run->nodes[i]->count; k++) {
            daotp__node *node = s->run->nodes[i]->list[k];

            if (node->subject_hash == child->issuer_hash &&
                daotp__name_equal(node->certificate.subject, child->certificate.issuer))
                insert(list, &count, (candidate){node, rank(s->run, child, node)});
        }
    return count;
}

/* ---- the search ------------------------------------------------------------------------------ */

static int worth(daotp_status status)
{
    return status == DAOTP_OK ? 3 : status == DAOTP_UNDECIDED ? 2 : status == DAOTP_REJECTED;
}

/* The path stands up to an anchor, or goes no further. */
static void note(search *s, daotp_status status)
{
    if (status == DAOTP_AGAIN) {
        if (s->status != DAOTP_AGAIN || s->path.count <= s->best.count)
            return;
    } else if (worth(status) <= worth(s->status)) {
        return;
    }
    s->status = status;
    s->best = s->path;
}

/* Can this certificate never stand above another, whatever the path? Then no signature is spent.
 */
static bool cannot_issue(const daotp__run *run, const daotp__node *node)
{
    if (node->is_anchor)
        return false;
    return !node->is_ca || (node->key_usage != NULL && (node->usage & DAOTP__KU_CERT_SIGN) == 0) ||
           run->settings->now < node->certificate.not_before ||
           run->settings->now > node->certificate.not_after || node->unknown != NULL ||
           node->malformed != NULL;
}

static bool climb(search *s);

static bool try_issuer(search *s, daotp__node *child, daotp__node *issuer)
{
    bool found = false;

    s->path.list[s->path.count++] = issuer;
    if (issuer->is_anchor) {
        daotp_status status = s->judge(s->run, &s->path, s->user);

        note(s, status);
        found = status == DAOTP_OK;
    } else {
        note(s, DAOTP_AGAIN);
        if (!cannot_issue(s->run, issuer) && daotp__run_signature(s->run, child, issuer) == 0)
            found = climb(s);
    }
    s->path.count--;
    return found;
}

/* An anchor ends the path, whoever signed it. */
static bool climb(search *s)
{
    daotp__node *child = s->path.list[s->path.count - 1];
    candidate list[MAX_CANDIDATES];
    size_t count = find_issuers(s, child, list);

    if (s->path.count == DAOTP__MAX_PATH)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (is_on_path(&s->path, list[i].node) && !list[i].node->is_anchor)
            continue;
        if (s->run->edges_left == 0)
            return false;
        s->run->edges_left--;
        if (try_issuer(s, child, list[i].node))
            return true;
    }
    return false;
}

daotp_status daotp__path_build(daotp__run *run, daotp__node *leaf, daotp__judge_fn *judge,
                               void *user, daotp__path *path)
{
    search s = {.run = run, .judge = judge, .user = user, .status = DAOTP_AGAIN};

    s.path = (daotp__path){{leaf}, 1};
    s.best = s.path;
    (void)climb(&s);
    *path = s.best;
    if (s.status != DAOTP_OK && run->edges_left == 0)
        return DAOTP_UNDECIDED;
    return s.status == DAOTP_AGAIN ? DAOTP_REJECTED : s.status;
}
