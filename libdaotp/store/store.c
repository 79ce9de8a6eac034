/* SPDX-License-Identifier: BSD-2-Clause */
/* The part that is common to all stores: labels, credentials and dates. Backends store only
 * bytes. */
#include "store/store.h"

#include "core/alloc.h"
#include "core/array.h"
#include "core/extension.h"
#include "core/report.h"
#include "core/time_text.h"
#include "core/utf8.h"
#include "store/entry_facts.h"
#include "store/item.h"

#include <stdlib.h>
#include <string.h>

enum { RENEW_BEFORE_S = 600 };

struct daotp_store {
    unsigned references; /* one thread at a time */
    daotp_context *context;
    daotp_store_backend backend;
    void *self;
    char *uri; /* NULL: not opened by a URI */
    int64_t renew_before_s;
    daotp_report report;
};

struct entry {
    char *label, *upn, *template_oid;
    int64_t not_after;
    daotp_store_state state;
};

struct daotp_store_list {
    struct entry *entries;
    size_t count, capacity;
};

/* The size of the table in its first published version: a smaller one is refused. */
enum {
    FIRST_SIZE = offsetof(daotp_store_backend, expire) + sizeof((daotp_store_backend *)0)->expire
};

static bool is_complete_store_backend(const daotp_store_backend *backend)
{
    return backend != NULL && backend->size >= FIRST_SIZE && backend->put != NULL &&
           backend->get != NULL && backend->remove != NULL && backend->list != NULL &&
           backend->free != NULL;
}

daotp_status daotp_store_new(daotp_context *context, const daotp_store_backend *backend, void *self,
                             daotp_store **out)
{
    void (*end)(void *self) = is_complete_store_backend(backend) ? backend->free : NULL;
    daotp_store *store;
    daotp_status status;
    void *object;

    if (out != NULL)
        *out = NULL;
    status = daotp__extension_new(out != NULL ? context : NULL, end, self, sizeof *store, &object);
    if (status != DAOTP_OK || out == NULL)
        return status;
    store = object;
    store->references = 1;
    store->context = daotp__context_ref(context);
    daotp__extension_copy(&store->backend, sizeof store->backend, backend, backend->size);
    store->self = self;
    store->renew_before_s = RENEW_BEFORE_S;
    daotp__report_init(&store->report, context);
    *out = store;
    return DAOTP_OK;
}

daotp_store *daotp_store_ref(daotp_store *store)
{
    if (store != NULL)
        store->references++;
    return store;
}

void daotp_store_unref(daotp_store *store)
{
    daotp_context *context;

    if (store == NULL || --store->references > 0)
        return;
    context = store->context;
    store->backend.free(store->self);
    daotp__report_end(&store->report);
    daotp__delete(store->uri);
    daotp__delete(store);
    daotp_context_unref(context);
}

daotp_report *daotp_store_get_report(daotp_store *store)
{
    return store != NULL ? &store->report : NULL;
}

daotp_status daotp_store_set_renew_before_s(daotp_store *store, int64_t seconds)
{
    if (store == NULL || seconds < 0)
        return DAOTP_USAGE;
    store->renew_before_s = seconds;
    return DAOTP_OK;
}

uint32_t daotp_store_get_abilities(const daotp_store *store)
{
    return store != NULL ? store->backend.abilities : 0;
}

const char *daotp_store_get_uri(const daotp_store *store)
{
    return store != NULL && store->uri != NULL ? store->uri : "";
}

bool daotp__store_set_uri(daotp_store *store, const char *uri)
{
    return daotp__text_set(&store->uri, uri);
}

/* Begin a call: clear the report, check the label. */
static daotp_status store_call_begin(daotp_store *store, const char *label)
{
    daotp__report_clear(&store->report);
    if (daotp_store_is_label(label))
        return DAOTP_OK;
    return daotp__report_add(&store->report, DAOTP_FINDING_STORE_LABEL, 0,
                             label != NULL ? label : "", "not a label");
}

