/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/indexed_crl.h"

#include "core/alloc.h"
#include "core/array.h"
#include "core/file.h"
#include "core/limits.h"
#include "x509/blocks.h"
#include "x509/name_match.h"
#include "x509/pem.h"
#include "x509/random.h"
#include "x509/text_form.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { INDEX_FROM = 8 }; /* fewer entries are scanned each time */

/* Open addressing: offset of an entry and 1; 0 is an empty slot. */
typedef struct crl_table {
    const uint32_t *list;
    size_t slots; /* a power of two */
    uint64_t seed;
} crl_table;

struct daotp__indexed_crl {
    atomic_uint references;
    uint8_t *copy;       /* the bytes, in memory of ours */
    daotp__bytes mapped; /* or in a mapping of ours */
    daotp__crl crl;
    uint64_t issuer_hash;

    pthread_mutex_t lock; /* of who proves or builds; what is published below is read without it */
    daotp__crl_scan scan_result; /* of the scan that verified it, and its answer for: */
    uint8_t first[32];
    size_t first_len;
    bool is_well_formed, is_scanned, is_hashed;
    uint8_t digest[DAOTP__HASH_MAX];

    _Atomic(daotp__bytes *)
        verified_by; /* the SubjectPublicKeyInfo that its signature verified by */
    atomic_bool was_looked_up, is_trusted;
    _Atomic(const crl_table *) index; /* one of these two, or none yet */
    crl_table built, stored;
    uint32_t tag_mask;
    uint64_t seed; /* of the one that is built */

    /* Of a list that was restored from files: both are checked as they are read. */
    daotp__bytes mapping; /* of the index's file */
    daotp__blocks crl_blocks, index_blocks;
    atomic_bool is_damaged, must_be_stored;
};

/* ---- the index's slots ------------------------------------------------------------------------
 */

/* How a slot is made up: the offset of an entry and 1 in its low bits, and in those that a list of
 * this length leaves free a few of the hash, so that hardly any other entry is looked at. */
static uint32_t tag_mask(const daotp__crl *crl)
{
    uint32_t offsets = 1;

    while (offsets <= crl->entries.len && offsets != 0)
        offsets <<= 1;
    return offsets == 0 ? 0 : ~(offsets - 1);
}

/* ---- making one ------------------------------------------------------------------------------ */

static bool read_frame(daotp__indexed_crl *indexed, daotp__bytes der)
{
    if (der.len > DAOTP__MAX_CRL || !daotp__crl_read(der, &indexed->crl) ||
        !daotp__name_is_valid(indexed->crl.issuer))
        return false;
    indexed->issuer_hash = daotp__name_hash(indexed->crl.issuer);
    indexed->tag_mask = tag_mask(&indexed->crl);
    return true;
}

static daotp_status make_indexed(daotp__bytes der, daotp__indexed_crl **out)
{
    daotp__indexed_crl *indexed = daotp__new(sizeof *indexed);

    *out = indexed;
    if (indexed == NULL)
        return DAOTP_MEMORY;
    atomic_init(&indexed->references, 1);
    (void)pthread_mutex_init(&indexed->lock, NULL); /* never fails with glibc */
    if (!read_frame(indexed, der))
        return DAOTP_PEER;
    return daotp__random((uint8_t *)&indexed->seed, sizeof indexed->seed) ? DAOTP_OK : DAOTP_MEMORY;
}

static daotp_status finish_making(daotp_status status, daotp__indexed_crl *indexed,
                                  daotp__indexed_crl **out)
{
    if (status != DAOTP_OK) {
        daotp__indexed_crl_free(indexed);
        indexed = NULL;
    }
    *out = indexed;
    return status;
}

daotp_status daotp__indexed_crl_new(daotp__bytes der, daotp__indexed_crl **out)
{
    uint8_t *copy = daotp__bytes_copy(der.data, der.len);
    daotp__indexed_crl *indexed = NULL;
    daotp_status status =
        copy != NULL ? make_indexed((daotp__bytes){copy, der.len}, &indexed) : DAOTP_MEMORY;

    if (indexed != NULL)
        indexed->copy = copy;
    else
        daotp__delete(copy);
    return finish_making(status, indexed, out);
}

