/* SPDX-License-Identifier: BSD-2-Clause */
/* What `daotp serve` counts. Any thread. */
#ifndef SERVE_COUNTS_H
#define SERVE_COUNTS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { SERVE_STATUSES = 16, SERVE_FINDINGS = 2048, SERVE_BUCKETS = 10 };

/* Upper bounds of the buckets of times, in milliseconds. */
extern const int64_t serve_bucket_ms[SERVE_BUCKETS];

/* Something that is asked: RADIUS, or the directory. Times are Unix seconds, 0 for never. */
typedef struct serve_peer_counts {
    _Atomic uint64_t answered, failed;
    _Atomic int64_t answered_s, failed_s;
    _Atomic bool has_failed_last; /* the last question; times cannot tell within a second */
} serve_peer_counts;

typedef struct serve_counts {
    int64_t started_s;
    _Atomic int64_t in_flight;
    _Atomic uint64_t requests[SERVE_STATUSES]; /* by daotp_status */
    _Atomic uint64_t verdicts[SERVE_FINDINGS]; /* by the number of the finding that stopped it */
    _Atomic uint64_t buckets[SERVE_BUCKETS + 1], sum_ms;
    serve_peer_counts radius, directory;
    _Atomic uint64_t cache_hits, busy, reloads, failed_reloads;
} serve_counts;

void serve_count_request(serve_counts *counts, unsigned status, unsigned verdict, int64_t ms);
void serve_count_peer(serve_peer_counts *peer, bool was_answered);

#endif
