/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where budgets are kept: the seam behind which memory, a folder, or later a store that several
 * hosts share stands. One operation: a few records are read, changed and written as one, so that
 * nobody else sees or changes them in between.
 */
#ifndef DAOTP_RESPONDER_BUDGET_STORE_H
#define DAOTP_RESPONDER_BUDGET_STORE_H

#include "core/buffer.h"
#include "core/report.h"
#include "responder/budget_rules.h"

/* Change the records; false: leave them as they were. May be called again from the start. */
typedef bool (*daotp__budget_change_fn)(daotp__budget_record *records, void *user);

typedef struct daotp__budget_store daotp__budget_store;
struct daotp__budget_store {
    /* Make what is not there yet, and the key into key (DAOTP__BUDGET_KEY octets). */
    daotp_status (*open)(daotp__budget_store *self, uint8_t *key, daotp_report *report);
    /* records: keys and kinds filled in; a record that is not there is all zero but for these. */
    daotp_status (*update)(daotp__budget_store *self, daotp__budget_record *records, size_t count,
                           daotp__budget_change_fn change, void *user, int64_t now_s,
                           daotp_report *report);
    void (*free)(daotp__budget_store *self);
};

daotp_status daotp__budget_memory_new(daotp__budget_store **store);
/* The folder is copied; it is opened by open(). */
daotp_status daotp__budget_folder_new(const char *folder, daotp__budget_store **store);

#endif