static daotp_status store_call_finish(daotp_store *store, daotp_status status)
{
    return daotp__report_status(&store->report, status);
}

/* ---- the backend ----------------------------------------------------------------------------- */

static daotp_status take_store_answer(daotp_store *store, size_t findings, daotp_status status,
                                      const char *label)
{
    return daotp__extension_answer(&store->report, findings, status,
                                   DAOTP_FINDING_STORE_UNEXPLAINED, label);
}

/* For calls in which DAOTP_REJECTED without a finding means that there is no such item. */
static daotp_status take_item_answer(daotp_store *store, size_t findings, daotp_status status,
                                     const char *label)
{
    return status != DAOTP_REJECTED ? take_store_answer(store, findings, status, label) : status;
}

static daotp_status backend_check(daotp_store *store, const char *label)
{
    size_t findings = store->report.count;

    if (store->backend.check == NULL)
        return DAOTP_OK;
    return take_store_answer(store, findings,
                             store->backend.check(store->self, label, &store->report), label);
}

static daotp_status backend_put(daotp_store *store, const char *label, const daotp_store_item *item)
{
    size_t findings = store->report.count;

    return take_store_answer(store, findings,
                             store->backend.put(store->self, label, item, &store->report), label);
}

static daotp_status backend_get(daotp_store *store, const char *label, daotp_store_item *item)
{
    size_t findings = store->report.count;

    return take_item_answer(store, findings,
                            store->backend.get(store->self, label, item, &store->report), label);
}

static daotp_status backend_remove(daotp_store *store, const char *label)
{
    size_t findings = store->report.count;

    return take_item_answer(store, findings,
                            store->backend.remove(store->self, label, &store->report), label);
}

static daotp_status backend_list(daotp_store *store, daotp_store_label_fn tell, void *user)
{
    size_t findings = store->report.count;

    return take_store_answer(store, findings,
                             store->backend.list(store->self, tell, user, &store->report), "list");
}

static daotp_status backend_make_key(daotp_store *store, const char *label, daotp_key_kind kind,
                                     daotp_key **key)
{
    size_t findings = store->report.count;

    if (store->backend.make_key == NULL)
        return daotp__report_add(&store->report, DAOTP_FINDING_STORE_MAKES_NO_KEYS, 0, label,
                                 "none");
    return take_store_answer(store, findings,
                             store->backend.make_key(store->self, label, kind, &store->report, key),
                             label);
}

static daotp_status backend_expire(daotp_store *store, daotp_store_expired_fn check, size_t *count)
{
    size_t findings = store->report.count;

    return take_store_answer(
        store, findings, store->backend.expire(store->self, check, store, count, &store->report),
        "expire");
}

/* ---- put and get ----------------------------------------------------------------------------- */

static daotp_status fill_item(const daotp_credential *credential, daotp_store_item *item)
{
    daotp_key *private = daotp_credential_get_key(credential);
    bool leaves = daotp_key_is_exportable(private);
    char *pem = NULL, *key = NULL;
    size_t pem_len, key_len = 0;
    daotp_status status = daotp_credential_copy_pem(credential, &pem, &pem_len);

    if (status == DAOTP_OK && leaves)
        status = daotp_key_copy_pem(private, &key, &key_len);
    if (status == DAOTP_OK)
        status = daotp_store_item_set(item, pem, pem_len, key, key_len);
    if (status == DAOTP_OK && !leaves)
        status = daotp_store_item_set_held_key(item, private);
    item->not_after = daotp_credential_get_not_after(credential);
    daotp_free(pem);
    daotp_free(key);
    return status;
}

/* Check the arguments of a put, independent of the backend. */
static daotp_status admit_put(daotp_store *store, const char *label, const daotp_key *key)
{
    daotp_status status = store_call_begin(store, label);

    if (status == DAOTP_OK && key != NULL && !daotp_key_is_exportable(key) &&
        (store->backend.abilities & DAOTP_STORE_MAKES_KEYS) == 0)
        status = daotp__report_add(&store->report, DAOTP_FINDING_STORE_KEY, 0, label,
                                   "a key that cannot be exported");
    return status;
}

