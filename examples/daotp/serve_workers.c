/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The workers, and the main thread that looks after them. Each worker is a thread with an event
 * loop and connections of its own, and takes connections from the one listening socket: TLS and
 * signatures run on as many processors as there are workers. Threads and not processes, so that the
 * spent codes and budgets in memory, and the answers of the directory, are one.
 */
#include "serve.h"
#include "serve_notify.h"

#include <event2/event.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { DRAIN_LOOK_MS = 20, BEAT_MS = 250 };

/* ---- a worker -------------------------------------------------------------------------------- */

static struct timeval ms_timeval(int64_t ms)
{
    return (struct timeval){.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
}

static void on_drain(evutil_socket_t fd, short what, void *user)
{
    worker *w = user;
    struct timeval wait = ms_timeval(DRAIN_LOOK_MS);

    (void)fd, (void)what;
    if (https_count(w->https) == 0 || serve_now_ms() >= w->drain_until_ms ||
        event_add(w->drain, &wait) != 0)
        event_base_loopbreak(w->base);
}

/* A second order ends it at once. */
static void begin_drain(worker *w)
{
    bool is_second = w->drain_until_ms != 0;

    w->drain_until_ms = serve_now_ms();
    if (!is_second) {
        w->drain_until_ms += (int64_t)(w->part->settings->drain_s * 1000);
        https_drain(w->https);
    }
    on_drain(-1, 0, w);
}

static void on_wake(evutil_socket_t fd, short what, void *user)
{
    worker *w = user;
    eventfd_t ignored;
    serve_part *next;

    (void)what;
    (void)eventfd_read((int)fd, &ignored);
    next = atomic_exchange(&w->next, NULL);
    if (next != NULL && !serve_part_use(w, next))
        serve_log_put(w->server->log, SERVE_LOG_TEXT,
                      strdup("daotp serve: no memory: a worker keeps the old settings\n"));
    serve_answers_give(w->answers);
    if (atomic_exchange(&w->must_drain, false))
        begin_drain(w);
}

static void on_beat(evutil_socket_t fd, short what, void *user)
{
    worker *w = user;

    (void)fd, (void)what;
    w->beats++;
}

void serve_wake_worker(worker *w)
{
    (void)eventfd_write(w->wake_fd, 1);
}

static bool is_local_socket(int fd)
{
    struct sockaddr_storage address = {0};
    socklen_t len = sizeof address;

    return getsockname(fd, (struct sockaddr *)&address, &len) == 0 && address.ss_family == AF_UNIX;
}

/* The headers of a front are believed: whoever reaches a port of the network could write them. */
static bool is_fit_for_front(const struct https_config *config, int handed)
{
    if (!config->has_front || is_local_socket(handed))
        return true;
    tool_say(
        "daotp serve: --unix needs a local socket, and LISTEN_FDS hands over another kind: set "
        "ListenStream= of the socket unit to a path, or serve with --listen");
    return false;
}

/* The first worker opens the socket; the others take connections from it too. */
static int open_worker(worker *w, const worker *first)
{
    struct https_config config = w->part->settings->https;
    int handed = serve_listen_fd(NULL);

    config.max_connections = https_max_connections() / w->server->worker_count;
    config.tls = w->part->tls;
    config.cert = w->part->tls != NULL ? config.cert : NULL;
    if (w == first && handed >= 0) {
        if (!is_fit_for_front(&config, handed))
            return TOOL_CONFIGURATION;
        config.fd = handed;
        config.unix_path = NULL;
    } else if (w != first) {
        config.unix_path = NULL;
        config.fd = fcntl(https_fd(first->https), F_DUPFD_CLOEXEC, 0);
        if (config.fd < 0)
            return TOOL_INTERNAL;
    }
    return https_start(w->base, &config, serve_on_request, w, &w->https);
}

static bool make_events(worker *w)
{
    struct timeval beat = ms_timeval(BEAT_MS);

    w->wake = event_new(w->base, w->wake_fd, EV_READ | EV_PERSIST, on_wake, w);
    w->beat = event_new(w->base, -1, EV_PERSIST, on_beat, w);
    w->drain = event_new(w->base, -1, 0, on_drain, w);
    w->answers = serve_answers_new(w->wake_fd);
    return w->wake != NULL && w->beat != NULL && w->drain != NULL && w->answers != NULL &&
           event_add(w->wake, NULL) == 0 && event_add(w->beat, &beat) == 0;
}

/* The part is the worker's from now on, whatever becomes of it. */
static int worker_new(worker *w, server *s, serve_part *part)
{
    w->server = s;
    w->base = event_base_new();
    w->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (w->base == NULL || w->wake_fd < 0 || !make_events(w)) {
        serve_part_free(part);
        return TOOL_MEMORY;
    }
    return serve_part_use(w, part) ? open_worker(w, s->workers) : TOOL_MEMORY;
}

static void free_event(struct event *event)
{
    if (event != NULL)
        event_free(event);
}

static void worker_free(worker *w)
{
    serve_part *next;

    serve_drop_exchanges(w);
    if (w->https != NULL)
        https_stop(w->https);
    serve_part_free(w->part);
    for (serve_part *part = w->retired; part != NULL; part = next) {
        next = part->next_retired;
        serve_part_free(part);
    }
    serve_part_free(atomic_exchange(&w->next, NULL));
    serve_answers_free(w->answers);
    free_event(w->wake);
    free_event(w->beat);
    free_event(w->drain);
    if (w->base != NULL)
        event_base_free(w->base);
    if (w->wake_fd >= 0)
        (void)close(w->wake_fd);
}

static void *run_worker(void *user)
{
    worker *w = user;

    event_base_dispatch(w->base);
    return NULL;
}

/* ---- the main thread ------------------------------------------------------------------------- */

/* Signals are the main thread's. */
static int start_threads(server *s)
{
    sigset_t all, before;
    int status = 0;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (size_t i = 0; i < s->worker_count && status == 0; i++) {
        worker *w = &s->workers[i];

        w->is_running = pthread_create(&w->thread, NULL, run_worker, w) == 0;
        status = w->is_running ? 0 : TOOL_INTERNAL;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return status;
}

/* The workers end when all is answered, or their time is over; then the loop of this thread ends.
 */
static void order_drain(server *s)
{
    for (size_t i = 0; i < s->worker_count; i++) {
        s->workers[i].must_drain = true;
        serve_wake_worker(&s->workers[i]);
    }
}

static void on_stop(evutil_socket_t fd, short what, void *user)
{
    server *s = user;

    (void)fd, (void)what;
    if (!s->is_stopping)
        (void)serve_notify("STOPPING=1\nSTATUS=ending %lld requests",
                           (long long)s->counts.in_flight);
    s->is_stopping = true;
    order_drain(s);
}

static void on_reload(evutil_socket_t fd, short what, void *user)
{
    const server *s = user;

    (void)fd, (void)what;
    if (!s->is_stopping) /* READY=1 would take STOPPING=1 back */
        serve_reload(user);
}

/* The manager restarts a server of which one worker hangs. */
static void on_watch(evutil_socket_t fd, short what, void *user)
{
    static unsigned seen[SERVE_MAX_WORKERS];
    server *s = user;
    bool is_alive = true;

    (void)fd, (void)what;
    for (size_t i = 0; i < s->worker_count; i++) {
        unsigned beats = s->workers[i].beats;

        is_alive = is_alive && beats != seen[i];
        seen[i] = beats;
    }
    if (is_alive)
        (void)serve_notify("WATCHDOG=1");
}

/* Long before the end, and once an hour from then on. */
static void on_expiry(evutil_socket_t fd, short what, void *user)
{
    server *s = user;
    daotp_report *report = NULL;
    int64_t left_s, now = (int64_t)time(NULL);

    (void)fd, (void)what;
    if (now - s->expiry_said_s < 3600 || daotp_report_new(s->context, &report) != DAOTP_OK)
        return;
    (void)serve_check_signer(s->context, s->settings, report, &left_s);
    if (daotp_report_get_count(report) > 0) {
        s->expiry_said_s = now;
        serve_log_put(s->log, SERVE_LOG_TEXT, strdup(daotp_report_get_text(report)));
    }
    daotp_report_free(report);
}

static void on_ended(evutil_socket_t fd, short what, void *user)
{
    (void)fd, (void)what;
    event_base_loopbreak(user);
}

static bool write_port(const server *s)
{
    const char *file = s->settings->port_file;
    char text[16];
    int len = snprintf(text, sizeof text, "%d\n", https_port(s->workers->https));

    return file == NULL || tool_replace_file(file, text, (size_t)len, 0644);
}

static int tell_where(const server *s)
{
    if (!write_port(s)) {
        tool_say("daotp serve: %s cannot be written", s->settings->port_file);
        return TOOL_CONFIGURATION;
    }
    if (!s->settings->https.has_front && !s->settings->quiet)
        fprintf(stderr, "daotp serve: https://localhost:%d%s\n", https_port(s->workers->https),
                s->settings->path);
    return 0;
}

/* A thread that waits for the workers, and writes to ended_fd then. */
typedef struct ending {
    server *server;
    int ended_fd;
} ending;

static void *join_workers(void *user)
{
    ending *end = user;

    for (size_t i = 0; i < end->server->worker_count; i++)
        if (end->server->workers[i].is_running)
            pthread_join(end->server->workers[i].thread, NULL);
    (void)eventfd_write(end->ended_fd, 1);
    return NULL;
}

/* The loop of the main thread, until the workers have ended. */
static int look_after_workers(server *s)
{
    ending end = {.server = s, .ended_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    struct event *ended = event_new(s->base, end.ended_fd, EV_READ, on_ended, s->base);
    int status = ended != NULL && event_add(ended, NULL) == 0 ? start_threads(s) : TOOL_MEMORY;
    sigset_t all, before;
    pthread_t joiner;

    if (status != 0)
        order_drain(s);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (pthread_create(&joiner, NULL, join_workers, &end) == 0) {
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        if (status == 0) {
            (void)serve_notify("READY=1\nSTATUS=serving %s", s->settings->path);
            event_base_dispatch(s->base);
        }
        pthread_join(joiner, NULL);
    } else {
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        order_drain(s);
        (void)join_workers(&end);
        status = TOOL_INTERNAL;
    }
    free_event(ended);
    if (end.ended_fd >= 0)
        (void)close(end.ended_fd);
    return status;
}

enum { SIGNALS = 3, EVERY_MINUTE_MS = 60 * 1000 };

static int watch_all(server *s, struct event **signals)
{
    static const struct {
        int number;
        event_callback_fn call;
    } rows[SIGNALS] = {{SIGTERM, on_stop}, {SIGINT, on_stop}, {SIGHUP, on_reload}};
    struct timeval minute = ms_timeval(EVERY_MINUTE_MS), watch = ms_timeval(serve_watchdog_ms());
    bool is_watched = serve_watchdog_ms() > 0;

    for (size_t i = 0; i < SIGNALS; i++) {
        signals[i] = evsignal_new(s->base, rows[i].number, rows[i].call, s);
        if (signals[i] == NULL || event_add(signals[i], NULL) != 0)
            return TOOL_MEMORY;
    }
    s->watch = event_new(s->base, -1, EV_PERSIST, on_watch, s);
    s->expiry = event_new(s->base, -1, EV_PERSIST, on_expiry, s);
    if (s->watch == NULL || s->expiry == NULL || event_add(s->expiry, &minute) != 0 ||
        (is_watched && event_add(s->watch, &watch) != 0))
        return TOOL_MEMORY;
    return 0;
}

static int serve_until_stopped(server *s)
{
    struct event *signals[SIGNALS] = {NULL};
    int status = watch_all(s, signals);

    if (status == 0)
        status = serve_start_metrics(s);
    if (status == 0)
        status = tell_where(s);
    if (status == 0)
        status = look_after_workers(s);
    for (size_t i = 0; i < SIGNALS; i++)
        free_event(signals[i]);
    free_event(s->watch);
    free_event(s->expiry);
    if (s->metrics != NULL)
        https_stop(s->metrics);
    return status;
}

static size_t choose_worker_count(const serve_settings *settings)
{
    cpu_set_t set;

    if (settings->worker_count > 0)
        return (size_t)settings->worker_count;
    if (sched_getaffinity(0, sizeof set, &set) != 0 || CPU_COUNT(&set) < 1)
        return 1;
    return CPU_COUNT(&set) < SERVE_DEFAULT_WORKERS ? (size_t)CPU_COUNT(&set)
                                                   : SERVE_DEFAULT_WORKERS;
}

static int make_workers(server *s)
{
    serve_part *parts[SERVE_MAX_WORKERS] = {NULL};
    int status = serve_make_parts(s, s->settings, parts, s->worker_count);
    size_t made = 0;

    for (; made < s->worker_count && status == 0; made++)
        status = worker_new(&s->workers[made], s, parts[made]);
    for (size_t i = made; i < s->worker_count; i++)
        serve_part_free(parts[i]);
    return status;
}

int serve_run(server *s)
{
    int status = TOOL_MEMORY;

    signal(SIGPIPE, SIG_IGN);
    s->counts.started_s = (int64_t)time(NULL);
    s->worker_count = choose_worker_count(s->settings);
    s->base = event_base_new();
    s->workers = calloc(s->worker_count, sizeof *s->workers);
    for (size_t i = 0; s->workers != NULL && i < s->worker_count; i++)
        s->workers[i].wake_fd = -1;
    if (s->base != NULL && s->workers != NULL)
        status = make_workers(s);
    if (status == 0)
        status = serve_until_stopped(s);
    for (size_t i = s->worker_count; i > 0 && s->workers != NULL; i--)
        worker_free(&s->workers[i - 1]);
    free(s->workers);
    if (s->base != NULL)
        event_base_free(s->base);
    return status;
}
