/* SPDX-License-Identifier: BSD-2-Clause */
#include "doctor/bundle_reader.h"

#include "core/utf8.h"
#include "knowledge/knowledge.h"

#include <daotp/search.h>
#include <stdio.h>
#include <string.h>

enum { FOUND_ROOM = 600 };

/* ---- what is reported ------------------------------------------------------------------------ */

void daotp__bundle_set_kind(daotp__bundle_reader *reader, const char *kind, const char *title)
{
    reader->file->kind = kind;
    reader->file->title = title;
}

/* The rank by which the first error is chosen: certain causes come before likely ones, and
 * errors without a stage after all others. */
static unsigned rank_of_finding(daotp_finding_number number)
{
    const char *id = daotp_catalogue_get_id(number);
    daotp_stage stage = daotp_catalogue_get_stage(number);
    size_t len = strlen(id);
    unsigned rank = (unsigned)stage * 2;

    if (stage == DAOTP_STAGE_CALL)
        rank = DAOTP_STAGE_ALL_COUNT * 2;
    return rank + (len > 7 && strcmp(id + len - 7, "-LIKELY") == 0);
}

static bool was_noted(daotp__bundle_reader *reader, daotp_finding_number number, const char *found)
{
    uint64_t key = (uint64_t)number;

    for (; *found != '\0'; found++) /* FNV-1a: if two texts collide, one of them is not reported */
        key = (key ^ (uint8_t)*found) * 0x100000001B3u;
    for (size_t i = 0; i < reader->noted_count; i++)
        if (reader->noted[i] == key)
            return true;
    if (reader->noted_count < DAOTP__MAX_BUNDLE_NOTES)
        reader->noted[reader->noted_count++] = key;
    return false;
}

/* Whether the finding is about data that was not read, and so may be right or wrong. */
static bool is_about_unread(daotp_finding_number number)
{
    return number == DAOTP_FINDING_BUNDLE_EVTX || number == DAOTP_FINDING_BUNDLE_CUT ||
           number == DAOTP_FINDING_BUNDLE_MALFORMED || number == DAOTP_FINDING_LIMIT_SIZE;
}

void daotp__bundle_set_wrong(daotp__bundle_reader *reader, daotp_finding_number number)
{
    daotp__bundle_file *file = reader->file;

    if (rank_of_finding(number) < file->rank)
        file->rank = rank_of_finding(number);
    if (!is_about_unread(number)) /* what Windows logged is certain */
        file->status = DAOTP_REJECTED;
    else if (file->status == DAOTP_OK)
        file->status = DAOTP_UNDECIDED;
}

daotp_status daotp__bundle_note(daotp__bundle_reader *reader, daotp_finding_number number,
                                const char *found)
{
    daotp__bundle_file *file = reader->file;
    daotp_status status;

    if (was_noted(reader, number, found))
        return DAOTP_OK;
    status = daotp__report_add(&file->report, number, 0, file->name, "%s", found);
    if (status == DAOTP_OK || status == DAOTP_MEMORY)
        return status;
    daotp__bundle_set_wrong(reader, number);
    return DAOTP_OK;
}

/* ---- what the tables know -------------------------------------------------------------------- */

static const char *text_of_answer(const daotp_answers *answers, size_t at, daotp_answer_field field)
{
    return daotp_answers_get_text(answers, at, field);
}

/* Whether the answer is only the name of a stage, a log or an OID, which is no error: "OTP"
 * alone may be the title of a page. */
static bool is_name_of_thing(const daotp_answers *answers, size_t at)
{
    static const char *const kinds[] = {"source of events", "stage", "object identifier",
                                        "requirement"};
    const char *kind = text_of_answer(answers, at, DAOTP_ANSWER_KIND);

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kind, kinds[i]) == 0)
            return true;
    return false;
}

/* The index of the first answer that names an error. */
static size_t first_of_answers(const daotp_answers *answers)
{
    size_t count = daotp_answers_get_count(answers), at = 0;

    while (at < count && is_name_of_thing(answers, at))
        at++;
    return at;
}

/* The finding for the first cause: one of the same stage that has the id of the cause as an
 * alias. */
static daotp_finding_number finding_of_cause(const daotp_answers *answers, size_t at)
{
    const char *cause = daotp_answers_get_cause(answers, at, 0, DAOTP_CAUSE_ID);
    const char *stage = text_of_answer(answers, at, DAOTP_ANSWER_STAGE);
    daotp_finding_number number = daotp_answers_get_finding(answers, at);

    if (number != DAOTP_FINDING_NONE)
        return number;
    while ((number = daotp_catalogue_next(number)) != DAOTP_FINDING_NONE)
        if (strcmp(daotp_stage_name(daotp_catalogue_get_stage(number)), stage) == 0 &&
            daotp_catalogue_get_severity(number) == DAOTP_SEVERITY_ERROR &&
            daotp__list_has(daotp_catalogue_get_aliases(number), cause, strlen(cause)))
            return number;
    return DAOTP_FINDING_BUNDLE_EVENT;
}

static daotp_status note_answer(daotp__bundle_reader *reader, const daotp_answers *answers,
                                size_t at, const char *label)
{
    const char *likely = daotp_answers_is_likely(answers, at) ? "most likely " : "";
    char found[FOUND_ROOM];

    (void)snprintf(found, sizeof found, "%s%s: %s%s; first cause: %s", label,
                   text_of_answer(answers, at, DAOTP_ANSWER_ID), likely,
                   text_of_answer(answers, at, DAOTP_ANSWER_MEANING),
                   daotp_answers_get_cause(answers, at, 0, DAOTP_CAUSE_TITLE));
    daotp__utf8_make_plain(found);
    return daotp__bundle_note(reader, finding_of_cause(answers, at), found);
}

daotp_status daotp__bundle_explain(daotp__bundle_reader *reader, daotp__bytes query,
                                   const char *label, bool *known)
{
    daotp_answers *answers = NULL;
    daotp_status status;
    size_t at;

    *known = false;
    if (reader->searches++ >= DAOTP__MAX_BUNDLE_SEARCHES)
        return daotp__bundle_note(reader, DAOTP_FINDING_BUNDLE_CUT,
                                  "more than 128 messages: only the first 128 were looked up");
    status = daotp_catalogue_search((const char *)query.data, query.len, &answers);
    if (status != DAOTP_OK)
        return status == DAOTP_MEMORY ? status : DAOTP_OK;
    at = first_of_answers(answers);
    *known = at < daotp_answers_get_count(answers) && !daotp_answers_is_guess(answers);
    if (*known)
        status = note_answer(reader, answers, at, label);
    daotp_answers_free(answers);
    return status;
}
