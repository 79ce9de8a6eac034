/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * daotp serve: the responder over libevent's evhttp, with mutual TLS, or as plain HTTP on a local
 * socket behind a front (nginx, Apache) that passes the client certificate on.
 *
 * Each worker is a thread with an event loop, connections and a RADIUS client of its own, and takes
 * connections from the one listening socket: TLS runs on as many processors as there are workers.
 * The responder, its exchanges and the users are used by one worker at a time, under one lock.
 */
#include "core/utf8.h"
#include "tool.h"

#include "front.h"
#include "https.h"
#include "radius_check.h"
#include "users.h"

#include <errno.h>
#include <event2/event.h>
#include <getopt.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

static const char help[] =
    "usage: daotp serve --listen HOST:PORT --cert FILE --key FILE --client-ca FILE\n"
    "                   OPTION...\n"
    "       daotp serve --unix PATH OPTION...\n"
    "       daotp serve --state DIR --clear-user USER\n"
    "\n"
    "  --listen HOST:PORT     port 0: a free one\n"
    "  --port-file FILE       where the port is written once it is open\n"
    "  --cert FILE --key FILE --client-ca FILE    TLS, and who may come\n"
    "  --unix PATH            plain HTTP on a local socket; the front sets\n"
    "                         X-Client-Verify and X-Client-Cert (or Client-Cert, RFC\n"
    "                         9440), and drops what clients send under these names\n"
    "  --unix-mode MODE       of the socket's file, in octal (0660)\n"
    "  --trust FILE           roots: verify path and revocation of the clients'\n"
    "                         certificates and of our signing certificate\n"
    "  --with FILE            CA certificates between those and the roots\n"
    "  --crl FILE             a revocation list for that; may be given again\n"
    "  --revocation MODE      require (default), prefer, ignore\n"
    "  --path PATH            of the service (/otp)\n"
    "  --template OID         the only template accepted\n"
    "  --ra-cert FILE --ra-key FILE   the signing certificate; read again when it\n"
    "                         changes\n"
    "  --issuing-ca 'HOST\\NAME'       named in answers; may be given again\n"
    "  --users FILE           who is who, and their TOTP tokens\n"
    "  --domain NAME=SUFFIX   NAME\\user must ask for the UPN user@SUFFIX; may be\n"
    "                         given again\n"
    "  --state DIR            where wrong and spent codes are kept (in memory)\n"
    "  --clear-user USER      only forget the wrong codes counted of this user, named\n"
    "                         as SERVE-BUDGET-SPENT has it (SID or UPN); a server\n"
    "                         that runs on DIR need not stop\n"
    "  --timeout S            for the answer about a code (120)\n"
    "  --radius HOST:PORT     codes are checked there, not in the users' file; may be\n"
    "                         given again\n"
    "  --radius-secret FILE   the shared secret\n"
    "  --radius-optional      take replies without Message-Authenticator\n"
    "  --radius-push          a person answers a prompt: wait longer, and ask one\n"
    "                         server only\n"
    "  --radius-strip         send the user name without its domain\n"
    "  --workers N            threads that serve (one for each processor, at most 16)\n"
    "  --profile NAME         the profile for what is not given (default)\n"
    "  --quiet                no line for each exchange\n"
    "\n"
    "example: daotp serve --listen 127.0.0.1:8443 --cert server.pem \\\n"
    "  --key server.key \\\n"
    "  --client-ca root.pem --template 1.3.6.1.4.1.311.21.8.1.2.3 --ra-cert ra.pem \\\n"
    "  --ra-key ra.key --issuing-ca 'ca.example.com\\Example CA' --users users.txt\n";

enum { MAX_WORKERS = 64, DEFAULT_WORKERS = 16 };

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
    bool behind_front, quiet;
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

/* ---- who is this, is this right -------------------------------------------------------------- */

