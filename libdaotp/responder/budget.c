/* SPDX-License-Identifier: BSD-2-Clause */
#include "responder/budget.h"

#include "core/alloc.h"
#include "core/limits.h"
#include "x509/algorithm.h"
#include "x509/random.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

struct daotp_budget {
    atomic_uint references;
    daotp_context *context;
    daotp__budget_store *store;
    bool is_durable;
    pthread_mutex_t lock; /* of what follows */
    int64_t nodes;        /* does not change once it is open */
    bool is_open;
    uint8_t key[DAOTP__BUDGET_KEY];
};

/* ---- the object ------------------------------------------------------------------------------ */

static daotp_status new_store(const char *folder, daotp__budget_store **store)
{
    return folder != NULL ? daotp__budget_folder_new(folder, store)
                          : daotp__budget_memory_new(store);
}

daotp_status daotp_budget_new(daotp_context *context, const char *folder, daotp_budget **budget)
{
    daotp_budget *made;

    if (budget == NULL)
        return DAOTP_USAGE;
    *budget = NULL;
    if (context == NULL ||
        (folder != NULL && (*folder == '\0' || strlen(folder) >= DAOTP__MAX_PATH_TEXT)))
        return DAOTP_USAGE;
    made = daotp__new(sizeof *made);
    if (made == NULL)
        return DAOTP_MEMORY;
    if (new_store(folder, &made->store) != DAOTP_OK) {
        daotp__delete(made);
        return DAOTP_MEMORY;
    }
    atomic_init(&made->references, 1);
    (void)pthread_mutex_init(&made->lock, NULL); /* never fails with glibc */
    made->context = daotp__context_ref(context);
    made->is_durable = folder != NULL;
    made->nodes = 1;
    *budget = made;
    return DAOTP_OK;
}

daotp_budget *daotp__budget_ref(daotp_budget *budget)
{
    if (budget != NULL)
        atomic_fetch_add_explicit(&budget->references, 1, memory_order_relaxed);
    return budget;
}

void daotp_budget_unref(daotp_budget *budget)
{
    if (budget == NULL ||
        atomic_fetch_sub_explicit(&budget->references, 1, memory_order_acq_rel) != 1)
        return;
    budget->store->free(budget->store);
    (void)pthread_mutex_destroy(&budget->lock);
    daotp_context_unref(budget->context);
    daotp__delete(budget);
}

bool daotp__budget_is_durable(const daotp_budget *budget)
{
    return budget->is_durable;
}

daotp_status daotp_budget_set_nodes(daotp_budget *budget, int64_t nodes)
{
    daotp_status status = DAOTP_OK;

    if (budget == NULL || nodes < 1 || nodes > DAOTP__MAX_BUDGET_NODES)
        return DAOTP_USAGE;
    (void)pthread_mutex_lock(&budget->lock);
    if (budget->is_open)
        status = DAOTP_USAGE;
    else
        budget->nodes = nodes;
    (void)pthread_mutex_unlock(&budget->lock);
    return status;
}

daotp_status daotp_budget_open(daotp_budget *budget, daotp_report *report)
{
    daotp_status status = DAOTP_OK;

    daotp__report_enter(report);
    if (budget == NULL)
        return DAOTP_USAGE;
    (void)pthread_mutex_lock(&budget->lock);
    if (!budget->is_open)
        status = budget->store->open(budget->store, budget->key, report);
    budget->is_open = budget->is_open || status == DAOTP_OK;
    (void)pthread_mutex_unlock(&budget->lock);
    return daotp__report_status(report, status);
}

/* ---- keys ------------------------------------------------------------------------------------ */

/* HMAC-SHA-256 over kind, length of the first part, and both parts. */
static daotp_status make_key(const daotp_budget *budget, daotp__budget_kind kind, daotp__bytes a,
                             daotp__bytes b, uint8_t *key)
{
    daotp__buffer in;
    daotp_status status;

    daotp__buffer_init(&in, a.len + b.len + 16);
    daotp__buffer_byte(&in, (uint8_t)kind);
    for (int shift = 56; shift >= 0; shift -= 8)
        daotp__buffer_byte(&in, (uint8_t)((uint64_t)a.len >> shift));
    daotp__buffer_add(&in, a.data, a.len);
    daotp__buffer_add(&in, b.data, b.len);
    status = in.failed != DAOTP_OK ? DAOTP_MEMORY : DAOTP_OK;
    if (status == DAOTP_OK && !daotp__hash_keyed((daotp__bytes){budget->key, sizeof budget->key},
                                                 daotp__buffer_bytes(&in), key))
        status = DAOTP_MEMORY;
    daotp__buffer_free(&in);
    return status;
}

