/* SPDX-License-Identifier: BSD-2-Clause */
/* The private part of the public object daotp_store_item: the content of one entry. */
#ifndef DAOTP_STORE_ITEM_H
#define DAOTP_STORE_ITEM_H

#include "core/buffer.h"

#include <daotp/sys/store_backend.h>

struct daotp_store_item {
    daotp__buffer certificates, key;
    int64_t not_after;
    daotp_key *held; /* NULL: the key is in PEM */
};

void daotp__store_item_init(daotp_store_item *item);
void daotp__store_item_end(daotp_store_item *item);

#endif
