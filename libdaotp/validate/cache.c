/* SPDX-License-Identifier: BSD-2-Clause */
#include "validate/cache.h"

#include "core/alloc.h"
#include "core/file.h"
#include "core/limits.h"
#include "x509/crl_file.h"
#include "x509/crl_index.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the folder ------------------------------------------------------------------------------ */

void daotp__cache_open(daotp__cache *cache, const char *folder, daotp_report *report)
{
    struct stat st;

    cache->dir = cache->fetch_lock = -1;
    if (folder == NULL)
        return;
    (void)mkdir(folder, 0700); /* it may exist already */
    cache->dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (cache->dir >= 0 && fstat(cache->dir, &st) == 0 && st.st_uid == geteuid() &&
        (st.st_mode & 077) == 0)
        return;
    if (cache->dir < 0)
        (void)daotp__report_add(report, DAOTP_FINDING_CACHE_FOLDER, errno, folder, "%s",
                                strerrordesc_np(errno));
    else
        (void)daotp__report_add(report, DAOTP_FINDING_CACHE_FOLDER, 0, folder, "open to others");
    daotp__cache_close(cache);
}

void daotp__cache_close(daotp__cache *cache)
{
    daotp__cache_unlock(cache);
    if (cache->dir >= 0)
        (void)close(cache->dir);
    cache->dir = -1;
}

/* The name of a file for this URL: the digest of the URL in hex, then the kind of file. */
static bool name_of(const char *url, const char *kind, char *name, size_t room)
{
    uint8_t digest[DAOTP__HASH_MAX];

    if (!daotp__hash_bytes(DAOTP__HASH_SHA256, (daotp__bytes){(const uint8_t *)url, strlen(url)},
                           digest))
        return false;
    for (size_t i = 0; i < 16; i++)
        (void)snprintf(name + 2 * i, room - 2 * i, "%02x", (unsigned)digest[i]);
    (void)snprintf(name + 32, room - 32, ".%s", kind);
    return true;
}

enum { NAME = 64 };

/* Report a failed open() by errno: the name is not a regular file of this user, or no file can
 * be created in the folder. */
static void report_file(const char *name, daotp_report *report)
{
    bool is_odd = errno == EINVAL || errno == EISDIR || errno == ELOOP || errno == EACCES;

    (void)daotp__report_add(report, is_odd ? DAOTP_FINDING_CACHE_FILE : DAOTP_FINDING_CACHE_FOLDER,
                            errno, name, "%s", daotp__file_error_text(errno));
}

/* Open a file of the folder. A file that is too large or not regular counts as missing. */
static int open_file(int dir, const char *name, struct stat *st)
{
    int fd = daotp__file_open_regular(dir, name, O_RDONLY | O_NOFOLLOW, st);

    if (fd >= 0 && st->st_size > 0 && st->st_size <= DAOTP__MAX_CRL)
        return fd;
    if (fd >= 0)
        (void)close(fd);
    return -1;
}

/* Map the file private and writable, so that checked content cannot change. */
static bool map_file(int fd, const struct stat *st, daotp__bytes *mapped)
{
    void *map = mmap(NULL, (size_t)st->st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);

    *mapped = (daotp__bytes){map, (size_t)st->st_size};
    return map != MAP_FAILED;
}

/* ---- what was verified ----------------------------------------------------------------------- */

/* The ctime cannot be set, so a writer who restores the mtime is noticed at once. Changes within
 * one tick of the file system's clock are noticed by the digests only. */
static daotp__crl_stamp stamp_of(const struct stat *st)
{
    return (daotp__crl_stamp){(uint64_t)st->st_size,        (uint64_t)st->st_ino,
                              (uint64_t)st->st_mtim.tv_sec, (uint64_t)st->st_mtim.tv_nsec,
                              (uint64_t)st->st_ctim.tv_sec, (uint64_t)st->st_ctim.tv_nsec};
}

static bool map_index(const daotp__cache *cache, const char *url, daotp__bytes *mapped)
{
    char name[NAME];
    struct stat st;
    bool is_mapped;
    int fd;

    if (!name_of(url, "index", name, sizeof name))
        return false;
    fd = open_file(cache->dir, name, &st);
    if (fd < 0)
        return false;
    is_mapped = map_file(fd, &st, mapped);
    (void)close(fd);
    return is_mapped;
}

