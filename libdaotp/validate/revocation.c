/* SPDX-License-Identifier: BSD-2-Clause */
#include "validate/revocation.h"

#include "core/hex.h"
#include "validate/crl_signer.h"
#include "validate/ocsp_check.h"
#include "validate/scope.h"
#include "x509/name.h"
#include "x509/name_match.h"

#include <stdio.h>

enum { MAX_ANSWERS = 32 };

/* A verified CRL whose scope covers the certificate. */
typedef struct answer {
    daotp__indexed_crl *indexed;
    daotp__crl_signer signer;
    unsigned reasons;
    daotp_finding_number
        fault;            /* why the CRL cannot show that the certificate is good; 0: it can */
    daotp__crl_scan scan; /* holds its entry for the certificate, if there is one */
} answer;

/* The check of one certificate: what is known about its revocation so far. */
typedef struct inquiry {
    daotp__run *run;
    const daotp__path *path; /* the path from this certificate up */
    const daotp__node *node;
    daotp__checklist *check;
    unsigned reasons;       /* the reasons that usable CRLs and responses cover */
    unsigned fresh_reasons; /* those of them that fresh CRLs cover which the peer did not supply */
    bool is_revoked, has_candidate;
    bool is_softly_revoked;   /* revoked only by CRLs that are stale or break RFC 5280 5 */
    daotp__ocsp_answers said; /* the answers of the OCSP responses that count */
    bool was_asked;           /* the known answer was fetched by us, not stapled by the peer */
    bool has_crl_issuer;      /* a distribution point has a cRLIssuer */
    answer answers[MAX_ANSWERS];
    size_t answer_count;
    bool is_overrun; /* not everything available was read, so "not revoked" is uncertain */
    int reason;
    int64_t date;
} inquiry;

static const daotp__crl *view_of(const answer *one)
{
    return daotp__indexed_crl_view(one->indexed);
}

/* ---- findings about a CRL -------------------------------------------------------------------- */

/* Report a finding about a CRL. fault: what is wrong with it; NULL: the finding says it all. */
static void report_crl(inquiry *q, const daotp__crl *crl, daotp_finding_number number,
                       const char *fault)
{
    daotp__buffer text;

    daotp__buffer_init(&text, DAOTP__MAX_TEXT);
    if (q->check->report != NULL) {
        if (!daotp__name_text(crl->issuer, &text))
            daotp__buffer_clear(&text);
        if (crl->number.len > 0)
            daotp__buffer_text(&text, ", number ");
        daotp__hex_write(&text, crl->number);
        if (fault != NULL)
            daotp__buffer_format(&text, ": %s", fault);
    }
    daotp__checklist_report_node(q->check, q->node, number, "%s", daotp__buffer_string(&text));
    daotp__buffer_free(&text);
}

/* ---- can it say that a certificate is good? -------------------------------------------------- */

/* A fault that no rule set tolerates (RFC 5280 5), or NULL. */
static const char *profile_fault(const daotp__indexed_crl *indexed)
{
    const daotp__crl_scan *scan = daotp__indexed_crl_scan_result(indexed);
    const daotp__crl *crl = daotp__indexed_crl_view(indexed);
    bool is_delta = crl->base_number.len > 0;

    if (crl->malformed != NULL)
        return "cRLNumber or authorityKeyIdentifier cannot be read (RFC 5280 5.2.3, 5.2.1)";
    if (crl->version != 2)
        return "the version is not 2 (RFC 5280 5.1.2.1)";
    if (!crl->has_next_update)
        return "nextUpdate is missing (RFC 5280 5.1.2.5)";
    if (crl->number_is_critical)
        return "cRLNumber is critical (RFC 5280 5.2.3)";
    if (is_delta && crl->number.len == 0)
        return "cRLNumber is missing in a delta CRL (RFC 5280 5.2.4)";
    if (!is_delta && scan->has_removals)
        return "removeFromCRL stands in a complete CRL (RFC 5280 5.3.1)";
    if (scan->has_issuers && !crl->is_indirect)
        return "certificateIssuer stands in a CRL that is not indirect (RFC 5280 5.3.3)";
    return NULL;
}

