/* SPDX-License-Identifier: BSD-2-Clause */
#include "validate_measure.h"

#include <string.h>

enum { BATCH = VALIDATE_LEAVES };

struct chain_der validate_leaf(const struct validate_task *task, int leaf)
{
    return leaf == VALIDATE_BAD ? task->bad : task->leaves[leaf];
}

/* Each leaf is good; the revoked one is not, unless nobody looked. This is the warm-up too. */
static void check_answers(const struct validate_task *task, validate_verify_fn judge, void *state)
{
    bool looks = task->variant != VALIDATE_NO_CRLS;

    for (int leaf = 0; leaf < VALIDATE_LEAVES; leaf++)
        if (!judge(state, leaf))
            apart_give_up("leaf %d was refused", leaf);
    if (judge(state, VALIDATE_BAD) == looks)
        apart_give_up("the revoked leaf was %s", looks ? "accepted" : "refused");
}

void validate_run(const struct validate_task *task, validate_verify_fn judge, void *state,
                  struct validate_figures *figures)
{
    double from, now, count = 0;

    check_answers(task, judge, state);
    from = apart_cpu();
    do {
        for (int leaf = 0; leaf < BATCH; leaf++)
            if (!judge(state, leaf))
                apart_give_up("leaf %d was refused", leaf);
        count += BATCH;
        now = apart_cpu();
    } while (now - from < task->seconds);
    figures->rate = count / (now - from);
    figures->peak = apart_memory().peak;
}
