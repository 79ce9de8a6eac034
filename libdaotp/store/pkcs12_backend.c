/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A store in a PKCS#12 file. The file is read and written as a whole, and replaced by one rename. A
 * change locks the folder, so that no lock file is left beside a file that the user passes on.
 */
#include "store/pkcs12_backend.h"

#include "core/alloc.h"
#include "core/context.h"
#include "core/file.h"
#include "core/limits.h"
#include "store/label.h"
#include "store/lock.h"
#include "x509/pkcs12.h"

#include <daotp/sys/store_plugin.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

struct pkcs12_store {
    daotp_context *context; /* borrowed from the store, which outlives its backend */
    char *path, *folder;
    const char *name; /* the last part of path */
    bool allows_3des;
    int iterations;
    daotp__buffer passphrase; /* empty before it was asked for, or if it is empty */
    bool has_passphrase;      /* the application was asked, and the answer was right so far */
    daotp__pkcs12 file;       /* the content at the last read; its keys are secrets */
    daotp__file_mark mark;    /* identifies the file that was read; inode -1: none */
};

/* ---- the passphrase -------------------------------------------------------------------------- */

static daotp_status refuse_passphrase(const struct pkcs12_store *self, daotp_report *report)
{
    return daotp__report_add(report, DAOTP_FINDING_STORE_PASSPHRASE, 0, self->path,
                             "none was given");
}

/* Ask for the passphrase once; the correct one is kept until the store is freed. If none is given,
 * the empty one is tried on a file that exists; a new file is never written under it. */
static daotp_status need_passphrase(struct pkcs12_store *self, bool is_new, daotp_report *report)
{
    uint32_t warnings = is_new ? DAOTP_SECRET_NEW : 0;
    daotp_status status;
    uint8_t *room;
    size_t len;

    if (self->has_passphrase)
        return DAOTP_OK;
    room = daotp__buffer_room(&self->passphrase, DAOTP__MAX_PASSWORD);
    if (room == NULL)
        return DAOTP_MEMORY;
    status = daotp_context_ask_secret(self->context, DAOTP_SECRET_PASSPHRASE, self->path, warnings,
                                      room, DAOTP__MAX_PASSWORD, &len);
    if (status == DAOTP_OK)
        daotp__buffer_wrote(&self->passphrase, len);
    if (status == DAOTP_REJECTED)
        status = DAOTP_OK;
    if (status == DAOTP_OK && is_new && len == 0)
        return refuse_passphrase(self, report);
    self->has_passphrase = status == DAOTP_OK;
    return status;
}

static void forget_passphrase(struct pkcs12_store *self)
{
    daotp__buffer_clear(&self->passphrase);
    self->has_passphrase = false;
}

/* ---- the file -------------------------------------------------------------------------------- */

static bool is_leftover(const char *name, const char *of)
{
    size_t len = strlen(of), whole = strlen(name);

    return whole > len + 6 && name[0] == '.' && strncmp(name + 1, of, len) == 0 &&
           name[len + 1] == '.' && strcmp(name + whole - 4, ".new") == 0 &&
           strspn(name + len + 2, "0123456789") == whole - len - 6;
}

/* Remove the temporary files of a killed writer: we hold the lock, so no other process uses
 * them. */
static void sweep_leftovers(const struct pkcs12_store *self, int folder)
{
    int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *stream = fd >= 0 ? fdopendir(fd) : NULL;
    struct dirent *entry;

    if (stream == NULL) {
        if (fd >= 0)
            (void)close(fd);
        return;
    }
    while ((entry = readdir(stream)) != NULL)
        if (is_leftover(entry->d_name, self->name))
            (void)unlinkat(folder, entry->d_name, 0); /* best effort: it is encrypted */
    (void)closedir(stream);
}

static daotp_status lock_pkcs12_folder(const struct pkcs12_store *self, int *folder,
                                       daotp_report *report)
{
    daotp_status status;

    *folder = open(self->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*folder < 0)
        return daotp__report_add(report, DAOTP_FINDING_STORE_WRITE, errno, self->folder, "%s",
                                 strerrordesc_np(errno));
    status = daotp__store_lock(*folder, LOCK_EX, self->folder, report);
    if (status == DAOTP_OK) {
        sweep_leftovers(self, *folder);
        return DAOTP_OK;
    }
    (void)close(*folder);
    *folder = -1;
    return status;
}

static bool is_name_taken(const daotp__pkcs12 *file, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(file->list[i].name, name) == 0)
            return true;
    return false;
}

/* Add a number to the name: the first one, from that of the entry on, that makes the name
 * unique. */