daotp_status daotp__indexed_crl_map(daotp__bytes mapped, daotp__indexed_crl **out)
{
    daotp__indexed_crl *indexed = NULL;
    daotp_status status = make_indexed(mapped, &indexed);

    if (indexed != NULL)
        indexed->mapped = mapped;
    else
        (void)munmap((void *)mapped.data, mapped.len);
    return finish_making(status, indexed, out);
}

daotp__indexed_crl *daotp__indexed_crl_ref(daotp__indexed_crl *indexed)
{
    if (indexed != NULL)
        atomic_fetch_add_explicit(&indexed->references, 1, memory_order_relaxed);
    return indexed;
}

void daotp__indexed_crl_free(daotp__indexed_crl *indexed)
{
    if (indexed == NULL ||
        atomic_fetch_sub_explicit(&indexed->references, 1, memory_order_acq_rel) != 1)
        return;
    (void)pthread_mutex_destroy(&indexed->lock);
    daotp__delete(atomic_load(&indexed->verified_by));
    daotp__delete((void *)indexed->built.list);
    daotp__delete(indexed->copy);
    daotp__blocks_free(&indexed->crl_blocks);
    daotp__blocks_free(&indexed->index_blocks);
    if (indexed->mapping.data != NULL)
        (void)munmap((void *)indexed->mapping.data, indexed->mapping.len);
    if (indexed->mapped.data != NULL)
        (void)munmap((void *)indexed->mapped.data, indexed->mapped.len);
    daotp__delete(indexed);
}

const daotp__crl *daotp__indexed_crl_view(const daotp__indexed_crl *indexed)
{
    return &indexed->crl;
}

uint64_t daotp__indexed_crl_issuer_hash(const daotp__indexed_crl *indexed)
{
    return indexed->issuer_hash;
}

const daotp__crl_scan *daotp__indexed_crl_scan_result(const daotp__indexed_crl *indexed)
{
    return &indexed->scan_result;
}

/* ---- a caller's file: copied first, so that a change underneath cannot hurt ------------------ */

static bool copy_octets(int from, int to, off_t len)
{
    off_t at = 0;

    while (at < len) {
        ssize_t n = copy_file_range(from, &at, to, NULL, (size_t)(len - at), 0);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
    }
    if (at == 0) { /* another file system, or an old kernel */
        uint8_t block[65536];
        ssize_t n;

        while ((n = read(from, block, sizeof block)) > 0 && at < len) {
            if (write(to, block, (size_t)n) != n)
                return false;
            at += n;
        }
    }
    return at == len;
}