/* A fault in an extension (RFC 5280 5) that the algorithm of 6.3.3 does not test, or NULL. */
static const char *extension_warning(const daotp__indexed_crl *indexed)
{
    const daotp__crl *crl = daotp__indexed_crl_view(indexed);

    if (daotp__crl_has_wrong_criticality(crl, DAOTP__OID_AKI, false))
        return "authorityKeyIdentifier is critical (RFC 5280 5.2.1, 4.2.1.1)";
    if (daotp__crl_has_wrong_criticality(crl, DAOTP__OID_DELTA_CRL, true))
        return "deltaCRLIndicator is not critical (RFC 5280 5.2.4)";
    if (daotp__crl_has_wrong_criticality(crl, DAOTP__OID_CRL_SCOPE, true))
        return "issuingDistributionPoint is not critical (RFC 5280 5.2.5)";
    if (crl->is_scope_empty)
        return "issuingDistributionPoint is an empty SEQUENCE (RFC 5280 5.2.5)";
    if (daotp__crl_has_wrong_criticality(crl, DAOTP__OID_FRESHEST_CRL, false))
        return "freshestCRL is critical (RFC 5280 5.2.6)";
    if (crl->freshest != NULL && crl->base_number.len > 0)
        return "freshestCRL stands in a delta CRL (RFC 5280 5.2.6)";
    return daotp__indexed_crl_scan_result(indexed)->has_wrong_criticality
               ? "an entry has reasonCode or invalidityDate critical, or certificateIssuer not "
                 "critical (RFC 5280 5.3.1 to 5.3.3)"
               : NULL;
}

/* The dates follow the name of the issuer. */
static bool has_profiled_dates(const daotp__crl *crl)
{
    const uint8_t *at = crl->issuer.data + crl->issuer.len;
    daotp__bytes in = {at, (size_t)(crl->der.data + crl->der.len - at)};

    return daotp__der_skip_profiled_time(&in) &&
           (!crl->has_next_update || daotp__der_skip_profiled_time(&in));
}

/* A fault (RFC 5280 5) that the algorithm of 6.3.3 does not test, or NULL. */
static const char *profile_warning(const daotp__indexed_crl *indexed)
{
    const daotp__crl *crl = daotp__indexed_crl_view(indexed);

    if (crl->number.len == 0)
        return "cRLNumber is missing (RFC 5280 5.2.3)";
    if (!crl->has_authority || crl->authority_key_id.len == 0)
        return "authorityKeyIdentifier with a key identifier is missing (RFC 5280 5.2.1)";
    if (crl->has_empty_list)
        return "revokedCertificates is present and empty (RFC 5280 5.1.2.6)";
    if (!has_profiled_dates(crl))
        return "thisUpdate or nextUpdate is a GeneralizedTime before 2050 (RFC 5280 5.1.2.4, "
               "5.1.2.5)";
    if (daotp__scheme_has_wrong_parameters(&crl->signature_algorithm))
        return "signatureAlgorithm is ECDSA with parameters (RFC 5758 3.2)";
    return extension_warning(indexed);
}

/* CA/Browser Forum BR 7.1.3.2.1, which applies to CRLs too. */
static bool is_web_signature(const daotp__crl *crl)
{
    daotp__scheme scheme;
    const char *ignored;

    return !daotp__scheme_read(&crl->signature_algorithm, &scheme, &ignored) ||
           scheme.kind != DAOTP__SCHEME_PSS || scheme.salt_len == daotp__hash_len(scheme.hash);
}

static const char *critical_text(const daotp__crl *crl, char text[DAOTP__FAULT_TEXT])
{
    char oid[DAOTP__OID_TEXT];

    if (crl->unknown == NULL)
        return "an entry has a critical extension that is not known (RFC 5280 5.3)";
    (void)snprintf(text, DAOTP__FAULT_TEXT,
                   "crlExtensions: %s is critical and not known (RFC 5280 5.2)",
                   daotp__oid_describe(crl->unknown->oid, oid));
    return text;
}

/* Reads the CRL again, to find the field and the octet of the fault. */
static const char *unreadable_text(const daotp__crl *crl, char buffer[DAOTP__FAULT_TEXT])
{
    daotp__fault fault;

    return daotp__crl_find_fault(crl->der, &fault) ? daotp__fault_describe(&fault, buffer) : NULL;
}

/* What is wrong with the CRL, or NULL if the finding alone says it. The text may be written to
 * buffer. */
static const char *fault_text(const inquiry *q, const answer *one, char buffer[DAOTP__FAULT_TEXT])
{
    const char *text = profile_fault(one->indexed);

    if (one->fault == DAOTP_FINDING_CRL_CRITICAL)
        return critical_text(view_of(one), buffer);
    if (one->fault == DAOTP_FINDING_CRL_ENTRIES ||
        (one->fault == DAOTP_FINDING_CRL_PROFILE && view_of(one)->malformed != NULL))
        return unreadable_text(view_of(one), buffer);
    if (one->fault != DAOTP_FINDING_CRL_PROFILE)
        return NULL;
    return text != NULL || q->run->settings->rules == DAOTP_RULES_PATH
               ? text
               : profile_warning(one->indexed);
}