static void on_user(void *user, daotp_exchange *exchange, const char *name)
{
    server *s = user;
    const struct user *found;
    daotp_account *account = daotp_exchange_get_account(exchange);

    snprintf(s->current->name, sizeof s->current->name, "%s", name);
    if (!tool_secret_check(s->users_file) || users_refresh(s->users) != 0) {
        (void)daotp_exchange_answer_user(exchange, DAOTP_USER_UNAVAILABLE);
        return;
    }
    found = users_find(s->users, name);
    if (found == NULL || found->disabled) {
        (void)daotp_exchange_answer_user(exchange, DAOTP_USER_UNKNOWN);
        return;
    }
    if (daotp_account_set_upn(account, found->upn) != DAOTP_OK ||
        daotp_account_set_dn(account, found->dn) != DAOTP_OK ||
        daotp_account_set_sid(account, found->sid) != DAOTP_OK)
        (void)daotp_exchange_answer_user(exchange, DAOTP_USER_UNAVAILABLE);
    else
        (void)daotp_exchange_answer_user(exchange, DAOTP_USER_FOUND);
}

/* A right code is good once for its token, whatever its user is called. */
static daotp_code_answer spend_code(server *s, const struct user *user, int64_t step)
{
    daotp_report *report = daotp_exchange_get_report(s->current->exchange);

    switch (daotp_budget_spend_step(s->budget, user->secret, user->secret_len, step, report)) {
    case DAOTP_OK:
        return user->challenge ? DAOTP_CODE_CHALLENGE : DAOTP_CODE_ACCEPTED;
    case DAOTP_REJECTED:
        return DAOTP_CODE_REJECTED;
    default:
        return DAOTP_CODE_UNAVAILABLE;
    }
}

static daotp_code_answer check_code(server *s, const char *name, const char *code, size_t len)
{
    const struct user *found = users_find(s->users, name);
    char text[64];
    int64_t step;

    if (len >= sizeof text)
        return DAOTP_CODE_REJECTED;
    memcpy(text, code, len);
    text[len] = '\0';
    step = users_match_code(found, text, (int64_t)time(NULL));
    explicit_bzero(text, sizeof text);
    return step >= 0 ? spend_code(s, found, step) : DAOTP_CODE_REJECTED;
}

static void go_on(serving *x);

static void on_radius(void *user, daotp_code_answer answer)
{
    serving *x = user;

    x->login = NULL;
    pthread_mutex_lock(&x->server->lock);
    (void)daotp_exchange_answer_code(x->exchange, answer);
    pthread_mutex_unlock(&x->server->lock);
    go_on(x);
}

static void ask_radius(server *s, daotp_exchange *exchange, const char *name, const char *code,
                       size_t len)
{
    daotp_code_answer answer;

    s->current->login =
        radius_check_ask(s->current->worker->check, name, code, len,
                         daotp_exchange_get_report(exchange), on_radius, s->current, &answer);
    if (s->current->login == NULL)
        (void)daotp_exchange_answer_code(exchange, answer);
}

static void on_code(void *user, daotp_exchange *exchange, const char *name, const char *code,
                    size_t len)
{
    server *s = user;

    if (s->current->worker->check != NULL)
        ask_radius(s, exchange, name, code, len);
    else
        (void)daotp_exchange_answer_code(exchange, check_code(s, name, code, len));
}

/* ---- one exchange ---------------------------------------------------------------------------- */

/* A line for the outcome: when, who, from where; then one for each finding. A HEAD is a client that
 * opens its connection before there is a code. */
static void log_exchange(serving *x)
{
    daotp_report *report = daotp_exchange_get_report(x->exchange);
    time_t now = time(NULL);
    char when[32] = "";
    struct tm tm;

    if (x->server->quiet || strcmp(https_method(x->request), "HEAD") == 0)
        return;
    if (gmtime_r(&now, &tm) != NULL)
        (void)strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &tm);
    daotp__utf8_make_plain(x->name); /* a name is the client's word */
    flockfile(stderr);               /* the lines of one exchange stay together */
    fprintf(stderr, "%u %s at %s from %s%s%s\n", daotp_exchange_get_http_status(x->exchange),
            daotp_status_name(daotp_report_get_status(report)), when, x->from,
            x->name[0] != '\0' ? " for " : "", x->name);
    for (size_t i = 0; i < daotp_report_get_count(report); i++) {
        const daotp_finding *finding = daotp_report_get_finding(report, i);

        fprintf(stderr, "  %s %s: %s: %s; found: %s\n",
                daotp_severity_name(daotp_finding_get_severity(finding)),
                daotp_finding_get_id(finding), daotp_finding_get_subject(finding),
                daotp_catalogue_get_title(daotp_finding_get_number(finding)),
                daotp_finding_get_found(finding));
    }
    funlockfile(stderr);
}

