/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A store in a keyring of the Linux kernel (keyrings(7)): nothing is on a disk, and each entry ends
 * with its certificate by the kernel's own time-out. An entry is one key "daotp:LABEL". It is made
 * in the keyring of the thread, which ends with the thread, gets its permissions and its time-out
 * there, and is then linked into the store's keyring. That link replaces the key of the same name
 * in one step, so no lock is needed, and a writer that is killed leaves the old entry or the new.
 * The kernel is called without libkeyutils: the calls are few, and the library needs no package
 * more.
 */
#include "store/keyring_backend.h"

#include "core/alloc.h"
#include "core/context.h"
#include "core/report.h"

#include <errno.h>
#include <linux/keyctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What security/keys/ of the kernel fixes. */
enum {
    USER_KEY_MAX = 32767, /* octets of a key of type user */
    MAX_PAYLOAD = 4 + DAOTP__MAX_STORE_CERTIFICATES + DAOTP__MAX_KEY_FILE,
    MAX_KEYS = 65536,    /* that are looked at in one keyring */
    PROBE_OCTETS = 2048, /* no entry is smaller */
    /* The possessor may do everything, the user may see that the key is there, nobody else
     * anything. */
    ENTRY_PERMISSIONS = 0x3f010000,
    OTHERS_PERMISSIONS = 0x0000ffff
};

typedef int32_t key_serial;

/* The two types that hold octets. The kernel keeps a big_key encrypted in memory that can be
 * swapped, and counts only a few octets of it against the quota; but it may have been built
 * without. */
static const char *const key_types[] = {"user", "big_key"};
enum { KEY_TYPES = 2 };

static const char prefix[] = "daotp:";

typedef struct keyring_kind {
    const char *name;
    key_serial special; /* 0: keyctl_get_persistent(3) */
} keyring_kind;

static const keyring_kind keyring_kinds[] = {
    {"session", KEY_SPEC_SESSION_KEYRING}, {"user", KEY_SPEC_USER_KEYRING}, {"persistent", 0}};

struct keyring {
    daotp_context *context; /* its store holds a reference */
    const keyring_kind *kind;
};

static long keyctl_call(int operation, long second, long third, long fourth, long fifth)
{
    return syscall(SYS_keyctl, operation, second, third, fourth, fifth);
}

static long pointer_argument(const void *pointer)
{
    return (long)(intptr_t)pointer;
}

static daotp_status refuse_keyring(const struct keyring *self, const char *call,
                                   daotp_report *report)
{
    return daotp__report_add(report, DAOTP_FINDING_STORE_KEYRING, errno, self->kind->name, "%s: %s",
                             call, strerrordesc_np(errno));
}

/* ---- the keyring ----------------------------------------------------------------------------- */

/* The kernel grants a key to who possesses it: a keyring that is linked below one of the thread,
 * the process or the session. A login without pam_keyinit(8) does not possess its own user keyring.
 */
static daotp_status ring_enter(const struct keyring *self, key_serial *ring, daotp_report *report)
{
    const key_serial special = self->kind->special;

    *ring = 0;
    if (special == 0) {
        *ring = (key_serial)keyctl_call(KEYCTL_GET_PERSISTENT, -1, KEY_SPEC_THREAD_KEYRING, 0, 0);
        return *ring > 0 ? DAOTP_OK : refuse_keyring(self, "KEYCTL_GET_PERSISTENT", report);
    }
    *ring = (key_serial)keyctl_call(KEYCTL_GET_KEYRING_ID, special,
                                    special == KEY_SPEC_USER_KEYRING, 0, 0);
    if (*ring <= 0)
        return refuse_keyring(self, "KEYCTL_GET_KEYRING_ID", report);
    if (special == KEY_SPEC_USER_KEYRING &&
        keyctl_call(KEYCTL_LINK, *ring, KEY_SPEC_THREAD_KEYRING, 0, 0) != 0)
        return refuse_keyring(self, "KEYCTL_LINK", report);
    return DAOTP_OK;
}

static void ring_leave(const struct keyring *self, key_serial ring)
{
    if (self->kind->special != KEY_SPEC_SESSION_KEYRING)
        (void)keyctl_call(KEYCTL_UNLINK, ring, KEY_SPEC_THREAD_KEYRING, 0, 0);
}

