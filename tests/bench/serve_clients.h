/* SPDX-License-Identifier: BSD-2-Clause */
/* Clients of an OTP service: threads that each send the next request when the last is answered. */
#ifndef BENCH_SERVE_CLIENTS_H
#define BENCH_SERVE_CLIENTS_H

#include "sample.h"
#include "serve_peers.h"

struct serve_load {
    const struct world *world;
    const struct serve_bodies *bodies;
    int port;
    unsigned in_flight, ms;
    bool is_kept; /* one connection for all requests of a client, or one for each request */
};

/* Requests with a certificate in the answer, and how long each took; gives up at any other answer.
 * The body of one answer is copied to `answer` unless that is NULL; free() it. */
struct serve_figures {
    double count, seconds;
    struct sample us;
};

struct serve_figures serve_load_run(const struct serve_load *load, struct serve_answer *answer);

#endif
