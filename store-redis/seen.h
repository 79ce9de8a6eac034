/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The highest generation that this store saw under each label: an older record is a rollback. It is
 * kept in memory, as long as the store is open.
 */
#ifndef REDIS_SEEN_H
#define REDIS_SEEN_H

#include <daotp/status.h>
#include <stddef.h>
#include <stdint.h>

typedef struct seen_entry {
    char *label;
    uint64_t generation;
} seen_entry;

typedef struct seen_list {
    seen_entry *entries; /* sorted by label */
    size_t count, capacity;
} seen_list;

/* 0 when nothing was seen. */
uint64_t seen_get(const seen_list *seen, const char *label);
/* Notes a generation, unless a higher one was seen. DAOTP_MEMORY. */
daotp_status seen_note(seen_list *seen, const char *label, uint64_t generation);
void seen_end(seen_list *seen);

#endif
