/* SPDX-License-Identifier: BSD-2-Clause */
#include <daotp/requirements.h>

#include "core/alloc.h"
#include "core/context.h"
#include "core/limits.h"
#include "core/utf8.h"
#include "knowledge/knowledge.h"
#include "x509/chain.h"
#include "x509/role.h"

#include <stdio.h>
#include <string.h>

enum { FOUND_SIZE = 160 };

typedef struct row {
    const daotp__requirement *requirement;
    daotp_requirement_state state;
    char id[16];
    char found[FOUND_SIZE];
} row;

struct daotp_requirements {
    daotp_context *context;
    daotp_report report;
    daotp__part part;
    daotp__chain ntauth;
    row *rows;
    size_t count;
};

/* The role whose rules decide; an NTAuth list holds CAs. */
static const daotp_role roles[DAOTP__PART_COUNT] = {
    [DAOTP__PART_RA] = DAOTP_ROLE_RA,
    [DAOTP__PART_OTP_LOGON] = DAOTP_ROLE_OTP_LOGON,
    [DAOTP__PART_MACHINE] = DAOTP_ROLE_CLIENT,
    [DAOTP__PART_SERVER] = DAOTP_ROLE_SERVER,
    [DAOTP__PART_KDC] = DAOTP_ROLE_KDC,
    [DAOTP__PART_CA] = DAOTP_ROLE_ISSUING_CA,
    [DAOTP__PART_NTAUTH] = DAOTP_ROLE_ISSUING_CA,
};

/* ---- making ---------------------------------------------------------------------------------- */

static void add_row(daotp_requirements *requirements, const daotp__requirement *requirement)
{
    row *one = &requirements->rows[requirements->count++];
    size_t len;
    const char *id = daotp__list_word(requirement->ids, 0, &len);

    *one = (row){.requirement = requirement};
    (void)snprintf(one->id, sizeof one->id, "%.*s", (int)len, id);
}

daotp_status daotp_requirements_new(daotp_context *context, daotp_part part,
                                    daotp_requirements **out)
{
    daotp_requirements *made;

    if (out == NULL)
        return DAOTP_USAGE;
    *out = NULL;
    if (context == NULL || part < DAOTP_PART_RA || part > DAOTP_PART_NTAUTH)
        return DAOTP_USAGE;
    made = daotp__new(sizeof *made);
    if (made == NULL)
        return DAOTP_MEMORY;
    made->context = daotp__context_ref(context);
    daotp__report_init(&made->report, context);
    daotp__chain_init(&made->ntauth, DAOTP__MAX_ANCHORS);
    made->part = (daotp__part)(part - DAOTP_PART_RA);
    made->rows = daotp__new(daotp__requirement_count * sizeof *made->rows);
    if (made->rows == NULL) {
        daotp_requirements_free(made);
        return DAOTP_MEMORY;
    }
    for (size_t i = 0; i < daotp__requirement_count; i++)
        if (daotp__requirements[i].part == made->part)
            add_row(made, &daotp__requirements[i]);
    *out = made;
    return DAOTP_OK;
}

void daotp_requirements_free(daotp_requirements *requirements)
{
    if (requirements == NULL)
        return;
    daotp__chain_free(&requirements->ntauth);
    daotp__delete(requirements->rows);
    daotp__report_end(&requirements->report);
    daotp_context_unref(requirements->context);
    daotp__delete(requirements);
}

daotp_status daotp_requirements_add_ntauth(daotp_requirements *requirements, const void *bytes,
                                           size_t len)
{
    daotp_status status;

    if (requirements == NULL)
        return DAOTP_USAGE;
    daotp__report_clear(&requirements->report);
    if (bytes == NULL)
        return daotp__report_refuse(&requirements->report, DAOTP_USAGE, "NTAuth", DAOTP__NOT_GIVEN);
    status = daotp__chain_read(&requirements->ntauth, (daotp__bytes){bytes, len}, "NTAuth",
                               &requirements->report);
    return daotp__report_status(&requirements->report, status);
}

daotp_report *daotp_requirements_get_report(daotp_requirements *requirements)
{
    return requirements != NULL ? &requirements->report : NULL;
}

/* ---- by the certificate alone ---------------------------------------------------------------- */

/* What was found stands from the certificate's octets: one plain line. */
static void set_state(daotp_requirements *requirements, daotp_finding_number finding,
                      const char *found)
{
    for (size_t i = 0; i < requirements->count; i++) {
        row *one = &requirements->rows[i];

        if (one->requirement->finding != finding || one->state == DAOTP_REQUIREMENT_FAIL)
            continue;
        one->state = found != NULL ? DAOTP_REQUIREMENT_FAIL : DAOTP_REQUIREMENT_PASS;
        (void)snprintf(one->found, sizeof one->found, "%s", found != NULL ? found : "");
        daotp__utf8_make_plain(one->found);
    }
}

