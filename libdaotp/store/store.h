/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DAOTP_STORE_STORE_H
#define DAOTP_STORE_STORE_H

#include <daotp/sys/store_backend.h>

/* Would a put under this label, of this key (NULL: of one that can be exported), be taken? */
daotp_status daotp__store_check(daotp_store *store, const char *label, const daotp_key *key);

#endif
