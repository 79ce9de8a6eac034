/* SPDX-License-Identifier: BSD-2-Clause */
/* The library: daotp_client_enroll() after daotp_client_prepare(), into a directory store. */
#ifndef BENCH_OURS_H
#define BENCH_OURS_H

#include "sample.h"
#include "world.h"

#include <daotp/daotp.h>

struct ours {
    daotp_context *context;
    daotp_credential *identity;
    daotp_trust *trust;
    daotp_key *key;
    daotp_ca *ca;
    daotp_store *store;
    char *store_path;
};

/* A client that is set up; its credential is kept under `label`, NULL for the UPN. */
daotp_client *ours_client(const struct world *world, struct ours *ours, const char *label);
void ours_open(const struct world *world, struct ours *ours);
/* Microseconds of the one call. With `stages` those of each stage too, DAOTP_STAGE_COUNT of them:
 * the callback costs a little, so not in runs that count. */
double ours_run(const struct world *world, struct ours *ours, struct sample *stages);
/* Out of the store again, after the clock has stopped. */
void ours_forget(struct ours *ours);
void ours_close(struct ours *ours);

#endif