static void end_serving(serving *x)
{
    const char *name, *value, *type = NULL;
    const uint8_t *body;
    size_t len;

    if (x->login != NULL)
        radius_check_forget(x->worker->check, x->login);
    pthread_mutex_lock(&x->server->lock);

    for (size_t i = 0; (name = daotp_exchange_get_header(x->exchange, i, &value)) != NULL; i++) {
        if (strcasecmp(name, "Content-Type") == 0)
            type = value;
        else
            https_add_header(x->request, name, value);
    }
    body = daotp_exchange_get_body(x->exchange, &len);
    log_exchange(x);
    https_reply(x->request, (int)daotp_exchange_get_http_status(x->exchange), type, body, len);
    daotp_exchange_free(x->exchange);
    pthread_mutex_unlock(&x->server->lock);
    if (x->timer != NULL)
        event_free(x->timer);
    free(x);
}

static void on_timer(evutil_socket_t fd, short what, void *user)
{
    (void)fd, (void)what;
    go_on(user);
}

static void go_on(serving *x)
{
    daotp_status status;
    struct timeval wait;
    int ms;

    pthread_mutex_lock(&x->server->lock);
    x->server->current = x;
    status = daotp_exchange_step(x->exchange);
    ms = daotp_exchange_get_timeout_ms(x->exchange);
    pthread_mutex_unlock(&x->server->lock);
    if (status != DAOTP_AGAIN) {
        end_serving(x);
        return;
    }
    wait = (struct timeval){.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 + 1000};
    if (x->timer == NULL)
        x->timer = event_new(x->worker->base, -1, 0, on_timer, x);
    if (x->timer != NULL)
        event_add(x->timer, &wait);
}

static struct front_headers front_headers_of(const struct https_request *request)
{
    static const char *const names[] = {FRONT_VERIFY, FRONT_CERTIFICATE, FRONT_CLIENT_CERT};
    struct front_headers headers = {https_header(request, FRONT_VERIFY),
                                    https_header(request, FRONT_CERTIFICATE),
                                    https_header(request, FRONT_CLIENT_CERT), NULL};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (https_header_count(request, names[i]) > 1)
            headers.repeated = names[i];
    return headers;
}

static void give_certificate(serving *x)
{
    struct https_request *request = x->request;
    struct front_headers headers = front_headers_of(request);
    unsigned char *der = NULL;
    const unsigned char *peer;
    const char *why;
    size_t len;

    if (!x->server->behind_front) {
        peer = https_peer_cert(request, &len);
        if (peer != NULL)
            (void)daotp_exchange_set_peer_certificate(x->exchange, peer, len);
        return;
    }
    if (front_read(&headers, &der, &len, &why))
        (void)daotp_exchange_set_peer_certificate(x->exchange, der, len);
    else if (why != NULL)
        (void)daotp_exchange_refuse_peer_certificate(x->exchange, why);
    free(der);
}

/* The lock is held. */
static daotp_status begin_exchange(serving *x)
{
    static const char *const headers[] = {"X-OTPCEP-version", "Content-Type"};
    size_t len;
    unsigned char *body = https_body(x->request, &len);
    daotp_status status =
        daotp_exchange_new(x->server->responder, https_method(x->request), body, len, &x->exchange);

    for (size_t i = 0; i < 2 && status == DAOTP_OK; i++) {
        const char *value = https_header(x->request, headers[i]);

        if (value != NULL)
            status = daotp_exchange_add_header(x->exchange, headers[i], value);
    }
    if (status == DAOTP_OK)
        give_certificate(x);
    return status;
}

static void on_request(struct https_request *request, void *user)
{
    worker *w = user;
    server *s = w->server;
    daotp_status status;
    serving *x;

    if (strcmp(https_path(request), s->path) != 0) {
        https_reply(request, 404, NULL, NULL, 0);
        return;
    }
    x = calloc(1, sizeof *x);
    if (x == NULL) {
        https_reply(request, 500, NULL, NULL, 0);
        return;
    }
    x->server = s;
    x->worker = w;
    x->request = request;
    snprintf(x->from, sizeof x->from, "%s", https_peer_address(request));
    pthread_mutex_lock(&s->lock);
    status = begin_exchange(x);
    if (status != DAOTP_OK)
        daotp_exchange_free(x->exchange);
    pthread_mutex_unlock(&s->lock);
    if (status == DAOTP_OK) {
        go_on(x);
        return;
    }
    https_reply(request, 500, NULL, NULL, 0);
    free(x);
}

