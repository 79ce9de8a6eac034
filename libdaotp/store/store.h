/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DAOTP_STORE_STORE_H
#define DAOTP_STORE_STORE_H

#include "store/label.h"

#include <daotp/sys/store_backend.h>

/* Check whether a put under this label would succeed. key: NULL: a key that can be exported. */
daotp_status daotp__store_check(daotp_store *store, const char *label, const daotp_key *key);
/* Record a copy of the URI with which the store was opened. Returns false without memory. */
bool daotp__store_set_uri(daotp_store *store, const char *uri);

#endif
