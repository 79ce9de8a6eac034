/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

void daotp__spool_open(daotp__spool *spool, uint64_t max)
{
    *spool = (daotp__spool){.max = max};
    spool->fd = memfd_create("daotp-fetched", MFD_CLOEXEC | MFD_ALLOW_SEALING);
}

void daotp__spool_close(daotp__spool *spool)
{
    if (spool->fd >= 0)
        (void)close(spool->fd);
    *spool = (daotp__spool){.fd = -1};
}

bool daotp__spool_empty(daotp__spool *spool)
{
    spool->len = 0;
    return ftruncate(spool->fd, 0) == 0 && lseek(spool->fd, 0, SEEK_SET) == 0;
}

daotp_status daotp__spool_add(daotp__spool *spool, const void *bytes, size_t len)
{
    const uint8_t *at = bytes;

    if (len > spool->max || spool->len > spool->max - len)
        return DAOTP_PEER;
    while (len > 0) {
        ssize_t n = write(spool->fd, at, len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return DAOTP_MEMORY;
        at += n;
        len -= (size_t)n;
        spool->len += (size_t)n;
    }
    return DAOTP_OK;
}

bool daotp__spool_take(daotp__spool *spool, daotp__bytes *mapped)
{
    void *map = MAP_FAILED;

    if (spool->len > 0 && fcntl(spool->fd, F_ADD_SEALS,
                                F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) == 0)
        map = mmap(NULL, spool->len, PROT_READ, MAP_SHARED, spool->fd, 0);
    if (map == MAP_FAILED)
        *mapped = (daotp__bytes){NULL, 0};
    else
        *mapped = (daotp__bytes){map, spool->len};
    return map != MAP_FAILED;
}