daotp_status daotp__store_check(daotp_store *store, const char *label, const daotp_key *key)
{
    daotp_status status = admit_put(store, label, key);

    if (status == DAOTP_OK)
        status = backend_check(store, label);
    return store_call_finish(store, status);
}

daotp_status daotp_store_put(daotp_store *store, const char *label, daotp_credential *credential)
{
    daotp_store_item item;
    daotp_status status;

    if (store == NULL || credential == NULL)
        return DAOTP_USAGE;
    status = admit_put(store, label, daotp_credential_get_key(credential));
    if (status != DAOTP_OK)
        return store_call_finish(store, status);
    daotp__store_item_init(&item);
    status = fill_item(credential, &item);
    if (status == DAOTP_OK)
        status = backend_put(store, label, &item);
    daotp__store_item_end(&item);
    return store_call_finish(store, status);
}

daotp_status daotp_store_make_key(daotp_store *store, const char *label, daotp_key_kind kind,
                                  daotp_key **key)
{
    daotp_status status;

    if (key == NULL)
        return DAOTP_USAGE;
    *key = NULL;
    if (store == NULL || kind < DAOTP_KEY_RSA_2048 || kind > DAOTP_KEY_P384)
        return DAOTP_USAGE;
    status = store_call_begin(store, label);
    if (status == DAOTP_OK)
        status = backend_make_key(store, label, kind, key);
    if (status == DAOTP_OK && *key == NULL)
        status = DAOTP_INTERNAL;
    if (status != DAOTP_OK) {
        daotp_key_unref(*key);
        *key = NULL;
    }
    return store_call_finish(store, status);
}

/* A key that cannot leave its store needs no loading. */
static daotp_status revive_key(const daotp_store *store, const daotp_store_item *item,
                               daotp_key **key)
{
    if (item->held == NULL)
        return daotp_key_read(store->context, item->key.data, item->key.len, NULL, 0, NULL, key);
    *key = daotp_key_ref(item->held);
    return DAOTP_OK;
}

/* Any failure but that of memory means that the entry is damaged. */
static daotp_status judge_item(daotp_store *store, const char *label, daotp_status status)
{
    if (status == DAOTP_OK || status == DAOTP_MEMORY)
        return status;
    return daotp__report_add(&store->report, DAOTP_FINDING_STORE_DAMAGED, 0, label, "%s",
                             daotp_status_name(status));
}

/* Make a credential from the stored bytes. */
static daotp_status revive_credential(daotp_store *store, const char *label,
                                      const daotp_store_item *item, daotp_credential **credential)
{
    daotp_key *key = NULL;
    daotp_status status = revive_key(store, item, &key);

    if (status == DAOTP_OK)
        status = daotp_credential_new(store->context, item->certificates.data,
                                      item->certificates.len, key, NULL, credential);
    daotp_key_unref(key);
    return judge_item(store, label, status);
}

static daotp_status fetch_credential(daotp_store *store, const char *label,
                                     daotp_credential **credential)
{
    daotp_store_item item;
    daotp_status status;

    daotp__store_item_init(&item);
    status = backend_get(store, label, &item);
    if (status == DAOTP_OK)
        status = revive_credential(store, label, &item, credential);
    daotp__store_item_end(&item);
    return status;
}

static daotp_status report_missing_item(daotp_store *store, const char *label, daotp_status status)
{
    if (status == DAOTP_REJECTED && daotp_report_get_error(&store->report) == NULL)
        (void)daotp__report_add(&store->report, DAOTP_FINDING_STORE_MISSING, 0, label, "nothing");
    return store_call_finish(store, status);
}

