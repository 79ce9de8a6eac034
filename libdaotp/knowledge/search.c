/* SPDX-License-Identifier: BSD-2-Clause */
#include <daotp/search.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "knowledge/messages.h"
#include "knowledge/names.h"
#include "knowledge/tokens.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- findings that belong to the rows ------------------------------------------------------- */

/* The catalogue does not name the source of an event: "event:19" means event 19 of the first
 * source that has one. */
static bool is_first_event(const daotp__code *code)
{
    if (code->kind <= DAOTP__KIND_OTP || code->kind >= DAOTP__KIND_REASON)
        return false;
    for (daotp__kind kind = DAOTP__KIND_OTP; kind < code->kind; kind++)
        if (daotp__code_find(kind, code->value) != NULL)
            return false;
    return true;
}

static bool is_alias_of(daotp_finding_number finding, const daotp__hit *hit)
{
    const char *aliases = daotp_catalogue_get_aliases(finding);
    const daotp__code *code = hit->row.code;
    char id[DAOTP__ID_SIZE];

    if (daotp__list_has(aliases, hit->id, strlen(hit->id)))
        return true;
    if (code == NULL)
        return false;
    if (is_first_event(code))
        (void)snprintf(id, sizeof id, "event:%" PRIu32, code->value);
    else if (daotp__kind_is_win32(code->kind))
        (void)snprintf(id, sizeof id, "0x8007%04" PRIX32, code->value);
    else
        return false;
    return daotp__list_has(aliases, id, strlen(id));
}

/* The score of related findings: less than their row; those of the row's own stage come first. */
static unsigned related_score(const daotp__hit *hit, daotp_finding_number finding)
{
    const char *stage = daotp_stage_name(daotp_catalogue_get_stage(finding));

    if (hit->score <= DAOTP__SCORE_RELATED)
        return hit->score;
    return hit->score - DAOTP__SCORE_RELATED +
           (hit->row.code != NULL && strcmp(hit->row.code->stage, stage) == 0);
}

static void add_findings(daotp__search *search)
{
    size_t count = search->answers->count;

    for (size_t i = 0; i < count; i++) {
        daotp__hit hit = search->answers->list[i];
        daotp_finding_number n = DAOTP_FINDING_NONE;

        if (hit.row.finding != DAOTP_FINDING_NONE)
            continue;
        while ((n = daotp_catalogue_next(n)) != DAOTP_FINDING_NONE)
            if (is_alias_of(n, &hit))
                daotp__search_add(search, (daotp__row){.finding = n}, related_score(&hit, n),
                                  hit.at);
    }
}

/* ---- the order of the answers ---------------------------------------------------------------- */

static int table_of(const daotp__row *row)
{
    if (row->code != NULL)
        return 0;
    return row->cause != NULL ? 1 : 2;
}

static int order_in_table(const daotp__row *a, const daotp__row *b)
{
    if (a->code != NULL)
        return (a->code > b->code) - (a->code < b->code);
    if (a->cause != NULL)
        return (a->cause > b->cause) - (a->cause < b->cause);
    return (a->finding > b->finding) - (a->finding < b->finding);
}

/* Sort by score, then by the position in the question, then by the order of the tables. */
static int compare_hits(const void *left, const void *right)
{
    const daotp__hit *a = left, *b = right;

    if (a->score != b->score)
        return a->score > b->score ? -1 : 1;
    if (a->at != b->at)
        return a->at < b->at ? -1 : 1;
    if (table_of(&a->row) != table_of(&b->row))
        return table_of(&a->row) - table_of(&b->row);
    return order_in_table(&a->row, &b->row);
}

/* ---- the search ------------------------------------------------------------------------------ */

static daotp_status split_words(daotp__search *search)
{
    size_t at = 0, n = 0;
    daotp__word word;

    while (daotp__word_next(search->text, search->len, &at, &word))
        n++;
    search->words = daotp__new((n + 1) * sizeof *search->words);
    if (search->words == NULL)
        return DAOTP_MEMORY;
    for (at = 0; daotp__word_next(search->text, search->len, &at, &word);)
        search->words[search->word_count++] = word;
    return DAOTP_OK;
}

/* The question has no id, number or message: add the few rows that have most of its words. */
static void guess_rows(daotp__search *search)
{
    enum { FEW = 8 };
    daotp_answers *answers = search->answers;

    daotp__scan_texts(search);
    if (answers->count > 0)
        qsort(answers->list, answers->count, sizeof *answers->list, compare_hits);
    if (answers->count > FEW)
        answers->count = FEW;
    answers->is_guess = answers->count > 0;
}

static daotp_status find_rows(daotp__search *search)
{
    daotp_status status = split_words(search);

    if (status == DAOTP_OK)
        status = daotp__names_make(search);
    if (status != DAOTP_OK)
        return status;
    daotp__scan_tokens(search);
    status = daotp__scan_messages(search);
    if (status == DAOTP_OK)
        status = search->failed;
    if (status != DAOTP_OK)
        return status;
    if (search->answers->count == 0 && !search->has_unknown)
        guess_rows(search);
    add_findings(search);
    return search->failed;
}

static daotp_status search_text(daotp__buffer *folded, daotp_answers *answers)
{
    daotp__search search = {
        .text = daotp__buffer_string(folded), .len = folded->len, .answers = answers};
    daotp_status status = folded->failed;

    if (status == DAOTP_OK)
        status = find_rows(&search);
    daotp__delete(search.words);
    daotp__delete(search.names);
    return status;
}

/* Every row of every table. */
static daotp_status add_everything(daotp_answers *answers)
{
    daotp__search search = {.answers = answers};
    daotp_finding_number n = DAOTP_FINDING_NONE;

    for (size_t i = 0; i < daotp__code_count; i++)
        daotp__search_add(&search, (daotp__row){.code = &daotp__codes[i]}, 1, 0);
    for (size_t i = 0; i < daotp__cause_count; i++)
        daotp__search_add(&search, (daotp__row){.cause = &daotp__causes[i]}, 1, 0);
    while ((n = daotp_catalogue_next(n)) != DAOTP_FINDING_NONE)
        daotp__search_add(&search, (daotp__row){.finding = n}, 1, 0);
    return search.failed;
}

static daotp_status fill_answers(const char *text, size_t len, daotp_answers *answers)
{
    daotp__buffer folded;
    daotp_status status;

    if (text == NULL)
        return add_everything(answers);
    daotp__buffer_init(&folded, 4 * (size_t)DAOTP__MAX_QUESTION);
    daotp__text_fold(&folded, text, len);
    status = search_text(&folded, answers);
    daotp__buffer_free(&folded);
    return status;
}

daotp_status daotp_catalogue_search(const char *text, size_t len, daotp_answers **out)
{
    daotp_answers *answers;
    daotp_status status;

    if (out == NULL)
        return DAOTP_USAGE;
    *out = NULL;
    if (len > DAOTP__MAX_QUESTION)
        return DAOTP_USAGE;
    answers = daotp__new(sizeof *answers);
    if (answers == NULL)
        return DAOTP_MEMORY;
    status = fill_answers(text, len, answers);
    if (status != DAOTP_OK) {
        daotp_answers_free(answers);
        return status;
    }
    if (answers->count > 0)
        qsort(answers->list, answers->count, sizeof *answers->list, compare_hits);
    *out = answers;
    return DAOTP_OK;
}