static daotp_finding_number find_fault(const inquiry *q, const answer *one)
{
    const daotp__crl *crl = view_of(one);

    if (daotp__indexed_crl_scan_result(one->indexed)->has_malformed)
        return DAOTP_FINDING_CRL_ENTRIES;
    if (crl->unknown != NULL || daotp__indexed_crl_scan_result(one->indexed)->unknown_critical)
        return DAOTP_FINDING_CRL_CRITICAL;
    if (profile_fault(one->indexed) != NULL)
        return DAOTP_FINDING_CRL_PROFILE;
    if (q->run->settings->rules != DAOTP_RULES_PATH && profile_warning(one->indexed) != NULL)
        return DAOTP_FINDING_CRL_PROFILE;
    if (q->run->settings->rules == DAOTP_RULES_WEBPKI && !is_web_signature(crl))
        return DAOTP_FINDING_CRL_ALGORITHM;
    if (one->signer.is_other_key_id)
        return DAOTP_FINDING_CRL_SIGNER;
    if (one->signer.is_status_unknown)
        return DAOTP_FINDING_CRL_SIGNER_STATUS;
    return q->run->settings->now < crl->this_update ? DAOTP_FINDING_CRL_NOT_YET : 0;
}

static daotp_finding_number why_not_fresh(const inquiry *q, const daotp__crl *crl)
{
    const daotp__settings *settings = q->run->settings;

    if (settings->now <= crl->next_update)
        return 0;
    return settings->now - crl->next_update <= settings->stale_seconds
               ? DAOTP_FINDING_CRL_STALE_TAKEN
               : DAOTP_FINDING_CRL_STALE;
}

/* ---- the lists that answer ------------------------------------------------------------------- */

static bool is_by_same_key(const answer *a, const answer *b)
{
    return a->signer.node == b->signer.node ||
           daotp__bytes_equal(a->signer.node->certificate.spki, b->signer.node->certificate.spki);
}

/* Two keys of a CA may sign CRLs with separate numbering and separate entries. */
static bool has_same_scope_and_key(const answer *a, const answer *b)
{
    return daotp__crl_is_same_scope(view_of(a), view_of(b)) && is_by_same_key(a, b);
}

/* Whether the CRL `by` is valid and newer and repeats everything that `one` says. A delta CRL
 * does not: it lists only what was revoked since its base. */
static bool is_superseded(const answer *one, const answer *by)
{
    const daotp__crl *old = view_of(one), *new = view_of(by);

    if (by->fault != 0 || !daotp__crl_is_surely_newer(new, old) || !has_same_scope_and_key(one, by))
        return false;
    return new->base_number.len == 0 ||
           (old->base_number.len > 0 &&
            daotp__crl_number_compare(new->base_number, old->base_number) <= 0);
}

static bool is_revoking(const answer *one)
{
    return one->scan.found && !one->scan.is_removed;
}

/* The table is full, so a CRL that lists the certificate replaces one that does not. */
static void put_instead(inquiry *q, const answer *one)
{
    q->is_overrun = true;
    for (size_t i = 0; is_revoking(one) && i < q->answer_count; i++)
        if (!is_revoking(&q->answers[i])) {
            q->answers[i] = *one;
            return;
        }
}

static void put_answer(inquiry *q, answer *one)
{
    size_t remaining = 0;

    for (size_t i = 0; i < q->answer_count; i++)
        if (daotp__bytes_equal(view_of(one)->der, view_of(&q->answers[i])->der)) {
            q->answers[i].reasons |= one->reasons;
            return;
        } else if (is_superseded(one, &q->answers[i])) {
            return;
        }
    if (!daotp__indexed_crl_look_up(one->indexed, q->node->certificate.serial,
                                    q->node->certificate.issuer, &one->scan)) {
        q->is_overrun = true; /* its file is damaged */
        report_crl(q, view_of(one), DAOTP_FINDING_CRL_SIGNATURE, NULL);
        return;
    }
    for (size_t i = 0; i < q->answer_count; i++)
        if (!is_superseded(&q->answers[i], one))
            q->answers[remaining++] = q->answers[i];
    q->answer_count = remaining;
    if (q->answer_count < MAX_ANSWERS)
        q->answers[q->answer_count++] = *one;
    else
        put_instead(q, one);
}

/* RFC 5280 6.3.3 (b): the reasons that the CRL covers through any distribution point of the
 * certificate, or, as the end of 6.3.3 allows, as a CRL of the certificate's issuer. */
