/* SPDX-License-Identifier: BSD-2-Clause */
#include "responder/budget_table.h"

#include "core/alloc.h"
#include "core/array.h"
#include "core/limits.h"
#include "x509/algorithm.h"

#include <string.h>

/* Behind the magic the first octet of the keys in the table, so that no table is taken for
 * another. */
enum { NUMBERS = 7, RECORD = DAOTP__BUDGET_KEY + NUMBERS * 8, MAGIC = 8, HASH = 32 };
enum { HEAD = MAGIC + 1 };
static const uint8_t magic[MAGIC + 1] = "DAOTPB2\n";

void daotp__budget_table_free(daotp__budget_table *table)
{
    daotp__delete(table->list);
    *table = (daotp__budget_table){NULL, 0, 0};
}

static daotp__budget_record *find_record(const daotp__budget_table *table,
                                         const daotp__budget_record *like)
{
    for (size_t i = 0; i < table->count; i++)
        if (table->list[i].kind == like->kind &&
            memcmp(table->list[i].key, like->key, DAOTP__BUDGET_KEY) == 0)
            return &table->list[i];
    return NULL;
}

void daotp__budget_table_get(const daotp__budget_table *table, daotp__budget_record *record)
{
    const daotp__budget_record *found = find_record(table, record);

    if (found != NULL)
        *record = *found;
}

static daotp__budget_record *append_record(daotp__budget_table *table)
{
    daotp__budget_record *list =
        daotp__array_reserve(table->list, table->count, &table->capacity, sizeof *list);

    if (list == NULL)
        return NULL;
    table->list = list;
    return &list[table->count++];
}

/* Whether a is to be replaced rather than b: a token last, since whoever sends requests makes the
 * other records, and a token that is forgotten makes a spent code good. */
static bool is_less_needed(const daotp__budget_record *a, const daotp__budget_record *b)
{
    bool is_token = a->kind == DAOTP__BUDGET_TOKEN;

    if (is_token != (b->kind == DAOTP__BUDGET_TOKEN))
        return !is_token;
    return a->touched_s < b->touched_s;
}

/* If the table is full: replace an idle record, or else the one that was used least recently. */
static daotp__budget_record *least_needed_record(daotp__budget_table *table, int64_t now_s)
{
    daotp__budget_record *least = &table->list[0];

    for (size_t i = 0; i < table->count; i++) {
        if (daotp__budget_is_idle(&table->list[i], now_s))
            return &table->list[i];
        if (is_less_needed(&table->list[i], least))
            least = &table->list[i];
    }
    return least;
}

daotp_status daotp__budget_table_put(daotp__budget_table *table, const daotp__budget_record *record,
                                     int64_t now_s)
{
    daotp__budget_record *place = find_record(table, record);

    if (place == NULL && table->count == DAOTP__MAX_BUDGET_RECORDS)
        place = least_needed_record(table, now_s);
    if (place == NULL)
        place = append_record(table);
    if (place == NULL)
        return DAOTP_MEMORY;
    *place = *record;
    return DAOTP_OK;
}

/* ---- the file -------------------------------------------------------------------------------- */

static void table_write_number(daotp__buffer *out, uint64_t number)
{
    for (int shift = 56; shift >= 0; shift -= 8)
        daotp__buffer_byte(out, (uint8_t)(number >> shift));
}

static void write_record(daotp__buffer *out, const daotp__budget_record *record)
{
    daotp__buffer_add(out, record->key, sizeof record->key);
    table_write_number(out, record->kind);
    table_write_number(out, record->wrong);
    table_write_number(out, (uint64_t)record->last_s);
    table_write_number(out, (uint64_t)record->whole_s);
    table_write_number(out, (uint64_t)record->success_s);
    table_write_number(out, (uint64_t)record->step);
    table_write_number(out, (uint64_t)record->touched_s);
}

void daotp__budget_table_write(const daotp__budget_table *table, uint8_t which, const uint8_t *key,
                               int64_t now_s, daotp__buffer *out)
{
    uint8_t hash[HASH];

    daotp__buffer_add(out, magic, MAGIC);
    daotp__buffer_byte(out, which);
    for (size_t i = 0; i < table->count; i++)
        if (!daotp__budget_is_idle(&table->list[i], now_s))
            write_record(out, &table->list[i]);
    if (!daotp__hash_keyed((daotp__bytes){key, DAOTP__BUDGET_KEY}, daotp__buffer_bytes(out), hash))
        out->failed = DAOTP_MEMORY;
    daotp__buffer_add(out, hash, sizeof hash);
}

static uint64_t table_read_number(const uint8_t **at)
{
    uint64_t number = 0;

    for (int i = 0; i < 8; i++)
        number = number << 8 | *(*at)++;
    return number;
}

static void read_record(const uint8_t *at, daotp__budget_record *record)
{
    memcpy(record->key, at, sizeof record->key);
    at += sizeof record->key;
    record->kind = (uint32_t)table_read_number(&at);
    record->wrong = (uint32_t)table_read_number(&at);
    record->last_s = (int64_t)table_read_number(&at);
    record->whole_s = (int64_t)table_read_number(&at);
    record->success_s = (int64_t)table_read_number(&at);
    record->step = (int64_t)table_read_number(&at);
    record->touched_s = (int64_t)table_read_number(&at);
}

/* The keyed hash proves that we wrote the record. */
static bool is_table(daotp__bytes in, uint8_t which, const uint8_t *key)
{
    uint8_t hash[HASH];

    return in.len >= HEAD + HASH && (in.len - HEAD - HASH) % RECORD == 0 &&
           (in.len - HEAD - HASH) / RECORD <= DAOTP__MAX_BUDGET_RECORDS &&
           memcmp(in.data, magic, MAGIC) == 0 && in.data[MAGIC] == which &&
           daotp__hash_keyed((daotp__bytes){key, DAOTP__BUDGET_KEY},
                             (daotp__bytes){in.data, in.len - HASH}, hash) &&
           memcmp(hash, in.data + in.len - HASH, HASH) == 0;
}

daotp_status daotp__budget_table_read(daotp__bytes in, uint8_t which, const uint8_t *key,
                                      daotp__budget_table *table)
{
    daotp__budget_record *record;

    *table = (daotp__budget_table){NULL, 0, 0};
    if (!is_table(in, which, key))
        return DAOTP_PEER;
    for (size_t at = HEAD; at < in.len - HASH; at += RECORD) {
        record = append_record(table);
        if (record == NULL)
            return DAOTP_MEMORY;
        read_record(in.data + at, record);
    }
    return DAOTP_OK;
}
