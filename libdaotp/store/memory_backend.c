/* SPDX-License-Identifier: BSD-2-Clause */
/* A store in memory. */
#include "core/alloc.h"
#include "core/array.h"
#include "core/limits.h"
#include "core/report.h"

#include <daotp/sys/store_backend.h>

#include <string.h>

struct kept {
    char *label;
    daotp__buffer certificates, key;
};

struct memory {
    struct kept **list; /* sorted by label */
    size_t count, capacity;
};

/* The index of the label, or the index where it would be inserted. */
static bool memory_find(const struct memory *memory, const char *label, size_t *at)
{
    size_t low = 0, high = memory->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(memory->list[middle]->label, label);

        if (order == 0) {
            *at = middle;
            return true;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *at = low;
    return false;
}

static void free_kept(struct kept *kept)
{
    if (kept == NULL)
        return;
    daotp__delete(kept->label);
    daotp__buffer_free(&kept->certificates);
    daotp__buffer_free(&kept->key);
    daotp__delete(kept);
}

static struct kept *copy_item(const char *label, const daotp_store_item *item)
{
    struct kept *kept = daotp__new(sizeof *kept);
    const uint8_t *bytes;
    size_t len;

    if (kept == NULL)
        return NULL;
    kept->label = daotp__text_copy(label);
    daotp__buffer_init(&kept->certificates, DAOTP__MAX_STORE_CERTIFICATES);
    daotp__buffer_init_secret(&kept->key, DAOTP__MAX_KEY_FILE);
    bytes = daotp_store_item_get_certificates(item, &len);
    daotp__buffer_add(&kept->certificates, bytes, len);
    bytes = daotp_store_item_get_key(item, &len);
    daotp__buffer_add(&kept->key, bytes, len);
    if (kept->label != NULL && kept->certificates.failed == DAOTP_OK &&
        kept->key.failed == DAOTP_OK)
        return kept;
    free_kept(kept);
    return NULL;
}

static bool memory_insert(struct memory *memory, size_t at, struct kept *kept)
{
    struct kept **list =
        daotp__array_reserve(memory->list, memory->count, &memory->capacity, sizeof(struct kept *));

    if (list == NULL)
        return false;
    memory->list = list;
    memmove(&list[at + 1], &list[at], (memory->count - at) * sizeof(struct kept *));
    list[at] = kept;
    memory->count++;
    return true;
}

static daotp_status memory_check(void *self, const char *label, daotp_report *report)
{
    const struct memory *memory = self;
    size_t at;

    if (!memory_find(memory, label, &at) && memory->count == DAOTP__MAX_ENTRIES)
        return daotp__report_add(report, DAOTP_FINDING_STORE_FULL, 0, label, "%zu entries",
                                 memory->count);
    return DAOTP_OK;
}

static daotp_status memory_put(void *self, const char *label, const daotp_store_item *item,
                               daotp_report *report)
{
    struct memory *memory = self;
    daotp_status status = memory_check(memory, label, report);
    struct kept *kept;
    size_t at;

    if (status != DAOTP_OK)
        return status;
    kept = copy_item(label, item);
    if (kept == NULL)
        return DAOTP_MEMORY;
    if (memory_find(memory, label, &at)) {
        free_kept(memory->list[at]);
        memory->list[at] = kept;
        return DAOTP_OK;
    }
    if (memory_insert(memory, at, kept))
        return DAOTP_OK;
    free_kept(kept);
    return DAOTP_MEMORY;
}

static daotp_status memory_get(void *self, const char *label, daotp_store_item *item,
                               daotp_report *report)
{
    const struct memory *memory = self;
    const struct kept *kept;
    size_t at;

    (void)report;
    if (!memory_find(memory, label, &at))
        return DAOTP_REJECTED;
    kept = memory->list[at];
    return daotp_store_item_set(item, kept->certificates.data, kept->certificates.len,
                                kept->key.data, kept->key.len);
}

static daotp_status memory_remove_item(void *self, const char *label, daotp_report *report)
{
    struct memory *memory = self;
    size_t at;

    (void)report;
    if (!memory_find(memory, label, &at))
        return DAOTP_REJECTED;
    free_kept(memory->list[at]);
    memory->count--;
    memmove(&memory->list[at], &memory->list[at + 1], (memory->count - at) * sizeof(struct kept *));
    return DAOTP_OK;
}

static daotp_status memory_list(void *self, daotp_store_label_fn tell, void *user,
                                daotp_report *report)
{
    const struct memory *memory = self;
    daotp_status status = DAOTP_OK;

    (void)report;
    for (size_t i = 0; i < memory->count && status == DAOTP_OK; i++)
        status = tell(user, memory->list[i]->label);
    return status;
}

static void memory_free_self(void *self)
{
    struct memory *memory = self;

    for (size_t i = 0; i < memory->count; i++)
        free_kept(memory->list[i]);
    daotp__delete(memory->list);
    daotp__delete(memory);
}

static const daotp_store_backend backend = {
    .size = sizeof backend,
    .put = memory_put,
    .get = memory_get,
    .remove = memory_remove_item,
    .list = memory_list,
    .free = memory_free_self,
    .check = memory_check,
    .abilities = DAOTP_STORE_HOLDS_MANY | DAOTP_STORE_TAKES_KEYS | DAOTP_STORE_GIVES_KEYS};

daotp_status daotp_store_new_memory(daotp_context *context, daotp_store **store)
{
    struct memory *self;

    if (store == NULL)
        return DAOTP_USAGE;
    *store = NULL;
    if (context == NULL)
        return DAOTP_USAGE;
    self = daotp__new(sizeof *self);
    return self != NULL ? daotp_store_new(context, &backend, self, store) : DAOTP_MEMORY;
}
