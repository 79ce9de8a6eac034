/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parts of `daotp serve`, and what they share.
 *
 * The main thread waits for signals, answers /metrics and /healthz, and reads the settings anew on
 * SIGHUP. Each worker is a thread with an event loop, connections, and a *part* of its own: the
 * responder, users and RADIUS client that follow from the settings in force. So workers share no
 * lock but those of the budget, of the directory's cache and of the log. After a reload a worker
 * serves new requests with a new part; the old one ends with its last exchange.
 */
#ifndef SERVE_H
#define SERVE_H

#include "tool.h"

#include "https.h"
#include "radius_check.h"
#include "serve_counts.h"
#include "serve_directory.h"
#include "serve_log.h"
#include "users.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/queue.h>
#include <sys/stat.h>

enum { SERVE_MAX_WORKERS = 64, SERVE_DEFAULT_WORKERS = 16, SERVE_GO_ON = -1, SERVE_LIST = 16 };

/* What options and profile say. Its texts point into its own copy of the arguments. */
typedef struct serve_settings {
    _Atomic unsigned references;
    char **words;
    int word_count;
    int64_t worker_count;      /* 0: one for each processor */
    int64_t queue;             /* exchanges under way at once, over all workers */
    char *domains[SERVE_LIST]; /* NAME=SUFFIX */
    size_t domain_count;
    const char *state;      /* the folder of the budget; NULL: in memory */
    int64_t nodes;          /* servers that share the budgets, each with a part */
    const char *clear_user; /* NULL: serve */
    const char *path, *port_file, *template, *ra_cert, *ra_key, *users_file;
    const char *trust, *with, *crls[SERVE_LIST], *revocation;
    size_t crl_count;
    const char *issuing_cas[SERVE_LIST];
    size_t issuing_ca_count;
    const char *audit;        /* "stderr", "syslog", or a file; NULL: none */
    const char *metrics_host; /* NULL: none */
    int metrics_port;
    struct https_config https;
    double timeout_s, drain_s;
    bool quiet, check;
    radius_config radius;
    serve_directory_config directory;
} serve_settings;

typedef struct worker worker;

/* What one worker needs to answer by one set of settings. */
typedef struct serve_part {
    struct server *server;
    worker *worker;
    serve_settings *settings; /* referenced */
    struct users *users;      /* NULL without a file */
    daotp_responder *responder;
    radius_check *check;        /* NULL: codes are compared with the users' file */
    serve_directory *directory; /* NULL: the users' file says who is who; referenced */
    SSL_CTX *tls;               /* NULL behind a front */
    struct serving *current;    /* the one that is being stepped */
    size_t exchanges;           /* under way */
    bool is_retired;            /* another one is in force */
    struct serve_part *next_retired;
} serve_part;

/* What was found about the signing certificate, for /metrics and /healthz. */
typedef struct serve_signer_state {
    int64_t until_ms;      /* then, or when a file has changed, it is checked again */
    struct stat cert, key; /* the files that were checked */
    bool is_ok;
    int64_t left_s;               /* of its life */
    daotp_finding_number finding; /* why it is not ok; 0: none */
} serve_signer_state;

typedef struct server {
    daotp_context *context;
    serve_settings *settings; /* in force: the main thread's */
    daotp_budget *budget;
    serve_log *log;
    serve_counts counts;
    worker *workers;
    size_t worker_count;
    struct event_base *base;
    struct https *metrics;        /* NULL: not asked for */
    serve_signer_state signer;    /* of metrics alone */
    struct event *watch, *expiry; /* of workers; of the signing certificate */
    int64_t expiry_said_s;        /* when it was said last */
    bool is_stopping;
} server;