typedef struct ring_keys {
    key_serial *serials; /* to be freed with daotp__delete() */
    size_t count;
} ring_keys;

/* Other processes may add keys between the two calls: then the list is cut, as if it were read
 * before. */
static daotp_status ring_read(const struct keyring *self, key_serial ring, ring_keys *keys,
                              daotp_report *report)
{
    long size = keyctl_call(KEYCTL_READ, ring, 0, 0, 0);
    long len;

    *keys = (ring_keys){.serials = NULL};
    if (size < 0)
        return refuse_keyring(self, "KEYCTL_READ", report);
    if (size > (long)(MAX_KEYS * sizeof(key_serial)))
        size = (long)(MAX_KEYS * sizeof(key_serial));
    keys->serials = daotp__new((size_t)size + sizeof(key_serial));
    if (keys->serials == NULL)
        return DAOTP_MEMORY;
    len = keyctl_call(KEYCTL_READ, ring, pointer_argument(keys->serials), size, 0);
    if (len < 0)
        return refuse_keyring(self, "KEYCTL_READ", report);
    keys->count = (size_t)(len < size ? len : size) / sizeof(key_serial);
    return DAOTP_OK;
}

static bool ring_has(const ring_keys *keys, key_serial serial)
{
    for (size_t i = 0; i < keys->count; i++)
        if (keys->serials[i] == serial)
            return true;
    return false;
}

/* ---- one key --------------------------------------------------------------------------------- */

typedef struct entry_key {
    char text[512]; /* "TYPE;UID;GID;PERMISSIONS;daotp:LABEL" */
    const char *label;
    unsigned long owner, permissions;
    bool is_big;
} entry_key;

/* False for a key that is no entry of ours, and for one that has gone or has expired: the kernel
 * removes an expired key some minutes after its end, and does not describe it any more. */
static bool describe_entry_key(key_serial serial, entry_key *key)
{
    long len =
        keyctl_call(KEYCTL_DESCRIBE, serial, pointer_argument(key->text), sizeof key->text, 0);
    char *at = len > 0 && len <= (long)sizeof key->text ? strchr(key->text, ';') : NULL;

    if (at == NULL)
        return false;
    key->is_big = strncmp(key->text, "big_key;", 8) == 0;
    if (!key->is_big && strncmp(key->text, "user;", 5) != 0)
        return false;
    key->owner = strtoul(at + 1, &at, 10);
    if (*at == ';')
        (void)strtol(at + 1, &at, 10); /* the group does not matter: it has no permission */
    if (*at == ';')
        key->permissions = strtoul(at + 1, &at, 16);
    if (*at != ';' || strncmp(at + 1, prefix, sizeof prefix - 1) != 0)
        return false;
    key->label = at + sizeof prefix;
    return daotp_store_is_label(key->label);
}

static void name_key(char name[DAOTP__MAX_LABEL + sizeof prefix], const char *label)
{
    (void)snprintf(name, DAOTP__MAX_LABEL + sizeof prefix, "%s%s", prefix, label);
}

typedef struct key_search {
    key_serial serials[KEY_TYPES]; /* 0: there is none of this type */
    bool timed_out;                /* one was there */
} key_search;

/* The kernel also searches the keyrings that are linked into this one, whose keys are not of this
 * store: what it finds must be in the list. It looks at the keyring itself first. */
static void find_keys(key_serial ring, const ring_keys *keys, const char *label, key_search *found)
{
    char name[DAOTP__MAX_LABEL + sizeof prefix];

    *found = (key_search){.timed_out = false};
    name_key(name, label);
    for (size_t i = 0; i < KEY_TYPES; i++) {
        key_serial serial = (key_serial)keyctl_call(
            KEYCTL_SEARCH, ring, pointer_argument(key_types[i]), pointer_argument(name), 0);

        if (serial > 0 && ring_has(keys, serial))
            found->serials[i] = serial;
        else if (serial < 0 && errno == EKEYEXPIRED)
            found->timed_out = true;
    }
}

