/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes the client, drives its sockets and exchanges, and frees it. */
#include "core/alloc.h"
#include "core/sigpipe.h"
#include "radius/exchange.h"

#include <string.h>
#include <unistd.h>

static void socket_ready(void *user, int fd, uint32_t events)
{
    const daotp_radius *radius = user;

    (void)events;
    for (size_t i = 0; i < radius->server_count; i++)
        if (daotp__radius_endpoint_receive(&radius->servers[i]->endpoint, fd))
            return;
}

static daotp_status set_up_radius(daotp_radius *radius)
{
    char name[DAOTP__RADIUS_MAX_VALUE + 1] = "";
    daotp_status status = daotp__loop_new(radius->wire.context, &radius->wire.loop);

    if (status != DAOTP_OK)
        return status;
    radius->wire.slot = daotp__loop_join(radius->wire.loop, socket_ready, radius);
    daotp__loop_begin(radius->wire.loop, -1);
    daotp__loop_rest(radius->wire.loop); /* until an exchange begins */
    radius->server_rules = DAOTP_RULES_PATH;
    (void)daotp_radius_set_timers(radius, DAOTP_RADIUS_TIMERS_CODE);
    if (gethostname(name, sizeof name - 1) != 0 || *name == '\0')
        memcpy(name, "daotp", sizeof "daotp");
    return daotp_radius_set_nas_identifier(radius, name);
}

daotp_status daotp_radius_new(daotp_context *context, daotp_radius **out)
{
    daotp_radius *radius;
    daotp_status status;

    if (out == NULL)
        return DAOTP_USAGE;
    *out = NULL;
    if (context == NULL)
        return DAOTP_USAGE;
    radius = daotp__new(sizeof *radius);
    if (radius == NULL)
        return DAOTP_MEMORY;
    radius->wire.context = daotp__context_ref(context);
    radius->wire.tell = daotp__radius_exchange_event;
    radius->user_form = DAOTP_RADIUS_USER_AS_GIVEN;
    radius->jitter = (uint32_t)daotp__context_now_ms(context);
    daotp__report_init(&radius->report, context);
    daotp__buffer_init(&radius->attributes, DAOTP__RADIUS_MAX / 2);
    daotp__buffer_init(&radius->extra, DAOTP__RADIUS_MAX / 2);
    radius->wire.datagrams = daotp__new(DAOTP__RADIUS_BATCH * sizeof *radius->wire.datagrams);
    status = radius->wire.datagrams != NULL ? set_up_radius(radius) : DAOTP_MEMORY;
    if (status != DAOTP_OK) {
        daotp_radius_free(radius);
        return status;
    }
    *out = radius;
    return DAOTP_OK;
}

void daotp_radius_free(daotp_radius *radius)
{
    daotp_context *context;

    if (radius == NULL)
        return;
    context = radius->wire.context;
    for (size_t i = 0; i < radius->server_count; i++)
        daotp__radius_server_free(radius->servers[i]);
    daotp__buffer_free(&radius->attributes);
    daotp__buffer_free(&radius->extra);
    daotp__radius_exchange_free_spare(radius);
    daotp__delete(radius->heap.timers);
    daotp__delete(radius->wire.datagrams);
    daotp__loop_free(radius->wire.loop);
    daotp__report_end(&radius->report);
    daotp__delete(radius);
    daotp_context_unref(context);
}

/* ---- stepping -------------------------------------------------------------------------------- */

static void wake_due(daotp_radius *radius)
{
    int64_t now = daotp__loop_now_ms(radius->wire.loop);
    const daotp__radius_timer *first;

    while ((first = daotp__radius_timer_first(&radius->heap)) != NULL && first->at_ms <= now)
        daotp__radius_exchange_wake(first->owner);
    if (first != NULL)
        daotp__loop_wake_in(radius->wire.loop, daotp__time_sub(first->at_ms, now));
}

daotp_status daotp_radius_step(daotp_radius *radius)
{
    daotp__sigpipe hold;

    if (radius == NULL)
        return DAOTP_USAGE;
    daotp__sigpipe_hold(&hold);
    radius->wire.is_stepping = true;
    (void)daotp__loop_dispatch(radius->wire.loop); /* no deadline of its own, no cancel */
    for (size_t i = 0; i < radius->server_count; i++)
        daotp__radius_endpoint_step(&radius->servers[i]->endpoint);
    wake_due(radius);
    radius->drawn_count = 0;
    radius->wire.is_stepping = false;
    if (radius->pending > 0)
        daotp__loop_pause(radius->wire.loop);
    daotp__sigpipe_release(&hold);
    return radius->pending > 0 ? DAOTP_AGAIN : DAOTP_OK;
}

int daotp_radius_get_fd(const daotp_radius *radius)
{
    return radius != NULL ? daotp__loop_fd(radius->wire.loop) : -1;
}

int daotp_radius_get_timeout_ms(const daotp_radius *radius)
{
    const daotp__radius_timer *first =
        radius != NULL ? daotp__radius_timer_first(&radius->heap) : NULL;

    if (first == NULL)
        return -1;
    /* exchanges may have begun since the last step */
    daotp__loop_wake_in(radius->wire.loop,
                        daotp__time_sub(first->at_ms, daotp__loop_now_ms(radius->wire.loop)));
    return daotp__loop_timeout_ms(radius->wire.loop);
}

static daotp_status waiter_status(const daotp__radius_waiter *waiter)
{
    return waiter->exchange != NULL ? waiter->exchange->status : waiter->status;
}

daotp_status daotp_radius_exchange_wait(daotp_radius_exchange *exchange)
{
    daotp__radius_waiter own = {.exchange = exchange};
    daotp_radius *radius;

    if (exchange == NULL)
        return DAOTP_USAGE;
    radius = exchange->radius;
    own.next = radius->waiters;
    radius->waiters = &own;
    while (waiter_status(&own) == DAOTP_AGAIN) {
        (void)daotp_radius_step(radius);
        if (waiter_status(&own) == DAOTP_AGAIN && daotp_radius_get_timeout_ms(radius) != 0)
            daotp__loop_wait(radius->wire.loop);
    }
    radius->waiters = own.next;
    return waiter_status(&own);
}
