/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/file.h"

#include "core/alloc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STEP = 4096 };

static ssize_t read_some(int fd, void *room, size_t len)
{
    ssize_t n;

    do
        n = read(fd, room, len);
    while (n < 0 && errno == EINTR);
    return n;
}

static bool read_all(int fd, daotp__buffer *out)
{
    uint8_t more;
    ssize_t n = 1;

    while (n > 0 && out->len < out->max) {
        size_t left = out->max - out->len;
        uint8_t *room = daotp__buffer_room(out, left < STEP ? left : STEP);

        if (room == NULL) {
            errno = ENOMEM;
            return false;
        }
        n = read_some(fd, room, left < STEP ? left : STEP);
        daotp__buffer_wrote(out, n > 0 ? (size_t)n : 0);
    }
    if (n > 0) { /* full: check whether more follows */
        n = read_some(fd, &more, 1);
        if (n > 0)
            errno = EFBIG;
    }
    return n == 0;
}

static void close_keeping_errno(int fd)
{
    int saved = errno;

    (void)close(fd); /* the file was only read, so a failure of close() loses nothing */
    errno = saved;
}

int daotp__file_open_regular(int dir, const char *name, int flags, struct stat *st)
{
    int fd = openat(dir, name, flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);

    if (fd < 0) {
        if (errno == ENXIO) /* a socket; a FIFO that nobody reads; a device without a driver */
            errno = EINVAL;
        return -1;
    }
    if (fstat(fd, st) == 0) {
        if (S_ISREG(st->st_mode))
            return fd;
        errno = S_ISDIR(st->st_mode) ? EISDIR : EINVAL;
    }
    close_keeping_errno(fd);
    return -1;
}

const char *daotp__file_error_text(int error)
{
    return error == EINVAL ? "not a regular file" : strerrordesc_np(error);
}

daotp_status daotp__file_check_secret(const struct stat *st, const char *subject,
                                      daotp_report *report)
{
    if ((st->st_mode & 077) == 0 && (st->st_uid == geteuid() || st->st_uid == 0))
        return DAOTP_OK;
    return daotp__report_add(report, DAOTP_FINDING_FILE_OPEN_TO_OTHERS, 0, subject,
                             "mode %04o, owner %u", (unsigned)st->st_mode & 07777,
                             (unsigned)st->st_uid);
}

daotp_status daotp__file_check_own(const struct stat *st, const char *subject, daotp_report *report)
{
    if ((st->st_mode & 022) == 0 && (st->st_uid == geteuid() || st->st_uid == 0))
        return DAOTP_OK;
    return daotp__report_add(report, DAOTP_FINDING_CONFIG_OWNER, 0, subject, "mode %04o, owner %u",
                             (unsigned)st->st_mode & 07777, (unsigned)st->st_uid);
}

daotp__file_mark daotp__file_mark_of(const struct stat *st)
{
    return (daotp__file_mark){.device = (int64_t)st->st_dev,
                              .inode = (int64_t)st->st_ino,
                              .size = st->st_size,
                              .mtime_s = st->st_mtim.tv_sec,
                              .mtime_ns = st->st_mtim.tv_nsec,
                              .ctime_s = st->st_ctim.tv_sec,
                              .ctime_ns = st->st_ctim.tv_nsec};
}

daotp__file_mark daotp__file_mark_path(const char *path)
{
    struct stat st;

    if (stat(path, &st) != 0)
        return (daotp__file_mark){.inode = -1};
    return daotp__file_mark_of(&st);
}

bool daotp__file_mark_equal(const daotp__file_mark *a, const daotp__file_mark *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           a->mtime_s == b->mtime_s && a->mtime_ns == b->mtime_ns && a->ctime_s == b->ctime_s &&
           a->ctime_ns == b->ctime_ns;
}

bool daotp__file_read_at(int dir, const char *name, daotp__buffer *out, struct stat *st)
{
    int fd = daotp__file_open_regular(dir, name, O_RDONLY | O_NOFOLLOW, st);
    bool ok;

    if (fd < 0)
        return false;
    ok = read_all(fd, out);
    close_keeping_errno(fd);
    return ok;
}

static daotp_status cannot_read(daotp_report *report, const char *path)
{
    if (errno == ENOMEM)
        return daotp__report_status(report, DAOTP_MEMORY);
    return daotp__report_add(report, DAOTP_FINDING_FILE_READ, errno, path, "%s",
                             daotp__file_error_text(errno));
}

typedef daotp_status check_file_fn(const struct stat *st, const char *path, daotp_report *report);

