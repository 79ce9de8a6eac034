/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A store in a PKCS#12 file: read whole, written whole, put in its place by one rename. The folder
 * is locked meanwhile, so that no lock file stands beside a file that is handed over.
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
    daotp_context *context; /* borrowed: that of the store, which outlives its backend */
    char *path, *folder;
    const char *name; /* the last part of path */
    bool allows_3des;
    int iterations;
    daotp__buffer passphrase; /* empty until it was asked for */
};

/* ---- the passphrase -------------------------------------------------------------------------- */

static daotp_status refuse_passphrase(const struct pkcs12_store *self, daotp_report *report)
{
    return daotp__report_add(report, DAOTP_FINDING_STORE_PASSPHRASE, 0, self->path,
                             "none was given");
}

/* Asked for once: what is right is kept for the life of the store. */
static daotp_status need_passphrase(struct pkcs12_store *self, bool is_new, daotp_report *report)
{
    uint32_t warnings = is_new ? DAOTP_SECRET_NEW : 0;
    daotp_status status;
    uint8_t *room;
    size_t len;

    if (self->passphrase.len > 0)
        return DAOTP_OK;
    room = daotp__buffer_room(&self->passphrase, DAOTP__MAX_PASSWORD);
    if (room == NULL)
        return DAOTP_MEMORY;
    status = daotp_context_ask_secret(self->context, DAOTP_SECRET_PASSPHRASE, self->path, warnings,
                                      room, DAOTP__MAX_PASSWORD, &len);
    if (status == DAOTP_OK)
        daotp__buffer_wrote(&self->passphrase, len);
    if (status == DAOTP_REJECTED || (status == DAOTP_OK && len == 0))
        return refuse_passphrase(self, report);
    return status;
}

/* ---- the file -------------------------------------------------------------------------------- */

static bool is_leftover(const char *name, const char *of)
{
    size_t len = strlen(of), whole = strlen(name);

    return whole > len + 6 && name[0] == '.' && strncmp(name + 1, of, len) == 0 &&
           name[len + 1] == '.' && strcmp(name + whole - 4, ".new") == 0 &&
           strspn(name + len + 2, "0123456789") == whole - len - 6;
}

/* What a writer that was killed left: we hold the lock, so nobody is at it. */
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

static daotp_status lock_pkcs12_folder(const struct pkcs12_store *self, int how, int *folder,
                                       daotp_report *report)
{
    daotp_status status;

    *folder = open(self->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*folder < 0)
        return daotp__report_add(report, DAOTP_FINDING_STORE_WRITE, errno, self->folder, "%s",
                                 strerrordesc_np(errno));
    status = daotp__store_lock(*folder, how, self->folder, report);
    if (status == DAOTP_OK && how == LOCK_EX)
        sweep_leftovers(self, *folder);
    if (status != DAOTP_OK)
        (void)close(*folder);
    return status;
}

/* Names become labels, and a second one of a name gets a number. */
static daotp_status label_entries(daotp__pkcs12 *file)
{
    for (size_t i = 0; i < file->count; i++) {
        daotp__pkcs12_entry *entry = &file->list[i];
        bool is_taken = *entry->name == '\0';
        char text[DAOTP__MAX_LABEL + 1];

        if (!is_taken)
            daotp__store_make_label(entry->name);
        for (size_t j = 0; j < i && !is_taken; j++)
            is_taken = strcmp(file->list[j].name, entry->name) == 0;
        (void)snprintf(text, sizeof text, "%.100s%s%zu", entry->name,
                       *entry->name != '\0' ? "-" : "entry-", i + 1);
        if (is_taken && !daotp__text_set(&entry->name, text))
            return DAOTP_MEMORY;
    }
    return DAOTP_OK;
}

