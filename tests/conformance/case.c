/* SPDX-License-Identifier: BSD-2-Clause */
#include "suite.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef daotp_status (*add_fn)(daotp_verifier *verifier, const void *bytes, size_t len);

/* ---- what a case holds ----------------------------------------------------------------------- */

static void chunks_clear(struct chunks *chunks)
{
    for (size_t i = 0; chunks->owned && i < chunks->count; i++)
        free(chunks->list[i].bytes);
    chunks->count = 0;
}

void chunks_add(struct chunks *chunks, void *bytes, size_t len)
{
    if (chunks->count == chunks->room) {
        chunks->room = chunks->room > 0 ? 2 * chunks->room : 16;
        chunks->list = realloc(chunks->list, chunks->room * sizeof *chunks->list);
        if (chunks->list == NULL)
            suite_give_up("out of memory");
    }
    chunks->list[chunks->count++] = (struct chunk){bytes, len};
}

bool oids_add(struct oids *oids, const char *oid)
{
    if (oid == NULL || oids->count == CASE_POLICIES)
        return false;
    oids->list[oids->count++] = oid;
    return true;
}

void case_break(struct suite_case *one, const char *format, ...)
{
    va_list args;

    if (one->broken[0] != '\0')
        return;
    va_start(args, format);
    (void)vsnprintf(one->broken, sizeof one->broken, format, args);
    va_end(args);
}

void case_clear(struct suite_case *one)
{
    struct chunks *all[] = {&one->anchors, &one->intermediates, &one->crls, &one->leaf};
    struct chunks kept[4];

    for (size_t i = 0; i < 4; i++) {
        chunks_clear(all[i]);
        kept[i] = *all[i];
    }
    *one = (struct suite_case){.anchors = kept[0],
                               .intermediates = kept[1],
                               .crls = kept[2],
                               .leaf = kept[3],
                               .at = INT64_MIN,
                               .max_depth = -1};
}

void case_free(struct suite_case *one)
{
    case_clear(one);
    free(one->anchors.list);
    free(one->intermediates.list);
    free(one->crls.list);
    free(one->leaf.list);
}

/* ---- what the library says ------------------------------------------------------------------- */

/* What cannot be read is not there: one bad certificate must not cost the case the others. */
static daotp_status unless_unreadable(daotp_status status)
{
    return status == DAOTP_PEER || status == DAOTP_CONFIGURATION ? DAOTP_OK : status;
}

static daotp_status make_trust(daotp_context *context, const struct suite_case *one,
                               daotp_trust **trust)
{
    daotp_status status = daotp_trust_new(context, trust);

    for (size_t i = 0; status == DAOTP_OK && i < one->anchors.count; i++)
        status = unless_unreadable(
            daotp_trust_add(*trust, one->anchors.list[i].bytes, one->anchors.list[i].len, NULL));
    return status;
}

static daotp_status add_all(daotp_verifier *verifier, add_fn add, const struct chunks *chunks)
{
    daotp_status status = DAOTP_OK;

    for (size_t i = 0; status == DAOTP_OK && i < chunks->count; i++)
        status = unless_unreadable(add(verifier, chunks->list[i].bytes, chunks->list[i].len));
    return status;
}

static daotp_status set_policies(daotp_verifier *verifier, const struct suite_case *one)
{
    daotp_status status =
        daotp_verifier_set_flag(verifier, DAOTP_VERIFY_EXPLICIT_POLICY, one->explicit_policy);

    if (status == DAOTP_OK)
        status =
            daotp_verifier_set_flag(verifier, DAOTP_VERIFY_INHIBIT_MAPPING, one->inhibit_mapping);
    if (status == DAOTP_OK)
        status = daotp_verifier_set_flag(verifier, DAOTP_VERIFY_INHIBIT_ANY_POLICY,
                                         one->inhibit_any_policy);
    for (size_t i = 0; status == DAOTP_OK && i < one->policies.count; i++)
        status = daotp_verifier_add_policy(verifier, one->policies.list[i]);
    return status;
}

static daotp_status set_all(daotp_verifier *verifier, const struct suite_case *one,
                            daotp_rules rules)
{
    daotp_status status = daotp_verifier_set_rules(verifier, rules);

    if (status == DAOTP_OK)
        status = daotp_verifier_set_revocation(verifier, one->revocation);
    if (status == DAOTP_OK)
        status = one->at != INT64_MIN ? daotp_verifier_set_time_s(verifier, one->at) : DAOTP_OK;
    if (status == DAOTP_OK && one->max_depth >= 0)
        status = daotp_verifier_set_max_depth(verifier, (unsigned)one->max_depth);
    if (status == DAOTP_OK)
        status = set_policies(verifier, one);
    if (status == DAOTP_OK)
        status = add_all(verifier, daotp_verifier_add_intermediates, &one->intermediates);
    if (status == DAOTP_OK)
        status = add_all(verifier, daotp_verifier_add_crls, &one->crls);
    return status;
}