static unsigned find_reasons(const inquiry *q, const daotp__indexed_crl *indexed)
{
    bool is_of_issuer = daotp__indexed_crl_issuer_hash(indexed) == q->node->issuer_hash;
    daotp__crl_dp own = {.reasons = DAOTP__REASONS_ALL}, point;
    const daotp__crl *crl = daotp__indexed_crl_view(indexed);
    unsigned all = 0, reasons;
    daotp__bytes in;

    if (!is_of_issuer && !q->has_crl_issuer)
        return 0;
    if (is_of_issuer && daotp__scope_covers(crl, q->node, &own, &reasons))
        all |= reasons;
    if (q->node->crl_dps == NULL || !daotp__crl_dps_begin(q->node->crl_dps, &in))
        return all;
    while (all != DAOTP__REASONS_ALL && in.len > 0 && daotp__crl_dps_next(&in, &point))
        if ((point.reasons & ~all) != 0 && daotp__scope_covers(crl, q->node, &point, &reasons))
            all |= reasons;
    return all;
}

/* Whether a budget was used up while a signer was searched for. Then the content of its CRL or
 * response is unknown, so the certificate must not be called good because of the others.
 * Restores the earlier state of the run. */
static bool take_exhaustion(daotp__run *run, bool was_exhausted)
{
    bool is_exhausted = run->is_exhausted;

    run->is_exhausted = is_exhausted || was_exhausted;
    return is_exhausted;
}

static daotp_finding_number find_crl_signer(inquiry *q, daotp__indexed_crl *indexed,
                                            daotp__crl_signer *signer)
{
    bool was_exhausted = q->run->is_exhausted;
    daotp_finding_number why;

    q->run->is_exhausted = false;
    why = daotp__crl_signer_find(q->run, q->path, indexed, q->check->report != NULL,
                                 daotp__revocation_check, signer);
    if ((take_exhaustion(q->run, was_exhausted) && why != 0) || why == DAOTP_FINDING_CHAIN_BUDGET)
        q->is_overrun = true;
    return why;
}

static void consider_crl(inquiry *q, daotp__indexed_crl *indexed)
{
    answer one = {.indexed = indexed, .reasons = find_reasons(q, indexed)};
    const daotp__crl *crl = daotp__indexed_crl_view(indexed);
    char text[DAOTP__FAULT_TEXT];
    daotp_finding_number why;

    if (one.reasons == 0)
        return;
    q->has_candidate = q->has_candidate || crl->base_number.len == 0;
    why = find_crl_signer(q, indexed, &one.signer);
    if (why != 0) {
        report_crl(q, crl, why, NULL);
        return;
    }
    one.fault = find_fault(q, &one);
    if (one.fault != 0)
        report_crl(q, crl, one.fault, q->check->report != NULL ? fault_text(q, &one, text) : NULL);
    put_answer(q, &one);
}

static bool has_crl_issuer(const daotp__node *node)
{
    daotp__crl_dp point;
    daotp__bytes in;

    if (node->crl_dps == NULL || !daotp__crl_dps_begin(node->crl_dps, &in))
        return false;
    while (in.len > 0 && daotp__crl_dps_next(&in, &point))
        if (point.issuer.len > 0)
            return true;
    return false;
}

static void gather_lists(inquiry *q)
{
    q->has_crl_issuer = has_crl_issuer(q->node);
    for (size_t i = 0; i < sizeof q->run->crls / sizeof q->run->crls[0]; i++)
        for (size_t k = 0; q->run->crls[i] != NULL && k < q->run->crls[i]->count; k++)
            consider_crl(q, q->run->crls[i]->list[k]);
}

/* ---- deltas (RFC 5280 6.3.3 (c), 5.2.4) ------------------------------------------------------ */

static bool is_complete_crl(const answer *one)
{
    return one->fault == 0 && view_of(one)->base_number.len == 0;
}

static bool is_delta_of(const answer *one, const answer *complete)
{
    const daotp__crl *delta = view_of(one), *base = view_of(complete);

    return one->fault == 0 && delta->base_number.len > 0 && base->number.len > 0 &&
           daotp__crl_number_compare(delta->base_number, base->number) <= 0 &&
           has_same_scope_and_key(one, complete);
}

/* Whether the delta is newer than the complete CRL. A delta published together with it, as AD CS
 * does, or earlier, adds nothing. */
static bool adds_to(const answer *delta, const answer *to)
{
    return daotp__crl_number_compare(view_of(delta)->number, view_of(to)->number) > 0;
}

static const answer *newest_delta(const inquiry *q, const answer *complete)
{
    const answer *newest = NULL;

    for (size_t i = 0; i < q->answer_count; i++) {
        const answer *one = &q->answers[i];

        if (is_delta_of(one, complete) && (newest == NULL || adds_to(one, newest)))
            newest = one;
    }
    return newest;
}

/* The complete CRL or its delta: the one with the newest statement about the certificate. */
static const answer *newest_word(const inquiry *q, const answer *complete)
{
    const answer *delta = newest_delta(q, complete);

    return delta != NULL && adds_to(delta, complete) ? delta : complete;
}