/* ---- the server ------------------------------------------------------------------------------ */

static daotp_status add_intermediates(daotp_trust *trust, const char *path, daotp_report *report)
{
    daotp_status status;
    char *bytes;
    size_t len;

    if (!tool_read_file(path, &bytes, &len))
        return DAOTP_CONFIGURATION;
    status = daotp_trust_add_intermediates(trust, bytes, len, report);
    free(bytes);
    return status;
}

/* The anchors by which clients and our signing certificate are validated, in addition to the TLS
 * handshake. */
static daotp_status set_trust(daotp_context *context, server *s, daotp_report *report)
{
    daotp_trust *trust = NULL;
    daotp_revocation mode;
    daotp_status status = tool_revocation("serve", "revocation", s->revocation, &mode);

    if (status != DAOTP_OK || s->trust == NULL)
        return status;
    status = daotp_trust_new(context, &trust);
    if (status == DAOTP_OK)
        status = daotp_trust_add_file(trust, s->trust, report);
    if (status == DAOTP_OK && s->with != NULL)
        status = add_intermediates(trust, s->with, report);
    for (size_t i = 0; i < s->crl_count && status == DAOTP_OK; i++)
        status = daotp_trust_add_crl_file(trust, s->crls[i], report);
    if (status == DAOTP_OK)
        status = daotp_responder_set_trust(s->responder, trust, mode);
    daotp_trust_unref(trust);
    return status;
}

/* No request may be for the key of the TLS server. */
static daotp_status reserve_key(const server *s)
{
    daotp_status status;
    char *bytes;
    size_t len;

    if (s->https.cert == NULL)
        return DAOTP_OK;
    if (!tool_read_file(s->https.cert, &bytes, &len))
        return DAOTP_CONFIGURATION;
    status = daotp_responder_add_reserved(s->responder, bytes, len);
    if (status == DAOTP_PEER) {
        tool_say("daotp serve: --cert %s: no certificate that can be read", s->https.cert);
        status = DAOTP_CONFIGURATION; /* the file is the administrator's */
    }
    free(bytes);
    return status;
}

/* Not through the log, which has no line for success. */
static void log_report(daotp_report *report, daotp_status status)
{
    if (daotp_report_get_status(report) == status) /* else it was said why */
        fputs(daotp_report_get_text(report), stderr);
}

static daotp_status load_trust(daotp_context *context, server *s)
{
    daotp_report *report = NULL;
    daotp_status status = daotp_report_new(context, &report);

    if (status == DAOTP_OK)
        status = set_trust(context, s, report);
    if (status != DAOTP_OK && status != DAOTP_USAGE && report != NULL)
        log_report(report, status);
    daotp_report_free(report);
    return status;
}

/* Report at the start what would stop every exchange; it can be corrected while the server runs. */
static void warn_before_serving(daotp_context *context, const server *s)
{
    daotp_credential *signer = NULL;
    daotp_report *report = NULL;

    if (s->issuing_ca_count == 0)
        fprintf(stderr, "daotp serve: no --issuing-ca: every exchange will end with SERVE-NO-CA\n");
    if (daotp_report_new(context, &report) == DAOTP_OK &&
        daotp_credential_load(context, s->ra_cert, s->ra_key, report, &signer) != DAOTP_OK)
        fputs(daotp_report_get_text(report), stderr);
    daotp_credential_unref(signer);
    daotp_report_free(report);
}

/* The folder for wrong and used codes; if it cannot be used the server does not start. */
static daotp_status set_budget(daotp_context *context, server *s)
{
    daotp_report *report = NULL;
    daotp_status status = daotp_report_new(context, &report);

    if (status == DAOTP_OK)
        status = tool_taken("serve", daotp_budget_new(context, s->state, &s->budget), "state",
                            s->state != NULL ? s->state : "");
    if (status == DAOTP_OK) {
        status = daotp_budget_open(s->budget, report);
        if (status != DAOTP_OK)
            log_report(report, status);
    }
    if (status == DAOTP_OK)
        status = daotp_responder_set_budget(s->responder, s->budget);
    daotp_report_free(report);
    return status;
}