static bool map_file_copy(int from, off_t len, daotp__bytes *mapped)
{
    int to = memfd_create("daotp-crl", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    void *map = MAP_FAILED;

    if (to >= 0 && copy_octets(from, to, len) &&
        fcntl(to, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) == 0)
        map = mmap(NULL, (size_t)len, PROT_READ, MAP_SHARED | MAP_POPULATE, to, 0);
    if (to >= 0)
        (void)close(to);
    *mapped = (daotp__bytes){map, (size_t)len};
    return map != MAP_FAILED;
}

static daotp_status keep_only_block(daotp__bytes mapped, daotp__indexed_crl **out)
{
    daotp__crl_list all = {0};
    daotp_status status = daotp__crl_list_read(&all, mapped, "", NULL);

    if (status == DAOTP_OK && all.count != 1)
        status = DAOTP_PEER;
    *out = status == DAOTP_OK && all.list != NULL ? daotp__indexed_crl_ref(all.list[0]) : NULL;
    daotp__crl_list_free(&all);
    (void)munmap((void *)mapped.data, mapped.len);
    return status;
}

daotp_status daotp__indexed_crl_take(daotp__bytes mapped, daotp__indexed_crl **out)
{
    return mapped.len == 0 || mapped.data[0] != DAOTP__DER_SEQUENCE || daotp__pem_is(mapped)
               ? keep_only_block(mapped, out)
               : daotp__indexed_crl_map(mapped, out);
}

daotp_status daotp__indexed_crl_copy_file(int fd, off_t len, daotp__indexed_crl **out)
{
    daotp__bytes mapped;

    *out = NULL;
    return map_file_copy(fd, len, &mapped) ? daotp__indexed_crl_map(mapped, out) : DAOTP_INTERNAL;
}

/* What is wrong with its size; 0 when nothing is. */
static int crl_size_error(const struct stat *stat)
{
    if (stat->st_size == 0)
        return ENODATA;
    return stat->st_size > DAOTP__MAX_CRL ? EFBIG : 0;
}

/* ---- proving --------------------------------------------------------------------------------- */

bool daotp__indexed_crl_is_verified_by(const daotp__indexed_crl *indexed, const daotp__node *signer)
{
    const daotp__bytes *by = atomic_load_explicit(&indexed->verified_by, memory_order_acquire);

    return by != NULL && !atomic_load(&indexed->is_damaged) &&
           daotp__bytes_equal(*by, signer->certificate.spki);
}

bool daotp__indexed_crl_is_verified(const daotp__indexed_crl *indexed)
{
    return atomic_load_explicit(&indexed->verified_by, memory_order_acquire) != NULL &&
           !atomic_load(&indexed->is_damaged);
}

/* One key is remembered. Another that signed the same bytes is checked each time. */
static void store_verified_key(daotp__indexed_crl *indexed, daotp__bytes spki)
{
    daotp__bytes *by;
    uint8_t *copy;

    if (atomic_load(&indexed->verified_by) != NULL)
        return;
    by = daotp__new(sizeof *by + spki.len);
    if (by == NULL)
        return; /* then it is checked again */
    copy = (uint8_t *)(by + 1);
    memcpy(copy, spki.data, spki.len);
    *by = (daotp__bytes){copy, spki.len};
    atomic_store_explicit(&indexed->verified_by, by, memory_order_release);
}

static void scan_entries_once(daotp__indexed_crl *indexed, daotp__bytes serial)
{
    static const daotp__bytes nothing = {NULL, 0};

    if (indexed->is_scanned)
        return;
    if (serial.len > sizeof indexed->first || indexed->crl.is_indirect)
        serial = nothing;
    indexed->is_well_formed =
        daotp__crl_scan_entries(&indexed->crl, serial, nothing, &indexed->scan_result);
    indexed->is_scanned = true;
    indexed->first_len = serial.len;
    if (serial.len > 0)
        memcpy(indexed->first, serial.data, serial.len);
}

/* A CRL may be large, and several keys may be tried: the digest is made once. */
static daotp__bytes input_of_crl(daotp__indexed_crl *indexed, const daotp__scheme *scheme)
{
    daotp__bytes input;

    if (indexed->is_hashed)
        return (daotp__bytes){indexed->digest, daotp__hash_len(scheme->hash)};
    input = daotp__scheme_input(scheme, indexed->crl.tbs, indexed->digest);
    indexed->is_hashed = scheme->kind != DAOTP__SCHEME_EDDSA && input.data != NULL;
    return input;
}

static daotp__crl_verdict verify_signature(daotp__indexed_crl *indexed, daotp__verify_key *key,
                                           daotp__bytes spki, daotp__bytes serial)
{
    daotp__scheme scheme;
    const char *ignored;

    if (key == NULL ||
        !daotp__verify_key_scheme(&key->read, &indexed->crl.signature_algorithm, &scheme, &ignored))
        return DAOTP__CRL_WEAK;
    if (atomic_load(&indexed->is_damaged))
        return DAOTP__CRL_FORGED;
    scan_entries_once(indexed, serial);
    if (!indexed->is_well_formed)
        return DAOTP__CRL_MALFORMED;
    if (!daotp__verify_key_check(key, &scheme, input_of_crl(indexed, &scheme),
                                 indexed->crl.signature))
        return DAOTP__CRL_FORGED;
    store_verified_key(indexed, spki);
    return DAOTP__CRL_GOOD;
}

static daotp__crl_verdict verify_with_lock(daotp__indexed_crl *indexed, daotp__verify_key *key,
                                           daotp__bytes spki, daotp__bytes serial)
{
    daotp__crl_verdict verdict;

    (void)pthread_mutex_lock(&indexed->lock);
    verdict = verify_signature(indexed, key, spki, serial);
    (void)pthread_mutex_unlock(&indexed->lock);
    return verdict;
}

void daotp__indexed_crl_trust(daotp__indexed_crl *indexed)
{
    atomic_store_explicit(&indexed->is_trusted, true, memory_order_release);
}

bool daotp__indexed_crl_is_trusted(const daotp__indexed_crl *indexed)
{
    return atomic_load_explicit(&indexed->is_trusted, memory_order_acquire) &&
           !atomic_load(&indexed->is_damaged);
}

bool daotp__indexed_crl_is_alike(const daotp__indexed_crl *indexed, const daotp__indexed_crl *other)
{
    const daotp__crl *a = &indexed->crl, *b = &other->crl;

    return daotp__crl_is_same_scope(a, b) &&
           daotp__bytes_equal(a->authority_key_id, b->authority_key_id);
}

bool daotp__indexed_crl_is_older(const daotp__indexed_crl *indexed, const daotp__indexed_crl *than)
{
    return daotp__indexed_crl_is_alike(indexed, than) &&
           daotp__crl_compare_age(&indexed->crl, &than->crl) < 0;
}

daotp__crl_verdict daotp__indexed_crl_verify_like(daotp__indexed_crl *indexed,
                                                  const daotp__indexed_crl *older)
{
    static const daotp__bytes nothing = {NULL, 0};
    const daotp__bytes *by = atomic_load(&older->verified_by);
    daotp__crl_verdict verdict = DAOTP__CRL_WEAK;
    daotp__verify_key key;

    if (by == NULL || !daotp__name_equal(indexed->crl.issuer, older->crl.issuer))
        return DAOTP__CRL_FORGED;
    if (daotp__verify_key_init(&key, *by))
        verdict = verify_with_lock(indexed, &key, *by, nothing);
    daotp__verify_key_free(&key);
    if (verdict == DAOTP__CRL_GOOD && daotp__indexed_crl_is_trusted(older))
        daotp__indexed_crl_trust(indexed);
    return verdict;
}

daotp__crl_verdict daotp__indexed_crl_verify(daotp__indexed_crl *indexed, daotp__node *signer,
                                             daotp__bytes serial)
{
    daotp__verify_key *key;
    daotp__crl_scan ignored;
    bool no_memory;

    if (daotp__indexed_crl_is_verified_by(indexed, signer)) {
        if (daotp__indexed_crl_is_restored(indexed) && serial.len > 0 &&
            !daotp__indexed_crl_look_up(indexed, serial, indexed->crl.issuer, &ignored))
            return DAOTP__CRL_FORGED; /* what is there now is not what was signed */
        return DAOTP__CRL_GOOD;
    }
    key = daotp__node_key(signer, &no_memory);
    return no_memory ? DAOTP__CRL_MEMORY
                     : verify_with_lock(indexed, key, signer->certificate.spki, serial);
}

/* ---- the index: open addressing, at most half full ------------------------------------------- */

/* Every octet counts, and a secret of the list: or who issues serial numbers could make them meet.
 */
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
    uint32_t mask = tag_mask(crl);
    daotp__bytes in = crl->entries, serial;

    while (in.len > 0) {
        uint32_t offset = (uint32_t)(in.data - crl->entries.data) + 1;
        uint64_t hash;
        size_t at;

        if (!daotp__crl_entry_skip(&in, &serial))
            return; /* never: it was scanned */
        hash = hash_serial(seed, serial);
        for (at = hash & (slots - 1); index[at] != 0; at = (at + 1) & (slots - 1))
            ;
        index[at] = offset | tag_of(hash, mask);
    }
}

