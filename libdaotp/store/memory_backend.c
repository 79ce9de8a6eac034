/* SPDX-License-Identifier: BSD-2-Clause */
/* A store in memory. */
#include "core/alloc.h"
#include "core/limits.h"
#include "core/report.h"
#include "store/item.h"

#include <string.h>

struct kept {
    struct kept *next;
    char *label;
    daotp_store_item item;
};

struct memory {
    struct kept *first;
    size_t count;
};

static struct kept **find(struct memory *memory, const char *label)
{
    struct kept **at = &memory->first;

    while (*at != NULL && strcmp((*at)->label, label) != 0)
        at = &(*at)->next;
    return at;
}

static void forget(struct memory *memory, struct kept **at)
{
    struct kept *kept = *at;

    *at = kept->next;
    memory->count--;
    daotp__delete(kept->label);
    daotp__store_item_free(&kept->item);
    daotp__delete(kept);
}

static daotp_status copy_item(const daotp_store_item *from, daotp_store_item *to)
{
    to->not_after = from->not_after;
    return daotp_store_item_set(to, from->certificates.data, from->certificates.len, from->key.data,
                                from->key.len);
}

static daotp_status check(void *self, const char *label, daotp_report *report)
{
    struct memory *memory = self;

    if (*find(memory, label) == NULL && memory->count == DAOTP__MAX_ENTRIES)
        return daotp__report_add(report, DAOTP_FINDING_STORE_FULL, 0, label, "%zu entries",
                                 memory->count);
    return DAOTP_OK;
}

static daotp_status put(void *self, const char *label, const daotp_store_item *item,
                        daotp_report *report)
{
    struct memory *memory = self;
    struct kept **old = find(memory, label), *kept;
    daotp_status status = check(memory, label, report);

    if (status != DAOTP_OK)
        return status;
    kept = daotp__new(sizeof *kept);
    if (kept == NULL)
        return DAOTP_MEMORY;
    daotp__store_item_init(&kept->item);
    kept->label = daotp__text_copy(label);
    if (kept->label == NULL || copy_item(item, &kept->item) != DAOTP_OK) {
        daotp__delete(kept->label);
        daotp__store_item_free(&kept->item);
        daotp__delete(kept);
        return DAOTP_MEMORY;
    }
    if (*old != NULL)
        forget(memory, old);
    kept->next = memory->first;
    memory->first = kept;
    memory->count++;
    return DAOTP_OK;
}

static daotp_status get(void *self, const char *label, daotp_store_item *item, daotp_report *report)
{
    struct kept **at = find(self, label);

    (void)report;
    return *at != NULL ? copy_item(&(*at)->item, item) : DAOTP_REJECTED;
}

static daotp_status remove_item(void *self, const char *label, daotp_report *report)
{
    struct kept **at = find(self, label);

    (void)report;
    if (*at == NULL)
        return DAOTP_REJECTED;
    forget(self, at);
    return DAOTP_OK;
}

static daotp_status list(void *self, daotp_store_label_fn tell, void *user, daotp_report *report)
{
    const struct memory *memory = self;
    daotp_status status = DAOTP_OK;

    (void)report;
    for (const struct kept *at = memory->first; at != NULL && status == DAOTP_OK; at = at->next)
        status = tell(user, at->label);
    return status;
}

static void free_self(void *self)
{
    struct memory *memory = self;

    while (memory->first != NULL)
        forget(memory, &memory->first);
    daotp__delete(memory);
}

static const daotp_store_backend backend = {.size = sizeof backend,
                                            .put = put,
                                            .get = get,
                                            .remove = remove_item,
                                            .list = list,
                                            .free = free_self,
                                            .check = check};

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
