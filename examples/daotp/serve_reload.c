/* SPDX-License-Identifier: BSD-2-Clause */
/* The settings, read anew while the server runs. */
#include "serve.h"

#include "profile.h"
#include "serve_notify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static bool is_same(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static void tell_restart(server *s, const char *option)
{
    char *text = NULL;

    if (asprintf(&text, "daotp serve: %s: SERVE-RESTART: %s\n", option,
                 daotp_catalogue_get_title(DAOTP_FINDING_SERVE_RESTART)) > 0)
        serve_log_put(s->log, SERVE_LOG_TEXT, text);
}

/* What sockets, threads and state are made of stays. */
static void tell_unchangeable(server *s, const serve_settings *next)
{
    const serve_settings *now = s->settings;
    const struct {
        const char *option;
        bool is_same;
    } rows[] = {
        {"--listen",
         is_same(now->https.host, next->https.host) && now->https.port == next->https.port},
        {"--unix", is_same(now->https.unix_path, next->https.unix_path) &&
                       now->https.unix_mode == next->https.unix_mode},
        {"--state", is_same(now->state, next->state)},
        {"--nodes", now->nodes == next->nodes},
        {"--workers", now->worker_count == next->worker_count},
        {"--audit", is_same(now->audit, next->audit)},
        {"--metrics",
         is_same(now->metrics_host, next->metrics_host) && now->metrics_port == next->metrics_port},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (!rows[i].is_same)
            tell_restart(s, rows[i].option);
}

static int read_settings(serve_settings **next)
{
    char **argv;
    int argc, status = profile_apply_again(&argc, &argv);

    *next = NULL;
    if (status == 0)
        status = serve_take_arguments(argc, argv, next);
    if (status != SERVE_GO_ON || *next == NULL)
        return status == 0 ? TOOL_USAGE : status;
    return 0;
}

static void use_settings(server *s, serve_settings *next, serve_part **parts)
{
    for (size_t i = 0; i < s->worker_count; i++) {
        worker *w = &s->workers[i];

        /* one that the worker has not taken yet nobody uses */
        serve_part_free(atomic_exchange(&w->next, parts[i]));
        serve_wake_worker(w);
    }
    serve_settings_unref(s->settings);
    s->settings = serve_settings_ref(next);
}

void serve_reload(server *s)
{
    serve_part *parts[SERVE_MAX_WORKERS] = {NULL};
    serve_settings *next;
    struct timespec now;
    int status;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    (void)serve_notify("RELOADING=1\nMONOTONIC_USEC=%lld",
                       (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
    serve_log_reopen(s->log);
    status = read_settings(&next);
    if (status == 0 && next->https.has_front != s->settings->https.has_front) {
        tool_say("daotp serve: --unix and --listen are not exchanged without a restart");
        status = TOOL_CONFIGURATION;
    }
    if (status == 0)
        status = serve_make_parts(s, next, parts, s->worker_count);
    if (status == 0) {
        tell_unchangeable(s, next);
        use_settings(s, next, parts);
        s->counts.reloads++;
    } else {
        s->counts.failed_reloads++;
    }
    serve_settings_unref(next);
    serve_log_put(s->log, SERVE_LOG_TEXT,
                  strdup(status == 0 ? "daotp serve: the settings were read anew\n"
                                     : "daotp serve: the old settings stay\n"));
    (void)serve_notify("READY=1\nSTATUS=%s",
                       status == 0 ? "serving" : "serving; the last reload failed");
}