/* ---- where it could be had ------------------------------------------------------------------- */

static void add_missing_uris(inquiry *q, daotp__missing_kind kind, daotp__bytes names)
{
    daotp__general_name name;

    while (names.len > 0 && daotp__san_next(&names, &name))
        if (name.tag == DAOTP__GENERAL_NAME_URI)
            daotp__missing_add(&q->run->missing, kind, name.content, q->node, q->path->list[1]);
}

static void add_missing_crl_dps(inquiry *q, daotp__missing_kind kind,
                                const daotp__extension *points)
{
    daotp__crl_dp point;
    daotp__bytes in;

    if (points == NULL || !daotp__crl_dps_begin(points, &in))
        return;
    while (in.len > 0 && daotp__crl_dps_next(&in, &point))
        add_missing_uris(q, kind, point.name.full);
}

static void add_missing_ocsp(inquiry *q)
{
    daotp__bytes in = daotp__aia_read(q->node->aia), one;

    while (daotp__aia_next(&in, DAOTP__OID_AIA_OCSP, &one))
        add_missing_uris(q, DAOTP__MISSING_OCSP, one);
}

/* RFC 5280 5.2.6, 4.2.1.15 */
static void add_missing_delta(inquiry *q, const daotp__crl *complete)
{
    add_missing_crl_dps(q, DAOTP__MISSING_DELTA, complete->freshest);
    add_missing_crl_dps(q, DAOTP__MISSING_DELTA, q->node->freshest);
}

/* ---- the answer ------------------------------------------------------------------------------ */

/* Whether the entry does not count: the CRL and the entry's date are both in the future, or the
 * entry is a hold and a newer OCSP answer says "good". */
static bool is_lifted(const inquiry *q, const answer *one, const daotp__crl_entry *entry)
{
    const daotp__ocsp_answer *said = daotp__ocsp_answers_decisive(&q->said);
    const daotp__crl *crl = view_of(one);

    if (q->run->settings->now < crl->this_update && q->run->settings->now < entry->date)
        return true;
    return said != NULL && said->status == DAOTP__OCSP_GOOD &&
           crl->this_update < said->this_update && !daotp__crl_reason_is_final(entry->reason);
}

static void note_revoked(inquiry *q, const answer *by)
{
    daotp__bytes in = by->scan.hit;
    daotp__crl_entry entry;

    if (q->is_revoked || !daotp__crl_entry_read(&in, &entry) || is_lifted(q, by, &entry))
        return;
    q->is_revoked = true;
    q->is_softly_revoked = by->fault != 0 || why_not_fresh(q, view_of(by)) != 0;
    q->reason = entry.reason;
    q->date = entry.date;
}

/* Whether a complete CRL of the same scope and key has a newer statement than this one. */
static bool is_outdated(const inquiry *q, const answer *one)
{
    for (size_t i = 0; i < q->answer_count; i++) {
        const answer *complete = &q->answers[i], *newest;

        if (!is_complete_crl(complete) || !has_same_scope_and_key(one, complete))
            continue;
        newest = newest_word(q, complete);
        if (newest != one && daotp__crl_is_surely_newer(view_of(newest), view_of(one)))
            return true;
    }
    return false;
}

/* "Revoked" counts in any verified CRL that lists the certificate, whatever else is wrong with the
 * CRL (X.509 7.3), unless a newer valid one of the same scope no longer lists it. */
static void find_revoking(inquiry *q)
{
    for (size_t i = 0; i < q->answer_count; i++) {
        const answer *one = &q->answers[i], *newest;

        if (is_revoking(one) && !is_outdated(q, one))
            note_revoked(q, one);
        if (!is_complete_crl(one))
            continue;
        /* the statement of the delta replaces that of its complete CRL */
        newest = newest_word(q, one);
        if (!newest->scan.found)
            newest = one;
        if (is_revoking(newest))
            note_revoked(q, newest);
    }
}

/* Only the newest CRL of a scope can show that a certificate is good, even if an older one is
 * fresh. The signing key does not matter here. */
static bool is_newest_of_scope(const inquiry *q, const answer *one)
{
    for (size_t i = 0; i < q->answer_count; i++)
        if (is_complete_crl(&q->answers[i]) &&
            daotp__crl_compare_age(view_of(one), view_of(&q->answers[i])) < 0 &&
            daotp__crl_is_same_scope(view_of(one), view_of(&q->answers[i])))
            return false;
    return true;
}

