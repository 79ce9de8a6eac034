/* SPDX-License-Identifier: BSD-2-Clause */
/* Budgets that are forgotten when the process ends. */
#include "core/alloc.h"
#include "responder/budget_store.h"
#include "responder/budget_table.h"
#include "x509/random.h"

#include <pthread.h>

typedef struct memory_store {
    daotp__budget_store base;
    pthread_mutex_t lock; /* of the tables */
    daotp__budget_table tables[DAOTP__BUDGET_TABLES];
} memory_store;

static daotp_status memory_open(daotp__budget_store *self, uint8_t *key, daotp_report *report)
{
    (void)self;
    return daotp__random(key, DAOTP__BUDGET_KEY) ? DAOTP_OK
                                                 : daotp__report_status(report, DAOTP_INTERNAL);
}

static daotp_status memory_update(daotp__budget_store *self, daotp__budget_record *records,
                                  size_t count, const daotp__budget_change *change,
                                  daotp_report *report)
{
    memory_store *store = (memory_store *)self;
    daotp_status status = DAOTP_OK;

    (void)pthread_mutex_lock(&store->lock);
    for (size_t i = 0; i < count; i++)
        daotp__budget_table_get(&store->tables[records[i].key[0]], &records[i]);
    if (change->call(records, change->user))
        for (size_t i = 0; i < count && status == DAOTP_OK; i++)
            status = daotp__budget_table_put(&store->tables[records[i].key[0]], &records[i],
                                             change->now_s);
    (void)pthread_mutex_unlock(&store->lock);
    return daotp__report_status(report, status);
}

static void memory_free(daotp__budget_store *self)
{
    memory_store *store = (memory_store *)self;

    for (size_t i = 0; i < DAOTP__BUDGET_TABLES; i++)
        daotp__budget_table_free(&store->tables[i]);
    (void)pthread_mutex_destroy(&store->lock);
    daotp__delete(store);
}

daotp_status daotp__budget_memory_new(daotp__budget_store **store)
{
    memory_store *made = daotp__new(sizeof *made);

    if (made == NULL)
        return DAOTP_MEMORY;
    (void)pthread_mutex_init(&made->lock, NULL); /* never fails with glibc */
    made->base = (daotp__budget_store){memory_open, memory_update, memory_free};
    *store = &made->base;
    return DAOTP_OK;
}