static daotp_status parse_pkcs12(struct pkcs12_store *self, daotp__bytes in, daotp__pkcs12 *file,
                                 daotp_report *report)
{
    const daotp__pkcs12_reading how = {.passphrase = daotp__buffer_bytes(&self->passphrase),
                                       .allows_3des = self->allows_3des,
                                       .subject = self->path};
    daotp_status status = daotp__pkcs12_read(in, &how, file, report);
    const daotp_finding *error = daotp_report_get_error(report);

    if (daotp_finding_get_number(error) == DAOTP_FINDING_STORE_PASSPHRASE)
        daotp__buffer_clear(&self->passphrase); /* asked for anew the next time */
    return status == DAOTP_OK ? label_entries(file) : status;
}

static bool is_file_there(const struct pkcs12_store *self)
{
    return daotp__file_mark_path(self->path).inode != -1;
}

/* A file that is not there holds nothing. */
static daotp_status load_pkcs12(struct pkcs12_store *self, daotp__pkcs12 *file,
                                daotp_report *report)
{
    daotp__buffer in;
    daotp_status status;

    *file = (daotp__pkcs12){.count = 0};
    if (!is_file_there(self))
        return DAOTP_OK;
    daotp__buffer_init(&in, DAOTP__MAX_FILE);
    status = daotp__file_read(self->path, true, &in, report);
    if (status == DAOTP_OK)
        status = need_passphrase(self, false, report);
    if (status == DAOTP_OK)
        status = parse_pkcs12(self, daotp__buffer_bytes(&in), file, report);
    daotp__buffer_free(&in);
    return status;
}