static void take_good(inquiry *q, const answer *complete)
{
    const daotp__crl *newest = view_of(newest_word(q, complete));
    const char *remark = profile_warning(complete->indexed);
    daotp_finding_number why = why_not_fresh(q, newest);

    if (why != 0)
        report_crl(q, newest, why, NULL);
    if (why != 0 && why != DAOTP_FINDING_CRL_STALE_TAKEN)
        return;
    if (remark != NULL) {
        q->run->has_warnings = true;
        report_crl(q, view_of(complete), DAOTP_FINDING_CRL_PROFILE_TAKEN, remark);
    }
    q->reasons |= complete->reasons;
    if (why == 0)
        q->fresh_reasons |= complete->reasons;
}

static void ask_lists(inquiry *q)
{
    gather_lists(q);
    find_revoking(q);
    for (size_t i = 0; i < q->answer_count; i++) {
        const answer *one = &q->answers[i], *delta;

        if (!is_complete_crl(one) || !is_newest_of_scope(q, one))
            continue;
        delta = newest_delta(q, one);
        if (delta == NULL || why_not_fresh(q, view_of(delta)) != 0)
            add_missing_delta(q, view_of(one));
        if (!q->is_revoked)
            take_good(q, one);
    }
    if (q->is_overrun && !q->is_revoked) {
        daotp__checklist_report_node(
            q->check, q->node, DAOTP_FINDING_CHAIN_BUDGET, "%s",
            "not every CRL and OCSP answer that is there could be checked");
        q->reasons = 0;
    }
}

/* Whether the OCSP response counts. "Revoked" counts once it is verified, unless it is dated in the
 * future. */
static bool is_heard(const inquiry *q, const daotp__ocsp_answer *said, daotp_finding_number why,
                     bool is_verified)
{
    int64_t now = q->run->settings->now;

    if (is_verified && said->status == DAOTP__OCSP_REVOKED)
        return why == 0 || said->this_update <= now || said->revoked_at <= now;
    return why == 0 || why == DAOTP_FINDING_OCSP_UNKNOWN;
}

/* The field, octet and rule of the fault; or what is missing, if the response can be read. */
static void unusable_ocsp_text(daotp__bytes der, char text[DAOTP__FAULT_TEXT])
{
    daotp__fault fault;
    daotp__ocsp ocsp;

    if (daotp__ocsp_find_fault(der, &fault)) {
        (void)daotp__fault_describe(&fault, text);
        return;
    }
    (void)snprintf(text, DAOTP__FAULT_TEXT, "%s",
                   daotp__ocsp_read(der, &ocsp) && ocsp.unknown_critical
                       ? "responseExtensions: one is critical and not known (RFC 6960 4.4)"
                       : "responses: none for the certificate, or one with a critical extension "
                         "that is not known (RFC 6960 4.2.1, 4.4)");
}

static void ocsp_dates_text(const daotp__ocsp_answer *said, char text[DAOTP__FAULT_TEXT])
{
    char from[DAOTP__TIME_TEXT], until[DAOTP__TIME_TEXT];

    (void)snprintf(text, DAOTP__FAULT_TEXT, "thisUpdate %s, nextUpdate %s",
                   daotp__time_text(said->this_update, from),
                   said->has_next_update ? daotp__time_text(said->next_update, until) : "absent");
}

/* said: valid only if the response was found to be about the certificate. */
static void report_ocsp_finding(inquiry *q, daotp__bytes der, daotp_finding_number why,
                                const daotp__ocsp_answer *said)
{
    char text[DAOTP__FAULT_TEXT] = "";
    daotp__ocsp ocsp;

    if (q->check->report != NULL) {
        if (why == DAOTP_FINDING_OCSP_DER)
            unusable_ocsp_text(der, text);
        else if (why == DAOTP_FINDING_OCSP_STALE || why == DAOTP_FINDING_OCSP_TIMES)
            ocsp_dates_text(said, text);
        else if (why == DAOTP_FINDING_OCSP_STATUS && daotp__ocsp_read(der, &ocsp))
            (void)snprintf(text, sizeof text, "responseStatus %u (RFC 6960 4.2.1)",
                           ocsp.response_status);
    }
    daotp__checklist_report_node(q->check, q->node, why, "%s", text);
}

static void hear_ocsp(inquiry *q, const daotp__supplied_ocsp *supplied)
{
    daotp__ocsp_answer said = {0};
    bool concerns, is_verified, was_exhausted = q->run->is_exhausted;
    daotp_finding_number why;

    q->run->is_exhausted = false;
    why = daotp__ocsp_check(q->run, q->path, supplied, daotp__revocation_check_first, &concerns,
                            &is_verified, &said);
    if (take_exhaustion(q->run, was_exhausted) && why != 0)
        q->is_overrun = true;
    if (!concerns)
        return;
    q->has_candidate = true;
    if (why != 0)
        report_ocsp_finding(q, supplied->der, why, &said);
    if (is_heard(q, &said, why, is_verified) && daotp__ocsp_answers_add(&q->said, &said) &&
        said.status != DAOTP__OCSP_NOT_KNOWN)
        q->was_asked = supplied->about != NULL;
}