/* Open a CRL with the index beside it; NULL if the two do not match. */
static daotp__indexed_crl *restore_cached_crl(const daotp__cache *cache, const char *url, int fd,
                                              const struct stat *st)
{
    daotp__crl_stamp stamp = stamp_of(st);
    daotp__indexed_crl *indexed = NULL;
    daotp__crl_stored stored;
    daotp__bytes index, crl;

    if (!map_index(cache, url, &index))
        return NULL;
    if (!daotp__crl_index_read(index, &stamp, &stored) || !map_file(fd, st, &crl) ||
        daotp__indexed_crl_map(crl, &indexed) != DAOTP_OK) {
        (void)munmap((void *)index.data, index.len);
        return NULL;
    }
    if (daotp__indexed_crl_restore(indexed, &stored, index))
        return indexed;
    daotp__indexed_crl_free(indexed);
    return NULL;
}

static void store_index(const daotp__cache *cache, const char *url, const char *crl_name,
                        daotp__indexed_crl *indexed)
{
    daotp__crl_index_data data;
    daotp__crl_stamp stamp;
    daotp__buffer out;
    struct stat st;
    char name[NAME];

    if (!daotp__indexed_crl_export(indexed, &data) || fstatat(cache->dir, crl_name, &st, 0) != 0 ||
        !name_of(url, "index", name, sizeof name))
        return;
    stamp = stamp_of(&st);
    daotp__buffer_init(&out, DAOTP__MAX_CRL);
    if (daotp__crl_index_write(indexed, &data, &stamp,
                               &out) && /* on failure the next process verifies the CRL again */
        daotp__file_write_durable(cache->dir, name, out.data, out.len))
        daotp__indexed_crl_note_stored(indexed);
    daotp__buffer_free(&out);
}

/* ---- CRLs ------------------------------------------------------------------------------------ */

void daotp__cache_check(const daotp__cache *cache, const char *url, daotp_report *report)
{
    static const char *const kinds[] = {"crl", "index"};
    struct stat st;
    char name[NAME];

    for (size_t i = 0; cache->dir >= 0 && i < sizeof kinds / sizeof kinds[0]; i++) {
        int fd = -1;

        if (name_of(url, kinds[i], name, sizeof name)) {
            fd = daotp__file_open_regular(cache->dir, name, O_RDONLY | O_NOFOLLOW, &st);
            if (fd < 0 && errno != ENOENT)
                report_file(name, report);
        }
        if (fd >= 0)
            (void)close(fd);
    }
}

/* A CRL that cannot be restored from its index is copied into sealed memory, and scanned and
 * verified there. */
daotp__indexed_crl *daotp__cache_load(const daotp__cache *cache, const char *url)
{
    daotp__indexed_crl *indexed = NULL;
    char name[NAME];
    struct stat st;
    int fd;

    if (cache->dir < 0 || !name_of(url, "crl", name, sizeof name))
        return NULL;
    fd = open_file(cache->dir, name, &st);
    if (fd < 0)
        return NULL;
    indexed = restore_cached_crl(cache, url, fd, &st);
    if (indexed == NULL)
        (void)daotp__crl_file_copy(fd, st.st_size, &indexed);
    (void)close(fd);
    return indexed;
}

/* Whether the new CRL is newer, or is signed by another key, which has its own numbering. */
static bool cache_replaces(const daotp__indexed_crl *indexed, const daotp__indexed_crl *before)
{
    return before == NULL || !daotp__indexed_crl_is_alike(indexed, before) ||
           daotp__indexed_crl_is_older(before, indexed);
}

