/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DAOTP_STORE_STORE_H
#define DAOTP_STORE_STORE_H

#include "store/label.h"

#include <daotp/sys/store_backend.h>

/* Whether a put under this label would succeed; key: NULL for a key that can be exported. */
daotp_status daotp__store_check(daotp_store *store, const char *label, const daotp_key *key);
/* The URI that it was opened with, copied; false without memory. */
bool daotp__store_set_uri(daotp_store *store, const char *uri);

#endif
