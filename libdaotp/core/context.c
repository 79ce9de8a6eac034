/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/context.h"

#include "core/alloc.h"
#include "core/limits.h"

#include <daotp/sys/store_plugin.h>

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#ifndef DAOTP_PLUGIN_FOLDER
#define DAOTP_PLUGIN_FOLDER "" /* a build for tests, without an installation folder */
#endif

struct daotp_context {
    atomic_uint references;
    daotp_log_level level;
    daotp_log_fn log;
    void *log_user;
    daotp_clock_fn wall, monotonic;
    void *wall_user, *monotonic_user;
    daotp__passed_keys *passed_keys; /* has a lock of its own */
    daotp_secret_fn ask;
    void *ask_user;
    char *plugin_folder; /* "": none */
};

daotp_status daotp_context_new(daotp_context **context)
{
    if (context == NULL)
        return DAOTP_USAGE;
    *context = daotp__new(sizeof **context);
    if (*context == NULL)
        return DAOTP_MEMORY;
    atomic_init(&(*context)->references, 1);
    (*context)->passed_keys = daotp__passed_keys_new();
    if ((*context)->passed_keys != NULL)
        return DAOTP_OK;
    daotp__delete(*context);
    *context = NULL;
    return DAOTP_MEMORY;
}

daotp_context *daotp__context_ref(daotp_context *context)
{
    atomic_fetch_add_explicit(&context->references, 1, memory_order_relaxed);
    return context;
}

void daotp_context_unref(daotp_context *context)
{
    if (context != NULL &&
        atomic_fetch_sub_explicit(&context->references, 1, memory_order_acq_rel) == 1) {
        daotp__passed_keys_free(context->passed_keys);
        daotp__delete(context->plugin_folder);
        daotp__delete(context);
    }
}

daotp__passed_keys *daotp__context_passed_keys(const daotp_context *context)
{
    return context != NULL ? context->passed_keys : NULL;
}

daotp_status daotp_context_set_log(daotp_context *context, daotp_log_level level, daotp_log_fn log,
                                   void *user)
{
    if (context == NULL || (unsigned)level > DAOTP_LOG_DEBUG)
        return DAOTP_USAGE;
    context->level = level;
    context->log = log;
    context->log_user = user;
    return DAOTP_OK;
}

daotp_status daotp_context_set_wall_clock(daotp_context *context, daotp_clock_fn clock, void *user)
{
    if (context == NULL)
        return DAOTP_USAGE;
    context->wall = clock;
    context->wall_user = user;
    return DAOTP_OK;
}

daotp_status daotp_context_set_monotonic_clock(daotp_context *context, daotp_clock_fn clock,
                                               void *user)
{
    if (context == NULL)
        return DAOTP_USAGE;
    context->monotonic = clock;
    context->monotonic_user = user;
    return DAOTP_OK;
}

int64_t daotp__context_now_s(const daotp_context *context)
{
    return context->wall != NULL ? context->wall(context->wall_user) : (int64_t)time(NULL);
}

int64_t daotp_context_get_time_s(const daotp_context *context)
{
    return context != NULL ? daotp__context_now_s(context) : 0;
}

int64_t daotp__context_now_ms(const daotp_context *context)
{
    struct timespec now;

    if (context->monotonic != NULL)
        return context->monotonic(context->monotonic_user);
    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail with this clock */
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void daotp__context_log(const daotp_context *context, daotp_log_level level, const char *id,
                        const char *format, ...)
{
    char text[2 * DAOTP__MAX_TEXT];
    va_list args;

    if (context->log == NULL || level > context->level)
        return;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args); /* a line too long is cut */
    va_end(args);
    context->log(context->log_user, level, id, text);
}

int64_t daotp__context_in_ms(const daotp_context *context, int64_t ms)
{
    return daotp__time_add(daotp__context_now_ms(context), ms);
}

/* ---- what stores ask for --------------------------------------------------------------------- */

daotp_status daotp_context_set_secret(daotp_context *context, daotp_secret_fn ask, void *user)
{
    if (context == NULL)
        return DAOTP_USAGE;
    context->ask = ask;
    context->ask_user = user;
    return DAOTP_OK;
}

daotp_status daotp_context_ask_secret(daotp_context *context, daotp_secret_kind kind,
                                      const char *subject, uint32_t warnings, void *answer,
                                      size_t room, size_t *len)
{
    daotp_status status;

    if (len != NULL)
        *len = 0;
    if (context == NULL || subject == NULL || answer == NULL || room == 0 || len == NULL)
        return DAOTP_USAGE;
    if (context->ask == NULL)
        return DAOTP_REJECTED;
    status = context->ask(context->ask_user, kind, subject, warnings, answer, room, len);
    if (status != DAOTP_OK || *len > room) {
        explicit_bzero(answer, room);
        *len = 0;
        return status == DAOTP_CANCELLED || status == DAOTP_MEMORY ? status : DAOTP_REJECTED;
    }
    return DAOTP_OK;
}

daotp_status daotp_context_set_plugin_folder(daotp_context *context, const char *folder)
{
    char *copy;

    if (context == NULL)
        return DAOTP_USAGE;
    copy = daotp__text_copy(folder != NULL ? folder : "");
    if (copy == NULL)
        return DAOTP_MEMORY;
    daotp__delete(context->plugin_folder);
    context->plugin_folder = copy;
    return DAOTP_OK;
}

const char *daotp__context_plugin_folder(const daotp_context *context)
{
    return context->plugin_folder != NULL ? context->plugin_folder : DAOTP_PLUGIN_FOLDER;
}
