/* SPDX-License-Identifier: BSD-2-Clause */
/* Builds certification paths: a depth-first search from the certificate to an anchor. It goes
 * back and continues when a path is not valid, and stays within the budgets of the run. */
#ifndef DAOTP_VALIDATE_BUILD_H
#define DAOTP_VALIDATE_BUILD_H

#include "validate/run.h"

/* Called with each complete path. DAOTP_OK accepts the path and ends the search; after
 * DAOTP_UNDECIDED or DAOTP_REJECTED the search continues. */
typedef daotp_status daotp__accept_path_fn(daotp__run *run, const daotp__path *path, void *user);

/*
 * Build a path for leaf. Returns DAOTP_OK with the first accepted path, or DAOTP_UNDECIDED or
 * DAOTP_REJECTED with the best path found. If no path reached an anchor, *path holds the longest
 * partial one, whose last certificate is not an anchor.
 */
daotp_status daotp__path_build(daotp__run *run, daotp__node *leaf, daotp__accept_path_fn *accept,
                               void *user, daotp__path *path);

#endif
