/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parts of `daotp serve`, and what they share: the options, the responder that is made of them,
 * the workers that serve, and one exchange under way.
 */
#ifndef SERVE_H
#define SERVE_H

#include "tool.h"

#include "https.h"
#include "radius_check.h"
#include "users.h"

#include <pthread.h>

enum { SERVE_MAX_WORKERS = 64, SERVE_DEFAULT_WORKERS = 16, SERVE_GO_ON = -1 };

typedef struct server {
    pthread_mutex_t lock; /* held for users, responder, current, and every exchange */
    int64_t worker_count; /* 0: one for each processor */
    int stop;             /* an eventfd, readable once the workers are to end */
    struct users *users;
    daotp_responder *responder;
    daotp_budget *budget;
    char *domains[16]; /* NAME=SUFFIX */
    size_t domain_count;
    const char *state;      /* the folder of the budget; NULL: in memory */
    const char *clear_user; /* NULL: serve */
    const char *path, *port_file, *template, *ra_cert, *ra_key, *users_file;
    const char *trust, *with, *crls[16], *revocation;
    size_t crl_count;
    const char *issuing_cas[16];
    size_t issuing_ca_count;
    struct https_config https;
    double timeout_s;
    bool quiet;
    radius_config radius;
    struct serving *current; /* the one that is being stepped */
} server;

typedef struct worker {
    server *server;
    struct event_base *base;
    struct https *https;
    struct event *stop;
    radius_check *check;
    pthread_t thread;
    bool is_running; /* in that thread */
} worker;

/* One exchange under way. */
typedef struct serving {
    server *server;
    worker *worker;
    struct https_request *request;
    daotp_exchange *exchange;
    struct event *timer;
    radius_login *login; /* the question under way */
    char name[128], from[64];
} serving;

/* serve_options.c: SERVE_GO_ON, or what the tool ends with. */
int serve_take_arguments(server *s, int argc, char **argv);

/* serve_responder.c: the responder, its trust and its signing certificate. */
daotp_status serve_make_responder(daotp_context *context, server *s);
/* Report at the start what would stop every exchange; it can be corrected while the server runs. */
void serve_warn_before(daotp_context *context, const server *s);
/* Not through the log, which has no line for success. */
void serve_say_report(daotp_report *report, daotp_status status);

/* serve_state.c: the folder for wrong and used codes; if it cannot be used the server does not
 * start. */
daotp_status serve_set_budget(daotp_context *context, server *s);
/* In the place of serving. */
int serve_clear_user(const server *s);

/* serve_exchange.c: one request, from its first byte to its answer. */
void serve_on_request(struct https_request *request, void *worker);
void serve_on_user(void *server, daotp_exchange *exchange, const char *name);
void serve_on_code(void *server, daotp_exchange *exchange, const char *name, const char *code,
                   size_t len);

/* serve_workers.c: serve until a signal; what the tool ends with. */
int serve_run(server *s, daotp_context *context);

#endif