static daotp_status add_domain(server *s, char *rule)
{
    char *sign = strchr(rule, '=');
    daotp_status status;

    *sign = '\0';
    status = daotp_responder_add_domain(s->responder, rule, sign + 1);
    *sign = '=';
    return tool_taken("serve", status, "domain", rule);
}

static daotp_status set_up(daotp_context *context, server *s)
{
    daotp_status status = daotp_responder_new(context, &s->responder);

    if (status == DAOTP_OK)
        status = set_budget(context, s);
    for (size_t i = 0; i < s->domain_count && status == DAOTP_OK; i++)
        status = add_domain(s, s->domains[i]);

    if (status == DAOTP_OK)
        status = tool_taken("serve", daotp_responder_set_template(s->responder, s->template),
                            "template", s->template);
    if (status == DAOTP_OK)
        status = daotp_responder_set_signer_files(s->responder, s->ra_cert, s->ra_key);
    if (status == DAOTP_OK)
        status = reserve_key(s);
    if (status == DAOTP_OK)
        status = load_trust(context, s);
    for (size_t i = 0; i < s->issuing_ca_count && status == DAOTP_OK; i++)
        status =
            tool_taken("serve", daotp_responder_add_issuing_ca(s->responder, s->issuing_cas[i]),
                       "issuing-ca", s->issuing_cas[i]);
    if (status == DAOTP_OK)
        status = daotp_responder_set_timeout_ms(s->responder, (int64_t)(s->timeout_s * 1000));
    if (status == DAOTP_OK)
        status = daotp_responder_set_user_callback(s->responder, on_user, s);
    if (status == DAOTP_OK)
        status = daotp_responder_set_code_callback(s->responder, on_code, s);
    return status;
}

static bool write_port(const server *s, const struct https *https)
{
    char text[16];
    int len = snprintf(text, sizeof text, "%d\n", https_port(https));

    return s->port_file == NULL || tool_replace_file(s->port_file, text, (size_t)len, 0644);
}

/* ---- the workers ----------------------------------------------------------------------------- */

static void on_stop(evutil_socket_t fd, short what, void *user)
{
    (void)fd, (void)what;
    event_base_loopbreak(user);
}

/* The first worker opens the socket; the others take connections from it too. */
static int open_worker(worker *w, const worker *first)
{
    struct https_config config = w->server->https;

    config.max_connections = https_max_connections() / (size_t)w->server->worker_count;
    if (w != first) {
        config.unix_path = NULL;
        config.fd = dup(https_fd(first->https));
        if (config.fd < 0)
            return TOOL_INTERNAL;
    }
    return https_start(w->base, &config, on_request, w, &w->https);
}

static int worker_new(worker *w, const worker *first, server *s, daotp_context *context)
{
    int status = TOOL_INTERNAL;

    w->server = s;
    w->base = event_base_new();
    if (w->base == NULL)
        return TOOL_MEMORY;
    w->stop = event_new(w->base, s->stop, EV_READ | EV_PERSIST, on_stop, w->base);
    if (w->stop != NULL && event_add(w->stop, NULL) == 0)
        status = open_worker(w, first);
    if (status == 0 && s->radius.server_count > 0) {
        s->radius.quiet = s->quiet;
        status = tool_exit_status(radius_check_new(w->base, context, &s->radius, &w->check));
    }
    return status;
}

static void worker_free(worker *w)
{
    if (w->https != NULL)
        https_stop(w->https);
    radius_check_free(w->check);
    if (w->stop != NULL)
        event_free(w->stop);
    if (w->base != NULL)
        event_base_free(w->base);
}

static void *run_worker(void *user)
{
    worker *w = user;

    event_base_dispatch(w->base);
    return NULL;
}