/* A name that cannot be asked for is one that no certificate has: a refusal, not a mistake. */
static bool add_names(daotp_verifier *verifier, const struct suite_case *one,
                      struct verdict *verdict)
{
    for (size_t i = 0; i < one->name_count; i++) {
        verdict->status = daotp_verifier_add_name(verifier, one->names[i].kind, one->names[i].text);
        verdict->refused = verdict->status == DAOTP_USAGE;
        if (verdict->status != DAOTP_OK) {
            (void)snprintf(verdict->first, sizeof verdict->first, "the name %s was not taken",
                           one->names[i].text);
            return false;
        }
    }
    return true;
}

static const daotp_finding *first_finding(const daotp_report *report)
{
    const daotp_finding *finding = daotp_report_get_error(report);

    for (size_t i = 0; finding == NULL && i < daotp_report_get_count(report); i++)
        if (daotp_finding_get_severity(daotp_report_get_finding(report, i)) == DAOTP_SEVERITY_ERROR)
            finding = daotp_report_get_finding(report, i);
    return finding != NULL ? finding : daotp_report_get_finding(report, 0);
}

static void note_first(daotp_verifier *verifier, struct verdict *verdict)
{
    const daotp_finding *finding = first_finding(daotp_verifier_get_report(verifier));

    if (finding != NULL)
        (void)snprintf(verdict->first, sizeof verdict->first, "%s, %s: %s",
                       daotp_finding_get_id(finding), daotp_finding_get_subject(finding),
                       daotp_finding_get_found(finding));
}

static bool has_oid(const struct oids *oids, const char *oid)
{
    for (size_t i = 0; i < oids->count; i++)
        if (strcmp(oids->list[i], oid) == 0)
            return true;
    return false;
}

/* As sets: the order is nobody's business, and none is named twice. */
static void compare_policies(const daotp_verifier *verifier, const struct suite_case *one,
                             struct verdict *verdict)
{
    size_t count = daotp_verifier_get_policy_count(verifier), at = 0;

    verdict->same_policies = count == one->user_policies.count;
    at = (size_t)snprintf(verdict->first, sizeof verdict->first, "policies:");
    for (size_t i = 0; i < count; i++) {
        const char *oid = daotp_verifier_get_policy(verifier, i);

        verdict->same_policies = verdict->same_policies && has_oid(&one->user_policies, oid);
        if (at < sizeof verdict->first)
            at += (size_t)snprintf(verdict->first + at, sizeof verdict->first - at, " %s", oid);
    }
}

static void run(daotp_verifier *verifier, const struct suite_case *one, struct verdict *verdict)
{
    size_t runs = one->purpose_count > 0 ? one->purpose_count : 1;

    for (size_t i = 0; verdict->status == DAOTP_OK && i < runs; i++) {
        verdict->status =
            daotp_verifier_set_purpose(verifier, one->purpose_count > 0 ? one->purposes[i] : NULL);
        if (verdict->status != DAOTP_OK)
            return;
        verdict->status =
            daotp_verifier_verify(verifier, one->leaf.list[0].bytes, one->leaf.list[0].len);
        note_first(verifier, verdict);
    }
    verdict->accepted = verdict->status == DAOTP_OK;
    verdict->refused = verdict->status == DAOTP_REJECTED || verdict->status == DAOTP_UNDECIDED ||
                       verdict->status == DAOTP_PEER;
    if (verdict->accepted && one->has_user_policies)
        compare_policies(verifier, one, verdict);
}

static double now_ms(void)
{
    struct timespec ts;

    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

void case_verify(daotp_context *context, const struct suite_case *one, daotp_rules rules,
                 struct verdict *verdict)
{
    double began = now_ms();
    daotp_trust *trust = NULL;
    daotp_verifier *verifier = NULL;

    *verdict = (struct verdict){.same_policies = true};
    verdict->status = make_trust(context, one, &trust);
    if (verdict->status == DAOTP_OK)
        verdict->status = daotp_verifier_new(context, trust, &verifier);
    if (verdict->status == DAOTP_OK)
        verdict->status = set_all(verifier, one, rules);
    if (verdict->status == DAOTP_OK && add_names(verifier, one, verdict))
        run(verifier, one, verdict);
    daotp_verifier_free(verifier);
    daotp_trust_unref(trust);
    verdict->ms = now_ms() - began;
}