static const crl_table *build_crl_table(daotp__indexed_crl *indexed)
{
    size_t slots = 64;
    uint32_t *list;

    while (slots < 2 * indexed->scan_result.count)
        slots *= 2;
    list = daotp__new(slots * sizeof *list);
    if (list == NULL)
        return NULL;
    fill_crl_table(&indexed->crl, indexed->seed, list, slots);
    indexed->built = (crl_table){list, slots, indexed->seed};
    atomic_store_explicit(&indexed->index, &indexed->built, memory_order_release);
    return &indexed->built;
}

static const crl_table *index_of(daotp__indexed_crl *indexed)
{
    const crl_table *index = atomic_load_explicit(&indexed->index, memory_order_acquire);

    if (index == NULL) {
        (void)pthread_mutex_lock(&indexed->lock);
        index = atomic_load(&indexed->index);
        if (index == NULL && indexed->is_well_formed)
            index = build_crl_table(indexed);
        (void)pthread_mutex_unlock(&indexed->lock);
    }
    return index;
}

/* The index knows serial numbers, and not whose they are. */
static bool has_other_issuers(const daotp__indexed_crl *indexed)
{
    return indexed->crl.is_indirect || indexed->scan_result.has_issuers;
}

bool daotp__indexed_crl_export(daotp__indexed_crl *indexed, daotp__crl_index_data *data)
{
    const crl_table *index;

    if (!daotp__indexed_crl_is_verified(indexed) || has_other_issuers(indexed))
        return false;
    index = index_of(indexed);
    if (index == NULL)
        return false;
    *data =
        (daotp__crl_index_data){.spki = *atomic_load(&indexed->verified_by),
                                .count = indexed->scan_result.count,
                                .index = index->list,
                                .slots = index->slots,
                                .seed = index->seed,
                                .has_issuers = indexed->scan_result.has_issuers,
                                .unknown_critical = indexed->scan_result.unknown_critical,
                                .has_removals = indexed->scan_result.has_removals,
                                .has_odd_criticality = indexed->scan_result.has_odd_criticality};
    return true;
}

