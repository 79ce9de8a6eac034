/* SPDX-License-Identifier: BSD-2-Clause */
/* The settings: servers, timers, attributes. */
#include "radius/radius.h"

#include "core/utf8.h"

#include <string.h>

enum { SECRET_SHORT = 16 };

static const daotp__radius_delays all_delays[] = {
    [DAOTP_RADIUS_TIMERS_CODE] = {2000, 8000, 15000, 6000, 4},
    [DAOTP_RADIUS_TIMERS_PUSH] = {5000, 15000, 65000, -1, 6},
    [DAOTP_RADIUS_TIMERS_PROBE] = {2000, 3000, 3000, -1, 1},
};

daotp_report *daotp_radius_get_report(daotp_radius *radius)
{
    return radius != NULL ? &radius->report : NULL;
}

daotp_status daotp_radius_set_timers(daotp_radius *radius, daotp_radius_timers timers)
{
    if (radius == NULL)
        return DAOTP_USAGE;
    if (timers < DAOTP_RADIUS_TIMERS_CODE || timers > DAOTP_RADIUS_TIMERS_PROBE)
        return daotp__report_refuse(&radius->report, DAOTP_USAGE, "timers", DAOTP__NO_SUCH);
    radius->timers = timers;
    radius->delays = all_delays[timers];
    return DAOTP_OK;
}