static daotp_status search_label(const struct keyring *self, key_serial ring, const char *label,
                                 key_search *found, daotp_report *report)
{
    ring_keys keys;
    daotp_status status = ring_read(self, ring, &keys, report);

    if (status == DAOTP_OK)
        find_keys(ring, &keys, label, found);
    daotp__delete(keys.serials);
    return status;
}

/* ---- put ------------------------------------------------------------------------------------- */

void daotp__keyring_write_payload(daotp__buffer *payload, daotp__bytes certificates,
                                  daotp__bytes key)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        daotp__buffer_byte(payload, (uint8_t)(certificates.len >> shift));
    daotp__buffer_add(payload, certificates.data, certificates.len);
    daotp__buffer_add(payload, key.data, key.len);
}

bool daotp__keyring_read_payload(daotp__bytes payload, daotp__bytes *certificates,
                                 daotp__bytes *key)
{
    size_t len = 0;

    if (payload.len < 4)
        return false;
    for (size_t i = 0; i < 4; i++)
        len = len << 8 | payload.data[i];
    if (len > payload.len - 4)
        return false;
    *certificates = (daotp__bytes){payload.data + 4, len};
    *key = (daotp__bytes){payload.data + 4 + len, payload.len - 4 - len};
    return true;
}

/* Seconds until the certificate has expired: an entry is good at its notAfter. 0 would mean for
 * ever. */
static long time_left(const struct keyring *self, int64_t not_after)
{
    int64_t now = daotp__context_now_s(self->context);

    if (not_after <= now)
        return 1;
    return not_after - now < INT32_MAX ? (long)(not_after - now + 1) : INT32_MAX;
}

/* Makes a key in the thread's keyring; -1 with errno. */
static key_serial add_entry_key(const char *type, const char *name, daotp__bytes payload, long left)
{
    key_serial key = (key_serial)syscall(SYS_add_key, type, name, payload.data, payload.len,
                                         KEY_SPEC_THREAD_KEYRING);
    int saved;

    if (key < 0)
        return -1;
    if (keyctl_call(KEYCTL_SETPERM, key, ENTRY_PERMISSIONS, 0, 0) == 0 &&
        keyctl_call(KEYCTL_SET_TIMEOUT, key, left, 0, 0) == 0)
        return key;
    saved = errno;
    (void)keyctl_call(KEYCTL_UNLINK, key, KEY_SPEC_THREAD_KEYRING, 0, 0);
    errno = saved;
    return -1;
}

/* A user key, unless it is too large or over the quota; then a big_key. type: which it became. */
static key_serial add_key_that_fits(const char *name, daotp__bytes payload, long left, size_t *type)
{
    key_serial key;

    errno = EDQUOT;
    *type = 0;
    key = payload.len <= USER_KEY_MAX ? add_entry_key(key_types[0], name, payload, left) : -1;
    if (key > 0 || errno != EDQUOT)
        return key;
    *type = 1;
    return add_entry_key(key_types[1], name, payload, left);
}

/* ENODEV and EINVAL: no such type in this kernel. */
static daotp_status refuse_payload(const struct keyring *self, size_t type, size_t len,
                                   daotp_report *report)
{
    if (type == 0)
        return refuse_keyring(self, "add_key", report);
    return daotp__report_add(report, DAOTP_FINDING_STORE_KEYRING_FULL, errno, self->kind->name,
                             "an entry of %zu octets; as a key of type user: %s; as a big_key: %s",
                             len, len > USER_KEY_MAX ? "over 32767 octets" : "quota exceeded",
                             strerrordesc_np(errno));
}

/* old: what an earlier put stored under the other type; 0 when there is nothing. */
static daotp_status link_entry_key(const struct keyring *self, key_serial ring, key_serial key,
                                   key_serial old, daotp_report *report)
{
    if (keyctl_call(KEYCTL_LINK, key, ring, 0, 0) != 0)
        return refuse_keyring(self, "KEYCTL_LINK", report);
    if (old > 0 && keyctl_call(KEYCTL_UNLINK, old, ring, 0, 0) != 0 && errno != ENOENT)
        return refuse_keyring(self, "KEYCTL_UNLINK", report);
    return DAOTP_OK;
}

