/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The interface to the storage of budgets: memory, a folder, or later a store that several hosts
 * share. It has one operation: read, change and write a few records as one transaction.
 */
#ifndef DAOTP_RESPONDER_BUDGET_STORE_H
#define DAOTP_RESPONDER_BUDGET_STORE_H

#include "core/buffer.h"
#include "core/report.h"
#include "responder/budget_rules.h"

/* Change the records; false: leave them as they were. May be called again from the start. */
typedef bool (*daotp__budget_change_fn)(daotp__budget_record *records, void *user);

typedef struct daotp__budget_change {
    daotp__budget_change_fn call;
    void *user;
    int64_t now_s;
    bool can_be_lost; /* in a power failure, because the state before it is the stricter one */
} daotp__budget_change;

typedef struct daotp__budget_store daotp__budget_store;
struct daotp__budget_store {
    /* Create the storage if it does not exist, and write the key (DAOTP__BUDGET_KEY octets) to
     * key. */
    daotp_status (*open)(daotp__budget_store *self, uint8_t *key, daotp_report *report);
    /* records: at most DAOTP__BUDGET_RECORDS, with keys and kinds; a record that does not exist
     * keeps its other members. */
    daotp_status (*update)(daotp__budget_store *self, daotp__budget_record *records, size_t count,
                           const daotp__budget_change *change, daotp_report *report);
    void (*free)(daotp__budget_store *self);
};

daotp_status daotp__budget_memory_new(daotp__budget_store **store);
/* The folder is copied; it is opened by open(). */
daotp_status daotp__budget_folder_new(const char *folder, daotp__budget_store **store);

#endif
