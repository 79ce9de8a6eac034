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

static bool read_all(int fd, daotp__buffer *out)
{
    for (;;) {
        size_t left = out->max - out->len; /* one byte more than fits shows what is too large */
        uint8_t *room = daotp__buffer_room(out, left < STEP && left > 0 ? left : STEP);
        ssize_t n;

        if (room == NULL)
            break;
        n = read(fd, room, left < STEP ? left : STEP);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n == 0;
        daotp__buffer_wrote(out, (size_t)n);
    }
    errno = out->failed == DAOTP_MEMORY ? ENOMEM : EFBIG;
    return false;
}

bool daotp__file_read_at(int dir, const char *name, daotp__buffer *out)
{
    int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    int saved;
    bool ok;

    if (fd < 0)
        return false;
    ok = read_all(fd, out);
    saved = errno;
    (void)close(fd); /* nothing was written: a failure here loses nothing */
    errno = saved;
    return ok;
}

daotp_status daotp__file_read(const char *path, bool secret, daotp__buffer *out,
                              daotp_report *report)
{
    struct stat st;

    if (stat(path, &st) != 0)
        return daotp__report_add(report, DAOTP_FINDING_FILE_READ, errno, path, "%s",
                                 strerrordesc_np(errno));
    if (secret && (st.st_mode & 077) != 0)
        return daotp__report_add(report, DAOTP_FINDING_FILE_OPEN_TO_OTHERS, 0, path, "mode %04o",
                                 (unsigned)st.st_mode & 07777);
    if (!daotp__file_read_at(AT_FDCWD, path, out))
        return errno == ENOMEM ? daotp__report_status(report, DAOTP_MEMORY)
                               : daotp__report_add(report, DAOTP_FINDING_FILE_READ, errno, path,
                                                   "%s", strerrordesc_np(errno));
    return DAOTP_OK;
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

bool daotp__file_write_durable(int dir, const char *name, const void *bytes, size_t len)
{
    char temporary[DAOTP__MAX_TEXT];
    int saved;

    if (snprintf(temporary, sizeof temporary, ".%s.%ld.new", name, (long)getpid()) >=
        (int)sizeof temporary) {
        errno = ENAMETOOLONG;
        return false;
    }
    if (unlinkat(dir, temporary, 0) != 0 && errno != ENOENT)
        return false;
    if (!daotp__file_create(dir, temporary, bytes, len))
        return false;
    if (renameat(dir, temporary, dir, name) == 0 && fsync(dir) == 0)
        return true;
    saved = errno;
    (void)unlinkat(dir, temporary, 0); /* best effort */
    errno = saved;
    return false;
}

static daotp_status cannot_write(daotp_report *report, const char *path)
{
    return daotp__report_add(report, DAOTP_FINDING_FILE_WRITE, errno, path, "%s",
                             strerrordesc_np(errno));
}

daotp_status daotp__file_save(const char *path, const void *bytes, size_t len, daotp_report *report)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash == NULL ? daotp__text_copy(".")
                                 : daotp__text_copy_n(path, (size_t)(slash - path) + 1);
    daotp_status status = DAOTP_OK;
    int dir;

    if (folder == NULL)
        return daotp__report_status(report, DAOTP_MEMORY);
    dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0 || !daotp__file_write_durable(dir, slash == NULL ? path : slash + 1, bytes, len))
        status = cannot_write(report, path);
    if (dir >= 0)
        (void)close(dir);
    daotp__delete(folder);
    return status;
}