static daotp_status put_payload(const struct keyring *self, key_serial ring, const char *label,
                                daotp__bytes payload, long left, daotp_report *report)
{
    char name[DAOTP__MAX_LABEL + sizeof prefix];
    key_search found;
    daotp_status status = search_label(self, ring, label, &found, report);
    key_serial key;
    size_t type;

    if (status != DAOTP_OK)
        return status;
    name_key(name, label);
    key = add_key_that_fits(name, payload, left, &type);
    if (key < 0)
        return refuse_payload(self, type, payload.len, report);
    status = link_entry_key(self, ring, key, found.serials[1 - type], report);
    (void)keyctl_call(KEYCTL_UNLINK, key, KEY_SPEC_THREAD_KEYRING, 0, 0);
    return status;
}

static daotp_status keyring_put(void *given, const char *label, const daotp_store_item *item,
                                daotp_report *report)
{
    const struct keyring *self = given;
    daotp__bytes certificates, key;
    daotp__buffer payload;
    key_serial ring;
    daotp_status status = ring_enter(self, &ring, report);

    if (status != DAOTP_OK)
        return status;
    certificates.data = daotp_store_item_get_certificates(item, &certificates.len);
    key.data = daotp_store_item_get_key(item, &key.len);
    daotp__buffer_init_secret(&payload, MAX_PAYLOAD);
    daotp__keyring_write_payload(&payload, certificates, key);
    if (payload.failed == DAOTP_OK)
        status = put_payload(self, ring, label, daotp__buffer_bytes(&payload),
                             time_left(self, daotp_store_item_get_not_after(item)), report);
    else
        status = payload.failed;
    daotp__buffer_free(&payload);
    ring_leave(self, ring);
    return status;
}

/* Makes a key like a put, of the least size, and lets it go. */
static daotp_status keyring_check(void *given, const char *label, daotp_report *report)
{
    static const uint8_t blank[PROBE_OCTETS];
    const struct keyring *self = given;
    char name[DAOTP__MAX_LABEL + sizeof prefix];
    key_serial ring, key;
    size_t type;
    daotp_status status = ring_enter(self, &ring, report);

    if (status != DAOTP_OK)
        return status;
    name_key(name, label);
    key = add_key_that_fits(name, (daotp__bytes){blank, sizeof blank}, 1, &type);
    if (key < 0)
        status = refuse_payload(self, type, sizeof blank, report);
    else
        (void)keyctl_call(KEYCTL_UNLINK, key, KEY_SPEC_THREAD_KEYRING, 0, 0);
    ring_leave(self, ring);
    return status;
}

/* ---- get, list, remove ----------------------------------------------------------------------- */

/* The mode and the owner of a key, like those of a file. */
static daotp_status check_owner(const char *label, const entry_key *key, daotp_report *report)
{
    if (key->owner == geteuid() && (key->permissions & OTHERS_PERMISSIONS) == 0)
        return DAOTP_OK;
    return daotp__report_add(report, DAOTP_FINDING_STORE_KEYRING_OPEN, 0, label,
                             "permissions %08lx, owner %lu", key->permissions, key->owner);
}

static daotp_status take_payload(const char *label, daotp__bytes payload, daotp_store_item *item,
                                 daotp_report *report)
{
    daotp__bytes certificates, key;

    if (!daotp__keyring_read_payload(payload, &certificates, &key))
        return daotp__report_add(report, DAOTP_FINDING_STORE_DAMAGED, 0, label,
                                 "%zu octets that are no entry", payload.len);
    return daotp_store_item_set(item, certificates.data, certificates.len, key.data, key.len);
}

static daotp_status refuse_entry(const char *label, daotp_report *report)
{
    if (errno == EKEYEXPIRED)
        return daotp__report_add(report, DAOTP_FINDING_STORE_EXPIRED, errno, label,
                                 "the time-out of its key has passed");
    if (errno == EKEYREVOKED || errno == ENOKEY) /* removed meanwhile */
        return DAOTP_REJECTED;
    return daotp__report_add(report, DAOTP_FINDING_STORE_DAMAGED, errno, label, "KEYCTL_READ: %s",
                             strerrordesc_np(errno));
}

