/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes and frees exchanges, and keeps freed ones for reuse. */
#include "core/alloc.h"
#include "core/utf8.h"
#include "radius/exchange.h"

#include <stddef.h>
#include <string.h>

enum { MAX_SPARE = 32 };

/* An exchange often begins when another ends: its block and its buffers are reused. */
static daotp_radius_exchange *make_exchange(daotp_radius *radius)
{
    daotp_radius_exchange *x = radius->spare;

    if (x != NULL) {
        radius->spare = x->next_spare;
        radius->spare_count--;
        return x;
    }
    x = daotp__new(sizeof *x);
    if (x == NULL)
        return NULL;
    x->radius = radius;
    x->timer.owner = x;
    daotp__report_init(&x->report, radius->wire.context);
    daotp__buffer_init(&x->user_name, DAOTP__RADIUS_MAX_VALUE);
    daotp__buffer_init_secret(&x->password, DAOTP__RADIUS_MAX_PASSWORD);
    daotp__buffer_init(&x->state, DAOTP__RADIUS_MAX_VALUE);
    daotp__buffer_init_secret(&x->attempt.packet, DAOTP__RADIUS_MAX);
    daotp__buffer_init(&x->reply, DAOTP__RADIUS_MAX);
    return x;
}

static void destroy_exchange(daotp_radius_exchange *x)
{
    daotp__buffer_free(&x->user_name);
    daotp__buffer_free(&x->password);
    daotp__buffer_free(&x->state);
    daotp__buffer_free(&x->attempt.packet);
    daotp__buffer_free(&x->reply);
    daotp__delete(x);
}

static void keep_spare(daotp_radius_exchange *x)
{
    daotp__buffer_clear(&x->user_name);
    daotp__buffer_clear(&x->password);
    daotp__buffer_clear(&x->state);
    daotp__buffer_clear(&x->reply);
    daotp__radius_attempt_restart(&x->attempt, NULL);
    memset((uint8_t *)x + offsetof(daotp_radius_exchange, answer), 0,
           sizeof *x - offsetof(daotp_radius_exchange, answer));
    x->status = DAOTP_USAGE; /* never accepted, not even after its end */
    x->next_spare = x->radius->spare;
    x->radius->spare = x;
    x->radius->spare_count++;
}

void daotp__radius_exchange_free_spare(daotp_radius *radius)
{
    while (radius->spare != NULL) {
        daotp_radius_exchange *x = radius->spare;

        radius->spare = x->next_spare;
        destroy_exchange(x);
    }
}

daotp_status daotp_radius_exchange_new(daotp_radius *radius, const char *user_name,
                                       daotp_radius_exchange **out)
{
    size_t len = user_name != NULL ? strlen(user_name) : 0;
    daotp_radius_exchange *x;

    if (out == NULL)
        return DAOTP_USAGE;
    *out = NULL;
    if (radius == NULL || len == 0 || len > DAOTP__RADIUS_MAX_VALUE ||
        !daotp__utf8_valid(user_name, len))
        return DAOTP_USAGE;
    x = make_exchange(radius);
    if (x == NULL)
        return DAOTP_MEMORY;
    x->status = DAOTP_USAGE; /* nothing has begun: nothing is accepted */
    daotp__buffer_add(&x->user_name, user_name, len);
    if (x->user_name.failed != DAOTP_OK) {
        daotp_radius_exchange_free(x);
        return DAOTP_MEMORY;
    }
    *out = x;
    return DAOTP_OK;
}

static void tell_waiters(daotp_radius_exchange *x)
{
    for (daotp__radius_waiter *at = x->radius->waiters; at != NULL; at = at->next)
        if (at->exchange == x) {
            at->status = x->status == DAOTP_AGAIN ? DAOTP_CANCELLED : x->status;
            at->exchange = NULL;
        }
}

void daotp_radius_exchange_free(daotp_radius_exchange *x)
{
    if (x == NULL)
        return;
    tell_waiters(x);
    if (x->status == DAOTP_AGAIN) {
        x->radius->pending--;
        daotp__radius_timer_clear(&x->radius->heap, &x->timer);
        daotp__radius_attempt_release(
            &x->attempt, daotp__radius_attempt_reply_until_ms(&x->attempt, x->deadline_ms));
    }
    daotp__report_end(&x->report);
    if (x->radius->spare_count < MAX_SPARE)
        keep_spare(x);
    else
        destroy_exchange(x);
}
