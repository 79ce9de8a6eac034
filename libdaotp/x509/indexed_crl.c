/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/indexed_crl.h"

#include "core/alloc.h"
#include "x509/crl_table.h"
#include "x509/name_match.h"
#include "x509/random.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

enum { INDEX_FROM = 8 }; /* a CRL with fewer entries is scanned at each look-up */

struct daotp__indexed_crl {
    atomic_uint references;
    uint8_t *copy;       /* the bytes, in allocated memory */
    daotp__bytes mapped; /* or in a mapping that this object owns */
    daotp__crl crl;
    uint64_t issuer_hash;

    pthread_mutex_t
        lock; /* held to verify or to build an index; the atomic fields below are read without it */
    daotp__crl_scan scan_result; /* the result of the verifying scan, for this serial number: */
    uint8_t first[32];
    size_t first_len;
    bool is_well_formed, is_scanned, is_hashed;
    uint8_t digest[DAOTP__HASH_MAX];

    _Atomic(daotp__bytes *)
        verified_by; /* the SubjectPublicKeyInfo of the key that verified its signature */
    atomic_bool was_looked_up, is_trusted;
    _Atomic(const daotp__crl_table *) index; /* one of these two, or none yet */
    daotp__crl_table built, stored;
    uint64_t seed; /* the memory of the built table */

    /* Only for a CRL restored from files: blocks of both files are checked when they are read. */
    daotp__bytes mapping; /* the mapping of the index file */
    daotp__blocks crl_blocks, index_blocks;
    atomic_bool is_damaged, must_be_stored;
};

/* ---- making one ------------------------------------------------------------------------------ */