/* The content of a key never changes: a put replaces the whole key. */
static daotp_status read_key_payload(key_serial serial, const char *label, daotp_store_item *item,
                                     daotp_report *report)
{
    long size = keyctl_call(KEYCTL_READ, serial, 0, 0, 0);
    daotp__buffer payload;
    daotp_status status;
    uint8_t *room;

    if (size < 0)
        return refuse_entry(label, report);
    daotp__buffer_init_secret(&payload, MAX_PAYLOAD);
    room = daotp__buffer_room(&payload, (size_t)size);
    if (room == NULL)
        status = payload.failed;
    else if (keyctl_call(KEYCTL_READ, serial, pointer_argument(room), size, 0) != size)
        status = refuse_entry(label, report);
    else {
        daotp__buffer_wrote(&payload, (size_t)size);
        status = take_payload(label, daotp__buffer_bytes(&payload), item, report);
    }
    daotp__buffer_free(&payload);
    return status;
}

static daotp_status read_entry_key(key_serial serial, const char *label, daotp_store_item *item,
                                   daotp_report *report)
{
    entry_key key;
    daotp_status status;

    if (!describe_entry_key(serial, &key)) /* removed meanwhile */
        return DAOTP_REJECTED;
    status = check_owner(label, &key, report);
    return status == DAOTP_OK ? read_key_payload(serial, label, item, report) : status;
}

static daotp_status get_found(const key_search *found, const char *label, daotp_store_item *item,
                              daotp_report *report)
{
    for (size_t i = 0; i < KEY_TYPES; i++)
        if (found->serials[i] > 0)
            return read_entry_key(found->serials[i], label, item, report);
    if (!found->timed_out)
        return DAOTP_REJECTED;
    errno = EKEYEXPIRED;
    return refuse_entry(label, report);
}

static daotp_status keyring_get(void *given, const char *label, daotp_store_item *item,
                                daotp_report *report)
{
    const struct keyring *self = given;
    key_search found;
    key_serial ring;
    daotp_status status = ring_enter(self, &ring, report);

    if (status != DAOTP_OK)
        return status;
    status = search_label(self, ring, label, &found, report);
    if (status == DAOTP_OK)
        status = get_found(&found, label, item, report);
    ring_leave(self, ring);
    return status;
}

static daotp_status keyring_remove(void *given, const char *label, daotp_report *report)
{
    const struct keyring *self = given;
    bool removed = false;
    key_search found;
    key_serial ring;
    daotp_status status = ring_enter(self, &ring, report);

    if (status != DAOTP_OK)
        return status;
    status = search_label(self, ring, label, &found, report);
    for (size_t i = 0; i < KEY_TYPES && status == DAOTP_OK; i++) {
        if (found.serials[i] == 0)
            continue;
        if (keyctl_call(KEYCTL_UNLINK, found.serials[i], ring, 0, 0) == 0)
            removed = true;
        else if (errno != ENOENT) /* somebody else removed it */
            status = refuse_keyring(self, "KEYCTL_UNLINK", report);
    }
    ring_leave(self, ring);
    return status == DAOTP_OK && !removed ? DAOTP_REJECTED : status;
}

typedef daotp_status entry_fn(void *user, key_serial ring, key_serial serial, const entry_key *key);

/* Calls look for each entry. A label that a put left under both types is told once. */
static daotp_status visit_entries(const struct keyring *self, key_serial ring, entry_fn *look,
                                  void *user, daotp_report *report)
{
    ring_keys keys;
    daotp_status status = ring_read(self, ring, &keys, report);

    for (size_t i = 0; i < keys.count && status == DAOTP_OK; i++) {
        key_search found;
        entry_key key;

        if (!describe_entry_key(keys.serials[i], &key))
            continue;
        if (key.is_big)
            find_keys(ring, &keys, key.label, &found);
        if (!key.is_big || found.serials[0] == 0)
            status = look(user, ring, keys.serials[i], &key);
    }
    daotp__delete(keys.serials);
    return status;
}

struct telling {
    daotp_store_label_fn tell;
    void *user;
};