/* ---- restoring what was stored --------------------------------------------------------------- */

/* Everything but the entries. It is read again: a file that changes between reading and checking
 * is not taken. */
static bool check_frame(daotp__indexed_crl *indexed)
{
    daotp__bytes der = indexed->crl.der, entries = indexed->crl.entries;
    size_t at = entries.len > 0 ? (size_t)(entries.data - der.data) : der.len;

    return daotp__blocks_check(&indexed->crl_blocks, 0, at) &&
           daotp__blocks_check(&indexed->crl_blocks, at + entries.len,
                               der.len - at - entries.len) &&
           read_frame(indexed, der) && indexed->crl.entries.data == entries.data &&
           indexed->crl.entries.len == entries.len;
}

static void take_scan_result(daotp__indexed_crl *indexed, const daotp__crl_index_data *data)
{
    indexed->scan_result = (daotp__crl_scan){.count = (size_t)data->count,
                                             .has_issuers = data->has_issuers,
                                             .unknown_critical = data->unknown_critical,
                                             .has_removals = data->has_removals,
                                             .has_odd_criticality = data->has_odd_criticality};
    indexed->is_scanned = indexed->is_well_formed = true;
    indexed->stored = (crl_table){data->index, (size_t)data->slots, data->seed};
    atomic_store_explicit(&indexed->index, &indexed->stored, memory_order_release);
}

bool daotp__indexed_crl_restore(daotp__indexed_crl *indexed, const daotp__crl_stored *stored,
                                daotp__bytes mapping)
{
    const daotp__crl_index_data *data = &stored->data;
    daotp__bytes table = {(const uint8_t *)data->index, (size_t)data->slots * sizeof *data->index};

    indexed->mapping = mapping;
    if (data->has_issuers ||
        !daotp__blocks_init(&indexed->crl_blocks, indexed->crl.der, stored->crl_digests) ||
        !daotp__blocks_init(&indexed->index_blocks, table, stored->index_digests) ||
        !check_frame(indexed))
        return false;
    store_verified_key(indexed, data->spki);
    if (atomic_load(&indexed->verified_by) == NULL)
        return false;
    take_scan_result(indexed, data);
    daotp__indexed_crl_trust(indexed); /* nothing else is stored */
    return true;
}

bool daotp__indexed_crl_is_restored(const daotp__indexed_crl *indexed)
{
    return atomic_load_explicit(&indexed->index, memory_order_acquire) == &indexed->stored;
}

bool daotp__indexed_crl_must_be_stored(const daotp__indexed_crl *indexed)
{
    return atomic_load(&indexed->must_be_stored);
}

void daotp__indexed_crl_note_stored(daotp__indexed_crl *indexed)
{
    atomic_store(&indexed->must_be_stored, false);
}

