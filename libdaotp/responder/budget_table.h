/* SPDX-License-Identifier: BSD-2-Clause */
/* A bounded table of records, and its file format. */
#ifndef DAOTP_RESPONDER_BUDGET_TABLE_H
#define DAOTP_RESPONDER_BUDGET_TABLE_H

#include "core/buffer.h"
#include "responder/budget_rules.h"

enum { DAOTP__BUDGET_TABLES = 256 }; /* by the first octet of the key */

typedef struct daotp__budget_table {
    daotp__budget_record *list;
    size_t count, capacity;
} daotp__budget_table;

void daotp__budget_table_free(daotp__budget_table *table);
/* Copy the record of this key and kind over *record, if there is one. */
void daotp__budget_table_get(const daotp__budget_table *table, daotp__budget_record *record);
/* Insert the record. If the table is full it replaces an idle record, or else the one that was used
 * least recently, a token only where there is nothing else. */
daotp_status daotp__budget_table_put(daotp__budget_table *table, const daotp__budget_record *record,
                                     int64_t now_s);

/* Writes the table of the keys that begin with this octet, and a keyed hash at the end, so that
 * neither a damaged file nor that of another table is taken for it. */
void daotp__budget_table_write(const daotp__budget_table *table, uint8_t which, const uint8_t *key,
                               int64_t now_s, daotp__buffer *out);
/* DAOTP_OK; DAOTP_PEER: the bytes are not this table, or are damaged; DAOTP_MEMORY. */
daotp_status daotp__budget_table_read(daotp__bytes in, uint8_t which, const uint8_t *key,
                                      daotp__budget_table *table);

#endif