/* Remove the temporary file of a writer that was killed; we hold the lock. */
static void cache_sweep(const daotp__cache *cache, const char *name)
{
    int fd = openat(cache->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    const struct dirent *entry;

    while (dir != NULL && (entry = readdir(dir)) != NULL)
        if (entry->d_name[0] == '.' && strncmp(entry->d_name + 1, name, strlen(name)) == 0)
            (void)unlinkat(cache->dir, entry->d_name, 0);
    if (dir != NULL)
        (void)closedir(dir);
    else if (fd >= 0)
        (void)close(fd);
}

static void write_both(const daotp__cache *cache, const char *url, const char *name,
                       daotp__indexed_crl *indexed, daotp_report *report)
{
    daotp__bytes der = daotp__indexed_crl_view(indexed)->der;

    cache_sweep(cache, name);
    if (daotp__file_write_durable(cache->dir, name, der.data, der.len))
        store_index(cache, url, name, indexed);
    else
        (void)daotp__report_add(report, DAOTP_FINDING_CACHE_FOLDER, errno, url, "%s",
                                strerrordesc_np(errno));
}

/* Whether the stored copy is undamaged and verified. If it has no index, it is verified with the
 * key of the new CRL. A copy for which this is false may be replaced. */
static bool is_genuine(daotp__indexed_crl *before, const daotp__indexed_crl *indexed)
{
    return daotp__indexed_crl_is_verified(before)
               ? daotp__indexed_crl_recheck(before)
               : daotp__indexed_crl_verify_like(before, indexed) == DAOTP__CRL_GOOD;
}

static daotp__indexed_crl *load_genuine(const daotp__cache *cache, const char *url,
                                        const daotp__indexed_crl *indexed)
{
    daotp__indexed_crl *before = daotp__cache_load(cache, url);

    if (before == NULL || is_genuine(before, indexed))
        return before;
    daotp__indexed_crl_free(before);
    return NULL;
}

static bool cache_store(const daotp__cache *cache, const char *url, const char *name,
                        daotp__indexed_crl *indexed, daotp_report *report)
{
    daotp__indexed_crl *before = load_genuine(cache, url, indexed);
    bool newer = cache_replaces(indexed, before);
    bool same = before != NULL && daotp__bytes_equal(daotp__indexed_crl_view(indexed)->der,
                                                     daotp__indexed_crl_view(before)->der);

    if (newer)
        write_both(cache, url, name, indexed, report);
    else if (same && !daotp__indexed_crl_is_restored(before))
        store_index(cache, url, name, indexed);
    daotp__indexed_crl_free(before);
    return newer || same;
}

/* Lock one octet of a shared file, chosen by the URL's digest, until the file is closed. A lock on
 * the whole file would block jobs for other CRLs. False: another process holds it. If no lock is
 * possible *lock is -1, and the report says why. */
static bool lock_octet(int dir, const char *file, const char *name, int *lock, daotp_report *report)
{
    struct flock octet = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
    char digits[16] = "";
    struct stat st;
    bool is_free = true;

    memcpy(digits, name, sizeof digits - 1); /* of the URL's digest, in hex */
    octet.l_start = (off_t)strtoull(digits, NULL, 16);
    *lock = daotp__file_open_regular(dir, file, O_RDWR | O_CREAT | O_NOFOLLOW, &st);
    if (*lock >= 0 && fcntl(*lock, F_OFD_SETLK, &octet) == 0)
        return true;
    if (*lock >= 0 && (errno == EAGAIN || errno == EACCES))
        is_free = false;
    else
        report_file(file, report);
    if (*lock >= 0)
        (void)close(*lock);
    *lock = -1;
    return is_free;
}

/* Each URL has one writer at a time. If another process writes, this call does nothing. */
bool daotp__cache_store(const daotp__cache *cache, const char *url, daotp__indexed_crl *indexed,
                        daotp_report *report)
{
    char name[NAME];
    bool stored;
    int lock;

    if (cache->dir < 0 || !name_of(url, "crl", name, sizeof name) ||
        !lock_octet(cache->dir, ".writers", name, &lock, report))
        return true;
    stored = cache_store(cache, url, name, indexed, report);
    if (lock >= 0)
        (void)close(lock);
    return stored;
}

/* ---- locks ----------------------------------------------------------------------------------- */

bool daotp__cache_lock(daotp__cache *cache, const char *url, daotp_report *report)
{
    char name[NAME];

    daotp__cache_unlock(cache);
    return cache->dir < 0 || !name_of(url, "crl", name, sizeof name) ||
           lock_octet(cache->dir, ".fetchers", name, &cache->fetch_lock, report);
}

void daotp__cache_unlock(daotp__cache *cache)
{
    if (cache->fetch_lock >= 0)
        (void)close(cache->fetch_lock); /* closing it releases the lock */
    cache->fetch_lock = -1;
}
