/* SPDX-License-Identifier: BSD-2-Clause */
#include "ca/refusals.h"

#include "core/alloc.h"
#include "core/array.h"
#include "core/host.h"
#include "x509/algorithm.h"
#include "x509/random.h"

#include <string.h>

enum { KEY_SIZE = 32, TAG_SIZE = 32 };

/* Each text is kept as a keyed hash, so that a core dump holds neither names nor passwords. */
typedef struct refusal {
    uint8_t place[TAG_SIZE];  /* hash of host and enrolled user */
    uint8_t user[TAG_SIZE];   /* hash of host and domain user */
    uint8_t secret[TAG_SIZE]; /* hash of host, domain user and password */
    bool counts;              /* counts for the number of the next attempt */
} refusal;

struct daotp__refusals {
    uint8_t key[KEY_SIZE];
    refusal *entries;
    size_t count, capacity;
    bool has_offer; /* entries[count] is the entry of the last offer */
};

daotp_status daotp__refusals_new(daotp__refusals **out)
{
    daotp__refusals *refusals = daotp__new(sizeof *refusals);

    *out = NULL;
    if (refusals == NULL)
        return DAOTP_MEMORY;
    if (!daotp__random(refusals->key, sizeof refusals->key)) {
        daotp__delete(refusals);
        return DAOTP_INTERNAL;
    }
    *out = refusals;
    return DAOTP_OK;
}

void daotp__refusals_free(daotp__refusals *refusals)
{
    if (refusals == NULL)
        return;
    daotp__delete(refusals->entries);
    daotp__delete(refusals);
}

/* ---- tags ------------------------------------------------------------------------------------ */

/* Each part is preceded by its length, so that two different lists of parts never give the same
 * octets. */
static void tag_bytes(daotp__buffer *out, daotp__bytes part)
{
    daotp__buffer_format(out, "%zu:", part.len);
    daotp__buffer_add(out, part.data, part.len);
}

/* Windows compares the names of accounts without regard to case. */
static void tag_name(daotp__buffer *out, const char *name)
{
    daotp__buffer_format(out, "%zu:", strlen(name));
    for (; *name != '\0'; name++) {
        char lower = *name >= 'A' && *name <= 'Z' ? (char)(*name - 'A' + 'a') : *name;

        daotp__buffer_byte(out, (uint8_t)lower);
    }
}

static void tag_host(daotp__buffer *out, const char *text)
{
    daotp__host host;

    tag_name(out, daotp__host_parse(text, &host) ? host.text : text);
}

/* password: NULL: without one. */
static daotp_status make_tag(const daotp__refusals *refusals, const char *kind, const char *host,
                             const char *user, const daotp__bytes *password, uint8_t *tag)
{
    daotp__buffer message;
    daotp_status status;

    daotp__buffer_init(&message, DAOTP__MAX_FILE);
    daotp__buffer_text(&message, kind);
    tag_host(&message, host);
    tag_name(&message, user);
    if (password != NULL)
        tag_bytes(&message, *password);
    status = message.failed;
    if (status == DAOTP_OK && !daotp__hash_keyed((daotp__bytes){refusals->key, KEY_SIZE},
                                                 daotp__buffer_bytes(&message), tag))
        status = DAOTP_INTERNAL;
    daotp__buffer_free(&message);
    return status;
}

static daotp_status make_tags(const daotp__refusals *refusals, const daotp__offer *offer,
                              refusal *entry)
{
    daotp_status status = make_tag(refusals, "place", offer->host, offer->user, NULL, entry->place);

    if (status == DAOTP_OK)
        status = make_tag(refusals, "user", offer->host, offer->user_name, NULL, entry->user);
    if (status == DAOTP_OK)
        status = make_tag(refusals, "secret", offer->host, offer->user_name, &offer->password,
                          entry->secret);
    return status;
}

static bool is_tag(const uint8_t *a, const uint8_t *b)
{
    return memcmp(a, b, TAG_SIZE) == 0;
}

/* ---- offers ---------------------------------------------------------------------------------- */

uint32_t daotp__refusals_attempt(const daotp__refusals *refusals, const char *host,
                                 const char *user)
{
    uint8_t place[TAG_SIZE];
    uint32_t attempt = 1;

    if (make_tag(refusals, "place", host, user, NULL, place) != DAOTP_OK)
        return 0;
    for (size_t i = 0; i < refusals->count; i++)
        attempt += refusals->entries[i].counts && is_tag(refusals->entries[i].place, place);
    return attempt;
}

/* Make room for one more entry. */
static daotp_status reserve_entry(daotp__refusals *refusals)
{
    refusal *entries;

    if (refusals->count >= DAOTP__MAX_REFUSALS)
        return DAOTP_REJECTED;
    entries = daotp__array_reserve(refusals->entries, refusals->count, &refusals->capacity,
                                   sizeof *entries);
    if (entries == NULL)
        return DAOTP_MEMORY;
    refusals->entries = entries;
    return DAOTP_OK;
}

daotp_status daotp__refusals_offer(daotp__refusals *refusals, const daotp__offer *offer)
{
    daotp_status status;
    refusal *entry;

    refusals->has_offer = false;
    status = reserve_entry(refusals);
    if (status != DAOTP_OK)
        return status;
    entry = &refusals->entries[refusals->count];
    status = make_tags(refusals, offer, entry);
    for (size_t i = 0; status == DAOTP_OK && i < refusals->count; i++)
        if (is_tag(refusals->entries[i].secret, entry->secret))
            status = DAOTP_REJECTED;
    refusals->has_offer = status == DAOTP_OK;
    return status;
}

void daotp__refusals_drop_offer(daotp__refusals *refusals)
{
    refusals->has_offer = false;
}

void daotp__refusals_note_refusal(daotp__refusals *refusals)
{
    const refusal *offered;

    if (!refusals->has_offer)
        return;
    offered = &refusals->entries[refusals->count];
    for (size_t i = 0; i < refusals->count; i++)
        if (is_tag(refusals->entries[i].place, offered->place) &&
            !is_tag(refusals->entries[i].user, offered->user))
            refusals->entries[i].counts = false;
    refusals->entries[refusals->count++].counts = true;
    refusals->has_offer = false;
}

void daotp__refusals_note_success(daotp__refusals *refusals)
{
    if (!refusals->has_offer)
        return;
    for (size_t i = 0; i < refusals->count; i++)
        if (is_tag(refusals->entries[i].place, refusals->entries[refusals->count].place))
            refusals->entries[i].counts = false;
    refusals->has_offer = false;
}

void daotp__refusals_restart(daotp__refusals *refusals)
{
    refusals->has_offer = false;
    for (size_t i = 0; i < refusals->count; i++)
        refusals->entries[i].counts = false;
}