struct worker {
    server *server;
    size_t number;
    struct event_base *base;
    struct https *https;
    int wake_fd; /* an eventfd: one of the orders below was given */
    struct event *wake, *beat, *drain;
    serve_part *part, *retired; /* retired: a list of those with exchanges under way */
    _Atomic(serve_part *) next; /* to be used instead */
    _Atomic bool must_drain;
    _Atomic unsigned beats; /* the loop runs */
    int64_t drain_until_ms;
    serve_answers *answers; /* of the directory */
    LIST_HEAD(serving_list, serving) exchanges;
    pthread_t thread;
    bool is_running;
};

/* One exchange under way. */
typedef struct serving {
    LIST_ENTRY(serving) at; /* in the list of the worker */
    serve_part *part;
    struct https_request *request;
    daotp_exchange *exchange;
    struct event *timer;
    radius_login *login;  /* the question under way */
    serve_lookup *lookup; /* the question under way */
    int64_t began_ms;     /* of the monotonic clock */
    int64_t code_began_ms, code_ms;
    char name[SERVE_NAME + 1]; /* the whole one: longer ones are refused before */
    char from[64], peer[65];   /* peer: SHA-256 of the client's certificate, in hexadecimal */
} serving;

int64_t serve_now_ms(void);

/* serve_options.c: SERVE_GO_ON, or what the tool ends with; *settings is to be released. */
int serve_take_arguments(int argc, char **argv, serve_settings **settings);
serve_settings *serve_settings_ref(serve_settings *settings);
void serve_settings_unref(serve_settings *settings);

/* serve_responder.c: the responder, its trust and its signing certificate. */
daotp_status serve_make_responder(serve_part *part, daotp_trust *trust);
/* *trust is NULL where none is configured. */
daotp_status serve_load_trust(daotp_context *context, const serve_settings *settings,
                              daotp_trust **trust);
/* Report at the start what would stop every exchange; it can be corrected while the server runs. */
void serve_warn_before(daotp_context *context, const serve_settings *settings);
/* Not through the log, which has no line for success. */
void serve_say_report(daotp_report *report, daotp_status status);

/* serve_part.c: one for each worker, by the same settings. 0, or an exit code after it was said
 * what is wrong; then the list holds none. */
int serve_make_parts(server *s, serve_settings *settings, serve_part **parts, size_t count);
/* In the worker's thread. False when memory ran out: the part is freed, and the old one stays. */
bool serve_part_use(worker *w, serve_part *part);
void serve_part_release(serve_part *part); /* one exchange of it has ended */
void serve_part_free(serve_part *part);

/* serve_state.c: the folder for wrong and used codes; if it cannot be used the server does not
 * start. */
daotp_status serve_open_budget(daotp_context *context, const serve_settings *settings,
                               daotp_budget **budget);
/* In the place of serving. */
int serve_clear_user(const serve_settings *settings);

/* serve_exchange.c: one request, from its first byte to its answer. */
void serve_on_request(struct https_request *request, void *worker);
/* After the end of the loop: free the exchanges that are still under way. Their connections end. */
void serve_drop_exchanges(worker *w);
void serve_on_user(void *part, daotp_exchange *exchange, const char *name);
void serve_on_code(void *part, daotp_exchange *exchange, const char *name, const char *code,
                   size_t len);

/* serve_audit.c: what became of an exchange, in the log and in the audit. */
void serve_tell_exchange(serving *x);

/* serve_workers.c: serve until a signal; what the tool ends with. */
int serve_run(server *s);
void serve_wake_worker(worker *w);

/* serve_reload.c: read profile and options anew, and have the workers use them. What is wrong is
 * said, and the old settings stay. */
void serve_reload(server *s);

/* serve_check.c: in the place of serving, whether it could be; what the tool ends with. */
int serve_check(serve_settings *settings);
/* The signing certificate: does a CA take what it signs? How many seconds it lives; report may be
 * NULL. */
daotp_status serve_check_signer(daotp_context *context, const serve_settings *settings,
                                daotp_report *report, int64_t *left_s);

/* serve_metrics.c: /metrics and /healthz. */
int serve_start_metrics(server *s);

#endif