static bool number_entry(daotp__pkcs12 *file, size_t at)
{
    daotp__pkcs12_entry *entry = &file->list[at];
    const char *between = *entry->name != '\0' ? "-" : "entry-";
    size_t number = at + 1;
    char text[DAOTP__MAX_LABEL + 1];

    do {
        (void)snprintf(text, sizeof text, "%.100s%s%zu", entry->name, between, number++);
        daotp__store_make_label(text); /* the name may have been cut within a character */
    } while (is_name_taken(file, file->count, text));
    daotp__buffer_clear(&entry->bmp_name); /* a write keeps the number: the label stays */
    return daotp__text_set(&entry->name, text);
}

/* Names become labels. An entry without a name gets a number, and so does one whose name an earlier
 * entry has. */
static daotp_status label_entries(daotp__pkcs12 *file)
{
    for (size_t i = 0; i < file->count; i++)
        if (*file->list[i].name != '\0')
            daotp__store_make_label(file->list[i].name);
    for (size_t i = 0; i < file->count; i++) {
        const char *name = file->list[i].name;

        if ((*name == '\0' || is_name_taken(file, i, name)) && !number_entry(file, i))
            return DAOTP_MEMORY;
    }
    return DAOTP_OK;
}

static daotp_status parse_pkcs12(struct pkcs12_store *self, daotp__bytes in, daotp_report *report)
{
    const daotp__pkcs12_reading how = {.passphrase = daotp__buffer_bytes(&self->passphrase),
                                       .allows_3des = self->allows_3des,
                                       .subject = self->path};
    daotp_status status = daotp__pkcs12_read(in, &how, &self->file, report);
    const daotp_finding *error = daotp_report_get_error(report);

    if (daotp_finding_get_number(error) == DAOTP_FINDING_STORE_PASSPHRASE)
        forget_passphrase(self); /* the next call asks again */
    if (status == DAOTP_OK && self->file.has_empty_passphrase)
        (void)daotp__report_add(report, DAOTP_FINDING_STORE_NO_PASSPHRASE, 0, self->path,
                                "its MAC verifies under the empty passphrase");
    return status == DAOTP_OK ? label_entries(&self->file) : status;
}

static daotp_status read_pkcs12(struct pkcs12_store *self, daotp_report *report)
{
    daotp__buffer in;
    daotp_status status;

    daotp__buffer_init(&in, DAOTP__MAX_FILE);
    status = daotp__file_read(self->path, true, &in, report);
    if (status == DAOTP_OK)
        status = need_passphrase(self, false, report);
    if (status == DAOTP_OK)
        status = parse_pkcs12(self, daotp__buffer_bytes(&in), report);
    daotp__buffer_free(&in);
    return status;
}

/* A file for which lstat(2) fails otherwise is not absent: reading it reports the reason. */
static bool is_file_absent(const struct pkcs12_store *self)
{
    return daotp__file_mark_path(self->path).inode == -1 && errno == ENOENT;
}

static void forget_file(struct pkcs12_store *self)
{
    daotp__pkcs12_free(&self->file);
    self->mark.inode = -1;
}

/* Reads the file, unless it is unchanged since the last read: each read derives a key for every
 * entry, which is slow by design, and a list gets the entries one by one. The mark is taken
 * before the file is opened, so that a file that is replaced meanwhile is read again. An absent
 * file is an empty store. */
static daotp_status load_pkcs12(struct pkcs12_store *self, daotp_report *report)
{
    daotp__file_mark mark = daotp__file_mark_path(self->path);
    daotp_status status = DAOTP_OK;

    if (mark.inode != -1 && daotp__file_mark_equal(&mark, &self->mark))
        return DAOTP_OK;
    forget_file(self);
    if (!is_file_absent(self))
        status = read_pkcs12(self, report);
    if (status != DAOTP_OK)
        forget_file(self);
    else
        self->mark = mark;
    return status;
}

/* Asks for the passphrase before taking the lock, so that no other process waits while a user
 * types. */
static daotp_status change_begin(struct pkcs12_store *self, int *folder, daotp_report *report)
{
    daotp_status status = lock_pkcs12_folder(self, folder, report);

    if (status == DAOTP_OK && !self->has_passphrase) {
        (void)close(*folder);
        *folder = -1;
        status = need_passphrase(self, is_file_absent(self), report);
        if (status == DAOTP_OK)
            status = lock_pkcs12_folder(self, folder, report);
    }
    forget_file(self); /* read again: only the content under the lock may be changed */
    return status == DAOTP_OK ? load_pkcs12(self, report) : status;
}

static void change_end(struct pkcs12_store *self, int folder)
{
    forget_file(self);
    if (folder >= 0)
        (void)close(folder);
}

/* Refuse a change if the file holds anything besides entries, which a write would lose, or if its
 * passphrase is empty: no key is written under that. */
