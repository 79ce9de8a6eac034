/* SPDX-License-Identifier: BSD-2-Clause */
#include "validate/revocation.h"

#include "validate/build.h"
#include "validate/ocsp_check.h"
#include "validate/path.h"
#include "validate/scope.h"
#include "x509/name.h"
#include "x509/name_match.h"

enum { MAX_ANSWERS = 32 };

/* One certificate, and what is known of it so far. */
typedef struct inquiry {
    daotp__run *run;
    const daotp__path *path; /* its own, from the certificate up */
    const daotp__node *node;
    daotp__check *check;
    unsigned reasons; /* answered for */
    bool is_revoked, has_candidate;
    bool is_said; /* by an OCSP answer: */
    daotp__ocsp_answer said;
    const daotp__kept_crl *asked[MAX_ANSWERS]; /* that do not list it */
    size_t asked_count;
    bool is_overrun; /* more lists than are asked: what is not revoked is not known then */
    int reason;
    int64_t date;
} inquiry;

/* ---- findings about a CRL -------------------------------------------------------------------- */

static void find_crl(inquiry *q, const daotp__crl *crl, daotp_finding_number number)
{
    daotp__buffer text;

    daotp__buffer_init(&text, DAOTP__MAX_TEXT);
    if (q->check->report != NULL) {
        if (!daotp__name_text(crl->issuer, &text))
            daotp__buffer_clear(&text);
        if (crl->number.len > 0)
            daotp__buffer_text(&text, ", number ");
        for (size_t i = 0; i < crl->number.len; i++)
            daotp__buffer_format(&text, "%02x", (unsigned)crl->number.data[i]);
    }
    daotp__check_find(q->check, q->node, number, "%s", daotp__buffer_string(&text));
    daotp__buffer_free(&text);
}

/* ---- who signed it (RFC 5280 6.3.3 (f)) ------------------------------------------------------ */

static bool may_sign(const daotp__crl *crl, uint64_t issuer_hash, const daotp__node *node)
{
    if (node->subject_hash != issuer_hash ||
        !daotp__name_equal(node->certificate.subject, crl->issuer))
        return false;
    if (node->key_usage != NULL && (node->usage & DAOTP__KU_CRL_SIGN) == 0)
        return false;
    return crl->authority_key_id.len == 0 || node->key_id.len == 0 ||
           daotp__bytes_equal(crl->authority_key_id, node->key_id);
}

static bool is_being_judged(const daotp__run *run, const daotp__node *node)
{
    for (size_t i = 0; i < run->signer_count; i++)
        if (run->signers[i] == node)
            return true;
    return false;
}

static daotp_status judge_signer(daotp__run *run, const daotp__path *path, void *user)
{
    const daotp__node *anchor = user;
    daotp__check check = {0};

    if (path->list[path->count - 1] != anchor)
        return DAOTP_REJECTED;
    daotp__path_check(run, path, true, &check);
    if (check.verdict != DAOTP_REJECTED)
        daotp__revocation_check(run, path, &check);
    return check.verdict;
}

/* A signer off the path: it must lead to the same anchor, and not be revoked itself. One that is
 * covered by the list it signed is believed that far and no further. */
static bool leads_to_anchor(inquiry *q, daotp__node *signer)
{
    daotp__run *run = q->run;
    daotp__path path;
    bool leads;

    if (is_being_judged(run, signer))
        return true;
    if (run->signer_count == sizeof run->signers / sizeof run->signers[0])
        return false;
    run->signers[run->signer_count++] = signer;
    leads = daotp__path_build(run, signer, judge_signer, q->path->list[q->path->count - 1],
                              &path) == DAOTP_OK;
    run->signer_count--;
    return leads;
}

static bool is_on_path(const daotp__path *path, const daotp__node *node)
{
    for (size_t i = 1; i < path->count; i++) /* not the certificate itself */
        if (path->list[i] == node)
            return true;
    return false;
}

