/* SPDX-License-Identifier: BSD-2-Clause */
#include "knowledge/hits.h"

#include "core/alloc.h"

#include <string.h>

static bool is_equal_row(const daotp__row *a, const daotp__row *b)
{
    return a->code == b->code && a->cause == b->cause && a->finding == b->finding;
}

static bool reserve_hit(daotp_answers *answers)
{
    size_t capacity = answers->capacity > 0 ? 2 * answers->capacity : 8;
    daotp__hit *larger;

    if (answers->count < answers->capacity)
        return true;
    larger = daotp__new(capacity * sizeof *larger);
    if (larger == NULL)
        return false;
    if (answers->count > 0)
        memcpy(larger, answers->list, answers->count * sizeof *larger);
    daotp__delete(answers->list);
    answers->list = larger;
    answers->capacity = capacity;
    return true;
}

static unsigned standing_costs(daotp__standing standing)
{
    if (standing == DAOTP__GENERAL)
        return DAOTP__SCORE_GENERAL;
    return standing == DAOTP__RARE ? DAOTP__SCORE_RARE : 0;
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
    if (!reserve_hit(answers)) {
        search->failed = DAOTP_MEMORY;
        return;
    }
    answers->list[answers->count++] = (daotp__hit){row, score, (uint32_t)at, "", ""};
}
