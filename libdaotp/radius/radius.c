/* SPDX-License-Identifier: BSD-2-Clause */
/* The client as an object: made, set up, stepped. */
#include "radius/radius.h"

#include "core/alloc.h"
#include "core/sigpipe.h"

#include <string.h>
#include <unistd.h>

static const daotp__radius_timers profiles[] = {
    [DAOTP_RADIUS_CODE] = {2000, 8000, 15000, 6000, 4},
    [DAOTP_RADIUS_PUSH] = {5000, 15000, 65000, -1, 6},
    [DAOTP_RADIUS_PROBE] = {2000, 3000, 3000, -1, 1},
};

/* NAS-Identifier, then what the application added. */
static daotp_status join_attributes(daotp_radius *radius, const char *nas)
{
    daotp__buffer joined;

    daotp__buffer_init(&joined, DAOTP__RADIUS_MAX / 2);
    daotp__radius_attribute_write(&joined, DAOTP__RADIUS_NAS_IDENTIFIER,
                                  (daotp__bytes){(const uint8_t *)nas, strlen(nas)});
    daotp__buffer_add(&joined, radius->extra.data, radius->extra.len);
    if (joined.failed != DAOTP_OK) {
        daotp_status status = joined.failed == DAOTP_MEMORY ? DAOTP_MEMORY : DAOTP_USAGE;

        daotp__buffer_free(&joined);
        return status;
    }
    daotp__buffer_free(&radius->attributes);
    radius->attributes = joined;
    return DAOTP_OK;
}

static daotp_status set_up(daotp_radius *radius)
{
    char name[DAOTP__RADIUS_MAX_VALUE + 1] = "";
    daotp_status status = daotp__loop_new(radius->context, &radius->loop);

    if (status != DAOTP_OK)
        return status;
    radius->slot = daotp__loop_join(radius->loop, daotp__radius_socket_ready, radius);
    daotp__loop_begin(radius->loop, -1);
    if (gethostname(name, sizeof name - 1) != 0 || *name == '\0')
        memcpy(name, "daotp", sizeof "daotp");
    return join_attributes(radius, name);
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
    radius->context = daotp__context_ref(context);
    radius->profile = DAOTP_RADIUS_CODE;
    radius->timers = profiles[DAOTP_RADIUS_CODE];
    radius->user_form = DAOTP_RADIUS_USER_AS_GIVEN;
    radius->jitter = (uint32_t)daotp__context_now_ms(context);
    daotp__report_init(&radius->report, context);
    daotp__buffer_init(&radius->attributes, DAOTP__RADIUS_MAX / 2);
    daotp__buffer_init(&radius->extra, DAOTP__RADIUS_MAX / 2);
    radius->datagrams = daotp__new(DAOTP__RADIUS_BATCH * sizeof *radius->datagrams);
    status = radius->datagrams != NULL ? set_up(radius) : DAOTP_MEMORY;
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
    context = radius->context;
    for (size_t i = 0; i < radius->server_count; i++)
        daotp__radius_server_free(radius->servers[i]);
    daotp__buffer_free(&radius->attributes);
    daotp__buffer_free(&radius->extra);
    daotp__radius_exchange_free_spare(radius);
    daotp__delete(radius->heap.timers);
    daotp__delete(radius->datagrams);
    daotp__loop_free(radius->loop);
    daotp__report_end(&radius->report);
    daotp__delete(radius);
    daotp_context_free(context);
}

daotp_report *daotp_radius_report(daotp_radius *radius)
{
    return radius != NULL ? &radius->report : NULL;
}

daotp_status daotp_radius_set_profile(daotp_radius *radius, daotp_radius_profile profile)
{
    if (radius == NULL)
        return DAOTP_USAGE;
    if (profile < DAOTP_RADIUS_CODE || profile > DAOTP_RADIUS_PROBE)
        return daotp__report_refuse(&radius->report, DAOTP_USAGE, "profile", DAOTP__NO_SUCH);
    radius->profile = profile;
    radius->timers = profiles[profile];
    return DAOTP_OK;
}

/* A deadline shorter than the profile's keeps the proportions: the timers shrink with it. */
daotp_status daotp_radius_set_timeout_ms(daotp_radius *radius, int64_t timeout_ms)
{
    daotp__radius_timers *timers;

    if (radius == NULL)
        return DAOTP_USAGE;
    if (timeout_ms < 1 || timeout_ms > 600 * 1000)
        return daotp__report_refuse(&radius->report, DAOTP_USAGE, "time-out", DAOTP__OUT_OF_RANGE);
    timers = &radius->timers;
    *timers = profiles[radius->profile];
    if (timeout_ms < timers->deadline) {
        timers->first = timers->first * timeout_ms / timers->deadline;
        timers->longest = timers->longest * timeout_ms / timers->deadline;
        if (timers->failover >= 0)
            timers->failover = timers->failover * timeout_ms / timers->deadline;
    }
    timers->first = timers->first > 0 ? timers->first : 1;
    timers->longest = timers->longest > 0 ? timers->longest : 1;
    timers->deadline = timeout_ms;
    return DAOTP_OK;
}

daotp_status daotp_radius_set_user_form(daotp_radius *radius, daotp_radius_user_form form)
{
    if (radius == NULL)
        return DAOTP_USAGE;
    if (form < DAOTP_RADIUS_USER_AS_GIVEN || form > DAOTP_RADIUS_USER_STRIPPED)
        return daotp__report_refuse(&radius->report, DAOTP_USAGE, "user form", DAOTP__NO_SUCH);
    radius->user_form = form;
    return DAOTP_OK;
}

