/* SPDX-License-Identifier: BSD-2-Clause */
/* The texts of the answers to a question. */
#include "core/alloc.h"
#include "knowledge/hits.h"

#include <daotp/search.h>

void daotp_answers_free(daotp_answers *answers)
{
    if (answers == NULL)
        return;
    daotp__delete(answers->list);
    daotp__delete(answers);
}

/* ---- what an answer says --------------------------------------------------------------------- */

size_t daotp_answers_get_count(const daotp_answers *answers)
{
    return answers != NULL ? answers->count : 0;
}

bool daotp_answers_is_guess(const daotp_answers *answers)
{
    return answers != NULL && answers->is_guess;
}

static const daotp__hit *hit_at(const daotp_answers *answers, size_t at)
{
    return answers != NULL && at < answers->count ? &answers->list[at] : NULL;
}

static const char *code_text(const daotp__code *code, daotp_answer_field field)
{
    switch (field) {
    case DAOTP_ANSWER_KIND:
        return daotp__kind_name(code->kind);
    case DAOTP_ANSWER_STAGE:
        return code->stage;
    case DAOTP_ANSWER_MEANING:
        return code->meaning;
    case DAOTP_ANSWER_CONFUSED:
        return code->confused;
    case DAOTP_ANSWER_SOURCE:
        return code->source;
    default:
        return "";
    }
}

static const char *cause_row_text(const daotp__cause *cause, daotp_answer_field field)
{
    switch (field) {
    case DAOTP_ANSWER_KIND:
        return "fault";
    case DAOTP_ANSWER_STAGE:
        return cause->stage;
    case DAOTP_ANSWER_MEANING:
        return cause->title;
    case DAOTP_ANSWER_SOURCE:
        return cause->source;
    default:
        return "";
    }
}

static const char *finding_row_text(daotp_finding_number finding, daotp_answer_field field)
{
    switch (field) {
    case DAOTP_ANSWER_KIND:
        return "finding";
    case DAOTP_ANSWER_NAMES:
        return daotp_catalogue_get_aliases(finding);
    case DAOTP_ANSWER_STAGE:
        return daotp_stage_name(daotp_catalogue_get_stage(finding));
    case DAOTP_ANSWER_MEANING:
        return daotp_catalogue_get_title(finding);
    case DAOTP_ANSWER_SOURCE:
        return daotp_catalogue_get_source(finding);
    default:
        return "";
    }
}

const char *daotp_answers_get_text(const daotp_answers *answers, size_t at,
                                   daotp_answer_field field)
{
    const daotp__hit *hit = hit_at(answers, at);

    if (hit == NULL)
        return "";
    if (field == DAOTP_ANSWER_ID)
        return hit->id;
    if (hit->row.code != NULL)
        return field == DAOTP_ANSWER_NAMES ? hit->names : code_text(hit->row.code, field);
    if (hit->row.cause != NULL)
        return cause_row_text(hit->row.cause, field);
    return finding_row_text(hit->row.finding, field);
}

bool daotp_answers_is_likely(const daotp_answers *answers, size_t at)
{
    const daotp__hit *hit = hit_at(answers, at);

    if (hit == NULL)
        return false;
    if (hit->row.code != NULL)
        return hit->row.code->standing == DAOTP__LIKELY;
    return hit->row.cause != NULL && hit->row.cause->standing == DAOTP__LIKELY;
}

daotp_finding_number daotp_answers_get_finding(const daotp_answers *answers, size_t at)
{
    const daotp__hit *hit = hit_at(answers, at);

    return hit != NULL ? hit->row.finding : DAOTP_FINDING_NONE;
}

/* ---- its causes ------------------------------------------------------------------------------ */

/* The list in which the ids of the causes are, among other words. */
static const char *cause_list(const daotp__row *row)
{
    return row->code != NULL ? row->code->causes : daotp_catalogue_get_aliases(row->finding);
}

static const daotp__cause *cause_at(const daotp__hit *hit, size_t cause)
{
    const char *list, *word;
    size_t len;

    if (hit == NULL)
        return NULL;
    if (hit->row.cause != NULL)
        return cause == 0 ? hit->row.cause : NULL;
    for (list = cause_list(&hit->row); (word = daotp__list_word(list, 0, &len)) != NULL;
         list = word + len) {
        const daotp__cause *found = daotp__cause_find(word, len);

        if (found != NULL && cause-- == 0)
            return found;
    }
    return NULL;
}

/* A finding is its own cause: its text "wanted" is the check. */
static bool is_own_cause(const daotp__hit *hit, size_t cause)
{
    return hit != NULL && hit->row.finding != DAOTP_FINDING_NONE && cause == 0;
}

static size_t cause_number(const daotp__hit *hit, size_t cause)
{
    return hit != NULL && hit->row.finding != DAOTP_FINDING_NONE ? cause - 1 : cause;
}

size_t daotp_answers_get_cause_count(const daotp_answers *answers, size_t at)
{
    const daotp__hit *hit = hit_at(answers, at);
    size_t count = 0;

    while (cause_at(hit, count) != NULL)
        count++;
    return count + is_own_cause(hit, 0);
}

static const char *own_cause_text(daotp_finding_number finding, daotp_cause_field field)
{
    switch (field) {
    case DAOTP_CAUSE_ID:
        return daotp_catalogue_get_id(finding);
    case DAOTP_CAUSE_STAGE:
        return daotp_stage_name(daotp_catalogue_get_stage(finding));
    case DAOTP_CAUSE_TITLE:
        return daotp_catalogue_get_title(finding);
    case DAOTP_CAUSE_CHECK:
        return daotp_catalogue_get_wanted(finding);
    case DAOTP_CAUSE_CURE:
        return daotp_catalogue_get_hint(finding);
    case DAOTP_CAUSE_SOURCE:
        return daotp_catalogue_get_source(finding);
    default:
        return "";
    }
}

static const char *cause_text(const daotp__cause *cause, daotp_cause_field field)
{
    switch (field) {
    case DAOTP_CAUSE_ID:
        return cause->id;
    case DAOTP_CAUSE_STAGE:
        return cause->stage;
    case DAOTP_CAUSE_TITLE:
        return cause->title;
    case DAOTP_CAUSE_CHECK:
        return cause->check;
    case DAOTP_CAUSE_CURE:
        return cause->cure;
    case DAOTP_CAUSE_SOURCE:
        return cause->source;
    default:
        return "";
    }
}

const char *daotp_answers_get_cause(const daotp_answers *answers, size_t at, size_t cause,
                                    daotp_cause_field field)
{
    const daotp__hit *hit = hit_at(answers, at);
    const daotp__cause *found;

    if (is_own_cause(hit, cause))
        return own_cause_text(hit->row.finding, field);
    found = cause_at(hit, cause_number(hit, cause));
    return found != NULL ? cause_text(found, field) : "";
}

bool daotp_answers_is_cause_likely(const daotp_answers *answers, size_t at, size_t cause)
{
    const daotp__hit *hit = hit_at(answers, at);
    const daotp__cause *found;

    if (is_own_cause(hit, cause))
        return false;
    found = cause_at(hit, cause_number(hit, cause));
    return found != NULL && found->standing == DAOTP__LIKELY;
}
