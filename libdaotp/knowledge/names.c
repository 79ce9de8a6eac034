/* SPDX-License-Identifier: BSD-2-Clause */
#include "knowledge/names.h"

#include "core/alloc.h"
#include "knowledge/hash_list.h"

#include <string.h>
#include <strings.h>

/* FNV-1a, case ignored. */
static uint32_t hash_name(const char *name, size_t len)
{
    uint32_t hash = 2166136261u;

    for (size_t i = 0; i < len; i++) {
        uint8_t c = (uint8_t)name[i];

        if (c >= 'A' && c <= 'Z')
            c = (uint8_t)(c - 'A' + 'a');
        hash = (hash ^ c) * 16777619u;
    }
    return hash;
}

/* The lists that may hold a name of the row. */
static const char *list_names(const daotp__row *row)
{
    if (row->code != NULL)
        return row->code->names;
    return row->cause != NULL ? row->cause->id : daotp_catalogue_get_aliases(row->finding);
}

static void count_list(const char *list, size_t *count)
{
    size_t len;

    while (daotp__list_word(list, 0, &len) != NULL) {
        list += strspn(list, " ") + len;
        ++*count;
    }
}

static void put_name(daotp__search *search, daotp__row row, const char *name, size_t len)
{
    search->names[search->name_count++] = (daotp__name){hash_name(name, len), row};
}

static void put_list(daotp__search *search, daotp__row row)
{
    const char *list = list_names(&row), *word;
    size_t len;

    while ((word = daotp__list_word(list, 0, &len)) != NULL) {
        put_name(search, row, word, len);
        list = word + len;
    }
}

static size_t count_names(void)
{
    daotp_finding_number n = DAOTP_FINDING_NONE;
    size_t count = daotp__cause_count;

    for (size_t i = 0; i < daotp__code_count; i++)
        count_list(daotp__codes[i].names, &count);
    while ((n = daotp_catalogue_next(n)) != DAOTP_FINDING_NONE) {
        count++; /* its id */
        count_list(daotp_catalogue_get_aliases(n), &count);
    }
    return count;
}

daotp_status daotp__names_make(daotp__search *search)
{
    daotp_finding_number n = DAOTP_FINDING_NONE;

    search->names = daotp__new(count_names() * sizeof *search->names);
    if (search->names == NULL)
        return DAOTP_MEMORY;
    for (size_t i = 0; i < daotp__code_count; i++)
        put_list(search, (daotp__row){.code = &daotp__codes[i]});
    for (size_t i = 0; i < daotp__cause_count; i++)
        put_list(search, (daotp__row){.cause = &daotp__causes[i]});
    while ((n = daotp_catalogue_next(n)) != DAOTP_FINDING_NONE) {
        const char *id = daotp_catalogue_get_id(n);

        put_name(search, (daotp__row){.finding = n}, id, strlen(id));
        put_list(search, (daotp__row){.finding = n});
    }
    daotp__hash_list_sort(search->names, search->name_count, sizeof *search->names);
    return DAOTP_OK;
}

static bool is_own_id(const daotp__row *row, const char *name, size_t len)
{
    const char *id = daotp_catalogue_get_id(row->finding);

    return row->finding != DAOTP_FINDING_NONE && strlen(id) == len &&
           strncasecmp(id, name, len) == 0;
}

/* Whether the name is only mentioned. The names of stages are common words, and those of sources
 * are usually beside the numbers of their events; they count only in a question that has hardly
 * any other words. */
static bool is_named_in_passing(const daotp__search *search, const daotp__row *row, size_t len)
{
    enum { FEW = 2, MARKS = 2 };

    if (row->code == NULL)
        return false;
    if (row->code->kind == DAOTP__KIND_SOURCE)
        return search->len > len + MARKS;
    return row->code->kind == DAOTP__KIND_STAGE && search->word_count > FEW;
}

bool daotp__search_add_named(daotp__search *search, const char *name, size_t len, unsigned score,
                             size_t at)
{
    uint32_t hash = hash_name(name, len);
    bool found = false;

    for (size_t i =
             daotp__hash_list_find(search->names, search->name_count, sizeof *search->names, hash);
         i < search->name_count && search->names[i].hash == hash; i++) {
        const daotp__row *row = &search->names[i].row;
        bool own = is_own_id(row, name, len);

        if (is_named_in_passing(search, row, len))
            continue;
        if (!own && !daotp__list_has(list_names(row), name, len))
            continue; /* another name of the same hash */
        if (row->finding != DAOTP_FINDING_NONE && !own)
            daotp__search_add(search, *row, score - DAOTP__SCORE_RELATED, at);
        else
            daotp__search_add(search, *row, score, at);
        found = true;
    }
    return found;
}

bool daotp__reference_find(const char *reference, daotp__row *row)
{
    char id[DAOTP__ID_SIZE];

    *row = (daotp__row){.cause = daotp__cause_find(reference, strlen(reference))};
    if (row->cause != NULL)
        return true;
    for (size_t i = 0; i < daotp__code_count; i++) {
        daotp__code_id(&daotp__codes[i], id);
        if (strcasecmp(id, reference) == 0) {
            row->code = &daotp__codes[i];
            return true;
        }
    }
    return false;
}
