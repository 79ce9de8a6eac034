/* SPDX-License-Identifier: BSD-2-Clause */
#include "validate/cache.h"

#include "core/alloc.h"
#include "core/file.h"
#include "core/limits.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* ---- the folder ------------------------------------------------------------------------------ */

void daotp__cache_open(daotp__cache *cache, const char *folder, daotp_report *report)
{
    struct stat st;

    cache->dir = -1;
    if (folder == NULL)
        return;
    (void)mkdir(folder, 0700); /* it may be there */
    cache->dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (cache->dir >= 0 && fstat(cache->dir, &st) == 0 && st.st_uid == geteuid() &&
        (st.st_mode & 077) == 0)
        return;
    (void)daotp__report_add(report, DAOTP_FINDING_CACHE_FOLDER, cache->dir < 0 ? errno : 0, folder,
                            "%s", cache->dir < 0 ? strerrordesc_np(errno) : "open to others");
    daotp__cache_close(cache);
}

void daotp__cache_close(daotp__cache *cache)
{
    if (cache->dir >= 0)
        (void)close(cache->dir);
    cache->dir = -1;
}

/* The name of a URL's file: the hex of its digest, and what kind it is. */
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

static bool map_file(int dir, const char *name, daotp__bytes *mapped, struct stat *st)
{
    int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    void *map = MAP_FAILED;

    if (fd < 0)
        return false;
    if (fstat(fd, st) == 0 && S_ISREG(st->st_mode) && st->st_size > 0 &&
        st->st_size <= DAOTP__MAX_CRL)
        map = mmap(NULL, (size_t)st->st_size, PROT_READ, MAP_SHARED, fd, 0);
    (void)close(fd);
    *mapped = (daotp__bytes){map, (size_t)st->st_size};
    return map != MAP_FAILED;
}

/* ---- what was proven ------------------------------------------------------------------------- */

/* The front of the file beside it; the key and then the index follow, each from a multiple of 8. */
typedef struct proof_head {
    char magic[8];
    uint64_t size, inode, seconds, nanoseconds; /* of the CRL's file */
    uint8_t signature[32];                      /* digest of the CRL's signature */
    uint8_t digest[DAOTP__HASH_MAX];            /* of what it signs, as it was proven */
    uint64_t count, slots, seed, spki_len;
    uint8_t has_issuers, unknown_critical, has_removals, unused[5];
} proof_head;

static const char magic[8] = "daotpx3";

static size_t padded(size_t len)
{
    return (len + 7) / 8 * 8;
}

static bool digest_signature(const daotp__kept_crl *kept, uint8_t *digest)
{
    return daotp__hash_bytes(DAOTP__HASH_SHA256, daotp__kept_crl_view(kept)->signature, digest);
}

static bool fits(const proof_head *head, daotp__bytes mapped, const struct stat *st,
                 const daotp__kept_crl *kept)
{
    uint8_t digest[DAOTP__HASH_MAX];

    return memcmp(head->magic, magic, sizeof magic) == 0 && head->size == (uint64_t)st->st_size &&
           head->inode == (uint64_t)st->st_ino && head->seconds == (uint64_t)st->st_mtim.tv_sec &&
           head->nanoseconds == (uint64_t)st->st_mtim.tv_nsec &&
           head->spki_len <= DAOTP__MAX_CERTIFICATE && head->slots <= UINT32_MAX &&
           (head->slots & (head->slots - 1)) == 0 && head->slots > head->count &&
           mapped.len == sizeof *head + padded((size_t)head->spki_len) +
                             (size_t)head->slots * sizeof(uint32_t) &&
           digest_signature(kept, digest) && memcmp(digest, head->signature, 32) == 0;
}

static void load_proof(const daotp__cache *cache, const char *url, const struct stat *st,
                       daotp__kept_crl *kept)
{
    daotp__crl_proof proof;
    daotp__bytes mapped;
    proof_head head;
    struct stat own;
    char name[NAME];

    if (!name_of(url, "index", name, sizeof name) || !map_file(cache->dir, name, &mapped, &own))
        return;
    if (mapped.len > sizeof head)
        memcpy(&head, mapped.data, sizeof head);
    if (mapped.len <= sizeof head || !fits(&head, mapped, st, kept)) {
        (void)munmap((void *)mapped.data, mapped.len);
        return;
    }
    proof =
        (daotp__crl_proof){.spki = {mapped.data + sizeof head, (size_t)head.spki_len},
                           .count = head.count,
                           .index = (const uint32_t *)(const void *)(mapped.data + sizeof head +
                                                                     padded((size_t)head.spki_len)),
                           .slots = head.slots,
                           .seed = head.seed,
                           .has_issuers = head.has_issuers != 0,
                           .unknown_critical = head.unknown_critical != 0,
                           .has_removals = head.has_removals != 0};
    (void)daotp__kept_crl_restore(kept, &proof, mapped); /* else it is proven again */
}