daotp_status daotp_radius_set_nas_identifier(daotp_radius *radius, const char *name)
{
    daotp_status status = DAOTP_USAGE;

    if (radius == NULL)
        return DAOTP_USAGE;
    if (name != NULL && *name != '\0' && strlen(name) <= DAOTP__RADIUS_MAX_VALUE)
        status = join_attributes(radius, name);
    if (status != DAOTP_OK)
        return daotp__report_refuse(&radius->report, status, "NAS-Identifier", DAOTP__OUT_OF_RANGE);
    return DAOTP_OK;
}

/* What is the client's own business, or would change what a reply means. */
static bool may_be_set(uint8_t type)
{
    static const uint8_t ours[] = {0, 1, 2, 3, 6, 24, 26, 32, 33, 79, 80};

    return memchr(ours, type, sizeof ours) == NULL;
}

daotp_status daotp_radius_add_attribute(daotp_radius *radius, uint8_t type, uint32_t vendor,
                                        const void *value, size_t len)
{
    uint8_t inner[DAOTP__RADIUS_MAX_VALUE];
    daotp__bytes bytes = {value, len};

    if (radius == NULL)
        return DAOTP_USAGE;
    daotp__report_clear(&radius->report);
    if (value == NULL || len == 0 || (vendor == 0 && !may_be_set(type)) || type == 0 ||
        len > (vendor == 0 ? DAOTP__RADIUS_MAX_VALUE : DAOTP__RADIUS_MAX_VALUE - 6u))
        return daotp__report_status(
            &radius->report, daotp__report_add(&radius->report, DAOTP_FINDING_RADIUS_ATTRIBUTE, 0,
                                               "call", "type %u, %zu octets", type, len));
    if (vendor != 0) { /* RFC 2865 5.26 */
        const uint8_t head[6] = {(uint8_t)(vendor >> 24),
                                 (uint8_t)(vendor >> 16),
                                 (uint8_t)(vendor >> 8),
                                 (uint8_t)vendor,
                                 type,
                                 (uint8_t)(len + 2)};

        memcpy(inner, head, sizeof head);
        memcpy(inner + sizeof head, value, len);
        bytes = (daotp__bytes){inner, len + sizeof head};
        type = DAOTP__RADIUS_VENDOR_SPECIFIC;
    }
    /* room first: half an attribute would swallow what stands behind it */
    if (radius->attributes.len + bytes.len + 2 > radius->attributes.max)
        return daotp__report_status(
            &radius->report,
            daotp__report_add(&radius->report, DAOTP_FINDING_RADIUS_ATTRIBUTE, 0, "call",
                              "%zu octets are there", radius->attributes.len));
    if (daotp__buffer_room(&radius->extra, bytes.len + 2) == NULL ||
        daotp__buffer_room(&radius->attributes, bytes.len + 2) == NULL)
        return daotp__report_status(&radius->report, DAOTP_MEMORY);
    daotp__radius_attribute_write(&radius->extra, type, bytes);
    daotp__radius_attribute_write(&radius->attributes, type, bytes);
    return daotp__report_status(&radius->report, DAOTP_OK);
}

daotp_status daotp_radius_set_callback(daotp_radius *radius, daotp_radius_fn tell, void *user)
{
    if (radius == NULL)
        return DAOTP_USAGE;
    radius->tell = tell;
    radius->tell_user = user;
    return DAOTP_OK;
}

/* ---- stepping -------------------------------------------------------------------------------- */

static void wake_due(daotp_radius *radius)
{
    int64_t now = daotp__context_now_ms(radius->context);
    const daotp__radius_timer *first;

    while ((first = daotp__radius_timer_first(&radius->heap)) != NULL && first->at_ms <= now)
        daotp__radius_exchange_wake(first->owner);
    if (first != NULL)
        daotp__loop_wake_in(radius->loop, daotp__time_sub(first->at_ms, now));
}

daotp_status daotp_radius_step(daotp_radius *radius)
{
    daotp__sigpipe hold;

    if (radius == NULL)
        return DAOTP_USAGE;
    daotp__sigpipe_hold(&hold);
    radius->is_stepping = true;
    (void)daotp__loop_dispatch(radius->loop); /* no deadline of its own, no cancel */
    for (size_t i = 0; i < radius->server_count; i++)
        if (radius->servers[i]->tls != NULL)
            daotp__radius_radsec_step(radius->servers[i]);
    wake_due(radius);
    radius->is_stepping = false;
    daotp__sigpipe_release(&hold);
    return radius->pending > 0 ? DAOTP_AGAIN : DAOTP_OK;
}

int daotp_radius_get_fd(const daotp_radius *radius)
{
    return radius != NULL ? daotp__loop_fd(radius->loop) : -1;
}

int daotp_radius_get_timeout_ms(const daotp_radius *radius)
{
    const daotp__radius_timer *first =
        radius != NULL ? daotp__radius_timer_first(&radius->heap) : NULL;

    if (first == NULL)
        return -1;
    /* exchanges may have begun since the last step */
    daotp__loop_wake_in(radius->loop,
                        daotp__time_sub(first->at_ms, daotp__context_now_ms(radius->context)));
    return daotp__loop_timeout_ms(radius->loop);
}

static daotp_status status_of(const daotp__radius_waiter *waiter)
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
    while (status_of(&own) == DAOTP_AGAIN) {
        (void)daotp_radius_step(radius);
        if (status_of(&own) == DAOTP_AGAIN && daotp_radius_get_timeout_ms(radius) != 0)
            daotp__loop_wait(radius->loop);
    }
    radius->waiters = own.next;
    return status_of(&own);
}