/* Names are compared without case: so they are hashed without. */
static daotp_status fold_name(const char *name, daotp__buffer *folded)
{
    daotp__buffer_init(folded, DAOTP__MAX_URL + 1);
    for (; *name != '\0'; name++)
        daotp__buffer_byte(folded, (uint8_t)(*name >= 'A' && *name <= 'Z' ? *name + 32 : *name));
    return folded->failed != DAOTP_OK ? DAOTP_MEMORY : DAOTP_OK;
}

static const daotp__budget_kind charged[DAOTP__BUDGET_RECORDS] = {
    DAOTP__BUDGET_PAIR, DAOTP__BUDGET_USER, DAOTP__BUDGET_CERTIFICATE};

static daotp_status make_keys(const daotp_budget *budget, const char *user,
                              daotp__bytes certificate, daotp__budget_charge *charge)
{
    static const daotp__bytes none = {NULL, 0};
    daotp__buffer folded;
    daotp_status status = fold_name(user, &folded);
    daotp__bytes name = daotp__buffer_bytes(&folded);

    if (status == DAOTP_OK)
        status = make_key(budget, DAOTP__BUDGET_PAIR, name, certificate, charge->keys[0]);
    if (status == DAOTP_OK)
        status = make_key(budget, DAOTP__BUDGET_USER, name, none, charge->keys[1]);
    if (status == DAOTP_OK)
        status = make_key(budget, DAOTP__BUDGET_CERTIFICATE, certificate, none, charge->keys[2]);
    charge->keys[0][0] = charge->keys[1][0]; /* one file, one write */
    daotp__buffer_free(&folded);
    return status;
}

/* The wall clock, within a range in which sums and differences of two moments do not overflow. */
static int64_t budget_now_s(const daotp_budget *budget)
{
    static const int64_t most = INT64_C(1) << 60;
    int64_t now_s = daotp__context_now_s(budget->context);

    if (now_s > most)
        return most;
    return now_s < -most ? -most : now_s;
}

/* ---- an attempt ------------------------------------------------------------------------------ */

typedef struct attempt {
    daotp__budget_taken taken;
    daotp__budget_outcome outcome;
    int64_t now_s, nodes, open_s;
    int spent;
} attempt;

static bool change_take(daotp__budget_record *records, void *user)
{
    attempt *change = user;

    change->spent = daotp__budget_take_from(records, change->now_s, change->nodes, &change->taken,
                                            &change->open_s);
    return change->spent == 0 || change->taken.is_moved;
}

static bool change_settle(daotp__budget_record *records, void *user)
{
    attempt *change = user;

    daotp__budget_settle_in(records, change->now_s, change->nodes, &change->taken, change->outcome);
    return true;
}

static daotp_status update_charged(daotp_budget *budget, const daotp__budget_charge *charge,
                                   const daotp__budget_change *change, daotp_report *report)
{
    daotp__budget_record records[DAOTP__BUDGET_RECORDS];

    for (size_t i = 0; i < DAOTP__BUDGET_RECORDS; i++) {
        records[i] = (daotp__budget_record){.kind = (uint32_t)charged[i], .step = -1};
        memcpy(records[i].key, charge->keys[i], DAOTP__BUDGET_KEY);
    }
    return budget->store->update(budget->store, records, DAOTP__BUDGET_RECORDS, change, report);
}

static daotp_status tell_spent(const attempt *change, const char *user, daotp_report *report)
{
    static const char *const names[] = {[DAOTP__BUDGET_PAIR] = "of this user with this certificate",
                                        [DAOTP__BUDGET_USER] = "of this user over all certificates",
                                        [DAOTP__BUDGET_CERTIFICATE] =
                                            "of this certificate over all users"};

    return daotp__report_add(report, DAOTP_FINDING_SERVE_BUDGET_SPENT, 0, user,
                             "the budget %s; it opens in %lld s", names[change->spent],
                             (long long)(change->open_s - change->now_s));
}

daotp_status daotp__budget_take(daotp_budget *budget, const char *user, daotp__bytes certificate,
                                daotp__budget_charge *charge, daotp_report *report)
{
    attempt taking = {.now_s = budget_now_s(budget)};
    const daotp__budget_change change = {
        .call = change_take, .user = &taking, .now_s = taking.now_s};
    daotp_status status = daotp_budget_open(budget, report);

    taking.nodes = budget->nodes;
    if (status == DAOTP_OK)
        status = daotp__report_status(report, make_keys(budget, user, certificate, charge));
    if (status == DAOTP_OK)
        status = update_charged(budget, charge, &change, report);
    if (status == DAOTP_OK && taking.spent != 0)
        return tell_spent(&taking, user, report);
    charge->open = status == DAOTP_OK;
    charge->taken = taking.taken;
    return status;
}