static void ask_ocsp(inquiry *q)
{
    const daotp__ocsp_answer *said;

    for (size_t i = 0; i < q->run->ocsp_count; i++)
        hear_ocsp(q, &q->run->ocsp[i]);
    said = daotp__ocsp_answers_decisive(&q->said);
    if (said == NULL)
        return;
    if (said->status == DAOTP__OCSP_REVOKED) {
        q->is_revoked = true;
        q->reason = said->reason;
        q->date = said->revoked_at;
    } else if (said->status == DAOTP__OCSP_GOOD) {
        q->reasons = DAOTP__REASONS_ALL;
        if (said->has_next_update && q->run->settings->now > said->next_update)
            daotp__checklist_report_node(q->check, q->node, DAOTP_FINDING_OCSP_STALE_TAKEN, "%s",
                                         "");
        else if (q->was_asked)
            q->fresh_reasons = DAOTP__REASONS_ALL;
    }
}

/* Check CRLs even after a good OCSP response: a revoked server can staple an old one. */
static void ask_all(inquiry *q)
{
    ask_ocsp(q);
    if (!q->is_revoked)
        ask_lists(q);
}

/* ---- the verdict ----------------------------------------------------------------------------- */

static void find_revoked(inquiry *q)
{
    static const char *const reasons[] = {
        "unspecified",   "keyCompromise",        "cACompromise",    "affiliationChanged",
        "superseded",    "cessationOfOperation", "certificateHold", "7",
        "removeFromCRL", "privilegeWithdrawn",   "aACompromise"};
    char when[DAOTP__TIME_TEXT];

    daotp__checklist_report_node(
        q->check, q->node, DAOTP_FINDING_REVOKED, "%s, %s",
        q->reason >= 0 && q->reason <= DAOTP__REASON_LAST ? reasons[q->reason] : "?",
        daotp__time_text(q->date, when));
}

/* Whether the status depends on data that is stale or was supplied by the peer: a peer can
 * staple the response that suits it. */
static bool has_weak_evidence(const inquiry *q)
{
    return q->is_revoked ? q->is_softly_revoked : q->fresh_reasons != DAOTP__REASONS_ALL;
}

static void add_missing_status(inquiry *q)
{
    bool is_unknown = !q->is_revoked && q->reasons != DAOTP__REASONS_ALL;

    if (!has_weak_evidence(q))
        return;
    add_missing_crl_dps(q, DAOTP__MISSING_CRL, q->node->crl_dps);
    add_missing_ocsp(q);
    if (!is_unknown || q->run->settings->revocation == DAOTP_REVOCATION_PREFER)
        q->run->has_weak_evidence = true;
}

/* Report a CRL that does not cover the certificate, or a delta whose complete CRL is missing. */
static void report_set_aside(inquiry *q, const daotp__indexed_crl *indexed)
{
    const daotp__crl *crl = daotp__indexed_crl_view(indexed);
    daotp__buffer text;

    daotp__buffer_init(&text, DAOTP__MAX_TEXT);
    if (find_reasons(q, indexed) == 0)
        daotp__scope_explain(crl, q->node, &text);
    else
        daotp__buffer_text(&text, "it is a delta CRL, and no complete CRL of its scope is there");
    report_crl(q, crl, DAOTP_FINDING_CRL_SCOPE, daotp__buffer_string(&text));
    daotp__buffer_free(&text);
}

enum { MAX_SET_ASIDE = 4 }; /* only so many are reported */

/* Report why CRLs of the issuer were not used, which is more helpful than "no CRL was found". */
static void report_missing_crl(inquiry *q)
{
    size_t others = 0, set_aside = 0;

    for (size_t i = 0; i < sizeof q->run->crls / sizeof q->run->crls[0]; i++)
        for (size_t k = 0; q->run->crls[i] != NULL && k < q->run->crls[i]->count; k++) {
            const daotp__indexed_crl *indexed = q->run->crls[i]->list[k];

            if (!daotp__name_equal(daotp__indexed_crl_view(indexed)->issuer,
                                   q->node->certificate.issuer))
                others++;
            else if (set_aside++ < MAX_SET_ASIDE)
                report_set_aside(q, indexed);
        }
    if (set_aside == 0)
        daotp__checklist_report_node(q->check, q->node, DAOTP_FINDING_CRL_MISSING,
                                     others > 0 ? "%zu of other issuers" : "none at all", others);
}