static daotp_store_state state_at(const daotp_store *store, int64_t not_after)
{
    int64_t now = daotp__context_now_s(store->context);

    if (now > not_after)
        return DAOTP_STORE_EXPIRED;
    if (daotp__time_sub(not_after, now) <= store->renew_before_s)
        return DAOTP_STORE_DUE;
    return DAOTP_STORE_VALID;
}

/* Refuse an expired credential, which is freed. */
static daotp_status refuse_expired(daotp_store *store, const char *label,
                                   daotp_credential **credential)
{
    int64_t not_after = daotp_credential_get_not_after(*credential);
    char text[DAOTP__TIME_TEXT];

    if (state_at(store, not_after) != DAOTP_STORE_EXPIRED)
        return DAOTP_OK;
    daotp_credential_unref(*credential);
    *credential = NULL;
    return daotp__report_add(&store->report, DAOTP_FINDING_STORE_EXPIRED, 0, label, "notAfter %s",
                             daotp__time_text(not_after, text));
}

daotp_status daotp_store_get(daotp_store *store, const char *label, daotp_credential **credential)
{
    daotp_status status;

    if (credential == NULL)
        return DAOTP_USAGE;
    *credential = NULL;
    if (store == NULL)
        return DAOTP_USAGE;
    status = store_call_begin(store, label);
    if (status != DAOTP_OK)
        return store_call_finish(store, status);
    status = fetch_credential(store, label, credential);
    if (status == DAOTP_OK)
        status = refuse_expired(store, label, credential);
    return report_missing_item(store, label, status);
}

daotp_status daotp_store_remove(daotp_store *store, const char *label)
{
    daotp_status status;

    if (store == NULL)
        return DAOTP_USAGE;
    status = store_call_begin(store, label);
    if (status != DAOTP_OK)
        return store_call_finish(store, status);
    return report_missing_item(store, label, backend_remove(store, label));
}

/* ---- lists ----------------------------------------------------------------------------------- */

static daotp_status read_item_facts(daotp_store *store, const char *label,
                                    const daotp_store_item *item, daotp__entry_facts *facts)
{
    return judge_item(store, label, daotp__entry_facts_read(store->context, item, facts));
}

static daotp_status fetch_facts(daotp_store *store, const char *label, daotp__entry_facts *facts)
{
    daotp_store_item item;
    daotp_status status;

    *facts = (daotp__entry_facts){.not_after = 0};
    daotp__store_item_init(&item);
    status = backend_get(store, label, &item);
    if (status == DAOTP_OK)
        status = read_item_facts(store, label, &item, facts);
    daotp__store_item_end(&item);
    return status;
}

static daotp_status add_label(void *user, const char *label)
{
    daotp_store_list *list = user;
    struct entry *entries;

    if (!daotp_store_is_label(label) ||
        list->count == DAOTP__MAX_ENTRIES) /* not an entry of the library, or too many entries */
        return DAOTP_OK;
    entries = daotp__array_reserve(list->entries, list->count, &list->capacity, sizeof *entries);
    if (entries == NULL)
        return DAOTP_MEMORY;
    list->entries = entries;
    list->entries[list->count].label = daotp__text_copy(label);
    return list->entries[list->count].label != NULL ? (list->count++, DAOTP_OK) : DAOTP_MEMORY;
}

/* An entry that was removed meanwhile is shown as damaged; an unreadable entry does not fail the
 * call. */
static daotp_status look_at(daotp_store *store, struct entry *entry)
{
    daotp__entry_facts facts;
    size_t findings = store->report.count;
    daotp_status status = fetch_facts(store, entry->label, &facts);

    entry->state = DAOTP_STORE_DAMAGED;
    if (status == DAOTP_MEMORY || status == DAOTP_TIMEOUT || status == DAOTP_NETWORK)
        return status;
    daotp__report_downgrade_errors(&store->report, findings);
    if (status == DAOTP_OK) {
        entry->not_after = facts.not_after;
        entry->state = state_at(store, facts.not_after);
    }
    entry->upn = facts.upn;
    entry->template_oid = facts.template_oid;
    return DAOTP_OK;
}