static void take_rule(void *user, daotp_finding_number finding, const char *found)
{
    set_state(user, finding, found);
}

/* Dates are a rule of the path; of the certificate itself they show without one. */
static void check_dates(daotp_requirements *requirements, const daotp__certificate *certificate,
                        int64_t now_s)
{
    if (now_s > certificate->not_after)
        set_state(requirements, DAOTP_FINDING_CHAIN_EXPIRED, "notAfter has passed");
    else if (now_s < certificate->not_before)
        set_state(requirements, DAOTP_FINDING_CHAIN_EXPIRED, "notBefore lies ahead");
}

/* An NTAuth list passes if it holds the certificate, octet by octet. */
static void check_ntauth(daotp_requirements *requirements, daotp__bytes der)
{
    const daotp__chain *list = &requirements->ntauth;

    if (requirements->part != DAOTP__PART_NTAUTH || list->count == 0)
        return;
    for (size_t i = 0; i < list->count; i++)
        if (daotp__bytes_equal(list->list[i], der)) {
            set_state(requirements, DAOTP_FINDING_NTAUTH_LIST, NULL);
            return;
        }
    set_state(requirements, DAOTP_FINDING_NTAUTH_LIST, "not in the list");
}

static void clear_states(daotp_requirements *requirements)
{
    for (size_t i = 0; i < requirements->count; i++) {
        requirements->rows[i].state = DAOTP_REQUIREMENT_UNKNOWN;
        requirements->rows[i].found[0] = '\0';
    }
}

static void check_first(daotp_requirements *requirements, daotp__bytes der, int64_t now_s)
{
    daotp__certificate certificate;

    if (!daotp__certificate_read(der, &certificate))
        return; /* the chain holds only what can be read */
    daotp__role_scan(roles[requirements->part], &certificate, now_s, take_rule, requirements);
    check_dates(requirements, &certificate, now_s);
    check_ntauth(requirements, der);
}

daotp_status daotp_requirements_check(daotp_requirements *requirements, const void *bytes,
                                      size_t len)
{
    daotp__chain chain;
    daotp_status status;

    if (requirements == NULL)
        return DAOTP_USAGE;
    daotp__report_clear(&requirements->report);
    if (bytes == NULL)
        return daotp__report_refuse(&requirements->report, DAOTP_USAGE, "certificate",
                                    DAOTP__NOT_GIVEN);
    clear_states(requirements);
    daotp__chain_init(&chain, DAOTP__MAX_CHAIN);
    status =
        daotp__chain_read(&chain, (daotp__bytes){bytes, len}, "certificate", &requirements->report);
    if (status == DAOTP_OK)
        check_first(requirements, chain.list[0], daotp__context_now_s(requirements->context));
    daotp__chain_free(&chain);
    return daotp__report_status(&requirements->report, status);
}

/* ---- by a verification ----------------------------------------------------------------------- */

static const daotp_finding *find_finding(const daotp_report *report, daotp_finding_number number)
{
    for (size_t i = 0; i < daotp_report_get_count(report); i++)
        if (daotp_finding_get_number(daotp_report_get_finding(report, i)) == number)
            return daotp_report_get_finding(report, i);
    return NULL;
}

/* Not an error of its kind: dates have a row of their own, and a CRL that nobody gave says nothing.
 */
static bool is_number_passed_over(daotp_finding_number number)
{
    return number == DAOTP_FINDING_CHAIN_EXPIRED || number == DAOTP_FINDING_CHAIN_NOT_YET ||
           number == DAOTP_FINDING_CRL_MISSING || number == DAOTP_FINDING_REVOCATION_UNKNOWN;
}

/* The first error of a stage. */
static const daotp_finding *find_error(const daotp_report *report, daotp_stage stage)
{
    for (size_t i = 0; i < daotp_report_get_count(report); i++) {
        const daotp_finding *finding = daotp_report_get_finding(report, i);

        if (daotp_finding_get_stage(finding) == stage &&
            daotp_finding_get_severity(finding) == DAOTP_SEVERITY_ERROR &&
            !is_number_passed_over(daotp_finding_get_number(finding)))
            return finding;
    }
    return NULL;
}

