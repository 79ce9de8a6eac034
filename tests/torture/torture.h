/* SPDX-License-Identifier: BSD-2-Clause */
/* A flow again and again: each time another of its allocations fails, until all have had their
 * turn. It must leave nothing behind, and never take a lack of memory for anybody's fault. */
#ifndef TORTURE_H
#define TORTURE_H

#include "forge.h"

#include "failing_memory.h"

typedef daotp_status (*torture_fn)(void *user);

static inline void torture_once(const char *what, size_t n, daotp_status status, size_t live)
{
    if (failing_memory_live() != live)
        fail_msg("%s, allocation %zu: %zu blocks before, %zu after", what, n, live,
                 failing_memory_live());
    /* fine although one failed, or out of memory; INTERNAL where a foreign library stands between
     */
    if (status != DAOTP_OK && status != DAOTP_MEMORY && status != DAOTP_INTERNAL)
        fail_msg("%s, allocation %zu: %s", what, n, daotp_status_name(status));
}

static inline size_t torture(const char *what, torture_fn run, void *user)
{
    size_t live, n = 0;
    bool reached;

    /* what is made once and kept is no leak */
    assert_int_equal(run(user), DAOTP_OK);
    live = failing_memory_live();
    do {
        daotp_status status;

        failing_memory_set(++n);
        status = run(user);
        reached = failing_memory_count() >= n;
        failing_memory_set(0);
        torture_once(what, n, status, live);
        assert_true(reached || status == DAOTP_OK);
    } while (reached);
    return n - 1;
}

#endif