/* Signals are the first worker's, which is this thread. */
static int start_threads(worker *workers, size_t count)
{
    sigset_t all, before;
    int status = 0;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (size_t i = 1; i < count && status == 0; i++) {
        workers[i].is_running =
            pthread_create(&workers[i].thread, NULL, run_worker, &workers[i]) == 0;
        status = workers[i].is_running ? 0 : TOOL_INTERNAL;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return status;
}

static int tell_where(const server *s, const struct https *https)
{
    if (!write_port(s, https)) {
        tool_say("daotp serve: %s cannot be written", s->port_file);
        return TOOL_CONFIGURATION;
    }
    if (s->https.unix_path == NULL && !s->quiet)
        fprintf(stderr, "daotp serve: https://localhost:%d%s\n", https_port(https), s->path);
    return 0;
}

/* Until a signal. */
static int serve_until_stopped(server *s, worker *workers)
{
    size_t count = (size_t)s->worker_count;
    struct event *term = evsignal_new(workers->base, SIGTERM, on_stop, workers->base);
    struct event *interrupt = evsignal_new(workers->base, SIGINT, on_stop, workers->base);
    int status = TOOL_INTERNAL;

    if (term != NULL && interrupt != NULL && event_add(term, NULL) == 0 &&
        event_add(interrupt, NULL) == 0)
        status = tell_where(s, workers->https);
    if (status == 0)
        status = start_threads(workers, count);
    if (status == 0)
        event_base_dispatch(workers->base);
    (void)eventfd_write(s->stop, 1);
    for (size_t i = 1; i < count; i++)
        if (workers[i].is_running)
            pthread_join(workers[i].thread, NULL);
    if (term != NULL)
        event_free(term);
    if (interrupt != NULL)
        event_free(interrupt);
    return status;
}

static void choose_worker_count(server *s)
{
    cpu_set_t set;

    if (s->worker_count > 0)
        return;
    s->worker_count = 1;
    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0)
        s->worker_count = CPU_COUNT(&set) < DEFAULT_WORKERS ? CPU_COUNT(&set) : DEFAULT_WORKERS;
}

static int run_server(server *s, daotp_context *context)
{
    worker *workers;
    int status = 0;

    choose_worker_count(s);
    signal(SIGPIPE, SIG_IGN);
    s->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    workers = calloc((size_t)s->worker_count, sizeof *workers);
    if (workers == NULL || s->stop < 0)
        status = TOOL_MEMORY;
    for (int64_t i = 0; i < s->worker_count && status == 0; i++)
        status = worker_new(&workers[i], workers, s, context);
    if (status == 0)
        status = serve_until_stopped(s, workers);
    for (int64_t i = s->worker_count; i > 0 && workers != NULL; i--)
        worker_free(&workers[i - 1]);
    free(workers);
    if (s->stop >= 0)
        (void)close(s->stop);
    return status;
}

/* ---- options --------------------------------------------------------------------------------- */

static bool take_listen(server *s, char *text)
{
    char *colon = strrchr(text, ':');
    int64_t port;

    if (colon == NULL || !tool_integer(colon + 1, 0, 65535, &port))
        return false;
    s->https.port = (int)port;
    *colon = '\0';
    s->https.host = text;
    return true;
}

/* Permission bits in octal: the owner's at least, or nobody could connect. */
static bool take_mode(server *s, const char *text)
{
    char *end;
    long mode = strtol(text, &end, 8);

    if (*text < '0' || *text > '7' || *end != '\0' || mode > 0777 || (mode & 0600) != 0600)
        return false;
    s->https.unix_mode = (int)mode;
    return true;
}

/* Where the text of an option goes; NULL for an option that is no plain text. */
static const char **text_slot(server *s, int option)
{
    const struct {
        int option;
        const char **slot;
    } slots[] = {{'p', &s->port_file},
                 {'c', &s->https.cert},
                 {'k', &s->https.key},
                 {'a', &s->https.client_ca},
                 {'u', &s->https.unix_path},
                 {'P', &s->path},
                 {'t', &s->template},
                 {'r', &s->ra_cert},
                 {'R', &s->ra_key},
                 {'y', &s->trust},
                 {'w', &s->with},
                 {'m', &s->revocation},
                 {'U', &s->users_file},
                 {'s', &s->state},
                 {'Z', &s->clear_user},
                 {'S', &s->radius.secret_file}};

    for (size_t i = 0; i < sizeof slots / sizeof slots[0]; i++)
        if (slots[i].option == option)
            return slots[i].slot;
    return NULL;
}