static int by_label(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->label, ((const struct entry *)b)->label);
}

static daotp_status fill_list(daotp_store *store, daotp_store_list *list)
{
    daotp_status status = backend_list(store, add_label, list);

    if (list->count > 1)
        qsort(list->entries, list->count, sizeof *list->entries, by_label);
    for (size_t i = 0; i < list->count && status == DAOTP_OK; i++)
        status = look_at(store, &list->entries[i]);
    return status;
}

daotp_status daotp_store_list_new(daotp_store *store, daotp_store_list **list)
{
    daotp_status status;

    if (list == NULL)
        return DAOTP_USAGE;
    *list = NULL;
    if (store == NULL)
        return DAOTP_USAGE;
    daotp__report_clear(&store->report);
    *list = daotp__new(sizeof **list);
    status = *list != NULL ? fill_list(store, *list) : DAOTP_MEMORY;
    if (status != DAOTP_OK) {
        daotp_store_list_free(*list);
        *list = NULL;
    }
    return store_call_finish(store, status);
}

void daotp_store_list_free(daotp_store_list *list)
{
    if (list == NULL)
        return;
    for (size_t i = 0; i < list->count; i++) {
        daotp__delete(list->entries[i].label);
        daotp__delete(list->entries[i].upn);
        daotp__delete(list->entries[i].template_oid);
    }
    daotp__delete(list->entries);
    daotp__delete(list);
}

/* Checked again when it is removed, because it may have been renewed since it was listed. */
static daotp_status check_expired(void *user, const char *label, const daotp_store_item *item)
{
    daotp_store *store = user;
    daotp__entry_facts facts;
    size_t findings = store->report.count;
    daotp_status status;

    if (!daotp_store_is_label(label)) /* not an entry of the library */
        return DAOTP_REJECTED;
    status = read_item_facts(store, label, item, &facts);
    if (status == DAOTP_MEMORY)
        return status;
    daotp__report_downgrade_errors(&store->report, findings);
    if (status == DAOTP_OK && state_at(store, facts.not_after) != DAOTP_STORE_EXPIRED)
        status = DAOTP_REJECTED;
    daotp__entry_facts_free(&facts);
    return status == DAOTP_OK ? DAOTP_OK : DAOTP_REJECTED;
}

static daotp_status remove_if_expired(daotp_store *store, const char *label)
{
    daotp_store_item item;
    daotp_status status;

    daotp__store_item_init(&item);
    status = backend_get(store, label, &item);
    if (status == DAOTP_OK)
        status = check_expired(store, label, &item);
    if (status == DAOTP_OK)
        status = backend_remove(store, label);
    daotp__store_item_end(&item);
    return status;
}

/* For backends without `expire`. */
static daotp_status expire_listed(daotp_store *store, size_t *removed)
{
    daotp_store_list *list;
    daotp_status status = daotp_store_list_new(store, &list);

    for (size_t i = 0; status == DAOTP_OK && i < daotp_store_list_get_count(list); i++) {
        if (list->entries[i].state != DAOTP_STORE_EXPIRED)
            continue;
        status = remove_if_expired(store, list->entries[i].label);
        if (status == DAOTP_OK)
            (*removed)++;
        else if (status == DAOTP_REJECTED) /* another process has removed or renewed it */
            status = DAOTP_OK;
    }
    daotp_store_list_free(list);
    return status;
}

daotp_status daotp_store_expire(daotp_store *store, size_t *removed)
{
    size_t count = 0;
    daotp_status status;

    if (removed != NULL)
        *removed = 0;
    if (store == NULL)
        return DAOTP_USAGE;
    daotp__report_clear(&store->report);
    status = store->backend.expire != NULL ? backend_expire(store, check_expired, &count)
                                           : expire_listed(store, &count);
    if (removed != NULL)
        *removed = count;
    return store_call_finish(store, status);
}

size_t daotp_store_list_get_count(const daotp_store_list *list)
{
    return list != NULL ? list->count : 0;
}

