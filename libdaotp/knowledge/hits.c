/* SPDX-License-Identifier: BSD-2-Clause */
#include "knowledge/hits.h"

#include "core/array.h"

#include <stdio.h>

static bool is_equal_row(const daotp__row *a, const daotp__row *b)
{
    return a->code == b->code && a->cause == b->cause && a->finding == b->finding;
}

static unsigned standing_costs(daotp__standing standing)
{
    if (standing == DAOTP__GENERAL)
        return DAOTP__SCORE_GENERAL;
    return standing == DAOTP__RARE ? DAOTP__SCORE_RARE : 0;
}

static void set_hit_names(daotp__hit *hit)
{
    const daotp__cause *cause = hit->row.cause;

    if (hit->row.code != NULL) {
        daotp__code_id(hit->row.code, hit->id);
        daotp__code_names(hit->row.code, hit->names);
        return;
    }
    (void)snprintf(hit->id, sizeof hit->id, "%s",
                   cause != NULL ? cause->id : daotp_catalogue_get_id(hit->row.finding));
}

static void append_hit(daotp__search *search, daotp__row row, unsigned score, size_t at)
{
    daotp_answers *answers = search->answers;
    daotp__hit *list =
        daotp__array_reserve(answers->list, answers->count, &answers->capacity, sizeof *list);

    if (list == NULL) {
        search->failed = DAOTP_MEMORY;
        return;
    }
    answers->list = list;
    list += answers->count++;
    *list = (daotp__hit){row, score, (uint32_t)at, "", ""};
    set_hit_names(list);
}

void daotp__search_add(daotp__search *search, daotp__row row, unsigned score, size_t at)
{
    daotp_answers *answers = search->answers;
    unsigned less = row.code != NULL ? standing_costs(row.code->standing) : 0;

    score -= score > less ? less : 0;
    for (size_t i = 0; i < answers->count; i++)
        if (is_equal_row(&answers->list[i].row, &row)) {
            if (score > answers->list[i].score)
                answers->list[i].score = score;
            return;
        }
    append_hit(search, row, score, at);
}