static daotp_status check_can_change(const struct pkcs12_store *self, daotp_report *report)
{
    if (self->passphrase.len == 0)
        return daotp__report_add(report, DAOTP_FINDING_STORE_PASSPHRASE, 0, self->path,
                                 "it is empty: such a file is read, and not changed");
    if (self->file.lost[0] == '\0')
        return DAOTP_OK;
    return daotp__report_add(report, DAOTP_FINDING_STORE_WOULD_LOSE, 0, self->path, "%s",
                             self->file.lost);
}

static daotp_status save_pkcs12(const struct pkcs12_store *self, int folder, daotp_report *report)
{
    daotp__buffer out;
    daotp_status status = check_can_change(self, report);

    daotp__buffer_init(&out, DAOTP__MAX_FILE);
    if (status == DAOTP_OK)
        status = daotp__pkcs12_write(&self->file, daotp__buffer_bytes(&self->passphrase),
                                     self->iterations, &out);
    if (status == DAOTP_OK && (!daotp__file_can_replace(folder, self->name) ||
                               !daotp__file_write_durable(folder, self->name, out.data, out.len)))
        status = daotp__report_add(report, DAOTP_FINDING_STORE_WRITE, errno, self->path, "%s",
                                   daotp__file_error_text(errno));
    daotp__buffer_free(&out);
    return status;
}

/* ---- calls ----------------------------------------------------------------------------------- */

static bool find_pkcs12_entry(const daotp__pkcs12 *file, const char *label, size_t *at)
{
    for (*at = 0; *at < file->count; (*at)++)
        if (strcmp(file->list[*at].name, label) == 0)
            return true;
    return false;
}

static daotp_status find_entry_room(const struct pkcs12_store *self, const char *label,
                                    daotp_report *report)
{
    size_t at;

    if (self->file.count < DAOTP__MAX_PKCS12_ENTRIES || find_pkcs12_entry(&self->file, label, &at))
        return DAOTP_OK;
    return daotp__report_add(report, DAOTP_FINDING_STORE_FULL, 0, self->path, "%zu entries",
                             self->file.count);
}

static daotp_status replace_entry(daotp__pkcs12 *file, const char *label,
                                  const daotp_store_item *item)
{
    daotp__pkcs12_entry *entry;
    const void *bytes;
    size_t at, len;

    entry = daotp__pkcs12_add(file, label);
    if (entry == NULL)
        return DAOTP_MEMORY;
    if (find_pkcs12_entry(file, label, &at) && at < file->count - 1) {
        const daotp__buffer *name = &file->list[at].bmp_name; /* the entry keeps its friendlyName */

        daotp__buffer_add(&entry->bmp_name, name->data, name->len);
        daotp__pkcs12_drop(file, at);
        entry = &file->list[file->count - 1];
    }
    bytes = daotp_store_item_get_certificates(item, &len);
    daotp__buffer_add(&entry->certificates, bytes, len);
    bytes = daotp_store_item_get_key(item, &len);
    daotp__buffer_add(&entry->key, bytes, len);
    if (entry->bmp_name.failed != DAOTP_OK)
        return entry->bmp_name.failed;
    return entry->key.failed != DAOTP_OK ? entry->key.failed : entry->certificates.failed;
}

static daotp_status pkcs12_put(void *given, const char *label, const daotp_store_item *item,
                               daotp_report *report)
{
    struct pkcs12_store *self = given;
    int folder;
    daotp_status status = change_begin(self, &folder, report);

    if (status == DAOTP_OK)
        status = find_entry_room(self, label, report);
    if (status == DAOTP_OK)
        status = replace_entry(&self->file, label, item);
    if (status == DAOTP_OK)
        status = save_pkcs12(self, folder, report);
    change_end(self, folder);
    return status;
}

static daotp_status fill_store_item(const daotp__pkcs12_entry *entry, daotp_store_item *item)
{
    return daotp_store_item_set(item, entry->certificates.data, entry->certificates.len,
                                entry->key.data, entry->key.len);
}

/* A file is replaced by one rename, so a reader needs no lock. */
static daotp_status pkcs12_get(void *given, const char *label, daotp_store_item *item,
                               daotp_report *report)
{
    struct pkcs12_store *self = given;
    daotp_status status = load_pkcs12(self, report);
    size_t at;

    if (status != DAOTP_OK)
        return status;
    if (!find_pkcs12_entry(&self->file, label, &at))
        return DAOTP_REJECTED;
    return fill_store_item(&self->file.list[at], item);
}

static daotp_status pkcs12_remove(void *given, const char *label, daotp_report *report)
{
    struct pkcs12_store *self = given;
    daotp_status status;
    int folder;
    size_t at;

    if (is_file_absent(self))
        return DAOTP_REJECTED;
    status = change_begin(self, &folder, report);
    if (status == DAOTP_OK && !find_pkcs12_entry(&self->file, label, &at))
        status = DAOTP_REJECTED;
    if (status == DAOTP_OK) {
        daotp__pkcs12_drop(&self->file, at);
        status = save_pkcs12(self, folder, report);
    }
    change_end(self, folder);
    return status;
}

