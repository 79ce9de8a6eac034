/* SPDX-License-Identifier: BSD-2-Clause */
#include "serve_counts.h"

#include <time.h>

const int64_t serve_bucket_ms[SERVE_BUCKETS] = {5, 10, 25, 50, 100, 250, 1000, 5000, 30000, 120000};

void serve_count_request(serve_counts *counts, unsigned status, unsigned verdict, int64_t ms)
{
    int bucket = 0;

    while (bucket < SERVE_BUCKETS && ms > serve_bucket_ms[bucket])
        bucket++;
    counts->buckets[bucket]++;
    counts->sum_ms += (uint64_t)ms;
    counts->requests[status < SERVE_STATUSES ? status : SERVE_STATUSES - 1]++;
    if (verdict > 0 && verdict < SERVE_FINDINGS)
        counts->verdicts[verdict]++;
}

void serve_count_peer(serve_peer_counts *peer, bool was_answered)
{
    int64_t now = (int64_t)time(NULL);

    peer->has_failed_last = !was_answered;
    if (was_answered) {
        peer->answered++;
        peer->answered_s = now;
    } else {
        peer->failed++;
        peer->failed_s = now;
    }
}