static daotp_status save_pkcs12(struct pkcs12_store *self, int folder, const daotp__pkcs12 *file,
                                daotp_report *report)
{
    daotp__buffer out;
    daotp_status status = need_passphrase(self, !is_file_there(self), report);

    daotp__buffer_init(&out, DAOTP__MAX_FILE);
    if (status == DAOTP_OK)
        status = daotp__pkcs12_write(file, daotp__buffer_bytes(&self->passphrase), self->iterations,
                                     &out);
    if (status == DAOTP_OK && !daotp__file_write_durable(folder, self->name, out.data, out.len))
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

static daotp_status replace_entry(daotp__pkcs12 *file, const char *label,
                                  const daotp_store_item *item, const char *path,
                                  daotp_report *report)
{
    daotp__pkcs12_entry *entry;
    const void *bytes;
    size_t at, len;

    if (find_pkcs12_entry(file, label, &at))
        daotp__pkcs12_drop(file, at);
    if (file->count >= DAOTP__MAX_PKCS12_ENTRIES)
        return daotp__report_add(report, DAOTP_FINDING_STORE_FULL, 0, path, "%zu entries",
                                 file->count);
    entry = daotp__pkcs12_add(file, label);
    if (entry == NULL)
        return DAOTP_MEMORY;
    bytes = daotp_store_item_get_certificates(item, &len);
    daotp__buffer_add(&entry->certificates, bytes, len);
    bytes = daotp_store_item_get_key(item, &len);
    daotp__buffer_add(&entry->key, bytes, len);
    return entry->key.failed != DAOTP_OK ? entry->key.failed : entry->certificates.failed;
}

static daotp_status pkcs12_put(void *given, const char *label, const daotp_store_item *item,
                               daotp_report *report)
{
    struct pkcs12_store *self = given;
    daotp__pkcs12 file = {.count = 0};
    daotp_status status;
    int folder;

    status = lock_pkcs12_folder(self, LOCK_EX, &folder, report);
    if (status != DAOTP_OK)
        return status;
    status = load_pkcs12(self, &file, report);
    if (status == DAOTP_OK)
        status = replace_entry(&file, label, item, self->path, report);
    if (status == DAOTP_OK)
        status = save_pkcs12(self, folder, &file, report);
    daotp__pkcs12_free(&file);
    (void)close(folder);
    return status;
}

static daotp_status fill_store_item(const daotp__pkcs12_entry *entry, daotp_store_item *item)
{
    return daotp_store_item_set(item, entry->certificates.data, entry->certificates.len,
                                entry->key.data, entry->key.len);
}

/* A rename puts the new file in its place at once: a reader needs no lock. */
static daotp_status pkcs12_get(void *given, const char *label, daotp_store_item *item,
                               daotp_report *report)
{
    struct pkcs12_store *self = given;
    daotp__pkcs12 file;
    daotp_status status = load_pkcs12(self, &file, report);
    size_t at;

    if (status == DAOTP_OK && file.list != NULL && find_pkcs12_entry(&file, label, &at))
        status = fill_store_item(&file.list[at], item);
    else if (status == DAOTP_OK)
        status = DAOTP_REJECTED;
    daotp__pkcs12_free(&file);
    return status;
}

static daotp_status pkcs12_remove(void *given, const char *label, daotp_report *report)
{
    struct pkcs12_store *self = given;
    daotp__pkcs12 file = {.count = 0};
    daotp_status status;
    int folder;
    size_t at;

    if (!is_file_there(self))
        return DAOTP_REJECTED;
    status = lock_pkcs12_folder(self, LOCK_EX, &folder, report);
    if (status != DAOTP_OK)
        return status;
    status = load_pkcs12(self, &file, report);
    if (status == DAOTP_OK && !find_pkcs12_entry(&file, label, &at))
        status = DAOTP_REJECTED;
    if (status == DAOTP_OK) {
        daotp__pkcs12_drop(&file, at);
        status = save_pkcs12(self, folder, &file, report);
    }
    daotp__pkcs12_free(&file);
    (void)close(folder);
    return status;
}

static daotp_status pkcs12_list(void *given, daotp_store_label_fn tell, void *user,
                                daotp_report *report)
{
    struct pkcs12_store *self = given;
    daotp__pkcs12 file;
    daotp_status status = load_pkcs12(self, &file, report);

    for (size_t i = 0; i < file.count && status == DAOTP_OK; i++)
        status = tell(user, file.list[i].name);
    daotp__pkcs12_free(&file);
    return status;
}

/* As a put begins: the passphrase is asked for, and a file can be written there. */
static daotp_status pkcs12_check(void *given, const char *label, daotp_report *report)
{
    struct pkcs12_store *self = given;
    daotp__pkcs12 file = {.count = 0};
    daotp_status status;
    int folder;
    size_t at;

    status = lock_pkcs12_folder(self, LOCK_EX, &folder, report);
    if (status != DAOTP_OK)
        return status;
    status = load_pkcs12(self, &file, report);
    if (status == DAOTP_OK && file.count >= DAOTP__MAX_PKCS12_ENTRIES &&
        !find_pkcs12_entry(&file, label, &at))
        status = daotp__report_add(report, DAOTP_FINDING_STORE_FULL, 0, self->path, "%zu entries",
                                   file.count);
    if (status == DAOTP_OK)
        status = need_passphrase(self, !is_file_there(self), report);
    if (status == DAOTP_OK)
        status = daotp__file_can_save(self->path, report);
    daotp__pkcs12_free(&file);
    (void)close(folder);
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
    daotp__pkcs12 file = {.count = 0};
    daotp_status status;
    size_t dropped = 0;
    int folder;

    *removed = 0;
    if (!is_file_there(self))
        return DAOTP_OK;
    status = lock_pkcs12_folder(self, LOCK_EX, &folder, report);
    if (status != DAOTP_OK)
        return status;
    status = load_pkcs12(self, &file, report);
    if (status == DAOTP_OK)
        status = drop_expired(&file, check, user, &dropped);
    if (status == DAOTP_OK && dropped > 0)
        status = save_pkcs12(self, folder, &file, report);
    if (status == DAOTP_OK)
        *removed = dropped;
    daotp__pkcs12_free(&file);
    (void)close(folder);
    return status;
}

static void free_pkcs12_store(void *given)
{
    struct pkcs12_store *self = given;

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
