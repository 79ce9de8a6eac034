/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The highest generation that this host saw under each label: an older record is a rollback. Kept
 * in memory, and in a file if one is named, so that it is known after a restart too.
 */
#ifndef REDIS_SEEN_H
#define REDIS_SEEN_H

#include <daotp/sys/report.h>
#include <stddef.h>
#include <stdint.h>

typedef struct seen_entry {
    char *label;
    uint64_t generation;
} seen_entry;

typedef struct seen_list {
    const char *path;    /* of the file; borrowed; NULL: memory only */
    seen_entry *entries; /* sorted by label */
    size_t count, capacity;
} seen_list;

/* 0 when nothing was seen. */
uint64_t seen_get(const seen_list *seen, const char *label);
/* Notes a generation, unless a higher one was seen. DAOTP_MEMORY. */
daotp_status seen_note(seen_list *seen, const char *label, uint64_t generation,
                       daotp_report *report);
void seen_end(seen_list *seen);

#endif
