/* SPDX-License-Identifier: BSD-2-Clause */
#include "responder/budget_rules.h"

#include "core/limits.h"

#define MINUTE INT64_C(60)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

enum { FREE_WRONG = 5, MOST_DOUBLINGS = 6 };
static const int64_t window_s = 15 * MINUTE;
static const int64_t trust_s = 30 * DAY;
static const int64_t clearing_s = 40 * DAY; /* no counter of a pair is older: see budget_limit */

/*
 * A long-term budget: so many at once, and one more each refill_s. In 30 days at most
 * burst + 30 days / refill_s: a pair with trust 24 + 30, one without 10 + 10, a user over all pairs
 * without trust 20 + 20; so one with trust and all without: 94. A single pair without trust takes
 * half of its user's budget at the most, so that one attacker does not close it.
 */
typedef struct budget_limit {
    int64_t burst, refill_s;
} budget_limit;

_Static_assert(DAOTP__MAX_BUDGET_NODES <= 10, "each server has one of every budget at least");
static const budget_limit trusted_pair = {24, 24 * HOUR};
static const budget_limit untrusted_pair = {10, 72 * HOUR};
static const budget_limit whole_user = {20, 36 * HOUR};
static const budget_limit whole_certificate = {50, HOUR};

/* The part of one of several servers, rounded down. */
static budget_limit limit_part(const budget_limit *whole, int64_t nodes)
{
    return (budget_limit){whole->burst / nodes, whole->refill_s * nodes};
}

/* Wrong codes before the back-off. */
static uint32_t free_part(int64_t nodes)
{
    return nodes < FREE_WRONG ? (uint32_t)(FREE_WRONG / nodes) : 1;
}