/* Revocation is looked at along a path that holds. */
static bool report_has_path(const daotp_report *report)
{
    if (find_error(report, DAOTP_STAGE_CHAIN) != NULL)
        return false;
    for (size_t i = 0; i < daotp_report_get_count(report); i++)
        if (daotp_finding_get_stage(daotp_report_get_finding(report, i)) == DAOTP_STAGE_REVOCATION)
            return true;
    return daotp_report_get_status(report) == DAOTP_OK ||
           find_finding(report, DAOTP_FINDING_CHAIN_VALID) != NULL;
}

static void fail_by(daotp_requirements *requirements, daotp_finding_number row_finding,
                    const daotp_finding *finding)
{
    char found[FOUND_SIZE];

    (void)snprintf(found, sizeof found, "%s %s", daotp_finding_get_id(finding),
                   daotp_finding_get_found(finding));
    set_state(requirements, row_finding, found);
}

/* It fails if the finding is there, passes if the path is valid, and is unknown otherwise. */
static void take_outcome(daotp_requirements *requirements, daotp_finding_number row_finding,
                         const daotp_finding *finding, bool holds)
{
    if (finding != NULL)
        fail_by(requirements, row_finding, finding);
    else if (holds)
        set_state(requirements, row_finding, NULL);
}

daotp_status daotp_requirements_take_report(daotp_requirements *requirements,
                                            const daotp_report *report)
{
    const daotp_finding *dates;
    bool holds, is_checked;

    if (requirements == NULL)
        return DAOTP_USAGE;
    daotp__report_clear(&requirements->report);
    if (report == NULL)
        return daotp__report_refuse(&requirements->report, DAOTP_USAGE, "report", DAOTP__NOT_GIVEN);
    holds = report_has_path(report);
    is_checked = daotp_report_get_status(report) == DAOTP_OK &&
                 find_finding(report, DAOTP_FINDING_REVOCATION_IGNORED) == NULL;
    dates = find_finding(report, DAOTP_FINDING_CHAIN_EXPIRED);
    if (dates == NULL)
        dates = find_finding(report, DAOTP_FINDING_CHAIN_NOT_YET);
    take_outcome(requirements, DAOTP_FINDING_CHAIN_EXPIRED, dates, holds);
    take_outcome(requirements, DAOTP_FINDING_CHAIN_NO_PATH, find_error(report, DAOTP_STAGE_CHAIN),
                 holds);
    take_outcome(requirements, DAOTP_FINDING_REVOCATION_UNKNOWN,
                 find_error(report, DAOTP_STAGE_REVOCATION), is_checked);
    if (requirements->part != DAOTP__PART_NTAUTH)
        take_outcome(requirements, DAOTP_FINDING_NTAUTH_LIST,
                     find_finding(report, DAOTP_FINDING_NTAUTH_LIST),
                     find_finding(report, DAOTP_FINDING_NTAUTH_LISTED) != NULL);
    return DAOTP_OK;
}

/* ---- what they say --------------------------------------------------------------------------- */

size_t daotp_requirements_get_count(const daotp_requirements *requirements)
{
    return requirements != NULL ? requirements->count : 0;
}

static const row *row_at(const daotp_requirements *requirements, size_t at)
{
    return at < daotp_requirements_get_count(requirements) ? &requirements->rows[at] : NULL;
}

const char *daotp_requirements_get_text(const daotp_requirements *requirements, size_t at,
                                        daotp_requirement_field field)
{
    static const char *const weights[] = {
        [DAOTP__MUST] = "must", [DAOTP__SHOULD] = "should", [DAOTP__MAY] = "may"};
    const row *one = row_at(requirements, at);

    if (one == NULL)
        return "";
    switch (field) {
    case DAOTP_REQUIREMENT_ID:
        return one->id;
    case DAOTP_REQUIREMENT_WEIGHT:
        return weights[one->requirement->weight];
    case DAOTP_REQUIREMENT_STATEMENT:
        return one->requirement->statement;
    case DAOTP_REQUIREMENT_SETTING:
        return one->requirement->setting;
    case DAOTP_REQUIREMENT_COMMAND:
        return one->requirement->command;
    case DAOTP_REQUIREMENT_FOUND:
        return one->found;
    case DAOTP_REQUIREMENT_SOURCE:
        return one->requirement->source;
    default:
        return "";
    }
}

daotp_requirement_state daotp_requirements_get_state(const daotp_requirements *requirements,
                                                     size_t at)
{
    const row *one = row_at(requirements, at);

    return one != NULL ? one->state : DAOTP_REQUIREMENT_UNKNOWN;
}

daotp_finding_number daotp_requirements_get_finding(const daotp_requirements *requirements,
                                                    size_t at)
{
    const row *one = row_at(requirements, at);

    return one != NULL ? one->requirement->finding : DAOTP_FINDING_NONE;
}