static daotp_finding_number try_signer(inquiry *q, daotp__kept_crl *kept, daotp__node *signer,
                                       bool on_path)
{
    daotp__crl_verdict verdict;

    if (!daotp__key_is_taken(signer))
        return DAOTP_FINDING_CRL_ALGORITHM;
    if (!daotp__kept_crl_is_proven(kept, signer) && !daotp__run_spend(q->run, signer))
        return DAOTP_FINDING_CHAIN_BUDGET;
    verdict = daotp__kept_crl_prove(kept, signer, q->node->certificate.serial);
    q->run->no_memory = q->run->no_memory || verdict == DAOTP__CRL_MEMORY;
    if (verdict == DAOTP__CRL_GOOD && !on_path && !leads_to_anchor(q, signer))
        return DAOTP_FINDING_CRL_SIGNER;
    if (verdict == DAOTP__CRL_GOOD && q->check->report == NULL) /* what is explained may not hold */
        daotp__kept_crl_believe(kept);
    return verdict == DAOTP__CRL_GOOD        ? 0
           : verdict == DAOTP__CRL_WEAK      ? DAOTP_FINDING_CRL_ALGORITHM
           : verdict == DAOTP__CRL_MALFORMED ? DAOTP_FINDING_CRL_ENTRIES
                                             : DAOTP_FINDING_CRL_SIGNATURE;
}

/* 0 when it is proven, else the best reason why not. */
static daotp_finding_number prove(inquiry *q, daotp__kept_crl *kept)
{
    const daotp__crl *crl = daotp__kept_crl_view(kept);
    uint64_t hash = daotp__kept_crl_issuer_hash(kept);
    daotp_finding_number why = DAOTP_FINDING_CRL_SIGNER, now;

    for (size_t i = 1; i < q->path->count; i++)
        if (may_sign(crl, hash, q->path->list[i])) {
            now = try_signer(q, kept, q->path->list[i], true);
            if (now == 0)
                return 0;
            why = now;
        }
    for (size_t i = 0; i < sizeof q->run->nodes / sizeof q->run->nodes[0]; i++)
        for (size_t k = 0; q->run->nodes[i] != NULL && k < q->run->nodes[i]->count; k++) {
            daotp__node *node = q->run->nodes[i]->list[k];

            if (is_on_path(q->path, node) || !may_sign(crl, hash, node))
                continue;
            now = try_signer(q, kept, node, false);
            if (now == 0)
                return 0;
            why = why == DAOTP_FINDING_CRL_SIGNER ? now : why;
        }
    return why;
}

/* ---- is it one that can be used? ------------------------------------------------------------- */

/* RFC 5280 5, as much as every CA must do. */
static bool is_in_profile(const daotp__crl *crl)
{
    return crl->version == 2 && crl->has_next_update && crl->number.len > 0 &&
           !crl->number_is_critical && crl->has_authority && crl->authority_key_id.len > 0;
}

static daotp_finding_number why_unusable(const daotp__kept_crl *kept)
{
    const daotp__crl *crl = daotp__kept_crl_view(kept);

    if (crl->unknown != NULL)
        return DAOTP_FINDING_CRL_CRITICAL;
    return is_in_profile(crl) ? 0 : DAOTP_FINDING_CRL_PROFILE;
}

/* After the walk: removeFromCRL belongs in a delta, and all that is critical must be known. */
static daotp_finding_number why_unsound(const daotp__kept_crl *kept)
{
    const daotp__crl_walk *facts = daotp__kept_crl_facts(kept);
    const daotp__crl *crl = daotp__kept_crl_view(kept);

    if (facts->unknown_critical)
        return DAOTP_FINDING_CRL_CRITICAL;
    return (facts->has_removals && crl->base_number.len == 0) ||
                   (facts->has_issuers && !crl->is_indirect)
               ? DAOTP_FINDING_CRL_PROFILE
               : 0;
}

static daotp_finding_number why_not_fresh(const inquiry *q, const daotp__crl *crl)
{
    const daotp__settings *settings = q->run->settings;

    if (settings->now < crl->this_update)
        return DAOTP_FINDING_CRL_NOT_YET;
    if (settings->now <= crl->next_update)
        return 0;
    return settings->now - crl->next_update <= settings->stale_seconds
               ? DAOTP_FINDING_CRL_STALE_TAKEN
               : DAOTP_FINDING_CRL_STALE;
}

/* ---- candidates ------------------------------------------------------------------------------ */