static int64_t later_of(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static bool is_trusted(const daotp__budget_record *pair, int64_t now_s)
{
    return pair->success_s != 0 && now_s - pair->success_s <= trust_s;
}

/* ---- the clock went back: everything keeps its distance from the last touch --------------------
 */

static bool move_to_clock(daotp__budget_record *record, int64_t now_s)
{
    int64_t ahead_s = record->touched_s - now_s;

    if (ahead_s <= 0)
        return false;
    record->touched_s -= ahead_s;
    record->last_s -= ahead_s;
    record->whole_s -= ahead_s;
    if (record->success_s != 0)
        record->success_s -= ahead_s;
    return true;
}

/* ---- the long-term budget -------------------------------------------------------------------- */

/* When the next attempt is allowed. */
static int64_t limit_open_s(const daotp__budget_record *record, const budget_limit *limit)
{
    return record->whole_s - (limit->burst - 1) * limit->refill_s;
}

static void limit_take(daotp__budget_record *record, const budget_limit *limit, int64_t now_s)
{
    record->whole_s = later_of(record->whole_s, now_s) + limit->refill_s;
    record->touched_s = now_s;
}

static void limit_give_back(daotp__budget_record *record, const budget_limit *limit)
{
    record->whole_s -= limit->refill_s;
}

/* ---- the back-off of a pair ------------------------------------------------------------------ */

static int64_t backoff_s(uint32_t wrong, uint32_t free_wrong)
{
    uint32_t doublings = wrong - free_wrong;

    return window_s << (doublings < MOST_DOUBLINGS ? doublings : MOST_DOUBLINGS);
}

static int64_t backoff_open_s(const daotp__budget_record *pair, int64_t now_s, uint32_t free_wrong)
{
    return pair->wrong < free_wrong ? now_s : pair->last_s + backoff_s(pair->wrong, free_wrong);
}

/* Wrong codes in a row are forgotten when no more came for the length of the window; once they
 * have led to a back-off, when none came until a day after its end. */
static void forget_wrong_codes(daotp__budget_record *pair, int64_t now_s, uint32_t free_wrong)
{
    int64_t quiet_s = window_s;

    if (pair->wrong >= free_wrong)
        quiet_s = backoff_s(pair->wrong, free_wrong) + DAY;
    if (now_s - pair->last_s >= quiet_s)
        pair->wrong = 0;
}

/* ---- an attempt ------------------------------------------------------------------------------ */

static budget_limit pair_limit(const daotp__budget_record *pair, int64_t now_s, int64_t nodes)
{
    return limit_part(is_trusted(pair, now_s) ? &trusted_pair : &untrusted_pair, nodes);
}

/* A pair whose counters are older than the last clearing of its user begins anew. */
static void follow_clearing(daotp__budget_record *pair, const daotp__budget_record *user,
                            int64_t now_s)
{
    if (user->step < 0 || user->step == pair->step)
        return;
    pair->step = user->step;
    pair->wrong = 0;
    pair->whole_s = now_s;
}

int daotp__budget_take_from(daotp__budget_record *records, int64_t now_s, int64_t nodes,
                            daotp__budget_taken *taken, int64_t *open_s)
{
    daotp__budget_record *pair = &records[0], *user = &records[1], *certificate = &records[2];
    const budget_limit of_user = limit_part(&whole_user, nodes),
                       of_certificate = limit_part(&whole_certificate, nodes);
    budget_limit of_pair;

    taken->is_moved = false;
    for (int i = 0; i < DAOTP__BUDGET_RECORDS; i++)
        taken->is_moved = move_to_clock(&records[i], now_s) || taken->is_moved;
    follow_clearing(pair, user, now_s);
    of_pair = pair_limit(pair, now_s, nodes);
    forget_wrong_codes(pair, now_s, free_part(nodes));
    taken->all = !is_trusted(pair, now_s);
    *open_s = later_of(backoff_open_s(pair, now_s, free_part(nodes)), limit_open_s(pair, &of_pair));
    if (*open_s > now_s)
        return DAOTP__BUDGET_PAIR;
    *open_s = limit_open_s(user, &of_user);
    if (taken->all && *open_s > now_s)
        return DAOTP__BUDGET_USER;
    *open_s = limit_open_s(certificate, &of_certificate);
    if (taken->all && *open_s > now_s)
        return DAOTP__BUDGET_CERTIFICATE;
    limit_take(pair, &of_pair, now_s);
    pair->wrong++;
    pair->last_s = now_s;
    if (taken->all) {
        limit_take(user, &of_user, now_s);
        limit_take(certificate, &of_certificate, now_s);
    }
    return 0;
}

static void settle_right(daotp__budget_record *records, int64_t now_s, int64_t nodes,
                         const daotp__budget_taken *taken)
{
    const budget_limit of_user = limit_part(&whole_user, nodes),
                       of_certificate = limit_part(&whole_certificate, nodes),
                       of_pair = limit_part(&trusted_pair, nodes);
    daotp__budget_record *pair = &records[0];

    pair->wrong = 0;
    pair->touched_s = now_s;
    if (taken->all) {
        pair->whole_s = now_s; /* from now on it is trusted, with other limits */
        limit_give_back(&records[1], &of_user);
        limit_give_back(&records[2], &of_certificate);
    } else {
        limit_give_back(pair, &of_pair);
    }
    pair->success_s = later_of(now_s, 1);
}

void daotp__budget_settle_in(daotp__budget_record *records, int64_t now_s, int64_t nodes,
                             const daotp__budget_taken *taken, daotp__budget_outcome outcome)
{
    if (outcome == DAOTP__BUDGET_RIGHT)
        settle_right(records, now_s, nodes, taken);
    else if (outcome == DAOTP__BUDGET_UNANSWERED && records[0].wrong > 0)
        records[0].wrong--;
}

void daotp__budget_clear_in(daotp__budget_record *record, int64_t now_s, int64_t clearing)
{
    record->step = clearing;
    record->whole_s = now_s;
    record->touched_s = now_s;
}

bool daotp__budget_is_idle(const daotp__budget_record *record, int64_t now_s)
{
    if (record->kind == DAOTP__BUDGET_TOKEN)
        return false; /* a clock that was ahead for a moment would make its last code good again */
    if (record->kind == DAOTP__BUDGET_USER && record->step >= 0 &&
        now_s - record->touched_s <= clearing_s)
        return false; /* the pair's record may be older than the clearing */
    if (record->kind != DAOTP__BUDGET_PAIR)
        return record->whole_s <= now_s;
    return record->whole_s <= now_s && !is_trusted(record, now_s) &&
           (record->wrong == 0 || now_s - record->last_s > 3 * DAY);
}
