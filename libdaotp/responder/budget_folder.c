/* SPDX-License-Identifier: BSD-2-Clause */
/* Budgets in a folder: a file for each first octet of the keys, written durably, under a lock that
 * threads and processes of one host share. */
#include "core/alloc.h"
#include "core/file.h"
#include "core/limits.h"
#include "responder/budget_store.h"
#include "responder/budget_table.h"
#include "x509/random.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

typedef struct folder_store {
    daotp__budget_store base;
    char *folder;
    int dir;
    uint8_t key[DAOTP__BUDGET_KEY];
} folder_store;

/* ---- the folder ------------------------------------------------------------------------------ */

static daotp_status refuse_state(const folder_store *store, const char *name, const char *why,
                                 daotp_report *report)
{
    char path[DAOTP__MAX_PATH_TEXT + 16];

    (void)snprintf(path, sizeof path, "%s/%s", store->folder, name);
    return daotp__report_add(report, DAOTP_FINDING_SERVE_BUDGET_STATE, errno, path, "%s", why);
}

static daotp_status open_folder(folder_store *store, daotp_report *report)
{
    struct stat st;

    (void)mkdir(store->folder, 0700); /* it may be there */
    store->dir = open(store->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (store->dir < 0)
        return refuse_state(store, "", strerrordesc_np(errno), report);
    if (fstat(store->dir, &st) == 0 && st.st_uid == geteuid() && (st.st_mode & 077) == 0)
        return DAOTP_OK;
    (void)close(store->dir);
    store->dir = -1;
    errno = 0;
    return refuse_state(store, "", "open to others, or of another owner", report);
}

/* Not the context's clock: what a sleep takes is counted. */
static int64_t lock_clock_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* never fails for this clock */
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Each call opens the file anew: an OFD lock keeps threads apart too. */
static daotp_status lock_folder(const folder_store *store, int *lock, daotp_report *report)
{
    static const struct timespec pause = {.tv_nsec = 1000 * 1000};
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int64_t until = lock_clock_ms() + DAOTP__STORE_LOCK_MS;

    *lock = openat(store->dir, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (*lock < 0)
        return refuse_state(store, "lock", strerrordesc_np(errno), report);
    while (fcntl(*lock, F_OFD_SETLK, &whole) != 0) {
        if (lock_clock_ms() >= until || (errno != EAGAIN && errno != EACCES && errno != EINTR)) {
            daotp_status status = refuse_state(store, "lock", strerrordesc_np(errno), report);

            (void)close(*lock);
            return status;
        }
        (void)nanosleep(&pause, NULL); /* shorter is fine */
    }
    return DAOTP_OK;
}

/* ---- tables ---------------------------------------------------------------------------------- */

enum { NAME_ROOM = 8 };

static daotp_status load_table(const folder_store *store, uint8_t which, daotp__budget_table *table,
                               daotp_report *report)
{
    char name[NAME_ROOM];
    daotp__buffer bytes;
    daotp_status status = DAOTP_OK;
    struct stat st;

    *table = (daotp__budget_table){NULL, 0, 0};
    (void)snprintf(name, sizeof name, "%02x", (unsigned)which);
    daotp__buffer_init(&bytes, DAOTP__MAX_BUDGET_FILE);
    if (daotp__file_read_at(store->dir, name, &bytes, &st))
        status = daotp__budget_table_read(daotp__buffer_bytes(&bytes), which, store->key, table);
    else if (errno != ENOENT)
        status = refuse_state(store, name, strerrordesc_np(errno), report);
    if (status == DAOTP_PEER) {
        errno = 0;
        status = refuse_state(store, name, "damaged, or of another key or table", report);
    }
    daotp__buffer_free(&bytes);
    return daotp__report_status(report, status);
}

static daotp_status save_table(const folder_store *store, uint8_t which,
                               const daotp__budget_table *table, const daotp__budget_change *change,
                               daotp_report *report)
{
    char name[NAME_ROOM];
    daotp__buffer bytes;
    daotp_status status = DAOTP_OK;
    bool is_written = false;

    (void)snprintf(name, sizeof name, "%02x", (unsigned)which);
    daotp__buffer_init(&bytes, DAOTP__MAX_BUDGET_FILE);
    daotp__budget_table_write(table, which, store->key, change->now_s, &bytes);
    if (bytes.failed != DAOTP_OK)
        status = daotp__report_status(report, DAOTP_MEMORY);
    else if (change->can_be_lost)
        is_written = daotp__file_write_late(store->dir, name, bytes.data, bytes.len);
    else
        is_written = daotp__file_write_durable(store->dir, name, bytes.data, bytes.len);
    if (status == DAOTP_OK && !is_written)
        status = refuse_state(store, name, strerrordesc_np(errno), report);
    daotp__buffer_free(&bytes);
    return status;
}

/* ---- the key --------------------------------------------------------------------------------- */

static bool is_table_name(const char *name, uint8_t *which)
{
    static const char digits[] = "0123456789abcdef";
    const char *high = name[0] != '\0' ? strchr(digits, name[0]) : NULL;
    const char *low = high != NULL && name[1] != '\0' ? strchr(digits, name[1]) : NULL;

    if (low == NULL || name[2] != '\0')
        return false;
    *which = (uint8_t)((high - digits) * 16 + (low - digits));
    return true;
}

/* Reads tables until one is of the key; found: whether there is a table at all. If
 * the folder cannot be read, a finding is added, and found is false. */
static daotp_status find_table_of_key(const folder_store *store, DIR *list, bool *found,
                                      daotp_report *report)
{
    daotp_status status = DAOTP_OK;
    const struct dirent *entry;
    daotp__budget_table table;
    uint8_t which;

    *found = false;
    while ((entry = daotp__file_next_entry(list)) != NULL) {
        if (!is_table_name(entry->d_name, &which))
            continue;
        *found = true;
        status = load_table(store, which, &table, NULL);
        daotp__budget_table_free(&table);
        if (status == DAOTP_OK || status == DAOTP_MEMORY)
            return status;
    }
    if (errno == 0)
        return status;
    *found = false;
    return refuse_state(store, "", strerrordesc_np(errno), report);
}

/* With another key the names of the tables are others: what is in them would be forgotten. */
static daotp_status check_table_key(const folder_store *store, daotp_report *report)
{
    int fd = openat(store->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = fd >= 0 ? fdopendir(fd) : NULL;
    daotp_status status;
    bool found;

    if (list == NULL) {
        status = refuse_state(store, "", strerrordesc_np(errno), report);
        if (fd >= 0)
            (void)close(fd);
        return status;
    }
    status = find_table_of_key(store, list, &found, report);
    (void)closedir(list);
    if (!found || status == DAOTP_OK || status == DAOTP_MEMORY)
        return daotp__report_status(report, status);
    errno = 0;
    return refuse_state(store, "key", "not the key of the tables beside it", report);
}

static daotp_status make_folder_key(folder_store *store, daotp_report *report)
{
    daotp_status status;

    if (!daotp__random(store->key, sizeof store->key))
        return daotp__report_status(report, DAOTP_INTERNAL);
    status = check_table_key(store, report);
    if (status == DAOTP_OK &&
        !daotp__file_write_durable(store->dir, "key", store->key, sizeof store->key))
        return refuse_state(store, "key", strerrordesc_np(errno), report);
    return status;
}

static daotp_status folder_read_key(folder_store *store, daotp_report *report)
{
    daotp_status status = DAOTP_OK;
    daotp__buffer bytes;
    struct stat st;

    daotp__buffer_init(&bytes, sizeof store->key + 1);
    if (!daotp__file_read_at(store->dir, "key", &bytes, &st)) {
        status = errno == ENOENT ? make_folder_key(store, report)
                                 : refuse_state(store, "key", strerrordesc_np(errno), report);
    } else if (bytes.len != sizeof store->key) {
        status = refuse_state(store, "key", "not 32 octets", report);
    } else {
        memcpy(store->key, bytes.data, sizeof store->key);
        status = check_table_key(store, report);
    }
    daotp__buffer_free(&bytes);
    return status;
}

static daotp_status folder_open(daotp__budget_store *self, uint8_t *key, daotp_report *report)
{
    folder_store *store = (folder_store *)self;
    daotp_status status = open_folder(store, report);
    int lock = -1;

    if (status == DAOTP_OK)
        status = lock_folder(store, &lock, report);
    if (status == DAOTP_OK) {
        status = folder_read_key(store, report);
        (void)close(lock); /* and unlocks */
    }
    if (status == DAOTP_OK) {
        memcpy(key, store->key, DAOTP__BUDGET_KEY);
    } else if (store->dir >= 0) {
        (void)close(store->dir);
        store->dir = -1;
    }
    return status;
}

/* ---- records ----------------------------------------------------------------------------------
 */

/* The tables that hold the records of one update, each read once. */
typedef struct open_tables {
    size_t count;
    uint8_t which[DAOTP__BUDGET_RECORDS];
    daotp__budget_table list[DAOTP__BUDGET_RECORDS];
    bool is_changed[DAOTP__BUDGET_RECORDS];
} open_tables;

static void close_tables(open_tables *tables)
{
    for (size_t i = 0; i < tables->count; i++)
        daotp__budget_table_free(&tables->list[i]);
}

/* The index of a table that is open, or the number of those. */
static size_t find_open_table(const open_tables *tables, uint8_t which)
{
    size_t at = 0;

    while (at < tables->count && tables->which[at] != which)
        at++;
    return at;
}

static daotp_status read_records(const folder_store *store, daotp__budget_record *records,
                                 size_t count, open_tables *tables, daotp_report *report)
{
    daotp_status status = DAOTP_OK;

    for (size_t i = 0; i < count && status == DAOTP_OK; i++) {
        uint8_t which = records[i].key[0];
        size_t at = find_open_table(tables, which);

        if (at == tables->count) {
            tables->which[at] = which;
            tables->count++;
            status = load_table(store, which, &tables->list[at], report);
        }
        if (status == DAOTP_OK)
            daotp__budget_table_get(&tables->list[at], &records[i]);
    }
    return status;
}

/* A record without padding: equal members are equal octets. */
_Static_assert(sizeof(daotp__budget_record) == DAOTP__BUDGET_KEY + 2 * 4 + 5 * 8, "padding");

/* A table of which no record changed is not written: each write waits for the disk. */
static daotp_status write_records(const folder_store *store, const daotp__budget_record *records,
                                  const daotp__budget_record *before, size_t count,
                                  open_tables *tables, const daotp__budget_change *change,
                                  daotp_report *report)
{
    daotp_status status = DAOTP_OK;

    for (size_t i = 0; i < count && status == DAOTP_OK; i++) {
        size_t at = find_open_table(tables, records[i].key[0]);

        if (memcmp(&records[i], &before[i], sizeof records[i]) == 0)
            continue;
        status = daotp__report_status(
            report, daotp__budget_table_put(&tables->list[at], &records[i], change->now_s));
        tables->is_changed[at] = true;
    }
    for (size_t at = 0; at < tables->count && status == DAOTP_OK; at++)
        if (tables->is_changed[at])
            status = save_table(store, tables->which[at], &tables->list[at], change, report);
    return status;
}

static daotp_status folder_update(daotp__budget_store *self, daotp__budget_record *records,
                                  size_t count, const daotp__budget_change *change,
                                  daotp_report *report)
{
    folder_store *store = (folder_store *)self;
    daotp__budget_record before[DAOTP__BUDGET_RECORDS];
    open_tables tables = {.count = 0};
    daotp_status status;
    int lock;

    status = lock_folder(store, &lock, report);
    if (status != DAOTP_OK)
        return daotp__report_status(report, status);
    status = read_records(store, records, count, &tables, report);
    memcpy(before, records, count * sizeof *records);
    if (status == DAOTP_OK && change->call(records, change->user))
        status = write_records(store, records, before, count, &tables, change, report);
    close_tables(&tables);
    (void)close(lock); /* and unlocks */
    return daotp__report_status(report, status);
}

static void folder_free(daotp__budget_store *self)
{
    folder_store *store = (folder_store *)self;

    if (store->dir >= 0)
        (void)close(store->dir);
    daotp__delete(store->folder);
    daotp__delete(store);
}

daotp_status daotp__budget_folder_new(const char *folder, daotp__budget_store **store)
{
    folder_store *made = daotp__new(sizeof *made);

    if (made == NULL)
        return DAOTP_MEMORY;
    made->base = (daotp__budget_store){folder_open, folder_update, folder_free};
    made->dir = -1;
    made->folder = daotp__text_copy(folder);
    if (made->folder == NULL) {
        daotp__delete(made);
        return DAOTP_MEMORY;
    }
    *store = &made->base;
    return DAOTP_OK;
}