/* A part of the restored files was damaged. If the list is whole, its index is made again. */
static bool drop_stored_index(daotp__indexed_crl *indexed)
{
    (void)pthread_mutex_lock(&indexed->lock);
    if (daotp__indexed_crl_is_restored(indexed)) {
        if (!daotp__blocks_check(&indexed->crl_blocks, 0, indexed->crl.der.len))
            atomic_store(&indexed->is_damaged, true);
        atomic_store(&indexed->must_be_stored, true);
        atomic_store_explicit(&indexed->index, NULL, memory_order_release);
    }
    (void)pthread_mutex_unlock(&indexed->lock);
    return !atomic_load(&indexed->is_damaged);
}

bool daotp__indexed_crl_recheck(daotp__indexed_crl *indexed)
{
    bool is_whole;

    if (!daotp__indexed_crl_is_restored(indexed))
        return !atomic_load(&indexed->is_damaged);
    (void)pthread_mutex_lock(&indexed->lock);
    is_whole = daotp__blocks_check(&indexed->crl_blocks, 0, indexed->crl.der.len) &&
               daotp__blocks_check(&indexed->index_blocks, 0, indexed->index_blocks.bytes.len);
    (void)pthread_mutex_unlock(&indexed->lock);
    return is_whole || drop_stored_index(indexed);
}

/* ---- looking up ------------------------------------------------------------------------------ */

static bool check_part(daotp__indexed_crl *indexed, daotp__blocks *blocks, const void *from,
                       size_t len)
{
    size_t at = (size_t)((const uint8_t *)from - blocks->bytes.data);
    bool is_whole;

    if (daotp__blocks_are_checked(blocks, at, len))
        return true;
    (void)pthread_mutex_lock(&indexed->lock);
    is_whole = daotp__blocks_check(blocks, at, len);
    (void)pthread_mutex_unlock(&indexed->lock);
    return is_whole;
}

/* The serial number of the entry at the front of in. */
static bool read_serial(daotp__indexed_crl *indexed, bool is_stored, daotp__bytes in,
                        daotp__bytes *serial)
{
    daotp__bytes rest = in;

    if (!daotp__crl_entry_skip(&rest, serial))
        return false;
    if (!is_stored)
        return true;
    if (!check_part(indexed, &indexed->crl_blocks, in.data, in.len - rest.len))
        return false;
    return daotp__crl_entry_skip(&in, serial) && in.data == rest.data;
}

static bool removes_entry(daotp__bytes in)
{
    daotp__crl_entry entry;

    return daotp__crl_entry_read(&in, &entry) && entry.reason == DAOTP__REASON_REMOVE;
}

/* One slot that is not empty: false when what it leads to is no entry. */
static bool look_at_slot(daotp__indexed_crl *indexed, bool is_stored, uint32_t slot,
                         daotp__bytes serial, daotp__crl_scan *scan)
{
    daotp__bytes entries = indexed->crl.entries, in, found;
    size_t offset = (slot & ~indexed->tag_mask) - (size_t)1;

    if (offset >= entries.len)
        return false;
    in = (daotp__bytes){entries.data + offset, entries.len - offset};
    if (!read_serial(indexed, is_stored, in, &found))
        return false;
    if (daotp__bytes_equal(found, serial))
        daotp__crl_scan_hit(scan, in, indexed->scan_result.has_removals && removes_entry(in));
    return true;
}

/* false: the table is not as it was made. A slot that is looked at is counted, so that one without
 * an empty slot ends too. */
static bool look_in_index(daotp__indexed_crl *indexed, const crl_table *index, daotp__bytes serial,
                          daotp__crl_scan *scan)
{
    bool is_stored = index == &indexed->stored;
    uint64_t hash = hash_serial(index->seed, serial);
    uint32_t tag = tag_of(hash, indexed->tag_mask);
    size_t at = hash & (index->slots - 1);

    *scan = indexed->scan_result;
    scan->found = scan->is_removed = false;
    for (scan->probes = 1; scan->probes <= index->slots; scan->probes++) {
        const uint32_t *slot = &index->list[at];

        if (is_stored && !check_part(indexed, &indexed->index_blocks, slot, sizeof *slot))
            return false;
        if (*slot == 0)
            return true;
        if ((*slot & indexed->tag_mask) == tag &&
            !look_at_slot(indexed, is_stored, *slot, serial, scan))
            return false;
        if (scan->found && !indexed->scan_result.has_removals)
            return true;
        at = (at + 1) & (index->slots - 1);
    }
    return false;
}