static daotp_status tell_entry(void *user, key_serial ring, key_serial serial, const entry_key *key)
{
    const struct telling *telling = user;

    (void)ring, (void)serial;
    return telling->tell(telling->user, key->label);
}

static daotp_status keyring_list(void *given, daotp_store_label_fn tell, void *user,
                                 daotp_report *report)
{
    const struct keyring *self = given;
    struct telling telling = {tell, user};
    key_serial ring;
    daotp_status status = ring_enter(self, &ring, report);

    if (status != DAOTP_OK)
        return status;
    status = visit_entries(self, ring, tell_entry, &telling, report);
    ring_leave(self, ring);
    return status;
}

/* ---- entries that have expired --------------------------------------------------------------- */

struct sweep {
    daotp_store_expired_fn check;
    void *user;
    size_t removed;
    daotp_report *report;
};

/* DAOTP_OK: it has expired; DAOTP_REJECTED: it stays. What cannot be read stays, and is told. */
static daotp_status check_entry_expired(const struct sweep *sweep, key_serial serial,
                                        const entry_key *key)
{
    size_t findings = daotp_report_get_count(sweep->report);
    daotp_store_item *item;
    daotp_status status;

    status = daotp_store_item_new(&item);
    if (status == DAOTP_OK)
        status = read_entry_key(serial, key->label, item, sweep->report);
    if (status == DAOTP_OK)
        status = sweep->check(sweep->user, key->label, item);
    else if (status == DAOTP_CONFIGURATION) {
        daotp_report_downgrade_errors(sweep->report, findings);
        status = DAOTP_REJECTED;
    }
    daotp_store_item_free(item);
    return status;
}

/* The key is unlinked by its serial number, so an entry that was renewed meanwhile stays. */
static daotp_status sweep_entry(void *user, key_serial ring, key_serial serial,
                                const entry_key *key)
{
    struct sweep *sweep = user;
    daotp_status status = check_entry_expired(sweep, serial, key);

    if (status == DAOTP_REJECTED)
        return DAOTP_OK;
    if (status == DAOTP_OK && keyctl_call(KEYCTL_UNLINK, serial, ring, 0, 0) == 0)
        sweep->removed++;
    return status;
}

static daotp_status keyring_expire(void *given, daotp_store_expired_fn check, void *user,
                                   size_t *removed, daotp_report *report)
{
    const struct keyring *self = given;
    struct sweep sweep = {check, user, 0, report};
    key_serial ring;
    daotp_status status = ring_enter(self, &ring, report);

    if (status != DAOTP_OK)
        return status;
    status = visit_entries(self, ring, sweep_entry, &sweep, report);
    *removed = sweep.removed;
    ring_leave(self, ring);
    return status;
}

static const daotp_store_backend backend = {
    .size = sizeof backend,
    .put = keyring_put,
    .get = keyring_get,
    .remove = keyring_remove,
    .list = keyring_list,
    .free = daotp__delete,
    .check = keyring_check,
    .expire = keyring_expire,
    .abilities = DAOTP_STORE_IS_SHARED | DAOTP_STORE_TAKES_KEYS | DAOTP_STORE_GIVES_KEYS |
                 DAOTP_STORE_FORGETS | DAOTP_STORE_TELLS_FULL};

static const keyring_kind *find_keyring_kind(const char *name)
{
    for (size_t i = 0; i < sizeof keyring_kinds / sizeof keyring_kinds[0]; i++)
        if (strcmp(keyring_kinds[i].name, name) == 0)
            return &keyring_kinds[i];
    return NULL;
}

daotp_status daotp__store_new_keyring(daotp_context *context, const char *name,
                                      daotp_report *report, daotp_store **store)
{
    const keyring_kind *kind = find_keyring_kind(name);
    struct keyring *self;

    if (kind == NULL)
        return daotp__report_add(report, DAOTP_FINDING_STORE_URI, 0,
                                 "keyring:", "%s, which is not session, user or persistent", name);
    self = daotp__new(sizeof *self);
    if (self == NULL)
        return DAOTP_MEMORY;
    self->context = context;
    self->kind = kind;
    return daotp_store_new(context, &backend, self, store);
}
