/* SPDX-License-Identifier: BSD-2-Clause */
#include "seen.h"

#include "limits.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Where the label is, or belongs. */
static size_t seen_index(const seen_list *seen, const char *label, bool *is_there)
{
    size_t low = 0, high = seen->count;

    *is_there = false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(seen->entries[middle].label, label);

        if (order == 0) {
            *is_there = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint64_t seen_get(const seen_list *seen, const char *label)
{
    bool is_there;
    size_t i = seen_index(seen, label, &is_there);

    return is_there ? seen->entries[i].generation : 0;
}

/* Generations are times: the lowest is of the entry that was written first, and has long expired.
 */
static void forget_oldest(seen_list *seen)
{
    size_t oldest = 0;

    for (size_t i = 1; i < seen->count; i++)
        if (seen->entries[i].generation < seen->entries[oldest].generation)
            oldest = i;
    free(seen->entries[oldest].label);
    seen->count--;
    memmove(seen->entries + oldest, seen->entries + oldest + 1,
            (seen->count - oldest) * sizeof *seen->entries);
}

static bool reserve_seen(seen_list *seen)
{
    size_t capacity = seen->capacity > 0 ? 2 * seen->capacity : 64;
    seen_entry *entries;

    if (seen->count == MAX_LABELS)
        forget_oldest(seen);
    if (seen->count < seen->capacity)
        return true;
    entries = realloc(seen->entries, capacity * sizeof *entries);
    if (entries == NULL)
        return false;
    seen->entries = entries;
    seen->capacity = capacity;
    return true;
}

static daotp_status remember_seen(seen_list *seen, const char *label, uint64_t generation)
{
    bool is_there;
    size_t i;
    char *copy;

    if (!reserve_seen(seen))
        return DAOTP_MEMORY;
    copy = strdup(label);
    if (copy == NULL)
        return DAOTP_MEMORY;
    i = seen_index(seen, label, &is_there);
    memmove(seen->entries + i + 1, seen->entries + i, (seen->count - i) * sizeof *seen->entries);
    seen->entries[i] = (seen_entry){.label = copy, .generation = generation};
    seen->count++;
    return DAOTP_OK;
}

daotp_status seen_note(seen_list *seen, const char *label, uint64_t generation)
{
    bool is_there;
    size_t i = seen_index(seen, label, &is_there);

    if (!is_there)
        return remember_seen(seen, label, generation);
    if (generation > seen->entries[i].generation)
        seen->entries[i].generation = generation;
    return DAOTP_OK;
}

void seen_end(seen_list *seen)
{
    for (size_t i = 0; i < seen->count; i++)
        free(seen->entries[i].label);
    free(seen->entries);
    *seen = (seen_list){.count = 0};
}
