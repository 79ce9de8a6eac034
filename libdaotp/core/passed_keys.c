/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/passed_keys.h"

#include "core/limits.h"
#include "core/memory.h"

#include <pthread.h>
#include <string.h>

/* Whole keys are stored, because computing a digest would take longer than the rest of a
 * look-up. */
typedef struct passed_key {
    size_t len; /* 0: no key */
    uint8_t spki[DAOTP__MAX_PASSED_KEY];
} passed_key;

enum { KEYS_PER_ROW = 4, ROWS = DAOTP__MAX_PASSED_KEYS / KEYS_PER_ROW };

struct daotp__passed_keys {
    pthread_mutex_t lock; /* protects the rows */
    struct key_row {
        size_t oldest; /* the row that the next key replaces */
        passed_key keys[KEYS_PER_ROW];
    } rows[ROWS];
};

/* Public keys are not secret, so the memory need not be wiped, and pages without keys are never
 * touched. */
daotp__passed_keys *daotp__passed_keys_new(void)
{
    daotp__passed_keys *passed = daotp__memory_get(sizeof *passed);

    if (passed != NULL)
        (void)pthread_mutex_init(&passed->lock, NULL); /* never fails with glibc */
    return passed;
}

void daotp__passed_keys_free(daotp__passed_keys *passed)
{
    if (passed == NULL)
        return;
    (void)pthread_mutex_destroy(&passed->lock);
    daotp__memory_put(passed);
}

/* The octets in the middle of a SubjectPublicKeyInfo belong to the modulus or the point, so they
 * differ between keys. */
static struct key_row *find_row(daotp__passed_keys *passed, daotp__bytes spki)
{
    return &passed->rows[spki.data[spki.len / 2] % ROWS];
}

static bool is_in_row(const struct key_row *row, daotp__bytes spki)
{
    for (size_t i = 0; i < KEYS_PER_ROW; i++)
        if (daotp__bytes_equal((daotp__bytes){row->keys[i].spki, row->keys[i].len}, spki))
            return true;
    return false;
}

bool daotp__passed_keys_has(daotp__passed_keys *passed, daotp__bytes spki)
{
    bool found;

    if (passed == NULL || spki.len == 0)
        return false;
    (void)pthread_mutex_lock(&passed->lock);
    found = is_in_row(find_row(passed, spki), spki);
    (void)pthread_mutex_unlock(&passed->lock);
    return found;
}

static void replace_oldest(struct key_row *row, daotp__bytes spki)
{
    passed_key *key = &row->keys[row->oldest];

    row->oldest = (row->oldest + 1) % KEYS_PER_ROW;
    key->len = spki.len;
    memcpy(key->spki, spki.data, spki.len);
}

void daotp__passed_keys_add(daotp__passed_keys *passed, daotp__bytes spki)
{
    struct key_row *row;

    if (passed == NULL || spki.len == 0 || spki.len > DAOTP__MAX_PASSED_KEY)
        return;
    (void)pthread_mutex_lock(&passed->lock);
    row = find_row(passed, spki);
    if (!is_in_row(row, spki)) /* otherwise another thread has added it */
        replace_oldest(row, spki);
    (void)pthread_mutex_unlock(&passed->lock);
}
