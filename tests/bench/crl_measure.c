/* SPDX-License-Identifier: BSD-2-Clause */
#include "crl_measure.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

void crl_figures_init(struct crl_figures *figures)
{
    *figures = (struct crl_figures){CRL_UNKNOWN, CRL_UNKNOWN, CRL_UNKNOWN, CRL_UNKNOWN, CRL_UNKNOWN,
                                    CRL_UNKNOWN, CRL_UNKNOWN, CRL_UNKNOWN, CRL_UNKNOWN, CRL_UNKNOWN,
                                    CRL_UNKNOWN, CRL_UNKNOWN, CRL_UNKNOWN, CRL_UNKNOWN};
}

void crl_note_first(struct crl_figures *figures, const struct apart_memory *before)
{
    struct apart_memory now = apart_memory();

    figures->peak = now.peak;
    figures->shared = now.shared - before->shared;
    figures->own_first = now.anonymous - before->anonymous;
}

void crl_note_index(struct crl_figures *figures, const struct apart_memory *before)
{
    figures->own_index = apart_memory().anonymous - before->anonymous;
}

/* ---- look-ups -------------------------------------------------------------------------------- */

static double time_pool(const struct crl_task *task, bool are_present, crl_look_up_fn look_up,
                        void *state)
{
    struct crl_serial *pool = crl_list_pool(&task->list, are_present, task->look_ups);
    size_t found = 0;
    double from, took;

    from = apart_wall();
    for (size_t i = 0; i < task->look_ups; i++)
        found += look_up(state, &pool[i]);
    took = apart_wall() - from;
    if (found != (are_present ? task->look_ups : 0))
        apart_give_up("%zu of %zu numbers found, where %s are listed", found, task->look_ups,
                      are_present ? "all" : "none");
    free(pool);
    return took / (double)task->look_ups * 1e9;
}

void crl_look_up(const struct crl_task *task, crl_look_up_fn look_up, void *state,
                 struct crl_figures *figures)
{
    if (task->look_ups == 0)
        return;
    figures->hit_ns = time_pool(task, true, look_up, state);
    figures->miss_ns = time_pool(task, false, look_up, state);
}

/* ---- files ----------------------------------------------------------------------------------- */

struct chain_der crl_map(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    void *map = MAP_FAILED;
    struct stat stat;

    if (fd >= 0 && fstat(fd, &stat) == 0)
        map = mmap(NULL, (size_t)stat.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
    if (map == MAP_FAILED)
        apart_give_up("%s: %s", path, strerror(errno));
    (void)close(fd);
    return (struct chain_der){map, (size_t)stat.st_size};
}

void crl_unmap(struct chain_der mapped)
{
    (void)munmap(mapped.data, mapped.len);
}
