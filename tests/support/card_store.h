/* SPDX-License-Identifier: BSD-2-Clause */
/* A store for tests of the PKCS #11 module: in a folder, entries whose certificates are made here.
 */
#ifndef CARD_STORE_H
#define CARD_STORE_H

#include "builders.h"

#include <daotp/store.h>

/* Put a credential, with its CA's certificate, under a label. until: 0 for 47 hours from TEST_NOW.
 * key_usage: as in certificate_plan. */
typedef struct card_entry_plan {
    const char *label, *key; /* of tests/data/keys */
    int64_t until;
    int key_usage;
    uint32_t serial;
} card_entry_plan;

/* The passphrase of a pkcs12: store is card_store_pin. */
extern const char card_store_pin[];
void card_store_put(const char *uri, const card_entry_plan *plan);
void card_store_remove(const char *uri, const char *label);

#endif
