/* SPDX-License-Identifier: BSD-2-Clause */
/* Searches a path, depth first, from the certificate to an anchor, with backtracking when a path is
 * not valid, within the budgets of the run. */
#ifndef DAOTP_VALIDATE_BUILD_H
#define DAOTP_VALIDATE_BUILD_H

#include "validate/run.h"

/* Judges a complete path: DAOTP_OK accepts it; after DAOTP_UNDECIDED or DAOTP_REJECTED the search
 * continues. */
typedef daotp_status daotp__accept_path_fn(daotp__run *run, const daotp__path *path, void *user);

/*
 * DAOTP_OK with the first path that is judged so; DAOTP_UNDECIDED or DAOTP_REJECTED with the best
 * that was seen; without any path, with the certificates that could be put one above the other, of
 * which the last is then no anchor.
 */
daotp_status daotp__path_build(daotp__run *run, daotp__node *leaf, daotp__accept_path_fn *accept,
                               void *user, daotp__path *path);

#endif
