/* SPDX-License-Identifier: BSD-2-Clause */
/* What follows from one set of settings, for one worker. */
#include "serve.h"

#include <event2/event.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- making ---------------------------------------------------------------------------------- */

/* What all workers share. */
typedef struct common {
    daotp_trust *trust;
    SSL_CTX *tls;
    serve_directory *directory;
} common;

static void common_free(common *shared)
{
    daotp_trust_unref(shared->trust);
    SSL_CTX_free(shared->tls);
    serve_directory_unref(shared->directory);
}

static int common_make(server *s, const serve_settings *settings, common *shared)
{
    int status = 0;

    *shared = (common){NULL, NULL, NULL};
    if ((settings->https.key != NULL && !tool_secret_check(settings->https.key)) ||
        (settings->users_file != NULL && !tool_secret_check(settings->users_file)))
        return TOOL_CONFIGURATION;
    status = tool_exit_status(serve_load_trust(s->context, settings, &shared->trust));
    if (status == 0 && !settings->https.has_front)
        status = https_tls_new(&settings->https, &shared->tls);
    if (status == 0 && settings->directory.controller_count > 0)
        status = serve_directory_new(&settings->directory, &s->counts, &shared->directory);
    return status;
}

static int part_make(server *s, serve_settings *settings, const common *shared, serve_part **out)
{
    serve_part *part = calloc(1, sizeof *part);
    int status = 0;

    *out = part;
    if (part == NULL)
        return TOOL_MEMORY;
    part->server = s;
    part->settings = serve_settings_ref(settings);
    part->directory = serve_directory_ref(shared->directory);
    if (shared->tls != NULL && SSL_CTX_up_ref(shared->tls) == 1)
        part->tls = shared->tls;
    if (settings->users_file != NULL)
        status = users_load(settings->users_file, &part->users);
    if (status == 0)
        status = tool_exit_status(serve_make_responder(part, shared->trust));
    if (status == 0 && settings->radius.server_count > 0)
        status =
            tool_exit_status(radius_check_new(s->context, &settings->radius, s->log, &part->check));
    return status;
}

int serve_make_parts(server *s, serve_settings *settings, serve_part **parts, size_t count)
{
    common shared;
    int status = common_make(s, settings, &shared);
    size_t made = 0;

    for (; made < count && status == 0; made++)
        status = part_make(s, settings, &shared, &parts[made]);
    for (size_t i = 0; i < made && status != 0; i++) {
        serve_part_free(parts[i]);
        parts[i] = NULL;
    }
    common_free(&shared);
    return status;
}

void serve_part_free(serve_part *part)
{
    if (part == NULL)
        return;
    radius_check_free(part->check);
    daotp_responder_free(part->responder);
    users_free(part->users);
    serve_directory_unref(part->directory);
    SSL_CTX_free(part->tls);
    serve_settings_unref(part->settings);
    free(part);
}

/* ---- using ----------------------------------------------------------------------------------- */

/* From the loop: what ends the last exchange may be a call of the part's own RADIUS client. */
static void on_retired(evutil_socket_t fd, short what, void *user)
{
    serve_part *part = user, **at = &part->worker->retired;

    (void)fd, (void)what;
    while (*at != part)
        at = &(*at)->next_retired;
    *at = part->next_retired;
    serve_part_free(part);
}

void serve_part_release(serve_part *part)
{
    static const struct timeval at_once = {0, 0};

    part->exchanges--;
    if (part->is_retired && part->exchanges == 0) /* unless it is told, the worker's end frees it */
        (void)event_base_once(part->worker->base, -1, EV_TIMEOUT, on_retired, part, &at_once);
}

bool serve_part_use(worker *w, serve_part *part)
{
    serve_part *old = w->part;

    part->worker = w;
    if (part->check != NULL && radius_check_attach(part->check, w->base) != DAOTP_OK) {
        serve_part_free(part);
        return false;
    }
    w->part = part;
    if (w->https != NULL && part->tls != NULL)
        https_set_tls(w->https, part->tls);
    if (old == NULL)
        return true;
    old->is_retired = true;
    old->next_retired = w->retired;
    w->retired = old;
    old->exchanges++; /* until here */
    serve_part_release(old);
    return true;
}
