/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/item.h"

#include "core/alloc.h"
#include "core/limits.h"

void daotp__store_item_init(daotp_store_item *item)
{
    daotp__buffer_init(&item->certificates, DAOTP__MAX_STORE_CERTIFICATES);
    daotp__buffer_init_secret(&item->key, DAOTP__MAX_KEY_FILE);
    item->not_after = 0;
    item->held = NULL;
}

void daotp__store_item_end(daotp_store_item *item)
{
    daotp__buffer_free(&item->certificates);
    daotp__buffer_free(&item->key);
    daotp_key_unref(item->held);
    item->held = NULL;
}

daotp_status daotp_store_item_new(daotp_store_item **item)
{
    if (item == NULL)
        return DAOTP_USAGE;
    *item = daotp__new(sizeof **item);
    if (*item == NULL)
        return DAOTP_MEMORY;
    daotp__store_item_init(*item);
    return DAOTP_OK;
}

void daotp_store_item_free(daotp_store_item *item)
{
    if (item == NULL)
        return;
    daotp__store_item_end(item);
    daotp__delete(item);
}

const void *daotp_store_item_get_certificates(const daotp_store_item *item, size_t *len)
{
    if (len != NULL)
        *len = item != NULL ? item->certificates.len : 0;
    return item != NULL ? item->certificates.data : NULL;
}

const void *daotp_store_item_get_key(const daotp_store_item *item, size_t *len)
{
    if (len != NULL)
        *len = item != NULL ? item->key.len : 0;
    return item != NULL ? item->key.data : NULL;
}

int64_t daotp_store_item_get_not_after(const daotp_store_item *item)
{
    return item != NULL ? item->not_after : 0;
}

daotp_key *daotp_store_item_get_held_key(const daotp_store_item *item)
{
    return item != NULL ? item->held : NULL;
}

daotp_status daotp_store_item_set_held_key(daotp_store_item *item, daotp_key *key)
{
    daotp_key *old;

    if (item == NULL || key == NULL)
        return DAOTP_USAGE;
    old = item->held;
    item->held = daotp_key_ref(key);
    daotp_key_unref(old);
    return DAOTP_OK;
}

daotp_status daotp_store_item_set(daotp_store_item *item, const void *certificates,
                                  size_t certificates_len, const void *key, size_t key_len)
{
    daotp_store_item new;

    if (item == NULL || (certificates == NULL && certificates_len > 0) ||
        (key == NULL && key_len > 0))
        return DAOTP_USAGE;
    new = (daotp_store_item){.not_after = item->not_after};
    daotp__store_item_init(&new);
    daotp__buffer_add(&new.certificates, certificates, certificates_len);
    daotp__buffer_add(&new.key, key, key_len);
    daotp__store_item_end(item); /* not before: the bytes may be its own */
    item->certificates = new.certificates;
    item->key = new.key;
    if (item->certificates.failed == DAOTP_MEMORY || item->key.failed == DAOTP_MEMORY)
        return DAOTP_MEMORY;
    if (item->certificates.failed != DAOTP_OK || item->key.failed != DAOTP_OK)
        return DAOTP_CONFIGURATION;
    return DAOTP_OK;
}
