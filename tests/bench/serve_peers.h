/* SPDX-License-Identifier: BSD-2-Clause */
/* The servers of bench-serve, each a process of its own, and the requests that they get. */
#ifndef BENCH_SERVE_PEERS_H
#define BENCH_SERVE_PEERS_H

#include "radius_load.h"
#include "world.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { SERVE_USERS = 64 };

/* The body of each user's request, made once. */
struct serve_bodies {
    char *text[SERVE_USERS];
    size_t len[SERVE_USERS];
};

void serve_bodies_make(struct serve_bodies *bodies);
void serve_bodies_free(struct serve_bodies *bodies);

/* The body of an answer, for the server that sends the same bytes. */
struct serve_answer {
    char *body;
    size_t len;
};

struct serve_peer {
    pid_t pid;
    int port;
};

/* `daotp serve` with so many workers; codes are checked by RADIUS. has_state: budgets in a folder.
 */
struct serve_peer serve_peer_ours(const struct world *world, const struct radius_target *radius,
                                  unsigned workers, bool has_state);
/* evhttp with the same TLS, which sends this answer to any request. */
struct serve_peer serve_peer_bare(struct world *world, const struct serve_answer *answer);
/* Processor time so far, in microseconds. */
double serve_peer_cpu_us(const struct serve_peer *peer);
void serve_peer_stop(struct serve_peer *peer);

/* The files that `daotp serve` needs beside the PKI. */
void serve_peers_prepare(const struct world *world, const struct radius_target *radius);

#endif