static const struct entry *entry_at(const daotp_store_list *list, size_t index)
{
    return list != NULL && index < list->count ? &list->entries[index] : NULL;
}

const char *daotp_store_list_get_label(const daotp_store_list *list, size_t index)
{
    const struct entry *entry = entry_at(list, index);

    return entry != NULL ? entry->label : NULL;
}

const char *daotp_store_list_get_upn(const daotp_store_list *list, size_t index)
{
    const struct entry *entry = entry_at(list, index);

    return entry != NULL && entry->upn != NULL ? entry->upn : "";
}

const char *daotp_store_list_get_template(const daotp_store_list *list, size_t index)
{
    const struct entry *entry = entry_at(list, index);

    return entry != NULL && entry->template_oid != NULL ? entry->template_oid : "";
}

int64_t daotp_store_list_get_not_after(const daotp_store_list *list, size_t index)
{
    const struct entry *entry = entry_at(list, index);

    return entry != NULL ? entry->not_after : 0;
}

daotp_store_state daotp_store_list_get_state(const daotp_store_list *list, size_t index)
{
    const struct entry *entry = entry_at(list, index);

    return entry != NULL ? entry->state : DAOTP_STORE_DAMAGED;
}

const char *daotp_store_state_name(daotp_store_state state)
{
    static const char *const names[] = {"valid", "due", "expired", "damaged"};

    return (unsigned)state < 4 ? names[state] : "unknown";
}

/* ---- by user and template -------------------------------------------------------------------- */

static bool is_entry_of(const struct entry *entry, const char *upn, const char *template_oid)
{
    return (entry->state == DAOTP_STORE_VALID || entry->state == DAOTP_STORE_DUE) &&
           daotp__text_equal_nocase(entry->upn, upn) &&
           (template_oid == NULL || strcmp(entry->template_oid, template_oid) == 0);
}

/* The suitable entry with the latest end of validity; NULL: none is suitable. */
static struct entry *choose_entry(const daotp_store_list *list, const char *upn,
                                  const char *template_oid)
{
    struct entry *best = NULL;

    for (size_t i = 0; i < list->count; i++)
        if (is_entry_of(&list->entries[i], upn, template_oid) &&
            (best == NULL || list->entries[i].not_after > best->not_after))
            best = &list->entries[i];
    return best;
}

static bool is_damaged(const daotp_store *store, daotp_status status)
{
    const daotp_finding *error = daotp_report_get_error(&store->report);

    return status == DAOTP_CONFIGURATION &&
           daotp_finding_get_number(error) == DAOTP_FINDING_STORE_DAMAGED;
}

/* A list does not load the keys: if only a get finds that an entry is damaged, the next one is
 * tried. */
static daotp_status get_chosen(daotp_store *store, daotp_store_list *list, const char *upn,
                               const char *template_oid, daotp_credential **credential)
{
    struct entry *entry = choose_entry(list, upn, template_oid);
    daotp_status status = DAOTP_OK;

    while (entry != NULL) {
        status = daotp_store_get(store, entry->label, credential);
        if (!is_damaged(store, status))
            return status;
        entry->state = DAOTP_STORE_DAMAGED;
        entry = choose_entry(list, upn, template_oid);
    }
    return status == DAOTP_OK ? report_missing_item(store, upn, DAOTP_REJECTED) : status;
}

daotp_status daotp_store_find(daotp_store *store, const char *upn, const char *template_oid,
                              daotp_credential **credential)
{
    daotp_store_list *list = NULL;
    daotp_status status;

    if (credential == NULL)
        return DAOTP_USAGE;
    *credential = NULL;
    if (store == NULL || upn == NULL || *upn == '\0')
        return DAOTP_USAGE;
    status = daotp_store_list_new(store, &list);
    if (status != DAOTP_OK || list == NULL)
        return status;
    status = get_chosen(store, list, upn, template_oid, credential);
    daotp_store_list_free(list);
    return status;
}