/* A CRL that answers for a distribution point, proven. */
typedef struct answer {
    daotp__kept_crl *kept;
    unsigned reasons;
} answer;

static bool is_same_scope(const daotp__crl *a, const daotp__crl *b)
{
    const daotp__extension *left = daotp__extensions_find(&a->extensions, DAOTP__OID_CRL_SCOPE);
    const daotp__extension *right = daotp__extensions_find(&b->extensions, DAOTP__OID_CRL_SCOPE);

    if (!daotp__name_equal(a->issuer, b->issuer))
        return false;
    return (left == NULL) == (right == NULL) &&
           (left == NULL || daotp__bytes_equal(left->value, right->value));
}

/* Which is the newer: by number, then by date; 0 where nothing tells. */
static int compare_age(const daotp__crl *a, const daotp__crl *b)
{
    int order = daotp__crl_number_compare(a->number, b->number);

    return order != 0 ? order
                      : (a->this_update > b->this_update) - (a->this_update < b->this_update);
}

static bool is_older(const answer *a, const daotp__crl *than)
{
    const daotp__crl *crl = daotp__kept_crl_view(a->kept);

    return is_same_scope(crl, than) && compare_age(crl, than) < 0;
}

/* The newest of each scope stands for it, fresh or not: an older one is never gone back to. Two of
 * the same age are both asked, unless they are the same. */
static void put_answer(inquiry *q, answer *list, size_t *count, answer one)
{
    const daotp__crl *crl = daotp__kept_crl_view(one.kept);
    size_t kept = 0;

    for (size_t i = 0; i < *count; i++) {
        const daotp__crl *other = daotp__kept_crl_view(list[i].kept);

        if (is_older(&one, other) || daotp__bytes_equal(crl->der, other->der))
            return;
    }
    for (size_t i = 0; i < *count; i++)
        if (!is_older(&list[i], crl))
            list[kept++] = list[i];
    *count = kept;
    if (*count < MAX_ANSWERS)
        list[(*count)++] = one;
    else
        q->is_overrun = true;
}

/* Does this CRL, a complete one, answer for the point? Then prove it. */
static void consider(inquiry *q, const daotp__point *point, daotp__kept_crl *kept, answer *list,
                     size_t *count)
{
    const daotp__crl *crl = daotp__kept_crl_view(kept);
    unsigned reasons = 0;
    daotp_finding_number why;

    if (crl->base_number.len > 0 || !daotp__scope_covers(crl, q->node, point, &reasons))
        return;
    q->has_candidate = true;
    why = why_unusable(kept);
    if (why == 0)
        why = prove(q, kept);
    if (why == 0)
        why = why_unsound(kept);
    if (why != 0)
        find_crl(q, crl, why);
    else if (q->run->settings->now < crl->this_update)
        find_crl(q, crl, DAOTP_FINDING_CRL_NOT_YET);
    else
        put_answer(q, list, count, (answer){kept, reasons});
}

static bool may_concern(const inquiry *q, const daotp__point *point, const daotp__kept_crl *kept)
{
    return point->issuer.len > 0 || daotp__kept_crl_issuer_hash(kept) == q->node->issuer_hash;
}

static size_t gather(inquiry *q, const daotp__point *point, answer *list)
{
    size_t count = 0;

    for (size_t i = 0; i < sizeof q->run->crls / sizeof q->run->crls[0]; i++)
        for (size_t k = 0; q->run->crls[i] != NULL && k < q->run->crls[i]->count; k++)
            if (may_concern(q, point, q->run->crls[i]->list[k]))
                consider(q, point, q->run->crls[i]->list[k], list, &count);
    return count;
}

/* ---- deltas (RFC 5280 6.3.3 (c), 5.2.4) ------------------------------------------------------ */

static bool is_delta_of(const daotp__crl *delta, const daotp__crl *complete)
{
    return delta->base_number.len > 0 && is_same_scope(delta, complete) &&
           daotp__bytes_equal(delta->authority_key_id, complete->authority_key_id) &&
           daotp__crl_number_compare(delta->base_number, complete->number) <= 0;
}

