/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The workers. Each is a thread with an event loop, connections and a RADIUS client of its own, and
 * takes connections from the one listening socket: TLS runs on as many processors as there are
 * workers.
 */
#include "serve.h"

#include <event2/event.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

static bool write_port(const server *s, const struct https *https)
{
    char text[16];
    int len = snprintf(text, sizeof text, "%d\n", https_port(https));

    return s->port_file == NULL || tool_replace_file(s->port_file, text, (size_t)len, 0644);
}

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
    return https_start(w->base, &config, serve_on_request, w, &w->https);
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
        s->worker_count =
            CPU_COUNT(&set) < SERVE_DEFAULT_WORKERS ? CPU_COUNT(&set) : SERVE_DEFAULT_WORKERS;
}

int serve_run(server *s, daotp_context *context)
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