/* If the deadline is shorter than that of the timers, the delays shrink in proportion. */
daotp_status daotp_radius_set_timeout_ms(daotp_radius *radius, int64_t timeout_ms)
{
    daotp__radius_delays *delays;

    if (radius == NULL)
        return DAOTP_USAGE;
    if (timeout_ms < 1 || timeout_ms > 600 * 1000)
        return daotp__report_refuse(&radius->report, DAOTP_USAGE, "time-out", DAOTP__OUT_OF_RANGE);
    delays = &radius->delays;
    *delays = all_delays[radius->timers];
    if (timeout_ms < delays->deadline) {
        delays->first = delays->first * timeout_ms / delays->deadline;
        delays->longest = delays->longest * timeout_ms / delays->deadline;
        if (delays->failover >= 0)
            delays->failover = delays->failover * timeout_ms / delays->deadline;
    }
    delays->first = delays->first > 0 ? delays->first : 1;
    delays->longest = delays->longest > 0 ? delays->longest : 1;
    delays->deadline = timeout_ms;
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

/* ---- attributes ------------------------------------------------------------------------------ */

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

/* Attributes that the client sets itself, or that change the meaning of a reply. */
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
    /* check the room first: a truncated attribute would include the one after it */
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

/* ---- servers --------------------------------------------------------------------------------- */

static void warn_of_server(daotp_radius *radius, const daotp__radius_server *server)
{
    if (server->secret.len < SECRET_SHORT)
        (void)daotp__report_add(&radius->report, DAOTP_FINDING_RADIUS_SECRET_SHORT, 0,
                                server->endpoint.label, "%zu octets", server->secret.len);
    if (server->policy == DAOTP_RADIUS_POLICY_OPTIONAL ||
        server->policy == DAOTP_RADIUS_POLICY_AUTO)
        (void)daotp__report_add(&radius->report, DAOTP_FINDING_RADIUS_POLICY_WEAK, 0,
                                server->endpoint.label, "policy %s",
                                server->policy == DAOTP_RADIUS_POLICY_AUTO ? "auto" : "optional");
}

static bool is_host_text(const char *host)
{
    return host != NULL && *host != '\0' && strlen(host) <= DAOTP__MAX_TEXT &&
           daotp__utf8_printable(host, strlen(host));
}

/* Add the new server; NULL if it could not be made. */
static daotp_status take_server(daotp_radius *radius, daotp__radius_server *server,
                                daotp_status status)
{
    if (server != NULL)
        radius->servers[radius->server_count++] = server;
    return daotp__report_status(&radius->report, status);
}

static daotp_status check_server(daotp_radius *radius, const char *host, uint16_t port)
{
    if (!is_host_text(host))
        return daotp__report_refuse(&radius->report, DAOTP_USAGE, "server", "no name or address");
    if (port == 0)
        return daotp__report_refuse(&radius->report, DAOTP_USAGE, "port", "0");
    if (radius->server_count == DAOTP__MAX_RADIUS_SERVERS)
        return daotp__report_refuse(&radius->report, DAOTP_USAGE, "server", DAOTP__ONE_TOO_MANY);
    return DAOTP_OK;
}

daotp_status daotp_radius_add_server(daotp_radius *radius, const char *host, uint16_t port,
                                     const void *secret, size_t secret_len,
                                     daotp_radius_policy policy)
{
    daotp__radius_server *server;
    daotp_status status;

    if (radius == NULL)
        return DAOTP_USAGE;
    daotp__report_clear(&radius->report);
    if (secret == NULL || secret_len == 0 || secret_len > DAOTP__MAX_RADIUS_SECRET)
        return daotp__report_refuse(&radius->report, DAOTP_USAGE, "secret", "of no usable length");
    if (policy < DAOTP_RADIUS_POLICY_REQUIRE || policy > DAOTP_RADIUS_POLICY_FIRST)
        return daotp__report_refuse(&radius->report, DAOTP_USAGE, "policy", "none there is");
    status = check_server(radius, host, port);
    if (status != DAOTP_OK)
        return status;
    status = daotp__radius_server_new(&radius->wire, host, port, (daotp__bytes){secret, secret_len},
                                      policy, &server);
    if (status == DAOTP_OK)
        warn_of_server(radius, server);
    return take_server(radius, server, status);
}

daotp_status daotp_radius_add_radsec_server(daotp_radius *radius, const char *host, uint16_t port,
                                            daotp_trust *trust, daotp_credential *identity)
{
    daotp__radius_server *server;
    daotp_status status;

    if (radius == NULL)
        return DAOTP_USAGE;
    daotp__report_clear(&radius->report);
    if (trust == NULL)
        return daotp__report_refuse(&radius->report, DAOTP_USAGE, "trust", "none");
    if (identity == NULL) { /* RFC 6614 2.3 */
        (void)daotp__report_add(&radius->report, DAOTP_FINDING_TLS_CLIENT_CERT_MISSING, 0, host,
                                "no identity for RADIUS over TLS");
        return daotp__report_status(&radius->report, DAOTP_USAGE);
    }
    status = check_server(radius, host, port);
    if (status != DAOTP_OK)
        return status;
    status = daotp__radius_server_new_radsec(&radius->wire, host, port, trust, identity,
                                             radius->server_rules, &server);
    return take_server(radius, server, status);
}

daotp_status daotp_radius_set_server_rules(daotp_radius *radius, daotp_rules rules)
{
    if (radius == NULL)
        return DAOTP_USAGE;
    daotp__report_clear(&radius->report);
    if (rules < DAOTP_RULES_PATH || rules > DAOTP_RULES_WEBPKI)
        return daotp__report_refuse(&radius->report, DAOTP_USAGE, "server rules", DAOTP__NO_SUCH);
    radius->server_rules = rules;
    for (size_t i = 0; i < radius->server_count; i++)
        daotp__radius_server_set_rules(radius->servers[i], rules);
    return daotp__report_status(&radius->report, DAOTP_OK);
}

size_t daotp_radius_get_server_count(const daotp_radius *radius)
{
    return radius != NULL ? radius->server_count : 0;
}

const char *daotp_radius_get_server(const daotp_radius *radius, size_t index)
{
    return radius != NULL && index < radius->server_count ? radius->servers[index]->endpoint.label
                                                          : NULL;
}

bool daotp_radius_is_server_alive(const daotp_radius *radius, size_t index)
{
    return radius != NULL && index < radius->server_count &&
           daotp__radius_server_is_alive(radius->servers[index],
                                         daotp__loop_now_ms(radius->wire.loop));
}