static void revocation_conclude(inquiry *q)
{
    add_missing_status(q);
    if (q->is_revoked)
        find_revoked(q);
    else if (q->reasons == DAOTP__REASONS_ALL)
        daotp__checklist_report_node(q->check, q->node, DAOTP_FINDING_REVOCATION_GOOD, "%s", "");
    else if (!q->has_candidate)
        report_missing_crl(q);
    else if (q->reasons != 0)
        daotp__checklist_report_node(q->check, q->node, DAOTP_FINDING_CRL_REASONS, "%s", "");
    else if (q->check->verdict == DAOTP_OK) /* otherwise the reason was reported already */
        daotp__checklist_report_node(q->check, q->node, DAOTP_FINDING_REVOCATION_UNKNOWN, "%s", "");
}

/* The warning about a failed fetch of one of these URIs, or NULL. */
static const daotp_finding *find_failed_fetch(const daotp_report *report, daotp__bytes names)
{
    const daotp_finding *failed = NULL;
    daotp__general_name name;

    while (failed == NULL && names.len > 0 && daotp__san_next(&names, &name))
        if (name.tag == DAOTP__GENERAL_NAME_URI)
            failed = daotp__report_find_warning(report, name.content);
    return failed;
}

static const daotp_finding *find_failed_crl_fetch(const inquiry *q, const daotp_report *report)
{
    const daotp_finding *failed = NULL;
    daotp__crl_dp point;
    daotp__bytes in;

    if (q->node->crl_dps == NULL || !daotp__crl_dps_begin(q->node->crl_dps, &in))
        return NULL;
    while (failed == NULL && in.len > 0 && daotp__crl_dps_next(&in, &point))
        failed = find_failed_fetch(report, point.name.full);
    return failed;
}

static const daotp_finding *find_failed_ocsp_fetch(const inquiry *q, const daotp_report *report)
{
    const daotp_finding *failed = NULL;
    daotp__bytes in, one;

    in = daotp__aia_read(q->node->aia);
    while (failed == NULL && daotp__aia_next(&in, DAOTP__OID_AIA_OCSP, &one))
        failed = find_failed_fetch(report, one);
    return failed;
}

/* If the status is unknown, a failed fetch may be the cause. */
static void name_cause(const inquiry *q, size_t since)
{
    daotp_report *report = q->check->report;
    const daotp_finding *failed;

    if (report == NULL || q->check->verdict != DAOTP_UNDECIDED)
        return;
    failed = find_failed_crl_fetch(q, report);
    if (failed == NULL)
        failed = find_failed_ocsp_fetch(q, report);
    daotp__report_set_cause(report, daotp__report_verdict(report, since, DAOTP_UNDECIDED), failed);
}

/* DAOTP_REVOCATION_PREFER accepts a status that cannot be known. It does not accept one that is
 * unknown only because available data was not read: a peer could use up the budgets for that
 * purpose. */
static bool may_be_unknown(const inquiry *q)
{
    return q->run->settings->revocation == DAOTP_REVOCATION_PREFER && !q->is_overrun;
}

/* Findings about sources that were not needed become warnings. */
static void revocation_settle(inquiry *q, daotp__checklist *check, size_t before)
{
    bool known = q->is_revoked || q->reasons == DAOTP__REASONS_ALL;
    daotp__checklist *own = q->check;

    if (!known)
        revocation_conclude(q);
    if (known || may_be_unknown(q)) {
        if (own->report != NULL)
            daotp__report_downgrade_errors(own->report, before);
        own->verdict = DAOTP_OK;
    }
    if (known)
        revocation_conclude(q);
    name_cause(q, before);
    daotp__checklist_take(check, own->verdict);
}

static void revocation_check_one(daotp__run *run, const daotp__path *path, size_t at,
                                 daotp__checklist *check)
{
    daotp__checklist own = {.report = check->report};
    daotp__path rest = {.count = path->count - at};
    inquiry q = {.run = run, .path = &rest, .node = path->list[at], .check = &own};
    size_t before = check->report != NULL ? check->report->count : 0;

    for (size_t i = 0; i < rest.count; i++)
        rest.list[i] = path->list[at + i];
    ask_all(&q);
    revocation_settle(&q, check, before);
}

void daotp__revocation_check_first(daotp__run *run, const daotp__path *path,
                                   daotp__checklist *check)
{
    revocation_check_one(run, path, 0, check);
}

void daotp__revocation_check(daotp__run *run, const daotp__path *path, daotp__checklist *check)
{
    if (run->settings->revocation == DAOTP_REVOCATION_IGNORE)
        return;
    for (size_t at = path->count - 1; at > 0 && !daotp__checklist_is_final(check); at--)
        revocation_check_one(run, path, at - 1, check);
}