static daotp_status pkcs12_list(void *given, daotp_store_label_fn tell, void *user,
                                daotp_report *report)
{
    struct pkcs12_store *self = given;
    daotp_status status = load_pkcs12(self, report);

    for (size_t i = 0; status == DAOTP_OK && i < self->file.count; i++)
        status = tell(user, self->file.list[i].name);
    return status;
}

/* Do the first steps of a put: ask for the passphrase, and check that a file can be written. */
static daotp_status pkcs12_check(void *given, const char *label, daotp_report *report)
{
    struct pkcs12_store *self = given;
    int folder;
    daotp_status status = change_begin(self, &folder, report);

    if (status == DAOTP_OK)
        status = find_entry_room(self, label, report);
    if (status == DAOTP_OK)
        status = check_can_change(self, report);
    if (status == DAOTP_OK)
        status = daotp__file_can_save(self->path, report);
    change_end(self, folder);
    return status;
}

static daotp_status check_pkcs12_entry(const daotp__pkcs12_entry *entry,
                                       daotp_store_expired_fn check, void *user)
{
    daotp_store_item *item;
    daotp_status status = daotp_store_item_new(&item);

    if (status == DAOTP_OK)
        status = fill_store_item(entry, item);
    if (status == DAOTP_OK)
        status = check(user, entry->name, item);
    daotp_store_item_free(item);
    return status;
}

static daotp_status drop_expired(daotp__pkcs12 *file, daotp_store_expired_fn check, void *user,
                                 size_t *dropped)
{
    daotp_status status = DAOTP_OK;

    for (size_t i = 0; i < file->count && status == DAOTP_OK;) {
        status = check_pkcs12_entry(&file->list[i], check, user);
        if (status == DAOTP_OK) {
            daotp__pkcs12_drop(file, i);
            (*dropped)++;
        } else if (status == DAOTP_REJECTED) {
            i++;
            status = DAOTP_OK;
        }
    }
    return status;
}

static daotp_status pkcs12_expire(void *given, daotp_store_expired_fn check, void *user,
                                  size_t *removed, daotp_report *report)
{
    struct pkcs12_store *self = given;
    daotp_status status;
    size_t dropped = 0;
    int folder;

    *removed = 0;
    if (is_file_absent(self))
        return DAOTP_OK;
    status = change_begin(self, &folder, report);
    if (status == DAOTP_OK)
        status = drop_expired(&self->file, check, user, &dropped);
    if (status == DAOTP_OK && dropped > 0)
        status = save_pkcs12(self, folder, report);
    if (status == DAOTP_OK)
        *removed = dropped;
    change_end(self, folder);
    return status;
}

static void free_pkcs12_store(void *given)
{
    struct pkcs12_store *self = given;

    daotp__pkcs12_free(&self->file);
    daotp__buffer_free(&self->passphrase);
    daotp__delete(self->path);
    daotp__delete(self->folder);
    daotp__delete(self);
}

static const daotp_store_backend backend = {
    .size = sizeof backend,
    .put = pkcs12_put,
    .get = pkcs12_get,
    .remove = pkcs12_remove,
    .list = pkcs12_list,
    .free = free_pkcs12_store,
    .check = pkcs12_check,
    .expire = pkcs12_expire,
    .abilities = DAOTP_STORE_IS_DURABLE | DAOTP_STORE_IS_SHARED | DAOTP_STORE_TAKES_KEYS |
                 DAOTP_STORE_GIVES_KEYS | DAOTP_STORE_ASKS_SECRET | DAOTP_STORE_TELLS_FULL};

daotp_status daotp__store_new_pkcs12(daotp_context *context, const daotp__pkcs12_settings *settings,
                                     daotp_store **store)
{
    struct pkcs12_store *self = daotp__new(sizeof *self);
    const char *slash;

    if (self == NULL)
        return DAOTP_MEMORY;
    daotp__buffer_init_secret(&self->passphrase, DAOTP__MAX_PASSWORD);
    self->mark.inode = -1;
    self->context = context;
    self->allows_3des = settings->allows_3des;
    self->iterations = settings->iterations;
    self->path = daotp__text_copy_n(settings->path, settings->path_len);
    slash = self->path != NULL ? strrchr(self->path, '/') : NULL;
    self->name = slash != NULL ? slash + 1 : self->path;
    self->folder = slash == NULL ? daotp__text_copy(".")
                                 : daotp__text_copy_n(self->path, (size_t)(slash - self->path) + 1);
    if (self->path == NULL || self->folder == NULL) {
        free_pkcs12_store(self);
        return DAOTP_MEMORY;
    }
    return daotp_store_new(context, &backend, self, store);
}