/* Published with the complete list, as AD CS does, or before it, it has nothing to add. */
static bool is_newer(const daotp__crl *delta, const daotp__crl *complete)
{
    return daotp__crl_number_compare(delta->number, complete->number) > 0;
}

static daotp_finding_number why_not_taken(inquiry *q, daotp__kept_crl *delta)
{
    daotp_finding_number why = why_unusable(delta);

    if (why == 0 && q->run->settings->now < daotp__kept_crl_view(delta)->this_update)
        why = DAOTP_FINDING_CRL_NOT_YET;
    if (why == 0)
        why = prove(q, delta);
    return why != 0 ? why : why_unsound(delta);
}

/* One that is not taken is told once. */
static daotp__kept_crl *newest_delta(inquiry *q, const daotp__crl *complete, bool again)
{
    daotp__kept_crl *newest = NULL;

    for (size_t i = 0; i < sizeof q->run->crls / sizeof q->run->crls[0]; i++)
        for (size_t k = 0; q->run->crls[i] != NULL && k < q->run->crls[i]->count; k++) {
            daotp__kept_crl *kept = q->run->crls[i]->list[k];
            const daotp__crl *delta = daotp__kept_crl_view(kept);

            daotp_finding_number why;

            if (!is_delta_of(delta, complete))
                continue;
            why = why_not_taken(q, kept);
            if (why != 0 && !again)
                find_crl(q, delta, why);
            if (why != 0)
                continue;
            if (newest == NULL || is_newer(delta, daotp__kept_crl_view(newest)))
                newest = kept;
        }
    return newest;
}

/* ---- where it could be had ------------------------------------------------------------------- */

static void want_uris(inquiry *q, daotp__want_kind kind, daotp__bytes names)
{
    daotp__general_name name;

    while (names.len > 0 && daotp__san_next(&names, &name))
        if (name.tag == DAOTP__DER_CONTEXT(6))
            daotp__run_want(q->run, kind, name.content, q->node, q->path->list[1]);
}

static void want_points(inquiry *q, daotp__want_kind kind, const daotp__extension *points)
{
    daotp__point point;
    daotp__bytes in;

    if (points == NULL || !daotp__points_begin(points, &in))
        return;
    while (in.len > 0 && daotp__points_next(&in, &point))
        want_uris(q, kind, point.name.full);
}

static void want_ocsp(inquiry *q)
{
    daotp__bytes in, one, oid;

    if (q->node->access == NULL ||
        !daotp__der_only(q->node->access->value, DAOTP__DER_SEQUENCE, &in))
        return;
    while (daotp__der_read(&in, DAOTP__DER_SEQUENCE, &one))
        if (daotp__der_read_oid(&one, &oid) && daotp__oid_is(oid, DAOTP__OID_AIA_OCSP))
            want_uris(q, DAOTP__WANT_OCSP, one);
}

/* RFC 5280 5.2.6, 4.2.1.15 */
static void want_delta(inquiry *q, const daotp__crl *complete)
{
    want_points(q, DAOTP__WANT_DELTA, complete->freshest);
    want_points(q, DAOTP__WANT_DELTA, q->node->freshest);
}

/* ---- the answer ------------------------------------------------------------------------------ */

static void note_revoked(inquiry *q, daotp__bytes hit)
{
    daotp__crl_entry entry;

    q->is_revoked = true;
    if (!daotp__crl_entry_read(&hit, &entry))
        return; /* never: it was walked */
    q->reason = entry.reason;
    q->date = entry.date;
}

/* Only a hold ends (RFC 5280 5.3.1); whatever else was said of it once stays true. */
static bool is_final(int reason)
{
    return reason != DAOTP__REASON_HOLD;
}

/* It was on hold, and the responder's newer answer says that it no longer is. */
static bool was_let_go(const inquiry *q, const daotp__crl *list, daotp__bytes hit)
{
    daotp__crl_entry entry;

    return q->is_said && list->this_update < q->said.this_update &&
           daotp__crl_entry_read(&hit, &entry) && !is_final(entry.reason);
}

