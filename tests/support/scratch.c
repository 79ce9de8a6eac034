/* SPDX-License-Identifier: BSD-2-Clause */
#include "scratch.h"

char scratch_path[32];
static pid_t scratch_owner;

int scratch_begin(void)
{
    (void)snprintf(scratch_path, sizeof scratch_path, "%s/daotp-test-XXXXXX",
                   access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    scratch_owner = getpid();
    return mkdtemp(scratch_path) != NULL ? 0 : -1;
}

static int scratch_remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

int scratch_remove(const char *path)
{
    return nftw(path, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

int scratch_end(void)
{
    return getpid() == scratch_owner ? scratch_remove(scratch_path) : 0;
}

void scratch_folder(char *path, size_t size)
{
    (void)snprintf(path, size, "%s/XXXXXX", scratch_path);
    assert_non_null(mkdtemp(path));
}