static void store_proof(const daotp__cache *cache, const char *url, const char *crl_name,
                        daotp__kept_crl *kept)
{
    static const uint8_t zeros[8];
    daotp__crl_proof proof;
    daotp__buffer out;
    proof_head head;
    struct stat st;
    char name[NAME];

    if (!daotp__kept_crl_proof(kept, &proof) || fstatat(cache->dir, crl_name, &st, 0) != 0 ||
        !name_of(url, "index", name, sizeof name))
        return;
    memset(&head, 0, sizeof head);
    memcpy(head.magic, magic, sizeof magic);
    head.size = (uint64_t)st.st_size;
    head.inode = (uint64_t)st.st_ino;
    head.seconds = (uint64_t)st.st_mtim.tv_sec;
    head.nanoseconds = (uint64_t)st.st_mtim.tv_nsec;
    (void)digest_signature(kept, head.signature);
    memcpy(head.digest, proof.digest.data, proof.digest.len);
    head.count = proof.count;
    head.slots = proof.slots;
    head.seed = proof.seed;
    head.spki_len = proof.spki.len;
    head.has_issuers = proof.has_issuers;
    head.unknown_critical = proof.unknown_critical;
    head.has_removals = proof.has_removals;
    daotp__buffer_init(&out, DAOTP__MAX_CRL);
    daotp__buffer_add(&out, &head, sizeof head);
    daotp__buffer_add(&out, proof.spki.data, proof.spki.len);
    daotp__buffer_add(&out, zeros, padded(proof.spki.len) - proof.spki.len);
    daotp__buffer_add(&out, proof.index, (size_t)proof.slots * sizeof(uint32_t));
    if (out.failed == DAOTP_OK) /* without, the next one proves again */
        (void)daotp__file_write_durable(cache->dir, name, out.data, out.len);
    daotp__buffer_free(&out);
}

/* ---- CRLs ------------------------------------------------------------------------------------ */

daotp__kept_crl *daotp__cache_load(const daotp__cache *cache, const char *url)
{
    daotp__kept_crl *kept = NULL;
    daotp__bytes mapped;
    char name[NAME];
    struct stat st;

    if (cache->dir < 0 || !name_of(url, "crl", name, sizeof name) ||
        !map_file(cache->dir, name, &mapped, &st))
        return NULL;
    if (daotp__kept_crl_map(mapped, &kept) == DAOTP_OK)
        load_proof(cache, url, &st, kept);
    return kept;
}

/* Newer, or of another key: who changes it begins to count anew. */
static bool replaces(const daotp__kept_crl *kept, const daotp__kept_crl *before)
{
    return before == NULL || !daotp__kept_crl_is_alike(kept, before) ||
           daotp__kept_crl_is_older(before, kept);
}

/* What a writer that was killed left of this file; nobody else writes now. */
static void sweep(const daotp__cache *cache, const char *name)
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
                       daotp__kept_crl *kept, daotp_report *report)
{
    daotp__bytes der = daotp__kept_crl_view(kept)->der;

    sweep(cache, name);
    if (daotp__file_write_durable(cache->dir, name, der.data, der.len))
        store_proof(cache, url, name, kept);
    else
        (void)daotp__report_add(report, DAOTP_FINDING_CACHE_FOLDER, errno, url, "%s",
                                strerrordesc_np(errno));
}

static bool store(const daotp__cache *cache, const char *url, const char *name,
                  daotp__kept_crl *kept, daotp_report *report)
{
    daotp__kept_crl *before = daotp__cache_load(cache, url);
    bool newer = replaces(kept, before);
    bool same = before != NULL && daotp__bytes_equal(daotp__kept_crl_view(kept)->der,
                                                     daotp__kept_crl_view(before)->der);

    if (newer)
        write_both(cache, url, name, kept, report);
    else if (same && !daotp__kept_crl_has_proof(before))
        store_proof(cache, url, name, kept);
    daotp__kept_crl_free(before);
    return newer || same;
}

/* The right to write this file: an octet of a file that all share is locked, until it is closed. A
 * lock on the whole would make who writes one list drop another. False: somebody else has it. */
static bool writers_turn(const daotp__cache *cache, const char *name, int *turn)
{
    struct flock octet = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
    char digits[16] = "";

    memcpy(digits, name, sizeof digits - 1); /* of the URL's digest, in hex */
    octet.l_start = (off_t)strtoull(digits, NULL, 16);
    *turn = openat(cache->dir, ".writers", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (*turn < 0 || fcntl(*turn, F_OFD_SETLK, &octet) == 0)
        return true; /* where that file cannot be made the list cannot be written: that says why */
    (void)close(*turn);
    return false;
}

/* One at a time for each; who comes second leaves it to the first. */
bool daotp__cache_store(const daotp__cache *cache, const char *url, daotp__kept_crl *kept,
                        daotp_report *report)
{
    char name[NAME];
    bool stored;
    int turn;

    if (cache->dir < 0 || !name_of(url, "crl", name, sizeof name) ||
        !writers_turn(cache, name, &turn))
        return true;
    stored = store(cache, url, name, kept, report);
    if (turn >= 0)
        (void)close(turn);
    return stored;
}

/* ---- locks ----------------------------------------------------------------------------------- */

static int64_t age_ms(const struct stat *st)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_REALTIME, &now); /* files have no other clock */
    return (now.tv_sec - st->st_mtim.tv_sec) * 1000;
}

bool daotp__cache_lock(const daotp__cache *cache, const char *url, int64_t expires_ms)
{
    char name[NAME];
    struct stat st;
    int fd;

    if (cache->dir < 0 || !name_of(url, "lock", name, sizeof name))
        return true;
    fd = openat(cache->dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0) {
        (void)close(fd);
        return true;
    }
    if (errno != EEXIST)
        return true; /* no lock can be had: then two may fetch, and nothing breaks */
    if (fstatat(cache->dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
        (age_ms(&st) > expires_ms || age_ms(&st) < -1000)) /* old, or of a clock set back */
        (void)unlinkat(cache->dir, name, 0);               /* the next step takes it */
    return false;
}

void daotp__cache_unlock(const daotp__cache *cache, const char *url)
{
    char name[NAME];

    if (cache->dir >= 0 && name_of(url, "lock", name, sizeof name))
        (void)unlinkat(cache->dir, name, 0);
}