static bool push_text(const char **list, size_t room, size_t *count, const char *text)
{
    if (*count == room)
        return false;
    list[(*count)++] = text;
    return true;
}
#define PUSH_TEXT(list, count, text) push_text(list, sizeof(list) / sizeof(list)[0], &(count), text)

static bool take_domain(server *s, char *text)
{
    if (s->domain_count == sizeof s->domains / sizeof s->domains[0] || strchr(text, '=') == NULL)
        return false;
    s->domains[s->domain_count++] = text;
    return true;
}

static bool take_radius_server(server *s, char *text)
{
    radius_place *place = &s->radius.servers[s->radius.server_count];

    if (s->radius.server_count == sizeof s->radius.servers / sizeof s->radius.servers[0] ||
        !radius_split(text, &place->host, &place->port))
        return false;
    s->radius.server_count++;
    return true;
}

static bool take_seconds(server *s, const char *text)
{
    if (!tool_seconds(text, &s->timeout_s))
        return false;
    s->radius.timeout_ms = (int64_t)(s->timeout_s * 900); /* so that we hear why before */
    return true;
}

static bool take_switch(server *s, int option)
{
    switch (option) {
    case 'q':
        return s->quiet = true;
    case 'O':
        s->radius.policy = DAOTP_RADIUS_POLICY_OPTIONAL;
        return true;
    case 'H':
        s->radius.timers = DAOTP_RADIUS_TIMERS_PUSH;
        return true;
    case 'x':
        return s->radius.strip = true;
    default:
        return false;
    }
}

static bool take_option(server *s, int option)
{
    const char **slot = text_slot(s, option);

    if (slot != NULL)
        return (*slot = optarg) != NULL;
    switch (option) {
    case 'l':
        return take_listen(s, optarg);
    case 'M':
        return take_mode(s, optarg);
    case 'T':
        return take_seconds(s, optarg);
    case 'W':
        return tool_integer(optarg, 1, MAX_WORKERS, &s->worker_count);
    case 'L':
        return PUSH_TEXT(s->crls, s->crl_count, optarg);
    case 'N':
        return take_domain(s, optarg);
    case 'D':
        return take_radius_server(s, optarg);
    case 'i':
        return PUSH_TEXT(s->issuing_cas, s->issuing_ca_count, optarg);
    default:
        return take_switch(s, option);
    }
}

static bool is_complete(const server *s)
{
    bool local = s->https.unix_path != NULL;
    const struct {
        const char *option;
        bool is_there;
    } needed[] = {
        {"listen HOST:PORT, or --unix PATH", local || s->https.host != NULL},
        {"cert FILE", local || s->https.cert != NULL},
        {"key FILE", local || s->https.key != NULL},
        {"client-ca FILE", local || s->https.client_ca != NULL},
        {"path /PATH", s->path[0] == '/'},
        {"template OID", s->template != NULL},
        {"ra-cert FILE", s->ra_cert != NULL},
        {"ra-key FILE", s->ra_key != NULL},
        {"users FILE", s->users_file != NULL},
        {"radius-secret FILE", s->radius.server_count == 0 || s->radius.secret_file != NULL},
    };
    bool complete = true;

    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        if (!needed[i].is_there)
            fprintf(stderr, "daotp serve: needs --%s\n", needed[i].option);
        complete = complete && needed[i].is_there;
    }
    return complete;
}

