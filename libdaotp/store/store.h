/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DAOTP_STORE_STORE_H
#define DAOTP_STORE_STORE_H

#include "core/buffer.h"

#include <daotp/sys/store_backend.h>

struct daotp_store_item {
    daotp__buffer certificates, key;
    int64_t not_after;
};

/* ASCII letters, digits, and a little punctuation; no leading dot. */
bool daotp__store_is_label(const char *label);

/* Would a put under this label, of this key (NULL: of one that can be exported), be taken? */
daotp_status daotp__store_check(daotp_store *store, const char *label, const daotp_key *key);

void daotp__store_item_init(daotp_store_item *item);
void daotp__store_item_free(daotp_store_item *item);

#endif
