/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/crl_file.h"

#include "core/file.h"
#include "core/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* at: the offset at which copying starts. */
static bool copy_by_reading(int from, int to, off_t at, off_t len)
{
    uint8_t block[65536];

    while (at < len) {
        size_t want = len - at < (off_t)sizeof block ? (size_t)(len - at) : sizeof block;
        ssize_t n = pread(from, block, want, at);

        if (n < 0 && errno == EINTR)
            continue;
        if (n == 0)
            errno = ENODATA; /* the file is shorter than it was */
        if (n <= 0 || write(to, block, (size_t)n) != n)
            return false;
        at += n;
    }
    return true;
}

static bool copy_octets(int from, int to, off_t len)
{
    off_t at = 0;

    while (at < len) {
        ssize_t n = copy_file_range(from, &at, to, NULL, (size_t)(len - at), 0);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) /* another file system, or an old kernel */
            return copy_by_reading(from, to, at, len);
    }
    return true;
}

static bool map_file_copy(int from, off_t len, daotp__bytes *mapped)
{
    int to = memfd_create("daotp-crl", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    void *map = MAP_FAILED;

    if (to >= 0 && copy_octets(from, to, len) &&
        fcntl(to, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) == 0)
        map = mmap(NULL, (size_t)len, PROT_READ, MAP_SHARED | MAP_POPULATE, to, 0);
    if (to >= 0)
        (void)close(to);
    *mapped = (daotp__bytes){map, (size_t)len};
    return map != MAP_FAILED;
}

daotp_status daotp__crl_file_copy(int fd, off_t len, daotp__indexed_crl **out)
{
    daotp__bytes mapped;

    *out = NULL;
    return map_file_copy(fd, len, &mapped) ? daotp__indexed_crl_map(mapped, out) : DAOTP_INTERNAL;
}

/* The finding about its size; 0 when the size is fine. */
static int crl_size_error(const struct stat *stat)
{
    if (stat->st_size == 0)
        return ENODATA;
    return stat->st_size > DAOTP__MAX_CRL ? EFBIG : 0;
}

static const char *stat_error_text(int error, bool is_empty)
{
    return is_empty ? "the file is empty" : daotp__file_error_text(error);
}

daotp_status daotp__crl_file_open(daotp__crl_list *crls, const char *path, daotp_report *report)
{
    struct stat stat;
    int fd = daotp__file_open_regular(AT_FDCWD, path, O_RDONLY, &stat);
    daotp__bytes mapped = {NULL, 0};
    daotp_status status;
    bool ok =
        fd >= 0 && (errno = crl_size_error(&stat)) == 0 && map_file_copy(fd, stat.st_size, &mapped);

    if (ok)
        status = DAOTP_OK;
    else if (errno == ENOMEM)
        status = DAOTP_MEMORY;
    else
        status = daotp__report_add(report, DAOTP_FINDING_FILE_READ, errno, path, "%s",
                                   stat_error_text(errno, fd >= 0 && stat.st_size == 0));
    if (fd >= 0)
        (void)close(fd);
    if (ok)
        status = daotp__crl_list_take(crls, mapped, path, report);
    return daotp__report_status(report, status);
}