static bool has_first_answer(const daotp__indexed_crl *indexed, daotp__bytes serial)
{
    return indexed->first_len > 0 &&
           daotp__bytes_equal(serial, (daotp__bytes){indexed->first, indexed->first_len});
}

/* The second look-up makes the index. */
static const crl_table *index_to_use(daotp__indexed_crl *indexed)
{
    if (has_other_issuers(indexed) || indexed->scan_result.count < INDEX_FROM)
        return NULL;
    if (atomic_load(&indexed->index) == NULL && !atomic_exchange(&indexed->was_looked_up, true))
        return NULL;
    return index_of(indexed);
}

bool daotp__indexed_crl_look_up(daotp__indexed_crl *indexed, daotp__bytes serial,
                                daotp__bytes issuer, daotp__crl_scan *scan)
{
    const crl_table *index = atomic_load_explicit(&indexed->index, memory_order_acquire);
    bool found;

    if (has_first_answer(indexed, serial)) {
        *scan = indexed->scan_result;
        return true;
    }
    found = index == &indexed->stored && look_in_index(indexed, index, serial, scan);
    if (!found && index == &indexed->stored && !drop_stored_index(indexed))
        return false;
    index = found ? NULL : index_to_use(indexed);
    if (index != NULL)
        found = look_in_index(indexed, index, serial, scan);
    return (found || daotp__crl_scan_entries(&indexed->crl, serial, issuer, scan)) &&
           !atomic_load(&indexed->is_damaged);
}

/* ---- many ------------------------------------------------------------------------------------ */

daotp_status daotp__crl_list_add(daotp__crl_list *crls, daotp__indexed_crl *indexed)
{
    daotp__indexed_crl **list =
        daotp__array_reserve(crls->list, crls->count, &crls->capacity, sizeof indexed);

    if (list == NULL) {
        daotp__indexed_crl_free(indexed);
        return DAOTP_MEMORY;
    }
    crls->list = list;
    crls->list[crls->count++] = indexed;
    return DAOTP_OK;
}

static daotp_status add_within_limit(daotp__crl_list *crls, daotp__indexed_crl *indexed,
                                     const char *subject, daotp_report *report)
{
    if (crls->count < DAOTP__MAX_CRLS)
        return daotp__crl_list_add(crls, indexed);
    daotp__indexed_crl_free(indexed);
    return daotp__report_add(report, DAOTP_FINDING_LIMIT_SIZE, 0, subject, "more than %d CRLs",
                             DAOTP__MAX_CRLS);
}

static daotp_status add_block(daotp__crl_list *crls, const daotp__pem_reader *reader,
                              daotp__bytes der, const char *subject, daotp_report *report)
{
    daotp__indexed_crl *indexed;
    daotp_status status;

    if (!daotp__pem_has_label(reader, "X509 CRL"))
        return daotp__pem_refuse(reader, DAOTP_FINDING_CRL_DER, subject, "it is labelled as no CRL",
                                 report);
    status = daotp__indexed_crl_new(der, &indexed);
    if (status == DAOTP_PEER)
        return daotp__pem_refuse(reader, DAOTP_FINDING_CRL_DER, subject, "it is no CRL in DER",
                                 report);
    return status == DAOTP_OK ? add_within_limit(crls, indexed, subject, report) : status;
}

static daotp_status read_blocks(daotp__crl_list *crls, daotp__bytes in, const char *subject,
                                daotp_report *report)
{
    daotp__pem_reader reader;
    daotp_status status;
    daotp__buffer der;

    daotp__pem_begin(&reader, in);
    daotp__buffer_init(&der, DAOTP__MAX_CRL);
    while ((status = daotp__pem_read(&reader, &der)) == DAOTP_OK) {
        status = add_block(crls, &reader, daotp__buffer_bytes(&der), subject, report);
        if (status != DAOTP_OK)
            break;
    }
    if (status == DAOTP_PEER && reader.fault != NULL)
        (void)daotp__pem_refuse(&reader, DAOTP_FINDING_CRL_DER, subject, NULL, report);
    daotp__buffer_free(&der);
    return status == DAOTP_REJECTED ? DAOTP_OK : status; /* no further block */
}