/* check: NULL: no check. */
static daotp_status read_checked_file(const char *path, check_file_fn *check, daotp__buffer *out,
                                      daotp_report *report)
{
    struct stat st;
    int fd = daotp__file_open_regular(AT_FDCWD, path, O_RDONLY, &st);
    daotp_status status = DAOTP_OK;

    if (fd < 0)
        return cannot_read(report, path);
    if (check != NULL)
        status = check(&st, path, report);
    if (status == DAOTP_OK && !read_all(fd, out))
        status = cannot_read(report, path);
    close_keeping_errno(fd);
    return status;
}

daotp_status daotp__file_read(const char *path, bool secret, daotp__buffer *out,
                              daotp_report *report)
{
    return read_checked_file(path, secret ? daotp__file_check_secret : NULL, out, report);
}

daotp_status daotp__file_read_own(const char *path, daotp__buffer *out, daotp_report *report)
{
    return read_checked_file(path, daotp__file_check_own, out, report);
}

static bool write_all(int fd, const uint8_t *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        bytes += n;
        len -= (size_t)n;
    }
    return true;
}

bool daotp__file_create(int dir, const char *name, const void *bytes, size_t len)
{
    int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool ok;

    if (fd < 0)
        return false;
    ok = write_all(fd, bytes, len) && fsync(fd) == 0;
    if (close(fd) != 0)
        ok = false;
    if (!ok) {
        int saved = errno;

        (void)unlinkat(dir, name, 0); /* best effort: the name is a temporary one */
        errno = saved;
    }
    return ok;
}

/* The temporary name of the file while it is being written. */
static bool create_temporary(int dir, const char *name, const void *bytes, size_t len,
                             char temporary[DAOTP__MAX_TEXT])
{
    if (snprintf(temporary, DAOTP__MAX_TEXT, ".%s.%ld.new", name, (long)getpid()) >=
        DAOTP__MAX_TEXT) {
        errno = ENAMETOOLONG;
        return false;
    }
    if (unlinkat(dir, temporary, 0) != 0 && errno != ENOENT)
        return false;
    return daotp__file_create(dir, temporary, bytes, len);
}

static bool write_file(int dir, const char *name, const void *bytes, size_t len, bool is_durable)
{
    char temporary[DAOTP__MAX_TEXT];
    int saved;

    if (!create_temporary(dir, name, bytes, len, temporary))
        return false;
    if (renameat(dir, temporary, dir, name) == 0 && (!is_durable || fsync(dir) == 0))
        return true;
    saved = errno;
    (void)unlinkat(dir, temporary, 0); /* best effort */
    errno = saved;
    return false;
}

bool daotp__file_write_durable(int dir, const char *name, const void *bytes, size_t len)
{
    return write_file(dir, name, bytes, len, true);
}

bool daotp__file_write_late(int dir, const char *name, const void *bytes, size_t len)
{
    return write_file(dir, name, bytes, len, false);
}

const struct dirent *daotp__file_next_entry(DIR *folder)
{
    errno = 0;
    return readdir(folder);
}

static daotp_status cannot_write(daotp_report *report, const char *path)
{
    return daotp__report_add(report, DAOTP_FINDING_FILE_WRITE, errno, path, "%s",
                             daotp__file_error_text(errno));
}

typedef bool (*write_fn)(int dir, const char *name, const void *bytes, size_t len);

bool daotp__file_can_replace(int dir, const char *name)
{
    struct stat st;

    if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT;
    if (S_ISREG(st.st_mode))
        return true;
    errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
    return false;
}

/* Open relative to the folder of a path, by the last component. */
static daotp_status write_at(const char *path, write_fn write, const void *bytes, size_t len,
                             daotp_report *report)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    char *folder = daotp__text_copy_n(path, (size_t)(name - path));
    daotp_status status = DAOTP_OK;
    int dir;

    if (folder == NULL)
        return daotp__report_status(report, DAOTP_MEMORY);
    dir = open(*folder == '\0' ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0 || !daotp__file_can_replace(dir, name) || !write(dir, name, bytes, len))
        status = cannot_write(report, path);
    if (dir >= 0)
        (void)close(dir);
    daotp__delete(folder);
    return status;
}

daotp_status daotp__file_save(const char *path, const void *bytes, size_t len, daotp_report *report)
{
    return write_at(path, daotp__file_write_durable, bytes, len, report);
}

static bool try_out(int dir, const char *name, const void *bytes, size_t len)
{
    char temporary[DAOTP__MAX_TEXT];

    return create_temporary(dir, name, bytes, len, temporary) && unlinkat(dir, temporary, 0) == 0;
}

daotp_status daotp__file_can_save(const char *path, daotp_report *report)
{
    return write_at(path, try_out, " ", 1, report);
}