/* false, with a finding: its file was damaged, so that nothing is known of this certificate. */
static bool look_up(inquiry *q, daotp__kept_crl *kept, daotp__crl_walk *walk)
{
    if (daotp__kept_crl_look_up(kept, q->node->certificate.serial, q->node->certificate.issuer,
                                walk))
        return true;
    find_crl(q, daotp__kept_crl_view(kept), DAOTP_FINDING_CRL_SIGNATURE);
    return false;
}

/* Another point may lead to the same list, and an indirect one is walked each time. */
static bool was_asked(inquiry *q, const daotp__kept_crl *kept)
{
    for (size_t i = 0; i < q->asked_count; i++)
        if (q->asked[i] == kept)
            return true;
    if (q->asked_count < MAX_ANSWERS)
        q->asked[q->asked_count++] = kept;
    return false;
}

/* What the delta says goes before what the list before it says. */
static void ask(inquiry *q, const answer *from)
{
    const daotp__crl *complete = daotp__kept_crl_view(from->kept);
    bool again = was_asked(q, from->kept);
    daotp__kept_crl *delta = newest_delta(q, complete, again);
    bool adds = delta != NULL && is_newer(daotp__kept_crl_view(delta), complete);
    const daotp__crl *newest = adds ? daotp__kept_crl_view(delta) : complete;
    daotp_finding_number why = why_not_fresh(q, newest);
    daotp__crl_walk walk = {0};

    if (delta == NULL || why_not_fresh(q, daotp__kept_crl_view(delta)) != 0)
        want_delta(q, complete);
    if (adds && !look_up(q, delta, &walk))
        return;
    if (!walk.found && !again && !look_up(q, from->kept, &walk))
        return;
    if (walk.found && !walk.is_removed && was_let_go(q, newest, walk.hit))
        return;
    if (walk.found && !walk.is_removed) {
        note_revoked(q, walk.hit);
        return; /* also from a list that is over */
    }
    if (why != 0 && !again)
        find_crl(q, newest, why);
    if (why == 0 || why == DAOTP_FINDING_CRL_STALE_TAKEN)
        q->reasons |= from->reasons;
}

static void ask_point(inquiry *q, const daotp__point *point)
{
    answer list[MAX_ANSWERS];
    size_t count = gather(q, point, list);

    for (size_t i = 0; i < count && !q->is_revoked; i++)
        ask(q, &list[i]);
    if (q->is_overrun && !q->is_revoked) {
        daotp__check_find(q->check, q->node, DAOTP_FINDING_CHAIN_BUDGET, "%d CRLs", MAX_ANSWERS);
        q->reasons = 0;
    }
}

static bool is_final_answer(const daotp__ocsp_answer *said)
{
    return said->status == DAOTP__OCSP_REVOKED && is_final(said->reason);
}

/* Of several the newest stands, and of two alike the one that revokes. */
static bool outranks(const inquiry *q, const daotp__ocsp_answer *said)
{
    if (!q->is_said || is_final_answer(said) || is_final_answer(&q->said))
        return !q->is_said || is_final_answer(said);
    return said->this_update > q->said.this_update ||
           (said->this_update == q->said.this_update && said->status == DAOTP__OCSP_REVOKED);
}

static void ask_ocsp(inquiry *q)
{
    for (size_t i = 0; i < q->run->ocsp_count; i++) {
        daotp__ocsp_answer said;
        bool concerns;
        daotp_finding_number why =
            daotp__ocsp_check(q->run, q->path, &q->run->ocsp[i], &concerns, &said);

        q->has_candidate = q->has_candidate || concerns;
        if (concerns && why != 0)
            daotp__check_find(q->check, q->node, why, "%s", "");
        else if (concerns && outranks(q, &said)) {
            q->is_said = true;
            q->said = said;
        }
    }
    if (!q->is_said)
        return;
    if (q->said.has_next_update && q->run->settings->now > q->said.next_update)
        daotp__check_find(q->check, q->node, DAOTP_FINDING_OCSP_STALE_TAKEN, "%s", "");
    if (q->said.status == DAOTP__OCSP_REVOKED) {
        q->is_revoked = true;
        q->reason = q->said.reason;
        q->date = q->said.revoked_at;
    } else {
        q->reasons = DAOTP__REASONS_ALL;
    }
}

