/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/crl_table.h"

#include "core/alloc.h"

#include <string.h>

/* The parts of a slot: its low bits hold the offset of an entry plus 1. The high bits that no
 * offset of this CRL needs hold a part of the hash, so that few entries with another serial
 * number are read. */
static uint32_t find_tag_mask(const daotp__crl *crl)
{
    uint32_t offsets = 1;

    while (offsets <= crl->entries.len && offsets != 0)
        offsets <<= 1;
    return offsets == 0 ? 0 : ~(offsets - 1);
}

/* The hash is seeded, so a CA cannot force collisions by choosing serial numbers. */
static uint64_t hash_serial(uint64_t seed, daotp__bytes serial)
{
    uint64_t hash = seed ^ serial.len, part;

    while (serial.len > 0) {
        size_t take = serial.len < sizeof part ? serial.len : sizeof part;

        part = 0;
        memcpy(&part, serial.data, take);
        hash = (hash ^ part) * 0x9E3779B97F4A7C15u;
        hash ^= hash >> 32;
        serial = (daotp__bytes){serial.data + take, serial.len - take};
    }
    hash *= 0xD6E8FEB86659FD93u;
    return hash ^ hash >> 32;
}

static uint32_t tag_of(uint64_t hash, uint32_t mask)
{
    return (uint32_t)(hash >> 32) & mask;
}

static void fill_crl_table(const daotp__crl *crl, uint64_t seed, uint32_t *index, size_t slots)
{
    uint32_t mask = find_tag_mask(crl);
    daotp__bytes in = crl->entries, serial;

    while (in.len > 0) {
        uint32_t offset = (uint32_t)(in.data - crl->entries.data) + 1;
        uint64_t hash;
        size_t at;

        if (!daotp__crl_entry_skip(&in, &serial))
            return; /* never happens: the CRL was scanned */
        hash = hash_serial(seed, serial);
        for (at = hash & (slots - 1); index[at] != 0; at = (at + 1) & (slots - 1))
            ;
        index[at] = offset | tag_of(hash, mask);
    }
}

daotp__crl_table daotp__crl_table_attach(const daotp__crl *crl, const uint32_t *list, size_t slots,
                                         uint64_t seed)
{
    return (daotp__crl_table){list, slots, seed, find_tag_mask(crl)};
}

bool daotp__crl_table_build(daotp__crl_table *table, const daotp__crl *crl, size_t count,
                            uint64_t seed)
{
    size_t slots = 64;
    uint32_t *list;

    while (slots < 2 * count)
        slots *= 2;
    list = daotp__new(slots * sizeof *list);
    if (list == NULL)
        return false;
    fill_crl_table(crl, seed, list, slots);
    *table = daotp__crl_table_attach(crl, list, slots, seed);
    return true;
}

void daotp__crl_table_free(daotp__crl_table *table)
{
    daotp__delete((void *)table->list);
    table->list = NULL;
}

/* ---- looking up ------------------------------------------------------------------------------ */

static bool check_part(const daotp__crl_guard *guard, daotp__blocks *blocks, const void *from,
                       size_t len)
{
    size_t at = (size_t)((const uint8_t *)from - blocks->bytes.data);
    bool is_whole;

    if (daotp__blocks_are_checked(blocks, at, len))
        return true;
    (void)pthread_mutex_lock(guard->lock);
    is_whole = daotp__blocks_check(blocks, at, len);
    (void)pthread_mutex_unlock(guard->lock);
    return is_whole;
}

/* The serial number of the entry at the front of in. */
static bool read_serial(const daotp__crl_guard *guard, daotp__bytes in, daotp__bytes *serial)
{
    daotp__bytes rest = in;

    if (!daotp__crl_entry_skip(&rest, serial))
        return false;
    if (guard == NULL)
        return true;
    if (!check_part(guard, guard->crl, in.data, in.len - rest.len))
        return false;
    return daotp__crl_entry_skip(&in, serial) && in.data == rest.data;
}

static bool removes_entry(daotp__bytes in)
{
    daotp__crl_entry entry;

    return daotp__crl_entry_read(&in, &entry) && entry.reason == DAOTP__REASON_REMOVE;
}

/* Check one slot that is not empty. Returns false when there is no entry at its offset. */
static bool look_at_slot(const daotp__crl *crl, const daotp__crl_guard *guard, size_t offset,
                         daotp__bytes serial, daotp__crl_scan *scan)
{
    daotp__bytes in, found;

    if (offset >= crl->entries.len)
        return false;
    in = (daotp__bytes){crl->entries.data + offset, crl->entries.len - offset};
    if (!read_serial(guard, in, &found))
        return false;
    if (daotp__bytes_equal(found, serial))
        daotp__crl_scan_hit(scan, in, scan->has_removals && removes_entry(in));
    return true;
}

/* The slots that were read are counted, so that the loop ends also for a damaged table without
 * an empty slot. */
bool daotp__crl_table_find(const daotp__crl_table *table, const daotp__crl *crl,
                           const daotp__crl_guard *guard, daotp__bytes serial,
                           daotp__crl_scan *scan)
{
    uint64_t hash = hash_serial(table->seed, serial);
    uint32_t tag = tag_of(hash, table->tag_mask);
    size_t at = hash & (table->slots - 1);

    for (scan->probes = 1; scan->probes <= table->slots; scan->probes++) {
        const uint32_t *slot = &table->list[at];

        if (guard != NULL && !check_part(guard, guard->table, slot, sizeof *slot))
            return false;
        if (*slot == 0)
            return true;
        if ((*slot & table->tag_mask) == tag &&
            !look_at_slot(crl, guard, (*slot & ~table->tag_mask) - (size_t)1, serial, scan))
            return false;
        if (scan->found && !scan->has_removals)
            return true;
        at = (at + 1) & (table->slots - 1);
    }
    return false;
}
