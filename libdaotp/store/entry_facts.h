/* SPDX-License-Identifier: BSD-2-Clause */
/* What a list tells about an entry. To load a private key costs some thousand times as much as to
 * read a certificate, so a key in our own form is only compared with the certificate. */
#ifndef DAOTP_STORE_ENTRY_FACTS_H
#define DAOTP_STORE_ENTRY_FACTS_H

#include "store/item.h"

typedef struct daotp__entry_facts {
    char *upn, *template_oid; /* "" when the certificate has none */
    int64_t not_after;
} daotp__entry_facts;

/* Read the facts of an item, and free them. DAOTP_OK; DAOTP_MEMORY; any other status: the entry is
 * damaged. The facts are empty unless it is DAOTP_OK. */
daotp_status daotp__entry_facts_read(daotp_context *context, const daotp_store_item *item,
                                     daotp__entry_facts *facts);
void daotp__entry_facts_free(daotp__entry_facts *facts);

#endif