static bool read_frame(daotp__indexed_crl *indexed, daotp__bytes der)
{
    if (!daotp__crl_read(der, &indexed->crl) || !daotp__name_is_valid(indexed->crl.issuer))
        return false;
    indexed->issuer_hash = daotp__name_hash(indexed->crl.issuer);
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
    daotp__crl_table_free(&indexed->built);
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

/* ---- verifying ------------------------------------------------------------------------------- */

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

/* One key is remembered. For another key the signature is verified each time. */
static void store_verified_key(daotp__indexed_crl *indexed, daotp__bytes spki)
{
    daotp__bytes *by;
    uint8_t *copy;

    if (atomic_load(&indexed->verified_by) != NULL)
        return;
    by = daotp__new(sizeof *by + spki.len);
    if (by == NULL)
        return; /* then the signature is verified again */
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

/* A CRL may be large, and several keys may be tried, so its digest is computed once. */
static daotp__bytes input_of_crl(daotp__indexed_crl *indexed, const daotp__scheme *scheme)
{
    daotp__bytes input;

    if (indexed->is_hashed)
        return (daotp__bytes){indexed->digest, daotp__hash_len(scheme->hash)};
    input = daotp__scheme_input(scheme, indexed->crl.tbs, indexed->digest);
    indexed->is_hashed = scheme->kind != DAOTP__SCHEME_EDDSA && input.data != NULL;
    return input;
}

static daotp__crl_verdict indexed_crl_verify_signature(daotp__indexed_crl *indexed,
                                                       daotp__verify_key *key, daotp__bytes spki,
                                                       daotp__bytes serial)
{
    daotp__scheme scheme;
    const char *ignored;

    if (key == NULL ||
        !daotp__verify_key_scheme(&key->read, &indexed->crl.signature_algorithm, &scheme, &ignored))
        return DAOTP__CRL_WEAK;
    if (atomic_load(&indexed->is_damaged))
        return DAOTP__CRL_FORGED;
    scan_entries_once(indexed, serial);
    if (!daotp__verify_key_check(key, &scheme, input_of_crl(indexed, &scheme),
                                 indexed->crl.signature))
        return DAOTP__CRL_FORGED;
    if (!indexed->is_well_formed)
        return DAOTP__CRL_MALFORMED; /* its key is not stored, so it is verified each time */
    store_verified_key(indexed, spki);
    return DAOTP__CRL_GOOD;
}

static daotp__crl_verdict verify_with_lock(daotp__indexed_crl *indexed, daotp__verify_key *key,
                                           daotp__bytes spki, daotp__bytes serial)
{
    daotp__crl_verdict verdict;

    (void)pthread_mutex_lock(&indexed->lock);
    verdict = indexed_crl_verify_signature(indexed, key, spki, serial);
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

daotp_finding_number daotp__crl_verdict_finding(daotp__crl_verdict verdict)
{
    switch (verdict) {
    case DAOTP__CRL_GOOD:
        return DAOTP_FINDING_NONE;
    case DAOTP__CRL_MALFORMED:
        return DAOTP_FINDING_CRL_ENTRIES;
    case DAOTP__CRL_WEAK:
        return DAOTP_FINDING_CRL_ALGORITHM;
    case DAOTP__CRL_FORGED:
        return DAOTP_FINDING_CRL_SIGNATURE;
    case DAOTP__CRL_MEMORY:
        break;
    }
    return DAOTP_FINDING_CALL_MEMORY;
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
            return DAOTP__CRL_FORGED; /* the current bytes are not those that were signed */
        return DAOTP__CRL_GOOD;
    }
    key = daotp__node_key(signer, &no_memory);
    return no_memory ? DAOTP__CRL_MEMORY
                     : verify_with_lock(indexed, key, signer->certificate.spki, serial);
}

/* ---- the index ------------------------------------------------------------------------------- */

/* The lock is held. */
static const daotp__crl_table *publish_built(daotp__indexed_crl *indexed)
{
    if (!daotp__crl_table_build(&indexed->built, &indexed->crl, indexed->scan_result.count,
                                indexed->seed))
        return NULL;
    atomic_store_explicit(&indexed->index, &indexed->built, memory_order_release);
    return &indexed->built;
}

static const daotp__crl_table *index_of(daotp__indexed_crl *indexed)
{
    const daotp__crl_table *index = atomic_load_explicit(&indexed->index, memory_order_acquire);

    if (index == NULL) {
        (void)pthread_mutex_lock(&indexed->lock);
        index = atomic_load(&indexed->index);
        if (index == NULL && indexed->is_well_formed)
            index = publish_built(indexed);
        (void)pthread_mutex_unlock(&indexed->lock);
    }
    return index;
}

/* The index holds serial numbers only, not issuers. */
static bool has_other_issuers(const daotp__indexed_crl *indexed)
{
    return indexed->crl.is_indirect || indexed->scan_result.has_issuers;
}

bool daotp__indexed_crl_export(daotp__indexed_crl *indexed, daotp__crl_index_data *data)
{
    const daotp__crl_table *index;

    if (!daotp__indexed_crl_is_verified(indexed) || has_other_issuers(indexed))
        return false;
    index = index_of(indexed);
    if (index == NULL)
        return false;
    *data = (daotp__crl_index_data){.spki = *atomic_load(&indexed->verified_by),
                                    .count = indexed->scan_result.count,
                                    .index = index->list,
                                    .slots = index->slots,
                                    .seed = index->seed,
                                    .has_issuers = indexed->scan_result.has_issuers,
                                    .unknown_critical = indexed->scan_result.unknown_critical,
                                    .has_removals = indexed->scan_result.has_removals,
                                    .has_wrong_criticality =
                                        indexed->scan_result.has_wrong_criticality};
    return true;
}

/* ---- restoring what was stored --------------------------------------------------------------- */

/* Check the bytes outside the entries, and read them again: they may have changed between the
 * first reading and the check. */
static bool indexed_crl_check_frame(daotp__indexed_crl *indexed)
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
                                             .has_wrong_criticality = data->has_wrong_criticality};
    indexed->is_scanned = indexed->is_well_formed = true;
    indexed->stored =
        daotp__crl_table_attach(&indexed->crl, data->index, (size_t)data->slots, data->seed);
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
        !indexed_crl_check_frame(indexed))
        return false;
    store_verified_key(indexed, data->spki);
    if (atomic_load(&indexed->verified_by) == NULL)
        return false;
    take_scan_result(indexed, data);
    daotp__indexed_crl_trust(indexed); /* only such a CRL is stored */
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

/* A part of the restored files is damaged. If the CRL itself is not, its index is built again. */
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

static bool look_in_index(daotp__indexed_crl *indexed, const daotp__crl_table *index,
                          daotp__bytes serial, daotp__crl_scan *scan)
{
    daotp__crl_guard guard = {&indexed->crl_blocks, &indexed->index_blocks, &indexed->lock};

    *scan = indexed->scan_result;
    scan->found = scan->is_removed = false;
    return daotp__crl_table_find(index, &indexed->crl, index == &indexed->stored ? &guard : NULL,
                                 serial, scan);
}

static bool has_first_answer(const daotp__indexed_crl *indexed, daotp__bytes serial)
{
    return indexed->first_len > 0 &&
           daotp__bytes_equal(serial, (daotp__bytes){indexed->first, indexed->first_len});
}

/* The index is built at the second look-up. */
static const daotp__crl_table *index_to_use(daotp__indexed_crl *indexed)
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
    const daotp__crl_table *index = atomic_load_explicit(&indexed->index, memory_order_acquire);
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
    found = found || daotp__crl_scan_entries(&indexed->crl, serial, issuer, scan);
    return (found || !indexed->is_well_formed) && !atomic_load(&indexed->is_damaged);
}