static daotp_status refuse_der(size_t len, size_t first_len, const char *subject,
                               daotp_report *report)
{
    if (first_len > 0 && first_len < len)
        return daotp__report_add(report, DAOTP_FINDING_CRL_DER, 0, subject,
                                 "%zu octets stand behind the first structure, from octet %zu on",
                                 len - first_len, first_len);
    return daotp__report_add(report, DAOTP_FINDING_CRL_DER, 0, subject, "%zu octets", len);
}

static daotp_status read_der(daotp__crl_list *crls, daotp__bytes in, const char *subject,
                             daotp_report *report)
{
    daotp__indexed_crl *indexed;
    daotp_status status = daotp__indexed_crl_new(in, &indexed);

    if (status == DAOTP_PEER)
        return refuse_der(in.len, daotp__der_first_len(in), subject, report);
    return status == DAOTP_OK ? add_within_limit(crls, indexed, subject, report) : status;
}

daotp_status daotp__crl_list_read(daotp__crl_list *crls, daotp__bytes in, const char *subject,
                                  daotp_report *report)
{
    size_t before = crls->count;
    daotp__text_form form;
    daotp_status status = daotp__text_form_read(&form, in, DAOTP__MAX_CRL, false);

    if (status == DAOTP_OK)
        status = daotp__pem_is(form.bytes) ? read_blocks(crls, form.bytes, subject, report)
                                           : read_der(crls, form.bytes, subject, report);
    else if (status == DAOTP_PEER)
        status = daotp__report_add(report, DAOTP_FINDING_CRL_DER, 0, subject, "%s", form.fault);
    daotp__text_form_free(&form);
    if (status != DAOTP_OK)
        daotp__crl_list_cut(crls, before);
    return status;
}

/* Takes the mapping over: of PEM nothing is kept of it. */
static daotp_status read_mapping(daotp__crl_list *crls, daotp__bytes mapped, const char *path,
                                 daotp_report *report)
{
    size_t len = mapped.len, first_len = daotp__der_first_len(mapped);
    daotp__indexed_crl *indexed;
    daotp_status status;

    if (mapped.data[0] != DAOTP__DER_SEQUENCE || daotp__pem_is(mapped)) {
        status = daotp__crl_list_read(crls, mapped, path, report);
        (void)munmap((void *)mapped.data, mapped.len);
        return status;
    }
    status = daotp__indexed_crl_map(mapped, &indexed);
    if (status == DAOTP_PEER)
        return refuse_der(len, first_len, path, report);
    return status == DAOTP_OK ? add_within_limit(crls, indexed, path, report) : status;
}

daotp_status daotp__crl_list_open(daotp__crl_list *crls, const char *path, daotp_report *report)
{
    struct stat stat;
    int fd = daotp__file_open_regular(AT_FDCWD, path, O_RDONLY, &stat);
    daotp__bytes mapped = {NULL, 0};
    daotp_status status;
    bool ok;

    ok =
        fd >= 0 && (errno = crl_size_error(&stat)) == 0 && map_file_copy(fd, stat.st_size, &mapped);
    status = ok ? DAOTP_OK
                : daotp__report_add(report, DAOTP_FINDING_FILE_READ, errno, path, "%s",
                                    daotp__file_error_text(errno));
    if (fd >= 0)
        (void)close(fd);
    if (ok)
        status = read_mapping(crls, mapped, path, report);
    return daotp__report_status(report, status);
}

void daotp__crl_list_cut(daotp__crl_list *crls, size_t count)
{
    while (crls->count > count)
        daotp__indexed_crl_free(crls->list[--crls->count]);
}

void daotp__crl_list_free(daotp__crl_list *crls)
{
    daotp__crl_list_cut(crls, 0);
    daotp__delete(crls->list);
    *crls = (daotp__crl_list){0};
}