daotp_status daotp__budget_settle(daotp_budget *budget, daotp__budget_charge *charge,
                                  daotp__budget_outcome outcome, daotp_report *report)
{
    attempt settling = {.now_s = budget_now_s(budget),
                        .nodes = budget->nodes,
                        .taken = charge->taken,
                        .outcome = outcome};
    const daotp__budget_change change = {.call = change_settle,
                                         .user = &settling,
                                         .now_s = settling.now_s,
                                         .can_be_lost = true}; /* then the attempt stays counted */

    if (!charge->open)
        return DAOTP_OK;
    charge->open = false;
    if (outcome == DAOTP__BUDGET_WRONG) /* as it was counted */
        return DAOTP_OK;
    return update_charged(budget, charge, &change, report);
}

/* ---- clearing -------------------------------------------------------------------------------- */

typedef struct clearing {
    int64_t number, now_s;
} clearing;

static bool change_clear(daotp__budget_record *records, void *user)
{
    const clearing *change = user;

    daotp__budget_clear_in(&records[0], change->now_s, change->number);
    return true;
}

/* A random number, so that a number that was deleted does not occur again. */
static bool draw_clearing(int64_t *number)
{
    uint8_t bytes[8];
    uint64_t drawn = 0;

    if (!daotp__random(bytes, sizeof bytes))
        return false;
    for (size_t i = 0; i < sizeof bytes; i++)
        drawn = drawn << 8 | bytes[i];
    *number = (int64_t)(drawn >> 1);
    return true;
}

static daotp_status make_user_key(const daotp_budget *budget, const char *user, uint8_t *key)
{
    static const daotp__bytes none = {NULL, 0};
    daotp__buffer folded;
    daotp_status status = fold_name(user, &folded);

    if (status == DAOTP_OK)
        status = make_key(budget, DAOTP__BUDGET_USER, daotp__buffer_bytes(&folded), none, key);
    daotp__buffer_free(&folded);
    return status;
}

daotp_status daotp_budget_clear_user(daotp_budget *budget, const char *user, daotp_report *report)
{
    daotp__budget_record record = {.kind = DAOTP__BUDGET_USER, .step = -1};
    clearing clear = {.now_s = 0};
    daotp__budget_change change = {.call = change_clear, .user = &clear};
    daotp_status status;

    daotp__report_enter(report);
    if (budget == NULL || user == NULL || *user == '\0' || strlen(user) > DAOTP__MAX_URL)
        return DAOTP_USAGE;
    change.now_s = clear.now_s = budget_now_s(budget);
    if (!draw_clearing(&clear.number))
        return daotp__report_status(report, DAOTP_INTERNAL);
    status = daotp_budget_open(budget, report);
    if (status == DAOTP_OK)
        status = daotp__report_status(report, make_user_key(budget, user, record.key));
    if (status == DAOTP_OK)
        status = budget->store->update(budget->store, &record, 1, &change, report);
    return status;
}

/* ---- tokens ---------------------------------------------------------------------------------- */

typedef struct token_step {
    int64_t step, now_s;
    bool is_fresh;
} token_step;

static bool change_step(daotp__budget_record *records, void *user)
{
    token_step *change = user;

    change->is_fresh = change->step > records[0].step;
    records[0].step = change->step;
    records[0].touched_s = change->now_s;
    return change->is_fresh;
}

daotp_status daotp_budget_spend_step(daotp_budget *budget, const void *secret, size_t secret_len,
                                     int64_t step, daotp_report *report)
{
    static const daotp__bytes none = {NULL, 0};
    daotp__budget_record record = {.kind = DAOTP__BUDGET_TOKEN, .step = -1};
    token_step spending = {.step = step};
    daotp__budget_change change = {.call = change_step, .user = &spending};
    daotp_status status;

    daotp__report_enter(report);
    if (budget == NULL || secret == NULL || secret_len == 0 || step < 0)
        return DAOTP_USAGE;
    change.now_s = spending.now_s = budget_now_s(budget);
    status = daotp_budget_open(budget, report);
    if (status == DAOTP_OK)
        status = daotp__report_status(report, make_key(budget, DAOTP__BUDGET_TOKEN,
                                                       (daotp__bytes){secret, secret_len}, none,
                                                       record.key));
    if (status == DAOTP_OK)
        status = budget->store->update(budget->store, &record, 1, &change, report);
    if (status == DAOTP_OK && !spending.is_fresh)
        return DAOTP_REJECTED;
    return status;
}
