/* SPDX-License-Identifier: BSD-2-Clause */
/* A store in memory. */
#include "core/alloc.h"
#include "core/limits.h"
#include "core/report.h"

#include <daotp/sys/store_backend.h>

#include <string.h>

struct kept {
    struct kept *next;
    char *label;
    daotp__buffer certificates, key;
};

struct memory {
    struct kept *first;
    size_t count;
};

static struct kept **memory_find(struct memory *memory, const char *label)
{
    struct kept **at = &memory->first;

    while (*at != NULL && strcmp((*at)->label, label) != 0)
        at = &(*at)->next;
    return at;
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

static void memory_forget(struct memory *memory, struct kept **at)
{
    struct kept *kept = *at;

    *at = kept->next;
    memory->count--;
    free_kept(kept);
}

static daotp_status memory_check(void *self, const char *label, daotp_report *report)
{
    struct memory *memory = self;

    if (*memory_find(memory, label) == NULL && memory->count == DAOTP__MAX_ENTRIES)
        return daotp__report_add(report, DAOTP_FINDING_STORE_FULL, 0, label, "%zu entries",
                                 memory->count);
    return DAOTP_OK;
}

static daotp_status memory_put(void *self, const char *label, const daotp_store_item *item,
                               daotp_report *report)
{
    struct memory *memory = self;
    struct kept **old = memory_find(memory, label), *kept;
    daotp_status status = memory_check(memory, label, report);

    if (status != DAOTP_OK)
        return status;
    kept = copy_item(label, item);
    if (kept == NULL)
        return DAOTP_MEMORY;
    if (*old != NULL)
        memory_forget(memory, old);
    kept->next = memory->first;
    memory->first = kept;
    memory->count++;
    return DAOTP_OK;
}

static daotp_status memory_get(void *self, const char *label, daotp_store_item *item,
                               daotp_report *report)
{
    struct kept **at = memory_find(self, label);

    (void)report;
    if (*at == NULL)
        return DAOTP_REJECTED;
    return daotp_store_item_set(item, (*at)->certificates.data, (*at)->certificates.len,
                                (*at)->key.data, (*at)->key.len);
}

static daotp_status memory_remove_item(void *self, const char *label, daotp_report *report)
{
    struct kept **at = memory_find(self, label);

    (void)report;
    if (*at == NULL)
        return DAOTP_REJECTED;
    memory_forget(self, at);
    return DAOTP_OK;
}

static daotp_status memory_list(void *self, daotp_store_label_fn tell, void *user,
                                daotp_report *report)
{
    const struct memory *memory = self;
    daotp_status status = DAOTP_OK;

    (void)report;
    for (const struct kept *at = memory->first; at != NULL && status == DAOTP_OK; at = at->next)
        status = tell(user, at->label);
    return status;
}

static void memory_free_self(void *self)
{
    struct memory *memory = self;

    while (memory->first != NULL)
        memory_forget(memory, &memory->first);
    daotp__delete(memory);
}

static const daotp_store_backend backend = {.size = sizeof backend,
                                            .put = memory_put,
                                            .get = memory_get,
                                            .remove = memory_remove_item,
                                            .list = memory_list,
                                            .free = memory_free_self,
                                            .check = memory_check};

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