/* After an answer that it is good the lists at hand are asked all the same: who was revoked since
 * can staple what was said of him before. */
static bool is_done(const inquiry *q)
{
    return q->is_revoked || q->is_overrun || (q->reasons == DAOTP__REASONS_ALL && !q->is_said);
}

/* RFC 5280 6.3.3: each distribution point, and at the end the issuer itself. */
static void ask_all(inquiry *q)
{
    daotp__point own = {.reasons = DAOTP__REASONS_ALL}, point;
    daotp__bytes in;

    ask_ocsp(q);
    if (q->node->points != NULL && daotp__points_begin(q->node->points, &in))
        while (in.len > 0 && !is_done(q) && daotp__points_next(&in, &point))
            ask_point(q, &point);
    if (!is_done(q))
        ask_point(q, &own);
}

/* ---- the verdict ----------------------------------------------------------------------------- */

static void find_revoked(inquiry *q)
{
    static const char *const reasons[] = {
        "unspecified",   "keyCompromise",        "cACompromise",    "affiliationChanged",
        "superseded",    "cessationOfOperation", "certificateHold", "7",
        "removeFromCRL", "privilegeWithdrawn",   "aACompromise"};
    char when[DAOTP__TIME_TEXT];

    daotp__check_find(q->check, q->node, DAOTP_FINDING_REVOKED, "%s, %s",
                      q->reason >= 0 && q->reason <= DAOTP__REASON_LAST ? reasons[q->reason] : "?",
                      daotp__time_text(q->date, when));
}

static void conclude(inquiry *q)
{
    if (!q->is_revoked && q->reasons != DAOTP__REASONS_ALL) {
        want_points(q, DAOTP__WANT_CRL, q->node->points);
        want_ocsp(q);
    }
    if (q->is_revoked)
        find_revoked(q);
    else if (q->reasons == DAOTP__REASONS_ALL)
        daotp__check_find(q->check, q->node, DAOTP_FINDING_REVOCATION_GOOD, "%s", "");
    else if (!q->has_candidate)
        daotp__check_find(q->check, q->node, DAOTP_FINDING_CRL_MISSING, "%s", "");
    else if (q->reasons != 0)
        daotp__check_find(q->check, q->node, DAOTP_FINDING_CRL_REASONS, "%s", "");
    else if (q->check->verdict == DAOTP_OK) /* else it was said why */
        daotp__check_find(q->check, q->node, DAOTP_FINDING_REVOCATION_UNKNOWN, "%s", "");
}

/* What was found on the way to an answer was not needed: it warns, no more. */
static void settle(inquiry *q, daotp__check *check, size_t before)
{
    bool known = q->is_revoked || q->reasons == DAOTP__REASONS_ALL;
    daotp__check *own = q->check;

    if (!known)
        conclude(q);
    if (known || q->run->settings->revocation == DAOTP_REVOCATION_PREFER) {
        if (own->report != NULL)
            daotp__report_soften(own->report, before);
        own->verdict = DAOTP_OK;
    }
    if (known)
        conclude(q);
    if (own->verdict != DAOTP_OK && (check->verdict == DAOTP_OK || own->verdict == DAOTP_REJECTED))
        check->verdict = own->verdict;
}

static void check_one(daotp__run *run, const daotp__path *path, size_t at, daotp__check *check)
{
    daotp__check own = {.report = check->report, .path = check->path};
    daotp__path rest = {.count = path->count - at};
    inquiry q = {.run = run, .path = &rest, .node = path->list[at], .check = &own};
    size_t before = check->report != NULL ? check->report->count : 0;

    for (size_t i = 0; i < rest.count; i++)
        rest.list[i] = path->list[at + i];
    ask_all(&q);
    settle(&q, check, before);
}

void daotp__revocation_check_first(daotp__run *run, const daotp__path *path, daotp__check *check)
{
    check_one(run, path, 0, check);
}

void daotp__revocation_check(daotp__run *run, const daotp__path *path, daotp__check *check)
{
    if (run->settings->revocation == DAOTP_REVOCATION_IGNORE)
        return;
    for (size_t at = path->count - 1; at > 0 && !daotp__check_is_over(check); at--)
        check_one(run, path, at - 1, check);
}
