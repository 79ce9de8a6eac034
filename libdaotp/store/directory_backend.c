/* SPDX-License-Identifier: BSD-2-Clause */
/* A store in a directory: LABEL/key.pem and LABEL/cert.pem. An entry is written completely under a
 * temporary name that begins with a dot, made durable, and moved to its name by one rename; if
 * there is an old entry the two are exchanged, so that an entry exists at every moment. A lock file
 * excludes other processes. */
#include "core/alloc.h"
#include "core/file.h"
#include "core/limits.h"
#include "core/report.h"
#include "store/lock.h"

#include <daotp/sys/store_backend.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct directory {
    char *path, *above; /* the folder that holds it */
};

/* An open and locked directory. */
struct hold {
    int dir, lock;
};

static daotp_status refuse_store(const struct directory *self, daotp_finding_number number,
                                 daotp_report *report)
{
    return daotp__report_add(report, number, errno, self->path, "%s", strerrordesc_np(errno));
}

/* ---- opening and locking --------------------------------------------------------------------- */

/* Make the directory, and its name durable in the folder above it. */
static bool make_directory(const struct directory *self)
{
    int dir;
    bool ok;

    if (mkdir(self->path, 0700) != 0)
        return errno == EEXIST;
    dir = open(self->above, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ok = dir >= 0 && fsync(dir) == 0;
    if (dir >= 0)
        (void)close(dir);
    return ok;
}

/* A missing directory means an empty store; a dangling link does not. */
static daotp_status explain_missing(const struct directory *self, daotp_report *report)
{
    struct stat st;

    if (errno != ENOENT)
        return refuse_store(self, DAOTP_FINDING_FILE_READ, report);
    if (lstat(self->path, &st) != 0)
        return DAOTP_REJECTED;
    return daotp__report_add(report, DAOTP_FINDING_FILE_READ, ENOENT, self->path,
                             "a link that leads nowhere");
}

/* The mode is checked on the open descriptor, not by name. */
static daotp_status open_directory(const struct directory *self, bool make, int *dir,
                                   daotp_report *report)
{
    struct stat st;

    if (make && !make_directory(self))
        return refuse_store(self, DAOTP_FINDING_STORE_WRITE, report);
    *dir = open(self->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*dir < 0)
        return explain_missing(self, report);
    if (fstat(*dir, &st) != 0 || (st.st_mode & 077) != 0 || st.st_uid != geteuid())
        return daotp__report_add(report, DAOTP_FINDING_STORE_MODE, 0, self->path,
                                 "mode %04o, owner %u", (unsigned)st.st_mode & 07777,
                                 (unsigned)st.st_uid);
    return DAOTP_OK;
}

/* On a read-only directory without a lock file no other process can write. */
static bool needs_no_lock(int dir, int how)
{
    return how == LOCK_SH && (errno == EACCES || errno == EPERM || errno == EROFS) &&
           faccessat(dir, ".lock", F_OK, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT;
}

static daotp_status lock_store(const struct directory *self, int how, struct hold *hold,
                               daotp_report *report)
{
    const int access = how == LOCK_SH ? O_RDONLY : O_RDWR;
    struct stat st;

    hold->lock = daotp__file_open_regular(hold->dir, ".lock", access | O_CREAT | O_NOFOLLOW, &st);
    if (hold->lock < 0 && needs_no_lock(hold->dir, how))
        return DAOTP_OK;
    if (hold->lock < 0)
        return daotp__report_add(report, DAOTP_FINDING_STORE_WRITE, errno, self->path, ".lock: %s",
                                 daotp__file_error_text(errno));
    return daotp__store_lock(hold->lock, how, self->path, report);
}

static void release_store(struct hold *hold)
{
    if (hold->lock >= 0)
        (void)close(hold->lock); /* closing it releases the lock */
    if (hold->dir >= 0)
        (void)close(hold->dir);
}

static daotp_status take_store(const struct directory *self, bool make, int how, struct hold *hold,
                               daotp_report *report)
{
    daotp_status status;

    hold->dir = hold->lock = -1;
    status = open_directory(self, make, &hold->dir, report);
    if (status == DAOTP_OK)
        status = lock_store(self, how, hold, report);
    if (status != DAOTP_OK)
        release_store(hold);
    return status;
}

/* ---- entries --------------------------------------------------------------------------------- */

static DIR *open_stream(int dir, const char *name)
{
    int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    DIR *stream = fd >= 0 ? fdopendir(fd) : NULL;

    if (stream == NULL && fd >= 0)
        (void)close(fd);
    return stream;
}

/* Keeps errno, which has an earlier error. */
static void close_stream(DIR *stream)
{
    int saved = errno;

    (void)closedir(stream);
    errno = saved;
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static bool remove_tree(int dir, const char *name, unsigned depth);

/* An entry's folder belongs to the store: other files in it (an editor's backup, a folder) are
 * removed with it. */
static bool remove_folder(int dir, const char *name, unsigned depth)
{
    DIR *stream = depth > 0 ? open_stream(dir, name) : NULL;
    const struct dirent *file;
    bool ok = true;

    if (depth == 0)
        errno = ELOOP;
    if (stream == NULL)
        return errno == ENOENT;
    while (ok && (file = daotp__file_next_entry(stream)) != NULL)
        ok = is_dots(file->d_name) || remove_tree(dirfd(stream), file->d_name, depth - 1);
    ok = ok && errno == 0;
    close_stream(stream);
    return ok && unlinkat(dir, name, AT_REMOVEDIR) == 0;
}

/* Remove a folder or any other file. A link is removed, not its target. */
static bool remove_tree(int dir, const char *name, unsigned depth)
{
    if (unlinkat(dir, name, 0) == 0 || errno == ENOENT)
        return true;
    if (errno != EISDIR && errno != EPERM) /* EPERM: the error of POSIX for a folder */
        return false;
    return remove_folder(dir, name, depth);
}

/* True also when there is no such entry. */
static bool remove_entry(int dir, const char *name)
{
    return remove_tree(dir, name, DAOTP__MAX_ENTRY_DEPTH);
}

static daotp_status tell_all(int dir, daotp_store_label_fn tell, void *user)
{
    daotp_status status = DAOTP_OK;
    DIR *stream = open_stream(dir, ".");
    const struct dirent *entry;

    if (stream == NULL)
        return DAOTP_INTERNAL;
    while (status == DAOTP_OK && (entry = daotp__file_next_entry(stream)) != NULL)
        if (entry->d_name[0] != '.')
            status = tell(user, entry->d_name);
    if (status == DAOTP_OK && errno != 0)
        status = DAOTP_INTERNAL; /* a list with entries missing is no list */
    (void)closedir(stream);
    return status;
}

static bool entry_exists(int dir, const char *label)
{
    return faccessat(dir, label, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* The temporary name of an entry that is being written or removed. */
static const char prefix[] = ".new-";

static void name_temporary(char temporary[DAOTP__MAX_LABEL + 16], const char *label)
{
    (void)snprintf(temporary, DAOTP__MAX_LABEL + 16, "%s%s", prefix, label);
}

static daotp_status count_one(void *user, const char *label)
{
    size_t *count = user;

    (void)label;
    (*count)++;
    return DAOTP_OK;
}

struct parts {
    daotp__bytes certificates, key;
};

static struct parts item_parts(const daotp_store_item *item)
{
    struct parts parts;

    parts.certificates.data = daotp_store_item_get_certificates(item, &parts.certificates.len);
    parts.key.data = daotp_store_item_get_key(item, &parts.key.len);
    return parts;
}

/* The key is written first, so that no certificate is ever without its key. */
static bool write_entry(int dir, const char *name, const struct parts *parts)
{
    int folder;
    bool ok;

    if (mkdirat(dir, name, 0700) != 0)
        return false;
    folder = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (folder < 0)
        return false;
    ok =
        daotp__file_create(folder, "key.pem", parts->key.data, parts->key.len) &&
        daotp__file_create(folder, "cert.pem", parts->certificates.data, parts->certificates.len) &&
        fsync(folder) == 0;
    return close(folder) == 0 && ok;
}

/* One rename installs the new entry; the replaced one then has the temporary name. */
static bool put_in_place(int dir, const char *temporary, const char *label)
{
    return renameat2(dir, temporary, dir, label, RENAME_NOREPLACE) == 0 ||
           (errno == EEXIST && renameat2(dir, temporary, dir, label, RENAME_EXCHANGE) == 0);
}

/* The file system counts the folders in a folder: each is a link to the one above, beside its own
 * two. Some do not count, and say 1; a file is not counted, and is no entry. */
static bool has_few_folders(int dir)
{
    struct stat st;

    return fstat(dir, &st) == 0 && st.st_nlink >= 2 && st.st_nlink - 2 < DAOTP__MAX_ENTRIES;
}

/* To read all names at each put would make many puts quadratic. */
static daotp_status find_room(const struct directory *self, int dir, const char *label,
                              daotp_report *report)
{
    size_t count = 0;

    if (!entry_exists(dir, label) && !has_few_folders(dir) &&
        tell_all(dir, count_one, &count) == DAOTP_OK && count >= DAOTP__MAX_ENTRIES)
        return daotp__report_add(report, DAOTP_FINDING_STORE_FULL, 0, self->path, "%zu entries",
                                 count);
    return DAOTP_OK;
}

static daotp_status put_locked(const struct directory *self, int dir, const char *label,
                               const daotp_store_item *item, daotp_report *report)
{
    char temporary[DAOTP__MAX_LABEL + 16];
    const struct parts parts = item_parts(item);
    daotp_status status = find_room(self, dir, label, report);
    size_t findings = daotp_report_get_count(report);

    if (status != DAOTP_OK)
        return status;
    name_temporary(temporary, label);
    /* remove the files of an interrupted put: we hold the lock, so no other process uses them */
    if (!remove_entry(dir, temporary) || !write_entry(dir, temporary, &parts) ||
        !put_in_place(dir, temporary, label))
        status = refuse_store(self, DAOTP_FINDING_STORE_WRITE, report);
    else if (fsync(dir) !=
             0) /* the new entry may not be durable, so the old one must not be removed */
        return refuse_store(self, DAOTP_FINDING_STORE_UNSURE, report);
    if (!remove_entry(dir, temporary) && status == DAOTP_OK) {
        (void)refuse_store(self, DAOTP_FINDING_STORE_REMOVE, report);
        daotp_report_downgrade_errors(report, findings); /* the new entry is stored nevertheless */
    }
    return status;
}

static daotp_status put_item(void *given, const char *label, const daotp_store_item *item,
                             daotp_report *report)
{
    const struct directory *self = given;
    struct hold hold;
    daotp_status status = take_store(self, true, LOCK_EX, &hold, report);

    if (status != DAOTP_OK)
        return status;
    status = put_locked(self, hold.dir, label, item, report);
    release_store(&hold);
    return status;
}

/* Write an entry under the temporary name like a put, then remove it. */
static daotp_status check_locked(const struct directory *self, int dir, const char *label,
                                 daotp_report *report)
{
    uint8_t blank = ' ';
    const struct parts parts = {.certificates = {&blank, 1}, .key = {&blank, 1}};
    char temporary[DAOTP__MAX_LABEL + 16];
    daotp_status status = find_room(self, dir, label, report);

    if (status != DAOTP_OK)
        return status;
    name_temporary(temporary, label);
    if (!remove_entry(dir, temporary) || !write_entry(dir, temporary, &parts))
        status = refuse_store(self, DAOTP_FINDING_STORE_WRITE, report);
    if (!remove_entry(dir, temporary) && status == DAOTP_OK)
        status = refuse_store(self, DAOTP_FINDING_STORE_WRITE, report);
    return status;
}

static daotp_status check_put(void *given, const char *label, daotp_report *report)
{
    const struct directory *self = given;
    struct hold hold;
    daotp_status status = take_store(self, true, LOCK_EX, &hold, report);

    if (status != DAOTP_OK)
        return status;
    status = check_locked(self, hold.dir, label, report);
    release_store(&hold);
    return status;
}

static daotp_status check_key_file(const struct directory *self, const char *label,
                                   const struct stat *st, daotp_report *report)
{
    char path[DAOTP__MAX_TEXT];

    (void)snprintf(path, sizeof path, "%s/%s/key.pem", self->path, label); /* cut when too long */
    return daotp__file_check_secret(st, path, report);
}

/* The two files of an entry. */
struct read_parts {
    daotp__buffer certificates, key;
};

static daotp_status read_entry(const struct directory *self, int folder, const char *label,
                               struct read_parts *parts, daotp_report *report)
{
    struct stat st;

    if (daotp__file_read_at(folder, "key.pem", &parts->key, &st)) {
        daotp_status status = check_key_file(self, label, &st, report);

        if (status != DAOTP_OK ||
            daotp__file_read_at(folder, "cert.pem", &parts->certificates, &st))
            return status;
    }
    if (parts->key.failed == DAOTP_MEMORY || parts->certificates.failed == DAOTP_MEMORY)
        return DAOTP_MEMORY;
    return daotp__report_add(report, DAOTP_FINDING_STORE_DAMAGED, errno, label, "%s",
                             daotp__file_error_text(errno));
}

static daotp_status read_item(const struct directory *self, int folder, const char *label,
                              daotp_store_item *item, daotp_report *report)
{
    struct read_parts parts;
    daotp_status status;

    daotp__buffer_init(&parts.certificates, DAOTP__MAX_STORE_CERTIFICATES);
    daotp__buffer_init_secret(&parts.key, DAOTP__MAX_KEY_FILE);
    status = read_entry(self, folder, label, &parts, report);
    if (status == DAOTP_OK)
        status = daotp_store_item_set(item, parts.certificates.data, parts.certificates.len,
                                      parts.key.data, parts.key.len);
    daotp__buffer_free(&parts.certificates);
    daotp__buffer_free(&parts.key);
    return status;
}

static daotp_status get_locked(const struct directory *self, int dir, const char *label,
                               daotp_store_item *item, daotp_report *report)
{
    int folder = openat(dir, label, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    daotp_status status;

    if (folder < 0)
        return errno == ENOENT ? DAOTP_REJECTED
                               : refuse_store(self, DAOTP_FINDING_STORE_DAMAGED, report);
    status = read_item(self, folder, label, item, report);
    (void)close(folder);
    return status;
}

static daotp_status get_item(void *given, const char *label, daotp_store_item *item,
                             daotp_report *report)
{
    const struct directory *self = given;
    struct hold hold;
    daotp_status status = take_store(self, false, LOCK_SH, &hold, report);

    if (status != DAOTP_OK)
        return status;
    status = get_locked(self, hold.dir, label, item, report);
    release_store(&hold);
    return status;
}

/* First rename the entry, so that nobody sees half of it; then delete it. */
static daotp_status remove_locked(const struct directory *self, int dir, const char *label,
                                  daotp_report *report)
{
    char temporary[DAOTP__MAX_LABEL + 16];
    daotp_status status = DAOTP_OK;

    name_temporary(temporary, label);
    if (!remove_entry(dir, temporary))
        return refuse_store(self, DAOTP_FINDING_STORE_REMOVE, report);
    if (!entry_exists(dir, label))
        return DAOTP_REJECTED;
    if (renameat(dir, label, dir, temporary) != 0)
        return refuse_store(self, DAOTP_FINDING_STORE_REMOVE, report);
    if (fsync(dir) != 0) /* the key is deleted nevertheless */
        status = refuse_store(self, DAOTP_FINDING_STORE_UNSURE, report);
    if (!remove_entry(dir, temporary))
        status = refuse_store(self, DAOTP_FINDING_STORE_REMOVE, report);
    return status;
}

static daotp_status remove_item(void *given, const char *label, daotp_report *report)
{
    const struct directory *self = given;
    struct hold hold;
    daotp_status status = take_store(self, false, LOCK_EX, &hold, report);

    if (status != DAOTP_OK)
        return status;
    status = remove_locked(self, hold.dir, label, report);
    release_store(&hold);
    return status;
}

/* ---- entries that have expired --------------------------------------------------------------- */

struct expiry {
    const struct directory *self;
    int dir;
    daotp_store_expired_fn check;
    void *user;
    size_t removed;
    daotp_report *report;
};

static daotp_status expire_one(void *user, const char *label)
{
    struct expiry *expiry = user;
    size_t findings = daotp_report_get_count(expiry->report);
    daotp_store_item *item;
    daotp_status status;

    if (!daotp_store_is_label(label)) /* not an entry of the store */
        return DAOTP_OK;
    status = daotp_store_item_new(&item);
    if (status == DAOTP_OK)
        status = get_locked(expiry->self, expiry->dir, label, item, expiry->report);
    if (status == DAOTP_CONFIGURATION) { /* a damaged entry is kept */
        daotp_report_downgrade_errors(expiry->report, findings);
        status = DAOTP_REJECTED;
    }
    if (status == DAOTP_OK)
        status = expiry->check(expiry->user, label, item);
    daotp_store_item_free(item);
    if (status == DAOTP_OK) {
        status = remove_locked(expiry->self, expiry->dir, label, expiry->report);
        expiry->removed += status == DAOTP_OK;
    }
    return status == DAOTP_REJECTED ? DAOTP_OK : status;
}

/* Remove the temporary entries of interrupted puts, which hold keys. We hold the lock, so no other
 * process uses them. */
static daotp_status sweep_temporaries(const struct directory *self, int dir, daotp_report *report)
{
    DIR *stream = open_stream(dir, ".");
    const struct dirent *entry;
    bool ok = stream != NULL;

    while (ok && (entry = daotp__file_next_entry(stream)) != NULL)
        if (strncmp(entry->d_name, prefix, sizeof prefix - 1) == 0)
            ok = remove_entry(dir, entry->d_name);
    ok = ok && errno == 0;
    if (stream != NULL)
        (void)closedir(stream);
    return ok ? DAOTP_OK : refuse_store(self, DAOTP_FINDING_STORE_REMOVE, report);
}

static daotp_status expire_items(void *given, daotp_store_expired_fn check, void *user,
                                 size_t *removed, daotp_report *report)
{
    const struct directory *self = given;
    struct hold hold;
    daotp_status status = take_store(self, false, LOCK_EX, &hold, report);
    struct expiry expiry = {self, hold.dir, check, user, 0, report};

    if (status == DAOTP_REJECTED) /* nothing was put yet */
        return DAOTP_OK;
    if (status != DAOTP_OK)
        return status;
    status = tell_all(hold.dir, expire_one, &expiry);
    *removed = expiry.removed;
    if (status == DAOTP_OK)
        status = sweep_temporaries(self, hold.dir, report);
    release_store(&hold);
    return status;
}

static daotp_status list_labels(void *given, daotp_store_label_fn tell, void *user,
                                daotp_report *report)
{
    struct hold hold;
    daotp_status status = take_store(given, false, LOCK_SH, &hold, report);

    if (status == DAOTP_REJECTED) /* nothing was put yet */
        return DAOTP_OK;
    if (status != DAOTP_OK)
        return status;
    status = tell_all(hold.dir, tell, user);
    release_store(&hold);
    return status;
}

static void free_directory(void *given)
{
    struct directory *self = given;

    daotp__delete(self->path);
    daotp__delete(self->above);
    daotp__delete(self);
}

static const daotp_store_backend backend = {
    .size = sizeof backend,
    .put = put_item,
    .get = get_item,
    .remove = remove_item,
    .list = list_labels,
    .free = free_directory,
    .check = check_put,
    .expire = expire_items,
    .abilities = DAOTP_STORE_IS_DURABLE | DAOTP_STORE_IS_SHARED | DAOTP_STORE_HOLDS_MANY |
                 DAOTP_STORE_TAKES_KEYS | DAOTP_STORE_GIVES_KEYS | DAOTP_STORE_TELLS_FULL};

daotp_status daotp_store_new_directory(daotp_context *context, const char *path,
                                       daotp_store **store)
{
    struct directory *self;
    const char *slash;

    if (store == NULL)
        return DAOTP_USAGE;
    *store = NULL;
    if (context == NULL || path == NULL || *path == '\0')
        return DAOTP_USAGE;
    self = daotp__new(sizeof *self);
    if (self == NULL)
        return DAOTP_MEMORY;
    slash = strrchr(path, '/');
    self->path = daotp__text_copy(path);
    self->above = slash == NULL ? daotp__text_copy(".")
                                : daotp__text_copy_n(path, (size_t)(slash - path) + 1);
    if (self->path == NULL || self->above == NULL) {
        free_directory(self);
        return DAOTP_MEMORY;
    }
    return daotp_store_new(context, &backend, self, store);
}