static const struct option serve_options[] = {{"listen", required_argument, NULL, 'l'},
                                              {"port-file", required_argument, NULL, 'p'},
                                              {"cert", required_argument, NULL, 'c'},
                                              {"key", required_argument, NULL, 'k'},
                                              {"client-ca", required_argument, NULL, 'a'},
                                              {"unix", required_argument, NULL, 'u'},
                                              {"unix-mode", required_argument, NULL, 'M'},
                                              {"path", required_argument, NULL, 'P'},
                                              {"template", required_argument, NULL, 't'},
                                              {"ra-cert", required_argument, NULL, 'r'},
                                              {"ra-key", required_argument, NULL, 'R'},
                                              {"issuing-ca", required_argument, NULL, 'i'},
                                              {"trust", required_argument, NULL, 'y'},
                                              {"with", required_argument, NULL, 'w'},
                                              {"crl", required_argument, NULL, 'L'},
                                              {"revocation", required_argument, NULL, 'm'},
                                              {"users", required_argument, NULL, 'U'},
                                              {"state", required_argument, NULL, 's'},
                                              {"clear-user", required_argument, NULL, 'Z'},
                                              {"domain", required_argument, NULL, 'N'},
                                              {"timeout", required_argument, NULL, 'T'},
                                              {"radius", required_argument, NULL, 'D'},
                                              {"radius-secret", required_argument, NULL, 'S'},
                                              {"radius-optional", no_argument, NULL, 'O'},
                                              {"radius-push", no_argument, NULL, 'H'},
                                              {"radius-strip", no_argument, NULL, 'x'},
                                              {"quiet", no_argument, NULL, 'q'},
                                              {"workers", required_argument, NULL, 'W'},
                                              {"help", no_argument, NULL, 'h'},
                                              {0}};

enum { GO_ON = -1 };

/* GO_ON, or what the tool ends with. */
static int take_arguments(server *s, int argc, char **argv)
{
    int c, which = 0;

    while ((c = tool_next_option("serve", argc, argv, serve_options, &which)) != -1) {
        if (c == 'h')
            return fputs(help, stdout) < 0;
        if (!take_option(s, c))
            return tool_bad_option("serve", c, serve_options[which].name, optarg);
    }
    if (optind < argc) {
        tool_say("daotp serve: what is '%s'? daotp serve --help lists the options", argv[optind]);
        return TOOL_USAGE;
    }
    if (s->clear_user != NULL)
        return s->state != NULL ? GO_ON : tool_missing("serve", "--state DIR");
    return is_complete(s) ? GO_ON : TOOL_USAGE;
}

static int load_users(server *s)
{
    if ((s->https.key != NULL && !tool_secret_check(s->https.key)) ||
        !tool_secret_check(s->users_file))
        return TOOL_CONFIGURATION;
    return users_load(s->users_file, &s->users);
}

static int serve_all(server *s)
{
    daotp_context *context = tool_context();
    daotp_status status = set_up(context, s);
    int code = tool_exit_status(status);

    if (status == DAOTP_OK) {
        warn_before_serving(context, s);
        code = run_server(s, context);
    }
    daotp_responder_free(s->responder);
    daotp_budget_unref(s->budget);
    daotp_context_unref(context);
    return code;
}

/* In the place of serving. A folder that is not there is not made: it would be a mistyped one. */
static int clear_user(const server *s)
{
    daotp_context *context = tool_context();
    daotp_budget *budget = NULL;
    daotp_report *report = NULL;
    daotp_status status = daotp_report_new(context, &report);

    if (access(s->state, F_OK) != 0) {
        tool_say("daotp serve: --state %s: %s", s->state, strerror(errno));
        status = DAOTP_CONFIGURATION;
    }
    if (status == DAOTP_OK)
        status =
            tool_taken("serve", daotp_budget_new(context, s->state, &budget), "state", s->state);
    if (status == DAOTP_OK) {
        status = daotp_budget_clear_user(budget, s->clear_user, report);
        if (status == DAOTP_USAGE)
            (void)tool_taken("serve", status, "clear-user", s->clear_user);
        else if (status != DAOTP_OK)
            log_report(report, status);
    }
    daotp_budget_unref(budget);
    daotp_report_free(report);
    daotp_context_unref(context);
    return tool_exit_status(status);
}

int cmd_serve(int argc, char **argv)
{
    server s = {
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .stop = -1,
        .path = "/otp",
        .timeout_s = 120,
        .radius = {.policy = DAOTP_RADIUS_POLICY_REQUIRE, .timers = DAOTP_RADIUS_TIMERS_CODE}};
    int code = take_arguments(&s, argc, argv);

    if (code != GO_ON)
        return code;
    if (s.clear_user != NULL)
        return clear_user(&s);
    s.behind_front = s.https.unix_path != NULL;
    s.https.client = s.behind_front ? HTTPS_CLIENT_NONE : HTTPS_CLIENT_OPTIONAL;
    code = load_users(&s);
    if (code == 0)
        code = serve_all(&s);
    users_free(s.users);
    return code;
}
