/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/kept_crl.h"

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

enum { INDEX_FROM = 8 }; /* fewer entries are walked each time */

/* Open addressing: offset of an entry and 1; 0 is an empty slot. */
typedef struct crl_table {
    const uint32_t *list;
    size_t slots; /* a power of two */
    uint64_t seed;
} crl_table;

struct daotp__kept_crl {
    atomic_uint references;
    uint8_t *copy;       /* the bytes, in memory of ours */
    daotp__bytes mapped; /* or in a mapping of ours */
    daotp__crl crl;
    uint64_t issuer_hash;

    pthread_mutex_t lock;  /* of who proves or builds; what is published below is read without it */
    daotp__crl_walk facts; /* of the walk that proved it, and its answer for: */
    uint8_t first[32];
    size_t first_len;
    bool is_sound, is_walked, is_hashed;
    uint8_t digest[DAOTP__HASH_MAX];

    _Atomic(daotp__bytes *) proven_by; /* the SubjectPublicKeyInfo that its signature verified by */
    atomic_bool was_looked_up, believed;
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

static bool read_frame(daotp__kept_crl *kept, daotp__bytes der)
{
    if (der.len > DAOTP__MAX_CRL || !daotp__crl_read(der, &kept->crl) ||
        !daotp__name_is_valid(kept->crl.issuer))
        return false;
    kept->issuer_hash = daotp__name_hash(kept->crl.issuer);
    kept->tag_mask = tag_mask(&kept->crl);
    return true;
}

static daotp_status make(daotp__bytes der, daotp__kept_crl **out)
{
    daotp__kept_crl *kept = daotp__new(sizeof *kept);

    *out = kept;
    if (kept == NULL)
        return DAOTP_MEMORY;
    atomic_init(&kept->references, 1);
    (void)pthread_mutex_init(&kept->lock, NULL); /* never fails with glibc */
    if (!read_frame(kept, der))
        return DAOTP_PEER;
    return daotp__random((uint8_t *)&kept->seed, sizeof kept->seed) ? DAOTP_OK : DAOTP_MEMORY;
}

static daotp_status made(daotp_status status, daotp__kept_crl *kept, daotp__kept_crl **out)
{
    if (status != DAOTP_OK) {
        daotp__kept_crl_free(kept);
        kept = NULL;
    }
    *out = kept;
    return status;
}

daotp_status daotp__kept_crl_new(daotp__bytes der, daotp__kept_crl **out)
{
    uint8_t *copy = daotp__bytes_copy(der.data, der.len);
    daotp__kept_crl *kept = NULL;
    daotp_status status = copy != NULL ? make((daotp__bytes){copy, der.len}, &kept) : DAOTP_MEMORY;

    if (kept != NULL)
        kept->copy = copy;
    else
        daotp__delete(copy);
    return made(status, kept, out);
}

daotp_status daotp__kept_crl_map(daotp__bytes mapped, daotp__kept_crl **out)
{
    daotp__kept_crl *kept = NULL;
    daotp_status status = make(mapped, &kept);

    if (kept != NULL)
        kept->mapped = mapped;
    else
        (void)munmap((void *)mapped.data, mapped.len);
    return made(status, kept, out);
}

daotp__kept_crl *daotp__kept_crl_ref(daotp__kept_crl *kept)
{
    if (kept != NULL)
        atomic_fetch_add_explicit(&kept->references, 1, memory_order_relaxed);
    return kept;
}

void daotp__kept_crl_free(daotp__kept_crl *kept)
{
    if (kept == NULL || atomic_fetch_sub_explicit(&kept->references, 1, memory_order_acq_rel) != 1)
        return;
    (void)pthread_mutex_destroy(&kept->lock);
    daotp__delete(atomic_load(&kept->proven_by));
    daotp__delete((void *)kept->built.list);
    daotp__delete(kept->copy);
    daotp__blocks_free(&kept->crl_blocks);
    daotp__blocks_free(&kept->index_blocks);
    if (kept->mapping.data != NULL)
        (void)munmap((void *)kept->mapping.data, kept->mapping.len);
    if (kept->mapped.data != NULL)
        (void)munmap((void *)kept->mapped.data, kept->mapped.len);
    daotp__delete(kept);
}

const daotp__crl *daotp__kept_crl_view(const daotp__kept_crl *kept)
{
    return &kept->crl;
}

uint64_t daotp__kept_crl_issuer_hash(const daotp__kept_crl *kept)
{
    return kept->issuer_hash;
}

const daotp__crl_walk *daotp__kept_crl_facts(const daotp__kept_crl *kept)
{
    return &kept->facts;
}

/* ---- a caller's file: copied first, so that a change underneath cannot hurt ------------------ */

static bool copy_file(int from, int to, off_t len)
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

static bool map_copy(int from, off_t len, daotp__bytes *mapped)
{
    int to = memfd_create("daotp-crl", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    void *map = MAP_FAILED;

    if (to >= 0 && copy_file(from, to, len) &&
        fcntl(to, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) == 0)
        map = mmap(NULL, (size_t)len, PROT_READ, MAP_SHARED | MAP_POPULATE, to, 0);
    if (to >= 0)
        (void)close(to);
    *mapped = (daotp__bytes){map, (size_t)len};
    return map != MAP_FAILED;
}

static daotp_status keep_only_block(daotp__bytes mapped, daotp__kept_crl **out)
{
    daotp__kept_crls all = {0};
    daotp_status status = daotp__kept_crls_read(&all, mapped, "", NULL);

    if (status == DAOTP_OK && all.count != 1)
        status = DAOTP_PEER;
    *out = status == DAOTP_OK && all.list != NULL ? daotp__kept_crl_ref(all.list[0]) : NULL;
    daotp__kept_crls_free(&all);
    (void)munmap((void *)mapped.data, mapped.len);
    return status;
}

daotp_status daotp__kept_crl_take(daotp__bytes mapped, daotp__kept_crl **out)
{
    return mapped.len == 0 || mapped.data[0] != DAOTP__DER_SEQUENCE || daotp__pem_is(mapped)
               ? keep_only_block(mapped, out)
               : daotp__kept_crl_map(mapped, out);
}

daotp_status daotp__kept_crl_copy_file(int fd, off_t len, daotp__kept_crl **out)
{
    daotp__bytes mapped;

    *out = NULL;
    return map_copy(fd, len, &mapped) ? daotp__kept_crl_map(mapped, out) : DAOTP_INTERNAL;
}

/* What is wrong with its size; 0 when nothing is. */
static int crl_size_error(const struct stat *stat)
{
    if (stat->st_size == 0)
        return ENODATA;
    return stat->st_size > DAOTP__MAX_CRL ? EFBIG : 0;
}

/* ---- proving --------------------------------------------------------------------------------- */

bool daotp__kept_crl_is_proven(const daotp__kept_crl *kept, const daotp__node *signer)
{
    const daotp__bytes *by = atomic_load_explicit(&kept->proven_by, memory_order_acquire);

    return by != NULL && !atomic_load(&kept->is_damaged) &&
           daotp__bytes_equal(*by, signer->certificate.spki);
}

bool daotp__kept_crl_has_proof(const daotp__kept_crl *kept)
{
    return atomic_load_explicit(&kept->proven_by, memory_order_acquire) != NULL &&
           !atomic_load(&kept->is_damaged);
}

/* One key is remembered. Another that signed the same bytes is checked each time. */
static void remember(daotp__kept_crl *kept, daotp__bytes spki)
{
    daotp__bytes *by;
    uint8_t *copy;

    if (atomic_load(&kept->proven_by) != NULL)
        return;
    by = daotp__new(sizeof *by + spki.len);
    if (by == NULL)
        return; /* then it is checked again */
    copy = (uint8_t *)(by + 1);
    memcpy(copy, spki.data, spki.len);
    *by = (daotp__bytes){copy, spki.len};
    atomic_store_explicit(&kept->proven_by, by, memory_order_release);
}

static void walk_once(daotp__kept_crl *kept, daotp__bytes serial)
{
    static const daotp__bytes nothing = {NULL, 0};

    if (kept->is_walked)
        return;
    if (serial.len > sizeof kept->first || kept->crl.is_indirect)
        serial = nothing;
    kept->is_sound = daotp__crl_walk_entries(&kept->crl, serial, nothing, &kept->facts);
    kept->is_walked = true;
    kept->first_len = serial.len;
    if (serial.len > 0)
        memcpy(kept->first, serial.data, serial.len);
}

/* A CRL may be large, and several keys may be tried: the digest is made once. */
static daotp__bytes input_of_crl(daotp__kept_crl *kept, const daotp__scheme *scheme)
{
    daotp__bytes input;

    if (kept->is_hashed)
        return (daotp__bytes){kept->digest, daotp__hash_len(scheme->hash)};
    input = daotp__scheme_input(scheme, kept->crl.tbs, kept->digest);
    kept->is_hashed = scheme->kind != DAOTP__SCHEME_EDDSA && input.data != NULL;
    return input;
}

static daotp__crl_verdict prove(daotp__kept_crl *kept, daotp__verify_key *key, daotp__bytes spki,
                                daotp__bytes serial)
{
    daotp__scheme scheme;
    const char *ignored;

    if (key == NULL ||
        !daotp__verify_key_scheme(&key->read, &kept->crl.signature_algorithm, &scheme, &ignored))
        return DAOTP__CRL_WEAK;
    if (atomic_load(&kept->is_damaged))
        return DAOTP__CRL_FORGED;
    walk_once(kept, serial);
    if (!kept->is_sound)
        return DAOTP__CRL_MALFORMED;
    if (!daotp__verify_key_check(key, &scheme, input_of_crl(kept, &scheme), kept->crl.signature))
        return DAOTP__CRL_FORGED;
    remember(kept, spki);
    return DAOTP__CRL_GOOD;
}

static daotp__crl_verdict prove_alone(daotp__kept_crl *kept, daotp__verify_key *key,
                                      daotp__bytes spki, daotp__bytes serial)
{
    daotp__crl_verdict verdict;

    (void)pthread_mutex_lock(&kept->lock);
    verdict = prove(kept, key, spki, serial);
    (void)pthread_mutex_unlock(&kept->lock);
    return verdict;
}

void daotp__kept_crl_believe(daotp__kept_crl *kept)
{
    atomic_store_explicit(&kept->believed, true, memory_order_release);
}

bool daotp__kept_crl_is_believed(const daotp__kept_crl *kept)
{
    return atomic_load_explicit(&kept->believed, memory_order_acquire) &&
           !atomic_load(&kept->is_damaged);
}

bool daotp__kept_crl_is_alike(const daotp__kept_crl *kept, const daotp__kept_crl *other)
{
    const daotp__crl *a = &kept->crl, *b = &other->crl;

    return daotp__crl_is_same_scope(a, b) &&
           daotp__bytes_equal(a->authority_key_id, b->authority_key_id);
}

bool daotp__kept_crl_is_older(const daotp__kept_crl *kept, const daotp__kept_crl *than)
{
    return daotp__kept_crl_is_alike(kept, than) &&
           daotp__crl_compare_age(&kept->crl, &than->crl) < 0;
}

daotp__crl_verdict daotp__kept_crl_prove_like(daotp__kept_crl *kept, const daotp__kept_crl *older)
{
    static const daotp__bytes nothing = {NULL, 0};
    const daotp__bytes *by = atomic_load(&older->proven_by);
    daotp__crl_verdict verdict = DAOTP__CRL_WEAK;
    daotp__verify_key key;

    if (by == NULL || !daotp__name_equal(kept->crl.issuer, older->crl.issuer))
        return DAOTP__CRL_FORGED;
    if (daotp__verify_key_init(&key, *by))
        verdict = prove_alone(kept, &key, *by, nothing);
    daotp__verify_key_free(&key);
    if (verdict == DAOTP__CRL_GOOD && daotp__kept_crl_is_believed(older))
        daotp__kept_crl_believe(kept);
    return verdict;
}

daotp__crl_verdict daotp__kept_crl_prove(daotp__kept_crl *kept, daotp__node *signer,
                                         daotp__bytes serial)
{
    daotp__verify_key *key;
    daotp__crl_walk ignored;
    bool no_memory;

    if (daotp__kept_crl_is_proven(kept, signer)) {
        if (daotp__kept_crl_is_restored(kept) && serial.len > 0 &&
            !daotp__kept_crl_look_up(kept, serial, kept->crl.issuer, &ignored))
            return DAOTP__CRL_FORGED; /* what is there now is not what was signed */
        return DAOTP__CRL_GOOD;
    }
    key = daotp__node_key(signer, &no_memory);
    return no_memory ? DAOTP__CRL_MEMORY : prove_alone(kept, key, signer->certificate.spki, serial);
}

/* ---- the index: open addressing, at most half full ------------------------------------------- */

/* Every octet counts, and a secret of the list: or who issues serial numbers could make them meet.
 */
static uint64_t mix(uint64_t seed, daotp__bytes serial)
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

static void fill(const daotp__crl *crl, uint64_t seed, uint32_t *index, size_t slots)
{
    uint32_t mask = tag_mask(crl);
    daotp__bytes in = crl->entries, serial;

    while (in.len > 0) {
        uint32_t offset = (uint32_t)(in.data - crl->entries.data) + 1;
        uint64_t hash;
        size_t at;

        if (!daotp__crl_entry_skip(&in, &serial))
            return; /* never: it was walked */
        hash = mix(seed, serial);
        for (at = hash & (slots - 1); index[at] != 0; at = (at + 1) & (slots - 1))
            ;
        index[at] = offset | tag_of(hash, mask);
    }
}

static const crl_table *build_crl_table(daotp__kept_crl *kept)
{
    size_t slots = 64;
    uint32_t *list;

    while (slots < 2 * kept->facts.count)
        slots *= 2;
    list = daotp__new(slots * sizeof *list);
    if (list == NULL)
        return NULL;
    fill(&kept->crl, kept->seed, list, slots);
    kept->built = (crl_table){list, slots, kept->seed};
    atomic_store_explicit(&kept->index, &kept->built, memory_order_release);
    return &kept->built;
}

static const crl_table *index_of(daotp__kept_crl *kept)
{
    const crl_table *index = atomic_load_explicit(&kept->index, memory_order_acquire);

    if (index == NULL) {
        (void)pthread_mutex_lock(&kept->lock);
        index = atomic_load(&kept->index);
        if (index == NULL && kept->is_sound)
            index = build_crl_table(kept);
        (void)pthread_mutex_unlock(&kept->lock);
    }
    return index;
}

/* The index knows serial numbers, and not whose they are. */
static bool has_other_issuers(const daotp__kept_crl *kept)
{
    return kept->crl.is_indirect || kept->facts.has_issuers;
}

bool daotp__kept_crl_proof(daotp__kept_crl *kept, daotp__crl_proof *proof)
{
    const crl_table *index;

    if (!daotp__kept_crl_has_proof(kept) || has_other_issuers(kept))
        return false;
    index = index_of(kept);
    if (index == NULL)
        return false;
    *proof = (daotp__crl_proof){.spki = *atomic_load(&kept->proven_by),
                                .count = kept->facts.count,
                                .index = index->list,
                                .slots = index->slots,
                                .seed = index->seed,
                                .has_issuers = kept->facts.has_issuers,
                                .unknown_critical = kept->facts.unknown_critical,
                                .has_removals = kept->facts.has_removals,
                                .has_odd_criticality = kept->facts.has_odd_criticality};
    return true;
}

/* ---- restoring what was stored --------------------------------------------------------------- */

/* Everything but the entries. It is read again: a file that changes between reading and checking
 * is not taken. */
static bool check_frame(daotp__kept_crl *kept)
{
    daotp__bytes der = kept->crl.der, entries = kept->crl.entries;
    size_t at = entries.len > 0 ? (size_t)(entries.data - der.data) : der.len;

    return daotp__blocks_check(&kept->crl_blocks, 0, at) &&
           daotp__blocks_check(&kept->crl_blocks, at + entries.len, der.len - at - entries.len) &&
           read_frame(kept, der) && kept->crl.entries.data == entries.data &&
           kept->crl.entries.len == entries.len;
}

static void take_facts(daotp__kept_crl *kept, const daotp__crl_proof *proof)
{
    kept->facts = (daotp__crl_walk){.count = (size_t)proof->count,
                                    .has_issuers = proof->has_issuers,
                                    .unknown_critical = proof->unknown_critical,
                                    .has_removals = proof->has_removals,
                                    .has_odd_criticality = proof->has_odd_criticality};
    kept->is_walked = kept->is_sound = true;
    kept->stored = (crl_table){proof->index, (size_t)proof->slots, proof->seed};
    atomic_store_explicit(&kept->index, &kept->stored, memory_order_release);
}

bool daotp__kept_crl_restore(daotp__kept_crl *kept, const daotp__crl_stored *stored,
                             daotp__bytes mapping)
{
    const daotp__crl_proof *proof = &stored->proof;
    daotp__bytes table = {(const uint8_t *)proof->index,
                          (size_t)proof->slots * sizeof *proof->index};

    kept->mapping = mapping;
    if (proof->has_issuers ||
        !daotp__blocks_init(&kept->crl_blocks, kept->crl.der, stored->crl_digests) ||
        !daotp__blocks_init(&kept->index_blocks, table, stored->index_digests) ||
        !check_frame(kept))
        return false;
    remember(kept, proof->spki);
    if (atomic_load(&kept->proven_by) == NULL)
        return false;
    take_facts(kept, proof);
    daotp__kept_crl_believe(kept); /* nothing else is stored */
    return true;
}

bool daotp__kept_crl_is_restored(const daotp__kept_crl *kept)
{
    return atomic_load_explicit(&kept->index, memory_order_acquire) == &kept->stored;
}

bool daotp__kept_crl_must_be_stored(const daotp__kept_crl *kept)
{
    return atomic_load(&kept->must_be_stored);
}

void daotp__kept_crl_note_stored(daotp__kept_crl *kept)
{
    atomic_store(&kept->must_be_stored, false);
}

/* A part of the restored files was damaged. If the list is whole, its index is made again. */
static bool drop_stored_index(daotp__kept_crl *kept)
{
    (void)pthread_mutex_lock(&kept->lock);
    if (daotp__kept_crl_is_restored(kept)) {
        if (!daotp__blocks_check(&kept->crl_blocks, 0, kept->crl.der.len))
            atomic_store(&kept->is_damaged, true);
        atomic_store(&kept->must_be_stored, true);
        atomic_store_explicit(&kept->index, NULL, memory_order_release);
    }
    (void)pthread_mutex_unlock(&kept->lock);
    return !atomic_load(&kept->is_damaged);
}

bool daotp__kept_crl_recheck(daotp__kept_crl *kept)
{
    bool is_whole;

    if (!daotp__kept_crl_is_restored(kept))
        return !atomic_load(&kept->is_damaged);
    (void)pthread_mutex_lock(&kept->lock);
    is_whole = daotp__blocks_check(&kept->crl_blocks, 0, kept->crl.der.len) &&
               daotp__blocks_check(&kept->index_blocks, 0, kept->index_blocks.bytes.len);
    (void)pthread_mutex_unlock(&kept->lock);
    return is_whole || drop_stored_index(kept);
}

/* ---- looking up ------------------------------------------------------------------------------ */

static bool check_part(daotp__kept_crl *kept, daotp__blocks *blocks, const void *from, size_t len)
{
    size_t at = (size_t)((const uint8_t *)from - blocks->bytes.data);
    bool is_whole;

    if (daotp__blocks_are_checked(blocks, at, len))
        return true;
    (void)pthread_mutex_lock(&kept->lock);
    is_whole = daotp__blocks_check(blocks, at, len);
    (void)pthread_mutex_unlock(&kept->lock);
    return is_whole;
}

/* The serial number of the entry at the front of in. */
static bool read_serial(daotp__kept_crl *kept, bool is_stored, daotp__bytes in,
                        daotp__bytes *serial)
{
    daotp__bytes rest = in;

    if (!daotp__crl_entry_skip(&rest, serial))
        return false;
    if (!is_stored)
        return true;
    if (!check_part(kept, &kept->crl_blocks, in.data, in.len - rest.len))
        return false;
    return daotp__crl_entry_skip(&in, serial) && in.data == rest.data;
}

static bool removes(daotp__bytes in)
{
    daotp__crl_entry entry;

    return daotp__crl_entry_read(&in, &entry) && entry.reason == DAOTP__REASON_REMOVE;
}

/* One slot that is not empty: false when what it leads to is no entry. */
static bool look_at_slot(daotp__kept_crl *kept, bool is_stored, uint32_t slot, daotp__bytes serial,
                         daotp__crl_walk *walk)
{
    daotp__bytes entries = kept->crl.entries, in, found;
    size_t offset = (slot & ~kept->tag_mask) - (size_t)1;

    if (offset >= entries.len)
        return false;
    in = (daotp__bytes){entries.data + offset, entries.len - offset};
    if (!read_serial(kept, is_stored, in, &found))
        return false;
    if (daotp__bytes_equal(found, serial))
        daotp__crl_walk_hit(walk, in, kept->facts.has_removals && removes(in));
    return true;
}

/* false: the table is not as it was made. A slot that is looked at is counted, so that one without
 * an empty slot ends too. */
static bool look_in_index(daotp__kept_crl *kept, const crl_table *index, daotp__bytes serial,
                          daotp__crl_walk *walk)
{
    bool is_stored = index == &kept->stored;
    uint64_t hash = mix(index->seed, serial);
    uint32_t tag = tag_of(hash, kept->tag_mask);
    size_t at = hash & (index->slots - 1);

    *walk = kept->facts;
    walk->found = walk->is_removed = false;
    for (walk->probes = 1; walk->probes <= index->slots; walk->probes++) {
        const uint32_t *slot = &index->list[at];

        if (is_stored && !check_part(kept, &kept->index_blocks, slot, sizeof *slot))
            return false;
        if (*slot == 0)
            return true;
        if ((*slot & kept->tag_mask) == tag && !look_at_slot(kept, is_stored, *slot, serial, walk))
            return false;
        if (walk->found && !kept->facts.has_removals)
            return true;
        at = (at + 1) & (index->slots - 1);
    }
    return false;
}

static bool has_first_answer(const daotp__kept_crl *kept, daotp__bytes serial)
{
    return kept->first_len > 0 &&
           daotp__bytes_equal(serial, (daotp__bytes){kept->first, kept->first_len});
}

/* The second look-up makes the index. */
static const crl_table *index_to_use(daotp__kept_crl *kept)
{
    if (has_other_issuers(kept) || kept->facts.count < INDEX_FROM)
        return NULL;
    if (atomic_load(&kept->index) == NULL && !atomic_exchange(&kept->was_looked_up, true))
        return NULL;
    return index_of(kept);
}

bool daotp__kept_crl_look_up(daotp__kept_crl *kept, daotp__bytes serial, daotp__bytes issuer,
                             daotp__crl_walk *walk)
{
    const crl_table *index = atomic_load_explicit(&kept->index, memory_order_acquire);
    bool found;

    if (has_first_answer(kept, serial)) {
        *walk = kept->facts;
        return true;
    }
    found = index == &kept->stored && look_in_index(kept, index, serial, walk);
    if (!found && index == &kept->stored && !drop_stored_index(kept))
        return false;
    index = found ? NULL : index_to_use(kept);
    if (index != NULL)
        found = look_in_index(kept, index, serial, walk);
    return (found || daotp__crl_walk_entries(&kept->crl, serial, issuer, walk)) &&
           !atomic_load(&kept->is_damaged);
}

/* ---- many ------------------------------------------------------------------------------------ */

daotp_status daotp__kept_crls_add(daotp__kept_crls *crls, daotp__kept_crl *kept)
{
    daotp__kept_crl **list =
        daotp__array_reserve(crls->list, crls->count, &crls->capacity, sizeof kept);

    if (list == NULL) {
        daotp__kept_crl_free(kept);
        return DAOTP_MEMORY;
    }
    crls->list = list;
    crls->list[crls->count++] = kept;
    return DAOTP_OK;
}

static daotp_status add_within_limit(daotp__kept_crls *crls, daotp__kept_crl *kept,
                                     const char *subject, daotp_report *report)
{
    if (crls->count < DAOTP__MAX_CRLS)
        return daotp__kept_crls_add(crls, kept);
    daotp__kept_crl_free(kept);
    return daotp__report_add(report, DAOTP_FINDING_LIMIT_SIZE, 0, subject, "more than %d CRLs",
                             DAOTP__MAX_CRLS);
}

static daotp_status add_block(daotp__kept_crls *crls, const daotp__pem_reader *reader,
                              daotp__bytes der, const char *subject, daotp_report *report)
{
    daotp__kept_crl *kept;
    daotp_status status;

    if (!daotp__pem_has_label(reader, "X509 CRL"))
        return daotp__pem_refuse(reader, DAOTP_FINDING_CRL_DER, subject, "it is labelled as no CRL",
                                 report);
    status = daotp__kept_crl_new(der, &kept);
    if (status == DAOTP_PEER)
        return daotp__pem_refuse(reader, DAOTP_FINDING_CRL_DER, subject, "it is no CRL in DER",
                                 report);
    return status == DAOTP_OK ? add_within_limit(crls, kept, subject, report) : status;
}

static daotp_status read_blocks(daotp__kept_crls *crls, daotp__bytes in, const char *subject,
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

static daotp_status read_der(daotp__kept_crls *crls, daotp__bytes in, const char *subject,
                             daotp_report *report)
{
    daotp__kept_crl *kept;
    daotp_status status = daotp__kept_crl_new(in, &kept);

    if (status == DAOTP_PEER)
        return refuse_der(in.len, daotp__der_first_len(in), subject, report);
    return status == DAOTP_OK ? add_within_limit(crls, kept, subject, report) : status;
}

daotp_status daotp__kept_crls_read(daotp__kept_crls *crls, daotp__bytes in, const char *subject,
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
        daotp__kept_crls_cut(crls, before);
    return status;
}

/* Takes the mapping over: of PEM nothing is kept of it. */
static daotp_status read_mapping(daotp__kept_crls *crls, daotp__bytes mapped, const char *path,
                                 daotp_report *report)
{
    size_t len = mapped.len, first_len = daotp__der_first_len(mapped);
    daotp__kept_crl *kept;
    daotp_status status;

    if (mapped.data[0] != DAOTP__DER_SEQUENCE || daotp__pem_is(mapped)) {
        status = daotp__kept_crls_read(crls, mapped, path, report);
        (void)munmap((void *)mapped.data, mapped.len);
        return status;
    }
    status = daotp__kept_crl_map(mapped, &kept);
    if (status == DAOTP_PEER)
        return refuse_der(len, first_len, path, report);
    return status == DAOTP_OK ? add_within_limit(crls, kept, path, report) : status;
}

daotp_status daotp__kept_crls_open(daotp__kept_crls *crls, const char *path, daotp_report *report)
{
    struct stat stat;
    int fd = daotp__file_open_regular(AT_FDCWD, path, O_RDONLY, &stat);
    daotp__bytes mapped = {NULL, 0};
    daotp_status status;
    bool ok;

    ok = fd >= 0 && (errno = crl_size_error(&stat)) == 0 && map_copy(fd, stat.st_size, &mapped);
    status = ok ? DAOTP_OK
                : daotp__report_add(report, DAOTP_FINDING_FILE_READ, errno, path, "%s",
                                    daotp__file_error_text(errno));
    if (fd >= 0)
        (void)close(fd);
    if (ok)
        status = read_mapping(crls, mapped, path, report);
    return daotp__report_status(report, status);
}

void daotp__kept_crls_cut(daotp__kept_crls *crls, size_t count)
{
    while (crls->count > count)
        daotp__kept_crl_free(crls->list[--crls->count]);
}

void daotp__kept_crls_free(daotp__kept_crls *crls)
{
    daotp__kept_crls_cut(crls, 0);
    daotp__delete(crls->list);
    *crls = (daotp__kept_crls){0};
}
